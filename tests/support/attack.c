/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tb_attack *const tb_attack_tables[] = {tb_attacks_bytes, tb_attacks_manifest, tb_attacks_setup,
	tb_attacks_ballot, tb_attacks_proof, tb_attacks_ranked, tb_attacks_mix, tb_attacks_ranked_count,
	tb_attacks_log, tb_attacks_result, tb_attacks_client, NULL};

const tb_attack *tb_attack_nth(size_t n)
{
	for (size_t t = 0; tb_attack_tables[t] != NULL; t++)
		for (const tb_attack *a = tb_attack_tables[t]; a->id != NULL; a++)
			if (n-- == 0)
				return a;
	return NULL;
}

void tb_attack_replace(tb_buf *bytes, const char *from, const char *to)
{
	size_t from_len = strlen(from);
	const uint8_t *at = memmem(bytes->data, bytes->len, from, from_len);
	tb_buf out;

	if (at == NULL) {
		(void)fprintf(stderr, "attack: there is no %s in %.*s\n", from, (int)bytes->len,
			(const char *)bytes->data);
		abort();
	}
	tb_buf_init(&out, bytes->max);
	tb_buf_append(&out, bytes->data, (size_t)(at - bytes->data));
	tb_buf_text(&out, to);
	tb_buf_append(&out, at + from_len, bytes->len - (size_t)(at - bytes->data) - from_len);
	TB_REQUIRE(tb_buf_status(&out) == TB_OK);
	tb_buf_release(bytes);
	*bytes = out;
}

void tb_attack_here(tb_attack_run *r)
{
	r->has_entry = true;
	r->entry = r->m->num_entries;
}

/* ---- hooks ---- */

static void before(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	tb_attack_run *r = arg;
	const tb_attack *a = r->attack;

	(void)m;
	if (plan->type != a->type || r->seen_entries++ != a->which)
		return;
	if (a->edit == NULL && a->rewrite == NULL && a->from == NULL)
		return;
	tb_attack_here(r);
	if (a->edit != NULL)
		a->edit(r, plan);
	if (a->from != NULL && !a->in_bytes) {
		tb_attack_replace(&plan->payload, a->from, a->to);
		plan->is_signed = false;
	}
}

static void after(void *arg, tb_maker *m, tb_buf *bytes)
{
	tb_attack_run *r = arg;
	const tb_attack *a = r->attack;

	if (!r->has_entry || r->entry != m->num_entries)
		return;
	if (a->rewrite != NULL)
		a->rewrite(r, bytes);
	if (a->from != NULL && a->in_bytes)
		tb_attack_replace(bytes, a->from, a->to);
}

void tb_attack_begin(tb_attack_run *r)
{
	r->m = tb_maker_new(&r->attack->config);
	r->m->is_lenient = true;
	r->m->before = before;
	r->m->after = after;
	r->m->arg = r;
}

/* ---- steps ---- */

static void commit_all(tb_maker *m)
{
	for (uint32_t i = 1; i <= m->manifest.num_trustees; i++)
		tb_maker_commit(m, i);
}

void tb_attack_go(tb_attack_run *r)
{
	tb_maker *m = r->m;

	switch (r->attack->until) {
	case TB_UNTIL_MANIFEST:
		tb_maker_manifest(m);
		break;
	case TB_UNTIL_ROLL:
	case TB_UNTIL_COMMIT:
		tb_maker_manifest(m);
		tb_maker_roll(m);
		if (r->attack->until == TB_UNTIL_COMMIT)
			commit_all(m);
		break;
	case TB_UNTIL_READY:
		tb_maker_until_ready(m);
		break;
	case TB_UNTIL_OPEN:
		tb_maker_until_open(m);
		break;
	case TB_UNTIL_VOTED:
	case TB_UNTIL_CLOSE:
		tb_maker_until_voted(m);
		if (r->attack->until == TB_UNTIL_CLOSE)
			tb_maker_close(m);
		break;
	case TB_UNTIL_ENDORSE:
		tb_maker_until_endorsed(m);
		break;
	case TB_UNTIL_DECRYPT:
		tb_maker_until_decrypted(m);
		break;
	case TB_UNTIL_RESULT:
		tb_maker_run(m);
		break;
	}
}

void tb_attack_vote_all(tb_maker *m)
{
	for (uint32_t i = 0; i < m->num_voters; i++)
		tb_maker_vote(m, i);
}

void tb_attack_other(tb_attack_run *r)
{
	tb_maker_config config = r->attack->config;

	config.slug = "autumn";
	r->other = tb_maker_new(&config);
	tb_maker_until_open(r->other);
}

uint8_t *tb_attack_part(const tb_maker *m, const tb_maker_plan *plan, uint32_t question)
{
	size_t at = plan->payload.len;

	for (uint32_t q = m->manifest.num_questions; q-- > question;)
		at -= tb_election_params_part_len(m->params, q);
	return plan->payload.data + at;
}

/* ---- a run ---- */

void tb_attack_run_new(tb_attack_run *r, const tb_attack *attack)
{
	memset(r, 0, sizeof *r);
	r->attack = attack;
	tb_buf_init(&r->seen, 1 << 16);
	if (attack->make != NULL) {
		attack->make(r);
	} else {
		tb_attack_begin(r);
		tb_attack_go(r);
	}
	if (r->files.num == 0)
		tb_maker_files_new(r->m, &r->files);
	if (attack->files != NULL)
		attack->files(r);
	if (attack->where != NULL)
		(void)snprintf(r->where, sizeof r->where, "%s", attack->where);
}

void tb_attack_run_free(tb_attack_run *r)
{
	tb_maker_files_free(&r->files);
	tb_maker_free(r->m);
	tb_maker_free(r->other);
	tb_buf_release(&r->seen);
	memset(r, 0, sizeof *r);
}

void tb_attack_trust(const tb_attack_run *r, tb_check_trust *out)
{
	memset(out, 0, sizeof *out);
	if (r->seen.len > 0) {
		out->seen = (const char *)r->seen.data;
		out->seen_len = r->seen.len;
	}
	if (r->has_context)
		out->context = r->context;
}
