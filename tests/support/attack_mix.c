/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/attack.h"
#include "tests/support/fixture.h"

/* S: mixes. */

/* A referendum, and "chairs", a ranking of five people in one element; two of three trustees mix. */
#define RANKED .small = true, .ranked = true, .num_endorsers = 1
enum { CHAIRS = 1, POINT = 32, CIPHERTEXT = 64, MIX_HEAD = 3 };

static const tb_parallel WORK = {.threads = 1};

static tb_mix_stage *stage(const tb_attack_run *r)
{
	return tb_tally_stage(tb_board_tally(r->m->board));
}

/* The outputs in the payload of a mix. */
static uint8_t *outputs(tb_maker_plan *plan)
{
	return plan->payload.data + MIX_HEAD;
}

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

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
	uint8_t kept[CIPHERTEXT];

	memcpy(kept, a, len);
	memcpy(a, b, len);
	memcpy(b, kept, len);
}

/* out = the ciphertext `in` with other randomness. */
static void reencrypt(const tb_attack_run *r, uint8_t *out, const uint8_t *in, uint64_t label)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator, p, step;
	tb_scalar s;

	tb_point_generator(g, &generator);
	tb_fixture_scalar(g, &s, "re-encrypt", label);
	for (int k = 0; k < 2; k++) {
		TB_REQUIRE(tb_point_parse(g, &p, in + k * POINT) == TB_OK);
		tb_point_mul_public(g, &step, &s, k == 0 ? &generator : tb_election_params_h(r->m->params));
		tb_point_add(g, &p, &p, &step);
		tb_point_write(g, out + k * POINT, &p);
	}
}

/* ---- mixing something else than one should ---- */

/* A stage after so many mixes that holds this list of the ranked question. */
static tb_mix_stage *stage_of(const tb_attack_run *r, uint32_t number, const uint8_t *list)
{
	static const uint32_t question = CHAIRS;
	const tb_board *b = r->m->board;
	size_t num = tb_mix_stage_list(stage(r), 0)->num, len = num * CIPHERTEXT;
	uint8_t *wire = malloc(len);
	tb_mix_stage *s, *next;
	tb_buf payload;

	TB_REQUIRE(wire != NULL);
	memcpy(wire, list, len);
	TB_REQUIRE(tb_mix_stage_new(
			   &s, tb_board_params(b), tb_board_close_leaf(b), &question, 1, num, wire) == TB_OK);
	while (tb_mix_stage_number(s) < number) { /* outputs that are the list, and no proof of them */
		tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
		for (int i = 0; i < MIX_HEAD; i++)
			tb_buf_u8(&payload, 0);
		tb_buf_append(&payload, list, len);
		while (payload.len < tb_mix_bytes(s))
			tb_buf_u8(&payload, 0);
		TB_REQUIRE(tb_mix_next(&next, s, payload.data, payload.len) == TB_OK);
		tb_mix_stage_free(s);
		s = next;
		tb_buf_release(&payload);
	}
	return s;
}

/* An honest mix of that stage instead of the one that is due. */
static void mix_of(tb_maker_plan *plan, tb_mix_stage *s, uint32_t trustee)
{
	tb_fault fault;

	tb_buf_clear(&plan->payload);
	TB_REQUIRE(tb_mix_make(s, &plan->payload, trustee, &WORK, &fault) == TB_OK);
	tb_mix_stage_free(s);
}

typedef void change_fn(const tb_attack_run *r, uint8_t *list);

static void mix_of_changed(tb_attack_run *r, tb_maker_plan *plan, change_fn *change)
{
	uint8_t list[5 * CIPHERTEXT];
	const tb_mix_list *due = tb_mix_stage_list(stage(r), 0);

	TB_REQUIRE(due->wire_len == sizeof list);
	memcpy(list, due->wire, sizeof list);
	change(r, list);
	mix_of(plan, stage_of(r, tb_mix_stage_number(stage(r)), list), plan->payload.data[1]);
}

static void stuff(const tb_attack_run *r, uint8_t *list)
{
	reencrypt(r, list + 2 * CIPHERTEXT, list + 3 * CIPHERTEXT,
		1); /* one voter's ballot instead of another's */
}

static void other_order(const tb_attack_run *r, uint8_t *list)
{
	(void)r;
	swap(list, list + CIPHERTEXT, CIPHERTEXT);
}

static void of_other_ballots(tb_attack_run *r, tb_maker_plan *plan)
{
	mix_of_changed(r, plan, stuff);
}

static void of_another_order(tb_attack_run *r, tb_maker_plan *plan)
{
	mix_of_changed(r, plan, other_order);
}

/* The ballots, wherever the chain has come to: those of the board, in its order. */
static uint8_t ballots[5 * CIPHERTEXT];

