/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "crypto/dleq.h"
#include "tests/support/fuzz_sample.h"

/* The payload of `decrypt`: only shares that were made with x_j are accepted, and what is accepted is written back byte for byte. */
static void write_back(const uint8_t *data, size_t len, uint32_t trustee)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t again[32 + TB_DLEQ_MAX_BYTES];
	size_t one = 32 + tb_dleq_bytes(g);
	tb_dleq_proof proof;
	tb_point z;

	TB_REQUIRE(len == 2 + (3 + 2 + 1) * one && data[0] == 1 && data[1] == trustee);
	for (size_t at = 2; at < len; at += one) {
		TB_REQUIRE(tb_point_parse(g, &z, data + at) == TB_OK);
		TB_REQUIRE(tb_dleq_parse(g, &proof, data + at + 32) == TB_OK);
		tb_point_write(g, again, &z);
		tb_dleq_write(g, again + 32, &proof);
		TB_REQUIRE(memcmp(again, data + at, one) == 0);
	}
}

/* The shares Z themselves are determined: those of the trustee's honest payload. */
static void assert_right_shares(const uint8_t *data, size_t len, uint32_t trustee)
{
	tb_fault fault;
	tb_secret x;
	tb_buf own;

	tb_sample_share(tb_fuzz_sample(), &x, trustee);
	tb_buf_init(&own, len);
	TB_REQUIRE(tb_tally_make_decrypt(
			   tb_fuzz_tally(), tb_fuzz_sample()->ceremony, &own, trustee, &x, &fault) == TB_OK);
	TB_REQUIRE(own.len == len);
	for (size_t at = 2; at < len; at += 128)
		TB_REQUIRE(memcmp(own.data + at, data + at, 32) == 0);
	tb_buf_release(&own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint32_t trustee = len > 1 && data[1] >= 1 && data[1] <= 3 ? data[1] : 1;
	tb_fault fault;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	err = tb_tally_check_decrypt(tb_fuzz_tally(), tb_fuzz_sample()->ceremony, trustee, data, len, &fault);
	if (err == TB_OK) {
		write_back(data, len, trustee);
		assert_right_shares(data, len, trustee);
	} else {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL);
	}
	return 0;
}
