/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ct.h"
#include "crypto/wipe.h"

#define RULE "BALLOT.BITS"
#define RANKED "RANK.CHOICE"

tb_err tb_choices_new(tb_choices *out, const tb_manifest *manifest)
{
	size_t total = 0;
	uint32_t *room;

	memset(out, 0, sizeof *out);
	TB_REQUIRE(manifest->num_questions >= 1 && manifest->num_questions <= TB_MAX_QUESTIONS);
	for (uint32_t q = 0; q < manifest->num_questions; q++)
		total += manifest->questions[q].num_options;
	room = calloc(total, sizeof *room);
	if (room == NULL)
		return TB_ERR_MEMORY;
	out->num_questions = manifest->num_questions;
	for (uint32_t q = 0; q < manifest->num_questions; q++) {
		out->num[q] = manifest->questions[q].num_options;
		out->value[q] = room;
		room += out->num[q];
	}
	return TB_OK;
}

void tb_choices_release(tb_choices *c)
{
	uint32_t *room = c->value[0]; /* the one allocation */

	for (uint32_t q = 0; q < c->num_questions; q++)
		tb_wipe(c->value[q], c->num[q] * sizeof *c->value[q]);
	free(room);
	tb_wipe(c, sizeof *c);
}

/* All ones when a > b, for a, b < 2^63. */
static uint64_t above(uint64_t a, uint64_t b)
{
	return tb_ct_mask_nonzero((b - a) >> 63);
}

/* Whether the choice is invalid, without a branch on it: most of all a valid choice must not be told from another by time. */
static bool is_invalid(const tb_question *q, const uint32_t *value, bool blank)
{
	tb_ranking_definition ranking;
	uint64_t sum = 0, bad = 0, is_blank = tb_ct_mask_nonzero(blank),
		 offered = tb_ct_mask_nonzero(q->blank);

	if (tb_question_define_ranking(&ranking, q) == TB_OK)
		return !tb_ranking_is_choice(&ranking, value) || !tb_ct_is_zero(&is_blank, sizeof is_blank);
	for (uint32_t i = 0; i < q->num_options; i++) {
		bad |= above(value[i], q->score_max);
		sum += value[i];
	}
	bad |= tb_ct_select(
		is_blank, ~offered | tb_ct_mask_nonzero(sum), above(sum, q->max) | above(q->min, sum));
	return !tb_ct_is_zero(&bad, sizeof bad); /* that much is told */
}

/* ---- why an invalid choice is invalid: from here on it is no vote, and time may tell ---- */
static tb_err explain_sum(tb_fault *fault, const char *where, const tb_question *q, uint64_t sum)
{
	const char *unit = q->score_max == 1 ? "chosen" : "points in all";
	char expected[64];

	if (sum > q->max)
		(void)snprintf(expected, sizeof expected, "at most %u %s", q->max, unit);
	else
		(void)snprintf(expected, sizeof expected, "at least %u %s%s", q->min, unit,
			q->blank ? ", or blank" : "");
	return tb_fault_setf(fault, RULE, where, expected, "%llu", (unsigned long long)sum);
}

static tb_err explain_ranking(
	tb_fault *fault, const char *where, const tb_ranking_definition *def, const uint32_t *value)
{
	uint32_t rank, num;
	char expected[64];

	switch (tb_ranking_find_fault(def, value, &rank, &num)) {
	case TB_RANKING_TOO_HIGH:
		(void)snprintf(expected, sizeof expected, "ranks from 1 to %u, or none", def->m);
		return tb_fault_setf(fault, RANKED, where, expected, "rank %u", rank);
	case TB_RANKING_SHARED:
		return tb_fault_setf(
			fault, RANKED, where, "each rank once", "two options with rank %u", rank);
	case TB_RANKING_GAP:
		return tb_fault_setf(fault, RANKED, where, "ranks without gaps",
			"rank %u left out before a later one", rank);
	case TB_RANKING_TOO_FEW:
		(void)snprintf(expected, sizeof expected, "at least %u ranked", def->min);
		break;
	case TB_RANKING_TOO_MANY:
	case TB_RANKING_FINE:
		(void)snprintf(expected, sizeof expected, "at most %u ranked", def->max);
		break;
	}
	return tb_fault_setf(fault, RANKED, where, expected, "%u", num);
}

static tb_err explain(
	tb_fault *fault, uint32_t index, const tb_question *q, const uint32_t *value, bool blank)
{
	char where[48], expected[48];
	tb_ranking_definition ranking;
	uint64_t sum = 0;

	(void)snprintf(where, sizeof where, "questions[%u]", index);
	if (tb_question_define_ranking(&ranking, q) == TB_OK)
		return blank ? tb_fault_set(fault, RANKED, where, "ranks: this question has no blank vote",
				       "a blank vote")
			     : explain_ranking(fault, where, &ranking, value);
	for (uint32_t i = 0; i < q->num_options; i++) {
		sum += value[i];
		if (value[i] <= q->score_max)
			continue;
		(void)snprintf(where, sizeof where, "questions[%u].options[%u]", index, i);
		(void)snprintf(expected, sizeof expected, "0 to %u", q->score_max);
		return tb_fault_setf(fault, RULE, where, expected, "%u", value[i]);
	}
	if (blank && !q->blank)
		return tb_fault_set(
			fault, RULE, where, "choices: this question has no blank vote", "a blank vote");
	if (blank)
		return tb_fault_set(fault, RULE, where, "either a blank vote or choices", "both");
	return explain_sum(fault, where, q, sum);
}

tb_err tb_choices_check(const tb_choices *c, const tb_manifest *manifest, tb_fault *fault)
{
	TB_REQUIRE(c->num_questions == manifest->num_questions);
	for (uint32_t q = 0; q < c->num_questions; q++) {
		const tb_question *question = &manifest->questions[q];

		TB_REQUIRE(c->num[q] == question->num_options);
		if (is_invalid(question, c->value[q], c->blank[q]))
			return explain(fault, q, question, c->value[q], c->blank[q]);
	}
	return TB_OK;
}
