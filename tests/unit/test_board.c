/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine from the manifest to the result; ballots and recovery have files of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/log/checkpoint.h"
#include "tests/support/ask_board.h"

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

/* ---- chunks of the roll that were parsed ahead ---- */

/* What a board says to the third entry, the second chunk of the roll, when it was given what the entry number `given` has. */
static tb_err ask_given(const tb_maker *m, size_t given, tb_fault *fault, uint32_t *num_voters)
{
	tb_board *b;
	tb_err err = TB_OK;

	assert_int_equal(tb_board_new(&b), TB_OK);
	for (size_t i = 0; i < 3; i++) {
		tb_buf room, other_room;
		uint8_t leaf[32];
		tb_roll_chunk chunk;
		tb_entry e, other;

		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		tb_buf_init(&other_room, TB_ENTRY_MAX_BYTES);
		assert_int_equal(
			tb_entry_parse(&e, &room, m->entries[i].data, m->entries[i].len, fault), TB_OK);
		tb_merkle_leaf(leaf, m->entries[i].data, m->entries[i].len);
		if (i == 2) {
			assert_int_equal(tb_entry_parse(&other, &other_room, m->entries[given].data,
						 m->entries[given].len, fault),
				TB_OK);
			assert_int_equal(
				tb_roll_chunk_parse(&chunk, other.payload, other.payload_len, fault), TB_OK);
			/* A leaf that is not this entry's, and then the right one. */
			tb_board_give_chunk(b, given == 2 ? leaf : tb_board_binding(b)->election, &chunk);
			assert_null(chunk.voters);
		}
		err = tb_board_check(b, &e, leaf, fault);
		if (err == TB_OK)
			err = tb_board_apply(b, &e, leaf);
		tb_buf_release(&room);
		tb_buf_release(&other_room);
	}
	*num_voters = (uint32_t)tb_roll_num_voters(tb_board_roll(b));
	tb_board_free(b);
	return err;
}

static void test_a_chunk_is_taken_for_its_own_entry_only(void **state)
{
	tb_maker_config c = {.num_voters = 9, .chunk = 4};
	tb_maker *m = tb_maker_new(&c);
	tb_fault fault;
	uint32_t num;

	(void)state;
	tb_maker_until_ready(m);
	assert_int_equal(ask_given(m, 2, &fault, &num), TB_OK);
	assert_int_equal(num, 8);
	/* Were the first chunk taken for the second, its voters would come twice. */
	assert_int_equal(ask_given(m, 1, &fault, &num), TB_OK);
	assert_int_equal(num, 8);
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
	{TB_ENTRY_MIX, "trustee/1", ".....*.."},
	{TB_ENTRY_DECRYPT, "trustee/1", ".....*.."},
	{TB_ENTRY_RESULT, "server", ".....*.."},
	{TB_ENTRY_CANCEL, "admin", ".*****.."},
	{TB_ENTRY_CLIENT, "server", "...**..."},
};

static void test_every_type_in_every_phase(void **state)
{
	(void)state;
	for (int phase = TB_PHASE_EMPTY; phase <= TB_PHASE_CANCELLED; phase++) {
		tb_maker *m = tb_ask_maker_in((tb_phase)phase);

		for (size_t t = 0; t < TB_ENTRY_NUM_TYPES; t++) {
			const char *rule =
				tb_ask_text(m, order[t].type, order[t].signer, "{\"text\":\"x\"}", m->now);
			bool admitted = order[t].admitted[phase] == '*';

			if (admitted != (strcmp(rule, "ENTRY.ORDER") != 0))
				fail_msg("%s in phase %s: %s", tb_entry_type_name(order[t].type),
					tb_phase_name((tb_phase)phase), rule);
		}
		tb_maker_free(m);
	}
}

/* ---- signatures, signers, times of all types but ballots ---- */

