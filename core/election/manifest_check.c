/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/count/count.h"
#include "core/election/manifest.h"
#include "core/election/picture.h"
#include "core/log/note.h"
#include "crypto/schnorr.h"
#include "crypto/sign.h"

/* The rules MANIFEST.*, RANK.MANIFEST, TEXT and ID, one after the other in the order of the JSON; the first that is broken is
 * reported with its path. */

#define QUESTIONS "MANIFEST.QUESTIONS"
#define RANKED "RANK.MANIFEST"
#define PRINTABLE                                                                                            \
	"!\"#$%&'()*,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
#define PATH_MAX_BYTES 96

/* Where in the manifest we are: "questions[2]" or "" at the top. */
typedef struct place {
	char path[PATH_MAX_BYTES];
	tb_fault *fault;
} place;

__attribute__((format(printf, 5, 6))) static tb_err bad(
	const place *at, const char *key, const char *rule, const char *expected, const char *found, ...)
{
	char where[2 * PATH_MAX_BYTES], text[256];
	va_list args;

	va_start(args, found);
	if (vsnprintf(text, sizeof text, found, args) < 0)
		text[0] = '\0';
	va_end(args);
	snprintf(where, sizeof where, "%s%s%s", at->path, at->path[0] != '\0' && key[0] != '\0' ? "." : "",
		key);
	return tb_fault_set(at->fault, rule, where, expected, text);
}

static void enter(place *out, const place *at, const char *list, uint32_t index)
{
	snprintf(out->path, sizeof out->path, "%.60s%s%s[%u]", at->path, at->path[0] != '\0' ? "." : "", list,
		index);
	out->fault = at->fault;
}

/* ---- texts and ids ---- */

static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

static tb_err check_text(const place *at, const char *key, const char *value, size_t max, tb_text_kind kind)
{
	const char *text = text_of(value);
	char expected[64];
	tb_why why;
	tb_err err = tb_text_check(text, strlen(text), max, kind, &why);

	if (err == TB_OK || err == TB_ERR_MEMORY)
		return err;
	snprintf(expected, sizeof expected, "%s of at most %zu bytes",
		kind == TB_TEXT_LINE ? "one line of plain text" : "plain text", max);
	return bad(at, key, "TEXT", expected, "%s", why.text);
}

static tb_err check_name(const place *at, const char *key, const char *value)
{
	return check_text(at, key, value, TB_NAME_MAX, TB_TEXT_LINE);
}

/* A link is put into pages: nothing that could end an attribute, and no scheme that a browser would run. */
static tb_err check_link(const place *at, const char *value)
{
	static const char expected[] =
		"https:// or http:// and at most 2000 bytes without space, quote or angle bracket";
	const char *link = text_of(value);

	if (*link == '\0')
		return TB_OK;
	if ((strncmp(link, "https://", 8) != 0 && strncmp(link, "http://", 7) != 0) ||
		strcmp(link, "https://") == 0 || strcmp(link, "http://") == 0 ||
		strpbrk(link, " \"'<>") != NULL || strlen(link) > TB_LINK_MAX)
		return bad(at, "link", "TEXT", expected, "\"%.100s\"", link);
	return check_text(at, "link", link, TB_LINK_MAX, TB_TEXT_LINE);
}

static tb_err check_picture(const place *at, const char *picture)
{
	if (picture == NULL || tb_picture_type_base64(picture) != NULL)
		return TB_OK;
	return bad(at, "picture", "MANIFEST.PICTURE",
		"base64 of a PNG, JPEG or WebP file of 16 to 24576 bytes", "\"%.40s\"", picture);
}

static tb_err check_id(const place *at, const char *value)
{
	const char *id = text_of(value);

	if (tb_id_is_valid(id, strlen(id)))
		return TB_OK;
	return bad(at, "id", "ID", "1 to 64 of a-z 0-9 . _ -", "\"%.80s\"", id);
}

/* ---- head ---- */

