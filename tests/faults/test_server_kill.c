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
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/proof.h"
#include "core/log/tile.h"
#include "net/fetch.h"
#include "tests/support/make_board.h"
#include "tests/support/serve.h"

#define VOTERS 400
#define POSTERS 6
#define KILLS 10

static char folder[200], port_file[260], program[600];
static char admin_key[TB_BASE64_LEN(32) + 1];
static tb_role_public server_keys;
static pid_t pid;
static _Atomic unsigned port;

/* ---- the process ---- */

static pid_t spawn(char *const *argv, int out)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (out >= 0)
			(void)dup2(out, STDOUT_FILENO);
		out = open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (out >= 0)
			(void)dup2(out, STDERR_FILENO);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	return child;
}

static int wait_for(pid_t child)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* Runs "tabella-server --init", and reads the line of its keys. */
static void init(void)
{
	char *argv[] = {program, (char[]){"--init"}, (char[]){"--data"}, folder, NULL};
	char line[TB_ROLE_LINE_MAX + 1];
	tb_fault fault;
	int ends[2];
	size_t n = 0;
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = spawn(argv, ends[1]);
	(void)close(ends[1]);
	while (n < sizeof line - 1 && (got = read(ends[0], line + n, sizeof line - 1 - n)) > 0)
		n += (size_t)got;
	(void)close(ends[0]);
	assert_int_equal(wait_for(child), 0);
	assert_true(n > 0 && line[n - 1] == '\n');
	assert_int_equal(tb_role_line_parse(&server_keys, line, n - 1, &fault), TB_OK);
	/* Never a second time. */
	assert_int_equal(WEXITSTATUS(wait_for(spawn(argv, -1))), 1);
}

static void start_server(void)
{
	char *argv[] = {program, (char[]){"--data"}, folder, (char[]){"--listen"}, (char[]){"127.0.0.1:0"},
		(char[]){"--port-file"}, port_file, (char[]){"--admin-key"}, admin_key, NULL};
	struct timespec moment = {.tv_nsec = 5000000};
	tb_buf text;
	tb_why why;

	(void)unlink(port_file);
	pid = spawn(argv, open("/dev/null", O_WRONLY | O_CLOEXEC));
	tb_buf_init(&text, 100);
	for (int i = 0; tb_file_read(&text, port_file, &why) != TB_OK; i++) {
		assert_true(i < 2000);
		assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
		tb_buf_clear(&text);
		(void)nanosleep(&moment, NULL);
	}
	atomic_store(&port, (unsigned)strtoul(tb_buf_cstr(&text), NULL, 10));
	tb_buf_release(&text);
}

/* ---- requests ---- */

static tb_fetch *client(void)
{
	static const tb_fetch_options once = {.connect_seconds = 2, .stall_seconds = 5, .tries = 1};
	tb_fetch *f;

	assert_int_equal(tb_fetch_new(&f, &once), TB_OK);
	return f;
}

static void url_of(char out[200], const char *path)
{
	(void)snprintf(out, 200, "http://127.0.0.1:%u%s", atomic_load(&port), path);
}

static long get(tb_fetch *f, const char *path, tb_buf *body)
{
	tb_response response;
	tb_fault fault;
	char url[200];

	url_of(url, path);
	return tb_fetch_get(f, body, &response, url, &fault) == TB_OK ? response.status : 0;
}

static long post(tb_fetch *f, const char *path, const tb_buf *json, tb_buf *body, uint64_t *index)
{
	tb_response response;
	tb_fault fault;
	char url[200];

	url_of(url, path);
	if (tb_fetch_post_json(f, body, &response, url, json->data, json->len, &fault) != TB_OK)
		return 0;
	*index = strtoul(response.index, NULL, 10);
	return response.status;
}

/* ---- the maker's hook: the log is the server's ---- */

static tb_fetch *hook_client;

