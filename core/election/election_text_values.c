/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/election/election_text_internal.h"
#include "core/election/election_words.h"
#include "core/election/picture.h"
#include "core/log/note.h"

/* The values behind the keywords of an election file. */

/* ---- errors ---- */

tb_err tb_text_wrong(tb_text_reader *r, const char *rule, const char *expected, const char *found, ...)
{
	char where[32], text[256];
	va_list args;

	va_start(args, found);
	if (vsnprintf(text, sizeof text, found, args) < 0)
		text[0] = '\0';
	va_end(args);
	snprintf(where, sizeof where, "line %u", r->line);
	return tb_fault_set(r->fault, rule, where, expected, text);
}

tb_err tb_text_wrong_value(tb_text_reader *r, const char *value, const char *expected)
{
	return tb_text_wrong(r, "FILE.VALUE", expected, "\"%.120s\"", value);
}

/* ---- where things were written ---- */

tb_err tb_text_remember(tb_text_reader *r, const char *path, ...)
{
	tb_text_place *list = r->places;
	va_list args;

	if (r->num_places == r->cap_places) {
		size_t cap = r->cap_places == 0 ? 64 : 2 * r->cap_places;

		list = realloc(list, cap * sizeof *list);
		if (list == NULL)
			return TB_ERR_MEMORY;
		r->places = list;
		r->cap_places = cap;
	}
	va_start(args, path);
	(void)vsnprintf(list[r->num_places].path, sizeof list->path, path, args);
	va_end(args);
	list[r->num_places++].line = r->line;
	return TB_OK;
}

/* Does `path` name this part of the manifest or something in it? */
static bool covers(const char *part, const char *path)
{
	size_t len = strlen(part);

	return strncmp(part, path, len) == 0 && (path[len] == '\0' || path[len] == '.' || path[len] == '[');
}

void tb_text_add_line(const tb_text_reader *r, tb_fault *fault)
{
	uint32_t line = r->line; /* the end of the file, where the missing could stand */
	char where[sizeof fault->where];
	size_t best = 0;

	for (size_t i = 0; i < r->num_places; i++) {
		if (covers(r->places[i].path, fault->where) && strlen(r->places[i].path) > best) {
			best = strlen(r->places[i].path);
			line = r->places[i].line;
		}
	}
	snprintf(where, sizeof where, "line %u (%.100s)", line, fault->where);
	memcpy(fault->where, where, sizeof where);
}

/* ---- values ---- */

/* A value in quotes is what stands between them, so that spaces at its ends can be written. */
tb_err tb_text_set(char **to, const char *value, size_t len)
{
	char *copy;

	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value++;
		len -= 2;
	}
	copy = malloc(len + 1);
	if (copy == NULL)
		return TB_ERR_MEMORY;
	memcpy(copy, value, len);
	copy[len] = '\0';
	free(*to);
	*to = copy;
	return TB_OK;
}

/* One of the words (the last is NULL). */
static tb_err set_choice(tb_text_reader *r, const char *value, const char *const *words, unsigned *out)
{
	char expected[120] = "";

	for (unsigned i = 0; words[i] != NULL; i++) {
		size_t len = strlen(expected);

		if (strcasecmp(value, words[i]) == 0) {
			*out = i;
			return TB_OK;
		}
		snprintf(expected + len, sizeof expected - len, "%s%s", i > 0 ? " or " : "", words[i]);
	}
	return tb_text_wrong_value(r, value, expected);
}

tb_err tb_text_set_bool(tb_text_reader *r, const char *value, bool *out)
{
	static const char *const words[] = {"no", "yes", NULL};
	unsigned choice;
	tb_err err = set_choice(r, value, words, &choice);

	if (err == TB_OK)
		*out = choice == 1;
	return err;
}

tb_err tb_text_set_number(tb_text_reader *r, const char *value, uint64_t *out, uint64_t max)
{
	tb_words w = {value};

	if (!tb_words_number(&w, out, max) || !tb_words_done(&w))
		return tb_text_wrong_value(r, value, "a whole number");
	return TB_OK;
}

static tb_err set_time(tb_text_reader *r, const char *value, uint64_t *out)
{
	tb_err err = tb_time_parse(out, value, strlen(value), r->fault);

	if (err == TB_ERR_RULE)
		snprintf(r->fault->where, sizeof r->fault->where, "line %u", r->line);
	return err;
}

/* ---- roles: a name, and the line of public keys [ROLE.LINE] behind it ---- */

static const char *find_last(const char *text, const char *part)
{
	const char *found = NULL;

	for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
		found = at;
	return found;
}

