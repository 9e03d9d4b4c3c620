/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/log/checkpoint.h"
#include "crypto/merkle.h"
#include "tests/support/make_board.h"

/* What the board says about this entry; it must not change by being asked. */
static const char *ask(tb_maker *m, tb_maker_plan *plan)
{
	static tb_fault fault;
	uint8_t before[32], after[32];
	tb_err err;

	memset(&fault, 0, sizeof fault);
	assert_int_equal(tb_board_digest(m->board, before), TB_OK);
	err = tb_maker_try(m, plan, &fault);
	assert_int_equal(tb_board_digest(m->board, after), TB_OK);
	assert_memory_equal(before, after, 32);
	if (err == TB_ERR_STATE)
		return "STATE";
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	assert_true((err == TB_OK) == (fault.rule == NULL));
	return err == TB_OK ? "OK" : fault.rule;
}

static const char *ask_text(
	tb_maker *m, tb_entry_type type, const char *signer, const char *payload, uint64_t time)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, type, signer);
	plan.time = time;
	tb_buf_text(&plan.payload, payload);
	return ask(m, &plan);
}

/* ---- a whole election ---- */

static void test_a_whole_election(void **state)
{
	tb_maker_config c = {.num_voters = 12,
		.num_endorsers = 1,
		.abstain = 5,
		.revote = 3,
		.weights = 3,
		.extras = true,
		.chunk = 5};
	tb_maker *m = tb_maker_new(&c);
	const tb_tally *t;

	(void)state;
	tb_maker_run(m);
	assert_int_equal(tb_board_phase(m->board), TB_PHASE_FINISHED);
	assert_int_equal(tb_board_size(m->board), m->num_entries);
	t = tb_board_tally(m->board);
	for (uint32_t q = 0; q < m->manifest.num_questions; q++)
		for (uint32_t i = 0; i < m->manifest.questions[q].num_options; i++)
			assert_int_equal(tb_tally_totals(t, q)[i], tb_maker_expected(m, q, i));
	tb_maker_free(m);
}

/* ---- [ENTRY.ORDER]: every type in every phase ---- */

/* The table of the spec; '*' = admitted, though this junk may break another rule. */
static const struct {
	tb_entry_type type;
	const char *signer;
	const char *
		admitted; /* one letter per phase: Empty Setup cErtifying Ready Open Closed Finished cAncelled */
} order[TB_ENTRY_NUM_TYPES] = {
	{TB_ENTRY_MANIFEST, "admin", "*......."},
	{TB_ENTRY_ROLL, "registrar", ".*......"},
	{TB_ENTRY_ROLL_CHANGE, "registrar", "....*..."},
	{TB_ENTRY_TRUSTEE_COMMIT, "trustee/1", ".*......"},
	{TB_ENTRY_TRUSTEE_CERTIFY, "trustee/2",
		"..*....."}, /* in setup once roll and commits are there: below */
	{TB_ENTRY_OPEN, "server", "...*...."},
	{TB_ENTRY_BALLOT, "voter/v0000001", "....*..."},
	{TB_ENTRY_EXTEND, "admin", "....*..."},
	{TB_ENTRY_NOTICE, "admin", ".*******"},
	{TB_ENTRY_CLOSE, "server", "....*..."},
	{TB_ENTRY_ENDORSE, "trustee/1", ".....**."},
	{TB_ENTRY_DECRYPT, "trustee/1", ".....*.."},
	{TB_ENTRY_RESULT, "server", ".....*.."},
	{TB_ENTRY_CANCEL, "admin", ".*****.."},
};

static tb_maker *in_phase(tb_phase phase)
{
	tb_maker *m = tb_maker_new(NULL);

	switch (phase) {
	case TB_PHASE_EMPTY:
		break;
	case TB_PHASE_SETUP:
		tb_maker_manifest(m);
		break;
	case TB_PHASE_CERTIFYING:
		tb_maker_manifest(m);
		tb_maker_roll(m);
		for (uint32_t i = 1; i <= 3; i++)
			tb_maker_commit(m, i);
		tb_maker_certify(m, 1);
		break;
	case TB_PHASE_READY:
		tb_maker_until_ready(m);
		break;
	case TB_PHASE_OPEN:
		tb_maker_until_open(m);
		break;
	case TB_PHASE_CLOSED:
		tb_maker_until_closed(m);
		break;
	case TB_PHASE_FINISHED:
		tb_maker_run(m);
		break;
	case TB_PHASE_CANCELLED:
		tb_maker_until_open(m);
		tb_maker_cancel(m);
		break;
	}
	assert_int_equal(tb_board_phase(m->board), phase);
	return m;
}

static void test_every_type_in_every_phase(void **state)
{
	(void)state;
	for (int phase = TB_PHASE_EMPTY; phase <= TB_PHASE_CANCELLED; phase++) {
		tb_maker *m = in_phase((tb_phase)phase);

		for (size_t t = 0; t < TB_ENTRY_NUM_TYPES; t++) {
			const char *rule =
				ask_text(m, order[t].type, order[t].signer, "{\"text\":\"x\"}", m->now);
			bool admitted = order[t].admitted[phase] == '*';

			if (admitted != (strcmp(rule, "ENTRY.ORDER") != 0))
				fail_msg("%s in phase %s: %s", tb_entry_type_name(order[t].type),
					tb_phase_name((tb_phase)phase), rule);
		}
		tb_maker_free(m);
	}
}

