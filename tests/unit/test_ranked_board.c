/* SPDX-License-Identifier: Apache-2.0 */
/* Whole boards with a ranked question, through the state machine and the verifier [MIX] [CHECK] [CHECK.RECOVERY]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/check_board.h"
#include "tests/support/make_board.h"

static const tb_maker_config CONFIG = {.small = true, .ranked = true, .num_voters = 7, .revote = 3};

static void check(tb_maker *m, tb_checked *c)
{
	tb_maker_files files;

	tb_maker_files_new(m, &files);
	tb_checked_run(c, &files, NULL);
	tb_maker_files_free(&files);
}

static bool is_said(const tb_checked *c, const char *code)
{
	for (size_t i = 0; i < c->report.num_statements; i++)
		if (strcmp(c->report.statements[i].code, code) == 0)
			return true;
	return false;
}

static void test_an_honest_board_is_verified(void **state)
{
	tb_maker *m = tb_maker_new(&CONFIG);
	tb_checked c;

	(void)state;
	tb_maker_run(m);
	check(m, &c);
	if (c.num > 0)
		tb_checked_print_failures(&c);
	assert_int_equal(c.num, 0);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	assert_int_equal(c.report.line[TB_CHECK_MIXES].state, TB_CHECK_OK);
	assert_int_equal(c.report.line[TB_CHECK_MIXES].covered, 2);
	assert_true(is_said(&c, "ballots-public"));
	tb_checked_release(&c);
	tb_maker_free(m);
}

/* ---- one wrong thing, and how the verifier goes on ---- */

typedef struct spoiler {
	tb_entry_type type;
	unsigned which, seen; /* the which-th of that type, from 1 */
	size_t at;            /* the byte of the payload */
	size_t len;           /* how many of them are set to 0xff; 0: one bit is flipped */
} spoiler;

static void spoil(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	spoiler *s = arg;

	(void)m;
	if (plan->type != s->type || ++s->seen != s->which)
		return;
	if (s->len == 0)
		plan->payload.data[s->at] ^= 1;
	else
		memset(plan->payload.data + s->at, 0xff, s->len);
}

/* Seven ballots: outputs, then c, C, D of 224 bytes each, t, s, p, q. */
enum { OUTPUTS = 3, PROOF = 3 + 7 * 64, T = PROOF + 3 * 7 * 32, S = T + 5 * 32 };

static void expect_one(spoiler s, const char *rule, size_t num)
{
	tb_maker *m = tb_maker_new(&CONFIG);
	tb_checked c;

	m->is_lenient = true;
	m->before = spoil;
	m->arg = &s;
	tb_maker_run(m);
	check(m, &c);
	if (c.num != num || strcmp(c.failure[0].fault.rule, rule) != 0) {
		tb_checked_print_failures(&c);
		fail_msg("expected %zu failures of %s", num, rule);
	}
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	tb_checked_release(&c);
	tb_maker_free(m);
}

/* A false mix, or false shares, whose points can be read are one failure: what follows is held against them. */
static void test_a_false_mix_is_one_failure(void **state)
{
	(void)state;
	for (unsigned which = 1; which <= 2; which++) {
		expect_one((spoiler){.type = TB_ENTRY_MIX, .which = which, .at = S}, "SHUFFLE.VERIFY", 1);
		expect_one((spoiler){.type = TB_ENTRY_MIX, .which = which, .at = PROOF, .len = 32},
			"SHUFFLE.VERIFY", 1);
		/* S-06: what another trustee could have made */
		expect_one((spoiler){.type = TB_ENTRY_MIX, .which = which, .at = 0}, "MIX", 1);
	}
}

/* What cannot be read is left out, and what rests on it is not judged. */
static void test_an_unreadable_mix_is_one_failure(void **state)
{
	spoiler s = {.type = TB_ENTRY_MIX, .which = 1, .at = OUTPUTS + 32, .len = 32};
	tb_maker *m = tb_maker_new(&CONFIG);
	tb_checked c;

	(void)state;
	m->is_lenient = true;
	m->before = spoil;
	m->arg = &s;
	tb_maker_until_endorsed(m);
	tb_maker_mix(m, 1);
	tb_maker_mix(m, 2);
	check(m, &c);
	if (c.num != 1)
		tb_checked_print_failures(&c);
	assert_int_equal(c.num, 1);
	assert_string_equal(c.failure[0].fault.rule, "SHUFFLE.VERIFY");
	assert_int_equal(c.report.line[TB_CHECK_MIXES].covered, 1);
	assert_int_equal(c.report.line[TB_CHECK_MIXES].skipped, 1);
	assert_int_equal(c.report.verdict, TB_VERDICT_FALSE);
	tb_checked_release(&c);
	tb_maker_free(m);
}

/* The proof of the list is before the share of the lot. */
static void test_false_shares_are_one_failure(void **state)
{
	const size_t list = 2 + 2 * 128, proof = list + 7 * 32;

	(void)state;
	expect_one((spoiler){.type = TB_ENTRY_DECRYPT, .which = 2, .at = proof + 64}, "DLEQ.LIST", 1);
	expect_one(
		(spoiler){.type = TB_ENTRY_DECRYPT, .which = 1, .at = proof, .len = 32}, "DECRYPT.SHARE", 1);
}

/* ---- [MIX.WHEN], as the server is told ---- */

