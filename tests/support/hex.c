/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/hex.h"

#include <string.h>

#include "crypto/err.h"

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	TB_REQUIRE(c >= 'a' && c <= 'f');
	return (unsigned)(c - 'a') + 10;
}

void tb_test_unhex(uint8_t *out, size_t len, const char *hex)
{
	TB_REQUIRE(strlen(hex) == 2 * len);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
}
