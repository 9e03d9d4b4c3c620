/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cmd.h"
#include "core/base/file.h"
#include "core/base/json_out.h"
#include "core/count/count.h"
#include "core/count/files.h"
#include "core/count/lot.h"

/* `tabella count`: any file of ballots, recounted by anybody; no board, no key, no network. */

enum { MAX_ACCOUNT = 1 << 30 };

typedef struct counting {
	const tb_args *args;
	const tb_count_method *method;
	tb_count_ballots ballots;
	tb_count_options options;
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];
	tb_count_ratio ratios[TB_COUNT_MAX_CANDIDATES];
} counting;

/* ---- the methods ---- */

static void list_as_json(void)
{
	tb_json_out json;
	tb_buf buf;

	tb_buf_init(&buf, 1u << 20);
	tb_json_out_init(&json, &buf);
	tb_json_out_array(&json, TB_JSON_ITEM);
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		tb_json_out_object(&json, TB_JSON_ITEM);
		tb_json_out_cstring(&json, "method", (*m)->id);
		tb_json_out_cstring(&json, "name", (*m)->name);
		tb_json_out_cstring(&json, "source", (*m)->source);
		tb_json_out_cstring(&json, "rule", (*m)->rule);
		tb_json_out_array(&json, "choices");
		for (const char *const *c = (*m)->choices; *c != NULL; c++)
			tb_json_out_cstring(&json, TB_JSON_ITEM, *c);
		tb_json_out_end(&json);
		tb_json_out_end(&json);
	}
	tb_json_out_end(&json);
	if (tb_json_out_status(&json) == TB_OK)
		printf("%s\n", tb_buf_cstr(&buf));
	tb_buf_release(&buf);
}

static int list_methods(const tb_args *args)
{
	if (tb_args_json(args)) {
		list_as_json();
		return TB_EXIT_OK;
	}
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		printf("%s: %s [%s]\n  %s\n", (*m)->id, (*m)->name, (*m)->rule, (*m)->source);
		for (const char *const *c = (*m)->choices; *c != NULL; c++)
			printf("  - %s\n", *c);
	}
	return TB_EXIT_OK;
}

/* ---- options ---- */

/* One part of a list such as 3,1,2: moves *list behind the comma. */
static size_t next_part(const char **list, char *out, size_t out_len)
{
	size_t len = strcspn(*list, ",");

	(void)snprintf(out, out_len, "%.*s", (int)len, *list);
	*list += len + ((*list)[len] == ',');
	return len;
}

/* By number, or by name where there is just that one. */
static bool find_candidate(counting *c, const char *option, const char *text, uint32_t *out)
{
	uint32_t num = 0;
	uint64_t v;

	if (tb_decimal_parse(&v, text, strlen(text), c->ballots.num_candidates) == TB_OK && v > 0) {
		*out = (uint32_t)v - 1;
		return true;
	}
	for (uint32_t i = 0; i < c->ballots.num_candidates; i++)
		if (strcmp(c->ballots.names[i], text) == 0) {
			*out = i;
			num++;
		}
	if (num != 1)
		(void)tb_args_error(c->args,
			"--%s: expected a candidate's number from 1 to %u or name, found '%s'", option,
			c->ballots.num_candidates, text);
	return num == 1;
}

static int take_withdrawn(counting *c)
{
	uint32_t candidate;

	TB_REQUIRE(c->ballots.is_withdrawn != NULL); /* a file without candidates is refused */
	for (size_t n = 0; tb_args_get_nth(c->args, "withdraw", n) != NULL; n++) {
		if (!find_candidate(c, "withdraw", tb_args_get_nth(c->args, "withdraw", n), &candidate))
			return TB_EXIT_USAGE;
		c->ballots.is_withdrawn[candidate] = true;
	}
	return TB_EXIT_OK;
}

/* 3,1,2: the lot's favourite first.  Withdrawn candidates may be left out. */
static int take_lot_order(counting *c, const char *list)
{
	bool seen[TB_COUNT_MAX_CANDIDATES] = {false};
	char part[TB_COUNT_MAX_NAME + 1];
	uint32_t num = 0, candidate;

	while (*list != '\0') {
		(void)next_part(&list, part, sizeof part);
		if (!find_candidate(c, "lot", part, &candidate))
			return TB_EXIT_USAGE;
		if (seen[candidate])
			return tb_args_error(c->args, "--lot: candidate %u twice", candidate + 1);
		seen[candidate] = true;
		c->lot[num++] = candidate;
	}
	for (uint32_t i = 0; i < c->ballots.num_candidates; i++) {
		if (!seen[i] && !c->ballots.is_withdrawn[i])
			return tb_args_error(
				c->args, "--lot: candidate %u (%s) is missing", i + 1, c->ballots.names[i]);
		if (!seen[i])
			c->lot[num++] = i;
	}
	c->options.lot = c->lot;
	return TB_EXIT_OK;
}

