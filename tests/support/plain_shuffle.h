/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_PLAIN_SHUFFLE_H
#define TB_TESTS_SUPPORT_PLAIN_SHUFFLE_H

#include "crypto/shuffle.h"

/*
 * The proof of a shuffle of specs/ranked.md section 4 once more, written plainly from its equations: nothing is secret, nothing is quick,
 * and a prover may say anything.  Tests use it as a second opinion, to forge, and to count in the tiny group.  Works in every
 * group.
 */
#define PLAIN_SHUFFLE_MOST 5
#define PLAIN_SHUFFLE_WIDEST 3

/* matrix[i][j]: row of the outputs, row of the inputs. */
typedef tb_scalar plain_matrix[PLAIN_SHUFFLE_MOST][PLAIN_SHUFFLE_MOST];

/*
 * What the prover does, each the matrix of the permutation when it is honest: the outputs are sums of multiples of inputs, the commitments hold a
 * matrix, and the exponents e are a third one times u.
 */
typedef struct plain_shuffle_witness {
	plain_matrix outputs, commitments, exponents;
	tb_scalar s[PLAIN_SHUFFLE_MOST][PLAIN_SHUFFLE_WIDEST];
	tb_scalar logarithms[PLAIN_SHUFFLE_MOST]; /* of H_1.., where the prover knows them; else 0 */
} plain_shuffle_witness;

typedef struct plain_shuffle_coins {
	tb_scalar r[PLAIN_SHUFFLE_MOST]; /* of c_1, c_2, ... */
	tb_scalar x[PLAIN_SHUFFLE_MOST], o[PLAIN_SHUFFLE_MOST], y[PLAIN_SHUFFLE_MOST];
	tb_scalar m1, m2, m3, m4[PLAIN_SHUFFLE_WIDEST];
} plain_shuffle_coins;

typedef struct plain_shuffle {
	const tb_group *g;
	const tb_point *h;
	const char *binding;
	size_t num, width;
	tb_point H[PLAIN_SHUFFLE_MOST + 1];
	tb_point a[PLAIN_SHUFFLE_MOST][PLAIN_SHUFFLE_WIDEST], b[PLAIN_SHUFFLE_MOST][PLAIN_SHUFFLE_WIDEST];
	tb_point a2[PLAIN_SHUFFLE_MOST][PLAIN_SHUFFLE_WIDEST], b2[PLAIN_SHUFFLE_MOST][PLAIN_SHUFFLE_WIDEST];
	tb_point c[PLAIN_SHUFFLE_MOST], C[PLAIN_SHUFFLE_MOST], D[PLAIN_SHUFFLE_MOST];
	tb_point t[3 + 2 * PLAIN_SHUFFLE_WIDEST];
	tb_scalar s[3 + PLAIN_SHUFFLE_WIDEST], p[PLAIN_SHUFFLE_MOST], q[PLAIN_SHUFFLE_MOST];
	tb_scalar u[PLAIN_SHUFFLE_MOST], e[PLAIN_SHUFFLE_MOST], v;
} plain_shuffle;

/* Items that a weakened verifier leaves out of its challenges. */
enum {
	PLAIN_SHUFFLE_GROUP = 1 << 0,
	PLAIN_SHUFFLE_BINDING = 1 << 1,
	PLAIN_SHUFFLE_KEY = 1 << 2,
	PLAIN_SHUFFLE_SIZE = 1 << 3,
	PLAIN_SHUFFLE_WIDTH = 1 << 4,
	PLAIN_SHUFFLE_INPUTS = 1 << 5,
	PLAIN_SHUFFLE_OUTPUTS = 1 << 6,
	PLAIN_SHUFFLE_COMMITMENTS = 1 << 7,
	PLAIN_SHUFFLE_CHAIN = 1 << 8,
	PLAIN_SHUFFLE_MASKS = 1 << 9,
	PLAIN_SHUFFLE_T = 1 << 10,
	PLAIN_SHUFFLE_ITEMS = 11
};

/* The real generators; inputs that encrypt something, the same in every run; key and binding are borrowed. */
void plain_shuffle_init(plain_shuffle *z, const tb_group *g, const tb_point *h, size_t num, size_t width);

/* Witness of an honest prover for the permutation order[i] = j_i (from 0), and coins, both the same in every run for one `seed`. */
void plain_shuffle_honest(
	const plain_shuffle *z, plain_shuffle_witness *w, const size_t *order, uint64_t seed);
void plain_shuffle_draw(const plain_shuffle *z, plain_shuffle_coins *coins, uint64_t seed);
void plain_matrix_permutation(const tb_group *g, plain_matrix m, size_t num, const size_t *order);
/* *out = v, negative ones mod q. */
void plain_small(const tb_group *g, tb_scalar *out, int v);

/* ---- the prover's moves, in this order ---- */
void plain_shuffle_outputs(plain_shuffle *z, const plain_shuffle_witness *w);
void plain_shuffle_commit(plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins);
void plain_shuffle_u(plain_shuffle *z, unsigned without);
void plain_shuffle_chain(plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins);
void plain_shuffle_v(plain_shuffle *z, unsigned without);
void plain_shuffle_respond(
	plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins);
/* All of them. */
void plain_shuffle_prove(
	plain_shuffle *z, const plain_shuffle_witness *w, const plain_shuffle_coins *coins, unsigned without);

/* ---- the verifier: which equations do not hold for z->u and z->v? ---- */
enum {
	PLAIN_SHUFFLE_1 = 1,
	PLAIN_SHUFFLE_2 = 2,
	PLAIN_SHUFFLE_3 = 4,
	PLAIN_SHUFFLE_4 = 8,
	PLAIN_SHUFFLE_5 = 16
};
unsigned plain_shuffle_failing(const plain_shuffle *z);

/* ---- wire forms; the caller frees ---- */
uint8_t *plain_shuffle_write_inputs(const plain_shuffle *z);
uint8_t *plain_shuffle_write_outputs(const plain_shuffle *z);
uint8_t *plain_shuffle_write_proof(const plain_shuffle *z);

/* Takes what tb_shuffle_make() has written; aborts on anything else. */
void plain_shuffle_read(plain_shuffle *z, const uint8_t *outputs, const uint8_t *proof);

/* Gives it to tb_shuffle_verify(), with these generators. */
tb_err plain_shuffle_verify(
	const plain_shuffle *z, const tb_shuffle_generators *generators, unsigned threads);

#endif
