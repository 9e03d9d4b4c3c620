/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#include "tests/support/example.h"

static const uint8_t SEED[64] = {1, 2, 3, 4};

/* ---- [RESULT.QUORUM], [RESULT.FLOOR] ---- */

static void test_outcome(void **state)
{
	const uint64_t big = UINT64_C(1) << 40;
	static const struct {
		tb_bar quorum;
		uint64_t floor;
		tb_turnout t;
		tb_outcome expected;
	} fixed[] = {
		{{.base = TB_BASE_NONE}, 0, {0, 0, 10, 10}, TB_OUTCOME_DECIDED},
		{{.base = TB_BASE_NONE}, 3, {2, 200, 10, 1000}, TB_OUTCOME_WITHHELD},
		{{.base = TB_BASE_NONE}, 3, {3, 3, 10, 10}, TB_OUTCOME_DECIDED},
		/* the quorum is of weights, the floor of ballots */
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 5}, 0, {2, 200, 10, 1000}, TB_OUTCOME_DECIDED},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 5}, 0, {5, 199, 10, 1000}, TB_OUTCOME_VOID},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 5, .strict = true}, 0, {2, 200, 10, 1000},
			TB_OUTCOME_VOID},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 5, .strict = true}, 0, {2, 201, 10, 1000},
			TB_OUTCOME_DECIDED},
		{{.base = TB_BASE_ELECTORATE, .a = 0, .b = 1}, 0, {0, 0, 10, 1000}, TB_OUTCOME_DECIDED},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 1}, 0, {9, 999, 10, 1000}, TB_OUTCOME_VOID},
		{{.base = TB_BASE_COUNT, .count = 3}, 0, {2, 2000, 10, 1000}, TB_OUTCOME_VOID},
		{{.base = TB_BASE_COUNT, .count = 3}, 0, {3, 3, 10, 1000}, TB_OUTCOME_DECIDED},
		/* both fail: void */
		{{.base = TB_BASE_COUNT, .count = 3}, 5, {2, 2, 10, 10}, TB_OUTCOME_VOID},
		{{.base = TB_BASE_COUNT, .count = 3}, 5, {4, 4, 10, 10}, TB_OUTCOME_WITHHELD},
	};
	tb_manifest m = {.privacy_floor = 0};
	tb_question q = {.quorum = {.base = TB_BASE_ELECTORATE, .a = 999999, .b = 1000000}};
	tb_turnout t = {1, 0, 1, 0};

	(void)state;
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
		tb_manifest n = {.privacy_floor = fixed[i].floor};
		tb_question p = {.quorum = fixed[i].quorum};

		if (tb_question_outcome(&n, &p, &fixed[i].t) != fixed[i].expected)
			fail_msg("case %zu", i);
	}
	/* 2^40 * 999,999 / 1,000,000 = 1,099,510,528,264.2..: 64 bits and a float would both do wrong here */
	t.weight_electorate = big;
	t.weight_counted = 1099510528264;
	assert_int_equal(tb_question_outcome(&m, &q, &t), TB_OUTCOME_VOID);
	t.weight_counted = 1099510528265;
	assert_int_equal(tb_question_outcome(&m, &q, &t), TB_OUTCOME_DECIDED);
	/* as far as the manifest's numbers go */
	t.weight_electorate = t.weight_counted = TB_MAX_TOTAL;
	q.quorum = (tb_bar){.base = TB_BASE_ELECTORATE, .a = 1000000, .b = 1000000, .strict = true};
	assert_int_equal(tb_question_outcome(&m, &q, &t), TB_OUTCOME_VOID);
	q.quorum.strict = false;
	assert_int_equal(tb_question_outcome(&m, &q, &t), TB_OUTCOME_DECIDED);
}

/* ---- [RESULT.APPROVAL] ---- */

static tb_err decide(tb_decision *d, const tb_question *q, const tb_turnout *t, const uint64_t *totals)
{
	tb_question copy = *q;
	tb_manifest m = {.questions = &copy, .num_questions = 1};

	return tb_decide(d, &m, 0, t, totals, SEED);
}

