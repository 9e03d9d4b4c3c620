/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/election/manifest.h"

/* A manifest as canonical JSON [MANIFEST].  Reading takes care of shape and types; tb_manifest_check() of the rest. */

/* More than any list may have; how many are right is said by tb_manifest_check(), which names the rule. */
#define LIST_MAX 10000

static const char *const METHODS[] = {[TB_METHOD_REFERENDUM] = "referendum",
	[TB_METHOD_CHOOSE] = "choose",
	[TB_METHOD_APPROVAL] = "approval",
	[TB_METHOD_SCORE] = "score",
	[TB_METHOD_RANKED] = "ranked"};
static const char *const GRANULARITIES[] = {[TB_GRANULARITY_SECOND] = "second",
	[TB_GRANULARITY_MINUTE] = "minute",
	[TB_GRANULARITY_HOUR] = "hour",
	[TB_GRANULARITY_DAY] = "day"};
static const char *const RULES[] = {[TB_RULES_STANDARD] = "standard", [TB_RULES_EXTENDED] = "extended"};
static const char *const REVOTES[] = {[TB_REVOTE_LAST] = "last", [TB_REVOTE_NEVER] = "never"};
static const char *const BELOW[] = {"refuse", "warn"};
static const char *const ELIGIBILITIES[] = {
	[TB_ELIGIBILITY_OFFLINE] = "offline", [TB_ELIGIBILITY_SERVER] = "server"};
static const char *const ORDERS[] = {"fixed", "random"};
static const char *const GROUPS[] = {"ristretto255", "modp4096"};
/* Of an approval rule; shifted by one against tb_base, whose first is none at all. */
static const char *const BASES[] = {[TB_BASE_BALLOTS - 1] = "ballots",
	[TB_BASE_ELECTORATE - 1] = "electorate",
	[TB_BASE_OPTIONS_SUM - 1] = "options_sum"};
#define CHOICE(in, key, names) tb_json_take_choice((in), (key), (names), sizeof(names) / sizeof((names)[0]))

const char *tb_method_name(tb_method v)
{
	TB_REQUIRE(v < sizeof METHODS / sizeof METHODS[0]);
	return METHODS[v];
}

const char *tb_granularity_name(tb_granularity v)
{
	TB_REQUIRE(v < sizeof GRANULARITIES / sizeof GRANULARITIES[0]);
	return GRANULARITIES[v];
}

/* ---- reading ---- */

static void no_memory(tb_json_in *in)
{
	if (in->err == TB_OK)
		in->err = TB_ERR_MEMORY;
}

static char *take_string(tb_json_in *in, const char *key)
{
	tb_json_string s;
	char *copy;

	tb_json_take_string(in, key, &s, TB_MANIFEST_MAX_BYTES);
	if (in->err != TB_OK)
		return NULL;
	copy = malloc(s.len + 1);
	if (copy == NULL) {
		no_memory(in);
		return NULL;
	}
	memcpy(copy, s.data, s.len + 1);
	return copy;
}

static uint32_t take_u32(tb_json_in *in, const char *key)
{
	return (uint32_t)tb_json_take_int(in, key, 0, UINT32_MAX);
}

/* Room for a list that was just entered; NULL and num 0 when it is empty or something failed. */
static void *take_list(tb_json_in *in, const char *key, uint32_t *num, size_t size)
{
	size_t found = tb_json_enter_array(in, key, 0, LIST_MAX);
	void *list;

	*num = 0;
	if (in->err != TB_OK || found == 0)
		return NULL;
	list = calloc(found, size);
	if (list == NULL) {
		no_memory(in);
		return NULL;
	}
	*num = (uint32_t)found;
	return list;
}

static void take_fraction(tb_json_in *in, tb_bar *bar)
{
	(void)tb_json_enter_array(in, "fraction", 2, 2);
	bar->a = take_u32(in, TB_JSON_ITEM);
	bar->b = take_u32(in, TB_JSON_ITEM);
	tb_json_leave(in);
	bar->strict = tb_json_take_bool(in, "strict");
}

