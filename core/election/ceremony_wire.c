/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ceremony_wire.h"

#include <stdio.h>
#include <string.h>

#define VERSION 1

/* ---- trustee.commit ---- */
static size_t commit_bytes(const tb_manifest *m)
{
	return 2 + m->threshold * tb_group_point_bytes(m->group) + 32 + tb_pop_bytes(m->group) +
	       (size_t)m->num_trustees * TB_SHARING_SHARE_BYTES;
}

static tb_err refuse(tb_fault *fault, const char *where, const char *found)
{
	return tb_fault_set(
		fault, "CEREMONY.COMMIT", where, "a canonical group element other than the identity", found);
}

/* Both groups are involved: commitments and pop in the election's, E_i in ristretto255 [CEREMONY.COMMIT]. */
static tb_err read_points(tb_commit *out, const tb_group *g, tb_reader *r, tb_fault *fault)
{
	const tb_group *r255 = tb_group_ristretto255();
	const uint8_t *pop;
	char where[40];
	tb_point e;

	for (size_t k = 0; k < out->commitments.num; k++) {
		tb_point *at = tb_points_at(&out->commitments, k);

		(void)snprintf(where, sizeof where, "commitments[%zu]", k);
		if (tb_point_parse(g, at, tb_reader_skip(r, tb_group_point_bytes(g))) != TB_OK)
			return refuse(fault, where, "bytes that are none");
		if (tb_point_is_identity(g, at))
			return refuse(fault, where, "the identity");
	}
	tb_reader_bytes(r, out->ephemeral, sizeof out->ephemeral);
	if (tb_point_parse(r255, &e, out->ephemeral) != TB_OK)
		return refuse(fault, "ephemeral", "bytes that are none");
	if (tb_point_is_identity(r255, &e))
		return refuse(fault, "ephemeral", "the identity");
	pop = tb_reader_skip(r, tb_pop_bytes(g));
	if (tb_pop_parse(g, &out->pop, pop) != TB_OK)
		return tb_fault_set(fault, "CEREMONY.COMMIT", "pop", "a canonical point and a reduced scalar",
			"other bytes");
	return tb_point_is_identity(g, &out->pop.nonce) ? refuse(fault, "pop", "the identity") : TB_OK;
}

tb_err tb_commit_parse(tb_commit *out, const tb_manifest *m, uint32_t trustee, const uint8_t *payload,
	size_t payload_len, tb_fault *fault)
{
	char expected[32];
	tb_reader r;
	tb_err err;

	memset(out, 0, sizeof *out);
	if (payload_len != commit_bytes(m)) {
		(void)snprintf(expected, sizeof expected, "%zu bytes", commit_bytes(m));
		return tb_fault_setf(fault, "CEREMONY.COMMIT", "length", expected, "%zu bytes", payload_len);
	}
	if (payload[0] != VERSION)
		return tb_fault_setf(fault, "CEREMONY.COMMIT", "version", "1", "%u", payload[0]);
	if (payload[1] != trustee) {
		(void)snprintf(expected, sizeof expected, "%u, the signer", trustee);
		return tb_fault_setf(fault, "CEREMONY.COMMIT", "trustee", expected, "%u", payload[1]);
	}
	out->trustee = trustee;
	err = tb_points_new(m->group, &out->commitments, m->threshold);
	if (err != TB_OK)
		return err;
	tb_reader_init(&r, payload + 2, payload_len - 2);
	err = read_points(out, m->group, &r, fault);
	if (err != TB_OK) {
		tb_commit_release(out);
		return err;
	}
	for (uint32_t j = 0; j < m->num_trustees; j++)
		tb_reader_bytes(&r, out->share[j], TB_SHARING_SHARE_BYTES);
	TB_REQUIRE(tb_reader_done(&r) == TB_OK); /* the length was compared above */
	return TB_OK;
}

