/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/common_endorse.h"
#include "cli/trustee.h"

/* After the close: endorse the board, then decrypt what was endorsed and nothing else [ENDORSE] [DECRYPT.WHEN]. */

/* ---- endorse ---- */

static int run_endorse(const tb_args *args)
{
	tb_trustee_self self = {.index = 0};
	tb_client client;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK)
		exit_code = tb_trustee_identify(args, tb_board_manifest(client.board), &self);
	tb_client_close(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_endorse(args, self.signer, &self.keys);
	tb_role_keys_wipe(&self.keys);
	return exit_code;
}

/* ---- decrypt ---- */

/* Enough endorsers say what this trustee found out by itself, and it has not said anything else before. */
static int may_decrypt(const tb_verified *v, const tb_trustee_self *self)
{
	const tb_board *b = v->report.board;
	const tb_tally *tally = tb_board_tally(b);
	tb_endorsement own;

	if (tally == NULL) {
		(void)tb_args_error(v->client.args, "the polls are not closed yet");
		return TB_EXIT_WAIT;
	}
	if (!tb_tally_may_decrypt_any(tally)) {
		(void)tb_args_error(v->client.args,
			"DECRYPT.WHEN: no question may be decrypted: quorum missed or too few ballots");
		return TB_EXIT_NO;
	}
	tb_tally_statement(tally, &own);
	if (!tb_endorsements_suffice(tb_board_endorsements(b), &own)) {
		(void)tb_args_error(v->client.args,
			"DECRYPT.WHEN: %u of the %u endorsements that are needed agree with this board",
			tb_endorsements_matching(tb_board_endorsements(b), &own),
			tb_endorsements_required(tb_board_endorsements(b)));
		return TB_EXIT_WAIT;
	}
	if (tb_tally_mixes_due(tally) > 0) {
		(void)tb_args_error(v->client.args, "DECRYPT.LIST: %u of %u mixes are still to come",
			tb_tally_mixes_due(tally), tb_board_manifest(b)->mixes);
		return TB_EXIT_WAIT;
	}
	return tb_endorse_allows(v, self->signer, &own);
}

static int post_share(tb_verified *v, const tb_trustee_self *self)
{
	const tb_board *b = v->report.board;
	const tb_ceremony *ceremony = tb_board_ceremony(b);
	uint32_t blame = 0;
	tb_secret share;
	tb_fault fault;
	tb_buf payload;
	tb_err err;
	int exit_code;

	tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
	err = tb_ceremony_receive(ceremony, &share, self->index, &self->keys.transport, &blame, &fault);
	if (err == TB_OK)
		err = tb_tally_make_decrypt(
			tb_board_tally(b), ceremony, &payload, self->index, &share, &fault);
	tb_secret_wipe(&share);
	if (err == TB_OK) {
		exit_code = tb_trustee_post(&v->client, self, TB_ENTRY_DECRYPT, &payload,
			"the whole board verifies; decryption shares posted");
	} else {
		exit_code = tb_args_error(v->client.args, "no share could be made: %s",
			err == TB_ERR_RULE ? fault.found : tb_err_text(err));
	}
	tb_buf_release(&payload);
	return exit_code;
}

static int decrypt(tb_verified *v)
{
	tb_trustee_self self;
	int exit_code = tb_trustee_identify(v->client.args, tb_board_manifest(v->report.board), &self);

	if (exit_code == TB_EXIT_OK)
		exit_code = may_decrypt(v, &self);
	if (exit_code == TB_EXIT_OK && tb_tally_has_decrypt(tb_board_tally(v->report.board), self.index))
		printf(tb_args_json(v->client.args) ? "{\"trustee\":%u,\"already\":true}\n"
						    : "trustee %u: shares posted already\n",
			self.index);
	else if (exit_code == TB_EXIT_OK)
		exit_code = post_share(v, &self);
	tb_role_keys_wipe(&self.keys);
	return exit_code;
}

static int run_decrypt(const tb_args *args)
{
	tb_verified v;
	int exit_code = tb_verified_open(&v, args);

	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&v.client);
	if (exit_code == TB_EXIT_OK)
		exit_code = decrypt(&v);
	tb_verified_close(&v);
	return exit_code;
}

/* ---- the tables ---- */

static const tb_flag flags[] = {TB_TRUSTEE_FLAGS};

const tb_command tb_trustee_endorse = {
	.name = "endorse",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "after the close: verify the whole board and endorse it",
	.details = "Once, ever: what was endorsed is kept in the state folder, and another board is refused "
		   "from then on.  Keep that\n"
		   "folder until the result is there.  Exit code 3: the polls are still open.",
	.flags = flags,
	.run = run_endorse,
};

const tb_command tb_trustee_decrypt = {
	.name = "decrypt",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "verify the whole board again and post the decryption shares of the tally",
	.details = "Only for the final aggregates that enough endorsers have endorsed, and for ranked "
		   "ballots once "
		   "all mixes are there.\n"
		   "Exit code 3: more endorsements or mixes are awaited.",
	.flags = flags,
	.run = run_decrypt,
};
