/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_RANKING_H
#define TB_CORE_ELECTION_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"

/*
 * The shape of a ranked question's ballots (specs/ranked.md): how many options may have a rank, and how many elements of
 * the group hold the ranks of all.  JS twin: client-js/core/ranking.js.
 */
#define TB_RANKING_MAX_OPTIONS 500
#define TB_RANKING_MAX_WIDTH 20 /* of 500 options */
#define TB_RANKING_DEFINITION_BYTES 21

typedef struct tb_ranking_definition {
	uint32_t m, min, max; /* options; how many of them a ballot ranks */
	bool equal;           /* may options share a rank? */
	uint32_t d, w;        /* options per element, elements */
} tb_ranking_definition;

/* Derives d and w from the rest.  RANGE: m not in 1..500, max = 0, min > max or max > m; *out is then unchanged. */
TB_CHECKED tb_err tb_ranking_define(
	tb_ranking_definition *out, uint32_t m, uint32_t min, uint32_t max, bool equal);
/* The definition bytes [RANK.DEFINITION]. */
void tb_ranking_definition_write(uint8_t out[TB_RANKING_DEFINITION_BYTES], const tb_ranking_definition *def);
/* Wire size of a ranked question's part of a ballot: for each element A, B, T and z. */
size_t tb_ranking_part_bytes(const tb_group *g, const tb_ranking_definition *def);

#endif
