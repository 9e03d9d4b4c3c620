/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_RANKED_COUNT_H
#define TB_CORE_ELECTION_RANKED_COUNT_H

#include "core/count/count.h"
#include "core/count/files.h"
#include "core/election/manifest.h"
#include "core/log/count_path.h"

/*
 * The count of one ranked question, from the decrypted ballots to the account and the files that everybody can count again
 * [RANK.COUNT].  JS twin: client-js/core/ranked_count.js.
 */
typedef struct tb_ranked_count tb_ranked_count;

/* Without ballots yet.  The question is borrowed; `index` is its place in the manifest.  MEMORY. */
TB_CHECKED tb_err tb_ranked_count_new(tb_ranked_count **out, const tb_question *q, uint32_t index);
void tb_ranked_count_free(tb_ranked_count *c);

/* A valid ballot: a rank for every option, 0 for none.  The order of ballots means nothing.  LIMIT, MEMORY. */
TB_CHECKED tb_err tb_ranked_count_add(tb_ranked_count *c, const uint32_t *ranks);
/* One that is not: its position in the list that was decrypted; in any order.  MEMORY. */
TB_CHECKED tb_err tb_ranked_count_add_invalid(tb_ranked_count *c, uint64_t position);
/* Counts, with the lot that follows from this seed [LOT].  Once.  LIMIT, MEMORY. */
TB_CHECKED tb_err tb_ranked_count_finish(tb_ranked_count *c, const uint8_t lot_seed[64]);

/* ---- once counted; these abort before ---- */
uint64_t tb_ranked_count_num_valid(const tb_ranked_count *c);
const uint64_t *tb_ranked_count_invalid(const tb_ranked_count *c, size_t *num); /* increasing */
/* The elected options in the order of the account. */
const uint32_t *tb_ranked_count_elected(const tb_ranked_count *c, uint32_t *num);
const uint8_t *tb_ranked_count_ballots_hash(const tb_ranked_count *c); /* of the ballots as CSV [COUNT.CSV] */
const uint8_t *tb_ranked_count_account_hash(const tb_ranked_count *c); /* of the account [COUNT.JSON] */

/* The file of kind k (core/log/count_path.h) [RANK.FILES], appended.  LIMIT, MEMORY. */
TB_CHECKED tb_err tb_ranked_count_write(const tb_ranked_count *c, uint32_t k, tb_buf *out);
/* The account for people.  LIMIT, MEMORY. */
TB_CHECKED tb_err tb_ranked_count_words(const tb_ranked_count *c, tb_buf *out);

#endif