static tb_err read_role(tb_text_reader *r, const char *value, tb_role role, char **name, tb_role_public *keys)
{
	const char *line = find_last(value, "tabella-");
	char expected[100];
	size_t len;
	tb_err err;

	snprintf(expected, sizeof expected, "a name and the line tabella-%s-1 ... that `key show` prints",
		tb_role_name(role));
	if (line == NULL)
		return tb_text_wrong_value(r, value, expected);
	err = tb_role_line_parse(keys, line, strlen(line), r->fault);
	if (err != TB_OK) {
		if (err == TB_ERR_RULE)
			snprintf(r->fault->where, sizeof r->fault->where, "line %u", r->line);
		return err;
	}
	if (keys->role != role)
		return tb_text_wrong(
			r, "FILE.VALUE", expected, "the line of another role: %s", tb_role_name(keys->role));
	len = (size_t)(line - value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	if (len == 0)
		return tb_text_wrong(r, "FILE.VALUE", expected, "no name before the keys");
	return tb_text_set(name, value, len);
}

/* One more element at the end of an owned array, zeroed; the arrays here are small, so they grow one by one. */
void *tb_text_grow(void *list, uint32_t num, size_t size)
{
	unsigned char *more;

	if (num > 0 && (num & (num - 1)) != 0) /* there is room up to the next power of two */
		more = list;
	else
		more = realloc(list, (num == 0 ? 1 : 2 * (size_t)num) * size);
	if (more != NULL)
		memset(more + num * size, 0, size);
	return more;
}

static tb_err add_trustee(tb_text_reader *r, const char *value)
{
	tb_manifest *m = r->m;
	tb_role_public keys;
	tb_trustee *list;
	char *name = NULL;
	tb_err err = read_role(r, value, TB_ROLE_TRUSTEE, &name, &keys);

	if (err != TB_OK)
		return err;
	list = tb_text_grow(m->trustees, m->num_trustees, sizeof *list);
	if (list == NULL) {
		free(name);
		return TB_ERR_MEMORY;
	}
	m->trustees = list;
	list += m->num_trustees++;
	list->name = name;
	memcpy(list->sign_key, keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(list->transport_key, keys.key[TB_PURPOSE_TRANSPORT], 32);
	memcpy(list->cosign_key, keys.key[TB_PURPOSE_COSIGN], 32);
	return tb_text_remember(r, "trustees[%u]", m->num_trustees - 1);
}

static tb_err add_endorser(tb_text_reader *r, const char *value)
{
	size_t id_len = strcspn(value, " \t");
	tb_manifest *m = r->m;
	tb_role_public keys;
	tb_endorser *list;
	char *name = NULL, *id = NULL;
	const char *rest = value + id_len + strspn(value + id_len, " \t");
	tb_err err = read_role(r, rest, TB_ROLE_ENDORSER, &name, &keys);

	if (err == TB_OK)
		err = tb_text_set(&id, value, id_len);
	list = err == TB_OK ? tb_text_grow(m->endorsers, m->num_endorsers, sizeof *list) : NULL;
	if (list == NULL) {
		free(name);
		free(id);
		return err == TB_OK ? TB_ERR_MEMORY : err;
	}
	m->endorsers = list;
	list += m->num_endorsers++;
	list->id = id;
	list->name = name;
	memcpy(list->sign_key, keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(list->cosign_key, keys.key[TB_PURPOSE_COSIGN], 32);
	return tb_text_remember(r, "endorsers[%u]", m->num_endorsers - 1);
}

/* A witness hands over a verifier key, NAME+ID+BASE64, of the type for cosignatures. */
static tb_err add_witness(tb_text_reader *r, const char *value)
{
	tb_manifest *m = r->m;
	tb_witness_key *list;
	tb_vkey key;
	tb_err err;

	if (tb_vkey_parse(&key, value, strlen(value)) != TB_OK || key.type != TB_VKEY_COSIGNATURE)
		return tb_text_wrong_value(r, value, "the witness's key for cosignatures, NAME+ID+BASE64");
	list = tb_text_grow(m->witnesses, m->num_witnesses, sizeof *list);
	if (list == NULL)
		return TB_ERR_MEMORY;
	m->witnesses = list;
	list += m->num_witnesses++;
	memcpy(list->key, key.key, sizeof list->key);
	err = tb_text_set(&list->name, key.name, strlen(key.name));
	return err == TB_OK ? tb_text_remember(r, "witnesses.keys[%u]", m->num_witnesses - 1) : err;
}

static tb_err set_server(tb_text_reader *r, const char *value)
{
	tb_role_public keys;
	tb_err err = read_role(r, value, TB_ROLE_SERVER, &r->m->server_name, &keys);

	if (err != TB_OK)
		return err;
	memcpy(r->m->server_sign_key, keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(r->m->server_log_key, keys.key[TB_PURPOSE_LOG], 32);
	return TB_OK;
}

static tb_err set_single(tb_text_reader *r, const char *value, tb_role role, char **name, uint8_t key[32])
{
	tb_role_public keys;
	tb_err err = read_role(r, value, role, name, &keys);

	if (err == TB_OK)
		memcpy(key, keys.key[TB_PURPOSE_SIGN], 32);
	return err;
}

static tb_err set_threshold(tb_text_reader *r, const char *value)
{
	tb_words w = {value};
	uint64_t t, n;

	if (!tb_words_number(&w, &t, UINT32_MAX) || !tb_words_take(&w, "of") ||
		!tb_words_number(&w, &n, UINT32_MAX) || !tb_words_done(&w) || n < 1 || t > n)
		return tb_text_wrong_value(r, value, "how many of how many trustees decrypt: \"2 of 3\"");
	r->m->threshold = (uint32_t)t;
	r->planned_trustees = (uint32_t)n;
	return TB_OK;
}

/* ---- the election ---- */

/* A host alone is completed with /e/<slug> when the slug is known, at the end. */
static tb_err set_origin(tb_text_reader *r, const char *value)
{
	return tb_text_set(&r->m->origin, value, strlen(value));
}

static tb_err set_group(tb_text_reader *r, const char *value)
{
	static const char *const words[] = {"ristretto255", "modp4096", NULL};
	unsigned choice;
	tb_err err = set_choice(r, value, words, &choice);

	if (err == TB_OK)
		r->m->group = tb_group_by_name(words[choice]);
	return err;
}

/* The keywords whose value is one of a few words. */
static tb_err set_policy(tb_text_reader *r, tb_keyword key, const char *value)
{
	static const char *const granularities[] = {"second", "minute", "hour", "day", NULL};
	static const char *const rules[] = {"standard", "extended", NULL};
	static const char *const revotes[] = {"last", "never", NULL};
	static const char *const eligibilities[] = {"offline", "server", NULL};
	const char *const *words = key == TB_KEY_GRANULARITY ? granularities
				   : key == TB_KEY_RULES     ? rules
				   : key == TB_KEY_REVOTE    ? revotes
							     : eligibilities;
	unsigned choice;
	tb_err err = set_choice(r, value, words, &choice);

	if (err != TB_OK)
		return err;
	if (key == TB_KEY_GRANULARITY)
		r->m->granularity = (tb_granularity)choice;
	else if (key == TB_KEY_RULES)
		r->m->rules = (tb_rules)choice;
	else if (key == TB_KEY_REVOTE)
		r->m->revote = (tb_revote)choice;
	else
		r->m->eligibility = (tb_eligibility)choice;
	return TB_OK;
}

static tb_err set_closes(tb_text_reader *r, const char *value)
{
	return set_time(r, value, &r->m->closes);
}

/* The day begins first where it ends last: "anywhere on earth" says only when something ends. */
static tb_err set_opens(tb_text_reader *r, const char *value)
{
	if (strcasestr(value, "anywhere") != NULL || strcasestr(value, "aoe") != NULL)
		return tb_text_wrong(r, "FILE.TIME",
			"a time with a zone: polls end anywhere on earth, but do not open so", "\"%.80s\"",
			value);
	return set_time(r, value, &r->m->opens);
}

static tb_err set_weights(tb_text_reader *r, const char *value)
{
	if (!tb_words_weights(&r->m->min_holders, &r->m->weights_warn, value))
		return tb_text_wrong_value(
			r, value, "\"refuse below 5 holders\" or \"warn below 5 holders\"");
	return TB_OK;
}

static tb_err set_witnesses(tb_text_reader *r, const char *value)
{
	uint64_t number = 0;
	tb_err err = tb_text_set_number(r, value, &number, UINT32_MAX);

	if (err == TB_OK && number == 0)
		return tb_text_wrong_value(r, value, "how many of the witnesses have to cosign, at least 1");
	r->m->witnesses_needed = (uint32_t)number;
	return err;
}

static tb_err set_mixes(tb_text_reader *r, const char *value)
{
	uint64_t number = 0;
	tb_err err = tb_text_set_number(r, value, &number, UINT32_MAX);

	if (err == TB_OK && number == 0)
		return tb_text_wrong_value(r, value, "how many trustees mix, at least 1");
	r->m->mixes = (uint32_t)number;
	return err;
}

tb_err tb_text_head_value(tb_text_reader *r, tb_keyword key, const char *value)
{
	tb_manifest *m = r->m;

	switch (key) {
	case TB_KEY_TITLE:
		return tb_text_set(&m->title, value, strlen(value));
	case TB_KEY_SLUG:
		return tb_text_set(&m->slug, value, strlen(value));
	case TB_KEY_ORIGIN:
		return set_origin(r, value);
	case TB_KEY_GROUP:
		return set_group(r, value);
	case TB_KEY_OPENS:
		return set_opens(r, value);
	case TB_KEY_CLOSES:
		return set_closes(r, value);
	case TB_KEY_REHEARSAL:
		return tb_text_set_bool(r, value, &m->rehearsal);
	case TB_KEY_FLOOR:
		return tb_text_set_number(r, value, &m->privacy_floor, (UINT64_C(1) << 53) - 1);
	case TB_KEY_WEIGHTS:
		return set_weights(r, value);
	case TB_KEY_SERVER:
		return set_server(r, value);
	case TB_KEY_ADMIN:
		return set_single(r, value, TB_ROLE_ADMIN, &m->admin_name, m->admin_key);
	case TB_KEY_REGISTRAR:
		return set_single(r, value, TB_ROLE_REGISTRAR, &m->registrar_name, m->registrar_key);
	case TB_KEY_THRESHOLD:
		return set_threshold(r, value);
	case TB_KEY_MIXES:
		return set_mixes(r, value);
	case TB_KEY_TRUSTEE:
		return add_trustee(r, value);
	case TB_KEY_ENDORSER:
		return add_endorser(r, value);
	case TB_KEY_WITNESS:
		return add_witness(r, value);
	case TB_KEY_WITNESSES:
		return set_witnesses(r, value);
	default:
		return set_policy(r, key, value);
	}
}

/* ---- questions ---- */

static tb_err set_method(tb_text_reader *r, tb_question *q, const char *value)
{
	if (!tb_words_method(q, value))
		return tb_text_wrong_value(
			r, value, "referendum, choose 1 to 3, approval, score 0 to 5, or ranked");
	return TB_OK;
}

static tb_err set_order(tb_text_reader *r, const char *value, bool *random)
{
	static const char *const words[] = {"fixed", "random", NULL};
	unsigned choice;
	tb_err err = set_choice(r, value, words, &choice);

	if (err == TB_OK)
		*random = choice == 1;
	return err;
}

/* [FILE.VALUE] data:image/png;base64,... - the type is said twice, and has to be the same. */
static tb_err set_picture(tb_text_reader *r, tb_option *o, const char *value)
{
	const char *base64 = strchr(value, ','), *type;
	char head[40];

	type = base64 != NULL ? tb_picture_type_base64(++base64) : NULL;
	(void)snprintf(head, sizeof head, "data:%s;base64,", type != NULL ? type : "");
	if (type == NULL || strncmp(value, head, strlen(head)) != 0 || value + strlen(head) != base64)
		return tb_text_wrong(r, "FILE.VALUE",
			"data:image/png;base64,... (or jpeg or webp), of 16 to 24576 bytes", "\"%.60s\"",
			value);
	return tb_text_set(&o->picture, base64, strlen(base64));
}

tb_err tb_text_question_value(tb_text_reader *r, tb_keyword key, const char *value)
{
	tb_question *q = &r->m->questions[r->m->num_questions - 1];
	tb_option *o = r->in_option ? &q->options[q->num_options - 1] : NULL;
	uint64_t number = 0;
	tb_err err;

	switch (key) {
	case TB_KEY_ID:
		return tb_text_set(o != NULL ? &o->id : &q->id, value, strlen(value));
	case TB_KEY_LINK:
		TB_REQUIRE(o != NULL);
		return tb_text_set(&o->link, value, strlen(value));
	case TB_KEY_PICTURE:
		TB_REQUIRE(o != NULL);
		return set_picture(r, o, value);
	case TB_KEY_METHOD:
		return set_method(r, q, value);
	case TB_KEY_WINNERS:
		err = tb_text_set_number(r, value, &number, UINT32_MAX);
		q->winners = (uint32_t)number;
		return err;
	case TB_KEY_QUORUM:
		if (!tb_words_quorum(&q->quorum, value))
			return tb_text_wrong_value(
				r, value, "\"20% of electorate\", \"at least 10 ballots\", or none");
		return TB_OK;
	case TB_KEY_APPROVAL:
		if (!tb_words_approval(&q->approval, value))
			return tb_text_wrong_value(r, value,
				"\"more than 1/2 of options_sum\", \"at least 2/3 of ballots\" (or of "
				"electorate), or none");
		return TB_OK;
	case TB_KEY_ORDER:
		return set_order(r, value, &q->random_order);
	case TB_KEY_BLANK:
		return tb_text_set_bool(r, value, &q->blank);
	default:
		TB_REQUIRE(tb_keyword_is_of_ranked(key));
		return tb_text_ranked_value(r, q, key, value);
	}
}