static void expect_refused(tb_maker *m, uint32_t trustee, const char *rule, const char *where)
{
	const tb_parallel work = {.threads = 1};
	tb_tally *t = tb_board_tally(m->board);
	char signer[TB_SIGNER_MAX];
	tb_fault fault = {0};
	tb_maker_plan plan;

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	tb_maker_plan_init(m, &plan, TB_ENTRY_MIX, signer);
	if (tb_tally_stage(t) != NULL)
		assert_int_equal(
			tb_mix_make(tb_tally_stage(t), &plan.payload, trustee, &work, &fault), TB_OK);
	assert_int_equal(tb_maker_try(m, &plan, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, rule);
	assert_string_equal(fault.where, where);
}

static void test_when_a_mix_is_admitted(void **state)
{
	tb_maker *m = tb_maker_new(&CONFIG);

	(void)state;
	tb_maker_until_closed(m);
	expect_refused(m, 1, "MIX.WHEN", "type"); /* U-10: before the endorsements */
	for (uint32_t i = 0; i < tb_manifest_total_endorsers(&m->manifest); i++)
		tb_maker_endorse(m, i);
	tb_maker_mix(m, 2);
	expect_refused(m, 2, "MIX.WHEN", "signer"); /* S-09 */
	tb_maker_mix(m, 1);
	expect_refused(m, 3, "MIX.WHEN", "type"); /* all are there */
	tb_maker_decrypt(m, 1);
	expect_refused(m, 3, "MIX.WHEN", "type");
	tb_maker_decrypt(m, 3);
	tb_maker_result(m);
	expect_refused(m, 3, "ENTRY.ORDER", "type");
	tb_maker_free(m);
}

static void test_no_mix_without_ranked_ballots(void **state)
{
	tb_maker_config config = CONFIG;
	tb_maker *m;

	(void)state;
	config.ranked = false;
	m = tb_maker_new(&config);
	tb_maker_until_endorsed(m);
	expect_refused(m, 1, "MIX.WHEN", "type");
	tb_maker_free(m);
}

/* S-14: a server that publishes a result after one mix only. */
static void test_fewer_mixes_than_asked_for(void **state)
{
	tb_maker *m = tb_maker_new(&CONFIG);
	tb_maker_plan plan;
	tb_fault fault = {0};

	(void)state;
	tb_maker_until_endorsed(m);
	tb_maker_mix(m, 1);
	tb_maker_plan_init(m, &plan, TB_ENTRY_DECRYPT, "trustee/1");
	tb_buf_u8(&plan.payload, 1);
	assert_int_equal(tb_maker_try(m, &plan, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "DECRYPT.LIST");
	tb_maker_free(m);
}

/* ---- bytes that somebody between changes ---- */

static void expect_seen(const tb_maker_files *files, tb_buf *bytes, size_t at)
{
	tb_checked c;

	bytes->data[at] ^= (uint8_t)(1u << at % 8);
	tb_checked_run(&c, files, NULL);
	if (c.report.verdict != TB_VERDICT_FALSE || c.num == 0)
		fail_msg("byte %zu was changed and nothing said", at);
	bytes->data[at] ^= (uint8_t)(1u << at % 8);
	tb_checked_release(&c);
}

/* The board as it is, which is right. */
static void expect_right(const tb_maker_files *files)
{
	tb_checked c;

	tb_checked_run(&c, files, NULL);
	assert_int_equal(c.report.verdict, TB_VERDICT_VERIFIED);
	tb_checked_release(&c);
}

/* One mix of two ballots, an entry like others; and one of 300, whose payload is a blob [LOG.BLOB]. */
static void test_changed_bytes_of_a_mix_are_reported(void **state)
{
	tb_maker_config config = {
		.small = true, .ranked = true, .num_voters = 2, .num_trustees = 1, .threshold = 1};
	tb_maker_files files;
	unsigned seen = 0;
	tb_maker *m;

	(void)state;
	m = tb_maker_new(&config);
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	{
		tb_buf *bundle = &files.file[files.num - 1].bytes;
		const tb_buf *mix = &m->entries[m->num_entries - 3];
		const uint8_t *at = memmem(bundle->data, bundle->len, mix->data, mix->len);

		assert_memory_equal(mix->data, "{\"type\":\"mix\"", 13);
		assert_non_null(at);
		for (size_t i = 0; i < mix->len; i += 7)
			expect_seen(&files, bundle, (size_t)(at - bundle->data) + i);
	}
	expect_right(&files);
	tb_maker_files_free(&files);
	tb_maker_free(m);

	config.num_voters = 300;
	m = tb_maker_new(&config);
	tb_maker_run(m);
	tb_maker_files_new(m, &files);
	assert_int_equal(m->num_blobs, 1);
	assert_int_equal(m->blobs[0].len, 3 + 300 * (64 + 160) + 96 + 192);
	for (size_t k = 0; k < files.num; k++)
		if (strncmp(files.file[k].path, "blob/", 5) == 0)
			for (size_t at = 0; at < files.file[k].bytes.len;
				at += files.file[k].bytes.len / 5, seen++)
				expect_seen(&files, &files.file[k].bytes, at);
	assert_in_range(seen, 5, 6);
	expect_right(&files);
	tb_maker_files_free(&files);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_honest_board_is_verified),
		cmocka_unit_test(test_a_false_mix_is_one_failure),
		cmocka_unit_test(test_an_unreadable_mix_is_one_failure),
		cmocka_unit_test(test_false_shares_are_one_failure),
		cmocka_unit_test(test_when_a_mix_is_admitted),
		cmocka_unit_test(test_no_mix_without_ranked_ballots),
		cmocka_unit_test(test_fewer_mixes_than_asked_for),
		cmocka_unit_test(test_changed_bytes_of_a_mix_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
