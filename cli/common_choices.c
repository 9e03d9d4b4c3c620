/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_choices.h"

#include <stdio.h>
#include <string.h>

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
		"there is no question '%.*s'; `tabella status` or the election file lists them", (int)len,
		text);
}

static int find_option(const tb_args *args, const tb_question *q, const char *text, size_t len, uint32_t *out)
{
	for (*out = 0; *out < q->num_options; (*out)++)
		if (is_word(q->options[*out].id, text, len))
			return TB_EXIT_OK;
	return tb_args_error(args, "the question '%s' has no option '%.*s'; its options are %s%s", q->id,
		(int)len, text, q->options[0].id, q->num_options > 1 ? " ..." : "");
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
static int take_item(const tb_args *args, const tb_question *q, uint32_t *values, const char *text,
	size_t len, bool scored)
{
	const char *colon = scored ? memchr(text, ':', len) : NULL;
	size_t name_len = colon == NULL ? len : (size_t)(colon - text);
	uint32_t option, value = 1;
	int exit_code = find_option(args, q, text, name_len, &option);

	if (exit_code == TB_EXIT_OK && scored && colon == NULL)
		return tb_args_error(args, "expected OPTION:SCORE, found '%.*s'", (int)len, text);
	if (exit_code == TB_EXIT_OK && scored)
		exit_code = take_score(args, colon + 1, len - name_len - 1, &value);
	if (exit_code == TB_EXIT_OK && values[option] != 0)
		exit_code = tb_args_error(args, "'%s' is given twice for '%s'", q->options[option].id, q->id);
	if (exit_code == TB_EXIT_OK)
		values[option] = value;
	return exit_code;
}

static int take_list(
	const tb_args *args, const tb_manifest *m, tb_choices *out, const char *text, bool scored)
{
	const char *equals = strchr(text, '=');
	uint32_t q;
	int exit_code;

	if (equals == NULL)
		return tb_args_error(args, "expected QUESTION=OPTION..., found '%s'", text);
	exit_code = find_question(args, m, text, (size_t)(equals - text), &q);
	for (const char *at = equals + 1; exit_code == TB_EXIT_OK && *at != '\0';) {
		size_t len = strcspn(at, ",");

		exit_code = take_item(args, &m->questions[q], out->value[q], at, len, scored);
		at += len + (at[len] == ',');
	}
	return exit_code;
}

int tb_choices_take(const tb_args *args, const tb_manifest *m, tb_choices *out)
{
	const char *text;
	uint32_t q;
	tb_fault fault;
	int exit_code = TB_EXIT_OK;

	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "choose", n)) != NULL;
		n++)
		exit_code = take_list(args, m, out, text, false);
	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "score", n)) != NULL; n++)
		exit_code = take_list(args, m, out, text, true);
	for (size_t n = 0; exit_code == TB_EXIT_OK && (text = tb_args_get_nth(args, "blank", n)) != NULL;
		n++) {
		exit_code = find_question(args, m, text, strlen(text), &q);
		if (exit_code == TB_EXIT_OK)
			out->blank[q] = true;
	}
	if (exit_code == TB_EXIT_OK && tb_choices_check(out, m, &fault) != TB_OK)
		exit_code = tb_args_error(args, "%s: expected %s, found %s [%s]", fault.where, fault.expected,
			fault.found, fault.rule);
	return exit_code;
}

void tb_choices_print(const tb_manifest *m, const tb_choices *choices)
{
	for (uint32_t q = 0; q < m->num_questions; q++) {
		const tb_question *question = &m->questions[q];
		bool any = false;

		printf("%s\n", question->title);
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
