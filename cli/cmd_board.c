/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_verified.h"
#include "core/election/result_words.h"
#include "core/log/export.h"

/* What a board says in the end, and a copy of it for everyone to keep. */

enum { MAX_TEXT = 16u << 20 };

/* ---- export ---- */

static int write_archive(const tb_args *args, const char *from, const char *to)
{
	tb_source *source = NULL;
	tb_why why = {""};
	tb_err err = tb_source_open(&source, from, &why);

	if (err == TB_OK)
		err = tb_export_archive(source, to, &why);
	tb_source_free(source);
	return err == TB_OK ? TB_EXIT_OK : tb_args_error(args, "%s", why.text);
}

static int run_export(const tb_args *args)
{
	const char *from = tb_args_operand(args, 0), *to = tb_args_operand(args, 1);
	char folder[TB_STATE_PATH_MAX];
	tb_client client;
	int exit_code = tb_client_open(&client, args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK && client.is_url) {
		exit_code = tb_client_copy(&client, folder);
		from = folder;
	}
	tb_client_close(&client);
	if (exit_code == TB_EXIT_OK)
		exit_code = write_archive(args, from, to);
	if (exit_code == TB_EXIT_OK && tb_args_json(args))
		printf("{\"exported\":true}\n");
	else if (exit_code == TB_EXIT_OK)
		printf("the whole board is in %s; `tabella-verify` checks it, here or anywhere\n", to);
	return exit_code;
}

