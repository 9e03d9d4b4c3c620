/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/election/check.h"
#include "core/log/checkpoint.h"
#include "tests/support/check_board.h"
#include "tests/support/make_board.h"

/* ---- whole and right ---- */

static void expect_verified(const tb_maker_config *config)
{
	tb_maker *m = tb_maker_new(config);
	tb_maker_files files;
	tb_checked c;

	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	tb_checked_print_failures(&c);
	assert_int_equal(c.num, 0);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	assert_int_equal(c.report.size, m->num_entries);
	for (int n = 1; n < TB_CHECK_END; n++)
		assert_int_equal(c.report.line[n].state, TB_CHECK_OK);
	for (uint32_t q = 0; q < m->manifest.num_questions; q++)
		for (uint32_t i = 0; tb_tally_may_decrypt(tb_board_tally(c.report.board), q) &&
				     i < m->manifest.questions[q].num_options;
			i++)
			assert_int_equal(tb_tally_totals(tb_board_tally(c.report.board), q)[i],
				tb_maker_expected(m, q, i));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

static void test_a_small_election_verifies(void **state)
{
	tb_maker_config c = {.small = true};

	(void)state;
	expect_verified(&c);
}

static void test_an_election_with_everything_verifies(void **state)
{
	tb_maker_config c = {.num_voters = 23,
		.chunk = 7,
		.num_trustees = 5,
		.threshold = 3,
		.num_endorsers = 2,
		.abstain = 4,
		.revote = 2,
		.weights = 3,
		.extras = true};

	(void)state;
	expect_verified(&c);
}

static void test_more_entries_than_a_tile_holds(void **state)
{
	tb_maker_config c = {.num_voters = 530, .small = true};

	(void)state;
	expect_verified(&c);
}

static void edit_quorum(void *arg, tb_manifest *f)
{
	(void)arg;
	f->questions[0].quorum = (tb_bar){.base = TB_BASE_COUNT, .count = 100};
}

static void test_a_void_question_verifies(void **state)
{
	tb_maker_config c = {.small = true, .edit = edit_quorum};

	(void)state;
	expect_verified(&c);
}

static void test_the_counts_say_what_was_covered(void **state)
{
	tb_maker_config config = {.num_voters = 9, .num_endorsers = 1, .revote = 3};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	/* 1 manifest, 1 roll, 3 + 3 of the ceremony, open, 9 + 3 ballots, close, 4 endorsements, 2 shares, result */
	assert_int_equal(m->num_entries, 29);
	assert_int_equal(c.report.line[TB_CHECK_CHECKPOINT].covered, 2);
	assert_int_equal(c.report.line[TB_CHECK_TREE].covered, 2);
	assert_int_equal(c.report.line[TB_CHECK_BLOBS].covered, 0);
	assert_int_equal(c.report.line[TB_CHECK_ENTRIES].covered, 29);
	assert_int_equal(c.report.line[TB_CHECK_SIGNATURES].covered, 17);
	assert_int_equal(c.report.line[TB_CHECK_MANIFEST].covered, 1);
	assert_int_equal(c.report.line[TB_CHECK_ROLL].covered, 1);
	assert_int_equal(c.report.line[TB_CHECK_CEREMONY].covered, 7);
	assert_int_equal(c.report.line[TB_CHECK_BALLOTS].covered, 12);
	assert_int_equal(c.report.line[TB_CHECK_BALLOT_SIGNATURES].covered, 12);
	assert_int_equal(c.report.line[TB_CHECK_BALLOT_PROOFS].covered, 12);
	assert_int_equal(c.report.line[TB_CHECK_CLOSE].covered, 1);
	assert_int_equal(c.report.line[TB_CHECK_COUNTED].covered, 9);
	assert_int_equal(c.report.line[TB_CHECK_ENDORSEMENTS].covered, 4);
	assert_int_equal(c.report.line[TB_CHECK_SHARES].covered, 2);
	assert_int_equal(c.report.line[TB_CHECK_RESULT].covered, 1);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- not there yet ---- */

static void test_every_unfinished_stage(void **state)
{
	static void (*const until[])(tb_maker *) = {tb_maker_manifest, tb_maker_until_ready,
		tb_maker_until_open, tb_maker_until_voted, tb_maker_until_closed, tb_maker_until_endorsed,
		tb_maker_until_decrypted};

	(void)state;
	for (size_t i = 0; i < sizeof until / sizeof until[0]; i++) {
		tb_maker_config config = {.small = true};
		tb_maker *m = tb_maker_new(&config);
		tb_maker_files files;
		tb_checked c;

		until[i](m);
		tb_maker_files_new(m, &files);
		tb_checked_run(&c, &files, NULL);
		assert_int_equal(c.num, 0);
		assert_int_equal(c.report.verdict, TB_VERDICT_UNFINISHED);
		assert_int_equal(c.report.line[TB_CHECK_RESULT].state, TB_CHECK_PENDING);
		assert_int_equal(c.report.line[TB_CHECK_MANIFEST].state, TB_CHECK_OK);
		tb_checked_release(&c);
		tb_maker_files_free(&files);
		tb_maker_free(m);
	}
}

static void test_a_cancelled_election_is_never_verified(void **state)
{
	tb_maker *m = tb_maker_new(NULL);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_until_ready(m);
	tb_maker_cancel(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	assert_int_equal(c.num, 0);
	assert_int_equal(c.report.verdict, TB_VERDICT_UNFINISHED);
	assert_true(tb_checked_says(&c, "cancelled"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- files ---- */

typedef struct record {
	tb_maker *m;
	tb_maker_files files;
} record;

static record small_record(void)
{
	tb_maker_config config = {.small = true};
	record r = {.m = tb_maker_new(&config)};

	tb_maker_run(r.m);
	tb_maker_files_new(r.m, &r.files);
	return r;
}

static void record_release(record *r)
{
	tb_maker_files_free(&r->files);
	tb_maker_free(r->m);
}

/* Removes a file from the list. */
static void drop(tb_maker_files *f, const char *path)
{
	tb_maker_file *file = tb_maker_files_find(f, path);

	assert_non_null(file);
	tb_buf_release(&file->bytes);
	memmove(file, file + 1, (size_t)(f->file + f->num - file - 1) * sizeof *file);
	f->num--;
}

static void test_missing_files_are_named(void **state)
{
	record r = small_record();
	char paths[8][200];
	size_t num = r.files.num;

	(void)state;
	assert_true(num <= 8);
	for (size_t i = 0; i < num; i++)
		(void)snprintf(paths[i], sizeof paths[i], "%s", r.files.file[i].path);
	for (size_t i = 0; i < num; i++) {
		tb_maker_files files;
		tb_checked c;

		tb_maker_files_new(r.m, &files);
		drop(&files, paths[i]);
		tb_checked_run(&c, &files, NULL);
		assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
		assert_true(c.num >= 1);
		assert_string_equal(c.failure[0].fault.where, paths[i]);
		tb_checked_release(&c);
		tb_maker_files_free(&files);
	}
	record_release(&r);
}

static void test_a_cut_or_longer_file_is_named(void **state)
{
	record r = small_record();

	(void)state;
	for (size_t i = 1; i < r.files.num; i++) {
		for (int how = 0; how < 2; how++) {
			tb_maker_files files;
			tb_checked c;

			tb_maker_files_new(r.m, &files);
			if (how == 0)
				files.file[i].bytes.len--;
			else
				tb_buf_u8(&files.file[i].bytes, 0);
			tb_checked_run(&c, &files, NULL);
			assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
			assert_true(c.num >= 1);
			assert_string_equal(c.failure[0].fault.where, files.file[i].path);
			tb_checked_release(&c);
			tb_maker_files_free(&files);
		}
	}
	record_release(&r);
}

/* A checkpoint can name any size: nothing is allocated for it, and nobody waits for a billion missing files. */
static void test_a_size_without_entries_is_soon_given_up(void **state)
{
	record r = small_record();
	tb_checkpoint lie = {.size = UINT64_C(1) << 40};
	tb_maker_file *f = tb_maker_files_find(&r.files, "log/checkpoint");
	tb_vkey key;
	tb_checked c;

	(void)state;
	(void)snprintf(lie.origin, sizeof lie.origin, "%s", r.m->manifest.origin);
	tb_buf_clear(&f->bytes);
	assert_int_equal(tb_vkey_init(&key, lie.origin, TB_VKEY_ED25519, r.m->server.ed_key), TB_OK);
	assert_int_equal(tb_checkpoint_sign(&f->bytes, &lie, &key, &r.m->server.ed), TB_OK);
	tb_checked_run(&c, &r.files, NULL);
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	assert_int_equal(c.num, 100);
	assert_string_equal(c.failure[0].fault.rule, "LOG.TILES");
	assert_int_equal(c.report.line[TB_CHECK_RESULT].state, TB_CHECK_NOT_EXAMINED);
	tb_checked_release(&c);
	record_release(&r);
}

/* ---- what the user knows ---- */

static void test_pinned_keys(void **state)
{
	record r = small_record();
	tb_check_options o = {.threads = 1};
	tb_buf manifest;
	uint8_t other[32] = {1};
	tb_checked c;

	(void)state;
	tb_buf_init(&manifest, TB_MANIFEST_MAX_BYTES);
	assert_int_equal(tb_manifest_write(&manifest, &r.m->manifest), TB_OK);
	o.trust = (tb_check_trust){.origin = r.m->manifest.origin,
		.log_key = r.m->server.ed_key,
		.manifest = manifest.data,
		.manifest_len = manifest.len,
		.context = tb_board_binding(r.m->board)->context};
	tb_checked_run(&c, &r.files, &o);
	tb_checked_print_failures(&c);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	assert_false(tb_checked_says(&c, "keys-from-board"));
	tb_checked_release(&c);

	o.trust = (tb_check_trust){.origin = "vote.example.org/e/other"};
	tb_checked_run(&c, &r.files, &o);
	assert_true(tb_checked_has(&c, "LOG.CHECKPOINT"));
	tb_checked_release(&c);
	o.trust = (tb_check_trust){.log_key = r.m->admin.ed_key};
	tb_checked_run(&c, &r.files, &o);
	assert_true(tb_checked_has(&c, "LOG.CHECKPOINT"));
	assert_true(tb_checked_has(&c, "MANIFEST.KEYS"));
	tb_checked_release(&c);
	o.trust = (tb_check_trust){.manifest = manifest.data, .manifest_len = manifest.len - 1};
	tb_checked_run(&c, &r.files, &o);
	assert_true(tb_checked_has(&c, "MANIFEST.ID"));
	tb_checked_release(&c);
	o.trust = (tb_check_trust){.context = other};
	tb_checked_run(&c, &r.files, &o);
	assert_true(tb_checked_has(&c, "CONTEXT"));
	assert_int_equal(c.num, 1);
	tb_checked_release(&c);
	tb_buf_release(&manifest);
	record_release(&r);
}

/* ---- witnesses [WITNESS.POLICY] ---- */

#define WITNESSES 3u
static tb_sign_secret witness_secret[WITNESSES] = {{{1}}, {{2}}, {{3}}};

static void ask_for_witnesses(void *arg, tb_manifest *m)
{
	char name[40];

	(void)arg;
	m->witnesses = calloc(WITNESSES, sizeof *m->witnesses);
	assert_non_null(m->witnesses);
	m->num_witnesses = WITNESSES;
	m->witnesses_needed = 2;
	for (uint32_t i = 0; i < WITNESSES; i++) {
		(void)snprintf(name, sizeof name, "witness.example/w%u", i);
		m->witnesses[i].name = strdup(name);
		assert_int_equal(tb_sign_public(m->witnesses[i].key, &witness_secret[i]), TB_OK);
	}
}

/* Witness `who` cosigns the checkpoint of these files, with the key of witness `by`. */
static void cosign(const tb_maker *m, const tb_maker_files *files, uint32_t who, uint32_t by)
{
	tb_buf *text = &tb_maker_files_find(files, "log/checkpoint")->bytes;
	const tb_witness_key *w = &m->manifest.witnesses[who];
	uint8_t cosignature[TB_COSIGNATURE_BYTES];
	tb_checkpoint checkpoint;
	tb_note note;
	tb_vkey key;
	tb_why why;

	assert_int_equal(
		tb_checkpoint_parse(&checkpoint, &note, (const char *)text->data, text->len, &why), TB_OK);
	assert_int_equal(tb_vkey_init(&key, w->name, TB_VKEY_COSIGNATURE, w->key), TB_OK);
	assert_int_equal(tb_checkpoint_cosign(cosignature, &checkpoint, m->now, &witness_secret[by]), TB_OK);
	tb_note_write_line(text, key.name, key.id, cosignature, sizeof cosignature);
	assert_int_equal(tb_buf_status(text), TB_OK);
}

static void test_enough_witnesses_are_needed(void **state)
{
	tb_maker_config config = {.small = true, .edit = ask_for_witnesses};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	for (uint32_t have = 0; have <= WITNESSES; have++) {
		tb_checked_run(&c, &files, NULL);
		tb_checked_print_failures(&c);
		assert_int_equal(c.num, 0);
		assert_int_equal(c.report.verdict, have >= 2 ? TB_VERDICT_VERIFIED : TB_VERDICT_UNFINISHED);
		assert_true(tb_checked_says(&c, have >= 2 ? "witnesses" : "witnesses-missing"));
		assert_false(tb_checked_says(&c, have >= 2 ? "witnesses-missing" : "witnesses"));
		tb_checked_release(&c);
		if (have < WITNESSES)
			cosign(m, &files, have, have);
	}
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

static void test_a_false_cosignature_of_a_witness_is_found(void **state)
{
	tb_maker_config config = {.small = true, .edit = ask_for_witnesses};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	cosign(m, &files, 0, 0);
	cosign(m, &files, 1, 1);
	cosign(m, &files, 2, 0); /* under the name of another one */
	tb_checked_run(&c, &files, NULL);
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	assert_true(tb_checked_has(&c, "LOG.CHECKPOINT"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

static void test_a_remembered_checkpoint(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config), *fork;
	tb_check_options o = {.threads = 1};
	tb_maker_files before, files;
	const tb_buf *note;
	tb_checked c;

	(void)state;
	tb_maker_until_voted(m);
	tb_maker_files_new(m, &before);
	note = &tb_maker_files_find(&before, "log/checkpoint")->bytes;
	o.trust.seen = (const char *)note->data;
	o.trust.seen_len = note->len;
	tb_maker_close(m);
	tb_maker_tally(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, &o);
	assert_int_equal(c.num, 0);
	tb_checked_release(&c);
	tb_maker_files_free(&files);

	fork = tb_maker_new(&config); /* the same people, other randomness: another history */
	tb_maker_until_closed(fork);
	tb_maker_files_new(fork, &files);
	tb_checked_run(&c, &files, &o);
	assert_true(tb_checked_has(&c, "LOG.CONSISTENT"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(fork);

	fork = tb_maker_new(&config); /* shorter than what was seen */
	tb_maker_until_open(fork);
	tb_maker_files_new(fork, &files);
	tb_checked_run(&c, &files, &o);
	assert_true(tb_checked_has(&c, "LOG.CONSISTENT"));
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(fork);

	/* the empty log, which everybody's log once was; but not with another root */
	for (unsigned i = 0; i < 2; i++) {
		tb_buf empty;
		tb_checkpoint none = {.size = 0};
		tb_vkey key;

		tb_merkle_empty(none.root);
		none.root[0] ^= (uint8_t)i;
		tb_buf_init(&empty, TB_NOTE_MAX_BYTES);
		(void)snprintf(none.origin, sizeof none.origin, "%s", m->manifest.origin);
		assert_int_equal(tb_vkey_init(&key, none.origin, TB_VKEY_ED25519, m->server.ed_key), TB_OK);
		assert_int_equal(tb_checkpoint_sign(&empty, &none, &key, &m->server.ed), TB_OK);
		o.trust.seen = (const char *)empty.data;
		o.trust.seen_len = empty.len;
		tb_checked_run(&c, &before, &o);
		assert_true(tb_checked_has(&c, "LOG.CONSISTENT") == (i == 1));
		tb_checked_release(&c);
		tb_buf_release(&empty);
	}
	tb_maker_files_free(&before);
	tb_maker_free(m);
}

/* ---- plain words [CHECK.STATEMENTS] ---- */

static void edit_words(void *arg, tb_manifest *f)
{
	(void)arg;
	f->rehearsal = true;
	f->rules = TB_RULES_EXTENDED;
	f->eligibility = TB_ELIGIBILITY_SERVER;
	f->min_holders = 5;
}

static void test_what_a_person_must_know_is_said(void **state)
{
	static const char *const codes[] = {"keys-from-board", "rehearsal", "eligibility-server",
		"threshold-1", "window-extended", "extended", "rare-weight", "added", "roll-changed",
		"no-auditor", "notices", "beyond"};
	tb_maker_config config = {.num_trustees = 1,
		.threshold = 1,
		.edit = edit_words,
		.extras = true,
		.weights = 2,
		.num_voters = 8};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;
	bool by_name = false;

	(void)state;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	tb_checked_print_failures(&c);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (!tb_checked_says(&c, codes[i]))
			fail_msg("nothing is said about %s", codes[i]);
	for (size_t i = 0; i < c.report.num_statements; i++)
		if (strcmp(c.report.statements[i].code, "roll-changed") == 0)
			by_name = by_name || strncmp(c.report.statements[i].text,
						     "v0000002 got a new credential", 29) == 0;
	assert_true(by_name);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* [OPEN.MISSED] The last certificate came after the end: nothing is false, and nothing will ever come of it. */
static void test_polls_that_never_opened(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	uint32_t last = m->manifest.num_trustees;

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	for (uint32_t i = 1; i <= last; i++)
		tb_maker_commit(m, i);
	for (uint32_t i = 1; i < last; i++)
		tb_maker_certify(m, i);
	for (int late = 0; late < 2; late++) {
		tb_maker_files files;
		tb_checked c;

		if (late != 0) {
			m->now = m->manifest.closes;
			tb_maker_certify(m, last);
		}
		tb_maker_files_new(m, &files);
		tb_checked_run(&c, &files, NULL);
		assert_int_equal(c.num, 0);
		assert_int_equal(c.report.verdict, TB_VERDICT_UNFINISHED);
		assert_true(tb_checked_says(&c, "not-opened") == (late == 0));
		assert_true(tb_checked_says(&c, "never-opened") == (late != 0));
		tb_checked_release(&c);
		tb_maker_files_free(&files);
	}
	tb_maker_free(m);
}

/* ---- one cause, few lines ---- */

typedef struct change {
	tb_entry_type type;
	uint32_t which, seen; /* the which-th entry of that type */
	void (*edit)(tb_maker *m, tb_maker_plan *plan);
} change;

static void change_one(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	change *c = arg;

	if (plan->type == c->type && c->seen++ == c->which)
		c->edit(m, plan);
}

static void wrong_key(tb_maker *m, tb_maker_plan *plan)
{
	(void)m;
	plan->is_signed = false;
	tb_secret_set_u64(tb_group_ristretto255(), &plan->key, 1);
}

static void wrong_time(tb_maker *m, tb_maker_plan *plan)
{
	(void)m;
	plan->time += 7;
}

static void garbage(tb_maker *m, tb_maker_plan *plan)
{
	(void)m;
	tb_buf_clear(&plan->payload);
	tb_buf_text(&plan->payload, "garbage");
	plan->is_signed = false;
}

/* Builds the record with the change, everything after it made as though it were right. */
static void expect_one(const tb_maker_config *config, change *how, const char *rule, size_t most)
{
	tb_maker *m = tb_maker_new(config);
	tb_maker_files files;
	tb_checked c;

	how->seen = 0;
	m->is_lenient = true;
	m->before = change_one;
	m->arg = how;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	if (c.num < 1 || c.num > most || strcmp(c.failure[0].fault.rule, rule) != 0) {
		tb_checked_print_failures(&c);
		fail_msg("%s: expected %s and at most %zu failures", tb_entry_type_name(how->type), rule,
			most);
	}
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* [CHECK.RECOVERY]: one wrong thing gives one report. */
static void test_one_wrong_signature_or_time_is_one_failure(void **state)
{
	(void)state;
	for (int type = 0; type < TB_ENTRY_NUM_TYPES; type++) {
		tb_maker_config config = {.small = true,
			.num_endorsers = 1,
			.extras = true,
			.client = true,
			.ranked = type == TB_ENTRY_MIX};
		change how = {.type = (tb_entry_type)type, .edit = wrong_key};

		if (type == TB_ENTRY_CANCEL)
			continue;
		expect_one(&config, &how, "ENTRY.SIGNATURE", 1);
		how.edit = wrong_time;
		expect_one(&config, &how, "ENTRY.TIME", 1);
	}
}

static void test_one_garbled_ballot_is_one_failure(void **state)
{
	tb_maker_config config = {.small = true};
	change how = {.type = TB_ENTRY_BALLOT, .which = 2, .edit = garbage};

	(void)state;
	expect_one(&config, &how, "BALLOT.PAYLOAD", 1);
	how.type = TB_ENTRY_NOTICE;
	config.extras = true;
	how.which = 0;
	expect_one(&config, &how, "JSON.CANONICAL", 1);
}

/* ---- a section that is missing ---- */

static void expect_not_judged(const tb_checked *c, const int *numbers)
{
	for (; *numbers != 0; numbers++)
		if (c->report.line[*numbers].state != TB_CHECK_NOT_EXAMINED)
			fail_msg("check %d is said to have been made", *numbers);
}

/* A roll that nobody has: one failure, and everything that rests on it is not judged. */
static void test_a_missing_roll_is_one_failure(void **state)
{
	static const int not_judged[] = {9, 10, 11, 13, 14, 15, 16, 0};
	tb_maker_config config = {.small = true, .num_voters = 600, .abstain = 1, .extras = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	m->manifest.questions[0].quorum = (tb_bar){.base = TB_BASE_NONE};
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	assert_int_equal(m->num_blobs, 1);
	drop(&files, files.file[files.num - 1].path);
	tb_checked_run(&c, &files, NULL);
	if (c.num != 1)
		tb_checked_print_failures(&c);
	assert_int_equal(c.num, 1);
	assert_string_equal(c.failure[0].fault.rule, "LOG.BLOB");
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	expect_not_judged(&c, not_judged);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* Gives the entry another payload, signed by its rightful signer. */
static void replace_payload(tb_maker *m, size_t index, const char *signer, const void *payload, size_t len)
{
	tb_binding binding = *tb_board_binding(m->board);
	tb_buf bytes, room;
	tb_fault fault;
	tb_entry old, e;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	assert_int_equal(
		tb_entry_parse(&old, &room, m->entries[index].data, m->entries[index].len, &fault), TB_OK);
	assert_int_equal(tb_entry_init(&e, old.type, signer, payload, len, &fault), TB_OK);
	e.time = old.time;
	binding.has_context = binding.has_context && index > tb_board_open_index(m->board);
	assert_int_equal(
		tb_entry_sign(&e, &binding, &tb_maker_who(m, signer)->sign, (const uint8_t[32]){1}), TB_OK);
	assert_int_equal(tb_entry_write(&bytes, &e), TB_OK);
	tb_buf_release(&m->entries[index]);
	m->entries[index] = bytes;
	tb_buf_release(&room);
}

/* A commitment that nobody can read: neither certificates nor ballots can be judged, and none of them is called wrong. */
static void test_a_missing_commitment_is_not_called_disorder(void **state)
{
	static const int not_judged[] = {9, 10, 11, 13, 14, 15, 16, 0};
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_maker_files files;
	tb_checked c;

	(void)state;
	tb_maker_run(m);
	replace_payload(m, 3, "trustee/2", "garbage", 7);
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	if (c.num != 3)
		tb_checked_print_failures(&c);
	assert_int_equal(
		c.num, 3); /* the commitment; the roots that open and close name are those of the true log */
	assert_string_equal(c.failure[0].fault.rule, "CEREMONY.COMMIT");
	assert_string_equal(c.failure[1].fault.rule, "OPEN");
	assert_string_equal(c.failure[2].fault.rule, "CLOSE");
	expect_not_judged(&c, not_judged);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- many bad ballots ---- */

static void spoil_some(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	uint32_t *n = arg;

	(void)m;
	if (plan->type != TB_ENTRY_BALLOT)
		return;
	++*n;
	if (*n % 50 == 7) { /* its proof no longer holds: the response f_1 of another ballot, signed again */
		plan->payload.data[plan->payload.len - 40] ^= 1;
		plan->is_signed = false;
	}
	if (*n % 50 == 9)
		plan->signature[40] ^= 1;
}

static void test_bad_ballots_are_named_in_any_number_of_threads(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 300};
	tb_maker *m = tb_maker_new(&config);
	uint32_t n = 0;
	tb_maker_files files;

	(void)state;
	m->before = spoil_some;
	m->arg = &n;
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	for (unsigned threads = 1; threads <= 5; threads += 2) {
		tb_check_options o = {.threads = threads, .batch = threads == 1 ? 0 : 13};
		tb_checked c;

		tb_checked_run(&c, &files, &o);
		assert_int_equal(c.num, 12);
		for (size_t i = 0; i < c.num; i++) {
			uint64_t ballot = c.failure[i].entry - tb_board_open_index(m->board);

			assert_true(c.failure[i].has_entry);
			assert_true(i == 0 || c.failure[i].entry > c.failure[i - 1].entry);
			assert_int_equal(ballot % 50, i % 2 == 0 ? 7 : 9);
			assert_string_equal(
				c.failure[i].fault.rule, i % 2 == 0 ? "BALLOT.VERIFY" : "ENTRY.SIGNATURE");
		}
		tb_checked_release(&c);
	}
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

/* ---- ballots that are blobs ---- */

static void five_hundred_options(void *arg, tb_manifest *f)
{
	tb_question *q = &f->questions[0];
	char id[16];

	(void)arg;
	q->options = realloc(q->options, 500 * sizeof *q->options);
	assert_non_null(q->options);
	for (uint32_t i = q->num_options; i < 500; i++) {
		(void)snprintf(id, sizeof id, "option-%u", i);
		memset(&q->options[i], 0, sizeof q->options[i]);
		q->options[i].id = strdup(id);
		q->options[i].label = strdup(id);
		q->options[i].text = strdup("");
		q->options[i].link = strdup("");
	}
	q->num_options = 500;
	q->method = TB_METHOD_CHOOSE;
}

static void spoil_second(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	uint32_t *n = arg;

	(void)m;
	if (plan->type == TB_ENTRY_BALLOT && ++*n == 2) {
		plan->payload.data[plan->payload.len - 40] ^= 1;
		plan->is_signed = false;
	}
}

static void test_ballots_that_are_blobs(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 3, .edit = five_hundred_options};
	tb_maker *m;
	tb_maker_files files;
	tb_checked c;
	uint32_t n = 0;

	(void)state;
	expect_verified(&config);
	m = tb_maker_new(&config);
	m->before = spoil_second;
	m->arg = &n;
	tb_maker_run(m);
	assert_int_equal(m->num_blobs, 5); /* three ballots and two decryptions */
	tb_maker_files_new(m, &files);
	tb_checked_run(&c, &files, NULL);
	assert_int_equal(c.num, 1);
	assert_string_equal(c.failure[0].fault.rule, "BALLOT.VERIFY");
	assert_int_equal(c.failure[0].entry, tb_board_open_index(m->board) + 2);
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_polls_that_never_opened),
		cmocka_unit_test(test_a_small_election_verifies),
		cmocka_unit_test(test_an_election_with_everything_verifies),
		cmocka_unit_test(test_more_entries_than_a_tile_holds),
		cmocka_unit_test(test_a_void_question_verifies),
		cmocka_unit_test(test_the_counts_say_what_was_covered),
		cmocka_unit_test(test_every_unfinished_stage),
		cmocka_unit_test(test_a_cancelled_election_is_never_verified),
		cmocka_unit_test(test_missing_files_are_named),
		cmocka_unit_test(test_a_cut_or_longer_file_is_named),
		cmocka_unit_test(test_a_size_without_entries_is_soon_given_up),
		cmocka_unit_test(test_pinned_keys),
		cmocka_unit_test(test_enough_witnesses_are_needed),
		cmocka_unit_test(test_a_false_cosignature_of_a_witness_is_found),
		cmocka_unit_test(test_a_remembered_checkpoint),
		cmocka_unit_test(test_what_a_person_must_know_is_said),
		cmocka_unit_test(test_one_wrong_signature_or_time_is_one_failure),
		cmocka_unit_test(test_one_garbled_ballot_is_one_failure),
		cmocka_unit_test(test_a_missing_roll_is_one_failure),
		cmocka_unit_test(test_a_missing_commitment_is_not_called_disorder),
		cmocka_unit_test(test_ballots_that_are_blobs),
		cmocka_unit_test(test_bad_ballots_are_named_in_any_number_of_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
