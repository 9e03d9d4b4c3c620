/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ranked_count.h"

#include <stdlib.h>
#include <string.h>

#include "core/count/lot.h"
#include "crypto/hash.h"

struct tb_ranked_count {
	const tb_question *question;
	uint32_t index;
	const tb_count_method *method;
	tb_count_ballots ballots; /* the valid ones */
	uint64_t num_valid;
	uint64_t *invalid;
	size_t num_invalid, cap_invalid;
	bool is_counted;
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];
	tb_count_options options;
	tb_count_account account;
	uint8_t ballots_hash[32], account_hash[32];
};

enum { BALLOTS = 0, ACCOUNT = TB_COUNT_KINDS - 1 }; /* kinds of files */
static const tb_count_format formats[ACCOUNT] = {TB_COUNT_CSV, TB_COUNT_BLT, TB_COUNT_ABIF};

/* ---- collecting ---- */

static tb_err name_candidates(tb_count_ballots *b, const tb_question *q)
{
	tb_err err = tb_count_ballots_set_title(b, q->title, strlen(q->title));

	for (uint32_t i = 0; i < q->num_options && err == TB_OK; i++)
		err = tb_count_ballots_add_candidate(b, q->options[i].label, strlen(q->options[i].label));
	b->seats = q->winners;
	TB_REQUIRE(
		err != TB_ERR_ENCODING); /* what [TEXT] admits as a title or label is a name [COUNT.NAME] */
	return err;
}

tb_err tb_ranked_count_new(tb_ranked_count **out, const tb_question *q, uint32_t index)
{
	tb_ranked_count *c = calloc(1, sizeof *c);
	tb_err err;

	*out = NULL;
	if (c == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(q->method == TB_METHOD_RANKED && q->num_options <= TB_COUNT_MAX_CANDIDATES);
	c->question = q;
	c->index = index;
	c->method = tb_count_method_find(q->count.method);
	TB_REQUIRE(c->method != NULL); /* [RANK.MANIFEST] */
	tb_count_ballots_init(&c->ballots);
	err = name_candidates(&c->ballots, q);
	if (err != TB_OK) {
		tb_ranked_count_free(c);
		return err;
	}
	*out = c;
	return TB_OK;
}

void tb_ranked_count_free(tb_ranked_count *c)
{
	if (c == NULL)
		return;
	tb_count_ballots_release(&c->ballots);
	if (c->is_counted)
		tb_count_account_release(&c->account);
	free(c->invalid);
	free(c);
}

tb_err tb_ranked_count_add(tb_ranked_count *c, const uint32_t *ranks)
{
	tb_count_pref prefs[TB_COUNT_MAX_CANDIDATES];
	uint32_t num = 0;
	tb_err err;

	TB_REQUIRE(!c->is_counted);
	for (uint32_t i = 0; i < c->question->num_options; i++) {
		if (ranks[i] == 0)
			continue;
		prefs[num].candidate = (uint16_t)i;
		prefs[num++].rank = (uint16_t)ranks[i];
	}
	err = tb_count_ballots_add(&c->ballots, prefs, NULL, num, 1);
	c->num_valid += err == TB_OK;
	return err;
}

tb_err tb_ranked_count_add_invalid(tb_ranked_count *c, uint64_t position)
{
	TB_REQUIRE(!c->is_counted);
	if (c->num_invalid == c->cap_invalid) {
		size_t cap = c->cap_invalid == 0 ? 16 : 2 * c->cap_invalid;
		uint64_t *list = realloc(c->invalid, cap * sizeof *list);

		if (list == NULL)
			return TB_ERR_MEMORY;
		c->invalid = list;
		c->cap_invalid = cap;
	}
	c->invalid[c->num_invalid++] = position;
	return TB_OK;
}

/* ---- counting ---- */

static int by_position(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The manifest's rule; the lot always has an answer, so that no count stops [COUNT.LOT]. */
static void set_options(tb_ranked_count *c, const uint8_t lot_seed[64])
{
	const tb_count_rule *rule = &c->question->count;

	tb_count_lot_derive(c->lot, c->question->num_options, lot_seed, c->index);
	c->options = (tb_count_options){.seats = c->question->winners,
		.lot = c->lot,
		.min_votes = rule->minimum,
		.default_option = rule->default_option,
		.quorum = rule->quorum,
		.ratios = rule->ratios};
}

static tb_err hash_file(const tb_ranked_count *c, uint32_t k, uint8_t out[32])
{
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, TB_COUNT_MAX_FILE);
	err = tb_ranked_count_write(c, k, &bytes);
	if (err == TB_OK)
		tb_sha256(out, bytes.data, bytes.len);
	tb_buf_release(&bytes);
	return err;
}

tb_err tb_ranked_count_finish(tb_ranked_count *c, const uint8_t lot_seed[64])
{
	tb_why why;
	tb_err err;

	TB_REQUIRE(!c->is_counted);
	if (c->num_invalid > 0)
		qsort(c->invalid, c->num_invalid, sizeof *c->invalid, by_position);
	err = tb_count_ballots_finish(&c->ballots);
	if (err != TB_OK)
		return err;
	set_options(c, lot_seed);
	err = tb_count_run(&c->account, c->method, &c->ballots, &c->options, &why);
	TB_REQUIRE(err != TB_ERR_RANGE && err != TB_ERR_STATE); /* [RANK.MANIFEST]; and there is a lot */
	c->is_counted = true;
	if (err == TB_OK)
		err = hash_file(c, BALLOTS, c->ballots_hash);
	if (err == TB_OK)
		err = hash_file(c, ACCOUNT, c->account_hash);
	return err;
}

/* ---- what came out ---- */

uint64_t tb_ranked_count_num_valid(const tb_ranked_count *c)
{
	return c->num_valid;
}

const uint64_t *tb_ranked_count_invalid(const tb_ranked_count *c, size_t *num)
{
	TB_REQUIRE(c->is_counted);
	*num = c->num_invalid;
	return c->invalid;
}

const uint32_t *tb_ranked_count_elected(const tb_ranked_count *c, uint32_t *num)
{
	TB_REQUIRE(c->is_counted);
	*num = c->account.order.num;
	return c->account.order.at;
}

const uint8_t *tb_ranked_count_ballots_hash(const tb_ranked_count *c)
{
	TB_REQUIRE(c->is_counted);
	return c->ballots_hash;
}

const uint8_t *tb_ranked_count_account_hash(const tb_ranked_count *c)
{
	TB_REQUIRE(c->is_counted);
	return c->account_hash;
}

tb_err tb_ranked_count_write(const tb_ranked_count *c, uint32_t k, tb_buf *out)
{
	TB_REQUIRE(c->is_counted && k < TB_COUNT_KINDS);
	if (k == ACCOUNT)
		return tb_count_account_write(out, &c->account, c->method, &c->ballots, &c->options);
	return tb_count_file_write(out, formats[k], &c->ballots);
}

tb_err tb_ranked_count_words(const tb_ranked_count *c, tb_buf *out)
{
	TB_REQUIRE(c->is_counted);
	return tb_count_account_words(out, &c->account, c->method, &c->ballots, &c->options);
}
