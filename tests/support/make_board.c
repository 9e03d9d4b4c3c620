/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/make_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/client_list.h"
#include "core/log/checkpoint.h"
#include "crypto/merkle.h"
#include "tests/support/fixture.h"

#define OPENS (22000 * UINT64_C(86400)) /* a fixed day: nothing here reads the clock */
#define WINDOW (7 * UINT64_C(86400))

static void fail(const char *what, tb_err err, const tb_fault *fault)
{
	char text[700] = "";

	if (err == TB_ERR_RULE && fault != NULL)
		tb_fault_text(fault, text, sizeof text);
	(void)fprintf(stderr, "make_board: %s: %s %s\n", what, tb_err_text(err), text);
	abort();
}

static void must(const char *what, tb_err err, const tb_fault *fault)
{
	if (err != TB_OK)
		fail(what, err, fault);
}

static void *must_alloc(void *p)
{
	if (p == NULL)
		fail("memory", TB_ERR_MEMORY, NULL);
	return p;
}

/* ---- people ---- */

static void sign_key_new(const tb_maker *m, tb_maker_person *p, const char *role, uint64_t index)
{
	char label[64];

	(void)snprintf(label, sizeof label, "%s sign %llu", role, (unsigned long long)m->config.seed);
	tb_fixture_secret(tb_group_ristretto255(), &p->sign, label, index);
	tb_schnorr_public(p->sign_key, &p->sign);
}

static void person_new(const tb_maker *m, tb_maker_person *p, const char *role, uint64_t index)
{
	const tb_group *r255 = tb_group_ristretto255();
	char label[64];
	uint8_t wide[64];
	tb_point point;

	sign_key_new(m, p, role, index);
	(void)snprintf(label, sizeof label, "%s transport %llu", role, (unsigned long long)m->config.seed);
	tb_fixture_secret(r255, &p->transport, label, index);
	tb_point_mul_generator_secret(r255, &point, &p->transport);
	tb_point_write(r255, p->transport_key, &point);
	(void)snprintf(label, sizeof label, "%s ed25519 %llu", role, (unsigned long long)m->config.seed);
	tb_fixture_bytes(wide, label, index);
	memcpy(p->ed.seed, wide, 32);
	must("ed25519", tb_sign_public(p->ed_key, &p->ed), NULL);
}

static tb_maker_voter *voter_new(tb_maker *m, const char *id, uint32_t weight, uint64_t key_index)
{
	tb_maker_voter *v;
	size_t options = 0;

	if (m->num_voters == m->cap_voters) {
		m->cap_voters = m->cap_voters == 0 ? 64 : 2 * m->cap_voters;
		m->voters = must_alloc(realloc(m->voters, m->cap_voters * sizeof *m->voters));
	}
	v = &m->voters[m->num_voters++];
	memset(v, 0, sizeof *v);
	(void)snprintf(v->id, sizeof v->id, "%s", id);
	v->weight = weight;
	sign_key_new(m, &v->keys, "voter", key_index);
	for (uint32_t q = 0; q < m->manifest.num_questions; q++)
		options += m->manifest.questions[q].num_options;
	v->choice = must_alloc(calloc(options, sizeof *v->choice));
	v->blank = must_alloc(calloc(m->manifest.num_questions, sizeof *v->blank));
	return v;
}

const tb_maker_person *tb_maker_who(const tb_maker *m, const char *signer)
{
	if (strcmp(signer, "server") == 0)
		return &m->server;
	if (strcmp(signer, "admin") == 0)
		return &m->admin;
	if (strcmp(signer, "registrar") == 0)
		return &m->registrar;
	if (strncmp(signer, "trustee/", 8) == 0)
		return &m->trustee[atoi(signer + 8) - 1];
	if (strncmp(signer, "voter/", 6) == 0)
		for (uint32_t i = 0; i < m->num_voters; i++)
			if (strcmp(m->voters[i].id, signer + 6) == 0)
				return &m->voters[i].keys;
	if (strncmp(signer, "endorser/", 9) == 0)
		for (uint32_t i = 0; i < m->manifest.num_endorsers; i++)
			if (strcmp(m->manifest.endorsers[i].id, signer + 9) == 0)
				return &m->endorser[i];
	fail(signer, TB_ERR_NOT_FOUND, NULL);
	return NULL;
}

/* ---- the manifest ---- */

