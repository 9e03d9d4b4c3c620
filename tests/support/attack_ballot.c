/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"
#include "tests/support/attack.h"
#include "tests/support/fixture.h"

/* E: ballots, but their proofs.  U-01, U-09: ballots at the wrong place and time. */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}

/* A second question of the same shape as the first. */
static void twice(void *arg, tb_manifest *f)
{
	(void)arg;
	f->num_questions = 2;
	f->questions[1].method = f->questions[0].method;
	f->questions[1].min = 0;
	f->questions[1].max = 1;
	f->questions[1].blank = false;
	f->questions[1].winners = 1;
	f->questions[1].quorum = f->questions[0].quorum;
	f->questions[1].approval = f->questions[0].approval;
	for (uint32_t i = 2; i < f->questions[1].num_options; i++) {
		tb_option *o = &f->questions[1].options[i];

		free(o->id);
		free(o->label);
		free(o->text);
		free(o->link);
	}
	f->questions[1].num_options = 2;
}

#define TWICE                                                                                                \
	{                                                                                                    \
		.num_endorsers = 1, .edit = twice                                                            \
	}

/* ---- points ---- */

static void swap_bytes(uint8_t *a, uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t t = a[i];

		a[i] = b[i];
		b[i] = t;
	}
}

static void identity_a(tb_attack_run *r, tb_maker_plan *plan)
{
	memset(tb_attack_part(r->m, plan, 0), 0, 32);
	plan->is_signed = false;
}

static void repeated_a(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *part = tb_attack_part(r->m, plan, 0);

	memcpy(part + 64, part, 32);
	plan->is_signed = false;
}

static void repeated_a_across_questions(tb_attack_run *r, tb_maker_plan *plan)
{
	memcpy(tb_attack_part(r->m, plan, 1), tb_attack_part(r->m, plan, 0), 32);
	plan->is_signed = false;
}

static void swap_options(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *part = tb_attack_part(r->m, plan, 0);

	swap_bytes(part, part + 64, 64);
	plan->is_signed = false;
}

static void swap_questions(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *one = tb_attack_part(r->m, plan, 0), *two = tb_attack_part(r->m, plan, 1);

	swap_bytes(one, two, (size_t)(two - one));
	plan->is_signed = false;
}

/* E_1 + (s*g, s*h): the same vote, so that it looks like a new ballot. */
static void rerandomise(const tb_maker *m, uint8_t *pair)
{
	const tb_group *g = m->manifest.group;
	tb_scalar s;
	tb_point shift, p;

	tb_fixture_scalar(g, &s, "re-randomise", 0);
	for (int i = 0; i < 2; i++) {
		tb_point_generator(g, &shift);
		tb_point_mul_public(g, &shift, &s, i == 0 ? &shift : tb_election_params_h(m->params));
		TB_REQUIRE(tb_point_parse(g, &p, pair + 32 * i) == TB_OK);
		tb_point_add(g, &p, &p, &shift);
		tb_point_write(g, pair + 32 * i, &p);
	}
}

/* B_1 + d*g: a vote that is larger by d, under the old proof. */
static void add_votes(const tb_maker *m, uint8_t *b, uint64_t d, bool negative)
{
	const tb_group *g = m->manifest.group;
	tb_point p, q;
	tb_scalar s;

	tb_scalar_set_u64(g, &s, d);
	if (negative)
		tb_scalar_neg(g, &s, &s);
	tb_point_generator(g, &q);
	tb_point_mul_public(g, &q, &s, &q);
	TB_REQUIRE(tb_point_parse(g, &p, b) == TB_OK);
	tb_point_add(g, &p, &p, &q);
	tb_point_write(g, b, &p);
}

static void one_more_vote(tb_attack_run *r, tb_maker_plan *plan)
{
	add_votes(r->m, tb_attack_part(r->m, plan, 0) + 32, 1, false);
	plan->is_signed = false;
}

static void ten_points_more(tb_attack_run *r, tb_maker_plan *plan)
{
	add_votes(r->m, tb_attack_part(r->m, plan, 2) + 32, 10, false);
	plan->is_signed = false;
}

static void rerandomise_own(tb_attack_run *r, tb_maker_plan *plan)
{
	rerandomise(r->m, tb_attack_part(r->m, plan, 0));
	plan->is_signed = false;
}

/* ---- copies ---- */

/* The payload of the ballot in the latest entry. */
static void latest_payload(const tb_maker *m, tb_buf *out)
{
	const tb_buf *bytes = &m->entries[m->num_entries - 1];
	tb_buf room;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
		   e.type == TB_ENTRY_BALLOT);
	tb_buf_clear(out);
	tb_buf_append(out, e.payload, e.payload_len);
	tb_buf_release(&room);
}