/* ---- signatures, signers, times of all types but ballots ---- */

typedef struct spoiler {
	tb_entry_type type;
	uint32_t seen;
	const char *rule;
} spoiler;

/* Before each entry is posted for real: the same with a wrong signature, an older time, a time between granules. */
static void try_spoiled(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	spoiler *s = arg;
	tb_maker_plan bad = *plan;
	tb_secret one;

	s->seen++;
	if (plan->type != TB_ENTRY_BALLOT) {
		tb_secret_set_u64(tb_group_ristretto255(), &one, 1);
		bad.key = one;
		tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
		tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
		assert_string_equal(ask(m, &bad), "ENTRY.SIGNATURE");
		bad = *plan;
		if (plan->type != TB_ENTRY_MANIFEST && plan->type <= TB_ENTRY_OPEN)
			bad.binding.election[0] ^= 1; /* of another election */
		else if (plan->type != TB_ENTRY_MANIFEST)
			bad.binding.context[0] ^= 1;
		else
			bad.binding.has_election = true;
		tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
		tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
		if (plan->type != TB_ENTRY_NOTICE)
			assert_string_equal(ask(m, &bad), "ENTRY.SIGNATURE");
		else
			tb_buf_release(&bad.payload);
	}
	bad = *plan;
	bad.time = plan->time + 1;
	tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
	tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
	assert_string_equal(ask(m, &bad), "ENTRY.TIME");
	if (plan->type == TB_ENTRY_MANIFEST)
		return;
	bad = *plan;
	bad.time = tb_board_time(m->board) - 60;
	tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
	tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
	assert_string_equal(ask(m, &bad), "ENTRY.TIME");
}

static void test_signature_and_time_of_every_type(void **state)
{
	tb_maker_config c = {.num_endorsers = 1, .extras = true, .revote = 2};
	tb_maker *m = tb_maker_new(&c);
	spoiler s = {0};

	(void)state;
	m->before = try_spoiled;
	m->arg = &s;
	tb_maker_run(m);
	assert_int_equal(s.seen, m->num_entries);
	tb_maker_free(m);
}

static void test_signers_that_the_manifest_does_not_list(void **state)
{
	tb_maker *m = in_phase(TB_PHASE_SETUP);
	tb_maker_plan plan;

	(void)state;
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_COMMIT, "trustee/1");
	(void)snprintf(plan.signer, sizeof plan.signer, "trustee/4");
	assert_string_equal(ask(m, &plan), "ENTRY.SIGNER");
	tb_maker_free(m);
}

/* ---- setup ---- */

