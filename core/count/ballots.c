/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/ballots.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

void tb_count_ballots_init(tb_count_ballots *b)
{
	memset(b, 0, sizeof *b);
}

void tb_count_ballots_release(tb_count_ballots *b)
{
	for (uint32_t i = 0; b->names != NULL && i < b->num_candidates; i++)
		free(b->names[i]);
	free(b->names);
	free(b->title);
	free(b->is_withdrawn);
	free(b->prefs);
	free(b->scores);
	free(b->groups);
	free(b->seen_at);
	tb_count_ballots_init(b);
}

/* ---- candidates ---- */

/* A name stands in reports that people read on terminals: what would not be printed as it is, is none. */
bool tb_count_name_is_valid(const char *name, size_t len)
{
	char copy[TB_COUNT_MAX_NAME + 1], shown[TB_COUNT_MAX_NAME + 8];

	if (len == 0 || len > TB_COUNT_MAX_NAME || memchr(name, '\0', len) != NULL ||
		!tb_text_is_utf8(name, len))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	tb_text_copy_printable(shown, sizeof shown, copy);
	return strcmp(copy, shown) == 0;
}

static tb_err copy_text(char **out, const char *text, size_t len)
{
	char *copy;

	if (!tb_count_name_is_valid(text, len))
		return TB_ERR_ENCODING;
	copy = strndup(text, len);
	if (copy == NULL)
		return TB_ERR_MEMORY;
	free(*out);
	*out = copy;
	return TB_OK;
}

/* All of them at once: their number is small. */
static tb_err reserve_candidates(tb_count_ballots *b)
{
	if (b->names == NULL)
		b->names = calloc(TB_COUNT_MAX_CANDIDATES, sizeof *b->names);
	if (b->is_withdrawn == NULL)
		b->is_withdrawn = calloc(TB_COUNT_MAX_CANDIDATES, sizeof *b->is_withdrawn);
	if (b->seen_at == NULL)
		b->seen_at = calloc(TB_COUNT_MAX_CANDIDATES, sizeof *b->seen_at);
	return b->names == NULL || b->is_withdrawn == NULL || b->seen_at == NULL ? TB_ERR_MEMORY : TB_OK;
}

tb_err tb_count_ballots_add_candidate(tb_count_ballots *b, const char *name, size_t len)
{
	tb_err err;

	if (b->num_candidates == TB_COUNT_MAX_CANDIDATES)
		return TB_ERR_LIMIT;
	err = reserve_candidates(b);
	if (err == TB_OK)
		err = copy_text(&b->names[b->num_candidates], name, len);
	if (err == TB_OK)
		b->num_candidates++;
	return err;
}

tb_err tb_count_ballots_rename(tb_count_ballots *b, uint32_t candidate, const char *name, size_t len)
{
	TB_REQUIRE(candidate < b->num_candidates);
	return copy_text(&b->names[candidate], name, len);
}

tb_err tb_count_ballots_set_title(tb_count_ballots *b, const char *title, size_t len)
{
	return copy_text(&b->title, title, len);
}

/* ---- adding ballots ---- */

static tb_err check(tb_count_ballots *b, const tb_count_pref *prefs, const uint32_t *scores, uint32_t num,
	uint64_t weight)
{
	if (weight == 0)
		return TB_ERR_RANGE;
	if (weight > TB_COUNT_MAX_BALLOTS || b->total > TB_COUNT_MAX_BALLOTS - weight)
		return TB_ERR_LIMIT;
	if (++b->num_seen == 0) { /* the marks of 2^32 ballots ago could be taken for this one's */
		memset(b->seen_at, 0, TB_COUNT_MAX_CANDIDATES * sizeof *b->seen_at);
		b->num_seen = 1;
	}
	for (uint32_t i = 0; i < num; i++) {
		if (prefs[i].candidate >= b->num_candidates || prefs[i].rank == 0)
			return TB_ERR_RANGE;
		if (scores != NULL && scores[i] > TB_COUNT_MAX_SCORE)
			return TB_ERR_RANGE;
		if (b->seen_at[prefs[i].candidate] == b->num_seen)
			return TB_ERR_ENCODING;
		b->seen_at[prefs[i].candidate] = b->num_seen;
	}
	return TB_OK;
}

