/* SPDX-License-Identifier: Apache-2.0 */
/* Many at once, and a disk that fails: what is answered is there, what is not answered is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "crypto/hash.h"
#include "server/checker.h"
#include "server/slog.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/serve.h"

static serve s;

static int start(void **state)
{
	(void)state;
	fault_vfs_install();
	serve_start(&s, 0);
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1)); /* failures are wanted here */
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fault_vfs_fail_all(0);
	fault_vfs_fail_at(0, 0);
	serve_stop(&s);
	return 0;
}

/* ---- helpers ---- */

static void get_text(const char *path, char *out, size_t out_len)
{
	tb_buf body;

	tb_buf_init(&body, 1u << 20);
	assert_int_equal(serve_get(&s, path, &body), 200);
	(void)snprintf(out, out_len, "%s", tb_buf_cstr(&body));
	tb_buf_release(&body);
}

/* A digest of the whole archive: everything that the server says. */
static void digest(uint8_t out[32])
{
	tb_buf body;

	tb_buf_init(&body, 64u << 20);
	assert_int_equal(serve_get(&s, "/e/spring/archive", &body), 200);
	tb_sha256(out, body.data, body.len);
	tb_buf_release(&body);
}

/* The server's log is sound by the state machine, from its first byte, and has this size. */
static void check_log(uint64_t size)
{
	uint8_t root[32], hash[32], node[32];
	tb_board *b;
	tb_buf bytes, room;
	tb_fault fault;
	tb_entry e;
	tb_election *served = tb_elections_find(&s.app.elections, "spring", 6);
	tb_election_nodes nodes = {.store = s.app.store, .election = served->number};
	tb_merkle_reader reader = tb_election_node_reader(&nodes);

	assert_int_equal(tb_election_size(served), size);
	assert_int_equal(tb_board_new(&b), TB_OK);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	for (uint64_t i = 0; i < size; i++) {
		tb_buf_clear(&bytes);
		assert_int_equal(tb_store_entry(s.app.store, served->number, i, &bytes), TB_OK);
		assert_int_equal(tb_entry_parse(&e, &room, bytes.data, bytes.len, &fault), TB_OK);
		tb_merkle_leaf(hash, bytes.data, bytes.len);
		assert_int_equal(tb_board_check(b, &e, hash, &fault), TB_OK);
		assert_int_equal(tb_board_apply(b, &e, hash), TB_OK);
	}
	/* The stored nodes give the same root. */
	tb_board_root(b, root);
	assert_int_equal(tb_merkle_root(node, &reader, size), TB_OK);
	assert_memory_equal(root, node, 32);
	tb_board_free(b);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
}

/* ---- many at once ---- */

#define VOTERS 60
#define THREADS 12

typedef struct cast {
	tb_maker *maker;
	tb_maker_plan plan[VOTERS];
	unsigned status[VOTERS];
	uint64_t index[VOTERS];
	_Atomic uint32_t next;
	bool twice; /* every ballot is sent by two threads */
} cast;

static void *cast_some(void *arg)
{
	cast *c = arg;
	tb_http_response r;
	tb_maker_plan copy;
	uint32_t i;

	while ((i = atomic_fetch_add(&c->next, 1)) < VOTERS * (c->twice ? 2u : 1u)) {
		copy = c->plan[i % VOTERS];
		tb_buf_init(&copy.payload, TB_BLOB_MAX_BYTES);
		tb_buf_append(
			&copy.payload, c->plan[i % VOTERS].payload.data, c->plan[i % VOTERS].payload.len);
		if (serve_post(&s, c->maker, &copy, &r) / 100 == 2) {
			uint64_t index = strtoul(tb_http_response_find(&r, "Tabella-Index"), NULL, 10);

			/* Both senders of the same ballot hear of the same place. */
			if (i < VOTERS)
				c->index[i] = index;
		}
		if (i < VOTERS)
			c->status[i] = r.status;
		tb_http_response_release(&r);
	}
	return NULL;
}

static void cast_all(cast *c)
{
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, cast_some, c), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void plan_all(cast *c)
{
	for (uint32_t i = 0; i < VOTERS; i++)
		tb_maker_plan_vote(c->maker, i, &c->plan[i]);
}

