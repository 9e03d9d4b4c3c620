/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/election_text.h"
#include "core/log/note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/example.h"

#define WITNESS "witness.example/w+83755ab3+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
#define PICTURE "data:image/png;base64,iVBORw0KGgoAAAAAAAAAAA=="

/* ---- there and back [FILE.LINE] ---- */

static void to_json(tb_buf *out, const tb_manifest *m)
{
	tb_buf_init(out, TB_MANIFEST_MAX_BYTES);
	assert_int_equal(tb_manifest_write(out, m), TB_OK);
	(void)tb_buf_cstr(out);
}

static void assert_survives(const tb_manifest *m)
{
	tb_buf text, before, after;
	tb_manifest again;
	tb_fault fault;
	char line[900];
	tb_err err;

	assert_int_equal(tb_manifest_check(m, &fault), TB_OK);
	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	assert_int_equal(tb_election_text_write(&text, m), TB_OK);
	err = tb_election_text_parse(&again, tb_buf_cstr(&text), text.len, &fault);
	if (err != TB_OK) {
		tb_fault_text(&fault, line, sizeof line);
		fail_msg("%s\n%s", line, tb_buf_cstr(&text));
	}
	to_json(&before, m);
	to_json(&after, &again);
	assert_string_equal((char *)before.data, (char *)after.data);
	tb_manifest_release(&again);
	tb_buf_release(&text);
	tb_buf_release(&before);
	tb_buf_release(&after);
}

static void test_ranked_questions_survive(void **state)
{
	tb_manifest m;
	tb_count_rule *rule;

	(void)state;
	assert_int_equal(example_ranked_manifest(&m), TB_OK);
	assert_survives(&m);
	m.mixes = 3;
	m.questions[5].min = 0;
	m.questions[5].max = 5;
	rule = &m.questions[4].count;
	m.questions[4].min = m.questions[4].max = 2;
	for (size_t i = 0; i < 3; i++) /* said, though it changes nothing */
		rule->ratios[i] = (tb_count_ratio){1, 1};
	assert_survives(&m);
	rule->ratios[0] = (tb_count_ratio){1000000, 999999};
	rule->default_option = 1;
	rule->quorum = UINT64_C(1) << 40;
	m.questions[5].count.minimum = UINT64_C(1) << 40;
	assert_survives(&m);
	free(rule->ratios);
	*rule = (tb_count_rule){.method = rule->method, .default_option = TB_COUNT_NOBODY};
	assert_survives(&m);
	tb_manifest_release(&m);
}

static void set(char **to, const char *text)
{
	free(*to);
	*to = example_string(text);
}

static void add_witness(tb_manifest *m)
{
	tb_vkey key;

	assert_int_equal(tb_vkey_parse(&key, WITNESS, strlen(WITNESS)), TB_OK);
	m->witnesses = calloc(1, sizeof *m->witnesses);
	assert_non_null(m->witnesses);
	m->num_witnesses = m->witnesses_needed = 1;
	m->witnesses[0].name = example_string(key.name);
	memcpy(m->witnesses[0].key, key.key, 32);
}

static void test_example_survives(void **state)
{
	tb_manifest m;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	assert_survives(&m);
	m.opens += 30; /* seconds, other policies */
	m.closes = m.opens + 7;
	m.granularity = TB_GRANULARITY_SECOND;
	m.rules = TB_RULES_EXTENDED;
	m.revote = TB_REVOTE_NEVER;
	m.rehearsal = true;
	m.weights_warn = true;
	m.min_holders = 0;
	m.privacy_floor = UINT64_C(9007199254740991);
	m.eligibility = TB_ELIGIBILITY_SERVER;
	m.group = tb_group_modp4096();
	m.questions[0].min = 1;
	m.questions[0].blank = true;
	m.questions[1].min = m.questions[1].max = 2;
	m.questions[0].quorum = (tb_bar){.base = TB_BASE_COUNT, .count = UINT64_C(9007199254740991)};
	m.questions[2].quorum = (tb_bar){.base = TB_BASE_ELECTORATE, .a = 0, .b = 1000000, .strict = true};
	set(&m.questions[0].options[0].picture, strchr(PICTURE, ',') + 1);
	set(&m.questions[0].options[1].picture, "UklGRgAAAABXRUJQAAAAAAAAAA==");
	add_witness(&m);
	assert_survives(&m);
	m.opens = UINT64_C(9007199254740000); /* beyond any calendar */
	m.closes = m.opens + 1;
	assert_survives(&m);
	tb_manifest_release(&m);
}

/* Texts that look like something else in the file. */
static const char *const TRICKY[] = {"", "x", " x", "x ", "  ", "\"", "\"\"", "\"x\"", "\"x", "x\"", "[] x",
	"[ ] x", "# x", "| x", "|", "Title: x", "question: x", "Polls open: x", "Id: x", "Link:", "Foo: bar",
	"Foo:", "see: below", "https://example.org",
	"tabella-trustee-1 sign=", "Ada tabella-admin-1 sign=AAAA", "none", "\xc3\xa9t\xc3\xa9", "a\\nb",
	"\xe3\x80\x80x", "A:b", "ABCDEFGHIJKLMNOPQRSTU: x"};
