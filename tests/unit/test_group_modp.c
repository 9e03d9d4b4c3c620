/* SPDX-License-Identifier: Apache-2.0 */
/* modp4096: its parameters, its arithmetic against GMP, and what must stay outside of the group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gmp.h>
#include <sodium.h>

#include "crypto/group_backend.h"
#include "crypto/group_modp_constants.h"
#include "tests/support/uniform.h"

#define WIRE 512
#define DELTA                                                                                                \
	"28797520377858363895813861153360252149188716940970487464352456075648608063"                         \
	"5197037903"

static const tb_group *g;
static mpz_t p, q, r, cofactor_prime; /* r = (p-1)/q = 2 * cofactor_prime */

static void import_limbs(mpz_t out, const uint64_t *limbs, size_t num)
{
	mpz_import(out, num, -1, 8, 0, 0, limbs);
}

static void to_wire(uint8_t out[WIRE], const mpz_t x)
{
	size_t len = (mpz_sizeinbase(x, 2) + 7) / 8;

	assert_true(len <= WIRE);
	memset(out, 0, WIRE);
	mpz_export(out + WIRE - len, NULL, 1, 1, 0, 0, x);
}

static tb_err parse(tb_point *out, const mpz_t x)
{
	uint8_t wire[WIRE];

	to_wire(wire, x);
	return tb_point_parse(g, out, wire);
}

static void check_value(const tb_point *a, const mpz_t expected)
{
	uint8_t wire[WIRE], want[WIRE];

	tb_point_write(g, wire, a);
	to_wire(want, expected);
	assert_memory_equal(wire, want, WIRE);
}

/* Any number mod p as if it were an element, past the checks of parse: x * 2^4096 mod p. */
static void force(tb_point *out, const mpz_t x)
{
	mpz_t t;

	mpz_init(t);
	mpz_mul_2exp(t, x, 4096);
	mpz_mod(t, t, p);
	memset(out->word, 0, sizeof out->word);
	mpz_export(out->word, NULL, -1, 8, 0, 0, t);
	mpz_clear(t);
}

static void random_number(mpz_t out, size_t bytes)
{
	uint8_t buf[600];

	assert_true(bytes <= sizeof buf);
	randombytes_buf(buf, bytes);
	mpz_import(out, bytes, 1, 1, 0, 0, buf);
}

/* A random element: any number to the power r. */
static void random_member(mpz_t out)
{
	random_number(out, 520);
	mpz_powm(out, out, r, p);
}

/* ---- parameters [GROUP.MODP] ---- */

/* floor(2^3584 ln 2) from ln 2 = sum 1/(k 2^k), with 64 bits more than needed; 3650 terms lose less than 3650
 * units of the last place, which does not reach the result. */
static void ln2_digits(mpz_t out)
{
	const unsigned bits = 3584 + 64;
	mpz_t sum, term, above;

	mpz_inits(sum, term, above, NULL);
	for (unsigned k = 1; k <= bits; k++) {
		mpz_set_ui(term, 1);
		mpz_mul_2exp(term, term, bits - k);
		mpz_fdiv_q_ui(term, term, k);
		mpz_add(sum, sum, term);
	}
	mpz_fdiv_q_2exp(out, sum, 64);
	mpz_add_ui(above, sum, bits + 2);
	mpz_fdiv_q_2exp(above, above, 64);
	assert_int_equal(mpz_cmp(above, out), 0);
	mpz_clears(sum, term, above, NULL);
}

static void test_p_follows_from_the_formula(void **state)
{
	mpz_t expected, t;

	(void)state;
	mpz_inits(expected, t, NULL);
	ln2_digits(expected);
	mpz_set_str(t, DELTA, 10);
	mpz_add(expected, expected, t);
	mpz_mul_2exp(expected, expected, 256);
	mpz_ui_pow_ui(t, 2, 4096);
	mpz_add(expected, expected, t);
	mpz_ui_pow_ui(t, 2, 3840);
	mpz_sub(expected, expected, t);
	mpz_ui_pow_ui(t, 2, 256);
	mpz_add(expected, expected, t);
	mpz_sub_ui(expected, expected, 1);
	assert_int_equal(mpz_cmp(expected, p), 0);
	mpz_clears(expected, t, NULL);
}

static void test_p_q_and_the_cofactor_are_prime(void **state)
{
	mpz_t t;

	(void)state;
	mpz_init(t);
	mpz_ui_pow_ui(t, 2, 256);
	mpz_sub_ui(t, t, 189);
	assert_int_equal(mpz_cmp(t, q), 0);
	assert_int_not_equal(mpz_probab_prime_p(q, 30), 0);
	assert_int_not_equal(mpz_probab_prime_p(p, 25), 0);
	assert_int_not_equal(mpz_probab_prime_p(cofactor_prime, 25), 0);
	mpz_mul(t, cofactor_prime, q);
	mpz_mul_2exp(t, t, 1);
	mpz_add_ui(t, t, 1);
	assert_int_equal(mpz_cmp(t, p), 0);
	assert_int_equal(mpz_fdiv_ui(p, 4), 3);
	mpz_clear(t);
}

