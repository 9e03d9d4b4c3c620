/* SPDX-License-Identifier: Apache-2.0 */
/* What holds in every group: the laws, the encodings, the edges; scalars against GMP. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <gmp.h>
#include <sodium.h>

#include "crypto/group.h"
#include "crypto/group_backend.h"
#include "tests/support/group_formal.h"
#include "tests/support/group_tiny.h"

#define NUM_GROUPS 7

static const tb_group *group_at(size_t i)
{
	const tb_group *all[NUM_GROUPS] = {tb_group_ristretto255(), tb_group_modp4096(), tb_tiny_group(5),
		tb_tiny_group(11), tb_tiny_group(1009), tb_formal_group(7), tb_formal_group(101)};

	return all[i];
}

static void random_scalar(const tb_group *g, tb_scalar *out)
{
	uint8_t wide[64];

	randombytes_buf(wide, sizeof wide);
	tb_scalar_reduce64(g, out, wide);
}

static void random_point(const tb_group *g, tb_point *out)
{
	uint8_t data[8];

	randombytes_buf(data, sizeof data);
	data[0] &= 7; /* the formal groups have few bases */
	tb_point_hash(g, out, "test", data, 1);
}

/* ---- scalars ---- */
static void check_scalar_laws(const tb_group *g)
{
	tb_scalar a, b, c, x, y, zero, one;

	tb_scalar_set_u64(g, &zero, 0);
	tb_scalar_set_u64(g, &one, 1);
	random_scalar(g, &a);
	random_scalar(g, &b);
	random_scalar(g, &c);
	/* (a + b) c = a c + b c */
	tb_scalar_add(g, &x, &a, &b);
	tb_scalar_mul(g, &x, &x, &c);
	tb_scalar_mul(g, &y, &a, &c);
	tb_scalar_mul(g, &b, &b, &c);
	tb_scalar_add(g, &y, &y, &b);
	assert_true(tb_scalar_equal(&x, &y));
	/* a - c = a + (-c), a - a = 0 */
	tb_scalar_sub(g, &x, &a, &c);
	tb_scalar_neg(g, &y, &c);
	tb_scalar_add(g, &y, &a, &y);
	assert_true(tb_scalar_equal(&x, &y));
	tb_scalar_sub(g, &x, &a, &a);
	assert_true(tb_scalar_is_zero(&x));
	/* a * 1/a = 1, and 0 has no inverse */
	if (!tb_scalar_is_zero(&a)) {
		assert_int_equal(tb_scalar_invert(g, &x, &a), TB_OK);
		tb_scalar_mul(g, &x, &x, &a);
		assert_true(tb_scalar_equal(&x, &one));
	}
	assert_int_equal(tb_scalar_invert(g, &x, &zero), TB_ERR_RANGE);
}

static void test_scalar_laws(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		for (int n = 0; n < 50; n++)
			check_scalar_laws(group_at(i));
	}
}

/* Numbers around 0, q and the top are where reductions go wrong. */
static void edge_limbs(const tb_group *g, mpz_t out, unsigned kind)
{
	uint8_t q[32];

	tb_group_order(g, q);
	mpz_import(out, 32, -1, 1, 0, 0, q);
	switch (kind) {
	case 0:
		mpz_set_ui(out, 0);
		break;
	case 1:
		mpz_set_ui(out, 1);
		break;
	case 2:
		mpz_sub_ui(out, out, 1);
		break;
	case 3:
		mpz_sub_ui(out, out, 2);
		break;
	case 4:
		mpz_fdiv_q_2exp(out, out, 1);
		break;
	default: {
		uint8_t wide[64];
		mpz_t t;

		randombytes_buf(wide, sizeof wide);
		mpz_init(t);
		mpz_import(t, 64, -1, 1, 0, 0, wide);
		mpz_mod(out, t, out);
		mpz_clear(t);
		break;
	}
	}
}

static void to_wire(uint8_t *out, size_t len, const mpz_t v)
{
	memset(out, 0, len);
	mpz_export(out, NULL, -1, 1, 0, 0, v);
}

static void check_equals(const tb_group *g, const tb_scalar *a, const mpz_t expected)
{
	uint8_t x[32], y[32];

	tb_scalar_write(g, x, a);
	to_wire(y, 32, expected);
	assert_memory_equal(x, y, 32);
}

