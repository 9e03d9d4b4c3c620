/* SPDX-License-Identifier: Apache-2.0 */
/* A witness [WITNESS]: every answer of C2SP tlog-witness, a memory that survives, and never two histories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/fork.h"
#include "core/log/history.h"
#include "core/log/witness.h"
#include "crypto/hash.h"
#include "tests/support/folder.h"

#define ORIGIN "example.org/e/sample"
#define NAME "witness.example/w"
#define NOW 1800000000u

static const tb_sign_secret log_secret = {{1, 2, 3}}, other_secret = {{4}};
static tb_vkey log_key, other_key;
static tb_witness_config config = {.secret = {{9}}};
static tb_witness *witness;
static char folder[TB_TEST_PATH_MAX], log_folder[TB_TEST_PATH_MAX + 70], log_hash[65];

static void key_of(tb_vkey *out, const char *name, uint8_t type, const tb_sign_secret *secret)
{
	uint8_t public_key[32];

	assert_int_equal(tb_sign_public(public_key, secret), TB_OK);
	assert_int_equal(tb_vkey_init(out, name, type, public_key), TB_OK);
}

static void open_witness(void)
{
	tb_why why = {""};

	if (tb_witness_open(&witness, &config, &why) != TB_OK)
		fail_msg("%s", why.text);
}

static int setup(void **state)
{
	uint8_t digest[32];

	(void)state;
	key_of(&log_key, ORIGIN, TB_VKEY_ED25519, &log_secret);
	key_of(&other_key, ORIGIN, TB_VKEY_ED25519, &other_secret);
	key_of(&config.key, NAME, TB_VKEY_COSIGNATURE, &config.secret);
	tb_test_folder_new(folder);
	tb_sha256(digest, ORIGIN, strlen(ORIGIN));
	tb_hex_write(log_hash, digest, 32);
	(void)snprintf(log_folder, sizeof log_folder, "%s/%s", folder, log_hash);
	config.folder = folder;
	config.logs = &log_key;
	config.num_logs = 1;
	open_witness();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_witness_close(witness);
	tb_test_folder_remove(folder);
	return 0;
}

/* A log whose entry `odd` is another one. */
static tb_history *log_with(uint64_t size, uint64_t odd)
{
	uint8_t leaf[TB_MERKLE_BYTES];
	tb_history *h;

	assert_int_equal(tb_history_new(&h), TB_OK);
	for (uint64_t i = 0; i < size; i++) {
		uint64_t content = i == odd ? UINT64_MAX : i;

		tb_merkle_leaf(leaf, &content, sizeof content);
		assert_int_equal(tb_history_append(h, leaf), TB_OK);
	}
	return h;
}

typedef struct asked {
	uint64_t old_size, size, odd;
	const char *origin;
	const tb_sign_secret *by;
	bool bad_proof;
} asked;

static void write_request(tb_buf *out, const asked *a)
{
	tb_checkpoint head = {.size = a->size};
	tb_history *h = log_with(a->size, a->odd);
	tb_merkle_reader nodes = tb_history_reader(h);
	tb_merkle_proof proof = {.num = 0};
	tb_vkey key;
	tb_buf text;

	(void)snprintf(head.origin, sizeof head.origin, "%s", a->origin);
	key_of(&key, a->origin, TB_VKEY_ED25519, a->by);
	assert_int_equal(tb_history_root(h, head.root, a->size), TB_OK);
	if (a->old_size <= a->size)
		assert_int_equal(tb_merkle_prove_consistency(&proof, &nodes, a->old_size, a->size), TB_OK);
	if (a->bad_proof)
		proof.node[proof.num++][0] = 1;
	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	assert_int_equal(tb_checkpoint_sign(&text, &head, &key, a->by), TB_OK);
	assert_int_equal(
		tb_add_checkpoint_write(out, a->old_size, &proof, (const char *)text.data, text.len), TB_OK);
	tb_buf_release(&text);
	tb_history_free(h);
}

static unsigned ask(const asked *a, tb_buf *answer)
{
	tb_buf request;
	unsigned status;

	tb_buf_clear(answer);
	tb_buf_init(&request, TB_WITNESS_REQUEST_MAX);
	write_request(&request, a);
	status = tb_witness_add(witness, request.data, request.len, NOW, answer);
	tb_buf_release(&request);
	return status;
}

static unsigned add(uint64_t old_size, uint64_t size, uint64_t odd, tb_buf *answer)
{
	const asked a = {.old_size = old_size, .size = size, .odd = odd, .origin = ORIGIN, .by = &log_secret};

	return ask(&a, answer);
}