static void test_the_derived_constants(void **state)
{
	mpz_t t, expected;
	tb_point a;

	(void)state;
	mpz_inits(t, expected, NULL);
	import_limbs(t, modp_cofactor, MODP_COFACTOR_LIMBS);
	assert_int_equal(mpz_cmp(t, r), 0);
	import_limbs(t, modp_p_tail, MODP_TAIL_LIMBS);
	mpz_mul_2exp(t, t, 256);
	mpz_sub_ui(t, t, 1);
	assert_int_equal(mpz_cmp(t, p), 0);
	import_limbs(t, modp_one, MODP_LIMBS);
	mpz_ui_pow_ui(expected, 2, 4096);
	mpz_mod(expected, expected, p);
	assert_int_equal(mpz_cmp(t, expected), 0);
	import_limbs(t, modp_r2, MODP_LIMBS);
	mpz_mul(expected, expected, expected);
	mpz_mod(expected, expected, p);
	assert_int_equal(mpz_cmp(t, expected), 0);
	mpz_set_ui(expected, 2);
	mpz_powm(expected, expected, r, p);
	tb_point_generator(g, &a);
	check_value(&a, expected);
	tb_point_identity(g, &a);
	mpz_set_ui(expected, 1);
	check_value(&a, expected);
	mpz_clears(t, expected, NULL);
}

/* ---- arithmetic ---- */

/* Numbers at which a carry, a borrow or the last subtraction goes the other way. */
static void edge_number(mpz_t out, unsigned kind)
{
	switch (kind) {
	case 0:
		mpz_set_ui(out, 1);
		break;
	case 1:
		mpz_sub_ui(out, p, 1);
		break;
	case 2:
		mpz_sub_ui(out, p, 2);
		break;
	case 3:
		mpz_ui_pow_ui(out, 2, 4095);
		break;
	case 4: /* 1 in Montgomery form: the smallest product there is */
		mpz_ui_pow_ui(out, 2, 4096);
		mpz_invert(out, out, p);
		break;
	case 5: /* p - 1 in Montgomery form: the largest */
		mpz_ui_pow_ui(out, 2, 4096);
		mpz_invert(out, out, p);
		mpz_sub(out, p, out);
		break;
	case 6: /* low 2048 bits zero in Montgomery form */
		mpz_ui_pow_ui(out, 2, 2048);
		mpz_invert(out, out, p);
		break;
	default:
		random_number(out, 520);
		mpz_mod(out, out, p);
		break;
	}
}

static void test_products_and_squares(void **state)
{
	mpz_t x, y, z;

	(void)state;
	mpz_inits(x, y, z, NULL);
	for (unsigned n = 0; n < 400; n++) {
		tb_point a, b, c;

		edge_number(x, n % 20);
		edge_number(y, n / 20);
		force(&a, x);
		force(&b, y);
		check_value(&a, x);
		tb_point_add(g, &c, &a, &b);
		mpz_mul(z, x, y);
		mpz_mod(z, z, p);
		check_value(&c, z);
		tb_point_add_secret(g, &c, &a, &b);
		check_value(&c, z);
		tb_point_add(g, &c, &a, &a);
		mpz_mul(z, x, x);
		mpz_mod(z, z, p);
		check_value(&c, z);
		g->dbl(g, &c, &a);
		check_value(&c, z);
		tb_point_neg(g, &c, &a);
		mpz_invert(z, x, p);
		check_value(&c, z);
	}
	mpz_clears(x, y, z, NULL);
}

/* Products that are below 2^4096 - p in Montgomery form: before the last subtraction they are at least p but
 * carry nothing, which does not happen by chance. */
static void test_products_that_need_the_comparison(void **state)
{
	mpz_t x, y, z, limit;

	(void)state;
	mpz_inits(x, y, z, limit, NULL);
	mpz_ui_pow_ui(limit, 2, 4096);
	mpz_sub(limit, limit, p);
	for (unsigned n = 0; n < 40; n++) {
		tb_point a, b, c;

		random_number(z, 470);
		if (n < 20) /* 1, 2, ..., and around the limit */
			mpz_set_ui(z, n + 1);
		else if (n < 30)
			mpz_sub_ui(z, limit, n - 25);
		mpz_ui_pow_ui(y, 2, 4096);
		mpz_invert(y, y, p);
		mpz_mul(z, z, y); /* the number with that Montgomery form */
		mpz_mod(z, z, p);
		random_number(x, 500);
		mpz_invert(y, x, p);
		mpz_mul(y, y, z);
		mpz_mod(y, y, p);
		force(&a, x);
		force(&b, y);
		tb_point_add(g, &c, &a, &b);
		check_value(&c, z);
		force(&b, z);
		assert_true(tb_point_equal(g, &b, &c)); /* one form for one element */
	}
	mpz_clears(x, y, z, limit, NULL);
}

