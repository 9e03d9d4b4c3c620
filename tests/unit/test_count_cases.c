/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/count/count.h"
#include "core/count/files.h"

/*
 * Real and published elections: tests/counting/cases.tsv says how each is counted, who is elected, and where the round figures of a
 * returning officer, a secretary or another program stand.  Those whose licence does not let them be here are read from the folder that
 * TABELLA_COUNTING_CASES names, and are counted as left out when it is not set.
 */
#define HERE "tests/counting"

enum { FIELDS = 9, FILE_NAME = 0, METHOD, SEATS, OPTIONS, EXPECTED, REFERENCE, LICENCE, SOURCE, PROVENANCE };

typedef struct test_case {
	char *field[FIELDS];
	const char *folder;
	tb_count_ballots ballots;
	tb_count_options options;
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];
	tb_count_ratio ratios[TB_COUNT_MAX_CANDIDATES];
	tb_count_account account;
	tb_err err;
} test_case;

/* ---- reading ---- */

/* The whole file with a NUL; freed by the caller. */
static char *slurp(const char *folder, const char *name)
{
	char path[512];
	tb_why why;
	tb_buf file;
	char *out;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	tb_buf_init(&file, 16u << 20);
	if (tb_file_read(&file, path, &why) != TB_OK)
		fail_msg("%s", why.text);
	out = strdup(tb_buf_cstr(&file));
	assert_non_null(out);
	tb_buf_release(&file);
	return out;
}

static json_t *load(const test_case *t, const char *name)
{
	char *text = slurp(t->folder, name);
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	free(text);
	return json;
}

/* The numbers of "3,1,2", from 0. */
static uint32_t numbers(const char *text, uint32_t *out)
{
	uint32_t num = 0;

	while (*text >= '0' && *text <= '9') {
		out[num++] = (uint32_t)strtoul(text, NULL, 10) - 1;
		text += strspn(text, "0123456789");
		text += *text == ',';
	}
	return num;
}

static void take_option(test_case *t, const char *option)
{
	const char *value = strchr(option, '=') + 1;

	if (strncmp(option, "lot=", 4) == 0) {
		assert_true(numbers(value, t->lot) >= t->ballots.num_candidates);
		t->options.lot = t->lot;
	} else if (strncmp(option, "default=", 8) == 0) {
		t->options.default_option = (uint32_t)atoi(value) - 1;
	} else if (strncmp(option, "quorum=", 7) == 0) {
		t->options.quorum = (uint64_t)atoi(value);
	} else {
		assert_int_equal(strncmp(option, "ratios=", 7), 0);
		t->options.ratios = t->ratios;
		for (; value != NULL; value = strchr(value, ',') == NULL ? NULL : strchr(value, ',') + 1)
			t->ratios[atoi(value) - 1].a = (uint32_t)atoi(strchr(value, '=') + 1);
	}
}

static void begin(test_case *t)
{
	char *text = slurp(t->folder, t->field[FILE_NAME]);
	tb_why why;

	if (tb_count_file_parse(&t->ballots, TB_COUNT_BLT, text, strlen(text), &why) != TB_OK)
		fail_msg("%s: %s", t->field[FILE_NAME], why.text);
	free(text);
	t->options = (tb_count_options){
		.seats = (uint32_t)atoi(t->field[SEATS]), .default_option = TB_COUNT_NOBODY};
	for (uint32_t i = 0; i < TB_COUNT_MAX_CANDIDATES; i++)
		t->ratios[i] = (tb_count_ratio){1, 1};
	for (char *option = t->field[OPTIONS]; *option != '\0' && *option != '-';) {
		char *end = option + strcspn(option, " ");
		bool is_last = *end == '\0';

		*end = '\0';
		take_option(t, option);
		option = is_last ? end : end + 1;
	}
}

/* ---- who is elected ---- */

static bool contains(const tb_count_list *l, uint32_t v)
{
	for (uint32_t i = 0; i < l->num; i++)
		if (l->at[i] == v)
			return true;
	return false;
}