static void test_scalars_against_gmp(void **state)
{
	mpz_t q, a, b, r;

	(void)state;
	mpz_inits(q, a, b, r, NULL);
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		uint8_t wire[64];
		tb_scalar x, y, z;

		tb_group_order(g, wire);
		mpz_import(q, 32, -1, 1, 0, 0, wire);
		assert_int_not_equal(mpz_probab_prime_p(q, 30), 0);
		for (unsigned n = 0; n < 400; n++) {
			edge_limbs(g, a, n % 20);
			edge_limbs(g, b, n / 20);
			to_wire(wire, 32, a);
			assert_int_equal(tb_scalar_parse(g, &x, wire), TB_OK);
			to_wire(wire, 32, b);
			assert_int_equal(tb_scalar_parse(g, &y, wire), TB_OK);
			tb_scalar_add(g, &z, &x, &y);
			mpz_add(r, a, b);
			mpz_mod(r, r, q);
			check_equals(g, &z, r);
			tb_scalar_sub(g, &z, &x, &y);
			mpz_sub(r, a, b);
			mpz_mod(r, r, q);
			check_equals(g, &z, r);
			tb_scalar_mul(g, &z, &x, &y);
			mpz_mul(r, a, b);
			mpz_mod(r, r, q);
			check_equals(g, &z, r);
			randombytes_buf(wire, 64);
			if (n < 8)
				memset(wire + 8 * n, 0xff, 64 - 8 * n);
			mpz_import(r, 64, -1, 1, 0, 0, wire);
			mpz_mod(r, r, q);
			tb_scalar_reduce64(g, &z, wire);
			check_equals(g, &z, r);
		}
		memset(wire, 0xff, 64);
		mpz_import(r, 64, -1, 1, 0, 0, wire);
		mpz_mod(r, r, q);
		tb_scalar_reduce64(g, &z, wire);
		check_equals(g, &z, r);
	}
	mpz_clears(q, a, b, r, NULL);
}

/* [GROUP.SCALAR]: q and everything above is refused, out is left alone. */
static void test_scalar_parse_takes_reduced_numbers_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		uint8_t q[32], wire[32], out[32];
		tb_scalar a, before;
		tb_secret s;

		tb_group_order(g, q);
		random_scalar(g, &before);
		a = before;
		tb_secret_set_scalar(g, &s, &before);
		assert_int_equal(tb_scalar_parse(g, &a, q), TB_ERR_ENCODING);
		assert_int_equal(tb_secret_parse(g, &s, q), TB_ERR_ENCODING);
		for (size_t byte = 0; byte < 32; byte++) { /* q plus a power of two */
			unsigned carry = 1;

			memcpy(wire, q, 32);
			for (size_t j = byte; j < 32 && carry; j++)
				carry = ++wire[j] == 0;
			if (!carry)
				assert_int_equal(tb_scalar_parse(g, &a, wire), TB_ERR_ENCODING);
		}
		memset(wire, 0xff, 32);
		assert_int_equal(tb_scalar_parse(g, &a, wire), TB_ERR_ENCODING);
		assert_true(tb_scalar_equal(&a, &before));
		assert_memory_equal(s.limb, before.limb, 32);
		memcpy(wire, q, 32);
		wire[0]--; /* q is odd */
		assert_int_equal(tb_scalar_parse(g, &a, wire), TB_OK);
		tb_scalar_write(g, out, &a);
		assert_memory_equal(out, wire, 32);
	}
}

/* The two ways out are w + c x and the scalar itself [SECRET.REVEAL]. */
static void test_secrets_compute_like_scalars(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		tb_scalar a, b, c, x, y;
		tb_secret sa, sb, s;
		uint8_t wire[32], wide[64];

		random_scalar(g, &a);
		random_scalar(g, &b);
		random_scalar(g, &c);
		tb_secret_set_scalar(g, &sa, &a);
		tb_scalar_write(g, wire, &b);
		assert_int_equal(tb_secret_parse(g, &sb, wire), TB_OK);
		tb_secret_add(g, &s, &sa, &sb);
		tb_secret_reveal(g, &x, &s);
		tb_scalar_add(g, &y, &a, &b);
		assert_true(tb_scalar_equal(&x, &y));
		tb_secret_sub(g, &s, &sa, &sb);
		tb_secret_reveal(g, &x, &s);
		tb_scalar_sub(g, &y, &a, &b);
		assert_true(tb_scalar_equal(&x, &y));
		tb_secret_mul(g, &s, &sa, &sb);
		tb_secret_reveal(g, &x, &s);
		tb_scalar_mul(g, &y, &a, &b);
		assert_true(tb_scalar_equal(&x, &y));
		tb_secret_mul_scalar(g, &s, &sa, &b);
		tb_secret_reveal(g, &x, &s);
		assert_true(tb_scalar_equal(&x, &y));
		/* w + c x */
		tb_secret_respond(g, &x, &sa, &c, &sb);
		tb_scalar_mul(g, &y, &c, &b);
		tb_scalar_add(g, &y, &y, &a);
		assert_true(tb_scalar_equal(&x, &y));
		randombytes_buf(wide, 64);
		tb_secret_reduce64(g, &s, wide);
		tb_scalar_reduce64(g, &y, wide);
		tb_secret_reveal(g, &x, &s);
		assert_true(tb_scalar_equal(&x, &y));
		tb_secret_set_u64(g, &s, 3);
		assert_false(tb_secret_is_zero(&s));
		tb_secret_sub(g, &s, &s, &s);
		assert_true(tb_secret_is_zero(&s));
		tb_secret_wipe(&sa);
		assert_true(tb_secret_is_zero(&sa));
	}
}

