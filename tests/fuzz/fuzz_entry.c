/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/log/entry.h"
#include "tests/support/entry_by_json.h"

/* What the scanner accepts is exactly what the general reader accepts, and it is written back byte for byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_buf room, again;
	tb_fault fault;
	tb_entry e;
	tb_err err;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&again, TB_ENTRY_MAX_BYTES);
	memset(&fault, 0, sizeof fault);
	err = tb_entry_parse(&e, &room, data, len, &fault);
	TB_REQUIRE((err == TB_OK) == entry_by_json(data, len));
	if (err == TB_OK) {
		TB_REQUIRE(tb_entry_write(&again, &e) == TB_OK);
		TB_REQUIRE(again.len == len && memcmp(again.data, data, len) == 0);
	} else {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL);
	}
	tb_buf_release(&room);
	tb_buf_release(&again);
	return 0;
}
