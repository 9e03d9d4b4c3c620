/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of a shuffle [SHUFFLE.STATEMENT] [SHUFFLE.PROVE] [SHUFFLE.VERIFY] [SHUFFLE.WIRE], made by the real prover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/shuffle.h"
#include "tests/support/fixture.h"
#include "tests/support/group_tiny.h"

static const char BINDING[] = "election, close, question, mix, trustee";

/* A shuffle with everything that belongs to it. */
typedef struct sample {
	const tb_group *g;
	tb_shuffle_generators *generators;
	tb_shuffle_statement st;
	tb_secret x;
	tb_point h;
	uint8_t *inputs, *outputs, *proof;
	size_t list_len, proof_len;
} sample;

/* Message i is hashed, so that decrypted outputs tell where they come from. */
static void message(const sample *s, tb_point *out, size_t i)
{
	const uint32_t index = (uint32_t)i;

	tb_point_hash(s->g, out, "test/message", &index, sizeof index);
}

static void encrypt_inputs(sample *s)
{
	const size_t point = tb_group_point_bytes(s->g);
	tb_point a, b, m;

	for (size_t i = 0; i < s->st.num * s->st.width; i++) {
		tb_secret r;

		tb_fixture_secret(s->g, &r, "shuffle input", i);
		tb_point_mul_generator_secret(s->g, &a, &r);
		tb_point_mul_secret(s->g, &b, &r, &s->h);
		message(s, &m, i);
		tb_point_add(s->g, &b, &b, &m);
		tb_point_write(s->g, s->inputs + 2 * i * point, &a);
		tb_point_write(s->g, s->inputs + (2 * i + 1) * point, &b);
	}
}

static void sample_new(sample *s, const tb_group *g, size_t num, size_t width)
{
	s->g = g;
	assert_int_equal(
		tb_shuffle_generators_new(g, &s->generators, num, &(tb_parallel){.threads = 1}), TB_OK);
	assert_int_equal(tb_shuffle_generators_num(s->generators), num);
	tb_fixture_secret(g, &s->x, "shuffle key", 0);
	tb_point_mul_generator_secret(g, &s->h, &s->x);
	s->list_len = tb_shuffle_list_bytes(g, num, width);
	s->proof_len = tb_shuffle_proof_bytes(g, num, width);
	s->inputs = calloc(1, s->list_len);
	s->outputs = calloc(1, s->list_len);
	s->proof = calloc(1, s->proof_len);
	assert_true(s->inputs != NULL && s->outputs != NULL && s->proof != NULL);
	s->st = (tb_shuffle_statement){.generators = s->generators,
		.h = &s->h,
		.binding = BINDING,
		.binding_len = sizeof BINDING,
		.num = num,
		.width = width,
		.inputs = s->inputs,
		.inputs_len = s->list_len};
	encrypt_inputs(s);
}

static void sample_free(sample *s)
{
	tb_shuffle_generators_free(s->generators);
	free(s->inputs);
	free(s->outputs);
	free(s->proof);
}

static tb_err make(sample *s, unsigned threads, tb_shuffle_place *place)
{
	return tb_shuffle_make(&s->st, s->outputs, s->proof, &(tb_parallel){.threads = threads}, place);
}

static tb_err verify(const sample *s, unsigned threads, tb_shuffle_place *place)
{
	return tb_shuffle_verify(&s->st, s->outputs, s->list_len, s->proof, s->proof_len,
		&(tb_parallel){.threads = threads}, place);
}

/* The message in element k of output i: which input (of the same k)? */
static size_t origin(const sample *s, size_t i, size_t k)
{
	const size_t point = tb_group_point_bytes(s->g), at = 2 * (i * s->st.width + k) * point;
	tb_point a, b, m;

	assert_int_equal(tb_point_parse(s->g, &a, s->outputs + at), TB_OK);
	assert_int_equal(tb_point_parse(s->g, &b, s->outputs + at + point), TB_OK);
	tb_point_mul_secret(s->g, &a, &s->x, &a);
	tb_point_sub(s->g, &b, &b, &a);
	for (size_t j = 0; j < s->st.num; j++) {
		message(s, &m, j * s->st.width + k);
		if (tb_point_equal(s->g, &m, &b))
			return j;
	}
	fail();
	return 0;
}

