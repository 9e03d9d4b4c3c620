/* SPDX-License-Identifier: Apache-2.0 */
/* The aggregated ballot proof [BALLOT.PROVE] [BALLOT.VERIFY]: honest and damaged proofs, batches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bitproof.h"
#include "tests/support/fixture.h"
#include "tests/support/group_tiny.h"
#include "tests/support/plain_bitproof.h"

typedef struct shape {
	uint32_t m, S, min, max;
	bool blank;
} shape;

/* referendum, choose-n with every kind of slack, approval, scores, blanks, min = max, the extremes */
static const shape SHAPES[] = {{1, 1, 0, 1, false}, {1, 1, 1, 1, false}, {1, 1, 1, 1, true},
	{2, 1, 1, 1, false}, {3, 1, 1, 1, true}, {5, 1, 1, 3, false}, {5, 1, 0, 5, false}, {5, 1, 2, 4, true},
	{4, 1, 3, 3, false}, {7, 1, 0, 7, false}, {20, 1, 1, 5, false}, {1, 255, 0, 255, false},
	{2, 5, 0, 10, false}, {3, 3, 6, 6, false}, {3, 4, 0, 12, false}, {2, 10, 1, 7, true},
	{4, 2, 8, 8, false}, {3, 100, 100, 100, true}};
#define NUM_SHAPES (sizeof SHAPES / sizeof SHAPES[0])

static void define(tb_bitproof_definition *def, const shape *s)
{
	assert_int_equal(tb_bitproof_define(def, s->m, s->S, s->min, s->max, s->blank), TB_OK);
}

/* ---- honest proofs ---- */
typedef struct bench {
	tb_fixture f;
	tb_bitproof_definition def;
	tb_bitproof *proof;
} bench;

static void bench_new(bench *b, const tb_group *g, const shape *s)
{
	define(&b->def, s);
	tb_fixture_new(&b->f, g, b->def.num_bits);
	assert_int_equal(tb_bitproof_new(g, &b->proof, &b->def), TB_OK);
}

static void bench_free(bench *b)
{
	tb_bitproof_free(b->proof);
	tb_fixture_free(&b->f);
}

static uint8_t *make(const bench *b, uint64_t voter)
{
	uint32_t votes[TB_BITPROOF_MAX_OPTIONS], blank;

	tb_fixture_choose(&b->def, voter, votes, &blank);
	return tb_fixture_prove(&b->f, &b->def, voter, votes, blank);
}

static tb_err verify(bench *b, uint64_t voter, const uint8_t *wire)
{
	return tb_bitproof_verify(b->proof, b->f.batch, &b->f.key, tb_fixture_binding(voter), wire,
		tb_bitproof_bytes(b->f.g, &b->def));
}

static void test_honest_ballots_of_every_shape(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		for (size_t i = 0; i < NUM_SHAPES; i++) {
			bench b;

			if (k > 0 && i % 6 != 2) /* modp4096 is slow */
				continue;
			bench_new(&b, groups[k], &SHAPES[i]);
			for (uint64_t voter = 0; voter < (k == 0 ? 8 : 1); voter++) {
				uint8_t *wire = make(&b, voter);

				assert_int_equal(verify(&b, voter, wire), TB_OK);
				free(wire);
			}
			bench_free(&b);
		}
	}
}

static void test_the_largest_question(void **state)
{
	const shape s = {250, 255, 1, 1, false};
	uint8_t *wire;
	bench b;

	(void)state;
	bench_new(&b, tb_group_ristretto255(), &s);
	wire = make(&b, 1);
	assert_int_equal(verify(&b, 1, wire), TB_OK);
	free(wire);
	bench_free(&b);
}