static tb_err check_origin(const place *at, const tb_manifest *m)
{
	const char *origin = text_of(m->origin), *slug = text_of(m->slug);
	size_t len = strlen(origin), tail = strlen(slug) + 3;
	char expected[TB_ID_MAX + 64];

	snprintf(expected, sizeof expected, "a host (and path) without scheme, ending in /e/%s", slug);
	if (len > TB_ORIGIN_MAX)
		return bad(at, "origin", "MANIFEST.ORIGIN", "at most 200 bytes", "%zu bytes", len);
	/* What a signed note allows in a name: no white space and no plus; plain ASCII leaves no doubt what that is. */
	for (size_t i = 0; i < len; i++)
		if (origin[i] <= 0x20 || origin[i] > 0x7e || origin[i] == '+')
			return bad(at, "origin", "MANIFEST.ORIGIN", "printable ASCII without space and plus",
				"\"%.100s\"", origin);
	if (len <= tail || strncmp(origin + len - tail, "/e/", 3) != 0 ||
		strcmp(origin + len - tail + 3, slug) != 0 || strstr(origin, "://") != NULL)
		return bad(at, "origin", "MANIFEST.ORIGIN", expected, "\"%.100s\"", origin);
	return TB_OK;
}

static tb_err check_window(const place *at, const tb_manifest *m)
{
	uint64_t granule = tb_manifest_granule(m), longest = tb_manifest_longest_window(m);
	char expected[64];

	snprintf(expected, sizeof expected, "a multiple of %llu seconds (granularity %s)",
		(unsigned long long)granule, tb_granularity_name(m->granularity));
	if (m->opens % granule != 0)
		return bad(at, "opens", "MANIFEST.WINDOW", expected, "%llu", (unsigned long long)m->opens);
	if (m->closes % granule != 0)
		return bad(at, "closes", "MANIFEST.WINDOW", expected, "%llu", (unsigned long long)m->closes);
	if (m->closes <= m->opens)
		return bad(at, "closes", "MANIFEST.WINDOW", "a time after opens", "%llu, and opens is %llu",
			(unsigned long long)m->closes, (unsigned long long)m->opens);
	snprintf(expected, sizeof expected, "polls open for at most %llu days",
		(unsigned long long)(longest / 86400));
	if (m->closes - m->opens > longest)
		return bad(at, "closes", "MANIFEST.WINDOW", expected, "%llu seconds",
			(unsigned long long)(m->closes - m->opens));
	return TB_OK;
}

static tb_err check_head(const place *at, const tb_manifest *m)
{
	const char *slug = text_of(m->slug);
	tb_err err;

	if (!tb_slug_is_valid(slug, strlen(slug)))
		return bad(at, "slug", "ID", "1 to 64 of a-z 0-9 -, not beginning with -", "\"%.80s\"", slug);
	err = check_origin(at, m);
	if (err == TB_OK)
		err = check_name(at, "title", m->title);
	if (err == TB_OK)
		err = check_text(at, "text", m->text, TB_TEXT_MAX, TB_TEXT_LINES);
	if (err == TB_OK && m->group == NULL)
		err = bad(at, "group", "MANIFEST", "ristretto255 or modp4096", "none");
	if (err == TB_OK)
		err = check_window(at, m);
	return err;
}

/* ---- roles and keys ---- */

/* The keys of one kind seen so far, to compare the next one with. */
typedef struct keys {
	struct {
		const uint8_t *key;
		char path[PATH_MAX_BYTES];
	} seen[3 + 2 * TB_MAX_TRUSTEES + TB_MAX_ENDORSERS + TB_MAX_WITNESSES];
	size_t num;
	bool is_ed25519;
} keys;

static tb_err check_key(const place *at, keys *k, const char *name, const uint8_t key[32])
{
	tb_point point;

	if (k->is_ed25519 ? tb_sign_check_public(key) != TB_OK
			  : tb_schnorr_public_parse(&point, key) != TB_OK)
		return bad(at, name, "MANIFEST.KEYS",
			k->is_ed25519 ? "a canonical Ed25519 key not of small order"
				      : "a canonical ristretto255 key, not the identity",
			"other bytes");
	for (size_t i = 0; i < k->num; i++)
		if (memcmp(k->seen[i].key, key, 32) == 0)
			return bad(at, name, "MANIFEST.KEYS", "a key of its own", "the key of %s",
				k->seen[i].path);
	TB_REQUIRE(k->num < sizeof k->seen / sizeof k->seen[0]);
	k->seen[k->num].key = key;
	snprintf(k->seen[k->num].path, PATH_MAX_BYTES, "%.60s%s%s", at->path, at->path[0] != '\0' ? "." : "",
		name);
	k->num++;
	return TB_OK;
}

static tb_err check_trustee(const place *at, keys *r255, keys *ed25519, const tb_trustee *t)
{
	tb_err err = check_name(at, "name", t->name);

	if (err == TB_OK)
		err = check_key(at, r255, "sign_key", t->sign_key);
	if (err == TB_OK)
		err = check_key(at, r255, "transport_key", t->transport_key);
	if (err == TB_OK)
		err = check_key(at, ed25519, "cosign_key", t->cosign_key);
	return err;
}

