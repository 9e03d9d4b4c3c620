/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/checkpoint.h"
#include "crypto/dleq.h"
#include "crypto/merkle.h"
#include "tests/support/attack.h"
#include "tests/support/fixture.h"

/* G: which ballots count.  T: decryption and result.  U: endorsements, weights.  And the controls: records that are right. */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}

/* ---- G: endorsing another list or another sum ---- */

/* Does the ballot at `index` count, and with which weight (0: not)? */
typedef uint64_t pick_fn(const tb_maker *m, const char *voter, uint64_t index);

/* What an endorser says who counts in another way. */
static void another_statement(tb_maker *m, pick_fn *pick, tb_endorsement *out)
{
	tb_tally_close closing;
	tb_tally *tally;
	tb_fault fault;

	TB_REQUIRE(tb_tally_new(&tally, tb_board_params(m->board)) == TB_OK);
	for (size_t i = 0; i < tb_board_close_size(m->board); i++) {
		uint8_t leaf[32];
		uint64_t weight;
		tb_buf room;
		tb_entry e;

		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		TB_REQUIRE(tb_entry_parse(&e, &room, m->entries[i].data, m->entries[i].len, &fault) == TB_OK);
		weight = e.type == TB_ENTRY_BALLOT ? pick(m, e.signer_id, i) : 0;
		tb_merkle_leaf(leaf, m->entries[i].data, m->entries[i].len);
		if (weight > 0)
			TB_REQUIRE(tb_tally_list(tally, i, leaf, weight) == TB_OK &&
				   tb_tally_add_payload(tally, i, e.payload, e.payload_len, weight, &fault) ==
					   TB_OK);
		tb_buf_release(&room);
	}
	TB_REQUIRE(
		tb_board_closing(m->board, &closing) == TB_OK && tb_tally_finish(tally, &closing) == TB_OK);
	tb_tally_statement(tally, out);
	tb_tally_free(tally);
}

static void cosign(const tb_maker *m, const char *signer, tb_endorsement *said, uint64_t time)
{
	tb_checkpoint c = {.size = said->size};

	(void)snprintf(c.origin, sizeof c.origin, "%s", m->manifest.origin);
	memcpy(c.root, said->root, 32);
	TB_REQUIRE(tb_checkpoint_cosign(said->cosignature, &c, time, &tb_maker_who(m, signer)->ed) == TB_OK);
}

static void post_endorsement(tb_maker *m, const char *signer, const tb_endorsement *said)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_ENDORSE, signer);
	TB_REQUIRE(tb_endorsement_write(&plan.payload, said) == TB_OK);
	tb_maker_post(m, &plan);
}

static uint64_t weight_of(const tb_maker *m, const char *voter)
{
	tb_voter v;

	TB_REQUIRE(tb_roll_find(tb_board_roll(m->board), voter, strlen(voter), &v) == TB_OK);
	return tb_roll_weight(tb_board_roll(m->board), v);
}

static bool is_latest(const tb_maker *m, const char *voter, uint64_t index)
{
	uint64_t latest;

	return tb_board_latest_ballot(m->board, voter, &latest) == TB_OK && latest == index;
}

static uint64_t pick_both(const tb_maker *m, const char *voter, uint64_t index)
{
	(void)index;
	return weight_of(m, voter);
}

/* Of the voter who voted twice, the first one. */
static uint64_t pick_earlier(const tb_maker *m, const char *voter, uint64_t index)
{
	bool is_twice = m->voters[1].num_ballots == 2 && strcmp(voter, m->voters[1].id) == 0;

	return is_latest(m, voter, index) != is_twice ? weight_of(m, voter) : 0;
}

static uint64_t pick_all_but_one(const tb_maker *m, const char *voter, uint64_t index)
{
	return is_latest(m, voter, index) && strcmp(voter, m->voters[2].id) != 0 ? weight_of(m, voter) : 0;
}

static uint64_t pick_equally(const tb_maker *m, const char *voter, uint64_t index)
{
	return is_latest(m, voter, index) ? 1 : 0;
}

