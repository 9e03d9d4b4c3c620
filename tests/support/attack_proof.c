/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "crypto/group_modp_constants.h"
#include "tests/support/attack.h"
#include "tests/support/fixture.h"
#include "tests/support/plain_bitproof.h"

/*
 * E, U-06, U-07: proofs made by a prover who does not keep to the protocol (tests/support/plain_bitproof.h).  What each of
 * them deceives, and that the real verifier is not deceived, is shown in tests/attacks/test_forge_bitproof.c; here
 * they stand on a board, signed by their voter.
 */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}

typedef struct forgery {
	const tb_group *g;
	tb_bitproof_definition def;
	plain_statement st;
	plain_proof p;
	plain_witness w;
	plain_coins c;
	tb_bitproof_binding binding; /* what the prover hashes */
	tb_scalar y, x;
} forgery;

static forgery *forgery_new(tb_attack_run *r, const tb_maker_plan *plan, uint32_t question)
{
	const tb_maker *m = r->m;
	forgery *f = calloc(1, sizeof *f);

	TB_REQUIRE(f != NULL);
	f->g = m->manifest.group;
	f->def = *tb_election_params_definition(m->params, question);
	plain_statement_init(&f->st, tb_election_params_key(m->params), &f->def);
	plain_proof_init(&f->p, &f->st);
	for (size_t i = 0; i < f->def.num_options; i++)
		tb_fixture_scalar(f->g, &f->w.r[i], "forgery r", i);
	for (size_t j = 0; j < f->def.num_bits; j++)
		tb_fixture_scalar(f->g, &f->c.a[j], "forgery a", j);
	tb_fixture_scalar(f->g, &f->c.beta, "forgery beta", 0);
	tb_fixture_scalar(f->g, &f->c.rho, "forgery rho", 0);
	tb_fixture_scalar(f->g, &f->c.tau1, "forgery tau1", 0);
	tb_fixture_scalar(f->g, &f->c.tau0, "forgery tau0", 0);
	tb_fixture_scalar(f->g, &f->c.delta, "forgery delta", 0);
	f->binding = (tb_bitproof_binding){.context = tb_board_binding(m->board)->context,
		.voter = plan->signer + 6,
		.voter_len = strlen(plan->signer) - 6,
		.voter_key = tb_maker_who(m, plan->signer)->sign_key,
		.question = question};
	return f;
}

/* Puts the forged part into the ballot and lets the voter sign it. */
static void forgery_end(forgery *f, tb_attack_run *r, tb_maker_plan *plan)
{
	plain_write(&f->st, tb_attack_part(r->m, plan, (uint32_t)f->binding.question), &f->p);
	plan->is_signed = false;
	plain_proof_release(&f->p);
	plain_statement_release(&f->st);
	free(f);
}

static void answer(forgery *f, unsigned without)
{
	plain_second(&f->st, &f->p, &f->c, &f->y);
	plain_challenge_x(&f->st, &f->p, &f->binding, without, &f->y, &f->x);
	plain_third(&f->st, &f->p, &f->w, &f->c, &f->y, &f->x);
}

/* All moves in their order. */
static void prove(forgery *f)
{
	plain_encrypt(&f->st, &f->p, &f->w);
	plain_first(&f->st, &f->p, &f->w, &f->c);
	plain_challenge_y(&f->st, &f->p, &f->binding, PLAIN_FULL, &f->y);
	answer(f, PLAIN_FULL);
}

static void set_vote(forgery *f, size_t option, uint64_t v)
{
	tb_scalar_set_u64(f->g, &f->w.v[option], v);
}

static void set_bit(forgery *f, size_t bit, uint64_t v)
{
	tb_scalar_set_u64(f->g, &f->w.b[bit], v);
}

/* ---- E-12: a proof that was made for something else ---- */

static void for_another_context(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	f->binding.context = tb_board_binding(r->m->board)->election;
	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	prove(f);
	forgery_end(f, r, plan);
}

static void for_another_voter(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	f->binding.voter = r->m->voters[3].id;
	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	prove(f);
	forgery_end(f, r, plan);
}

static void for_another_key(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	f->binding.voter_key = r->m->voters[3].keys.sign_key;
	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	prove(f);
	forgery_end(f, r, plan);
}

static void for_another_question(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	f->binding.question = 1;
	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	prove(f);
	f->binding.question = 0;
	forgery_end(f, r, plan);
}

/* The control: the same tools with nothing forged make a ballot that verifies. */
static void honestly(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	prove(f);
	forgery_end(f, r, plan);
}

/* ---- E-13 to E-16: choices that are not allowed ---- */