static void test_written_constants_are_those_of_the_orders(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		tb_modulus m;

		tb_modulus_init(&m, g->order.q);
		assert_memory_equal(&m, &g->order, sizeof m);
	}
}

static void test_random_values_are_random(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_scalar a, b;
	tb_secret s, t;

	(void)state;
	assert_int_equal(tb_scalar_random128(g, &a), TB_OK);
	assert_int_equal(tb_scalar_random128(g, &b), TB_OK);
	assert_false(tb_scalar_equal(&a, &b));
	assert_true(a.limb[1] != 0 && a.limb[2] == 0 && a.limb[3] == 0);
	assert_int_equal(tb_secret_random(g, &s), TB_OK);
	assert_int_equal(tb_secret_random(g, &t), TB_OK);
	assert_memory_not_equal(&s, &t, sizeof s);
	assert_true(s.limb[3] != 0 || t.limb[3] != 0);
}

/* ---- points ---- */
static void check_point_laws(const tb_group *g)
{
	tb_point a, b, c, x, y, id;

	random_point(g, &a);
	random_point(g, &b);
	random_point(g, &c);
	tb_point_identity(g, &id);
	tb_point_add(g, &x, &a, &b);
	tb_point_add(g, &x, &x, &c);
	tb_point_add(g, &y, &b, &c);
	tb_point_add(g, &y, &y, &a);
	assert_true(tb_point_equal(g, &x, &y));
	tb_point_add(g, &x, &a, &id);
	assert_true(tb_point_equal(g, &x, &a));
	tb_point_sub(g, &x, &a, &b);
	tb_point_neg(g, &y, &b);
	tb_point_add(g, &y, &y, &a);
	assert_true(tb_point_equal(g, &x, &y));
	tb_point_sub(g, &x, &a, &a);
	assert_true(tb_point_is_identity(g, &x) && tb_point_equal(g, &x, &id));
	assert_false(tb_point_is_identity(g, &a));
	tb_point_neg(g, &x, &id);
	assert_true(tb_point_is_identity(g, &x));
	tb_point_copy(g, &x, &a);
	g->dbl(g, &x, &x);
	tb_point_add(g, &y, &a, &a);
	assert_true(tb_point_equal(g, &x, &y));
	tb_point_add_secret(g, &y, &a, &a);
	assert_true(tb_point_equal(g, &x, &y));
	tb_point_add(g, &x, &a, &b);
	tb_point_copy(g, &y, &a);
	tb_point_add_secret(g, &y, &y, &b);
	assert_true(tb_point_equal(g, &x, &y));
	tb_point_add_secret(g, &y, &id, &b);
	assert_true(tb_point_equal(g, &y, &b));
	tb_point_sub(g, &b, &b, &b); /* out is both operands */
	assert_true(tb_point_is_identity(g, &b));
}

static void test_point_laws(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		for (int n = 0; n < 10; n++)
			check_point_laws(group_at(i));
	}
}

/* All the ways to multiply agree, with each other and with repeated addition. */
static void check_multiplication(const tb_group *g, const tb_scalar *k, const tb_point *a)
{
	tb_point x, y, expected, generator;
	tb_fixed_base *table;
	tb_secret s;

	tb_secret_set_scalar(g, &s, k);
	tb_point_mul_public(g, &expected, k, a);
	tb_point_mul_secret(g, &x, &s, a);
	assert_true(tb_point_equal(g, &x, &expected));
	assert_int_equal(tb_fixed_base_new(g, &table, a), TB_OK);
	tb_fixed_base_mul_secret(table, &y, &s);
	assert_true(tb_point_equal(g, &y, &expected));
	tb_fixed_base_free(table);
	tb_point_generator(g, &generator);
	tb_point_mul_generator_secret(g, &x, &s);
	tb_point_mul_public(g, &y, k, &generator);
	assert_true(tb_point_equal(g, &x, &y));
	tb_point_copy(g, &x, a);
	tb_point_mul_secret(g, &x, &s, &x);
	assert_true(tb_point_equal(g, &x, &expected));
	tb_point_copy(g, &x, a);
	tb_point_mul_public(g, &x, k, &x);
	assert_true(tb_point_equal(g, &x, &expected));
}

