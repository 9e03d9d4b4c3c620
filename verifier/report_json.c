/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/json_out.h"
#include "verifier/report.h"

/* The same for machines: one document, the members always in this order. */

static void write_head(tb_json_out *out, const tb_verify_report *r)
{
	const tb_board *board = r->result.board;
	const tb_manifest *m = board == NULL ? NULL : tb_board_manifest(board);
	char fingerprint[TB_FINGERPRINT_TEXT];

	tb_json_out_cstring(out, "verdict", tb_verify_verdict(tb_verify_report_verdict(r)));
	tb_json_out_int(out, "size", r->result.size);
	tb_json_out_hex(out, "root", r->result.root, 32);
	tb_json_out_cstring(out, "phase", board == NULL ? "empty" : tb_phase_name(tb_board_phase(board)));
	if (m == NULL) {
		tb_json_out_null(out, "election");
		return;
	}
	tb_json_out_object(out, "election");
	tb_json_out_hex(out, "id", tb_board_binding(board)->election, 32);
	tb_json_out_cstring(out, "origin", m->origin);
	tb_json_out_cstring(out, "title", m->title);
	if (tb_board_binding(board)->has_context) {
		tb_check_fingerprint(fingerprint, tb_board_binding(board)->context);
		tb_json_out_cstring(out, "fingerprint", fingerprint);
	} else {
		tb_json_out_null(out, "fingerprint");
	}
	tb_json_out_end(out);
}

static void write_checks(tb_json_out *out, const tb_verify_report *r)
{
	static const char *const states[] = {"ok", "failed", "pending", "not examined"};

	tb_json_out_array(out, "checks");
	for (int n = 1; n < TB_CHECK_END; n++) {
		const tb_check_line *line = &r->result.line[n];

		tb_json_out_object(out, TB_JSON_ITEM);
		tb_json_out_int(out, "number", (uint64_t)n);
		tb_json_out_cstring(out, "name", tb_check_name((tb_check_number)n));
		tb_json_out_cstring(out, "state", states[line->state]);
		tb_json_out_int(out, "covered", line->covered);
		tb_json_out_cstring(out, "objects", tb_check_objects((tb_check_number)n));
		tb_json_out_int(out, "failures", line->failures);
		tb_json_out_int(out, "not_judged", line->skipped);
		tb_json_out_cstring(out, "note", line->note);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

static void write_failures(tb_json_out *out, const tb_verify_report *r)
{
	tb_json_out_array(out, "failures");
	for (int n = 1; n < TB_CHECK_END; n++) {
		for (size_t i = 0; i < r->num_failures; i++) {
			const tb_check_failure *f = &r->failures[i];

			if ((int)f->check != n)
				continue;
			tb_json_out_object(out, TB_JSON_ITEM);
			tb_json_out_int(out, "check", (uint64_t)f->check);
			tb_json_out_cstring(out, "rule", f->fault.rule);
			if (f->has_entry)
				tb_json_out_int(out, "entry", f->entry);
			else
				tb_json_out_null(out, "entry");
			tb_json_out_cstring(out, "where", f->fault.where);
			tb_json_out_cstring(out, "expected", f->fault.expected);
			tb_json_out_cstring(out, "found", f->fault.found);
			tb_json_out_end(out);
		}
	}
	tb_json_out_end(out);
}

/* [CLIENT.SERVED] */
static void write_served(tb_json_out *out, const tb_verify_served *s)
{
	if (!s->is_asked)
		return;
	tb_json_out_object(out, "client");
	tb_json_out_int(out, "entry", s->entry);
	tb_json_out_int(out, "compared", s->compared);
	tb_json_out_array(out, "failures");
	for (size_t i = 0; i < s->num_failures; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		tb_json_out_cstring(out, "rule", s->failures[i].rule);
		tb_json_out_cstring(out, "where", s->failures[i].where);
		tb_json_out_cstring(out, "expected", s->failures[i].expected);
		tb_json_out_cstring(out, "found", s->failures[i].found);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	tb_json_out_end(out);
}

static void write_rest(tb_json_out *out, const tb_verify_report *r, const tb_buf *result)
{
	tb_json_out_array(out, "statements");
	for (size_t i = 0; i < r->result.num_statements; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		tb_json_out_cstring(out, "code", r->result.statements[i].code);
		tb_json_out_cstring(out, "text", r->result.statements[i].text);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	if (result != NULL)
		tb_json_out_raw(out, "result", result->data, result->len);
	else
		tb_json_out_null(out, "result");
}

int tb_verify_report_json(const tb_verify_report *r)
{
	tb_json_out out;
	tb_buf bytes, result;
	bool has_result;
	tb_err err;

	tb_buf_init(&bytes, SIZE_MAX / 2);
	tb_buf_init(&result, TB_BLOB_MAX_BYTES);
	has_result = tb_verify_result(r, &result);
	tb_json_out_init(&out, &bytes);
	tb_json_out_object(&out, TB_JSON_ITEM);
	write_head(&out, r);
	write_checks(&out, r);
	write_failures(&out, r);
	write_rest(&out, r, has_result ? &result : NULL);
	write_served(&out, &r->served);
	tb_json_out_end(&out);
	err = tb_json_out_status(&out);
	if (err == TB_OK && (fwrite(bytes.data, 1, bytes.len, stdout) != bytes.len || putchar('\n') == EOF))
		err = TB_ERR_IO;
	tb_buf_release(&result);
	tb_buf_release(&bytes);
	if (err != TB_OK)
		return tb_verify_error("the report could not be written: %s", tb_err_text(err));
	return tb_verify_code(tb_verify_report_verdict(r));
}