/* The parts of the ballot before this one, in a head of one's own. */
static void copy_parts(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_buf other;
	uint8_t *mine = tb_attack_part(r->m, plan, 0);
	size_t len = (size_t)(plan->payload.data + plan->payload.len - mine);

	tb_buf_init(&other, 1 << 20);
	latest_payload(r->m, &other);
	memcpy(mine, other.data + other.len - len, len);
	tb_buf_release(&other);
	plan->is_signed = false;
}

static void copy_parts_rerandomised(tb_attack_run *r, tb_maker_plan *plan)
{
	copy_parts(r, plan);
	rerandomise(r->m, tb_attack_part(r->m, plan, 0));
}

/* Every byte of another voter's payload, signed as one's own. */
static void copy_all(tb_attack_run *r, tb_maker_plan *plan)
{
	latest_payload(r->m, &plan->payload);
	plan->is_signed = false;
}

static void as_another_voter(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)snprintf(plan->signer, sizeof plan->signer, "voter/%s", r->m->voters[4].id);
}

/* This voter's own ballot of another election, where the same key is on the roll. */
static void from_another_election(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_maker_plan there;

	tb_attack_other(r);
	tb_maker_plan_vote(r->other, 1, &there);
	tb_buf_release(&plan->payload);
	plan->payload = there.payload;
	memcpy(plan->signature, there.signature, sizeof plan->signature);
}

/* The same, under a head for this election and signed anew. */
static void parts_from_another_election(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *mine = tb_attack_part(r->m, plan, 0);
	size_t len = (size_t)(plan->payload.data + plan->payload.len - mine);
	tb_maker_plan there;

	tb_attack_other(r);
	tb_maker_plan_vote(r->other, 1, &there);
	memcpy(mine, there.payload.data + there.payload.len - len, len);
	tb_buf_release(&there.payload);
	plan->is_signed = false;
}

/* ---- numbers of things ---- */

static void no_parts(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->payload.len = (size_t)(tb_attack_part(r->m, plan, 0) - plan->payload.data);
	plan->payload.data[plan->payload.len - 1] = 0;
	plan->is_signed = false;
}

static void one_question_less(tb_attack_run *r, tb_maker_plan *plan)
{
	*(tb_attack_part(r->m, plan, 0) - 1) = 2;
	plan->payload.len = (size_t)(tb_attack_part(r->m, plan, 2) - plan->payload.data);
	plan->is_signed = false;
}

static void one_question_twice(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *last = tb_attack_part(r->m, plan, 2);
	size_t len = (size_t)(plan->payload.data + plan->payload.len - last);
	uint8_t copy[8192];

	*(tb_attack_part(r->m, plan, 0) - 1) = 4;
	TB_REQUIRE(len <= sizeof copy);
	memcpy(copy, last, len);
	tb_buf_append(&plan->payload, copy, len);
	plan->is_signed = false;
}

static void one_ciphertext_more(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *part = tb_attack_part(r->m, plan, 0);
	size_t at = (size_t)(part - plan->payload.data), rest = plan->payload.len - at;
	uint8_t pair[64];

	memcpy(pair, part, 64);
	TB_REQUIRE(tb_buf_extend(&plan->payload, 64) != NULL);
	memmove(plan->payload.data + at + 64, plan->payload.data + at, rest);
	memcpy(plan->payload.data + at, pair, 64);
	plan->is_signed = false;
}

static void other_version(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[0] = 2;
	plan->is_signed = false;
}

/* ---- signatures ---- */

static void key_of_another_voter(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->is_signed = false;
	plan->key = r->m->voters[3].keys.sign;
}

static void no_signature(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(plan->signature, 0, sizeof plan->signature);
}

static void signed_without_context(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->is_signed = false;
	plan->binding.has_context = false;
}

/* ---- the head: prev, date, checkpoint ---- */

/* u8, u8, id, then prev, date, checkpoint size and root. */
static uint8_t *head(tb_maker_plan *plan)
{
	return plan->payload.data + 2 + plan->payload.data[1];
}

static void prev_of_nobody(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	head(plan)[0] = 1;
	plan->is_signed = false;
}

static void date_of_yesterday(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_store_u64(head(plan) + 32, plan->time - 86400);
	plan->is_signed = false;
}

static void date_between_granules(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_store_u64(head(plan) + 32, plan->time + 1);
	plan->is_signed = false;
}

/* The server stops its clock: the voter signs the true time two hours later, the entry says otherwise. */
static void frozen_clock(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_store_u64(head(plan) + 32, plan->time + 7200);
	plan->is_signed = false;
}

static void checkpoint_of_the_future(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_store_u64(head(plan) + 40, tb_board_size(r->m->board) + 1);
	plan->is_signed = false;
}