static void test_multiplication(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		tb_point a, sum, x;
		tb_scalar k, l, m;

		random_point(g, &a);
		tb_point_identity(g, &sum);
		for (uint64_t n = 0; n < 8; n++) {
			tb_scalar_set_u64(g, &k, n);
			tb_point_mul_public(g, &x, &k, &a);
			assert_true(tb_point_equal(g, &x, &sum));
			check_multiplication(g, &k, &a);
			tb_point_add(g, &sum, &sum, &a);
		}
		/* (q-1) a = -a, so q a is the identity */
		tb_scalar_set_u64(g, &k, 1);
		tb_scalar_neg(g, &k, &k);
		check_multiplication(g, &k, &a);
		tb_point_mul_public(g, &x, &k, &a);
		tb_point_add(g, &x, &x, &a);
		assert_true(tb_point_is_identity(g, &x));
		/* k (l a) = (k l) a */
		random_scalar(g, &k);
		random_scalar(g, &l);
		check_multiplication(g, &k, &a);
		tb_scalar_mul(g, &m, &k, &l);
		tb_point_mul_public(g, &x, &l, &a);
		tb_point_mul_public(g, &x, &k, &x);
		tb_point_mul_public(g, &sum, &m, &a);
		assert_true(tb_point_equal(g, &x, &sum));
		tb_point_identity(g, &a);
		check_multiplication(g, &k, &a);
	}
}

/* Every window of a secret exponent in turn, all bits set and only one. */
static void test_every_bit_of_a_secret_counts(void **state)
{
	const tb_group *groups[] = {tb_group_ristretto255(), tb_group_modp4096()};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const tb_group *g = groups[i];
		tb_point power, x;
		tb_fixed_base *table;
		tb_scalar k;
		tb_secret s;

		random_point(g, &power);
		assert_int_equal(tb_fixed_base_new(g, &table, &power), TB_OK);
		tb_scalar_set_u64(g, &k, 1);
		for (int bit = 0; bit < 252; bit++) {
			tb_secret_set_scalar(g, &s, &k);
			tb_fixed_base_mul_secret(table, &x, &s);
			assert_true(tb_point_equal(g, &x, &power));
			g->dbl(g, &power, &power);
			tb_scalar_add(g, &k, &k, &k);
		}
		tb_fixed_base_free(table);
	}
}

static void test_write_undoes_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		uint8_t wire[TB_POINT_MAX_BYTES], again[TB_POINT_MAX_BYTES];
		tb_point a, b;

		for (int n = 0; n < 5; n++) {
			if (n == 0)
				tb_point_identity(g, &a);
			else
				random_point(g, &a);
			tb_point_write(g, wire, &a);
			assert_int_equal(tb_point_parse(g, &b, wire), TB_OK);
			assert_true(tb_point_equal(g, &a, &b));
			tb_point_write(g, again, &b);
			assert_memory_equal(wire, again, tb_group_point_bytes(g));
		}
	}
}

static void test_arrays_of_points(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		tb_points v = {0};
		tb_point a;

		tb_points_free(&v);
		assert_int_equal(tb_points_new(g, &v, SIZE_MAX / 2), TB_ERR_MEMORY);
		assert_int_equal(tb_points_new(g, &v, 0), TB_OK);
		tb_points_free(&v);
		assert_int_equal(tb_points_new(g, &v, 3), TB_OK);
		random_point(g, &a);
		tb_point_copy(g, tb_points_at(&v, 1), &a);
		assert_true(tb_point_is_identity(g, tb_points_at(&v, 0)));
		assert_true(tb_point_equal(g, tb_points_at(&v, 1), &a));
		assert_true(tb_point_is_identity(g, tb_points_at(&v, 2)));
		assert_int_equal(v.stride, tb_group_point_stride(g));
		tb_points_free(&v);
	}
}

