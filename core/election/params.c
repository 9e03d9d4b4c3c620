/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/params.h"

#include <stdlib.h>
#include <string.h>

/* version, length of the voter id, prev, date, checkpoint size and root, number of questions [BALLOT.PAYLOAD] */
#define FIXED_BYTES (1 + 1 + 32 + 8 + 8 + 32 + 1)

struct tb_election_params {
	const tb_manifest *manifest;
	uint8_t context[32];
	tb_bitproof_generators *generators;
	tb_bitproof_prover *prover; /* NULL until tb_election_params_add_prover() */
	tb_bitproof_key key;
	uint32_t num_questions, total_options, most_bits;
	uint32_t first_option[TB_MAX_QUESTIONS];
	size_t part_len[TB_MAX_QUESTIONS];
	size_t parts_len;
	tb_bitproof_definition *definition; /* one per question; of a ranked one it says nothing */
	tb_ranking_definition ranking[TB_MAX_QUESTIONS]; /* w = 0: not ranked */
};

/* A manifest that was parsed keeps to every limit of the definitions, so failing here is a bug of the caller. */
static void define_question(tb_election_params *p, uint32_t i)
{
	const tb_group *g = p->manifest->group;
	const tb_question *q = &p->manifest->questions[i];
	tb_bitproof_definition *def = &p->definition[i];

	if (q->method == TB_METHOD_RANKED) {
		TB_REQUIRE(tb_question_define_ranking(&p->ranking[i], q) == TB_OK);
		p->part_len[i] = tb_ranking_part_bytes(g, &p->ranking[i]);
		return;
	}
	TB_REQUIRE(tb_question_define(def, q) == TB_OK);
	p->part_len[i] = tb_bitproof_bytes(g, def);
	if (def->num_bits > p->most_bits)
		p->most_bits = def->num_bits;
}

static void define_questions(tb_election_params *p)
{
	for (uint32_t i = 0; i < p->num_questions; i++) {
		define_question(p, i);
		p->first_option[i] = p->total_options;
		p->total_options += p->manifest->questions[i].num_options;
		p->parts_len += p->part_len[i];
	}
}

tb_err tb_election_params_new(
	tb_election_params **out, const tb_manifest *manifest, const tb_point *h, const uint8_t context[32])
{
	tb_election_params *p =
		aligned_alloc(_Alignof(tb_election_params), sizeof *p); /* a tb_point inside asks for 32 */
	tb_err err;

	*out = NULL;
	TB_REQUIRE(manifest->num_questions >= 1 && manifest->num_questions <= TB_MAX_QUESTIONS);
	if (p == NULL)
		return TB_ERR_MEMORY;
	memset(p, 0, sizeof *p);
	p->manifest = manifest;
	p->num_questions = manifest->num_questions;
	memcpy(p->context, context, sizeof p->context);
	p->definition = calloc(p->num_questions, sizeof *p->definition);
	if (p->definition == NULL) {
		tb_election_params_free(p);
		return TB_ERR_MEMORY;
	}
	define_questions(p);
	/* Derived here, never read from the board: whoever knows a relation among them can forge [BALLOT.GENERATORS]. */
	err = tb_bitproof_generators_new(manifest->group, &p->generators, p->most_bits);
	if (err != TB_OK) {
		tb_election_params_free(p);
		return err;
	}
	tb_bitproof_key_init(&p->key, p->generators, h);
	*out = p;
	return TB_OK;
}

void tb_election_params_free(tb_election_params *p)
{
	if (p == NULL)
		return;
	if (p->prover != NULL)
		tb_bitproof_prover_free(p->prover);
	if (p->generators != NULL)
		tb_bitproof_generators_free(p->generators);
	free(p->definition);
	free(p);
}

tb_err tb_election_params_add_prover(tb_election_params *p)
{
	return p->prover != NULL ? TB_OK : tb_bitproof_prover_new(&p->prover, &p->key, p->most_bits);
}

bool tb_election_params_has_prover(const tb_election_params *p)
{
	return p->prover != NULL;
}

const tb_manifest *tb_election_params_manifest(const tb_election_params *p)
{
	return p->manifest;
}

const tb_group *tb_election_params_group(const tb_election_params *p)
{
	return p->manifest->group;
}

const tb_point *tb_election_params_h(const tb_election_params *p)
{
	return &p->key.h;
}

const uint8_t *tb_election_params_context(const tb_election_params *p)
{
	return p->context;
}

uint32_t tb_election_params_num_questions(const tb_election_params *p)
{
	return p->num_questions;
}

uint32_t tb_election_params_num_options(const tb_election_params *p, uint32_t question)
{
	TB_REQUIRE(question < p->num_questions);
	return p->manifest->questions[question].num_options;
}

uint32_t tb_election_params_num_ciphertexts(const tb_election_params *p, uint32_t question)
{
	const tb_ranking_definition *ranking = tb_election_params_ranking(p, question);

	return ranking != NULL ? ranking->w : tb_election_params_num_options(p, question);
}

uint32_t tb_election_params_score_max(const tb_election_params *p, uint32_t question)
{
	TB_REQUIRE(question < p->num_questions);
	return p->manifest->questions[question].score_max;
}

uint32_t tb_election_params_total_options(const tb_election_params *p)
{
	return p->total_options;
}

uint32_t tb_election_params_first_option(const tb_election_params *p, uint32_t question)
{
	TB_REQUIRE(question < p->num_questions);
	return p->first_option[question];
}

const tb_bitproof_definition *tb_election_params_definition(const tb_election_params *p, uint32_t question)
{
	TB_REQUIRE(question < p->num_questions);
	return p->ranking[question].w > 0 ? NULL : &p->definition[question];
}

const tb_ranking_definition *tb_election_params_ranking(const tb_election_params *p, uint32_t question)
{
	TB_REQUIRE(question < p->num_questions);
	return p->ranking[question].w > 0 ? &p->ranking[question] : NULL;
}

const tb_bitproof_key *tb_election_params_key(const tb_election_params *p)
{
	return &p->key;
}

const tb_bitproof_prover *tb_election_params_prover(const tb_election_params *p)
{
	TB_REQUIRE(p->prover != NULL);
	return p->prover;
}

size_t tb_election_params_part_len(const tb_election_params *p, uint32_t question)
{
	TB_REQUIRE(question < p->num_questions);
	return p->part_len[question];
}

size_t tb_election_params_payload_len(const tb_election_params *p, size_t voter_len)
{
	return FIXED_BYTES + voter_len + p->parts_len;
}
