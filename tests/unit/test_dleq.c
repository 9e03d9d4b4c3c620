/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of equal logarithms [DLEQ] [PROOF.DLEQ], in every group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/dleq.h"
#include "crypto/transcript.h"
#include "tests/support/fixture.h"

static const char BINDING[] = "context, close, purpose, question, option, trustee";

typedef struct sample {
	tb_secret x;
	tb_dleq_statement st;
	tb_dleq_proof proof;
} sample;

static void make(const tb_group *g, sample *s, uint64_t i)
{
	tb_fixture_secret(g, &s->x, "dleq secret", i);
	tb_point_hash(g, &s->st.H, "test/dleq", &i, sizeof i);
	tb_point_mul_generator_secret(g, &s->st.Y, &s->x);
	tb_point_mul_secret(g, &s->st.Z, &s->x, &s->st.H);
	assert_int_equal(tb_dleq_prove(g, &s->proof, &s->st, BINDING, sizeof BINDING, &s->x), TB_OK);
}

static tb_err verify(const tb_group *g, const sample *s)
{
	return tb_dleq_verify(g, &s->proof, &s->st, BINDING, sizeof BINDING);
}

static void test_honest_proof_holds_for_its_binding_only(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		sample s;

		make(groups[k], &s, 1);
		assert_int_equal(verify(groups[k], &s), TB_OK);
		assert_int_equal(tb_dleq_verify(groups[k], &s.proof, &s.st, BINDING, sizeof BINDING - 1),
			TB_ERR_PROOF);
		assert_int_equal(tb_dleq_verify(groups[k], &s.proof, &s.st, "", 0), TB_ERR_PROOF);
	}
}

static void test_two_proofs_use_two_nonces(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	sample s, t;

	(void)state;
	make(g, &s, 1);
	make(g, &t, 1);
	assert_false(tb_point_equal(g, &s.proof.a, &t.proof.a));
}

static void test_every_flipped_bit_is_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[TB_DLEQ_MAX_BYTES];
	size_t refused_at_once = 0;
	sample s, bad;

	(void)state;
	make(g, &s, 2);
	assert_int_equal(tb_dleq_bytes(g), 96);
	for (size_t bit = 0; bit < 8 * tb_dleq_bytes(g); bit++) {
		bad = s;
		tb_dleq_write(g, wire, &s.proof);
		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (tb_dleq_parse(g, &bad.proof, wire) == TB_OK)
			assert_int_equal(verify(g, &bad), TB_ERR_PROOF);
		else
			refused_at_once++;
	}
	assert_in_range(refused_at_once, 1, 8 * 96 - 1);
	tb_dleq_write(g, wire, &s.proof);
	assert_int_equal(tb_dleq_parse(g, &bad.proof, wire), TB_OK);
	assert_int_equal(verify(g, &s), TB_OK);
}

/* Every point of statement and proof replaced by another group element. */
static void test_every_part_matters(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const tb_group *g = groups[k];
		sample s, bad;

		make(g, &s, 3);
		for (int part = 0; part < 6; part++) {
			tb_point *const points[] = {
				&bad.st.Y, &bad.st.H, &bad.st.Z, &bad.proof.a, &bad.proof.b};
			tb_scalar one;

			bad = s;
			tb_scalar_set_u64(g, &one, 1);
			if (part < 5)
				tb_point_add(g, points[part], points[part], &s.st.Y);
			else
				tb_scalar_add(g, &bad.proof.z, &bad.proof.z, &one);
			assert_int_equal(verify(g, &bad), TB_ERR_PROOF);
		}
	}
}

/*
 * T-03: a false share Z = x*H + H under a verifier whose challenge forgets Z.  The forger chooses a, b with a nonce and
 * another b', learns c, and solves for Z.
 */
static void weak_challenge(const tb_group *g, tb_scalar *c, const sample *s)
{
	tb_transcript t;

	assert_int_equal(tb_transcript_init(&t, "tabella/v1/dleq"), TB_OK);
	tb_transcript_bytes(&t, "group", tb_group_name(g), strlen(tb_group_name(g)));
	tb_transcript_bytes(&t, "binding", BINDING, sizeof BINDING);
	tb_transcript_point(&t, g, "Y", &s->st.Y);
	tb_transcript_point(&t, g, "H", &s->st.H);
	tb_transcript_point(&t, g, "a", &s->proof.a);
	tb_transcript_point(&t, g, "b", &s->proof.b);
	tb_transcript_challenge(&t, g, c);
	tb_transcript_release(&t);
}

