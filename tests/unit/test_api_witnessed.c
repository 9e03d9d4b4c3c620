/* SPDX-License-Identifier: Apache-2.0 */
/* Cosignatures of witnesses at the server [HTTP.WITNESSES] [WITNESS.POLICY]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/receipt.h"
#include "server/slog.h"
#include "tests/support/serve.h"

#define WITNESSES 3u
#define PATH "/e/spring/log/"

static serve s;
static tb_maker *m;
static tb_sign_secret secret[WITNESSES] = {{{1}}, {{2}}, {{3}}};

static void ask_for_witnesses(void *arg, tb_manifest *manifest)
{
	char name[40];

	(void)arg;
	manifest->witnesses = calloc(WITNESSES, sizeof *manifest->witnesses);
	assert_non_null(manifest->witnesses);
	manifest->num_witnesses = WITNESSES;
	manifest->witnesses_needed = 2;
	for (uint32_t i = 0; i < WITNESSES; i++) {
		(void)snprintf(name, sizeof name, "witness.example/w%u", i);
		manifest->witnesses[i].name = strdup(name);
		assert_int_equal(tb_sign_public(manifest->witnesses[i].key, &secret[i]), TB_OK);
	}
}

static int start_with(void (*edit)(void *arg, tb_manifest *manifest))
{
	tb_maker_config config = {.num_voters = 3, .small = true, .edit = edit};

	serve_start(&s, 0);
	m = serve_maker(&s, &config);
	tb_maker_until_open(m);
	return 0;
}

static int start(void **state)
{
	(void)state;
	return start_with(ask_for_witnesses);
}

static int start_without(void **state)
{
	(void)state;
	return start_with(NULL);
}

static int stop(void **state)
{
	(void)state;
	tb_maker_free(m);
	serve_stop(&s);
	return 0;
}

/* ---- helpers ---- */

static void get(const char *path, tb_buf *out)
{
	tb_buf_init(out, 1u << 20);
	assert_int_equal(serve_get(&s, path, out), 200);
	(void)tb_buf_cstr(out);
}

/* Adds the line of witness `who`, made with the key of `by`. */
static void cosign(tb_buf *text, uint32_t who, uint32_t by)
{
	const tb_witness_key *w = &m->manifest.witnesses[who];
	uint8_t cosignature[TB_COSIGNATURE_BYTES];
	tb_checkpoint checkpoint;
	tb_note note;
	tb_vkey key;
	tb_why why;

	assert_int_equal(
		tb_checkpoint_parse(&checkpoint, &note, (const char *)text->data, text->len, &why), TB_OK);
	assert_int_equal(tb_vkey_init(&key, w->name, TB_VKEY_COSIGNATURE, w->key), TB_OK);
	assert_int_equal(tb_checkpoint_cosign(cosignature, &checkpoint, 1, &secret[by]), TB_OK);
	tb_note_write_line(text, key.name, key.id, cosignature, sizeof cosignature);
	assert_int_equal(tb_buf_status(text), TB_OK);
}

/* The status, and the answer's body in *out. */
static unsigned post(const tb_buf *text, tb_buf *out)
{
	tb_http_response r;
	unsigned status = serve_request(&s, &r, "POST", PATH "cosignatures", text->data, text->len);

	tb_buf_init(out, 1u << 20);
	tb_buf_append(out, r.body.data, r.body.len);
	(void)tb_buf_cstr(out);
	tb_http_response_release(&r);
	return status;
}

