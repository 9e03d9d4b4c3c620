/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CEREMONY_WIRE_H
#define TB_CORE_ELECTION_CEREMONY_WIRE_H

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/election/ceremony.h"
#include "core/election/manifest.h"
#include "crypto/sharing.h"

/* The payloads of `trustee.commit` [CEREMONY.COMMIT] and `trustee.certify` [CEREMONY.CERTIFY], wire bytes <-> struct. */
typedef struct tb_commit {
	uint32_t trustee;
	tb_points commitments; /* C_{i,0} .. C_{i,t-1}; owned */
	uint8_t ephemeral[32]; /* E_i */
	tb_pop pop;
	uint8_t share[TB_MAX_TRUSTEES][TB_SHARING_SHARE_BYTES]; /* c_{i,1} .. c_{i,n}, by recipient - 1 */
} tb_commit;

/*
 * Form only: length, version, index (that of the signer), canonical points, no identity; in modp4096 membership is
 * not finished before the proof of possession was verified.  RULE CEREMONY.COMMIT; MEMORY.  On failure *out is empty.
 */
TB_CHECKED tb_err tb_commit_parse(tb_commit *out, const tb_manifest *m, uint32_t trustee,
	const uint8_t *payload, size_t payload_len, tb_fault *fault);
TB_CHECKED tb_err tb_commit_write(
	tb_buf *out, const tb_manifest *m, const tb_commit *commit); /* LIMIT, MEMORY */
void tb_commit_release(tb_commit *commit);

/* What the proof of possession is about; borrows everything. */
void tb_commit_statement(
	tb_pop_statement *out, const tb_commit *commit, const tb_manifest *m, const uint8_t election[32]);
/* The way of one share; borrows everything. */
void tb_commit_route(tb_share_route *out, const tb_commit *commit, uint32_t recipient, const tb_manifest *m,
	const uint8_t election[32]);

TB_CHECKED tb_err tb_certify_write(tb_buf *out, const tb_manifest *m, uint32_t trustee, const tb_point *h,
	uint64_t size, const uint8_t root[32]);
/* Is it exactly the certificate that is due?  RULE CEREMONY.CERTIFY naming the field. */
TB_CHECKED tb_err tb_certify_check(const tb_manifest *m, uint32_t trustee, const tb_point *h, uint64_t size,
	const uint8_t root[32], const uint8_t *payload, size_t payload_len, tb_fault *fault);

/* Of the ceremony, for its other parts. */
const tb_manifest *tb_ceremony_manifest(const tb_ceremony *c);
const uint8_t *tb_ceremony_election(const tb_ceremony *c);
const tb_commit *tb_ceremony_commit(const tb_ceremony *c, uint32_t trustee);

#endif