/* A proof for "one or two of them", as long as the one for "none or one". */
static void for_another_rule(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	plain_proof_release(&f->p);
	plain_statement_release(&f->st);
	TB_REQUIRE(tb_bitproof_define(&f->def, 2, 1, 1, 2, false) == TB_OK);
	plain_statement_init(&f->st, tb_election_params_key(r->m->params), &f->def);
	plain_proof_init(&f->p, &f->st);
	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 1}, 0);
	prove(f);
	forgery_end(f, r, plan);
}

static void overvote(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	for (size_t i = 0; i < 2; i++) {
		set_vote(f, i, 1);
		set_bit(f, i, 1);
	}
	set_bit(f, 2, 0);
	prove(f);
	forgery_end(f, r, plan);
}

/* The "bit" is the vote, and the slack makes the sum right. */
static void vote_as_bit(tb_attack_run *r, tb_maker_plan *plan, const tb_scalar *v)
{
	forgery *f = forgery_new(r, plan, 0);
	tb_scalar one;

	f->w.v[0] = f->w.b[0] = *v;
	tb_scalar_set_u64(f->g, &one, 1);
	tb_scalar_sub(f->g, &f->w.b[2], &one, v);
	prove(f);
	forgery_end(f, r, plan);
}

static void vote_of_two(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_scalar v;

	tb_scalar_set_u64(r->m->manifest.group, &v, 2);
	vote_as_bit(r, plan, &v);
}

static void vote_of_minus_one(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_scalar v;

	tb_scalar_set_u64(r->m->manifest.group, &v, 1);
	tb_scalar_neg(r->m->manifest.group, &v, &v);
	vote_as_bit(r, plan, &v);
}

/* More than the tally's search for a logarithm could ever find. */
static void huge_vote(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_scalar v;

	tb_scalar_set_u64(r->m->manifest.group, &v, UINT64_C(1) << 50);
	vote_as_bit(r, plan, &v);
}

/* Question 1 is "choose one or two, or blank": blank, and an option too. */
static void blank_and_a_vote(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 1);

	set_vote(f, 0, 1);
	set_bit(f, 0, 1);
	for (size_t j = 1; j < f->def.num_bits; j++)
		set_bit(f, j, 0);
	set_bit(f, f->def.num_bits - 1, 1);
	prove(f);
	forgery_end(f, r, plan);
}

/* Question 2 is a score of 0 to 5: 6 points, whose bits 1 + 2 + 2 are one short. */
static void score_of_six(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 2);

	plain_bits(&f->st, &f->w, (const uint32_t[]){5, 0, 0}, 0);
	set_vote(f, 0, 6);
	prove(f);
	forgery_end(f, r, plan);
}

/* ---- U-06: what works against challenges that forget an item ---- */

static void without_d(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	set_vote(f, 0, 1000);
	plain_encrypt(&f->st, &f->p, &f->w);
	plain_first(&f->st, &f->p, &f->w, &f->c);
	plain_challenge_y(&f->st, &f->p, &f->binding, PLAIN_WITHOUT_D, &f->y);
	answer(f, PLAIN_WITHOUT_D);
	plain_solve_masks(&f->st, &f->p, &f->y, &f->x);
	forgery_end(f, r, plan);
}

static void without_alpha(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);

	for (size_t i = 0; i < 2; i++) {
		set_vote(f, i, 1);
		set_bit(f, i, 1);
	}
	plain_encrypt(&f->st, &f->p, &f->w);
	plain_first(&f->st, &f->p, &f->w, &f->c);
	plain_challenge_y(&f->st, &f->p, &f->binding, PLAIN_WITHOUT_ALPHA, &f->y);
	answer(f, PLAIN_WITHOUT_ALPHA);
	plain_solve_alpha(&f->st, &f->p, &f->x);
	forgery_end(f, r, plan);
}

static void without_e(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);
	tb_scalar inverse;

	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	plain_first(&f->st, &f->p, &f->w, &f->c);
	plain_challenge_y(&f->st, &f->p, &f->binding, PLAIN_WITHOUT_E, &f->y);
	set_vote(f, 0, 1000);
	set_vote(f, 1, 999);
	TB_REQUIRE(tb_scalar_invert(f->g, &inverse, &f->y) == TB_OK);
	tb_scalar_mul(f->g, &f->w.v[1], &f->w.v[1], &inverse);
	tb_scalar_neg(f->g, &f->w.v[1], &f->w.v[1]);
	plain_encrypt(&f->st, &f->p, &f->w);
	answer(f, PLAIN_WITHOUT_E);
	forgery_end(f, r, plan);
}

/* ---- modp4096: elements outside the subgroup ---- */

#define MODP                                                                                                 \
	{                                                                                                    \
		.small = true, .group = "modp4096", .num_voters = 2                                          \
	}