/* The line belongs to that head, and the monitor's view is that very head. */
static void assert_cosigned(tb_buf *line, uint64_t size)
{
	tb_checkpoint head;
	tb_buf latest;
	uint64_t time = 0;
	tb_note note;
	tb_why why;

	tb_buf_init(&latest, TB_NOTE_MAX_BYTES);
	assert_int_equal(tb_witness_latest(witness, "no such hash", &latest), 404);
	tb_buf_clear(&latest);
	assert_int_equal(tb_witness_latest(witness, log_hash, &latest), 200);
	assert_int_equal(
		tb_checkpoint_open(&head, &note, (const char *)latest.data, latest.len, &log_key, &why),
		TB_OK);
	assert_int_equal(head.size, size);
	assert_int_equal(tb_note_verify(&note, &config.key, &time), TB_OK);
	assert_int_equal(time, NOW);
	assert_int_equal(note.num_lines, 2);
	assert_non_null(strstr(tb_buf_cstr(&latest), tb_buf_cstr(line)));
	tb_buf_release(&latest);
}

static void test_a_log_that_grows_is_cosigned(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 7, 8, 300};
	tb_buf answer;
	uint64_t old_size = 0;

	(void)state;
	tb_buf_init(&answer, 4096);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		assert_int_equal(add(old_size, sizes[i], UINT64_MAX, &answer), 200);
		assert_cosigned(&answer, sizes[i]);
		/* the same head again, and after a restart */
		assert_int_equal(add(sizes[i], sizes[i], UINT64_MAX, &answer), 200);
		tb_witness_close(witness);
		open_witness();
		assert_int_equal(add(sizes[i], sizes[i], UINT64_MAX, &answer), 200);
		assert_cosigned(&answer, sizes[i]);
		old_size = sizes[i];
	}
	tb_buf_release(&answer);
}

static void test_every_refusal(void **state)
{
	const asked unknown = {.size = 1, .odd = 9, .origin = "example.org/e/other", .by = &log_secret},
		    forged = {.size = 1, .odd = 9, .origin = ORIGIN, .by = &other_secret},
		    back = {.old_size = 9, .size = 8, .odd = 99, .origin = ORIGIN, .by = &log_secret},
		    superfluous = {.size = 3,
			    .odd = 9,
			    .origin = ORIGIN,
			    .by = &log_secret,
			    .bad_proof = true},
		    wrong = {.old_size = 5,
			    .size = 8,
			    .odd = 99,
			    .origin = ORIGIN,
			    .by = &log_secret,
			    .bad_proof = true};
	tb_buf answer;

	(void)state;
	tb_buf_init(&answer, 4096);
	assert_int_equal(tb_witness_add(witness, "", 0, NOW, &answer), 400);
	assert_int_equal(tb_witness_add(witness, "old 1\n\nx", 8, NOW, &answer), 400);
	assert_int_equal(tb_witness_add(witness, "old 01\n\nx", 9, NOW, &answer), 400);
	assert_int_equal(ask(&unknown, &answer), 404);
	assert_int_equal(ask(&forged, &answer), 403);
	assert_int_equal(ask(&back, &answer), 400);
	assert_int_equal(ask(&superfluous, &answer), 422);
	assert_int_equal(add(1, 2, 99, &answer), 409);
	assert_string_equal(tb_buf_cstr(&answer), "0\n");
	assert_int_equal(add(0, 5, 99, &answer), 200);
	assert_int_equal(add(4, 8, 99, &answer), 409);
	assert_string_equal(tb_buf_cstr(&answer), "5\n");
	assert_int_equal(add(0, 8, 99, &answer), 409);
	assert_int_equal(ask(&wrong, &answer), 422);
	tb_buf_release(&answer);
}

static bool has_evidence(uint64_t size)
{
	char path[TB_TEST_PATH_MAX + 100];
	tb_buf file;
	tb_fork f;
	tb_why why;
	bool holds;

	(void)snprintf(path, sizeof path, "%s/%u.fork", log_folder, (unsigned)size);
	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	tb_fork_init(&f);
	holds = tb_file_exists(path) && tb_file_read(&file, path, &why) == TB_OK &&
		tb_fork_parse(&f, (const char *)file.data, file.len, &why) == TB_OK;
	tb_fork_release(&f);
	tb_buf_release(&file);
	return holds;
}

