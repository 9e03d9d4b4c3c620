/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/payloads.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"

/* A text of 20,000 bytes may double by escapes. */
#define PAYLOAD_MAX 65536

/* ---- what all of them share ---- */

static void begin(tb_json_in *in, const void *bytes, size_t len, const char *rule)
{
	tb_json_in_init(in, bytes, len, PAYLOAD_MAX, TB_JSON_CANONICAL, rule);
	tb_json_enter_object(in, TB_JSON_ITEM);
}

static tb_err end(tb_json_in *in, tb_fault *fault)
{
	tb_err err;

	tb_json_leave(in);
	err = tb_json_in_status(in, fault);
	tb_json_in_release(in);
	return err;
}

static uint64_t take_number(tb_json_in *in, const char *key)
{
	return tb_json_take_int(in, key, 0, TB_JSON_INT_MAX);
}

static char *copy(tb_json_in *in, const tb_json_string *s)
{
	char *text;

	if (in->err != TB_OK)
		return NULL;
	text = malloc(s->len + 1);
	if (text == NULL)
		in->err = TB_ERR_MEMORY;
	else
		memcpy(text, s->data, s->len + 1);
	return text;
}

static char *take_text(tb_json_in *in, const char *key)
{
	tb_json_string s;

	tb_json_take_text(in, key, &s, TB_TEXT_MAX, TB_TEXT_LINES);
	return copy(in, &s);
}

/* ---- open, close ---- */

tb_err tb_open_parse(tb_open *out, const tb_group *g, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	memset(out, 0, sizeof *out);
	begin(&in, bytes, len, "OPEN");
	out->size = take_number(&in, "size");
	tb_json_take_hex(&in, "root", out->root, sizeof out->root);
	out->public_key_len = tb_group_point_bytes(g);
	tb_json_take_base64(&in, "public_key", out->public_key, out->public_key_len);
	err = end(&in, fault);
	if (err != TB_OK)
		memset(out, 0, sizeof *out);
	return err;
}

tb_err tb_open_write(tb_buf *out, const tb_open *p)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_int(&json, "size", p->size);
	tb_json_out_hex(&json, "root", p->root, sizeof p->root);
	tb_json_out_base64(&json, "public_key", p->public_key, p->public_key_len);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

tb_err tb_close_parse(tb_close *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	memset(out, 0, sizeof *out);
	begin(&in, bytes, len, "CLOSE");
	out->size = take_number(&in, "size");
	tb_json_take_hex(&in, "root", out->root, sizeof out->root);
	out->ballots = take_number(&in, "ballots");
	out->voters = take_number(&in, "voters");
	err = end(&in, fault);
	if (err != TB_OK)
		memset(out, 0, sizeof *out);
	return err;
}

tb_err tb_close_write(tb_buf *out, const tb_close *p)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_int(&json, "size", p->size);
	tb_json_out_hex(&json, "root", p->root, sizeof p->root);
	tb_json_out_int(&json, "ballots", p->ballots);
	tb_json_out_int(&json, "voters", p->voters);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

/* ---- extend, notice, cancel ---- */

tb_err tb_extend_parse(tb_extend *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	memset(out, 0, sizeof *out);
	begin(&in, bytes, len, "EXTEND");
	out->closes = take_number(&in, "closes");
	out->reason = take_text(&in, "reason");
	err = end(&in, fault);
	if (err != TB_OK)
		tb_extend_release(out);
	return err;
}

tb_err tb_extend_write(tb_buf *out, const tb_extend *p)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_int(&json, "closes", p->closes);
	tb_json_out_cstring(&json, "reason", p->reason);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

void tb_extend_release(tb_extend *p)
{
	free(p->reason);
	memset(p, 0, sizeof *p);
}

/* An object with one text in it. */
static tb_err parse_one_text(
	char **out, const char *key, const char *rule, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	begin(&in, bytes, len, rule);
	*out = take_text(&in, key);
	err = end(&in, fault);
	if (err != TB_OK) {
		free(*out);
		*out = NULL;
	}
	return err;
}

static tb_err write_one_text(tb_buf *out, const char *key, const char *text)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_cstring(&json, key, text);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

tb_err tb_notice_parse(char **text, const void *bytes, size_t len, tb_fault *fault)
{
	return parse_one_text(text, "text", "NOTICE", bytes, len, fault);
}

tb_err tb_notice_write(tb_buf *out, const char *text)
{
	return write_one_text(out, "text", text);
}

tb_err tb_cancel_parse(char **reason, const void *bytes, size_t len, tb_fault *fault)
{
	return parse_one_text(reason, "reason", "CANCEL", bytes, len, fault);
}

tb_err tb_cancel_write(tb_buf *out, const char *reason)
{
	return write_one_text(out, "reason", reason);
}

/* ---- roll.change ---- */

static const char *const ACTIONS[] = {
	[TB_ROLL_ADD] = "add", [TB_ROLL_REMOVE] = "remove", [TB_ROLL_CREDENTIAL] = "credential"};
#define CHANGE "ROLL.CHANGE"

