/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/make_board.h"

/* [ENTRY.ONCE] The same words may be signed again, but not posted again by somebody else. */
static void test_a_notice_is_not_repeated_by_others(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = tb_maker_new(&config);
	tb_fault fault = {0};
	tb_entry e;
	tb_buf room;
	uint8_t leaf[32] = {1}, leaf2[32] = {2};
	bool taken;
	const tb_buf *last;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_notice(m, "Please vote.");
	last = &m->entries[m->num_entries - 1];
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(tb_entry_parse(&e, &room, last->data, last->len, &fault), TB_OK);
	assert_int_equal(tb_board_check(m->board, &e, leaf, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ENTRY.ONCE");
	assert_int_equal(tb_board_apply_refused(m->board, &e, leaf, &taken), TB_OK);
	assert_true(taken);
	assert_int_equal(tb_board_check(m->board, &e, leaf2, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ENTRY.ONCE");
	tb_buf_release(&room);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_notice_is_not_repeated_by_others)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