static void endorse_by(tb_attack_run *r, pick_fn *pick)
{
	tb_endorsement said;

	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	another_statement(r->m, pick, &said);
	cosign(r->m, "trustee/1", &said, r->m->now);
	tb_attack_here(r);
	post_endorsement(r->m, "trustee/1", &said);
}

static void earlier_counted(tb_attack_run *r)
{
	endorse_by(r, pick_earlier);
}

static void both_counted(tb_attack_run *r)
{
	endorse_by(r, pick_both);
}

static void one_dropped(tb_attack_run *r)
{
	endorse_by(r, pick_all_but_one);
}

static void weights_ignored(tb_attack_run *r)
{
	endorse_by(r, pick_equally);
}

/* ---- endorsements that are wrong in themselves ---- */

typedef void change_fn(tb_endorsement *said);

static void endorse_changed(tb_attack_run *r, change_fn *change, uint64_t time)
{
	tb_endorsement said;

	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	tb_tally_statement(tb_board_tally(r->m->board), &said);
	change(&said);
	cosign(r->m, "trustee/1", &said, time == 0 ? 0 : r->m->now);
	tb_attack_here(r);
	post_endorsement(r->m, "trustee/1", &said);
}

static void change_nothing(tb_endorsement *said)
{
	(void)said;
}

static void change_aggregates(tb_endorsement *said)
{
	said->aggregates[0] ^= 1;
}

static void change_root(tb_endorsement *said)
{
	said->root[0] ^= 1;
}

static void change_close(tb_endorsement *said)
{
	said->close[0] ^= 1;
}

static void change_ballots(tb_endorsement *said)
{
	said->ballots++;
}

static void another_sum(tb_attack_run *r)
{
	endorse_changed(r, change_aggregates, 1);
}

static void another_head(tb_attack_run *r)
{
	endorse_changed(r, change_root, 1);
}

static void another_close(tb_attack_run *r)
{
	endorse_changed(r, change_close, 1);
}

static void another_number(tb_attack_run *r)
{
	endorse_changed(r, change_ballots, 1);
}

static void cosigned_at_zero(tb_attack_run *r)
{
	endorse_changed(r, change_nothing, 0);
}

/* The server's clock is ahead, or it lies: `close` stands there hours before an endorser's clock says that the polls end. */
static void cosigned_before_the_end(tb_attack_run *r)
{
	tb_endorsement said;

	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	tb_tally_statement(tb_board_tally(r->m->board), &said);
	cosign(r->m, "trustee/1", &said, tb_board_closes(r->m->board) - 7200);
	tb_attack_here(r);
	post_endorsement(r->m, "trustee/1", &said);
}

static void cosigned_by_another(tb_attack_run *r)
{
	tb_endorsement said;

	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	tb_tally_statement(tb_board_tally(r->m->board), &said);
	cosign(r->m, "trustee/2", &said, r->m->now);
	tb_attack_here(r);
	post_endorsement(r->m, "trustee/1", &said);
}

/* A trustee restored from its phrase that forgot, or two boards: it endorses again. */
static void endorse_twice(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	tb_maker_endorse(r->m, 0);
	tb_maker_endorse(r->m, 1);
	tb_attack_here(r);
	tb_maker_endorse(r->m, 0);
	tb_maker_endorse(r->m, 2);
	tb_maker_decrypt(r->m, 1);
	tb_maker_decrypt(r->m, 2);
	tb_maker_result(r->m);
}

static void endorser_of_nobody(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	(void)snprintf(plan->signer, sizeof plan->signer, "endorser/mallory");
}

/* ---- T: shares ---- */

static void decrypt_too_soon(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_closed(r->m);
	tb_maker_endorse(r->m, 0);
	tb_maker_endorse(r->m, 1);
	tb_attack_here(r);
	tb_maker_decrypt(r->m, 1);
	tb_maker_endorse(r->m, 2);
	tb_maker_decrypt(r->m, 2);
}