static void assert_same_set(const test_case *t, const tb_count_list *l, const uint32_t *want, uint32_t num)
{
	if (l->num != num)
		fail_msg("%s, %s: %u instead of %u", t->field[FILE_NAME], t->field[METHOD], l->num, num);
	for (uint32_t i = 0; i < num; i++)
		if (!contains(l, want[i]))
			fail_msg("%s, %s: %u is missing", t->field[FILE_NAME], t->field[METHOD], want[i] + 1);
}

static void expect_ok(const test_case *t)
{
	if (t->err != TB_OK)
		fail_msg("%s, %s: %s", t->field[FILE_NAME], t->field[METHOD], tb_err_text(t->err));
}

/* "1=4=5>2=3": with as many seats as candidates each level of Schulze's order is a round.  A single level with one seat
 * and more than one member is a tie that only a lot can settle. */
static void expect_levels(const test_case *t, char *levels)
{
	uint32_t want[TB_COUNT_MAX_CANDIDATES], num, round = 0;

	for (char *c = levels; *c != '\0'; c++)
		*c = *c == '=' ? ',' : *c;
	if (t->options.seats == 1 && strchr(levels, ',') != NULL) {
		assert_int_equal(t->err, TB_ERR_STATE);
		num = numbers(levels, want);
		assert_same_set(t, &t->account.lot_missing->left, want, num);
		return;
	}
	expect_ok(t);
	while (levels != NULL) {
		char *next = strchr(levels, '>');

		num = numbers(levels, want);
		assert_true(round < t->account.num_rounds);
		assert_same_set(t, &t->account.rounds[round++].of, want, num);
		levels = next == NULL ? NULL : next + 1;
	}
	assert_int_equal(round, t->account.num_rounds);
}

static void expect_elected(const test_case *t)
{
	uint32_t want[TB_COUNT_MAX_CANDIDATES], num;
	char *how = t->field[EXPECTED], *who = strchr(how, ':') + 1;

	if (strncmp(how, "levels:", 7) == 0) {
		expect_levels(t, who);
		return;
	}
	for (char *c = who; *c != '\0'; c++)
		*c = *c == '=' ? ',' : *c;
	num = numbers(who, want);
	if (strncmp(how, "tie:", 4) == 0 && t->options.lot == NULL) {
		assert_int_equal(t->err, TB_ERR_STATE);
		assert_same_set(t, &t->account.lot_missing->left, want, num);
		return;
	}
	expect_ok(t);
	if (strncmp(how, "tie:", 4) == 0) { /* the other program leaves it open between these */
		assert_true(t->account.order.num == 1 &&
			    (want[0] == t->account.order.at[0] || want[1] == t->account.order.at[0]));
	} else if (strncmp(how, "order:", 6) == 0) {
		assert_int_equal(t->account.order.num, num);
		assert_memory_equal(t->account.order.at, want, num * sizeof want[0]);
	} else if (strncmp(how, "differs:", 8) == 0) { /* specs/counting.md explains why */
		assert_true(t->account.order.num != num);
	} else {
		assert_int_equal(strncmp(how, "set:", 4), 0);
		assert_same_set(t, &t->account.order, want, num);
	}
}

/* ---- round figures ---- */

static void expect_amount(const test_case *t, uint32_t round, tb_amount got, json_t *want, const char *what)
{
	char text[64];

	tb_amount_text(text, got, t->account.decimals);
	if (!json_is_string(want))
		fail_msg("%s, %s, round %u, %s: no figure", t->field[FILE_NAME], t->field[METHOD], round + 1,
			what);
	if (strcmp(text, json_string_value(want)) != 0)
		fail_msg("%s, %s, round %u, %s: %s instead of %s", t->field[FILE_NAME], t->field[METHOD],
			round + 1, what, text, json_string_value(want));
}

static void expect_votes(const test_case *t, uint32_t round, json_t *votes)
{
	const char *number;
	json_t *want;

	if (round >= t->account.num_rounds)
		fail_msg("%s, %s: only %u rounds", t->field[FILE_NAME], t->field[METHOD],
			t->account.num_rounds);
	assert_true(json_object_size(votes) > 0);
	json_object_foreach(votes, number, want)
	{
		if (!json_is_null(want)) /* withdrawn */
			expect_amount(
				t, round, t->account.rounds[round].votes[atoi(number) - 1], want, number);
	}
}

