/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#include "tests/support/fixture.h"
#include "tests/support/held.h"

/* Choose 1..2 of 3 or blank, score 0..5, referendum. */
static const tb_sample_question THREE[] = {{3, 1, 1, 2, true}, {2, 5, 0, 10, false}, {2, 1, 1, 1, false}};

static void assert_fault(tb_err err, const tb_fault *fault, const char *rule, const char *where)
{
	assert_int_equal(err, TB_ERR_RULE);
	assert_string_equal(fault->rule, rule);
	assert_string_equal(fault->where, where);
}

/* ---- totals ---- */
static void test_weighted_totals_are_those_of_the_plain_count(void **state)
{
	(void)state;
	for (int weighted = 0; weighted < 2; weighted++) {
		for (size_t partials = 0; partials <= 4; partials += 2) {
			tb_held e;

			tb_held_hold(
				&e, tb_group_ristretto255(), THREE, 3, 3, 2, 33, weighted == 1, partials);
			tb_held_finish(&e);
			tb_held_decrypt(&e, (const uint32_t[]){3, 1}, 2);
			tb_held_assert_totals(&e);
			tb_held_release(&e);
		}
	}
}

/* However the work is divided, the same is endorsed. */
static void test_the_statement_does_not_depend_on_threads(void **state)
{
	tb_endorsement said[3];

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		uint8_t seed[64];
		tb_sample s;
		tb_tally *t, *partial;
		tb_tally_close close = {.size = 3};
		tb_fault fault;

		tb_sample_new(&s, tb_group_ristretto255(), THREE, 3, 3, 2);
		tb_sample_fixed_key(&s);
		assert_int_equal(tb_tally_new(&t, s.params), TB_OK);
		assert_int_equal(tb_tally_new(&partial, s.params), TB_OK);
		for (uint64_t i = 0; i < 8; i++) {
			uint64_t voter =
				k == 2 ? 7 - i : i; /* sums come in any order, the list in log order */
			tb_sample_ballot b;

			tb_held_leaf(seed, i);
			assert_int_equal(tb_tally_list(t, 10 + i, seed, 1 + i), TB_OK);
			tb_sample_cast(&b, &s, voter, NULL);
			assert_int_equal(
				tb_tally_add_payload(k > 0 && voter % 2 == 0 ? partial : t, 10 + voter,
					b.payload.data, b.payload.len, 1 + voter, &fault),
				TB_OK);
			tb_sample_ballot_free(&b);
		}
		assert_int_equal(tb_tally_merge(t, partial), TB_OK);
		assert_int_equal(tb_tally_finish(t, &close), TB_OK);
		tb_tally_statement(t, &said[k]);
		tb_tally_free(t);
		tb_tally_free(partial);
		tb_sample_free(&s);
	}
	assert_true(tb_endorsement_same(&said[0], &said[1]));
	assert_true(tb_endorsement_same(&said[0], &said[2]));
	assert_int_equal(said[0].ballots, 8);
}

static void test_every_set_of_trustees_gives_the_same(void **state)
{
	uint8_t lot[64] = {0};
	unsigned num_sets = 0;

	(void)state;
	for (uint32_t set = 0; set < 32; set++) {
		static tb_held e;
		tb_tally_close close;
		tb_fault fault;
		tb_tally *t;

		if (set == 0) {
			tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 5, 3, 9, true, 0);
			tb_held_finish(&e);
		}
		if (__builtin_popcount(set) != 3)
			continue;
		/* the same aggregates again, for these three */
		assert_int_equal(tb_tally_new(&t, e.s.params), TB_OK);
		for (uint64_t i = 0; i < 9; i++) {
			uint64_t weight = tb_held_weight(i, true);
			tb_sample_ballot b;
			uint8_t leaf[64];

			if (weight == 0)
				continue;
			tb_held_leaf(leaf, i);
			tb_sample_cast(&b, &e.s, i, NULL);
			assert_int_equal(tb_tally_list(t, i, leaf, weight), TB_OK);
			assert_int_equal(
				tb_tally_add_payload(t, i, b.payload.data, b.payload.len, weight, &fault),
				TB_OK);
			tb_sample_ballot_free(&b);
		}
		close = e.close;
		tb_tally_free(e.tally);
		e.tally = t;
		e.close = close;
		tb_held_finish(&e);
		for (uint32_t j = 1; j <= 5; j++) {
			if (set >> (j - 1) & 1)
				tb_held_post_shares(&e, j);
		}
		assert_int_equal(tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault), TB_OK);
		tb_held_assert_totals(&e);
		if (num_sets++ == 0)
			memcpy(lot, tb_tally_lot_seed(e.tally), 64);
		assert_memory_equal(tb_tally_lot_seed(e.tally), lot, 64);
		if (num_sets == 10)
			tb_held_release(&e);
	}
	assert_int_equal(num_sets, 10);
}