static int take_lot(counting *c)
{
	const char *order = tb_args_get(c->args, "lot"), *text = tb_args_get(c->args, "lot-seed");
	uint8_t seed[64];

	if (order != NULL && text != NULL)
		return tb_args_error(c->args, "--lot and --lot-seed: expected one of them");
	if (order != NULL)
		return take_lot_order(c, order);
	if (text == NULL)
		return TB_EXIT_OK;
	tb_count_lot_seed(seed, text, strlen(text));
	tb_count_lot_derive(c->lot, c->ballots.num_candidates, seed, 0);
	c->options.lot = c->lot;
	return TB_EXIT_OK;
}

/* 2=3 or 2=3/2, several with commas. */
static int take_ratios(counting *c)
{
	const char *list = tb_args_get(c->args, "ratio");
	char part[TB_COUNT_MAX_NAME + 32];

	for (uint32_t i = 0; i < TB_COUNT_MAX_CANDIDATES; i++)
		c->ratios[i] = (tb_count_ratio){1, 1};
	while (list != NULL && *list != '\0') {
		char *equals, *slash;
		uint64_t a = 0, b = 1;
		uint32_t candidate;

		(void)next_part(&list, part, sizeof part);
		equals = strrchr(part, '=');
		slash = equals == NULL ? NULL : strchr(equals, '/');
		if (equals == NULL ||
			tb_decimal_parse(&a, equals + 1,
				slash == NULL ? strlen(equals + 1) : (size_t)(slash - equals - 1),
				1000000) != TB_OK ||
			(slash != NULL &&
				tb_decimal_parse(&b, slash + 1, strlen(slash + 1), 1000000) != TB_OK) ||
			a == 0 || b == 0)
			return tb_args_error(c->args,
				"--ratio: expected an option and its ratio, as 2=3 or 2=3/2, found '%s'",
				part);
		*equals = '\0';
		if (!find_candidate(c, "ratio", part, &candidate))
			return TB_EXIT_USAGE;
		c->ratios[candidate] = (tb_count_ratio){(uint32_t)a, (uint32_t)b};
		c->options.ratios = c->ratios;
	}
	return TB_EXIT_OK;
}

static int take_options(counting *c)
{
	uint64_t seats = c->ballots.seats == 0 ? 1 : c->ballots.seats;
	const char *text = tb_args_get(c->args, "default-option");

	TB_REQUIRE(c->method != NULL);
	c->options.default_option = TB_COUNT_NOBODY;
	if (c->method->flags & TB_COUNT_ONE_SEAT && !tb_args_has(c->args, "seats"))
		seats = 1;
	if (!tb_args_number(c->args, "seats", 1, TB_COUNT_MAX_CANDIDATES, &seats) ||
		!tb_args_number(c->args, "minimum", 1, TB_COUNT_MAX_BALLOTS, &c->options.min_votes) ||
		!tb_args_number(c->args, "quorum", 1, TB_COUNT_MAX_BALLOTS, &c->options.quorum))
		return TB_EXIT_USAGE;
	c->options.seats = (uint32_t)seats;
	if (text != NULL && !find_candidate(c, "default-option", text, &c->options.default_option))
		return TB_EXIT_USAGE;
	if (take_withdrawn(c) != TB_EXIT_OK || take_ratios(c) != TB_EXIT_OK)
		return TB_EXIT_USAGE;
	return take_lot(c);
}

/* ---- files ---- */

static int take_format(const tb_args *args, const char *option, tb_count_format *out)
{
	const char *name = tb_args_get(args, option);

	if (name != NULL && tb_count_format_find(out, name) != TB_OK)
		return tb_args_error(args, "--%s: expected blt, abif or csv, found '%s'", option, name);
	return TB_EXIT_OK;
}

static int read_ballots(counting *c)
{
	const char *path = tb_args_operand(c->args, 0);
	tb_count_format format;
	tb_why why = {""};
	tb_buf file;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&file, TB_COUNT_MAX_FILE);
	if (tb_file_read(&file, path, &why) != TB_OK) {
		exit_code = tb_args_error(c->args, "%s", why.text);
	} else {
		format = tb_count_format_of(file.len > 0 ? (const void *)file.data : "", file.len);
		exit_code = take_format(c->args, "format", &format);
		if (exit_code == TB_EXIT_OK &&
			tb_count_file_parse(&c->ballots, format, file.len > 0 ? (const void *)file.data : "",
				file.len, &why) != TB_OK)
			exit_code = tb_args_error(c->args, "%s, %s", path, why.text);
	}
	tb_buf_release(&file);
	return exit_code;
}

/* ---- output ---- */

static int print(const counting *c, const tb_buf *out, const char *end)
{
	if (fwrite(out->data, 1, out->len, stdout) != out->len || fputs(end, stdout) == EOF ||
		fflush(stdout) == EOF)
		return tb_args_error(c->args, "cannot write the output");
	return TB_EXIT_OK;
}