#define NUM_TRICKY (sizeof TRICKY / sizeof TRICKY[0])

static void test_tricky_texts_survive(void **state)
{
	tb_manifest m;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	for (size_t i = 0; i < NUM_TRICKY; i++) {
		for (size_t j = 0; j < NUM_TRICKY; j++) {
			char text[200];

			snprintf(text, sizeof text, "%s\n%s", TRICKY[i], TRICKY[j]);
			set(&m.text, text);
			set(&m.questions[0].text, text);
			set(&m.questions[0].options[1].text, text);
			snprintf(text, sizeof text, "%s\n\n%s\n", TRICKY[i], TRICKY[j]);
			set(&m.questions[1].text, text);
			set(&m.questions[1].options[0].text, text);
			set(&m.questions[2].text, TRICKY[i]);
			set(&m.questions[2].options[2].text, TRICKY[j]);
			if (TRICKY[i][0] != '\0') { /* what must not be empty */
				set(&m.title, TRICKY[i]);
				set(&m.trustees[1].name, TRICKY[i]);
				set(&m.endorsers[0].name, TRICKY[i]);
				set(&m.admin_name, TRICKY[i]);
				set(&m.questions[3].title, TRICKY[i]);
				set(&m.questions[3].options[0].label, TRICKY[i]);
			}
			assert_survives(&m);
		}
	}
	tb_manifest_release(&m);
}

/* Ids that the reader would give, would give to another, or would never give. */
static void test_ids_survive(void **state)
{
	static const char *const ids[] = {"ada", "chen", "dora", "ada-2", "option-1", "option-2", "a.b", "x"};
	static const char *const labels[] = {"Ada", "Ada!", "Chen", "\xe6\x9d\x8e", "ada 2"};
	tb_manifest m;
	tb_question *q;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	q = &m.questions[1];
	for (unsigned round = 0; round < 8 * 8 * 8 * 25; round++) {
		unsigned a = round % 8, b = round / 8 % 8, c = round / 64 % 8;
		unsigned first = round / 512 % 5, second = round / 2560 % 5, third = (a + b) % 5;

		if (a == b || b == c || a == c || first == second || second == third || first == third)
			continue;
		set(&q->options[0].id, ids[a]);
		set(&q->options[1].id, ids[b]);
		set(&q->options[2].id, ids[c]);
		set(&q->options[3].id, "last");
		set(&q->options[0].label, labels[first]);
		set(&q->options[1].label, labels[second]);
		set(&q->options[2].label, labels[third]);
		set(&m.questions[0].id, ids[a]);
		set(&m.questions[1].id, ids[b]);
		set(&m.questions[2].id, ids[c]);
		set(&m.questions[0].title, labels[(b + c) % 5]);
		set(&m.questions[2].title, labels[round % 5]);
		if (round % 7 == 0)
			assert_survives(&m);
	}
	tb_manifest_release(&m);
}

/* ---- what people write ---- */

/* The lines of the example's roles, from "Server:" to the last "Endorser:". */
static char *role_lines(void)
{
	tb_manifest m;
	tb_buf text;
	char *begin, *end, *copy;

	assert_int_equal(example_manifest(&m), TB_OK);
	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	assert_int_equal(tb_election_text_write(&text, &m), TB_OK);
	(void)tb_buf_cstr(&text);
	begin = strstr((char *)text.data, "Server: ");
	end = strstr((char *)text.data, "\n\nQuestion: ");
	assert_true(begin != NULL && end != NULL);
	end[1] = '\0';
	copy = example_string(begin);
	tb_buf_release(&text);
	tb_manifest_release(&m);
	return copy;
}

#define HEAD                                                                                                 \
	"Title: A small vote\nOrigin: vote.example.org\nPolls open: 2027-03-01 12:00 UTC\nPolls close: "     \
	"2027-03-14 AoE\n"
#define QUESTION "Question: Yes?\nMethod: referendum\n[] Yes\n[] No\n"

static tb_err read_text(tb_manifest *m, const char *before, const char *after, tb_fault *fault)
{
	char *roles = role_lines(), *text = malloc(strlen(before) + strlen(roles) + strlen(after) + 1);
	tb_err err;

	assert_non_null(text);
	snprintf(text, strlen(before) + strlen(roles) + strlen(after) + 1, "%s%s%s", before, roles, after);
	err = tb_election_text_parse(m, text, strlen(text), fault);
	free(roles);
	free(text);
	return err;
}

