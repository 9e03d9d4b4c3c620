/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of counts [COUNT.JSON], files of ballots [COUNT.BLT] [COUNT.ABIF] [COUNT.CSV] and lots [COUNT.LOT]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/count/count.h"
#include "core/count/files.h"
#include "core/count/lot.h"
#include "tests/support/vectors.h"

enum { MAX_TEXT = 1 << 20 };

static void read_csv(tb_count_ballots *out, const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "csv_text");
	tb_why why;

	if (tb_count_file_parse(out, TB_COUNT_CSV, text, strlen(text), &why) != TB_OK)
		fail_msg("%s", why.text);
}

typedef struct wanted {
	tb_count_options options;
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];
	tb_count_ratio ratios[TB_COUNT_MAX_CANDIDATES];
} wanted;

static void read_options(wanted *w, const tb_vector *v, uint32_t num_candidates)
{
	const struct json_t *lot = tb_vector_member(v->in, "lot"),
			    *ratios = tb_vector_member(v->in, "ratios");
	uint64_t default_option = tb_vector_int(v->in, "default_option");

	w->options = (tb_count_options){.seats = (uint32_t)tb_vector_int(v->in, "seats"),
		.min_votes = tb_vector_int(v->in, "minimum"),
		.default_option = default_option == 0 ? TB_COUNT_NOBODY : (uint32_t)default_option - 1,
		.quorum = tb_vector_int(v->in, "quorum")};
	if (tb_vector_num(lot) > 0) {
		assert_int_equal(tb_vector_num(lot), num_candidates);
		for (uint32_t i = 0; i < num_candidates; i++)
			w->lot[i] = (uint32_t)tb_vector_item_int(lot, i) - 1;
		w->options.lot = w->lot;
	}
	if (tb_vector_num(ratios) > 0) {
		assert_int_equal(tb_vector_num(ratios), num_candidates);
		for (uint32_t i = 0; i < num_candidates; i++) {
			const struct json_t *ratio = tb_vector_item(ratios, i);

			w->ratios[i] = (tb_count_ratio){(uint32_t)tb_vector_item_int(ratio, 0),
				(uint32_t)tb_vector_item_int(ratio, 1)};
		}
		w->options.ratios = w->ratios;
	}
}

static const char *run(const tb_vector *v)
{
	const tb_count_method *method = tb_count_method_find(tb_vector_text(v->in, "method"));
	tb_count_account account;
	tb_count_ballots ballots;
	wanted w;
	tb_why why;
	tb_buf json;
	tb_err err;

	assert_non_null(method);
	read_csv(&ballots, v);
	read_options(&w, v, ballots.num_candidates);
	err = tb_count_run(&account, method, &ballots, &w.options, &why);
	tb_buf_init(&json, MAX_TEXT);
	if (err == TB_OK) {
		assert_int_equal(
			tb_count_account_write(&json, &account, method, &ballots, &w.options), TB_OK);
		if (v->out != NULL)
			tb_vector_expect_text(v->out, "account_text", tb_buf_cstr(&json));
	}
	tb_buf_release(&json);
	tb_count_account_release(&account);
	tb_count_ballots_release(&ballots);
	assert_true(err == TB_OK || err == TB_ERR_STATE || err == TB_ERR_RANGE);
	return err == TB_OK ? NULL : err == TB_ERR_STATE ? "COUNT.LOT" : method->rule;
}

static void expect_file(
	const tb_vector *v, const tb_count_ballots *ballots, tb_count_format format, const char *key)
{
	tb_count_ballots again;
	tb_buf file;
	tb_why why;

	tb_buf_init(&file, MAX_TEXT);
	if (tb_vector_is_null(v->out, key)) {
		assert_int_equal(tb_count_file_write(&file, format, ballots), TB_ERR_RANGE);
	} else {
		assert_int_equal(tb_count_file_write(&file, format, ballots), TB_OK);
		tb_vector_expect_text(v->out, key, tb_buf_cstr(&file));
		assert_int_equal(tb_count_file_parse(&again, format, tb_buf_cstr(&file),
					 strlen(tb_buf_cstr(&file)), &why),
			TB_OK);
		assert_int_equal(again.total, ballots->total);
		tb_count_ballots_release(&again);
	}
	tb_buf_release(&file);
}

static const char *files(const tb_vector *v)
{
	tb_count_ballots ballots;

	read_csv(&ballots, v);
	expect_file(v, &ballots, TB_COUNT_CSV, "csv_text");
	expect_file(v, &ballots, TB_COUNT_ABIF, "abif_text");
	expect_file(v, &ballots, TB_COUNT_BLT, "blt_text");
	tb_count_ballots_release(&ballots);
	return NULL;
}

static const char *lot_seed(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "text");
	uint8_t seed[64];

	tb_count_lot_seed(seed, text, strlen(text));
	tb_vector_expect_bytes(v->out, "lot_seed", seed, sizeof seed);
	return NULL;
}

static const char *lot(const tb_vector *v)
{
	const struct json_t *order = tb_vector_member(v->out, "order");
	uint64_t num = tb_vector_int(v->in, "candidates");
	uint32_t found[TB_COUNT_MAX_CANDIDATES];
	uint8_t seed[64];

	assert_true(num <= TB_COUNT_MAX_CANDIDATES);
	tb_vector_exactly(seed, sizeof seed, v->in, "lot_seed");
	tb_count_lot_derive(found, (uint32_t)num, seed, tb_vector_int(v->in, "question"));
	tb_vector_expect_num(order, (size_t)num);
	for (size_t i = 0; i < num; i++)
		assert_int_equal(tb_vector_item_int(order, i), found[i] + 1);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"count"};
	static const tb_vector_op ops[] = {
		{"count.run", run}, {"count.files", files}, {"count.lot_seed", lot_seed}, {"count.lot", lot}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
