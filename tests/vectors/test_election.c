/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole elections that another implementation made, entry by entry, and single entries that must be refused where they come: each is
 * verified as a stranger would, from the files of its board [CHECK].
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/code.h"
#include "core/election/credential.h"
#include "core/election/endorse.h"
#include "tests/support/check_board.h"
#include "tests/support/vectors.h"

/* ---- a board of given entries ---- */

/* The server's keys follow from its code, so the checkpoint can be signed for any beginning of the log. */
static void take_log_key(tb_maker *m)
{
	const struct json_t *codes = tb_vector_member(tb_vector_of_file("codes"), "roles");
	const char *text = tb_vector_text(codes, "server");
	tb_role_keys keys;
	tb_fault fault;
	tb_code code;

	assert_int_equal(tb_code_parse(&code, text, strlen(text), &fault), TB_OK);
	assert_int_equal(tb_role_keys_derive(&keys, TB_ROLE_SERVER, &code), TB_OK);
	memcpy(m->server.ed.seed, keys.log_seed, sizeof m->server.ed.seed);
	assert_int_equal(tb_sign_public(m->server.ed_key, &m->server.ed), TB_OK);
	tb_role_keys_wipe(&keys);
}

static void take_entry(tb_maker *m, const char *text)
{
	tb_buf *last;

	m->entries = realloc(m->entries, (m->num_entries + 1) * sizeof *m->entries);
	assert_non_null(m->entries);
	last = &m->entries[m->num_entries++];
	tb_buf_init(last, TB_ENTRY_MAX_BYTES);
	tb_buf_text(last, text);
	assert_int_equal(tb_buf_status(last), TB_OK);
}

/* The name of the log, as the manifest of these elections has it. */
static void take_origin(tb_maker *m)
{
	tb_manifest manifest;
	tb_buf room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_manifest_init(&manifest);
	if (tb_entry_parse(&e, &room, m->entries[0].data, m->entries[0].len, &fault) == TB_OK &&
		e.type == TB_ENTRY_MANIFEST &&
		tb_manifest_parse(&manifest, e.payload, e.payload_len, &fault) == TB_OK) {
		free(m->manifest.origin);
		m->manifest.origin = strdup(manifest.origin);
	}
	tb_manifest_release(&manifest);
	tb_buf_release(&room);
}

/* Verifies the first `num` entries of the election, and `more` after them unless it is NULL. */
static void check_entries(
	tb_checked *out, tb_maker_files *files, const char *election, size_t num, const char *more)
{
	const struct json_t *entries = tb_vector_member(tb_vector_of_file("elections"), election);
	tb_maker *m = tb_maker_new(NULL);

	assert_in_range(num, 0, tb_vector_num(entries));
	for (size_t i = 0; i < num; i++)
		take_entry(m, tb_vector_item_text(entries, i));
	if (more != NULL)
		take_entry(m, more);
	take_origin(m);
	take_log_key(m);
	tb_maker_files_new(m, files);
	tb_checked_run(out, files, NULL);
	tb_maker_free(m);
}

/* ---- one more entry ---- */

static const char *append(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "entry_text"), *rule = NULL;
	uint64_t after = tb_vector_int(v->in, "after");
	uint8_t leaf[32];
	tb_maker_files files;
	tb_checked c;

	check_entries(&c, &files, tb_vector_text(v->in, "election"), after, text);
	if (c.num > 0) {
		assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
		assert_true(c.failure[0].has_entry);
		assert_int_equal(c.failure[0].entry, after);
		rule = c.failure[0].fault.rule;
	} else {
		tb_merkle_leaf(leaf, text, strlen(text));
		tb_vector_expect_bytes(v->out, "leaf", leaf, sizeof leaf);
	}
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	return rule;
}

/* ---- all of it ---- */

static void expect_point(const struct json_t *array, size_t index, const struct json_t *out,
	const tb_group *g, const tb_point *p)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_point_write(g, wire, p);
	if (array != NULL)
		tb_vector_expect_item(array, index, wire, tb_group_point_bytes(g));
	else
		tb_vector_expect_bytes(out, "public_key", wire, tb_group_point_bytes(g));
}

static void expect_keys(const struct json_t *out, const tb_board *b)
{
	const struct json_t *keys = tb_vector_member(out, "verification_keys");
	const tb_ceremony *ceremony = tb_board_ceremony(b);
	const tb_group *g = tb_board_manifest(b)->group;

	expect_point(NULL, 0, out, g, tb_ceremony_h(ceremony));
	tb_vector_expect_num(keys, tb_board_manifest(b)->num_trustees);
	for (uint32_t j = 1; j <= tb_board_manifest(b)->num_trustees; j++)
		expect_point(keys, j - 1, NULL, g, tb_ceremony_verification_key(ceremony, j));
}

