/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sharing.h"

#include <string.h>

#include "crypto/aead.h"
#include "crypto/transcript.h"
#include "crypto/wipe.h"

/* ---- polynomials ---- */
tb_err tb_polynomial_random(const tb_group *g, tb_polynomial *out, size_t threshold)
{
	TB_REQUIRE(threshold >= 1 && threshold <= TB_SHARING_MAX);
	memset(out, 0, sizeof *out);
	out->threshold = threshold;
	for (size_t k = 0; k < threshold; k++) {
		/* A zero coefficient would show as C_k = identity; drawing again happens never in practice. */
		do {
			tb_err err = tb_secret_random(g, &out->coefficient[k]);

			if (err != TB_OK) {
				tb_polynomial_wipe(out);
				return err;
			}
		} while (tb_secret_is_zero(&out->coefficient[k]));
	}
	return TB_OK;
}

void tb_polynomial_wipe(tb_polynomial *p)
{
	tb_wipe(p, sizeof *p);
}

void tb_polynomial_evaluate(const tb_group *g, tb_secret *out, const tb_polynomial *p, uint32_t index)
{
	tb_secret sum;
	tb_scalar x;

	tb_scalar_set_u64(g, &x, index);
	tb_secret_set_u64(g, &sum, 0);
	for (size_t k = p->threshold; k-- > 0;) {
		tb_secret_mul_scalar(g, &sum, &sum, &x);
		tb_secret_add(g, &sum, &sum, &p->coefficient[k]);
	}
	*out = sum;
	tb_secret_wipe(&sum);
}

void tb_polynomial_commit(const tb_group *g, tb_points *out, const tb_polynomial *p)
{
	TB_REQUIRE(out->num == p->threshold);
	for (size_t k = 0; k < p->threshold; k++)
		tb_point_mul_generator_secret(g, tb_points_at(out, k), &p->coefficient[k]);
}

/* ---- commitments ---- */
/* *out = sum_k index^k C_k = f(index)*g. */
static void evaluate_commitments(
	const tb_group *g, tb_point *out, const tb_points *commitments, uint32_t index)
{
	tb_point sum;
	tb_scalar x;

	tb_scalar_set_u64(g, &x, index);
	tb_point_identity(g, &sum);
	for (size_t k = commitments->num; k-- > 0;) {
		tb_point_mul_public(g, &sum, &x, &sum);
		tb_point_add(g, &sum, &sum, tb_points_at(commitments, k));
	}
	tb_point_copy(g, out, &sum);
}

tb_err tb_sharing_check(
	const tb_group *g, const tb_secret *share, const tb_points *commitments, uint32_t index)
{
	tb_point left, right;

	tb_point_mul_generator_secret(g, &left, share);
	evaluate_commitments(g, &right, commitments, index);
	return tb_point_equal(g, &left, &right) ? TB_OK : TB_ERR_PROOF;
}

tb_err tb_sharing_election_key(
	const tb_group *g, tb_point *out, const tb_points *commitments, size_t num_trustees)
{
	tb_point sum;

	tb_point_identity(g, &sum);
	for (size_t i = 0; i < num_trustees; i++)
		tb_point_add(g, &sum, &sum, tb_points_at(&commitments[i], 0));
	if (tb_point_is_identity(g, &sum))
		return TB_ERR_RANGE;
	tb_point_copy(g, out, &sum);
	return TB_OK;
}

tb_err tb_sharing_verification_key(
	const tb_group *g, tb_point *out, const tb_points *commitments, size_t num_trustees, uint32_t index)
{
	tb_point sum, part;

	tb_point_identity(g, &sum);
	for (size_t i = 0; i < num_trustees; i++) {
		evaluate_commitments(g, &part, &commitments[i], index);
		tb_point_add(g, &sum, &sum, &part);
	}
	/* x_index = 0: that trustee's shares would say nothing and everybody could make them. */
	if (tb_point_is_identity(g, &sum))
		return TB_ERR_RANGE;
	tb_point_copy(g, out, &sum);
	return TB_OK;
}