static void test_certificates_come_after_roll_and_commitments(void **state)
{
	tb_maker_config c = {.num_voters = 4, .chunk = 2};
	tb_maker *m = tb_maker_new(&c);

	(void)state;
	tb_maker_manifest(m);
	for (uint32_t i = 1; i <= 3; i++)
		tb_maker_commit(m, i);
	assert_string_equal(
		ask_text(m, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x", m->now), "ENTRY.ORDER"); /* no roll */
	tb_maker_roll(m);
	assert_string_equal(
		ask_text(m, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x", m->now), "CEREMONY.CERTIFY");
	assert_string_equal(
		ask_text(m, TB_ENTRY_ROLL, "registrar", "{\"first\":4,\"voters\":[],\"final\":true}", m->now),
		"ROLL");
	tb_maker_free(m);

	m = tb_maker_new(&c);
	tb_maker_manifest(m);
	tb_maker_roll(m);
	tb_maker_commit(m, 1);
	tb_maker_commit(m, 3);
	assert_string_equal(
		ask_text(m, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x", m->now), "ENTRY.ORDER"); /* 2 of 3 */
	tb_maker_free(m);
}

static const char *ask_certify(tb_maker *m, uint32_t trustee, uint64_t size, uint8_t flip)
{
	char signer[TB_SIGNER_MAX];
	tb_maker_plan plan;
	uint8_t root[32];
	uint64_t right;

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	tb_board_certify_point(m->board, &right, root);
	root[0] ^= flip;
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_CERTIFY, signer);
	assert_int_equal(
		tb_ceremony_make_certify(tb_board_ceremony(m->board), &plan.payload, trustee, size, root),
		TB_OK);
	return ask(m, &plan);
}

static void test_certificates_name_the_log_before_the_first(void **state)
{
	tb_maker *m = tb_maker_new(NULL);

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	for (uint32_t i = 1; i <= 3; i++)
		tb_maker_commit(m, i);
	tb_maker_certify(m, 2);
	tb_maker_notice(m, "Two are missing.");
	assert_string_equal(ask_certify(m, 1, 5, 0), "OK");
	assert_string_equal(ask_certify(m, 1, 6, 0), "CEREMONY.CERTIFY");
	assert_string_equal(ask_certify(m, 1, 5, 1), "CEREMONY.CERTIFY");
	assert_string_equal(ask_certify(m, 2, 5, 0), "CEREMONY.CERTIFY"); /* a second one */
	tb_maker_free(m);
}

static const char *ask_open(tb_maker *m, uint64_t time, uint64_t size, uint8_t flip_root, bool other_key)
{
	tb_open open = {.size = size, .public_key_len = 32};
	tb_maker_plan plan;
	tb_point p;

	tb_board_root(m->board, open.root);
	open.root[31] ^= flip_root;
	tb_point_copy(m->manifest.group, &p, tb_ceremony_h(tb_board_ceremony(m->board)));
	if (other_key)
		tb_point_add(m->manifest.group, &p, &p, &p);
	tb_point_write(m->manifest.group, open.public_key, &p);
	tb_maker_plan_init(m, &plan, TB_ENTRY_OPEN, "server");
	plan.time = time;
	assert_int_equal(tb_open_write(&plan.payload, &open), TB_OK);
	return ask(m, &plan);
}

static void test_open(void **state)
{
	tb_maker *m = in_phase(TB_PHASE_READY);
	uint64_t opens = m->manifest.opens, closes = m->manifest.closes, size = tb_board_size(m->board);

	(void)state;
	assert_string_equal(ask_open(m, opens - 60, size, 0, false), "OPEN");
	assert_string_equal(ask_open(m, opens, size, 0, false), "OK");
	assert_string_equal(ask_open(m, closes - 60, size, 0, false), "OK");
	assert_string_equal(ask_open(m, closes, size, 0, false), "OPEN");
	assert_string_equal(ask_open(m, opens, size - 1, 0, false), "OPEN");
	assert_string_equal(ask_open(m, opens, size, 1, false), "OPEN");
	assert_string_equal(ask_open(m, opens, size, 0, true), "OPEN"); /* a key that somebody merely tells */
	tb_maker_free(m);
}

/* ---- ballots ---- */

/* A ballot of voter 0 whose head was changed by `edit`, signed again. */
typedef void edit_head(tb_maker *m, tb_ballot_head *head, uint64_t number);

static const char *ask_ballot(tb_maker *m, uint32_t voter, uint64_t time, edit_head *edit, uint64_t number)
{
	tb_maker_voter *v = &m->voters[voter];
	char signer[TB_SIGNER_MAX];
	tb_ballot_head head = {.date = tb_manifest_floor_time(&m->manifest, time),
		.checkpoint_size = tb_board_size(m->board)};
	tb_choices choices;
	tb_maker_plan plan;
	uint8_t seed[32] = {1};
	tb_fault fault;

	(void)snprintf(head.voter, sizeof head.voter, "%s", v->id);
	memcpy(head.prev, v->latest, 32);
	tb_board_root(m->board, head.checkpoint_root);
	if (edit != NULL)
		edit(m, &head, number);
	(void)snprintf(signer, sizeof signer, "voter/%s", v->id);
	tb_maker_plan_init(m, &plan, TB_ENTRY_BALLOT, signer);
	plan.time = time;
	assert_int_equal(tb_choices_new(&choices, &m->manifest), TB_OK);
	for (uint32_t q = 0; q < m->manifest.num_questions; q++)
		if (m->manifest.questions[q].min > 0)
			choices.value[q][0] = 1;
	assert_int_equal(tb_ballot_make(m->params, &plan.payload, plan.signature, &head, &plan.key, &choices,
				 seed, &plan.binding, &fault),
		TB_OK);
	plan.is_signed = true;
	tb_choices_release(&choices);
	return ask(m, &plan);
}

static tb_maker *with_one_question(tb_revote revote, tb_granularity granularity, uint32_t votes);

static void edit_small(void *arg, tb_manifest *f)
{
	const uint32_t *want = arg;

	f->revote = (tb_revote)want[0];
	f->granularity = (tb_granularity)want[1];
}

static tb_maker *with_one_question(tb_revote revote, tb_granularity granularity, uint32_t votes)
{
	uint32_t want[2] = {revote, granularity};
	tb_maker_config c = {.small = true, .edit = edit_small, .arg = want};
	tb_maker *m = tb_maker_new(&c);

	tb_maker_until_open(m);
	for (uint32_t i = 0; i < votes; i++)
		tb_maker_vote(m, 0);
	return m;
}

static void test_ballots_within_the_window_only(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t closes = m->manifest.closes;

	(void)state;
	assert_string_equal(ask_ballot(m, 0, m->manifest.opens, NULL, 0), "OK");
	assert_string_equal(ask_ballot(m, 0, closes - 60, NULL, 0), "OK");
	assert_string_equal(ask_ballot(m, 0, closes, NULL, 0), "BALLOT.TIME");
	tb_maker_extend(m, closes + 120);
	assert_string_equal(ask_ballot(m, 0, closes + 60, NULL, 0), "OK");
	assert_string_equal(ask_ballot(m, 0, closes + 120, NULL, 0), "BALLOT.TIME");
	tb_maker_free(m);
}

static void set_prev(tb_maker *m, tb_ballot_head *head, uint64_t number)
{
	(void)m;
	memset(head->prev, (int)number, 32);
}

static void set_prev_of(tb_maker *m, tb_ballot_head *head, uint64_t index)
{
	tb_merkle_leaf(head->prev, m->entries[index].data, m->entries[index].len);
}

static void test_prev_is_the_latest_ballot(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t first;

	(void)state;
	assert_string_equal(ask_ballot(m, 0, m->now, set_prev, 1), "BALLOT.PREV"); /* there is none */
	assert_string_equal(ask_ballot(m, 0, m->now, set_prev, 0), "OK");
	tb_maker_vote(m, 0);
	first = m->num_entries - 1;
	tb_maker_vote(m, 0);
	assert_string_equal(ask_ballot(m, 0, m->now, NULL, 0), "OK");
	assert_string_equal(ask_ballot(m, 0, m->now, set_prev, 0), "BALLOT.PREV");
	assert_string_equal(ask_ballot(m, 0, m->now, set_prev_of, first), "BALLOT.PREV");
	assert_string_equal(
		ask_ballot(m, 1, m->now, set_prev_of, first + 1), "BALLOT.PREV"); /* another voter's */
	assert_string_equal(ask_ballot(m, 1, m->now, NULL, 0), "OK");
	tb_maker_free(m);
}

static void test_an_older_ballot_cannot_be_posted_again(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	tb_maker_plan first;
	tb_buf copy;

	(void)state;
	tb_maker_plan_vote(m, 1, &first);
	tb_buf_init(&copy, TB_BLOB_MAX_BYTES);
	tb_buf_append(&copy, first.payload.data, first.payload.len);
	tb_buf_release(&first.payload);
	tb_maker_vote(m, 1);
	first.payload = copy;
	assert_string_equal(ask(m, &first), "BALLOT.PREV");
	tb_maker_free(m);
}

static void test_one_ballot_where_revoting_is_off(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_NEVER, TB_GRANULARITY_MINUTE, 1);

	(void)state;
	assert_string_equal(ask_ballot(m, 0, m->now, NULL, 0), "BALLOT.COUNTED");
	assert_string_equal(ask_ballot(m, 1, m->now, NULL, 0), "OK");
	tb_maker_free(m);
}

static void set_date(tb_maker *m, tb_ballot_head *head, uint64_t date)
{
	(void)m;
	head->date = date;
}

static void test_the_voters_date_bounds_the_servers_time(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_SECOND, 0);
	uint64_t t = m->now + 5000;

	(void)state;
	assert_string_equal(ask_ballot(m, 0, t, set_date, t - 601), "OK");
	assert_string_equal(ask_ballot(m, 0, t, set_date, t - 602), "BALLOT.DATE");
	assert_string_equal(ask_ballot(m, 0, t, set_date, t + 601), "OK");
	assert_string_equal(ask_ballot(m, 0, t, set_date, t + 602), "BALLOT.DATE");
	assert_string_equal(ask_ballot(m, 0, t, set_date, UINT64_MAX), "BALLOT.DATE");
	assert_string_equal(ask_ballot(m, 0, t, set_date, 0), "BALLOT.DATE");
	tb_maker_free(m);
	m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_HOUR, 0);
	t = m->now + 7200;
	assert_string_equal(ask_ballot(m, 0, t, set_date, t - 3600), "OK");
	assert_string_equal(ask_ballot(m, 0, t, set_date, t - 60), "BALLOT.DATE"); /* not floored */
	assert_string_equal(ask_ballot(m, 0, t, set_date, t - 7200), "BALLOT.DATE");
	tb_maker_free(m);
}

static void set_checkpoint(tb_maker *m, tb_ballot_head *head, uint64_t size)
{
	tb_merkle_tree tree;
	uint8_t leaf[32];

	head->checkpoint_size = size;
	tb_merkle_tree_init(&tree);
	for (uint64_t i = 0; i < size && i < m->num_entries; i++) {
		tb_merkle_leaf(leaf, m->entries[i].data, m->entries[i].len);
		tb_merkle_tree_append(&tree, leaf);
	}
	tb_merkle_tree_root(&tree, head->checkpoint_root);
}

static void flip_checkpoint(tb_maker *m, tb_ballot_head *head, uint64_t byte)
{
	(void)m;
	head->checkpoint_root[byte] ^= 1;
}

static void test_the_checkpoint_is_one_of_this_log(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 6);
	uint64_t open = tb_board_open_index(m->board), size = tb_board_size(m->board);

	(void)state;
	for (uint64_t s = open + 1; s <= size; s++)
		assert_string_equal(ask_ballot(m, 0, m->now, set_checkpoint, s), "OK");
	assert_string_equal(ask_ballot(m, 0, m->now, set_checkpoint, open), "BALLOT.CHECKPOINT");
	assert_string_equal(ask_ballot(m, 0, m->now, set_checkpoint, 0), "BALLOT.CHECKPOINT");
	assert_string_equal(ask_ballot(m, 0, m->now, set_checkpoint, size + 1), "BALLOT.CHECKPOINT");
	assert_string_equal(ask_ballot(m, 0, m->now, set_checkpoint, UINT64_MAX), "BALLOT.CHECKPOINT");
	for (uint64_t byte = 0; byte < 32; byte++)
		assert_string_equal(ask_ballot(m, 0, m->now, flip_checkpoint, byte), "BALLOT.CHECKPOINT");
	tb_maker_free(m);
}

static void test_only_who_is_on_the_roll_votes(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	tb_board_ballot at;
	tb_maker_plan plan;
	uint64_t ballot = m->num_entries - 1, change;

	(void)state;
	tb_maker_plan_vote(m, 1, &plan); /* signed by one voter, posted as another's */
	(void)snprintf(plan.signer, sizeof plan.signer, "voter/%s", m->voters[2].id);
	assert_string_equal(ask(m, &plan), "BALLOT.PAYLOAD");
	tb_maker_plan_vote(m, 1, &plan);
	(void)snprintf(plan.signer, sizeof plan.signer, "voter/stranger");
	assert_string_equal(ask(m, &plan), "BALLOT.PAYLOAD");

	/* A new credential: older ballots keep the key that they were signed with. */
	assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, ballot, &at), TB_OK);
	assert_true(at.is_counted);
	assert_memory_equal(at.key, m->voters[0].keys.sign_key, 32);
	{
		uint8_t old[32];

		memcpy(old, m->voters[0].keys.sign_key, 32);
		change = m->num_entries;
		tb_maker_renew(m, 0);
		assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, ballot, &at), TB_OK);
		assert_memory_equal(at.key, old, 32);
		assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, change + 1, &at), TB_OK);
		assert_memory_equal(at.key, m->voters[0].keys.sign_key, 32);
	}
	tb_maker_remove(m, 0);
	assert_int_equal(tb_board_num_counted(m->board), 0);
	assert_int_equal(tb_board_ballot_at(m->board, m->voters[0].id, ballot, &at), TB_OK);
	assert_false(at.is_counted);
	assert_string_equal(ask_ballot(m, 0, m->now, NULL, 0), "BALLOT.ROLL");
	assert_int_equal(tb_board_ballot_at(m->board, "stranger", 0, &at), TB_ERR_NOT_FOUND);
	tb_maker_free(m);
}

