/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_HELD_H
#define TB_TESTS_SUPPORT_HELD_H

#include "tests/support/sample.h"

/* A sample election with its ballots cast, verified and summed up, and with the same count made in the clear.  Failures are those
 * of cmocka's assertions. */
#define TB_HELD_MAX_TOTALS 16

typedef struct tb_held {
	tb_sample s;
	tb_tally *tally;
	tb_tally_close close;
	uint64_t totals[TB_HELD_MAX_TOTALS]; /* counted in the clear, options of all questions in order */
	uint64_t counted, weight;
} tb_held;

/* Ballot i: the leaf hash it is given, and its weight; 0: it was replaced by a later one. */
void tb_held_leaf(uint8_t out[64], uint64_t voter);
uint64_t tb_held_weight(uint64_t voter, bool weighted);

/* `num` voters; verified in batches that belong to `num_partials` (0..4) partial tallies, as threads would have them. */
void tb_held_hold(tb_held *e, const tb_group *g, const tb_sample_question *questions, uint32_t num_questions,
	uint32_t n, uint32_t t, uint64_t num, bool weighted, size_t num_partials);
void tb_held_finish(tb_held *e);
void tb_held_release(tb_held *e);

/* The payload of a trustee's shares; and posted: checked and taken in. */
void tb_held_make_shares(tb_held *e, tb_buf *out, uint32_t trustee);
void tb_held_post_shares(tb_held *e, uint32_t trustee);
/* The shares of these trustees, one after the other, and the totals. */
void tb_held_decrypt(tb_held *e, const uint32_t *trustees, size_t num);
/* That the totals of all questions are those of the plain count. */
void tb_held_assert_totals(const tb_held *e);

#endif
