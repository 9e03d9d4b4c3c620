/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/crockford.h"

/* Bit by bit: character i stands for bits 5i..5i+4, the first the highest. */
static void test_every_bit_has_its_place(void **state)
{
	(void)state;
	for (size_t len = 1; len <= 16; len++) {
		for (size_t bit = 0; bit < 8 * len; bit++) {
			char text[TB_CROCKFORD_TEXT(16)];
			uint8_t in[16] = {0}, back[16];
			size_t place = bit / 5 + bit / 20;

			in[bit / 8] = (uint8_t)(0x80 >> bit % 8);
			tb_crockford_write(text, in, len);
			assert_int_equal(strlen(text), TB_CROCKFORD_TEXT(len) - 1);
			for (size_t i = 0; text[i] != 0; i++)
				assert_int_equal(text[i], i % 5 == 4   ? '-'
							  : i == place ? "G8421"[bit % 5]
								       : '0');
			assert_int_equal(tb_crockford_parse(back, len, text, strlen(text)), TB_OK);
			assert_memory_equal(back, in, len);
		}
	}
}

static void test_what_people_type(void **state)
{
	const char *bad[] = {"", "0123-4567-89AB-CDEF-GHJK-MNPQ-R", "0123-4567-89AB-CDEF-GHJK-MNPQ-RRR",
		"0123-4567-89AB-CDEF-GHJK-MNPQ-RS", "0123-4567-89AB-CDEF-GHJK-MNPQ-RU",
		"0123-4567-89AB-CDEF-GHJK-MNPQ-R\xc3"};
	const char *good = " oi23 4567-89ab CDEFghjkMNPQrr ";
	uint8_t one[16], two[16];

	(void)state;
	assert_int_equal(tb_crockford_parse(one, sizeof one, good, strlen(good)), TB_OK);
	assert_int_equal(tb_crockford_parse(two, sizeof two, "0123-4567-89AB-CDEF-GHJK-MNPQ-RR", 32), TB_OK);
	assert_memory_equal(one, two, 16);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
			tb_crockford_parse(one, sizeof one, bad[i], strlen(bad[i])), TB_ERR_ENCODING);
	assert_int_equal(tb_crockford_parse(one, sizeof one, "0123-4567-89AB-CDEF-GHJK-MNPQ-R\0", 32),
		TB_ERR_ENCODING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit_has_its_place),
		cmocka_unit_test(test_what_people_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
