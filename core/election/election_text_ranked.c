/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/count/count.h"
#include "core/election/election_text_internal.h"
#include "core/election/election_words.h"

/* What only ranked questions have in an election file: how their ballots are counted [RANK.MANIFEST]. */

bool tb_keyword_is_of_ranked(tb_keyword key)
{
	return (key >= TB_KEY_COUNT && key <= TB_KEY_DEFAULT_QUORUM) || key == TB_KEY_MAJORITY;
}

/* ---- reading ---- */

static tb_err set_method(tb_text_reader *r, tb_question *q, const char *value)
{
	char id[64] = "";
	const tb_count_method *method;

	for (size_t i = 0; value[i] != '\0' && i < sizeof id - 1; i++) /* words in any case [FILE.VALUE] */
		id[i] = (char)(value[i] >= 'A' && value[i] <= 'Z' ? value[i] - 'A' + 'a' : value[i]);
	method = strlen(value) < sizeof id ? tb_count_method_find(id) : NULL;
	if (method == NULL || (method->flags & TB_COUNT_NEEDS_SCORES) != 0)
		return tb_text_wrong_value(r, value,
			"a method for rankings, such as scottish-stv (tabella count --list-methods)");
	return tb_text_set(&q->count.method, method->id, strlen(method->id));
}

static tb_err set_default(tb_text_reader *r, const char *value)
{
	uint32_t question = r->m->num_questions - 1;

	if (question >= TB_MAX_QUESTIONS)
		return TB_OK; /* too many questions, as will be said */
	r->default_line[question] = r->line;
	return tb_text_set(&r->default_option[question], value, strlen(value));
}

/* Options from `first` on have the ratio 1:1 until something else is said. */
static tb_err grow_ratios(tb_text_reader *r, tb_question *q)
{
	tb_count_ratio *list = realloc(q->count.ratios, q->num_options * sizeof *list);

	if (list == NULL)
		return TB_ERR_MEMORY;
	q->count.ratios = list;
	while (r->num_ratios < q->num_options)
		list[r->num_ratios++] = (tb_count_ratio){1, 1};
	return TB_OK;
}

static bool take_part(const char **at, uint32_t *out)
{
	char *end;
	unsigned long v;

	if (**at < '0' || **at > '9' || strspn(*at, "0123456789") > 9)
		return false;
	v = strtoul(*at, &end, 10);
	*at = end;
	*out = (uint32_t)v;
	return true;
}

/* "3:1": three voters prefer the option to the default option for each one who does not. */
static tb_err set_majority(tb_text_reader *r, tb_question *q, const char *value)
{
	tb_count_ratio ratio;
	const char *at = value;
	tb_err err;

	if (!take_part(&at, &ratio.a) || *at++ != ':' || !take_part(&at, &ratio.b) || *at != '\0')
		return tb_text_wrong_value(r, value, "two numbers: 3:1");
	err = grow_ratios(r, q);
	if (err == TB_OK)
		q->count.ratios[q->num_options - 1] = ratio;
	return err;
}

tb_err tb_text_ranked_value(tb_text_reader *r, tb_question *q, tb_keyword key, const char *value)
{
	static const uint64_t most = (UINT64_C(1) << 53) - 1;

	if (r->ranked_line == 0)
		r->ranked_line = r->line;
	switch (key) {
	case TB_KEY_COUNT:
		return set_method(r, q, value);
	case TB_KEY_EQUAL:
		return tb_text_set_bool(r, value, &q->count.equal);
	case TB_KEY_MINIMUM:
		return tb_text_set_number(r, value, &q->count.minimum, most);
	case TB_KEY_DEFAULT_QUORUM:
		return tb_text_set_number(r, value, &q->count.quorum, most);
	case TB_KEY_DEFAULT:
		return set_default(r, value);
	default:
		return set_majority(r, q, value);
	}
}

/* ---- the end of a question ---- */

