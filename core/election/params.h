/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_PARAMS_H
#define TB_CORE_ELECTION_PARAMS_H

#include "core/election/manifest.h"
#include "crypto/bitproof.h"

/*
 * Everything that making or checking a ballot of one election needs and that is the same for all its ballots:
 * the group, h, the context, the definition of every question [BALLOT.DEFINITION] [RANK.DEFINITION], the generators
 * [BALLOT.GENERATORS] and the layout of the payload [BALLOT.PAYLOAD].  Immutable once made, so any number of
 * threads share one.
 */
typedef struct tb_election_params tb_election_params;

/*
 * `h` is the election key as recomputed from the certified commitments (tb_ceremony_h), never one that was
 * merely told; `context` is the leaf hash of `open` [CONTEXT].  The manifest is borrowed and must outlive
 * *out.  MEMORY.
 */
TB_CHECKED tb_err tb_election_params_new(
	tb_election_params **out, const tb_manifest *manifest, const tb_point *h, const uint8_t context[32]);
void tb_election_params_free(tb_election_params *p);
/* Makes the tables that proving needs and checking does not: once, before threads share *p.  MEMORY. */
TB_CHECKED tb_err tb_election_params_add_prover(tb_election_params *p);
bool tb_election_params_has_prover(const tb_election_params *p);

const tb_manifest *tb_election_params_manifest(const tb_election_params *p);
const tb_group *tb_election_params_group(const tb_election_params *p);
const tb_point *tb_election_params_h(const tb_election_params *p);
const uint8_t *tb_election_params_context(const tb_election_params *p); /* 32 bytes */
uint32_t tb_election_params_num_questions(const tb_election_params *p);
uint32_t tb_election_params_num_options(const tb_election_params *p, uint32_t question);
uint32_t tb_election_params_score_max(const tb_election_params *p, uint32_t question);
/* How many ciphertexts stand for the question in a ballot: one per option, or the elements of a ranking. */
uint32_t tb_election_params_num_ciphertexts(const tb_election_params *p, uint32_t question);
/* Options of all questions; and where those of one question begin in a list of all. */
uint32_t tb_election_params_total_options(const tb_election_params *p);
uint32_t tb_election_params_first_option(const tb_election_params *p, uint32_t question);
/* What the proof of a question is about; NULL: it is ranked. */
const tb_bitproof_definition *tb_election_params_definition(const tb_election_params *p, uint32_t question);
/* NULL: it is not ranked. */
const tb_ranking_definition *tb_election_params_ranking(const tb_election_params *p, uint32_t question);
const tb_bitproof_key *tb_election_params_key(const tb_election_params *p);
const tb_bitproof_prover *tb_election_params_prover(
	const tb_election_params *p); /* aborts when there is none */
/* Size of a question's part, and where it begins after the head of a payload. */
size_t tb_election_params_part_len(const tb_election_params *p, uint32_t question);
/* Exact size of a ballot payload of a voter whose id has `voter_len` bytes. */
size_t tb_election_params_payload_len(const tb_election_params *p, size_t voter_len);

#endif
