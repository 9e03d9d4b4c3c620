/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server as a process, killed again and again while votes come in.  Whatever it has answered is there afterwards, at the
 * place that it named; no ballot is there twice; every checkpoint that it ever served is the beginning of the final log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/log/proof.h"
#include "core/log/tile.h"
#include "tests/support/server_process.h"

#define POSTERS 6
#define PART 36 /* votes between two kills */

static server_process process;
static unsigned num_wanted = 10; /* kills; TB_LONG=1: 300 */
static uint32_t num_votes;
static const char *seen_folder; /* TB_SEEN: there goes everything that the clients saw, for kill.test.js */

/* The entry of a receipt, and the checkpoint that it stands under. */
static void read_receipt(const tb_buf *receipt, tb_buf *bytes, tb_checkpoint *checkpoint)
{
	tb_proof proof;
	tb_why why;

	assert_int_equal(
		tb_proof_parse(&proof, bytes, (const char *)receipt->data, receipt->len, &why), TB_OK);
	*checkpoint = proof.checkpoint;
}

/* Keeps what a client was given. */
static void keep(const char *name, unsigned number, const tb_buf *bytes)
{
	char path[700];
	tb_why why;

	if (seen_folder == NULL)
		return;
	(void)snprintf(path, sizeof path, "%s/%s-%u", seen_folder, name, number);
	assert_int_equal(tb_file_write(path, bytes->data, bytes->len, TB_FILE_PUBLIC, &why), TB_OK);
}

/* ---- votes ---- */

typedef struct vote {
	tb_buf json, payload;
	bool answered;
	uint64_t index;
	tb_checkpoint checkpoint; /* of the receipt */
} vote;

static vote *votes;
static _Atomic uint32_t next_vote;
static _Atomic unsigned num_broken, num_answered, num_kills;

/* Posts votes; one that gets no answer is sent again, to whichever server there is then. */
static void *post_votes(void *arg)
{
	tb_fetch *f = server_process_client();
	tb_buf body, bytes;
	uint32_t i;

	(void)arg;
	tb_buf_init(&body, 1u << 20);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	while ((i = atomic_fetch_add(&next_vote, 1)) < num_votes) {
		vote *v = &votes[i];

		/* Some are left for every kill, however slow this machine is. */
		while (i >= (atomic_load(&num_kills) + 1) * PART && atomic_load(&num_kills) < num_wanted)
			(void)usleep(1000);
		for (int tries = 0; !v->answered; tries++) {
			long status = server_process_post(
				&process, f, "/e/spring/entries", &v->json, &body, &v->index);

			assert_true(tries < 60000);
			if (status == 200 || status == 201) {
				tb_buf_clear(&bytes);
				read_receipt(&body, &bytes, &v->checkpoint);
				v->answered = true;
				keep("receipt", i, &body);
				(void)atomic_fetch_add(&num_answered, 1);
				if (server_process_get(&process, f, "/e/spring/log/checkpoint", &body) == 200)
					keep("checkpoint", i, &body);
			} else {
				assert_true(status == 0 || status == 503);
				(void)atomic_fetch_add(&num_broken, 1);
				(void)usleep(5000);
			}
		}
	}
	tb_buf_release(&body);
	tb_buf_release(&bytes);
	tb_fetch_free(f);
	return NULL;
}

/* ---- what must hold ---- */

