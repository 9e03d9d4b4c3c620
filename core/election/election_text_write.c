/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/election/election_text_internal.h"
#include "core/election/election_words.h"
#include "core/election/picture.h"
#include "core/log/note.h"

/* A manifest as an election file, such that reading it gives the same manifest [FILE.LINE]. */

/* ---- values ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Does a reader need quotes to see where this begins and ends? */
static bool needs_quotes(const char *value)
{
	size_t len = strlen(value);

	return len == 0 || is_blank(value[0]) || is_blank(value[len - 1]) ||
	       (len >= 2 && value[0] == '"' && value[len - 1] == '"');
}

static void put_value(tb_buf *out, const char *value)
{
	bool quotes = needs_quotes(value);

	tb_buf_text(out, quotes ? "\"" : "");
	tb_buf_text(out, value);
	tb_buf_text(out, quotes ? "\"" : "");
}

/* "Keyword: ", the rest of the line is the caller's. */
static void put_key(tb_buf *out, tb_keyword key)
{
	tb_buf_text(out, tb_keyword_names[key]);
	tb_buf_text(out, ": ");
}

static void put_line(tb_buf *out, tb_keyword key, const char *value)
{
	put_key(out, key);
	put_value(out, value);
	tb_buf_text(out, "\n");
}

static void put_number(tb_buf *out, tb_keyword key, uint64_t value)
{
	put_key(out, key);
	tb_buf_decimal(out, value);
	tb_buf_text(out, "\n");
}

static void put_time(tb_buf *out, tb_keyword key, uint64_t value)
{
	char text[32];

	tb_time_write(text, value);
	put_line(out, key, text);
}

/* ---- free text [FILE.TEXT] ---- */

/* Would this line of text, as it stands, be read as itself? */
static bool is_plain_line(const char *line, size_t len)
{
	char start[64];
	tb_keyword key;
	const char *value;
	bool odd;

	if (len == 0)
		return true;
	if (is_blank(line[0]) || is_blank(line[len - 1]) || strchr("[#|", line[0]) != NULL)
		return false;
	len = len < sizeof start ? len : sizeof start - 1; /* keywords are shorter */
	memcpy(start, line, len);
	start[len] = '\0';
	return !tb_keyword_find(start, &key, &value, &odd) && !odd;
}

static bool is_plain_text(const char *text)
{
	for (const char *at = text; at != NULL;) {
		const char *stop = strchr(at, '\n');
		size_t len = stop != NULL ? (size_t)(stop - at) : strlen(at);

		/* blank lines at the beginning and at the end are not text */
		if ((len == 0 && (at == text || stop == NULL)) || !is_plain_line(at, len))
			return false;
		at = stop != NULL ? stop + 1 : NULL;
	}
	return true;
}

static void put_text(tb_buf *out, const char *text, const char *indent)
{
	const char *bar = is_plain_text(text) ? "" : "| ";

	if (*text == '\0')
		return;
	for (const char *at = text; at != NULL;) {
		const char *stop = strchr(at, '\n');
		size_t len = stop != NULL ? (size_t)(stop - at) : strlen(at);

		if (len > 0 || *bar != '\0') {
			tb_buf_text(out, indent);
			tb_buf_text(out, len > 0 ? bar : "|");
			tb_buf_append(out, at, len);
		}
		tb_buf_text(out, "\n");
		at = stop != NULL ? stop + 1 : NULL;
	}
}

/* ---- roles ---- */

static void put_role(
	tb_buf *out, tb_keyword key, const char *id, const char *name, const tb_role_public *keys)
{
	char line[TB_ROLE_LINE_MAX];

	if (name == NULL) /* a draft */
		return;
	put_key(out, key);
	if (id != NULL) {
		tb_buf_text(out, id);
		tb_buf_text(out, " ");
	}
	put_value(out, name);
	tb_buf_text(out, " ");
	tb_role_line_write(line, keys);
	tb_buf_text(out, line);
	tb_buf_text(out, "\n");
}

static void put_single(tb_buf *out, tb_keyword key, tb_role role, const char *name, const uint8_t sign[32])
{
	tb_role_public keys = {.role = role};

	memcpy(keys.key[TB_PURPOSE_SIGN], sign, 32);
	put_role(out, key, NULL, name, &keys);
}

static void put_witnesses(tb_buf *out, const tb_manifest *m)
{
	tb_vkey key;

	if (m->num_witnesses == 0)
		return;
	put_key(out, TB_KEY_WITNESSES);
	tb_buf_decimal(out, m->witnesses_needed);
	tb_buf_text(out, "\n");
	for (uint32_t i = 0; i < m->num_witnesses; i++) {
		tb_err err =
			tb_vkey_init(&key, m->witnesses[i].name, TB_VKEY_COSIGNATURE, m->witnesses[i].key);

		if (err != TB_OK) {
			tb_buf_fail(out, err);
			return;
		}
		put_key(out, TB_KEY_WITNESS);
		tb_vkey_write(out, &key);
		tb_buf_text(out, "\n");
	}
}