/* [BALLOT.CHALLENGE] [BALLOT.SEED] The plain prover, written from the spec, makes the very same bytes from the same seed; the plain verifier agrees. */
static void test_bytes_are_those_of_the_plain_prover(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		for (size_t i = 0; i < NUM_SHAPES; i++) {
			static uint8_t plain_wire[64 * 1024];
			uint32_t votes[PLAIN_MAX_OPTIONS], blank;
			const tb_bitproof_binding *binding = tb_fixture_binding(i);
			plain_statement st;
			plain_proof p;
			plain_witness w;
			plain_coins c;
			uint8_t seed[64], *wire;
			tb_scalar y, x;
			bench b;

			if (k > 0 && i != 2 && i != 13)
				continue;
			bench_new(&b, groups[k], &SHAPES[i]);
			wire = make(&b, i);
			tb_fixture_choose(&b.def, i, votes, &blank);
			tb_fixture_bytes(seed, "seed", i);
			plain_statement_init(&st, &b.f.key, &b.def);
			plain_proof_init(&p, &st);
			plain_seed(&st, binding, votes, blank, seed, &w, &c);
			plain_bits(&st, &w, votes, blank);
			plain_encrypt(&st, &p, &w);
			plain_first(&st, &p, &w, &c);
			plain_challenge_y(&st, &p, binding, PLAIN_FULL, &y);
			plain_second(&st, &p, &c, &y);
			plain_challenge_x(&st, &p, binding, PLAIN_FULL, &y, &x);
			plain_third(&st, &p, &w, &c, &y, &x);
			assert_int_equal(plain_failing(&st, &p, &y, &x), 0);
			plain_write(&st, plain_wire, &p);
			assert_memory_equal(plain_wire, wire, tb_bitproof_bytes(groups[k], &b.def));
			plain_proof_release(&p);
			plain_statement_release(&st);
			free(wire);
			bench_free(&b);
		}
	}
}

/* An audit rebuilds the bytes; one seed with two choices repeats no mask, which would reveal bits. */
static void test_a_seed_determines_the_ballot_and_repeats_nothing(void **state)
{
	const shape s = {3, 1, 1, 1, false};
	uint8_t seed[64], wire[3][1024];
	bench b;

	(void)state;
	bench_new(&b, tb_group_ristretto255(), &s);
	assert_true(tb_bitproof_bytes(b.f.g, &b.def) <= sizeof wire[0]);
	tb_fixture_bytes(seed, "seed", 0);
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t votes[3] = {i != 2, i == 2, 0};

		assert_int_equal(
			tb_bitproof_prove(b.f.prover, wire[i], &b.def, tb_fixture_binding(0), votes, 0, seed),
			TB_OK);
	}
	assert_memory_equal(wire[0], wire[1], tb_bitproof_bytes(b.f.g, &b.def));
	for (size_t at = 0; at < tb_bitproof_bytes(b.f.g, &b.def); at += 32)
		assert_memory_not_equal(wire[0] + at, wire[2] + at, 32);
	bench_free(&b);
}

static void test_invalid_choices_and_zero_randomness_are_refused(void **state)
{
	const shape s = {3, 1, 1, 2, true}, one = {1, 1, 0, 1, false};
	static const uint32_t bad[][4] = {
		{0, 0, 0, 0}, {1, 1, 1, 0}, {2, 0, 0, 0}, {1, 0, 0, 1}, {0, 0, 0, 2}};
	uint8_t wire[2048], seed[64];
	size_t refused = 0;
	bench b;

	(void)state;
	bench_new(&b, tb_group_ristretto255(), &s);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(wire, 1, sizeof wire);
		tb_fixture_bytes(seed, "seed", i);
		assert_int_equal(tb_bitproof_prove(b.f.prover, wire, &b.def, tb_fixture_binding(0), bad[i],
					 bad[i][3], seed),
			TB_ERR_RANGE);
		for (size_t j = 0; j < tb_bitproof_bytes(b.f.g, &b.def); j++)
			assert_int_equal(wire[j], 0);
	}
	bench_free(&b);

	/* In a group of order 5 a fifth of the seeds has r_1 = 0. */
	bench_new(&b, tb_tiny_group(5), &one);
	for (uint64_t i = 0; i < 200; i++) {
		tb_err err;

		tb_fixture_bytes(seed, "seed", i);
		err = tb_bitproof_prove(
			b.f.prover, wire, &b.def, tb_fixture_binding(0), (const uint32_t[]){i % 2}, 0, seed);
		assert_true(err == TB_OK || err == TB_ERR_RANDOM);
		refused += err == TB_ERR_RANDOM;
		assert_int_equal(tb_bitproof_parse(b.proof, wire, tb_bitproof_bytes(b.f.g, &b.def)),
			err == TB_OK ? TB_OK : TB_ERR_ENCODING);
	}
	assert_in_range(refused, 15, 80);
	bench_free(&b);
}