static int convert(counting *c)
{
	tb_count_format format = TB_COUNT_BLT;
	int exit_code = take_format(c->args, "convert", &format);
	tb_buf out;
	tb_err err;

	if (exit_code == TB_EXIT_OK)
		exit_code = take_withdrawn(c);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	tb_buf_init(&out, MAX_ACCOUNT);
	err = tb_count_file_write(&out, format, &c->ballots);
	if (err == TB_ERR_RANGE)
		exit_code = tb_args_error(
			c->args, "these ballots have scores, and BLT has none: take abif or csv");
	else if (err != TB_OK)
		exit_code = tb_args_error(c->args, "%s", tb_err_text(err));
	else
		exit_code = print(c, &out, "");
	tb_buf_release(&out);
	return exit_code;
}

static int report(counting *c, const tb_count_account *a)
{
	tb_buf out;
	tb_err err;
	int exit_code;

	tb_buf_init(&out, MAX_ACCOUNT);
	err = tb_args_json(c->args) ? tb_count_account_write(&out, a, c->method, &c->ballots, &c->options)
				    : tb_count_account_words(&out, a, c->method, &c->ballots, &c->options);
	if (err != TB_OK)
		exit_code = tb_args_error(c->args, "%s", tb_err_text(err));
	else
		exit_code = print(c, &out, tb_args_json(c->args) ? "\n" : "");
	tb_buf_release(&out);
	return exit_code;
}

/* Nobody is chosen by a die that only this machine has seen: the count stops and waits for a lot that was drawn in public. */
static int miss_lot(const counting *c, const tb_count_account *a, const tb_why *why)
{
	(void)tb_args_error(c->args,
		"%s (to %s, after round %u): give the drawn order with --lot, or --lot-seed", why->text,
		a->lot_missing->purpose, a->num_rounds);
	return TB_EXIT_WAIT;
}

static int count(counting *c)
{
	tb_count_account account;
	tb_why why;
	tb_err err;
	int exit_code = take_options(c);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	err = tb_count_run(&account, c->method, &c->ballots, &c->options, &why);
	if (err == TB_OK)
		exit_code = report(c, &account);
	else if (err == TB_ERR_STATE)
		exit_code = miss_lot(c, &account, &why);
	else
		exit_code = tb_args_error(c->args, "%s", why.text);
	tb_count_account_release(&account);
	return exit_code;
}

static int run(const tb_args *args)
{
	const char *name = tb_args_get(args, "method");
	counting *c;
	int exit_code;

	if (tb_args_has(args, "list-methods"))
		return list_methods(args);
	if (tb_args_operand(args, 0) == NULL)
		return tb_args_error(args, "a file of ballots is missing");
	if ((name == NULL) == (tb_args_get(args, "convert") == NULL))
		return tb_args_error(
			args, "expected --method or --convert; --list-methods says which methods there are");
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return tb_args_error(args, "out of memory");
	c->args = args;
	c->method = name == NULL ? NULL : tb_count_method_find(name);
	if (name != NULL && c->method == NULL)
		exit_code = tb_args_error(
			args, "there is no method '%s'; --list-methods says which there are", name);
	else
		exit_code = read_ballots(c);
	if (exit_code == TB_EXIT_OK)
		exit_code = name == NULL ? convert(c) : count(c);
	tb_count_ballots_release(&c->ballots);
	free(c);
	return exit_code;
}

static const tb_flag flags[] = {
	{"method", "METHOD", "how to count, as --list-methods names it", false, false},
	{"seats", "NUMBER", "how many are elected (default: what the file says)", false, false},
	{"withdraw", "CANDIDATE", "take a candidate out, by number or name", false, true},
	{"minimum", "VOTES", "who is elected with fewer votes leaves the seat empty", false, false},
	{"default-option", "CANDIDATE", "what quorum and ratios are measured against (condorcet-debian)",
		false, false},
	{"quorum", "VOTES", "how many must prefer an option to the default option", false, false},
	{"ratio", "LIST", "majorities that options need over it, as 2=3 or 2=3/2,4=2", false, false},
	{"lot", "LIST", "the drawn order that settles ties, the favoured first, as 3,1,2", false, false},
	{"lot-seed", "TEXT", "draw that order from this text", false, false},
	{"format", "FORMAT", "blt, abif or csv (default: as the file looks)", false, false},
	{"convert", "FORMAT", "print the ballots as blt, abif or csv instead of counting", false, false},
	{"list-methods", NULL, "say which methods there are, with sources and choices", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_count = {
	.name = "count",
	.operands = "FILE",
	.min_operands = 0,
	.max_operands = 1,
	.summary = "count or convert a file of ranked or scored ballots",
	.details =
		"No board, no key, no network: for anybody who wants to count again.  A tie that the method "
		"does not "
		"settle needs a lot: without one the count stops with exit status 3 and says between whom.",
	.flags = flags,
	.run = run,
};
