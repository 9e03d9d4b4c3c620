/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/result_words.h"

#define LISTED 20 /* failures of one check that are printed without --all */

/* ---- collecting ---- */

static void on_failure(void *user, const tb_check_failure *f)
{
	tb_verify_report *r = user;

	if (r->num_failures == r->cap_failures) {
		size_t cap = r->cap_failures == 0 ? 32 : 2 * r->cap_failures;
		tb_check_failure *list = realloc(r->failures, cap * sizeof *list);

		if (list == NULL) {
			r->err = TB_ERR_MEMORY;
			return;
		}
		r->failures = list;
		r->cap_failures = cap;
	}
	r->failures[r->num_failures++] = *f;
}

static void on_stage(void *user, const char *label, uint64_t total)
{
	tb_verify_report *r = user;

	tb_progress_end(&r->progress);
	tb_progress_begin_on(&r->progress, r->options->quiet ? -1 : 2, label, total);
}

static void on_progress(void *user, uint64_t more)
{
	tb_verify_report *r = user;

	tb_progress_add(&r->progress, more);
}

void tb_verify_report_init(tb_verify_report *r, const tb_verify_options *options)
{
	memset(r, 0, sizeof *r);
	r->options = options;
	tb_progress_begin_on(&r->progress, -1, "", 0);
}

void tb_verify_report_release(tb_verify_report *r)
{
	tb_check_report_release(&r->result);
	tb_verify_served_release(&r->served);
	free(r->failures);
}

tb_check_sink tb_verify_report_sink(tb_verify_report *r)
{
	return (tb_check_sink){.user = r, .failure = on_failure, .stage = on_stage, .progress = on_progress};
}

void tb_verify_report_malformed(tb_verify_report *r, const tb_fault *fault)
{
	tb_check_failure f = {.check = TB_CHECK_TREE, .fault = *fault};

	on_failure(r, &f);
	r->result.verdict = TB_VERDICT_FALSE;
	for (int n = 1; n < TB_CHECK_END; n++) {
		r->result.line[n].state = TB_CHECK_NOT_EXAMINED;
		(void)snprintf(
			r->result.line[n].note, sizeof r->result.line[n].note, "the board cannot be opened");
	}
	r->result.line[TB_CHECK_TREE] = (tb_check_line){.state = TB_CHECK_FAILED, .failures = 1};
}

const char *tb_verify_verdict(tb_verdict v)
{
	return v == TB_VERDICT_VERIFIED ? "verified" : v == TB_VERDICT_FALSE ? "false" : "unfinished";
}

int tb_verify_code(tb_verdict v)
{
	return v == TB_VERDICT_VERIFIED ? TB_VERIFY_OK
	       : v == TB_VERDICT_FALSE  ? TB_VERIFY_FALSE
					: TB_VERIFY_UNFINISHED;
}

static const char *state_name(tb_check_state s)
{
	static const char *const names[] = {"OK", "FAIL", "not yet", "not examined"};

	return names[s];
}

bool tb_verify_result(const tb_verify_report *r, tb_buf *payload)
{
	const tb_board *board = r->result.board;
	tb_tally *t = board == NULL ? NULL : tb_board_tally(board);
	char signers[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];
	const char *list[TB_ENDORSEMENTS_MAX];
	uint32_t num;

	if (r->result.verdict != TB_VERDICT_VERIFIED || t == NULL || !tb_tally_is_decrypted(t))
		return false;
	num = tb_board_result_endorsers(board, signers);
	for (uint32_t i = 0; i < num; i++)
		list[i] = signers[i];
	return tb_tally_make_result(t, payload, list, num) == TB_OK;
}

/* ---- for people ---- */

static void print_fault(const tb_fault *f)
{
	(void)printf("%s%s\n        expected: %s\n        found:    %s\n", f->where[0] != 0 ? ", " : "",
		f->where, f->expected, f->found);
}

static void print_failure(const tb_check_failure *f)
{
	(void)printf("      %s", f->fault.rule);
	if (f->has_entry)
		(void)printf(", entry %" PRIu64, f->entry);
	print_fault(&f->fault);
}