/* Two of three in every pair, in modp4096 once. */
static void test_modp4096(void **state)
{
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_modp4096(), &THREE[2], 1, 2, 2, 3, true, 1);
	tb_held_finish(&e);
	tb_held_decrypt(&e, (const uint32_t[]){2, 1}, 2);
	tb_held_assert_totals(&e);
	tb_held_release(&e);
}

/* ---- list and hashes ---- */
static void put_u64(crypto_hash_sha256_state *h, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8) {
		uint8_t byte = (uint8_t)(v >> shift);

		crypto_hash_sha256_update(h, &byte, 1);
	}
}

/* Both hashes once more, with another SHA-256 and another group library. */
static void test_hashes_are_those_of_the_spec(void **state)
{
	crypto_hash_sha256_state h;
	uint8_t expected[32];
	tb_endorsement said;
	size_t offset = 90;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 20, false, 2);
	tb_held_finish(&e);
	tb_tally_statement(e.tally, &said);
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, (const uint8_t *)"tabella/v1/counted", 18);
	for (uint64_t i = 0; i < 20; i++) {
		uint8_t leaf[64];

		if (tb_held_weight(i, false) == 0)
			continue;
		tb_held_leaf(leaf, i);
		put_u64(&h, i);
		crypto_hash_sha256_update(&h, leaf, 32);
	}
	crypto_hash_sha256_final(&h, expected);
	assert_memory_equal(said.counted, expected, 32);
	assert_int_equal(said.ballots, 17);

	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, (const uint8_t *)"tabella/v1/aggregates", 21);
	for (uint8_t q = 0; q < 3; q++) {
		crypto_hash_sha256_update(&h, &q, 1);
		for (size_t k = 0; k < 2 * THREE[q].num_options; k++) {
			uint8_t sum[32] = {0};

			for (uint64_t i = 0; i < 20; i++) {
				tb_sample_ballot b;
				size_t head = offset + (i >= 10); /* a longer voter id */

				if (tb_held_weight(i, false) == 0)
					continue;
				tb_sample_cast(&b, &e.s, i, NULL);
				for (uint32_t before = 0; before < q; before++)
					head += tb_election_params_part_len(e.s.params, before);
				assert_int_equal(crypto_core_ristretto255_add(
							 sum, sum, b.payload.data + head + 32 * k),
					0);
				tb_sample_ballot_free(&b);
			}
			crypto_hash_sha256_update(&h, sum, 32);
		}
	}
	crypto_hash_sha256_final(&h, expected);
	assert_memory_equal(said.aggregates, expected, 32);
	assert_memory_equal(said.close, e.close.leaf, 32);
	assert_memory_equal(said.root, e.close.root, 32);
	assert_int_equal(said.size, e.close.size);
	tb_held_release(&e);
}