static void test_index_beyond_the_array_aborts(void **state)
{
	tb_points v;
	int status = 0;
	pid_t child;

	(void)state;
	assert_int_equal(tb_points_new(tb_group_ristretto255(), &v, 2), TB_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit none = {0, 0};

		(void)setrlimit(RLIMIT_CORE, &none);
		(void)signal(SIGABRT, SIG_DFL);
		(void)close(STDERR_FILENO);
		(void)tb_points_at(&v, 2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	tb_points_free(&v);
}

static void test_groups_by_name(void **state)
{
	(void)state;
	assert_ptr_equal(tb_group_by_name("ristretto255"), tb_group_ristretto255());
	assert_ptr_equal(tb_group_by_name("modp4096"), tb_group_modp4096());
	assert_null(tb_group_by_name("modp409"));
	assert_null(tb_group_by_name(""));
	assert_null(tb_group_by_name("tiny5"));
	assert_string_equal(tb_group_name(tb_group_modp4096()), "modp4096");
	assert_int_equal(tb_group_point_bytes(tb_group_ristretto255()), 32);
	assert_int_equal(tb_group_point_bytes(tb_group_modp4096()), 512);
}

/* ---- hash to group ---- */
static void test_hash_separates_label_data_and_group(void **state)
{
	(void)state;
	for (size_t i = 0; i < NUM_GROUPS; i++) {
		const tb_group *g = group_at(i);
		tb_point a, b;

		if (strncmp(g->name, "tiny", 4) == 0)
			continue; /* collisions are normal there */
		tb_point_hash(g, &a, "ab", "c", 1);
		tb_point_hash(g, &b, "ab", "c", 1);
		assert_true(tb_point_equal(g, &a, &b));
		tb_point_hash(g, &b, "a", "bc", 2);
		assert_false(tb_point_equal(g, &a, &b));
		tb_point_hash(g, &b, "abc", "", 0);
		assert_false(tb_point_equal(g, &a, &b));
		tb_point_hash(g, &b, "ab", "c\0", 2);
		assert_false(tb_point_equal(g, &a, &b));
	}
}

/* ---- the test groups themselves ---- */
static void test_the_tiny_group_has_q_elements(void **state)
{
	static const uint64_t orders[] = {5, 7, 11, 101, 1009};

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		const tb_group *g = tb_tiny_group(orders[i]);
		uint64_t num = 0, p = tb_tiny_p(g);

		for (uint64_t v = 0; v < p + 5; v++) {
			const uint8_t wire[4] = {
				(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
			tb_point a;
			tb_err err = tb_point_parse(g, &a, wire);

			assert_int_equal(err == TB_ERR_ENCODING, v == 0 || v >= p);
			num += err == TB_OK ? 1 : 0;
		}
		assert_int_equal(num, orders[i]);
	}
}

static void test_the_formal_group_knows_no_relations(void **state)
{
	const tb_group *g = tb_formal_group(11);
	tb_point k, h, again, generator, sum;

	(void)state;
	tb_point_generator(g, &generator);
	tb_point_hash(g, &k, "K", "", 0);
	tb_point_hash(g, &h, "h", "", 0);
	tb_point_hash(g, &again, "K", "", 0);
	assert_true(tb_point_equal(g, &k, &again));
	assert_int_equal(tb_formal_num_bases(g), 3);
	for (uint64_t a = 0; a < 11; a++) { /* a g + b K = h for no a, b */
		for (uint64_t b = 0; b < 11; b++) {
			tb_scalar s;

			tb_scalar_set_u64(g, &s, a);
			tb_point_mul_public(g, &sum, &s, &generator);
			tb_scalar_set_u64(g, &s, b);
			tb_point_mul_public(g, &again, &s, &k);
			tb_point_add(g, &sum, &sum, &again);
			assert_false(tb_point_equal(g, &sum, &h));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalar_laws),
		cmocka_unit_test(test_scalars_against_gmp),
		cmocka_unit_test(test_scalar_parse_takes_reduced_numbers_only),
		cmocka_unit_test(test_secrets_compute_like_scalars),
		cmocka_unit_test(test_written_constants_are_those_of_the_orders),
		cmocka_unit_test(test_random_values_are_random),
		cmocka_unit_test(test_point_laws),
		cmocka_unit_test(test_multiplication),
		cmocka_unit_test(test_every_bit_of_a_secret_counts),
		cmocka_unit_test(test_write_undoes_parse),
		cmocka_unit_test(test_arrays_of_points),
		cmocka_unit_test(test_index_beyond_the_array_aborts),
		cmocka_unit_test(test_groups_by_name),
		cmocka_unit_test(test_hash_separates_label_data_and_group),
		cmocka_unit_test(test_the_tiny_group_has_q_elements),
		cmocka_unit_test(test_the_formal_group_knows_no_relations),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
