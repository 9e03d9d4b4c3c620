/* SPDX-License-Identifier: Apache-2.0 */
#include "server/message.h"

#include <stdio.h>
#include <string.h>

#include "core/base/json.h"

void tb_http_response_init(tb_http_response *r)
{
	memset(r, 0, sizeof *r);
	r->status = 500;
	tb_buf_init(&r->body, TB_HTTP_BODY_MAX);
}

void tb_http_response_release(tb_http_response *r)
{
	if (r->stream.read != NULL)
		r->stream.free(r->stream.state);
	tb_buf_release(&r->body);
	tb_http_response_init(r);
}

static tb_http_header *new_header(tb_http_response *r, const char *name, const char *value)
{
	tb_http_header *h;

	TB_REQUIRE(r->num_headers < TB_HTTP_MAX_HEADERS);
	/* A line break in a value would let its author write headers and bodies of his own. */
	for (const char *c = value; *c != '\0'; c++)
		TB_REQUIRE((unsigned char)*c >= 0x20 && (unsigned char)*c < 0x7f);
	h = &r->header[r->num_headers++];
	h->name = name;
	h->fixed = NULL;
	return h;
}

void tb_http_response_header(tb_http_response *r, const char *name, const char *value)
{
	tb_http_header *h = new_header(r, name, value);

	TB_REQUIRE(strlen(value) < sizeof h->value);
	memcpy(h->value, value, strlen(value) + 1);
}

void tb_http_response_header_fixed(tb_http_response *r, const char *name, const char *value)
{
	new_header(r, name, value)->fixed = value;
}

const char *tb_http_header_value(const tb_http_header *h)
{
	return h->fixed != NULL ? h->fixed : h->value;
}

void tb_http_response_share(tb_http_response *r)
{
	/* No cookie, no password that a browser would send along by itself: a page elsewhere can only do what anybody can. */
	tb_http_response_header_fixed(r, "Access-Control-Allow-Origin", "*");
	tb_http_response_header_fixed(r, "Access-Control-Expose-Headers", "Tabella-Index, Location");
}

void tb_http_response_tag_gzip(tb_http_response *r)
{
	for (size_t i = 0; i < r->num_headers; i++) {
		char *value = r->header[i].value;
		size_t len = strlen(value);

		if (strcmp(r->header[i].name, "ETag") != 0)
			continue;
		TB_REQUIRE(r->header[i].fixed == NULL && len >= 2 && len + 5 < sizeof r->header[i].value);
		memcpy(value + len - 1, "-gzip\"", 7);
	}
}

const char *tb_http_response_find(const tb_http_response *r, const char *name)
{
	for (size_t i = 0; i < r->num_headers; i++)
		if (strcmp(r->header[i].name, name) == 0)
			return tb_http_header_value(&r->header[i]);
	return NULL;
}

/* ---- problems ---- */

typedef struct rule_status {
	const char *rule;
	unsigned status;
} rule_status;

/* What is not listed is 422: well-formed, understood, and against a rule of the election. */
static const rule_status statuses[] = {
	{TB_RULE_METHOD, 405},
	{TB_RULE_NOT_FOUND, 404},
	{TB_RULE_CLIENT, 501},
	{TB_RULE_SIZE, 413},
	{TB_RULE_JSON, 400},
	{TB_RULE_TIMEOUT, 408},
	{TB_RULE_ADMIN, 403},
	{TB_RULE_KEYS, 403},
	{TB_RULE_OWN, 403},
	{TB_RULE_SLUG, 409},
	{TB_RULE_BUSY, 503},
	{TB_RULE_STORAGE, 503},
	{TB_RULE_RATE, 429},
	{TB_RULE_TOKEN, 401},
	{TB_RULE_SCOPE, 403},
	{TB_RULE_KEY, 400},
	{TB_RULE_REPEATED, 422},
	{TB_RULE_BACKUP, 409},
	{"ENTRY.ENVELOPE", 400},
	{"JSON.CANONICAL", 400},
	{"BASE64", 400},
	{"ENTRY.SIGNATURE", 403},
	{"ENTRY.ORDER", 409},
	{"BALLOT.PREV", 409},
};