/* G-01, G-02, G-05, G-06: out of order, twice, a sum of other ballots than were listed. */
static void test_list_and_sum_must_agree(void **state)
{
	uint8_t leaf[32] = {0};
	tb_tally_close close = {.size = 1};
	tb_tally *t, *other;
	tb_sample_ballot b;
	tb_fault fault;
	tb_sample s;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), THREE, 3, 3, 2);
	tb_sample_fixed_key(&s);
	tb_sample_cast(&b, &s, 1, NULL);
	assert_int_equal(tb_tally_new(&t, s.params), TB_OK);
	assert_int_equal(tb_tally_new(&other, s.params), TB_OK);
	assert_int_equal(tb_tally_list(t, 5, leaf, 2), TB_OK);
	assert_int_equal(tb_tally_list(t, 5, leaf, 2), TB_ERR_STATE);
	assert_int_equal(tb_tally_list(t, 4, leaf, 2), TB_ERR_STATE);
	assert_int_equal(tb_tally_finish(t, &close), TB_ERR_STATE); /* listed, not summed */
	assert_int_equal(tb_tally_add_payload(t, 5, b.payload.data, b.payload.len, 1, &fault), TB_OK);
	assert_int_equal(tb_tally_finish(t, &close), TB_ERR_STATE); /* with another weight */
	assert_int_equal(tb_tally_add_payload(t, 5, b.payload.data, b.payload.len, 1, &fault), TB_OK);
	assert_int_equal(
		tb_tally_finish(t, &close), TB_ERR_STATE); /* the same weight in another number of ballots */
	assert_int_equal(tb_tally_list(t, 6, leaf, 1), TB_OK);
	assert_int_equal(tb_tally_list(t, 7, leaf, 1), TB_OK);
	assert_int_equal(tb_tally_add_payload(t, 5, b.payload.data, b.payload.len, 2, &fault), TB_OK);
	assert_int_equal(tb_tally_list(other, 1, leaf, 1), TB_OK);
	assert_int_equal(tb_tally_merge(t, other), TB_ERR_STATE); /* a list cannot be merged */
	assert_false(tb_tally_is_finished(t));
	assert_int_equal(tb_tally_finish(t, &close), TB_OK);
	assert_true(tb_tally_is_finished(t));
	assert_int_equal(tb_tally_list(t, 9, leaf, 1), TB_ERR_STATE);
	assert_int_equal(tb_tally_add_payload(t, 5, b.payload.data, b.payload.len, 1, &fault), TB_ERR_STATE);
	assert_int_equal(tb_tally_finish(t, &close), TB_ERR_STATE);
	tb_tally_free(t);

	b.payload.data[b.payload.len - 1 - 32 * 30] ^= 1; /* somewhere; then a point that is none */
	memset(b.payload.data + 90, 0xff, 32);
	assert_fault(tb_tally_add_payload(other, 5, b.payload.data, b.payload.len, 1, &fault), &fault,
		"BALLOT.POINTS", "questions[0].options[0]");
	assert_int_equal(tb_tally_add_payload(other, 5, b.payload.data, 80, 1, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "BALLOT.PAYLOAD");
	tb_tally_free(other);
	tb_sample_ballot_free(&b);
	tb_sample_free(&s);
}

/* A bad ballot of a batch is not summed. */
static void test_bad_ballots_are_not_counted(void **state)
{
	tb_ballot_batch *batch;
	tb_sample_ballot b;
	size_t num_bad;
	tb_fault fault;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 5, false, 0);
	assert_int_equal(tb_ballot_batch_new(&batch, e.s.params, 2), TB_OK);
	tb_sample_cast(&b, &e.s, 77, NULL);
	b.payload.data[b.payload.len - 32] ^= 1; /* zd */
	tb_sample_sign(&b, &e.s);
	assert_int_equal(tb_ballot_batch_add(batch, 77, &b.entry, &e.s.binding, b.public_key, 1), TB_OK);
	assert_int_equal(tb_ballot_batch_verify(batch, e.tally, &num_bad), TB_OK);
	assert_int_equal(num_bad, 1);
	tb_held_finish(&e);
	tb_held_decrypt(&e, (const uint32_t[]){2, 3}, 2);
	tb_held_assert_totals(&e);
	assert_int_equal(
		tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault), TB_OK); /* nothing more to do */
	tb_ballot_batch_free(batch);
	tb_sample_ballot_free(&b);
	tb_held_release(&e);
}

static void assert_refused(tb_held *e, uint32_t trustee, const tb_buf *p, const char *rule, const char *where)
{
	tb_fault fault;

	assert_fault(tb_tally_check_decrypt(e->tally, e->s.ceremony, trustee, p->data, p->len, &fault),
		&fault, rule, where);
}