static void test_approval(void **state)
{
	static const struct {
		tb_bar approval;
		uint32_t score_max;
		uint64_t totals[3];
		bool approved[3];
	} cases[] = {
		/* 100 counted of 400; options_sum = 150 */
		{{.base = TB_BASE_NONE}, 1, {0, 1, 100}, {false, true, true}},
		{{.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2}, 1, {75, 74, 1}, {true, false, false}},
		{{.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2, .strict = true}, 1, {75, 74, 1},
			{false, false, false}},
		{{.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2, .strict = true}, 1, {76, 74, 1},
			{true, false, false}},
		{{.base = TB_BASE_BALLOTS, .a = 2, .b = 3}, 1, {66, 67, 100}, {false, true, true}},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 4}, 1, {99, 100, 0}, {false, true, false}},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 4, .strict = true}, 1, {99, 100, 0},
			{false, false, false}},
		/* scores: a share of what could have been given */
		{{.base = TB_BASE_BALLOTS, .a = 1, .b = 2}, 5, {249, 250, 500}, {false, true, true}},
		{{.base = TB_BASE_ELECTORATE, .a = 1, .b = 5}, 5, {399, 400, 500}, {false, true, true}},
		{{.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 3}, 5, {100, 99, 100}, {true, false, true}},
		/* at least nothing: everything that anybody voted for; of nothing: nothing */
		{{.base = TB_BASE_BALLOTS, .a = 0, .b = 1}, 1, {0, 1, 0}, {false, true, false}},
		{{.base = TB_BASE_BALLOTS, .a = 0, .b = 1}, 1, {0, 0, 0}, {false, false, false}},
		{{.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2}, 1, {0, 0, 0}, {false, false, false}},
		{{.base = TB_BASE_OPTIONS_SUM, .a = 0, .b = 1, .strict = true}, 1, {0, 0, 0},
			{false, false, false}},
	};
	const tb_turnout t = {100, 100, 400, 400};
	tb_decision d;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const tb_question q = {.num_options = 3,
			.score_max = cases[i].score_max,
			.winners = 3,
			.approval = cases[i].approval};

		assert_int_equal(decide(&d, &q, &t, cases[i].totals), TB_OK);
		for (size_t j = 0; j < 3; j++)
			if (d.is_approved[j] != cases[i].approved[j])
				fail_msg("case %zu option %zu", i, j);
		tb_decision_release(&d);
	}
}

static void test_large_numbers(void **state)
{
	/* (2^40/255) * 255 * 999,999 is above 2^59, and 500 options of 2^40 times 10^6 above 2^68 */
	const uint64_t weight = TB_MAX_TOTAL / 255, most = weight * 255;
	static uint64_t totals[500];
	tb_question q = {.num_options = 2,
		.score_max = 255,
		.winners = 2,
		.approval = {.base = TB_BASE_BALLOTS, .a = 999999, .b = 1000000}};
	const tb_turnout t = {weight, weight, weight, weight};
	tb_decision d;

	(void)state;
	totals[0] = most - most / 1000000;
	totals[1] = most - most / 1000000 - 1;
	assert_int_equal(decide(&d, &q, &t, totals), TB_OK);
	assert_true(d.is_approved[0]);
	assert_false(d.is_approved[1]);
	tb_decision_release(&d);
	for (size_t i = 0; i < 500; i++)
		totals[i] = most;
	totals[0] = most - 1;
	q.num_options = 500;
	q.approval = (tb_bar){.base = TB_BASE_OPTIONS_SUM, .a = 2000, .b = 1000000};
	assert_int_equal(decide(&d, &q, &t, totals), TB_OK);
	assert_false(d.is_approved[0]);
	assert_true(d.is_approved[1] && d.is_approved[499]);
	tb_decision_release(&d);
	totals[7] = most + 1;
	assert_int_equal(decide(&d, &q, &t, totals), TB_ERR_RANGE);
	assert_null(d.totals);
}

/* ---- [RESULT.ELECTED], [LOT] ---- */

