/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/base64.h"
#include "tests/support/example.h"

static char *json_of(tb_err (*make)(tb_manifest *m))
{
	tb_manifest m;
	tb_buf out;
	char *text;

	assert_int_equal(make(&m), TB_OK);
	tb_buf_init(&out, TB_MANIFEST_MAX_BYTES);
	assert_int_equal(tb_manifest_write(&out, &m), TB_OK);
	text = example_string(tb_buf_cstr(&out));
	tb_buf_release(&out);
	tb_manifest_release(&m);
	return text;
}

static char *example_json(void)
{
	return json_of(example_manifest);
}

static tb_err parse(const char *text, tb_fault *fault)
{
	tb_manifest m;
	tb_err err;

	memset(fault, 0, sizeof *fault);
	err = tb_manifest_parse(&m, text, strlen(text), fault);
	tb_manifest_release(&m);
	return err;
}

static void test_write_gives_back_what_parse_read(void **state)
{
	char *text = example_json();
	tb_manifest m;
	tb_fault fault;
	tb_buf out;

	(void)state;
	assert_int_equal(tb_manifest_parse(&m, text, strlen(text), &fault), TB_OK);
	tb_buf_init(&out, TB_MANIFEST_MAX_BYTES);
	assert_int_equal(tb_manifest_write(&out, &m), TB_OK);
	assert_string_equal(tb_buf_cstr(&out), text);
	assert_string_equal(m.trustees[1].name, "Bj\xc3\xb6rn");
	assert_int_equal(m.questions[0].approval.base, TB_BASE_OPTIONS_SUM);
	assert_true(m.questions[0].approval.strict);
	assert_int_equal(m.questions[1].quorum.base, TB_BASE_NONE);
	assert_int_equal(m.questions[2].quorum.count, 3);
	assert_true(m.questions[1].blank && m.questions[1].random_order);
	tb_buf_release(&out);
	tb_manifest_release(&m);
	free(text);
}

static void test_what_follows_from_it(void **state)
{
	tb_bitproof_definition def;
	tb_role_keys keys;
	uint8_t expected[32];
	const uint8_t *key;
	uint32_t index;
	tb_manifest m;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	assert_int_equal(tb_manifest_granule(&m), 60);
	assert_int_equal(tb_manifest_floor_time(&m, 1803902459), 1803902400);
	assert_int_equal(tb_manifest_longest_window(&m), 60 * 86400);
	assert_int_equal(tb_manifest_total_endorsers(&m), 4);
	assert_int_equal(tb_manifest_required_endorsements(&m), 3);
	assert_int_equal(tb_manifest_max_score(&m), 5);
	assert_int_equal(tb_question_define(&def, &m.questions[1]), TB_OK);
	assert_int_equal(def.num_bits, 4 + 2 + 1); /* options, slack 0..2, blank */
	assert_int_equal(tb_question_define(&def, &m.questions[3]), TB_OK);
	assert_int_equal(def.num_bits, 2 * 3 + 4); /* two scores 0..5, slack 0..10 */
	/* 2m points + Cb Ca C1 C0 D1 D2, and alpha, L f's, za z1 zd, 32 bytes each */
	assert_int_equal(tb_manifest_ballot_bytes(&m, 3),
		83 + 3 + 32 * (4 + 6 + 1 + 3 + 3) /* m=2, L=2+1 */
			+ 32 * (8 + 6 + 1 + 7 + 3) + 32 * (6 + 6 + 1 + 5 + 3) + 32 * (4 + 6 + 1 + 10 + 3));
	assert_int_equal(tb_manifest_signer_key(&m, TB_ROLE_TRUSTEE, 3, "", &key), TB_OK);
	assert_int_equal(example_keys(&keys, TB_ROLE_TRUSTEE, 3), TB_OK);
	tb_voter_key_public(expected, &keys.sign);
	assert_memory_equal(key, expected, 32);
	assert_int_equal(tb_manifest_signer_key(&m, TB_ROLE_TRUSTEE, 4, "", &key), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_manifest_signer_key(&m, TB_ROLE_TRUSTEE, 0, "", &key), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_manifest_signer_key(&m, TB_ROLE_VOTER, 0, "ada", &key), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_manifest_signer_key(&m, TB_ROLE_ENDORSER, 0, "audito", &key), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_manifest_signer_key(&m, TB_ROLE_ENDORSER, 0, "auditor", &key), TB_OK);
	assert_ptr_equal(key, m.endorsers[0].sign_key);
	assert_int_equal(tb_manifest_cosign_key(&m, TB_ROLE_TRUSTEE, 1, "", &key), TB_OK);
	assert_ptr_equal(key, m.trustees[0].cosign_key);
	assert_int_equal(tb_manifest_cosign_key(&m, TB_ROLE_SERVER, 0, "", &key), TB_ERR_NOT_FOUND);
	assert_int_equal(tb_manifest_endorser_index(&m, TB_ROLE_ENDORSER, 0, "auditor", &index), TB_OK);
	assert_int_equal(index, 3);
	assert_int_equal(tb_manifest_endorser_index(&m, TB_ROLE_TRUSTEE, 2, "", &index), TB_OK);
	assert_int_equal(index, 1);
	/* floor((n+t-1)/2)+1 and ceil((N+t)/2) by hand: 2/3 -> 3, 3/4 -> 4, 3/5 -> 4, 5/9 -> 7, 1/1 -> 1 */
	static const uint32_t table[][3] = {
		{3, 2, 3}, {4, 3, 4}, {5, 3, 4}, {9, 5, 7}, {1, 1, 1}, {20, 20, 20}};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		tb_manifest n = {.num_trustees = table[i][0], .threshold = table[i][1]};
		assert_int_equal(tb_manifest_required_endorsements(&n), table[i][2]);
	}
	tb_manifest_release(&m);
}