/* ---- when [DECRYPT.WHEN], T-16, U-10 ---- */
static void test_nothing_is_decrypted_below_the_floor(void **state)
{
	tb_buf p;
	tb_fault fault;
	tb_secret x;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 5, false, 0); /* four counted */
	e.s.manifest.privacy_floor = 5;
	tb_held_finish(&e);
	for (uint32_t q = 0; q < 3; q++) {
		assert_false(tb_tally_may_decrypt(e.tally, q));
		assert_int_equal(tb_tally_outcome(e.tally, q), TB_OUTCOME_WITHHELD);
	}
	assert_false(tb_tally_may_decrypt_any(e.tally));
	tb_sample_share(&e.s, &x, 1);
	tb_buf_init(&p, 5000);
	assert_int_equal(tb_tally_make_decrypt(e.tally, e.s.ceremony, &p, 1, &x, &fault), TB_ERR_STATE);
	tb_buf_u8(&p, 1);
	tb_buf_u8(&p, 1);
	assert_refused(&e, 1, &p, "DECRYPT.WHEN", "decrypt");
	assert_int_equal(tb_tally_apply_decrypt(e.tally, e.s.ceremony, 1, p.data, p.len), TB_ERR_STATE);
	assert_int_equal(tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault), TB_OK); /* at once */
	assert_null(tb_tally_lot_seed(e.tally));
	tb_buf_release(&p);
	tb_held_release(&e);
}

/* One question without quorum: its aggregates stay closed, the others are opened. */
static void test_a_void_question_stays_closed(void **state)
{
	tb_buf p;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 5, false, 0);
	e.s.manifest.questions[1].quorum = (tb_bar){.base = TB_BASE_COUNT, .count = 5};
	tb_held_finish(&e);
	assert_int_equal(tb_tally_outcome(e.tally, 1), TB_OUTCOME_VOID);
	assert_true(tb_tally_may_decrypt(e.tally, 0) && tb_tally_may_decrypt(e.tally, 2));
	tb_held_make_shares(&e, &p, 1);
	assert_int_equal(p.len, 2 + (3 + 2 + 1) * 128);
	tb_buf_release(&p);
	tb_held_decrypt(&e, (const uint32_t[]){1, 2}, 2);
	assert_int_equal(tb_tally_totals(e.tally, 0)[2], e.totals[2]);
	assert_int_equal(tb_tally_totals(e.tally, 2)[0], e.totals[5]);
	assert_int_equal(tb_tally_totals(e.tally, 2)[1], e.totals[6]);
	tb_held_release(&e);
}

static void test_an_election_without_ballots(void **state)
{
	tb_buf p;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 0, false, 1);
	tb_held_finish(&e);
	tb_held_make_shares(&e, &p, 1);
	assert_int_equal(p.len, 2 + 128); /* the lot alone */
	tb_buf_release(&p);
	tb_held_decrypt(&e, (const uint32_t[]){1, 2}, 2);
	tb_held_assert_totals(&e);
	assert_non_null(tb_tally_lot_seed(e.tally));
	tb_held_release(&e);
}

/* ---- ciphertexts made by hand: (r*g, v*g + r*h) ---- */
static void encrypt(const tb_held *e, tb_points *part, size_t option, uint64_t v, uint64_t r, bool negative)
{
	const tb_group *g = e->s.manifest.group;
	tb_point *a = tb_points_at(part, 2 * option), *b = tb_points_at(part, 2 * option + 1), message;
	tb_scalar k;

	tb_scalar_set_u64(g, &k, r);
	if (negative)
		tb_scalar_neg(g, &k, &k);
	tb_point_generator(g, &message);
	tb_point_mul_public(g, a, &k, &message);
	tb_point_mul_public(g, b, &k, tb_election_params_h(e->s.params));
	tb_scalar_set_u64(g, &k, v);
	tb_point_mul_public(g, &message, &k, &message);
	tb_point_add(g, b, b, &message);
}