static const char *ask_change(
	tb_maker *m, uint64_t time, tb_roll_action action, const char *id, uint32_t weight, uint64_t key)
{
	char voter[80], label[80] = "", reason[] = "Late.";
	tb_roll_change change = {
		.action = action, .voter = voter, .label = label, .weight = weight, .reason = reason};
	tb_maker_plan plan;
	tb_secret secret;

	(void)snprintf(voter, sizeof voter, "%s", id);
	if (action == TB_ROLL_ADD)
		(void)snprintf(label, sizeof label, "%s", id);
	tb_secret_set_u64(tb_group_ristretto255(), &secret, key);
	if (action != TB_ROLL_REMOVE)
		tb_schnorr_public(change.key, &secret);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	plan.time = time;
	assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
	return ask(m, &plan);
}

static void test_changes_of_the_roll(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint64_t last = m->manifest.closes - 60, end = m->manifest.closes;
	const char *zero = m->voters[0].id;

	(void)state;
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, "new", 1, 7), "OK");
	assert_string_equal(ask_change(m, end, TB_ROLL_ADD, "new", 1, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, zero, 1, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, "new", 2, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_CREDENTIAL, zero, 0, 7), "OK");
	assert_string_equal(ask_change(m, end, TB_ROLL_CREDENTIAL, zero, 0, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, end, TB_ROLL_REMOVE, zero, 0, 7), "OK");
	assert_string_equal(ask_change(m, last, TB_ROLL_REMOVE, "nobody", 0, 7), "ROLL.CHANGE");
	tb_maker_remove(m, 0);
	assert_string_equal(ask_change(m, last, TB_ROLL_REMOVE, zero, 0, 7), "ROLL.CHANGE");
	assert_string_equal(ask_change(m, last, TB_ROLL_ADD, zero, 1, 7), "ROLL.CHANGE");
	tb_maker_free(m);
}

