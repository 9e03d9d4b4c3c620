/* SPDX-License-Identifier: Apache-2.0 */
/* POST /e/<slug>/entries and POST /elections: from the body to a submission, and from its outcome to a response. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "server/route.h"
#include "server/slog.h"

/* {"type":...,"signer":...,"payload":base64,"signature":base64}, white space allowed. */
static tb_err parse_body(const tb_http_request *request, tb_submission *s, tb_fault *fault)
{
	char type[40], signer[TB_SIGNER_MAX];
	uint8_t signature[TB_SCHNORR_BYTES];
	tb_json_string text;
	tb_entry_type parsed;
	tb_json_in in;
	tb_err err;

	tb_json_in_init(&in, request->body, request->body_len, request->body_len, TB_JSON_ANY, TB_RULE_JSON);
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &text, sizeof type - 1);
	memcpy(type, text.data, text.len + 1);
	tb_json_take_string(&in, "signer", &text, sizeof signer - 1);
	memcpy(signer, text.data, text.len + 1);
	tb_json_take_base64_buf(&in, "payload", &s->payload);
	tb_json_take_base64(&in, "signature", signature, sizeof signature);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	tb_json_in_release(&in);
	if (err != TB_OK)
		return err;
	if (tb_entry_type_parse(&parsed, type, strlen(type)) != TB_OK)
		return tb_fault_set(fault, "ENTRY.ENVELOPE", "type", "the type of an entry", type);
	err = tb_entry_init(&s->entry, parsed, signer, s->payload.data, s->payload.len, fault);
	if (err != TB_OK)
		return err;
	memcpy(s->entry.signature, signature, sizeof signature);
	tb_submission_identify(s);
	return TB_OK;
}

static tb_err check_type(const tb_submission *s, tb_fault *fault)
{
	switch (s->entry.type) {
	case TB_ENTRY_OPEN:
	case TB_ENTRY_CLOSE:
	case TB_ENTRY_RESULT:
	case TB_ENTRY_CLIENT:
		return tb_fault_set(fault, TB_RULE_OWN, "type",
			"an entry that the server does not make itself", tb_entry_type_name(s->entry.type));
	case TB_ENTRY_BALLOT:
		if (s->payload.len > TB_BALLOT_MAX_BYTES)
			return tb_fault_setf(fault, TB_RULE_SIZE, "payload", "a ballot of at most 1 MiB",
				"%zu bytes", s->payload.len);
		return TB_OK;
	default:
		return TB_OK;
	}
}

tb_err tb_api_parse_entry(
	tb_election *e, const tb_http_request *request, tb_submission **submission, tb_fault *fault)
{
	tb_submission *s;
	tb_err err = tb_submission_new(&s);

	if (err != TB_OK)
		return err;
	s->election = e;
	err = parse_body(request, s, fault);
	if (err == TB_OK)
		err = check_type(s, fault);
	if (err != TB_OK) {
		tb_submission_free(s);
		return err;
	}
	*submission = s;
	return TB_OK;
}

/* A manifest whose origin is another host's: receipts would name a place where nobody finds the board. */
static tb_err check_origin(const tb_app *app, const tb_manifest *m, tb_fault *fault)
{
	const char *host = strstr(app->config->public_url, "://");
	char wanted[TB_CONFIG_LISTEN_MAX + TB_STORE_SLUG_MAX + 4];

	if (host == NULL)
		return TB_OK; /* the operator has not said where this server is */
	(void)snprintf(wanted, sizeof wanted, "%s/e/%s", host + 3, m->slug);
	return strcmp(m->origin, wanted) == 0
		       ? TB_OK
		       : tb_fault_set(fault, TB_RULE_ORIGIN, "payload.origin", wanted, m->origin);
}

/* Whoever the operator has not named makes no elections here; and an election that names another server's keys could never
 * be opened by this one. */
static tb_err check_manifest(const tb_app *app, const tb_manifest *m, tb_fault *fault)
{
	const tb_server_keys *own = app->keys;
	bool allowed = false;

	for (size_t i = 0; i < app->config->num_admins; i++)
		allowed =
			allowed || memcmp(app->config->admin_key[i], m->admin_key, sizeof m->admin_key) == 0;
	if (!allowed)
		return tb_fault_set(fault, TB_RULE_ADMIN, "payload.admin.key",
			"the key of an administrator of this server", "another key");
	if (memcmp(own->public.key[TB_PURPOSE_SIGN], m->server_sign_key, 32) != 0)
		return tb_fault_set(fault, TB_RULE_KEYS, "payload.server.sign_key", own->line, "another key");
	if (memcmp(own->public.key[TB_PURPOSE_LOG], m->server_log_key, 32) != 0)
		return tb_fault_set(fault, TB_RULE_KEYS, "payload.server.log_key", own->line, "another key");
	return check_origin(app, m, fault);
}

