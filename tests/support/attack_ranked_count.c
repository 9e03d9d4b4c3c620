/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "crypto/dleq_list.h"
#include "tests/support/attack.h"
#include "tests/support/no_ranking.h"

/* T and E for ranked questions: the shares of the mixed list, and the count of what they decrypt. */

#define RANKED .small = true, .ranked = true, .num_endorsers = 1
enum { CHAIRS = 1, POINT = 32, CIPHERTEXT = 64 };

static const tb_parallel WORK = {.threads = 1};

/* point += g, of the one at `wire` */
static void shift(uint8_t *wire, bool back)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point p, one;

	tb_point_generator(g, &one);
	TB_REQUIRE(tb_point_parse(g, &p, wire) == TB_OK);
	if (back)
		tb_point_sub(g, &p, &p, &one);
	else
		tb_point_add(g, &p, &p, &one);
	tb_point_write(g, wire, &p);
}

/* ---- shares of the list ---- */

/* The ballots in the order of the board, before any mix. */
static uint8_t ballots[5 * CIPHERTEXT];

static void three_shares(tb_attack_run *r)
{
	const tb_mix_list *list;

	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	list = tb_mix_stage_list(tb_tally_stage(tb_board_tally(r->m->board)), 0);
	TB_REQUIRE(list->wire_len == sizeof ballots);
	memcpy(ballots, list->wire, sizeof ballots);
	tb_maker_mix(r->m, 1);
	tb_maker_mix(r->m, 2);
	tb_maker_decrypt(r->m, 1);
	tb_maker_decrypt(r->m, 2);
	tb_maker_decrypt(r->m, 3);
	tb_maker_result(r->m);
}

/* Behind u8, u8 and the two shares of the referendum: Z_1 .. Z_5, a, b, z. */
static uint8_t *shares(tb_maker_plan *plan)
{
	return plan->payload.data + 2 + 2 * 128;
}
enum { SHARES = 5 * POINT, LIST = SHARES + 96 };

static void shares_exchanged(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t first[POINT];

	(void)r;
	memcpy(first, shares(plan), POINT);
	memcpy(shares(plan), shares(plan) + POINT, POINT);
	memcpy(shares(plan) + POINT, first, POINT);
}

static void receive(const tb_attack_run *r, tb_secret *share, uint32_t trustee)
{
	tb_fault fault;
	uint32_t blame;

	TB_REQUIRE(tb_ceremony_receive(tb_board_ceremony(r->m->board), share, trustee,
			   &r->m->trustee[trustee - 1].transport, &blame, &fault) == TB_OK);
}

static void shares_of_trustee_one(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_buf other;
	tb_secret share;
	tb_fault fault;

	receive(r, &share, 1);
	tb_buf_init(&other, TB_BLOB_MAX_BYTES);
	TB_REQUIRE(tb_tally_make_decrypt(tb_board_tally(r->m->board), tb_board_ceremony(r->m->board), &other,
			   1, &share, &fault) == TB_OK);
	memcpy(shares(plan), other.data + (shares(plan) - plan->payload.data), LIST);
	tb_buf_release(&other);
}

static void false_share(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	shift(shares(plan) + 2 * POINT, false);
}

static void false_shares_that_cancel(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	shift(shares(plan), false);
	shift(shares(plan) + POINT, true);
}

static void share_is_identity(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(shares(plan), 0, POINT);
}

static void share_is_no_point(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(shares(plan), 0xff, POINT);
}

static void share_not_reduced(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(shares(plan) + LIST - 32, 0xff, 32);
}

