/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/count_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/count/abif.h"

void counted_begin(counted *c, const char *abif, const char *method, uint32_t seats)
{
	tb_err err;

	memset(c, 0, sizeof *c);
	err = tb_count_abif_parse(&c->ballots, abif, strlen(abif), &c->why);
	if (err != TB_OK)
		fprintf(stderr, "%s\n", c->why.text);
	TB_REQUIRE(err == TB_OK);
	c->method = tb_count_method_find(method);
	TB_REQUIRE(c->method != NULL);
	c->options = (tb_count_options){.seats = seats, .default_option = TB_COUNT_NOBODY};
}

void counted_lot(counted *c, const char *order)
{
	uint32_t num = 0;

	while (*order != '\0') {
		c->lot[num++] = (uint32_t)strtoul(order, NULL, 10) - 1;
		order += strcspn(order, ",");
		order += *order == ',';
	}
	TB_REQUIRE(num == c->ballots.num_candidates);
	c->options.lot = c->lot;
}

void counted_run(counted *c)
{
	tb_count_account_release(&c->account);
	c->err = tb_count_run(&c->account, c->method, &c->ballots, &c->options, &c->why);
}

void counted_once(counted *c, const char *abif, const char *method, uint32_t seats, const char *lot)
{
	counted_begin(c, abif, method, seats);
	if (lot != NULL)
		counted_lot(c, lot);
	counted_run(c);
}

void counted_release(counted *c)
{
	tb_count_account_release(&c->account);
	tb_count_ballots_release(&c->ballots);
}

const char *counted_elected(const counted *c)
{
	static char text[4096];
	const tb_count_list *l = c->err == TB_ERR_STATE ? &c->account.lot_missing->left : &c->account.order;
	size_t len = 0;

	if (c->err == TB_ERR_RANGE)
		return "range";
	text[0] = '\0';
	if (c->err == TB_ERR_STATE)
		len = (size_t)snprintf(text, sizeof text, "lot:");
	else
		TB_REQUIRE(c->err == TB_OK);
	for (uint32_t i = 0; i < l->num; i++)
		len += (size_t)snprintf(
			text + len, sizeof text - len, "%s%u", i == 0 ? "" : ",", l->at[i] + 1);
	return text;
}

const char *counted_votes(const counted *c, uint32_t round, uint32_t candidate)
{
	static char text[64];

	TB_REQUIRE(round >= 1 && round <= c->account.num_rounds);
	tb_amount_text(text, c->account.rounds[round - 1].votes[candidate - 1], c->account.decimals);
	return text;
}
