/* SPDX-License-Identifier: Apache-2.0 */
/* ristretto255 against RFC 9496 and libsodium [GROUP.RISTRETTO]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <decaf/point_255.h>
#include <sodium.h>

#include "crypto/group.h"
#include "tests/support/hex.h"
#include "tests/support/rfc9496.h"
#include "tests/support/uniform.h"

static void test_rfc9496_multiples(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator, sum, read, product;
	uint8_t wire[32], expected[32];

	(void)state;
	tb_point_generator(g, &generator);
	tb_point_identity(g, &sum);
	for (uint64_t i = 0; i < sizeof rfc9496_multiples / sizeof rfc9496_multiples[0]; i++) {
		tb_scalar k;

		tb_test_unhex(expected, 32, rfc9496_multiples[i]);
		tb_point_write(g, wire, &sum);
		assert_memory_equal(wire, expected, 32);
		assert_int_equal(tb_point_parse(g, &read, expected), TB_OK);
		assert_true(tb_point_equal(g, &read, &sum));
		tb_scalar_set_u64(g, &k, i);
		tb_point_mul_public(g, &product, &k, &generator);
		tb_point_write(g, wire, &product);
		assert_memory_equal(wire, expected, 32);
		tb_point_add(g, &sum, &sum, &generator);
	}
}

static void test_rfc9496_bad_encodings(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t i = 0; i < sizeof rfc9496_bad / sizeof rfc9496_bad[0]; i++) {
		uint8_t wire[32], good[32];
		tb_point a, before;

		tb_test_unhex(wire, 32, rfc9496_bad[i]);
		crypto_core_ristretto255_random(good);
		assert_int_equal(tb_point_parse(g, &before, good), TB_OK);
		tb_point_copy(g, &a, &before);
		assert_int_equal(tb_point_parse(g, &a, wire), TB_ERR_ENCODING);
		assert_true(tb_point_equal(g, &a, &before));
	}
}

static void test_rfc9496_one_way_map(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rfc9496_map / sizeof rfc9496_map[0]; i++) {
		uint8_t in[64], expected[32], wire[32];
		decaf_255_point_t p;

		tb_test_unhex(in, 32, rfc9496_map[i].in_low);
		tb_test_unhex(in + 32, 32, rfc9496_map[i].in_high);
		tb_test_unhex(expected, 32, rfc9496_map[i].out);
		decaf_255_point_from_hash_uniform(p, in);
		decaf_255_point_encode(wire, p);
		assert_memory_equal(wire, expected, 32);
	}
}

/* libsodium decides the same about every string without the top bit.  (1.0.18 ignores that bit, against the
 * RFC: two spellings of one element, so it must not decide for us.) */
static void test_decoding_against_libsodium(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	unsigned num_good = 0;

	(void)state;
	for (int n = 0; n < 4000; n++) {
		uint8_t wire[32], again[32];
		tb_point a;
		tb_err err;

		randombytes_buf(wire, 32);
		wire[31] &= 0x7f;
		if (n % 8 != 0)
			wire[0] &= 0xfe;
		err = tb_point_parse(g, &a, wire);
		assert_int_equal(err == TB_OK, crypto_core_ristretto255_is_valid_point(wire) == 1);
		if (err != TB_OK)
			continue;
		num_good++;
		tb_point_write(g, again, &a);
		assert_memory_equal(again, wire, 32);
		wire[31] |= 0x80;
		assert_int_equal(tb_point_parse(g, &a, wire), TB_ERR_ENCODING);
	}
	assert_in_range(num_good, 400, 2000);
}

static void test_arithmetic_against_libsodium(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (int n = 0; n < 50; n++) {
		uint8_t pa[32], pb[32], pc[32], k[32], wire[32];
		tb_point a, b, c;
		tb_scalar s;

		crypto_core_ristretto255_random(pa);
		crypto_core_ristretto255_random(pb);
		crypto_core_ristretto255_scalar_random(k);
		assert_int_equal(tb_point_parse(g, &a, pa), TB_OK);
		assert_int_equal(tb_point_parse(g, &b, pb), TB_OK);
		assert_int_equal(tb_scalar_parse(g, &s, k), TB_OK);
		assert_int_equal(crypto_core_ristretto255_add(pc, pa, pb), 0);
		tb_point_add(g, &c, &a, &b);
		tb_point_write(g, wire, &c);
		assert_memory_equal(wire, pc, 32);
		assert_int_equal(crypto_core_ristretto255_sub(pc, pa, pb), 0);
		tb_point_sub(g, &c, &a, &b);
		tb_point_write(g, wire, &c);
		assert_memory_equal(wire, pc, 32);
		assert_int_equal(crypto_scalarmult_ristretto255(pc, k, pa), 0);
		tb_point_mul_public(g, &c, &s, &a);
		tb_point_write(g, wire, &c);
		assert_memory_equal(wire, pc, 32);
	}
}

