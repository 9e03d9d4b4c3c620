/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/election/board_internal.h"
#include "core/log/checkpoint.h"

/* After the close: [ENDORSE], [MIX], [DECRYPT.WHEN], [DECRYPT.SHARE], [RESULT]. */

tb_err tb_board_closing(const tb_board *b, tb_tally_close *out)
{
	if (!b->is_closed)
		return TB_ERR_STATE;
	memcpy(out->leaf, b->close_leaf, 32);
	memcpy(out->root, b->close_root, 32);
	out->size = b->close_size;
	/* Nothing changes the roll after `close`, so what it says now is the electorate at the close. */
	out->electorate = tb_roll_num_voters(b->roll);
	out->weight_electorate = tb_roll_total_weight(b->roll);
	return TB_OK;
}

tb_err tb_board_set_tally(tb_board *b, tb_tally *tally)
{
	TB_REQUIRE(tb_tally_is_finished(tally));
	if (!b->is_closed || b->tally != NULL)
		return TB_ERR_STATE;
	b->tally = tally;
	return TB_OK;
}

tb_tally *tb_board_tally(const tb_board *b)
{
	return b->tally;
}

const tb_endorsements *tb_board_endorsements(const tb_board *b)
{
	return b->is_closed ? &b->endorsements : NULL;
}

static void endorser_signer(const tb_manifest *m, uint32_t number, char out[TB_SIGNER_MAX])
{
	if (number < m->num_trustees)
		(void)snprintf(out, TB_SIGNER_MAX, "trustee/%" PRIu32, number + 1);
	else
		(void)snprintf(out, TB_SIGNER_MAX, "endorser/%s", m->endorsers[number - m->num_trustees].id);
}

uint32_t tb_board_result_endorsers(const tb_board *b, char out[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX])
{
	uint32_t num = b->has_decrypt ? b->endorsements_at_decrypt : b->endorsements.num;

	if (!b->is_closed)
		return 0;
	for (uint32_t i = 0; i < num; i++)
		endorser_signer(&b->manifest, b->endorsements.order[i], out[i]);
	return num;
}

/* ---- endorsements ---- */

tb_err tb_board_parse_endorse(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_endorsement_parse(&b->step.endorsement, e->payload, e->payload_len, fault);
}

uint64_t tb_board_earliest_endorsement(const tb_board *b)
{
	TB_REQUIRE(b->is_closed);
	return b->close_time < TB_BOARD_CLOCK_SECONDS ? 1 : b->close_time - TB_BOARD_CLOCK_SECONDS;
}

/*
 * The endorser's own clock bounds the server's: `close` has the time that the server says, and one that is ahead would end the
 * polls before their time.  No endorser whose clock is right endorses that, so it cannot come to a tally.
 */
static tb_err check_cosignature_time(const tb_board *b, uint64_t time, tb_fault *fault)
{
	char expected[100];

	if (time >= tb_board_earliest_endorsement(b))
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "a time of at least %" PRIu64 ", that of close less %d s",
		tb_board_earliest_endorsement(b), TB_BOARD_CLOCK_SECONDS);
	return tb_fault_setf(fault, "ENDORSE", "payload.cosignature", expected, "%" PRIu64, time);
}

static tb_err check_cosignature(const tb_board *b, const tb_entry *e, tb_fault *fault)
{
	static const char expected[] = "a cosignature of the checkpoint that ends with close";
	tb_checkpoint c = {.size = b->close_size};
	const uint8_t *key;
	uint64_t time = 0;
	tb_err err;

	TB_REQUIRE(tb_manifest_cosign_key(&b->manifest, e->role, e->trustee, e->signer_id, &key) == TB_OK);
	(void)snprintf(c.origin, sizeof c.origin, "%s", b->manifest.origin);
	memcpy(c.root, b->close_root, 32);
	err = tb_checkpoint_verify_cosignature(b->step.endorsement.cosignature, &c, key, &time);
	if (err == TB_ERR_SIGNATURE)
		return tb_fault_set(
			fault, "ENDORSE", "payload.cosignature", expected, "one that does not verify");
	return err == TB_OK ? check_cosignature_time(b, time, fault) : err;
}

