/* SPDX-License-Identifier: Apache-2.0 */
/* One proof for many shares [DLEQ.LIST], in every group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/dleq_list.h"
#include "crypto/transcript.h"
#include "tests/support/fixture.h"

static const uint8_t BINDING[] = "context, close, purpose, question, trustee";
static const tb_parallel ONE = {.threads = 1}, FOUR = {.threads = 4};

/* A list whose H stand with something else between them, as the outputs of a mix do. */
typedef struct sample {
	const tb_group *g;
	tb_secret x;
	tb_point Y;
	uint8_t *H, *Z;
	tb_dleq_list list;
	tb_dleq_proof proof;
} sample;

static void prove(sample *s)
{
	assert_int_equal(tb_dleq_list_prove(s->g, &s->proof, &s->list, &s->x, &FOUR), TB_OK);
}

static void make(sample *s, const tb_group *g, size_t num)
{
	size_t bytes = tb_group_point_bytes(g);

	s->g = g;
	tb_fixture_secret(g, &s->x, "list secret", num);
	tb_point_mul_generator_secret(g, &s->Y, &s->x);
	s->H = calloc(num, 2 * bytes);
	s->Z = calloc(num, bytes);
	assert_non_null(s->H);
	assert_non_null(s->Z);
	for (uint64_t i = 0; i < num; i++) {
		tb_point H;

		tb_point_hash(g, &H, "test/list", &i, sizeof i);
		tb_point_write(g, s->H + i * 2 * bytes, &H);
	}
	assert_int_equal(tb_dleq_list_multiply(g, s->Z, s->H, 2 * bytes, num, &s->x, &FOUR), TB_OK);
	s->list = (tb_dleq_list){.Y = &s->Y,
		.num = num,
		.H = s->H,
		.H_step = 2 * bytes,
		.Z = s->Z,
		.binding = BINDING,
		.binding_len = sizeof BINDING};
	prove(s);
}

static void unmake(sample *s)
{
	free(s->H);
	free(s->Z);
}

static tb_err verify(const sample *s)
{
	size_t bad;
	tb_err one = tb_dleq_list_verify(s->g, &s->proof, &s->list, &ONE, &bad);

	assert_int_equal(tb_dleq_list_verify(s->g, &s->proof, &s->list, &FOUR, &bad), one);
	return one;
}

static void test_honest_lists_of_any_length(void **state)
{
	static const size_t lengths[] = {1, 2, 511, 512, 513, 1500};
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		for (size_t i = 0; i < (tb_group_point_bytes(groups[k]) > 32 ? 2 : 6); i++) {
			sample s;

			make(&s, groups[k], lengths[i]);
			assert_int_equal(verify(&s), TB_OK);
			s.list.binding_len--;
			assert_int_equal(verify(&s), TB_ERR_PROOF);
			unmake(&s);
		}
	}
}

static void test_the_share_is_the_secret_times_the_base(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point H, Z;
	uint8_t wire[32];
	sample s;

	(void)state;
	make(&s, g, 600);
	for (size_t i = 0; i < 600; i += 97) {
		assert_int_equal(tb_point_parse(g, &H, s.H + 64 * i), TB_OK);
		tb_point_mul_secret(g, &Z, &s.x, &H);
		tb_point_write(g, wire, &Z);
		assert_memory_equal(wire, s.Z + 32 * i, 32);
	}
	unmake(&s);
}

