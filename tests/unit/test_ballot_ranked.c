/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots with ranked questions beside others: choices, payload, audit, and the batch that checks all of it. */
#include "core/election/ballot_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fixture.h"
#include "tests/support/sample.h"

#define HEAD (83 + 7) /* of voter-0 to voter-9 */

/* A score, a ranking in one element, a choice, one with equal ranks, and one in two elements. */
static const tb_sample_question FIVE[] = {{2, 3, 0, 6, false}, {5, 0, 1, 4, false}, {3, 1, 1, 2, true},
	{4, 0, 0, 4, true}, {50, 0, 0, 50, false}};
enum { SCORE, SHORT, CHOOSE, EQUAL, LONG };

static tb_sample sample;
static tb_ballot_batch *batch;

static int set_up(void **state)
{
	(void)state;
	tb_sample_new(&sample, tb_group_ristretto255(), FIVE, 5, 3, 2);
	tb_sample_fixed_key(&sample);
	return tb_ballot_batch_new(&batch, sample.params, 64) == TB_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tb_ballot_batch_free(batch);
	tb_sample_free(&sample);
	return 0;
}

static uint8_t *part(const tb_sample_ballot *b, uint32_t question)
{
	size_t at = HEAD;

	for (uint32_t q = 0; q < question; q++)
		at += tb_election_params_part_len(sample.params, q);
	return b->payload.data + at;
}

/* ---- choices [RANK.CHOICE] ---- */

static void test_what_is_wrong_with_a_ranking_is_said(void **state)
{
	static const struct {
		uint32_t question, ranks[5];
		bool blank;
		const char *expected, *found; /* NULL: nothing is wrong */
	} cases[] = {{SHORT, {3, 0, 1, 2, 0}, false, NULL, NULL},
		{SHORT, {6, 0, 0, 0, 0}, false, "ranks from 1 to 5, or none", "rank 6"},
		{SHORT, {1, 0, 1, 0, 0}, false, "each rank once", "two options with rank 1"},
		{SHORT, {1, 0, 3, 0, 0}, false, "ranks without gaps", "rank 2 left out before a later one"},
		{SHORT, {2, 0, 0, 0, 0}, false, "ranks without gaps", "rank 1 left out before a later one"},
		{SHORT, {0, 0, 0, 0, 0}, false, "at least 1 ranked", "0"},
		{SHORT, {1, 2, 3, 4, 5}, false, "at most 4 ranked", "5"},
		{SHORT, {1, 0, 0, 0, 0}, true, "ranks: this question has no blank vote", "a blank vote"},
		{EQUAL, {1, 1, 1, 1, 0}, false, NULL, NULL}, {EQUAL, {2, 1, 2, 0, 0}, false, NULL, NULL},
		{EQUAL, {0, 0, 0, 0, 0}, false, NULL, NULL},
		{EQUAL, {1, 1, 3, 0, 0}, false, "ranks without gaps", "rank 2 left out before a later one"}};
	tb_choices c;
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char where[32];

		tb_sample_choose(&sample, &c, i);
		memcpy(c.value[cases[i].question], cases[i].ranks,
			c.num[cases[i].question] * sizeof(uint32_t));
		c.blank[cases[i].question] = cases[i].blank;
		if (cases[i].expected == NULL) {
			assert_int_equal(tb_choices_check(&c, &sample.manifest, &fault), TB_OK);
			continue;
		}
		assert_int_equal(tb_choices_check(&c, &sample.manifest, &fault), TB_ERR_RULE);
		(void)snprintf(where, sizeof where, "questions[%u]", cases[i].question);
		assert_string_equal(fault.rule, "RANK.CHOICE");
		assert_string_equal(fault.where, where);
		assert_string_equal(fault.expected, cases[i].expected);
		assert_string_equal(fault.found, cases[i].found);
		c.blank[cases[i].question] = false;
	}
	tb_choices_release(&c);
}

/* ---- payload and audit ---- */

static void test_lengths_are_those_of_the_spec(void **state)
{
	size_t total = 83 + 3;

	(void)state;
	assert_int_equal(tb_election_params_part_len(sample.params, SHORT), 128); /* [RANK.QUESTION] */
	assert_int_equal(tb_election_params_part_len(sample.params, LONG), 2 * 128);
	assert_int_equal(tb_election_params_num_ciphertexts(sample.params, LONG), 2);
	assert_int_equal(tb_election_params_num_ciphertexts(sample.params, SCORE), 2);
	assert_null(tb_election_params_definition(sample.params, EQUAL));
	assert_null(tb_election_params_ranking(sample.params, SCORE));
	assert_true(tb_election_params_ranking(sample.params, EQUAL)->equal);
	for (uint32_t q = 0; q < 5; q++)
		total += tb_election_params_part_len(sample.params, q);
	assert_int_equal(tb_election_params_payload_len(sample.params, 3), total);
	assert_int_equal(tb_manifest_ballot_bytes(&sample.manifest, 3), total);
}

