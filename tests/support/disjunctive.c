/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/disjunctive.h"

#include <string.h>

#include "crypto/transcript.h"

tb_err tb_disjunctive_key_new(tb_disjunctive_key *out, const tb_group *g, const tb_point *h)
{
	tb_point generator;
	tb_err err;

	memset(out, 0, sizeof *out);
	out->group = g;
	tb_point_copy(g, &out->h, h);
	tb_point_generator(g, &generator);
	err = tb_fixed_base_new(g, &out->base_g, &generator);
	return err != TB_OK ? err : tb_fixed_base_new(g, &out->base_h, h);
}

void tb_disjunctive_key_free(tb_disjunctive_key *key)
{
	tb_fixed_base_free(key->base_g);
	tb_fixed_base_free(key->base_h);
}

/* *out = z*base - c*p */
static void commitment(const tb_disjunctive_key *key, tb_point *out, const tb_fixed_base *base,
	const tb_scalar *z, const tb_scalar *c, const tb_point *p)
{
	tb_secret k;
	tb_point cp;

	tb_secret_set_scalar(key->group, &k, z);
	tb_fixed_base_mul_secret(base, out, &k);
	tb_point_mul_public(key->group, &cp, c, p);
	tb_point_sub(key->group, out, out, &cp);
}

/* a_k and b_k of the branch v = k. */
static void branch(const tb_disjunctive_key *key, tb_point ab[2], const tb_disjunctive *proof, unsigned k)
{
	const tb_group *g = key->group;
	tb_point b, one;

	tb_point_copy(g, &b, &proof->b);
	if (k == 1) {
		tb_point_generator(g, &one);
		tb_point_sub(g, &b, &b, &one);
	}
	commitment(key, &ab[0], key->base_g, &proof->response[k], &proof->challenge[k], &proof->a);
	commitment(key, &ab[1], key->base_h, &proof->response[k], &proof->challenge[k], &b);
}

static tb_err challenge(
	const tb_disjunctive_key *key, tb_scalar *out, const tb_disjunctive *proof, const tb_point ab[4])
{
	static const char *const labels[] = {"a0", "b0", "a1", "b1"};
	const tb_group *g = key->group;
	tb_transcript t;
	tb_err err = tb_transcript_init(&t, "tabella/test/disjunctive");

	if (err != TB_OK)
		return err;
	tb_transcript_point(&t, g, "h", &key->h);
	tb_transcript_point(&t, g, "A", &proof->a);
	tb_transcript_point(&t, g, "B", &proof->b);
	for (int i = 0; i < 4; i++)
		tb_transcript_point(&t, g, labels[i], &ab[i]);
	tb_transcript_challenge(&t, g, out);
	tb_transcript_release(&t);
	return TB_OK;
}

tb_err tb_disjunctive_make(tb_disjunctive *out, const tb_disjunctive_key *key, unsigned vote)
{
	const tb_group *g = key->group;
	unsigned other = 1 - vote;
	tb_secret r, w;
	tb_point ab[4], one;
	tb_scalar c;
	tb_err err = tb_secret_random(g, &r);

	if (err == TB_OK)
		err = tb_secret_random(g, &w);
	if (err == TB_OK)
		err = tb_scalar_random128(g, &out->challenge[other]);
	if (err == TB_OK)
		err = tb_scalar_random128(g, &out->response[other]);
	if (err != TB_OK)
		return err;
	tb_fixed_base_mul_secret(key->base_g, &out->a, &r);
	tb_fixed_base_mul_secret(key->base_h, &out->b, &r);
	tb_point_generator(g, &one);
	if (vote == 1)
		tb_point_add(g, &out->b, &out->b, &one);
	branch(key, &ab[2 * other], out, other);
	tb_fixed_base_mul_secret(key->base_g, &ab[2 * vote], &w);
	tb_fixed_base_mul_secret(key->base_h, &ab[2 * vote + 1], &w);
	err = challenge(key, &c, out, ab);
	tb_scalar_sub(g, &out->challenge[vote], &c, &out->challenge[other]);
	tb_secret_respond(g, &out->response[vote], &w, &out->challenge[vote], &r);
	return err;
}

tb_err tb_disjunctive_verify(const tb_disjunctive *proof, const tb_disjunctive_key *key)
{
	const tb_group *g = key->group;
	const tb_point *points[2] = {&proof->a, &proof->b};
	tb_scalar c, sum;
	tb_point ab[4];
	tb_err err = TB_OK;

	for (int i = 0; i < 2 && err == TB_OK; i++) /* one by one, as there is no batch to put them into */
		err = tb_points_check_order(g, &points[i], 1);
	if (err != TB_OK)
		return err;
	for (unsigned k = 0; k < 2; k++)
		branch(key, &ab[2 * k], proof, k);
	err = challenge(key, &c, proof, ab);
	tb_scalar_add(g, &sum, &proof->challenge[0], &proof->challenge[1]);
	if (err == TB_OK && !tb_scalar_equal(&sum, &c))
		err = TB_ERR_PROOF;
	return err;
}