/* True shares, truly proved, of the ballots with their names instead of the mixed list. */
static void decrypt_the_ballots(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t number[3][8] = {{[7] = CHAIRS}, {0}, {[7] = 3}};
	tb_dleq_list st = {.Y = tb_ceremony_verification_key(tb_board_ceremony(r->m->board), 3),
		.num = 5,
		.H = ballots,
		.H_step = CIPHERTEXT,
		.Z = shares(plan)};
	tb_dleq_proof proof;
	tb_secret share;
	tb_buf binding;

	receive(r, &share, 3);
	tb_buf_init(&binding, 1000);
	tb_buf_item(&binding, "context", tb_board_binding(r->m->board)->context, 32);
	tb_buf_item(&binding, "close", tb_board_close_leaf(r->m->board), 32);
	tb_buf_item(&binding, "purpose", "decrypt-list", 12);
	tb_buf_item(&binding, "question", number[0], 8);
	tb_buf_item(&binding, "option", number[1], 8);
	tb_buf_item(&binding, "trustee", number[2], 8);
	st.binding = binding.data;
	st.binding_len = binding.len;
	TB_REQUIRE(tb_dleq_list_multiply(g, shares(plan), ballots, CIPHERTEXT, 5, &share, &WORK) == TB_OK &&
		   tb_dleq_list_prove(g, &proof, &st, &share, &WORK) == TB_OK);
	tb_dleq_write(g, shares(plan) + SHARES, &proof);
	tb_buf_release(&binding);
}

/* ---- the count ---- */

/* The text from `key`, after the ranked question's id, to the end of what ends with `last`. */
static void part_of_result(tb_maker_plan *plan, const char *key, char last, char out[400])
{
	const char *at, *end;

	(void)tb_buf_cstr(&plan->payload);
	at = strstr((const char *)plan->payload.data, "\"id\":\"chairs\"");
	at = at == NULL ? NULL : strstr(at, key);
	end = at == NULL ? NULL : strchr(at + strlen(key), last);
	TB_REQUIRE(end != NULL);
	(void)snprintf(out, 400, "%.*s", (int)(end + 1 - at), at);
}

static void change_digit(tb_maker_plan *plan, const char *key)
{
	char from[400], to[400];
	size_t at = strlen(key);

	part_of_result(plan, key, '"', from);
	memcpy(to, from, sizeof to);
	to[at] = from[at] == '0' ? '1' : '0';
	tb_attack_replace(&plan->payload, from, to);
}

static void other_account(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	change_digit(plan, "\"account\":\"");
}

static void other_ballots(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	change_digit(plan, "\"ballots\":\"");
}

static void elected_reversed(tb_attack_run *r, tb_maker_plan *plan)
{
	char from[400], first[100], second[100], to[400];

	(void)r;
	part_of_result(plan, "\"elected\":[", ']', from);
	TB_REQUIRE(sscanf(from, "\"elected\":[\"%99[a-z]\",\"%99[a-z]\"]", first, second) == 2);
	(void)snprintf(to, sizeof to, "\"elected\":[\"%s\",\"%s\"]", second, first);
	tb_attack_replace(&plan->payload, from, to);
}

static void others_elected(tb_attack_run *r, tb_maker_plan *plan)
{
	static const char *const people[] = {"eva", "finn", "gina", "hugo", "ines"};
	char from[400], first[100], second[100], to[400];

	(void)r;
	part_of_result(plan, "\"elected\":[", ']', from);
	TB_REQUIRE(sscanf(from, "\"elected\":[\"%99[a-z]\",\"%99[a-z]\"]", first, second) == 2);
	for (size_t i = 0; i < 5; i++)
		if (strcmp(people[i], first) != 0 && strcmp(people[i], second) != 0)
			(void)snprintf(to, sizeof to, "\"elected\":[\"%s\",\"%s\"]", first, people[i]);
	tb_attack_replace(&plan->payload, from, to);
}

/* All vote, the second one for no ranking. */
static void until_no_ranking(tb_attack_run *r)
{
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_open(m);
	for (uint32_t i = 0; i < m->num_voters; i++) {
		tb_maker_plan plan;

		if (i != 1) {
			tb_maker_vote(m, i);
			continue;
		}
		tb_maker_plan_vote(m, i, &plan);
		tb_no_ranking(m->params, tb_attack_part(m, &plan, CHAIRS), CHAIRS, m->voters[i].id,
			m->voters[i].keys.sign_key);
		plan.is_signed = false;
		tb_maker_post(m, &plan);
	}
	tb_maker_close(m);
	tb_maker_tally(m);
	for (uint32_t i = 0; i < tb_manifest_total_endorsers(&m->manifest); i++)
		tb_maker_endorse(m, i);
	tb_maker_mix(m, 1);
	tb_maker_mix(m, 2);
	tb_maker_decrypt(m, 1);
	tb_maker_decrypt(m, 2);
	tb_maker_result(m);
}

