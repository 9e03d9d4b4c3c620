/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/ceremony_wire.h"
#include "tests/support/fixture.h"

static char *text(const char *name)
{
	char *out = strdup(name);

	TB_REQUIRE(out != NULL);
	return out;
}

static char *numbered(const char *name, uint32_t number)
{
	char *out = NULL;

	TB_REQUIRE(asprintf(&out, "%s%u", name, number) >= 0);
	return out;
}

static void fill_question(tb_question *q, const tb_sample_question *from, uint32_t index)
{
	bool is_ranked = from->score_max == 0;

	q->id = numbered("q", index);
	q->title = numbered("Question ", index);
	q->text = text("");
	q->method = is_ranked ? TB_METHOD_RANKED : from->score_max > 1 ? TB_METHOD_SCORE : TB_METHOD_CHOOSE;
	q->count.equal = is_ranked && from->blank;
	q->count.default_option = TB_COUNT_NOBODY;
	if (is_ranked)
		q->count.method = text(from->blank ? "schulze-wv-1" : "scottish-stv-2007");
	q->num_options = from->num_options;
	q->options = calloc(from->num_options, sizeof *q->options);
	TB_REQUIRE(q->options != NULL);
	for (uint32_t i = 0; i < from->num_options; i++)
		q->options[i] = (tb_option){.id = numbered("o", i),
			.label = numbered("Option ", i),
			.text = text(""),
			.link = text("")};
	q->min = from->min;
	q->max = from->max;
	q->score_max = is_ranked ? 1 : from->score_max;
	q->blank = !is_ranked && from->blank;
	q->winners = 1;
}

static void fill_trustees(tb_sample *s)
{
	tb_manifest *m = &s->manifest;

	m->trustees = calloc(m->num_trustees, sizeof *m->trustees);
	TB_REQUIRE(m->trustees != NULL);
	for (uint32_t i = 0; i < m->num_trustees; i++) {
		tb_trustee *t = &m->trustees[i];
		uint8_t bytes[64];
		tb_secret sign;

		t->name = numbered("Trustee ", i + 1);
		tb_fixture_secret(tb_group_ristretto255(), &sign, "trustee sign", i);
		tb_fixture_secret(tb_group_ristretto255(), &s->transport[i], "trustee transport", i);
		tb_schnorr_public(t->sign_key, &sign);
		tb_schnorr_public(t->transport_key, &s->transport[i]);
		tb_fixture_bytes(bytes, "trustee cosign", i);
		memcpy(t->cosign_key, bytes, sizeof t->cosign_key);
	}
}

void tb_sample_new(tb_sample *s, const tb_group *g, const tb_sample_question *questions,
	uint32_t num_questions, uint32_t num_trustees, uint32_t threshold)
{
	tb_manifest *m = &s->manifest;

	memset(s, 0, sizeof *s);
	m->slug = text("sample");
	m->origin = text("sample.invalid/e/sample");
	m->title = text("A sample");
	m->text = text("");
	m->server_name = text("Server");
	m->admin_name = text("Admin");
	m->registrar_name = text("Registrar");
	m->group = g;
	m->closes = 3600;
	m->threshold = threshold;
	m->num_trustees = num_trustees;
	m->num_questions = num_questions;
	m->questions = calloc(num_questions, sizeof *m->questions);
	TB_REQUIRE(m->questions != NULL);
	for (uint32_t q = 0; q < num_questions; q++)
		fill_question(&m->questions[q], &questions[q], q);
	fill_trustees(s);
	tb_fixture_bytes(s->election, "election", 0);
	tb_fixture_bytes(s->context, "context", 0);
	s->binding = (tb_binding){.has_election = true, .has_context = true};
	memcpy(s->binding.election, s->election, 32);
	memcpy(s->binding.context, s->context, 32);
	TB_REQUIRE(tb_ceremony_new(&s->ceremony, m, s->election) == TB_OK);
}

static void finish(tb_sample *s, const tb_point *h)
{
	TB_REQUIRE(tb_election_params_new(&s->params, &s->manifest, h, s->context) == TB_OK);
	TB_REQUIRE(tb_election_params_add_prover(s->params) == TB_OK);
}

