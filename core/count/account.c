/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/account.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ---- */

/* Room for one more item of `size` bytes; NULL: out of memory, and everything is as before. */
static void *grown(void *items, size_t num, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 8 : 2 * *cap;
	void *bigger;

	if (num < *cap)
		return items;
	bigger = realloc(items, more * size);
	if (bigger != NULL)
		*cap = more;
	return bigger;
}

tb_err tb_count_list_add(tb_count_list *l, uint32_t v)
{
	size_t cap = l->cap;
	uint32_t *at = grown(l->at, l->num, &cap, sizeof *at);

	if (at == NULL)
		return TB_ERR_MEMORY;
	l->at = at;
	l->cap = (uint32_t)cap;
	l->at[l->num++] = v;
	return TB_OK;
}

void tb_count_list_release(tb_count_list *l)
{
	free(l->at);
	memset(l, 0, sizeof *l);
}

/* ---- rounds ---- */

void tb_count_tie_release(tb_count_tie *t)
{
	tb_count_list_release(&t->tied);
	tb_count_list_release(&t->left);
}

static void release_round(tb_count_round *r)
{
	for (uint32_t i = 0; i < r->num_ties; i++)
		tb_count_tie_release(&r->ties[i]);
	free(r->ties);
	free(r->votes);
	free(r->keep);
	free(r->transfers);
	free(r->pairs);
	tb_count_list_release(&r->of);
	tb_count_list_release(&r->elected);
	tb_count_list_release(&r->excluded);
}

tb_count_round *tb_count_account_round(tb_count_account *a, const char *action, bool has_votes)
{
	size_t cap = a->cap_rounds;
	tb_count_round *rounds = grown(a->rounds, a->num_rounds, &cap, sizeof *rounds), *r;

	if (rounds == NULL)
		return NULL;
	a->rounds = rounds;
	a->cap_rounds = (uint32_t)cap;
	r = &rounds[a->num_rounds];
	memset(r, 0, sizeof *r);
	r->action = action;
	if (has_votes) {
		r->votes = calloc(a->num_candidates, sizeof *r->votes);
		if (r->votes == NULL)
			return NULL;
	}
	a->num_rounds++;
	return r;
}

tb_count_round *tb_count_account_last(tb_count_account *a)
{
	TB_REQUIRE(a->num_rounds > 0);
	return &a->rounds[a->num_rounds - 1];
}

tb_err tb_count_round_transfer(tb_count_round *r, uint32_t from, uint32_t to, tb_amount amount)
{
	tb_count_transfer *t;

	if (amount == 0)
		return TB_OK;
	t = grown(r->transfers, r->num_transfers, &r->cap_transfers, sizeof *t);
	if (t == NULL)
		return TB_ERR_MEMORY;
	r->transfers = t;
	r->transfers[r->num_transfers++] = (tb_count_transfer){from, to, amount};
	return TB_OK;
}

tb_err tb_count_round_pair(tb_count_round *r, tb_count_pair pair)
{
	tb_count_pair *p = grown(r->pairs, r->num_pairs, &r->cap_pairs, sizeof *p);

	if (p == NULL)
		return TB_ERR_MEMORY;
	r->pairs = p;
	r->pairs[r->num_pairs++] = pair;
	return TB_OK;
}

tb_err tb_count_round_tie(tb_count_round *r, tb_count_tie *tie)
{
	tb_count_tie *more = realloc(r->ties, (r->num_ties + 1) * sizeof *more);

	if (more == NULL) {
		tb_count_tie_release(tie);
		return TB_ERR_MEMORY;
	}
	r->ties = more;
	r->ties[r->num_ties++] = *tie;
	memset(tie, 0, sizeof *tie);
	return TB_OK;
}

/* ---- the whole ---- */

tb_err tb_count_account_init(tb_count_account *out, uint32_t num_candidates, uint32_t seats)
{
	memset(out, 0, sizeof *out);
	out->num_candidates = num_candidates;
	out->seats = seats;
	out->fates = calloc(num_candidates, sizeof *out->fates);
	return out->fates == NULL ? TB_ERR_MEMORY : TB_OK;
}

void tb_count_account_release(tb_count_account *a)
{
	for (uint32_t i = 0; i < a->num_rounds; i++)
		release_round(&a->rounds[i]);
	free(a->rounds);
	free(a->pairwise);
	free(a->paths);
	free(a->fates);
	tb_count_list_release(&a->order);
	if (a->lot_missing != NULL)
		tb_count_tie_release(a->lot_missing);
	free(a->lot_missing);
	memset(a, 0, sizeof *a);
}

/* ---- words ---- */

bool tb_count_why_is_elected(tb_count_why why)
{
	return why == TB_COUNT_QUOTA || why == TB_COUNT_MAJORITY || why == TB_COUNT_LAST ||
	       why == TB_COUNT_MOST || why == TB_COUNT_UNBEATEN;
}

const char *tb_count_why_text(tb_count_why why)
{
	static const char *const texts[] = {
		[TB_COUNT_WITHDRAWN] = "withdrawn",
		[TB_COUNT_QUOTA] = "quota",
		[TB_COUNT_MAJORITY] = "majority",
		[TB_COUNT_LAST] = "last",
		[TB_COUNT_MOST] = "most",
		[TB_COUNT_UNBEATEN] = "unbeaten",
		[TB_COUNT_BELOW_MINIMUM] = "below-minimum",
		[TB_COUNT_EXCLUDED] = "excluded",
		[TB_COUNT_SEATS_FILLED] = "seats-filled",
		[TB_COUNT_NO_VOTES] = "no-votes",
		[TB_COUNT_FEWER] = "fewer",
		[TB_COUNT_BEATEN] = "beaten",
		[TB_COUNT_NO_QUORUM] = "no-quorum",
		[TB_COUNT_NO_RATIO] = "no-ratio",
		[TB_COUNT_LOT_LOST] = "lot-lost",
	};

	return texts[why];
}

void tb_amount_text(char out[64], tb_amount v, unsigned decimals)
{
	char digits[64];
	size_t num = 0, len = 0;

	TB_REQUIRE(decimals <= 18);
	while (v > 0 || num <= decimals) {
		digits[num++] = (char)('0' + (int)(v % 10));
		v /= 10;
	}
	while (num > 0) {
		if (num == decimals && decimals > 0)
			out[len++] = '.';
		out[len++] = digits[--num];
	}
	out[len] = '\0';
}
