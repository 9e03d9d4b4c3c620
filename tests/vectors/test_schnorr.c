/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures [SIGN.SCHNORR] and their nonces [SIGN.NONCE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/schnorr.h"
#include "tests/support/vectors.h"

static void secret_of(tb_secret *out, const struct json_t *object, const char *key)
{
	uint8_t wire[32];

	tb_vector_exactly(wire, sizeof wire, object, key);
	assert_int_equal(tb_secret_parse(tb_group_ristretto255(), out, wire), TB_OK);
}

/* R = nonce*g and z = nonce + challenge*secret with the given nonce and challenge. */
static void assert_parts(const struct json_t *out, const tb_secret *secret, const uint8_t signature[64])
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[32];
	tb_scalar c, z;
	tb_secret nonce;
	tb_point R;

	secret_of(&nonce, out, "nonce");
	tb_point_mul_generator_secret(g, &R, &nonce);
	tb_point_write(g, wire, &R);
	assert_memory_equal(wire, signature, 32);
	tb_vector_exactly(wire, sizeof wire, out, "challenge");
	assert_int_equal(tb_scalar_parse(g, &c, wire), TB_OK);
	tb_secret_respond(g, &z, &nonce, &c, secret);
	tb_scalar_write(g, wire, &z);
	assert_memory_equal(wire, signature + 32, 32);
}

static const char *sign(const tb_vector *v)
{
	uint8_t public_key[32], random[32], signature[64];
	tb_schnorr_equation eq;
	tb_point nonce, key;
	tb_secret secret;
	tb_buf message;

	secret_of(&secret, v->in, "secret");
	tb_vector_exactly(random, sizeof random, v->in, "random");
	tb_vector_bytes(&message, v->in, "message");
	tb_schnorr_public(public_key, &secret);
	tb_vector_expect_bytes(v->out, "public", public_key, sizeof public_key);
	assert_int_equal(
		tb_schnorr_sign(signature, &secret, public_key, message.data, message.len, random), TB_OK);
	tb_vector_expect_bytes(v->out, "signature", signature, sizeof signature);
	assert_parts(v->out, &secret, signature);

	/* and the challenge as the verifier takes it */
	assert_int_equal(tb_schnorr_public_parse(&key, public_key), TB_OK);
	assert_int_equal(
		tb_schnorr_prepare(&eq, &nonce, &key, public_key, message.data, message.len, signature),
		TB_OK);
	tb_scalar_write(tb_group_ristretto255(), public_key, &eq.c);
	tb_vector_expect_bytes(v->out, "challenge", public_key, 32);
	tb_buf_release(&message);
	return NULL;
}

/* Alone and in a batch. */
static tb_err verify_in_batch(
	const uint8_t public_key[32], const tb_buf *message, const uint8_t signature[64])
{
	tb_schnorr_equation eq;
	tb_point nonce, key;
	tb_batch *batch;
	tb_scalar e;
	tb_err err;

	if (tb_schnorr_public_parse(&key, public_key) != TB_OK ||
		tb_schnorr_prepare(&eq, &nonce, &key, public_key, message->data, message->len, signature) !=
			TB_OK)
		return TB_ERR_SIGNATURE;
	assert_int_equal(tb_batch_new(tb_group_ristretto255(), &batch, NULL, 0), TB_OK);
	assert_int_equal(tb_scalar_random128(tb_group_ristretto255(), &e), TB_OK);
	assert_int_equal(tb_schnorr_append(batch, &eq, &e), TB_OK);
	err = tb_batch_check(batch);
	tb_batch_free(batch);
	return err == TB_ERR_PROOF ? TB_ERR_SIGNATURE : err;
}

static const char *verify(const tb_vector *v)
{
	uint8_t public_key[32], signature[64];
	tb_buf message;
	tb_err err;

	tb_vector_bytes(&message, v->in, "message");
	tb_vector_exactly(public_key, sizeof public_key, v->in, "public");
	if (!tb_vector_fixed(signature, sizeof signature, v->in, "signature")) {
		tb_buf_release(&message);
		return TB_VECTOR_LENGTH;
	}
	err = tb_schnorr_verify(public_key, message.data, message.len, signature);
	assert_int_equal(err, verify_in_batch(public_key, &message, signature));
	tb_buf_release(&message);
	if (err == TB_OK)
		return NULL;
	assert_int_equal(err, TB_ERR_SIGNATURE);
	return "SIGN.SCHNORR";
}

int main(void)
{
	static const char *const topics[] = {"schnorr"};
	static const tb_vector_op ops[] = {{"schnorr.sign", sign}, {"schnorr.verify", verify}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
