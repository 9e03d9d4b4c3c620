/* SPDX-License-Identifier: Apache-2.0 */
/* The generator when the operating system is slow, interrupted or fails; what then becomes of scalars. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

#include "crypto/group.h"
#include "crypto/rand.h"

/* Stands in front of the C library's: `plan` says what each call does. */
static const char *plan;
static uint8_t next_byte;

ssize_t getrandom(void *buf, size_t len, unsigned flags)
{
	uint8_t *p = buf;

	(void)flags;
	switch (*plan == '\0' ? 'F' : *plan++) {
	case 'I':
		errno = EINTR;
		return -1;
	case 'S': /* a short read */
		len = len > 3 ? 3 : len;
		break;
	case 'F': /* the rest */
		break;
	case '0':
		return 0;
	default:
		errno = ENOSYS;
		return -1;
	}
	for (size_t i = 0; i < len; i++)
		p[i] = ++next_byte;
	return (ssize_t)len;
}

static void test_short_and_interrupted_reads_go_on(void **state)
{
	uint8_t out[20];

	(void)state;
	plan = "ISSIF";
	next_byte = 0;
	assert_int_equal(tb_random(out, sizeof out), TB_OK);
	for (size_t i = 0; i < sizeof out; i++)
		assert_int_equal(out[i], i + 1);
	plan = "X";
	assert_int_equal(tb_random(out, 0), TB_OK);
}

static void test_failure_leaves_zeros(void **state)
{
	static const uint8_t zero[20];
	static const char *const plans[] = {"X", "SX", "ISX", "0", "S0"};
	uint8_t out[20];

	(void)state;
	for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
		memset(out, 7, sizeof out);
		plan = plans[i];
		assert_int_equal(tb_random(out, sizeof out), TB_ERR_RANDOM);
		assert_memory_equal(out, zero, sizeof out);
	}
}

static void test_no_scalar_without_randomness(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_secret s;
	tb_scalar k;

	(void)state;
	memset(&s, 7, sizeof s);
	plan = "SSX";
	assert_int_equal(tb_secret_random(g, &s), TB_ERR_RANDOM);
	assert_true(tb_secret_is_zero(&s));
	memset(&k, 7, sizeof k);
	plan = "X";
	assert_int_equal(tb_scalar_random128(g, &k), TB_ERR_RANDOM);
	assert_true(tb_scalar_is_zero(&k));
}

static void test_no_order_check_without_randomness(void **state)
{
	const tb_group *g = tb_group_modp4096();
	const tb_point *list[1];
	tb_point a;

	(void)state;
	tb_point_generator(g, &a);
	list[0] = &a;
	plan = "X";
	assert_int_equal(tb_points_check_order(g, list, 1), TB_ERR_RANDOM);
	plan = "";
	assert_int_equal(tb_points_check_order(g, list, 1), TB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_and_interrupted_reads_go_on),
		cmocka_unit_test(test_failure_leaves_zeros),
		cmocka_unit_test(test_no_scalar_without_randomness),
		cmocka_unit_test(test_no_order_check_without_randomness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