static void take_quorum(tb_json_in *in, tb_bar *bar)
{
	static const char *const of[] = {"electorate"};

	if (tb_json_take_null(in, "quorum"))
		return;
	tb_json_enter_object(in, "quorum");
	if (tb_json_has(in, "count")) {
		bar->base = TB_BASE_COUNT;
		bar->count = tb_json_take_int(in, "count", 0, TB_JSON_INT_MAX);
	} else {
		bar->base = TB_BASE_ELECTORATE;
		(void)CHOICE(in, "of", of);
		take_fraction(in, bar);
	}
	tb_json_leave(in);
}

static void take_approval(tb_json_in *in, tb_bar *bar)
{
	if (tb_json_take_null(in, "approval"))
		return;
	tb_json_enter_object(in, "approval");
	bar->base = (tb_base)(CHOICE(in, "base", BASES) + 1);
	take_fraction(in, bar);
	tb_json_leave(in);
}

static void take_option(tb_json_in *in, tb_option *o)
{
	tb_json_enter_object(in, TB_JSON_ITEM);
	o->id = take_string(in, "id");
	o->label = take_string(in, "label");
	o->text = take_string(in, "text");
	o->link = take_string(in, "link");
	if (tb_json_has(in, "picture"))
		o->picture = take_string(in, "picture");
	tb_json_leave(in);
}

/* "" or the id of an option. */
static uint32_t take_default_option(tb_json_in *in, const tb_question *q)
{
	tb_json_string id;

	tb_json_take_string(in, "default", &id, TB_MANIFEST_MAX_BYTES);
	if (in->err != TB_OK || id.len == 0)
		return TB_COUNT_NOBODY;
	for (uint32_t i = 0; i < q->num_options; i++)
		if (strcmp(q->options[i].id, id.data) == 0)
			return i;
	tb_json_in_fail(in, "default", "RANK.MANIFEST", "the id of an option, or \"\"", "\"%.80s\"", id.data);
	return TB_COUNT_NOBODY;
}

static tb_count_ratio *take_ratios(tb_json_in *in, const tb_question *q)
{
	uint32_t num;
	tb_count_ratio *list = take_list(in, "ratios", &num, sizeof *list);

	for (uint32_t i = 0; i < num; i++) {
		(void)tb_json_enter_array(in, TB_JSON_ITEM, 2, 2);
		list[i].a = take_u32(in, TB_JSON_ITEM);
		list[i].b = take_u32(in, TB_JSON_ITEM);
		tb_json_leave(in);
	}
	tb_json_leave(in);
	if (in->err == TB_OK && num != 0 && num != q->num_options)
		tb_json_in_fail(in, "ratios", "RANK.MANIFEST", "one for every option, or none", "%u", num);
	return list;
}

static void take_count(tb_json_in *in, tb_question *q)
{
	tb_count_rule *rule = &q->count;

	tb_json_enter_object(in, "count");
	rule->method = take_string(in, "method");
	rule->equal = tb_json_take_bool(in, "equal");
	rule->minimum = tb_json_take_int(in, "minimum", 0, TB_JSON_INT_MAX);
	rule->default_option = take_default_option(in, q);
	rule->quorum = tb_json_take_int(in, "quorum", 0, TB_JSON_INT_MAX);
	rule->ratios = take_ratios(in, q);
	tb_json_leave(in);
}

static void take_question(tb_json_in *in, tb_question *q)
{
	tb_json_enter_object(in, TB_JSON_ITEM);
	q->id = take_string(in, "id");
	q->title = take_string(in, "title");
	q->text = take_string(in, "text");
	q->method = (tb_method)CHOICE(in, "method", METHODS);
	q->options = take_list(in, "options", &q->num_options, sizeof *q->options);
	for (uint32_t i = 0; i < q->num_options; i++)
		take_option(in, &q->options[i]);
	tb_json_leave(in);
	q->min = take_u32(in, "min");
	q->max = take_u32(in, "max");
	q->score_max = take_u32(in, "score_max");
	q->blank = tb_json_take_bool(in, "blank");
	q->random_order = CHOICE(in, "order", ORDERS) == 1;
	q->winners = take_u32(in, "winners");
	take_quorum(in, &q->quorum);
	take_approval(in, &q->approval);
	if (in->err == TB_OK && q->method == TB_METHOD_RANKED)
		take_count(in, q);
	tb_json_leave(in);
}