/* All three trustees decrypt; the third, which the totals do not need, is changed by the attack's edit. */
static void three_shares(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_decrypted(r->m);
	tb_maker_decrypt(r->m, 3);
	tb_maker_result(r->m);
}

/* u8, u8, then for both options and the lot: Z, a, b (32 bytes each), z. */
#define SHARE 128

static void exchange_options(tb_attack_run *r, tb_maker_plan *plan)
{
	uint8_t *at = plan->payload.data + 2, copy[SHARE];

	(void)r;
	memcpy(copy, at, SHARE);
	memcpy(at, at + SHARE, SHARE);
	memcpy(at + SHARE, copy, SHARE);
}

static void share_of_trustee_one(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_maker *m = r->m;
	tb_secret share;
	uint32_t blame;
	tb_fault fault;

	TB_REQUIRE(tb_ceremony_receive(tb_board_ceremony(m->board), &share, 1, &m->trustee[0].transport,
			   &blame, &fault) == TB_OK);
	tb_buf_clear(&plan->payload);
	TB_REQUIRE(tb_tally_make_decrypt(tb_board_tally(m->board), tb_board_ceremony(m->board),
			   &plan->payload, 1, &share, &fault) == TB_OK);
	plan->payload.data[1] = 3;
}

static void false_share(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = r->m->manifest.group;
	tb_point z, one;

	TB_REQUIRE(tb_point_parse(g, &z, plan->payload.data + 2) == TB_OK);
	tb_point_generator(g, &one);
	tb_point_add(g, &z, &z, &one);
	tb_point_write(g, plan->payload.data + 2, &z);
}

static void share_is_identity(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(plan->payload.data + 2, 0, 32);
}

static void share_is_no_point(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(plan->payload.data + 2, 0xff, 32);
}

static void response_not_reduced(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(plan->payload.data + 2 + 96, 0xff, 32);
}

static void false_lot(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = r->m->manifest.group;
	uint8_t *at = plan->payload.data + 2 + 2 * SHARE;
	tb_point z, one;

	TB_REQUIRE(tb_point_parse(g, &z, at) == TB_OK);
	tb_point_generator(g, &one);
	tb_point_add(g, &z, &z, &one);
	tb_point_write(g, at, &z);
}

/* A true share, truly proved, but of one voter's ciphertext instead of the sum. */
static void decrypt_one_ballot(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_maker *m = r->m;
	const tb_group *g = m->manifest.group;
	const tb_buf *bytes = &m->entries[tb_board_open_index(m->board) + 1];
	uint8_t three[8] = {[7] = 3}, zero[8] = {0}, proof_wire[TB_DLEQ_MAX_BYTES];
	tb_dleq_statement st;
	tb_dleq_proof proof;
	tb_buf binding, room;
	tb_secret share;
	uint32_t blame;
	tb_fault fault;
	tb_entry e;

	TB_REQUIRE(tb_ceremony_receive(tb_board_ceremony(m->board), &share, 3, &m->trustee[2].transport,
			   &blame, &fault) == TB_OK);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
		   e.type == TB_ENTRY_BALLOT);
	tb_point_copy(g, &st.Y, tb_ceremony_verification_key(tb_board_ceremony(m->board), 3));
	TB_REQUIRE(tb_point_parse(g, &st.H,
			   e.payload + e.payload_len -
				   tb_election_params_part_len(tb_board_params(m->board), 0)) == TB_OK);
	tb_point_mul_secret(g, &st.Z, &share, &st.H);
	tb_buf_init(&binding, 1000);
	tb_buf_item(&binding, "context", tb_board_binding(m->board)->context, 32);
	tb_buf_item(&binding, "close", tb_board_close_leaf(m->board), 32);
	tb_buf_item(&binding, "purpose", "decrypt", 7);
	tb_buf_item(&binding, "question", zero, 8);
	tb_buf_item(&binding, "option", zero, 8);
	tb_buf_item(&binding, "trustee", three, 8);
	TB_REQUIRE(tb_dleq_prove(g, &proof, &st, binding.data, binding.len, &share) == TB_OK);
	tb_point_write(g, plan->payload.data + 2, &st.Z);
	tb_dleq_write(g, proof_wire, &proof);
	memcpy(plan->payload.data + 2 + 32, proof_wire, tb_dleq_bytes(g));
	tb_buf_release(&binding);
	tb_buf_release(&room);
}