static void release_all(cast *c)
{
	for (uint32_t i = 0; i < VOTERS; i++)
		tb_buf_release(&c->plan[i].payload);
}

static void test_concurrent_ballots_get_each_one_place(void **state)
{
	tb_maker_config config = {.num_voters = VOTERS, .small = true};
	static cast c;
	bool taken[VOTERS] = {false};
	uint64_t first;

	(void)state;
	memset(&c, 0, sizeof c);
	c.maker = serve_maker(&s, &config);
	c.twice = true;
	tb_maker_until_open(c.maker);
	first = c.maker->num_entries;
	plan_all(&c);
	/* Some are bad: they must not harm the others in their batch. */
	for (uint32_t i = 3; i < VOTERS; i += 7)
		c.plan[i].signature[10] ^= 1;
	cast_all(&c);
	for (uint32_t i = 0; i < VOTERS; i++) {
		bool bad = i % 7 == 3;

		assert_int_equal(c.status[i] / 100, bad ? 4 : 2);
		if (!bad) {
			assert_in_range(c.index[i], first, first + VOTERS);
			assert_false(taken[c.index[i] - first]);
			taken[c.index[i] - first] = true;
		}
	}
	check_log(first + VOTERS - (VOTERS - 3 + 6) / 7);
	serve_restart(&s);
	check_log(first + VOTERS - (VOTERS - 3 + 6) / 7);
	release_all(&c);
	tb_maker_free(c.maker);
}

/* ---- a repetition that comes while the original is being recorded ---- */

typedef struct outcome {
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool done;
} outcome;

static void on_done(tb_submission *submission)
{
	outcome *o = submission->arg;

	(void)pthread_mutex_lock(&o->lock);
	o->done = true;
	(void)pthread_cond_signal(&o->woken);
	(void)pthread_mutex_unlock(&o->lock);
}

/* Gives a ballot to the checker, as if it had not been on the board yet when its request was looked at. */
static void check_late(tb_submission *submission)
{
	outcome o = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};

	submission->done = on_done;
	submission->arg = &o;
	tb_checker_submit(s.app.checker, submission);
	(void)pthread_mutex_lock(&o.lock);
	while (!o.done)
		(void)pthread_cond_wait(&o.woken, &o.lock);
	(void)pthread_mutex_unlock(&o.lock);
}

static void test_a_repetition_that_meets_its_original_gets_the_same_place(void **state)
{
	tb_maker_config config = {.num_voters = 2, .small = true};
	tb_election *served;
	tb_submission *again;
	tb_maker_plan plan;
	tb_http_response r;
	tb_fault fault;
	tb_buf bytes, room;
	tb_maker *m;
	tb_entry e;
	uint64_t index;

	(void)state;
	m = serve_maker(&s, &config);
	tb_maker_until_open(m);
	index = m->num_entries;
	tb_maker_plan_vote(m, 0, &plan);
	assert_int_equal(serve_post(&s, m, &plan, &r), 201);
	tb_http_response_release(&r);
	served = tb_elections_find(&s.app.elections, "spring", 6);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_store_entry(s.app.store, served->number, index, &bytes), TB_OK);
	assert_int_equal(tb_entry_parse(&e, &room, bytes.data, bytes.len, &fault), TB_OK);

	for (unsigned other = 0; other < 2; other++) {
		assert_int_equal(tb_submission_new(&again), TB_OK);
		again->election = served;
		tb_buf_append(&again->payload, e.payload, e.payload_len);
		assert_int_equal(tb_entry_init(&again->entry, e.type, e.signer, again->payload.data,
					 again->payload.len, &fault),
			TB_OK);
		memcpy(again->entry.signature, e.signature, sizeof e.signature);
		/* The same ballot signed otherwise is no repetition. */
		again->entry.signature[0] ^= (uint8_t)other;
		tb_submission_identify(again);
		check_late(again);
		if (other == 0) {
			assert_int_equal(again->err, TB_OK);
			assert_int_equal(again->index, index);
			assert_false(again->is_new);
		} else {
			assert_int_equal(again->err, TB_ERR_RULE);
			assert_string_equal(again->fault.rule, "BALLOT.PREV");
		}
		tb_submission_free(again);
	}
	check_log(index + 1);
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	tb_maker_free(m);
}

