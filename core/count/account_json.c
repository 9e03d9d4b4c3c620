/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json_out.h"
#include "core/count/count.h"

/* [COUNT.JSON] */

static void write_amount(tb_json_out *out, const char *key, tb_amount v, unsigned decimals)
{
	char text[64];

	tb_amount_text(text, v, decimals);
	tb_json_out_cstring(out, key, text);
}

static uint64_t number_of(uint32_t candidate)
{
	return candidate == TB_COUNT_NOBODY ? 0 : candidate + UINT64_C(1);
}

static void write_list(tb_json_out *out, const char *key, const tb_count_list *l)
{
	tb_json_out_array(out, key);
	for (uint32_t i = 0; i < l->num; i++)
		tb_json_out_int(out, TB_JSON_ITEM, number_of(l->at[i]));
	tb_json_out_end(out);
}

static void write_amounts(
	tb_json_out *out, const char *key, const tb_amount *v, uint32_t num, unsigned decimals)
{
	if (v == NULL)
		return;
	tb_json_out_array(out, key);
	for (uint32_t i = 0; i < num; i++)
		write_amount(out, TB_JSON_ITEM, v[i], decimals);
	tb_json_out_end(out);
}

static void write_ties(tb_json_out *out, const tb_count_round *r)
{
	tb_json_out_array(out, "ties");
	for (uint32_t i = 0; i < r->num_ties; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		tb_json_out_cstring(out, "for", r->ties[i].purpose);
		write_list(out, "tied", &r->ties[i].tied);
		tb_json_out_int(out, "round", r->ties[i].round);
		write_list(out, "lot", &r->ties[i].left);
		tb_json_out_int(out, "chosen", number_of(r->ties[i].chosen));
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

static void write_transfers(tb_json_out *out, const tb_count_round *r, unsigned decimals)
{
	tb_json_out_array(out, "transfers");
	for (size_t i = 0; i < r->num_transfers; i++) {
		tb_json_out_array(out, TB_JSON_ITEM);
		tb_json_out_int(out, TB_JSON_ITEM, number_of(r->transfers[i].from));
		tb_json_out_int(out, TB_JSON_ITEM, number_of(r->transfers[i].to));
		write_amount(out, TB_JSON_ITEM, r->transfers[i].amount, decimals);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

static void write_pairs(tb_json_out *out, const tb_count_round *r)
{
	tb_json_out_array(out, "pairs");
	for (size_t i = 0; i < r->num_pairs; i++) {
		tb_json_out_array(out, TB_JSON_ITEM);
		tb_json_out_int(out, TB_JSON_ITEM, number_of(r->pairs[i].winner));
		tb_json_out_int(out, TB_JSON_ITEM, number_of(r->pairs[i].loser));
		tb_json_out_int(out, TB_JSON_ITEM, r->pairs[i].votes_for);
		tb_json_out_int(out, TB_JSON_ITEM, r->pairs[i].votes_against);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

static void write_round(tb_json_out *out, const tb_count_account *a, const tb_count_round *r)
{
	tb_json_out_object(out, TB_JSON_ITEM);
	tb_json_out_cstring(out, "action", r->action);
	write_list(out, "of", &r->of);
	if (r->has_quota)
		write_amount(out, "quota", r->quota, a->decimals);
	write_amounts(out, "votes", r->votes, a->num_candidates, a->decimals);
	if (r->has_rest)
		write_amount(out, "non_transferable", r->rest, a->decimals);
	write_amounts(out, "keep", r->keep, a->num_candidates, 9);
	if (r->keep != NULL)
		tb_json_out_int(out, "iterations", r->iterations);
	if (r->has_rest)
		write_transfers(out, r, a->decimals);
	if (r->votes == NULL)
		write_pairs(out, r);
	write_list(out, "elected", &r->elected);
	write_list(out, "excluded", &r->excluded);
	write_ties(out, r);
	tb_json_out_end(out);
}

static void write_matrix(tb_json_out *out, const char *key, const uint64_t *v, uint32_t n)
{
	if (v == NULL)
		return;
	tb_json_out_array(out, key);
	for (uint32_t i = 0; i < n; i++) {
		tb_json_out_array(out, TB_JSON_ITEM);
		for (uint32_t k = 0; k < n; k++)
			tb_json_out_int(out, TB_JSON_ITEM, v[(size_t)i * n + k]);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

/* What the count was asked to do. */
static void write_options(tb_json_out *out, const tb_count_method *m, const tb_count_options *o, uint32_t n)
{
	tb_json_out_cstring(out, "method", m->id);
	tb_json_out_int(out, "seats", o->seats);
	if (m->flags & TB_COUNT_HAS_MINIMUM)
		tb_json_out_int(out, "minimum", o->min_votes);
	if (!(m->flags & TB_COUNT_HAS_DEFAULT))
		return;
	tb_json_out_int(out, "default_option", number_of(o->default_option));
	tb_json_out_int(out, "quorum", o->quorum);
	tb_json_out_array(out, "ratios");
	for (uint32_t i = 0; i < n; i++) {
		tb_json_out_array(out, TB_JSON_ITEM);
		tb_json_out_int(out, TB_JSON_ITEM, o->ratios == NULL ? 1 : o->ratios[i].a);
		tb_json_out_int(out, TB_JSON_ITEM, o->ratios == NULL ? 1 : o->ratios[i].b);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

static void write_ballots(tb_json_out *out, const tb_count_account *a, const tb_count_ballots *b)
{
	tb_json_out_array(out, "candidates");
	for (uint32_t i = 0; i < b->num_candidates; i++)
		tb_json_out_cstring(out, TB_JSON_ITEM, b->names[i]);
	tb_json_out_end(out);
	tb_json_out_object(out, "ballots");
	tb_json_out_int(out, "total", a->num_ballots);
	tb_json_out_int(out, "empty", a->num_empty);
	tb_json_out_int(out, "valid", a->num_valid);
	tb_json_out_end(out);
}

static void write_fates(tb_json_out *out, const tb_count_account *a)
{
	tb_json_out_array(out, "fates");
	for (uint32_t i = 0; i < a->num_candidates; i++) {
		tb_json_out_object(out, TB_JSON_ITEM);
		tb_json_out_bool(out, "elected", tb_count_why_is_elected(a->fates[i].why));
		tb_json_out_cstring(out, "why", tb_count_why_text(a->fates[i].why));
		tb_json_out_int(out, "round", a->fates[i].round);
		write_amount(out, "votes", a->fates[i].votes, a->decimals);
		tb_json_out_end(out);
	}
	tb_json_out_end(out);
}

tb_err tb_count_account_write(tb_buf *buf, const tb_count_account *a, const tb_count_method *method,
	const tb_count_ballots *ballots, const tb_count_options *options)
{
	tb_json_out out;

	tb_json_out_init(&out, buf);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_int(&out, "tabella_count", 1);
	write_options(&out, method, options, a->num_candidates);
	write_ballots(&out, a, ballots);
	tb_json_out_array(&out, "rounds");
	for (uint32_t i = 0; i < a->num_rounds; i++)
		write_round(&out, a, &a->rounds[i]);
	tb_json_out_end(&out);
	write_matrix(&out, "pairwise", a->pairwise, a->num_candidates);
	write_matrix(&out, "paths", a->paths, a->num_candidates);
	write_list(&out, "elected", &a->order);
	write_fates(&out, a);
	tb_json_out_end(&out);
	return tb_json_out_status(&out);
}