static void second_share(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_decrypted(r->m);
	tb_attack_here(r);
	tb_maker_decrypt(r->m, 2);
	tb_maker_result(r->m);
}

static void post_text(tb_maker *m, tb_entry_type type, const char *signer, const char *words)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, type, signer);
	tb_buf_text(&plan.payload, words);
	tb_maker_post(m, &plan);
}

static void floor_of_six(void *arg, tb_manifest *f)
{
	(void)arg;
	f->privacy_floor = 6;
}

static void quorum_of_six(void *arg, tb_manifest *f)
{
	(void)arg;
	f->questions[0].quorum = (tb_bar){.base = TB_BASE_COUNT, .count = 6};
}

static void decrypt_all_the_same(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	tb_attack_here(r);
	post_text(r->m, TB_ENTRY_DECRYPT, "trustee/1", "a share");
	tb_maker_result(r->m);
}

static void result_too_soon(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_endorsed(r->m);
	tb_maker_decrypt(r->m, 1);
	tb_attack_here(r);
	post_text(r->m, TB_ENTRY_RESULT, "server", "{}");
}

/* ---- T: results ---- */

static void signed_for_another_election(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->binding.election[0] ^= 1;
}

/* The first number after `key` becomes one more. */
static void increase(tb_maker_plan *plan, const char *key)
{
	char from[200], to[200];
	const char *at;
	char *end;
	unsigned long long v;

	(void)tb_buf_cstr(&plan->payload);
	at = strstr((const char *)plan->payload.data, key);
	TB_REQUIRE(at != NULL);
	v = strtoull(at + strlen(key), &end, 10);
	(void)snprintf(from, sizeof from, "%s%llu", key, v);
	(void)snprintf(to, sizeof to, "%s%llu", key, v + 1);
	tb_attack_replace(&plan->payload, from, to);
}

static void one_more_for_the_first(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	increase(plan, "\"totals\":[");
}

static void larger_electorate(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	increase(plan, "\"electorate\":");
}

static void larger_turnout(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	increase(plan, "\"counted\":");
}

/* The two who are elected change places with those who are not. */
static void elect_others(tb_attack_run *r, tb_maker_plan *plan)
{
	char *at;

	(void)r;
	(void)tb_buf_cstr(&plan->payload);
	at = strstr((char *)plan->payload.data, "\"elected\":[\"");
	at = strstr(at + 5, "\"elected\":[\""); /* question 1: who sits on the board */
	TB_REQUIRE(at != NULL);
	{
		char from[200];
		const char *end = strchr(at, ']');

		(void)snprintf(from, sizeof from, "%.*s", (int)(end + 1 - at), at);
		tb_attack_replace(&plan->payload, from, "\"elected\":[\"dan\",\"ada\"]");
	}
}

static void approve_others(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	if (memmem(plan->payload.data, plan->payload.len, "\"approved\":[]", 13) != NULL)
		tb_attack_replace(&plan->payload, "\"approved\":[]", "\"approved\":[\"yes\"]");
	else
		tb_attack_replace(&plan->payload, "\"approved\":[\"", "\"approved\":[],\"elected\":[\"");
}

static void no_bar(void *arg, tb_manifest *f)
{
	(void)arg;
	f->questions[0].approval = (tb_bar){.base = TB_BASE_NONE};
}