static char *text(const char *s)
{
	return must_alloc(strdup(s));
}

static void question_new(tb_question *q, const char *id, const char *title, tb_method method,
	const char *const *options, uint32_t num)
{
	memset(q, 0, sizeof *q);
	q->id = text(id);
	q->title = text(title);
	q->text = text("");
	q->method = method;
	q->num_options = num;
	q->options = must_alloc(calloc(num, sizeof *q->options));
	for (uint32_t i = 0; i < num; i++) {
		q->options[i].id = text(options[i]);
		q->options[i].label = text(options[i]);
		q->options[i].text = text("");
		q->options[i].link = text("");
	}
	q->max = 1;
	q->score_max = 1;
	q->winners = 1;
}

static void add_ranked(tb_maker *m, tb_question *q)
{
	static const char *const people[] = {"eva", "finn", "gina", "hugo", "ines"};

	question_new(q, "chairs", "Who shall chair the assembly?", TB_METHOD_RANKED, people, 5);
	q->max = 5;
	q->winners = 2;
	q->count.method = text("scottish-stv-2007");
	q->count.default_option = TB_COUNT_NOBODY;
	m->manifest.mixes = m->config.threshold;
}

static void add_questions(tb_maker *m)
{
	static const char *const yes_no[] = {"yes", "no"};
	static const char *const people[] = {"ada", "ben", "cleo", "dan"};
	static const char *const projects[] = {"bench", "garden", "lamp"};
	tb_question *q = must_alloc(calloc(4, sizeof *q));
	uint32_t plain = m->config.small ? 1 : 3;

	m->manifest.questions = q;
	m->manifest.num_questions = plain + m->config.ranked;
	if (m->config.ranked)
		add_ranked(m, &q[plain]);
	question_new(
		&q[0], "statutes", "Shall the new statutes be adopted?", TB_METHOD_REFERENDUM, yes_no, 2);
	q[0].quorum = (tb_bar){.base = TB_BASE_ELECTORATE, .a = 1, .b = 4};
	q[0].approval = (tb_bar){.base = TB_BASE_BALLOTS, .a = 1, .b = 2, .strict = true};
	if (m->config.small)
		return;
	question_new(&q[1], "board", "Who shall sit on the board?", TB_METHOD_CHOOSE, people, 4);
	q[1].min = 1;
	q[1].max = 2;
	q[1].blank = true;
	q[1].winners = 2;
	question_new(&q[2], "projects", "How much do you like each project?", TB_METHOD_SCORE, projects, 3);
	q[2].score_max = 5;
	q[2].max = 15;
}

static void fill_manifest(tb_maker *m)
{
	tb_manifest *f = &m->manifest;
	const char *slug = m->config.slug != NULL ? m->config.slug : "spring";
	char name[64];

	tb_manifest_init(f);
	f->slug = text(slug);
	(void)snprintf(name, sizeof name, "vote.example.org/e/%.40s", slug);
	f->origin = text(name);
	f->title = text("Spring assembly");
	f->text = text("Test data.");
	f->group = tb_group_by_name(m->config.group != NULL ? m->config.group : "ristretto255");
	f->opens = OPENS;
	f->closes = OPENS + WINDOW;
	f->granularity = TB_GRANULARITY_MINUTE;
	f->revote = TB_REVOTE_LAST;
	f->weights_warn = true;
	f->min_holders = 1;
	f->server_name = text("Server");
	f->admin_name = text("Admin");
	f->registrar_name = text("Registrar");
	memcpy(f->server_sign_key, m->server.sign_key, 32);
	memcpy(f->server_log_key, m->server.ed_key, 32);
	memcpy(f->admin_key, m->admin.sign_key, 32);
	memcpy(f->registrar_key, m->registrar.sign_key, 32);
	f->threshold = m->config.threshold;
	f->num_trustees = m->config.num_trustees;
	f->trustees = must_alloc(calloc(f->num_trustees, sizeof *f->trustees));
	for (uint32_t i = 0; i < f->num_trustees; i++) {
		(void)snprintf(name, sizeof name, "Trustee %u", i + 1);
		f->trustees[i].name = text(name);
		memcpy(f->trustees[i].sign_key, m->trustee[i].sign_key, 32);
		memcpy(f->trustees[i].transport_key, m->trustee[i].transport_key, 32);
		memcpy(f->trustees[i].cosign_key, m->trustee[i].ed_key, 32);
	}
	f->num_endorsers = m->config.num_endorsers;
	f->endorsers =
		f->num_endorsers == 0 ? NULL : must_alloc(calloc(f->num_endorsers, sizeof *f->endorsers));
	for (uint32_t i = 0; i < f->num_endorsers; i++) {
		(void)snprintf(name, sizeof name, "auditor-%u", i + 1);
		f->endorsers[i].id = text(name);
		f->endorsers[i].name = text(name);
		memcpy(f->endorsers[i].sign_key, m->endorser[i].sign_key, 32);
		memcpy(f->endorsers[i].cosign_key, m->endorser[i].ed_key, 32);
	}
}

