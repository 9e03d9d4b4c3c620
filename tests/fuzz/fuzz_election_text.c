/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/election_text.h"

/* A manifest written as an election file is read as the same manifest. */
static void check_round_trip(const tb_manifest *m)
{
	tb_buf text, before, after;
	tb_manifest again;
	tb_fault fault;

	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	tb_buf_init(&before, TB_MANIFEST_MAX_BYTES);
	tb_buf_init(&after, TB_MANIFEST_MAX_BYTES);
	TB_REQUIRE(tb_election_text_write(&text, m) == TB_OK);
	TB_REQUIRE(tb_election_text_parse(&again, tb_buf_cstr(&text), text.len, &fault) == TB_OK);
	TB_REQUIRE(tb_manifest_write(&before, m) == TB_OK);
	TB_REQUIRE(tb_manifest_write(&after, &again) == TB_OK);
	TB_REQUIRE(before.len == after.len && memcmp(before.data, after.data, before.len) == 0);
	tb_manifest_release(&again);
	tb_buf_release(&text);
	tb_buf_release(&before);
	tb_buf_release(&after);
}

/* The input is a manifest in JSON, or an election file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_manifest m;
	tb_fault fault;
	unsigned missing;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	if (len > 0 && data[0] == '{') {
		if (tb_manifest_parse(&m, data, len, &fault) == TB_OK)
			check_round_trip(&m);
		tb_manifest_release(&m);
		return 0;
	}
	err = tb_election_text_parse(&m, (const char *)data, len, &fault);
	if (err == TB_OK) {
		TB_REQUIRE(tb_manifest_check(&m, &fault) == TB_OK);
		check_round_trip(&m);
	} else {
		TB_REQUIRE(err == TB_ERR_RULE && fault.rule != NULL && strncmp(fault.where, "line ", 5) == 0);
	}
	tb_manifest_release(&m);
	err = tb_election_text_parse_draft(&m, (const char *)data, len, &missing, &fault);
	TB_REQUIRE(err == TB_OK || err == TB_ERR_RULE);
	tb_manifest_release(&m);
	return 0;
}