/* Every bit of every byte: statement, shares and proof. */
static void test_every_flipped_bit_is_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[96];
	sample s;

	(void)state;
	make(&s, g, 2);
	for (size_t bit = 0; bit < 8 * 64; bit++) {
		s.Z[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(verify(&s), TB_OK);
		s.Z[bit / 8] ^= (uint8_t)(1u << bit % 8);
		s.H[bit / 256 * 64 + bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(verify(&s), TB_OK);
		s.H[bit / 256 * 64 + bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
	}
	tb_dleq_write(g, wire, &s.proof);
	for (size_t bit = 0; bit < 8 * 96; bit++) {
		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (tb_dleq_parse(g, &s.proof, wire) == TB_OK)
			assert_int_equal(verify(&s), TB_ERR_PROOF);
		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(tb_dleq_parse(g, &s.proof, wire), TB_OK);
	assert_int_equal(verify(&s), TB_OK);
	tb_point_add(g, &s.Y, &s.Y, &s.Y);
	assert_int_equal(verify(&s), TB_ERR_PROOF);
	unmake(&s);
}

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

/* Shares of two ciphertexts exchanged, one left out, one taken twice. */
static void test_the_order_matters(void **state)
{
	sample s;

	(void)state;
	make(&s, tb_group_ristretto255(), 5);
	swap(s.Z, s.Z + 32, 32);
	assert_int_equal(verify(&s), TB_ERR_PROOF);
	swap(s.H, s.H + 64, 32); /* the same pairs in another order are another list */
	assert_int_equal(verify(&s), TB_ERR_PROOF);
	prove(&s);
	assert_int_equal(verify(&s), TB_OK);
	s.list.num = 4;
	assert_int_equal(verify(&s), TB_ERR_PROOF);
	unmake(&s);
}

static void test_the_first_unreadable_share_is_named(void **state)
{
	sample s;
	size_t bad = 0;

	(void)state;
	make(&s, tb_group_ristretto255(), 1300);
	memset(s.Z + 32 * 1200, 0xff, 32);
	memset(s.Z + 32 * 700, 0xff, 32);
	for (unsigned threads = 1; threads <= 4; threads++) {
		tb_parallel p = {.threads = threads};

		assert_int_equal(tb_dleq_list_verify(s.g, &s.proof, &s.list, &p, &bad), TB_ERR_ENCODING);
		assert_int_equal(bad, 700);
	}
	unmake(&s);
}

/* ---- the factors, item by item as the spec has them ---- */

static void seed_of(const sample *s, uint8_t seed[64], bool with_shares)
{
	size_t bytes = tb_group_point_bytes(s->g);
	uint8_t *all = malloc(s->list.num * bytes);
	tb_transcript t;

	assert_non_null(all);
	for (size_t i = 0; i < s->list.num; i++)
		memcpy(all + i * bytes, s->H + i * 2 * bytes, bytes);
	assert_int_equal(tb_transcript_init(&t, "tabella/v1/dleq-list"), TB_OK);
	tb_transcript_bytes(&t, "group", tb_group_name(s->g), strlen(tb_group_name(s->g)));
	tb_transcript_bytes(&t, "binding", BINDING, sizeof BINDING);
	tb_transcript_point(&t, s->g, "Y", &s->Y);
	tb_transcript_bytes(&t, "H", all, s->list.num * bytes);
	if (with_shares)
		tb_transcript_bytes(&t, "Z", s->Z, s->list.num * bytes);
	tb_transcript_output(&t, seed);
	tb_transcript_release(&t);
	free(all);
}

static void factor_of(const tb_group *g, tb_scalar *f, const uint8_t seed[64], uint64_t i)
{
	uint8_t wide[64];
	tb_transcript t;

	assert_int_equal(tb_transcript_init(&t, "tabella/v1/dleq-list-factor"), TB_OK);
	tb_transcript_bytes(&t, "seed", seed, 64);
	tb_transcript_u64(&t, "index", i);
	tb_transcript_output(&t, wide);
	tb_scalar_reduce64(g, f, wide);
	tb_transcript_release(&t);
}

/* The sums of [DLEQ.LIST] and a proof of them alone: what the list proof is made of. */
static void sums_of(const sample *s, const uint8_t seed[64], tb_dleq_statement *st)
{
	size_t bytes = tb_group_point_bytes(s->g);

	tb_point_copy(s->g, &st->Y, &s->Y);
	tb_point_identity(s->g, &st->H);
	tb_point_identity(s->g, &st->Z);
	for (size_t i = 0; i < s->list.num; i++) {
		tb_scalar f;
		tb_point P;

		factor_of(s->g, &f, seed, i + 1);
		assert_int_equal(tb_point_parse(s->g, &P, s->H + i * 2 * bytes), TB_OK);
		tb_point_mul_public(s->g, &P, &f, &P);
		tb_point_add(s->g, &st->H, &st->H, &P);
		assert_int_equal(tb_point_parse(s->g, &P, s->Z + i * bytes), TB_OK);
		tb_point_mul_public(s->g, &P, &f, &P);
		tb_point_add(s->g, &st->Z, &st->Z, &P);
	}
}

static void binding_of(uint8_t *out, size_t *len, const uint8_t seed[64])
{
	memcpy(out, BINDING, sizeof BINDING);
	*len = sizeof BINDING;
	*len += tb_item_head(out + *len, "list", 64);
	memcpy(out + *len, seed, 64);
	*len += 64;
}

static void test_it_is_the_proof_of_the_spec(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		uint8_t seed[64], binding[256];
		tb_dleq_statement st;
		size_t len;
		sample s;

		make(&s, groups[k], 3);
		seed_of(&s, seed, true);
		sums_of(&s, seed, &st);
		binding_of(binding, &len, seed);
		assert_int_equal(tb_dleq_verify(s.g, &s.proof, &st, binding, len), TB_OK);
		assert_int_equal(tb_dleq_prove(s.g, &s.proof, &st, binding, len, &s.x), TB_OK);
		assert_int_equal(verify(&s), TB_OK);
		unmake(&s);
	}
}

/*
 * T-03 for lists: where the factors follow from the H alone, Z_1 = x*H_1 + f_2*D and Z_2 = x*H_2 - f_1*D have the right sum: two
 * votes are decrypted to something else, and the proof holds.
 */
static void test_forgery_against_factors_without_the_shares(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_dleq_statement before, after;
	uint8_t seed[64];
	tb_scalar f[2];
	tb_point D, P;
	sample s;

	(void)state;
	make(&s, g, 2);
	seed_of(&s, seed, false);
	sums_of(&s, seed, &before);
	for (uint64_t i = 0; i < 2; i++)
		factor_of(g, &f[i], seed, i + 1);
	tb_scalar_neg(g, &f[0], &f[0]);
	tb_point_generator(g, &D);
	for (size_t i = 0; i < 2; i++) {
		tb_point t;

		assert_int_equal(tb_point_parse(g, &P, s.Z + 32 * i), TB_OK);
		tb_point_mul_public(g, &t, &f[1 - i], &D);
		tb_point_add(g, &P, &P, &t);
		tb_point_write(g, s.Z + 32 * i, &P);
	}
	sums_of(&s, seed, &after);
	assert_true(tb_point_equal(g, &before.Z, &after.Z)); /* the weak verifier is deceived */
	prove(&s);
	assert_int_equal(verify(&s), TB_ERR_PROOF);
	unmake(&s);
}

static void test_one_false_share_among_many(void **state)
{
	sample s;

	(void)state;
	make(&s, tb_group_ristretto255(), 1100);
	for (size_t i = 0; i < 1100; i += 333) {
		uint8_t kept[32];

		memcpy(kept, s.Z + 32 * i, 32);
		memcpy(s.Z + 32 * i, s.H + 64 * i, 32);
		prove(&s);
		assert_int_equal(verify(&s), TB_ERR_PROOF);
		memcpy(s.Z + 32 * i, kept, 32);
	}
	prove(&s);
	assert_int_equal(verify(&s), TB_OK);
	unmake(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest_lists_of_any_length),
		cmocka_unit_test(test_the_share_is_the_secret_times_the_base),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_the_order_matters),
		cmocka_unit_test(test_the_first_unreadable_share_is_named),
		cmocka_unit_test(test_it_is_the_proof_of_the_spec),
		cmocka_unit_test(test_forgery_against_factors_without_the_shares),
		cmocka_unit_test(test_one_false_share_among_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