static unsigned status_of(const char *rule)
{
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		if (strcmp(statuses[i].rule, rule) == 0)
			return statuses[i].status;
	return 422;
}

static const char *title_of(unsigned status)
{
	switch (status) {
	case 400:
		return "The request is not of the form that is expected here";
	case 401:
		return "Who asks?";
	case 403:
		return "Not allowed";
	case 404:
		return "There is nothing here";
	case 405:
		return "This address does not answer that method";
	case 408:
		return "The request took too long to arrive";
	case 409:
		return "This does not fit what the board says now";
	case 413:
		return "The request is too large";
	case 422:
		return "A rule of the election refuses this";
	case 429:
		return "Too many requests";
	case 501:
		return "This server has no pages";
	case 503:
		return "The server cannot do this right now";
	default:
		return "The server failed";
	}
}

/* The sentence for a person: what went wrong where, and what to do about the few things that pass. */
static void detail_of(const tb_fault *fault, unsigned status, char *out, size_t out_len)
{
	size_t used;

	tb_fault_text(fault, out, out_len);
	used = strlen(out);
	if (status == 503)
		(void)snprintf(out + used, out_len - used, "; nothing was changed, try again in a moment");
	if (status == 409 && strcmp(fault->rule, TB_RULE_BACKUP) != 0)
		(void)snprintf(out + used, out_len - used, "; read the board again before you try once more");
}

void tb_http_problem(tb_http_response *r, const tb_fault *fault)
{
	char type[80], detail[800];
	tb_json_out out;

	tb_http_response_release(r);
	r->status = status_of(fault->rule);
	(void)snprintf(type, sizeof type, "urn:tabella:rule:%s", fault->rule);
	detail_of(fault, r->status, detail, sizeof detail);
	tb_json_out_init(&out, &r->body);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_cstring(&out, "type", type);
	tb_json_out_cstring(&out, "title", title_of(r->status));
	tb_json_out_int(&out, "status", r->status);
	tb_json_out_cstring(&out, "detail", detail);
	tb_json_out_cstring(&out, "where", fault->where);
	tb_json_out_cstring(&out, "expected", fault->expected);
	tb_json_out_cstring(&out, "found", fault->found);
	tb_json_out_end(&out);
	if (tb_json_out_status(&out) != TB_OK)
		tb_buf_clear(&r->body); /* out of memory: the status alone must do */
	tb_http_response_header(r, "Content-Type", "application/problem+json");
	tb_http_response_header(r, "Cache-Control", "no-store");
	if (r->status == 503)
		tb_http_response_header(r, "Retry-After", "1");
}

void tb_http_problem_rate(tb_http_response *r, const char *where, unsigned seconds)
{
	tb_fault fault = {0};
	char text[12];

	(void)tb_fault_setf(&fault, TB_RULE_RATE, where, "fewer at once",
		"more than the operator allows; again in %u s", seconds);
	tb_http_problem(r, &fault);
	(void)snprintf(text, sizeof text, "%u", seconds);
	tb_http_response_header(r, "Retry-After", text);
}

void tb_http_problem_err(tb_http_response *r, tb_err err)
{
	tb_fault fault = {0};

	if (err == TB_ERR_MEMORY || err == TB_ERR_RANDOM || err == TB_ERR_LIMIT)
		(void)tb_fault_set(&fault, TB_RULE_BUSY, "server", "memory and randomness", tb_err_text(err));
	else
		(void)tb_fault_set(&fault, TB_RULE_STORAGE, "server", "a board that can be read and written",
			tb_err_text(err));
	tb_http_problem(r, &fault);
}