static void keep_ballots(tb_attack_run *r)
{
	TB_REQUIRE(tb_mix_stage_list(stage(r), 0)->wire_len == sizeof ballots);
	memcpy(ballots, tb_mix_stage_list(stage(r), 0)->wire, sizeof ballots);
}

/* Mix 2 of the ballots themselves: what trustee 1 has done is undone. */
static void past_the_chain(tb_attack_run *r, tb_maker_plan *plan)
{
	mix_of(plan, stage_of(r, 1, ballots), 2);
}

static void numbered_one_again(tb_attack_run *r, tb_maker_plan *plan)
{
	mix_of(plan, stage_of(r, 0, ballots), 2);
}

static void after_keeping(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	keep_ballots(r);
	tb_maker_mix(r->m, 1);
	tb_maker_mix(r->m, 2);
	tb_maker_decrypt(r->m, 1);
	tb_maker_decrypt(r->m, 2);
	tb_maker_result(r->m);
}

/* ---- changing what comes out ---- */

/* Cuts out or doubles the bytes of one output; the proof stays as it is. */
static void one_less(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *at = outputs(plan);

	(void)r;
	memmove(at, at + CIPHERTEXT, plan->payload.len - MIX_HEAD - CIPHERTEXT);
	plan->payload.len -= CIPHERTEXT;
}

static void one_more(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t room[CIPHERTEXT] = {0};
	size_t len = plan->payload.len;

	tb_buf_append(&plan->payload, room, sizeof room);
	memmove(outputs(plan) + CIPHERTEXT, outputs(plan), len - MIX_HEAD);
	reencrypt(r, outputs(plan), outputs(plan) + CIPHERTEXT, 2);
}

static void one_twice(tb_attack_run *r, tb_maker_plan *plan)
{
	reencrypt(r, outputs(plan), outputs(plan) + CIPHERTEXT, 3);
}

/* An encryption of the identity, which ranks nobody, of the mixer's own making. */
static void one_replaced(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t nothing[CIPHERTEXT] = {0};

	reencrypt(r, outputs(plan) + CIPHERTEXT, nothing, 4);
}

static void message_shifted(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	shift(outputs(plan) + POINT, false);
}

/* Both shifts cancel in the sum of all. */
static void shifted_and_back(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	shift(outputs(plan) + POINT, false);
	shift(outputs(plan) + CIPHERTEXT + POINT, true);
}

static void in_the_order_of_another(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	swap(outputs(plan), outputs(plan) + CIPHERTEXT, CIPHERTEXT);
}

static void another_mixer(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_fault fault;

	tb_buf_clear(&plan->payload);
	TB_REQUIRE(tb_mix_make(stage(r), &plan->payload, 3, &WORK, &fault) == TB_OK);
	plan->payload.data[1] = 1;
}

/* The earlier mix as it is, under one's own name and number. */
static void the_first_again(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_buf *bytes = &r->m->entries[r->m->num_entries - 1];
	tb_buf room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
		   e.type == TB_ENTRY_MIX);
	tb_buf_clear(&plan->payload);
	tb_buf_append(&plan->payload, e.payload, e.payload_len);
	plan->payload.data[1] = plan->payload.data[2] = 2;
	tb_buf_release(&room);
}

static void nothing_done(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_mix_list *list = tb_mix_stage_list(stage(r), 0);

	memcpy(outputs(plan), list->wire, list->wire_len);
}

static void only_permuted(tb_attack_run *r, tb_maker_plan *plan)
{
	nothing_done(r, plan);
	in_the_order_of_another(r, plan);
}

static void one_not_reencrypted(tb_attack_run *r, tb_maker_plan *plan)
{
	memcpy(outputs(plan), tb_mix_stage_list(stage(r), 0)->wire, CIPHERTEXT);
}

static void one_decrypted(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(outputs(plan), 0, POINT);
}

static void no_point(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(outputs(plan) + POINT, 0xff, POINT);
}

static void response_not_reduced(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(plan->payload.data + plan->payload.len - 32, 0xff, 32);
}

static void another_version(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[0] = 2;
}

static void anothers_number(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[1] = 2;
}

/* ---- when ---- */

static void finish(tb_attack_run *r)
{
	tb_maker_decrypt(r->m, 1);
	tb_maker_decrypt(r->m, 2);
	tb_maker_result(r->m);
}

/* Nothing more: what comes after a mix that cannot be read is not judged [CHECK.RECOVERY]. */
static void one_mix(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	tb_maker_mix(r->m, 1);
}

static void mixes_twice(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	tb_maker_mix(r->m, 1);
	tb_attack_here(r);
	tb_maker_mix(r->m, 1);
	tb_maker_mix(r->m, 2);
	finish(r);
}

