/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"

/* Base64 and hex have one spelling per byte string: what reads is what would be written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *bytes = malloc(len + 1);
	char *again = malloc(2 * len + 1);
	size_t bytes_len = 0;
	tb_buf buf;

	TB_REQUIRE(bytes != NULL && again != NULL);
	tb_buf_init(&buf, len);
	tb_buf_unbase64(&buf, (const char *)data, len);
	if (tb_base64_parse(bytes, &bytes_len, len, (const char *)data, len) == TB_OK) {
		TB_REQUIRE(TB_BASE64_LEN(bytes_len) == len);
		tb_base64_write(again, bytes, bytes_len);
		TB_REQUIRE(memcmp(again, data, len) == 0);
		TB_REQUIRE(tb_buf_status(&buf) == TB_OK && buf.len == bytes_len);
		TB_REQUIRE(bytes_len == 0 || memcmp(buf.data, bytes, bytes_len) == 0);
	} else {
		TB_REQUIRE(tb_buf_status(&buf) != TB_OK);
	}
	if (tb_hex_parse_fixed(bytes, len / 2, (const char *)data, len) == TB_OK) {
		tb_hex_write(again, bytes, len / 2);
		TB_REQUIRE(len % 2 == 0 && memcmp(again, data, len) == 0);
	}
	tb_buf_release(&buf);
	free(bytes);
	free(again);
	return 0;
}
