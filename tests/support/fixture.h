/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_FIXTURE_H
#define TB_TESTS_SUPPORT_FIXTURE_H

#include "crypto/bitproof.h"

/* An election key with everything needed to make and check ballot proofs, the same in every run. */
typedef struct tb_fixture {
	const tb_group *g;
	tb_bitproof_generators *generators; /* shared by all fixtures of the group, never freed */
	tb_bitproof_key key;
	tb_bitproof_prover *prover;
	tb_batch *batch;
	tb_secret secret; /* of the election key */
} tb_fixture;

/* Aborts when memory runs out.  Not thread-safe. */
void tb_fixture_new(tb_fixture *f, const tb_group *g, size_t num_bits);
void tb_fixture_free(tb_fixture *f);

/* The groups that elections use. */
const tb_group *const *tb_fixture_groups(size_t *num);

/* Bytes, scalars and secrets that depend on `label` and `index` only. */
void tb_fixture_bytes(uint8_t out[64], const char *label, uint64_t index);
void tb_fixture_scalar(const tb_group *g, tb_scalar *out, const char *label, uint64_t index);
void tb_fixture_secret(const tb_group *g, tb_secret *out, const char *label, uint64_t index);

/* The binding of "voter-<index>" to question 0. */
const tb_bitproof_binding *tb_fixture_binding(uint64_t voter);

/* Makes a question's part of voter `voter`; `votes` has def->num_options entries.  Aborts when it cannot be made.  The caller
 * frees it. */
uint8_t *tb_fixture_prove(const tb_fixture *f, const tb_bitproof_definition *def, uint64_t voter,
	const uint32_t *votes, uint32_t blank);

/* A valid choice, pseudo-random in `index`. */
void tb_fixture_choose(const tb_bitproof_definition *def, uint64_t index, uint32_t *votes, uint32_t *blank);

/* Hex to bytes; aborts on anything else. */
void tb_fixture_hex(uint8_t *out, size_t out_len, const char *hex);

#endif
