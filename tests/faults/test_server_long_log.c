/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log that is longer than what the server keeps of it in memory: it starts, as shut in as it runs at an operator's, knows
 * the root of any earlier size, and goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/fill_store.h"
#include "tests/support/serve.h"
#include "tests/support/server_process.h"

#define VOTERS 3
#define LENGTH 66000 /* more than the 65,536 leaves of core/log/history.c */

static server_process process;
static fill_store fill;

/* All that is there, and perhaps what the server says of its pages [CLIENT]. */
static void expect_size(uint64_t size)
{
	const char *found;
	tb_buf body;

	tb_buf_init(&body, 1u << 20);
	assert_int_equal(server_process_get(&process, process.client, "/e/spring", &body), 200);
	found = strstr(tb_buf_cstr(&body), "\"size\":");
	assert_non_null(found);
	assert_in_range(strtoull(found + 7, NULL, 10), size, size + 1);
	tb_buf_release(&body);
}

static void cast(void *arg, uint32_t voter, const tb_buf *entry)
{
	tb_buf json, body, room;
	tb_fault fault;
	tb_entry e;
	uint64_t index = 0;

	(void)arg;
	(void)voter;
	tb_buf_init(&json, 1u << 20);
	tb_buf_init(&body, 1u << 20);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, entry->data, entry->len, &fault), TB_OK);
	serve_write_submission(&json, &e);
	assert_int_equal(
		server_process_post(&process, process.client, "/e/spring/entries", &json, &body, &index),
		201);
	assert_in_range(index, fill.size, fill.size + 1);
	fill.size = index + 1;
	tb_buf_release(&json);
	tb_buf_release(&body);
	tb_buf_release(&room);
}

static void test_a_long_log_starts_and_goes_on(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < VOTERS - 1; i++) {
		server_process_start(&process);
		expect_size(fill.size);
		/* A voter who has had the page open for long: the checkpoint of this ballot is no longer in memory. */
		fill.m->now = (uint64_t)time(NULL);
		many_ballots_make(fill.m, fill.open_size, fill.open_root, i, i + 1, cast, NULL);
		expect_size(fill.size);
		assert_int_equal(server_process_stop(&process, SIGTERM), 0);
	}
}

static int setup(void **state)
{
	static char path[300];

	(void)state;
	server_process_new(&process);
	(void)snprintf(path, sizeof path, "%s/board.db", process.folder);
	fill_store_new(&fill, process.folder, path, VOTERS);
	fill_store_repeat(&fill, LENGTH);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fill_store_free(&fill);
	server_process_free(&process);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_long_log_starts_and_goes_on, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