void tb_sample_ceremony(tb_sample *s)
{
	tb_fault fault;
	tb_buf payload;

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	for (uint32_t i = 1; i <= s->manifest.num_trustees; i++) {
		tb_buf_clear(&payload);
		TB_REQUIRE(tb_ceremony_make_commit(s->ceremony, &payload, i, &s->transport[i - 1], &fault) ==
			   TB_OK);
		TB_REQUIRE(
			tb_ceremony_check_commit(s->ceremony, i, payload.data, payload.len, &fault) == TB_OK);
		TB_REQUIRE(tb_ceremony_apply_commit(s->ceremony, i, payload.data, payload.len) == TB_OK);
	}
	tb_buf_release(&payload);
	finish(s, tb_ceremony_h(s->ceremony));
}

void tb_sample_fixed_commit(const tb_sample *s, tb_buf *out, uint32_t trustee)
{
	const tb_manifest *m = &s->manifest;
	tb_commit commit = {.trustee = trustee};
	tb_polynomial f = {.threshold = m->threshold};
	tb_pop_statement st;
	tb_share_route route;
	tb_secret ephemeral, share;

	for (uint32_t k = 0; k < m->threshold; k++)
		tb_fixture_secret(m->group, &f.coefficient[k], "coefficient", 100 * trustee + k);
	tb_fixture_secret(tb_group_ristretto255(), &ephemeral, "ephemeral", trustee);
	TB_REQUIRE(tb_points_new(m->group, &commit.commitments, m->threshold) == TB_OK);
	tb_polynomial_commit(m->group, &commit.commitments, &f);
	tb_schnorr_public(commit.ephemeral, &ephemeral);
	tb_commit_statement(&st, &commit, m, s->election);
	TB_REQUIRE(tb_pop_prove(m->group, &commit.pop, &st, &f.coefficient[0]) == TB_OK);
	for (uint32_t j = 1; j <= m->num_trustees; j++) {
		tb_polynomial_evaluate(m->group, &share, &f, j);
		tb_commit_route(&route, &commit, j, m, s->election);
		TB_REQUIRE(tb_share_encrypt(m->group, commit.share[j - 1], &route, &ephemeral,
				   &s->transport[trustee - 1], &share) == TB_OK);
	}
	TB_REQUIRE(tb_commit_write(out, m, &commit) == TB_OK);
	tb_commit_release(&commit);
}

void tb_sample_fixed_ceremony(tb_sample *s)
{
	tb_buf payload;

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	for (uint32_t i = 1; i <= s->manifest.num_trustees; i++) {
		tb_buf_clear(&payload);
		tb_sample_fixed_commit(s, &payload, i);
		TB_REQUIRE(tb_ceremony_apply_commit(s->ceremony, i, payload.data, payload.len) == TB_OK);
	}
	tb_buf_release(&payload);
	finish(s, tb_ceremony_h(s->ceremony));
}

void tb_sample_fixed_key(tb_sample *s)
{
	tb_point h;

	tb_fixture_secret(s->manifest.group, &s->key, "election key", 0);
	tb_point_mul_generator_secret(s->manifest.group, &h, &s->key);
	finish(s, &h);
}

void tb_sample_free(tb_sample *s)
{
	tb_election_params_free(s->params);
	tb_ceremony_free(s->ceremony);
	tb_manifest_release(&s->manifest);
	memset(s, 0, sizeof *s);
}

/* ---- voters ---- */
void tb_sample_voter_key(tb_secret *out, uint64_t voter)
{
	tb_fixture_secret(tb_group_ristretto255(), out, "voter", voter);
}

void tb_sample_voter_public(uint8_t out[32], uint64_t voter)
{
	tb_secret key;

	tb_sample_voter_key(&key, voter);
	tb_schnorr_public(out, &key);
}