static tb_err check_endorser(const place *at, keys *r255, keys *ed25519, const tb_manifest *m, uint32_t index)
{
	const tb_endorser *e = &m->endorsers[index];
	tb_err err = check_id(at, e->id);

	/* Cosigners are named by their ids. */
	for (uint32_t i = 0; err == TB_OK && i < index; i++)
		if (strcmp(m->endorsers[i].id, e->id) == 0)
			err = bad(at, "id", "MANIFEST.THRESHOLD", "an id of its own",
				"the id of endorsers[%u]", i);
	if (err == TB_OK)
		err = check_name(at, "name", e->name);
	if (err == TB_OK)
		err = check_key(at, r255, "sign_key", e->sign_key);
	if (err == TB_OK)
		err = check_key(at, ed25519, "cosign_key", e->cosign_key);
	return err;
}

static tb_err check_server(keys *r255, keys *ed25519, const tb_manifest *m, tb_fault *fault)
{
	place server = {.path = "server", .fault = fault};
	tb_err err = check_name(&server, "name", m->server_name);

	if (err == TB_OK)
		err = check_key(&server, r255, "sign_key", m->server_sign_key);
	if (err == TB_OK)
		err = check_key(&server, ed25519, "log_key", m->server_log_key);
	return err;
}

/* Admin or registrar. */
static tb_err check_single(
	const char *role, keys *r255, const char *name, const uint8_t key[32], tb_fault *fault)
{
	place at = {.fault = fault};
	tb_err err;

	snprintf(at.path, sizeof at.path, "%s", role);
	err = check_name(&at, "name", name);
	return err == TB_OK ? check_key(&at, r255, "key", key) : err;
}

static tb_err check_numbers(const place *at, const tb_manifest *m, bool is_draft)
{
	static const char rule[] = "MANIFEST.THRESHOLD";

	if ((m->num_trustees < 1 && !is_draft) || m->num_trustees > TB_MAX_TRUSTEES)
		return bad(at, "trustees", rule, "1 to 20 trustees", "%u", m->num_trustees);
	if (m->threshold < 1 || m->threshold > (is_draft ? TB_MAX_TRUSTEES : m->num_trustees))
		return bad(at, "threshold", rule, "1 to the number of trustees", "%u of %u", m->threshold,
			m->num_trustees);
	if (m->num_endorsers > TB_MAX_ENDORSERS)
		return bad(at, "endorsers", rule, "at most 20 extra endorsers", "%u", m->num_endorsers);
	return TB_OK;
}

/* [MANIFEST.WITNESSES] */
static tb_err check_witness(const place *at, keys *ed25519, const tb_manifest *m, uint32_t index)
{
	static const char rule[] = "MANIFEST.WITNESSES";
	const char *name = text_of(m->witnesses[index].name), *origin = text_of(m->origin);
	size_t len = strlen(name);

	if (!tb_key_name_is_valid(name, len) || len > TB_ORIGIN_MAX || strspn(name, PRINTABLE) != len)
		return bad(at, "name", rule, "1 to 200 printable ASCII characters without space or +",
			"\"%.80s\"", name);
	if (strncmp(name, origin, strlen(origin)) == 0)
		return bad(at, "name", rule, "a name outside of the log's", "\"%.80s\"", name);
	for (uint32_t i = 0; i < index; i++)
		if (strcmp(m->witnesses[i].name, name) == 0)
			return bad(
				at, "name", rule, "a name of its own", "the name of witnesses.keys[%u]", i);
	return check_key(at, ed25519, "key", m->witnesses[index].key);
}

static tb_err check_witnesses(const place *at, keys *ed25519, const tb_manifest *m)
{
	place inside;
	tb_err err = TB_OK;

	if (m->num_witnesses == 0 && m->witnesses_needed == 0)
		return TB_OK;
	if (m->num_witnesses < 1 || m->num_witnesses > TB_MAX_WITNESSES)
		return bad(at, "witnesses.keys", "MANIFEST.WITNESSES", "1 to 20 witnesses", "%u",
			m->num_witnesses);
	if (m->witnesses_needed < 1 || m->witnesses_needed > m->num_witnesses)
		return bad(at, "witnesses.need", "MANIFEST.WITNESSES", "1 to the number of witnesses",
			"%u of %u", m->witnesses_needed, m->num_witnesses);
	for (uint32_t i = 0; err == TB_OK && i < m->num_witnesses; i++) {
		enter(&inside, at, "witnesses.keys", i);
		err = check_witness(&inside, ed25519, m, i);
	}
	return err;
}