/* ---- each rule broken once ---- */

/* `from` (its first occurrence after `after`) becomes `to`. */
typedef struct change {
	const char *after, *from, *to, *rule, *where;
} change;

static const change BAD[] = {
	{"", "{\"tabella\":1", "{\"tabella\":2", "MANIFEST", "tabella"},
	{"", "\"slug\":", "\"slag\":", "JSON.CANONICAL", NULL},
	{"", "\"rehearsal\":false", "\"rehearsal\":0", "MANIFEST", "rehearsal"},
	{"", "\"rehearsal\":false,", "", "JSON.CANONICAL", NULL},
	{"", "\"rehearsal\":false", "\"rehearsal\":false,\"rehearsals\":1", "JSON.CANONICAL", NULL},
	{"", "\"rehearsal\":false", "\"rehearsal\": false", "JSON.CANONICAL", NULL},
	{"", "\"threshold\":2", "\"threshold\":2.0", "JSON.CANONICAL", NULL},
	{"", "\"group\":\"ristretto255\"", "\"group\":\"p256\"", "MANIFEST", "group"},
	{"", "\"granularity\":\"minute\"", "\"granularity\":\"week\"", "MANIFEST", "granularity"},
	{"", "\"rules\":\"standard\"", "\"rules\":\"any\"", "MANIFEST", "rules"},
	{"", "\"revote\":\"last\"", "\"revote\":\"maybe\"", "MANIFEST", "revote"},
	{"", "\"below\":\"refuse\"", "\"below\":\"\"", "MANIFEST", "weights.below"},
	{"", "\"eligibility\":\"offline\"", "\"eligibility\":\"all\"", "MANIFEST", "eligibility"},
	{"", "\"method\":\"referendum\"", "\"method\":\"stv\"", "MANIFEST", "questions[0].method"},
	{"", "\"order\":\"fixed\"", "\"order\":\"none\"", "MANIFEST", "questions[0].order"},
	{"", "\"of\":\"electorate\"", "\"of\":\"ballots\"", "MANIFEST", "questions[0].quorum.of"},
	{"", "\"base\":\"options_sum\"", "\"base\":\"count\"", "MANIFEST", "questions[0].approval.base"},
	{"", "\"fraction\":[1,5]", "\"fraction\":[1,5,1]", "MANIFEST", "questions[0].quorum.fraction"},
	/* ids */
	{"", "\"slug\":\"example-2027\"", "\"slug\":\"-example\"", "ID", "slug"},
	{"", "\"slug\":\"example-2027\"", "\"slug\":\"Example\"", "ID", "slug"},
	{"", "\"slug\":\"example-2027\"", "\"slug\":\"a.b\"", "ID", "slug"},
	{"", "\"slug\":\"example-2027\"", "\"slug\":\"\"", "ID", "slug"},
	{"", "\"id\":\"budget\"", "\"id\":\"Budget\"", "ID", "questions[0].id"},
	{"", "\"id\":\"yes\"", "\"id\":\"y@s\"", "ID", "questions[0].options[0].id"},
	{"", "\"id\":\"auditor\"", "\"id\":\"\"", "ID", "endorsers[0].id"},
	{"", "\"id\":\"no\"", "\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
		"ID", "questions[0].options[1].id"},
	/* texts: empty, a line break in a line, a control, a bidirectional control, not NFC, a link with a scheme */
	{"", "\"title\":\"Example election 2027\"", "\"title\":\"\"", "TEXT", "title"},
	{"", "\"title\":\"Example election 2027\"", "\"title\":\"a\\nb\"", "TEXT", "title"},
	{"", "For tests only.", "For tests\\u0007 only.", "TEXT", "text"},
	{"", "For tests only.", "For tests \xe2\x80\xae only.", "TEXT", "text"},
	{"", "Bj\xc3\xb6rn", "Bjo\xcc\x88rn", "TEXT", "trustees[1].name"},
	{"", "The secretary", "", "TEXT", "admin.name"},
	{"", "The registrar", "", "TEXT", "registrar.name"},
	{"", "Example server", "", "TEXT", "server.name"},
	{"", "The auditor", "", "TEXT", "endorsers[0].name"},
	{"", "Shall the budget be adopted?", "", "TEXT", "questions[0].title"},
	{"", "It was sent to everybody.", "\\t", "TEXT", "questions[0].text"},
	{"", "\"label\":\"Yes\"", "\"label\":\"\"", "TEXT", "questions[0].options[0].label"},
	{"", "\"label\":\"No\"", "\"label\":\"Yes\"", "MANIFEST.QUESTIONS", "questions[0].options[1].label"},
	{"", "\"text\":\"Some words.", "\"text\":\"\\rSome words.", "TEXT", "questions[0].options[1].text"},
	{"", "https://example.org/a?b=c", "javascript:alert(1)", "TEXT", "questions[0].options[1].link"},
	{"", "https://example.org/a?b=c", "https://example.org/a b", "TEXT", "questions[0].options[1].link"},
	{"", "https://example.org/a?b=c", "https://example.org/<b", "TEXT", "questions[0].options[1].link"},
	{"", "https://example.org/a?b=c", "https://example.org/\\\"", "TEXT", "questions[0].options[1].link"},
	/* origin */
	{"", "vote.example.org/e/example-2027", "vote.example.org/e/example-2028", "MANIFEST.ORIGIN",
		"origin"},
	{"", "vote.example.org/e/example-2027", "vote.example.org/x/example-2027", "MANIFEST.ORIGIN",
		"origin"},
	{"", "vote.example.org/e/example-2027", "/e/example-2027", "MANIFEST.ORIGIN", "origin"},
	{"", "vote.example.org/e/example-2027", "https://example.org/e/example-2027", "MANIFEST.ORIGIN",
		"origin"},
	{"", "vote.example.org/e/example-2027", "a+b/e/example-2027", "MANIFEST.ORIGIN", "origin"},
	{"", "vote.example.org/e/example-2027", "a b/e/example-2027", "MANIFEST.ORIGIN", "origin"},
	{"", "vote.example.org/e/example-2027", "\xc3\xa9.org/e/example-2027", "MANIFEST.ORIGIN", "origin"},
	/* window: 14 days; 60 days and a minute; one second off; no time at all */
	{"", "\"closes\":1805112000", "\"closes\":1809086460", "MANIFEST.WINDOW", "closes"},
	{"", "\"closes\":1805112000", "\"closes\":1805112001", "MANIFEST.WINDOW", "closes"},
	{"", "\"opens\":1803902400", "\"opens\":1803902430", "MANIFEST.WINDOW", "opens"},
	{"", "\"closes\":1805112000", "\"closes\":1803902400", "MANIFEST.WINDOW", "closes"},
	{"", "\"closes\":1805112000", "\"closes\":1803902340", "MANIFEST.WINDOW", "closes"},
	/* trustees */
	{"", "\"threshold\":2", "\"threshold\":0", "MANIFEST.THRESHOLD", "threshold"},
	{"", "\"threshold\":2", "\"threshold\":4", "MANIFEST.THRESHOLD", "threshold"},
	/* questions */
	{"", "\"id\":\"board\"", "\"id\":\"budget\"", "MANIFEST.QUESTIONS", "questions[1].id"},
	{"", "\"id\":\"no\"", "\"id\":\"yes\"", "MANIFEST.QUESTIONS", "questions[0].options[1].id"},
	{"budget", "\"max\":1", "\"max\":2", "MANIFEST.QUESTIONS", "questions[0].max"},
	{"budget", "\"score_max\":1", "\"score_max\":2", "MANIFEST.QUESTIONS", "questions[0].score_max"},
	{"budget", "\"blank\":false", "\"blank\":true", "MANIFEST.QUESTIONS", "questions[0].blank"},
	{"budget", "\"winners\":1", "\"winners\":0", "MANIFEST.QUESTIONS", "questions[0].winners"},
	{"budget", "\"winners\":1", "\"winners\":3", "MANIFEST.QUESTIONS", "questions[0].winners"},
	{"budget", "\"fraction\":[1,5]", "\"fraction\":[1,0]", "MANIFEST.QUESTIONS",
		"questions[0].quorum.fraction"},
	{"budget", "\"fraction\":[1,5]", "\"fraction\":[6,5]", "MANIFEST.QUESTIONS",
		"questions[0].quorum.fraction"},
	{"budget", "\"fraction\":[1,5]", "\"fraction\":[1,1000001]", "MANIFEST.QUESTIONS",
		"questions[0].quorum.fraction"},
	{"budget", "\"fraction\":[1,2]", "\"fraction\":[3,2]", "MANIFEST.QUESTIONS",
		"questions[0].approval.fraction"},
	{"\"id\":\"board\"", "\"max\":3", "\"max\":5", "MANIFEST.QUESTIONS", "questions[1].max"},
	{"\"id\":\"board\"", "\"max\":3", "\"max\":0", "MANIFEST.QUESTIONS", "questions[1].max"},
	{"\"id\":\"board\"", "\"min\":1", "\"min\":4", "MANIFEST.QUESTIONS", "questions[1].min"},
	{"\"id\":\"days\"", "\"min\":0", "\"min\":1", "MANIFEST.QUESTIONS", "questions[2].min"},
	{"\"id\":\"days\"", "\"max\":3", "\"max\":2", "MANIFEST.QUESTIONS", "questions[2].max"},
	{"\"id\":\"days\"", "\"blank\":false", "\"blank\":true", "MANIFEST.QUESTIONS", "questions[2].blank"},
	{"\"id\":\"logo\"", "\"score_max\":5", "\"score_max\":0", "MANIFEST.QUESTIONS",
		"questions[3].score_max"},
	{"\"id\":\"logo\"", "\"score_max\":5", "\"score_max\":256", "MANIFEST.QUESTIONS",
		"questions[3].score_max"},
	{"\"id\":\"logo\"", "\"max\":10", "\"max\":9", "MANIFEST.QUESTIONS", "questions[3].max"},
	{"\"id\":\"logo\"", "\"min\":0", "\"min\":1", "MANIFEST.QUESTIONS", "questions[3].min"},
	{"\"id\":\"logo\"", "\"blank\":false", "\"blank\":true", "MANIFEST.QUESTIONS", "questions[3].blank"},
};

