/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/opening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fixture.h"

#define MAX_WIDTH 3
#define PART(width) (128 * (size_t)(width))

/* What a part of `width` elements by a voter is about. */
typedef struct setting {
	tb_point h;
	char voter[32];
	uint8_t voter_key[32];
	tb_bitproof_binding binding;
	tb_opening_statement statement;
	uint32_t width;
} setting;

static const tb_group *g;
static const uint8_t definition[] = "seven options";
static tb_batch *batch;

static int begin(void **state)
{
	(void)state;
	g = tb_group_ristretto255();
	return tb_batch_new(g, &batch, NULL, 0) == TB_OK ? 0 : -1;
}

static int finish(void **state)
{
	(void)state;
	tb_batch_free(batch);
	return 0;
}

static void set_up(setting *s, uint64_t voter, uint32_t width)
{
	tb_secret key;

	tb_fixture_secret(g, &key, "h", 0);
	tb_point_mul_generator_secret(g, &s->h, &key);
	s->binding = *tb_fixture_binding(voter);
	memcpy(s->voter, s->binding.voter, s->binding.voter_len); /* the fixture has room for one */
	memcpy(s->voter_key, s->binding.voter_key, 32);
	s->binding.voter = s->voter;
	s->binding.voter_key = s->voter_key;
	s->statement = (tb_opening_statement){.h = &s->h,
		.binding = &s->binding,
		.definition = definition,
		.definition_len = sizeof definition};
	s->width = width;
}

static void make(uint8_t *part, const setting *s, uint64_t number)
{
	tb_point elements[MAX_WIDTH];
	uint8_t seed[64];

	for (uint32_t k = 0; k < s->width; k++)
		tb_point_hash(g, &elements[k], "element", &number, sizeof number);
	tb_fixture_bytes(seed, "seed", number);
	assert_int_equal(
		tb_opening_prove(g, part, &s->statement, elements, s->width, &number, sizeof number, seed),
		TB_OK);
}

static tb_err check_length(const setting *s, const uint8_t *part, size_t len, tb_scalar *challenge)
{
	tb_opening *o;
	tb_err err;

	assert_int_equal(tb_opening_new(g, &o, s->width), TB_OK);
	err = tb_opening_parse(o, part, len);
	if (err == TB_OK)
		err = tb_opening_prepare(o, &s->statement);
	if (err == TB_OK && challenge != NULL)
		*challenge = *tb_opening_challenge(o);
	tb_batch_clear(batch);
	if (err == TB_OK)
		err = tb_opening_append(o, batch);
	if (err == TB_OK)
		err = tb_batch_check(batch);
	tb_opening_free(o);
	return err;
}

static tb_err check(const setting *s, const uint8_t *part)
{
	return check_length(s, part, PART(s->width), NULL);
}

static void test_honest_parts_verify(void **state)
{
	uint8_t part[PART(MAX_WIDTH)], again[PART(MAX_WIDTH)];
	setting s;

	(void)state;
	for (uint32_t width = 1; width <= MAX_WIDTH; width++) {
		assert_int_equal(tb_opening_bytes(g, width), PART(width));
		for (uint64_t voter = 0; voter < 4; voter++) {
			set_up(&s, voter, width);
			make(part, &s, voter);
			make(again, &s, voter);
			assert_memory_equal(part, again, PART(width)); /* an audit makes it anew */
			assert_int_equal(check(&s, part), TB_OK);
			assert_int_equal(check_length(&s, part, PART(width) - 1, NULL), TB_ERR_ENCODING);
		}
	}
}

/* What is encrypted comes out again. */
static void test_ciphertexts_decrypt_to_the_elements(void **state)
{
	const uint64_t number = 5;
	uint8_t part[PART(2)];
	tb_point expected, shared, found;
	tb_points pairs;
	tb_secret key;
	tb_opening *o;
	setting s;

	(void)state;
	set_up(&s, 1, 2);
	make(part, &s, number);
	tb_fixture_secret(g, &key, "h", 0);
	assert_int_equal(tb_opening_new(g, &o, 2), TB_OK);
	assert_int_equal(tb_opening_parse(o, part, sizeof part), TB_OK);
	pairs = tb_opening_ciphertexts(o);
	assert_int_equal(pairs.num, 4);
	tb_point_hash(g, &expected, "element", &number, sizeof number);
	for (size_t k = 0; k < 2; k++) {
		tb_point_mul_secret(g, &shared, &key, tb_points_at(&pairs, 2 * k));
		tb_point_sub(g, &found, tb_points_at(&pairs, 2 * k + 1), &shared);
		assert_true(tb_point_equal(g, &found, &expected));
	}
	tb_opening_free(o);
}

