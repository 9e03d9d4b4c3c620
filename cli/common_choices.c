/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_choices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/wipe.h"

static bool is_word(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && memcmp(word, text, len) == 0;
}

static int find_question(
	const tb_args *args, const tb_manifest *m, const char *text, size_t len, uint32_t *out)
{
	for (*out = 0; *out < m->num_questions; (*out)++)
		if (is_word(m->questions[*out].id, text, len))
			return TB_EXIT_OK;
	return tb_args_error(args,
		"there is no question '%.*s'; the first one is '%s', and the election file lists them all",
		(int)len, text, m->questions[0].id);
}

static int no_option(const tb_args *args, const tb_question *q, const char *text, size_t len)
{
	char list[400] = "";
	size_t at = 0;

	for (uint32_t i = 0; i < q->num_options && at + TB_ID_MAX + 8 < sizeof list; i++)
		at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", i == 0 ? "" : ", ",
			at + 2 * TB_ID_MAX + 8 < sizeof list ? q->options[i].id : "...");
	return tb_args_error(args, "the question '%s' has no option '%.*s'; its options are %s", q->id,
		(int)len, text, list);
}

static int find_option(const tb_args *args, const tb_question *q, const char *text, size_t len, uint32_t *out)
{
	for (*out = 0; *out < q->num_options; (*out)++)
		if (is_word(q->options[*out].id, text, len))
			return TB_EXIT_OK;
	return no_option(args, q, text, len);
}

static int take_score(const tb_args *args, const char *text, size_t len, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || i > 3)
			return tb_args_error(args, "expected a score, found '%.*s'", (int)len, text);
		*out = *out * 10 + (uint32_t)(text[i] - '0');
	}
	return len > 0 ? TB_EXIT_OK : tb_args_error(args, "a score is missing");
}

/* One "option" or "option:score" of question q. */
static int take_item(const tb_args *args, const tb_question *q, uint32_t *values, bool *given,
	const char *text, size_t len, bool scored)
{
	const char *colon = scored ? memchr(text, ':', len) : NULL;
	size_t name_len = colon == NULL ? len : (size_t)(colon - text);
	uint32_t option, value = 1;
	int exit_code = find_option(args, q, text, name_len, &option);

	if (exit_code == TB_EXIT_OK && scored && colon == NULL)
		return tb_args_error(args, "expected OPTION:SCORE, found '%.*s'", (int)len, text);
	if (exit_code == TB_EXIT_OK && scored)
		exit_code = take_score(args, colon + 1, len - name_len - 1, &value);
	if (exit_code == TB_EXIT_OK && given[option])
		exit_code = tb_args_error(args, "'%s' is given twice for '%s'", q->options[option].id, q->id);
	if (exit_code == TB_EXIT_OK) {
		given[option] = true;
		values[option] = value;
	}
	return exit_code;
}

/* Which options were named: a score of 0 counts as named. */
typedef struct named {
	bool option[TB_MAX_QUESTIONS][TB_MAX_OPTIONS];
} named;

/* What to use instead of --choose, --score or --rank. */
static int refuse_kind(const tb_args *args, const char *option, const tb_question *q)
{
	return tb_args_error(args, "--%s: the question '%s' takes %s", option, q->id,
		q->method == TB_METHOD_RANKED  ? "an order: use --rank"
		: q->method == TB_METHOD_SCORE ? "scores: use --score"
					       : "choices: use --choose");
}

static bool is_answered_by(const tb_question *q, const char *option)
{
	const char *right = q->method == TB_METHOD_RANKED  ? "rank"
			    : q->method == TB_METHOD_SCORE ? "score"
							   : "choose";

	return strcmp(option, right) == 0;
}

/* "ada,bert=chen": Ada first, Bert and Chen second.  Whether options may be equal is for tb_choices_check(). */
static int take_order(
	const tb_args *args, const tb_question *q, uint32_t *ranks, bool *given, const char *text)
{
	uint32_t rank = 1;

	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",=");
		uint32_t option;
		int exit_code = find_option(args, q, at, len, &option);

		if (exit_code == TB_EXIT_OK && given[option])
			exit_code = tb_args_error(
				args, "'%s' is given twice for '%s'", q->options[option].id, q->id);
		if (exit_code != TB_EXIT_OK)
			return exit_code;
		given[option] = true;
		ranks[option] = rank;
		at += len;
		if (*at == '\0')
			return TB_EXIT_OK;
		rank += *at == ',';
	}
}

static bool has_any(const bool *given, uint32_t num)
{
	for (uint32_t i = 0; i < num; i++)
		if (given[i])
			return true;
	return false;
}

static int take_ranking(
	const tb_args *args, const tb_manifest *m, tb_choices *out, named *given, const char *text)
{
	const char *equals = strchr(text, '=');
	const tb_question *q;
	uint32_t index;
	int exit_code;

	if (equals == NULL)
		return tb_args_error(args, "--rank: expected QUESTION=OPTION,..., found '%s'", text);
	exit_code = find_question(args, m, text, (size_t)(equals - text), &index);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	q = &m->questions[index];
	if (!is_answered_by(q, "rank"))
		return refuse_kind(args, "rank", q);
	if (has_any(given->option[index], q->num_options))
		return tb_args_error(args, "--rank: the whole order of '%s' at once", q->id);
	return take_order(args, q, out->value[index], given->option[index], equals + 1);
}

