/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "crypto/merkle.h"
#include "server/log_read.h"
#include "server/slog.h"
#include "tests/support/folder.h"
#include "tests/support/make_board.h"

#define BROKEN 123 /* the entry of the second election that is none */

static char folder[TB_TEST_PATH_MAX], path[TB_TEST_PATH_MAX + 20];
static tb_maker *m;
static tb_store *store;
static uint64_t whole, broken; /* two elections with the same entries, one damaged */

static uint64_t add(const char *slug, size_t damaged)
{
	const uint8_t id[32] = {(uint8_t)slug[0]};
	uint64_t election;
	size_t blob = 0;

	assert_int_equal(tb_store_begin(store), TB_OK);
	assert_int_equal(tb_store_add_election(store, slug, id, &election), TB_OK);
	for (size_t i = 0; i < m->num_entries; i++) {
		const tb_buf *b = &m->entries[i];
		tb_fault fault;
		tb_buf room;
		tb_entry e;

		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		assert_int_equal(tb_entry_parse(&e, &room, b->data, b->len, &fault), TB_OK);
		if (e.is_blob) {
			assert_true(blob < m->num_blobs);
			assert_int_equal(tb_store_add_blob(store, election, i, e.payload_hash,
						 m->blobs[blob].data, m->blobs[blob].len),
				TB_OK);
			blob++;
		}
		tb_buf_release(&room);
		assert_int_equal(
			tb_store_add_entry(store, election, i, b->data, b->len - (i == damaged)), TB_OK);
	}
	assert_int_equal(tb_store_commit(store), TB_OK);
	return election;
}

static int setup(void **state)
{
	/* One chunk is too long to stand in its entry. */
	tb_maker_config c = {.num_voters = 700, .chunk = 640, .revote = 1, .small = true};
	tb_why why;

	(void)state;
	tb_slog_set_level((tb_slog_level)(TB_SLOG_ERROR + 1));
	tb_test_folder_new(folder);
	(void)snprintf(path, sizeof path, "%s/board.db", folder);
	m = tb_maker_new(&c);
	tb_maker_until_open(m);
	for (uint32_t i = 0; i < 300; i++)
		tb_maker_notice(m, "Good morning.");
	assert_true(m->num_blobs > 0);
	assert_int_equal(tb_store_open(&store, path, &why), TB_OK);
	whole = add("whole", SIZE_MAX);
	broken = add("broken", BROKEN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_store_close(store);
	tb_maker_free(m);
	tb_test_folder_remove(folder);
	return 0;
}

typedef struct heard {
	uint64_t next, stop_at;
	size_t num_chunks;
	bool takes;
} heard;

static tb_err hear(void *arg, uint64_t index, const tb_entry *e, const uint8_t leaf[32], tb_roll_chunk *chunk)
{
	heard *h = arg;
	uint8_t expected[32];
	tb_buf again;

	assert_int_equal(index, h->next++);
	if (index == h->stop_at)
		return TB_ERR_STATE;
	tb_buf_init(&again, TB_ENTRY_MAX_BYTES);
	assert_non_null(e->payload);
	assert_int_equal(tb_entry_write(&again, e), TB_OK);
	assert_int_equal(again.len, m->entries[index].len);
	assert_memory_equal(again.data, m->entries[index].data, again.len);
	tb_merkle_leaf(expected, again.data, again.len);
	assert_memory_equal(leaf, expected, 32);
	tb_buf_release(&again);
	assert_int_equal(chunk != NULL, e->type == TB_ENTRY_ROLL);
	if (chunk != NULL) {
		assert_string_equal(chunk->voters[0].id, m->voters[chunk->first].id);
		h->num_chunks++;
	}
	if (chunk != NULL && h->takes) {
		tb_roll_chunk mine = *chunk;

		memset(chunk, 0, sizeof *chunk);
		tb_roll_chunk_release(&mine);
	}
	return TB_OK;
}

static tb_err read_log(uint64_t election, uint64_t first, uint64_t end, heard *h, tb_fault *fault)
{
	memset(fault, 0, sizeof *fault);
	h->next = first;
	return tb_log_read(store, election, first, end, hear, h, fault);
}

static void test_every_entry_in_order(void **state)
{
	heard h = {.stop_at = UINT64_MAX};
	tb_fault fault;

	(void)state;
	for (int takes = 0; takes < 2; takes++) {
		h.takes = takes == 1;
		h.num_chunks = 0;
		assert_int_equal(read_log(whole, 0, m->num_entries, &h, &fault), TB_OK);
		assert_int_equal(h.next, m->num_entries);
		assert_int_equal(h.num_chunks, 2);
	}
}

static void test_parts_of_a_log(void **state)
{
	heard h = {.stop_at = UINT64_MAX};
	tb_fault fault;

	(void)state;
	for (uint64_t first = 0; first <= m->num_entries; first += 29)
		for (uint64_t end = first; end <= m->num_entries; end += 61) {
			assert_int_equal(read_log(whole, first, end, &h, &fault), TB_OK);
			assert_int_equal(h.next, end);
		}
}

static void test_an_error_ends_the_reading(void **state)
{
	tb_fault fault;

	(void)state;
	for (uint64_t i = 0; i < m->num_entries; i += 37) {
		heard h = {.stop_at = i};

		assert_int_equal(read_log(whole, 0, m->num_entries, &h, &fault), TB_ERR_STATE);
		assert_int_equal(h.next, i + 1);
	}
}

static void test_what_is_damaged_or_missing(void **state)
{
	heard h = {.stop_at = UINT64_MAX};
	tb_fault fault;

	(void)state;
	assert_int_equal(read_log(broken, 0, m->num_entries, &h, &fault), TB_ERR_RULE);
	assert_int_equal(h.next, BROKEN);
	assert_non_null(strstr(fault.where, "entry 123"));
	assert_int_equal(read_log(broken, BROKEN + 1, m->num_entries, &h, &fault), TB_OK);
	/* An end that is beyond the log: what is not there was lost. */
	assert_int_equal(read_log(whole, 0, m->num_entries + 1, &h, &fault), TB_ERR_IO);
	assert_int_equal(read_log(whole + 7, 0, 1, &h, &fault), TB_ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_entry_in_order),
		cmocka_unit_test(test_parts_of_a_log),
		cmocka_unit_test(test_an_error_ends_the_reading),
		cmocka_unit_test(test_what_is_damaged_or_missing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