/* ---- damaged proofs ---- */
static void test_every_flipped_bit_is_refused(void **state)
{
	const shape s = {1, 1, 1, 1, false};
	size_t parsed = 0;
	uint8_t *wire;
	bench b;

	(void)state;
	bench_new(&b, tb_group_ristretto255(), &s);
	wire = make(&b, 1);
	for (size_t bit = 0; bit < 8 * tb_bitproof_bytes(b.f.g, &b.def); bit++) {
		tb_err err;

		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		err = verify(&b, 1, wire);
		assert_true(err == TB_ERR_PROOF || err == TB_ERR_ENCODING);
		parsed += err == TB_ERR_PROOF;
		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(parsed > 500);
	assert_int_equal(verify(&b, 1, wire), TB_OK);
	free(wire);
	bench_free(&b);
}

/* Every item of the binding, the definition and the key: E-07 to E-13. */
static void test_a_proof_holds_for_its_statement_only(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const shape s = {2, 1, 1, 2, false}, other = {2, 1, 0, 1, false};
		uint8_t context[64], voter_key[64], *wire;
		size_t len;
		tb_bitproof_definition def;
		tb_bitproof_key key;
		tb_bitproof *p;
		tb_point h;
		bench b;

		bench_new(&b, groups[k], &s);
		len = tb_bitproof_bytes(b.f.g, &b.def);
		wire = make(&b, 1);
		for (int field = 0; field < 5; field++) {
			tb_bitproof_binding changed = *tb_fixture_binding(1);

			memcpy(context, changed.context, 32);
			memcpy(voter_key, changed.voter_key, 32);
			context[31] ^= field == 0;
			voter_key[0] ^= field == 1;
			changed.context = context;
			changed.voter_key = voter_key;
			changed.question += field == 2;
			changed.voter_len -= field == 3;
			assert_int_equal(
				tb_bitproof_verify(b.proof, b.f.batch, &b.f.key, &changed, wire, len),
				field == 4 ? TB_OK : TB_ERR_PROOF);
		}
		/* Another rule of the same size. */
		define(&def, &other);
		assert_int_equal(tb_bitproof_bytes(b.f.g, &def), len);
		assert_int_equal(tb_bitproof_new(b.f.g, &p, &def), TB_OK);
		assert_int_equal(tb_bitproof_verify(p, b.f.batch, &b.f.key, tb_fixture_binding(1), wire, len),
			TB_ERR_PROOF);
		tb_bitproof_free(p);
		/* Another key h in the challenge only. */
		tb_point_generator(b.f.g, &h);
		tb_bitproof_key_init(&key, b.f.generators, &h);
		assert_int_equal(
			tb_bitproof_verify(b.proof, b.f.batch, &key, tb_fixture_binding(1), wire, len),
			TB_ERR_PROOF);
		free(wire);
		bench_free(&b);
	}
}

/* One equation at a time: each is really checked, alone and in a batch. */
typedef enum cheat {
	HONEST,
	WRONG_1,
	WRONG_2,
	WRONG_3,
	WRONG_4,
	WRONG_5,
	WRONG_4_AND_5,
	NUM_CHEATS,
	OUTSIDE
} cheat;

/* modp4096: 4^q, of order (p-1)/2q.  It has the Jacobi symbol 1, so it can be read. */
static void outside_the_subgroup(tb_point *out)
{
	const uint8_t four[TB_POINT_MAX_BYTES] = {[TB_POINT_MAX_BYTES - 1] = 4};
	const tb_group *g = tb_group_modp4096();
	tb_scalar minus_one;
	tb_point t;

	assert_int_equal(tb_point_parse(g, &t, four), TB_OK);
	tb_scalar_set_u64(g, &minus_one, 1);
	tb_scalar_neg(g, &minus_one, &minus_one);
	tb_point_mul_public(g, out, &minus_one, &t); /* (q-1)*P + P */
	tb_point_add(g, out, out, &t);
	assert_false(tb_point_is_identity(g, out));
}