static void expect_changes_refused(char *good, const change *bad, size_t num)
{
	tb_fault fault;

	for (size_t i = 0; i < num; i++) {
		char *after = strstr(good, bad[i].after),
		     *at = after != NULL ? strstr(after, bad[i].from) : NULL;
		char *text = calloc(1, strlen(good) + strlen(bad[i].to) + 1);

		assert_non_null(text);
		if (at == NULL)
			fail_msg("%s is not in the example", bad[i].from);
		snprintf(text, strlen(good) + strlen(bad[i].to) + 1, "%.*s%s%s", (int)(at - good), good,
			bad[i].to, at + strlen(bad[i].from));
		if (parse(text, &fault) != TB_ERR_RULE || strcmp(fault.rule, bad[i].rule) != 0 ||
			(bad[i].where != NULL && strcmp(fault.where, bad[i].where) != 0))
			fail_msg("%s: %s at %s (expected %s, found %s)", bad[i].to, fault.rule, fault.where,
				fault.expected, fault.found);
		free(text);
	}
	assert_int_equal(parse(good, &fault), TB_OK);
	free(good);
}

/* ATTACKS B-06 to B-09, A-07, A-08, A-10. */
static void test_each_broken_rule_is_named(void **state)
{
	(void)state;
	expect_changes_refused(example_json(), BAD, sizeof BAD / sizeof BAD[0]);
}

