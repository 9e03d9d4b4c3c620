/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/manifest.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

void tb_manifest_init(tb_manifest *m)
{
	memset(m, 0, sizeof *m);
}

static void release_question(tb_question *q)
{
	for (uint32_t i = 0; q->options != NULL && i < q->num_options; i++) {
		free(q->options[i].id);
		free(q->options[i].label);
		free(q->options[i].text);
		free(q->options[i].link);
		free(q->options[i].picture);
	}
	free(q->options);
	free(q->id);
	free(q->title);
	free(q->text);
	free(q->count.method);
	free(q->count.ratios);
}

void tb_manifest_release(tb_manifest *m)
{
	for (uint32_t i = 0; m->questions != NULL && i < m->num_questions; i++)
		release_question(&m->questions[i]);
	for (uint32_t i = 0; m->trustees != NULL && i < m->num_trustees; i++)
		free(m->trustees[i].name);
	for (uint32_t i = 0; m->endorsers != NULL && i < m->num_endorsers; i++) {
		free(m->endorsers[i].id);
		free(m->endorsers[i].name);
	}
	free(m->questions);
	free(m->trustees);
	free(m->endorsers);
	for (uint32_t i = 0; m->witnesses != NULL && i < m->num_witnesses; i++)
		free(m->witnesses[i].name);
	free(m->witnesses);
	free(m->slug);
	free(m->origin);
	free(m->title);
	free(m->text);
	free(m->server_name);
	free(m->admin_name);
	free(m->registrar_name);
	tb_manifest_init(m);
}

/* ---- ids ---- */

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool tb_id_is_valid(const char *id, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_lower_or_digit(id[i]) && id[i] != '.' && id[i] != '_' && id[i] != '-')
			return false;
	/* "." and ".." in an address mean another one to whatever reads addresses [HTTP.VOTER]. */
	return len >= 1 && len <= TB_ID_MAX && !(id[0] == '.' && (len == 1 || (len == 2 && id[1] == '.')));
}

bool tb_slug_is_valid(const char *slug, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_lower_or_digit(slug[i]) && (i == 0 || slug[i] != '-'))
			return false;
	return len >= 1 && len <= TB_ID_MAX;
}

/* ---- what follows from a manifest ---- */

uint64_t tb_manifest_granule(const tb_manifest *m)
{
	static const uint64_t seconds[] = {[TB_GRANULARITY_SECOND] = 1,
		[TB_GRANULARITY_MINUTE] = 60,
		[TB_GRANULARITY_HOUR] = 3600,
		[TB_GRANULARITY_DAY] = 86400};

	TB_REQUIRE(m->granularity < sizeof seconds / sizeof seconds[0]);
	return seconds[m->granularity];
}

uint64_t tb_manifest_floor_time(const tb_manifest *m, uint64_t t)
{
	return t - t % tb_manifest_granule(m);
}

uint64_t tb_manifest_longest_window(const tb_manifest *m)
{
	return (m->rules == TB_RULES_EXTENDED ? UINT64_C(366) : UINT64_C(60)) * 86400;
}

uint32_t tb_manifest_total_endorsers(const tb_manifest *m)
{
	return m->num_trustees + m->num_endorsers;
}

tb_err tb_manifest_count_witnesses(const tb_manifest *m, const tb_note *note, uint32_t *num)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < m->num_witnesses; i++) {
		const tb_witness_key *w = &m->witnesses[i];
		uint64_t time;
		tb_vkey key;
		tb_err err = tb_vkey_init(&key, w->name, TB_VKEY_COSIGNATURE, w->key);

		if (err == TB_OK)
			err = tb_note_verify(note, &key, &time);
		if (err != TB_OK && err != TB_ERR_NOT_FOUND)
			return err;
		found += err == TB_OK ? 1 : 0;
	}
	*num = found;
	return TB_OK;
}

/* ceil((N+t)/2): any two such sets share at least t endorsers [ENDORSE]. */
uint32_t tb_manifest_required_endorsements(const tb_manifest *m)
{
	return (tb_manifest_total_endorsers(m) + m->threshold + 1) / 2;
}

uint32_t tb_manifest_max_score(const tb_manifest *m)
{
	uint32_t max = 0;

	for (uint32_t i = 0; i < m->num_questions; i++)
		if (m->questions[i].score_max > max)
			max = m->questions[i].score_max;
	return max;
}