/* ---- Lagrange ---- */
/* lambda_k = prod_{l != k} l/(l - k). */
static tb_err lagrange_one(const tb_group *g, tb_scalar *out, const uint32_t *indices, size_t num, size_t k)
{
	tb_scalar own, other, top, bottom;
	tb_err err;

	tb_scalar_set_u64(g, &own, indices[k]);
	tb_scalar_set_u64(g, &top, 1);
	bottom = top;
	for (size_t l = 0; l < num; l++) {
		if (l == k)
			continue;
		tb_scalar_set_u64(g, &other, indices[l]);
		tb_scalar_mul(g, &top, &top, &other);
		tb_scalar_sub(g, &other, &other, &own);
		tb_scalar_mul(g, &bottom, &bottom, &other);
	}
	err = tb_scalar_invert(g, &bottom, &bottom);
	if (err != TB_OK)
		return err; /* an index twice */
	tb_scalar_mul(g, out, &top, &bottom);
	return TB_OK;
}

tb_err tb_sharing_lagrange(const tb_group *g, tb_scalar *out, const uint32_t *indices, size_t num)
{
	if (num == 0 || num > TB_SHARING_MAX)
		return TB_ERR_RANGE;
	for (size_t k = 0; k < num; k++) {
		tb_err err = indices[k] == 0 ? TB_ERR_RANGE : lagrange_one(g, &out[k], indices, num, k);

		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

tb_err tb_sharing_combine(
	const tb_group *g, tb_point *out, const uint32_t *indices, const tb_point *const *shares, size_t num)
{
	tb_scalar lambda[TB_SHARING_MAX];
	tb_point sum, part;
	tb_err err = tb_sharing_lagrange(g, lambda, indices, num);

	if (err != TB_OK)
		return err;
	tb_point_identity(g, &sum);
	for (size_t k = 0; k < num; k++) {
		tb_point_mul_public(g, &part, &lambda[k], shares[k]);
		tb_point_add(g, &sum, &sum, &part);
	}
	tb_point_copy(g, out, &sum);
	return TB_OK;
}

/* ---- proof of possession [CEREMONY.POP] ---- */
/* Index, identity key and all coefficients are covered: COCKTAIL-DKG's own proof leaves the index out, so that one
 * message could be used in two places. */
static tb_err pop_challenge(
	const tb_group *g, tb_scalar *c, const tb_pop_statement *st, const tb_point *nonce)
{
	size_t point = tb_group_point_bytes(g), threshold = st->commitments->num;
	const char *name = tb_group_name(g);
	uint8_t wire[TB_SHARING_MAX * TB_POINT_MAX_BYTES];
	tb_transcript t;
	tb_err err;

	TB_REQUIRE(threshold >= 1 && threshold <= TB_SHARING_MAX);
	err = tb_transcript_init(&t, "tabella/v1/pop");
	if (err != TB_OK)
		return err;
	for (size_t k = 0; k < threshold; k++)
		tb_point_write(g, wire + k * point, tb_points_at(st->commitments, k));
	tb_transcript_bytes(&t, "group", name, strlen(name));
	tb_transcript_bytes(&t, "election", st->election, 32);
	tb_transcript_u64(&t, "trustee", st->index);
	tb_transcript_u64(&t, "trustees", st->num_trustees);
	tb_transcript_u64(&t, "threshold", threshold);
	tb_transcript_bytes(&t, "transport", st->transport, TB_SHARING_TRANSPORT_BYTES);
	tb_transcript_bytes(&t, "commitments", wire, threshold * point);
	tb_transcript_bytes(&t, "ephemeral", st->ephemeral, TB_SHARING_TRANSPORT_BYTES);
	tb_transcript_point(&t, g, "nonce", nonce);
	tb_transcript_challenge(&t, g, c);
	tb_transcript_release(&t);
	return TB_OK;
}

tb_err tb_pop_prove(const tb_group *g, tb_pop *out, const tb_pop_statement *st, const tb_secret *secret)
{
	tb_secret w;
	tb_scalar c;
	tb_err err;

	memset(out, 0, sizeof *out);
	err = tb_secret_random(g, &w);
	if (err == TB_OK && tb_secret_is_zero(&w))
		err = TB_ERR_RANDOM;
	if (err != TB_OK)
		return err;
	tb_point_mul_generator_secret(g, &out->nonce, &w);
	err = pop_challenge(g, &c, st, &out->nonce);
	if (err == TB_OK)
		tb_secret_respond(g, &out->z, &w, &c, secret);
	else
		memset(out, 0, sizeof *out);
	tb_secret_wipe(&w);
	return err;
}

tb_err tb_pop_verify(const tb_group *g, const tb_pop *pop, const tb_pop_statement *st)
{
	const tb_point *arrived[TB_SHARING_MAX + 1];
	size_t threshold = st->commitments->num;
	tb_point left, right;
	tb_scalar c;
	tb_err err;

	TB_REQUIRE(threshold >= 1 && threshold <= TB_SHARING_MAX);
	for (size_t k = 0; k < threshold; k++)
		arrived[k] = tb_points_at(st->commitments, k);
	arrived[threshold] = &pop->nonce;
	for (size_t k = 0; k <= threshold; k++) {
		if (tb_point_is_identity(g, arrived[k]))
			return TB_ERR_RANGE;
	}
	err = tb_points_check_order(g, arrived, threshold + 1);
	if (err == TB_OK)
		err = pop_challenge(g, &c, st, &pop->nonce);
	if (err != TB_OK)
		return err;
	tb_point_generator(g, &left);
	tb_point_mul_public(g, &left, &pop->z, &left);
	tb_point_mul_public(g, &right, &c, arrived[0]);
	tb_point_add(g, &right, &right, &pop->nonce);
	return tb_point_equal(g, &left, &right) ? TB_OK : TB_ERR_PROOF;
}

size_t tb_pop_bytes(const tb_group *g)
{
	return tb_group_point_bytes(g) + TB_SCALAR_BYTES;
}

tb_err tb_pop_parse(const tb_group *g, tb_pop *out, const uint8_t *in)
{
	tb_point nonce;
	tb_scalar z;
	tb_err err = tb_scalar_parse(g, &z, in + tb_group_point_bytes(g));

	if (err == TB_OK)
		err = tb_point_parse(g, &nonce, in);
	if (err != TB_OK)
		return err;
	tb_point_copy(g, &out->nonce, &nonce);
	out->z = z;
	return TB_OK;
}

void tb_pop_write(const tb_group *g, uint8_t *out, const tb_pop *pop)
{
	tb_point_write(g, out, &pop->nonce);
	tb_scalar_write(g, out + tb_group_point_bytes(g), &pop->z);
}

/* ---- sending shares [CEREMONY.SHARE] ---- */
/* *out = encoding of secret*P, for the wire bytes of a public P that must be a key. */
static tb_err shared_point(uint8_t out[32], const tb_secret *secret, const uint8_t wire[32])
{
	const tb_group *g = tb_group_ristretto255();
	tb_point p;
	tb_err err = tb_point_parse(g, &p, wire);

	if (err != TB_OK)
		return err;
	/* With the identity everybody knows the product. */
	if (tb_point_is_identity(g, &p))
		return TB_ERR_RANGE;
	tb_point_mul_secret(g, &p, secret, &p);
	tb_point_write(g, out, &p);
	tb_wipe(&p, sizeof p);
	return TB_OK;
}

/*
 * Both Diffie-Hellman values go in: the ephemeral one, so that a lasting key found later does not open what its owner
 * sent; the static one, so that only the named sender can have made the key.
 */
static tb_err share_key(uint8_t out[64], const tb_share_route *route, const uint8_t ephemeral_static[32],
	const uint8_t static_static[32])
{
	tb_transcript t;
	tb_err err = tb_transcript_init(&t, "tabella/v1/share");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(&t, "election", route->election, 32);
	tb_transcript_u64(&t, "sender", route->sender);
	tb_transcript_u64(&t, "recipient", route->recipient);
	tb_transcript_bytes(&t, "ephemeral-static", ephemeral_static, 32);
	tb_transcript_bytes(&t, "static-static", static_static, 32);
	tb_transcript_bytes(&t, "ephemeral", route->ephemeral, TB_SHARING_TRANSPORT_BYTES);
	tb_transcript_bytes(&t, "from", route->from, TB_SHARING_TRANSPORT_BYTES);
	tb_transcript_bytes(&t, "to", route->to, TB_SHARING_TRANSPORT_BYTES);
	tb_transcript_output(&t, out);
	tb_transcript_release(&t);
	return TB_OK;
}

static void associated_data(uint8_t out[34], const tb_share_route *route)
{
	TB_REQUIRE(route->sender >= 1 && route->sender <= TB_SHARING_MAX);
	TB_REQUIRE(route->recipient >= 1 && route->recipient <= TB_SHARING_MAX);
	memcpy(out, route->election, 32);
	out[32] = (uint8_t)route->sender;
	out[33] = (uint8_t)route->recipient;
}

static const uint8_t NONCE[TB_AEAD_NONCE_BYTES]; /* zero: the key is used once */

tb_err tb_share_encrypt(const tb_group *g, uint8_t out[TB_SHARING_SHARE_BYTES], const tb_share_route *route,
	const tb_secret *ephemeral_secret, const tb_secret *transport_secret, const tb_secret *share)
{
	uint8_t ephemeral_static[32], static_static[32], key[64], plain[TB_SCALAR_BYTES], aad[34];
	tb_err err = shared_point(ephemeral_static, ephemeral_secret, route->to);

	memset(out, 0, TB_SHARING_SHARE_BYTES);
	associated_data(aad, route);
	if (err == TB_OK)
		err = shared_point(static_static, transport_secret, route->to);
	if (err == TB_OK)
		err = share_key(key, route, ephemeral_static, static_static);
	if (err == TB_OK) {
		tb_secret_write(g, plain, share);
		err = tb_aead_encrypt(out, key, NONCE, aad, sizeof aad, plain, sizeof plain);
	}
	tb_wipe(ephemeral_static, sizeof ephemeral_static);
	tb_wipe(static_static, sizeof static_static);
	tb_wipe(key, sizeof key);
	tb_wipe(plain, sizeof plain);
	return err;
}

tb_err tb_share_decrypt(const tb_group *g, tb_secret *out, const tb_share_route *route,
	const tb_secret *transport_secret, const uint8_t in[TB_SHARING_SHARE_BYTES])
{
	uint8_t ephemeral_static[32], static_static[32], key[64], plain[TB_SCALAR_BYTES], aad[34];
	tb_err err = shared_point(ephemeral_static, transport_secret, route->ephemeral);

	tb_secret_wipe(out);
	associated_data(aad, route);
	if (err == TB_OK)
		err = shared_point(static_static, transport_secret, route->from);
	if (err == TB_OK)
		err = share_key(key, route, ephemeral_static, static_static);
	if (err == TB_OK)
		err = tb_aead_decrypt(plain, key, NONCE, aad, sizeof aad, in, TB_SHARING_SHARE_BYTES);
	if (err == TB_OK)
		err = tb_secret_parse(g, out, plain);
	tb_wipe(ephemeral_static, sizeof ephemeral_static);
	tb_wipe(static_static, sizeof static_static);
	tb_wipe(key, sizeof key);
	tb_wipe(plain, sizeof plain);
	return err;
}