static tb_err wrong_at(
	tb_text_reader *r, uint32_t line, const char *rule, const char *expected, const char *found)
{
	uint32_t here = r->line;
	tb_err err;

	r->line = line;
	err = tb_text_wrong(r, rule, expected, "%s", found);
	r->line = here;
	return err;
}

tb_err tb_text_end_question(tb_text_reader *r)
{
	tb_question *q = r->m->num_questions > 0 ? &r->m->questions[r->m->num_questions - 1] : NULL;
	uint32_t ranked_line = r->ranked_line;
	tb_err err = TB_OK;

	if (q == NULL)
		return TB_OK;
	/* Rather than be passed over: a majority that is asked for must be one that counts. */
	if (ranked_line != 0 && q->score_max != 0 && q->method != TB_METHOD_RANKED)
		return wrong_at(r, ranked_line, "FILE.KEYWORD",
			"such a line only in a question with \"Method: ranked\"", "it in another question");
	if (q->method == TB_METHOD_RANKED && q->count.method == NULL)
		return wrong_at(r, r->question_seen[TB_KEY_METHOD], "FILE.MISSING",
			"a line \"Count: scottish-stv\" (or another method) in a ranked question", "none");
	if (q->count.ratios != NULL)
		err = grow_ratios(r, q);
	r->ranked_line = r->num_ratios = 0;
	return err;
}

tb_err tb_text_finish_ranked(tb_text_reader *r, uint32_t question)
{
	tb_question *q = &r->m->questions[question];
	const char *id = r->default_option[question];

	if (q->method != TB_METHOD_RANKED)
		return TB_OK;
	if (q->max == 0 && q->num_options <= TB_MAX_OPTIONS)
		q->max = q->num_options;
	q->count.default_option = TB_COUNT_NOBODY;
	if (id == NULL || q->num_options > TB_MAX_OPTIONS)
		return TB_OK;
	for (uint32_t i = 0; i < q->num_options; i++) {
		if (strcmp(q->options[i].id, id) == 0) {
			q->count.default_option = i;
			return TB_OK;
		}
	}
	return wrong_at(
		r, r->default_line[question], "FILE.VALUE", "the id of an option of this question", id);
}

/* ---- writing ---- */

static void put(tb_buf *out, tb_keyword key, const char *value)
{
	tb_buf_text(out, tb_keyword_names[key]);
	tb_buf_text(out, ": ");
	tb_buf_text(out, value);
	tb_buf_text(out, "\n");
}

static void put_number(tb_buf *out, tb_keyword key, uint64_t value)
{
	if (value == 0)
		return;
	tb_buf_text(out, tb_keyword_names[key]);
	tb_buf_text(out, ": ");
	tb_buf_decimal(out, value);
	tb_buf_text(out, "\n");
}

void tb_text_write_ranked(tb_buf *out, const tb_question *q)
{
	const tb_count_rule *rule = &q->count;

	put(out, TB_KEY_COUNT, rule->method);
	if (rule->equal)
		put(out, TB_KEY_EQUAL, "yes");
	put_number(out, TB_KEY_MINIMUM, rule->minimum);
	if (rule->default_option != TB_COUNT_NOBODY)
		put(out, TB_KEY_DEFAULT, q->options[rule->default_option].id);
	put_number(out, TB_KEY_DEFAULT_QUORUM, rule->quorum);
}

void tb_text_write_majority(tb_buf *out, const tb_question *q, uint32_t option)
{
	if (q->count.ratios == NULL)
		return;
	tb_buf_text(out, "    ");
	tb_buf_text(out, tb_keyword_names[TB_KEY_MAJORITY]);
	tb_buf_text(out, ": ");
	tb_buf_decimal(out, q->count.ratios[option].a);
	tb_buf_text(out, ":");
	tb_buf_decimal(out, q->count.ratios[option].b);
	tb_buf_text(out, "\n");
}