bool tb_manifest_has_ranked(const tb_manifest *m)
{
	for (uint32_t i = 0; i < m->num_questions; i++)
		if (m->questions[i].method == TB_METHOD_RANKED)
			return true;
	return false;
}

tb_err tb_question_define(tb_bitproof_definition *out, const tb_question *q)
{
	if (q->method == TB_METHOD_RANKED)
		return TB_ERR_RANGE;
	return tb_bitproof_define(out, q->num_options, q->score_max, q->min, q->max, q->blank);
}

tb_err tb_question_define_ranking(tb_ranking_definition *out, const tb_question *q)
{
	if (q->method != TB_METHOD_RANKED)
		return TB_ERR_RANGE;
	return tb_ranking_define(out, q->num_options, q->min, q->max, q->count.equal);
}

/* 0 when it has no definition. */
static size_t part_bytes(const tb_group *g, const tb_question *q)
{
	tb_bitproof_definition def;
	tb_ranking_definition ranking;

	if (tb_question_define_ranking(&ranking, q) == TB_OK)
		return tb_ranking_part_bytes(g, &ranking);
	return tb_question_define(&def, q) == TB_OK ? tb_bitproof_bytes(g, &def) : 0;
}

size_t tb_manifest_ballot_bytes(const tb_manifest *m, size_t id_len)
{
	/* version, length of the id, id, prev, date, checkpoint size and root, number of questions */
	size_t total = 1 + 1 + id_len + 32 + 8 + 8 + 32 + 1;

	for (uint32_t i = 0; i < m->num_questions; i++) {
		size_t part = part_bytes(m->group, &m->questions[i]);

		if (part == 0)
			return 0;
		total += part;
	}
	return total;
}

/* ---- whose key ---- */

static const tb_endorser *find_endorser(const tb_manifest *m, const char *id)
{
	for (uint32_t i = 0; i < m->num_endorsers; i++)
		if (strcmp(m->endorsers[i].id, id) == 0)
			return &m->endorsers[i];
	return NULL;
}

static const tb_trustee *find_trustee(const tb_manifest *m, uint32_t trustee)
{
	return trustee >= 1 && trustee <= m->num_trustees ? &m->trustees[trustee - 1] : NULL;
}

tb_err tb_manifest_signer_key(
	const tb_manifest *m, tb_role role, uint32_t trustee, const char *id, const uint8_t **key)
{
	const tb_trustee *t = role == TB_ROLE_TRUSTEE ? find_trustee(m, trustee) : NULL;
	const tb_endorser *e = role == TB_ROLE_ENDORSER ? find_endorser(m, id) : NULL;

	if (role == TB_ROLE_ADMIN)
		*key = m->admin_key;
	else if (role == TB_ROLE_REGISTRAR)
		*key = m->registrar_key;
	else if (role == TB_ROLE_SERVER)
		*key = m->server_sign_key;
	else if (t != NULL)
		*key = t->sign_key;
	else if (e != NULL)
		*key = e->sign_key;
	else
		return TB_ERR_NOT_FOUND;
	return TB_OK;
}

tb_err tb_manifest_cosign_key(
	const tb_manifest *m, tb_role role, uint32_t trustee, const char *id, const uint8_t **key)
{
	const tb_trustee *t = role == TB_ROLE_TRUSTEE ? find_trustee(m, trustee) : NULL;
	const tb_endorser *e = role == TB_ROLE_ENDORSER ? find_endorser(m, id) : NULL;

	if (t == NULL && e == NULL)
		return TB_ERR_NOT_FOUND;
	*key = t != NULL ? t->cosign_key : e->cosign_key;
	return TB_OK;
}

tb_err tb_manifest_endorser_index(
	const tb_manifest *m, tb_role role, uint32_t trustee, const char *id, uint32_t *index)
{
	const tb_endorser *e = role == TB_ROLE_ENDORSER ? find_endorser(m, id) : NULL;

	if (role == TB_ROLE_TRUSTEE && find_trustee(m, trustee) != NULL)
		*index = trustee - 1;
	else if (e != NULL)
		*index = m->num_trustees + (uint32_t)(e - m->endorsers);
	else
		return TB_ERR_NOT_FOUND;
	return TB_OK;
}