static uint8_t *make_cheat(const bench *b, uint64_t voter, cheat how, unsigned *failing)
{
	const tb_bitproof_binding *binding = tb_fixture_binding(voter);
	uint8_t seed[64], *wire = malloc(tb_bitproof_bytes(b->f.g, &b->def));
	uint32_t votes[PLAIN_MAX_OPTIONS], blank;
	plain_statement st;
	plain_witness w, false_w;
	plain_coins c;
	plain_proof p;
	tb_scalar y, x, one;

	assert_non_null(wire);
	tb_fixture_choose(&b->def, voter, votes, &blank);
	tb_fixture_bytes(seed, "seed", voter);
	tb_scalar_set_u64(b->f.g, &one, 1);
	plain_statement_init(&st, &b->f.key, &b->def);
	plain_proof_init(&p, &st);
	plain_seed(&st, binding, votes, blank, seed, &w, &c);
	plain_bits(&st, &w, votes, blank);
	false_w = w;
	tb_scalar_add(b->f.g, &false_w.v[0], &w.v[0], &one);
	plain_encrypt(&st, &p, how == WRONG_5 ? &false_w : &w);
	if (how == WRONG_4 || how == OUTSIDE) {
		tb_point error;

		if (how == WRONG_4)
			tb_point_generator(b->f.g, &error);
		else
			outside_the_subgroup(&error);
		tb_point_add(b->f.g, tb_points_at(&p.E, 0), tb_points_at(&p.E, 0), &error);
	}
	plain_first(&st, &p, &w, &c);
	if (how == WRONG_3)
		tb_scalar_add(b->f.g, &p.alpha, &p.alpha, &one);
	plain_challenge_y(&st, &p, binding, PLAIN_FULL, &y);
	plain_second(&st, &p, &c, &y);
	plain_challenge_x(&st, &p, binding, PLAIN_FULL, &y, &x);
	plain_third(&st, &p, &w, &c, &y, &x);
	if (how == WRONG_1)
		tb_scalar_add(b->f.g, &p.za, &p.za, &one);
	if (how == WRONG_2)
		tb_scalar_add(b->f.g, &p.z1, &p.z1, &one);
	if (how == WRONG_4_AND_5)
		tb_scalar_add(b->f.g, &p.zd, &p.zd, &one);
	*failing = plain_failing(&st, &p, &y, &x);
	plain_write(&st, wire, &p);
	plain_proof_release(&p);
	plain_statement_release(&st);
	return wire;
}

static void test_each_equation_is_checked(void **state)
{
	static const unsigned expected[NUM_CHEATS] = {0, 1, 2, 4, 8, 16, 24};
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const shape s = k == 0 ? (shape){2, 3, 1, 5, true} : (shape){2, 1, 1, 1, false};
		bench b;

		bench_new(&b, groups[k], &s);
		for (cheat how = HONEST; how < NUM_CHEATS; how++) {
			unsigned failing;
			uint8_t *wire = make_cheat(&b, how, how, &failing);

			assert_int_equal(failing, expected[how]);
			assert_int_equal(verify(&b, how, wire), how == HONEST ? TB_OK : TB_ERR_PROOF);
			free(wire);
		}
		bench_free(&b);
	}
}

/* ---- parsing ---- */
static void test_parse_refuses_what_is_not_canonical(void **state)
{
	const shape s = {2, 1, 1, 1, true};
	const tb_group *g = tb_group_ristretto255();
	uint8_t *wire, *bad, order[32];
	size_t len, num_points = 10;
	bench b;

	(void)state;
	bench_new(&b, g, &s);
	wire = make(&b, 1);
	len = tb_bitproof_bytes(g, &b.def);
	bad = malloc(len + 1);
	assert_non_null(bad);
	memcpy(bad, wire, len);
	bad[len] = 0;
	assert_int_equal(tb_bitproof_parse(b.proof, bad, len + 1), TB_ERR_ENCODING);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(tb_bitproof_parse(b.proof, bad, cut), TB_ERR_ENCODING);
	tb_group_order(g, order);
	assert_int_equal(len, (num_points + 1 + b.def.num_bits + 3) * 32);
	for (size_t at = 0; at < len; at += 32) {
		memcpy(bad, wire, len);
		memcpy(bad + at, order, 32); /* q: not reduced, and no encoding of a point */
		assert_int_equal(tb_bitproof_parse(b.proof, bad, len), TB_ERR_ENCODING);
		memset(bad + at, 0, 32); /* 0: a scalar, and the identity, which only A_i must not be */
		assert_int_equal(
			tb_bitproof_parse(b.proof, bad, len), at == 0 || at == 64 ? TB_ERR_RANGE : TB_OK);
	}
	free(bad);
	free(wire);
	bench_free(&b);
}