/* Which ballots count, by their place in the log. */
static void expect_counted(const struct json_t *out, const tb_board *b, const struct json_t *entries)
{
	const struct json_t *counted = tb_vector_member(out, "counted");
	size_t num = 0;
	tb_buf room;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	for (size_t i = 0; i < tb_vector_num(entries); i++) {
		const char *text = tb_vector_item_text(entries, i);
		tb_board_ballot at;
		tb_fault fault;
		tb_entry e;

		assert_int_equal(
			tb_entry_parse(&e, &room, (const uint8_t *)text, strlen(text), &fault), TB_OK);
		if (e.type != TB_ENTRY_BALLOT)
			continue;
		assert_int_equal(tb_board_ballot_at(b, e.signer_id, i, &at), TB_OK);
		if (at.is_counted)
			assert_int_equal(tb_vector_item_int(counted, num++), i);
	}
	tb_vector_expect_num(counted, num);
	tb_buf_release(&room);
}

/* What every verifier has to say about the roll and about whom the election rests on [CHECK.STATEMENTS]. */
static size_t count_remarks(const tb_check_report *r)
{
	static const char *const codes[] = {"threshold-1", "window-extended", "eligibility-server"};
	size_t num = 0;

	for (size_t i = 0; i < r->num_statements; i++) {
		const tb_check_statement *s = &r->statements[i];

		for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++)
			num += strcmp(s->code, codes[k]) == 0;
		num += strcmp(s->code, "roll-changed") == 0 && strstr(s->text, "credential") != NULL;
	}
	return num;
}

static void expect_result(const struct json_t *out, const tb_board *b)
{
	char signers[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];
	const char *endorsers[TB_ENDORSEMENTS_MAX];
	uint32_t num = tb_board_result_endorsers(b, signers);
	tb_endorsement own;
	tb_buf result;

	for (uint32_t i = 0; i < num; i++)
		endorsers[i] = signers[i];
	tb_tally_statement(tb_board_tally(b), &own);
	tb_vector_expect_bytes(out, "counted_hash", own.counted, sizeof own.counted);
	tb_vector_expect_bytes(out, "aggregates_hash", own.aggregates, sizeof own.aggregates);
	tb_buf_init(&result, 1u << 20);
	assert_int_equal(tb_tally_make_result(tb_board_tally(b), &result, endorsers, num), TB_OK);
	tb_vector_expect_text(out, "result_text", tb_buf_cstr(&result));
	tb_buf_release(&result);
}

static const char *replay(const tb_vector *v)
{
	const char *election = tb_vector_text(v->in, "election"), *rule;
	const struct json_t *entries = tb_vector_member(tb_vector_of_file("elections"), election);
	char fingerprint[TB_FINGERPRINT_TEXT];
	const tb_binding *binding;
	tb_maker_files files;
	const tb_board *b;
	tb_checked c;

	check_entries(&c, &files, election, tb_vector_num(entries), NULL);
	rule = c.num > 0 ? c.failure[0].fault.rule : NULL;
	if (rule == NULL) {
		b = c.report.board;
		binding = tb_board_binding(b);
		assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
		tb_vector_expect_bytes(v->out, "election", binding->election, 32);
		tb_vector_expect_int(v->out, "size", c.report.size);
		tb_vector_expect_bytes(v->out, "root", c.report.root, 32);
		tb_vector_expect_text(v->out, "phase", tb_phase_name(tb_board_phase(b)));
		tb_vector_expect_bytes(v->out, "context", binding->context, 32);
		tb_check_fingerprint(fingerprint, binding->context);
		tb_vector_expect_text(v->out, "fingerprint", fingerprint);
		expect_keys(v->out, b);
		expect_counted(v->out, b, entries);
		tb_vector_expect_int(v->out, "remarks", count_remarks(&c.report));
		expect_result(v->out, b);
	}
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	return rule;
}

int main(void)
{
	static const char *const topics[] = {"election", "ranked_election"};
	static const tb_vector_op ops[] = {{"board.append", append}, {"board.replay", replay}};

	return tb_vectors_run(topics, sizeof topics / sizeof topics[0], ops, sizeof ops / sizeof ops[0]);
}