static void test_defaults(void **state)
{
	tb_manifest m;
	tb_fault fault;

	(void)state;
	assert_int_equal(read_text(&m, HEAD, QUESTION, &fault), TB_OK);
	assert_string_equal(m.slug, "a-small-vote");
	assert_string_equal(m.origin, "vote.example.org/e/a-small-vote");
	assert_ptr_equal(m.group, tb_group_ristretto255());
	assert_int_equal(m.opens, 1803902400);
	assert_int_equal(m.closes, 1805112000); /* 2027-03-15 12:00 UTC */
	assert_int_equal(m.granularity, TB_GRANULARITY_MINUTE);
	assert_int_equal(m.privacy_floor, TB_DEFAULT_PRIVACY_FLOOR);
	assert_int_equal(m.min_holders, TB_DEFAULT_MIN_HOLDERS);
	assert_false(m.weights_warn);
	assert_string_equal(m.text, "");
	assert_string_equal(m.questions[0].id, "yes");
	assert_string_equal(m.questions[0].options[1].id, "no");
	assert_int_equal(m.questions[0].winners, 1);
	assert_int_equal(m.questions[0].quorum.base, TB_BASE_NONE);
	tb_manifest_release(&m);
}

static void test_how_it_may_be_written(void **state)
{
	tb_manifest m;
	tb_fault fault;

	(void)state;
	assert_int_equal(
		read_text(&m,
			"\xEF\xBB\xBF# a comment\r\ntitle:  A small vote  \r\n\r\n\r\nfirst line\r\n# not "
			"text\r\n\r\n\r\n  second line  \r\n"
			"|   third line  \n| Foo: bar\n\n\nORIGIN: "
			"vote.example.org/some/where/e/a-small-vote\npolls OPEN:2027-03-01T14:00+02:00\n"
			"Polls close: 2027-03-14 23:30 anywhere on earth\nGranularity: Minute\nREVOTE: "
			"Never\nWitnesses: 1\nwitness: " WITNESS "\n",
			"Question: One?\n[ ] \" Yes\"\n      id: y\n   text of yes\n\n   more\nWinners: "
			"2\nMethod: CHOOSE up to 2\n"
			"[]No\n\tLink: http://example.org/\n\tPicture: " PICTURE
			"\n\t| bar\nApproval: More than 33.30 % of the "
			"ballots\n"
			"Quorum: more than 9 ballots\nBlank: no\nOrder: Random\nRehearsal: YES\n",
			&fault),
		TB_OK);
	assert_string_equal(m.text, "first line\n\n\nsecond line\n  third line  \nFoo: bar");
	assert_string_equal(m.origin, "vote.example.org/some/where/e/a-small-vote");
	assert_int_equal(m.opens, 1803902400);
	assert_int_equal(m.closes, 1805112000 - 1800);
	assert_int_equal(m.revote, TB_REVOTE_NEVER);
	assert_true(m.rehearsal);
	assert_int_equal(m.num_witnesses, 1);
	assert_int_equal(m.witnesses_needed, 1);
	assert_string_equal(m.witnesses[0].name, "witness.example/w");
	assert_string_equal(m.questions[0].options[0].label, " Yes");
	assert_string_equal(m.questions[0].options[0].id, "y");
	assert_string_equal(m.questions[0].options[0].text, "text of yes\n\nmore");
	assert_string_equal(m.questions[0].options[1].label, "No");
	assert_string_equal(m.questions[0].options[1].link, "http://example.org/");
	assert_string_equal(m.questions[0].options[1].text, "bar");
	assert_null(m.questions[0].options[0].picture);
	assert_string_equal(m.questions[0].options[1].picture, strchr(PICTURE, ',') + 1);
	assert_int_equal(m.questions[0].min, 0);
	assert_int_equal(m.questions[0].max, 2);
	assert_int_equal(m.questions[0].winners, 2);
	assert_int_equal(m.questions[0].approval.a, 333);
	assert_int_equal(m.questions[0].approval.b, 1000);
	assert_true(m.questions[0].approval.strict);
	assert_int_equal(m.questions[0].quorum.count, 10);
	tb_manifest_release(&m);
}

#define RANKED "Question: Who?\nMethod: ranked\nCount: Condorcet-Debian\n"
#define OPTIONS "[] Ada\n[] Bert\n[] Nobody\n"

