/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_submit.h"

#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

enum { MAX_RECEIPT = 1u << 20, MAX_SUBMISSION = 16u << 20 };

tb_err tb_submission_write(tb_buf *out, const tb_entry *e)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, NULL);
	tb_json_out_cstring(&json, "type", tb_entry_type_name(e->type));
	tb_json_out_cstring(&json, "signer", e->signer);
	tb_json_out_base64(&json, "payload", e->payload, e->payload_len);
	tb_json_out_base64(&json, "signature", e->signature, sizeof e->signature);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

void tb_submitted_release(tb_submitted *s)
{
	tb_buf_release(&s->receipt);
}

/* The last part of the problem's type [HTTP.PROBLEM], or "". */
static void take_rule(char *out, size_t out_len, const tb_buf *body)
{
	static const char prefix[] = "urn:tabella:rule:";
	tb_json_string type;
	tb_json_in in;

	out[0] = '\0';
	tb_json_in_init(&in, body->data, body->len, body->max, TB_JSON_ANY, "HTTP");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &type, 200);
	if (strncmp(type.data, prefix, sizeof prefix - 1) == 0)
		tb_text_copy_printable(out, out_len, type.data + sizeof prefix - 1);
	tb_json_in_release(&in); /* the other members are for tb_fetch_problem() */
}

/* Nothing was changed, and nothing will be by the same bytes: it was read and a rule stands against it.  What a proxy says, a lack of time
 * or of memory, or an address without an election is no verdict. */
static bool is_final(const tb_submitted *s)
{
	return s->rule[0] != '\0' && s->status >= 400 && s->status < 500 && s->status != 404 &&
	       s->status != 408 && s->status != 429;
}

int tb_submission_post(tb_fetch *fetch, const char *url, const tb_buf *submission, tb_submitted *out)
{
	tb_response response;
	tb_fault fault;

	memset(out, 0, sizeof *out);
	tb_buf_init(&out->receipt, MAX_RECEIPT);
	if (tb_fetch_post_json(fetch, &out->receipt, &response, url, submission->data, submission->len,
		    &fault) != TB_OK) {
		tb_fault_text(&fault, out->text, sizeof out->text);
		return TB_EXIT_USAGE;
	}
	out->status = response.status;
	if (response.status != 200 && response.status != 201) {
		take_rule(out->rule, sizeof out->rule, &out->receipt);
		tb_fetch_problem(&response, &out->receipt, out->text, sizeof out->text);
		return is_final(out) ? TB_EXIT_NO : TB_EXIT_USAGE;
	}
	out->is_new = response.status == 201;
	if (tb_decimal_parse(&out->index, response.index, strlen(response.index), UINT64_C(1) << 53) == TB_OK)
		return TB_EXIT_OK;
	(void)snprintf(out->text, sizeof out->text,
		"the answer has no Tabella-Index: that address is not a Tabella server's");
	return TB_EXIT_USAGE;
}

int tb_submit(
	const tb_args *args, tb_fetch *fetch, const char *url, const tb_buf *submission, tb_submitted *out)
{
	int exit_code = tb_submission_post(fetch, url, submission, out);

	if (exit_code == TB_EXIT_NO)
		(void)tb_args_error(args, "refused by the server: %s", out->text);
	else if (exit_code != TB_EXIT_OK)
		(void)tb_args_error(args,
			"%s; whether it is on the board is not known: run the command again", out->text);
	return exit_code;
}

int tb_submit_signed(const tb_args *args, tb_fetch *fetch, const char *url, tb_entry_type type,
	const char *signer, const tb_binding *binding, const tb_secret *key, const tb_buf *payload,
	tb_submitted *out)
{
	uint8_t random[32];
	tb_buf submission;
	tb_entry entry;
	tb_fault fault;
	tb_err err;
	int exit_code;

	memset(out, 0, sizeof *out);
	tb_buf_init(&submission, MAX_SUBMISSION);
	err = tb_entry_init(&entry, type, signer, payload->data, payload->len, &fault);
	if (err == TB_OK)
		err = tb_random(random, sizeof random);
	if (err == TB_OK)
		err = tb_entry_sign(&entry, binding, key, random);
	tb_wipe(random, sizeof random);
	if (err == TB_OK)
		err = tb_submission_write(&submission, &entry);
	exit_code = err == TB_OK ? tb_submit(args, fetch, url, &submission, out)
				 : tb_args_error(args, "cannot make the %s: %s", tb_entry_type_name(type),
					   tb_err_text(err));
	tb_buf_release(&submission);
	return exit_code;
}