static void mixes_too_soon(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	tb_maker_endorse(r->m, 0);
	tb_maker_endorse(r->m, 1);
	tb_attack_here(r);
	tb_maker_mix(r->m, 1);
	tb_maker_endorse(r->m, 2);
	tb_maker_endorse(r->m, 3);
	tb_maker_mix(r->m, 2);
	finish(r);
}

static void three_mixes(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_mixed(r->m);
	tb_attack_here(r);
	tb_maker_mix(r->m, 3);
	finish(r);
}

static void post_bytes(tb_maker *m, tb_entry_type type, const char *signer)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, type, signer);
	tb_buf_u8(&plan.payload, 1);
	tb_buf_u8(&plan.payload, 1);
	tb_buf_u8(&plan.payload, 1);
	tb_maker_post(m, &plan);
}

static void nothing_to_mix(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	tb_attack_here(r);
	post_bytes(r->m, TB_ENTRY_MIX, "trustee/1");
	finish(r);
}

static void decrypts_after_one(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	tb_maker_mix(r->m, 1);
	tb_attack_here(r);
	post_bytes(r->m, TB_ENTRY_DECRYPT, "trustee/1");
	tb_maker_mix(r->m, 2);
	finish(r);
}

/* ---- related ciphertexts of two elements ---- */

/* 44 people, who need two. */
static void wide(void *arg, tb_manifest *f)
{
	tb_question *q = &f->questions[CHAIRS];
	char name[16];

	(void)arg;
	q->options = realloc(q->options, 44 * sizeof *q->options);
	TB_REQUIRE(q->options != NULL);
	for (; q->num_options < 44; q->num_options++) {
		tb_option *o = &q->options[q->num_options];

		(void)snprintf(name, sizeof name, "person-%u", q->num_options);
		memset(o, 0, sizeof *o);
		o->id = strdup(name);
		o->label = strdup(name);
		o->text = strdup("");
		o->link = strdup("");
		TB_REQUIRE(o->id != NULL && o->label != NULL && o->text != NULL && o->link != NULL);
	}
}

/* A_1 B_1 A_2 B_2 T_1 T_2 z_1 z_2 of the voter before. */
static void read_victim(const tb_maker *m, uint8_t part[8 * POINT])
{
	const tb_buf *bytes = &m->entries[m->num_entries - 1];
	tb_buf room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
		   e.type == TB_ENTRY_BALLOT && tb_election_params_part_len(m->params, CHAIRS) == 8 * POINT);
	memcpy(part, e.payload + e.payload_len - 8 * POINT, 8 * POINT);
	tb_buf_release(&room);
}

static void whole_copied(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->is_signed = false;
	read_victim(r->m, tb_attack_part(r->m, plan, CHAIRS));
}

/* The second element with all of its proof; the first is one's own. */
static void second_copied(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t victim[8 * POINT], *own = tb_attack_part(r->m, plan, CHAIRS);

	plan->is_signed = false;
	read_victim(r->m, victim);
	memcpy(own + 2 * POINT, victim + 2 * POINT, CIPHERTEXT);
	memcpy(own + 5 * POINT, victim + 5 * POINT, POINT);
	memcpy(own + 7 * POINT, victim + 7 * POINT, POINT);
}

static void second_rerandomised(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *own = tb_attack_part(r->m, plan, CHAIRS);

	second_copied(r, plan);
	reencrypt(r, own + 2 * POINT, own + 2 * POINT, 5);
}

#define RIGHT(case_id, words, how, ...)                                                                      \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "nobody", .type = TB_ENTRY_CANCEL,             \
		.make = (how), .until = TB_UNTIL_RESULT, .config = {                                         \
			RANKED,                                                                              \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}
/* An entry that is changed, the first or second mix. */
#define MIX(case_id, words, broken, place, number, how)                                                      \
	MIXED(case_id, words, broken, place, number, how, NULL)
#define LOST(case_id, words, broken, place, how) MIXED(case_id, words, broken, place, 0, how, one_mix)
#define MIXED(case_id, words, broken, place, number, how, making)                                            \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "trustee", .check = TB_CHECK_MIXES,            \
		.rule = (broken), .where = (place), .num = 1, .type = TB_ENTRY_MIX, .which = (number),       \
		.edit = (how), .make = (making), .until = TB_UNTIL_RESULT, .config = {                       \
			RANKED                                                                               \
		}                                                                                            \
	}
/* The second mix, of one who remembers the ballots. */
#define CHAIN(case_id, words, broken, place, how)                                                            \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "trustee", .check = TB_CHECK_MIXES,            \
		.rule = (broken), .where = (place), .type = TB_ENTRY_MIX, .which = 1, .edit = (how),         \
		.num = 1, .make = after_keeping, .config = {                                                 \
			RANKED                                                                               \
		}                                                                                            \
	}