static void test_equal_randomness_is_refused(void **state)
{
	const shape s = {3, 1, 1, 1, false};
	const tb_group *g = tb_group_ristretto255();
	const tb_bitproof *parts[2];
	uint8_t *one, *two;
	tb_bitproof *other;
	size_t len;
	bench b;

	(void)state;
	bench_new(&b, g, &s);
	len = tb_bitproof_bytes(g, &b.def);
	assert_int_equal(tb_bitproof_new(g, &other, &b.def), TB_OK);
	one = make(&b, 1);
	two = make(&b, 2);
	parts[0] = b.proof;
	parts[1] = other;
	assert_int_equal(tb_bitproof_distinct(parts, 0), TB_OK);
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < 3; j++) {
			uint8_t *copy = malloc(len);

			assert_non_null(copy);
			memcpy(copy, two, len);
			memcpy(copy + 64 * j, one + 64 * i, 32);
			assert_int_equal(tb_bitproof_parse(b.proof, one, len), TB_OK);
			assert_int_equal(tb_bitproof_parse(other, copy, len), TB_OK);
			assert_int_equal(tb_bitproof_distinct(parts, 2), TB_ERR_RANGE);
			assert_int_equal(tb_bitproof_distinct(parts, 1), TB_OK);
			assert_int_equal(tb_bitproof_distinct(parts + 1, 1), TB_OK);
			if (i != j) { /* within one part */
				memcpy(copy + 64 * i, copy + 64 * j, 32);
				assert_int_equal(tb_bitproof_parse(other, copy, len), TB_OK);
				assert_int_equal(tb_bitproof_distinct(parts + 1, 1), TB_ERR_RANGE);
				assert_int_equal(verify(&b, 2, copy), TB_ERR_RANGE);
			}
			free(copy);
		}
	}
	assert_int_equal(tb_bitproof_parse(b.proof, one, len), TB_OK);
	assert_int_equal(tb_bitproof_parse(other, two, len), TB_OK);
	assert_int_equal(tb_bitproof_distinct(parts, 2), TB_OK);
	tb_bitproof_free(other);
	free(one);
	free(two);
	bench_free(&b);
}

/* The order test of the batch finds A_1 outside the subgroup [PROOF.BATCH.ORDER], alone and among others. */
static void test_elements_outside_the_subgroup_are_found(void **state)
{
	const tb_group *g = tb_group_modp4096();
	const shape s = {1, 1, 1, 1, false};
	tb_bitproof *proofs[4];
	uint8_t *wires[4];
	bool bad[4];
	bench b;

	(void)state;
	bench_new(&b, g, &s);
	for (size_t i = 0; i < 4; i++) {
		unsigned failing;

		wires[i] = make_cheat(&b, i, i == 2 ? OUTSIDE : HONEST, &failing);
		assert_int_equal(verify(&b, i, wires[i]), i == 2 ? TB_ERR_GROUP : TB_OK);
		assert_int_equal(tb_bitproof_new(g, &proofs[i], &b.def), TB_OK);
		assert_int_equal(tb_bitproof_parse(proofs[i], wires[i], tb_bitproof_bytes(g, &b.def)), TB_OK);
		assert_int_equal(tb_bitproof_prepare(proofs[i], &b.f.key, tb_fixture_binding(i)), TB_OK);
	}
	assert_int_equal(
		tb_bitproof_check_many(b.f.batch, (const tb_bitproof *const *)proofs, 4, bad), TB_ERR_PROOF);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(bad[i], i == 2);
		tb_bitproof_free(proofs[i]);
	}
	/* With a wrong scalar besides, it is still the point that is told. */
	wires[2][tb_bitproof_bytes(g, &b.def) - 4 * TB_SCALAR_BYTES] ^= 1;
	assert_int_equal(verify(&b, 2, wires[2]), TB_ERR_GROUP);
	for (size_t i = 0; i < 4; i++)
		free(wires[i]);
	bench_free(&b);
}