static void checkpoint_before_the_opening(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t root[32];
	uint64_t size = tb_board_open_index(r->m->board);

	TB_REQUIRE(tb_board_root_at(r->m->board, size, root) == TB_OK);
	tb_store_u64(head(plan) + 40, size);
	memcpy(head(plan) + 48, root, 32);
	plan->is_signed = false;
}

static void checkpoint_of_a_fork(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	head(plan)[48] ^= 1;
	plan->is_signed = false;
}

/* ---- at the wrong place ---- */

/* Voter 1 votes, then again; somebody posts the first ballot once more. */
static void replay_after_revote(tb_attack_run *r)
{
	tb_buf first;
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	tb_maker_vote(m, 1);
	tb_buf_init(&first, TB_ENTRY_MAX_BYTES);
	tb_buf_append(&first, m->entries[m->num_entries - 1].data, m->entries[m->num_entries - 1].len);
	tb_maker_vote(m, 1);
	tb_attack_here(r);
	tb_maker_append(m, first.data, first.len);
	tb_buf_release(&first);
	tb_maker_vote(m, 2);
	tb_maker_close(m);
}

/* The server says "failed", keeps the ballot, and posts it after the one that the voter then made. */
static void withheld(tb_attack_run *r)
{
	tb_maker_plan kept;
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	tb_maker_plan_vote(m, 1, &kept);
	tb_maker_vote(m, 1);
	tb_attack_here(r);
	tb_maker_post(m, &kept);
	tb_maker_close(m);
}

static void never(void *arg, tb_manifest *f)
{
	(void)arg;
	f->revote = TB_REVOTE_NEVER;
}

static void second_ballot(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_vote(r->m, 0);
	tb_attack_here(r);
	tb_maker_vote(r->m, 0);
	tb_maker_close(r->m);
}

#define BALLOT(case_id, words, who, number, broken, place, how, end, ...)                                    \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = (who), .check = (number), .rule = (broken),    \
		.where = (place), .num = 1, .type = TB_ENTRY_BALLOT, .which = 1, .edit = (how),              \
		.until = (end), .config = __VA_ARGS__                                                        \
	}

