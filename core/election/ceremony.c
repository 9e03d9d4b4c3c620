/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ceremony.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/ceremony_wire.h"

/* The public state; the wire form of the payloads is in ceremony_wire.c, a trustee's secret side in ceremony_trustee.c. */

struct tb_ceremony {
	const tb_manifest *manifest;
	uint8_t election[32];
	tb_commit commit[TB_MAX_TRUSTEES];    /* by trustee - 1; the points of those that came */
	tb_points constants[TB_MAX_TRUSTEES]; /* views: the commitments alone, as sharing.h wants them */
	bool has_commit[TB_MAX_TRUSTEES], has_certificate[TB_MAX_TRUSTEES];
	uint32_t num_commits, num_certificates;
	tb_points keys; /* once complete: h, Y_1, ..., Y_n [CEREMONY.KEYS] */
};

tb_err tb_ceremony_new(tb_ceremony **out, const tb_manifest *manifest, const uint8_t election[32])
{
	tb_ceremony *c = calloc(1, sizeof *c);

	*out = NULL;
	if (c == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(manifest->num_trustees >= 1 && manifest->num_trustees <= TB_MAX_TRUSTEES &&
		   manifest->threshold >= 1 && manifest->threshold <= manifest->num_trustees);
	c->manifest = manifest;
	memcpy(c->election, election, sizeof c->election);
	*out = c;
	return TB_OK;
}

void tb_ceremony_free(tb_ceremony *c)
{
	if (c == NULL)
		return;
	for (uint32_t i = 0; i < TB_MAX_TRUSTEES; i++)
		tb_commit_release(&c->commit[i]);
	tb_points_free(&c->keys);
	free(c);
}

/* ---- commits ---- */
static tb_err check_pop(const tb_ceremony *c, const tb_commit *commit, tb_fault *fault)
{
	tb_pop_statement st;
	tb_err err;

	tb_commit_statement(&st, commit, c->manifest, c->election);
	err = tb_pop_verify(tb_ceremony_group(c), &commit->pop, &st);
	if (err == TB_ERR_PROOF)
		return tb_fault_set(fault, "CEREMONY.POP", "pop", "a valid proof of possession",
			"one that does not verify for this trustee, these commitments and this election");
	if (err == TB_ERR_GROUP)
		return tb_fault_set(fault, "CEREMONY.COMMIT", "commitments", "elements of the group",
			"a number outside it");
	if (err == TB_ERR_RANGE)
		return tb_fault_set(fault, "CEREMONY.COMMIT", "commitments", "no identity", "an identity");
	return err;
}

/* A copied commitment with a proof of its own would still be refused by the proof; this names the copy. */
static tb_err check_distinct(const tb_ceremony *c, const tb_commit *commit, tb_fault *fault)
{
	const tb_group *g = tb_ceremony_group(c);

	for (uint32_t i = 0; i < c->manifest->num_trustees; i++) {
		if (!c->has_commit[i])
			continue;
		if (tb_point_equal(
			    g, tb_points_at(&c->constants[i], 0), tb_points_at(&commit->commitments, 0)))
			return tb_fault_setf(fault, "CEREMONY.DISTINCT", "commitments[0]",
				"one of this trustee's own", "the one of trustee %u", i + 1);
	}
	return TB_OK;
}

/* h and all Y_j, when `last` is the one commit that was missing.  RULE CEREMONY.KEYS. */
static tb_err derive_keys(const tb_ceremony *c, const tb_commit *last, tb_points *keys, tb_fault *fault)
{
	const tb_group *g = tb_ceremony_group(c);
	uint32_t n = c->manifest->num_trustees;
	tb_points all[TB_MAX_TRUSTEES];
	tb_err err = tb_points_new(g, keys, n + 1);

	if (err != TB_OK)
		return err;
	memcpy(all, c->constants, sizeof all);
	all[last->trustee - 1] = last->commitments;
	err = tb_sharing_election_key(g, tb_points_at(keys, 0), all, n);
	for (uint32_t j = 1; j <= n && err == TB_OK; j++)
		err = tb_sharing_verification_key(g, tb_points_at(keys, j), all, n, j);
	if (err != TB_OK)
		tb_points_free(keys);
	if (err == TB_ERR_RANGE)
		return tb_fault_set(fault, "CEREMONY.KEYS", "commitments", "keys other than the identity",
			"commitments that together give the identity as a key");
	return err;
}

static bool is_last(const tb_ceremony *c, uint32_t trustee)
{
	return c->num_commits + 1 == c->manifest->num_trustees && !c->has_commit[trustee - 1];
}

static tb_err check_parsed(const tb_ceremony *c, const tb_commit *commit, tb_fault *fault)
{
	tb_points keys = {0};
	tb_err err;

	if (c->has_commit[commit->trustee - 1])
		return tb_fault_set(
			fault, "CEREMONY.DISTINCT", "trustee", "one commit per trustee", "a second one");
	err = check_pop(c, commit, fault);
	if (err == TB_OK)
		err = check_distinct(c, commit, fault);
	if (err == TB_OK && is_last(c, commit->trustee))
		err = derive_keys(c, commit, &keys, fault);
	tb_points_free(&keys);
	return err;
}

tb_err tb_ceremony_check_commit(
	const tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len, tb_fault *fault)
{
	tb_commit commit;
	tb_err err = tb_commit_parse(&commit, c->manifest, trustee, payload, payload_len, fault);

	if (err != TB_OK)
		return err;
	err = check_parsed(c, &commit, fault);
	tb_commit_release(&commit);
	return err;
}

tb_err tb_ceremony_apply_commit(tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len)
{
	tb_commit commit;
	tb_points keys = {0};
	tb_fault fault;
	tb_err err;

	TB_REQUIRE(trustee >= 1 && trustee <= c->manifest->num_trustees);
	if (c->has_commit[trustee - 1])
		return TB_ERR_STATE;
	err = tb_commit_parse(&commit, c->manifest, trustee, payload, payload_len, &fault);
	if (err == TB_OK && is_last(c, trustee))
		err = derive_keys(c, &commit, &keys, &fault);
	if (err != TB_OK) {
		tb_commit_release(&commit);
		return err == TB_ERR_RULE ? TB_ERR_STATE : err;
	}
	if (is_last(c, trustee))
		c->keys = keys;
	c->commit[trustee - 1] = commit; /* its points are owned here from now on */
	c->constants[trustee - 1] = commit.commitments;
	c->has_commit[trustee - 1] = true;
	c->num_commits++;
	return TB_OK;
}

/* ---- certificates ---- */
tb_err tb_ceremony_check_certify(const tb_ceremony *c, uint32_t trustee, const uint8_t *payload,
	size_t payload_len, uint64_t size, const uint8_t root[32], tb_fault *fault)
{
	TB_REQUIRE(trustee >= 1 && trustee <= c->manifest->num_trustees);
	if (!tb_ceremony_is_complete(c))
		return tb_fault_setf(fault, "CEREMONY.CERTIFY", "trustee",
			"all trustees' commits before the first certificate", "%u of %u commits",
			c->num_commits, c->manifest->num_trustees);
	if (c->has_certificate[trustee - 1])
		return tb_fault_set(
			fault, "CEREMONY.CERTIFY", "trustee", "one certificate per trustee", "a second one");
	return tb_certify_check(
		c->manifest, trustee, tb_ceremony_h(c), size, root, payload, payload_len, fault);
}

tb_err tb_ceremony_apply_certify(tb_ceremony *c, uint32_t trustee)
{
	TB_REQUIRE(trustee >= 1 && trustee <= c->manifest->num_trustees);
	if (!tb_ceremony_is_complete(c) || c->has_certificate[trustee - 1])
		return TB_ERR_STATE;
	c->has_certificate[trustee - 1] = true;
	c->num_certificates++;
	return TB_OK;
}

tb_err tb_ceremony_make_certify(
	const tb_ceremony *c, tb_buf *payload, uint32_t trustee, uint64_t size, const uint8_t root[32])
{
	TB_REQUIRE(trustee >= 1 && trustee <= c->manifest->num_trustees);
	if (!tb_ceremony_is_complete(c))
		return TB_ERR_STATE;
	return tb_certify_write(payload, c->manifest, trustee, tb_ceremony_h(c), size, root);
}

/* ---- what is known ---- */
uint32_t tb_ceremony_num_trustees(const tb_ceremony *c)
{
	return c->manifest->num_trustees;
}

uint32_t tb_ceremony_threshold(const tb_ceremony *c)
{
	return c->manifest->threshold;
}

bool tb_ceremony_has_commit(const tb_ceremony *c, uint32_t trustee)
{
	TB_REQUIRE(trustee >= 1 && trustee <= c->manifest->num_trustees);
	return c->has_commit[trustee - 1];
}

uint32_t tb_ceremony_num_commits(const tb_ceremony *c)
{
	return c->num_commits;
}

bool tb_ceremony_is_complete(const tb_ceremony *c)
{
	return c->num_commits == c->manifest->num_trustees;
}

bool tb_ceremony_has_certificate(const tb_ceremony *c, uint32_t trustee)
{
	TB_REQUIRE(trustee >= 1 && trustee <= c->manifest->num_trustees);
	return c->has_certificate[trustee - 1];
}

uint32_t tb_ceremony_num_certificates(const tb_ceremony *c)
{
	return c->num_certificates;
}

bool tb_ceremony_is_certified(const tb_ceremony *c)
{
	return c->num_certificates == c->manifest->num_trustees;
}

const tb_group *tb_ceremony_group(const tb_ceremony *c)
{
	return c->manifest->group;
}

const tb_manifest *tb_ceremony_manifest(const tb_ceremony *c)
{
	return c->manifest;
}

const uint8_t *tb_ceremony_election(const tb_ceremony *c)
{
	return c->election;
}

const tb_commit *tb_ceremony_commit(const tb_ceremony *c, uint32_t trustee)
{
	TB_REQUIRE(tb_ceremony_has_commit(c, trustee));
	return &c->commit[trustee - 1];
}

const tb_point *tb_ceremony_h(const tb_ceremony *c)
{
	TB_REQUIRE(tb_ceremony_is_complete(c));
	return tb_points_at(&c->keys, 0);
}

const tb_point *tb_ceremony_verification_key(const tb_ceremony *c, uint32_t trustee)
{
	TB_REQUIRE(tb_ceremony_is_complete(c) && trustee >= 1 && trustee <= c->manifest->num_trustees);
	return tb_points_at(&c->keys, trustee);
}