tb_maker *tb_maker_new(const tb_maker_config *config)
{
	tb_maker *m = must_alloc(calloc(1, sizeof *m));
	char id[32];

	if (config != NULL)
		m->config = *config;
	if (m->config.num_voters == 0)
		m->config.num_voters = 5;
	if (m->config.chunk == 0)
		m->config.chunk = TB_ROLL_CHUNK_MAX;
	if (m->config.num_trustees == 0) {
		m->config.num_trustees = 3;
		m->config.threshold = 2;
	}
	person_new(m, &m->server, "server", 0);
	person_new(m, &m->admin, "admin", 0);
	person_new(m, &m->registrar, "registrar", 0);
	for (uint32_t i = 0; i < m->config.num_trustees; i++)
		person_new(m, &m->trustee[i], "trustee", i);
	for (uint32_t i = 0; i < m->config.num_endorsers; i++)
		person_new(m, &m->endorser[i], "endorser", i);
	fill_manifest(m);
	add_questions(m);
	if (m->config.edit != NULL)
		m->config.edit(m->config.arg, &m->manifest);
	for (uint32_t i = 0; i < m->config.num_voters; i++) {
		(void)snprintf(id, sizeof id, "v%07u", i + 1);
		(void)voter_new(m, id, m->config.weights == 0 ? 1 : i % m->config.weights + 1, i);
	}
	m->now = tb_manifest_floor_time(&m->manifest, m->manifest.opens - 7200);
	must("board", tb_board_new(&m->board), NULL);
	return m;
}

void tb_maker_free(tb_maker *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; i < m->num_voters; i++) {
		free(m->voters[i].choice);
		free(m->voters[i].blank);
	}
	free(m->voters);
	for (size_t i = 0; i < m->num_entries; i++)
		tb_buf_release(&m->entries[i]);
	for (size_t i = 0; i < m->num_blobs; i++)
		tb_buf_release(&m->blobs[i]);
	free(m->entries);
	free(m->blobs);
	tb_election_params_free(m->params);
	tb_board_free(m->board);
	tb_manifest_release(&m->manifest);
	free(m);
}

/* ---- posting ---- */

static tb_buf *list_add(tb_buf **list, size_t *num, size_t *cap, const void *bytes, size_t len)
{
	tb_buf *b;

	if (*num == *cap) {
		*cap = *cap == 0 ? 64 : 2 * *cap;
		*list = must_alloc(realloc(*list, *cap * sizeof **list));
	}
	b = &(*list)[(*num)++];
	tb_buf_init(b, TB_BLOB_MAX_BYTES);
	tb_buf_append(b, bytes, len);
	must("bytes", tb_buf_status(b), NULL);
	return b;
}

/* The blob that this entry names; false when nobody has it. */
static bool attach(const tb_maker *m, tb_entry *e)
{
	tb_fault ignored;

	/* The latest first: a roll of a million voters has a thousand blobs, each asked for when it was just made. */
	for (size_t i = m->num_blobs; i > 0 && e->is_blob; i--)
		if (tb_entry_attach_blob(e, m->blobs[i - 1].data, m->blobs[i - 1].len, &ignored) == TB_OK)
			return true;
	return !e->is_blob;
}

static void refused(tb_maker *m, const char *what, tb_err err, const tb_fault *fault)
{
	if (!m->is_lenient)
		fail(what, err, fault);
	m->last_fault = *fault;
	m->num_refused++;
}

