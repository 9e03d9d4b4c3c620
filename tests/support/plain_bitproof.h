/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_PLAIN_BITPROOF_H
#define TB_TESTS_SUPPORT_PLAIN_BITPROOF_H

#include "crypto/bitproof.h"

/*
 * The ballot proof of specs/protocol.md section 4 once more, written plainly from its equations: nothing is secret, nothing is
 * quick, and a prover may say anything.  Tests use it as a second opinion, to forge, and to count in the tiny
 * and the formal group.  Works in every group.
 */
#define PLAIN_MAX_OPTIONS 24
#define PLAIN_MAX_BITS 64

/* What the prover knows or claims: votes and bits may be any scalars. */
typedef struct plain_witness {
	tb_scalar v[PLAIN_MAX_OPTIONS], r[PLAIN_MAX_OPTIONS], b[PLAIN_MAX_BITS];
} plain_witness;

typedef struct plain_coins {
	tb_scalar a[PLAIN_MAX_BITS], beta, rho, tau1, tau0, delta;
} plain_coins;

typedef struct plain_statement {
	const tb_group *g;
	const tb_bitproof_key *key;
	const tb_bitproof_definition *def;
	tb_points gens; /* K, G_1, ..., G_L; owned */
} plain_statement;

typedef struct plain_proof {
	tb_points E; /* A_1, B_1, ...; owned */
	tb_point Cb, Ca, C1, C0, D1, D2;
	tb_scalar alpha, f[PLAIN_MAX_BITS], za, z1, zd;
} plain_proof;

/* Items that a weakened verifier leaves out of its challenges. */
enum { PLAIN_FULL = 0, PLAIN_WITHOUT_E = 1, PLAIN_WITHOUT_ALPHA = 2, PLAIN_WITHOUT_D = 4 };

void plain_statement_init(plain_statement *st, const tb_bitproof_key *key, const tb_bitproof_definition *def);
void plain_statement_release(plain_statement *st);
void plain_proof_init(plain_proof *p, const plain_statement *st);
void plain_proof_release(plain_proof *p);

/* ---- the prover's three moves, and the ciphertexts ---- */
void plain_encrypt(const plain_statement *st, plain_proof *p, const plain_witness *w);
void plain_first(const plain_statement *st, plain_proof *p, const plain_witness *w, const plain_coins *c);
void plain_second(const plain_statement *st, plain_proof *p, const plain_coins *c, const tb_scalar *y);
void plain_third(const plain_statement *st, plain_proof *p, const plain_witness *w, const plain_coins *c,
	const tb_scalar *y, const tb_scalar *x);
/* D1 and D2 that make (4) and (5) true; alpha that makes (3) true: only after the challenges are known. */
void plain_solve_masks(const plain_statement *st, plain_proof *p, const tb_scalar *y, const tb_scalar *x);
void plain_solve_alpha(const plain_statement *st, plain_proof *p, const tb_scalar *x);
/* Ca, C0 that make (1) and (2) true: what the simulator does, together with the two above. */
void plain_solve_commitments(const plain_statement *st, plain_proof *p, const tb_scalar *x);

/* ---- the verifier ---- */
void plain_challenge_y(const plain_statement *st, const plain_proof *p, const tb_bitproof_binding *binding,
	unsigned without, tb_scalar *y);
void plain_challenge_x(const plain_statement *st, const plain_proof *p, const tb_bitproof_binding *binding,
	unsigned without, const tb_scalar *y, tb_scalar *x);
/* Bit k-1 is set when equation (k) of [BALLOT.VERIFY] fails; 0: accepted. */
unsigned plain_failing(
	const plain_statement *st, const plain_proof *p, const tb_scalar *y, const tb_scalar *x);

/* ---- wire form, tb_bitproof_bytes() long ---- */
void plain_write(const plain_statement *st, uint8_t *out, const plain_proof *p);
tb_err plain_parse(const plain_statement *st, plain_proof *p, const uint8_t *in);

/* Greedy bits of a valid choice [BALLOT.BITS], as scalars. */
void plain_bits(const plain_statement *st, plain_witness *w, const uint32_t *votes, uint32_t blank);
/* r, and all coins, from a ballot's seed [BALLOT.SEED]. */
void plain_seed(const plain_statement *st, const tb_bitproof_binding *binding, const uint32_t *votes,
	uint32_t blank, const uint8_t seed[32], plain_witness *w, plain_coins *c);

#endif
