/* SPDX-License-Identifier: Apache-2.0 */
/* Multi-scalar multiplication with secret scalars, against the one with public scalars. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/msm_secret.h"
#include "tests/support/fixture.h"
#include "tests/support/group_formal.h"
#include "tests/support/group_tiny.h"

#define MOST 9

/* Scalars that go through every digit and carry: random, 0, 1, q - 1, 8s, 7s and fs. */
static void scalar_at(const tb_group *g, tb_scalar *out, size_t i)
{
	static const uint8_t patterns[] = {0x88, 0x77, 0xff, 0x78, 0x87};
	uint8_t wide[64] = {0};
	tb_scalar one;

	tb_scalar_set_u64(g, &one, 1);
	tb_scalar_set_u64(g, out, 0);
	if (i % 8 == 1)
		*out = one;
	else if (i % 8 == 2)
		tb_scalar_sub(g, out, out, &one);
	else if (i % 8 > 2 && i < 40) {
		memset(wide, patterns[i % 8 - 3], i);
		tb_scalar_reduce64(g, out, wide);
	} else if (i % 8 != 0) {
		tb_fixture_scalar(g, out, "scalar", i);
	}
}

static void check_group(const tb_group *g, size_t rounds)
{
	tb_msm_secret_room *room;

	assert_int_equal(tb_msm_secret_room_new(g, &room, 4), TB_OK);
	for (size_t round = 0; round < rounds; round++) {
		const size_t num = round % (MOST + 1);
		const tb_point *pointers[MOST];
		tb_point points[MOST], expected, found, term;
		tb_secret secrets[MOST];

		tb_point_identity(g, &expected);
		for (size_t i = 0; i < num; i++) {
			tb_scalar k;

			scalar_at(g, &k, round + i);
			tb_secret_set_scalar(g, &secrets[i], &k);
			tb_point_hash(g, &points[i], "test/msm", &(uint8_t){(uint8_t)i}, 1);
			if (i == 5) /* the same point, and none, are points too */
				tb_point_copy(g, &points[i], &points[0]);
			if (i == 6)
				tb_point_identity(g, &points[i]);
			pointers[i] = &points[i];
			tb_point_mul_public(g, &term, &k, &points[i]);
			tb_point_add(g, &expected, &expected, &term);
		}
		tb_msm_secret(room, &found, secrets, pointers, num);
		assert_true(tb_point_equal(g, &found, &expected));
	}
	tb_msm_secret_room_free(room);
}

static void test_against_single_multiplications(void **state)
{
	(void)state;
	check_group(tb_group_ristretto255(), 100);
	check_group(tb_tiny_group(1009), 100);
	check_group(tb_formal_group(101), 20);
	check_group(tb_group_modp4096(), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_single_multiplications),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