/* The entry of a receipt. */
static void entry_of(const tb_buf *receipt, tb_buf *bytes, tb_checkpoint *checkpoint)
{
	tb_proof proof;
	tb_why why;

	assert_int_equal(
		tb_proof_parse(&proof, bytes, (const char *)receipt->data, receipt->len, &why), TB_OK);
	if (checkpoint != NULL)
		*checkpoint = proof.checkpoint;
}

static void after(void *arg, tb_maker *m, tb_buf *bytes)
{
	tb_buf json, body, room;
	tb_fault fault;
	tb_entry e;
	uint64_t index = 0;
	char path[100];

	(void)arg;
	tb_buf_init(&json, 16u << 20);
	tb_buf_init(&body, 1u << 20);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault), TB_OK);
	if (e.role == TB_ROLE_SERVER) {
		(void)snprintf(path, sizeof path, "/e/spring/receipt/%zu", m->num_entries);
		for (int i = 0; get(hook_client, path, &body) != 200; i++) {
			assert_true(i < 1000);
			(void)usleep(10000);
		}
	} else {
		serve_write_submission(&json, &e);
		assert_int_equal(
			post(hook_client, e.type == TB_ENTRY_MANIFEST ? "/elections" : "/e/spring/entries",
				&json, &body, &index),
			201);
		assert_int_equal(index, m->num_entries);
	}
	tb_buf_clear(bytes);
	entry_of(&body, bytes, NULL);
	tb_buf_release(&json);
	tb_buf_release(&body);
	tb_buf_release(&room);
}

static void edit(void *arg, tb_manifest *m)
{
	(void)arg;
	m->granularity = TB_GRANULARITY_SECOND;
	m->opens = (uint64_t)time(NULL);
	m->closes = m->opens + 3600;
	memcpy(m->server_sign_key, server_keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(m->server_log_key, server_keys.key[TB_PURPOSE_LOG], 32);
}

/* ---- votes ---- */

typedef struct vote {
	tb_buf json, payload;
	bool answered;
	uint64_t index;
	tb_checkpoint checkpoint; /* of the receipt */
} vote;

static vote votes[VOTERS];
static _Atomic uint32_t next_vote;
static _Atomic unsigned num_broken, num_answered;

/* Posts votes; one that gets no answer is sent again, to whichever server there is then. */
static void *post_votes(void *arg)
{
	tb_fetch *f = client();
	tb_buf body, bytes;
	uint32_t i;

	(void)arg;
	tb_buf_init(&body, 1u << 20);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	while ((i = atomic_fetch_add(&next_vote, 1)) < VOTERS) {
		vote *v = &votes[i];

		for (int tries = 0; !v->answered; tries++) {
			long status = post(f, "/e/spring/entries", &v->json, &body, &v->index);

			assert_true(tries < 3000);
			if (status == 200 || status == 201) {
				tb_buf_clear(&bytes);
				entry_of(&body, &bytes, &v->checkpoint);
				v->answered = true;
				(void)atomic_fetch_add(&num_answered, 1);
			} else {
				assert_true(status == 0 || status == 503);
				(void)atomic_fetch_add(&num_broken, 1);
				(void)usleep(5000);
			}
		}
		(void)usleep(12000); /* long enough that some are left for every kill */
	}
	tb_buf_release(&body);
	tb_buf_release(&bytes);
	tb_fetch_free(f);
	return NULL;
}

static void make_votes(tb_maker *m)
{
	for (uint32_t i = 0; i < VOTERS; i++) {
		tb_maker_plan plan;
		tb_fault fault;
		tb_entry e;

		m->now = (uint64_t)time(NULL);
		tb_maker_plan_vote(m, i, &plan);
		assert_int_equal(tb_entry_init(&e, plan.type, plan.signer, plan.payload.data,
					 plan.payload.len, &fault),
			TB_OK);
		memcpy(e.signature, plan.signature, sizeof e.signature);
		tb_buf_init(&votes[i].json, 1u << 20);
		serve_write_submission(&votes[i].json, &e);
		votes[i].payload = plan.payload;
	}
}

/* ---- what must hold ---- */

/* Reads the final log; every answer must be true of it. */
static void check_log(tb_fetch *f, uint64_t first)
{
	static bool seen[VOTERS];
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
	assert_int_equal(get(f, "/e/spring/log/checkpoint", &note), 200);
	assert_int_equal(tb_vkey_init(&key, "vote.example.org/e/spring", TB_VKEY_ED25519,
				 server_keys.key[TB_PURPOSE_LOG]),
		TB_OK);
	assert_int_equal(
		tb_checkpoint_open(&head, &parsed, (const char *)note.data, note.len, &key, &why), TB_OK);
	assert_int_equal(head.size, first + VOTERS); /* every ballot, once */
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
		assert_int_equal(get(f, full, &bundle), 200);
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

				assert_in_range(voter, 0, VOTERS - 1);
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
	for (uint32_t i = 0; i < VOTERS; i++) {
		assert_true(votes[i].answered);
		assert_in_range(votes[i].checkpoint.size, votes[i].index + 1, head.size);
		assert_memory_equal(votes[i].checkpoint.root, root[votes[i].checkpoint.size], 32);
	}
	free(root);
	tb_buf_release(&note);
	tb_buf_release(&bundle);
}

static void clean_up(void)
{
	static const char *const names[] = {
		"board.db", "board.db-wal", "board.db-shm", "lock", "server.key", "server.pub", "port"};
	char name[300];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(name, sizeof name, "%s/%s", folder, names[i]);
		(void)unlink(name);
	}
	assert_int_equal(rmdir(folder), 0);
}

