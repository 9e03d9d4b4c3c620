/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_election_file.h"
#include "cli/common_code.h"
#include "cli/common_submit.h"
#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/receipt.h"
#include "crypto/hash.h"

/* Posts the manifest: entry 0 of a new log, whose hash is the election's id [MANIFEST.ID]. */

static int read_election(const tb_args *args, tb_manifest *m)
{
	const char *path = tb_args_operand(args, 0);
	tb_fault fault;
	tb_why why = {""};
	tb_buf text;
	tb_err err;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&text, TB_ELECTION_TEXT_MAX);
	if (tb_election_file_read(&text, path, &why) != TB_OK) {
		exit_code = tb_args_error(args, "%s", why.text);
	} else {
		err = tb_election_text_parse(m, tb_buf_cstr(&text), text.len, &fault);
		if (err == TB_ERR_RULE)
			exit_code = tb_args_error(args, "%s, %s: expected %s, found %s [%s]", path,
				fault.where, fault.expected, fault.found, fault.rule);
		else if (err != TB_OK)
			exit_code = tb_args_error(args, "%s: %s", path, tb_err_text(err));
	}
	tb_buf_release(&text);
	return exit_code;
}

/* The receipt must be for this very manifest, signed by the log key that it names. */
static int check_receipt(const tb_args *args, const tb_manifest *m, const tb_buf *payload,
	const tb_buf *receipt, uint8_t id[32])
{
	tb_fault fault = {.found = "it is the one of another entry"};
	uint8_t hash[32];
	tb_receipt r;
	tb_vkey key;
	tb_buf extra, room;
	bool ok;

	tb_buf_init(&extra, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_sha256(hash, payload->data, payload->len);
	ok = tb_vkey_init(&key, m->origin, TB_VKEY_ED25519, m->server_log_key) == TB_OK &&
	     tb_receipt_open(&r, &extra, &room, (const char *)receipt->data, receipt->len, &key, &fault) ==
		     TB_OK &&
	     r.entry.type == TB_ENTRY_MANIFEST && r.proof.index == 0 &&
	     memcmp(hash, r.entry.payload_hash, sizeof hash) == 0;
	if (ok)
		tb_sha256(id, r.proof.extra, r.proof.extra_len);
	tb_buf_release(&extra);
	tb_buf_release(&room);
	if (ok)
		return TB_EXIT_OK;
	(void)tb_args_error(args, "RECEIPT: the server's receipt is not for this manifest: %s", fault.found);
	return TB_EXIT_NO;
}

static int post(const tb_args *args, const tb_manifest *m, const tb_secret *key, char board[TB_URL_MAX],
	uint8_t id[32])
{
	const tb_binding unbound = {.has_election = false};
	const char *server = tb_args_get(args, "server");
	size_t len = strlen(server);
	char url[TB_URL_MAX];
	tb_fetch *fetch = NULL;
	tb_submitted done;
	tb_fault fault;
	tb_buf payload;
	int exit_code;

	while (len > 0 && server[len - 1] == '/')
		len--;
	(void)snprintf(url, sizeof url, "%.*s/e/%s", (int)len, server, m->slug);
	if (len > 1000 || tb_url_board(board, url, &fault) != TB_OK)
		return tb_args_error(
			args, "--server: expected http://host[:port] or https://host, found '%s'", server);
	(void)snprintf(url, sizeof url, "%.*s/elections", (int)len, server);
	tb_buf_init(&payload, TB_MANIFEST_MAX_BYTES);
	memset(&done, 0, sizeof done);
	if (tb_manifest_write(&payload, m) != TB_OK || tb_fetch_new(&fetch, NULL) != TB_OK)
		exit_code = tb_args_error(args, "out of memory");
	else
		exit_code = tb_submit_signed(
			args, fetch, url, TB_ENTRY_MANIFEST, "admin", &unbound, key, &payload, &done);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_receipt(args, m, &payload, &done.receipt, id);
	tb_submitted_release(&done);
	tb_fetch_free(fetch);
	tb_buf_release(&payload);
	return exit_code;
}

static int run_create(const tb_args *args)
{
	uint8_t id[32], public_key[32];
	char board[TB_URL_MAX], hex[65] = {0};
	tb_role_keys keys = {0};
	tb_manifest m;
	int exit_code;

	tb_manifest_init(&m);
	exit_code = read_election(args, &m);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_role_keys_obtain(args, "key", TB_ROLE_ADMIN, &keys);
	if (exit_code == TB_EXIT_OK) {
		tb_schnorr_public(public_key, &keys.sign);
		if (memcmp(public_key, m.admin_key, sizeof public_key) != 0)
			exit_code = tb_args_error(
				args, "this key is not the one that the `Admin:` line of the file names");
	}
	if (exit_code == TB_EXIT_OK)
		exit_code = post(args, &m, &keys.sign, board, id);
	if (exit_code == TB_EXIT_OK) {
		tb_hex_write(hex, id, sizeof id);
		if (tb_args_json(args))
			printf("{\"board\":\"%s\",\"election\":\"%s\"}\n", board, hex);
		else
			printf("board:    %s\nelection: %s\n", board, hex);
	}
	tb_role_keys_wipe(&keys);
	tb_manifest_release(&m);
	return exit_code;
}

static const tb_flag create_flags[] = {
	{"server", "URL", "the server, such as https://vote.example.org", true, false},
	{"key", "FILE", "the admin's key file; otherwise the code is asked for", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_create = {
	.name = "create",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "create an election on a server from an election file",
	.details = "Look at it with `tabella check FILE` first: what is posted cannot be changed.  The same "
		   "file again does\n"
		   "nothing new.",
	.flags = create_flags,
	.run = run_create,
};