/* Reads the final log; every answer must be true of it. */
static void check_log(tb_fetch *f, uint64_t first)
{
	bool *seen = calloc(num_votes, sizeof *seen);
	tb_merkle_tree tree;
	tb_buf note, bundle;
	tb_checkpoint head;
	tb_note parsed;
	tb_vkey key;
	tb_why why;
	uint64_t at = 0;
	uint8_t(*root)[32];

	tb_buf_init(&note, 65536);
	tb_buf_init(&bundle, TB_BUNDLE_MAX);
	assert_int_equal(server_process_get(&process, f, "/e/spring/log/checkpoint", &note), 200);
	assert_int_equal(tb_vkey_init(&key, "vote.example.org/e/spring", TB_VKEY_ED25519,
				 process.keys.key[TB_PURPOSE_LOG]),
		TB_OK);
	assert_int_equal(
		tb_checkpoint_open(&head, &parsed, (const char *)note.data, note.len, &key, &why), TB_OK);
	assert_int_equal(head.size, first + num_votes); /* every ballot, once */
	root = calloc(head.size + 1, sizeof *root);
	assert_non_null(root);
	tb_merkle_tree_init(&tree);
	while (at < head.size) {
		char path[TB_PATH_MAX], full[TB_PATH_MAX + 20];
		tb_tile t;
		tb_bundle entries;
		const uint8_t *bytes;
		size_t len;

		tb_tile_of_entry(&t, at, head.size);
		tb_tile_path(path, &t);
		(void)snprintf(full, sizeof full, "/e/spring/%s", path);
		assert_int_equal(server_process_get(&process, f, full, &bundle), 200);
		tb_bundle_init(&entries, bundle.data, bundle.len, t.width);
		while (tb_bundle_next(&entries, &bytes, &len) == TB_OK) {
			uint8_t leaf[32];
			tb_buf room;
			tb_fault fault;
			tb_entry e;

			tb_merkle_leaf(leaf, bytes, len);
			tb_merkle_tree_append(&tree, leaf);
			tb_merkle_tree_root(&tree, root[tree.size]);
			tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
			assert_int_equal(tb_entry_parse(&e, &room, bytes, len, &fault), TB_OK);
			if (e.type == TB_ENTRY_BALLOT) {
				uint32_t voter = (uint32_t)strtoul(e.signer_id + 1, NULL, 10) - 1;

				assert_in_range(voter, 0, num_votes - 1);
				assert_false(seen[voter]);
				seen[voter] = true;
				assert_int_equal(votes[voter].index, at);
				assert_int_equal(e.payload_len, votes[voter].payload.len);
				assert_memory_equal(e.payload, votes[voter].payload.data, e.payload_len);
			}
			tb_buf_release(&room);
			at++;
		}
	}
	assert_memory_equal(root[head.size], head.root, 32);
	/* No checkpoint that anyone was given is contradicted. */
	for (uint32_t i = 0; i < num_votes; i++) {
		assert_true(votes[i].answered);
		assert_in_range(votes[i].checkpoint.size, votes[i].index + 1, head.size);
		assert_memory_equal(votes[i].checkpoint.root, root[votes[i].checkpoint.size], 32);
	}
	free(root);
	free(seen);
	tb_buf_release(&note);
	tb_buf_release(&bundle);
}

static void test_what_was_answered_survives_kill_9(void **state)
{
	tb_maker_config config = {.small = true};
	tb_buf text;
	pthread_t threads[POSTERS];
	uint32_t dice = 12345;
	tb_maker *m;
	uint64_t first;

	(void)state;
	if (getenv("TB_LONG") != NULL && getenv("TB_LONG")[0] == '1')
		num_wanted = 300;
	num_votes = config.num_voters = PART * (num_wanted + 1);
	votes = calloc(num_votes, sizeof *votes);
	assert_non_null(votes);
	seen_folder = getenv("TB_SEEN");
	server_process_start(&process);
	m = server_process_maker(&process, &config);
	tb_maker_until_open(m);
	first = m->num_entries;
	for (uint32_t i = 0; i < num_votes; i++) {
		tb_buf_init(&votes[i].json, 1u << 20);
		server_process_plan_vote(m, i, &votes[i].json, &votes[i].payload);
	}
	for (size_t i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, post_votes, NULL), 0);
	for (unsigned k = 0; k < num_wanted; k++) {
		/* Somewhere in this part of the votes; the next part may begin as soon as the server is dead. */
		dice = dice * 1103515245 + 12345;
		while (atomic_load(&num_answered) < k * PART + (dice >> 16) % (PART - POSTERS))
			(void)usleep(500);
		server_process_kill(&process);
		atomic_store(&num_kills, k + 1);
		server_process_start(&process);
	}
	for (size_t i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	print_message("%u requests without an answer\n", atomic_load(&num_broken));
	assert_true(atomic_load(&num_broken) > 0); /* the kills did hit something */
	check_log(process.client, first);
	tb_buf_init(&text, 256u << 20);
	assert_int_equal(server_process_get(&process, process.client, "/e/spring/archive", &text), 200);
	keep("archive", 0, &text);
	tb_buf_clear(&text);
	tb_buf_append(&text, process.keys.key[TB_PURPOSE_LOG], 32);
	keep("key", 0, &text);
	tb_buf_release(&text);
	/* Asked to stop, it stops. */
	assert_int_equal(server_process_stop(&process, SIGTERM), 0);
	server_process_start(&process);
	check_log(process.client, first);
	assert_int_equal(server_process_stop(&process, SIGINT), 0);
	for (uint32_t i = 0; i < num_votes; i++) {
		tb_buf_release(&votes[i].json);
		tb_buf_release(&votes[i].payload);
	}
	free(votes);
	tb_maker_free(m);
}

static int setup(void **state)
{
	(void)state;
	server_process_new(&process);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	server_process_free(&process);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_was_answered_survives_kill_9, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