/* [ROLL.KEYS]: what the registrar signed once is not good a second time. */
static void test_a_credential_that_was_replaced_does_not_come_back(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint8_t stolen[32];
	char none[] = "", reason[] = "Again.", late[] = "late";
	tb_roll_change change = {.action = TB_ROLL_CREDENTIAL, .label = none, .reason = reason};
	tb_maker_plan plan;

	(void)state;
	memcpy(stolen, m->voters[0].keys.sign_key, 32);
	tb_maker_renew(m, 0);
	memcpy(change.key, stolen, 32);
	for (uint32_t voter = 0; voter < 2; voter++) {
		change.voter = m->voters[voter].id;
		tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
		assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
		assert_string_equal(ask(m, &plan), "ROLL.KEYS");
	}
	change = (tb_roll_change){
		.action = TB_ROLL_ADD, .voter = late, .label = late, .weight = 1, .reason = reason};
	memcpy(change.key, stolen, 32);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
	assert_string_equal(ask(m, &plan), "ROLL.KEYS");
	tb_maker_free(m);
}

/* ---- the end of the polls ---- */

static const char *ask_extend(tb_maker *m, uint64_t time, uint64_t closes)
{
	char reason[] = "Late.";
	tb_extend extend = {.closes = closes, .reason = reason};
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	plan.time = time;
	assert_int_equal(tb_extend_write(&plan.payload, &extend), TB_OK);
	return ask(m, &plan);
}

static void test_extensions(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t opens = m->manifest.opens, closes = m->manifest.closes;

	(void)state;
	assert_string_equal(ask_extend(m, m->now, closes + 60), "OK");
	assert_string_equal(ask_extend(m, closes - 60, closes + 60), "OK");
	assert_string_equal(ask_extend(m, closes, closes + 60), "EXTEND");
	assert_string_equal(ask_extend(m, m->now, closes), "EXTEND");
	assert_string_equal(ask_extend(m, m->now, closes - 60), "EXTEND");
	assert_string_equal(ask_extend(m, m->now, closes + 61), "EXTEND");
	assert_string_equal(ask_extend(m, m->now, opens + 60 * 86400), "OK");
	assert_string_equal(ask_extend(m, m->now, opens + 60 * 86400 + 60), "EXTEND");
	tb_maker_free(m);
}