/* What is in the ballot is what was ranked: decrypted with the key that this election's trustees do not have. */
static void test_a_ballot_holds_the_ranking(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (uint64_t voter = 0; voter < 4; voter++) {
		tb_sample_ballot b;
		tb_choices c;

		assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
		tb_sample_choose(&sample, &c, voter);
		tb_sample_cast(&b, &sample, voter, &c);
		for (uint32_t q = 0; q < 5; q++) {
			const tb_ranking_definition *def = tb_election_params_ranking(sample.params, q);
			tb_point elements[2], A, shared;
			uint32_t found[50];

			for (uint32_t k = 0; def != NULL && k < def->w; k++) {
				assert_int_equal(tb_point_parse(g, &A, part(&b, q) + 64 * k), TB_OK);
				assert_int_equal(
					tb_point_parse(g, &elements[k], part(&b, q) + 64 * k + 32), TB_OK);
				tb_point_mul_secret(g, &shared, &sample.key, &A);
				tb_point_sub(g, &elements[k], &elements[k], &shared);
			}
			if (def == NULL)
				continue;
			assert_int_equal(tb_ranking_decode(def, found, elements), TB_OK);
			assert_memory_equal(found, c.value[q], def->m * sizeof *found);
		}
		tb_choices_release(&c);
		tb_sample_ballot_free(&b);
	}
}

