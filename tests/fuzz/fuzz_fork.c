/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/log/fork.h"

/* Evidence of forks [LOG.FORK]: what is accepted is written back byte for byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_buf out;
	tb_fork f;
	tb_why why;

	tb_buf_init(&out, TB_FORK_MAX_BYTES);
	tb_fork_init(&f);
	if (tb_fork_parse(&f, (const char *)data, len, &why) == TB_OK) {
		TB_REQUIRE(tb_fork_write(&out, &f) == TB_OK);
		TB_REQUIRE(out.len == len && memcmp(out.data, data, len) == 0);
	}
	tb_fork_release(&f);
	tb_buf_release(&out);
	return 0;
}