void tb_sample_head(tb_ballot_head *out, uint64_t voter)
{
	memset(out, 0, sizeof *out);
	(void)snprintf(out->voter, sizeof out->voter, "voter-%llu", (unsigned long long)voter);
	out->date = 1790000000;
	out->checkpoint_size = 9;
	memset(out->checkpoint_root, 7, sizeof out->checkpoint_root);
}

/* Some options in an order of their own, at most max of them and at least min; with equal ranks every second one beside the one before. */
static void rank_some(const tb_ranking_definition *def, uint64_t index, uint32_t *ranks)
{
	uint32_t order[TB_RANKING_MAX_OPTIONS], num, rank = 0;
	uint8_t bytes[64];

	tb_fixture_bytes(bytes, "ranking", index);
	num = def->min + bytes[0] % (def->max - def->min + 1);
	for (uint32_t i = 0; i < def->m; i++) {
		ranks[i] = 0;
		order[i] = i;
	}
	for (uint32_t i = 0; i < num; i++) {
		uint32_t other = i + bytes[1 + i % 63] % (def->m - i), chosen = order[other];

		order[other] = order[i];
		if (!def->equal || i % 2 == 0)
			rank++;
		ranks[chosen] = rank;
	}
}

void tb_sample_choose(const tb_sample *s, tb_choices *out, uint64_t index)
{
	for (uint32_t q = 0; q < s->manifest.num_questions; q++) {
		const tb_ranking_definition *ranking = tb_election_params_ranking(s->params, q);
		uint32_t blank;

		if (ranking != NULL) {
			rank_some(ranking, 100 * index + q, out->value[q]);
			continue;
		}
		tb_fixture_choose(
			tb_election_params_definition(s->params, q), 100 * index + q, out->value[q], &blank);
		out->blank[q] = blank != 0;
	}
}

void tb_sample_sign(tb_sample_ballot *b, const tb_sample *s)
{
	char signer[TB_SIGNER_MAX];
	tb_fault fault;
	tb_secret key;
	uint8_t seed[64];

	tb_sample_voter_key(&key, b->voter);
	tb_fixture_bytes(seed, "signature", b->voter);
	(void)snprintf(signer, sizeof signer, "voter/voter-%llu", (unsigned long long)b->voter);
	TB_REQUIRE(tb_entry_init(&b->entry, TB_ENTRY_BALLOT, signer, b->payload.data, b->payload.len,
			   &fault) == TB_OK);
	b->entry.time = 1790000000;
	TB_REQUIRE(tb_entry_sign(&b->entry, &s->binding, &key, seed) == TB_OK);
}

void tb_sample_cast(tb_sample_ballot *out, const tb_sample *s, uint64_t voter, const tb_choices *choices)
{
	tb_ballot_head head;
	tb_choices own;
	tb_secret key;
	tb_fault fault;
	uint8_t seed[64], signature[TB_SCHNORR_BYTES];

	memset(out, 0, sizeof *out);
	out->voter = voter;
	tb_sample_voter_public(out->public_key, voter);
	tb_sample_voter_key(&key, voter);
	tb_sample_head(&head, voter);
	tb_fixture_bytes(seed, "seed", voter);
	tb_buf_init(&out->payload, TB_BALLOT_MAX_BYTES);
	TB_REQUIRE(tb_choices_new(&own, &s->manifest) == TB_OK);
	tb_sample_choose(s, &own, voter);
	TB_REQUIRE(tb_ballot_make(s->params, &out->payload, signature, &head, &key,
			   choices != NULL ? choices : &own, seed, &s->binding, &fault) == TB_OK);
	tb_choices_release(&own);
	tb_sample_sign(out, s);
	memcpy(out->entry.signature, signature, sizeof signature);
}

void tb_sample_ballot_free(tb_sample_ballot *b)
{
	tb_buf_release(&b->payload);
}

void tb_sample_share(const tb_sample *s, tb_secret *out, uint32_t trustee)
{
	tb_fault fault;
	uint32_t blame;

	TB_REQUIRE(tb_ceremony_receive(
			   s->ceremony, out, trustee, &s->transport[trustee - 1], &blame, &fault) == TB_OK);
}
