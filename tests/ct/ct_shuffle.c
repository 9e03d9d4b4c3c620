/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constant time of shuffling [SHUFFLE.PROVE]: everything random is marked undefined for valgrind's memcheck, the keys of the permutation
 * too, so that a branch or an address that depends on the order or on an exponent is reported.  tests/support/ct_wraps.h says what
 * becomes public.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <valgrind/memcheck.h>

#include "crypto/msm_secret.h"
#include "crypto/permute.h"
#include "crypto/rand.h"
#include "crypto/shuffle.h"
#include "tests/support/ct_wraps.h"
#include "tests/support/fixture.h"

static bool is_random_secret = true;
static size_t num_keys;

/* The keys of the permutation.  What tb_secret_random() takes from here is marked by its own wrapper, and the verifier's
 * randomisers are public. */
tb_err __real_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len)
{
	tb_err err = __real_tb_random(out, len);

	if (is_random_secret) {
		tb_ct_secret(out, len);
		num_keys += len;
	}
	return err;
}

tb_err __real_tb_point_parse(const tb_group *g, tb_point *out, const uint8_t *in);
tb_err __wrap_tb_point_parse(const tb_group *g, tb_point *out, const uint8_t *in);
/*
 * The inputs are read in their new, secret order.  libdecaf's decoding is written without branches, but in Debian's build it ends with an
 * assertion on the decoded point (and has those of libdecaf.supp on the way), and whether it succeeded becomes public: at these places and no
 * others memcheck sees a jump.  So what goes in is public here, and secret again when it comes out.
 */
tb_err __wrap_tb_point_parse(const tb_group *g, tb_point *out, const uint8_t *in)
{
	uint8_t wire[32];
	tb_err err;

	assert_int_equal(tb_group_point_bytes(g), sizeof wire);
	memcpy(wire, in, sizeof wire);
	tb_ct_public(wire, sizeof wire);
	err = __real_tb_point_parse(g, out, wire);
	if (tb_ct_is_secret(in, sizeof wire))
		tb_ct_secret(out, tb_group_point_stride(g));
	return err;
}

/* The instrument works: a child that looks something up by its place in a permutation is caught. */
static void test_a_leak_is_noticed(void **state)
{
	static volatile uint8_t table[256];
	volatile uint8_t sink = 0;
	tb_permutation p;
	int status;
	pid_t child;

	(void)state;
	assert_true(RUNNING_ON_VALGRIND != 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (tb_permutation_new(&p, 5) != TB_OK)
			_exit(1);
		sink = table[p.images[0] & 255];
		_exit(VALGRIND_COUNT_ERRORS == 1 ? 7 : 8);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 7 || WEXITSTATUS(status) == 99);
	tb_ct_assert_silent();
	(void)sink;
}

static void test_permuting(void **state)
{
	uint64_t records[3 * 21];
	tb_permutation p;

	(void)state;
	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
		records[i] = i;
	assert_int_equal(tb_permutation_new(&p, 21), TB_OK);
	assert_true(tb_ct_is_secret(p.keys, 21 * sizeof p.keys[0]));
	assert_true(tb_ct_is_secret(p.images, 21 * sizeof p.images[0]));
	tb_permutation_apply(&p, records, 3);
	assert_true(tb_ct_is_secret(records, sizeof records));
	tb_permutation_apply_inverse(&p, records, 3);
	tb_permutation_free(&p);
	tb_ct_assert_silent();
}

static void test_multiplying(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	const tb_point *pointers[5];
	tb_msm_secret_room *room;
	tb_secret scalars[5];
	tb_point points[5], sum;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		tb_fixture_secret(g, &scalars[i], "secret", i);
		tb_point_mul_generator_secret(g, &points[i], &scalars[i]);
		tb_ct_secret(&points[i], tb_group_point_stride(g));
		tb_ct_secret(&scalars[i], sizeof scalars[i]);
		pointers[i] = &points[i];
	}
	assert_int_equal(tb_msm_secret_room_new(g, &room, 3), TB_OK);
	tb_msm_secret(room, &sum, scalars, pointers, 5);
	assert_true(tb_ct_is_secret(&sum, tb_group_point_stride(g)));
	tb_msm_secret_room_free(room);
	tb_ct_assert_silent();
}

static void test_shuffling(void **state)
{
	enum { NUM = 5, WIDTH = 2 };
	const tb_group *g = tb_group_ristretto255();
	const tb_parallel work = {.threads = 1};
	uint8_t inputs[64 * NUM * WIDTH], outputs[sizeof inputs], proof[160 * NUM + 96 * WIDTH + 192];
	tb_shuffle_generators *generators;
	tb_shuffle_place place;
	tb_point h, P;

	(void)state;
	tb_point_hash(g, &h, "test/key", "", 0);
	for (size_t i = 0; i < sizeof inputs / 32; i++) {
		tb_point_hash(g, &P, "test/input", &(uint8_t){(uint8_t)i}, 1);
		tb_point_write(g, inputs + 32 * i, &P);
	}
	assert_int_equal(tb_shuffle_generators_new(g, &generators, NUM, &work), TB_OK);
	const tb_shuffle_statement st = {generators, &h, "binding", 7, NUM, WIDTH, inputs, sizeof inputs};
	num_keys = 0;
	assert_int_equal(tb_shuffle_make(&st, outputs, proof, &work, &place), TB_OK);
	assert_int_equal(num_keys >= 16 * NUM, 1);
	tb_ct_assert_silent();
	/* Points and scalars were published one by one, each by name; only what the network put in its place (the commitments) is
	 * as secret as the order, until it lies there. */
	assert_true(tb_ct_is_secret(proof, 32 * NUM));
	for (size_t at = 0; at < sizeof outputs; at += 32)
		assert_false(tb_ct_is_secret(outputs + at, 32));
	for (size_t at = 32 * NUM; at < sizeof proof; at += 32)
		assert_false(tb_ct_is_secret(proof + at, 32));
	tb_ct_public(proof, sizeof proof);
	is_random_secret = false;
	assert_int_equal(
		tb_shuffle_verify(&st, outputs, sizeof outputs, proof, sizeof proof, &work, &place), TB_OK);
	is_random_secret = true;
	tb_shuffle_generators_free(generators);
	tb_ct_assert_silent();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_leak_is_noticed),
		cmocka_unit_test(test_permuting),
		cmocka_unit_test(test_multiplying),
		cmocka_unit_test(test_shuffling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