/* What comes out is what went in: every input once, its elements together, none as it was. */
static void check_outputs(const sample *s)
{
	bool *seen = calloc(s->st.num, sizeof *seen);

	assert_non_null(seen);
	for (size_t i = 0; i < s->st.num; i++) {
		size_t j = origin(s, i, 0);

		assert_false(seen[j]);
		seen[j] = true;
		for (size_t k = 1; k < s->st.width; k++)
			assert_int_equal(origin(s, i, k), j);
		assert_memory_not_equal(s->outputs + i * s->list_len / s->st.num,
			s->inputs + j * s->list_len / s->st.num, tb_group_point_bytes(s->g));
	}
	free(seen);
}

static void check_honest(const tb_group *g, size_t num, size_t width, unsigned threads)
{
	tb_shuffle_place place;
	sample s;

	sample_new(&s, g, num, width);
	assert_int_equal(make(&s, threads, &place), TB_OK);
	assert_int_equal(verify(&s, 1, &place), TB_OK);
	assert_int_equal(verify(&s, 3, &place), TB_OK);
	assert_int_equal(place.part, TB_SHUFFLE_NOWHERE);
	if (num < 30)
		check_outputs(&s);
	s.st.binding_len--;
	assert_int_equal(verify(&s, 1, &place), TB_ERR_PROOF);
	sample_free(&s);
}

static void test_honest(void **state)
{
	static const size_t nums[] = {1, 2, 3, 4, 7, 20};
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t i = 0; i < sizeof nums / sizeof nums[0]; i++) {
		for (size_t width = 1; width <= 3; width++)
			check_honest(g, nums[i], width, 1 + (unsigned)i % 3);
	}
	/* more than one chunk on both sides, the last one short */
	check_honest(g, 600, 1, 2);
	check_honest(g, 259, 2, 1);
	check_honest(g, 2, TB_SHUFFLE_MAX_WIDTH, 2);
	check_honest(tb_group_modp4096(), 2, 1, 1);
	check_honest(tb_tiny_group(32749), 5, 2, 1);
}

static void test_sizes_are_those_of_the_spec(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t num = 1; num < 100; num += 7) {
		for (size_t width = 1; width <= 20; width++) {
			assert_int_equal(tb_shuffle_proof_bytes(g, num, width), 160 * num + 96 * width + 192);
			assert_int_equal(tb_shuffle_list_bytes(g, num, width), 64 * num * width);
		}
	}
}

/* Twice the same list: another order (of 10! ones), other outputs, another proof; generators for more serve as well. */
static void test_nothing_is_used_twice(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t first[10 * 64], proof[10 * 160 + 96 + 192];
	size_t order[10], same = 0;
	tb_shuffle_generators *more, *own;
	tb_shuffle_place place;
	sample s;

	(void)state;
	sample_new(&s, g, 10, 1);
	assert_int_equal(make(&s, 1, &place), TB_OK);
	assert_int_equal(s.proof_len, sizeof proof);
	memcpy(first, s.outputs, sizeof first);
	memcpy(proof, s.proof, sizeof proof);
	for (size_t i = 0; i < 10; i++)
		order[i] = origin(&s, i, 0);
	own = s.generators;
	assert_int_equal(tb_shuffle_generators_new(g, &more, 40, &(tb_parallel){.threads = 2}), TB_OK);
	s.st.generators = more;
	assert_int_equal(make(&s, 1, &place), TB_OK);
	s.st.generators = own;
	assert_int_equal(verify(&s, 1, &place), TB_OK);
	for (size_t i = 0; i < 10; i++)
		same += order[i] == origin(&s, i, 0);
	assert_int_not_equal(same, 10);
	for (size_t at = 0; at < sizeof first; at += 32) {
		for (size_t other = 0; other < sizeof first; other += 32)
			assert_memory_not_equal(first + at, s.outputs + other, 32);
	}
	for (size_t at = 0; at < sizeof proof; at += 32)
		assert_memory_not_equal(proof + at, s.proof + at, 32);
	tb_shuffle_generators_free(more);
	sample_free(&s);
}