static void test_every_flipped_bit_is_refused(void **state)
{
	uint8_t part[PART(2)];
	setting s;

	(void)state;
	set_up(&s, 1, 2);
	make(part, &s, 1);
	for (size_t bit = 0; bit < 8 * sizeof part; bit++) {
		part[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(check(&s, part), TB_OK);
		part[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(check(&s, part), TB_OK);
}

/* A part moved to another election, voter, key, question, definition or election key [RANK.CHALLENGE]. */
static void test_a_part_is_for_one_place(void **state)
{
	static const uint8_t other[32] = {1};
	uint8_t part[PART(1)];
	setting s, t;

	(void)state;
	set_up(&s, 1, 1);
	make(part, &s, 1);
	for (int i = 0; i < 8; i++) {
		t = s;
		t.statement.binding = &t.binding;
		t.statement.h = &t.h;
		if (i == 0)
			t.binding.context = other;
		else if (i == 1)
			t.binding.voter = "voter-2";
		else if (i == 2)
			t.binding.voter_len--;
		else if (i == 3)
			t.binding.voter_key = other;
		else if (i == 4)
			t.binding.question++;
		else if (i == 5)
			t.statement.definition = (const uint8_t *)"eight options";
		else if (i == 6)
			t.statement.definition_len--;
		else
			tb_point_add(g, &t.h, &t.h, &t.h);
		assert_int_equal(check(&t, part), TB_ERR_PROOF);
	}
}

static void test_points_that_are_refused(void **state)
{
	uint8_t part[PART(2)], kept[32];
	setting s;

	(void)state;
	set_up(&s, 1, 2);
	make(part, &s, 1);
	for (size_t i = 0; i < 2; i++) { /* A_1, A_2 */
		memcpy(kept, part + 64 * i, 32);
		memset(part + 64 * i, 0, 32);
		assert_int_equal(check(&s, part), TB_ERR_RANGE);
		memset(part + 64 * i, 0xff, 32);
		assert_int_equal(check(&s, part), TB_ERR_ENCODING);
		memcpy(part + 64 * i, kept, 32);
	}
	memset(part + PART(2) - 32, 0xff, 32); /* z_2 */
	assert_int_equal(check(&s, part), TB_ERR_ENCODING);
}

/* ---- forgeries: each works where the proof lacks something that it has (ATTACKS E-09, S-13) ---- */

/* Somebody else's whole part, under one's own name. */
static void test_a_copied_part_is_refused(void **state)
{
	uint8_t part[PART(1)];
	setting ada, eve;

	(void)state;
	set_up(&ada, 1, 1);
	set_up(&eve, 2, 1);
	make(part, &ada, 1);
	assert_int_equal(check(&ada, part), TB_OK);
	assert_int_equal(check(&eve, part), TB_ERR_PROOF);
}

/* One element of Ada's in an otherwise own part, with her T and z: challenges for single elements would let it through. */
static void test_one_copied_element_is_refused(void **state)
{
	uint8_t part[PART(2)], victim[PART(2)];
	setting ada, eve;

	(void)state;
	set_up(&ada, 1, 2);
	set_up(&eve, 2, 2);
	make(victim, &ada, 1);
	make(part, &eve, 2);
	assert_int_equal(check(&eve, part), TB_OK);
	memcpy(part + 64, victim + 64, 64);                   /* A_2 || B_2 */
	memcpy(part + 4 * 32 + 32, victim + 4 * 32 + 32, 32); /* T_2 */
	memcpy(part + 6 * 32 + 32, victim + 6 * 32 + 32, 32); /* z_2 */
	assert_int_equal(check(&eve, part), TB_ERR_PROOF);
}

/* Ada's ciphertext re-encrypted with s: z + c*s answers her challenge, but the challenge is another now. */
static void test_a_rerandomised_copy_is_refused(void **state)
{
	uint8_t part[PART(1)];
	tb_scalar c, z, k;
	tb_point A, B, step;
	tb_secret s;
	setting ada;

	(void)state;
	set_up(&ada, 1, 1);
	make(part, &ada, 1);
	assert_int_equal(check_length(&ada, part, sizeof part, &c), TB_OK);
	tb_fixture_secret(g, &s, "s", 0);
	tb_fixture_scalar(g, &k, "s", 0);
	assert_int_equal(tb_point_parse(g, &A, part), TB_OK);
	assert_int_equal(tb_point_parse(g, &B, part + 32), TB_OK);
	assert_int_equal(tb_scalar_parse(g, &z, part + 96), TB_OK);
	tb_point_mul_generator_secret(g, &step, &s);
	tb_point_add(g, &A, &A, &step);
	tb_point_mul_secret(g, &step, &s, &ada.h);
	tb_point_add(g, &B, &B, &step);
	tb_scalar_mul(g, &k, &k, &c);
	tb_scalar_add(g, &z, &z, &k);
	tb_point_write(g, part, &A);
	tb_point_write(g, part + 32, &B);
	tb_scalar_write(g, part + 96, &z);
	assert_int_equal(check(&ada, part), TB_ERR_PROOF);
}

/* Another message put onto a ciphertext whose r is not known: A, T and z stay, and only the challenge knows B. */
static void test_another_message_on_the_same_randomness_is_refused(void **state)
{
	uint8_t part[PART(1)];
	tb_point B, M;
	setting ada;

	(void)state;
	set_up(&ada, 1, 1);
	make(part, &ada, 1);
	assert_int_equal(tb_point_parse(g, &B, part + 32), TB_OK);
	tb_point_generator(g, &M);
	tb_point_add(g, &B, &B, &M);
	tb_point_write(g, part + 32, &B);
	assert_int_equal(check(&ada, part), TB_ERR_PROOF);
}

/* A challenge that omits T: choose z, then T = z*g - c*A for an A that nobody knows the logarithm of. */
static void test_a_commitment_made_for_the_challenge_is_refused(void **state)
{
	uint8_t part[PART(1)];
	tb_point A, T, t;
	tb_scalar c, z;
	setting eve;

	(void)state;
	set_up(&eve, 2, 1);
	make(part, &eve, 2);
	tb_point_hash(g, &A, "nobody knows", NULL, 0);
	tb_point_write(g, part, &A);
	assert_int_equal(check_length(&eve, part, sizeof part, &c), TB_ERR_PROOF);
	assert_int_equal(tb_scalar_parse(g, &z, part + 96), TB_OK);
	tb_point_generator(g, &T);
	tb_point_mul_public(g, &T, &z, &T);
	tb_point_mul_public(g, &t, &c, &A);
	tb_point_sub(g, &T, &T, &t);
	tb_point_write(g, part + 64, &T);
	assert_int_equal(check(&eve, part), TB_ERR_PROOF);
}

/* Errors of two elements that would cancel each other if both had the same randomiser [BATCH.RANDOM]. */
static void test_errors_do_not_cancel(void **state)
{
	uint8_t part[PART(2)];
	tb_scalar z, one;
	setting s;

	(void)state;
	set_up(&s, 1, 2);
	make(part, &s, 1);
	tb_scalar_set_u64(g, &one, 1);
	assert_int_equal(tb_scalar_parse(g, &z, part + 192), TB_OK);
	tb_scalar_add(g, &z, &z, &one);
	tb_scalar_write(g, part + 192, &z);
	assert_int_equal(tb_scalar_parse(g, &z, part + 224), TB_OK);
	tb_scalar_sub(g, &z, &z, &one);
	tb_scalar_write(g, part + 224, &z);
	assert_int_equal(check(&s, part), TB_ERR_PROOF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest_parts_verify),
		cmocka_unit_test(test_ciphertexts_decrypt_to_the_elements),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_a_part_is_for_one_place),
		cmocka_unit_test(test_points_that_are_refused),
		cmocka_unit_test(test_a_copied_part_is_refused),
		cmocka_unit_test(test_one_copied_element_is_refused),
		cmocka_unit_test(test_a_rerandomised_copy_is_refused),
		cmocka_unit_test(test_another_message_on_the_same_randomness_is_refused),
		cmocka_unit_test(test_a_commitment_made_for_the_challenge_is_refused),
		cmocka_unit_test(test_errors_do_not_cancel),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