void tb_maker_append(tb_maker *m, const void *bytes, size_t len)
{
	tb_fault fault = {0};
	tb_buf room;
	tb_entry e;
	uint8_t leaf[32];
	tb_err err;
	bool taken;

	if (m->stream != NULL)
		m->stream(m->stream_arg, bytes, len);
	else
		(void)list_add(&m->entries, &m->num_entries, &m->cap_entries, bytes, len);
	tb_merkle_leaf(leaf, bytes, len);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_entry_parse(&e, &room, bytes, len, &fault);
	if (err != TB_OK || !attach(m, &e)) {
		refused(m, "parse", err, &fault);
		must("skip", tb_board_skip(m->board, leaf), NULL);
		tb_buf_release(&room);
		return;
	}
	err = tb_board_check(m->board, &e, leaf, &fault);
	if (err == TB_OK) {
		must("apply", tb_board_apply(m->board, &e, leaf), NULL);
	} else {
		refused(m, tb_entry_type_name(e.type), err, &fault);
		must("apply", tb_board_apply_refused(m->board, &e, leaf, &taken), NULL);
	}
	tb_buf_release(&room);
}

void tb_maker_plan_init(tb_maker *m, tb_maker_plan *plan, tb_entry_type type, const char *signer)
{
	memset(plan, 0, sizeof *plan);
	plan->type = type;
	(void)snprintf(plan->signer, sizeof plan->signer, "%s", signer);
	plan->time = m->now;
	plan->key = tb_maker_who(m, signer)->sign;
	plan->binding = *tb_board_binding(m->board);
	tb_buf_init(&plan->payload, TB_BLOB_MAX_BYTES);
}

/* The exact bytes of the entry; its blob, if it has one, is among m->blobs then. */
static void sign_and_write(tb_maker *m, tb_maker_plan *plan, tb_buf *bytes)
{
	uint8_t random[64];
	tb_fault fault;
	tb_entry e;

	must("payload", tb_buf_status(&plan->payload), NULL);
	must("entry",
		tb_entry_init(&e, plan->type, plan->signer, plan->payload.data, plan->payload.len, &fault),
		&fault);
	e.time = plan->time;
	tb_fixture_bytes(random, "maker random", m->num_entries);
	if (plan->is_signed)
		memcpy(e.signature, plan->signature, sizeof e.signature);
	else
		must("sign", tb_entry_sign(&e, &plan->binding, &plan->key, random), NULL);
	must("write", tb_entry_write(bytes, &e), NULL);
	if (plan->payload.len > TB_ENTRY_MAX_INLINE)
		(void)list_add(
			&m->blobs, &m->num_blobs, &m->cap_blobs, plan->payload.data, plan->payload.len);
}

void tb_maker_post(tb_maker *m, tb_maker_plan *plan)
{
	tb_buf bytes;

	if (m->before != NULL)
		m->before(m->arg, m, plan);
	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	sign_and_write(m, plan, &bytes);
	if (m->after != NULL)
		m->after(m->arg, m, &bytes);
	tb_maker_append(m, bytes.data, bytes.len);
	tb_buf_release(&bytes);
	tb_buf_release(&plan->payload);
}

tb_err tb_maker_try(tb_maker *m, tb_maker_plan *plan, tb_fault *fault)
{
	uint8_t leaf[32];
	tb_buf bytes, room;
	tb_entry e;
	tb_err err;

	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	sign_and_write(m, plan, &bytes);
	tb_merkle_leaf(leaf, bytes.data, bytes.len);
	err = tb_entry_parse(&e, &room, bytes.data, bytes.len, fault);
	if (err == TB_OK && attach(m, &e))
		err = tb_board_check(m->board, &e, leaf, fault);
	tb_buf_release(&room);
	tb_buf_release(&bytes);
	tb_buf_release(&plan->payload);
	return err;
}

/* ---- steps ---- */

void tb_maker_manifest(tb_maker *m)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	must("manifest", tb_manifest_write(&plan.payload, &m->manifest), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_roll(tb_maker *m)
{
	for (uint32_t first = 0; first < m->config.num_voters; first += m->config.chunk) {
		uint32_t left = m->config.num_voters - first,
			 num = left < m->config.chunk ? left : m->config.chunk;
		tb_roll_voter *list = must_alloc(calloc(num, sizeof *list));
		tb_roll_chunk chunk = {.first = first, .is_final = num == left, .voters = list, .num = num};
		tb_maker_plan plan;

		for (uint32_t i = 0; i < num; i++) {
			const tb_maker_voter *v = &m->voters[first + i];

			list[i].id = v->id;
			list[i].label = v->id;
			list[i].weight = v->weight;
			memcpy(list[i].key, v->keys.sign_key, 32);
		}
		tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL, "registrar");
		must("roll", tb_roll_chunk_write(&plan.payload, &chunk), NULL);
		free(list);
		tb_maker_post(m, &plan);
	}
}