static void test_ciphertexts_decrypt_to_the_votes(void **state)
{
	const shape s = {3, 7, 0, 21, false};
	const tb_group *g = tb_group_ristretto255();
	uint32_t votes[3], blank;
	uint8_t *wire;
	tb_points c;
	bench b;

	(void)state;
	bench_new(&b, g, &s);
	tb_fixture_choose(&b.def, 5, votes, &blank);
	wire = make(&b, 5);
	assert_int_equal(tb_bitproof_parse(b.proof, wire, tb_bitproof_bytes(g, &b.def)), TB_OK);
	c = tb_bitproof_ciphertexts(b.proof);
	assert_int_equal(c.num, 6);
	for (size_t i = 0; i < 3; i++) {
		tb_point shared, M, expected;
		tb_secret v;

		tb_point_mul_secret(g, &shared, &b.f.secret, tb_points_at(&c, 2 * i));
		tb_point_sub(g, &M, tb_points_at(&c, 2 * i + 1), &shared);
		tb_secret_set_u64(g, &v, votes[i]);
		tb_point_mul_generator_secret(g, &expected, &v);
		assert_true(tb_point_equal(g, &M, &expected));
	}
	free(wire);
	bench_free(&b);
}

/* ---- batches ---- */
/* Proofs of three different questions in one batch of one election; each kind of cheat among them is named. */
static void test_a_batch_of_several_questions_names_the_bad(void **state)
{
	static const shape shapes[3] = {{2, 3, 1, 5, true}, {5, 1, 1, 3, false}, {1, 1, 0, 1, false}};
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const size_t n = k == 0 ? 90 : 6;
		tb_bitproof *proofs[90];
		uint8_t *wires[90];
		bool expected[90], bad[90];
		bench b[3];

		for (size_t q = 0; q < 3; q++)
			bench_new(&b[q], groups[k], &shapes[q]);
		for (size_t i = 0; i < n; i++) {
			static const cheat kinds[] = {WRONG_1, WRONG_2, WRONG_4, WRONG_5, WRONG_4_AND_5};
			cheat how = i % 7 == 3 ? kinds[i / 7 % 5] : HONEST;
			unsigned failing;

			wires[i] = make_cheat(&b[i % 3], i, how, &failing);
			expected[i] = how != HONEST;
			assert_int_equal(tb_bitproof_new(groups[k], &proofs[i], &b[i % 3].def), TB_OK);
			assert_int_equal(tb_bitproof_parse(proofs[i], wires[i],
						 tb_bitproof_bytes(groups[k], &b[i % 3].def)),
				TB_OK);
			assert_int_equal(
				tb_bitproof_prepare(proofs[i], &b[i % 3].f.key, tb_fixture_binding(i)),
				TB_OK);
		}
		/* b[0] has the most bits, so its batch serves all. */
		assert_int_equal(
			tb_bitproof_check_many(b[0].f.batch, (const tb_bitproof *const *)proofs, n, bad),
			TB_ERR_PROOF);
		assert_memory_equal(bad, expected, n * sizeof bad[0]);
		for (size_t i = 0; i < n; i++) {
			tb_bitproof_free(proofs[i]);
			free(wires[i]);
		}
		for (size_t q = 0; q < 3; q++)
			bench_free(&b[q]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest_ballots_of_every_shape),
		cmocka_unit_test(test_the_largest_question),
		cmocka_unit_test(test_bytes_are_those_of_the_plain_prover),
		cmocka_unit_test(test_a_seed_determines_the_ballot_and_repeats_nothing),
		cmocka_unit_test(test_invalid_choices_and_zero_randomness_are_refused),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_a_proof_holds_for_its_statement_only),
		cmocka_unit_test(test_each_equation_is_checked),
		cmocka_unit_test(test_parse_refuses_what_is_not_canonical),
		cmocka_unit_test(test_equal_randomness_is_refused),
		cmocka_unit_test(test_elements_outside_the_subgroup_are_found),
		cmocka_unit_test(test_ciphertexts_decrypt_to_the_votes),
		cmocka_unit_test(test_a_batch_of_several_questions_names_the_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
