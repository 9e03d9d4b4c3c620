/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shuffles when memory runs out: at the first allocation, at the second, and so on until nothing fails.  What fails says MEMORY, leaves
 * nothing of an unfinished proof, and loses nothing (AddressSanitizer sees that).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/shuffle.h"
#include "tests/support/starve.h"

enum { NUM = 3, LIST = 64 * NUM, PROOF = 160 * NUM + 96 + 192 };

static const tb_parallel alone = {.threads = 1};
static tb_shuffle_generators *generators;
static tb_shuffle_statement st;
static tb_point h;
static uint8_t inputs[LIST], outputs[LIST], proof[PROOF], kept_outputs[LIST], kept_proof[PROOF];

static int set_up(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_shuffle_place place;
	tb_point P;

	(void)state;
	tb_point_hash(g, &h, "test/key", "", 0);
	for (size_t i = 0; i < LIST / 32; i++) {
		tb_point_hash(g, &P, "test/input", &(uint8_t){(uint8_t)i}, 1);
		tb_point_write(g, inputs + 32 * i, &P);
	}
	if (tb_shuffle_generators_new(g, &generators, NUM, &alone) != TB_OK)
		return 1;
	st = (tb_shuffle_statement){generators, &h, "binding", 7, NUM, 1, inputs, LIST};
	return tb_shuffle_make(&st, kept_outputs, kept_proof, &alone, &place) == TB_OK ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	tb_shuffle_generators_free(generators);
	return 0;
}

static tb_err make_generators(void)
{
	tb_shuffle_generators *gens = NULL;
	tb_err err = tb_shuffle_generators_new(tb_group_ristretto255(), &gens, NUM, &alone);

	assert_true((err == TB_OK) == (gens != NULL));
	tb_shuffle_generators_free(gens);
	return err;
}

static tb_err make_shuffle(void)
{
	static const uint8_t zero[PROOF];
	tb_shuffle_place place;
	tb_err err;

	memset(outputs, 1, sizeof outputs);
	memset(proof, 1, sizeof proof);
	err = tb_shuffle_make(&st, outputs, proof, &alone, &place);
	if (err != TB_OK) {
		assert_memory_equal(outputs, zero, sizeof outputs);
		assert_memory_equal(proof, zero, sizeof proof);
	}
	return err;
}

static tb_err verify_shuffle(void)
{
	tb_shuffle_place place;

	return tb_shuffle_verify(&st, kept_outputs, LIST, kept_proof, PROOF, &alone, &place);
}

static void test_generators(void **state)
{
	(void)state;
	tb_starve(make_generators, 2);
}

static void test_make(void **state)
{
	(void)state;
	tb_starve(make_shuffle, 20);
}

static void test_verify(void **state)
{
	(void)state;
	tb_starve(verify_shuffle, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generators),
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_verify),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
