/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/group_modp_constants.h"
#include "tests/support/plain_bitproof.h"
#include "tests/support/sample.h"

/* Ballots in modp4096, and elements outside its group [GROUP.MODP.ORDER]. */
#define HEAD 90 /* bytes before the first question, for a voter id of seven characters */
#define POINT 512
#define NUM 6

/* x -> p - x on the wire: -1 is no square, so the Jacobi symbol tells. */
static void change_sign(uint8_t *wire)
{
	uint64_t borrow = 0;

	for (int i = 0; i < POINT; i++) {
		uint8_t *at = wire + POINT - 1 - i;
		uint64_t out = (modp_p[i / 8] >> (8 * (i % 8)) & 0xff) - *at - borrow;

		*at = (uint8_t)out;
		borrow = out >> 63;
	}
}

/* One vote more. */
static void add_vote(const tb_group *g, uint8_t *wire)
{
	tb_point p, one;

	tb_point_generator(g, &one);
	assert_int_equal(tb_point_parse(g, &p, wire), TB_OK);
	tb_point_add(g, &p, &p, &one);
	tb_point_write(g, wire, &p);
}

/* A ballot whose prover keeps to the protocol, but adds to B_1 an element of an order other than q before anything is
 * hashed: only the membership test stands in its way before equation (5). */
static void forge_order(tb_sample_ballot *b, const tb_sample *s)
{
	const tb_group *g = s->manifest.group;
	const tb_bitproof_binding binding = {
		.context = s->context, .voter = "voter-1", .voter_len = 7, .voter_key = b->public_key};
	const uint8_t seed[32] = {1};
	uint8_t four[POINT] = {0};
	const uint32_t votes[] = {1, 0};
	plain_statement st;
	plain_witness w;
	plain_coins coins;
	plain_proof p;
	tb_scalar y, x;
	tb_point outside;

	four[POINT - 1] = 4; /* a square, so its Jacobi symbol is 1 */
	assert_int_equal(tb_point_parse(g, &outside, four), TB_OK);
	plain_statement_init(
		&st, tb_election_params_key(s->params), tb_election_params_definition(s->params, 0));
	plain_proof_init(&p, &st);
	plain_bits(&st, &w, votes, 0);
	plain_seed(&st, &binding, votes, 0, seed, &w, &coins);
	plain_encrypt(&st, &p, &w);
	tb_point_add(g, tb_points_at(&p.E, 1), tb_points_at(&p.E, 1), &outside);
	plain_first(&st, &p, &w, &coins);
	plain_challenge_y(&st, &p, &binding, PLAIN_FULL, &y);
	plain_second(&st, &p, &coins, &y);
	plain_challenge_x(&st, &p, &binding, PLAIN_FULL, &y, &x);
	plain_third(&st, &p, &w, &coins, &y, &x);
	plain_write(&st, b->payload.data + HEAD, &p);
	plain_proof_release(&p);
	plain_statement_release(&st);
}

static void damage(tb_sample_ballot *b, const tb_sample *s, size_t kind)
{
	uint8_t *b1 = b->payload.data + HEAD + POINT;

	if (kind == 1) {
		forge_order(b, s);
	} else if (kind ==
		   2) { /* two signs, which a random combination alone would let pass half of the time */
		change_sign(b1);
		change_sign(b1 + 2 * POINT);
	} else if (kind == 3) { /* 0 is no element at all */
		memset(b1, 0, POINT);
	} else if (kind == 4) {
		add_vote(s->manifest.group, b1);
	}
	tb_sample_sign(b, s);
}

static void test_the_bad_ones_are_named(void **state)
{
	static const char *const rules[NUM] = {
		NULL, "BALLOT.POINTS", "BALLOT.POINTS", "BALLOT.POINTS", "BALLOT.VERIFY", NULL};
	const tb_sample_question one = {2, 1, 1, 1, false};
	tb_ballot_batch *batch;
	tb_sample s;
	size_t num_bad, seen = 0;

	(void)state;
	tb_sample_new(&s, tb_group_modp4096(), &one, 1, 1, 1);
	tb_sample_fixed_key(&s);
	assert_int_equal(tb_ballot_batch_new(&batch, s.params, NUM), TB_OK);
	for (uint64_t i = 0; i < NUM; i++) {
		tb_sample_ballot b;

		tb_sample_cast(&b, &s, i, NULL);
		damage(&b, &s, i);
		assert_int_equal(tb_ballot_batch_add(batch, i, &b.entry, &s.binding, b.public_key, 0), TB_OK);
		tb_sample_ballot_free(&b);
	}
	assert_int_equal(tb_ballot_batch_verify(batch, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, 4);
	for (size_t i = 0; i < NUM; i++) {
		if (rules[i] == NULL)
			continue;
		assert_int_equal(tb_ballot_batch_bad(batch)[seen].index, i);
		assert_string_equal(tb_ballot_batch_bad(batch)[seen].rule, rules[i]);
		seen++;
	}
	tb_ballot_batch_free(batch);
	tb_sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_bad_ones_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
