/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CEREMONY_H
#define TB_CORE_ELECTION_CEREMONY_H

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/election/manifest.h"
#include "crypto/group.h"

/*
 * The key ceremony [CEREMONY]: n trustees post commitments and encrypted shares, each then certifies the log
 * that holds them all. This object is what the public part of the board says; a trustee's secrets only pass
 * through the functions that need them.  Why h stays secret and all can decrypt: [PROOF.DKG].  JS twin: client-js/core/ceremony.js.
 */
typedef struct tb_ceremony tb_ceremony;

/* The manifest is borrowed.  MEMORY. */
TB_CHECKED tb_err tb_ceremony_new(tb_ceremony **out, const tb_manifest *manifest, const uint8_t election[32]);
void tb_ceremony_free(tb_ceremony *c);

/*
 * Is `payload` a right `trustee.commit` of trustee i (1..n, the signer of the entry)?  Form, index, points of
 * the group (order checked for modp4096), no identity, proof of possession, not equal to another's, not a
 * second one; for the last one also that h and all verification keys are not the identity.  RULE
 * CEREMONY.COMMIT, .POP, .DISTINCT or .KEYS; MEMORY, RANDOM.
 */
TB_CHECKED tb_err tb_ceremony_check_commit(
	const tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len, tb_fault *fault);
/* Takes in what check has just accepted.  MEMORY; STATE and *c unchanged when it is not acceptable. */
TB_CHECKED tb_err tb_ceremony_apply_commit(
	tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len);

/* `size` and `root`: of the log before the first certificate [CEREMONY.CERTIFY].  RULE CEREMONY.CERTIFY. */
TB_CHECKED tb_err tb_ceremony_check_certify(const tb_ceremony *c, uint32_t trustee, const uint8_t *payload,
	size_t payload_len, uint64_t size, const uint8_t root[32], tb_fault *fault);
TB_CHECKED tb_err tb_ceremony_apply_certify(
	tb_ceremony *c, uint32_t trustee); /* STATE: a second one, or not complete */

uint32_t tb_ceremony_num_trustees(const tb_ceremony *c);
uint32_t tb_ceremony_threshold(const tb_ceremony *c);
bool tb_ceremony_has_commit(const tb_ceremony *c, uint32_t trustee);
uint32_t tb_ceremony_num_commits(const tb_ceremony *c);
bool tb_ceremony_is_complete(const tb_ceremony *c); /* all n commits */
bool tb_ceremony_has_certificate(const tb_ceremony *c, uint32_t trustee);
uint32_t tb_ceremony_num_certificates(const tb_ceremony *c);
bool tb_ceremony_is_certified(const tb_ceremony *c); /* all n certificates */
const tb_group *tb_ceremony_group(const tb_ceremony *c);
/* [CEREMONY.KEYS]; both abort when the ceremony is not complete. */
const tb_point *tb_ceremony_h(const tb_ceremony *c);
const tb_point *tb_ceremony_verification_key(const tb_ceremony *c, uint32_t trustee);

/* ---- a trustee's side ---- */
/*
 * Appends the payload of trustee i's `trustee.commit`, with fresh randomness that is gone when this returns:
 * it is never made twice.  `transport` is d_i, derived from the phrase [KEY.DERIVE].  RULE CEREMONY.COMMIT
 * when d_i does not belong to the manifest's P_i; RANDOM, MEMORY, LIMIT; *payload then has its old length.
 */
TB_CHECKED tb_err tb_ceremony_make_commit(
	const tb_ceremony *c, tb_buf *payload, uint32_t trustee, const tb_secret *transport, tb_fault *fault);
/*
 * From the phrase and the board alone [CEREMONY.RECEIVE]: opens the share of every trustee to j, checks it
 * against the commitments and adds them up to x_j; x_j is also checked against Y_j.  RULE CEREMONY.RECEIVE:
 * *blame is then the first trustee whose share is bad and *fault says how.  STATE when not complete; *share
 * is zero on failure.  The caller wipes *share.
 */
TB_CHECKED tb_err tb_ceremony_receive(const tb_ceremony *c, tb_secret *share, uint32_t trustee,
	const tb_secret *transport, uint32_t *blame, tb_fault *fault);
/* Appends the payload of `trustee.certify`.  STATE when not complete; LIMIT, MEMORY. */
TB_CHECKED tb_err tb_ceremony_make_certify(
	const tb_ceremony *c, tb_buf *payload, uint32_t trustee, uint64_t size, const uint8_t root[32]);

#endif