static void expect_num_rounds(const test_case *t, size_t num)
{
	if (t->account.num_rounds != num)
		fail_msg("%s, %s: %u rounds instead of %zu", t->field[FILE_NAME], t->field[METHOD],
			t->account.num_rounds, num);
}

/* A returning officer's table. */
static void expect_official(const test_case *t, json_t *json)
{
	json_t *stages = json_object_get(json, "stages"), *stage;
	size_t i;

	json_array_foreach(stages, i, stage)
	{
		expect_votes(t, (uint32_t)i, json_object_get(stage, "exact"));
		expect_amount(t, (uint32_t)i, t->account.rounds[i].rest,
			json_object_get(stage, "nontransferable"), "rest");
	}
	expect_num_rounds(t, i);
}

/* OpenSTV's rounds. */
static void expect_openstv(const test_case *t, json_t *rounds)
{
	json_t *round;
	size_t i;

	json_array_foreach(rounds, i, round)
	{
		expect_votes(t, (uint32_t)i, json_object_get(round, "votes"));
		expect_amount(t, (uint32_t)i, t->account.rounds[i].rest, json_object_get(round, "exhausted"),
			"rest");
		if (strcmp(t->field[METHOD], "irv-1") != 0)
			expect_amount(t, (uint32_t)i, t->account.rounds[i].quota,
				json_object_get(round, "quota"), "quota");
	}
	if (i == 0)
		fail_msg("%s: no rounds", t->field[FILE_NAME]);
}

/* Droop makes a stage of it when an elected candidate stands exactly at the quota; r. 48 speaks of one who exceeds it. */
static bool is_empty_transfer(const json_t *action)
{
	const char *text = json_string_value(json_object_get(action, "msg"));

	return strstr(text, "Surplus transferred") != NULL && strstr(text, "(0.00000)") != NULL;
}

/* Droop's actions.  Scottish STV: the state after each transfer; Meek: the first decision of each round. */
static void expect_droop(const test_case *t, json_t *actions)
{
	bool is_meek = strcmp(t->field[METHOD], "meek-prf-1") == 0;
	uint32_t round = 0;
	json_int_t last = 0;
	json_t *action;
	size_t i;

	json_array_foreach(actions, i, action)
	{
		const char *tag = json_string_value(json_object_get(action, "tag"));
		json_int_t number = json_integer_value(json_object_get(action, "round"));
		bool decides =
			strcmp(tag, "elect") == 0 || strcmp(tag, "defeat") == 0 || strcmp(tag, "tie") == 0;

		if (!is_meek && strcmp(tag, "begin") != 0 && strcmp(tag, "transfer") != 0)
			continue;
		if (is_meek && (!decides || number == last))
			continue;
		if (is_empty_transfer(action))
			continue;
		last = number;
		expect_votes(t, round, json_object_get(action, "votes"));
		expect_amount(
			t, round, t->account.rounds[round].quota, json_object_get(action, "quota"), "quota");
		round++;
	}
	if (is_meek && round == 0) /* no contest: only its first count */
		expect_votes(t, round++, json_object_get(json_array_get(actions, 0), "votes"));
	expect_num_rounds(t, round);
}

static void expect_dropped(const test_case *t, json_t *list, uint32_t round)
{
	uint32_t want[TB_COUNT_MAX_CANDIDATES], num = 0;
	json_t *option;
	size_t i;

	json_array_foreach(list, i, option) want[num++] = (uint32_t)json_integer_value(option) - 1;
	assert_same_set(t, &t->account.rounds[round].excluded, want, num);
}

/* The secretary's beat matrix and what was dropped. */
static void expect_debian(const test_case *t, json_t *json)
{
	json_t *official = json_object_get(json, "official"), *matrix = json_object_get(official, "matrix"),
	       *row, *cell;
	size_t n = t->account.num_candidates, i, k;

	assert_int_equal(json_array_size(matrix), n);
	json_array_foreach(matrix, i, row) json_array_foreach(row, k, cell)
		assert_int_equal(t->account.pairwise[i * n + k], json_integer_value(cell));
	expect_dropped(t, json_object_get(official, "dropped_quorum"), 0);
	expect_dropped(t, json_object_get(official, "dropped_majority"), 1);
}