static void test_powers(void **state)
{
	mpz_t x, e, z;

	(void)state;
	mpz_inits(x, e, z, NULL);
	for (unsigned n = 0; n < 12; n++) {
		uint8_t wide[64];
		tb_scalar k;
		tb_secret s;
		tb_point a, b;

		edge_number(x, n);
		force(&a, x);
		randombytes_buf(wide, 64);
		tb_scalar_reduce64(g, &k, wide);
		if (n % 3 == 1)
			k.limb[3] = k.limb[0] = 0;
		tb_secret_set_scalar(g, &s, &k);
		import_limbs(e, k.limb, 4);
		mpz_powm(z, x, e, p);
		tb_point_mul_public(g, &b, &k, &a);
		check_value(&b, z);
		tb_point_mul_secret(g, &b, &s, &a);
		check_value(&b, z);
	}
	mpz_clears(x, e, z, NULL);
}

/* U_0 || ... || U_8 mod p to the power r [GROUP.HASH]. */
static void test_hash_to_group(void **state)
{
	uint8_t uniform[9 * 64];
	tb_point a;
	mpz_t x;

	(void)state;
	mpz_init(x);
	for (uint8_t k = 0; k < 9; k++)
		tb_test_uniform(uniform + 64 * k, "modp4096", "ballot/G", "data", k);
	mpz_import(x, sizeof uniform, 1, 1, 0, 0, uniform);
	mpz_powm(x, x, r, p);
	tb_point_hash(g, &a, "ballot/G", "data", 4);
	check_value(&a, x);
	mpz_powm(x, x, q, p);
	assert_int_equal(mpz_cmp_ui(x, 1), 0);
	mpz_clear(x);
}

/* ---- what parse refuses ---- */
static void test_out_of_range_is_refused(void **state)
{
	uint8_t wire[WIRE];
	tb_point a, before;
	mpz_t x;

	(void)state;
	mpz_init(x);
	tb_point_generator(g, &before);
	tb_point_copy(g, &a, &before);
	memset(wire, 0, WIRE);
	assert_int_equal(tb_point_parse(g, &a, wire), TB_ERR_ENCODING);
	memset(wire, 0xff, WIRE);
	assert_int_equal(tb_point_parse(g, &a, wire), TB_ERR_ENCODING);
	assert_int_equal(parse(&a, p), TB_ERR_ENCODING);
	for (unsigned small = 1; small < 50; small++) { /* p + 4 would be a second spelling of 4 */
		mpz_add_ui(x, p, small);
		assert_int_equal(parse(&a, x), TB_ERR_ENCODING);
	}
	assert_true(tb_point_equal(g, &a, &before));
	mpz_clear(x);
}

static void test_non_residues_are_refused(void **state)
{
	unsigned num_residues = 0;
	tb_point a, before;
	mpz_t x;

	(void)state;
	mpz_init(x);
	tb_point_generator(g, &before);
	tb_point_copy(g, &a, &before);
	mpz_sub_ui(x, p, 1); /* -1, the element of order 2 */
	assert_int_equal(parse(&a, x), TB_ERR_GROUP);
	assert_true(tb_point_equal(g, &a, &before));
	for (unsigned n = 0; n < 100; n++) {
		mpz_t half;
		tb_err err;

		random_number(x, 512);
		mpz_mod(x, x, p);
		err = parse(&a, x);
		assert_true(err == TB_OK || err == TB_ERR_GROUP);
		/* Euler's criterion, not the symbol again */
		mpz_init(half);
		mpz_fdiv_q_2exp(half, p, 1);
		if (n < 20) {
			mpz_t euler;

			mpz_init(euler);
			mpz_powm(euler, x, half, p);
			assert_int_equal(err == TB_OK, mpz_cmp_ui(euler, 1) == 0);
			mpz_clear(euler);
		}
		mpz_clear(half);
		num_residues += err == TB_OK ? 1 : 0;
		mpz_sub(x, p, x); /* of x and -x exactly one is a residue */
		assert_int_not_equal(parse(&a, x) == TB_OK, err == TB_OK);
	}
	assert_in_range(num_residues, 15, 85);
	mpz_clear(x);
}

/* ---- what the batch refuses [GROUP.MODP.ORDER] ---- */
#define MANY 60