#define MODP_POINT 512

/* x -> p - x: -1 is no square, so the Jacobi symbol tells. */
static void change_sign(uint8_t *wire)
{
	uint64_t borrow = 0;

	for (int i = 0; i < MODP_POINT; i++) {
		uint8_t *at = wire + MODP_POINT - 1 - i;
		uint64_t out = (modp_p[i / 8] >> (8 * (i % 8)) & 0xff) - *at - borrow;

		*at = (uint8_t)out;
		borrow = out >> 63;
	}
}

static void one_sign(tb_attack_run *r, tb_maker_plan *plan)
{
	change_sign(tb_attack_part(r->m, plan, 0));
	plan->is_signed = false;
}

/* Which a random combination alone would let pass half of the time. */
static void two_signs(tb_attack_run *r, tb_maker_plan *plan)
{
	change_sign(tb_attack_part(r->m, plan, 0) + MODP_POINT);
	change_sign(tb_attack_part(r->m, plan, 0) + 3 * MODP_POINT);
	plan->is_signed = false;
}

/* 4 is a square, so its symbol is 1, but its order is not q. */
static void another_order(tb_attack_run *r, tb_maker_plan *plan)
{
	forgery *f = forgery_new(r, plan, 0);
	uint8_t four[MODP_POINT] = {0};
	tb_point outside;

	four[MODP_POINT - 1] = 4;
	TB_REQUIRE(tb_point_parse(f->g, &outside, four) == TB_OK);
	plain_bits(&f->st, &f->w, (const uint32_t[]){1, 0}, 0);
	plain_encrypt(&f->st, &f->p, &f->w);
	tb_point_add(f->g, tb_points_at(&f->p.E, 1), tb_points_at(&f->p.E, 1), &outside);
	plain_first(&f->st, &f->p, &f->w, &f->c);
	plain_challenge_y(&f->st, &f->p, &f->binding, PLAIN_FULL, &f->y);
	answer(f, PLAIN_FULL);
	forgery_end(f, r, plan);
}

static void above_p(tb_attack_run *r, tb_maker_plan *plan)
{
	memset(tb_attack_part(r->m, plan, 0), 0xff, MODP_POINT);
	plan->is_signed = false;
}

#define PROOF(case_id, words, how, ...)                                                                      \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "voter", .check = TB_CHECK_BALLOT_PROOFS,      \
		.rule = "BALLOT.VERIFY", .num = 1, .type = TB_ENTRY_BALLOT, .which = 1, .edit = (how),       \
		.until = TB_UNTIL_CLOSE, .config = __VA_ARGS__                                               \
	}
#define POINTS(case_id, words, how)                                                                          \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "voter", .check = TB_CHECK_BALLOTS,            \
		.rule = "BALLOT.POINTS", .num = 1, .type = TB_ENTRY_BALLOT, .which = 1, .edit = (how),       \
		.until = TB_UNTIL_CLOSE, .config = MODP                                                      \
	}

const tb_attack tb_attacks_proof[] = {
	{.id = "OK-plain",
		.text = "nothing: a ballot made by the tools of the forger, but honestly",
		.attacker = "nobody",
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = honestly,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	POINTS("E-01a", "modp4096: an element with Jacobi symbol -1", one_sign),
	POINTS("E-01b", "modp4096: an element of another order", another_order),
	POINTS("E-01c", "modp4096: a number above p", above_p),
	PROOF("E-12a", "a proof for another context", for_another_context, SMALL),
	PROOF("E-12b", "a proof for another voter id", for_another_voter, SMALL),
	PROOF("E-12c", "a proof for another voter's key", for_another_key, SMALL),
	PROOF("E-12d", "a proof for another question", for_another_question, SMALL),
	PROOF("E-13", "a proof for another selection rule", for_another_rule, SMALL),
	PROOF("E-14b", "a vote of 2, which is called a bit", vote_of_two, SMALL),
	PROOF("E-14c", "a vote of -1", vote_of_minus_one, SMALL),
	PROOF("E-14d", "a vote of 2^50, which no tally would ever find", huge_vote, SMALL),
	PROOF("E-15a", "one option more than allowed", overvote, SMALL),
	PROOF("E-15b", "blank, and an option too", blank_and_a_vote, {.num_endorsers = 1}),
	PROOF("E-16b", "six points of five", score_of_six, {.num_endorsers = 1}),
	PROOF("U-06a", "1,000 votes, D chosen after x", without_d, SMALL),
	PROOF("U-06b", "two options, alpha chosen after y", without_alpha, SMALL),
	PROOF("U-06c", "ciphertexts chosen after y", without_e, SMALL),
	POINTS("U-07", "modp4096: two elements with changed signs", two_signs),
	{0},
};
