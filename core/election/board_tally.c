/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/election/board_internal.h"
#include "core/log/checkpoint.h"

/* After the close: [ENDORSE], [DECRYPT.WHEN], [DECRYPT.SHARE], [RESULT]. */

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

/* ---- decryption ---- */

/* Nothing is decrypted before enough endorsers have said the same about one board [DECRYPT.WHEN]. */
static tb_err check_endorsed(const tb_board *b, const char *rule, const char *what, tb_fault *fault)
{
	char expected[120];
	tb_endorsement own;

	tb_tally_statement(b->tally, &own);
	if (tb_endorsements_suffice(&b->endorsements, &own))
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "%" PRIu32 " endorsements of this board before %s",
		tb_endorsements_required(&b->endorsements), what);
	return tb_fault_setf(
		fault, rule, "type", expected, "%" PRIu32, tb_endorsements_matching(&b->endorsements, &own));
}

tb_err tb_board_check_decrypt(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	tb_err err;

	if (b->tally == NULL || b->gaps.ceremony)
		return TB_ERR_STATE;
	err = check_endorsed(b, "DECRYPT.WHEN", "a share", fault);
	if (err != TB_OK)
		return err;
	if (tb_tally_has_decrypt(b->tally, e->trustee))
		return tb_fault_setf(fault, "DECRYPT.SHARE", "signer", "one decrypt entry of each trustee",
			"a second one of %s", e->signer);
	return tb_board_in_payload(
		tb_tally_check_decrypt(b->tally, b->ceremony, e->trustee, e->payload, e->payload_len, fault),
		fault);
}

tb_err tb_board_apply_decrypt(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_err err;

	(void)leaf;
	if (b->tally == NULL || b->gaps.ceremony)
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

	if (b->tally == NULL || b->gaps.ceremony)
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