/* Everything before the questions that is not a role. */
static void take_head(tb_json_in *in, tb_manifest *m)
{
	(void)tb_json_take_int(in, "tabella", 1, 1);
	m->slug = take_string(in, "slug");
	m->origin = take_string(in, "origin");
	m->title = take_string(in, "title");
	m->text = take_string(in, "text");
	m->group = tb_group_by_name(GROUPS[CHOICE(in, "group", GROUPS)]);
	m->opens = tb_json_take_int(in, "opens", 0, TB_JSON_INT_MAX);
	m->closes = tb_json_take_int(in, "closes", 0, TB_JSON_INT_MAX);
	m->granularity = (tb_granularity)CHOICE(in, "granularity", GRANULARITIES);
	m->rules = (tb_rules)CHOICE(in, "rules", RULES);
	m->revote = (tb_revote)CHOICE(in, "revote", REVOTES);
	m->rehearsal = tb_json_take_bool(in, "rehearsal");
	m->privacy_floor = tb_json_take_int(in, "privacy_floor", 0, TB_JSON_INT_MAX);
	tb_json_enter_object(in, "weights");
	m->min_holders = tb_json_take_int(in, "min_holders", 0, TB_JSON_INT_MAX);
	m->weights_warn = CHOICE(in, "below", BELOW) == 1;
	tb_json_leave(in);
	m->eligibility = (tb_eligibility)CHOICE(in, "eligibility", ELIGIBILITIES);
}

static void take_witnesses(tb_json_in *in, tb_manifest *m)
{
	tb_json_enter_object(in, "witnesses");
	m->witnesses_needed = take_u32(in, "need");
	m->witnesses = take_list(in, "keys", &m->num_witnesses, sizeof *m->witnesses);
	for (uint32_t i = 0; i < m->num_witnesses; i++) {
		tb_json_enter_object(in, TB_JSON_ITEM);
		m->witnesses[i].name = take_string(in, "name");
		tb_json_take_base64(in, "key", m->witnesses[i].key, 32);
		tb_json_leave(in);
	}
	tb_json_leave(in);
	if (in->err == TB_OK && m->num_witnesses == 0) /* no policy is written by leaving the member out */
		m->witnesses_needed = UINT32_MAX;
	tb_json_leave(in);
}

static void take_roles(tb_json_in *in, tb_manifest *m)
{
	tb_json_enter_object(in, "server");
	m->server_name = take_string(in, "name");
	tb_json_take_base64(in, "sign_key", m->server_sign_key, 32);
	tb_json_take_base64(in, "log_key", m->server_log_key, 32);
	tb_json_leave(in);
	tb_json_enter_object(in, "admin");
	m->admin_name = take_string(in, "name");
	tb_json_take_base64(in, "key", m->admin_key, 32);
	tb_json_leave(in);
	tb_json_enter_object(in, "registrar");
	m->registrar_name = take_string(in, "name");
	tb_json_take_base64(in, "key", m->registrar_key, 32);
	tb_json_leave(in);
	m->threshold = take_u32(in, "threshold");
	if (tb_json_has(in, "mixes")) {
		m->mixes = take_u32(in, "mixes");
		if (in->err == TB_OK &&
			m->mixes == 0) /* that there are none is written by leaving the member out */
			m->mixes = UINT32_MAX;
	}
	m->trustees = take_list(in, "trustees", &m->num_trustees, sizeof *m->trustees);
	for (uint32_t i = 0; i < m->num_trustees; i++) {
		tb_json_enter_object(in, TB_JSON_ITEM);
		m->trustees[i].name = take_string(in, "name");
		tb_json_take_base64(in, "sign_key", m->trustees[i].sign_key, 32);
		tb_json_take_base64(in, "transport_key", m->trustees[i].transport_key, 32);
		tb_json_take_base64(in, "cosign_key", m->trustees[i].cosign_key, 32);
		tb_json_leave(in);
	}
	tb_json_leave(in);
	m->endorsers = take_list(in, "endorsers", &m->num_endorsers, sizeof *m->endorsers);
	for (uint32_t i = 0; i < m->num_endorsers; i++) {
		tb_json_enter_object(in, TB_JSON_ITEM);
		m->endorsers[i].id = take_string(in, "id");
		m->endorsers[i].name = take_string(in, "name");
		tb_json_take_base64(in, "sign_key", m->endorsers[i].sign_key, 32);
		tb_json_take_base64(in, "cosign_key", m->endorsers[i].cosign_key, 32);
		tb_json_leave(in);
	}
	tb_json_leave(in);
	if (tb_json_has(in, "witnesses"))
		take_witnesses(in, m);
}

