/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_TALLY_INTERNAL_H
#define TB_CORE_ELECTION_TALLY_INTERNAL_H

#include "core/election/tally.h"
#include "crypto/hash.h"

/* The state that tally.c (collecting), tally_shares.c and tally_totals.c have in common; nobody else includes this. */

#define TB_TALLY_LEVELS 20 /* bits of a weight */
_Static_assert(TB_MAX_WEIGHT < 1u << TB_TALLY_LEVELS, "every weight has a level for each of its bits");

/* What one decryption share is of. */
typedef struct tb_tally_item {
	uint32_t question, option;
	bool is_lot;
} tb_tally_item;

struct tb_tally {
	const tb_election_params *params;
	enum { TB_TALLY_COLLECTING, TB_TALLY_FINISHED, TB_TALLY_DECRYPTED } state;

	/* Sums: level[k] adds up the ballots whose weight has bit k, so a ballot of any weight costs a few additions.  One
	 * array A_1, B_1, ... per question; NULL while no weight has that bit.  level[0] becomes the aggregates. */
	tb_points *level[TB_TALLY_LEVELS];
	uint64_t num_added, weight_added;
	tb_points *decoded; /* room of tb_tally_add_payload(); NULL until it is needed */

	/* the counted list */
	tb_sha256_state list;
	uint64_t num_listed, weight_listed, last_index;
	uint8_t counted[32];

	/* finished */
	tb_tally_close close;
	uint8_t aggregates[32];
	tb_point lot_base;    /* H of the lot */
	tb_tally_item *items; /* what a `decrypt` payload holds, in order */
	size_t num_items;

	/* shares of the first t trustees, items of each in order */
	tb_points shares[TB_MAX_TRUSTEES];
	uint32_t sharer[TB_MAX_TRUSTEES]; /* T in log order */
	uint32_t num_sharers, num_decrypts;
	bool has_decrypt[TB_MAX_TRUSTEES];

	/* decrypted */
	uint64_t *total; /* by option of the whole ballot */
	uint8_t lot_seed[64];
};

/* "questions[1].options[2]" or "lot". */
void tb_tally_item_where(const tb_tally_item *item, char *out, size_t out_len);

#endif