/* Two voters with opposite randomness: an aggregate A is the identity though there are ballots, and the total is right. */
static void test_an_aggregate_that_is_the_identity(void **state)
{
	uint8_t leaf[32] = {0};
	tb_points part;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &THREE[2], 1, 3, 2, 0, false, 0);
	assert_int_equal(tb_points_new(e.s.manifest.group, &part, 4), TB_OK);
	for (uint64_t i = 0; i < 2; i++) {
		encrypt(&e, &part, 0, 1, 5, i == 1);
		encrypt(&e, &part, 1, 0, 6 + i, false);
		assert_int_equal(tb_tally_list(e.tally, i, leaf, 1), TB_OK);
		assert_int_equal(tb_tally_add(e.tally, &part, 1), TB_OK);
	}
	e.totals[0] = 2;
	tb_held_finish(&e);
	tb_held_decrypt(&e, (const uint32_t[]){1, 3}, 2);
	tb_held_assert_totals(&e);
	tb_points_free(&part);
	tb_held_release(&e);
}

/* T-07: no number within the bound. */
static void test_a_total_out_of_bounds(void **state)
{
	/* one ballot of weight 1 counts; the electorate's weight is 2 */
	const uint64_t votes[] = {1, 2, 3, 1000, UINT64_MAX};

	(void)state;
	for (size_t k = 0; k < sizeof votes / sizeof votes[0]; k++) {
		uint8_t leaf[32] = {0};
		tb_points part;
		tb_fault fault;
		tb_err err;
		tb_held e;

		tb_held_hold(&e, tb_group_ristretto255(), &THREE[2], 1, 3, 2, 0, false, 0);
		assert_int_equal(tb_points_new(e.s.manifest.group, &part, 4), TB_OK);
		encrypt(&e, &part, 0, 0, 5, false);
		encrypt(&e, &part, 1, votes[k], 6, false);
		assert_int_equal(tb_tally_list(e.tally, 0, leaf, 1), TB_OK);
		assert_int_equal(tb_tally_add(e.tally, &part, 1), TB_OK);
		tb_held_finish(&e);
		tb_held_post_shares(&e, 1);
		tb_held_post_shares(&e, 2);
		err = tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault);
		if (k == 0)
			assert_int_equal(err, TB_OK);
		else
			assert_fault(err, &fault, "DECRYPT.COMBINE", "questions[0].options[1]");
		tb_points_free(&part);
		tb_held_release(&e);
	}
}

/* The bound is each question's own: what a score can reach, a referendum beside it cannot. */
static void test_each_question_has_its_own_bound(void **state)
{
	uint8_t leaf[32] = {0};
	tb_points parts[2];
	tb_fault fault;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &THREE[1], 2, 3, 2, 0, false, 0);
	for (int q = 0; q < 2; q++) {
		assert_int_equal(tb_points_new(e.s.manifest.group, &parts[q], 4), TB_OK);
		encrypt(&e, &parts[q], 0, 3, 5, false);
		encrypt(&e, &parts[q], 1, 0, 6, false);
	}
	assert_int_equal(tb_tally_list(e.tally, 0, leaf, 1), TB_OK);
	assert_int_equal(tb_tally_add(e.tally, parts, 1), TB_OK);
	tb_held_finish(&e);
	tb_held_post_shares(&e, 1);
	tb_held_post_shares(&e, 2);
	assert_fault(tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault), &fault, "DECRYPT.COMBINE",
		"questions[1].options[0]");
	assert_false(tb_tally_is_decrypted(e.tally));
	for (int q = 0; q < 2; q++)
		tb_points_free(&parts[q]);
	tb_held_release(&e);
}