tb_err tb_manifest_parse(tb_manifest *out, const void *bytes, size_t len, tb_fault *fault)
{
	tb_json_in in;
	tb_err err;

	tb_manifest_init(out);
	tb_json_in_init(&in, bytes, len, TB_MANIFEST_MAX_BYTES, TB_JSON_CANONICAL, "MANIFEST");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	take_head(&in, out);
	take_roles(&in, out);
	out->questions = take_list(&in, "questions", &out->num_questions, sizeof *out->questions);
	for (uint32_t i = 0; i < out->num_questions; i++)
		take_question(&in, &out->questions[i]);
	tb_json_leave(&in);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	tb_json_in_release(&in);
	if (err == TB_OK)
		err = tb_manifest_check(out, fault);
	if (err != TB_OK)
		tb_manifest_release(out);
	return err;
}

/* ---- writing ---- */

static void put_text(tb_json_out *out, const char *key, const char *text)
{
	tb_json_out_cstring(out, key, text != NULL ? text : "");
}

static void put_fraction(tb_json_out *out, const tb_bar *bar)
{
	tb_json_out_array(out, "fraction");
	tb_json_out_int(out, TB_JSON_ITEM, bar->a);
	tb_json_out_int(out, TB_JSON_ITEM, bar->b);
	tb_json_out_end(out);
	tb_json_out_bool(out, "strict", bar->strict);
}

static void put_bars(tb_json_out *out, const tb_question *q)
{
	if (q->quorum.base == TB_BASE_NONE) {
		tb_json_out_null(out, "quorum");
	} else {
		tb_json_out_object(out, "quorum");
		if (q->quorum.base == TB_BASE_COUNT) {
			tb_json_out_int(out, "count", q->quorum.count);
		} else {
			tb_json_out_cstring(out, "of", "electorate");
			put_fraction(out, &q->quorum);
		}
		tb_json_out_end(out);
	}
	if (q->approval.base == TB_BASE_NONE) {
		tb_json_out_null(out, "approval");
	} else {
		tb_json_out_object(out, "approval");
		tb_json_out_cstring(out, "base", BASES[q->approval.base - 1]);
		put_fraction(out, &q->approval);
		tb_json_out_end(out);
	}
}