static const char *ask_close(
	tb_maker *m, uint64_t time, int64_t more_ballots, int64_t more_voters, uint8_t flip, int64_t more)
{
	tb_close close = {.size = tb_board_size(m->board) + (uint64_t)more,
		.ballots = tb_board_num_ballots(m->board) + (uint64_t)more_ballots,
		.voters = tb_board_num_counted(m->board) + (uint64_t)more_voters};
	tb_maker_plan plan;

	tb_board_root(m->board, close.root);
	close.root[0] ^= flip;
	tb_maker_plan_init(m, &plan, TB_ENTRY_CLOSE, "server");
	plan.time = time;
	assert_int_equal(tb_close_write(&plan.payload, &close), TB_OK);
	return ask(m, &plan);
}

static void test_close(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 3);
	uint64_t closes = m->manifest.closes;

	(void)state;
	assert_int_equal(tb_board_num_ballots(m->board), 3);
	assert_int_equal(tb_board_num_counted(m->board), 1);
	assert_string_equal(ask_close(m, closes - 60, 0, 0, 0, 0), "CLOSE");
	assert_string_equal(ask_close(m, closes, 0, 0, 0, 0), "OK");
	assert_string_equal(ask_close(m, closes + 86400, 0, 0, 0, 0), "OK");
	assert_string_equal(ask_close(m, closes, 1, 0, 0, 0), "CLOSE");
	assert_string_equal(ask_close(m, closes, 0, 1, 0, 0), "CLOSE");
	assert_string_equal(ask_close(m, closes, 0, 0, 1, 0), "CLOSE");
	assert_string_equal(ask_close(m, closes, 0, 0, 0, -1), "CLOSE");
	tb_maker_free(m);
}

/* ---- after the close ---- */

static const char *ask_endorse(tb_maker *m, const char *signer, size_t flip)
{
	tb_endorsement own;
	tb_checkpoint c = {.size = 0};
	tb_maker_plan plan;

	tb_tally_statement(tb_board_tally(m->board), &own);
	(void)snprintf(c.origin, sizeof c.origin, "%s", m->manifest.origin);
	c.size = own.size;
	memcpy(c.root, own.root, 32);
	assert_int_equal(tb_checkpoint_cosign(own.cosignature, &c,
				 flip == 6   ? 0
				 : flip == 9 ? tb_board_closes(m->board) - 601
				 : flip == 0 ? tb_board_closes(m->board) - 600
					     : m->now,
				 &tb_maker_who(m, signer)->ed),
		TB_OK);
	if (flip == 1)
		own.close[0] ^= 1;
	if (flip == 2)
		own.root[0] ^= 1;
	if (flip == 3)
		own.counted[0] ^= 1;
	if (flip == 4)
		own.aggregates[31] ^= 1;
	if (flip == 5)
		own.cosignature[40] ^= 1;
	if (flip == 7)
		own.size++;
	if (flip == 8)
		own.ballots--;
	tb_maker_plan_init(m, &plan, TB_ENTRY_ENDORSE, signer);
	assert_int_equal(tb_endorsement_write(&plan.payload, &own), TB_OK);
	return ask(m, &plan);
}

static void test_endorsements(void **state)
{
	tb_maker_config c = {.small = true, .num_endorsers = 1};
	tb_maker *m = tb_maker_new(&c);

	(void)state;
	tb_maker_until_voted(m);
	tb_maker_close(m);
	assert_string_equal(ask_text(m, TB_ENTRY_ENDORSE, "trustee/1", "{}", m->now), "JSON.CANONICAL");
	tb_maker_tally(m);
	assert_string_equal(ask_endorse(m, "trustee/1", 0), "OK");
	assert_string_equal(ask_endorse(m, "endorser/auditor-1", 0), "OK");
	for (size_t flip = 1; flip <= 9; flip++)
		assert_string_equal(ask_endorse(m, "trustee/2", flip), "ENDORSE");
	tb_maker_endorse(m, 0);
	assert_string_equal(ask_endorse(m, "trustee/1", 0), "ENDORSE"); /* one, ever */
	tb_maker_free(m);
}

static const char *ask_decrypt(tb_maker *m, uint32_t trustee)
{
	const tb_ceremony *c = tb_board_ceremony(m->board);
	char signer[TB_SIGNER_MAX];
	tb_maker_plan plan;
	tb_secret share;
	uint32_t blame;
	tb_fault fault;

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	assert_int_equal(
		tb_ceremony_receive(c, &share, trustee, &m->trustee[trustee - 1].transport, &blame, &fault),
		TB_OK);
	tb_maker_plan_init(m, &plan, TB_ENTRY_DECRYPT, signer);
	assert_int_equal(
		tb_tally_make_decrypt(tb_board_tally(m->board), c, &plan.payload, trustee, &share, &fault),
		TB_OK);
	return ask(m, &plan);
}