static void assert_post(const tb_buf *text, unsigned status, const char *part)
{
	tb_buf answer;

	assert_int_equal(post(text, &answer), status);
	if (strstr(tb_buf_cstr(&answer), part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, tb_buf_cstr(&answer));
	tb_buf_release(&answer);
}

/* How many witnesses stand under the receipt of this entry. */
static uint32_t witnesses_of_receipt(uint64_t index)
{
	char path[100];
	tb_buf text, extra, room;
	tb_receipt receipt;
	tb_fault fault;
	uint32_t num = 99;
	tb_vkey key;

	(void)snprintf(path, sizeof path, "/e/spring/receipt/%u", (unsigned)index);
	get(path, &text);
	tb_buf_init(&extra, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(
		tb_vkey_init(&key, m->manifest.origin, TB_VKEY_ED25519, m->manifest.server_log_key), TB_OK);
	assert_int_equal(
		tb_receipt_open(&receipt, &extra, &room, (const char *)text.data, text.len, &key, &fault),
		TB_OK);
	assert_int_equal(tb_manifest_count_witnesses(&m->manifest, &receipt.proof.note, &num), TB_OK);
	tb_buf_release(&text);
	tb_buf_release(&extra);
	tb_buf_release(&room);
	return num;
}

/* ---- tests ---- */

static void test_right_cosignatures_are_taken_and_served(void **state)
{
	tb_buf head, served;

	(void)state;
	assert_int_equal(serve_get(&s, PATH "witnessed", NULL), 404);
	get(PATH "checkpoint", &head);
	cosign(&head, 0, 0);
	assert_post(&head, 200, "{\"cosigned\":1}");
	assert_int_equal(witnesses_of_receipt(0), 1); /* of the present head, whatever it has */
	cosign(&head, 2, 2);
	assert_post(&head, 200, "{\"cosigned\":2}");
	assert_int_equal(witnesses_of_receipt(0), 2);
	get(PATH "witnessed", &served);
	assert_string_equal(tb_buf_cstr(&served), tb_buf_cstr(&head));
	tb_buf_release(&served);
	get(PATH "checkpoint", &served);
	assert_string_equal(tb_buf_cstr(&served), tb_buf_cstr(&head));
	tb_buf_release(&served);

	/* the log goes on: a new entry is under a new head, the old ones stay under the witnessed one */
	tb_maker_vote(m, 0);
	get(PATH "checkpoint", &served);
	assert_string_not_equal(tb_buf_cstr(&served), tb_buf_cstr(&head));
	assert_int_equal(witnesses_of_receipt(0), 2);
	assert_int_equal(witnesses_of_receipt(m->num_entries - 1), 0);
	/* one witness of the newer head is less than two of the older */
	cosign(&served, 1, 1);
	assert_post(&served, 200, "{\"cosigned\":2}");
	assert_int_equal(witnesses_of_receipt(m->num_entries - 1), 0);
	cosign(&served, 0, 0);
	assert_post(&served, 200, "{\"cosigned\":2}");
	assert_int_equal(witnesses_of_receipt(m->num_entries - 1), 2);
	/* and the older one does not come back */
	cosign(&head, 1, 1);
	assert_post(&head, 200, "{\"cosigned\":2}");
	assert_int_equal(witnesses_of_receipt(m->num_entries - 1), 2);
	tb_buf_release(&served);
	tb_buf_release(&head);
}

/* A receipt is served under a witnessed head, so that head outlives the server that served it. */
static void test_what_was_kept_is_there_after_a_restart(void **state)
{
	tb_buf head, newer, served;

	(void)state;
	get(PATH "checkpoint", &head);
	cosign(&head, 0, 0);
	assert_post(&head, 200, "{\"cosigned\":1}");
	serve_restart(&s);
	get(PATH "witnessed", &served);
	assert_string_equal(tb_buf_cstr(&served), tb_buf_cstr(&head));
	tb_buf_release(&served);
	cosign(&head, 2, 2); /* and goes on from there */
	assert_post(&head, 200, "{\"cosigned\":2}");
	tb_maker_vote(m, 0);
	get(PATH "checkpoint", &newer);
	cosign(&newer, 1, 1);
	assert_post(&newer, 200, "{\"cosigned\":2}"); /* that of the better head, which is kept */
	serve_restart(&s);
	get(PATH "witnessed", &served);
	assert_string_equal(tb_buf_cstr(&served), tb_buf_cstr(&head));
	assert_int_equal(witnesses_of_receipt(0), 2);
	assert_int_equal(witnesses_of_receipt(m->num_entries - 1), 0);
	tb_buf_release(&served);
	tb_buf_release(&newer);
	tb_buf_release(&head);
}

static void run_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(s.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Nobody is told that a head is kept before it is; and what somebody put there who is no witness is not served. */
static void test_what_cannot_be_kept_is_not_taken(void **state)
{
	tb_buf head;

	(void)state;
	get(PATH "checkpoint", &head);
	cosign(&head, 0, 0);
	run_sql("CREATE TRIGGER full BEFORE INSERT ON witnessed BEGIN SELECT RAISE(ABORT, 'full'); END");
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1));
	assert_post(&head, 503, "");
	assert_int_equal(serve_get(&s, PATH "witnessed", NULL), 404);
	run_sql("DROP TRIGGER full");
	assert_post(&head, 200, "{\"cosigned\":1}");
	run_sql("UPDATE witnessed SET note = x'6120776f7264'");
	serve_restart(&s);
	assert_int_equal(serve_get(&s, PATH "witnessed", NULL), 404);
	assert_post(&head, 200, "{\"cosigned\":1}");
	tb_buf_release(&head);
}

static void test_what_is_not_right_is_refused(void **state)
{
	static const char origin[] = "vote.example.org/e/spring";
	tb_checkpoint other = {.size = 1};
	tb_buf text, large;
	tb_vkey key;

	(void)state;
	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	assert_post(&text, 422, "LOG.CHECKPOINT"); /* nothing at all */
	tb_buf_text(&text, "not a note");
	assert_post(&text, 422, "LOG.CHECKPOINT");
	tb_buf_release(&text);
	get(PATH "checkpoint", &text);
	assert_post(&text, 422, "WITNESS.POLICY"); /* nobody */
	cosign(&text, 0, 0);
	cosign(&text, 1, 2); /* with the key of another one */
	assert_post(&text, 422, "LOG.CHECKPOINT");
	tb_buf_release(&text);

	/* another root under the log's own key: what only a forked server signs */
	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	(void)snprintf(other.origin, sizeof other.origin, "%s", origin);
	assert_int_equal(tb_vkey_init(&key, origin, TB_VKEY_ED25519, m->manifest.server_log_key), TB_OK);
	assert_int_equal(tb_checkpoint_sign(&text, &other, &key, &m->server.ed), TB_OK);
	cosign(&text, 0, 0);
	assert_post(&text, 422, "LOG.CONSISTENT");
	tb_buf_clear(&text);
	other.size = 1000; /* more entries than there are */
	assert_int_equal(tb_checkpoint_sign(&text, &other, &key, &m->server.ed), TB_OK);
	cosign(&text, 0, 0);
	assert_post(&text, 422, "LOG.CHECKPOINT");
	tb_buf_release(&text);

	assert_int_equal(serve_get(&s, PATH "witnessed", NULL), 404);
	assert_int_equal(serve_get(&s, PATH "cosignatures", NULL), 405);
	tb_buf_init(&large, TB_NOTE_MAX_BYTES + 10);
	memset(tb_buf_extend(&large, TB_NOTE_MAX_BYTES + 1), 'x', TB_NOTE_MAX_BYTES + 1);
	assert_post(&large, 413, "HTTP.SIZE");
	tb_buf_release(&large);
}

static void test_an_election_without_witnesses_has_none(void **state)
{
	tb_http_response r;
	tb_buf text;

	(void)state;
	get(PATH "checkpoint", &text);
	assert_post(&text, 422, "WITNESS.POLICY");
	assert_int_equal(
		serve_request(&s, &r, "POST", "/e/nothing/log/cosignatures", text.data, text.len), 404);
	tb_http_response_release(&r);
	tb_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_right_cosignatures_are_taken_and_served, start, stop),
		cmocka_unit_test_setup_teardown(test_what_was_kept_is_there_after_a_restart, start, stop),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_kept_is_not_taken, start, stop),
		cmocka_unit_test_setup_teardown(test_what_is_not_right_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(
			test_an_election_without_witnesses_has_none, start_without, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