/* ---- the result [RESULT.ENTRY], T-12, T-14 ---- */
static void assert_result(tb_held *e, const char *expected)
{
	static const char *const endorsers[] = {"trustee/2", "trustee/1", "trustee/3"};
	tb_fault fault;
	tb_buf p;

	tb_buf_init(&p, 4000);
	assert_int_equal(tb_tally_make_result(e->tally, &p, endorsers, 3), TB_OK);
	assert_string_equal(tb_buf_cstr(&p), expected);
	assert_int_equal(tb_tally_check_result(e->tally, p.data, p.len, endorsers, 3, &fault), TB_OK);
	assert_int_equal(tb_tally_check_result(e->tally, p.data, p.len, endorsers, 2, &fault), TB_ERR_RULE);
	for (size_t at = 0; at < p.len; at++) {
		p.data[at] ^= 1;
		assert_int_equal(
			tb_tally_check_result(e->tally, p.data, p.len, endorsers, 3, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "RESULT.ENTRY");
		p.data[at] ^= 1;
		assert_int_equal(
			tb_tally_check_result(e->tally, p.data, at, endorsers, 3, &fault), TB_ERR_RULE);
	}
	p.max = 10 + p.len;
	assert_int_equal(tb_tally_make_result(e->tally, &p, endorsers, 3), TB_ERR_LIMIT);
	assert_memory_equal(p.data, expected, p.len); /* as it was */
	tb_buf_release(&p);
}

#define CLOSE_HEX "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"

static void test_the_result(void **state)
{
	tb_points part;
	uint8_t leaf[32] = {0};
	tb_held e;
	tb_buf p;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &THREE[2], 1, 3, 2, 0, false, 0);
	e.close.electorate = 9;
	e.close.weight_electorate = 12;
	assert_int_equal(tb_points_new(e.s.manifest.group, &part, 4), TB_OK);
	for (uint64_t i = 0; i < 3;
		i++) { /* weights 1, 2, 3: the first for option 0, the others for option 1 */
		encrypt(&e, &part, 0, i == 0, 5 + i, false);
		encrypt(&e, &part, 1, i != 0, 50 + i, false);
		assert_int_equal(tb_tally_list(e.tally, i, leaf, i + 1), TB_OK);
		assert_int_equal(tb_tally_add(e.tally, &part, i + 1), TB_OK);
	}
	tb_points_free(&part);
	tb_held_finish(&e);
	tb_buf_init(&p, 4000);
	assert_int_equal(tb_tally_make_result(e.tally, &p, NULL, 0), TB_ERR_STATE);
	tb_buf_release(&p);
	tb_held_decrypt(&e, (const uint32_t[]){3, 1}, 2);
	assert_result(&e,
		"{\"close\":\"" CLOSE_HEX "\",\"counted\":3,\"weight_counted\":6,\"electorate\":9,"
		"\"weight_electorate\":12,\"endorsers\":[\"trustee/2\",\"trustee/1\",\"trustee/3\"],"
		"\"shares\":[3,1],\"questions\":[{\"id\":\"q0\",\"outcome\":\"decided\",\"quorum_met\":true,"
		"\"totals\":[1,5],\"approved\":[\"o1\",\"o0\"],\"elected\":[\"o1\"],\"ties\":[]}]}");
	tb_held_release(&e);
}

static void test_the_result_without_decryption(void **state)
{
	tb_fault fault;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &THREE[2], 1, 3, 2, 2, false, 0);
	e.s.manifest.privacy_floor = 3;
	tb_held_finish(&e);
	assert_int_equal(tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault), TB_OK);
	assert_result(&e,
		"{\"close\":\"" CLOSE_HEX "\",\"counted\":2,\"weight_counted\":2,\"electorate\":4,"
		"\"weight_electorate\":4,\"endorsers\":[\"trustee/2\",\"trustee/1\",\"trustee/3\"],"
		"\"shares\":[],\"questions\":[{\"id\":\"q0\",\"outcome\":\"withheld\",\"quorum_met\":true,"
		"\"totals\":[],\"approved\":[],\"elected\":[],\"ties\":[]}]}");
	tb_held_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weighted_totals_are_those_of_the_plain_count),
		cmocka_unit_test(test_the_statement_does_not_depend_on_threads),
		cmocka_unit_test(test_every_set_of_trustees_gives_the_same),
		cmocka_unit_test(test_modp4096),
		cmocka_unit_test(test_hashes_are_those_of_the_spec),
		cmocka_unit_test(test_list_and_sum_must_agree),
		cmocka_unit_test(test_bad_ballots_are_not_counted),
		cmocka_unit_test(test_nothing_is_decrypted_below_the_floor),
		cmocka_unit_test(test_a_void_question_stays_closed),
		cmocka_unit_test(test_an_election_without_ballots),
		cmocka_unit_test(test_an_aggregate_that_is_the_identity),
		cmocka_unit_test(test_a_total_out_of_bounds),
		cmocka_unit_test(test_each_question_has_its_own_bound),
		cmocka_unit_test(test_the_result),
		cmocka_unit_test(test_the_result_without_decryption),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