static tb_err check_roles(const place *at, const tb_manifest *m, unsigned missing)
{
	keys r255 = {.num = 0}, ed25519 = {.num = 0, .is_ed25519 = true};
	place inside;
	tb_err err = TB_OK;

	if ((missing & 1u << TB_ROLE_SERVER) == 0)
		err = check_server(&r255, &ed25519, m, at->fault);
	if (err == TB_OK && (missing & 1u << TB_ROLE_ADMIN) == 0)
		err = check_single("admin", &r255, m->admin_name, m->admin_key, at->fault);
	if (err == TB_OK && (missing & 1u << TB_ROLE_REGISTRAR) == 0)
		err = check_single("registrar", &r255, m->registrar_name, m->registrar_key, at->fault);
	if (err == TB_OK)
		err = check_numbers(at, m, (missing & 1u << TB_ROLE_TRUSTEE) != 0);
	for (uint32_t i = 0; err == TB_OK && i < m->num_trustees; i++) {
		enter(&inside, at, "trustees", i);
		err = check_trustee(&inside, &r255, &ed25519, &m->trustees[i]);
	}
	for (uint32_t i = 0; err == TB_OK && i < m->num_endorsers; i++) {
		enter(&inside, at, "endorsers", i);
		err = check_endorser(&inside, &r255, &ed25519, m, i);
	}
	return err == TB_OK ? check_witnesses(at, &ed25519, m) : err;
}

/* ---- questions ---- */

static tb_err check_fraction(const place *at, const char *key, const tb_bar *bar)
{
	if (bar->b < 1 || bar->b > 1000000 || bar->a > bar->b)
		return bad(at, key, QUESTIONS, "a fraction [a,b] with 0 <= a <= b and 1 <= b <= 1000000",
			"[%u,%u]", bar->a, bar->b);
	return TB_OK;
}

static tb_err check_bars(const place *at, const tb_question *q)
{
	tb_err err = TB_OK;

	if (q->quorum.base != TB_BASE_NONE && q->quorum.base != TB_BASE_ELECTORATE &&
		q->quorum.base != TB_BASE_COUNT)
		return bad(at, "quorum", QUESTIONS, "a share of the electorate, or a count", "another base");
	if (q->approval.base == TB_BASE_COUNT)
		return bad(at, "approval", QUESTIONS, "a fraction", "a count");
	if (q->quorum.base == TB_BASE_ELECTORATE)
		err = check_fraction(at, "quorum.fraction", &q->quorum);
	if (err == TB_OK && q->approval.base != TB_BASE_NONE)
		err = check_fraction(at, "approval.fraction", &q->approval);
	return err;
}

/* score_max, min, max and blank as the method allows them. */
static tb_err check_selection(const place *at, const tb_question *q)
{
	bool is_score = q->method == TB_METHOD_SCORE, is_referendum = q->method == TB_METHOD_REFERENDUM;
	bool is_open = is_score || q->method == TB_METHOD_APPROVAL; /* every selection is allowed */
	uint64_t most = (uint64_t)q->num_options * q->score_max;

	if (is_score ? q->score_max < 1 || q->score_max > TB_MAX_SCORE : q->score_max != 1)
		return bad(at, "score_max", QUESTIONS, is_score ? "1 to 255" : "1 for this method", "%u",
			q->score_max);
	if (is_open && q->min != 0)
		return bad(at, "min", QUESTIONS, "0 for this method", "%u", q->min);
	if (is_open && q->max != most)
		return bad(at, "max", QUESTIONS, "the number of options times score_max", "%u", q->max);
	if (is_referendum && q->max != 1)
		return bad(at, "max", QUESTIONS, "1 in a referendum", "%u", q->max);
	if (q->max < 1 || q->max > most)
		return bad(at, "max", QUESTIONS, "1 to the number of options", "%u", q->max);
	if (q->min > q->max)
		return bad(at, "min", QUESTIONS, "0 to max", "%u, and max is %u", q->min, q->max);
	/* Without a minimum the empty ballot is blank already; a second spelling of it would only mark ballots. */
	if (q->blank && q->min == 0)
		return bad(at, "blank", QUESTIONS, "false where min is 0", "true");
	return TB_OK;
}