static void test_a_second_history_is_never_cosigned(void **state)
{
	tb_buf answer;

	(void)state;
	tb_buf_init(&answer, 4096);
	assert_int_equal(add(0, 5, UINT64_MAX, &answer), 200);
	for (uint64_t odd = 0; odd < 5; odd++)
		for (uint64_t size = 5; size < 12; size++)
			assert_int_equal(add(5, size, odd, &answer), size == 5 ? 409 : 422);
	assert_true(has_evidence(5)); /* of the same size: evidence by itself */
	tb_witness_close(witness);
	open_witness();
	assert_int_equal(add(5, 9, 2, &answer), 422);
	assert_int_equal(add(5, 9, 7, &answer), 200); /* it is the same up to 5 */
	assert_int_equal(add(9, 9, UINT64_MAX, &answer), 409);
	assert_non_null(strstr(tb_buf_cstr(&answer), "forked"));
	assert_true(has_evidence(9));
	tb_buf_release(&answer);
}

/* Anybody can repeat a log's line as often as a note may have lines: the memory with ours behind it must still be one. */
static void test_a_line_that_is_repeated_is_kept_once(void **state)
{
	const asked a = {.size = 5, .odd = 99, .origin = ORIGIN, .by = &log_secret};
	const char *line;
	size_t line_len;
	tb_buf request, answer;

	(void)state;
	tb_buf_init(&request, TB_WITNESS_REQUEST_MAX);
	tb_buf_init(&answer, 4096);
	write_request(&request, &a);
	line = strstr(tb_buf_cstr(&request), "\xe2\x80\x94 ");
	assert_non_null(line);
	line_len = strlen(line);
	for (size_t i = 1; i < TB_NOTE_MAX_LINES; i++) {
		char copy[600];

		assert_true(line_len < sizeof copy);
		memcpy(copy, request.data + request.len - line_len, line_len);
		tb_buf_append(&request, copy, line_len);
	}
	assert_int_equal(tb_witness_add(witness, request.data, request.len, NOW, &answer), 200);
	tb_buf_release(&request);
	assert_cosigned(&answer, 5);
	tb_witness_close(witness);
	open_witness();
	assert_cosigned(&answer, 5);
	tb_buf_release(&answer);
}

static void test_one_folder_is_of_one_process(void **state)
{
	tb_witness *second;
	tb_why why;

	(void)state;
	assert_int_equal(tb_witness_open(&second, &config, &why), TB_ERR_STATE);
	assert_non_null(strstr(why.text, "another witness"));
}

static void test_what_cannot_be_kept_is_not_signed(void **state)
{
	tb_buf answer;
	tb_why why;

	(void)state;
	/* A file in the place of the folder stops root too. */
	assert_int_equal(tb_file_write(log_folder, "x", 1, TB_FILE_PUBLIC, &why), TB_OK);
	tb_buf_init(&answer, 4096);
	assert_int_equal(add(0, 5, 99, &answer), 500);
	assert_null(strstr(tb_buf_cstr(&answer), NAME));
	tb_buf_release(&answer);
}

static void test_a_memory_of_somebody_else_is_refused(void **state)
{
	tb_vkey wrong[1] = {other_key};
	tb_witness_config other = config;
	tb_buf answer;
	tb_why why;

	(void)state;
	tb_buf_init(&answer, 4096);
	assert_int_equal(add(0, 5, 99, &answer), 200);
	tb_buf_release(&answer);
	tb_witness_close(witness);
	other.logs = wrong;
	assert_int_equal(tb_witness_open(&witness, &other, &why), TB_ERR_PROOF);
	assert_non_null(strstr(why.text, "must not forget"));
	open_witness();
}

static void test_requests_are_read_strictly(void **state)
{
	const asked a = {.old_size = 3, .size = 9, .odd = 99, .origin = ORIGIN, .by = &log_secret};
	tb_add_checkpoint r;
	tb_buf request, again;
	tb_why why;

	(void)state;
	tb_buf_init(&request, TB_WITNESS_REQUEST_MAX);
	tb_buf_init(&again, TB_WITNESS_REQUEST_MAX);
	write_request(&request, &a);
	assert_int_equal(tb_add_checkpoint_parse(&r, (const char *)request.data, request.len, &why), TB_OK);
	assert_int_equal(r.old_size, 3);
	assert_int_equal(r.checkpoint.size, 9);
	assert_int_equal(tb_add_checkpoint_write(&again, r.old_size, &r.proof, r.text, r.text_len), TB_OK);
	assert_int_equal(again.len, request.len);
	assert_memory_equal(again.data, request.data, request.len);
	for (size_t len = 0; len < request.len; len++)
		assert_int_not_equal(
			tb_add_checkpoint_parse(&r, (const char *)request.data, len, &why), TB_OK);
	tb_buf_release(&request);
	tb_buf_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_log_that_grows_is_cosigned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_refusal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_second_history_is_never_cosigned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_line_that_is_repeated_is_kept_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_folder_is_of_one_process, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_kept_is_not_signed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_memory_of_somebody_else_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_requests_are_read_strictly, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