tb_err tb_board_check_endorse(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	tb_endorsement own;
	uint32_t number;
	tb_err err;

	if (b->tally == NULL)
		return TB_ERR_STATE;
	TB_REQUIRE(tb_manifest_endorser_index(&b->manifest, e->role, e->trustee, e->signer_id, &number) ==
		   TB_OK);
	/* One for each key, ever: who forgot a first one could otherwise be led to endorse a second tally. */
	if (b->endorsements.has[number])
		return tb_fault_setf(fault, "ENDORSE", "signer", "one endorsement of each endorser",
			"a second one of %s", e->signer);
	tb_tally_statement(b->tally, &own);
	err = tb_board_in_payload(tb_endorsement_check(&own, &b->step.endorsement, fault), fault);
	return err == TB_OK ? check_cosignature(b, e, fault) : err;
}

tb_err tb_board_apply_endorse(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	uint32_t number;

	(void)leaf;
	if (tb_manifest_endorser_index(&b->manifest, e->role, e->trustee, e->signer_id, &number) != TB_OK)
		return TB_ERR_STATE;
	return tb_endorsements_add(&b->endorsements, number, &b->step.endorsement);
}

/* ---- what endorsements are needed for ---- */

/* Nothing is decrypted before enough endorsers have said the same about one board [DECRYPT.WHEN]. */
static tb_err check_endorsed(const tb_board *b, const char *rule, const char *what, tb_fault *fault)
{
	char expected[120];
	tb_endorsement own;

	tb_tally_statement(b->tally, &own);
	if (tb_endorsements_suffice(&b->endorsements, &own))
		return TB_OK;
	if (b->gaps.endorsements)
		return TB_ERR_STATE;
	(void)snprintf(expected, sizeof expected, "%" PRIu32 " endorsements of this board before %s",
		tb_endorsements_required(&b->endorsements), what);
	return tb_fault_setf(
		fault, rule, "type", expected, "%" PRIu32, tb_endorsements_matching(&b->endorsements, &own));
}

/* ---- what takes long: checked once, by whomever ---- */

static tb_board_heavy heavy_of(const tb_board *b, const tb_entry *e)
{
	tb_board_heavy h = {.type = e->type, .trustee = e->trustee};
	const tb_mix_stage *stage = tb_tally_stage(b->tally);

	memcpy(h.payload, e->payload_hash, sizeof h.payload);
	if (stage != NULL)
		memcpy(h.stage, tb_mix_stage_hash(stage), sizeof h.stage);
	return h;
}

/* Has this very payload been found right in the present stage? */
static bool is_checked(const tb_board *b, const tb_entry *e)
{
	tb_board_heavy h = heavy_of(b, e);

	return b->has_checked && b->checked.type == h.type && b->checked.trustee == h.trustee &&
	       memcmp(b->checked.payload, h.payload, sizeof h.payload) == 0 &&
	       memcmp(b->checked.stage, h.stage, sizeof h.stage) == 0;
}

static tb_err mark(tb_board *b, const tb_entry *e, tb_err err)
{
	tb_board_heavy h = heavy_of(b, e);

	if (err == TB_OK)
		tb_board_mark_checked(b, &h);
	return err;
}

/* ---- mixes ---- */

bool tb_board_awaits_mix(const tb_board *b, uint32_t trustee)
{
	return b->tally != NULL && tb_tally_mixes_due(b->tally) > 0 &&
	       (trustee == 0 || !tb_tally_has_mix(b->tally, trustee));
}

/* What decides about a mix besides its own bytes [MIX.WHEN]. */
static tb_err check_mix_when(const tb_board *b, const tb_entry *e, tb_fault *fault)
{
	tb_err err = check_endorsed(b, "MIX.WHEN", "a mix", fault);

	if (err != TB_OK)
		return err;
	if (tb_tally_mixes_due(b->tally) == 0)
		return tb_fault_setf(fault, "MIX.WHEN", "type", "as many mixes as the manifest says",
			"one more than %" PRIu32, b->manifest.mixes);
	if (tb_tally_has_mix(b->tally, e->trustee))
		return tb_fault_setf(fault, "MIX.WHEN", "signer", "one mix of each trustee",
			"a second one of %s", e->signer);
	return TB_OK;
}

