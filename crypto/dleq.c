/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/dleq.h"

#include <string.h>

#include "crypto/transcript.h"

size_t tb_dleq_bytes(const tb_group *g)
{
	return 2 * tb_group_point_bytes(g) + TB_SCALAR_BYTES;
}

/* The whole statement is hashed, not only the commitments a and b: otherwise a prover could fix c first and solve
 * for Z, proving a false share.  tests/unit/test_dleq.c does exactly that.  [DLEQ] */
static tb_err challenge(const tb_group *g, tb_scalar *c, const tb_dleq_statement *st, const void *binding,
	size_t binding_len, const tb_point *a, const tb_point *b)
{
	const char *name = tb_group_name(g);
	tb_transcript t;
	tb_err err = tb_transcript_init(&t, "tabella/v1/dleq");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(&t, "group", name, strlen(name));
	tb_transcript_bytes(&t, "binding", binding, binding_len);
	tb_transcript_point(&t, g, "Y", &st->Y);
	tb_transcript_point(&t, g, "H", &st->H);
	tb_transcript_point(&t, g, "Z", &st->Z);
	tb_transcript_point(&t, g, "a", a);
	tb_transcript_point(&t, g, "b", b);
	tb_transcript_challenge(&t, g, c);
	tb_transcript_release(&t);
	return TB_OK;
}

tb_err tb_dleq_prove(const tb_group *g, tb_dleq_proof *out, const tb_dleq_statement *st, const void *binding,
	size_t binding_len, const tb_secret *x)
{
	tb_secret w;
	tb_scalar c;
	tb_err err;

	memset(out, 0, sizeof *out);
	err = tb_secret_random(g, &w);
	if (err != TB_OK)
		return err;
	tb_point_mul_generator_secret(g, &out->a, &w);
	tb_point_mul_secret(g, &out->b, &w, &st->H);
	err = challenge(g, &c, st, binding, binding_len, &out->a, &out->b);
	if (err == TB_OK)
		tb_secret_respond(g, &out->z, &w, &c, x);
	else
		memset(out, 0, sizeof *out);
	tb_secret_wipe(&w);
	return err;
}

tb_err tb_dleq_append(tb_batch *batch, const tb_dleq_proof *proof, const tb_dleq_statement *st,
	const void *binding, size_t binding_len, const tb_scalar e[2])
{
	const tb_group *g = tb_batch_group(batch);
	tb_scalar c, k;
	tb_err err = tb_batch_reserve(batch, 5);

	if (err == TB_OK)
		err = challenge(g, &c, st, binding, binding_len, &proof->a, &proof->b);
	if (err != TB_OK)
		return err;
	/* Signs turned round, so that a and b keep short scalars: e0*(a + c*Y - z*g) + e1*(b + c*Z - z*H). */
	tb_batch_add(batch, &e[0], &proof->a);
	tb_batch_add(batch, &e[1], &proof->b);
	tb_scalar_mul(g, &k, &e[0], &c);
	tb_batch_add(batch, &k, &st->Y);
	tb_scalar_mul(g, &k, &e[1], &c);
	tb_batch_add(batch, &k, &st->Z);
	tb_scalar_mul(g, &k, &e[1], &proof->z);
	tb_scalar_neg(g, &k, &k);
	tb_batch_add(batch, &k, &st->H);
	tb_scalar_mul(g, &k, &e[0], &proof->z);
	tb_scalar_neg(g, &k, &k);
	tb_batch_add_base(batch, TB_BATCH_G, &k);
	return TB_OK;
}

/* z*P = commitment + c*Q ? */
static bool holds(const tb_group *g, const tb_scalar *z, const tb_point *P, const tb_point *commitment,
	const tb_scalar *c, const tb_point *Q)
{
	tb_point left, right;

	tb_point_mul_public(g, &left, z, P);
	tb_point_mul_public(g, &right, c, Q);
	tb_point_add(g, &right, &right, commitment);
	return tb_point_equal(g, &left, &right);
}

tb_err tb_dleq_verify(const tb_group *g, const tb_dleq_proof *proof, const tb_dleq_statement *st,
	const void *binding, size_t binding_len)
{
	const tb_point *const arrived[] = {&st->Y, &st->H, &st->Z, &proof->a, &proof->b};
	tb_point generator;
	tb_scalar c;
	tb_err err = tb_points_check_order(g, arrived, sizeof arrived / sizeof arrived[0]);

	if (err == TB_OK)
		err = challenge(g, &c, st, binding, binding_len, &proof->a, &proof->b);
	if (err != TB_OK)
		return err;
	tb_point_generator(g, &generator);
	if (!holds(g, &proof->z, &generator, &proof->a, &c, &st->Y) ||
		!holds(g, &proof->z, &st->H, &proof->b, &c, &st->Z))
		return TB_ERR_PROOF;
	return TB_OK;
}

tb_err tb_dleq_parse(const tb_group *g, tb_dleq_proof *out, const uint8_t *in)
{
	size_t point_bytes = tb_group_point_bytes(g);
	tb_dleq_proof p;
	tb_err err = tb_point_parse(g, &p.a, in);

	if (err == TB_OK)
		err = tb_point_parse(g, &p.b, in + point_bytes);
	if (err == TB_OK)
		err = tb_scalar_parse(g, &p.z, in + 2 * point_bytes);
	if (err != TB_OK)
		return err;
	tb_point_copy(g, &out->a, &p.a);
	tb_point_copy(g, &out->b, &p.b);
	out->z = p.z;
	return TB_OK;
}

void tb_dleq_write(const tb_group *g, uint8_t *out, const tb_dleq_proof *proof)
{
	size_t point_bytes = tb_group_point_bytes(g);

	tb_point_write(g, out, &proof->a);
	tb_point_write(g, out + point_bytes, &proof->b);
	tb_scalar_write(g, out + 2 * point_bytes, &proof->z);
}