/* ---- ranked questions [RANK.MANIFEST] ---- */

#define CHAIR "\"id\":\"chair\""
#define COUNCIL "\"id\":\"council\""
static const change BAD_RANKED[] = {
	{"", "\"mixes\":2", "\"mixes\":1", "RANK.MANIFEST", "mixes"},
	{"", "\"mixes\":2", "\"mixes\":4", "RANK.MANIFEST", "mixes"},
	{"", "\"mixes\":2", "\"mixes\":0", "RANK.MANIFEST", "mixes"},
	{"", "\"mixes\":2,", "", "RANK.MANIFEST", "mixes"},
	{"", "\"mixes\":2", "\"mixes\":\"2\"", "MANIFEST", "mixes"},
	{"", "\"threshold\":2,\"mixes\":2", "\"mixes\":2,\"threshold\":2", "JSON.CANONICAL", NULL},
	{"", "\"group\":\"ristretto255\"", "\"group\":\"modp4096\"", "RANK.MANIFEST", "group"},
	{CHAIR, "\"max\":3", "\"max\":4", "MANIFEST.QUESTIONS", "questions[4].max"},
	{CHAIR, "\"max\":3", "\"max\":0", "MANIFEST.QUESTIONS", "questions[4].max"},
	{COUNCIL, "\"min\":1", "\"min\":5", "MANIFEST.QUESTIONS", "questions[5].min"},
	{COUNCIL, "\"score_max\":1", "\"score_max\":2", "MANIFEST.QUESTIONS", "questions[5].score_max"},
	{COUNCIL, "\"blank\":false", "\"blank\":true", "RANK.MANIFEST", "questions[5].blank"},
	{COUNCIL, "\"approval\":null",
		"\"approval\":{\"base\":\"ballots\",\"fraction\":[1,2],\"strict\":false}", "RANK.MANIFEST",
		"questions[5].approval"},
	{CHAIR, "\"winners\":1", "\"winners\":2", "RANK.MANIFEST", "questions[4].winners"},
	{COUNCIL, "scottish-stv-2007", "scottish-stv", "RANK.MANIFEST", "questions[5].count.method"},
	{COUNCIL, "scottish-stv-2007", "score-1", "RANK.MANIFEST", "questions[5].count.method"},
	{COUNCIL, "scottish-stv-2007", "", "RANK.MANIFEST", "questions[5].count.method"},
	{COUNCIL, "scottish-stv-2007\",\"equal\":false", "scottish-stv-2007\",\"equal\":true",
		"RANK.MANIFEST", "questions[5].count.equal"},
	{COUNCIL, "\"equal\":false", "\"equal\":0", "MANIFEST", "questions[5].count.equal"},
	{CHAIR, "\"minimum\":0", "\"minimum\":1", "RANK.MANIFEST", "questions[4].count.minimum"},
	{COUNCIL, "\"minimum\":2", "\"minimum\":1099511627777", "RANK.MANIFEST",
		"questions[5].count.minimum"},
	{COUNCIL, "\"default\":\"\"", "\"default\":\"a\"", "RANK.MANIFEST", "questions[5].count.default"},
	{CHAIR, "\"default\":\"nobody\"", "\"default\":\"somebody\"", "RANK.MANIFEST",
		"questions[4].count.default"},
	{CHAIR, "\"default\":\"nobody\",\"quorum\":4", "\"default\":\"\",\"quorum\":4", "RANK.MANIFEST",
		"questions[4].count.quorum"},
	{CHAIR, "\"default\":\"nobody\",\"quorum\":4", "\"default\":\"\",\"quorum\":0", "RANK.MANIFEST",
		"questions[4].count.ratios"},
	{CHAIR, "\"quorum\":4", "\"quorum\":1099511627777", "RANK.MANIFEST", "questions[4].count.quorum"},
	{COUNCIL, "\"quorum\":0", "\"quorum\":1", "RANK.MANIFEST", "questions[5].count.quorum"},
	{COUNCIL, "\"ratios\":[]", "\"ratios\":[[1,1],[1,1],[1,1],[1,1],[1,1]]", "RANK.MANIFEST",
		"questions[5].count.ratios"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1],[1,1]]", "RANK.MANIFEST", "questions[4].count.ratios"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1],[1,1],[1,1],[1,1]]", "RANK.MANIFEST",
		"questions[4].count.ratios"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1],[1,1],[2,2]]", "RANK.MANIFEST",
		"questions[4].count.ratios[2]"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[0,1],[1,1],[1,1]]", "RANK.MANIFEST",
		"questions[4].count.ratios[0]"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1],[1,0],[1,1]]", "RANK.MANIFEST",
		"questions[4].count.ratios[1]"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1],[1,1000001],[1,1]]", "RANK.MANIFEST",
		"questions[4].count.ratios[1]"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1],[1000001,1],[1,1]]", "RANK.MANIFEST",
		"questions[4].count.ratios[1]"},
	{CHAIR, "[[3,1],[1,1],[1,1]]", "[[3,1,1],[1,1],[1,1]]", "MANIFEST", "questions[4].count.ratios[0]"},
	{"budget", "\"strict\":true}}", "\"strict\":true},\"count\":{}}", "JSON.CANONICAL", NULL},
	{COUNCIL, "\"method\":\"ranked\"", "\"method\":\"choose\"", "JSON.CANONICAL", NULL},
};