static void put_count(tb_json_out *out, const tb_question *q)
{
	const tb_count_rule *rule = &q->count;
	bool has_default = rule->default_option != TB_COUNT_NOBODY;

	tb_json_out_object(out, "count");
	put_text(out, "method", rule->method);
	tb_json_out_bool(out, "equal", rule->equal);
	tb_json_out_int(out, "minimum", rule->minimum);
	put_text(out, "default", has_default ? q->options[rule->default_option].id : "");
	tb_json_out_int(out, "quorum", rule->quorum);
	tb_json_out_array(out, "ratios");
	for (uint32_t i = 0; rule->ratios != NULL && i < q->num_options; i++) {
		tb_json_out_array(out, TB_JSON_ITEM);
		tb_json_out_int(out, TB_JSON_ITEM, rule->ratios[i].a);
		tb_json_out_int(out, TB_JSON_ITEM, rule->ratios[i].b);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	tb_json_out_end(out);
}

static void put_question(tb_json_out *out, const tb_question *q)
{
	tb_json_out_object(out, TB_JSON_ITEM);
	put_text(out, "id", q->id);
	put_text(out, "title", q->title);
	put_text(out, "text", q->text);
	put_text(out, "method", METHODS[q->method]);
	tb_json_out_array(out, "options");
	for (uint32_t i = 0; i < q->num_options; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		put_text(out, "id", q->options[i].id);
		put_text(out, "label", q->options[i].label);
		put_text(out, "text", q->options[i].text);
		put_text(out, "link", q->options[i].link);
		if (q->options[i].picture != NULL)
			put_text(out, "picture", q->options[i].picture);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	tb_json_out_int(out, "min", q->min);
	tb_json_out_int(out, "max", q->max);
	tb_json_out_int(out, "score_max", q->score_max);
	tb_json_out_bool(out, "blank", q->blank);
	put_text(out, "order", ORDERS[q->random_order]);
	tb_json_out_int(out, "winners", q->winners);
	put_bars(out, q);
	if (q->method == TB_METHOD_RANKED)
		put_count(out, q);
	tb_json_out_end(out);
}

static void put_head(tb_json_out *out, const tb_manifest *m)
{
	tb_json_out_int(out, "tabella", 1);
	put_text(out, "slug", m->slug);
	put_text(out, "origin", m->origin);
	put_text(out, "title", m->title);
	put_text(out, "text", m->text);
	put_text(out, "group", tb_group_name(m->group));
	tb_json_out_int(out, "opens", m->opens);
	tb_json_out_int(out, "closes", m->closes);
	put_text(out, "granularity", GRANULARITIES[m->granularity]);
	put_text(out, "rules", RULES[m->rules]);
	put_text(out, "revote", REVOTES[m->revote]);
	tb_json_out_bool(out, "rehearsal", m->rehearsal);
	tb_json_out_int(out, "privacy_floor", m->privacy_floor);
	tb_json_out_object(out, "weights");
	tb_json_out_int(out, "min_holders", m->min_holders);
	put_text(out, "below", BELOW[m->weights_warn]);
	tb_json_out_end(out);
	put_text(out, "eligibility", ELIGIBILITIES[m->eligibility]);
}

static void put_named_key(tb_json_out *out, const char *role, const char *name, const uint8_t key[32])
{
	tb_json_out_object(out, role);
	put_text(out, "name", name);
	tb_json_out_base64(out, "key", key, 32);
	tb_json_out_end(out);
}

static void put_witnesses(tb_json_out *out, const tb_manifest *m)
{
	tb_json_out_object(out, "witnesses");
	tb_json_out_int(out, "need", m->witnesses_needed);
	tb_json_out_array(out, "keys");
	for (uint32_t i = 0; i < m->num_witnesses; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		put_text(out, "name", m->witnesses[i].name);
		tb_json_out_base64(out, "key", m->witnesses[i].key, 32);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	tb_json_out_end(out);
}

static void put_roles(tb_json_out *out, const tb_manifest *m)
{
	tb_json_out_object(out, "server");
	put_text(out, "name", m->server_name);
	tb_json_out_base64(out, "sign_key", m->server_sign_key, 32);
	tb_json_out_base64(out, "log_key", m->server_log_key, 32);
	tb_json_out_end(out);
	put_named_key(out, "admin", m->admin_name, m->admin_key);
	put_named_key(out, "registrar", m->registrar_name, m->registrar_key);
	tb_json_out_int(out, "threshold", m->threshold);
	if (m->mixes > 0)
		tb_json_out_int(out, "mixes", m->mixes);
	tb_json_out_array(out, "trustees");
	for (uint32_t i = 0; i < m->num_trustees; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		put_text(out, "name", m->trustees[i].name);
		tb_json_out_base64(out, "sign_key", m->trustees[i].sign_key, 32);
		tb_json_out_base64(out, "transport_key", m->trustees[i].transport_key, 32);
		tb_json_out_base64(out, "cosign_key", m->trustees[i].cosign_key, 32);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	tb_json_out_array(out, "endorsers");
	for (uint32_t i = 0; i < m->num_endorsers; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		put_text(out, "id", m->endorsers[i].id);
		put_text(out, "name", m->endorsers[i].name);
		tb_json_out_base64(out, "sign_key", m->endorsers[i].sign_key, 32);
		tb_json_out_base64(out, "cosign_key", m->endorsers[i].cosign_key, 32);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
	if (m->num_witnesses > 0)
		put_witnesses(out, m);
}

tb_err tb_manifest_write(tb_buf *out, const tb_manifest *m)
{
	tb_json_out json;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	put_head(&json, m);
	put_roles(&json, m);
	tb_json_out_array(&json, "questions");
	for (uint32_t i = 0; i < m->num_questions; i++)
		put_question(&json, &m->questions[i]);
	tb_json_out_end(&json);
	tb_json_out_end(&json);
	return tb_json_out_status(&json);
}