/* A seed with which both options of the referendum get the same number. */
static void until_a_tie(tb_attack_run *r)
{
	tb_maker_config config = r->attack->config;

	for (config.seed = 1;; config.seed++) {
		tb_maker *m = tb_maker_new(&config);
		uint64_t yes, no;

		tb_maker_until_voted(m);
		yes = tb_maker_expected(m, 0, 0);
		no = tb_maker_expected(m, 0, 1);
		tb_maker_free(m);
		if (yes == no && yes > 0)
			break;
	}
	{
		tb_attack with_seed = *r->attack;
		const tb_attack *attack = r->attack;

		with_seed.config = config;
		r->attack = &with_seed;
		tb_attack_begin(r);
		r->attack = attack;
	}
	tb_maker_run(r->m);
}

/* The other one wins the lot. */
static void draw_again(tb_attack_run *r, tb_maker_plan *plan)
{
	char *approved, *elected;

	(void)r;
	(void)tb_buf_cstr(&plan->payload);
	approved = strstr((char *)plan->payload.data, "\"elected\":[\"");
	TB_REQUIRE(approved != NULL);
	elected = approved + 12;
	if (strncmp(elected, "yes", 3) == 0)
		tb_attack_replace(&plan->payload, "\"elected\":[\"yes\"]", "\"elected\":[\"no\"]");
	else
		tb_attack_replace(&plan->payload, "\"elected\":[\"no\"]", "\"elected\":[\"yes\"]");
	if (memmem(plan->payload.data, plan->payload.len, "\"order\":[\"yes\",\"no\"]", 20) != NULL)
		tb_attack_replace(&plan->payload, "\"order\":[\"yes\",\"no\"]", "\"order\":[\"no\",\"yes\"]");
	else
		tb_attack_replace(&plan->payload, "\"order\":[\"no\",\"yes\"]", "\"order\":[\"yes\",\"no\"]");
}

/* ---- U ---- */

static void refuse_rare_weights(void *arg, tb_manifest *f)
{
	(void)arg;
	f->min_holders = 2;
	f->weights_warn = false;
}

/* What is wrong with it is in the configuration. */
static void as_it_is(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	(void)plan;
}

static void renew_without_registrar(tb_attack_run *r, tb_maker_plan *plan)
{
	if (memmem(plan->payload.data, plan->payload.len, "\"credential\"", 12) != NULL)
		plan->key = r->m->server.sign;
}

/* The registrar replaced a stolen credential twice; the server posts the first replacement again. */
static void replayed_change(tb_attack_run *r)
{
	tb_maker *m;
	tb_buf first;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	tb_maker_renew(m, 1);
	tb_buf_init(&first, TB_ENTRY_MAX_BYTES);
	tb_buf_append(&first, m->entries[m->num_entries - 1].data, m->entries[m->num_entries - 1].len);
	tb_maker_renew_as(m, 1, "renewed again");
	tb_attack_here(r);
	tb_maker_append(m, first.data, first.len);
	tb_buf_release(&first);
	tb_maker_close(m);
}

static void replayed_notice(tb_attack_run *r)
{
	const tb_buf *first;

	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_notice(r->m, "The polls close a day later.");
	first = &r->m->entries[r->m->num_entries - 1];
	tb_attack_here(r);
	tb_maker_append(r->m, first->data, first->len);
	tb_attack_vote_all(r->m);
	tb_maker_close(r->m);
}

static void renewed_by_the_server(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_attack_vote_all(r->m);
	tb_maker_renew(r->m, 1);
	tb_maker_close(r->m);
}

#define SHARES(case_id, words, broken, how)                                                                  \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "trustee", .check = TB_CHECK_SHARES,           \
		.rule = (broken), .num = 1, .type = TB_ENTRY_DECRYPT, .which = 2, .edit = (how),             \
		.make = three_shares, .config = SMALL                                                        \
	}
#define ENDORSED(case_id, words, place, how, ...)                                                            \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "trustee", .check = TB_CHECK_ENDORSEMENTS,     \
		.rule = "ENDORSE", .where = (place), .num = 1, .type = TB_ENTRY_CANCEL, .make = (how),       \
		.config = {                                                                                  \
			.num_endorsers = 1,                                                                  \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}