static tb_err check_options(const place *at, const tb_question *q)
{
	uint32_t least = q->method == TB_METHOD_REFERENDUM ? 2 : 1;
	place option;
	tb_err err = TB_OK;

	if (q->num_options < least || q->num_options > TB_MAX_OPTIONS)
		return bad(at, "options", QUESTIONS, least == 2 ? "2 to 500 options" : "1 to 500 options",
			"%u", q->num_options);
	for (uint32_t i = 0; err == TB_OK && i < q->num_options; i++) {
		const tb_option *o = &q->options[i];

		enter(&option, at, "options", i);
		err = check_id(&option, o->id);
		for (uint32_t j = 0; err == TB_OK && j < i; j++)
			if (strcmp(q->options[j].id, o->id) == 0)
				err = bad(&option, "id", QUESTIONS, "an id of its own",
					"the id of options[%u]", j);
		if (err == TB_OK)
			err = check_name(&option, "label", o->label);
		/* Somebody who stands twice on a ballot divides their votes. */
		for (uint32_t j = 0; err == TB_OK && j < i; j++)
			if (strcmp(q->options[j].label, o->label) == 0)
				err = bad(&option, "label", QUESTIONS, "a label of its own",
					"the label of options[%u]", j);
		if (err == TB_OK)
			err = check_text(&option, "text", o->text, TB_TEXT_MAX, TB_TEXT_LINES);
		if (err == TB_OK)
			err = check_link(&option, o->link);
		if (err == TB_OK)
			err = check_picture(&option, o->picture);
	}
	return err;
}

/* ---- ranked questions [RANK.MANIFEST] ---- */

/* What only a method with a default option has a use for. */
static tb_err check_default(const place *at, const tb_question *q, bool takes_default)
{
	const tb_count_rule *rule = &q->count;
	bool has_default = rule->default_option != TB_COUNT_NOBODY;

	if (has_default && !takes_default)
		return bad(at, "count.default", RANKED, "none: this method has no default option", "one");
	if (has_default && rule->default_option >= q->num_options)
		return bad(at, "count.default", RANKED, "the id of an option, or \"\"", "another");
	if (rule->quorum > (has_default ? TB_MAX_COUNT_BAR : 0))
		return bad(at, "count.quorum", RANKED,
			has_default ? "0 to 2^40" : "0 where there is no default option", "%llu",
			(unsigned long long)rule->quorum);
	if (rule->ratios == NULL)
		return TB_OK;
	if (!has_default)
		return bad(at, "count.ratios", RANKED, "none where there is no default option", "some");
	for (uint32_t i = 0; i < q->num_options; i++) {
		uint32_t a = rule->ratios[i].a, b = rule->ratios[i].b;
		uint32_t most = i == rule->default_option ? 1 : TB_MAX_RATIO;
		char key[40];

		snprintf(key, sizeof key, "count.ratios[%u]", i);
		if (a < 1 || a > most || b < 1 || b > most)
			return bad(at, key, RANKED,
				most == 1 ? "[1,1] for the default option" : "two numbers from 1 to 1000000",
				"[%u,%u]", a, b);
	}
	return TB_OK;
}

static tb_err check_count(const place *at, const tb_question *q)
{
	const tb_count_rule *rule = &q->count;
	const tb_count_method *method = tb_count_method_find(text_of(rule->method));

	if (method == NULL || strcmp(method->id, rule->method) != 0 ||
		(method->flags & TB_COUNT_NEEDS_SCORES) != 0)
		return bad(at, "count.method", RANKED, "a method that counts rankings, with its version",
			"\"%.80s\"", text_of(rule->method));
	if ((method->flags & TB_COUNT_ONE_SEAT) != 0 && q->winners != 1)
		return bad(at, "winners", RANKED, "1: this method elects one", "%u", q->winners);
	if (rule->equal && (method->flags & TB_COUNT_EQUAL_RANKS) == 0)
		return bad(
			at, "count.equal", RANKED, "false: equal ranks mean nothing to this method", "true");
	if (rule->minimum > ((method->flags & TB_COUNT_HAS_MINIMUM) != 0 ? TB_MAX_COUNT_BAR : 0))
		return bad(at, "count.minimum", RANKED, "0 to 2^40, and 0 where the method takes none",
			"%llu", (unsigned long long)rule->minimum);
	return check_default(at, q, (method->flags & TB_COUNT_HAS_DEFAULT) != 0);
}

