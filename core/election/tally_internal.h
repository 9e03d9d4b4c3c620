/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_TALLY_INTERNAL_H
#define TB_CORE_ELECTION_TALLY_INTERNAL_H

#include "core/election/tally.h"
#include "crypto/hash.h"

/* The state that tally.c (collecting), tally_mix.c, tally_shares.c, tally_lists.c and tally_totals.c have in common; nobody else
 * includes this. */

#define TB_TALLY_LEVELS 20 /* bits of a weight */
_Static_assert(TB_MAX_WEIGHT < 1u << TB_TALLY_LEVELS, "every weight has a level for each of its bits");

/* What one decryption share, or the shares of one mixed list, are of. */
typedef struct tb_tally_item {
	uint32_t question, option;
	bool is_lot;
	bool is_list;       /* of a ranked question */
	uint32_t list;      /* its number in the stage */
	size_t offset, len; /* in the payload */
} tb_tally_item;

/* The ciphertexts of all ranked questions of the ballots, as they come from any thread: records of the ballot's index (u64) and
 * A || B of each element of each of them, in any order. */
typedef struct tb_tally_kept {
	size_t record; /* bytes; 0: no question is ranked */
	uint8_t *data;
	size_t num, cap;
} tb_tally_kept;

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

	/* ranked questions */
	tb_parallel work; /* of what takes long */
	tb_tally_kept kept;
	uint64_t *listed; /* the indices of the counted list, where a question is ranked; until finished */
	size_t cap_listed;
	tb_mix_stage *stage; /* NULL: nothing to mix */
	bool has_mix[TB_MAX_TRUSTEES];
	tb_ranked_count *count[TB_MAX_QUESTIONS]; /* decrypted; NULL: not ranked, or not decided */

	/* finished */
	tb_tally_close close;
	uint8_t aggregates[32];
	tb_point lot_base;    /* H of the lot */
	tb_tally_item *items; /* what a `decrypt` payload holds, in order */
	size_t num_items;

	/* shares of the first t trustees, items of each in order */
	size_t decrypt_bytes;              /* of such a payload */
	tb_points shares[TB_MAX_TRUSTEES]; /* of a list: nothing */
	uint8_t *list_shares
		[TB_MAX_TRUSTEES];        /* Z of all lists one after the other; NULL where there are none */
	uint32_t sharer[TB_MAX_TRUSTEES]; /* T in log order */
	uint32_t num_sharers, num_decrypts;
	bool has_decrypt[TB_MAX_TRUSTEES];

	/* decrypted */
	uint64_t *total; /* by option of the whole ballot */
	uint8_t lot_seed[64];
};

/* "questions[1].options[2]", "questions[1]" or "lot". */
void tb_tally_item_where(const tb_tally_item *item, char *out, size_t out_len);

static inline bool tb_tally_is_ranked(const tb_tally *t, uint32_t question)
{
	return tb_election_params_ranking(t->params, question) != NULL;
}

/* ---- tally_shares.c ---- */
/* What a proof about this item is bound to [DLEQ]; into *b, which is cleared. */
TB_CHECKED tb_err tb_tally_write_binding(
	tb_buf *b, const tb_tally *t, const tb_tally_item *item, uint32_t trustee);

/* ---- tally_mix.c ---- */
/* How many bytes the kept ciphertexts of one ballot take, its index included; 0 where no question is ranked. */
size_t tb_tally_record_bytes(const tb_election_params *p);
/* Notes the index of the next counted ballot.  MEMORY. */
TB_CHECKED tb_err tb_tally_kept_list(tb_tally *t, uint64_t index);
TB_CHECKED tb_err tb_tally_kept_merge(tb_tally *t, tb_tally *partial); /* MEMORY */
/* Puts what was kept into the order of the list, as the first stage.  STATE: other ballots were kept than listed; MEMORY. */
TB_CHECKED tb_err tb_tally_begin_mixing(tb_tally *t);
void tb_tally_kept_free(tb_tally *t);

/* ---- tally_lists.c: the shares of the mixed lists ---- */
size_t tb_tally_list_bytes(const tb_tally *t, uint32_t list); /* Z of all elements, and the proof */
TB_CHECKED tb_err tb_tally_make_list(const tb_tally *t, const tb_tally_item *item, uint8_t *out,
	uint32_t trustee, const tb_point *y, const tb_secret *x);
TB_CHECKED tb_err tb_tally_check_list(const tb_tally *t, const tb_tally_item *item, const uint8_t *in,
	uint32_t trustee, const tb_point *y, tb_fault *fault);
/* Copies the shares of all lists of a payload; *out is NULL where there is no list.  MEMORY. */
TB_CHECKED tb_err tb_tally_keep_lists(const tb_tally *t, uint8_t **out, const uint8_t *payload);
/* Decrypts and counts what is ranked. */
TB_CHECKED tb_err tb_tally_count_lists(tb_tally *t, tb_parallel_progress progress, void *arg);

#endif
