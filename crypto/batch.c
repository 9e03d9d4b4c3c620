/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/batch.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/msm.h"

/*
 * scalars[i] belongs to points[i].  The first num_bases entries are the shared bases, whose scalars accumulate;
 * the terms follow.  So the whole batch is one call of tb_msm().
 */
struct tb_batch {
	const tb_group *g;
	tb_points bases;
	size_t num_bases;
	size_t num, capacity;
	tb_scalar *scalars;
	const tb_point **points;
	tb_msm_scratch *msm;
};

static tb_err grow(tb_batch *b, size_t capacity)
{
	tb_scalar *scalars;
	const tb_point **points;

	if (capacity > SIZE_MAX / sizeof *scalars)
		return TB_ERR_MEMORY;
	scalars = realloc(b->scalars, capacity * sizeof *scalars);
	if (scalars == NULL)
		return TB_ERR_MEMORY;
	b->scalars = scalars;
	points = realloc((void *)b->points, capacity * sizeof *points);
	if (points == NULL)
		return TB_ERR_MEMORY;
	b->points = points;
	b->capacity = capacity;
	return TB_OK;
}

tb_err tb_batch_new(const tb_group *g, tb_batch **out, const tb_point *const *bases, size_t num_bases)
{
	tb_batch *b = calloc(1, sizeof *b);
	tb_err err;

	if (b == NULL)
		return TB_ERR_MEMORY;
	b->g = g;
	b->num_bases = num_bases + 1;
	err = tb_points_new(g, &b->bases, b->num_bases);
	if (err == TB_OK)
		err = grow(b, b->num_bases);
	if (err == TB_OK)
		err = tb_msm_scratch_new(&b->msm);
	if (err != TB_OK) {
		tb_batch_free(b);
		return err;
	}
	tb_point_generator(g, tb_points_at(&b->bases, TB_BATCH_G));
	for (size_t i = 0; i < num_bases; i++)
		tb_point_copy(g, tb_points_at(&b->bases, i + 1), bases[i]);
	for (size_t i = 0; i < b->num_bases; i++)
		b->points[i] = tb_points_at(&b->bases, i);
	tb_batch_clear(b);
	*out = b;
	return TB_OK;
}

void tb_batch_free(tb_batch *b)
{
	if (b == NULL)
		return;
	tb_msm_scratch_free(b->msm);
	tb_points_free(&b->bases);
	free(b->scalars);
	free((void *)b->points);
	free(b);
}

void tb_batch_clear(tb_batch *b)
{
	memset(b->scalars, 0, b->num_bases * sizeof *b->scalars);
	b->num = b->num_bases;
}

const tb_group *tb_batch_group(const tb_batch *b)
{
	return b->g;
}

size_t tb_batch_num_bases(const tb_batch *b)
{
	return b->num_bases;
}

size_t tb_batch_num_terms(const tb_batch *b)
{
	return b->num - b->num_bases;
}

tb_err tb_batch_reserve(tb_batch *b, size_t num)
{
	size_t need = b->num + num;

	if (need < num)
		return TB_ERR_MEMORY;
	if (need <= b->capacity)
		return TB_OK;
	return grow(b, need > 2 * b->capacity ? need : 2 * b->capacity);
}

void tb_batch_add_base(tb_batch *b, size_t slot, const tb_scalar *k)
{
	TB_REQUIRE(slot < b->num_bases);
	tb_scalar_add(b->g, &b->scalars[slot], &b->scalars[slot], k);
}

void tb_batch_add(tb_batch *b, const tb_scalar *k, const tb_point *point)
{
	TB_REQUIRE(b->num < b->capacity);
	b->scalars[b->num] = *k;
	b->points[b->num] = point;
	b->num++;
}

tb_err tb_batch_check(tb_batch *b)
{
	tb_point sum;
	/* The order first: exponents mod q mean something only inside the group [GROUP.MODP.ORDER]. */
	tb_err err = tb_points_check_order(b->g, b->points + b->num_bases, b->num - b->num_bases);

	if (err != TB_OK)
		return err;
	err = tb_msm(b->g, b->msm, &sum, b->scalars, b->points, b->num);
	if (err != TB_OK)
		return err;
	return tb_point_is_identity(b->g, &sum) ? TB_OK : TB_ERR_PROOF;
}

/* ---- finding the bad ones ---- */
typedef struct tb_search {
	tb_batch *batch;
	tb_batch_append_fn *append;
	void *items;
	bool *bad;
} tb_search;

static bool says_bad(tb_err err)
{
	return err == TB_ERR_PROOF || err == TB_ERR_GROUP;
}

static tb_err check_range(const tb_search *s, size_t first, size_t num)
{
	tb_err err = TB_OK;

	tb_batch_clear(s->batch);
	for (size_t i = first; i < first + num && err == TB_OK; i++) {
		err = s->append(s->items, i, s->batch);
		TB_REQUIRE(!says_bad(err)); /* what can be refused alone is refused before */
	}
	if (err == TB_OK)
		err = tb_batch_check(s->batch);
	return err;
}

/*
 * PROOF when something among first..first+num-1 is bad, and then bad[] says what.  `fails` is set where the range is
 * known to fail, because the one that contains it did and its other half does not: it is halved at once.  A single
 * item is always judged by its own equations.
 */
static tb_err search(const tb_search *s, size_t first, size_t num, bool fails)
{
	size_t half = num / 2;
	tb_err err, left;

	if (num == 1 || !fails) {
		err = check_range(s, first, num);
		if (!says_bad(err))
			return err;
	}
	if (num == 1) {
		s->bad[first] = true;
		return TB_ERR_PROOF;
	}
	left = search(s, first, half, false);
	if (left != TB_OK && left != TB_ERR_PROOF)
		return left;
	err = search(s, first + half, num - half, left == TB_OK);
	return err == TB_OK ? left : err;
}

tb_err tb_batch_find_bad(tb_batch *b, tb_batch_append_fn *append, void *items, size_t num, bool *bad)
{
	const tb_search s = {b, append, items, bad};
	tb_err err;

	for (size_t i = 0; i < num; i++)
		bad[i] = false;
	err = num == 0 ? TB_OK : search(&s, 0, num, false);
	tb_batch_clear(b);
	return err;
}
