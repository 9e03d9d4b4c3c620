/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/no_ranking.h"

#include <string.h>

#include "crypto/opening.h"
#include "tests/support/fixture.h"

void tb_no_ranking(const tb_election_params *p, uint8_t *part, uint32_t question, const char *voter,
	const uint8_t voter_key[32])
{
	const tb_group *g = tb_election_params_group(p);
	const tb_ranking_definition *def = tb_election_params_ranking(p, question);
	const tb_bitproof_binding binding = {.context = tb_election_params_context(p),
		.voter = voter,
		.voter_len = strlen(voter),
		.voter_key = voter_key,
		.question = question};
	uint8_t definition[TB_RANKING_DEFINITION_BYTES], seed[64];
	const tb_opening_statement st = {.h = tb_election_params_h(p),
		.binding = &binding,
		.definition = definition,
		.definition_len = sizeof definition};
	tb_point elements[TB_RANKING_MAX_WIDTH];

	tb_ranking_definition_write(definition, def);
	for (uint32_t k = 0; k < def->w; k++)
		tb_point_hash(g, &elements[k], "test/no-ranking", &k, sizeof k);
	tb_fixture_bytes(seed, voter, question);
	TB_REQUIRE(tb_opening_prove(g, part, &st, elements, def->w, "", 0, seed) == TB_OK);
}
