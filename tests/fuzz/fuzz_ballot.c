/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/fixture.h"
#include "tests/support/fuzz_sample.h"

/*
 * The payload of a ballot.  What is read is written back byte for byte; then it is signed by the voter that it names and goes
 * through the batch, where only a ballot that nothing was changed in may verify.
 */
static void write_back(const tb_ballot *b, const tb_election_params *p, const uint8_t *data, size_t len)
{
	tb_buf out;

	tb_buf_init(&out, TB_BALLOT_MAX_BYTES);
	tb_buf_u8(&out, 1);
	tb_buf_u8(&out, (uint8_t)strlen(b->head.voter));
	tb_buf_text(&out, b->head.voter);
	tb_buf_append(&out, b->head.prev, 32);
	tb_buf_u64(&out, b->head.date);
	tb_buf_u64(&out, b->head.checkpoint_size);
	tb_buf_append(&out, b->head.checkpoint_root, 32);
	tb_buf_u8(&out, 2);
	for (uint32_t q = 0; q < 2; q++)
		tb_buf_append(&out, b->part[q], tb_election_params_part_len(p, q));
	TB_REQUIRE(tb_buf_status(&out) == TB_OK && out.len == len && memcmp(out.data, data, len) == 0);
	tb_buf_release(&out);
}

/* The honest payload of this voter, whatever the rest of the head says. */
static bool is_honest(const tb_ballot *b, const uint8_t *data, size_t len, uint64_t voter)
{
	tb_sample_ballot honest;
	tb_ballot_head own;
	size_t head = len;
	bool equal;

	for (uint32_t q = 0; q < 2; q++)
		head -= tb_election_params_part_len(tb_fuzz_sample()->params, q);
	tb_sample_head(&own, voter);
	if (strcmp(own.voter, b->head.voter) != 0)
		return false;
	tb_sample_cast(&honest, tb_fuzz_sample(), voter, NULL);
	equal = honest.payload.len == len && memcmp(honest.payload.data + head, data + head, len - head) == 0;
	tb_sample_ballot_free(&honest);
	return equal;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static tb_ballot_batch *batch;
	const tb_sample *s = tb_fuzz_sample();
	uint8_t public_key[32], random[32] = {0};
	char signer[TB_SIGNER_MAX];
	unsigned long long voter = 0;
	tb_fault fault;
	tb_ballot b;
	tb_secret key;
	tb_entry e;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	err = tb_ballot_parse(s->params, &b, data, len, &fault);
	if (err != TB_OK) {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL);
		return 0;
	}
	write_back(&b, s->params, data, len);
	if (batch == NULL)
		TB_REQUIRE(tb_ballot_batch_new(&batch, s->params, 1) == TB_OK);
	(void)sscanf(b.head.voter, "voter-%llu", &voter);
	tb_sample_voter_key(&key, voter);
	tb_sample_voter_public(public_key, voter);
	(void)snprintf(signer, sizeof signer, "voter/%s", b.head.voter);
	TB_REQUIRE(tb_entry_init(&e, TB_ENTRY_BALLOT, signer, data, len, &fault) == TB_OK);
	TB_REQUIRE(tb_entry_sign(&e, &s->binding, &key, random) == TB_OK);
	err = tb_ballot_batch_verify_one(batch, &e, &s->binding, public_key, &fault);
	TB_REQUIRE(err == TB_OK || (err == TB_ERR_RULE && fault.rule != NULL));
	TB_REQUIRE((err == TB_OK) == is_honest(&b, data, len, voter));
	return 0;
}
