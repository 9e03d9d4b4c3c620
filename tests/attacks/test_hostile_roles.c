/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the holder of one role's key, or whoever keeps the log, could try with a record that is signed by everybody: each must be
 * refused by the board, and must never end in a verification.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/crockford.h"
#include "core/election/check.h"
#include "core/log/checkpoint.h"
#include "tests/support/check_board.h"
#include "tests/support/make_board.h"

/* The verification of what was made; the caller releases both. */
static void check_record(const tb_maker *m, tb_maker_files *files, tb_checked *c)
{
	tb_maker_files_new(m, files);
	tb_checked_run(c, files, NULL);
}

static const char *statement(const tb_checked *c, const char *code)
{
	for (size_t i = 0; i < c->report.num_statements; i++)
		if (strcmp(c->report.statements[i].code, code) == 0)
			return c->report.statements[i].text;
	return "";
}

/*
 * ---- a server that shows one voter an election of its own (U-04) [CONTEXT] ----
 * It makes both `open` entries, and each signature gives another context: with 80 bits it finds two of one fingerprint after about
 * 2^40 tries.  So every bit of 128 counts.
 */
static void test_each_bit_of_the_fingerprint_counts(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_check_options o = {.threads = 1};
	uint8_t context[32], again[16];
	char text[TB_FINGERPRINT_TEXT];
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_files_new(m, &files);
	memcpy(context, tb_board_binding(m->board)->context, 32);
	o.trust.context = context;
	for (unsigned bit = 0; bit <= 128; bit++) {
		if (bit < 128)
			context[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		tb_check_fingerprint(text, context);
		assert_int_equal(tb_crockford_parse(again, sizeof again, text, strlen(text)), TB_OK);
		assert_memory_equal(again, context, 16);
		tb_checked_run(&c, &files, &o);
		assert_int_equal(c.report.verdict, bit < 128 ? TB_VERDICT_FALSE : TB_VERDICT_UNFINISHED);
		assert_int_equal(tb_checked_has(&c, "CONTEXT"), bit < 128);
		tb_checked_release(&c);
		if (bit < 128)
			context[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	}
	assert_int_not_equal(tb_crockford_parse(again, sizeof again, text, strlen(text) - 1), TB_OK);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- the server posts an old change of the roll again (U-03) [ROLL.KEYS] ---- */

/* The same words with the same signature at a later time. */
static void post_again(tb_maker *m, size_t index)
{
	tb_buf room, bytes;
	tb_fault fault;
	tb_entry e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	assert_int_equal(
		tb_entry_parse(&e, &room, m->entries[index].data, m->entries[index].len, &fault), TB_OK);
	e.time = m->now;
	assert_int_equal(tb_entry_write(&bytes, &e), TB_OK);
	tb_maker_append(m, bytes.data, bytes.len);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
}

static void renew(tb_maker *m, uint32_t voter, const uint8_t key[32])
{
	char none[] = "", reason[] = "The letter was opened.";
	tb_roll_change change = {
		.action = TB_ROLL_CREDENTIAL, .voter = m->voters[voter].id, .label = none, .reason = reason};
	tb_maker_plan plan;

	memcpy(change.key, key, 32);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	assert_int_equal(tb_roll_change_write(&plan.payload, &change), TB_OK);
	tb_maker_post(m, &plan);
}

static void test_a_revoked_credential_cannot_be_brought_back(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;
	size_t first;
	tb_voter v;

	(void)state;
	tb_maker_until_open(m);
	first = m->num_entries;
	renew(m, 0, m->trustee[0].sign_key); /* any key that is not on the roll: the one that leaks */
	renew(m, 0, m->trustee[1].sign_key); /* and the one that takes its place */
	m->is_lenient = true;
	post_again(m, first);
	assert_int_equal(m->num_refused, 1);
	assert_string_equal(m->last_fault.rule, "ROLL.KEYS");
	assert_int_equal(
		tb_roll_find(tb_board_roll(m->board), m->voters[0].id, strlen(m->voters[0].id), &v), TB_OK);
	assert_memory_equal(tb_roll_key(tb_board_roll(m->board), v), m->trustee[1].sign_key, 32);
	check_record(m, &files, &c);
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	assert_true(tb_checked_has(&c, "ROLL.KEYS"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* Nothing at all that was said once while the polls are open can be said again by whoever keeps the log. */
static void test_no_change_of_the_state_can_be_repeated(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 8, .extras = true, .revote = 3};
	tb_maker *m = tb_maker_new(&config);
	size_t num, open;

	(void)state;
	tb_maker_until_voted(m);
	open = (size_t)tb_board_open_index(m->board);
	num = m->num_entries;
	m->is_lenient = true;
	for (size_t i = 0; i < num; i++) {
		tb_buf room;
		tb_fault fault;
		tb_entry e;

		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		assert_int_equal(
			tb_entry_parse(&e, &room, m->entries[i].data, m->entries[i].len, &fault), TB_OK);
		tb_buf_release(&room);
		if (e.type == TB_ENTRY_NOTICE) /* words for people, without effect */
			continue;
		m->num_refused = 0;
		post_again(m, i);
		if (m->num_refused != 1)
			fail_msg("entry %zu, %s (open is %zu)", i, tb_entry_type_name(e.type), open);
	}
	tb_maker_free(m);
}

/* ---- a total above what the counted ballots can give (E-14, T-07) ---- */

/* Adds `more` votes to the first option of a ballot, without a proof for it. */
static void stuff(tb_maker_plan *plan, const char *voter, uint64_t more)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t *b1 = plan->payload.data + 1 + 1 + strlen(voter) + 32 + 8 + 8 + 32 + 1 + 32;
	tb_point p, add;
	tb_scalar k;

	assert_int_equal(tb_point_parse(g, &p, b1), TB_OK);
	tb_point_generator(g, &add);
	tb_scalar_set_u64(g, &k, more);
	tb_point_mul_public(g, &add, &k, &add);
	tb_point_add(g, &p, &p, &add);
	tb_point_write(g, b1, &p);
	plan->is_signed = false;
}

/* All trustees and the server agree to count it: the report names the ballot, whatever the result says. */
static void test_a_stuffed_ballot_is_false_and_not_an_error(void **state)
{
	(void)state;
	for (uint64_t more = 1; more <= 5; more++) { /* 3 of 5 voters vote */
		tb_maker_config config = {.small = true};
		tb_maker *m = tb_maker_new(&config);
		tb_maker_files files;
		tb_maker_plan plan;
		tb_checked c;

		tb_maker_until_open(m);
		tb_maker_vote(m, 0);
		tb_maker_vote(m, 1);
		tb_maker_plan_vote(m, 2, &plan);
		stuff(&plan, m->voters[2].id, more);
		tb_maker_post(m, &plan);
		tb_maker_close(m);
		tb_maker_tally(m);
		for (uint32_t i = 0; i < 3; i++)
			tb_maker_endorse(m, i);
		tb_maker_decrypt(m, 1);
		tb_maker_decrypt(m, 2);
		m->is_lenient = true;
		tb_maker_plan_init(m, &plan, TB_ENTRY_RESULT, "server");
		tb_buf_text(&plan.payload, "{}");
		tb_maker_post(m, &plan);
		check_record(m, &files, &c);
		assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
		assert_true(tb_checked_has(&c, "BALLOT.VERIFY"));
		tb_checked_release(&c);
		tb_maker_files_free(&files);
		tb_maker_free(m);
	}
}

/* ---- the server ends the polls early by a clock that is ahead (U-09) [ENDORSE] ---- */

static void endorse_at(tb_maker *m, const char *signer, uint64_t time)
{
	tb_checkpoint c = {.size = 0};
	tb_endorsement own;
	tb_maker_plan plan;

	tb_tally_statement(tb_board_tally(m->board), &own);
	(void)snprintf(c.origin, sizeof c.origin, "%s", m->manifest.origin);
	c.size = own.size;
	memcpy(c.root, own.root, 32);
	assert_int_equal(
		tb_checkpoint_cosign(own.cosignature, &c, time, &tb_maker_who(m, signer)->ed), TB_OK);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ENDORSE, signer);
	assert_int_equal(tb_endorsement_write(&plan.payload, &own), TB_OK);
	tb_maker_post(m, &plan);
}

static void test_an_early_end_is_not_endorsed(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;
	uint64_t before;

	(void)state;
	tb_maker_until_voted(m);
	before = m->now; /* long before the end */
	tb_maker_close(m);
	tb_maker_tally(m);
	m->is_lenient = true;
	endorse_at(m, "trustee/1", before);
	assert_int_equal(m->num_refused, 1);
	assert_string_equal(m->last_fault.rule, "ENDORSE");
	check_record(m, &files, &c);
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	assert_true(tb_checked_has(&c, "ENDORSE"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- a cosignature beside the checkpoint that does not verify (F-09) [LOG.CHECKPOINT] ---- */

/* An origin as long as it may be. */
static void longest_origin(void *arg, tb_manifest *f)
{
	char origin[TB_ORIGIN_MAX + 1];
	size_t tail = strlen("/e/") + strlen(f->slug);

	(void)arg;
	memset(origin, 'o', sizeof origin);
	(void)snprintf(origin + TB_ORIGIN_MAX - tail, tail + 1, "/e/%s", f->slug);
	free(f->origin);
	f->origin = strdup(origin);
	free(f->endorsers[0].id);
	memset(origin, 'i', TB_ID_MAX);
	f->endorsers[0].id = strndup(origin, TB_ID_MAX);
}

static void test_a_wrong_cosignature_is_seen_whatever_its_name(void **state)
{
	(void)state;
	for (int is_long = 0; is_long < 2; is_long++) {
		tb_maker_config config = {
			.small = true, .num_endorsers = 1, .edit = is_long ? longest_origin : NULL};
		tb_maker *m = tb_maker_new(&config);
		uint8_t cosignature[TB_COSIGNATURE_BYTES] = {0, 0, 0, 0, 1};
		char name[TB_KEY_NAME_MAX + 1];
		tb_maker_files files;
		tb_maker_file *note;
		tb_checked c;
		tb_vkey key;

		tb_maker_until_open(m);
		tb_maker_files_new(m, &files);
		note = tb_maker_files_find(&files, "log/checkpoint");
		(void)snprintf(
			name, sizeof name, "%s/endorser/%s", m->manifest.origin, m->manifest.endorsers[0].id);
		assert_int_equal(tb_vkey_init(&key, name, TB_VKEY_COSIGNATURE, m->endorser[0].ed_key), TB_OK);
		tb_note_write_line(&note->bytes, key.name, key.id, cosignature, sizeof cosignature);
		tb_checked_run(&c, &files, NULL);
		assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
		assert_int_equal(c.num, 1);
		assert_true(tb_checked_has(&c, "LOG.CHECKPOINT"));
		tb_checked_release(&c);
		tb_maker_files_free(&files);
		tb_maker_free(m);
	}
}

/* ---- reasons that would put lines of their own into a report ---- */

static void several_lines(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	static char reason[] = "because\n\nVERIFIED\n  - All is well.";
	tb_roll_change change;
	tb_fault fault;
	char *own;

	(void)arg;
	(void)m;
	if (plan->type == TB_ENTRY_CANCEL) {
		tb_buf_clear(&plan->payload);
		assert_int_equal(tb_cancel_write(&plan->payload, reason), TB_OK);
	}
	if (plan->type == TB_ENTRY_ROLL_CHANGE) {
		assert_int_equal(
			tb_roll_change_parse(&change, plan->payload.data, plan->payload.len, &fault), TB_OK);
		own = change.reason;
		change.reason = reason;
		tb_buf_clear(&plan->payload);
		assert_int_equal(tb_roll_change_write(&plan->payload, &change), TB_OK);
		change.reason = own;
		tb_roll_change_release(&change);
	}
}

static void test_a_reason_stays_in_its_line(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	size_t changes = 0, lines = 0;
	tb_maker_files files;
	tb_checked c;

	(void)state;
	m->before = several_lines;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	tb_maker_renew(m, 0);
	tb_maker_remove(m, 1);
	tb_maker_cancel(m);
	check_record(m, &files, &c);
	assert_int_equal(c.report.verdict, TB_VERDICT_UNFINISHED);
	for (size_t i = 0; i < c.report.num_statements; i++) {
		changes += strcmp(c.report.statements[i].code, "roll-changed") == 0;
		lines += strchr(c.report.statements[i].text, '\n') != NULL;
	}
	assert_int_equal(lines, 0);
	assert_int_equal(changes, 2);
	assert_non_null(strstr(statement(&c, "cancelled"), "because  VERIFIED   - All is well."));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- an administrator who allows weights and floors that show votes (U-11, U-10, T-16) ---- */

static void no_minimum(void *arg, tb_manifest *f)
{
	(void)arg;
	f->min_holders = 0;
	f->weights_warn = false;
	f->privacy_floor = 1;
}

static void test_what_shows_votes_is_said_whatever_the_manifest_allows(void **state)
{
	/* Weights 1..4, one voter each. */
	tb_maker_config config = {.small = true, .num_voters = 4, .weights = 4, .edit = no_minimum};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;
	size_t num = 0;

	(void)state;
	tb_maker_run(m);
	check_record(m, &files, &c);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	for (size_t i = 0; i < c.report.num_statements; i++)
		num += strcmp(c.report.statements[i].code, "rare-weight") == 0;
	assert_int_equal(num, 4);
	assert_true(tb_checked_says(&c, "privacy-floor"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- an election in which nobody votes elects nobody (T-12) [RESULT.APPROVAL] ---- */

static void half_of_the_ballots(void *arg, tb_manifest *f)
{
	(void)arg;
	f->questions[0].quorum.base = TB_BASE_NONE;
	f->questions[0].approval.strict = false; /* at least half of the ballots */
}

static void test_no_ballots_elect_nobody(void **state)
{
	tb_maker_config config = {.small = true, .edit = half_of_the_ballots};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_result result;
	tb_fault fault;
	tb_entry e;
	tb_checked c;
	tb_buf room;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_close(m);
	tb_maker_tally(m);
	for (uint32_t i = 0; i < 3; i++)
		tb_maker_endorse(m, i);
	tb_maker_decrypt(m, 1); /* the lot alone */
	tb_maker_decrypt(m, 2);
	tb_maker_result(m);
	check_record(m, &files, &c);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, m->entries[m->num_entries - 1].data,
				 m->entries[m->num_entries - 1].len, &fault),
		TB_OK);
	assert_int_equal(tb_result_parse(&result, &m->manifest, e.payload, e.payload_len, &fault), TB_OK);
	assert_int_equal(result.questions[0].outcome, TB_OUTCOME_DECIDED);
	assert_int_equal(result.questions[0].num_approved, 0);
	assert_int_equal(result.questions[0].num_elected, 0);
	tb_result_release(&result);
	tb_buf_release(&room);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

static void enough_holders(void *arg, tb_manifest *f)
{
	(void)arg;
	f->min_holders = 4;
	f->weights_warn = false;
	f->privacy_floor = 3;
}

/* Four hold weight 2, but only one of them votes. */
static void test_those_who_voted_are_what_a_total_shows(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 8, .weights = 2, .edit = enough_holders};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_until_open(m);
	for (uint32_t i = 0; i < 8; i++)
		if (m->voters[i].weight == 1 || i == 1)
			tb_maker_vote(m, i);
	check_record(m, &files, &c); /* nothing is said yet: more may vote */
	assert_false(tb_checked_says(&c, "rare-weight"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_close(m);
	check_record(m, &files, &c);
	assert_string_equal(statement(&c, "rare-weight"),
		"Of the voters with weight 2 only 1 voted: the totals may reveal how they voted.");
	assert_false(tb_checked_says(&c, "privacy-floor"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_bit_of_the_fingerprint_counts),
		cmocka_unit_test(test_a_revoked_credential_cannot_be_brought_back),
		cmocka_unit_test(test_no_change_of_the_state_can_be_repeated),
		cmocka_unit_test(test_a_stuffed_ballot_is_false_and_not_an_error),
		cmocka_unit_test(test_an_early_end_is_not_endorsed),
		cmocka_unit_test(test_a_wrong_cosignature_is_seen_whatever_its_name),
		cmocka_unit_test(test_a_reason_stays_in_its_line),
		cmocka_unit_test(test_what_shows_votes_is_said_whatever_the_manifest_allows),
		cmocka_unit_test(test_those_who_voted_are_what_a_total_shows),
		cmocka_unit_test(test_no_ballots_elect_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
