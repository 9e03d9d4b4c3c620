/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_RANKING_H
#define TB_CORE_ELECTION_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"

/*
 * Rankings (specs/ranked.md sections 1 and 2): how many options may have a rank, how many elements of the group hold the ranks of all,
 * and how an order of options becomes such elements and is read from them.  JS twin: client-js/core/ranking.js.
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

/* Are these ranks, one for each option (0: none, 1: the first), what a ballot may say [RANK.CHOICE]?  Constant time but for the
 * answer. */
bool tb_ranking_is_choice(const tb_ranking_definition *def, const uint32_t *ranks);

typedef enum tb_ranking_fault {
	TB_RANKING_FINE,
	TB_RANKING_TOO_HIGH, /* a rank above the number of options */
	TB_RANKING_SHARED,   /* two options on one rank, where that is not allowed */
	TB_RANKING_GAP,      /* a rank is left out before another */
	TB_RANKING_TOO_FEW,
	TB_RANKING_TOO_MANY
} tb_ranking_fault;
/* What is wrong with ranks, and how many options have one; *rank is the rank that is too high, shared, or left out.  Variable time:
 * for what is no vote. */
tb_ranking_fault tb_ranking_find_fault(
	const tb_ranking_definition *def, const uint32_t *ranks, uint32_t *rank, uint32_t *num_ranked);

/* The w elements of ristretto255 that stand for a choice [RANK.ENCODE].  Constant time in the ranks.  RANGE: no choice; `elements` is then
 * unchanged. */
TB_CHECKED tb_err tb_ranking_encode(
	const tb_ranking_definition *def, tb_point *elements, const uint32_t *ranks);
/* What w decrypted elements say [RANK.DECODE].  Public.  ENCODING: they are no ballot; `ranks` means nothing then. */
TB_CHECKED tb_err tb_ranking_decode(
	const tb_ranking_definition *def, uint32_t *ranks, const tb_point *elements);

#endif