static int take_list(const tb_args *args, const tb_manifest *m, tb_choices *out, named *given,
	const char *text, bool scored)
{
	const char *equals = strchr(text, '='), *option = scored ? "score" : "choose";
	uint32_t q;
	int exit_code;

	if (equals == NULL)
		return tb_args_error(args, "--%s: expected QUESTION=OPTION..., found '%s'", option, text);
	exit_code = find_question(args, m, text, (size_t)(equals - text), &q);
	if (exit_code == TB_EXIT_OK && !is_answered_by(&m->questions[q], option))
		return refuse_kind(args, option, &m->questions[q]);
	for (const char *at = equals + 1; exit_code == TB_EXIT_OK; at++) {
		size_t len = strcspn(at, ",");

		exit_code =
			take_item(args, &m->questions[q], out->value[q], given->option[q], at, len, scored);
		at += len;
		if (*at == '\0')
			break;
	}
	return exit_code;
}

static int take_blank(const tb_args *args, const tb_manifest *m, tb_choices *out, const char *text)
{
	uint32_t q;
	int exit_code = find_question(args, m, text, strlen(text), &q);

	if (exit_code == TB_EXIT_OK)
		out->blank[q] = true;
	return exit_code;
}

/* The number behind `name` and a bracket, where *at stands; false, and nothing is taken, when something else stands there. */
static bool take_index(const char **at, const char *name, uint32_t limit, uint32_t *out)
{
	size_t len = strlen(name);
	char *end;

	if (strncmp(*at, name, len) != 0 || (*at)[len] < '0' || (*at)[len] > '9')
		return false;
	*out = (uint32_t)strtoul(*at + len, &end, 10);
	if (*end != ']' || *out >= limit)
		return false;
	*at = end + 1;
	return true;
}

/* A fault at "questions[2].options[1]", in the ids that the voter has typed. */
static int refuse(const tb_args *args, const tb_manifest *m, const tb_fault *fault)
{
	const char *at = fault->where, *option = NULL;
	uint32_t q, i;

	if (!take_index(&at, "questions[", m->num_questions, &q))
		return tb_args_error(args, "%s: expected %s, found %s [%s]", fault->where, fault->expected,
			fault->found, fault->rule);
	if (take_index(&at, ".options[", m->questions[q].num_options, &i))
		option = m->questions[q].options[i].id;
	return tb_args_error(args, "question '%s'%s%s%s: expected %s, found %s [%s]", m->questions[q].id,
		option == NULL ? "" : ", option '", option == NULL ? "" : option, option == NULL ? "" : "'",
		fault->expected, fault->found, fault->rule);
}

int tb_choices_take(const tb_args *args, const tb_manifest *m, tb_choices *out)
{
	named *given = calloc(1, sizeof *given);
	const char *text;
	tb_fault fault;
	tb_err err;
	int exit_code = given == NULL ? tb_args_error(args, "out of memory") : TB_EXIT_OK;

	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "choose", n)) != NULL;
		n++)
		exit_code = take_list(args, m, out, given, text, false);
	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "score", n)) != NULL; n++)
		exit_code = take_list(args, m, out, given, text, true);
	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "rank", n)) != NULL; n++)
		exit_code = take_ranking(args, m, out, given, text);
	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "blank", n)) != NULL; n++)
		exit_code = take_blank(args, m, out, text);
	if (given != NULL)
		tb_wipe(given, sizeof *given);
	free(given);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	err = tb_choices_check(out, m, &fault);
	if (err == TB_ERR_RULE)
		return refuse(args, m, &fault);
	return err == TB_OK ? TB_EXIT_OK : tb_args_error(args, "%s", tb_err_text(err));
}

/* In the order of the ranks; equal ones stand below each other with the same number. */
static void print_ranking(const tb_question *q, const uint32_t *ranks)
{
	uint32_t left = q->num_options;

	for (uint32_t rank = 1; rank <= q->num_options; rank++) {
		for (uint32_t i = 0; i < q->num_options; i++) {
			if (ranks[i] != rank)
				continue;
			printf("  %3u. %s\n", rank, q->options[i].label);
			left--;
		}
	}
	if (left == q->num_options)
		printf("  nothing\n");
	else if (left > 0)
		printf("  not ranked: %u of %u\n", left, q->num_options);
}

void tb_choices_print(const tb_manifest *m, const tb_choices *choices)
{
	for (uint32_t q = 0; q < m->num_questions; q++) {
		const tb_question *question = &m->questions[q];
		bool any = false;

		printf("%s\n", question->title);
		if (question->method == TB_METHOD_RANKED) {
			print_ranking(question, choices->value[q]);
			continue;
		}
		for (uint32_t i = 0; i < question->num_options; i++) {
			if (choices->value[q][i] == 0)
				continue;
			any = true;
			if (question->method == TB_METHOD_SCORE)
				printf("  %3u  %s\n", choices->value[q][i], question->options[i].label);
			else
				printf("  [x]  %s\n", question->options[i].label);
		}
		if (choices->blank[q])
			printf("  a blank vote\n");
		else if (!any)
			printf("  nothing\n");
	}
}