static void test_how_rankings_may_be_written(void **state)
{
	tb_manifest m;
	tb_fault fault;
	tb_question *q;

	(void)state;
	assert_int_equal(
		read_text(&m, HEAD,
			"Question: Who?\nDefault option: nobody\nMethod: Ranked\nDefault quorum: "
			"7\nCount: condorcet-debian\n[] Ada\n[] Bert\nMajority: 3:1\n text\n[] "
			"Nobody\nEqual ranks: YES\n"
			"Question: And who?\nMethod: ranked up to 2\nCount: scottish-stv-2007\n"
			"Minimum votes: 3\nEqual ranks: no\n" OPTIONS
			"Question: Again?\nMethod: ranked 2 to 3\nCount: borda\nWinners: 2\n" OPTIONS,
			&fault),
		TB_OK);
	assert_int_equal(m.mixes, 2); /* the threshold */
	q = m.questions;
	assert_int_equal(q[0].min, 0);
	assert_int_equal(q[0].max, 3);
	assert_int_equal(q[0].score_max, 1);
	assert_string_equal(q[0].count.method, "condorcet-debian-1.9");
	assert_true(q[0].count.equal);
	assert_int_equal(q[0].count.default_option, 2);
	assert_int_equal(q[0].count.quorum, 7);
	assert_int_equal(q[0].count.ratios[0].a, 1);
	assert_int_equal(q[0].count.ratios[1].a, 3);
	assert_int_equal(q[0].count.ratios[2].b, 1);
	assert_string_equal(q[0].options[1].text, "text");
	assert_int_equal(q[1].max, 2);
	assert_int_equal(q[1].count.minimum, 3);
	assert_false(q[1].count.equal);
	assert_null(q[1].count.ratios);
	assert_int_equal(q[1].count.default_option, TB_COUNT_NOBODY);
	assert_string_equal(q[2].count.method, "borda-1");
	assert_int_equal(q[2].min, 2);
	tb_manifest_release(&m);
	assert_int_equal(read_text(&m, HEAD "Mixes: 3\n", RANKED OPTIONS, &fault), TB_OK);
	assert_string_equal(m.questions[0].count.method, "condorcet-debian-1.9");
	tb_manifest_release(&m);
	assert_int_equal(read_text(&m, HEAD "Mixes: 3\n",
				 "Question: Who?\nMethod: ranked 2\nCount: irv\n" OPTIONS, &fault),
		TB_OK);
	assert_int_equal(m.mixes, 3);
	assert_int_equal(m.questions[0].min, 2);
	assert_int_equal(m.questions[0].max, 2);
	tb_manifest_release(&m);
}

/* ---- mistakes: rule, line, and what to write instead ---- */