/* ---- a credential that changes between check and append ---- */

typedef struct change {
	cast *cast;
	uint32_t voter;
} change;

static void *renew(void *arg)
{
	tb_maker *m = ((change *)arg)->cast->maker;
	tb_http_response r;
	tb_roll_change what = {
		.action = TB_ROLL_CREDENTIAL, .label = (char[]){""}, .reason = (char[]){"Lost."}};
	tb_maker_plan plan;

	for (uint32_t i = 0; i < VOTERS; i += 2) {
		what.voter = m->voters[i].id;
		memcpy(what.key, m->voters[i].keys.sign_key, 32);
		/* Any other key: that of a voter who is not on the roll. */
		tb_sha256(what.key, what.key, 32);
		{
			tb_secret secret;
			uint8_t wide[64];

			tb_sha512(wide, what.key, 32);
			tb_secret_reduce64(tb_group_ristretto255(), &secret, wide);
			tb_schnorr_public(what.key, &secret);
		}
		tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
		assert_int_equal(tb_roll_change_write(&plan.payload, &what), TB_OK);
		assert_int_equal(serve_post(&s, m, &plan, &r), 201);
		tb_http_response_release(&r);
	}
	return NULL;
}

/* Whatever the order turns out to be: a ballot that stands after the change of its voter's key would be signed with the old one,
 * and the board must not hold it. */
static void test_a_ballot_checked_for_an_old_credential_is_checked_again(void **state)
{
	tb_maker_config config = {.num_voters = VOTERS, .small = true};
	static cast c;
	change what = {.cast = &c};
	pthread_t thread;
	tb_buf bytes, room;
	tb_fault fault;
	tb_entry e;
	tb_election *served;
	bool renewed[VOTERS] = {false};

	(void)state;
	memset(&c, 0, sizeof c);
	c.maker = serve_maker(&s, &config);
	tb_maker_until_open(c.maker);
	plan_all(&c);
	assert_int_equal(pthread_create(&thread, NULL, renew, &what), 0);
	cast_all(&c);
	assert_int_equal(pthread_join(thread, NULL), 0);
	served = tb_elections_find(&s.app.elections, "spring", 6);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	for (uint64_t i = c.maker->num_entries; i < tb_election_size(served); i++) {
		tb_roll_change read;

		tb_buf_clear(&bytes);
		assert_int_equal(tb_store_entry(s.app.store, served->number, i, &bytes), TB_OK);
		assert_int_equal(tb_entry_parse(&e, &room, bytes.data, bytes.len, &fault), TB_OK);
		if (e.type == TB_ENTRY_ROLL_CHANGE) {
			assert_int_equal(
				tb_roll_change_parse(&read, e.payload, e.payload_len, &fault), TB_OK);
			renewed[strtoul(read.voter + 1, NULL, 10) - 1] = true;
			tb_roll_change_release(&read);
		} else {
			assert_int_equal(e.type, TB_ENTRY_BALLOT);
			assert_false(renewed[strtoul(e.signer_id + 1, NULL, 10) - 1]);
		}
	}
	for (uint32_t i = 0; i < VOTERS; i++)
		assert_true(c.status[i] == 201 || (i % 2 == 0 && c.status[i] == 403));
	tb_buf_release(&bytes);
	tb_buf_release(&room);
	release_all(&c);
	tb_maker_free(c.maker);
}

/* ---- a disk that fails ---- */