tb_err tb_commit_write(tb_buf *out, const tb_manifest *m, const tb_commit *commit)
{
	const tb_group *g = m->group;
	uint8_t *at;

	tb_buf_u8(out, VERSION);
	tb_buf_u8(out, (uint8_t)commit->trustee);
	for (size_t k = 0; k < commit->commitments.num; k++) {
		at = tb_buf_extend(out, tb_group_point_bytes(g));
		if (at != NULL)
			tb_point_write(g, at, tb_points_at(&commit->commitments, k));
	}
	tb_buf_append(out, commit->ephemeral, sizeof commit->ephemeral);
	at = tb_buf_extend(out, tb_pop_bytes(g));
	if (at != NULL)
		tb_pop_write(g, at, &commit->pop);
	for (uint32_t j = 0; j < m->num_trustees; j++)
		tb_buf_append(out, commit->share[j], TB_SHARING_SHARE_BYTES);
	return tb_buf_status(out);
}

void tb_commit_release(tb_commit *commit)
{
	tb_points_free(&commit->commitments);
	memset(commit, 0, sizeof *commit);
}

void tb_commit_statement(
	tb_pop_statement *out, const tb_commit *commit, const tb_manifest *m, const uint8_t election[32])
{
	*out = (tb_pop_statement){.election = election,
		.index = commit->trustee,
		.num_trustees = m->num_trustees,
		.transport = m->trustees[commit->trustee - 1].transport_key,
		.commitments = &commit->commitments,
		.ephemeral = commit->ephemeral};
}

void tb_commit_route(tb_share_route *out, const tb_commit *commit, uint32_t recipient, const tb_manifest *m,
	const uint8_t election[32])
{
	*out = (tb_share_route){.election = election,
		.sender = commit->trustee,
		.recipient = recipient,
		.ephemeral = commit->ephemeral,
		.from = m->trustees[commit->trustee - 1].transport_key,
		.to = m->trustees[recipient - 1].transport_key};
}

/* ---- trustee.certify ---- */
tb_err tb_certify_write(tb_buf *out, const tb_manifest *m, uint32_t trustee, const tb_point *h, uint64_t size,
	const uint8_t root[32])
{
	uint8_t *at;

	tb_buf_u8(out, VERSION);
	tb_buf_u8(out, (uint8_t)trustee);
	tb_buf_u64(out, size);
	tb_buf_append(out, root, 32);
	at = tb_buf_extend(out, tb_group_point_bytes(m->group));
	if (at != NULL)
		tb_point_write(m->group, at, h);
	return tb_buf_status(out);
}

static tb_err differs(tb_fault *fault, const char *where, const char *expected, const char *found)
{
	return tb_fault_set(fault, "CEREMONY.CERTIFY", where, expected, found);
}

tb_err tb_certify_check(const tb_manifest *m, uint32_t trustee, const tb_point *h, uint64_t size,
	const uint8_t root[32], const uint8_t *payload, size_t payload_len, tb_fault *fault)
{
	uint8_t wire[TB_POINT_MAX_BYTES];
	size_t point_len = tb_group_point_bytes(m->group);
	char expected[48];

	if (payload_len != 2 + 8 + 32 + point_len) {
		(void)snprintf(expected, sizeof expected, "%zu bytes", 2 + 8 + 32 + point_len);
		return tb_fault_setf(fault, "CEREMONY.CERTIFY", "length", expected, "%zu bytes", payload_len);
	}
	if (payload[0] != VERSION)
		return tb_fault_setf(fault, "CEREMONY.CERTIFY", "version", "1", "%u", payload[0]);
	if (payload[1] != trustee) {
		(void)snprintf(expected, sizeof expected, "%u, the signer", trustee);
		return tb_fault_setf(fault, "CEREMONY.CERTIFY", "trustee", expected, "%u", payload[1]);
	}
	if (tb_load_u64(payload + 2) != size) {
		(void)snprintf(expected, sizeof expected, "%llu", (unsigned long long)size);
		return tb_fault_setf(fault, "CEREMONY.CERTIFY", "size", expected, "%llu",
			(unsigned long long)tb_load_u64(payload + 2));
	}
	if (memcmp(payload + 10, root, 32) != 0)
		return differs(fault, "root", "the root of this log at that size",
			"another one: it certifies another log");
	tb_point_write(m->group, wire, h);
	if (memcmp(payload + 42, wire, point_len) != 0)
		return differs(fault, "h", "the sum of all commitments C_{i,0}", "another key");
	return TB_OK;
}