static void invalid_dropped(tb_attack_run *r, tb_maker_plan *plan)
{
	char from[400];

	(void)r;
	part_of_result(plan, "\"invalid\":[", ']', from);
	TB_REQUIRE(strcmp(from, "\"invalid\":[]") != 0);
	tb_attack_replace(&plan->payload, from, "\"invalid\":[]");
}

static void invalid_counted(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_attack_replace(&plan->payload, "\"valid\":4,", "\"valid\":5,");
}

static void another_is_invalid(tb_attack_run *r, tb_maker_plan *plan)
{
	char from[400];

	(void)r;
	part_of_result(plan, "\"invalid\":[", ']', from);
	tb_attack_replace(&plan->payload, from,
		strcmp(from, "\"invalid\":[0]") == 0 ? "\"invalid\":[1]" : "\"invalid\":[0]");
}

#define RIGHT(case_id, words, how)                                                                           \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "nobody", .type = TB_ENTRY_CANCEL,             \
		.make = (how), .until = TB_UNTIL_RESULT, .config = {                                         \
			RANKED                                                                               \
		}                                                                                            \
	}
#define SHARE(case_id, words, broken, place, how)                                                            \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "trustee", .check = TB_CHECK_SHARES,           \
		.rule = (broken), .where = (place), .num = 1, .type = TB_ENTRY_DECRYPT, .which = 2,          \
		.edit = (how), .make = three_shares, .config = {                                             \
			RANKED                                                                               \
		}                                                                                            \
	}
#define COUNT(case_id, words, how, making)                                                                   \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "server", .check = TB_CHECK_RESULT,            \
		.rule = "RESULT.ENTRY", .num = 1, .type = TB_ENTRY_RESULT, .edit = (how), .make = (making),  \
		.until = TB_UNTIL_RESULT, .config = {                                                        \
			RANKED                                                                               \
		}                                                                                            \
	}

const tb_attack tb_attacks_ranked_count[] = {
	RIGHT("OK-invalid", "nothing: a ballot that is no ranking, listed as such", until_no_ranking),
	SHARE("T-01b", "the shares of two mixed ballots exchanged", "DLEQ.LIST", NULL, shares_exchanged),
	SHARE("T-02b", "another trustee's shares of the mixed ballots", "DLEQ.LIST", NULL,
		shares_of_trustee_one),
	SHARE("T-03b", "a false share of a mixed ballot under the proof of the true one", "DLEQ.LIST", NULL,
		false_share),
	SHARE("T-03c", "two false shares whose errors cancel", "DLEQ.LIST", NULL, false_shares_that_cancel),
	SHARE("T-04d", "a share of a mixed ballot that is the identity", "DLEQ.LIST", NULL,
		share_is_identity),
	SHARE("T-04e", "a share of a mixed ballot that is no point", "DECRYPT.SHARE", NULL,
		share_is_no_point),
	SHARE("T-04f", "a response for the list that is not reduced", "DECRYPT.SHARE", NULL,
		share_not_reduced),
	SHARE("T-09b", "the ballots decrypted, with their names, instead of the mixed list", "DLEQ.LIST",
		NULL, decrypt_the_ballots),
	COUNT("T-13b", "another account of the count", other_account, NULL),
	COUNT("T-13c", "other ballots than those that were decrypted", other_ballots, NULL),
	COUNT("T-13d", "the elected in another order", elected_reversed, NULL),
	COUNT("T-13e", "somebody else elected", others_elected, NULL),
	COUNT("E-16c", "a ballot that is no ranking is not mentioned", invalid_dropped, until_no_ranking),
	COUNT("E-16d", "a ballot that is no ranking counted as valid", invalid_counted, until_no_ranking),
	COUNT("E-16e", "a valid ballot called invalid in its place", another_is_invalid, until_no_ranking),
	{.id = NULL},
};