static const struct {
	const char *head, *questions, *rule, *where, *expected; /* `expected`: a part of it, or NULL */
} BAD[] = {
	/* HEAD has 4 lines, the roles 8, so QUESTION begins in line 13 */
	{"\xff", "", "FILE.LINE", "line 1", NULL},
	{HEAD, "Question: a\xc3\x28?\n", "FILE.LINE", "line 13", NULL},
	{"Titel: x\n", "", "FILE.KEYWORD", "line 1", "\"Title:\""},
	{HEAD, QUESTION "Qourum: 20% of electorate\n", "FILE.KEYWORD", "line 17", "\"Quorum:\""},
	{HEAD, QUESTION "Zzzzzzzzz: 20% of electorate\n", "FILE.KEYWORD", "line 17", "| "},
	{"Id: x\n", "", "FILE.KEYWORD", "line 1", "Question"},
	{"[] x\n", "", "FILE.KEYWORD", "line 1", "Question"},
	{HEAD, "Question: x\nLink: https://example.org\n", "FILE.KEYWORD", "line 14", "option"},
	{HEAD, "Question: x\nPicture: " PICTURE "\n", "FILE.KEYWORD", "line 14", "option"},
	{HEAD "Witness: " WITNESS "\n", QUESTION, "FILE.MISSING", NULL, "Witnesses: ..."},
	{HEAD "Witnesses: 0\n", "", "FILE.VALUE", "line 5", NULL},
	{HEAD "Witnesses: 1\n", QUESTION, "MANIFEST.WITNESSES", NULL, "1 to 20 witnesses"},
	{HEAD "Witnesses: 2\nWitness: " WITNESS "\n", QUESTION, "MANIFEST.WITNESSES",
		"line 5 (witnesses.need)", NULL},
	{HEAD "Witness: witness.example/w\n", "", "FILE.VALUE", "line 5", NULL},
	{HEAD, QUESTION " Picture: ada.png\n", "FILE.VALUE", "line 17", "data:image/png;base64,..."},
	{HEAD, QUESTION " Picture: data:image/jpeg;base64,iVBORw0KGgoAAAAAAAAAAA==\n", "FILE.VALUE",
		"line 17", NULL},
	{HEAD, QUESTION " Picture: data:image/png;base64,iVBORw0KGgo=\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION " Picture: " PICTURE "\n Picture: " PICTURE "\n", "FILE.TWICE", "line 18", NULL},
	{"Hello\n", "", "FILE.TEXT", "line 1", NULL},
	{HEAD "Hello\n", "", "FILE.TEXT", "line 5", NULL},
	{HEAD, "Question: Yes?\nMethod: referendum\n[] Yes\nVery well\n[] No\n", "FILE.TEXT", "line 16",
		"indented"},
	{HEAD, "Question: Yes?\nMethod: referendum\n[] Yes\n one\n Id: x\n two\n[] No\n", "FILE.TEXT",
		"line 19", NULL},
	{HEAD "Slug: a\nSlug: b\n", "", "FILE.TWICE", "line 6", NULL},
	{HEAD, "Question: Yes?\nMethod: approval\nMethod: approval\n", "FILE.TWICE", "line 15", NULL},
	{HEAD, "Question: Yes?\n[] a\nId: x\nId: y\n", "FILE.TWICE", "line 16", NULL},
	{"Origin: a\n", QUESTION, "FILE.MISSING", NULL, "Title"},
	{"Title: x\n", QUESTION, "FILE.MISSING", NULL, "Origin"},
	{"Title: x\nOrigin: a\n", QUESTION, "FILE.MISSING", NULL, "Polls open"},
	{"Title: x\nOrigin: a\nPolls open: 2027-03-01 12:00 UTC\n", QUESTION, "FILE.MISSING", NULL,
		"Polls close"},
	{HEAD, "", "FILE.MISSING", "line 12", "Question"},
	{HEAD, "Question: Yes?\n[] Yes\n[] No\n", "FILE.MISSING", "line 15", "Method"},
	/* values */
	{HEAD "Slug:\n", "", "FILE.VALUE", "line 5", NULL},
	{HEAD "Group: p256\n", "", "FILE.VALUE", "line 5", "ristretto255"},
	{HEAD "Granularity: week\n", "", "FILE.VALUE", "line 5", "minute"},
	{HEAD "Rules: none\n", "", "FILE.VALUE", "line 5", "standard"},
	{HEAD "Revote: always\n", "", "FILE.VALUE", "line 5", "last"},
	{HEAD "Rehearsal: maybe\n", "", "FILE.VALUE", "line 5", "yes"},
	{HEAD "Eligibility: all\n", "", "FILE.VALUE", "line 5", "offline"},
	{HEAD "Privacy floor: few\n", "", "FILE.VALUE", "line 5", "number"},
	{HEAD "Privacy floor: -1\n", "", "FILE.VALUE", "line 5", "number"},
	{HEAD "Weights: at least 5\n", "", "FILE.VALUE", "line 5", "refuse below"},
	{HEAD "Weights: warn below 5 holders each\n", "", "FILE.VALUE", "line 5", "refuse below"},
	{HEAD "Threshold: 2\n", "", "FILE.VALUE", "line 5", "2 of 3"},
	{HEAD "Threshold: 4 of 3\n", "", "FILE.VALUE", "line 5", "2 of 3"},
	{HEAD "Admin: The secretary\n", "", "FILE.VALUE", "line 5", "tabella-admin-1"},
	{HEAD "Admin: The secretary tabella-admin-1 sign=AAAA\n", "", "ROLE.LINE", "line 5", "base64"},
	{HEAD "Admin: x tabella-registrar-1 sign=4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY=\n", "",
		"FILE.VALUE", "line 5", "tabella-admin-1"},
	{HEAD "Admin: tabella-admin-1 sign=4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY=\n", "", "FILE.VALUE",
		"line 5", "name"},
	{HEAD, "Question: Yes?\nMethod: stv\n", "FILE.VALUE", "line 14", "choose 1 to 3"},
	{HEAD, "Question: Yes?\nMethod: choose\n", "FILE.VALUE", "line 14", NULL},
	{HEAD, "Question: Yes?\nMethod: choose 1 two 3\n", "FILE.VALUE", "line 14", NULL},
	{HEAD, "Question: Yes?\nMethod: score 1 to 5\n", "FILE.VALUE", "line 14", "score 0 to 5"},
	{HEAD, "Question: Yes?\nMethod: score 0 to 0\n", "FILE.VALUE", "line 14", NULL},
	{HEAD, "Question: Yes?\nMethod: approval 2\n", "FILE.VALUE", "line 14", NULL},
	{HEAD, QUESTION "Winners: two\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Quorum: 20%\n", "FILE.VALUE", "line 17", "20% of electorate"},
	{HEAD, QUESTION "Quorum: 20% of ballots\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Quorum: 10\n", "FILE.VALUE", "line 17", "ballots"},
	{HEAD, QUESTION "Approval: 10 ballots\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Approval: 1/2\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Order: shuffled\n", "FILE.VALUE", "line 17", "random"},
	{HEAD, QUESTION "Blank: 1\n", "FILE.VALUE", "line 17", "yes"},
	{HEAD "Mixes: 0\n", "", "FILE.VALUE", "line 5", "at least 1"},
	{HEAD "Mixes: two\n", "", "FILE.VALUE", "line 5", "number"},
	{HEAD "Mixes: 2\n", QUESTION, "RANK.MANIFEST", "line 5 (mixes)", "no question is ranked"},
	{HEAD "Mixes: 1\n", "Question: Who?\nMethod: ranked\nCount: irv\n[] a\n", "RANK.MANIFEST",
		"line 5 (mixes)", NULL},
	{HEAD, "Question: Who?\nMethod: ranked 0 to 0\n", "FILE.VALUE", "line 14", "ranked"},
	{HEAD, "Question: Who?\nMethod: ranked some\n", "FILE.VALUE", "line 14", NULL},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: stv\n", "FILE.VALUE", "line 15", "scottish-stv"},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: score-1\n", "FILE.VALUE", "line 15", NULL},
	{HEAD, "Question: Who?\nMethod: ranked\n[] a\n[] b\n", "FILE.MISSING", "line 14", "Count"},
	{HEAD, "Question: Who?\nMethod: ranked\n[] a\n[] b\n" QUESTION, "FILE.MISSING", "line 14", "Count"},
	{HEAD, QUESTION "Count: irv\n", "FILE.KEYWORD", "line 17", "Method: ranked"},
	{HEAD, QUESTION "Equal ranks: no\n" QUESTION, "FILE.KEYWORD", "line 17", "Method: ranked"},
	{HEAD, QUESTION "Majority: 1:1\n", "FILE.KEYWORD", "line 17", "Method: ranked"},
	{HEAD, "Question: Who?\nMajority: 2:1\n", "FILE.KEYWORD", "line 14", "option"},
	{HEAD, QUESTION "Count: irv\nCount: irv\n", "FILE.TWICE", "line 18", NULL},
	{HEAD, QUESTION "Majority: 1:1\nMajority: 1:1\n", "FILE.TWICE", "line 18", NULL},
	{HEAD, QUESTION "Majority: 3\n", "FILE.VALUE", "line 17", "3:1"},
	{HEAD, QUESTION "Majority: 3:1:1\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Majority: :1\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Majority: 3: 1\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Majority: 1:4294967297\n", "FILE.VALUE", "line 17", NULL},
	{HEAD, QUESTION "Equal ranks: perhaps\n", "FILE.VALUE", "line 17", "yes"},
	{HEAD, QUESTION "Minimum votes: few\n", "FILE.VALUE", "line 17", "number"},
	{HEAD, QUESTION "Default quorum: few\n", "FILE.VALUE", "line 17", "number"},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: condorcet-debian\nDefault option: x\n[] a\n",
		"FILE.VALUE", "line 16", "id of an option"},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: irv\nDefault option: a\n[] a\n", "RANK.MANIFEST",
		"line 16 (questions[0].count.default)", NULL},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: irv\nEqual ranks: yes\n[] a\n", "RANK.MANIFEST",
		"line 16 (questions[0].count.equal)", NULL},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: borda\nMinimum votes: 2\n[] a\n", "RANK.MANIFEST",
		"line 16 (questions[0].count.minimum)", NULL},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: irv\nDefault quorum: 2\n[] a\n", "RANK.MANIFEST",
		"line 16 (questions[0].count.quorum)", NULL},
	{HEAD, "Question: Who?\nMethod: ranked\nCount: irv\n[] a\n[] b\n Majority: 2:1\n", "RANK.MANIFEST",
		NULL, "default option"},
	{HEAD,
		"Question: Who?\nMethod: ranked\nCount: condorcet-debian\nDefault option: a\n[] a\n[] b\n "
		"Majority: 2:0\n",
		"RANK.MANIFEST", "line 19 (questions[0].count.ratios[1])", NULL},
	{"Title: x\nPolls open: tomorrow\n", "", "FILE.TIME", "line 2", "2027-03-01 12:00 UTC"},
	{"Title: x\nPolls open: 2027-03-01 AoE\n", "", "FILE.TIME", "line 2", "zone"},
	/* rules that the manifest breaks, at the line that broke them */
	{HEAD "Slug: A\n", QUESTION, "ID", "line 5 (slug)", NULL},
	{"Title: \"\"\nOrigin: a\nPolls open: 2027-03-01 12:00 UTC\nPolls close: 2027-03-14 AoE\nSlug: x\n",
		QUESTION, "TEXT", "line 1 (title)", NULL},
	{"Title: x\nOrigin: https://a\nPolls open: 2027-03-01 12:00 UTC\nPolls close: 2027-03-14 AoE\n",
		QUESTION, "MANIFEST.ORIGIN", "line 2 (origin)", NULL},
	{"Title: x\nOrigin: a\nPolls open: 2027-03-01 12:00:30 UTC\nPolls close: 2027-03-14 AoE\n", QUESTION,
		"MANIFEST.WINDOW", "line 3 (opens)", NULL},
	{"Title: x\nOrigin: a\nPolls open: 2027-03-01 12:00 UTC\nPolls close: 2027-02-14 AoE\n", QUESTION,
		"MANIFEST.WINDOW", "line 4 (closes)", NULL},
	{HEAD, "Question: Yes?\nBjo\xcc\x88rn\nMethod: referendum\n[] Yes\n[] No\n", "TEXT",
		"line 14 (questions[0].text)", NULL},
	{HEAD, "Question: Yes?\nMethod: referendum\n[] Yes\n", "MANIFEST.QUESTIONS",
		"line 13 (questions[0].options)", NULL},
	{HEAD, QUESTION "Winners: 3\n", "MANIFEST.QUESTIONS", "line 17 (questions[0].winners)", NULL},
	{HEAD, QUESTION "Quorum: 3/2 of electorate\n", "MANIFEST.QUESTIONS",
		"line 17 (questions[0].quorum.fraction)", NULL},
	{HEAD, QUESTION "Blank: yes\n", "MANIFEST.QUESTIONS", "line 17 (questions[0].blank)", NULL},
	{HEAD, "Question: Yes?\nMethod: choose 1 to 3\n[] Yes\n[] No\n", "MANIFEST.QUESTIONS",
		"line 14 (questions[0].max)", NULL},
	{HEAD, QUESTION " Link: ftp://x\n", "TEXT", "line 17 (questions[0].options[1].link)", NULL},
	{HEAD, QUESTION " Id: A\n", "ID", "line 17 (questions[0].options[1].id)", NULL},
	{HEAD, "Question: Yes?\nMethod: referendum\n[] Yes\nId: a\n[] No\nId: a\n", "MANIFEST.QUESTIONS",
		"line 18 (questions[0].options[1].id)", NULL},
	{HEAD, "Question: Yes?\nMethod: referendum\n[] Yes\n[] Yes\n", "MANIFEST.QUESTIONS",
		"line 16 (questions[0].options[1].label)", NULL},
	{HEAD, QUESTION " text with \xe2\x80\xae in it\n", "TEXT", "line 17 (questions[0].options[1].text)",
		NULL},
};