static void expect_figures(const test_case *t)
{
	char kind[32], name[256];
	char *colon = strchr(t->field[REFERENCE], ':'), *hash = strchr(t->field[REFERENCE], '#');
	json_t *json, *part;

	if (colon == NULL || t->err != TB_OK || strncmp(t->field[EXPECTED], "differs:", 8) == 0)
		return;
	(void)snprintf(kind, sizeof kind, "%.*s", (int)(colon - t->field[REFERENCE]), t->field[REFERENCE]);
	(void)snprintf(name, sizeof name, "%.*s", hash == NULL ? 255 : (int)(hash - colon - 1), colon + 1);
	json = load(t, name);
	part = hash == NULL ? NULL
			    : json_object_get(
				      json_object_get(json_object_get(json, "results"), hash + 1), "rounds");
	if (strcmp(kind, "official") == 0)
		expect_official(t, json);
	else if (strcmp(kind, "openstv") == 0)
		expect_openstv(t, json_object_get(json, "rounds"));
	else if (strcmp(kind, "droop") == 0)
		expect_droop(t, json_object_get(json, "actions"));
	else if (strcmp(kind, "edge-openstv") == 0)
		expect_openstv(t, part);
	else if (strcmp(kind, "edge-droop") == 0)
		expect_droop(t, part);
	else if (strcmp(kind, "counts") == 0)
		expect_votes(t, 0, json_object_get(json, "counts"));
	else if (strcmp(kind, "burlington") == 0)
		expect_openstv(t, json_object_get(json_object_get(json, "openstv"), "rounds"));
	else if (strcmp(kind, "debian") == 0)
		expect_debian(t, json);
	else
		fail_msg("%s: an unknown kind of reference", kind);
	json_decref(json);
}

/* ---- the table ---- */

static bool may_be_here(const char *licence)
{
	static const char *const kinds[] = {"own", "MIT", "Apache", "Debian", "public record"};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strncmp(licence, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

static void run_case(test_case *t)
{
	const tb_count_method *method = tb_count_method_find(t->field[METHOD]);
	tb_why why;

	assert_non_null(method);
	begin(t);
	t->err = tb_count_run(&t->account, method, &t->ballots, &t->options, &why);
	expect_elected(t);
	expect_figures(t);
	tb_count_account_release(&t->account);
	tb_count_ballots_release(&t->ballots);
}

/* Runs the rows that are (or are not) in the repository, and returns how many they are. */
static unsigned run_table(bool here, const char *folder)
{
	char *table = slurp(HERE, "cases.tsv"), *line = strchr(table, '\n') + 1;
	unsigned num = 0;

	while (*line != '\0') {
		test_case *t = calloc(1, sizeof *t);
		char *end = strchr(line, '\n');

		assert_non_null(t);
		*end = '\0';
		for (int i = 0; i < FIELDS; i++) {
			t->field[i] = line;
			line += strcspn(line, "\t");
			if (i < FIELDS - 1) {
				assert_int_equal(*line, '\t');
				*line++ = '\0';
			}
		}
		t->folder = folder;
		if (may_be_here(t->field[LICENCE]) == here) {
			num++;
			if (folder != NULL)
				run_case(t);
		}
		free(t);
		line = end + 1;
	}
	free(table);
	return num;
}

static void test_cases_of_the_repository(void **state)
{
	(void)state;
	assert_int_equal(run_table(true, HERE), 91);
}

static void test_cases_from_elsewhere(void **state)
{
	const char *folder = getenv("TABELLA_COUNTING_CASES");
	unsigned num = run_table(false, folder);

	(void)state;
	print_message("# %u cases from elsewhere%s\n", num, folder == NULL ? " left out" : "");
	assert_int_equal(num, 39);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases_of_the_repository),
		cmocka_unit_test(test_cases_from_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
