/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "server/limits.h"

#define SECOND UINT64_C(1000)
#define ROOM 1024u

static tb_limits *l;

static int start(void **state)
{
	(void)state;
	return tb_limits_new(&l, ROOM) == TB_OK ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	tb_limits_free(l);
	return 0;
}

static unsigned take(unsigned kind, const char *name, const tb_rate *rate, uint64_t now)
{
	return tb_limits_wait(l, kind, name, strlen(name), rate, now, true);
}

static void test_a_burst_then_the_rate(void **state)
{
	tb_rate rate = {.per_hour = 360, .burst = 3}; /* one in 10 seconds */
	uint64_t now = 12345;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(take(1, "ada", &rate, now), 0);
	assert_int_equal(take(1, "ada", &rate, now), 10);
	assert_int_equal(take(1, "ada", &rate, now + 9 * SECOND), 1);
	assert_int_equal(take(1, "ada", &rate, now + 10 * SECOND - 1), 1);
	assert_int_equal(take(1, "ada", &rate, now + 10 * SECOND), 0);
	assert_int_equal(take(1, "ada", &rate, now + 10 * SECOND), 10);
	/* Being refused costs nothing, and after a long time there are three again and no more. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(take(1, "ada", &rate, now + 9999 * SECOND), 0);
	assert_int_equal(take(1, "ada", &rate, now + 9999 * SECOND), 10);
}

static void test_names_and_kinds_are_apart(void **state)
{
	tb_rate rate = {.per_hour = 60, .burst = 1}, none = {.burst = 1};

	(void)state;
	assert_int_equal(take(1, "ada", &rate, 1), 0);
	assert_int_equal(take(1, "ada", &rate, 1), 60);
	assert_int_equal(take(2, "ada", &rate, 1), 0);
	assert_int_equal(take(1, "bob", &rate, 1), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(take(1, "ada", &none, 1), 0);
}

static void test_looking_takes_nothing(void **state)
{
	tb_rate rate = {.per_hour = 60, .burst = 1};

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(tb_limits_wait(l, 1, "ada", 3, &rate, 1, false), 0);
	assert_int_equal(take(1, "ada", &rate, 1), 0);
	assert_int_equal(tb_limits_wait(l, 1, "ada", 3, &rate, 1, false), 60);
}

/* A flood of names costs no memory and does not free one that is being held back hard. */
static void test_a_flood_of_names_does_not_free_the_greedy(void **state)
{
	tb_rate rate = {.per_hour = 60, .burst = 50};

	(void)state;
	for (int i = 0; i < 50; i++)
		assert_int_equal(take(1, "greedy", &rate, 1), 0);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(tb_limits_wait(l, 1, &i, sizeof i, &rate, 1, true), 0);
	assert_int_not_equal(take(1, "greedy", &rate, 1), 0);
}

static unsigned num_held(uint32_t num, const tb_rate *rate)
{
	unsigned held = 0;

	for (uint32_t i = 0; i < num; i++)
		held += tb_limits_wait(l, 1, &i, sizeof i, rate, 1, false) > 0 ? 1 : 0;
	return held;
}

/* Whoever only asks, by any names, pushes out nobody who has taken. */
static void test_a_flood_of_questions_frees_nobody(void **state)
{
	tb_rate rate = {.per_hour = 60, .burst = 1};

	(void)state;
	/* More than there is room for, so that every place is held by somebody. */
	for (uint32_t i = 0; i < 20000; i++)
		assert_int_equal(tb_limits_wait(l, 1, &i, sizeof i, &rate, 1, true), 0);
	for (uint32_t i = 0; i < 20000; i++)
		assert_int_equal(tb_limits_wait(l, 2, &i, sizeof i, &rate, 1, false), 0);
	assert_int_equal(num_held(20000, &rate), ROOM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_burst_then_the_rate, start, stop),
		cmocka_unit_test_setup_teardown(test_names_and_kinds_are_apart, start, stop),
		cmocka_unit_test_setup_teardown(test_looking_takes_nothing, start, stop),
		cmocka_unit_test_setup_teardown(test_a_flood_of_names_does_not_free_the_greedy, start, stop),
		cmocka_unit_test_setup_teardown(test_a_flood_of_questions_frees_nobody, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
