/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/support/attack.h"
#include "tests/support/fixture.h"

/* What the groups B, D and E are for ranked questions: the manifest, the roll, and rankings in ballots. */

/* A referendum, and "chairs", a ranking of five people in one element. */
#define RANKED                                                                                               \
	{                                                                                                    \
		.small = true, .ranked = true, .num_endorsers = 1                                            \
	}
enum { REFERENDUM, CHAIRS };
enum { PART = 128, AT_B = 32, AT_T = 64 }; /* A || B || T || z */

static uint8_t *ranking(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->is_signed = false; /* whatever is done to it, its voter signs it */
	return tb_attack_part(r->m, plan, CHAIRS);
}

/* The ranking of the ballot before this one: the last part of it. */
static void read_victim(const tb_maker *m, uint8_t part[PART])
{
	const tb_buf *bytes = &m->entries[m->num_entries - 1];
	tb_buf room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
		   e.type == TB_ENTRY_BALLOT && e.payload_len > PART);
	memcpy(part, e.payload + e.payload_len - PART, PART);
	tb_buf_release(&room);
}

/* point += s*base */
static void shift(uint8_t *wire, const tb_scalar *s, const tb_point *base)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point p, step;

	TB_REQUIRE(tb_point_parse(g, &p, wire) == TB_OK);
	tb_point_mul_public(g, &step, s, base);
	tb_point_add(g, &p, &p, &step);
	tb_point_write(g, wire, &p);
}

static void rerandomise(const tb_maker *m, uint8_t *part)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator;
	tb_scalar s;

	tb_point_generator(g, &generator);
	tb_fixture_scalar(g, &s, "re-randomise", 1);
	shift(part, &s, &generator);
	shift(part + AT_B, &s, tb_election_params_h(m->params));
}

static void identity_a(tb_attack_run *r, tb_maker_plan *plan)
{
	memset(ranking(r, plan), 0, 32);
}

static void no_point(tb_attack_run *r, tb_maker_plan *plan)
{
	memset(ranking(r, plan) + AT_B, 0xff, 32);
}

static void one_element_more(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t copy[PART];

	memcpy(copy, ranking(r, plan), PART);
	tb_buf_append(&plan->payload, copy, PART);
}

static void copied(tb_attack_run *r, tb_maker_plan *plan)
{
	read_victim(r->m, ranking(r, plan));
}

/* Under the victim's proof. */
static void copied_and_rerandomised(tb_attack_run *r, tb_maker_plan *plan)
{
	copied(r, plan);
	rerandomise(r->m, ranking(r, plan));
}

/* Under one's own proof, which is of another randomness. */
static void ciphertext_copied(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t victim[PART];

	read_victim(r->m, victim);
	memcpy(ranking(r, plan), victim, AT_T);
}

static void own_rerandomised(tb_attack_run *r, tb_maker_plan *plan)
{
	rerandomise(r->m, ranking(r, plan));
}

static void of_another_election(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_maker_plan there;

	tb_attack_other(r);
	tb_maker_plan_vote(r->other, 1, &there);
	memcpy(ranking(r, plan), tb_attack_part(r->other, &there, CHAIRS), PART);
	tb_buf_release(&there.payload);
}

/* B + g holds another element with another ranking, or none: the randomness is the same, so only the challenge can tell. */
static void another_message(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point generator;
	tb_scalar one;

	tb_point_generator(g, &generator);
	tb_scalar_set_u64(g, &one, 1);
	shift(ranking(r, plan) + AT_B, &one, &generator);
}

static void a_of_the_referendum(tb_attack_run *r, tb_maker_plan *plan)
{
	memcpy(ranking(r, plan), tb_attack_part(r->m, plan, REFERENDUM), 32);
}

#define MANIFEST(case_id, words, place, before, after)                                                       \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "admin", .check = TB_CHECK_MANIFEST,           \
		.rule = "RANK.MANIFEST", .where = (place), .type = TB_ENTRY_MANIFEST, .from = (before),      \
		.to = (after), .until = TB_UNTIL_MANIFEST, .config = RANKED                                  \
	}
#define BALLOT(case_id, words, number, broken, how)                                                          \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "voter", .check = (number), .rule = (broken),  \
		.num = 1, .type = TB_ENTRY_BALLOT, .which = 1, .edit = (how), .until = TB_UNTIL_CLOSE,       \
		.config = RANKED                                                                             \
	}

const tb_attack tb_attacks_ranked[] = {
	MANIFEST("B-01c", "rankings in a group that cannot carry them", "payload.group", "\"ristretto255\"",
		"\"modp4096\""),
	MANIFEST("B-08c", "fewer mixes than trustees who can decrypt", "payload.mixes", "\"mixes\":2",
		"\"mixes\":1"),
	MANIFEST("B-08d", "more mixes than trustees", "payload.mixes", "\"mixes\":2", "\"mixes\":4"),
	MANIFEST("B-08e", "no mixes, and a ranked question", "payload.mixes", "\"mixes\":2,", ""),
	MANIFEST("B-10e", "a method of counting without its version", "payload.questions[1].count.method",
		"scottish-stv-2007", "scottish-stv"),
	MANIFEST("B-10f", "equal ranks for a method that knows none", "payload.questions[1].count.equal",
		"\"equal\":false", "\"equal\":true"),
	{.id = "D-06",
		.text = "a weight of two where ballots will be public",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "RANK.ROLL",
		.type = TB_ENTRY_ROLL,
		.from = ",1,\"",
		.to = ",2,\"",
		.until = TB_UNTIL_ROLL,
		.config = RANKED},
	BALLOT("E-02b", "r = 0 in a ranking: everybody can read it", TB_CHECK_BALLOTS, "BALLOT.POINTS",
		identity_a),
	BALLOT("E-02c", "bytes in a ranking that are no element", TB_CHECK_BALLOTS, "BALLOT.POINTS",
		no_point),
	BALLOT("E-03c", "one element more than the ranking has", TB_CHECK_BALLOTS, "BALLOT.PAYLOAD",
		one_element_more),
	BALLOT("E-09d", "another voter's ranking with its proof", TB_CHECK_BALLOT_PROOFS, "RANK.VERIFY",
		copied),
	BALLOT("E-09e", "the same, re-randomised", TB_CHECK_BALLOT_PROOFS, "RANK.VERIFY",
		copied_and_rerandomised),
	BALLOT("E-09f", "another voter's ranking under a proof of one's own", TB_CHECK_BALLOT_PROOFS,
		"RANK.VERIFY", ciphertext_copied),
	BALLOT("E-10b", "one's own ranking re-randomised under the old proof", TB_CHECK_BALLOT_PROOFS,
		"RANK.VERIFY", own_rerandomised),
	BALLOT("E-12e", "the ranking and its proof from another election", TB_CHECK_BALLOT_PROOFS,
		"RANK.VERIFY", of_another_election),
	BALLOT("E-14e", "another message on the same randomness", TB_CHECK_BALLOT_PROOFS, "RANK.VERIFY",
		another_message),
	BALLOT("E-18c", "one A in a ranking and in a choice", TB_CHECK_BALLOTS, "BALLOT.POINTS",
		a_of_the_referendum),
	{.id = NULL},
};