/* [CLIENT.SERVED] */
static void print_served(const tb_verify_served *s)
{
	if (!s->is_asked)
		return;
	(void)printf("\nThe web client: %" PRIu64
		     " pages and files of the server compared with entry %" PRIu64 "  %s\n",
		s->compared, s->entry, s->num_failures == 0 ? "OK" : "FAIL");
	for (size_t i = 0; i < s->num_failures; i++) {
		(void)printf("      %s", s->failures[i].rule);
		print_fault(&s->failures[i]);
	}
}

tb_verdict tb_verify_report_verdict(const tb_verify_report *r)
{
	return r->served.num_failures > 0 ? TB_VERDICT_FALSE : r->result.verdict;
}

static void print_line(const tb_verify_report *r, tb_check_number n)
{
	const tb_check_line *line = &r->result.line[n];
	char count[80];
	uint64_t listed = 0, most = r->options->all ? UINT64_MAX : LISTED;

	(void)snprintf(count, sizeof count, "%" PRIu64 " %s", line->covered, tb_check_objects(n));
	(void)printf("%2d  %-58s %-24s %s\n", (int)n, tb_check_name(n), count, state_name(line->state));
	for (size_t i = 0; i < r->num_failures; i++)
		if (r->failures[i].check == n && listed++ < most)
			print_failure(&r->failures[i]);
	if (line->failures > (listed < most ? listed : most))
		(void)printf("      ... and %" PRIu64 " more%s\n",
			line->failures - (listed < most ? listed : most),
			r->options->all ? "" : " (--all lists them)");
	if (line->state == TB_CHECK_NOT_EXAMINED)
		(void)printf("      %s\n", line->note);
	else if (line->skipped > 0)
		(void)printf("      %" PRIu64
			     " could not be judged, because something they rest on is missing or wrong\n",
			line->skipped);
}

static void print_head(const tb_verify_report *r)
{
	const tb_board *board = r->result.board;
	const tb_manifest *m = board == NULL ? NULL : tb_board_manifest(board);
	char hex[65], fingerprint[TB_FINGERPRINT_TEXT];

	if (m == NULL)
		return;
	tb_hex_write(hex, tb_board_binding(board)->election, 32);
	hex[64] = 0;
	(void)printf("Election     %s\nLog          %s, %" PRIu64 " entries\nElection id  %s\n", m->title,
		m->origin, r->result.size, hex);
	if (tb_board_binding(board)->has_context) {
		tb_check_fingerprint(fingerprint, tb_board_binding(board)->context);
		(void)printf("Fingerprint  %s\n", fingerprint);
	}
	(void)printf("\n");
}

static void print_result(const tb_verify_report *r)
{
	const tb_manifest *m = r->result.board == NULL ? NULL : tb_board_manifest(r->result.board);
	tb_result result;
	tb_buf payload, words;
	tb_fault ignored;

	tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
	tb_buf_init(&words, TB_BLOB_MAX_BYTES);
	tb_result_init(&result);
	if (tb_verify_result(r, &payload) &&
		tb_result_parse(&result, m, payload.data, payload.len, &ignored) == TB_OK &&
		tb_result_words(&words, &result, m) == TB_OK)
		(void)printf("\nResult: %s", tb_buf_cstr(&words));
	tb_result_release(&result);
	tb_buf_release(&words);
	tb_buf_release(&payload);
}

int tb_verify_report_text(const tb_verify_report *r)
{
	static const char *const words[] = {"VERIFIED", "NOT VERIFIED", "UNFINISHED"};

	if (!r->options->quiet) {
		print_head(r);
		for (int n = 1; n < TB_CHECK_END; n++)
			print_line(r, (tb_check_number)n);
		print_result(r);
		if (r->result.num_statements > 0)
			(void)printf("\nWhat this rests on\n");
		for (size_t i = 0; i < r->result.num_statements; i++)
			(void)printf("  - %s\n", r->result.statements[i].text);
		print_served(&r->served);
		(void)printf("\n");
	}
	(void)printf("%s\n", words[tb_verify_report_verdict(r)]);
	return tb_verify_code(tb_verify_report_verdict(r));
}