/* Before each entry is posted for real: the same with a wrong signature, an older time, a time between granules. */
static void try_spoiled(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	uint32_t *seen = arg;
	tb_maker_plan bad = *plan;
	tb_secret one;

	(*seen)++;
	if (plan->type != TB_ENTRY_BALLOT) {
		tb_secret_set_u64(tb_group_ristretto255(), &one, 1);
		bad.key = one;
		tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
		tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
		assert_string_equal(tb_ask(m, &bad), "ENTRY.SIGNATURE");
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
			assert_string_equal(tb_ask(m, &bad), "ENTRY.SIGNATURE");
		else
			tb_buf_release(&bad.payload);
	}
	bad = *plan;
	bad.time = plan->time + 1;
	tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
	tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
	assert_string_equal(tb_ask(m, &bad), "ENTRY.TIME");
	if (plan->type == TB_ENTRY_MANIFEST)
		return;
	bad = *plan;
	bad.time = tb_board_time(m->board) - 60;
	tb_buf_init(&bad.payload, TB_BLOB_MAX_BYTES);
	tb_buf_append(&bad.payload, plan->payload.data, plan->payload.len);
	assert_string_equal(tb_ask(m, &bad), "ENTRY.TIME");
}

static void test_signature_and_time_of_every_type(void **state)
{
	tb_maker_config c = {.num_endorsers = 1, .extras = true, .revote = 2};
	tb_maker *m = tb_maker_new(&c);
	uint32_t seen = 0;

	(void)state;
	m->before = try_spoiled;
	m->arg = &seen;
	tb_maker_run(m);
	assert_int_equal(seen, m->num_entries);
	tb_maker_free(m);
}

static void test_signers_that_the_manifest_does_not_list(void **state)
{
	tb_maker *m = tb_ask_maker_in(TB_PHASE_SETUP);
	tb_maker_plan plan;

	(void)state;
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_COMMIT, "trustee/1");
	(void)snprintf(plan.signer, sizeof plan.signer, "trustee/4");
	assert_string_equal(tb_ask(m, &plan), "ENTRY.SIGNER");
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
	assert_string_equal(tb_ask_text(m, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x", m->now),
		"ENTRY.ORDER"); /* no roll */
	tb_maker_roll(m);
	assert_string_equal(
		tb_ask_text(m, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x", m->now), "CEREMONY.CERTIFY");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_ROLL, "registrar",
				    "{\"first\":4,\"voters\":[],\"final\":true}", m->now),
		"ROLL");
	tb_maker_free(m);

	m = tb_maker_new(&c);
	tb_maker_manifest(m);
	tb_maker_roll(m);
	tb_maker_commit(m, 1);
	tb_maker_commit(m, 3);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/1", "x", m->now),
		"ENTRY.ORDER"); /* 2 of 3 */
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
	return tb_ask(m, &plan);
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
	return tb_ask(m, &plan);
}

static void test_open(void **state)
{
	tb_maker *m = tb_ask_maker_in(TB_PHASE_READY);
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

/* ---- the end of the polls ---- */

static void test_extensions(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 0);
	uint64_t opens = m->manifest.opens, closes = m->manifest.closes;

	(void)state;
	assert_string_equal(tb_ask_extend(m, m->now, closes + 60), "OK");
	assert_string_equal(tb_ask_extend(m, closes - 60, closes + 60), "OK");
	assert_string_equal(tb_ask_extend(m, closes, closes + 60), "EXTEND");
	assert_string_equal(tb_ask_extend(m, m->now, closes), "EXTEND");
	assert_string_equal(tb_ask_extend(m, m->now, closes - 60), "EXTEND");
	assert_string_equal(tb_ask_extend(m, m->now, closes + 61), "EXTEND");
	assert_string_equal(tb_ask_extend(m, m->now, opens + 60 * 86400), "OK");
	assert_string_equal(tb_ask_extend(m, m->now, opens + 60 * 86400 + 60), "EXTEND");
	tb_maker_free(m);
}