static void signer_of(char out[TB_SIGNER_MAX], uint32_t trustee)
{
	(void)snprintf(out, TB_SIGNER_MAX, "trustee/%u", trustee);
}

void tb_maker_commit(tb_maker *m, uint32_t trustee)
{
	tb_maker_plan plan;
	tb_fault fault;
	char signer[TB_SIGNER_MAX];

	signer_of(signer, trustee);
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_COMMIT, signer);
	must("commit",
		tb_ceremony_make_commit(tb_board_ceremony(m->board), &plan.payload, trustee,
			&m->trustee[trustee - 1].transport, &fault),
		&fault);
	tb_maker_post(m, &plan);
}

void tb_maker_certify(tb_maker *m, uint32_t trustee)
{
	tb_maker_plan plan;
	char signer[TB_SIGNER_MAX];
	uint8_t root[32];
	uint64_t size;

	signer_of(signer, trustee);
	tb_board_certify_point(m->board, &size, root);
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_CERTIFY, signer);
	must("certify",
		tb_ceremony_make_certify(tb_board_ceremony(m->board), &plan.payload, trustee, size, root),
		NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_open(tb_maker *m)
{
	tb_open open = {
		.size = tb_board_size(m->board), .public_key_len = tb_group_point_bytes(m->manifest.group)};
	tb_maker_plan plan;

	m->now = m->manifest.opens;
	tb_board_root(m->board, open.root);
	tb_point_write(m->manifest.group, open.public_key, tb_ceremony_h(tb_board_ceremony(m->board)));
	tb_maker_plan_init(m, &plan, TB_ENTRY_OPEN, "server");
	must("open", tb_open_write(&plan.payload, &open), NULL);
	tb_maker_post(m, &plan);
	must("params",
		tb_election_params_new(&m->params, &m->manifest, tb_ceremony_h(tb_board_ceremony(m->board)),
			tb_board_binding(m->board)->context),
		NULL);
	must("prover", tb_election_params_add_prover(m->params), NULL);
}

void tb_maker_notice(tb_maker *m, const char *words)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_NOTICE, "admin");
	must("notice", tb_notice_write(&plan.payload, words), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_cancel(tb_maker *m)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_CANCEL, "admin");
	must("cancel", tb_cancel_write(&plan.payload, "A share was bad."), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_client(tb_maker *m, unsigned version)
{
	tb_client_item files[3] = {
		{.path = "/", .sha256 = {1}}, {.path = "/client/style-00000000000000aa.css", .sha256 = {2}}};
	tb_client_list list = {.files = files, .num = 3};
	tb_maker_plan plan;

	(void)snprintf(files[2].path, sizeof files[2].path, "/e/%s/vote", m->manifest.slug);
	files[2].sha256[31] = (uint8_t)version;
	tb_maker_plan_init(m, &plan, TB_ENTRY_CLIENT, "server");
	must("client", tb_client_list_write(&plan.payload, &list), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_extend(tb_maker *m, uint64_t closes)
{
	char reason[] = "The server was down.";
	tb_extend extend = {.closes = closes, .reason = reason};
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_EXTEND, "admin");
	must("extend", tb_extend_write(&plan.payload, &extend), NULL);
	tb_maker_post(m, &plan);
}

static void post_change(tb_maker *m, tb_roll_change *change)
{
	char reason[] = "Asked for at the desk.";
	tb_maker_plan plan;

	change->reason = reason;
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	must("roll.change", tb_roll_change_write(&plan.payload, change), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_add(tb_maker *m, const char *id, uint32_t weight)
{
	tb_maker_voter *v = voter_new(m, id, weight, m->num_voters);
	tb_roll_change change = {.action = TB_ROLL_ADD, .voter = v->id, .label = v->id, .weight = weight};

	memcpy(change.key, v->keys.sign_key, 32);
	post_change(m, &change);
}

void tb_maker_remove(tb_maker *m, uint32_t voter)
{
	char none[] = "";
	tb_roll_change change = {.action = TB_ROLL_REMOVE, .voter = m->voters[voter].id, .label = none};

	m->voters[voter].is_removed = true;
	post_change(m, &change);
}

void tb_maker_renew(tb_maker *m, uint32_t voter)
{
	tb_maker_renew_as(m, voter, "renewed voter");
}

void tb_maker_renew_as(tb_maker *m, uint32_t voter, const char *label)
{
	char none[] = "";
	tb_roll_change change = {.action = TB_ROLL_CREDENTIAL, .voter = m->voters[voter].id, .label = none};

	sign_key_new(m, &m->voters[voter].keys, label, voter);
	memcpy(change.key, m->voters[voter].keys.sign_key, 32);
	post_change(m, &change);
}

/* ---- votes ---- */

static uint32_t dice(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33) % below;
}

/* Ranks without gaps, each once, for as many options as the question wants. */
static void rank(const tb_question *q, uint64_t *state, uint32_t *value)
{
	uint32_t num = q->min + dice(state, q->max - q->min + 1);

	memset(value, 0, q->num_options * sizeof *value);
	for (uint32_t r = 1; r <= num; r++) {
		uint32_t i = dice(state, q->num_options);

		while (value[i] != 0)
			i = (i + 1) % q->num_options;
		value[i] = r;
	}
}

/* A valid choice for one question. */
static void choose(const tb_question *q, uint64_t *state, uint32_t *value, bool *blank)
{
	uint32_t left = q->max;

	if (q->method == TB_METHOD_RANKED) {
		rank(q, state, value);
		*blank = false;
		return;
	}
	memset(value, 0, q->num_options * sizeof *value);
	*blank = q->blank && dice(state, 5) == 0;
	if (*blank)
		return;
	if (q->score_max > 1) {
		for (uint32_t i = 0; i < q->num_options; i++) {
			value[i] = dice(state, (q->score_max < left ? q->score_max : left) + 1);
			left -= value[i];
		}
		return;
	}
	for (uint32_t n = q->min + dice(state, q->max - q->min + 1); n > 0; n--) {
		uint32_t i = dice(state, q->num_options);

		while (value[i] != 0)
			i = (i + 1) % q->num_options;
		value[i] = 1;
	}
}

static void choose_all(const tb_maker *m, uint32_t voter, tb_choices *c)
{
	tb_maker_voter *v = &m->voters[voter];
	uint64_t state = m->config.seed * 1000003 + voter * 97 + v->num_ballots;
	uint32_t *value = v->choice;

	must("choices", tb_choices_new(c, &m->manifest), NULL);
	for (uint32_t q = 0; q < m->manifest.num_questions; q++) {
		uint32_t num = m->manifest.questions[q].num_options;

		(void)dice(&state, 2);
		choose(&m->manifest.questions[q], &state, value, &v->blank[q]);
		c->blank[q] = v->blank[q];
		memcpy(c->value[q], value, num * sizeof *value);
		value += num;
	}
}

void tb_maker_plan_vote(tb_maker *m, uint32_t voter, tb_maker_plan *plan)
{
	tb_maker_voter *v = &m->voters[voter];
	char signer[TB_SIGNER_MAX], label[64];
	tb_ballot_head head;
	tb_choices choices;
	uint8_t seed[64];
	tb_fault fault;

	memset(&head, 0, sizeof head);
	(void)snprintf(head.voter, sizeof head.voter, "%s", v->id);
	memcpy(head.prev, v->latest, 32);
	head.date = m->now;
	head.checkpoint_size = tb_board_size(m->board);
	tb_board_root(m->board, head.checkpoint_root);
	choose_all(m, voter, &choices);
	(void)snprintf(signer, sizeof signer, "voter/%s", v->id);
	tb_maker_plan_init(m, plan, TB_ENTRY_BALLOT, signer);
	(void)snprintf(
		label, sizeof label, "ballot %llu %u", (unsigned long long)m->config.seed, v->num_ballots);
	tb_fixture_bytes(seed, label, voter);
	must("ballot",
		tb_ballot_make(m->params, &plan->payload, plan->signature, &head, &plan->key, &choices, seed,
			&plan->binding, &fault),
		&fault);
	plan->is_signed = true;
	tb_choices_release(&choices);
}

void tb_maker_vote(tb_maker *m, uint32_t voter)
{
	tb_maker_voter *v = &m->voters[voter];
	tb_maker_plan plan;
	tb_buf *last;

	tb_maker_plan_vote(m, voter, &plan);
	tb_maker_post(m, &plan);
	last = &m->entries[m->num_entries - 1];
	tb_merkle_leaf(v->latest, last->data, last->len);
	v->num_ballots++;
}

uint64_t tb_maker_expected(const tb_maker *m, uint32_t question, uint32_t option)
{
	uint32_t at = option;
	uint64_t sum = 0;

	for (uint32_t q = 0; q < question; q++)
		at += m->manifest.questions[q].num_options;
	for (uint32_t i = 0; i < m->num_voters; i++)
		if (m->voters[i].num_ballots > 0 && !m->voters[i].is_removed)
			sum += (uint64_t)m->voters[i].weight * m->voters[i].choice[at];
	return sum;
}

/* ---- after the close ---- */

void tb_maker_close(tb_maker *m)
{
	tb_close close = {.size = tb_board_size(m->board),
		.ballots = tb_board_num_ballots(m->board),
		.voters = tb_board_num_counted(m->board)};
	tb_maker_plan plan;

	m->now = tb_board_closes(m->board);
	tb_board_root(m->board, close.root);
	tb_maker_plan_init(m, &plan, TB_ENTRY_CLOSE, "server");
	must("close", tb_close_write(&plan.payload, &close), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_tally(tb_maker *m)
{
	tb_tally_close closing;
	tb_board_ballot at;
	tb_tally *tally;
	tb_fault fault;

	must("tally", tb_tally_new(&tally, tb_board_params(m->board)), NULL);
	for (size_t i = 0; i < tb_board_close_size(m->board); i++) {
		tb_buf room;
		tb_entry e;
		uint8_t leaf[32];

		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		if (tb_entry_parse(&e, &room, m->entries[i].data, m->entries[i].len, &fault) == TB_OK &&
			e.type == TB_ENTRY_BALLOT && attach(m, &e) &&
			tb_board_ballot_at(m->board, e.signer_id, i, &at) == TB_OK && at.is_counted) {
			tb_merkle_leaf(leaf, m->entries[i].data, m->entries[i].len);
			must("list", tb_tally_list(tally, i, leaf, at.weight), NULL);
			must("add",
				tb_tally_add_payload(tally, i, e.payload, e.payload_len, at.weight, &fault),
				&fault);
		}
		tb_buf_release(&room);
	}
	must("closing", tb_board_closing(m->board, &closing), NULL);
	must("finish", tb_tally_finish(tally, &closing), NULL);
	must("set tally", tb_board_set_tally(m->board, tally), NULL);
}

static void endorser_signer(const tb_maker *m, char out[TB_SIGNER_MAX], uint32_t number)
{
	if (number < m->manifest.num_trustees)
		signer_of(out, number + 1);
	else
		(void)snprintf(out, TB_SIGNER_MAX, "endorser/%s",
			m->manifest.endorsers[number - m->manifest.num_trustees].id);
}

/* The endorser's C2SP cosignature of the checkpoint that ends with `close`. */
static void cosign(const tb_maker *m, const char *signer, tb_endorsement *own)
{
	tb_checkpoint c = {.size = own->size};

	(void)snprintf(c.origin, sizeof c.origin, "%s", m->manifest.origin);
	memcpy(c.root, own->root, 32);
	must("cosign", tb_checkpoint_cosign(own->cosignature, &c, m->now, &tb_maker_who(m, signer)->ed),
		NULL);
}

void tb_maker_endorse(tb_maker *m, uint32_t number)
{
	char signer[TB_SIGNER_MAX];
	tb_endorsement own;
	tb_maker_plan plan;

	endorser_signer(m, signer, number);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ENDORSE, signer);
	tb_tally_statement(tb_board_tally(m->board), &own);
	cosign(m, signer, &own);
	must("endorse", tb_endorsement_write(&plan.payload, &own), NULL);
	tb_maker_post(m, &plan);
}

void tb_maker_mix(tb_maker *m, uint32_t trustee)
{
	const tb_parallel work = {.threads = 0};
	char signer[TB_SIGNER_MAX];
	tb_maker_plan plan;
	tb_fault fault;

	signer_of(signer, trustee);
	tb_maker_plan_init(m, &plan, TB_ENTRY_MIX, signer);
	must("mix",
		tb_mix_make(tb_tally_stage(tb_board_tally(m->board)), &plan.payload, trustee, &work, &fault),
		&fault);
	tb_maker_post(m, &plan);
}

void tb_maker_decrypt(tb_maker *m, uint32_t trustee)
{
	const tb_ceremony *c = tb_board_ceremony(m->board);
	char signer[TB_SIGNER_MAX];
	tb_maker_plan plan;
	tb_secret share;
	tb_fault fault;
	uint32_t blame;

	signer_of(signer, trustee);
	must("receive",
		tb_ceremony_receive(c, &share, trustee, &m->trustee[trustee - 1].transport, &blame, &fault),
		&fault);
	tb_maker_plan_init(m, &plan, TB_ENTRY_DECRYPT, signer);
	must("decrypt",
		tb_tally_make_decrypt(tb_board_tally(m->board), c, &plan.payload, trustee, &share, &fault),
		&fault);
	tb_maker_post(m, &plan);
}

void tb_maker_result(tb_maker *m)
{
	char signers[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];
	const char *list[TB_ENDORSEMENTS_MAX];
	tb_tally *tally = tb_board_tally(m->board);
	tb_maker_plan plan;
	tb_fault fault;
	uint32_t num;

	must("combine", tb_tally_decrypt(tally, tb_board_ceremony(m->board), NULL, NULL, &fault), &fault);
	num = tb_board_result_endorsers(m->board, signers);
	for (uint32_t i = 0; i < num; i++)
		list[i] = signers[i];
	tb_maker_plan_init(m, &plan, TB_ENTRY_RESULT, "server");
	must("result", tb_tally_make_result(tally, &plan.payload, list, num), NULL);
	tb_maker_post(m, &plan);
}

/* ---- several steps ---- */

void tb_maker_until_ready(tb_maker *m)
{
	tb_maker_manifest(m);
	tb_maker_roll(m);
	for (uint32_t i = 1; i <= m->manifest.num_trustees; i++)
		tb_maker_commit(m, i);
	for (uint32_t i = 1; i <= m->manifest.num_trustees; i++)
		tb_maker_certify(m, i);
}

void tb_maker_until_open(tb_maker *m)
{
	tb_maker_until_ready(m);
	if (m->config.client)
		tb_maker_client(m, 0);
	tb_maker_open(m);
}

static void tick(tb_maker *m)
{
	uint64_t granule = tb_manifest_granule(&m->manifest);

	if (m->now + 10 * granule < tb_board_closes(m->board))
		m->now += granule;
}

void tb_maker_until_voted(tb_maker *m)
{
	uint32_t num = m->num_voters;

	tb_maker_until_open(m);
	for (uint32_t i = 0; i < num; i++) {
		if (m->config.abstain != 0 && i % m->config.abstain == m->config.abstain - 1)
			continue;
		tb_maker_vote(m, i);
		tick(m);
	}
	if (m->config.extras) {
		tb_maker_notice(m, "The server was down for an hour.");
		tb_maker_extend(m, m->manifest.closes + 86400);
		tb_maker_add(m, "late", 1);
		tb_maker_vote(m, num);
		tb_maker_renew(m, 1);
		tb_maker_remove(m, 0);
		tick(m);
	}
	for (uint32_t i = 1; m->config.revote != 0 && i < num; i += m->config.revote) {
		tb_maker_vote(m, i);
		tick(m);
	}
	if (m->config.client)
		tb_maker_client(m, 1);
}

void tb_maker_until_closed(tb_maker *m)
{
	tb_maker_until_voted(m);
	tb_maker_close(m);
	tb_maker_tally(m);
}

void tb_maker_until_endorsed(tb_maker *m)
{
	uint32_t all = tb_manifest_total_endorsers(&m->manifest);

	tb_maker_until_closed(m);
	for (uint32_t i = 0; i < all; i++)
		tb_maker_endorse(m, i);
}

void tb_maker_until_mixed(tb_maker *m)
{
	tb_maker_until_endorsed(m);
	for (uint32_t i = 1; tb_tally_mixes_due(tb_board_tally(m->board)) > 0; i++)
		tb_maker_mix(m, i);
}

void tb_maker_until_decrypted(tb_maker *m)
{
	tb_maker_until_mixed(m);
	for (uint32_t i = 1; i <= m->manifest.threshold; i++)
		if (tb_tally_may_decrypt_any(tb_board_tally(m->board)))
			tb_maker_decrypt(m, i);
}

void tb_maker_run(tb_maker *m)
{
	tb_maker_until_decrypted(m);
	tb_maker_result(m);
}
