/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures [SIGN.SCHNORR] [SIGN.NONCE] [PROOF.SCHNORR]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/schnorr.h"
#include "tests/support/fixture.h"

/* RFC 9591 appendix E.3, FROST(ristretto255, SHA-512). */
static const char GROUP_SECRET_KEY[] = "1b25a55e463cfd15cf14a5d3acc3d15053f08da49c8afcf3ab265f2ebc4f970b";
static const char GROUP_PUBLIC_KEY[] = "e2a62f39eede11269e3bd5a7d97554f5ca384f9f6d3dd9c3c0d05083c7254f57";
static const char SIG[] = "fc45655fbc66bbffad654ea4ce5fdae253a49a64ace25d9adb62010dd9fb2555"
			  "2164141787162e5b4cab915b4aa45d94655dbb9ed7c378a53b980a0be220a802";

typedef struct signed_message {
	tb_secret secret;
	uint8_t public_key[32], msg[40], signature[64];
} signed_message;

static void make(signed_message *s, uint64_t i)
{
	uint8_t bytes[64], random[64];

	tb_fixture_secret(tb_group_ristretto255(), &s->secret, "signer", i);
	tb_schnorr_public(s->public_key, &s->secret);
	tb_fixture_bytes(bytes, "message", i);
	memcpy(s->msg, bytes, sizeof s->msg);
	tb_fixture_bytes(random, "sign random", i);
	assert_int_equal(
		tb_schnorr_sign(s->signature, &s->secret, s->public_key, s->msg, sizeof s->msg, random),
		TB_OK);
}

static tb_err verify(const signed_message *s)
{
	return tb_schnorr_verify(s->public_key, s->msg, sizeof s->msg, s->signature);
}

static void test_rfc9591_vector(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t secret_bytes[32], public_key[32], signature[64], own[32];
	tb_secret secret;

	(void)state;
	tb_fixture_hex(secret_bytes, 32, GROUP_SECRET_KEY);
	tb_fixture_hex(public_key, 32, GROUP_PUBLIC_KEY);
	tb_fixture_hex(signature, 64, SIG);
	assert_int_equal(tb_schnorr_verify(public_key, "test", 4, signature), TB_OK);
	assert_int_equal(tb_schnorr_verify(public_key, "tesu", 4, signature), TB_ERR_SIGNATURE);
	assert_int_equal(tb_schnorr_verify(public_key, "test", 3, signature), TB_ERR_SIGNATURE);
	assert_int_equal(tb_secret_parse(g, &secret, secret_bytes), TB_OK);
	tb_schnorr_public(own, &secret);
	assert_memory_equal(own, public_key, 32);
}

/* R = z*G - c*PK with libsodium's group and hash: another implementation agrees that ours are signatures. */
static void test_libsodium_agrees(void **state)
{
	(void)state;
	assert_true(sodium_init() >= 0);
	for (uint64_t i = 0; i < 20; i++) {
		uint8_t c[64], scalar[32], left[32], right[32], sum[32];
		crypto_hash_sha512_state hash;
		signed_message s;

		make(&s, i);
		crypto_hash_sha512_init(&hash);
		crypto_hash_sha512_update(&hash, (const uint8_t *)"FROST-RISTRETTO255-SHA512-v1", 28);
		crypto_hash_sha512_update(&hash, (const uint8_t *)"chal", 4);
		crypto_hash_sha512_update(&hash, s.signature, 32);
		crypto_hash_sha512_update(&hash, s.public_key, 32);
		crypto_hash_sha512_update(&hash, s.msg, sizeof s.msg);
		crypto_hash_sha512_final(&hash, c);
		crypto_core_ristretto255_scalar_reduce(scalar, c);
		assert_int_equal(crypto_scalarmult_ristretto255_base(left, s.signature + 32), 0);
		assert_int_equal(crypto_scalarmult_ristretto255(right, scalar, s.public_key), 0);
		assert_int_equal(crypto_core_ristretto255_add(sum, right, s.signature), 0);
		assert_memory_equal(left, sum, 32);
		assert_int_equal(verify(&s), TB_OK);
	}
}