static tb_err reserve(tb_count_ballots *b, uint32_t num)
{
	if (b->num_groups == b->cap_groups) {
		size_t cap = b->cap_groups == 0 ? 64 : 2 * b->cap_groups;
		tb_count_group *more = realloc(b->groups, cap * sizeof *more);

		if (more == NULL)
			return TB_ERR_MEMORY;
		b->groups = more;
		b->cap_groups = cap;
	}
	if (b->cap_prefs - b->num_prefs < num) {
		size_t cap = b->cap_prefs == 0 ? 1024 : 2 * b->cap_prefs;
		tb_count_pref *prefs = realloc(b->prefs, cap * sizeof *prefs);

		if (prefs == NULL)
			return TB_ERR_MEMORY;
		b->prefs = prefs;
		if (b->has_scores) {
			uint32_t *scores = realloc(b->scores, cap * sizeof *scores);

			if (scores == NULL)
				return TB_ERR_MEMORY;
			b->scores = scores;
		}
		b->cap_prefs = cap;
	}
	return TB_OK;
}

typedef struct scored {
	tb_count_pref pref;
	uint32_t score;
} scored;

static int by_rank(const void *a, const void *b)
{
	const tb_count_pref *x = &((const scored *)a)->pref, *y = &((const scored *)b)->pref;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

/* Gaps between ranks say nothing [COUNT.BALLOT]. */
static void close_gaps(scored *p, uint32_t num)
{
	uint16_t rank = 0, last = 0;

	for (uint32_t i = 0; i < num; i++) {
		if (p[i].pref.rank != last)
			rank++;
		last = p[i].pref.rank;
		p[i].pref.rank = rank;
	}
}

tb_err tb_count_ballots_add(tb_count_ballots *b, const tb_count_pref *prefs, const uint32_t *scores,
	uint32_t num, uint64_t weight)
{
	scored p[TB_COUNT_MAX_CANDIDATES];
	uint32_t kept = 0;
	tb_err err;

	TB_REQUIRE(b->num_candidates > 0 && b->has_scores == (scores != NULL));
	err = check(b, prefs, scores, num, weight);
	if (err != TB_OK)
		return err;
	for (uint32_t i = 0; i < num; i++)
		if (scores == NULL || scores[i] > 0) {
			p[kept].pref = prefs[i];
			p[kept++].score = scores == NULL ? 0 : scores[i];
		}
	qsort(p, kept, sizeof *p, by_rank);
	close_gaps(p, kept);
	err = reserve(b, kept);
	if (err != TB_OK)
		return err;
	for (uint32_t i = 0; i < kept; i++) {
		b->prefs[b->num_prefs + i] = p[i].pref;
		if (b->has_scores)
			b->scores[b->num_prefs + i] = p[i].score;
	}
	b->groups[b->num_groups++] = (tb_count_group){.weight = weight, .first = b->num_prefs, .num = kept};
	b->num_prefs += kept;
	b->total += weight;
	return TB_OK;
}

/* ---- scores ---- */

static int by_score(const void *a, const void *b)
{
	const scored *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

void tb_count_rank_by_scores(tb_count_pref *prefs, uint32_t *scores, uint32_t num)
{
	scored p[TB_COUNT_MAX_CANDIDATES];

	TB_REQUIRE(num <= TB_COUNT_MAX_CANDIDATES);
	for (uint32_t i = 0; i < num; i++)
		p[i] = (scored){prefs[i], scores[i]};
	qsort(p, num, sizeof *p, by_score);
	for (uint32_t i = 0; i < num; i++) {
		uint16_t above = i == 0 ? 0 : prefs[i - 1].rank;

		prefs[i].candidate = p[i].pref.candidate;
		prefs[i].rank = i > 0 && p[i].score == p[i - 1].score ? above : (uint16_t)(above + 1);
		scores[i] = p[i].score;
	}
}

/* ---- the one order ---- */

/* Longest common beginning decides, then the shorter ballot comes first: the empty ones stand at the top. */
static int by_content(const void *a, const void *b, void *context)
{
	const tb_count_ballots *all = context;
	const tb_count_group *x = a, *y = b;
	uint32_t num = x->num < y->num ? x->num : y->num;

	for (uint32_t i = 0; i < num; i++) {
		const tb_count_pref *p = &all->prefs[x->first + i], *q = &all->prefs[y->first + i];

		if (p->rank != q->rank)
			return p->rank < q->rank ? -1 : 1;
		if (p->candidate != q->candidate)
			return p->candidate < q->candidate ? -1 : 1;
		if (all->has_scores && all->scores[x->first + i] != all->scores[y->first + i])
			return all->scores[x->first + i] > all->scores[y->first + i] ? -1 : 1;
	}
	return (x->num > y->num) - (x->num < y->num);
}

static void pack(tb_count_ballots *b, tb_count_pref *prefs, uint32_t *scores)
{
	size_t num = 0;

	for (size_t i = 0; i < b->num_groups; i++) {
		tb_count_group *g = &b->groups[i];

		if (g->num > 0)
			memcpy(prefs + num, b->prefs + g->first, g->num * sizeof *prefs);
		if (scores != NULL && g->num > 0)
			memcpy(scores + num, b->scores + g->first, g->num * sizeof *scores);
		g->first = num;
		num += g->num;
	}
	free(b->prefs);
	free(b->scores);
	b->prefs = prefs;
	b->scores = scores;
	b->num_prefs = num;
}

tb_err tb_count_ballots_finish(tb_count_ballots *b)
{
	tb_count_pref *prefs = malloc((b->num_prefs + 1) * sizeof *prefs);
	uint32_t *scores = b->has_scores ? malloc((b->num_prefs + 1) * sizeof *scores) : NULL;
	size_t kept = 0;

	if (prefs == NULL || (b->has_scores && scores == NULL)) {
		free(prefs);
		free(scores);
		return TB_ERR_MEMORY;
	}
	b->cap_prefs = b->num_prefs + 1;
	if (b->num_groups > 1)
		qsort_r(b->groups, b->num_groups, sizeof *b->groups, by_content, b);
	for (size_t i = 0; i < b->num_groups; i++) {
		if (kept > 0 && by_content(&b->groups[kept - 1], &b->groups[i], b) == 0)
			b->groups[kept - 1].weight += b->groups[i].weight;
		else
			b->groups[kept++] = b->groups[i];
	}
	b->num_groups = kept;
	pack(b, prefs, scores);
	return TB_OK;
}

/* ---- what counting makes of them ---- */

static tb_err copy_candidates(tb_count_ballots *out, const tb_count_ballots *b)
{
	for (uint32_t i = 0; i < b->num_candidates; i++) {
		tb_err err = tb_count_ballots_add_candidate(out, b->names[i], strlen(b->names[i]));

		if (err != TB_OK)
			return err;
		out->is_withdrawn[i] = b->is_withdrawn[i];
	}
	out->seats = b->seats;
	out->has_scores = b->has_scores;
	return TB_OK;
}

static tb_err add_without(tb_count_ballots *out, const tb_count_ballots *b, const tb_count_group *g)
{
	tb_count_pref prefs[TB_COUNT_MAX_CANDIDATES];
	uint32_t scores[TB_COUNT_MAX_CANDIDATES], num = 0;

	for (uint32_t i = 0; i < g->num; i++) {
		if (b->is_withdrawn[b->prefs[g->first + i].candidate])
			continue;
		prefs[num] = b->prefs[g->first + i];
		scores[num++] = b->has_scores ? b->scores[g->first + i] : 0;
	}
	return tb_count_ballots_add(out, prefs, b->has_scores ? scores : NULL, num, g->weight);
}

tb_err tb_count_ballots_without_withdrawn(tb_count_ballots *out, const tb_count_ballots *b)
{
	tb_err err;

	tb_count_ballots_init(out);
	err = copy_candidates(out, b);
	for (size_t i = 0; i < b->num_groups && err == TB_OK; i++)
		err = add_without(out, b, &b->groups[i]);
	if (err == TB_OK)
		err = tb_count_ballots_finish(out);
	if (err != TB_OK)
		tb_count_ballots_release(out);
	return err;
}

uint32_t tb_count_group_strict(const tb_count_ballots *b, const tb_count_group *g)
{
	const tb_count_pref *p = b->prefs + g->first;
	uint32_t i = 0;

	while (i < g->num && (i + 1 == g->num || p[i + 1].rank != p[i].rank))
		i++;
	return i;
}