#define RESULT(case_id, words, how, ...)                                                                     \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "server", .check = TB_CHECK_RESULT,            \
		.rule = "RESULT.ENTRY", .num = 1, .type = TB_ENTRY_RESULT, .edit = (how),                    \
		.until = TB_UNTIL_RESULT, .config = {                                                        \
			.num_endorsers = 1,                                                                  \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}
#define RIGHT(case_id, words, ...)                                                                           \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "nobody", .type = TB_ENTRY_CANCEL,             \
		.until = TB_UNTIL_RESULT, .config = {                                                        \
			__VA_ARGS__                                                                          \
		}                                                                                            \
	}

const tb_attack tb_attacks_result[] = {
	RIGHT("OK-small", "nothing: one referendum", .small = true, .num_endorsers = 1),
	RIGHT("OK-full", "nothing: three kinds of questions, weights, revotes, changes of the roll",
		.num_voters = 9, .num_endorsers = 2, .chunk = 4, .revote = 3, .abstain = 4, .weights = 2,
		.extras = true),
	RIGHT("OK-five", "nothing: three of five trustees", .small = true, .num_trustees = 5, .threshold = 3),
	RIGHT("OK-one", "nothing: one trustee", .small = true, .num_trustees = 1, .threshold = 1),
	RIGHT("OK-modp", "nothing: modp4096", .small = true, .group = "modp4096", .num_voters = 2),
	RIGHT("OK-void", "nothing: the quorum is not met", .small = true, .edit = quorum_of_six),
	RIGHT("OK-floor", "nothing: too few ballots to decrypt", .small = true, .edit = floor_of_six),
	RIGHT("OK-endorsers", "nothing: more endorsers than are needed", .small = true, .num_endorsers = 3),
	{.id = "OK-tie",
		.text = "nothing: a tie that the lot decides",
		.attacker = "nobody",
		.type = TB_ENTRY_CANCEL,
		.make = until_a_tie,
		.config = {.small = true, .num_voters = 6, .edit = no_bar}},
	RESULT("B-10d", "an approval that does not follow from the manifest's rule", approve_others,
		.small = true),
	ENDORSED("G-01", "an earlier ballot counted instead of the last", "payload.counted", earlier_counted,
		.small = true, .revote = 9),
	ENDORSED("G-02", "both ballots of a voter counted", "payload.counted", both_counted, .small = true,
		.revote = 9),
	ENDORSED("G-04", "a voter's ballot left out", "payload.counted", one_dropped, .small = true),
	ENDORSED("G-06a", "another sum than that of the counted ballots", "payload.aggregates", another_sum,
		.small = true),
	ENDORSED("G-06b", "a sum without the weights", "payload.aggregates", weights_ignored, .small = true,
		.weights = 3),
	RESULT("G-08", "a quorum computed over another electorate", larger_electorate, .small = true),
	ENDORSED("F-17a", "an endorsement of another final checkpoint", "payload.root", another_head,
		.small = true),
	ENDORSED("F-17b", "an endorsement of another close", "payload.close", another_close, .small = true),
	ENDORSED("F-17c", "an endorsement of another number of ballots", "payload.ballots", another_number,
		.small = true),
	ENDORSED("F-09a", "a cosignature at time 0", "payload.cosignature", cosigned_at_zero, .small = true),
	ENDORSED("U-09d", "the polls closed hours early by the endorser's clock", "payload.cosignature",
		cosigned_before_the_end, .small = true),
	ENDORSED("F-09b", "a cosignature by another endorser", "payload.cosignature", cosigned_by_another,
		.small = true),
	ENDORSED("U-02a", "a second endorsement by one key", "signer", endorse_twice, .small = true),
	{.id = "U-02b",
		.text = "a share before enough endorsements",
		.attacker = "trustee",
		.check = TB_CHECK_SHARES,
		.rule = "DECRYPT.WHEN",
		.where = "type",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.make = decrypt_too_soon,
		.config = SMALL},
	{.id = "U-02c",
		.text = "an endorser whom the manifest does not list",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.SIGNER",
		.where = "signer",
		.type = TB_ENTRY_ENDORSE,
		.which = 3,
		.edit = endorser_of_nobody,
		.until = TB_UNTIL_ENDORSE,
		.num = 1,
		.config = SMALL},
	SHARES("T-01", "the shares of two options exchanged", "DLEQ", exchange_options),
	SHARES("T-02", "another trustee's shares", "DLEQ", share_of_trustee_one),
	SHARES("T-03", "a false share under the proof of the true one", "DLEQ", false_share),
	SHARES("T-04a", "a share that is the identity", "DLEQ", share_is_identity),
	SHARES("T-04b", "a share that is no point", "DECRYPT.SHARE", share_is_no_point),
	SHARES("T-04c", "a response that is not reduced", "DECRYPT.SHARE", response_not_reduced),
	{.id = "T-05",
		.text = "a second decryption by one trustee",
		.attacker = "trustee",
		.check = TB_CHECK_SHARES,
		.rule = "DECRYPT.SHARE",
		.where = "signer",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.make = second_share,
		.config = SMALL},
	RESULT("T-07a", "one vote more than was decrypted", one_more_for_the_first, .small = true),
	RESULT("T-07b", "a higher turnout", larger_turnout, .small = true),
	SHARES("T-09", "one voter's ciphertext decrypted instead of the sum", "DLEQ", decrypt_one_ballot),
	RESULT("T-12a", "others elected than those with the most votes", elect_others, .num_voters = 7),
	{.id = "T-12b",
		.text = "a result before enough shares",
		.attacker = "server",
		.check = TB_CHECK_RESULT,
		.rule = "RESULT",
		.where = "type",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.make = result_too_soon,
		.config = SMALL},
	{.id = "T-13",
		.text = "a tie decided against the lot",
		.attacker = "server",
		.check = TB_CHECK_RESULT,
		.rule = "RESULT.ENTRY",
		.num = 1,
		.type = TB_ENTRY_RESULT,
		.edit = draw_again,
		.make = until_a_tie,
		.config = {.small = true, .num_voters = 6, .edit = no_bar}},
	{.id = "T-14",
		.text = "a result signed for another election",
		.attacker = "server",
		.check = TB_CHECK_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.where = "signature",
		.num = 1,
		.type = TB_ENTRY_RESULT,
		.edit = signed_for_another_election,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "T-16",
		.text = "a share although fewer ballots count than the floor",
		.attacker = "trustee",
		.check = TB_CHECK_SHARES,
		.rule = "DECRYPT.WHEN",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.make = decrypt_all_the_same,
		.config = {.small = true, .edit = floor_of_six}},
	{.id = "U-03a",
		.text = "a new credential without the registrar, after its voter cast",
		.attacker = "server",
		.check = TB_CHECK_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.where = "signature",
		.num = 1,
		.type = TB_ENTRY_ROLL_CHANGE,
		.edit = renew_without_registrar,
		.make = renewed_by_the_server,
		.config = SMALL},
	{.id = "U-03b",
		.text = "the registrar's earlier change of a credential, posted again",
		.attacker = "server",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL.KEYS",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.make = replayed_change,
		.config = SMALL},
	{.id = "U-03c",
		.text = "a notice of the administrator's, posted again",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ONCE",
		.where = "signature",
		.num = 1,
		.make = replayed_notice,
		.config = SMALL},
	SHARES("U-05", "a lot that the trustee would like better", "DLEQ", false_lot),
	{.id = "U-10",
		.text = "a share although the quorum is not met",
		.attacker = "trustee",
		.check = TB_CHECK_SHARES,
		.rule = "DECRYPT.WHEN",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.make = decrypt_all_the_same,
		.config = {.small = true, .edit = quorum_of_six}},
	{.id = "U-11",
		.text = "weights that single voters have, where the manifest refuses them",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL.WEIGHTS",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.edit = as_it_is,
		.until = TB_UNTIL_ROLL,
		.config = {.small = true, .weights = 3, .num_voters = 4, .edit = refuse_rare_weights}},
	{0},
};
