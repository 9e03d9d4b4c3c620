/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says on its boards of the web client that it serves [CLIENT.SERVED]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/log/proof.h"
#include "tests/support/serve.h"

static serve s;

static int start(void **state)
{
	(void)state;
	serve_start(&s, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	serve_stop(&s);
	return 0;
}

/* The entry at this place of the server's log, whose receipt holds its bytes. */
static void check_entry(uint64_t index, tb_entry_type type, const tb_client *client)
{
	char path[80];
	tb_buf text, room, bytes, expected;
	tb_fault fault;
	tb_proof proof;
	tb_entry e;
	tb_why why;

	tb_buf_init(&text, 1u << 20);
	tb_buf_init(&room, 1u << 20);
	tb_buf_init(&bytes, 1u << 20);
	tb_buf_init(&expected, 1u << 20);
	(void)snprintf(path, sizeof path, "/e/spring/receipt/%" PRIu64, index);
	assert_int_equal(serve_get(&s, path, &text), 200);
	assert_int_equal(tb_proof_parse(&proof, &room, tb_buf_cstr(&text), text.len, &why), TB_OK);
	assert_int_equal(tb_entry_parse(&e, &bytes, proof.extra, proof.extra_len, &fault), TB_OK);
	assert_string_equal(tb_entry_type_name(e.type), tb_entry_type_name(type));
	assert_string_equal(e.signer, "server");
	if (client != NULL) {
		assert_int_equal(tb_client_write_list(client, "spring", &expected), TB_OK);
		assert_int_equal(e.payload_len, expected.len);
		assert_memory_equal(e.payload, expected.data, expected.len);
	}
	tb_buf_release(&text);
	tb_buf_release(&room);
	tb_buf_release(&bytes);
	tb_buf_release(&expected);
}

static void test_the_board_names_the_client_before_the_opening_and_when_it_changes(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	uint64_t at, closes = m->manifest.closes, opens = m->manifest.opens;

	(void)state;
	tb_maker_until_ready(m);
	at = m->num_entries;
	tb_maker_free(m);
	serve_restart_with(&s, client_sample(0));
	serve_wait_size(&s, "spring", at + 1);
	check_entry(at, TB_ENTRY_CLIENT, client_sample(0));
	/* The same program again says nothing. */
	serve_restart_with(&s, client_sample(0));
	atomic_store(&s.now, opens);
	serve_wait_size(&s, "spring", at + 2);
	check_entry(at + 1, TB_ENTRY_OPEN, NULL);
	serve_restart_with(&s, client_sample(1));
	serve_wait_size(&s, "spring", at + 3);
	check_entry(at + 2, TB_ENTRY_CLIENT, client_sample(1));
	serve_restart_with(&s, client_sample(0));
	serve_wait_size(&s, "spring", at + 4);
	check_entry(at + 3, TB_ENTRY_CLIENT, client_sample(0));
	/* Without pages nothing is served that could be named; and after the end nobody votes. */
	serve_restart_with(&s, &client_none);
	atomic_store(&s.now, closes);
	serve_restart_with(&s, client_sample(1));
	serve_wait_size(&s, "spring", at + 5);
	check_entry(at + 4, TB_ENTRY_CLOSE, NULL);
}

static void test_an_election_that_opens_at_once_has_its_client_first(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	uint64_t at, opens = m->manifest.opens;
	tb_why why;

	(void)state;
	tb_maker_until_ready(m);
	at = m->num_entries;
	tb_maker_free(m);
	/* Ready, and time to open, at the first look. */
	tb_app_stop(&s.app);
	atomic_store(&s.now, opens + 60);
	s.client = client_sample(2);
	assert_int_equal(tb_app_start(&s.app, &s.config, &s.keys, s.client, &s.clock, s.path, &why), TB_OK);
	serve_wait_size(&s, "spring", at + 2);
	check_entry(at, TB_ENTRY_CLIENT, client_sample(2));
	check_entry(at + 1, TB_ENTRY_OPEN, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_the_board_names_the_client_before_the_opening_and_when_it_changes, start, stop),
		cmocka_unit_test_setup_teardown(
			test_an_election_that_opens_at_once_has_its_client_first, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