/* ---- what is refused ---- */
/* Flips every bit of `data`, part of the sample, and wants a refusal. */
static size_t flip_all(sample *s, uint8_t *data, size_t len)
{
	size_t unreadable = 0;
	tb_shuffle_place place;

	for (size_t bit = 0; bit < 8 * len; bit++) {
		tb_err err;

		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		err = verify(s, 1, &place);
		assert_true(err == TB_ERR_PROOF || err == TB_ERR_ENCODING);
		assert_int_equal(err == TB_ERR_ENCODING, place.part != TB_SHUFFLE_NOWHERE);
		unreadable += err == TB_ERR_ENCODING;
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	return unreadable;
}

static void test_every_flipped_bit_is_refused(void **state)
{
	char binding[sizeof BINDING];
	tb_shuffle_place place;
	size_t unreadable;
	sample s;

	(void)state;
	sample_new(&s, tb_group_ristretto255(), 2, 1);
	assert_int_equal(make(&s, 1, &place), TB_OK);
	memcpy(binding, BINDING, sizeof binding);
	s.st.binding = binding;
	unreadable = flip_all(&s, s.proof, s.proof_len);
	assert_in_range(unreadable, 8 * 10, 8 * s.proof_len - 8 * 10);
	(void)flip_all(&s, s.outputs, s.list_len);
	(void)flip_all(&s, s.inputs, s.list_len);
	assert_int_equal(flip_all(&s, (uint8_t *)binding, sizeof binding), 0);
	assert_int_equal(verify(&s, 1, &place), TB_OK);
	tb_point_add(s.g, &s.h, &s.h, &s.h);
	assert_int_equal(verify(&s, 1, &place), TB_ERR_PROOF);
	sample_free(&s);
}

/* The first thing that cannot be read is named, by part and row, on any number of threads. */
static void test_the_place_is_named(void **state)
{
	enum { NUM = 5, WIDTH = 2 };
	const size_t c = 0, C = c + 32 * NUM, D = C + 32 * NUM, t = D + 32 * NUM,
		     r = t + 32 * (3 + 2 * WIDTH), p = r + 32 * (3 + WIDTH), q = p + 32 * NUM;
	const struct {
		tb_shuffle_part part;
		size_t at, index; /* of 32 bytes */
	} cases[] = {{TB_SHUFFLE_COMMITMENTS, c + 32 * 3, 3}, {TB_SHUFFLE_CHAIN, C, 0},
		{TB_SHUFFLE_CHAIN, C + 32 * 4, 4}, {TB_SHUFFLE_MASKS, D + 32, 1},
		{TB_SHUFFLE_T, t + 32 * 6, 6}, {TB_SHUFFLE_S, r + 32 * 4, 4}, {TB_SHUFFLE_P, p + 32 * 2, 2},
		{TB_SHUFFLE_Q, q + 32 * 4, 4}};
	tb_shuffle_place place;
	sample s;

	(void)state;
	sample_new(&s, tb_group_ristretto255(), NUM, WIDTH);
	assert_int_equal(make(&s, 1, &place), TB_OK);
	assert_int_equal(s.proof_len, q + 32 * NUM);
	/* From the last part to the first: each time the new one comes before all others. */
	for (size_t n = sizeof cases / sizeof cases[0]; n-- > 0;) {
		memset(s.proof + cases[n].at, 0xff, 32);
		for (unsigned threads = 1; threads <= 5; threads++) {
			assert_int_equal(verify(&s, threads, &place), TB_ERR_ENCODING);
			assert_int_equal(place.part, cases[n].part);
			assert_int_equal(place.index, cases[n].index);
		}
	}
	memset(s.outputs + 64 * WIDTH * 3 + 96, 0xff, 32);
	assert_int_equal(verify(&s, 2, &place), TB_ERR_ENCODING);
	assert_int_equal(place.part, TB_SHUFFLE_OUTPUTS);
	assert_int_equal(place.index, 3);
	memset(s.inputs + 64 * WIDTH * 4 + 32, 0xff, 32);
	assert_int_equal(verify(&s, 2, &place), TB_ERR_ENCODING);
	assert_int_equal(place.part, TB_SHUFFLE_INPUTS);
	assert_int_equal(place.index, 4);
	for (int part = TB_SHUFFLE_NOWHERE; part <= TB_SHUFFLE_Q; part++)
		assert_true(strlen(tb_shuffle_part_text((tb_shuffle_part)part)) > 0);
	sample_free(&s);
}

static bool is_zero(const uint8_t *data, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= data[i];
	return any == 0;
}

/* Who shuffles says which input is no point, and leaves nothing of an unfinished proof. */
static void test_a_bad_input_is_not_shuffled(void **state)
{
	tb_shuffle_place place;
	sample s;

	(void)state;
	sample_new(&s, tb_group_ristretto255(), 300, 1);
	memset(s.inputs + 64 * 271 + 32, 0xff, 32);
	memset(s.outputs, 1, s.list_len);
	memset(s.proof, 1, s.proof_len);
	assert_int_equal(make(&s, 2, &place), TB_ERR_ENCODING);
	assert_int_equal(place.part, TB_SHUFFLE_INPUTS);
	assert_int_equal(place.index, 271);
	assert_true(is_zero(s.outputs, s.list_len));
	assert_true(is_zero(s.proof, s.proof_len));
	sample_free(&s);
}

static tb_err verify_lengths(const sample *s, size_t outputs_len, size_t proof_len, tb_shuffle_place *place)
{
	return tb_shuffle_verify(
		&s->st, s->outputs, outputs_len, s->proof, proof_len, &(tb_parallel){.threads = 1}, place);
}

static void test_lengths_and_numbers(void **state)
{
	tb_shuffle_generators *none;
	tb_shuffle_place place;
	sample s;

	(void)state;
	sample_new(&s, tb_group_ristretto255(), 4, 1);
	assert_int_equal(make(&s, 1, &place), TB_OK);
	assert_int_equal(
		verify_lengths(&s, s.list_len - 64, s.proof_len, &place), TB_ERR_ENCODING); /* S-03 */
	assert_int_equal(place.part, TB_SHUFFLE_OUTPUTS);
	assert_int_equal(verify_lengths(&s, s.list_len, s.proof_len - 160, &place), TB_ERR_ENCODING);
	assert_int_equal(place.part, TB_SHUFFLE_PROOF);
	assert_int_equal(verify_lengths(&s, s.list_len, s.proof_len + 1, &place), TB_ERR_ENCODING);
	s.st.inputs_len -= 64;
	assert_int_equal(verify_lengths(&s, s.list_len, s.proof_len, &place), TB_ERR_ENCODING);
	assert_int_equal(place.part, TB_SHUFFLE_INPUTS);
	assert_int_equal(make(&s, 1, &place), TB_ERR_ENCODING);
	s.st.num = 0;
	s.st.inputs_len = 0;
	assert_int_equal(verify_lengths(&s, 0, 0, &place), TB_ERR_RANGE);
	assert_int_equal(make(&s, 1, &place), TB_ERR_RANGE);
	s.st.num = TB_SHUFFLE_MAX_NUM + 1;
	assert_int_equal(verify_lengths(&s, 0, 0, &place), TB_ERR_RANGE);
	s.st.num = 4;
	s.st.width = 0;
	assert_int_equal(verify_lengths(&s, 0, 0, &place), TB_ERR_RANGE);
	s.st.width = TB_SHUFFLE_MAX_WIDTH + 1;
	assert_int_equal(make(&s, 1, &place), TB_ERR_RANGE);
	assert_int_equal(
		tb_shuffle_generators_new(s.g, &none, TB_SHUFFLE_MAX_NUM + 1, &(tb_parallel){.threads = 1}),
		TB_ERR_RANGE);
	sample_free(&s);
}

/* ---- progress ---- */
typedef struct seen {
	uint64_t done, total;
	unsigned calls;
} seen;

static void see(void *arg, uint64_t done, uint64_t total)
{
	seen *s = arg;

	assert_true(done >= s->done && done <= total);
	s->done = done;
	s->total = total;
	s->calls++;
}

static void test_progress(void **state)
{
	seen made = {0}, verified = {0};
	tb_parallel work = {.threads = 2, .progress = see, .progress_arg = &made};
	tb_shuffle_place place;
	sample s;

	(void)state;
	sample_new(&s, tb_group_ristretto255(), 700, 1);
	assert_int_equal(tb_shuffle_make(&s.st, s.outputs, s.proof, &work, &place), TB_OK);
	assert_true(made.calls >= 2);
	assert_int_equal(made.done, 1400);
	assert_int_equal(made.total, 1400);
	work.progress_arg = &verified;
	assert_int_equal(
		tb_shuffle_verify(&s.st, s.outputs, s.list_len, s.proof, s.proof_len, &work, &place), TB_OK);
	assert_int_equal(verified.done, 700);
	assert_int_equal(verified.total, 700);
	sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_sizes_are_those_of_the_spec),
		cmocka_unit_test(test_nothing_is_used_twice),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_the_place_is_named),
		cmocka_unit_test(test_a_bad_input_is_not_shuffled),
		cmocka_unit_test(test_lengths_and_numbers),
		cmocka_unit_test(test_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
