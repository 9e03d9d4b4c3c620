/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/schnorr.h"

#include <string.h>

#include "crypto/ct.h"
#include "crypto/hash.h"
#include "crypto/transcript.h"
#include "crypto/wipe.h"

void tb_schnorr_public(uint8_t out[TB_SCHNORR_PUBLIC_BYTES], const tb_secret *secret)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point p;

	TB_REQUIRE(!tb_secret_is_zero(secret));
	tb_point_mul_generator_secret(g, &p, secret);
	tb_point_write(g, out, &p);
}

/* H2 of RFC 9591 section 6.2: key-prefixed, so a signature says nothing about another key. */
static void challenge(tb_scalar *c, const uint8_t nonce[32],
	const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg, size_t msg_len)
{
	static const char prefix[] = "FROST-RISTRETTO255-SHA512-v1chal";
	uint8_t wide[TB_SHA512_BYTES];
	tb_sha512_state s;

	tb_sha512_init(&s);
	tb_sha512_update(&s, prefix, sizeof prefix - 1);
	tb_sha512_update(&s, nonce, 32);
	tb_sha512_update(&s, public_key, TB_SCHNORR_PUBLIC_BYTES);
	tb_sha512_update(&s, msg, msg_len);
	tb_sha512_final(&s, wide);
	tb_scalar_reduce64(tb_group_ristretto255(), c, wide);
}

/* The nonce depends on the message, so a client that signs two ballots with one seed does not reveal its key by it; and
 * on `random`, so a glitch in the hash of one message cannot be compared with a clean run. [SIGN.NONCE] */
static tb_err derive_nonce(
	tb_secret *out, const tb_secret *secret, const void *msg, size_t msg_len, const uint8_t random[32])
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t key[TB_SCALAR_BYTES], wide[64];
	tb_transcript t;
	tb_err err = tb_transcript_init(&t, "tabella/v1/nonce");

	if (err != TB_OK)
		return err;
	tb_secret_write(g, key, secret);
	tb_transcript_bytes(&t, "secret", key, sizeof key);
	tb_transcript_bytes(&t, "random", random, 32);
	tb_transcript_bytes(&t, "message", msg, msg_len);
	tb_transcript_output(&t, wide);
	tb_secret_reduce64(g, out, wide);
	tb_transcript_release(&t);
	tb_wipe(key, sizeof key);
	tb_wipe(wide, sizeof wide);
	return tb_secret_is_zero(out) ? TB_ERR_RANDOM : TB_OK;
}

tb_err tb_schnorr_sign(uint8_t out[TB_SCHNORR_BYTES], const tb_secret *secret,
	const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg, size_t msg_len,
	const uint8_t random[32])
{
	const tb_group *g = tb_group_ristretto255();
	tb_secret nonce;
	tb_point R;
	tb_scalar c, z;
	tb_err err;

	memset(out, 0, TB_SCHNORR_BYTES);
	err = derive_nonce(&nonce, secret, msg, msg_len, random);
	if (err != TB_OK)
		return err;
	tb_point_mul_generator_secret(g, &R, &nonce);
	tb_point_write(g, out, &R);
	challenge(&c, out, public_key, msg, msg_len);
	tb_secret_respond(g, &z, &nonce, &c, secret);
	tb_scalar_write(g, out + 32, &z);
	tb_secret_wipe(&nonce);
	/* Two answers to one nonce reveal the key: a public key that is not the secret's, or a fault while computing, must
	 * never leave this function as a signature. */
	TB_REQUIRE(tb_schnorr_verify(public_key, msg, msg_len, out) == TB_OK);
	return TB_OK;
}

tb_err tb_schnorr_public_parse(tb_point *out, const uint8_t in[TB_SCHNORR_PUBLIC_BYTES])
{
	const tb_group *g = tb_group_ristretto255();
	tb_point p;
	tb_err err = tb_point_parse(g, &p, in);

	if (err != TB_OK)
		return err;
	/* The identity as a key would accept R = z*g for any message. */
	if (tb_point_is_identity(g, &p))
		return TB_ERR_RANGE;
	tb_point_copy(g, out, &p);
	return TB_OK;
}

tb_err tb_schnorr_prepare(tb_schnorr_equation *out, tb_point *nonce, const tb_point *key,
	const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg, size_t msg_len,
	const uint8_t signature[TB_SCHNORR_BYTES])
{
	const tb_group *g = tb_group_ristretto255();

	if (tb_scalar_parse(g, &out->z, signature + 32) != TB_OK)
		return TB_ERR_SIGNATURE;
	if (tb_point_parse(g, nonce, signature) != TB_OK || tb_point_is_identity(g, nonce))
		return TB_ERR_SIGNATURE;
	challenge(&out->c, signature, public_key, msg, msg_len);
	out->nonce = nonce;
	out->key = key;
	return TB_OK;
}

tb_err tb_schnorr_verify(const uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES], const void *msg, size_t msg_len,
	const uint8_t signature[TB_SCHNORR_BYTES])
{
	const tb_group *g = tb_group_ristretto255();
	tb_schnorr_equation eq;
	tb_point key, nonce, left, right;
	tb_err err;

	err = tb_schnorr_public_parse(&key, public_key);
	if (err != TB_OK)
		return TB_ERR_SIGNATURE;
	err = tb_schnorr_prepare(&eq, &nonce, &key, public_key, msg, msg_len, signature);
	if (err != TB_OK)
		return err;
	tb_point_generator(g, &left);
	tb_point_mul_public(g, &left, &eq.z, &left);
	tb_point_mul_public(g, &right, &eq.c, &key);
	tb_point_add(g, &right, &right, &nonce);
	return tb_point_equal(g, &left, &right) ? TB_OK : TB_ERR_SIGNATURE;
}

tb_err tb_schnorr_append(tb_batch *batch, const tb_schnorr_equation *eq, const tb_scalar *e)
{
	const tb_group *g = tb_group_ristretto255();
	tb_scalar k;
	tb_err err;

	TB_REQUIRE(tb_batch_group(batch) == g);
	err = tb_batch_reserve(batch, 2);
	if (err != TB_OK)
		return err;
	/* e*(R + c*PK - z*g): R keeps the short scalar. */
	tb_batch_add(batch, e, eq->nonce);
	tb_scalar_mul(g, &k, e, &eq->c);
	tb_batch_add(batch, &k, eq->key);
	tb_scalar_mul(g, &k, e, &eq->z);
	tb_scalar_neg(g, &k, &k);
	tb_batch_add_base(batch, TB_BATCH_G, &k);
	return TB_OK;
}
