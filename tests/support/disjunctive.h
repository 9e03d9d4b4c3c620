/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_DISJUNCTIVE_H
#define TB_TESTS_SUPPORT_DISJUNCTIVE_H

#include "crypto/group.h"

/*
 * One disjunctive proof per option, as every peer makes it (Cramer, Damgard, Schoenmakers 1994): a ciphertext
 * (A, B) = (r*g, v*g + r*h) holds v = 0 or v = 1.  Only to measure against: on the same group library, with tables for g
 * and h and the membership test of A and B.  The proof is the short form of two challenges and two responses.
 */
typedef struct tb_disjunctive_key {
	const tb_group *group;
	tb_point h;
	tb_fixed_base *base_g, *base_h;
} tb_disjunctive_key;

typedef struct tb_disjunctive {
	tb_point a, b;
	tb_scalar challenge[2], response[2];
} tb_disjunctive;

TB_CHECKED tb_err tb_disjunctive_key_new(tb_disjunctive_key *out, const tb_group *g, const tb_point *h);
void tb_disjunctive_key_free(tb_disjunctive_key *key);
TB_CHECKED tb_err tb_disjunctive_make(tb_disjunctive *out, const tb_disjunctive_key *key, unsigned vote);
/* PROOF, GROUP. */
TB_CHECKED tb_err tb_disjunctive_verify(const tb_disjunctive *proof, const tb_disjunctive_key *key);

#endif