tb_err tb_api_check_signature(const tb_submission *s, tb_fault *fault)
{
	tb_election *e = s->election;
	const uint8_t *known;
	uint8_t key[TB_SCHNORR_PUBLIC_BYTES];
	tb_binding binding;
	bool is_known;

	if (e == NULL)
		return TB_OK; /* a manifest: tb_api_parse_manifest() has done it */
	(void)pthread_mutex_lock(&e->lock);
	is_known = !e->is_stale && tb_manifest_signer_key(tb_board_manifest(e->ref->board), s->entry.role,
					   s->entry.trustee, s->entry.signer_id, &known) == TB_OK;
	if (is_known) {
		memcpy(key, known, sizeof key);
		binding = *tb_board_binding(e->ref->board);
	}
	(void)pthread_mutex_unlock(&e->lock);
	return is_known ? tb_entry_verify(&s->entry, &binding, key, fault) : TB_OK;
}

tb_err tb_api_parse_manifest(
	tb_app *app, const tb_http_request *request, tb_submission **submission, tb_fault *fault)
{
	static const tb_binding nothing = {.has_election = false};
	tb_manifest m;
	tb_submission *s;
	tb_err err = tb_submission_new(&s);

	if (err != TB_OK)
		return err;
	tb_manifest_init(&m);
	err = parse_body(request, s, fault);
	if (err == TB_OK && s->entry.type != TB_ENTRY_MANIFEST)
		err = tb_fault_set(
			fault, "ENTRY.ORDER", "type", "manifest", tb_entry_type_name(s->entry.type));
	if (err == TB_OK) {
		err = tb_manifest_parse(&m, s->payload.data, s->payload.len, fault);
		if (err == TB_ERR_RULE)
			tb_fault_prefix(fault, "payload");
	}
	if (err == TB_OK)
		err = check_manifest(app, &m, fault);
	if (err == TB_OK)
		err = tb_entry_verify(&s->entry, &nothing, m.admin_key, fault);
	if (err == TB_OK) {
		TB_REQUIRE(strlen(m.slug) <= TB_STORE_SLUG_MAX);
		memcpy(s->slug, m.slug, strlen(m.slug) + 1);
		s->granule = tb_manifest_granule(&m);
	}
	tb_manifest_release(&m);
	if (err != TB_OK) {
		tb_submission_free(s);
		return err;
	}
	*submission = s;
	return TB_OK;
}

/* ---- the answer ---- */

static void recorded(tb_app *app, tb_submission *s, tb_http_response *response)
{
	const char *slug = s->election != NULL ? s->election->slug : s->slug;
	tb_election *e = tb_elections_find(&app->elections, slug, strlen(slug));
	char text[160];
	tb_err err = e != NULL ? tb_api_write_receipt(app, e, s->index, &response->body) : TB_ERR_IO;

	if (err != TB_OK) {
		/* It is on the board, but the proof cannot be had just now: the same submission again gives it. */
		tb_http_problem_err(response, err);
		return;
	}
	response->status = s->is_new ? 201 : 200;
	tb_http_response_header(response, "Content-Type", "text/plain; charset=utf-8");
	tb_http_response_header(response, "Cache-Control", "no-store");
	(void)snprintf(text, sizeof text, "%" PRIu64, s->index);
	tb_http_response_header(response, "Tabella-Index", text);
	if (s->entry.type == TB_ENTRY_MANIFEST)
		(void)snprintf(text, sizeof text, "/e/%s", slug);
	else
		(void)snprintf(text, sizeof text, "/e/%s/receipt/%" PRIu64, slug, s->index);
	tb_http_response_header(response, "Location", text);
}

void tb_api_submitted(tb_app *app, tb_submission *s, tb_http_response *response)
{
	tb_fault fault = {0};
	tb_fate fate = s->err == TB_ERR_RULE ? TB_FATE_REFUSED
		       : s->err != TB_OK     ? TB_FATE_FAILED
		       : s->is_new           ? TB_FATE_RECORDED
					     : TB_FATE_REPEATED;

	(void)atomic_fetch_add(&app->metrics.submissions[fate], 1);
	switch (s->err) {
	case TB_OK:
		recorded(app, s, response);
		break;
	case TB_ERR_RULE:
		tb_slog(TB_SLOG_INFO, "refuse", "election=%s type=%s rule=%s",
			s->election != NULL ? s->election->slug : s->slug, tb_entry_type_name(s->entry.type),
			s->fault.rule);
		tb_http_problem(response, &s->fault);
		break;
	case TB_ERR_STATE:
		(void)tb_fault_set(&fault, TB_RULE_BUSY, "type", "an entry that the board can judge now",
			"one that rests on the tally, which is being made");
		tb_http_problem(response, &fault);
		break;
	default:
		tb_http_problem_err(response, s->err);
		break;
	}
}
