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

int tb_submit(
	const tb_args *args, tb_fetch *fetch, const char *url, const tb_buf *submission, tb_submitted *out)
{
	tb_response response;
	tb_fault fault;
	char text[1024];

	memset(out, 0, sizeof *out);
	tb_buf_init(&out->receipt, MAX_RECEIPT);
	if (tb_fetch_post_json(fetch, &out->receipt, &response, url, submission->data, submission->len,
		    &fault) != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		return tb_args_error(
			args, "%s; whether it was recorded is not known: run the command again", text);
	}
	if (response.status != 200 && response.status != 201) {
		tb_fetch_problem(&response, &out->receipt, text, sizeof text);
		(void)tb_args_error(args, "refused by the server: %s", text);
		return TB_EXIT_NO;
	}
	out->is_new = response.status == 201;
	if (tb_decimal_parse(&out->index, response.index, strlen(response.index), UINT64_C(1) << 53) != TB_OK)
		return tb_args_error(
			args, "the server's answer has no Tabella-Index; is %s a Tabella server?", url);
	return TB_EXIT_OK;
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