static void test_nothing_is_decrypted_before_enough_endorsements(void **state)
{
	tb_maker_config c = {.small = true, .num_endorsers = 1};
	tb_maker *m = tb_maker_new(&c);

	(void)state;
	tb_maker_until_closed(m);
	for (uint32_t i = 0; i < 3; i++) { /* ceil((4 + 2) / 2) */
		assert_string_equal(ask_decrypt(m, 1), "DECRYPT.WHEN");
		assert_string_equal(ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT");
		tb_maker_endorse(m, i);
	}
	assert_string_equal(ask_decrypt(m, 1), "OK");
	assert_string_equal(ask_text(m, TB_ENTRY_CANCEL, "admin", "{\"reason\":\"x\"}", m->now), "OK");
	tb_maker_decrypt(m, 3);
	assert_string_equal(ask_decrypt(m, 3), "DECRYPT.SHARE");
	assert_string_equal(
		ask_text(m, TB_ENTRY_CANCEL, "admin", "{\"reason\":\"x\"}", m->now), "ENTRY.ORDER");
	assert_string_equal(
		ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT"); /* one share of two */
	tb_maker_decrypt(m, 1);
	assert_string_equal(ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT.ENTRY");
	tb_maker_endorse(m, 3); /* a late one is welcome */
	tb_maker_result(m);
	assert_string_equal(ask_endorse(m, "trustee/1", 0), "ENDORSE");
	tb_maker_free(m);
}

static void edit_floor(void *arg, tb_manifest *f)
{
	(void)arg;
	f->privacy_floor = 6;
}

static void test_below_the_floor_nothing_is_decrypted(void **state)
{
	tb_maker_config c = {.small = true, .edit = edit_floor};
	tb_maker *m = tb_maker_new(&c);

	(void)state;
	tb_maker_until_endorsed(m);
	assert_string_equal(ask_text(m, TB_ENTRY_DECRYPT, "trustee/1", "x", m->now), "DECRYPT.WHEN");
	tb_maker_result(m);
	assert_int_equal(tb_board_phase(m->board), TB_PHASE_FINISHED);
	tb_maker_free(m);
}

/* ---- going on after something wrong ---- */

static void spoil(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	spoiler *s = arg;

	(void)m;
	if (plan->type != s->type)
		return;
	s->seen++;
	plan->is_signed = false;
	tb_secret_set_u64(tb_group_ristretto255(), &plan->key, 1);
}

/* A wrong signature on every entry of one type: exactly these are refused, and nothing that follows. */
static void test_one_cause_gives_one_refusal(void **state)
{
	(void)state;
	for (int type = 0; type < TB_ENTRY_NUM_TYPES; type++) {
		tb_maker_config c = {.small = true, .num_endorsers = 1, .extras = true, .revote = 2};
		tb_maker *m = tb_maker_new(&c);
		spoiler s = {.type = (tb_entry_type)type};

		if (type == TB_ENTRY_BALLOT || type == TB_ENTRY_CANCEL) {
			tb_maker_free(m);
			continue;
		}
		m->is_lenient = true;
		m->before = spoil;
		m->arg = &s;
		tb_maker_run(m);
		assert_true(s.seen >= 1);
		assert_int_equal(m->num_refused, s.seen);
		assert_string_equal(m->last_fault.rule, "ENTRY.SIGNATURE");
		assert_int_equal(tb_board_phase(m->board), TB_PHASE_FINISHED);
		tb_maker_free(m);
	}
}

/* Parses and keeps the exact bytes of a plan's entry. */
static void signed_entry(
	tb_maker *m, tb_maker_plan *plan, tb_entry *e, uint8_t leaf[32], tb_buf *bytes, tb_buf *room)
{
	const uint8_t random[32] = {1};
	tb_fault fault;

	tb_buf_init(bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(
		tb_entry_init(e, plan->type, plan->signer, plan->payload.data, plan->payload.len, &fault),
		TB_OK);
	e->time = m->now;
	assert_int_equal(tb_entry_sign(e, &plan->binding, &plan->key, random), TB_OK);
	assert_int_equal(tb_entry_write(bytes, e), TB_OK);
	tb_buf_release(&plan->payload);
	assert_int_equal(tb_entry_parse(e, room, bytes->data, bytes->len, &fault), TB_OK);
	tb_merkle_leaf(leaf, bytes->data, bytes->len);
}

/* Other entries may be asked about between the check of one and its apply. */
static void test_apply_takes_in_the_entry_that_it_is_given(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t closes = m->manifest.closes;
	char reason[] = "Late.";
	tb_extend extend = {.closes = closes + 600, .reason = reason};
	tb_maker_plan plan;
	tb_buf bytes, room;
	uint8_t leaf[32];
	tb_fault fault;
	tb_entry e;

	(void)state;
	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	assert_int_equal(tb_extend_write(&plan.payload, &extend), TB_OK);
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_check(m->board, &e, leaf, &fault), TB_OK);
	assert_string_equal(ask_extend(m, m->now, closes + 1200), "OK");
	assert_int_equal(tb_board_apply(m->board, &e, leaf), TB_OK);
	assert_int_equal(tb_board_closes(m->board), closes + 600);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* Taken in as though it were right: only where its type has a place. */
static void test_what_has_no_place_is_left_out(void **state)
{
	static const struct {
		tb_entry_type type;
		const char *signer, *payload;
	} entries[] = {{TB_ENTRY_CLOSE, "server",
			       "{\"size\":1,\"root\":"
			       "\"0000000000000000000000000000000000000000000000000000000000000000\","
			       "\"ballots\":0,\"voters\":0}"},
		{TB_ENTRY_RESULT, "server", "{}"},
		{TB_ENTRY_EXTEND, "admin", "{\"closes\":1900900800,\"reason\":\"x\"}"},
		{TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x"}, {TB_ENTRY_DECRYPT, "trustee/1", "x"}};
	tb_maker *m = in_phase(TB_PHASE_SETUP);

	(void)state;
	for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
		tb_maker_plan plan;
		tb_buf bytes, room;
		uint8_t leaf[32];
		bool taken;
		tb_entry e;

		tb_maker_plan_init(m, &plan, entries[i].type, entries[i].signer);
		tb_buf_text(&plan.payload, entries[i].payload);
		signed_entry(m, &plan, &e, leaf, &bytes, &room);
		assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
		assert_false(taken);
		assert_int_equal(tb_board_phase(m->board), TB_PHASE_SETUP);
		assert_int_equal(tb_board_closes(m->board), m->manifest.closes);
		assert_int_equal(tb_board_size(m->board), 2 + i);
		tb_buf_release(&bytes);
		tb_buf_release(&room);
	}
	tb_maker_free(m);
}

/* `close` counts entries of type ballot: also one that nobody can make sense of, and nothing else. */
static void test_a_ballot_that_is_left_out_is_an_entry_all_the_same(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	tb_maker_plan plan;
	tb_buf bytes, room;
	uint8_t leaf[32];
	bool taken;
	tb_entry e;

	(void)state;
	tb_maker_plan_init(m, &plan, TB_ENTRY_BALLOT, "voter/v0000002");
	tb_buf_text(&plan.payload, "garbage");
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_int_equal(tb_board_num_ballots(m->board), 2);
	assert_int_equal(tb_board_num_counted(m->board), 1);
	assert_true(tb_board_knows_counted(m->board));
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	tb_buf_text(&plan.payload, "garbage");
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_int_equal(tb_board_num_ballots(m->board), 2);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* Entry 0 is the manifest or there is none: a later one does not take its place. */
static void test_a_later_manifest_does_not_replace_the_first(void **state)
{
	tb_maker *m = tb_maker_new(NULL);
	uint8_t leaf[32] = {1};
	tb_maker_plan plan;
	tb_buf bytes, room;
	bool taken;
	tb_entry e;

	(void)state;
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &m->manifest), TB_OK);
	signed_entry(m, &plan, &e, leaf, &bytes, &room);
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_false(taken);
	assert_null(tb_board_manifest(m->board));
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

static void test_an_entry_nobody_can_read_is_a_gap(void **state)
{
	tb_maker *m = with_one_question(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 1);
	uint8_t leaf[32] = {1};
	uint64_t size = tb_board_size(m->board);

	(void)state;
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	assert_int_equal(tb_board_size(m->board), size + 1);
	assert_string_equal(ask_ballot(m, 0, m->now, NULL, 0), "OK");
	/* It may have been an extension, or a ballot: neither time nor counts are held against `close`. */
	assert_string_equal(ask_close(m, m->now, 5, 5, 0, 0), "OK");
	assert_string_equal(ask_close(m, m->now, 0, 0, 1, 0), "CLOSE");
	tb_maker_free(m);
	m = tb_maker_new(NULL);
	assert_int_equal(tb_board_skip(m->board, leaf), TB_OK);
	assert_string_equal(ask_text(m, TB_ENTRY_NOTICE, "admin", "{\"text\":\"x\"}", m->now), "STATE");
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_election),
		cmocka_unit_test(test_every_type_in_every_phase),
		cmocka_unit_test(test_signature_and_time_of_every_type),
		cmocka_unit_test(test_signers_that_the_manifest_does_not_list),
		cmocka_unit_test(test_certificates_come_after_roll_and_commitments),
		cmocka_unit_test(test_certificates_name_the_log_before_the_first),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_ballots_within_the_window_only),
		cmocka_unit_test(test_prev_is_the_latest_ballot),
		cmocka_unit_test(test_an_older_ballot_cannot_be_posted_again),
		cmocka_unit_test(test_one_ballot_where_revoting_is_off),
		cmocka_unit_test(test_the_voters_date_bounds_the_servers_time),
		cmocka_unit_test(test_the_checkpoint_is_one_of_this_log),
		cmocka_unit_test(test_only_who_is_on_the_roll_votes),
		cmocka_unit_test(test_changes_of_the_roll),
		cmocka_unit_test(test_a_credential_that_was_replaced_does_not_come_back),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_endorsements),
		cmocka_unit_test(test_nothing_is_decrypted_before_enough_endorsements),
		cmocka_unit_test(test_below_the_floor_nothing_is_decrypted),
		cmocka_unit_test(test_one_cause_gives_one_refusal),
		cmocka_unit_test(test_apply_takes_in_the_entry_that_it_is_given),
		cmocka_unit_test(test_what_has_no_place_is_left_out),
		cmocka_unit_test(test_a_ballot_that_is_left_out_is_an_entry_all_the_same),
		cmocka_unit_test(test_a_later_manifest_does_not_replace_the_first),
		cmocka_unit_test(test_an_entry_nobody_can_read_is_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