static void test_every_flipped_bit_is_refused(void **state)
{
	signed_message s;

	(void)state;
	make(&s, 1);
	for (size_t bit = 0; bit < 8 * 64; bit++) {
		s.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(verify(&s), TB_ERR_SIGNATURE);
		s.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * 32; bit++) {
		s.public_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(verify(&s), TB_ERR_SIGNATURE);
		s.public_key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof s.msg; bit++) {
		s.msg[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(verify(&s), TB_ERR_SIGNATURE);
		s.msg[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(verify(&s), TB_OK);
}

/* item(label, data) of [TRANSCRIPT], framed by hand. */
static void absorb(crypto_hash_sha512_state *h, const char *label, const void *data, size_t len)
{
	const uint8_t label_frame[2] = {0, (uint8_t)strlen(label)};
	const uint8_t len_frame[8] = {0, 0, 0, 0, 0, 0, (uint8_t)(len >> 8), (uint8_t)len};

	crypto_hash_sha512_update(h, label_frame, 2);
	crypto_hash_sha512_update(h, (const uint8_t *)label, strlen(label));
	crypto_hash_sha512_update(h, len_frame, 8);
	crypto_hash_sha512_update(h, data, len);
}

/* R as [SIGN.NONCE] says, by libsodium. */
static void expected_nonce(
	uint8_t R[32], const uint8_t key[32], const uint8_t random[32], const void *msg, size_t msg_len)
{
	crypto_hash_sha512_state h;
	uint8_t digest[64], nonce[32];

	crypto_hash_sha512_init(&h);
	absorb(&h, "protocol", "tabella/v1/nonce", 16);
	absorb(&h, "secret", key, 32);
	absorb(&h, "random", random, 32);
	absorb(&h, "message", msg, msg_len);
	crypto_hash_sha512_final(&h, digest);
	crypto_hash_sha512_init(&h);
	absorb(&h, "output", digest, 64);
	crypto_hash_sha512_final(&h, digest);
	crypto_core_ristretto255_scalar_reduce(nonce, digest);
	assert_int_equal(crypto_scalarmult_ristretto255_base(R, nonce), 0);
}

static void test_nonce_depends_on_key_message_and_random(void **state)
{
	uint8_t random[2][64], key[32], R[32], sig[5][64];
	signed_message s, other;

	(void)state;
	assert_true(sodium_init() >= 0);
	make(&s, 1);
	make(&other, 2);
	tb_fixture_bytes(random[0], "nonce test", 0);
	tb_fixture_bytes(random[1], "nonce test", 1);
	assert_int_equal(tb_schnorr_sign(sig[0], &s.secret, s.public_key, "a", 1, random[0]), TB_OK);
	assert_int_equal(tb_schnorr_sign(sig[1], &s.secret, s.public_key, "a", 1, random[0]), TB_OK);
	assert_int_equal(tb_schnorr_sign(sig[2], &s.secret, s.public_key, "b", 1, random[0]), TB_OK);
	assert_int_equal(tb_schnorr_sign(sig[3], &s.secret, s.public_key, "a", 1, random[1]), TB_OK);
	assert_int_equal(tb_schnorr_sign(sig[4], &other.secret, other.public_key, "a", 1, random[0]), TB_OK);
	assert_memory_equal(sig[0], sig[1], 64);
	for (size_t i = 2; i < 5; i++)
		assert_memory_not_equal(sig[0], sig[i], 32);
	tb_secret_write(tb_group_ristretto255(), key, &s.secret);
	expected_nonce(R, key, random[0], "a", 1);
	assert_memory_equal(R, sig[0], 32);
	expected_nonce(R, key, random[1], "a", 1);
	assert_memory_equal(R, sig[3], 32);
}

/* z + q, R and PK the identity, not canonical, or no point: refused although some of them satisfy the equation. */
static void test_malformed_parts_are_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t order[32], zero[32] = {0}, non_canonical[32];
	uint32_t carry = 0;
	signed_message s, t;
	tb_point p;

	(void)state;
	make(&s, 3);
	tb_group_order(g, order);
	t = s;
	for (size_t i = 0; i < 32; i++) {
		carry += (uint32_t)t.signature[32 + i] + order[i];
		t.signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_int_equal(verify(&t), TB_ERR_SIGNATURE);

	/* With PK = 0 anybody could sign: R = z*g.  Here R = g, z = 1. */
	t = s;
	memset(t.public_key, 0, 32);
	tb_point_generator(g, &p);
	tb_point_write(g, t.signature, &p);
	memset(t.signature + 32, 0, 32);
	t.signature[32] = 1;
	assert_int_equal(verify(&t), TB_ERR_SIGNATURE);
	assert_int_equal(tb_schnorr_public_parse(&p, zero), TB_ERR_RANGE);

	t = s;
	memset(t.signature, 0, 32);
	assert_int_equal(verify(&t), TB_ERR_SIGNATURE);
	memset(non_canonical, 0xff, 32);
	assert_int_equal(tb_schnorr_public_parse(&p, non_canonical), TB_ERR_ENCODING);
	memcpy(t.signature, non_canonical, 32);
	assert_int_equal(verify(&t), TB_ERR_SIGNATURE);
}

/* With the nonce 0, z = c*x shows the key: no honest signer makes it, so it is no signature (RFC 9496 decoding, RFC 9591). */
static void test_identity_nonce_is_refused_though_it_satisfies_the_equation(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	crypto_hash_sha512_state h;
	uint8_t digest[64];
	tb_secret zero;
	tb_scalar c, z;
	signed_message s;

	(void)state;
	make(&s, 4);
	memset(s.signature, 0, 32);
	crypto_hash_sha512_init(&h);
	crypto_hash_sha512_update(&h, (const uint8_t *)"FROST-RISTRETTO255-SHA512-v1chal", 32);
	crypto_hash_sha512_update(&h, s.signature, 32);
	crypto_hash_sha512_update(&h, s.public_key, 32);
	crypto_hash_sha512_update(&h, s.msg, sizeof s.msg);
	crypto_hash_sha512_final(&h, digest);
	tb_scalar_reduce64(g, &c, digest);
	tb_secret_set_u64(g, &zero, 0);
	tb_secret_respond(g, &z, &zero, &c, &s.secret);
	tb_scalar_write(g, s.signature + 32, &z);
	assert_int_equal(verify(&s), TB_ERR_SIGNATURE);
}

/* Signing with the public key of another secret would give two answers to one nonce, and with them the key. */
static void test_a_wrong_public_key_never_yields_a_signature(void **state)
{
	uint8_t random[32] = {1}, out[64];
	signed_message s, other;
	int status;
	pid_t child;

	(void)state;
	make(&s, 5);
	make(&other, 6);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(2); /* the report of the bug */
		_exit(tb_schnorr_sign(out, &s.secret, other.public_key, "a", 1, random) == TB_OK ? 0 : 1);
	}
	assert_true(waitpid(child, &status, 0) == child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

typedef struct batch_item {
	tb_point key, nonce;
	tb_schnorr_equation eq;
} batch_item;

static tb_err append(void *items, size_t index, tb_batch *b)
{
	batch_item *list = items;
	tb_scalar e;
	tb_err err = tb_scalar_random128(tb_group_ristretto255(), &e);

	return err != TB_OK ? err : tb_schnorr_append(b, &list[index].eq, &e);
}

static void test_batches_name_the_bad_signatures(void **state)
{
	static batch_item list[50];
	const tb_group *g = tb_group_ristretto255();
	tb_scalar one;
	tb_batch *b;
	bool bad[50];

	(void)state;
	assert_int_equal(tb_batch_new(g, &b, NULL, 0), TB_OK);
	for (uint64_t i = 0; i < 50; i++) {
		signed_message s;

		make(&s, i);
		if (i == 17)
			s.msg[0] ^= 1;
		assert_int_equal(tb_schnorr_public_parse(&list[i].key, s.public_key), TB_OK);
		assert_int_equal(tb_schnorr_prepare(&list[i].eq, &list[i].nonce, &list[i].key, s.public_key,
					 s.msg, sizeof s.msg, s.signature),
			TB_OK);
	}
	/* Errors that cancel under equal randomisers. */
	tb_scalar_set_u64(g, &one, 1);
	tb_scalar_add(g, &list[30].eq.z, &list[30].eq.z, &one);
	tb_scalar_sub(g, &list[31].eq.z, &list[31].eq.z, &one);
	assert_int_equal(tb_batch_find_bad(b, append, list, 50, bad), TB_ERR_PROOF);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(bad[i], i == 17 || i == 30 || i == 31);
	tb_batch_clear(b);
	assert_int_equal(tb_schnorr_append(b, &list[30].eq, &one), TB_OK);
	assert_int_equal(tb_schnorr_append(b, &list[31].eq, &one), TB_OK);
	assert_int_equal(tb_batch_check(b), TB_OK); /* equal randomisers are deceived */
	tb_batch_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc9591_vector),
		cmocka_unit_test(test_libsodium_agrees),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_nonce_depends_on_key_message_and_random),
		cmocka_unit_test(test_malformed_parts_are_refused),
		cmocka_unit_test(test_identity_nonce_is_refused_though_it_satisfies_the_equation),
		cmocka_unit_test(test_a_wrong_public_key_never_yields_a_signature),
		cmocka_unit_test(test_batches_name_the_bad_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