tb_err tb_board_check_mix(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	const tb_mix_stage *stage;
	tb_err err;

	if (b->tally == NULL || b->gaps.ceremony || b->gaps.mixes)
		return TB_ERR_STATE;
	stage = tb_tally_stage(b->tally);
	if (stage == NULL)
		return tb_fault_set(fault, "MIX.WHEN", "type",
			"no mix: there is no ranked ballot that may be decrypted", "a mix");
	err = tb_board_in_payload(
		tb_mix_check_form(stage, e->trustee, e->payload, e->payload_len, fault), fault);
	if (err == TB_OK)
		err = check_mix_when(b, e, fault);
	if (err != TB_OK || is_checked(b, e))
		return err;
	err = tb_mix_check(stage, e->trustee, e->payload, e->payload_len, tb_tally_work(b->tally), fault);
	return mark(b, e, tb_board_in_payload(err, fault));
}

/* A false mix is taken in all the same where its outputs can be read: what follows is then held against it [CHECK.RECOVERY]. */
tb_err tb_board_apply_mix(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)leaf;
	if (b->tally == NULL || b->gaps.ceremony || b->gaps.mixes || tb_tally_stage(b->tally) == NULL)
		return TB_ERR_STATE;
	if (!is_checked(b, e) && !tb_mix_is_readable(tb_tally_stage(b->tally), e->payload, e->payload_len,
					 tb_tally_work(b->tally)))
		return TB_ERR_STATE;
	return tb_tally_apply_mix(b->tally, e->trustee, e->payload, e->payload_len);
}

/* ---- decryption ---- */

tb_err tb_board_check_decrypt(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	tb_err err;

	if (b->tally == NULL || b->gaps.ceremony || b->gaps.mixes)
		return TB_ERR_STATE;
	err = check_endorsed(b, "DECRYPT.WHEN", "a share", fault);
	if (err != TB_OK)
		return err;
	if (tb_tally_has_decrypt(b->tally, e->trustee))
		return tb_fault_setf(fault, "DECRYPT.SHARE", "signer", "one decrypt entry of each trustee",
			"a second one of %s", e->signer);
	if (is_checked(b, e))
		return TB_OK;
	err = tb_tally_check_decrypt(b->tally, b->ceremony, e->trustee, e->payload, e->payload_len, fault);
	return mark(b, e, tb_board_in_payload(err, fault));
}

tb_err tb_board_apply_decrypt(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_err err;

	(void)leaf;
	if (b->tally == NULL || b->gaps.ceremony || b->gaps.mixes)
		return TB_ERR_STATE;
	if (!is_checked(b, e) && !tb_tally_is_readable(b->tally, e->payload, e->payload_len))
		return TB_ERR_STATE;
	err = tb_tally_apply_decrypt(b->tally, b->ceremony, e->trustee, e->payload, e->payload_len);
	if (err == TB_OK && !b->has_decrypt) {
		b->has_decrypt = true;
		b->endorsements_at_decrypt = b->endorsements.num;
	}
	return err;
}

/* ---- result ---- */

tb_err tb_board_check_result(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	char signers[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];
	const char *list[TB_ENDORSEMENTS_MAX];
	uint32_t num;
	tb_err err;

	/* With a share that is not there the result would be compared with that of other trustees [CHECK.RECOVERY]. */
	if (b->tally == NULL || b->gaps.ceremony || b->gaps.mixes || b->gaps.endorsements)
		return TB_ERR_STATE;
	err = check_endorsed(b, "RESULT", "the result", fault);
	if (err != TB_OK)
		return err;
	if (tb_tally_may_decrypt_any(b->tally) && tb_tally_num_decrypts(b->tally) < b->manifest.threshold)
		return tb_fault_setf(fault, "RESULT", "type",
			"the shares of as many trustees as the threshold says", "%" PRIu32 " of %" PRIu32,
			tb_tally_num_decrypts(b->tally), b->manifest.threshold);
	err = tb_tally_decrypt(b->tally, b->ceremony, NULL, NULL, fault);
	if (err != TB_OK)
		return err;
	num = tb_board_result_endorsers(b, signers);
	for (uint32_t i = 0; i < num; i++)
		list[i] = signers[i];
	return tb_board_in_payload(
		tb_tally_check_result(b->tally, e->payload, e->payload_len, list, num, fault), fault);
}

tb_err tb_board_apply_result(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)e;
	(void)leaf;
	b->phase = TB_PHASE_FINISHED;
	return TB_OK;
}