static void test_every_failing_call_is_answered_and_changes_nothing(void **state)
{
	static const unsigned kinds[] = {FAULT_WRITES, FAULT_SYNCS};
	tb_maker_config config = {.num_voters = 200, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	uint32_t voter = 0;

	(void)state;
	tb_maker_until_open(m);
	for (size_t k = 0; k < 2; k++) {
		for (unsigned long n = 1; n < 60; n++) {
			uint8_t before[32], now[32];
			tb_maker_plan plan, again;
			tb_http_response r;
			unsigned status;

			tb_maker_plan_vote(m, voter, &plan);
			again = plan;
			tb_buf_init(&again.payload, TB_BLOB_MAX_BYTES);
			tb_buf_append(&again.payload, plan.payload.data, plan.payload.len);
			digest(before);
			fault_vfs_fail_at(kinds[k], n);
			status = serve_post(&s, m, &plan, &r);
			fault_vfs_fail_at(0, 0);
			if (status == 503) {
				assert_string_equal(serve_rule(&r), "SERVER.STORAGE");
				digest(now);
				assert_memory_equal(before, now, 32);
			} else {
				assert_int_equal(status, 201);
			}
			tb_http_response_release(&r);
			/* The voter tries again, with the same bytes, and all is well. */
			assert_int_equal(serve_post(&s, m, &again, &r), status == 503 ? 201 : 200);
			tb_http_response_release(&r);
			/* The maker's log follows. */
			{
				tb_buf bytes;

				tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
				assert_int_equal(
					tb_store_entry(s.app.store, 1, m->num_entries, &bytes), TB_OK);
				tb_maker_append(m, bytes.data, bytes.len);
				tb_buf_release(&bytes);
			}
			voter++;
			if (status == 201)
				break; /* no more calls to fail */
		}
	}
	assert_true(voter > 6); /* several did fail */
	check_log(m->num_entries);
	serve_restart(&s);
	check_log(m->num_entries);
	tb_maker_free(m);
}

static void test_a_full_disk_stops_writing_but_not_reading(void **state)
{
	tb_maker_config config = {.num_voters = 9, .small = true},
			other = {.num_voters = 9, .small = true, .slug = "other"};
	tb_maker *m = serve_maker(&s, &config), *second = serve_maker(&s, &other);
	uint8_t before[32], now[32];
	char text[4000], later[4000];
	tb_maker_plan plan;
	tb_http_response r;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_until_open(second);
	tb_maker_vote(m, 0);
	digest(before);
	get_text("/e/spring", text, sizeof text);
	fault_vfs_fail_all(FAULT_WRITES);
	for (uint32_t i = 1; i < 4; i++) {
		tb_maker_plan_vote(m, i, &plan);
		assert_int_equal(serve_post(&s, m, &plan, &r), 503);
		tb_http_response_release(&r);
		digest(now);
		assert_memory_equal(before, now, 32);
		get_text("/e/spring", later, sizeof later);
		assert_string_equal(text, later);
		/* Whoever is refused looks whether the ballot is there. */
		get_text("/e/spring/voter/v0000001", later, sizeof later);
		assert_non_null(strstr(later, "\"ballot\":{\"index\":"));
		get_text("/e/spring/voter/v0000002", later, sizeof later);
		assert_non_null(strstr(later, "\"ballot\":null"));
	}
	/* Time goes on meanwhile: the polls close as soon as the disk lets them. */
	atomic_store(&s.now, m->manifest.closes);
	(void)usleep(600000);
	get_text("/e/spring", later, sizeof later);
	assert_string_equal(text, later);
	fault_vfs_fail_all(0);
	tb_maker_close(m);
	tb_maker_close(second);
	check_log(m->num_entries);
	tb_maker_tally(m);
	for (uint32_t i = 0; i < 3; i++)
		tb_maker_endorse(m, i);
	tb_maker_free(m);
	tb_maker_free(second);
}

static void test_what_was_answered_survives_power_loss(void **state)
{
	tb_maker_config config = {.num_voters = 12, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	char other[200], tail[220];
	tb_why why;
	tb_app app;

	(void)state;
	tb_maker_until_open(m);
	(void)snprintf(other, sizeof other, "%s/after.db", s.folder);
	for (uint32_t i = 0; i < 12; i++) {
		tb_election *e;
		tb_buf ours, theirs;
		uint64_t size;
		uint32_t num;

		tb_maker_vote(m, i);
		/* The power goes right after the answer; a second server finds what is left. */
		fault_vfs_power_loss(s.path, other);
		assert_int_equal(
			tb_app_start(&app, &s.config, &s.keys, s.client, &s.clock, other, &why), TB_OK);
		e = tb_elections_find(&app.elections, "spring", 6);
		assert_non_null(e);
		tb_buf_init(&ours, 1u << 20);
		tb_buf_init(&theirs, 1u << 20);
		assert_int_equal(tb_election_read_checkpoint(e, &size, &num, &theirs), TB_OK);
		assert_int_equal(size, m->num_entries);
		assert_int_equal(serve_get(&s, "/e/spring/log/checkpoint", &ours), 200);
		assert_int_equal(ours.len, theirs.len);
		assert_memory_equal(ours.data, theirs.data, ours.len);
		tb_buf_release(&ours);
		tb_buf_release(&theirs);
		tb_app_stop(&app);
	}
	for (size_t i = 0; i < 5; i++) {
		static const char *const tails[] = {"", "-wal", "-shm", ".synced", "-wal.synced"};

		(void)snprintf(tail, sizeof tail, "%s%s", other, tails[i]);
		(void)unlink(tail);
	}
	tb_maker_free(m);
}

/* ---- a board that somebody has changed ---- */

static void test_a_server_that_would_contradict_itself_does_not_start(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_server_keys other_keys = s.keys;
	tb_why why;
	tb_app app;
	tb_buf note;
	uint64_t size;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	tb_buf_init(&note, 65536);
	assert_int_equal(tb_store_checkpoint(s.app.store, 1, &size, &note), TB_OK);
	tb_app_stop(&s.app);
	/* Another log key: the checkpoints that were served would not verify. */
	other_keys.secret.log_seed[0] ^= 1;
	assert_int_not_equal(
		tb_app_start(&app, &s.config, &other_keys, s.client, &s.clock, s.path, &why), TB_OK);
	assert_non_null(strstr(why.text, "spring"));
	/* The last entry cut off: a backup from before an answer that was given. */
	{
		tb_store *store;

		assert_int_equal(tb_store_open(&store, s.path, &why), TB_OK);
		assert_int_equal(tb_store_begin(store), TB_OK);
		assert_int_equal(tb_store_set_checkpoint(store, 1, size - 1, note.data, note.len), TB_OK);
		assert_int_equal(tb_store_commit(store), TB_OK);
		tb_store_close(store);
		assert_int_equal(tb_app_start(&app, &s.config, &s.keys, s.client, &s.clock, s.path, &why),
			TB_ERR_RULE);
		assert_non_null(strstr(why.text, "LOG.CHECKPOINT"));
		assert_int_equal(tb_store_open(&store, s.path, &why), TB_OK);
		assert_int_equal(tb_store_begin(store), TB_OK);
		assert_int_equal(tb_store_set_checkpoint(store, 1, size, note.data, note.len), TB_OK);
		assert_int_equal(tb_store_commit(store), TB_OK);
		tb_store_close(store);
	}
	tb_buf_release(&note);
	assert_int_equal(tb_app_start(&s.app, &s.config, &s.keys, s.client, &s.clock, s.path, &why), TB_OK);
	check_log(m->num_entries);
	tb_maker_free(m);
}

/* ---- the clock ---- */

/* Does the server start from what is there? */
static bool starts(tb_why *why)
{
	tb_app app;
	tb_err err = tb_app_start(&app, &s.config, &s.keys, s.client, &s.clock, s.path, why);

	if (err == TB_OK)
		tb_app_stop(&app);
	else
		assert_int_equal(err, TB_ERR_STATE);
	return err == TB_OK;
}

static void put_back(const char *backup)
{
	char path[200];
	tb_why why;

	for (const char *const *tail = (const char *const[]){"", "-wal", "-shm", NULL}; *tail != NULL;
		tail++) {
		(void)snprintf(path, sizeof path, "%s%s", s.path, *tail);
		(void)unlink(path);
	}
	assert_int_equal(tb_store_copy(backup, s.path, &why), TB_OK);
}

/* An old backup is known as one by what was noted beside the database, and by a mirror [SERVER.AHEAD]; also one from before the
 * election was made, and one of another history.  The newest backup is taken. */
static void test_a_database_older_than_what_was_shown_is_refused(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	char before[120], old[120], newest[120], served[120], mirror[120], file[160];
	tb_maker_plan plan;
	tb_http_response r;
	tb_buf checkpoint;
	tb_why why;

	(void)state;
	(void)snprintf(before, sizeof before, "%s/before", s.folder);
	(void)snprintf(old, sizeof old, "%s/old", s.folder);
	(void)snprintf(newest, sizeof newest, "%s/newest", s.folder);
	(void)snprintf(mirror, sizeof mirror, "%s/mirror", s.folder);
	(void)snprintf(served, sizeof served, "%s.served", s.path);
	assert_int_equal(tb_store_copy(s.path, before, &why), TB_OK);
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	assert_int_equal(tb_store_copy(s.path, old, &why), TB_OK); /* while the server runs [SERVER.BACKUP] */
	assert_int_equal(tb_store_copy(s.path, old, &why), TB_ERR_STATE); /* never over another */
	tb_maker_vote(m, 1);
	assert_int_equal(tb_store_copy(s.path, newest, &why), TB_OK);
	assert_int_equal(tb_store_check(newest, &why), TB_OK);
	tb_buf_init(&checkpoint, 65536);
	assert_int_equal(serve_get(&s, "/e/spring/log/checkpoint", &checkpoint), 200);
	tb_app_stop(&s.app);

	put_back(old);
	assert_false(starts(&why));
	assert_non_null(strstr(why.text, "SERVER.AHEAD: spring"));
	put_back(before);
	assert_false(starts(&why));
	assert_non_null(strstr(why.text, "SERVER.AHEAD: the election with id"));
	/* Without that file nothing is known, but for a mirror. */
	assert_int_equal(unlink(served), 0);
	put_back(old);
	(void)snprintf(file, sizeof file, "%s/log/checkpoint", mirror);
	assert_int_equal(tb_file_make_parents(file, TB_FILE_PRIVATE, &why), TB_OK);
	assert_int_equal(tb_file_write(file, checkpoint.data, checkpoint.len, TB_FILE_PRIVATE, &why), TB_OK);
	s.config.num_mirrors = 1;
	(void)snprintf(s.config.mirror[0], sizeof s.config.mirror[0], "%s", mirror);
	assert_false(starts(&why));
	assert_non_null(strstr(why.text, "mirror"));
	/* A mirror that another signed says nothing. */
	checkpoint.data[checkpoint.len - 5] ^= 1;
	assert_int_equal(tb_file_write(file, checkpoint.data, checkpoint.len, TB_FILE_PRIVATE, &why), TB_OK);
	assert_true(starts(&why));
	checkpoint.data[checkpoint.len - 5] ^= 1;
	assert_int_equal(tb_file_write(file, checkpoint.data, checkpoint.len, TB_FILE_PRIVATE, &why), TB_OK);
	put_back(newest);
	assert_true(starts(&why));

	/* Two histories: the old backup went on, and its file came with it. */
	s.config.num_mirrors = 0;
	assert_int_equal(unlink(served), 0);
	put_back(old);
	assert_int_equal(tb_app_start(&s.app, &s.config, &s.keys, s.client, &s.clock, s.path, &why), TB_OK);
	tb_maker_plan_init(m, &plan, TB_ENTRY_NOTICE, "admin");
	assert_int_equal(tb_notice_write(&plan.payload, "Something else."), TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), 201);
	tb_http_response_release(&r);
	tb_app_stop(&s.app);
	s.config.num_mirrors = 1;
	assert_false(starts(&why));
	assert_non_null(strstr(why.text, "another history"));
	s.config.num_mirrors = 0;
	assert_int_equal(tb_app_start(&s.app, &s.config, &s.keys, s.client, &s.clock, s.path, &why), TB_OK);
	tb_buf_release(&checkpoint);
	assert_int_equal(unlink(file), 0);
	(void)snprintf(file, sizeof file, "%s/log", mirror);
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(rmdir(mirror), 0);
	assert_int_equal(unlink(before) + unlink(old) + unlink(newest), 0);
	tb_maker_free(m);
}

/* ---- words that were said before ---- */

/* Posts words of the admin or the registrar, signed anew by each number, and says which entry answered. */
static unsigned say_again(tb_maker *m, tb_maker_plan *plan, uint8_t number, char index[24], char rule[80])
{
	uint8_t random[32] = {number};
	tb_http_response r;
	tb_fault fault;
	unsigned status;
	tb_entry e;

	assert_int_equal(
		tb_entry_init(&e, plan->type, plan->signer, plan->payload.data, plan->payload.len, &fault),
		TB_OK);
	assert_int_equal(tb_entry_sign(&e, &plan->binding, &plan->key, random), TB_OK);
	memcpy(plan->signature, e.signature, sizeof plan->signature);
	plan->is_signed = true;
	status = serve_post(&s, m, plan, &r);
	index[0] = '\0';
	for (size_t i = 0; i < r.num_headers; i++)
		if (strcmp(r.header[i].name, "Tabella-Index") == 0)
			(void)snprintf(index, 24, "%s", r.header[i].value);
	(void)snprintf(rule, 80, "%s", serve_rule(&r));
	tb_http_response_release(&r);
	return status;
}

/* What may be said twice is a new entry with a place of its own. */
static void test_a_notice_said_twice_is_two_entries(void **state)
{
	tb_maker_config config = {.num_voters = 2, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	char index[24], expected[24], rule[80];
	tb_maker_plan plan;

	(void)state;
	tb_maker_until_open(m);
	for (uint8_t i = 0; i < 3; i++) {
		tb_maker_plan_init(m, &plan, TB_ENTRY_NOTICE, "admin");
		assert_int_equal(tb_notice_write(&plan.payload, "Five minutes."), TB_OK);
		(void)snprintf(expected, sizeof expected, "%zu", m->num_entries + i % 2);
		assert_int_equal(say_again(m, &plan, i % 2, index, rule), i < 2 ? 201 : 200);
		assert_string_equal(index, expected);
	}
	tb_maker_free(m);
}

/* A change of the roll is another act the second time, and its signer hears that it was not done [ROLL.KEYS]. */
static void test_a_change_of_the_roll_said_twice_is_refused(void **state)
{
	tb_maker_config config = {.num_voters = 2, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	char index[24], rule[80];
	tb_maker_plan plan;

	(void)state;
	tb_maker_until_open(m);
	for (uint8_t i = 0; i < 2; i++) {
		tb_roll_change what = {.action = TB_ROLL_CREDENTIAL,
			.voter = m->voters[0].id,
			.label = (char[]){""},
			.reason = (char[]){"Lost."}};

		/* any key that nobody has */
		memcpy(what.key, m->admin.sign_key, sizeof what.key);
		tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
		assert_int_equal(tb_roll_change_write(&plan.payload, &what), TB_OK);
		if (i == 0)
			assert_int_equal(say_again(m, &plan, i, index, rule), 201);
		else
			assert_in_range(say_again(m, &plan, i, index, rule), 400, 499);
		assert_string_equal(rule, i == 0 ? "" : "ROLL.KEYS");
	}
	tb_maker_free(m);
}

static void test_a_clock_that_goes_back_does_not_take_the_log_with_it(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan;
	tb_http_response r;

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	atomic_store(&s.now, m->now - 86400);
	tb_maker_plan_init(m, &plan, TB_ENTRY_NOTICE, "admin");
	assert_int_equal(tb_notice_write(&plan.payload, "Yesterday."), TB_OK);
	assert_int_equal(
		serve_post(&s, m, &plan, &r), 201); /* with the time of the latest entry [ENTRY.TIME] */
	tb_http_response_release(&r);
	check_log(3);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_concurrent_ballots_get_each_one_place, start, stop),
		cmocka_unit_test_setup_teardown(
			test_a_repetition_that_meets_its_original_gets_the_same_place, start, stop),
		cmocka_unit_test_setup_teardown(
			test_a_ballot_checked_for_an_old_credential_is_checked_again, start, stop),
		cmocka_unit_test_setup_teardown(
			test_every_failing_call_is_answered_and_changes_nothing, start, stop),
		cmocka_unit_test_setup_teardown(
			test_a_database_older_than_what_was_shown_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(test_a_full_disk_stops_writing_but_not_reading, start, stop),
		cmocka_unit_test_setup_teardown(test_what_was_answered_survives_power_loss, start, stop),
		cmocka_unit_test_setup_teardown(
			test_a_server_that_would_contradict_itself_does_not_start, start, stop),
		cmocka_unit_test_setup_teardown(
			test_a_clock_that_goes_back_does_not_take_the_log_with_it, start, stop),
		cmocka_unit_test_setup_teardown(test_a_notice_said_twice_is_two_entries, start, stop),
		cmocka_unit_test_setup_teardown(test_a_change_of_the_roll_said_twice_is_refused, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