static void test_each_rule_of_ranked_questions_is_named(void **state)
{
	(void)state;
	expect_changes_refused(
		json_of(example_ranked_manifest), BAD_RANKED, sizeof BAD_RANKED / sizeof BAD_RANKED[0]);
}

static void test_ranked_questions_are_read(void **state)
{
	char *text = json_of(example_ranked_manifest);
	tb_ranking_definition ranking;
	tb_bitproof_definition def;
	tb_manifest m, plain;
	tb_fault fault;
	tb_buf out;

	(void)state;
	assert_int_equal(tb_manifest_parse(&m, text, strlen(text), &fault), TB_OK);
	tb_buf_init(&out, TB_MANIFEST_MAX_BYTES);
	assert_int_equal(tb_manifest_write(&out, &m), TB_OK);
	assert_string_equal(tb_buf_cstr(&out), text);
	assert_true(tb_manifest_has_ranked(&m));
	assert_int_equal(m.mixes, 2);
	assert_int_equal(m.questions[4].count.default_option, 2);
	assert_int_equal(m.questions[4].count.ratios[0].a, 3);
	assert_int_equal(m.questions[5].count.default_option, TB_COUNT_NOBODY);
	assert_null(m.questions[5].count.ratios);
	assert_null(m.questions[0].count.method);
	assert_int_equal(tb_question_define(&def, &m.questions[5]), TB_ERR_RANGE);
	assert_int_equal(tb_question_define_ranking(&ranking, &m.questions[0]), TB_ERR_RANGE);
	assert_int_equal(tb_question_define_ranking(&ranking, &m.questions[5]), TB_OK);
	assert_int_equal(ranking.m, 5);
	assert_int_equal(ranking.max, 4);
	assert_int_equal(example_manifest(&plain), TB_OK);
	assert_false(tb_manifest_has_ranked(&plain));
	assert_int_equal(tb_manifest_ballot_bytes(&m, 3), tb_manifest_ballot_bytes(&plain, 3) + 2 * 128);
	plain.mixes = 2; /* nobody would know what to mix */
	assert_int_equal(tb_manifest_check(&plain, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.MANIFEST");
	plain.mixes = 0;
	plain.questions[0].count.method = example_string("irv-1");
	assert_int_equal(tb_manifest_check(&plain, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "questions[0].count");
	m.num_trustees = 2; /* a draft: trustees to come may mix, too */
	m.mixes = 3;
	assert_int_equal(tb_manifest_check(&m, &fault), TB_ERR_RULE);
	assert_int_equal(tb_manifest_check_draft(&m, 1u << TB_ROLE_TRUSTEE, &fault), TB_OK);
	m.num_trustees = 3;
	assert_int_equal(tb_manifest_check(&m, &fault), TB_OK);
	tb_manifest_release(&plain);
	tb_manifest_release(&m);
	tb_buf_release(&out);
	free(text);
}

static void expect(const tb_manifest *m, const char *rule, const char *where)
{
	tb_fault fault;

	memset(&fault, 0, sizeof fault);
	assert_int_equal(tb_manifest_check(m, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, rule);
	assert_string_equal(fault.where, where);
}

/* ATTACKS, C-02, D-02: keys that are none, the identity, or another's. */
static void test_keys(void **state)
{
	tb_manifest m;
	struct {
		uint8_t *key;
		bool is_ed25519;
		const char *where;
	} keys[16];
	size_t num = 0;
	tb_fault fault;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
#define KEY(field, ed, path) keys[num].key = m.field, keys[num].is_ed25519 = (ed), keys[num++].where = (path)
	KEY(server_sign_key, false, "server.sign_key");
	KEY(server_log_key, true, "server.log_key");
	KEY(admin_key, false, "admin.key");
	KEY(registrar_key, false, "registrar.key");
	KEY(trustees[0].sign_key, false, "trustees[0].sign_key");
	KEY(trustees[0].transport_key, false, "trustees[0].transport_key");
	KEY(trustees[0].cosign_key, true, "trustees[0].cosign_key");
	KEY(trustees[2].sign_key, false, "trustees[2].sign_key");
	KEY(trustees[2].transport_key, false, "trustees[2].transport_key");
	KEY(trustees[2].cosign_key, true, "trustees[2].cosign_key");
	KEY(endorsers[0].sign_key, false, "endorsers[0].sign_key");
	KEY(endorsers[0].cosign_key, true, "endorsers[0].cosign_key");
#undef KEY
	for (size_t i = 0; i < num; i++) {
		uint8_t saved[32];

		memcpy(saved, keys[i].key, 32);
		memset(keys[i].key, 0, 32); /* the identity of ristretto255; of small order in Ed25519 */
		expect(&m, "MANIFEST.KEYS", keys[i].where);
		memset(keys[i].key, 0xff, 32);
		expect(&m, "MANIFEST.KEYS", keys[i].where);
		for (size_t j = 0; j < i; j++) {
			if (keys[i].is_ed25519 != keys[j].is_ed25519)
				continue;
			memcpy(keys[i].key, keys[j].key, 32);
			expect(&m, "MANIFEST.KEYS", keys[i].where);
		}
		memcpy(keys[i].key, saved, 32);
		assert_int_equal(tb_manifest_check(&m, &fault), TB_OK);
	}
	tb_manifest_release(&m);
}

static void test_key_encodings(void **state)
{
	char *good = example_json(), *at;
	tb_fault fault;

	(void)state;
	at = strstr(good, "\"log_key\":\"") + 11;
	at[42] = at[42] == 'A' ? 'B' : (char)(at[42] + 1); /* unused bits of the last character */
	assert_int_equal(parse(good, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "BASE64");
	assert_string_equal(fault.where, "server.log_key");
	free(good);
}

static void test_numbers_of_things(void **state)
{
	tb_manifest m;
	tb_fault fault;
	tb_question *q;
	tb_endorser *one;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	m.num_trustees = 0;
	expect(&m, "MANIFEST.THRESHOLD", "trustees");
	m.num_trustees = 21;
	expect(&m, "MANIFEST.THRESHOLD", "trustees");
	m.num_trustees = 3;
	m.num_endorsers = 21;
	expect(&m, "MANIFEST.THRESHOLD", "endorsers");
	m.num_endorsers = 1;
	m.num_questions = 0;
	expect(&m, "MANIFEST.QUESTIONS", "questions");
	m.num_questions = 21;
	expect(&m, "MANIFEST.QUESTIONS", "questions");
	m.num_questions = 4;
	q = &m.questions[0];
	q->num_options = 1; /* a referendum of one option */
	expect(&m, "MANIFEST.QUESTIONS", "questions[0].options");
	q->num_options = 501;
	expect(&m, "MANIFEST.QUESTIONS", "questions[0].options");
	q->num_options = 2;
	m.questions[1].num_options = 0;
	expect(&m, "MANIFEST.QUESTIONS", "questions[1].options");
	m.questions[1].num_options = 4;
	q->method = TB_METHOD_CHOOSE;
	q->quorum.base = TB_BASE_BALLOTS;
	expect(&m, "MANIFEST.QUESTIONS", "questions[0].quorum");
	q->quorum.base = TB_BASE_NONE;
	q->approval.base = TB_BASE_COUNT;
	expect(&m, "MANIFEST.QUESTIONS", "questions[0].approval");
	q->approval.base = TB_BASE_NONE;
	m.group = NULL;
	expect(&m, "MANIFEST", "group");
	m.group = tb_group_ristretto255();
	one = calloc(2, sizeof *one); /* two extra endorsers of one id */
	assert_non_null(one);
	one[0] = one[1] = m.endorsers[0];
	one[1].id = example_string("auditor");
	one[1].name = example_string("Another");
	free(m.endorsers);
	m.endorsers = one;
	m.num_endorsers = 2;
	expect(&m, "MANIFEST.THRESHOLD", "endorsers[1].id");
	m.endorsers[1].id[0] = 'x';
	expect(&m, "MANIFEST.KEYS", "endorsers[1].sign_key");
	m.rules = TB_RULES_EXTENDED;
	m.closes = m.opens + UINT64_C(366) * 86400;
	expect(&m, "MANIFEST.KEYS", "endorsers[1].sign_key"); /* the window is fine now */
	m.closes += 60;
	expect(&m, "MANIFEST.WINDOW", "closes");
	m.rules = TB_RULES_STANDARD;
	m.closes = m.opens + UINT64_C(60) * 86400;
	m.num_endorsers = 1;
	free(m.endorsers[1].id);
	free(m.endorsers[1].name);
	assert_int_equal(tb_manifest_check(&m, &fault), TB_OK); /* exactly 60 days */
	tb_manifest_release(&m);
}

/* A question of `num` options; ids o0, o1, ... */
static void grow(tb_question *q, uint32_t num)
{
	for (uint32_t i = 0; i < q->num_options; i++) {
		free(q->options[i].id);
		free(q->options[i].label);
		free(q->options[i].text);
		free(q->options[i].link);
	}
	free(q->options);
	q->options = calloc(num, sizeof *q->options);
	assert_non_null(q->options);
	for (uint32_t i = 0; i < num; i++) {
		char id[16];

		snprintf(id, sizeof id, "o%u", i);
		q->options[i].id = example_string(id);
		q->options[i].label = example_string(id);
	}
	q->num_options = num;
}

static void test_limits_of_a_ballot(void **state)
{
	tb_manifest m;
	tb_fault fault;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	/* 220 scores 0..255 are 1,760 bits and 16 of slack; 250 are 2,000 and the slack is too much */
	grow(&m.questions[3], 220);
	m.questions[3].score_max = 255;
	m.questions[3].max = 220 * 255;
	assert_int_equal(tb_manifest_check(&m, &fault), TB_OK);
	grow(&m.questions[3], 250);
	m.questions[3].max = 250 * 255;
	expect(&m, "MANIFEST.QUESTIONS", "questions[3]");
	/* 500 options of modp4096 are 512,000 bytes of ciphertexts, and twice that is above 1 MiB with the proofs */
	grow(&m.questions[3], 500);
	m.questions[3].score_max = 1;
	m.questions[3].max = 500;
	grow(&m.questions[2], 500);
	m.questions[2].max = 500;
	assert_int_equal(tb_manifest_check(&m, &fault), TB_OK);
	m.group = tb_group_modp4096();
	expect(&m, "MANIFEST.QUESTIONS", "questions");
	grow(&m.questions[2], 400);
	m.questions[2].max = 400;
	assert_int_equal(tb_manifest_check(&m, &fault), TB_OK);
	tb_manifest_release(&m);
}

static void test_every_changed_byte_is_survived(void **state)
{
	char *good = json_of(example_ranked_manifest);
	size_t len = strlen(good);
	tb_fault fault;

	(void)state;
	for (size_t at = 0; at < len; at += 3) {
		char saved = good[at];

		good[at] = (char)(saved ^ 4);
		(void)!parse(good, &fault);
		good[at] = '\0';
		assert_int_equal(parse(good, &fault), TB_ERR_RULE);
		good[at] = saved;
	}
	free(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_gives_back_what_parse_read),
		cmocka_unit_test(test_what_follows_from_it),
		cmocka_unit_test(test_each_broken_rule_is_named),
		cmocka_unit_test(test_each_rule_of_ranked_questions_is_named),
		cmocka_unit_test(test_ranked_questions_are_read),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_key_encodings),
		cmocka_unit_test(test_numbers_of_things),
		cmocka_unit_test(test_limits_of_a_ballot),
		cmocka_unit_test(test_every_changed_byte_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
