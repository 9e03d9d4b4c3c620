/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/ceremony_wire.h"
#include "tests/support/fuzz_sample.h"

/* The payload of `trustee.commit`: what is read is written back byte for byte, and what the ceremony accepts it can take in. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const tb_sample *s = tb_fuzz_beginning();
	uint32_t trustee = len > 1 && data[1] >= 1 && data[1] <= 3 ? data[1] : 1;
	tb_ceremony *c;
	tb_commit commit;
	tb_fault fault;
	tb_buf out;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	err = tb_commit_parse(&commit, &s->manifest, trustee, data, len, &fault);
	if (err == TB_OK) {
		tb_buf_init(&out, len);
		TB_REQUIRE(tb_commit_write(&out, &s->manifest, &commit) == TB_OK);
		TB_REQUIRE(out.len == len && memcmp(out.data, data, len) == 0);
		tb_buf_release(&out);
		tb_commit_release(&commit);
	} else {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL && commit.commitments.data == NULL);
	}
	TB_REQUIRE(tb_ceremony_new(&c, &s->manifest, s->election) == TB_OK);
	fault.rule = NULL;
	err = tb_ceremony_check_commit(c, trustee, data, len, &fault);
	if (err == TB_OK)
		TB_REQUIRE(tb_ceremony_apply_commit(c, trustee, data, len) == TB_OK &&
			   tb_ceremony_num_commits(c) == 1);
	else
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL);
	tb_ceremony_free(c);
	return 0;
}
