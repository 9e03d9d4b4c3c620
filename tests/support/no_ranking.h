/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_NO_RANKING_H
#define TB_TESTS_SUPPORT_NO_RANKING_H

#include "core/election/params.h"

/*
 * A part of a ballot that encrypts elements which stand for no ranking [RANK.DECODE], with a right proof: whoever writes a client can make
 * one, nobody can see it before the mixes, and it must then be counted as invalid and disturb nothing (E-16).
 */
void tb_no_ranking(const tb_election_params *p, uint8_t *part, uint32_t question, const char *voter,
	const uint8_t voter_key[32]);

#endif
