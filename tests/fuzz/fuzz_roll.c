/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/base/json.h"
#include "core/election/roll.h"

static void check_roll(tb_roll_chunk *c, tb_fault *fault)
{
	tb_question question = {.score_max = 1};
	tb_manifest m = {.min_holders = 1, .questions = &question, .num_questions = 1};
	tb_roll *r;
	tb_voter v;

	c->first = 0;
	TB_REQUIRE(tb_roll_new(&r, &m) == TB_OK);
	if (tb_roll_check_chunk(r, c, fault) == TB_OK) {
		TB_REQUIRE(tb_roll_apply_chunk(r, c) == TB_OK);
		for (size_t i = 0; i < c->num; i++) {
			TB_REQUIRE(tb_roll_find(r, c->voters[i].id, strlen(c->voters[i].id), &v) == TB_OK &&
				   v == i);
			TB_REQUIRE(tb_roll_weight(r, v) == c->voters[i].weight);
		}
	}
	tb_roll_free(r);
}

/* A chunk or a change that is read is canonical, is written back byte for byte, and can be taken in. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_roll_change change;
	tb_roll_chunk c;
	tb_fault fault;
	tb_buf again;

	memset(&fault, 0, sizeof fault);
	tb_buf_init(&again, TB_BLOB_MAX_BYTES);
	if (tb_roll_chunk_parse(&c, data, len, &fault) == TB_OK) {
		TB_REQUIRE(tb_json_is_canonical(data, len, len));
		TB_REQUIRE(tb_roll_chunk_write(&again, &c) == TB_OK);
		TB_REQUIRE(again.len == len && memcmp(again.data, data, len) == 0);
		check_roll(&c, &fault);
	} else {
		TB_REQUIRE(fault.rule != NULL && c.voters == NULL);
	}
	tb_roll_chunk_release(&c);
	tb_buf_clear(&again);
	if (tb_roll_change_parse(&change, data, len, &fault) == TB_OK) {
		TB_REQUIRE(tb_roll_change_write(&again, &change) == TB_OK);
		TB_REQUIRE(again.len == len && memcmp(again.data, data, len) == 0);
	}
	tb_roll_change_release(&change);
	tb_buf_release(&again);
	return 0;
}