static const tb_flag export_flags[] = {
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_export = {
	.name = "export",
	.operands = "BOARD FILE.tar",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "copy a whole board into one archive",
	.details = "The archive is all that tabella-verify needs, for ever and without the server.  An "
		   "existing FILE.tar "
		   "is replaced.\nNothing is verified on the way.",
	.flags = export_flags,
	.run = run_export,
};

/* ---- result: as it stands on the board ---- */

/* The entry must be signed by the server of this election and be in the log of the signed checkpoint. */
static int check_entry(tb_client *c, const tb_entry *e, uint64_t index, const uint8_t *bytes, size_t len)
{
	const tb_manifest *m = tb_board_manifest(c->board);
	uint8_t leaf[32];
	char text[1024];
	tb_fault fault;

	tb_merkle_leaf(leaf, bytes, len);
	if (tb_entry_verify(e, tb_board_binding(c->board), m->server_sign_key, &fault) == TB_OK)
		return tb_client_check_inclusion(c, index, leaf);
	tb_fault_text(&fault, text, sizeof text);
	(void)tb_args_error(c->args, "entry %llu: %s", (unsigned long long)index, text);
	return TB_EXIT_NO;
}

static int take_blob(tb_client *c, tb_entry *e, tb_buf *blob)
{
	char path[TB_PATH_MAX];
	tb_fault fault;
	tb_why why = {""};

	tb_blob_path(path, e->payload_hash);
	if (tb_source_get(c->source, path, blob, &why) != TB_OK)
		return tb_args_error(c->args, "cannot get the result: %s", why.text);
	if (tb_entry_attach_blob(e, blob->data, blob->len, &fault) == TB_OK)
		return TB_EXIT_OK;
	(void)tb_args_error(c->args, "LOG.BLOB: expected %s, found %s", fault.expected, fault.found);
	return TB_EXIT_NO;
}

typedef struct look {
	tb_buf room, blob;
	tb_entries entries;
} look;

/* Goes backwards: after a result there are notices and late endorsements only [ENTRY.ORDER]. */
static int find_result(tb_client *c, look *l, tb_buf *payload)
{
	for (uint64_t at = c->checkpoint.size; at-- > 0;) {
		const uint8_t *bytes;
		uint64_t index;
		tb_fault fault;
		tb_why why = {""};
		tb_entry e;
		size_t len;
		int exit_code;

		tb_entries_seek(&l->entries, at);
		if (tb_entries_next(&l->entries, &bytes, &len, &index, &why) != TB_OK)
			return tb_args_error(c->args, "cannot read the board: %s", why.text);
		if (tb_entry_parse(&e, &l->room, bytes, len, &fault) != TB_OK) {
			(void)tb_args_error(c->args, "entry %llu: %s: expected %s, found %s",
				(unsigned long long)index, fault.rule, fault.expected, fault.found);
			return TB_EXIT_NO;
		}
		if (e.type == TB_ENTRY_NOTICE || e.type == TB_ENTRY_ENDORSE)
			continue;
		if (e.type == TB_ENTRY_CANCEL) {
			(void)tb_args_error(c->args, "the election was cancelled; there is no result");
			return TB_EXIT_NO;
		}
		if (e.type != TB_ENTRY_RESULT)
			break;
		exit_code = e.is_blob ? take_blob(c, &e, &l->blob) : TB_EXIT_OK;
		if (exit_code == TB_EXIT_OK)
			exit_code = check_entry(c, &e, index, bytes, len);
		tb_buf_append(payload, e.payload, e.payload_len);
		return exit_code;
	}
	(void)tb_args_error(c->args, "there is no result yet");
	return TB_EXIT_WAIT;
}

static int published_result(tb_client *c, tb_buf *payload)
{
	look l;
	int exit_code;

	tb_buf_init(&l.room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&l.blob, TB_BLOB_MAX_BYTES);
	tb_entries_init(&l.entries, c->source, c->checkpoint.size);
	exit_code = find_result(c, &l, payload);
	tb_entries_release(&l.entries);
	tb_buf_release(&l.blob);
	tb_buf_release(&l.room);
	return exit_code;
}

/* ---- result: as this program counts it from a board that verifies ---- */

static int counted_result(const tb_verified *v, tb_buf *payload)
{
	const tb_board *board = v->report.board;
	tb_tally *tally = tb_board_tally(board);
	char signers[TB_ENDORSEMENTS_MAX][TB_SIGNER_MAX];
	const char *list[TB_ENDORSEMENTS_MAX];
	uint32_t num;

	if (v->report.verdict != TB_VERDICT_VERIFIED || tally == NULL) {
		(void)tb_args_error(v->client.args, "the board is right so far, but there is no result yet");
		return TB_EXIT_WAIT;
	}
	num = tb_board_result_endorsers(board, signers);
	for (uint32_t i = 0; i < num; i++)
		list[i] = signers[i];
	return tb_tally_make_result(tally, payload, list, num) == TB_OK
		       ? TB_EXIT_OK
		       : tb_args_error(v->client.args, "out of memory");
}

static int print_words(const tb_args *args, const tb_manifest *m, const tb_buf *payload, bool verified)
{
	tb_result result;
	tb_fault fault;
	tb_buf words;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&words, MAX_TEXT);
	tb_result_init(&result);
	if (tb_result_parse(&result, m, payload->data, payload->len, &fault) != TB_OK) {
		(void)tb_args_error(args, "RESULT at %s: expected %s, found %s", fault.where, fault.expected,
			fault.found);
		exit_code = TB_EXIT_NO;
	} else if (tb_result_words(&words, &result, m) != TB_OK) {
		exit_code = tb_args_error(args, "out of memory");
	} else {
		printf("%s\n%s\n%s", m->title, tb_buf_cstr(&words),
			verified ? "Verified: every entry, signature, proof and number of this board was "
				   "checked just "
				   "now.\n"
				 : "NOT verified: this is what the server has published.  --verify checks "
				   "everything, "
				   "and so does tabella-verify.\n");
	}
	tb_result_release(&result);
	tb_buf_release(&words);
	return exit_code;
}

static int print_result(const tb_client *c, const tb_buf *payload, bool verified)
{
	if (!tb_args_json(c->args))
		return print_words(c->args, tb_board_manifest(c->board), payload, verified);
	printf("%.*s\n", (int)payload->len, (const char *)payload->data);
	return TB_EXIT_OK;
}

static int run_result(const tb_args *args)
{
	bool verify = tb_args_has(args, "verify");
	tb_client client;
	tb_verified v;
	tb_buf payload;
	int exit_code = verify ? tb_verified_open(&v, args) : tb_client_open(&client, args, TB_CLIENT_SETUP);

	tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
	if (exit_code == TB_EXIT_OK)
		exit_code = verify ? counted_result(&v, &payload) : published_result(&client, &payload);
	if (exit_code == TB_EXIT_OK)
		exit_code = print_result(verify ? &v.client : &client, &payload, verify);
	if (verify)
		tb_verified_close(&v);
	else
		tb_client_close(&client);
	tb_buf_release(&payload);
	return exit_code;
}

static const tb_flag result_flags[] = {
	{"verify", NULL, "check the whole board first, and print what this program has counted", false,
		false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_result = {
	.name = "result",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "print the result in words",
	.details = "As the server has published it, unless --verify is given.  With --json the `result` "
		   "entry's payload is "
		   "printed.\n"
		   "Exit code 3: there is no result yet.",
	.flags = result_flags,
	.run = run_result,
};