static tb_err check_ranked(const place *at, const tb_question *q)
{
	const tb_count_rule *rule = &q->count;

	if (q->method != TB_METHOD_RANKED) /* JSON cannot say any of this */
		return rule->method == NULL && rule->ratios == NULL
			       ? TB_OK
			       : bad(at, "count", RANKED, "none: the question is not ranked", "one");
	if (q->blank)
		return bad(at, "blank", RANKED, "false where the question is ranked", "true");
	if (q->approval.base != TB_BASE_NONE)
		return bad(at, "approval", RANKED, "none where the question is ranked", "one");
	return check_count(at, q);
}

/* How many trustees mix, and where nobody could.  At least as many as decrypt: otherwise fewer dishonest ones than it takes to open
 * ballots could tell whose each of them was. */
static tb_err check_mixes(const place *at, const tb_manifest *m, bool is_draft)
{
	uint32_t most = is_draft ? TB_MAX_TRUSTEES : m->num_trustees;

	if (!tb_manifest_has_ranked(m))
		return m->mixes == 0 ? TB_OK : bad(at, "mixes", RANKED, "none: no question is ranked", "one");
	if (m->group != tb_group_ristretto255())
		return bad(at, "group", RANKED, "ristretto255: a small subgroup cannot carry a ranking", "%s",
			tb_group_name(m->group));
	if (m->mixes < m->threshold || m->mixes > most)
		return bad(
			at, "mixes", RANKED, "from the threshold to the number of trustees", "%u", m->mixes);
	return TB_OK;
}

static tb_err check_question(const place *at, const tb_question *q)
{
	tb_bitproof_definition def;
	tb_err err = check_id(at, q->id);

	if (err == TB_OK)
		err = check_name(at, "title", q->title);
	if (err == TB_OK)
		err = check_text(at, "text", q->text, TB_TEXT_MAX, TB_TEXT_LINES);
	if (err == TB_OK && q->method > TB_METHOD_RANKED)
		err = bad(at, "method", "MANIFEST", "a method", "another number");
	if (err == TB_OK)
		err = check_options(at, q);
	if (err == TB_OK)
		err = check_selection(at, q);
	if (err == TB_OK && (q->winners < 1 || q->winners > q->num_options))
		err = bad(at, "winners", QUESTIONS, "1 to the number of options", "%u", q->winners);
	if (err == TB_OK)
		err = check_bars(at, q);
	if (err == TB_OK)
		err = check_ranked(at, q);
	if (err == TB_OK && q->method != TB_METHOD_RANKED && tb_question_define(&def, q) != TB_OK)
		err = bad(at, "", QUESTIONS, "at most 2000 bits of proof [BALLOT.DEFINITION]",
			"%u options of score %u with max %u", q->num_options, q->score_max, q->max);
	return err;
}

static tb_err check_questions(const place *at, const tb_manifest *m, bool is_draft)
{
	place inside;
	tb_err err = TB_OK;
	size_t bytes;

	if (m->num_questions < 1 || m->num_questions > TB_MAX_QUESTIONS)
		return bad(at, "questions", QUESTIONS, "1 to 20 questions", "%u", m->num_questions);
	for (uint32_t i = 0; err == TB_OK && i < m->num_questions; i++) {
		enter(&inside, at, "questions", i);
		err = check_question(&inside, &m->questions[i]);
		for (uint32_t j = 0; err == TB_OK && j < i; j++)
			if (strcmp(m->questions[j].id, m->questions[i].id) == 0)
				err = bad(&inside, "id", QUESTIONS, "an id of its own",
					"the id of questions[%u]", j);
	}
	if (err == TB_OK)
		err = check_mixes(at, m, is_draft);
	if (err != TB_OK)
		return err;
	bytes = tb_manifest_ballot_bytes(m, TB_ID_MAX);
	if (bytes > TB_BALLOT_MAX_BYTES)
		return bad(
			at, "questions", QUESTIONS, "a ballot of at most 1048576 bytes", "%zu bytes", bytes);
	return TB_OK;
}

tb_err tb_manifest_check_draft(const tb_manifest *m, unsigned missing, tb_fault *fault)
{
	const place top = {.path = "", .fault = fault};
	tb_err err = check_head(&top, m);

	if (err == TB_OK)
		err = check_roles(&top, m, missing);
	if (err == TB_OK)
		err = check_questions(&top, m, (missing & 1u << TB_ROLE_TRUSTEE) != 0);
	return err;
}

tb_err tb_manifest_check(const tb_manifest *m, tb_fault *fault)
{
	return tb_manifest_check_draft(m, 0, fault);
}
