/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_election_file.h"
#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/election/ballot.h"
#include "core/log/receipt.h"

/* Checks a receipt [RECEIPT] with nothing but the file and the log's public key: offline, and for as long as the file exists. */

/* The key comes from the election file, or in the C2SP form of a verifier key. */
static int take_key(const tb_args *args, tb_vkey *out)
{
	const char *path = tb_args_get(args, "election"), *key = tb_args_get(args, "key");
	tb_manifest m;
	tb_fault fault;
	tb_why why = {""};
	tb_buf text;
	int exit_code = TB_EXIT_OK;

	if ((path == NULL) == (key == NULL))
		return tb_args_error(args,
			"give either --election FILE or --key VKEY: the key that is trusted to sign the log");
	if (key != NULL)
		return tb_vkey_parse(out, key, strlen(key)) == TB_OK
			       ? TB_EXIT_OK
			       : tb_args_error(args,
					 "--key: expected NAME+ID+BASE64 as C2SP signed notes have it, found "
					 "'%s'",
					 key);
	tb_manifest_init(&m);
	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	if (tb_election_file_read(&text, path, &why) != TB_OK)
		exit_code = tb_args_error(args, "%s", why.text);
	else if (tb_election_text_parse(&m, tb_buf_cstr(&text), text.len, &fault) != TB_OK)
		exit_code = tb_args_error(args, "%s, %s: expected %s, found %s", path, fault.where,
			fault.expected, fault.found);
	else if (tb_vkey_init(out, m.origin, TB_VKEY_ED25519, m.server_log_key) != TB_OK)
		exit_code = tb_args_error(args, "out of memory");
	tb_manifest_release(&m);
	tb_buf_release(&text);
	return exit_code;
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

static int verify(const tb_args *args, const tb_buf *file, const tb_vkey *key)
{
	tb_receipt receipt;
	tb_fault fault;
	tb_buf extra, room;
	tb_err err;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&extra, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_receipt_open(&receipt, &extra, &room, (const char *)file->data, file->len, key, &fault);
	if (err == TB_OK) {
		print_entry(args, &receipt.proof, &receipt.entry);
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
	tb_vkey key;
	tb_why why = {""};
	tb_buf file;
	int exit_code = take_key(args, &key);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	tb_buf_init(&file, TB_PROOF_MAX_BYTES);
	if (tb_file_read(&file, tb_args_operand(args, 0), &why) != TB_OK)
		exit_code = tb_args_error(args, "%s", why.text);
	else
		exit_code = verify(args, &file, &key);
	tb_buf_release(&file);
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
		   "board.",
	.flags = receipt_flags,
	.run = run_receipt,
};
