/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
	TB_REQUIRE(memory != NULL);
	return memory;
}

char *example_string(const char *text)
{
	return must(strdup(text));
}

tb_err example_keys(tb_role_keys *out, tb_role role, unsigned index)
{
	tb_code code;

	memset(&code, '0', sizeof code);
	memcpy(code.character, "EXAMP1E", 7);
	code.character[24] = (char)('A' + role);
	code.character[25] = (char)('0' + index);
	return tb_role_keys_derive(out, role, &code);
}

static tb_err public_keys(tb_role_public *out, tb_role role, unsigned index)
{
	tb_role_keys keys;
	tb_err err = example_keys(&keys, role, index);

	return err == TB_OK ? tb_role_keys_public(out, &keys) : err;
}

static tb_err add_roles(tb_manifest *m)
{
	static const char *const names[] = {"Ada", "Bj\xc3\xb6rn", "Chen"};
	tb_role_public keys;
	tb_err err;

	m->server_name = example_string("Example server");
	m->admin_name = example_string("The secretary");
	m->registrar_name = example_string("The registrar");
	err = public_keys(&keys, TB_ROLE_SERVER, 0);
	if (err != TB_OK)
		return err;
	memcpy(m->server_sign_key, keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(m->server_log_key, keys.key[TB_PURPOSE_LOG], 32);
	err = public_keys(&keys, TB_ROLE_ADMIN, 0);
	memcpy(m->admin_key, keys.key[TB_PURPOSE_SIGN], 32);
	if (err == TB_OK)
		err = public_keys(&keys, TB_ROLE_REGISTRAR, 0);
	memcpy(m->registrar_key, keys.key[TB_PURPOSE_SIGN], 32);
	m->threshold = 2;
	m->num_trustees = 3;
	m->trustees = must(calloc(3, sizeof *m->trustees));
	for (unsigned i = 0; err == TB_OK && i < 3; i++) {
		m->trustees[i].name = example_string(names[i]);
		err = public_keys(&keys, TB_ROLE_TRUSTEE, i + 1);
		memcpy(m->trustees[i].sign_key, keys.key[TB_PURPOSE_SIGN], 32);
		memcpy(m->trustees[i].transport_key, keys.key[TB_PURPOSE_TRANSPORT], 32);
		memcpy(m->trustees[i].cosign_key, keys.key[TB_PURPOSE_COSIGN], 32);
	}
	if (err != TB_OK)
		return err;
	m->num_endorsers = 1;
	m->endorsers = must(calloc(1, sizeof *m->endorsers));
	m->endorsers[0].id = example_string("auditor");
	m->endorsers[0].name = example_string("The auditor");
	err = public_keys(&keys, TB_ROLE_ENDORSER, 0);
	memcpy(m->endorsers[0].sign_key, keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(m->endorsers[0].cosign_key, keys.key[TB_PURPOSE_COSIGN], 32);
	return err;
}

/* `options`: id, label, id, label, ..., NULL. */
static void add_question(tb_manifest *m, const tb_question *like, const char *id, const char *title,
	const char *text, const char *const *options)
{
	tb_question *q = &m->questions[m->num_questions++];

	*q = *like;
	q->id = example_string(id);
	q->title = example_string(title);
	q->text = example_string(text);
	for (q->num_options = 0; options[2 * q->num_options] != NULL; q->num_options++)
		;
	q->options = must(calloc(q->num_options, sizeof *q->options));
	for (uint32_t i = 0; i < q->num_options; i++) {
		q->options[i].id = example_string(options[2 * i]);
		q->options[i].label = example_string(options[2 * i + 1]);
		q->options[i].text = example_string(i == 1 ? "Some words.\n\nAnd \"more\" \\ of them." : "");
		q->options[i].link = example_string(i == 1 ? "https://example.org/a?b=c" : "");
	}
}

static void add_questions(tb_manifest *m)
{
	static const char *const budget[] = {"yes", "Yes", "no", "No", NULL};
	static const char *const board[] = {
		"ada", "Ada", "bj-rn", "Bj\xc3\xb6rn", "chen", "Chen", "dora", "Dora", NULL};
	static const char *const days[] = {"mon", "Monday", "tue", "Tuesday", "wed", "Wednesday", NULL};
	static const char *const logo[] = {"tree", "A tree", "boat", "A boat", NULL};
	const tb_question q1 = {.method = TB_METHOD_REFERENDUM,
		.min = 0,
		.max = 1,
		.score_max = 1,
		.winners = 1,
		.quorum = {.base = TB_BASE_ELECTORATE, .a = 1, .b = 5},
		.approval = {.base = TB_BASE_OPTIONS_SUM, .a = 1, .b = 2, .strict = true}};
	const tb_question q2 = {.method = TB_METHOD_CHOOSE,
		.min = 1,
		.max = 3,
		.score_max = 1,
		.blank = true,
		.random_order = true,
		.winners = 2,
		.approval = {.base = TB_BASE_BALLOTS, .a = 2, .b = 5}};
	const tb_question q3 = {.method = TB_METHOD_APPROVAL,
		.min = 0,
		.max = 3,
		.score_max = 1,
		.winners = 1,
		.quorum = {.base = TB_BASE_COUNT, .count = 3}};
	const tb_question q4 = {.method = TB_METHOD_SCORE,
		.min = 0,
		.max = 10,
		.score_max = 5,
		.winners = 1,
		.approval = {.base = TB_BASE_ELECTORATE, .a = 1, .b = 10}};

	m->questions = must(calloc(4, sizeof *m->questions));
	add_question(m, &q1, "budget", "Shall the budget be adopted?", "It was sent to everybody.", budget);
	add_question(m, &q2, "board", "Who shall be on the board?", "", board);
	add_question(m, &q3, "days", "On which days can we meet?", "Line one.\nLine two.", days);
	add_question(m, &q4, "logo", "Which logo?", "", logo);
}

static void add_ranked(tb_manifest *m)
{
	static const char *const chair[] = {
		"ada", "Ada", "bj-rn", "Bj\xc3\xb6rn", "nobody", "None of them", NULL};
	static const char *const council[] = {
		"a", "Anna", "b", "Bert", "c", "Cleo", "d", "Dora", "e", "Emil", NULL};
	static const tb_count_ratio ratios[] = {{3, 1}, {1, 1}, {1, 1}};
	const tb_question q5 = {.method = TB_METHOD_RANKED,
		.max = 3,
		.score_max = 1,
		.winners = 1,
		.quorum = {.base = TB_BASE_COUNT, .count = 2},
		.count = {.equal = true, .default_option = 2, .quorum = 4}};
	const tb_question q6 = {.method = TB_METHOD_RANKED,
		.min = 1,
		.max = 4,
		.score_max = 1,
		.winners = 2,
		.random_order = true,
		.count = {.minimum = 2, .default_option = TB_COUNT_NOBODY}};
	tb_question *q;

	m->questions = must(realloc(m->questions, (m->num_questions + 2) * sizeof *m->questions));
	add_question(m, &q5, "chair", "Who shall chair?", "", chair);
	add_question(m, &q6, "council", "Who shall sit on the council?", "Two of them.", council);
	q = &m->questions[m->num_questions - 2];
	q[0].count.method = example_string("condorcet-debian-1.9");
	q[0].count.ratios = must(malloc(sizeof ratios));
	memcpy(q[0].count.ratios, ratios, sizeof ratios);
	q[1].count.method = example_string("scottish-stv-2007");
	m->mixes = 2;
}

tb_err example_manifest(tb_manifest *m)
{
	tb_manifest_init(m);
	m->slug = example_string("example-2027");
	m->origin = example_string("vote.example.org/e/example-2027");
	m->title = example_string("Example election 2027");
	m->text = example_string("For tests only.\nNobody is elected.");
	m->group = tb_group_ristretto255();
	m->opens = 1803902400; /* 2027-03-01 12:00 UTC */
	m->closes = m->opens + 14 * 86400;
	m->granularity = TB_GRANULARITY_MINUTE;
	m->privacy_floor = 3;
	m->min_holders = 5;
	add_questions(m);
	return add_roles(m);
}

tb_err example_ranked_manifest(tb_manifest *m)
{
	tb_err err = example_manifest(m);

	if (err == TB_OK)
		add_ranked(m);
	return err;
}
