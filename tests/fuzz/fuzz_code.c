/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/code.h"

/* Whatever is read as a code is read again from its printed form. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[TB_CODE_TEXT_BYTES];
	tb_code code, again;
	tb_fault fault;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	err = tb_code_parse(&code, (const char *)data, len, &fault);
	if (err == TB_OK) {
		tb_code_write(text, &code);
		TB_REQUIRE(strlen(text) == TB_CODE_TEXT_BYTES - 1);
		TB_REQUIRE(tb_code_parse(&again, text, strlen(text), &fault) == TB_OK);
		TB_REQUIRE(memcmp(&code, &again, sizeof code) == 0);
	} else {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL && code.character[0] == 0);
	}
	return 0;
}
