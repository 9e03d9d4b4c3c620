/* SPDX-License-Identifier: Apache-2.0 */
/* Endorsements [ENDORSE] and results [RESULT.QUORUM] [RESULT.FLOOR] [RESULT.APPROVAL] [RESULT.ELECTED] [RESULT.ENTRY]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/endorse.h"
#include "core/election/result.h"
#include "tests/support/vectors.h"

/* ---- endorsements ---- */
static const char *quota(const tb_vector *v)
{
	uint32_t num = (uint32_t)tb_vector_int(v->in, "endorsers");
	tb_manifest m = {.threshold = (uint32_t)tb_vector_int(v->in, "threshold")};
	tb_endorsements e;

	m.num_trustees = num < TB_MAX_TRUSTEES ? num : TB_MAX_TRUSTEES;
	m.num_endorsers = num - m.num_trustees;
	tb_vector_expect_int(v->out, "quota", tb_manifest_required_endorsements(&m));
	tb_endorsements_init(&e, &m);
	tb_vector_expect_int(v->out, "quota", tb_endorsements_required(&e));
	return NULL;
}

static void statement_of(tb_endorsement *out, const struct json_t *in)
{
	const struct json_t *s = tb_vector_member(in, "statement");

	memset(out, 0, sizeof *out);
	tb_vector_exactly(out->close, 32, s, "close");
	out->size = tb_vector_int(s, "size");
	tb_vector_exactly(out->root, 32, s, "root");
	tb_vector_exactly(out->counted, 32, s, "counted");
	out->ballots = tb_vector_int(s, "ballots");
	tb_vector_exactly(out->aggregates, 32, s, "aggregates");
}

static void checkpoint_of(tb_checkpoint *out, const tb_endorsement *e, const struct json_t *in)
{
	memset(out, 0, sizeof *out);
	(void)snprintf(out->origin, sizeof out->origin, "%s", tb_vector_text(in, "origin"));
	out->size = e->size;
	memcpy(out->root, e->root, sizeof out->root);
}

static const char *endorse_make(const tb_vector *v)
{
	uint8_t public_key[32];
	tb_sign_secret secret;
	tb_endorsement e;
	tb_checkpoint c;
	tb_buf payload;

	statement_of(&e, v->in);
	checkpoint_of(&c, &e, v->in);
	tb_vector_exactly(secret.seed, sizeof secret.seed, v->in, "seed");
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	tb_vector_expect_bytes(v->out, "public", public_key, sizeof public_key);
	assert_int_equal(
		tb_checkpoint_cosign(e.cosignature, &c, tb_vector_int(v->in, "time"), &secret), TB_OK);
	tb_buf_init(&payload, 1u << 12);
	assert_int_equal(tb_endorsement_write(&payload, &e), TB_OK);
	tb_vector_expect_text(v->out, "payload_text", tb_buf_cstr(&payload));
	tb_buf_release(&payload);
	return NULL;
}

static const char *endorse_verify(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "payload_text");
	tb_endorsement own, said;
	uint8_t public_key[32];
	tb_checkpoint c;
	tb_fault fault;
	uint64_t time;
	tb_err err;

	statement_of(&own, v->in);
	checkpoint_of(&c, &own, v->in);
	tb_vector_exactly(public_key, sizeof public_key, v->in, "public");
	err = tb_endorsement_parse(&said, text, strlen(text), &fault);
	if (err == TB_OK)
		err = tb_endorsement_check(&own, &said, &fault);
	if (err != TB_OK) {
		assert_int_equal(err, TB_ERR_RULE);
		return fault.rule;
	}
	err = tb_checkpoint_verify_cosignature(said.cosignature, &c, public_key, &time);
	assert_true(err == TB_OK || err == TB_ERR_SIGNATURE);
	return err == TB_OK ? NULL : "ENDORSE";
}

/* ---- results ---- */
#define MAX_QUESTIONS 4
#define MAX_OPTIONS 8

typedef struct setting {
	tb_manifest manifest;
	tb_question questions[MAX_QUESTIONS];
	tb_option options[MAX_QUESTIONS][MAX_OPTIONS];
	char ids[MAX_QUESTIONS][MAX_OPTIONS + 1][TB_ID_MAX + 1];
	tb_result result;
	tb_decision decisions[MAX_QUESTIONS];
	char endorsers[MAX_QUESTIONS][TB_SIGNER_MAX];
	uint32_t shares[MAX_QUESTIONS];
	uint8_t lot_seed[64];
} setting;

static char *keep(char room[TB_ID_MAX + 1], const char *id)
{
	(void)snprintf(room, TB_ID_MAX + 1, "%s", id);
	return room;
}

static void fraction_of(tb_bar *out, const struct json_t *bar)
{
	const struct json_t *fraction = tb_vector_member(bar, "fraction");

	out->a = (uint32_t)tb_vector_item_int(fraction, 0);
	out->b = (uint32_t)tb_vector_item_int(fraction, 1);
	out->strict = tb_vector_bool(bar, "strict");
}

static void quorum_of(tb_bar *out, const struct json_t *question)
{
	const struct json_t *bar;

	if (tb_vector_is_null(question, "quorum"))
		return;
	bar = tb_vector_member(question, "quorum");
	if (tb_vector_has(bar, "count")) {
		*out = (tb_bar){.base = TB_BASE_COUNT, .count = tb_vector_int(bar, "count")};
		return;
	}
	assert_string_equal(tb_vector_text(bar, "of"), "electorate");
	out->base = TB_BASE_ELECTORATE;
	fraction_of(out, bar);
}