#define WHEN(case_id, words, number, broken, place, how, ...)                                                \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "trustee", .check = (number),                  \
		.rule = (broken), .where = (place), .num = 1, .type = TB_ENTRY_CANCEL, .make = (how),        \
		.config = {                                                                                  \
			.small = true,                                                                       \
			.num_endorsers = 1,                                                                  \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}
#define WIDE(case_id, words, how)                                                                            \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "voter", .check = TB_CHECK_BALLOT_PROOFS,      \
		.rule = "RANK.VERIFY", .num = 1, .type = TB_ENTRY_BALLOT, .which = 1, .edit = (how),         \
		.until = TB_UNTIL_CLOSE, .config = {                                                         \
			RANKED,                                                                              \
			.edit = wide                                                                         \
		}                                                                                            \
	}
const tb_attack tb_attacks_mix[] = {
	RIGHT("OK-ranked", "nothing: a ranked question beside another", NULL, .revote = 9),
	RIGHT("OK-wide", "nothing: rankings of 44 people", NULL, .edit = wide),
	MIX("S-02a", "a mix of other ballots than those that count", "SHUFFLE.VERIFY", NULL, 0,
		of_other_ballots),
	MIX("S-02b", "a mix of the ballots in another order than that of the list", "SHUFFLE.VERIFY", NULL, 0,
		of_another_order),
	LOST("S-03a", "one ballot less comes out", "MIX", NULL, one_less),
	LOST("S-03b", "one ballot more comes out", "MIX", NULL, one_more),
	MIX("S-04", "one ballot comes out twice, re-encrypted, and another not at all", "SHUFFLE.VERIFY",
		NULL, 0, one_twice),
	MIX("S-05a", "a ballot replaced by one of the mixer's", "SHUFFLE.VERIFY", NULL, 0, one_replaced),
	MIX("S-05b", "the message of a ballot changed", "SHUFFLE.VERIFY", NULL, 1, message_shifted),
	MIX("S-05c", "two messages changed so that their sum stays", "SHUFFLE.VERIFY", NULL, 1,
		shifted_and_back),
	MIX("S-05d", "another order than that of the proof", "SHUFFLE.VERIFY", NULL, 1,
		in_the_order_of_another),
	MIX("S-06", "another trustee's mix under one's own name", "SHUFFLE.VERIFY", NULL, 0, another_mixer),
	MIX("S-09a", "the first mix again as the second", "MIX.FRESH", NULL, 1, the_first_again),
	WHEN("S-09b", "one trustee mixes twice", TB_CHECK_MIXES, "MIX.WHEN", "signer", mixes_twice,
		.ranked = true),
	MIX("S-10a", "what comes out is what went in", "MIX.FRESH", NULL, 0, nothing_done),
	MIX("S-10b", "permuted, but not re-encrypted", "MIX.FRESH", NULL, 1, only_permuted),
	MIX("S-10c", "one ballot not re-encrypted", "MIX.FRESH", NULL, 1, one_not_reencrypted),
	MIX("S-10d", "a ballot comes out that everybody can read", "MIX.FRESH", NULL, 1, one_decrypted),
	CHAIN("S-11a", "the second mix is one of the ballots, past the first", "SHUFFLE.VERIFY", NULL,
		past_the_chain),
	CHAIN("S-11b", "the same, and numbered as the first", "MIX.WHEN", NULL, numbered_one_again),
	WIDE("S-13a", "another voter's ranking of two elements", whole_copied),
	WIDE("S-13b", "another voter's second element with its proof", second_copied),
	WIDE("S-13c", "the same, re-randomised", second_rerandomised),
	WHEN("S-14a", "a decryption after one mix of two", TB_CHECK_SHARES, "DECRYPT.LIST", NULL,
		decrypts_after_one, .ranked = true),
	WHEN("S-14b", "one mix more than the manifest says", TB_CHECK_MIXES, "MIX.WHEN", "type", three_mixes,
		.ranked = true),
	WHEN("S-14c", "a mix before enough endorsements", TB_CHECK_MIXES, "MIX.WHEN", NULL, mixes_too_soon,
		.ranked = true),
	WHEN("S-14d", "a mix where nothing is ranked", TB_CHECK_MIXES, "MIX.WHEN", "type", nothing_to_mix, 0),
	LOST("S-15a", "bytes that are no point come out", "SHUFFLE.VERIFY", NULL, no_point),
	MIX("S-15b", "a response that is not reduced", "SHUFFLE.VERIFY", NULL, 0, response_not_reduced),
	MIX("S-15c", "a mix of another version", "MIX", NULL, 0, another_version),
	MIX("S-15d", "a mix that says that another trustee made it", "MIX", NULL, 0, anothers_number),
	{.id = NULL},
};