static void test_what_was_answered_survives_kill_9(void **state)
{
	tb_maker_config config = {.num_voters = VOTERS, .small = true, .edit = edit};
	pthread_t threads[POSTERS];
	uint32_t dice = 12345;
	unsigned kills = 0;
	tb_maker *m;
	tb_fetch *f;
	uint64_t first;

	(void)state;
	m = tb_maker_new(NULL);
	tb_base64_write(admin_key, m->admin.sign_key, 32);
	tb_maker_free(m);
	init();
	start_server();
	hook_client = client();
	m = tb_maker_new(&config);
	m->after = after;
	tb_maker_until_open(m);
	first = m->num_entries;
	make_votes(m);
	for (size_t i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, post_votes, NULL), 0);
	for (; kills < KILLS && atomic_load(&num_answered) < VOTERS; kills++) {
		dice = dice * 1103515245 + 12345;
		(void)usleep(20000 + (dice >> 16) % 60000);
		assert_int_equal(kill(pid, SIGKILL), 0);
		(void)wait_for(pid);
		pid = 0;
		start_server();
	}
	for (size_t i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(kills, KILLS);
	assert_true(atomic_load(&num_broken) >= KILLS); /* the kills did hit something */
	f = client();
	check_log(f, first);
	/* Asked to stop, it stops, and is not missed. */
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(wait_for(pid), 0);
	start_server();
	assert_int_equal(kill(pid, SIGINT), 0);
	assert_int_equal(wait_for(pid), 0);
	pid = 0;
	tb_fetch_free(f);
	tb_fetch_free(hook_client);
	for (uint32_t i = 0; i < VOTERS; i++) {
		tb_buf_release(&votes[i].json);
		tb_buf_release(&votes[i].payload);
	}
	tb_maker_free(m);
}

static int setup(void **state)
{
	const char *build = getenv("TB_BUILD"), *tmp = getenv("TMPDIR");

	(void)state;
	(void)snprintf(program, sizeof program, "%s/tabella-server", build != NULL ? build : "build");
	/* A real disk: what is tested is a process that dies. */
	(void)snprintf(folder, sizeof folder, "%s/server.XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(port_file, sizeof port_file, "%s/port", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (pid > 0 && kill(pid, SIGKILL) == 0) /* only when the test failed */
		(void)waitpid(pid, NULL, 0);
	clean_up();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_was_answered_survives_kill_9, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