typedef struct batch {
	tb_points points;
	const tb_point *list[MANY];
} batch;

static void batch_new(batch *b)
{
	mpz_t x;

	mpz_init(x);
	assert_int_equal(tb_points_new(g, &b->points, MANY), TB_OK);
	for (size_t i = 0; i < MANY; i++) {
		random_member(x);
		assert_int_equal(parse(tb_points_at(&b->points, i), x), TB_OK);
		b->list[i] = tb_points_at(&b->points, i);
	}
	tb_point_identity(g, tb_points_at(&b->points, 7));
	tb_point_copy(g, tb_points_at(&b->points, 9), b->list[8]);
	mpz_clear(x);
}

static void test_members_pass(void **state)
{
	batch b;

	(void)state;
	batch_new(&b);
	for (size_t n = 0; n <= MANY; n += n < 12 ? 1 : 24)
		assert_int_equal(tb_points_check_order(g, b.list, n), TB_OK);
	tb_points_free(&b.points);
}

static void test_an_element_of_another_order_is_refused_anywhere(void **state)
{
	batch b;
	tb_point bad, mixed;
	mpz_t x;

	(void)state;
	mpz_init(x);
	batch_new(&b);
	random_number(x, 520);
	mpz_powm(x, x, q, p);
	mpz_mul(x, x, x); /* order (p-1)/(2q), a residue: parse cannot see it */
	mpz_mod(x, x, p);
	assert_int_equal(parse(&bad, x), TB_OK);
	tb_point_add(g, &mixed, &bad, b.list[0]);
	assert_int_equal(tb_points_check_order(g, (const tb_point *const[]){&bad}, 1), TB_ERR_GROUP);
	for (size_t i = 0; i < MANY; i += 7) {
		tb_point good;

		tb_point_copy(g, &good, b.list[i]);
		tb_point_copy(g, tb_points_at(&b.points, i), i % 2 ? &bad : &mixed);
		assert_int_equal(tb_points_check_order(g, b.list, MANY), TB_ERR_GROUP);
		tb_point_copy(g, tb_points_at(&b.points, i), &good);
	}
	/* two that cancel each other in a plain product */
	tb_point_copy(g, tb_points_at(&b.points, 3), &bad);
	tb_point_neg(g, tb_points_at(&b.points, 4), &bad);
	assert_int_equal(tb_points_check_order(g, b.list, MANY), TB_ERR_GROUP);
	tb_points_free(&b.points);
	mpz_clear(x);
}

/* Elements with the sign turned: parse refuses each, so a pair never meets the batch.  The batch alone would
 * pass one of them half of the time, which is why parse looks. */
static void test_turned_signs_are_refused_one_by_one(void **state)
{
	unsigned passed = 0;
	tb_point a, b;
	mpz_t x, y;

	(void)state;
	mpz_inits(x, y, NULL);
	random_member(x);
	random_member(y);
	mpz_sub(x, p, x);
	mpz_sub(y, p, y);
	assert_int_equal(parse(&a, x), TB_ERR_GROUP);
	assert_int_equal(parse(&b, y), TB_ERR_GROUP);
	force(&a, x);
	force(&b, y);
	for (unsigned n = 0; n < 64; n++)
		passed += tb_points_check_order(g, (const tb_point *const[]){&a, &b}, 2) == TB_OK ? 1 : 0;
	assert_in_range(passed, 8, 56);
	mpz_clears(x, y, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_p_follows_from_the_formula),
		cmocka_unit_test(test_p_q_and_the_cofactor_are_prime),
		cmocka_unit_test(test_the_derived_constants),
		cmocka_unit_test(test_products_and_squares),
		cmocka_unit_test(test_products_that_need_the_comparison),
		cmocka_unit_test(test_powers),
		cmocka_unit_test(test_hash_to_group),
		cmocka_unit_test(test_out_of_range_is_refused),
		cmocka_unit_test(test_non_residues_are_refused),
		cmocka_unit_test(test_members_pass),
		cmocka_unit_test(test_an_element_of_another_order_is_refused_anywhere),
		cmocka_unit_test(test_turned_signs_are_refused_one_by_one),
	};
	uint8_t order[32];
	int failed;

	if (sodium_init() < 0)
		return 1;
	g = tb_group_modp4096();
	mpz_inits(p, q, r, cofactor_prime, NULL);
	import_limbs(p, modp_p, MODP_LIMBS);
	tb_group_order(g, order);
	mpz_import(q, 32, -1, 1, 0, 0, order);
	mpz_sub_ui(r, p, 1);
	mpz_fdiv_q(r, r, q);
	mpz_fdiv_q_2exp(cofactor_prime, r, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	mpz_clears(p, q, r, cofactor_prime, NULL);
	return failed;
}
