/* SPDX-License-Identifier: Apache-2.0 */
/* [TRANSCRIPT] against bytes put together by hand and libsodium's SHA-512. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/transcript.h"
#include "tests/support/group_tiny.h"
#include "tests/support/hex.h"

typedef struct bytes {
	uint8_t data[4000];
	size_t len;
} bytes;

static void item(bytes *b, const char *label, const void *data, size_t len)
{
	size_t n = strlen(label);

	b->data[b->len++] = (uint8_t)(n >> 8);
	b->data[b->len++] = (uint8_t)n;
	memcpy(b->data + b->len, label, n);
	b->len += n;
	for (int i = 0; i < 6; i++)
		b->data[b->len++] = 0;
	b->data[b->len++] = (uint8_t)(len >> 8);
	b->data[b->len++] = (uint8_t)len;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void outer(uint8_t out[64], const char *label, const bytes *items)
{
	bytes b = {.len = 0};
	uint8_t inner[64];

	crypto_hash_sha512(inner, items->data, items->len);
	item(&b, label, inner, 64);
	crypto_hash_sha512(out, b.data, b.len);
}

static void start(tb_transcript *t, const char *protocol)
{
	assert_int_equal(tb_transcript_init(t, protocol), TB_OK);
}

static void check_challenge(tb_transcript *t, const tb_group *g, const bytes *items)
{
	uint8_t wide[64];
	tb_scalar got, want;

	outer(wide, "challenge", items);
	tb_scalar_reduce64(g, &want, wide);
	tb_transcript_challenge(t, g, &got);
	assert_true(tb_scalar_equal(&got, &want));
}

static void check_in_group(const tb_group *g)
{
	static const uint8_t number[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	uint8_t wire[TB_POINT_MAX_BYTES], got[64], want[64];
	bytes b = {.len = 0};
	tb_transcript t;
	tb_scalar k;
	tb_point a;

	start(&t, "tabella/v1/test");
	item(&b, "protocol", "tabella/v1/test", 15);
	check_challenge(&t, g, &b);
	tb_transcript_bytes(&t, "bytes", "some \0 data", 11);
	item(&b, "bytes", "some \0 data", 11);
	tb_transcript_bytes(&t, "", NULL, 0);
	item(&b, "", "", 0);
	tb_transcript_u64(&t, "number", 0x0102030405060708);
	item(&b, "number", number, 8);
	check_challenge(&t, g, &b);
	tb_scalar_set_u64(g, &k, 3);
	tb_transcript_scalar(&t, g, "scalar", &k);
	memset(wire, 0, 32);
	wire[0] = 3;
	item(&b, "scalar", wire, 32);
	tb_point_hash(g, &a, "some", "point", 5);
	tb_point_write(g, wire, &a);
	tb_transcript_point(&t, g, "point", &a);
	item(&b, "point", wire, tb_group_point_bytes(g));
	tb_transcript_point_wire(&t, g, "again", wire);
	item(&b, "again", wire, tb_group_point_bytes(g));
	check_challenge(&t, g, &b);
	check_challenge(&t, g, &b); /* asking changes nothing */
	tb_transcript_output(&t, got);
	outer(want, "output", &b);
	assert_memory_equal(got, want, 64);
	start(&t, "x"); /* starting again starts over */
	b.len = 0;
	item(&b, "protocol", "x", 1);
	check_challenge(&t, g, &b);
	tb_transcript_release(&t);
}

static void test_bytes_by_hand(void **state)
{
	(void)state;
	check_in_group(tb_group_ristretto255());
	check_in_group(tb_group_modp4096());
	check_in_group(tb_tiny_group(101));
}

/* The hash of a few items, written down: no change of the framing goes unnoticed. */
static void test_a_fixed_value(void **state)
{
	uint8_t got[64], want[64];
	tb_transcript t;

	(void)state;
	start(&t, "tabella/v1/test");
	tb_transcript_bytes(&t, "label", "data", 4);
	tb_transcript_output(&t, got);
	tb_test_unhex(want, 32, "3fd9108260663fe5dd841d1f66ebf66d138cd0e479deafb22c18195dd0d9d164");
	tb_test_unhex(want + 32, 32, "7314b9a0230beb5878874b48e0502eedcffd77bd2e518854bcf9f987e839a63c");
	assert_memory_equal(got, want, 64);
	tb_transcript_release(&t);
}

/* Moving a byte across a boundary, swapping items, leaving one out: all different. */
static void test_framing_is_injective(void **state)
{
	uint8_t out[7][64];
	tb_transcript t;

	(void)state;
	start(&t, "p");
	tb_transcript_bytes(&t, "ab", "cd", 2);
	tb_transcript_output(&t, out[0]);
	start(&t, "p");
	tb_transcript_bytes(&t, "a", "bcd", 3);
	tb_transcript_output(&t, out[1]);
	start(&t, "p");
	tb_transcript_bytes(&t, "abc", "d", 1);
	tb_transcript_output(&t, out[2]);
	start(&t, "p");
	tb_transcript_bytes(&t, "ab", "c", 1);
	tb_transcript_bytes(&t, "", "d", 1);
	tb_transcript_output(&t, out[3]);
	start(&t, "p");
	tb_transcript_bytes(&t, "", "d", 1);
	tb_transcript_bytes(&t, "ab", "c", 1);
	tb_transcript_output(&t, out[4]);
	start(&t, "p");
	tb_transcript_output(&t, out[5]);
	start(&t, "");
	tb_transcript_output(&t, out[6]);
	for (int i = 0; i < 7; i++) {
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(out[i], out[j], 64);
	}
	tb_transcript_release(&t);
}

static void test_release_wipes(void **state)
{
	static const tb_transcript zero;
	tb_transcript t;

	(void)state;
	start(&t, "p");
	tb_transcript_bytes(&t, "seed", "secret", 6);
	tb_transcript_release(&t);
	assert_memory_equal(&t, &zero, sizeof t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_by_hand),
		cmocka_unit_test(test_a_fixed_value),
		cmocka_unit_test(test_framing_is_injective),
		cmocka_unit_test(test_release_wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