static bool equations_hold(const tb_group *g, const sample *s, const tb_scalar *c)
{
	const tb_point *base[2], *commitment[2] = {&s->proof.a, &s->proof.b},
				 *result[2] = {&s->st.Y, &s->st.Z};
	tb_point generator;
	bool ok = true;

	tb_point_generator(g, &generator);
	base[0] = &generator;
	base[1] = &s->st.H;
	for (int i = 0; i < 2; i++) {
		tb_point left, right;

		tb_point_mul_public(g, &left, &s->proof.z, base[i]);
		tb_point_mul_public(g, &right, c, result[i]);
		tb_point_add(g, &right, &right, commitment[i]);
		ok = ok && tb_point_equal(g, &left, &right);
	}
	return ok;
}

static void test_forgery_against_a_challenge_without_the_share(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_scalar c, inverse, seven;
	tb_secret w;
	tb_point t;
	sample s;

	(void)state;
	make(g, &s, 4);
	/* a = w*g, b = w*H + 7*g; after c: z = w + c*x, Z' = (z*H - b)/c = x*H - (7/c)*g. */
	tb_fixture_secret(g, &w, "forger", 0);
	tb_scalar_set_u64(g, &seven, 7);
	tb_point_mul_generator_secret(g, &s.proof.a, &w);
	tb_point_mul_secret(g, &s.proof.b, &w, &s.st.H);
	tb_point_generator(g, &t);
	tb_point_mul_public(g, &t, &seven, &t);
	tb_point_add(g, &s.proof.b, &s.proof.b, &t);
	weak_challenge(g, &c, &s);
	tb_secret_respond(g, &s.proof.z, &w, &c, &s.x);
	tb_point_mul_public(g, &s.st.Z, &s.proof.z, &s.st.H);
	tb_point_sub(g, &s.st.Z, &s.st.Z, &s.proof.b);
	assert_int_equal(tb_scalar_invert(g, &inverse, &c), TB_OK);
	tb_point_mul_public(g, &s.st.Z, &inverse, &s.st.Z);
	tb_point_mul_secret(g, &t, &s.x, &s.st.H);
	assert_false(tb_point_equal(g, &t, &s.st.Z)); /* a false share */
	assert_true(equations_hold(g, &s, &c));       /* the weak verifier is deceived */
	assert_int_equal(verify(g, &s), TB_ERR_PROOF);
}

/* The challenge of [DLEQ], item by item. */
static void full_challenge(const tb_group *g, tb_scalar *c, const sample *s)
{
	tb_transcript t;

	assert_int_equal(tb_transcript_init(&t, "tabella/v1/dleq"), TB_OK);
	tb_transcript_bytes(&t, "group", tb_group_name(g), strlen(tb_group_name(g)));
	tb_transcript_bytes(&t, "binding", BINDING, sizeof BINDING);
	tb_transcript_point(&t, g, "Y", &s->st.Y);
	tb_transcript_point(&t, g, "H", &s->st.H);
	tb_transcript_point(&t, g, "Z", &s->st.Z);
	tb_transcript_point(&t, g, "a", &s->proof.a);
	tb_transcript_point(&t, g, "b", &s->proof.b);
	tb_transcript_challenge(&t, g, c);
	tb_transcript_release(&t);
}

static void test_challenge_is_that_of_the_spec(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		tb_scalar c;
		sample s;

		make(groups[k], &s, 5);
		full_challenge(groups[k], &c, &s);
		assert_true(equations_hold(groups[k], &s, &c));
	}
}

/* A proof for which `add` was added to a (1) or b (2) or Z (4) before the challenge, and subtracted where `minus` says so. */
static void make_wrong(const tb_group *g, sample *s, unsigned add, unsigned minus, const tb_point *error)
{
	tb_point *const points[] = {&s->proof.a, &s->proof.b, &s->st.Z};
	tb_secret w;
	tb_scalar c;

	make(g, s, 9);
	tb_fixture_secret(g, &w, "forger", 1);
	tb_point_mul_generator_secret(g, &s->proof.a, &w);
	tb_point_mul_secret(g, &s->proof.b, &w, &s->st.H);
	for (size_t i = 0; i < 3; i++) {
		if (add >> i & 1)
			tb_point_add(g, points[i], points[i], error);
		if (minus >> i & 1)
			tb_point_sub(g, points[i], points[i], error);
	}
	full_challenge(g, &c, s);
	tb_secret_respond(g, &s->proof.z, &w, &c, &s->x);
}

static void test_each_equation_is_checked(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		tb_point generator;
		sample s;

		tb_point_generator(groups[k], &generator);
		for (unsigned wrong = 0; wrong < 8; wrong++) {
			make_wrong(groups[k], &s, wrong, 0, &generator);
			assert_int_equal(verify(groups[k], &s), wrong == 0 ? TB_OK : TB_ERR_PROOF);
		}
	}
}