static void test_an_opened_ballot_must_recompute(void **state)
{
	uint8_t seed[64];
	tb_sample_ballot b;
	tb_choices c;
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
	tb_sample_choose(&sample, &c, 3);
	tb_sample_cast(&b, &sample, 3, NULL);
	tb_fixture_bytes(seed, "seed", 3);
	assert_int_equal(
		tb_ballot_open(sample.params, b.payload.data, b.payload.len, b.public_key, &c, seed, &fault),
		TB_OK);
	memset(c.value[EQUAL], 0, 4 * sizeof(uint32_t)); /* E-19: another vote than was encrypted */
	c.value[EQUAL][2] = c.value[EQUAL][3] = 1;
	assert_int_equal(
		tb_ballot_open(sample.params, b.payload.data, b.payload.len, b.public_key, &c, seed, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, "BALLOT.SEED");
	c.value[EQUAL][2] = 3; /* that is no ranking at all */
	assert_int_equal(
		tb_ballot_open(sample.params, b.payload.data, b.payload.len, b.public_key, &c, seed, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.CHOICE");
	tb_choices_release(&c);
	tb_sample_ballot_free(&b);
}

/* ---- the batch ---- */

static void test_honest_mixed_ballots_verify(void **state)
{
	size_t num_bad;

	(void)state;
	for (uint64_t i = 0; i < 9; i++) {
		tb_sample_ballot b;

		tb_sample_cast(&b, &sample, i, NULL);
		assert_int_equal(
			tb_ballot_batch_add(batch, i, &b.entry, &sample.binding, b.public_key, 0), TB_OK);
		tb_sample_ballot_free(&b);
	}
	assert_int_equal(tb_ballot_batch_verify(batch, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, 0);
	tb_ballot_batch_reset(batch);
}

/* An election of ranked questions only: there is no other proof, nor a generator of one. */
static void test_only_rankings(void **state)
{
	static const tb_sample_question only[] = {{3, 0, 0, 3, false}};
	tb_ballot_batch *one;
	tb_sample_ballot b;
	tb_sample s;
	tb_fault fault;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), only, 1, 1, 1);
	tb_sample_fixed_key(&s);
	assert_int_equal(tb_ballot_batch_new(&one, s.params, 1), TB_OK);
	tb_sample_cast(&b, &s, 1, NULL);
	assert_int_equal(tb_ballot_batch_verify_one(one, &b.entry, &s.binding, b.public_key, &fault), TB_OK);
	tb_sample_ballot_free(&b);
	tb_ballot_batch_free(one);
	tb_sample_free(&s);
}

/* The only ballot of a batch, signed by its voter after whatever was done to it, is refused by this rule. */
static void expect(tb_sample_ballot *b, const char *rule, uint32_t question)
{
	tb_fault fault;
	char where[32];

	tb_sample_sign(b, &sample);
	assert_int_equal(tb_ballot_batch_verify_one(batch, &b->entry, &sample.binding, b->public_key, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, rule);
	if (strcmp(rule, "RANK.VERIFY") != 0)
		return;
	(void)snprintf(where, sizeof where, "payload.questions[%u]", question);
	assert_string_equal(fault.where, where);
}

static void test_every_part_of_a_ranking_counts(void **state)
{
	tb_sample_ballot b;

	(void)state;
	tb_sample_cast(&b, &sample, 1, NULL);
	for (uint32_t q = 0; q < 5; q++) {
		if (tb_election_params_ranking(sample.params, q) == NULL)
			continue;
		for (size_t i = 0; i < tb_election_params_part_len(sample.params, q); i++) {
			tb_fault fault;
			tb_err err;

			part(&b, q)[i] ^= 1;
			tb_sample_sign(&b, &sample);
			err = tb_ballot_batch_verify_one(
				batch, &b.entry, &sample.binding, b.public_key, &fault);
			assert_int_equal(err, TB_ERR_RULE);
			if (strcmp(fault.rule, "BALLOT.POINTS") != 0) /* no point any more */
				assert_string_equal(fault.rule, "RANK.VERIFY");
			part(&b, q)[i] ^= 1;
		}
	}
	tb_sample_ballot_free(&b);
}

/* E-09, S-13: what comes from another voter's ballot is refused, whole or in parts. */
static void test_what_was_copied_is_refused(void **state)
{
	tb_sample_ballot victim, thief;
	uint8_t other[128];

	(void)state;
	tb_sample_cast(&victim, &sample, 1, NULL);
	tb_sample_cast(&thief, &sample, 2, NULL);
	memcpy(part(&thief, SHORT), part(&victim, SHORT), 128);
	expect(&thief, "RANK.VERIFY", SHORT);
	tb_sample_ballot_free(&thief);
	tb_sample_cast(&thief, &sample, 2, NULL);
	memcpy(part(&thief, LONG) + 64, part(&victim, LONG) + 64, 64); /* one element with its T and z */
	memcpy(part(&thief, LONG) + 160, part(&victim, LONG) + 160, 32);
	memcpy(part(&thief, LONG) + 224, part(&victim, LONG) + 224, 32);
	expect(&thief, "RANK.VERIFY", LONG);
	tb_sample_ballot_free(&thief);
	tb_sample_cast(&thief, &sample, 2, NULL); /* one's own, in another question */
	memcpy(other, part(&thief, SHORT), 128);
	memcpy(part(&thief, SHORT), part(&thief, EQUAL), 128);
	memcpy(part(&thief, EQUAL), other, 128);
	expect(&thief, "RANK.VERIFY", SHORT);
	tb_sample_ballot_free(&thief);
	tb_sample_ballot_free(&victim);
}

/* [BALLOT.POINTS] in rankings, and across all questions. */
static void test_points(void **state)
{
	tb_sample_ballot b;

	(void)state;
	for (int i = 0; i < 6; i++) {
		tb_sample_cast(&b, &sample, 1, NULL);
		if (i == 0)
			memset(part(&b, LONG) + 64, 0, 32); /* A_2 is the identity: readable by everybody */
		else if (i == 1)
			memcpy(part(&b, EQUAL), part(&b, SHORT), 32); /* of another ranked question */
		else if (i == 2)
			memcpy(part(&b, LONG), part(&b, CHOOSE) + 64, 32); /* of a choice */
		else if (i == 3)
			memset(part(&b, SHORT) + 32, 0xff, 32); /* B */
		else if (i == 4)
			memset(part(&b, SHORT) + 64, 0xff, 32); /* T */
		else
			memset(part(&b, SHORT) + 96, 0xff, 32); /* z */
		expect(&b, "BALLOT.POINTS", 0);
		tb_sample_ballot_free(&b);
	}
}

static void test_the_bad_ones_among_many(void **state)
{
	size_t num_bad;

	(void)state;
	for (uint64_t i = 0; i < 9; i++) {
		tb_sample_ballot b;

		tb_sample_cast(&b, &sample, i, NULL);
		if (i == 2)
			part(&b, SHORT)[96] ^= 1;
		if (i == 5)
			part(&b, CHOOSE)[3 * 64 + 4 * 32] ^= 1; /* alpha: the other kind of proof */
		if (i == 7)
			part(&b, LONG)[2 * 128 - 32] ^= 1;
		tb_sample_sign(&b, &sample);
		assert_int_equal(
			tb_ballot_batch_add(batch, i, &b.entry, &sample.binding, b.public_key, 0), TB_OK);
		tb_sample_ballot_free(&b);
	}
	assert_int_equal(tb_ballot_batch_verify(batch, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, 3);
	assert_int_equal(tb_ballot_batch_bad(batch)[0].index, 2);
	assert_string_equal(tb_ballot_batch_bad(batch)[0].rule, "RANK.VERIFY");
	assert_int_equal(tb_ballot_batch_bad(batch)[1].index, 5);
	assert_string_equal(tb_ballot_batch_bad(batch)[1].rule, "BALLOT.VERIFY");
	assert_int_equal(tb_ballot_batch_bad(batch)[2].index, 7);
	assert_int_equal(tb_ballot_batch_bad(batch)[2].question, LONG);
	tb_ballot_batch_reset(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_wrong_with_a_ranking_is_said),
		cmocka_unit_test(test_lengths_are_those_of_the_spec),
		cmocka_unit_test(test_a_ballot_holds_the_ranking),
		cmocka_unit_test(test_an_opened_ballot_must_recompute),
		cmocka_unit_test(test_honest_mixed_ballots_verify),
		cmocka_unit_test(test_only_rankings),
		cmocka_unit_test(test_every_part_of_a_ranking_counts),
		cmocka_unit_test(test_what_was_copied_is_refused),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_the_bad_ones_among_many),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
