/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/manifest.h"

/* What is read as a manifest obeys the rules and is written back byte for byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_manifest m;
	tb_fault fault;
	tb_buf again;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	err = tb_manifest_parse(&m, data, len, &fault);
	if (err == TB_OK) {
		tb_buf_init(&again, TB_MANIFEST_MAX_BYTES);
		TB_REQUIRE(tb_manifest_check(&m, &fault) == TB_OK);
		TB_REQUIRE(tb_manifest_write(&again, &m) == TB_OK);
		TB_REQUIRE(again.len == len && memcmp(again.data, data, len) == 0);
		TB_REQUIRE(tb_manifest_ballot_bytes(&m, 1) > 0);
		tb_buf_release(&again);
	} else {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL && m.questions == NULL);
	}
	tb_manifest_release(&m);
	return 0;
}