static void lot_of(uint8_t out[32], uint64_t question, uint64_t option)
{
	uint8_t data[80];

	memcpy(data, SEED, 64);
	for (int i = 0; i < 8; i++) {
		data[64 + i] = (uint8_t)(question >> (56 - 8 * i));
		data[72 + i] = (uint8_t)(option >> (56 - 8 * i));
	}
	crypto_hash_sha256(out, data, sizeof data);
}

/* Is option i before option j, by the rule? */
static bool is_before(const uint64_t *totals, uint32_t question, uint32_t i, uint32_t j)
{
	uint8_t a[32], b[32];

	if (totals[i] != totals[j])
		return totals[i] > totals[j];
	lot_of(a, question, i);
	lot_of(b, question, j);
	return memcmp(a, b, 32) < 0;
}

static void test_order_and_ties(void **state)
{
	const tb_turnout t = {100, 100, 100, 100};
	tb_question questions[4];
	tb_manifest m = {.questions = questions, .num_questions = 4};
	uint64_t totals[9];
	tb_decision d;

	(void)state;
	for (uint32_t round = 0; round < 5000; round++) {
		uint32_t index = round % 4, ties = 0;
		tb_question *q = &questions[index];

		memset(questions, 0, sizeof questions);
		q->num_options = 1 + round % 9;
		q->score_max = 1;
		q->winners = 1 + round / 9 % q->num_options;
		for (uint32_t i = 0; i < 9; i++)
			totals[i] = randombytes_uniform(1 + round % 7); /* 0: not approved */
		assert_int_equal(tb_decide(&d, &m, index, &t, totals, SEED), TB_OK);
		assert_int_equal(d.num_elected, d.num_approved < q->winners ? d.num_approved : q->winners);
		for (uint32_t i = 0; i < d.num_approved; i++) {
			assert_true(d.is_approved[d.order[i]] && totals[d.order[i]] > 0);
			if (i > 0)
				assert_true(is_before(totals, index, d.order[i - 1], d.order[i]));
		}
		/* every group of two or more of which one is elected, and no other */
		for (uint32_t i = 0, j; i < d.num_elected; i = j) {
			for (j = i + 1; j < d.num_approved && totals[d.order[j]] == totals[d.order[i]]; j++)
				;
			if (j - i < 2)
				continue;
			assert_true(ties < d.num_ties);
			assert_int_equal(d.ties[ties].first, i);
			assert_int_equal(d.ties[ties].num, j - i);
			assert_int_equal(d.ties[ties].cut, j > d.num_elected);
			ties++;
		}
		assert_int_equal(ties, d.num_ties);
		tb_decision_release(&d);
		/* without a lot: fine as long as there is no tie */
		assert_int_equal(tb_decide(&d, &m, index, &t, totals, NULL), ties > 0 ? TB_ERR_STATE : TB_OK);
		tb_decision_release(&d);
	}
}

static void test_lot_depends_on_seed_and_question(void **state)
{
	tb_question questions[2] = {{.num_options = 8, .score_max = 1, .winners = 8},
		{.num_options = 8, .score_max = 1, .winners = 8}};
	tb_manifest m = {.questions = questions, .num_questions = 2};
	const uint64_t totals[8] = {5, 5, 5, 5, 5, 5, 5, 5};
	const tb_turnout t = {9, 9, 9, 9};
	uint8_t other[64] = {1, 2, 3, 5};
	tb_decision a, b, c;

	(void)state;
	assert_int_equal(tb_decide(&a, &m, 0, &t, totals, SEED), TB_OK);
	assert_int_equal(tb_decide(&b, &m, 1, &t, totals, SEED), TB_OK);
	assert_int_equal(tb_decide(&c, &m, 0, &t, totals, other), TB_OK);
	assert_memory_not_equal(a.order, b.order, 8 * sizeof *a.order);
	assert_memory_not_equal(a.order, c.order, 8 * sizeof *a.order);
	assert_int_equal(a.num_ties, 1);
	assert_false(a.ties[0].cut);
	tb_decision_release(&a);
	tb_decision_release(&b);
	tb_decision_release(&c);
}

/* ---- [RESULT] ---- */

