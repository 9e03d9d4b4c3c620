/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/mix.h"
#include "tests/support/fuzz_sample.h"

/*
 * The payload of `mix` [MIX]: read without harm, refused by one of the four rules of mixes; what is accepted can be read and taken in, and
 * is no mix of what it leaves.
 */
static const tb_parallel alone = {.threads = 1};

static bool is_rule_of_mixes(const char *rule)
{
	return strcmp(rule, "MIX") == 0 || strcmp(rule, "MIX.WHEN") == 0 || strcmp(rule, "MIX.FRESH") == 0 ||
	       strcmp(rule, "SHUFFLE.VERIFY") == 0;
}

static void take_in(const tb_mix_stage *s, uint32_t trustee, const uint8_t *data, size_t len)
{
	tb_mix_stage *next;
	tb_fault fault;

	TB_REQUIRE(tb_mix_is_readable(s, data, len, &alone));
	TB_REQUIRE(tb_mix_next(&next, s, data, len) == TB_OK);
	TB_REQUIRE(tb_mix_stage_number(next) == 1);
	TB_REQUIRE(tb_mix_check(next, trustee, data, len, &alone, &fault) == TB_ERR_RULE);
	tb_mix_stage_free(next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const tb_mix_stage *s = tb_fuzz_stage();
	uint32_t trustee = len > 1 && data[1] >= 1 && data[1] <= 3 ? data[1] : 1;
	tb_fault fault;
	tb_err err;

	memset(&fault, 0, sizeof fault);
	err = tb_mix_check(s, trustee, data, len, &alone, &fault);
	if (len != tb_mix_bytes(s))
		TB_REQUIRE(err == TB_ERR_RULE && !tb_mix_is_readable(s, data, len, &alone));
	if (err == TB_OK)
		take_in(s, trustee, data, len);
	else
		TB_REQUIRE(err == TB_ERR_RULE && is_rule_of_mixes(fault.rule));
	return 0;
}
