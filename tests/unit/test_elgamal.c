/* SPDX-License-Identifier: Apache-2.0 */
/* Ciphertexts, their sums and weights [BALLOT.ENCRYPT] [TALLY.AGGREGATE], in every group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/elgamal.h"
#include "tests/support/fixture.h"

typedef struct key {
	const tb_group *g;
	tb_secret x;
	tb_fixed_base *h;
} key;

static void key_new(key *k, const tb_group *g)
{
	tb_point h;

	k->g = g;
	tb_fixture_secret(g, &k->x, "elgamal key", 0);
	tb_point_mul_generator_secret(g, &h, &k->x);
	assert_int_equal(tb_fixed_base_new(g, &k->h, &h), TB_OK);
}

/* Option i of ciphertext n holds value(n, i). */
static uint64_t value(uint64_t n, uint64_t i)
{
	return (n * 7 + i * 3) % 6;
}

static void encrypt(const key *k, tb_points *c, uint64_t n)
{
	for (uint64_t i = 0; i < c->num / 2; i++) {
		tb_secret v, r;

		tb_secret_set_u64(k->g, &v, value(n, i));
		tb_fixture_secret(k->g, &r, "elgamal r", n * 100 + i);
		tb_elgamal_encrypt(k->g, k->h, tb_points_at(c, 2 * i), tb_points_at(c, 2 * i + 1), &v, &r);
	}
}

static void assert_holds(const key *k, const tb_points *c, uint64_t i, uint64_t v)
{
	tb_point shared, M, expected;
	tb_scalar s;

	tb_point_mul_secret(k->g, &shared, &k->x, tb_points_at(c, 2 * i));
	tb_elgamal_open(k->g, &M, tb_points_at(c, 2 * i + 1), &shared);
	tb_scalar_set_u64(k->g, &s, v);
	tb_point_generator(k->g, &expected);
	tb_point_mul_public(k->g, &expected, &s, &expected);
	assert_true(tb_point_equal(k->g, &M, &expected));
}

static void test_encrypt_add_weigh_open(void **state)
{
	static const uint64_t weights[] = {1, 1, 2, 3, 0, 1000000, 1, 7, UINT64_C(1) << 33};
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t n = 0; n < num; n++) {
		tb_points sum, c;
		uint64_t expected[3] = {0};
		key k;

		key_new(&k, groups[n]);
		assert_int_equal(tb_points_new(k.g, &sum, 6), TB_OK);
		assert_int_equal(tb_points_new(k.g, &c, 6), TB_OK);
		for (uint64_t b = 0; b < sizeof weights / sizeof weights[0]; b++) {
			encrypt(&k, &c, b);
			for (uint64_t i = 0; i < 3; i++) {
				assert_holds(&k, &c, i, value(b, i));
				expected[i] += weights[b] * value(b, i);
			}
			tb_elgamal_add(k.g, &sum, &c, weights[b]);
			for (uint64_t i = 0; i < 3; i++)
				assert_holds(&k, &sum, i, expected[i]);
		}
		tb_points_free(&sum);
		tb_points_free(&c);
		tb_fixed_base_free(k.h);
	}
}

/* E = (r*g, v*g + r*h) exactly, and another r gives another ciphertext. */
static void test_ciphertext_is_that_of_the_spec(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point a, b, a2, b2, h, expected, t;
	tb_scalar r, v;
	tb_secret rs, vs;
	key k;

	(void)state;
	key_new(&k, g);
	tb_point_mul_generator_secret(g, &h, &k.x);
	tb_fixture_scalar(g, &r, "r", 0);
	tb_scalar_set_u64(g, &v, 200);
	tb_secret_set_scalar(g, &rs, &r);
	tb_secret_set_scalar(g, &vs, &v);
	tb_elgamal_encrypt(g, k.h, &a, &b, &vs, &rs);
	tb_point_generator(g, &t);
	tb_point_mul_public(g, &expected, &r, &t);
	assert_true(tb_point_equal(g, &a, &expected));
	tb_point_mul_public(g, &expected, &v, &t);
	tb_point_mul_public(g, &t, &r, &h);
	tb_point_add(g, &expected, &expected, &t);
	assert_true(tb_point_equal(g, &b, &expected));
	tb_secret_add(g, &rs, &rs, &rs);
	tb_elgamal_encrypt(g, k.h, &a2, &b2, &vs, &rs);
	assert_false(tb_point_equal(g, &a, &a2));
	assert_false(tb_point_equal(g, &b, &b2));
	tb_fixed_base_free(k.h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encrypt_add_weigh_open),
		cmocka_unit_test(test_ciphertext_is_that_of_the_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