#define CLOSE "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* budget: decided, passed; board: three tied at the cut of two; days: void (fewer than 3 ballots); logo: approved none */
static const char GOOD[] =
	"{\"close\":\"" CLOSE
	"\",\"counted\":3,\"weight_counted\":30,\"electorate\":10,\"weight_electorate\":100,"
	"\"endorsers\":[\"trustee/1\",\"endorser/auditor\",\"trustee/3\"],\"shares\":[3,1],\"questions\":["
	"{\"id\":\"budget\",\"outcome\":\"decided\",\"quorum_met\":true,\"totals\":[20,10],\"approved\":["
	"\"yes\"],"
	"\"elected\":[\"yes\"],\"ties\":[]},"
	"{\"id\":\"board\",\"outcome\":\"decided\",\"quorum_met\":true,\"totals\":[12,30,12,12],"
	"\"approved\":[\"bj-rn\",\"chen\",\"dora\",\"ada\"],\"elected\":[\"bj-rn\",\"chen\"],"
	"\"ties\":[{\"options\":[\"ada\",\"chen\",\"dora\"],\"order\":[\"chen\",\"dora\",\"ada\"],\"cut\":"
	"true}]},"
	"{\"id\":\"days\",\"outcome\":\"void\",\"quorum_met\":false,\"totals\":[],\"approved\":[],"
	"\"elected\":[],\"ties\":[]},"
	"{\"id\":\"logo\",\"outcome\":\"decided\",\"quorum_met\":true,\"totals\":[0,0],\"approved\":[],"
	"\"elected\":[],"
	"\"ties\":[]}]}";

static void test_write_gives_back_what_parse_read(void **state)
{
	tb_manifest m;
	tb_result r;
	tb_fault fault;
	tb_buf out;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	assert_int_equal(tb_result_parse(&r, &m, GOOD, sizeof GOOD - 1, &fault), TB_OK);
	assert_int_equal(r.turnout.weight_electorate, 100);
	assert_int_equal(r.num_endorsers, 3);
	assert_string_equal(r.endorsers[1], "endorser/auditor");
	assert_int_equal(r.num_shares, 2);
	assert_int_equal(r.shares[0], 3);
	assert_int_equal(r.questions[1].num_ties, 1);
	assert_int_equal(r.questions[1].ties[0].first, 1);
	assert_int_equal(r.questions[1].order[1], 2);
	assert_int_equal(r.questions[1].order[3], 0);
	assert_int_equal(r.questions[2].outcome, TB_OUTCOME_VOID);
	tb_buf_init(&out, (1u << 20));
	assert_int_equal(tb_result_write(&out, &r, &m), TB_OK);
	assert_string_equal(tb_buf_cstr(&out), GOOD);
	tb_buf_release(&out);
	tb_result_release(&r);
	tb_manifest_release(&m);
}

/* What tb_decide() gives is written, read and written again. */
static void test_decisions_survive_the_payload(void **state)
{
	tb_manifest m;
	tb_fault fault;
	tb_buf once, twice;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	tb_buf_init(&once, (1u << 20));
	tb_buf_init(&twice, (1u << 20));
	for (unsigned round = 0; round < 300; round++) {
		tb_result r, again;

		tb_result_init(&r);
		memset(r.close, 0xc5, 32);
		r.turnout = (tb_turnout){round % 7, 3 * (round % 7), 30, 90};
		r.questions = calloc(4, sizeof *r.questions);
		assert_non_null(r.questions);
		r.num_questions = 4;
		for (uint32_t i = 0; i < 4; i++) {
			uint64_t totals[4];

			for (size_t j = 0; j < 4; j++)
				totals[j] = randombytes_uniform(1 + (uint32_t)r.turnout.weight_counted);
			assert_int_equal(tb_decide(&r.questions[i], &m, i, &r.turnout, totals, SEED), TB_OK);
		}
		tb_buf_clear(&once);
		tb_buf_clear(&twice);
		assert_int_equal(tb_result_write(&once, &r, &m), TB_OK);
		assert_int_equal(tb_result_parse(&again, &m, once.data, once.len, &fault), TB_OK);
		assert_int_equal(tb_result_write(&twice, &again, &m), TB_OK);
		assert_string_equal(tb_buf_cstr(&once), tb_buf_cstr(&twice));
		tb_result_release(&r);
		tb_result_release(&again);
	}
	tb_buf_release(&once);
	tb_buf_release(&twice);
	tb_manifest_release(&m);
}