static void test_hash_to_ristretto_against_libsodium(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t uniform[64], expected[32], wire[32];
	tb_point a;

	(void)state;
	tb_test_uniform(uniform, "ristretto255", "ballot/G", "data", 0);
	assert_int_equal(crypto_core_ristretto255_from_hash(expected, uniform), 0);
	tb_point_hash(g, &a, "ballot/G", "data", 4);
	tb_point_write(g, wire, &a);
	assert_memory_equal(wire, expected, 32);
}

/* ---- elements that carry data [RANK.ENCODE] ---- */

/* libsodium's opinion about which strings are elements. */
static unsigned first_counter(uint8_t s[32], const uint8_t data[TB_EMBED_BYTES])
{
	for (unsigned c = 0;; c++) {
		s[0] = (uint8_t)(2 * (c % 128));
		memcpy(s + 1, data, TB_EMBED_BYTES);
		s[31] = (uint8_t)(c / 128);
		if (crypto_core_ristretto255_is_valid_point(s) == 1)
			return c;
	}
}

static void test_embedding_against_libsodium(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t data[64], found[TB_EMBED_BYTES], wire[32], expected[32];
	unsigned most = 0;
	tb_point M;

	(void)state;
	for (uint64_t i = 1; i < 400; i++) { /* all zero is the identity, which libsodium does not take */
		unsigned c;

		(void)crypto_hash_sha512(data, (const uint8_t *)&i, sizeof i);
		memset(data, i % 3 == 0 ? 0 : 0xff, i % 31);
		c = first_counter(expected, data);
		most = c > most ? c : most;
		assert_int_equal(tb_point_embed(g, &M, data), TB_OK);
		tb_point_write(g, wire, &M);
		assert_memory_equal(wire, expected, 32);
		assert_int_equal(tb_point_extract(g, found, &M), TB_OK);
		assert_memory_equal(found, data, TB_EMBED_BYTES);
	}
	assert_true(most >= 8 && most < 128); /* one string in four is an element */
}

static void test_embedding_has_no_free_bit(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t data[TB_EMBED_BYTES] = {0}, found[TB_EMBED_BYTES], s[32] = {0};
	size_t others = 0;
	tb_point M;

	(void)state;
	assert_int_equal(tb_point_embed(g, &M, data), TB_OK);
	assert_true(tb_point_is_identity(g, &M));
	assert_int_equal(tb_point_extract(g, found, &M), TB_OK);
	assert_memory_equal(found, data, sizeof data);
	memset(found, 0x5a, sizeof found);
	for (unsigned c = 1; c < 128 * 128;
		c++) { /* every other element with the same bytes, the last 128 counters too */
		s[0] = (uint8_t)(2 * (c % 128));
		s[31] = (uint8_t)(c / 128);
		if (tb_point_parse(g, &M, s) != TB_OK)
			continue;
		assert_int_equal(tb_point_extract(g, found, &M), TB_ERR_ENCODING);
		assert_int_equal(found[0], 0x5a);
		others++;
	}
	assert_true(others > 3000);
	assert_int_equal(tb_point_embed(tb_group_modp4096(), &M, data), TB_ERR_RANGE);
	assert_int_equal(tb_point_extract(tb_group_modp4096(), found, &M), TB_ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc9496_multiples),
		cmocka_unit_test(test_rfc9496_bad_encodings),
		cmocka_unit_test(test_rfc9496_one_way_map),
		cmocka_unit_test(test_decoding_against_libsodium),
		cmocka_unit_test(test_arithmetic_against_libsodium),
		cmocka_unit_test(test_hash_to_ristretto_against_libsodium),
		cmocka_unit_test(test_embedding_against_libsodium),
		cmocka_unit_test(test_embedding_has_no_free_bit),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