static void test_mistakes_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		tb_fault fault = {.rule = "none"};
		tb_manifest m;
		tb_err err = read_text(&m, BAD[i].head, BAD[i].questions, &fault);

		if (err != TB_ERR_RULE || strcmp(fault.rule, BAD[i].rule) != 0 ||
			(BAD[i].where != NULL && strcmp(fault.where, BAD[i].where) != 0) ||
			(BAD[i].expected != NULL && strstr(fault.expected, BAD[i].expected) == NULL))
			fail_msg("%zu: %s at %s: expected %s, found %s", i, fault.rule, fault.where,
				fault.expected, fault.found);
		assert_null(m.title);
	}
}

static void test_same_questions_get_ids_of_their_own(void **state)
{
	tb_manifest m;
	tb_fault fault;

	(void)state;
	assert_int_equal(read_text(&m, HEAD,
				 QUESTION QUESTION "Question: \xe6\x9d\x8e\nMethod: choose 1\n[] "
						   "\xe6\x9d\x8e\n[] \xe6\x9d\x8e\xe6\x9d\x8e\n"
						   "[] A\n[] a!\n[] b\nId: a\n",
				 &fault),
		TB_OK);
	assert_string_equal(m.questions[1].id, "yes-2");
	assert_string_equal(m.questions[2].id, "question-3");
	assert_string_equal(m.questions[2].options[0].id, "option-1");
	assert_string_equal(m.questions[2].options[1].id, "option-2");
	assert_string_equal(m.questions[2].options[2].id, "a-2"); /* "a" is written further down */
	assert_string_equal(m.questions[2].options[3].id, "a-3");
	assert_string_equal(m.questions[2].options[4].id, "a");
	tb_manifest_release(&m);
}

