/* SPDX-License-Identifier: Apache-2.0 */
#include "server/state_json.h"

#include <stdio.h>

#include "core/base/json.h"

/* One entry that the election waits for; `time`: not before that. */
static void await_before(
	tb_json_out *out, tb_entry_type type, const char *signer, uint64_t time, uint64_t before)
{
	tb_json_out_object(out, TB_JSON_ITEM);
	tb_json_out_cstring(out, "type", tb_entry_type_name(type));
	tb_json_out_cstring(out, "signer", signer);
	if (time > 0)
		tb_json_out_int(out, "time", time);
	if (before > 0)
		tb_json_out_int(out, "before", before);
	tb_json_out_end(out);
}

static void await(tb_json_out *out, tb_entry_type type, const char *signer, uint64_t time)
{
	await_before(out, type, signer, time, 0);
}

static void await_trustee(tb_json_out *out, tb_entry_type type, uint32_t trustee)
{
	char signer[TB_SIGNER_MAX];

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	await(out, type, signer, 0);
}

static void await_setup(tb_json_out *out, const tb_board *b)
{
	const tb_ceremony *c = tb_board_ceremony(b);
	bool complete = tb_roll_is_final(tb_board_roll(b)) && tb_ceremony_is_complete(c);

	if (!tb_roll_is_final(tb_board_roll(b)))
		await(out, TB_ENTRY_ROLL, "registrar", 0);
	for (uint32_t i = 1; i <= tb_ceremony_num_trustees(c); i++) {
		if (!tb_ceremony_has_commit(c, i))
			await_trustee(out, TB_ENTRY_TRUSTEE_COMMIT, i);
		else if (complete && !tb_ceremony_has_certificate(c, i))
			await_trustee(out, TB_ENTRY_TRUSTEE_CERTIFY, i);
	}
}

static void await_endorsements(tb_json_out *out, const tb_board *b)
{
	const tb_manifest *m = tb_board_manifest(b);
	const tb_endorsements *e = tb_board_endorsements(b);
	char signer[TB_SIGNER_MAX];

	for (uint32_t i = 0; i < e->num_endorsers; i++) {
		if (e->has[i])
			continue;
		if (i < m->num_trustees)
			(void)snprintf(signer, sizeof signer, "trustee/%u", i + 1);
		else
			(void)snprintf(
				signer, sizeof signer, "endorser/%s", m->endorsers[i - m->num_trustees].id);
		await(out, TB_ENTRY_ENDORSE, signer, 0);
	}
}

static void await_closed(tb_json_out *out, const tb_board *b)
{
	const tb_tally *tally = tb_board_tally(b);
	const tb_ceremony *c = tb_board_ceremony(b);
	tb_endorsement statement;

	if (tally == NULL)
		return; /* the server is adding up; nobody else can do anything */
	tb_tally_statement(tally, &statement);
	if (!tb_endorsements_suffice(tb_board_endorsements(b), &statement)) {
		await_endorsements(out, b);
	} else if (tb_tally_mixes_due(tally) > 0) {
		for (uint32_t i = 1; i <= tb_ceremony_num_trustees(c); i++)
			if (!tb_tally_has_mix(tally, i))
				await_trustee(out, TB_ENTRY_MIX, i);
	} else if (tb_tally_may_decrypt_any(tally) &&
		   tb_tally_num_decrypts(tally) < tb_ceremony_threshold(c)) {
		for (uint32_t i = 1; i <= tb_ceremony_num_trustees(c); i++)
			if (!tb_tally_has_decrypt(tally, i))
				await_trustee(out, TB_ENTRY_DECRYPT, i);
	} else {
		await(out, TB_ENTRY_RESULT, "server", 0);
	}
}

static void awaits(tb_json_out *out, const tb_board *b)
{
	tb_json_out_array(out, "awaits");
	switch (tb_board_phase(b)) {
	case TB_PHASE_SETUP:
	case TB_PHASE_CERTIFYING:
		await_setup(out, b);
		break;
	case TB_PHASE_READY:
		/* Whoever reads this after the end sees that it comes no more [OPEN.MISSED]. */
		await_before(out, TB_ENTRY_OPEN, "server", tb_board_manifest(b)->opens, tb_board_closes(b));
		break;
	case TB_PHASE_OPEN:
		await(out, TB_ENTRY_CLOSE, "server", tb_board_closes(b));
		break;
	case TB_PHASE_CLOSED:
		await_closed(out, b);
		break;
	case TB_PHASE_EMPTY:
	case TB_PHASE_FINISHED:
	case TB_PHASE_CANCELLED:
		break;
	}
	tb_json_out_end(out);
}

static void acts(tb_json_out *out, const tb_board *b)
{
	size_t num;
	const uint64_t *index = tb_board_acts(b, &num);

	tb_json_out_array(out, "acts");
	for (size_t i = 0; i < num; i++)
		tb_json_out_int(out, TB_JSON_ITEM, index[i]);
	tb_json_out_end(out);
}

tb_err tb_state_json(tb_buf *buf, const tb_board *b)
{
	const tb_manifest *m = tb_board_manifest(b);
	const tb_binding *binding = tb_board_binding(b);
	uint8_t root[32];
	tb_json_out out;

	tb_board_root(b, root);
	tb_json_out_init(&out, buf);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_cstring(&out, "slug", m->slug);
	tb_json_out_hex(&out, "id", binding->election, sizeof binding->election);
	tb_json_out_cstring(&out, "origin", m->origin);
	tb_json_out_cstring(&out, "title", m->title);
	tb_json_out_bool(&out, "rehearsal", m->rehearsal);
	tb_json_out_cstring(&out, "phase", tb_phase_name(tb_board_phase(b)));
	tb_json_out_int(&out, "opens", m->opens);
	tb_json_out_int(&out, "closes", tb_board_closes(b));
	tb_json_out_int(&out, "time", tb_board_time(b));
	tb_json_out_int(&out, "size", tb_board_size(b));
	tb_json_out_hex(&out, "root", root, sizeof root);
	tb_json_out_int(&out, "voters", tb_roll_num_voters(tb_board_roll(b)));
	tb_json_out_int(&out, "ballots", tb_board_num_ballots(b));
	tb_json_out_int(&out, "counted", tb_board_num_counted(b));
	if (binding->has_context)
		tb_json_out_hex(&out, "context", binding->context, sizeof binding->context);
	awaits(&out, b);
	acts(&out, b);
	tb_json_out_end(&out);
	return tb_json_out_status(&out);
}
