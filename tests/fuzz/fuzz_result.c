/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/result.h"
#include "tests/support/example.h"

/* Decides the second question (choose 1 to 3 of 4, 2 winners) from numbers out of the input. */
static void decide(const tb_manifest *m, const uint8_t *data, size_t len)
{
	static const uint8_t seed[64] = {7};
	const tb_question *q = &m->questions[1];
	uint64_t number[8] = {0};
	tb_turnout t;
	tb_decision d;
	tb_err err;

	memcpy(number, data, len < sizeof number ? len : sizeof number);
	t = (tb_turnout){number[0] >> 24, number[1] >> 24, number[2] >> 24, number[3] >> 24};
	err = tb_decide(&d, m, 1, &t, number + 4, seed);
	if (err == TB_OK && d.outcome == TB_OUTCOME_DECIDED)
		for (uint32_t i = 0; i < d.num_approved; i++) {
			TB_REQUIRE(d.order[i] < q->num_options && d.is_approved[d.order[i]]);
			TB_REQUIRE(i == 0 || d.totals[d.order[i - 1]] >= d.totals[d.order[i]]);
		}
	TB_REQUIRE(err == TB_OK || err == TB_ERR_RANGE);
	tb_decision_release(&d);
}

/* What is read as a result of this election is written back byte for byte. */
static void read_back(const tb_manifest *m, const uint8_t *data, size_t len)
{
	tb_result r;
	tb_fault fault;
	tb_buf again;

	memset(&fault, 0, sizeof fault);
	if (tb_result_parse(&r, m, data, len, &fault) == TB_OK) {
		tb_buf_init(&again, 8u << 20);
		TB_REQUIRE(tb_result_write(&again, &r, m) == TB_OK);
		TB_REQUIRE(again.len == len && memcmp(again.data, data, len) == 0);
		tb_buf_release(&again);
	} else {
		TB_REQUIRE(fault.rule != NULL && r.questions == NULL);
	}
	tb_result_release(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static tb_manifest m, ranked;

	if (m.title == NULL)
		TB_REQUIRE(example_manifest(&m) == TB_OK && example_ranked_manifest(&ranked) == TB_OK);
	read_back(&m, data, len);
	read_back(&ranked, data, len);
	decide(&m, data, len);
	return 0;
}