const tb_attack tb_attacks_ballot[] = {
	BALLOT("E-02", "r = 0: the first ciphertext is the vote itself", "voter", TB_CHECK_BALLOTS,
		"BALLOT.POINTS", NULL, identity_a, TB_UNTIL_CLOSE, SMALL),
	BALLOT("E-03a", "one ciphertext more than options", "voter", TB_CHECK_BALLOTS, "BALLOT.PAYLOAD", NULL,
		one_ciphertext_more, TB_UNTIL_CLOSE, SMALL),
	BALLOT("E-03b", "no question answered at all", "voter", TB_CHECK_BALLOTS, "BALLOT.PAYLOAD", NULL,
		no_parts, TB_UNTIL_CLOSE, SMALL),
	BALLOT("E-04a", "a question left out", "voter", TB_CHECK_BALLOTS, "BALLOT.PAYLOAD", NULL,
		one_question_less, TB_UNTIL_CLOSE, {.num_endorsers = 1}),
	BALLOT("E-04b", "a question answered twice", "voter", TB_CHECK_BALLOTS, "BALLOT.PAYLOAD", NULL,
		one_question_twice, TB_UNTIL_CLOSE, {.num_endorsers = 1}),
	BALLOT("E-04c", "an unknown version of the payload", "voter", TB_CHECK_BALLOTS, "BALLOT.PAYLOAD",
		NULL, other_version, TB_UNTIL_CLOSE, SMALL),
	BALLOT("E-07", "the ciphertexts of two options exchanged", "voter", TB_CHECK_BALLOT_PROOFS,
		"BALLOT.VERIFY", NULL, swap_options, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-08", "the parts of two questions of the same shape exchanged", "voter",
		TB_CHECK_BALLOT_PROOFS, "BALLOT.VERIFY", NULL, swap_questions, TB_UNTIL_RESULT, TWICE),
	BALLOT("E-09a", "another voter's ciphertexts and proof, in a ballot of one's own", "voter",
		TB_CHECK_BALLOT_PROOFS, "BALLOT.VERIFY", NULL, copy_parts, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-09b", "the same, re-randomised", "voter", TB_CHECK_BALLOT_PROOFS, "BALLOT.VERIFY", NULL,
		copy_parts_rerandomised, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-09c", "another voter's whole payload, signed as one's own", "voter", TB_CHECK_BALLOTS,
		"BALLOT.PAYLOAD", "payload.voter", copy_all, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-10", "one's own ballot re-randomised under the old proof", "anybody who holds the key",
		TB_CHECK_BALLOT_PROOFS, "BALLOT.VERIFY", NULL, rerandomise_own, TB_UNTIL_RESULT, SMALL),
	{.id = "E-11a",
		.text = "the voter's ballot of another election",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.CHECKPOINT",
		.num = 2,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = from_another_election,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	BALLOT("E-11b", "the proof of another election in a ballot for this one", "voter",
		TB_CHECK_BALLOT_PROOFS, "BALLOT.VERIFY", NULL, parts_from_another_election, TB_UNTIL_CLOSE,
		SMALL),
	BALLOT("E-14", "a vote of 2 under the proof for 1 or 0", "voter", TB_CHECK_BALLOT_PROOFS,
		"BALLOT.VERIFY", NULL, one_more_vote, TB_UNTIL_CLOSE, SMALL),
	BALLOT("E-16", "ten points more than the scale has", "voter", TB_CHECK_BALLOT_PROOFS, "BALLOT.VERIFY",
		NULL, ten_points_more, TB_UNTIL_CLOSE, {.num_endorsers = 1}),
	BALLOT("E-17a", "a ballot signed by another voter", "voter", TB_CHECK_BALLOT_SIGNATURES,
		"ENTRY.SIGNATURE", NULL, key_of_another_voter, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-17b", "a ballot without signature", "server", TB_CHECK_BALLOT_SIGNATURES, "ENTRY.SIGNATURE",
		NULL, no_signature, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-17c", "a signature that leaves the context out", "voter", TB_CHECK_BALLOT_SIGNATURES,
		"ENTRY.SIGNATURE", NULL, signed_without_context, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-17d", "one voter's signed ballot in another's name", "server", TB_CHECK_BALLOTS,
		"BALLOT.PAYLOAD", "payload.voter", as_another_voter, TB_UNTIL_RESULT, SMALL),
	BALLOT("E-18a", "two equal A in one question", "voter", TB_CHECK_BALLOTS, "BALLOT.POINTS", NULL,
		repeated_a, TB_UNTIL_CLOSE, SMALL),
	BALLOT("E-18b", "one A in two questions", "voter", TB_CHECK_BALLOTS, "BALLOT.POINTS", NULL,
		repeated_a_across_questions, TB_UNTIL_CLOSE, {.num_endorsers = 1}),
	{.id = "U-01a",
		.text = "a voter's earlier ballot posted again after a later one",
		.attacker = "anybody",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.PREV",
		.where = "payload.prev",
		.num = 1,
		.make = replay_after_revote,
		.config = SMALL},
	{.id = "U-01b",
		.text = "a ballot that the server withheld, posted after the voter's next one",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.PREV",
		.where = "payload.prev",
		.num = 1,
		.make = withheld,
		.config = SMALL},
	BALLOT("U-01c", "a first ballot that claims a predecessor", "voter", TB_CHECK_BALLOTS, "BALLOT.PREV",
		"payload.prev", prev_of_nobody, TB_UNTIL_RESULT, SMALL),
	{.id = "U-01d",
		.text = "a second ballot where only the first is allowed",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.COUNTED",
		.where = "signer",
		.num = 1,
		.make = second_ballot,
		.config = {.small = true, .edit = never}},
	BALLOT("U-01e", "a checkpoint that did not exist yet", "voter", TB_CHECK_BALLOTS, "BALLOT.CHECKPOINT",
		"payload.checkpoint.size", checkpoint_of_the_future, TB_UNTIL_RESULT, SMALL),
	BALLOT("U-01f", "a checkpoint from before the opening", "voter", TB_CHECK_BALLOTS,
		"BALLOT.CHECKPOINT", "payload.checkpoint.size", checkpoint_before_the_opening,
		TB_UNTIL_RESULT, SMALL),
	BALLOT("U-04a", "a voter to whom another history was shown", "server showing two boards",
		TB_CHECK_BALLOTS, "BALLOT.CHECKPOINT", "payload.checkpoint.root", checkpoint_of_a_fork,
		TB_UNTIL_RESULT, SMALL),
	BALLOT("U-09a", "the server's clock stopped two hours ago", "server", TB_CHECK_BALLOTS, "BALLOT.DATE",
		"payload.date", frozen_clock, TB_UNTIL_RESULT, SMALL),
	BALLOT("U-09b", "a ballot dated yesterday", "voter or server", TB_CHECK_BALLOTS, "BALLOT.DATE",
		"payload.date", date_of_yesterday, TB_UNTIL_RESULT, SMALL),
	BALLOT("U-09c", "a date more exact than the manifest allows", "voter", TB_CHECK_BALLOTS,
		"BALLOT.DATE", "payload.date", date_between_granules, TB_UNTIL_RESULT, SMALL),
	{0},
};