static void approval_of(tb_bar *out, const struct json_t *question)
{
	static const struct {
		const char *name;
		tb_base base;
	} bases[] = {{"ballots", TB_BASE_BALLOTS}, {"electorate", TB_BASE_ELECTORATE},
		{"options_sum", TB_BASE_OPTIONS_SUM}};
	const struct json_t *bar;

	if (tb_vector_is_null(question, "approval"))
		return;
	bar = tb_vector_member(question, "approval");
	for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
		if (strcmp(bases[i].name, tb_vector_text(bar, "base")) == 0)
			out->base = bases[i].base;
	}
	assert_int_not_equal(out->base, TB_BASE_NONE);
	fraction_of(out, bar);
}

static void read_question(setting *s, uint32_t k, const struct json_t *in)
{
	const struct json_t *options = tb_vector_member(in, "options");
	tb_question *q = &s->questions[k];

	q->id = keep(s->ids[k][MAX_OPTIONS], tb_vector_text(in, "id"));
	q->options = s->options[k];
	q->num_options = (uint32_t)tb_vector_num(options);
	assert_true(q->num_options <= MAX_OPTIONS);
	for (uint32_t i = 0; i < q->num_options; i++)
		s->options[k][i].id = keep(s->ids[k][i], tb_vector_item_text(options, i));
	q->score_max = (uint32_t)tb_vector_int(in, "score_max");
	q->winners = (uint32_t)tb_vector_int(in, "winners");
	quorum_of(&q->quorum, in);
	approval_of(&q->approval, in);
}

static void begin(setting *s, const struct json_t *in)
{
	const struct json_t *questions = tb_vector_member(in, "questions");
	const struct json_t *endorsers = tb_vector_member(in, "endorsers"),
			    *shares = tb_vector_member(in, "shares");
	tb_turnout *t = &s->result.turnout;

	memset(s, 0, sizeof *s);
	tb_vector_exactly(s->result.close, 32, in, "close");
	t->counted = tb_vector_int(in, "counted");
	t->weight_counted = tb_vector_int(in, "weight_counted");
	t->electorate = tb_vector_int(in, "electorate");
	t->weight_electorate = tb_vector_int(in, "weight_electorate");
	tb_vector_exactly(s->lot_seed, sizeof s->lot_seed, in, "lot_seed");
	s->manifest.privacy_floor = tb_vector_int(in, "privacy_floor");
	s->manifest.questions = s->questions;
	s->manifest.num_questions = (uint32_t)tb_vector_num(questions);
	assert_true(s->manifest.num_questions <= MAX_QUESTIONS && tb_vector_num(endorsers) <= MAX_QUESTIONS &&
		    tb_vector_num(shares) <= MAX_QUESTIONS);
	for (uint32_t k = 0; k < s->manifest.num_questions; k++)
		read_question(s, k, tb_vector_item(questions, k));
	s->result.endorsers = s->endorsers;
	s->result.num_endorsers = (uint32_t)tb_vector_num(endorsers);
	for (uint32_t i = 0; i < s->result.num_endorsers; i++)
		(void)snprintf(s->endorsers[i], TB_SIGNER_MAX, "%s", tb_vector_item_text(endorsers, i));
	s->result.shares = s->shares;
	s->result.num_shares = (uint32_t)tb_vector_num(shares);
	for (uint32_t i = 0; i < s->result.num_shares; i++)
		s->shares[i] = (uint32_t)tb_vector_item_int(shares, i);
}

static const char *make(const tb_vector *v)
{
	static setting s;
	const struct json_t *all = tb_vector_member(v->in, "totals");
	uint64_t totals[MAX_OPTIONS];
	tb_buf payload;

	begin(&s, v->in);
	s.result.questions = s.decisions;
	s.result.num_questions = s.manifest.num_questions;
	tb_vector_expect_num(all, s.manifest.num_questions);
	for (uint32_t k = 0; k < s.manifest.num_questions; k++) {
		bool none = tb_vector_item_is_null(all, k);

		/* Whether there is anything to decide is known before. */
		assert_int_equal(tb_question_outcome(&s.manifest, &s.questions[k], &s.result.turnout) ==
					 TB_OUTCOME_DECIDED,
			!none);
		for (uint32_t i = 0; !none && i < s.questions[k].num_options; i++)
			totals[i] = tb_vector_item_int(tb_vector_item(all, k), i);
		assert_int_equal(tb_decide(&s.decisions[k], &s.manifest, k, &s.result.turnout,
					 none ? NULL : totals, s.lot_seed),
			TB_OK);
	}
	tb_buf_init(&payload, 1u << 16);
	assert_int_equal(tb_result_write(&payload, &s.result, &s.manifest), TB_OK);
	tb_vector_expect_text(v->out, "payload_text", tb_buf_cstr(&payload));
	for (uint32_t k = 0; k < s.manifest.num_questions; k++)
		tb_decision_release(&s.decisions[k]);
	tb_buf_release(&payload);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"result"};
	static const tb_vector_op ops[] = {
		{"endorse.quota", quota},
		{"endorse.make", endorse_make},
		{"endorse.verify", endorse_verify},
		{"result.make", make},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