static void put_roles(tb_buf *out, const tb_manifest *m)
{
	tb_role_public keys = {.role = TB_ROLE_SERVER};
	uint32_t of = m->num_trustees > m->threshold ? m->num_trustees : m->threshold;

	memcpy(keys.key[TB_PURPOSE_SIGN], m->server_sign_key, 32);
	memcpy(keys.key[TB_PURPOSE_LOG], m->server_log_key, 32);
	put_role(out, TB_KEY_SERVER, NULL, m->server_name, &keys);
	put_single(out, TB_KEY_ADMIN, TB_ROLE_ADMIN, m->admin_name, m->admin_key);
	put_single(out, TB_KEY_REGISTRAR, TB_ROLE_REGISTRAR, m->registrar_name, m->registrar_key);
	put_key(out, TB_KEY_THRESHOLD);
	tb_buf_decimal(out, m->threshold);
	tb_buf_text(out, " of ");
	tb_buf_decimal(out, of);
	tb_buf_text(out, "\n");
	if (m->mixes > 0)
		put_number(out, TB_KEY_MIXES, m->mixes);
	for (uint32_t i = 0; i < m->num_trustees; i++) {
		keys = (tb_role_public){.role = TB_ROLE_TRUSTEE};
		memcpy(keys.key[TB_PURPOSE_SIGN], m->trustees[i].sign_key, 32);
		memcpy(keys.key[TB_PURPOSE_TRANSPORT], m->trustees[i].transport_key, 32);
		memcpy(keys.key[TB_PURPOSE_COSIGN], m->trustees[i].cosign_key, 32);
		put_role(out, TB_KEY_TRUSTEE, NULL, m->trustees[i].name, &keys);
	}
	for (uint32_t i = 0; i < m->num_endorsers; i++) {
		keys = (tb_role_public){.role = TB_ROLE_ENDORSER};
		memcpy(keys.key[TB_PURPOSE_SIGN], m->endorsers[i].sign_key, 32);
		memcpy(keys.key[TB_PURPOSE_COSIGN], m->endorsers[i].cosign_key, 32);
		put_role(out, TB_KEY_ENDORSER, m->endorsers[i].id, m->endorsers[i].name, &keys);
	}
	put_witnesses(out, m);
}

/* ---- questions ---- */

/* Would a reader give this id by itself?  Ids are unique, so nobody else has it or is given it. */
static bool is_default_id(const char *id, const char *text)
{
	char slug[TB_ID_MAX + 1];

	tb_slug_from_text(slug, text);
	return strcmp(slug, id) == 0;
}

static void put_option(tb_buf *out, const tb_question *q, uint32_t index)
{
	const tb_option *o = &q->options[index];

	tb_buf_text(out, "[] ");
	put_value(out, o->label);
	tb_buf_text(out, "\n");
	if (!is_default_id(o->id, o->label)) {
		tb_buf_text(out, "    ");
		put_line(out, TB_KEY_ID, o->id);
	}
	if (o->link[0] != '\0') {
		tb_buf_text(out, "    ");
		put_line(out, TB_KEY_LINK, o->link);
	}
	if (o->picture != NULL) {
		tb_buf_text(out, "    ");
		put_key(out, TB_KEY_PICTURE);
		tb_buf_text(out, "data:");
		tb_buf_text(out, tb_picture_type_base64(o->picture));
		tb_buf_text(out, ";base64,");
		tb_buf_text(out, o->picture);
		tb_buf_text(out, "\n");
	}
	tb_text_write_majority(out, q, index);
	put_text(out, o->text, "    ");
}

static void put_question(tb_buf *out, const tb_question *q)
{
	tb_buf_text(out, "\n");
	put_line(out, TB_KEY_QUESTION, q->title);
	put_text(out, q->text, "");
	if (!is_default_id(q->id, q->title))
		put_line(out, TB_KEY_ID, q->id);
	put_key(out, TB_KEY_METHOD);
	tb_words_write_method(out, q);
	tb_buf_text(out, "\n");
	put_number(out, TB_KEY_WINNERS, q->winners);
	if (q->method == TB_METHOD_RANKED)
		tb_text_write_ranked(out, q);
	if (q->quorum.base != TB_BASE_NONE) {
		put_key(out, TB_KEY_QUORUM);
		tb_words_write_quorum(out, &q->quorum);
		tb_buf_text(out, "\n");
	}
	if (q->approval.base != TB_BASE_NONE) {
		put_key(out, TB_KEY_APPROVAL);
		tb_words_write_approval(out, &q->approval);
		tb_buf_text(out, "\n");
	}
	if (q->random_order)
		put_line(out, TB_KEY_ORDER, "random");
	if (q->blank)
		put_line(out, TB_KEY_BLANK, "yes");
	for (uint32_t i = 0; i < q->num_options; i++)
		put_option(out, q, i);
}

tb_err tb_election_text_write(tb_buf *out, const tb_manifest *m)
{
	put_line(out, TB_KEY_TITLE, m->title);
	put_text(out, m->text, "");
	tb_buf_text(out, "\n");
	put_line(out, TB_KEY_SLUG, m->slug);
	put_line(out, TB_KEY_ORIGIN, m->origin);
	put_line(out, TB_KEY_GROUP, tb_group_name(m->group));
	put_time(out, TB_KEY_OPENS, m->opens);
	put_time(out, TB_KEY_CLOSES, m->closes);
	put_line(out, TB_KEY_GRANULARITY, tb_granularity_name(m->granularity));
	put_line(out, TB_KEY_RULES, m->rules == TB_RULES_EXTENDED ? "extended" : "standard");
	put_line(out, TB_KEY_REVOTE, m->revote == TB_REVOTE_NEVER ? "never" : "last");
	put_line(out, TB_KEY_REHEARSAL, m->rehearsal ? "yes" : "no");
	put_number(out, TB_KEY_FLOOR, m->privacy_floor);
	put_key(out, TB_KEY_WEIGHTS);
	tb_buf_text(out, m->weights_warn ? "warn below " : "refuse below ");
	tb_buf_decimal(out, m->min_holders);
	tb_buf_text(out, " holders\n");
	put_line(out, TB_KEY_ELIGIBILITY, m->eligibility == TB_ELIGIBILITY_SERVER ? "server" : "offline");
	tb_buf_text(out, "\n");
	put_roles(out, m);
	for (uint32_t i = 0; i < m->num_questions; i++)
		put_question(out, &m->questions[i]);
	return tb_buf_status(out);
}
