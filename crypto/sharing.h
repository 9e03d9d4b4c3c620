/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_SHARING_H
#define TB_CRYPTO_SHARING_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"

/*
 * The key ceremony's mathematics: Feldman's verifiable sharing with proofs of possession, modelled on C2SP
 * COCKTAIL-DKG, and Lagrange interpolation at 0.  specs/protocol.md section 2.  JS twin:
 * client-js/crypto/sharing.js. Polynomials, commitments and shares live in the election's group `g`;
 * transport keys and shared secrets in ristretto255. Trustees have indices 1..n in the manifest's order.
 */
#define TB_SHARING_MAX 20         /* trustees, and so coefficients [CEREMONY.COMMIT] */
#define TB_SHARING_SHARE_BYTES 48 /* an encrypted share: 32 bytes and the tag [CEREMONY.SHARE] */
#define TB_SHARING_TRANSPORT_BYTES 32

/* ---- a trustee's polynomial ---- */
typedef struct tb_polynomial {
	size_t threshold; /* number of coefficients, 1..TB_SHARING_MAX */
	tb_secret coefficient[TB_SHARING_MAX];
} tb_polynomial;

/* Fresh random coefficients, none of them 0.  RANDOM, and *out is then wiped. */
TB_CHECKED tb_err tb_polynomial_random(const tb_group *g, tb_polynomial *out, size_t threshold);
void tb_polynomial_wipe(tb_polynomial *p);
/* *out = f(index), constant time in the coefficients. */
void tb_polynomial_evaluate(const tb_group *g, tb_secret *out, const tb_polynomial *p, uint32_t index);
/* C_k = f_k*g into out->num = threshold points. */
void tb_polynomial_commit(const tb_group *g, tb_points *out, const tb_polynomial *p);

/* ---- commitments of one trustee: `commitments` = C_0..C_{t-1} ---- */
/* Whether `share` = f(index) for the committed polynomial [CEREMONY.RECEIVE].  PROOF: its sender is to blame.
 */
TB_CHECKED tb_err tb_sharing_check(
	const tb_group *g, const tb_secret *share, const tb_points *commitments, uint32_t index);

/* ---- all trustees: commitments[i-1] are those of trustee i [CEREMONY.KEYS] ---- */
/* h = sum_i C_{i,0}.  RANGE when it is the identity. */
TB_CHECKED tb_err tb_sharing_election_key(
	const tb_group *g, tb_point *out, const tb_points *commitments, size_t num_trustees);
/* Y_index = sum_i f_i(index)*g.  RANGE when it is the identity. */
TB_CHECKED tb_err tb_sharing_verification_key(
	const tb_group *g, tb_point *out, const tb_points *commitments, size_t num_trustees, uint32_t index);

/* ---- Lagrange [DECRYPT.COMBINE] ---- */
/* out[k] = lambda of indices[k] at 0.  RANGE: an index is 0, occurs twice, or num is 0 or above
 * TB_SHARING_MAX. */
TB_CHECKED tb_err tb_sharing_lagrange(const tb_group *g, tb_scalar *out, const uint32_t *indices, size_t num);
/* *out = sum_k lambda_k shares[k].  Errors as above. */
TB_CHECKED tb_err tb_sharing_combine(
	const tb_group *g, tb_point *out, const uint32_t *indices, const tb_point *const *shares, size_t num);

/* ---- proof of possession [CEREMONY.POP] ---- */
typedef struct tb_pop_statement {
	const uint8_t *election; /* election id, 32 bytes */
	uint32_t index, num_trustees;
	const uint8_t *transport;     /* P_i, 32 bytes */
	const tb_points *commitments; /* C_{i,0}..C_{i,t-1} */
	const uint8_t *ephemeral;     /* E_i, 32 bytes */
} tb_pop_statement;

typedef struct tb_pop {
	tb_point nonce; /* pop_R */
	tb_scalar z;
} tb_pop;

/* `secret` is f_{i,0}; constant time in it.  RANDOM, MEMORY, and *out is then all zero. */
TB_CHECKED tb_err tb_pop_prove(
	const tb_group *g, tb_pop *out, const tb_pop_statement *st, const tb_secret *secret);
/* Includes the membership test of the commitments and of pop_R; refuses the identity among them.
 * PROOF, GROUP, RANGE (an identity), RANDOM, MEMORY. */
TB_CHECKED tb_err tb_pop_verify(const tb_group *g, const tb_pop *pop, const tb_pop_statement *st);
size_t tb_pop_bytes(const tb_group *g);                                            /* pop_R || pop_z */
TB_CHECKED tb_err tb_pop_parse(const tb_group *g, tb_pop *out, const uint8_t *in); /* ENCODING, GROUP */
void tb_pop_write(const tb_group *g, uint8_t *out, const tb_pop *pop);

/* ---- sending shares [CEREMONY.SHARE] ---- */
typedef struct tb_share_route {
	const uint8_t *election; /* election id, 32 bytes */
	uint32_t sender, recipient;
	const uint8_t *ephemeral; /* E_sender, 32 bytes */
	const uint8_t *from;      /* P_sender, 32 bytes */
	const uint8_t *to;        /* P_recipient, 32 bytes */
} tb_share_route;

/*
 * Encrypts f_sender(recipient).  `ephemeral_secret` is e_sender and `transport_secret` d_sender, both of
 * ristretto255. Constant time in all three secrets.  ENCODING, GROUP, RANGE: P_recipient is no key.  MEMORY.
 */
TB_CHECKED tb_err tb_share_encrypt(const tb_group *g, uint8_t out[TB_SHARING_SHARE_BYTES],
	const tb_share_route *route, const tb_secret *ephemeral_secret, const tb_secret *transport_secret,
	const tb_secret *share);
/*
 * The recipient's side, from its transport secret d_recipient alone.  DECRYPT: not sent by this sender to
 * this recipient in this election; ENCODING: what was sent is no reduced scalar - in both cases the sender is
 * to blame; GROUP, RANGE: E or P_sender is no key; MEMORY.  *out is wiped on failure.
 */
TB_CHECKED tb_err tb_share_decrypt(const tb_group *g, tb_secret *out, const tb_share_route *route,
	const tb_secret *transport_secret, const uint8_t in[TB_SHARING_SHARE_BYTES]);

#endif
