/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_election_file.h"
#include "cli/common_vkey.h"
#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/election/ballot.h"
#include "core/log/receipt.h"

/* Checks a receipt [RECEIPT] with nothing but the file and the log's public key: offline, and for as long as the file exists. */

/* What is known of the election: at least the key of its log, and with an election file the witnesses too. */
typedef struct known {
	tb_vkey key;
	tb_manifest manifest; /* empty without a file */
} known;

static int read_election(const tb_args *args, known *k, const char *path)
{
	tb_fault fault;
	tb_why why = {""};
	tb_buf text;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	if (tb_election_file_read(&text, path, &why) != TB_OK)
		exit_code = tb_args_error(args, "%s", why.text);
	else if (tb_election_text_parse(&k->manifest, tb_buf_cstr(&text), text.len, &fault) != TB_OK)
		exit_code = tb_args_error(args, "%s, %s: expected %s, found %s", path, fault.where,
			fault.expected, fault.found);
	else if (tb_vkey_init(&k->key, k->manifest.origin, TB_VKEY_ED25519, k->manifest.server_log_key) !=
		 TB_OK)
		exit_code = tb_args_error(args, "out of memory");
	tb_buf_release(&text);
	return exit_code;
}

/* The key comes from the election file, or in the C2SP form of a verifier key. */
static int take_key(const tb_args *args, known *k)
{
	const char *path = tb_args_get(args, "election"), *key = tb_args_get(args, "key");

	if ((path == NULL) == (key == NULL))
		return tb_args_error(args,
			"give either --election FILE or --key VKEY: the key that is trusted to sign the log");
	if (path != NULL)
		return read_election(args, k, path);
	return tb_args_vkey(args, &k->key, "--key", key);
}

static void print_entry(const tb_args *args, const tb_proof *proof, const tb_entry *e)
{
	char when[32], tracker[TB_TRACKER_TEXT];

	tb_time_write(when, e->time);
	tb_ballot_tracker_text(tracker, e->payload_hash);
	if (tb_args_json(args))
		printf("{\"valid\":true,\"type\":\"%s\",\"signer\":\"%s\",\"time\":%llu,\"index\":%llu,"
		       "\"size\":%llu,\"tracker\":\"%s\"}\n",
			tb_entry_type_name(e->type), e->signer, (unsigned long long)e->time,
			(unsigned long long)proof->index, (unsigned long long)proof->checkpoint.size,
			tracker);
	else
		printf("valid: a %s by %s is entry %llu of the log %s\ntime:    %s\ntracker: %s\n",
			tb_entry_type_name(e->type), e->signer, (unsigned long long)proof->index,
			proof->checkpoint.origin, when, tracker);
}

/* [WITNESS.POLICY] A receipt that was given at once is under a head that no witness has seen yet. */
static int check_witnesses(const tb_args *args, const known *k, const tb_note *note)
{
	const tb_manifest *m = &k->manifest;
	uint32_t num = 0;
	tb_err err = tb_manifest_count_witnesses(m, note, &num);

	if (err == TB_ERR_SIGNATURE) {
		(void)tb_args_error(args, "LOG.CHECKPOINT: a cosignature of a witness is false");
		return TB_EXIT_NO;
	}
	if (err != TB_OK)
		return tb_args_error(args, "%s", tb_err_text(err));
	if (m->num_witnesses == 0)
		return TB_EXIT_OK;
	if (!tb_args_json(args))
		printf("cosigned by %u of %u witnesses; %u are needed\n", num, m->num_witnesses,
			m->witnesses_needed);
	if (num >= m->witnesses_needed)
		return TB_EXIT_OK;
	(void)tb_args_error(args,
		"WITNESS.POLICY: this receipt is under a head that is not witnessed yet; ask the server for "
		"it again: curl -O BOARD/receipt/INDEX");
	return TB_EXIT_WAIT;
}

static int verify(const tb_args *args, const tb_buf *file, const known *k)
{
	tb_receipt receipt;
	tb_fault fault;
	tb_buf extra, room;
	tb_err err;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&extra, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_receipt_open(&receipt, &extra, &room, (const char *)file->data, file->len, &k->key, &fault);
	if (err == TB_OK) {
		print_entry(args, &receipt.proof, &receipt.entry);
		exit_code = check_witnesses(args, k, &receipt.proof.note);
	} else if (err == TB_ERR_RULE) {
		(void)tb_args_error(args, "%s: %s", fault.rule, fault.found);
		exit_code = TB_EXIT_NO;
	} else {
		exit_code = tb_args_error(args, "%s", tb_err_text(err));
	}
	tb_buf_release(&extra);
	tb_buf_release(&room);
	return exit_code;
}

static int run_receipt(const tb_args *args)
{
	known k;
	tb_why why = {""};
	tb_buf file;
	int exit_code;

	tb_manifest_init(&k.manifest);
	exit_code = take_key(args, &k);
	tb_buf_init(&file, TB_PROOF_MAX_BYTES);
	if (exit_code == TB_EXIT_OK && tb_file_read(&file, tb_args_operand(args, 0), &why) != TB_OK)
		exit_code = tb_args_error(args, "%s", why.text);
	else if (exit_code == TB_EXIT_OK)
		exit_code = verify(args, &file, &k);
	tb_buf_release(&file);
	tb_manifest_release(&k.manifest);
	return exit_code;
}

static const tb_flag receipt_flags[] = {
	{"election", "FILE", "the election file, whose `Server:` line has the log's key", false, false},
	{"key", "VKEY", "or the log's key itself, as `tabella vkey BOARD` prints it", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_receipt = {
	.name = "receipt",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "check a receipt offline",
	.details = "The receipt proves that the entry is in the log that the key signs.  Whether a later "
		   "vote replaced it is on the\n"
		   "board.  With --election it is also checked whether enough witnesses have seen the log; "
		   "exit code 3 "
		   "if not yet.",
	.flags = receipt_flags,
	.run = run_receipt,
};