static void test_bad_payloads(void **state)
{
	static const struct {
		const char *from, *to, *rule, *where;
	} bad[] = {
		{"\"counted\":3", "\"counted\":3.0", "JSON.CANONICAL", NULL},
		{"\"counted\":3,", "", "JSON.CANONICAL", NULL},
		{CLOSE, "00", "RESULT", "close"},
		{"\"shares\":[3,1]", "\"shares\":[0]", "RESULT", "shares[0]"},
		{"\"shares\":[3,1]", "\"shares\":[21]", "RESULT", "shares[0]"},
		{"\"id\":\"board\"", "\"id\":\"bored\"", "RESULT", "questions[1].id"},
		{"\"outcome\":\"void\"", "\"outcome\":\"none\"", "RESULT", "questions[2].outcome"},
		{"\"totals\":[20,10]", "\"totals\":[20]", "RESULT", "questions[0].totals"},
		{"\"outcome\":\"void\",\"quorum_met\":false,\"totals\":[]",
			"\"outcome\":\"void\",\"quorum_met\":false,\"totals\":[1]", "RESULT",
			"questions[2].totals"},
		{"\"approved\":[\"yes\"]", "\"approved\":[\"maybe\"]", "RESULT", "questions[0].approved[0]"},
		{"\"approved\":[\"yes\"]", "\"approved\":[\"no\"]", "RESULT", "questions[0].elected[0]"},
		{"\"approved\":[\"yes\"]", "\"approved\":[\"yes\",\"yes\"]", "RESULT",
			"questions[0].approved"},
		{"[\"bj-rn\",\"chen\",\"dora\",\"ada\"]", "[\"chen\",\"bj-rn\",\"dora\",\"ada\"]", "RESULT",
			"questions[1].elected[0]"},
		{"[\"bj-rn\",\"chen\"]", "[\"bj-rn\",\"bj-rn\"]", "RESULT", "questions[1].elected[1]"},
		{"\"order\":[\"chen\",\"dora\",\"ada\"]", "\"order\":[\"dora\",\"chen\",\"ada\"]", "RESULT",
			"questions[1].ties[0].order[1]"},
		{"\"order\":[\"chen\",\"dora\",\"ada\"]", "\"order\":[\"chen\",\"dora\",\"dora\"]", "RESULT",
			"questions[1].ties[0].order[2]"},
		{"\"options\":[\"ada\",\"chen\",\"dora\"]", "\"options\":[\"chen\",\"ada\",\"dora\"]",
			"RESULT", "questions[1].ties[0].options"},
		{"\"options\":[\"ada\",\"chen\",\"dora\"]", "\"options\":[\"ada\",\"chen\"]", "RESULT",
			"questions[1].ties[0].order"},
	};
	char text[2 * sizeof GOOD];
	tb_manifest m;
	tb_result r;
	tb_fault fault;

	(void)state;
	assert_int_equal(example_manifest(&m), TB_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const char *at = strstr(GOOD, bad[i].from);

		assert_non_null(at);
		snprintf(text, sizeof text, "%.*s%s%s", (int)(at - GOOD), GOOD, bad[i].to,
			at + strlen(bad[i].from));
		memset(&fault, 0, sizeof fault);
		if (tb_result_parse(&r, &m, text, strlen(text), &fault) != TB_ERR_RULE ||
			strcmp(fault.rule, bad[i].rule) != 0 ||
			(bad[i].where != NULL && strcmp(fault.where, bad[i].where) != 0))
			fail_msg("%s: %s at %s", bad[i].to, fault.rule, fault.where);
	}
	tb_manifest_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outcome),
		cmocka_unit_test(test_approval),
		cmocka_unit_test(test_large_numbers),
		cmocka_unit_test(test_order_and_ties),
		cmocka_unit_test(test_lot_depends_on_seed_and_question),
		cmocka_unit_test(test_write_gives_back_what_parse_read),
		cmocka_unit_test(test_decisions_survive_the_payload),
		cmocka_unit_test(test_bad_payloads),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