static void test_close(void **state)
{
	tb_maker *m = tb_ask_maker_open(TB_REVOTE_LAST, TB_GRANULARITY_MINUTE, 3);
	uint64_t closes = m->manifest.closes;

	(void)state;
	assert_int_equal(tb_board_num_ballots(m->board), 3);
	assert_int_equal(tb_board_num_counted(m->board), 1);
	assert_string_equal(tb_ask_close(m, closes - 60, 0, 0, 0, 0), "CLOSE");
	assert_string_equal(tb_ask_close(m, closes, 0, 0, 0, 0), "OK");
	assert_string_equal(tb_ask_close(m, closes + 86400, 0, 0, 0, 0), "OK");
	assert_string_equal(tb_ask_close(m, closes, 1, 0, 0, 0), "CLOSE");
	assert_string_equal(tb_ask_close(m, closes, 0, 1, 0, 0), "CLOSE");
	assert_string_equal(tb_ask_close(m, closes, 0, 0, 1, 0), "CLOSE");
	assert_string_equal(tb_ask_close(m, closes, 0, 0, 0, -1), "CLOSE");
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
	return tb_ask(m, &plan);
}

static void test_endorsements(void **state)
{
	tb_maker_config c = {.small = true, .num_endorsers = 1};
	tb_maker *m = tb_maker_new(&c);

	(void)state;
	tb_maker_until_voted(m);
	tb_maker_close(m);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_ENDORSE, "trustee/1", "{}", m->now), "JSON.CANONICAL");
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
	return tb_ask(m, &plan);
}

static void test_nothing_is_decrypted_before_enough_endorsements(void **state)
{
	tb_maker_config c = {.small = true, .num_endorsers = 1};
	tb_maker *m = tb_maker_new(&c);
	char signers[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];

	(void)state;
	tb_maker_until_closed(m);
	for (uint32_t i = 0; i < 3; i++) { /* ceil((4 + 2) / 2) */
		assert_string_equal(ask_decrypt(m, 1), "DECRYPT.WHEN");
		assert_string_equal(tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT");
		tb_maker_endorse(m, i);
	}
	assert_string_equal(ask_decrypt(m, 1), "OK");
	assert_string_equal(tb_ask_text(m, TB_ENTRY_CANCEL, "admin", "{\"reason\":\"x\"}", m->now), "OK");
	tb_maker_decrypt(m, 3);
	assert_string_equal(ask_decrypt(m, 3), "DECRYPT.SHARE");
	assert_string_equal(
		tb_ask_text(m, TB_ENTRY_CANCEL, "admin", "{\"reason\":\"x\"}", m->now), "ENTRY.ORDER");
	assert_string_equal(
		tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT"); /* one share of two */
	tb_maker_decrypt(m, 1);
	assert_string_equal(tb_ask_text(m, TB_ENTRY_RESULT, "server", "{}", m->now), "RESULT.ENTRY");
	tb_maker_endorse(
		m, 3); /* a late one is welcome, though it allowed nothing: the result does not name it */
	tb_maker_decrypt(m, 2);
	assert_int_equal(tb_board_result_endorsers(m->board, signers), 3);
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
	assert_string_equal(tb_ask_text(m, TB_ENTRY_DECRYPT, "trustee/1", "x", m->now), "DECRYPT.WHEN");
	tb_maker_result(m);
	assert_int_equal(tb_board_phase(m->board), TB_PHASE_FINISHED);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_election),
		cmocka_unit_test(test_a_chunk_is_taken_for_its_own_entry_only),
		cmocka_unit_test(test_every_type_in_every_phase),
		cmocka_unit_test(test_signature_and_time_of_every_type),
		cmocka_unit_test(test_signers_that_the_manifest_does_not_list),
		cmocka_unit_test(test_certificates_come_after_roll_and_commitments),
		cmocka_unit_test(test_certificates_name_the_log_before_the_first),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_endorsements),
		cmocka_unit_test(test_nothing_is_decrypted_before_enough_endorsements),
		cmocka_unit_test(test_below_the_floor_nothing_is_decrypted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
