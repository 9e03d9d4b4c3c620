/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/election/ceremony.h"
#include "core/election/ceremony_wire.h"
#include "crypto/rand.h"
#include "crypto/schnorr.h"
#include "crypto/wipe.h"

/* The part of the ceremony that handles a trustee's secrets. */

/* Everything secret in making one commit; wiped as a whole. */
typedef struct making {
	tb_polynomial f;
	tb_secret ephemeral; /* e_i */
	tb_secret share;
} making;

static tb_err check_own_key(
	const tb_ceremony *c, uint32_t trustee, const tb_secret *transport, const char *rule, tb_fault *fault)
{
	const tb_trustee *self = &tb_ceremony_manifest(c)->trustees[trustee - 1];
	uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES];

	tb_schnorr_public(public_key, transport);
	if (memcmp(public_key, self->transport_key, sizeof public_key) != 0)
		return tb_fault_setf(fault, rule, "phrase", "the recovery phrase of this trustee",
			"one whose keys are not those of trustee %u in the manifest", trustee);
	return TB_OK;
}

static tb_err encrypt_shares(tb_commit *commit, making *secret, const tb_manifest *m,
	const uint8_t election[32], const tb_secret *transport)
{
	for (uint32_t j = 1; j <= m->num_trustees; j++) {
		tb_share_route route;
		tb_err err;

		tb_polynomial_evaluate(m->group, &secret->share, &secret->f, j);
		tb_commit_route(&route, commit, j, m, election);
		err = tb_share_encrypt(m->group, commit->share[j - 1], &route, &secret->ephemeral, transport,
			&secret->share);
		if (err != TB_OK)
			return err;
	}
	return TB_OK;
}

static tb_err fill_commit(tb_commit *commit, making *secret, const tb_manifest *m, const uint8_t election[32],
	const tb_secret *transport)
{
	tb_pop_statement st;
	tb_err err = tb_points_new(m->group, &commit->commitments, m->threshold);

	if (err != TB_OK)
		return err;
	/* Fresh coefficients every time, never from the phrase: a second ceremony must not reuse a polynomial. */
	err = tb_polynomial_random(m->group, &secret->f, m->threshold);
	if (err == TB_OK)
		err = tb_secret_random(tb_group_ristretto255(), &secret->ephemeral);
	if (err != TB_OK)
		return err;
	tb_polynomial_commit(m->group, &commit->commitments, &secret->f);
	tb_schnorr_public(commit->ephemeral, &secret->ephemeral);
	tb_commit_statement(&st, commit, m, election);
	err = tb_pop_prove(m->group, &commit->pop, &st, &secret->f.coefficient[0]);
	return err != TB_OK ? err : encrypt_shares(commit, secret, m, election, transport);
}

tb_err tb_ceremony_make_commit(
	const tb_ceremony *c, tb_buf *payload, uint32_t trustee, const tb_secret *transport, tb_fault *fault)
{
	const tb_manifest *m = tb_ceremony_manifest(c);
	size_t start = payload->len;
	tb_commit commit = {.trustee = trustee};
	making secret;
	tb_err err;

	TB_REQUIRE(trustee >= 1 && trustee <= m->num_trustees);
	err = check_own_key(c, trustee, transport, "CEREMONY.COMMIT", fault);
	if (err != TB_OK)
		return err;
	err = fill_commit(&commit, &secret, m, tb_ceremony_election(c), transport);
	tb_wipe(&secret, sizeof secret);
	if (err == TB_OK)
		err = tb_commit_write(payload, m, &commit);
	if (err != TB_OK)
		payload->len = start;
	tb_commit_release(&commit);
	return err;
}

/* ---- receiving ---- */
static tb_err blame_sender(tb_fault *fault, uint32_t sender, uint32_t *blame, const char *found)
{
	char where[32];

	*blame = sender;
	(void)snprintf(where, sizeof where, "trustee/%u", sender);
	return tb_fault_set(
		fault, "CEREMONY.RECEIVE", where, "the share f_i(j) that its commitments promise", found);
}

/* Opens and checks the share of one sender. */
static tb_err receive_one(const tb_ceremony *c, tb_secret *out, uint32_t sender, uint32_t recipient,
	const tb_secret *transport, uint32_t *blame, tb_fault *fault)
{
	const tb_manifest *m = tb_ceremony_manifest(c);
	const tb_commit *commit = tb_ceremony_commit(c, sender);
	tb_share_route route;
	tb_err err;

	tb_commit_route(&route, commit, recipient, m, tb_ceremony_election(c));
	err = tb_share_decrypt(m->group, out, &route, transport, commit->share[recipient - 1]);
	if (err == TB_ERR_DECRYPT)
		return blame_sender(fault, sender, blame, "a ciphertext that does not open");
	if (err == TB_ERR_ENCODING)
		return blame_sender(fault, sender, blame, "a scalar that is not reduced");
	if (err != TB_OK)
		return err;
	err = tb_sharing_check(m->group, out, &commit->commitments, recipient);
	return err == TB_ERR_PROOF ? blame_sender(fault, sender, blame, "another value") : err;
}

/* x_j*g = Y_j follows from the shares; a mismatch would be a fault of this program or machine. */
static bool belongs(const tb_ceremony *c, const tb_secret *x, uint32_t trustee)
{
	tb_point y;

	tb_point_mul_generator_secret(tb_ceremony_group(c), &y, x);
	return tb_point_equal(tb_ceremony_group(c), &y, tb_ceremony_verification_key(c, trustee));
}

tb_err tb_ceremony_receive(const tb_ceremony *c, tb_secret *share, uint32_t trustee,
	const tb_secret *transport, uint32_t *blame, tb_fault *fault)
{
	const tb_group *g = tb_ceremony_group(c);
	tb_secret one, sum;
	tb_err err;

	*blame = 0;
	memset(share, 0, sizeof *share);
	TB_REQUIRE(trustee >= 1 && trustee <= tb_ceremony_num_trustees(c));
	if (!tb_ceremony_is_complete(c))
		return TB_ERR_STATE;
	err = check_own_key(c, trustee, transport, "CEREMONY.RECEIVE", fault);
	tb_secret_set_u64(g, &sum, 0);
	tb_secret_set_u64(g, &one, 0);
	for (uint32_t i = 1; i <= tb_ceremony_num_trustees(c) && err == TB_OK; i++) {
		err = receive_one(c, &one, i, trustee, transport, blame, fault);
		if (err == TB_OK)
			tb_secret_add(g, &sum, &sum, &one);
	}
	if (err == TB_OK && !belongs(c, &sum, trustee))
		err = tb_fault_set(fault, "CEREMONY.KEYS", "share", "x_j with x_j*g = Y_j", "another one");
	if (err == TB_OK)
		*share = sum;
	tb_secret_wipe(&one);
	tb_secret_wipe(&sum);
	return err;
}