static void take_voter(tb_json_in *in, tb_roll_change *out)
{
	tb_json_string s;

	tb_json_take_string(in, "voter", &s, PAYLOAD_MAX);
	if (!tb_id_is_valid(s.data, s.len))
		tb_json_in_fail(in, "voter", "ID", "1 to 64 of a-z 0-9 . _ -", "\"%.80s\"", s.data);
	out->voter = copy(in, &s);
}

/* Only an added voter has a label and a weight: elsewhere they could only contradict the roll. */
static void take_label_and_weight(tb_json_in *in, tb_roll_change *out)
{
	tb_json_string s;

	if (out->action == TB_ROLL_ADD) {
		tb_json_take_text(in, "label", &s, TB_NAME_MAX, TB_TEXT_LINE);
	} else {
		tb_json_take_string(in, "label", &s, PAYLOAD_MAX);
		if (s.len > 0)
			tb_json_in_fail(in, "label", CHANGE, "an empty label, unless a voter is added",
				"\"%.80s\"", s.data);
	}
	out->label = copy(in, &s);
	if (out->action == TB_ROLL_ADD)
		out->weight = (uint32_t)tb_json_take_int(in, "weight", 1, TB_MAX_WEIGHT);
	else
		(void)tb_json_take_int(in, "weight", 0, 0);
}

static void take_key(tb_json_in *in, tb_roll_change *out)
{
	tb_json_string s;
	tb_point point;

	if (out->action == TB_ROLL_REMOVE) {
		tb_json_take_string(in, "key", &s, PAYLOAD_MAX);
		if (s.len > 0)
			tb_json_in_fail(in, "key", CHANGE, "an empty key where a voter is removed", "a key");
		return;
	}
	tb_json_take_base64(in, "key", out->key, sizeof out->key);
	if (in->err == TB_OK && tb_schnorr_public_parse(&point, out->key) != TB_OK)
		tb_json_in_fail(in, "key", "ROLL.KEYS", "a canonical ristretto255 key, not the identity",
			"other bytes");
}

tb_err tb_roll_change_parse(tb_roll_change *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	memset(out, 0, sizeof *out);
	begin(&in, bytes, len, CHANGE);
	out->action = (tb_roll_action)tb_json_take_choice(
		&in, "action", ACTIONS, sizeof ACTIONS / sizeof ACTIONS[0]);
	take_voter(&in, out);
	take_label_and_weight(&in, out);
	take_key(&in, out);
	out->reason = take_text(&in, "reason");
	if (in.err == TB_OK && out->reason[0] == '\0')
		tb_json_in_fail(&in, "reason", CHANGE, "a reason", "none");
	err = end(&in, fault);
	if (err != TB_OK)
		tb_roll_change_release(out);
	return err;
}

tb_err tb_roll_change_write(tb_buf *out, const tb_roll_change *p)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_cstring(&json, "action", ACTIONS[p->action]);
	tb_json_out_cstring(&json, "voter", p->voter);
	tb_json_out_cstring(&json, "label", p->label != NULL ? p->label : "");
	tb_json_out_int(&json, "weight", p->weight);
	tb_json_out_base64(&json, "key", p->key, p->action == TB_ROLL_REMOVE ? 0 : sizeof p->key);
	tb_json_out_cstring(&json, "reason", p->reason);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

void tb_roll_change_release(tb_roll_change *p)
{
	free(p->voter);
	free(p->label);
	free(p->reason);
	memset(p, 0, sizeof *p);
}

/* ---- endorse ---- */

tb_err tb_endorsement_parse(tb_endorsement *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	memset(out, 0, sizeof *out);
	begin(&in, bytes, len, "ENDORSE");
	tb_json_take_hex(&in, "close", out->close, 32);
	out->size = take_number(&in, "size");
	tb_json_take_hex(&in, "root", out->root, 32);
	tb_json_take_hex(&in, "counted", out->counted, 32);
	out->ballots = take_number(&in, "ballots");
	tb_json_take_hex(&in, "aggregates", out->aggregates, 32);
	tb_json_take_base64(&in, "cosignature", out->cosignature, sizeof out->cosignature);
	err = end(&in, fault);
	if (err != TB_OK)
		memset(out, 0, sizeof *out);
	return err;
}

tb_err tb_endorsement_write(tb_buf *out, const tb_endorsement *p)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_hex(&json, "close", p->close, 32);
	tb_json_out_int(&json, "size", p->size);
	tb_json_out_hex(&json, "root", p->root, 32);
	tb_json_out_hex(&json, "counted", p->counted, 32);
	tb_json_out_int(&json, "ballots", p->ballots);
	tb_json_out_hex(&json, "aggregates", p->aggregates, 32);
	tb_json_out_base64(&json, "cosignature", p->cosignature, sizeof p->cosignature);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}

bool tb_endorsement_same(const tb_endorsement *a, const tb_endorsement *b)
{
	return memcmp(a->close, b->close, 32) == 0 && a->size == b->size &&
	       memcmp(a->root, b->root, 32) == 0 && memcmp(a->counted, b->counted, 32) == 0 &&
	       a->ballots == b->ballots && memcmp(a->aggregates, b->aggregates, 32) == 0;
}
