/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/endorse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static tb_endorsement statement(uint8_t fill)
{
	tb_endorsement s = {.size = 100, .ballots = 42};

	memset(s.close, 1, sizeof s.close);
	memset(s.root, 2, sizeof s.root);
	memset(s.counted, 3, sizeof s.counted);
	memset(s.aggregates, fill, sizeof s.aggregates);
	return s;
}

static tb_endorsements begin(uint32_t trustees, uint32_t extra, uint32_t threshold)
{
	const tb_manifest m = {.num_trustees = trustees, .num_endorsers = extra, .threshold = threshold};
	tb_endorsements e;

	tb_endorsements_init(&e, &m);
	return e;
}

/* The numbers of the review: 2/3 -> 3, 3/4 -> 4, 3/5 -> 4, 5/9 -> 7; and for all sizes, any two quotas share t. */
static void test_two_quotas_share_t_endorsers(void **state)
{
	static const uint32_t known[][3] = {{3, 2, 3}, {4, 3, 4}, {5, 3, 4}, {9, 5, 7}, {1, 1, 1}};

	(void)state;
	for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
		tb_endorsements e = begin(known[k][0], 0, known[k][1]);

		assert_int_equal(tb_endorsements_required(&e), known[k][2]);
	}
	for (uint32_t n = 1; n <= 20; n++) {
		for (uint32_t t = 1; t <= n; t++) {
			for (uint32_t extra = 0; extra <= 20; extra++) {
				tb_endorsements e = begin(n, extra, t);
				uint32_t k = tb_endorsements_required(&e);

				assert_true(k <= n + extra);              /* can be reached */
				assert_true(2 * k >= n + extra + t);      /* two sets share at least t */
				assert_true(2 * (k - 1) < n + extra + t); /* and no smaller number would do */
			}
		}
	}
}

/* 3 trustees and an auditor, t = 2: three of four suffice, but three of the same statement. */
static void test_only_equal_statements_add_up(void **state)
{
	tb_endorsements e = begin(3, 1, 2);
	tb_endorsement own = statement(9), other = statement(8);

	(void)state;
	assert_int_equal(tb_endorsements_add(&e, 3, &own), TB_OK);
	assert_int_equal(tb_endorsements_add(&e, 0, &other), TB_OK);
	own.cosignature[0] = 5; /* each has its own cosignature */
	assert_int_equal(tb_endorsements_add(&e, 1, &own), TB_OK);
	assert_int_equal(tb_endorsements_matching(&e, &own), 2);
	assert_int_equal(tb_endorsements_matching(&e, &other), 1);
	assert_false(tb_endorsements_suffice(&e, &own));
	assert_int_equal(tb_endorsements_add(&e, 2, &own), TB_OK);
	assert_true(tb_endorsements_suffice(&e, &own));
	assert_false(tb_endorsements_suffice(&e, &other));
	assert_int_equal(e.num, 4);
	assert_true(e.order[0] == 3 && e.order[1] == 0 && e.order[2] == 1 && e.order[3] == 2);
}

/* U-02: whoever endorsed once never endorses again, the same or another board. */
static void test_once_per_endorser(void **state)
{
	tb_endorsements e = begin(3, 0, 2);
	tb_endorsement own = statement(9), other = statement(8);

	(void)state;
	assert_int_equal(tb_endorsements_add(&e, 1, &other), TB_OK);
	assert_int_equal(tb_endorsements_add(&e, 1, &own), TB_ERR_STATE);
	assert_int_equal(tb_endorsements_add(&e, 1, &other), TB_ERR_STATE);
	assert_int_equal(tb_endorsements_matching(&e, &own), 0);
	assert_int_equal(tb_endorsements_matching(&e, &other), 1);
	assert_int_equal(e.num, 1);
}

static void test_the_field_that_differs_is_named(void **state)
{
	static const char *const where[] = {"close", "size", "root", "counted", "ballots", "aggregates"};
	const tb_endorsement own = statement(9);
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_endorsement_check(&own, &own, &fault), TB_OK);
	for (int k = 0; k < 6; k++) {
		tb_endorsement said = own;
		uint8_t *const bytes[] = {said.close, NULL, said.root, said.counted, NULL, said.aggregates};

		if (bytes[k] != NULL)
			bytes[k][31] ^= 1;
		else if (k == 1)
			said.size++;
		else
			said.ballots--;
		assert_int_equal(tb_endorsement_check(&own, &said, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "ENDORSE");
		assert_string_equal(fault.where, where[k]);
		assert_string_not_equal(fault.expected, fault.found);
		assert_false(tb_endorsement_same(&own, &said));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_quotas_share_t_endorsers),
		cmocka_unit_test(test_only_equal_statements_add_up),
		cmocka_unit_test(test_once_per_endorser),
		cmocka_unit_test(test_the_field_that_differs_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
