/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/log/proof.h"

/* Receipts: what reads is written back byte for byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_buf room, out;
	tb_proof p;
	tb_why why;

	tb_buf_init(&room, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&out, len);
	if (tb_proof_parse(&p, &room, (const char *)data, len, &why) == TB_OK) {
		TB_REQUIRE(tb_proof_write(&out, &p) == TB_OK);
		TB_REQUIRE(out.len == len && memcmp(out.data, data, len) == 0);
	}
	tb_buf_release(&room);
	tb_buf_release(&out);
	return 0;
}