/* modp4096: a component of order (p-1)/2q in any of the points that arrive [PROOF.BATCH.ORDER]. */
static void test_elements_outside_the_subgroup_are_found(void **state)
{
	const tb_group *g = tb_group_modp4096();
	uint8_t four[TB_POINT_MAX_BYTES] = {[TB_POINT_MAX_BYTES - 1] = 4};
	tb_scalar minus_one;
	tb_point R, t;
	sample s;

	(void)state;
	assert_int_equal(tb_point_parse(g, &t, four), TB_OK);
	tb_scalar_set_u64(g, &minus_one, 1);
	tb_scalar_neg(g, &minus_one, &minus_one);
	tb_point_mul_public(g, &R, &minus_one, &t);
	tb_point_add(g, &R, &R, &t); /* 4^q */
	for (unsigned where = 1; where < 8; where *= 2) {
		make_wrong(g, &s, where, 0, &R);
		assert_int_equal(verify(g, &s), TB_ERR_GROUP);
	}
}

static void test_parse_refuses_what_is_not_canonical(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[TB_DLEQ_MAX_BYTES], good[TB_DLEQ_MAX_BYTES], again[TB_DLEQ_MAX_BYTES];
	sample s, out;

	(void)state;
	make(g, &s, 6);
	tb_dleq_write(g, good, &s.proof);
	out = s;
	for (size_t part = 0; part < 3; part++) {
		memcpy(wire, good, sizeof wire);
		memset(wire + 32 * part, 0xff, 32);
		assert_int_equal(tb_dleq_parse(g, &out.proof, wire), TB_ERR_ENCODING);
		tb_dleq_write(g, again, &out.proof);
		assert_memory_equal(again, good, tb_dleq_bytes(g)); /* unchanged */
	}
}

typedef struct list {
	sample *samples;
} list;

static tb_err append(void *items, size_t index, tb_batch *b)
{
	const list *l = items;
	tb_scalar e[2];
	tb_err err = tb_scalar_random128(tb_batch_group(b), &e[0]);

	if (err == TB_OK)
		err = tb_scalar_random128(tb_batch_group(b), &e[1]);
	return err != TB_OK ? err
			    : tb_dleq_append(b, &l->samples[index].proof, &l->samples[index].st, BINDING,
				      sizeof BINDING, e);
}

static void test_batches_name_the_bad_proofs(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const tb_group *g = groups[k];
		list l = {calloc(12, sizeof(sample))};
		bool bad[12];
		tb_batch *b;

		assert_non_null(l.samples);
		assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
		for (uint64_t i = 0; i < 12; i++)
			make(g, &l.samples[i], i);
		assert_int_equal(tb_batch_find_bad(b, append, &l, 12, bad), TB_OK);
		/* A wrong response, a share of another ciphertext, a wrong key: one equation or the other fails. */
		l.samples[2].proof.z = l.samples[3].proof.z;
		tb_point_copy(g, &l.samples[7].st.Z, &l.samples[8].st.Z);
		tb_point_copy(g, &l.samples[11].st.Y, &l.samples[0].st.Y);
		assert_int_equal(tb_batch_find_bad(b, append, &l, 12, bad), TB_ERR_PROOF);
		for (size_t i = 0; i < 12; i++)
			assert_int_equal(bad[i], i == 2 || i == 7 || i == 11);
		tb_batch_free(b);
		free(l.samples);
	}
}

/* The two equations of one proof must not share a randomiser: errors +g in a and -g in b would cancel. */
static void test_equations_are_weighted_independently(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator;
	tb_scalar e[2], one;
	tb_batch *b;
	sample s;

	(void)state;
	tb_point_generator(g, &generator);
	make_wrong(g, &s, 1, 2, &generator);
	assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
	tb_scalar_set_u64(g, &one, 1);
	e[0] = e[1] = one;
	assert_int_equal(tb_dleq_append(b, &s.proof, &s.st, BINDING, sizeof BINDING, e), TB_OK);
	assert_int_equal(tb_batch_check(b), TB_OK); /* one randomiser for both is deceived */
	assert_int_equal(verify(g, &s), TB_ERR_PROOF);
	assert_int_equal(tb_scalar_random128(g, &e[1]), TB_OK);
	tb_batch_clear(b);
	assert_int_equal(tb_dleq_append(b, &s.proof, &s.st, BINDING, sizeof BINDING, e), TB_OK);
	assert_int_equal(tb_batch_check(b), TB_ERR_PROOF);
	tb_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest_proof_holds_for_its_binding_only),
		cmocka_unit_test(test_two_proofs_use_two_nonces),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_every_part_matters),
		cmocka_unit_test(test_forgery_against_a_challenge_without_the_share),
		cmocka_unit_test(test_challenge_is_that_of_the_spec),
		cmocka_unit_test(test_each_equation_is_checked),
		cmocka_unit_test(test_elements_outside_the_subgroup_are_found),
		cmocka_unit_test(test_parse_refuses_what_is_not_canonical),
		cmocka_unit_test(test_batches_name_the_bad_proofs),
		cmocka_unit_test(test_equations_are_weighted_independently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