/* ---- drafts ---- */

static void test_drafts(void **state)
{
	static const char draft[] = HEAD "Threshold: 2 of 3\n" QUESTION;
	static const struct {
		tb_role role;
		const char *line;
	} lines[] = {{TB_ROLE_SERVER, "Server: "}, {TB_ROLE_ADMIN, "Admin: "},
		{TB_ROLE_REGISTRAR, "Registrar: "}, {TB_ROLE_TRUSTEE, "Trustee: Chen"}};
	char *roles = role_lines();
	tb_manifest m;
	tb_fault fault;
	unsigned missing;
	tb_buf text;

	(void)state;
	assert_int_equal(tb_election_text_parse_draft(&m, draft, sizeof draft - 1, &missing, &fault), TB_OK);
	assert_int_equal(missing,
		1u << TB_ROLE_SERVER | 1u << TB_ROLE_ADMIN | 1u << TB_ROLE_REGISTRAR | 1u << TB_ROLE_TRUSTEE);
	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	assert_int_equal(tb_election_text_write(&text, &m), TB_OK); /* what is there can be shown */
	assert_null(strstr(tb_buf_cstr(&text), "Server:"));
	tb_manifest_release(&m);
	assert_int_equal(tb_election_text_parse(&m, draft, sizeof draft - 1, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "FILE.MISSING");
	for (size_t i = 0; i < 4; i++) { /* one of them missing at a time */
		char *at = strstr(roles, lines[i].line), saved = *at;

		tb_buf_clear(&text);
		tb_buf_text(&text, HEAD);
		*at = '#';
		tb_buf_text(&text, roles);
		*at = saved;
		tb_buf_text(&text, QUESTION);
		assert_int_equal(
			tb_election_text_parse_draft(&m, tb_buf_cstr(&text), text.len, &missing, &fault),
			TB_OK);
		assert_int_equal(missing, 1u << lines[i].role);
		tb_manifest_release(&m);
		assert_int_equal(
			tb_election_text_parse(&m, tb_buf_cstr(&text), text.len, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "FILE.MISSING");
		if (lines[i].role != TB_ROLE_TRUSTEE)
			assert_non_null(strstr(fault.expected, lines[i].line));
	}
	/* what is there is checked: a key twice */
	tb_buf_clear(&text);
	tb_buf_text(&text, HEAD "Threshold: 1 of 5\n");
	tb_buf_append(&text, strstr(roles, "Trustee: Ada"),
		(size_t)(strstr(roles, "Trustee: Bj") - strstr(roles, "Trustee: Ada")));
	tb_buf_append(&text, strstr(roles, "Trustee: Ada"),
		(size_t)(strstr(roles, "Trustee: Bj") - strstr(roles, "Trustee: Ada")));
	tb_buf_text(&text, QUESTION);
	assert_int_equal(tb_election_text_parse_draft(&m, tb_buf_cstr(&text), text.len, &missing, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, "MANIFEST.KEYS");
	assert_string_equal(fault.where, "line 7 (trustees[1].sign_key)");
	/* more trustees than planned */
	tb_buf_clear(&text);
	tb_buf_text(&text, HEAD);
	tb_buf_text(&text, roles);
	tb_buf_text(&text, strstr(roles, "Trustee: Chen"));
	tb_buf_text(&text, QUESTION);
	assert_int_equal(tb_election_text_parse_draft(&m, tb_buf_cstr(&text), text.len, &missing, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, "FILE.VALUE");
	tb_buf_release(&text);
	free(roles);
}

/* ---- times [FILE.TIME] ---- */

static void test_times(void **state)
{
	static const struct {
		const char *text;
		uint64_t t;
	} good[] = {
		{"2027-03-01 12:00 UTC", 1803902400},
		{"2027-03-01T12:00:00Z", 1803902400},
		{" 2027-03-01 12:00:07   utc ", 1803902407},
		{"2027-03-01 14:00 +02:00", 1803902400},
		{"2027-03-01T14:00+0200", 1803902400},
		{"2027-03-01 08:30 -0330", 1803902400},
		{"2027-03-01 14:00 UTC+02:00", 1803902400},
		{"2027-03-01 00:00 anywhere on earth", 1803902400},
		{"2027-02-28 anywhere on earth", 1803902400},
		{"2027-02-28 AoE", 1803902400},
		{"1970-01-01 00:00 UTC", 0},
		{"1970-01-01 14:00 +14:00", 0},
		{"@1803902400", 1803902400},
		{"@9007199254740991", 9007199254740991},
		{"9999-12-31 23:59:59 UTC", 253402300799},
		{"2028-02-29 00:00 UTC", 1835395200},
	};
	static const char *const bad[] = {"", "2027-03-01", "2027-03-01 12:00", "2027-03-01 UTC",
		"2027-03-01 12 UTC", "2027-3-1 12:00 UTC", "2027-02-29 12:00 UTC", "2027-13-01 12:00 UTC",
		"2027-03-01 24:00 UTC", "2027-03-01 12:60 UTC", "2027-03-01 12:00:60 UTC",
		"2027-03-01 12:00 CET", "2027-03-01 12:00 +2", "2027-03-01 12:00 +15:00",
		"2027-03-01 12:00 +02:60", "1969-12-31 23:59 UTC", "1970-01-01 00:00 +01:00", "@", "@-1",
		"@1.5", "@9007199254740992", "01.03.2027 12:00 UTC", "2027-03-01 12:00 UTC now",
		"2027-03-01 12:00:00.5 UTC"};
	char text[32];
	tb_fault fault;
	uint64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		if (tb_time_parse(&t, good[i].text, strlen(good[i].text), &fault) != TB_OK || t != good[i].t)
			fail_msg("%s: %llu", good[i].text, (unsigned long long)t);
		tb_time_write(text, good[i].t);
		assert_int_equal(tb_time_parse(&t, text, strlen(text), &fault), TB_OK);
		assert_int_equal(t, good[i].t);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (tb_time_parse(&t, bad[i], strlen(bad[i]), &fault) != TB_ERR_RULE)
			fail_msg("%s", bad[i]);
		assert_string_equal(fault.rule, "FILE.TIME");
	}
	tb_time_write(text, 1803902400);
	assert_string_equal(text, "2027-03-01 12:00 UTC");
	tb_time_write(text, 1803902401);
	assert_string_equal(text, "2027-03-01 12:00:01 UTC");
}

static void test_slugs(void **state)
{
	static const char *const cases[][2] = {{"", ""}, {"Ada", "ada"},
		{"Who shall be on the board?", "who-shall-be-on-the-board"}, {"--a  b--", "a-b"},
		{"Bj\xc3\xb6rn", "bjrn"}, {"\xe6\x9d\x8e", ""}, {"A.B_C", "a-b-c"},
		{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx y z",
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}};
	char slug[TB_ID_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tb_slug_from_text(slug, cases[i][0]);
		assert_string_equal(slug, cases[i][1]);
		assert_int_equal(tb_slug_is_valid(slug, strlen(slug)), slug[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_survives),
		cmocka_unit_test(test_ranked_questions_survive),
		cmocka_unit_test(test_how_rankings_may_be_written),
		cmocka_unit_test(test_tricky_texts_survive),
		cmocka_unit_test(test_ids_survive),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_how_it_may_be_written),
		cmocka_unit_test(test_mistakes_are_named),
		cmocka_unit_test(test_same_questions_get_ids_of_their_own),
		cmocka_unit_test(test_drafts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_slugs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
