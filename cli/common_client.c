/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/log/fork.h"
#include "core/log/receipt.h"
#include "crypto/hash.h"
#include "net/mirror.h"
#include "net/source_http.h"

enum { MAX_CHECKPOINT = TB_NOTE_MAX_BYTES };

static int fault_error(const tb_args *args, const char *what, const tb_fault *fault)
{
	char text[1024];

	tb_fault_text(fault, text, sizeof text);
	(void)tb_args_error(args, "%s: %s", what, text);
	return TB_EXIT_NO;
}

/* ---- where the board is ---- */

void tb_client_url(const tb_client *c, char out[TB_URL_MAX + 128], const char *below)
{
	(void)snprintf(out, TB_URL_MAX + 128, "%s/%s", c->where, below);
}

int tb_client_require_url(const tb_client *c)
{
	return c->is_url ? TB_EXIT_OK
			 : tb_args_error(c->args, "expected the URL of a board, found the file %s", c->where);
}

static int open_source(tb_client *c, const char *where)
{
	tb_fault fault;
	tb_why why = {""};
	tb_err err;

	c->is_url = tb_url_is(where);
	if (!c->is_url) {
		(void)snprintf(c->where, sizeof c->where, "%s", where);
		err = tb_source_open(&c->source, where, &why);
		return err == TB_OK ? TB_EXIT_OK
				    : tb_args_error(c->args, "cannot open the board %s: %s", where, why.text);
	}
	if (tb_url_board(c->where, where, &fault) != TB_OK)
		return tb_args_error(c->args, "expected %s, found %s", fault.expected, fault.found);
	if (tb_fetch_new(&c->fetch, NULL) != TB_OK ||
		tb_source_http_new(&c->source, c->fetch, c->where) != TB_OK)
		return tb_args_error(c->args, "out of memory");
	return TB_EXIT_OK;
}

/* ---- entries ---- */

/* Checks and takes in one entry; a blob is fetched when the entry names one. */
static int take_entry(tb_client *c, const uint8_t *bytes, size_t len, tb_buf *room, tb_buf *blob)
{
	uint8_t leaf[32];
	char path[TB_PATH_MAX], what[64];
	tb_entry entry;
	tb_fault fault;
	tb_why why = {""};
	tb_err err;

	(void)snprintf(what, sizeof what, "entry %llu", (unsigned long long)tb_board_size(c->board));
	tb_merkle_leaf(leaf, bytes, len);
	err = tb_entry_parse(&entry, room, bytes, len, &fault);
	if (err == TB_OK && entry.is_blob) {
		tb_blob_path(path, entry.payload_hash);
		if (tb_source_get(c->source, path, blob, &why) != TB_OK)
			return tb_args_error(c->args, "%s: cannot get its blob: %s", what, why.text);
		err = tb_entry_attach_blob(&entry, blob->data, blob->len, &fault);
	}
	if (err == TB_OK)
		err = tb_board_check(c->board, &entry, leaf, &fault);
	if (err == TB_ERR_STATE)
		return TB_EXIT_WAIT; /* after the close: needs the tally, which this reader does not make */
	if (err == TB_OK)
		err = tb_board_apply(c->board, &entry, leaf);
	if (err == TB_ERR_RULE)
		return fault_error(c->args, what, &fault);
	return err == TB_OK ? TB_EXIT_OK : tb_args_error(c->args, "%s: %s", what, tb_err_text(err));
}

static bool is_deep_enough(const tb_client *c, tb_client_depth depth)
{
	return depth == TB_CLIENT_SETUP && tb_board_phase(c->board) >= TB_PHASE_OPEN;
}

static int replay(tb_client *c, tb_client_depth depth)
{
	const uint8_t *bytes;
	tb_progress progress;
	tb_buf room, blob;
	tb_entries entries;
	tb_why why = {""};
	uint64_t index;
	size_t len;
	int exit_code = TB_EXIT_OK;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&blob, TB_BLOB_MAX_BYTES);
	tb_entries_init(&entries, c->source, c->checkpoint.size);
	tb_progress_begin(&progress, "reading the board", c->checkpoint.size);
	while (exit_code == TB_EXIT_OK && !tb_entries_is_done(&entries) && !is_deep_enough(c, depth)) {
		if (tb_entries_next(&entries, &bytes, &len, &index, &why) != TB_OK)
			exit_code = tb_args_error(c->args, "cannot read the board: %s", why.text);
		else
			exit_code = take_entry(c, bytes, len, &room, &blob);
		tb_progress_add(&progress, 1);
	}
	tb_progress_end(&progress);
	tb_entries_release(&entries);
	tb_buf_release(&room);
	tb_buf_release(&blob);
	return exit_code == TB_EXIT_WAIT ? TB_EXIT_OK : exit_code;
}

/* ---- checkpoints ---- */

/* Is `old` a head of the log that the checkpoint at hand is a head of?  The proof comes from the tiles. */
static tb_err prove_consistency(tb_client *c, const tb_checkpoint *old, const tb_checkpoint *new)
{
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_merkle_proof proof;
	tb_err err = tb_tile_reader_new(&tiles, c->source, new->size);

	if (err != TB_OK)
		return err;
	nodes = tb_tile_reader_nodes(tiles);
	err = tb_merkle_prove_consistency(&proof, &nodes, old->size, new->size);
	if (err == TB_OK)
		err = tb_merkle_verify_consistency(&proof, old->size, old->root, new->size, new->root);
	tb_tile_reader_free(tiles);
	return err;
}

/* TB_EXIT_NO, said with the rule that is broken, unless both are heads of one log.  `what` names a. */
static int compare_checkpoints(
	tb_client *c, const tb_checkpoint *a, const tb_checkpoint *b, const char *rule, const char *what)
{
	const tb_checkpoint *old = a->size <= b->size ? a : b, *new = a->size <= b->size ? b : a;
	tb_err err;

	if (old->size == 0)
		return TB_EXIT_OK;
	err = old->size == new->size ? (memcmp(old->root, new->root, 32) == 0 ? TB_OK : TB_ERR_PROOF)
				     : prove_consistency(c, old, new);
	if (err == TB_OK)
		return TB_EXIT_OK;
	if (err != TB_ERR_PROOF && err != TB_ERR_NOT_FOUND)
		return tb_args_error(c->args, "cannot read the log's tiles: %s", tb_err_text(err));
	(void)tb_args_error(c->args,
		err == TB_ERR_PROOF
			? "%s: %s (%llu entries) and the checkpoint of the server (%llu) are not heads of "
			  "one log"
			: "%s: %s had %llu entries and the server shows %llu; what links them is missing",
		rule, what, (unsigned long long)a->size, (unsigned long long)b->size);
	return TB_EXIT_NO;
}

/* The log key is what the manifest says; the manifest is what the state machine has checked, and the checkpoint covers it. */
static int check_signature(tb_client *c)
{
	const tb_manifest *m = tb_board_manifest(c->board);
	tb_checkpoint checked;
	tb_note note;
	tb_why why = {""};

	if (m == NULL)
		return tb_args_error(c->args, "the board is empty");
	if (tb_vkey_init(&c->log_key, m->origin, TB_VKEY_ED25519, m->server_log_key) != TB_OK)
		return tb_args_error(c->args, "out of memory");
	if (tb_checkpoint_open(&checked, &note, (const char *)c->checkpoint_text.data, c->checkpoint_text.len,
		    &c->log_key, &why) == TB_OK)
		return TB_EXIT_OK;
	(void)tb_args_error(c->args, "LOG.CHECKPOINT: %s", why.text);
	return TB_EXIT_NO;
}

static int check_root(tb_client *c)
{
	tb_checkpoint here;

	here.size = tb_board_size(c->board);
	tb_board_root(c->board, here.root);
	return compare_checkpoints(c, &here, &c->checkpoint, "LOG.TREE", "what was read of the board");
}

static int get_checkpoint(tb_client *c)
{
	tb_note note;
	tb_why why = {""};

	if (tb_source_get(c->source, TB_CHECKPOINT_PATH, &c->checkpoint_text, &why) != TB_OK)
		return tb_args_error(c->args, "cannot get the checkpoint: %s", why.text);
	if (tb_checkpoint_parse(&c->checkpoint, &note, (const char *)c->checkpoint_text.data,
		    c->checkpoint_text.len, &why) == TB_OK)
		return TB_EXIT_OK;
	(void)tb_args_error(c->args, "LOG.CHECKPOINT: %s", why.text);
	return TB_EXIT_NO;
}

/* ---- memory ---- */

void tb_client_state_path(const tb_client *c, char *out, size_t out_len, const char *name)
{
	(void)snprintf(out, out_len, "%s/%s", c->folder, name);
}

/* The folder of all elections. */
static int find_root(const tb_client *c, char *out, size_t out_len)
{
	const char *given = tb_args_get(c->args, "state"), *xdg = getenv("XDG_STATE_HOME"),
		   *home = getenv("HOME");
	int n;

	if (given != NULL)
		n = snprintf(out, out_len, "%s", given);
	else if (xdg != NULL && xdg[0] == '/')
		n = snprintf(out, out_len, "%s/tabella", xdg);
	else if (home != NULL && home[0] == '/')
		n = snprintf(out, out_len, "%s/.local/state/tabella", home);
	else
		return tb_args_error(c->args,
			"neither --state nor $XDG_STATE_HOME nor $HOME says where to remember things");
	return n > 0 && (size_t)n < out_len ? TB_EXIT_OK
					    : tb_args_error(c->args, "--state: expected a shorter path");
}

static int find_folder(tb_client *c)
{
	char root[TB_STATE_PATH_MAX - 128], hex[17] = {0};
	tb_why why = {""};
	int exit_code = find_root(c, root, sizeof root);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	tb_hex_write(hex, tb_board_binding(c->board)->election, 8);
	(void)snprintf(c->folder, sizeof c->folder, "%s/%s", root, hex);
	if (tb_file_make_dirs(c->folder, TB_FILE_PRIVATE, &why) != TB_OK)
		return tb_args_error(c->args, "%s", why.text);
	return TB_EXIT_OK;
}

/*
 * One origin has one log, and one log one first entry: whoever shows another election under the same name shows another history
 * [LOG.CONSISTENT].  The folder of an election alone would not notice, since it is named after the election.
 */
static int check_origin(const tb_client *c)
{
	char path[TB_STATE_PATH_MAX], here[66], name[17] = {0};
	const char *origin = tb_board_manifest(c->board)->origin;
	uint8_t hash[32];
	tb_why why = {""};
	tb_buf text;
	tb_err err;
	int exit_code = TB_EXIT_OK;

	tb_sha256(hash, origin, strlen(origin));
	tb_hex_write(name, hash, 8);
	(void)snprintf(path, sizeof path, "%.*s/origin-%s", (int)(strrchr(c->folder, '/') - c->folder),
		c->folder, name);
	tb_hex_write(here, tb_board_binding(c->board)->election, 32);
	memcpy(here + 64, "\n", 2);
	if (!tb_file_exists(path)) {
		err = tb_file_create(path, here, 65, TB_FILE_PUBLIC, &why);
		if (err != TB_ERR_STATE) /* STATE: another command was quicker */
			return err == TB_OK ? TB_EXIT_OK : tb_args_error(c->args, "%s", why.text);
	}
	tb_buf_init(&text, 4096);
	if (tb_file_read(&text, path, &why) != TB_OK) {
		exit_code = tb_args_error(c->args, "%s", why.text);
	} else if (strcmp(tb_buf_cstr(&text), here) != 0) {
		(void)tb_args_error(c->args,
			"LOG.CONSISTENT: %s held another election when it was seen before (%.16s...) than "
			"now "
			"(%.16s...); remove %s only if you know why",
			origin, tb_buf_cstr(&text), here, path);
		exit_code = TB_EXIT_NO;
	}
	tb_buf_release(&text);
	return exit_code;
}

/* Keeps the largest head that was seen. */
static int remember(tb_client *c, const char *text, size_t len, uint64_t size)
{
	char path[TB_STATE_PATH_MAX];
	tb_why why = {""};

	if (size <= c->remembered)
		return TB_EXIT_OK;
	tb_client_state_path(c, path, sizeof path, "checkpoint");
	if (tb_file_write(path, text, len, TB_FILE_PUBLIC, &why) != TB_OK)
		return tb_args_error(c->args, "%s", why.text);
	c->remembered = size;
	return TB_EXIT_OK;
}

/* A copy may be older than what was seen of the server, and then it cannot show how it continues. */
static bool is_older_copy(const tb_client *c, const tb_checkpoint *seen)
{
	if (c->is_url || seen->size <= c->checkpoint.size)
		return false;
	fprintf(stderr, "note: %s has %llu entries; %llu were seen before\n", c->where,
		(unsigned long long)c->checkpoint.size, (unsigned long long)seen->size);
	return true;
}

/*
 * Where both heads can be held against each other, the evidence is a file that convinces anybody [LOG.FORK].  It cannot be made when
 * the larger head is the remembered one, whose tree the server no longer shows: then the two heads are all there is.
 */
static bool keep_fork(const tb_client *c, const tb_buf *seen_text, const char *path)
{
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_buf file;
	tb_fork fork;
	tb_why why = {""};
	bool is_kept = false;

	if (tb_tile_reader_new(&tiles, c->source, c->checkpoint.size) != TB_OK)
		return false;
	nodes = tb_tile_reader_nodes(tiles);
	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	tb_fork_init(&fork);
	if (tb_fork_make(&fork, &c->log_key, seen_text, &c->checkpoint_text, &nodes, &why) == TB_OK &&
		tb_fork_write(&file, &fork) == TB_OK)
		is_kept = tb_file_write(path, file.data, file.len, TB_FILE_PUBLIC, &why) == TB_OK;
	tb_fork_release(&fork);
	tb_buf_release(&file);
	tb_tile_reader_free(tiles);
	return is_kept;
}

static int compare_seen(tb_client *c, const tb_checkpoint *seen, const tb_buf *seen_text)
{
	char evidence[TB_STATE_PATH_MAX];
	tb_why why = {""};
	int exit_code = compare_checkpoints(
		c, seen, &c->checkpoint, "LOG.CONSISTENT", "the checkpoint remembered from before");

	if (exit_code != TB_EXIT_NO)
		return exit_code;
	tb_client_state_path(c, evidence, sizeof evidence, "fork.evidence");
	if (keep_fork(c, seen_text, evidence)) {
		(void)tb_args_error(c->args,
			"the server shows two histories; what proves it to anybody is in %s: "
			"tabella-verify --evidence checks it",
			evidence);
		return exit_code;
	}
	tb_client_state_path(c, evidence, sizeof evidence, "checkpoint.conflicting");
	if (tb_file_write(evidence, c->checkpoint_text.data, c->checkpoint_text.len, TB_FILE_PUBLIC, &why) ==
		TB_OK)
		(void)tb_args_error(c->args,
			"the server lost a part of the board or shows two histories; the evidence are the "
			"signed "
			"checkpoints %s/checkpoint and %s",
			c->folder, evidence);
	return exit_code;
}

/* Refuses a log that lost what was once seen of it, and keeps both heads. */
static int compare_with_memory(tb_client *c)
{
	char path[TB_STATE_PATH_MAX];
	tb_checkpoint seen = {.size = 0};
	tb_note note;
	tb_buf text;
	tb_why why = {""};
	int exit_code = TB_EXIT_OK;

	tb_client_state_path(c, path, sizeof path, "checkpoint");
	tb_buf_init(&text, MAX_CHECKPOINT);
	if (tb_file_exists(path)) {
		if (tb_file_read(&text, path, &why) != TB_OK ||
			tb_checkpoint_open(
				&seen, &note, (const char *)text.data, text.len, &c->log_key, &why) != TB_OK)
			exit_code = tb_args_error(
				c->args, "%s: %s; remove it only if you know why", path, why.text);
		else if (!is_older_copy(c, &seen))
			exit_code = compare_seen(c, &seen, &text);
	}
	c->remembered = seen.size;
	tb_buf_release(&text);
	return exit_code == TB_EXIT_OK ? remember(c, (const char *)c->checkpoint_text.data,
						 c->checkpoint_text.len, c->checkpoint.size)
				       : exit_code;
}

/* ---- the whole ---- */

int tb_client_open(tb_client *c, const tb_args *args, tb_client_depth depth)
{
	int exit_code;

	memset(c, 0, sizeof *c);
	c->args = args;
	tb_buf_init(&c->checkpoint_text, MAX_CHECKPOINT);
	if (tb_board_new(&c->board) != TB_OK)
		return tb_args_error(args, "out of memory");
	exit_code = open_source(c, tb_args_operand(args, 0));
	if (exit_code == TB_EXIT_OK)
		exit_code = get_checkpoint(c);
	if (exit_code == TB_EXIT_OK)
		exit_code = replay(c, depth);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_signature(c);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_root(c);
	if (exit_code == TB_EXIT_OK)
		exit_code = find_folder(c);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_origin(c);
	return exit_code == TB_EXIT_OK ? compare_with_memory(c) : exit_code;
}

void tb_client_close(tb_client *c)
{
	tb_board_free(c->board);
	tb_source_free(c->source);
	tb_fetch_free(c->fetch);
	tb_buf_release(&c->checkpoint_text);
}

/* ---- the whole board ---- */

typedef struct copying {
	tb_progress bar;
	uint64_t done;
	bool is_running;
} copying;

static void on_file(void *user, uint64_t done, uint64_t total)
{
	copying *at = user;

	if (!at->is_running)
		tb_progress_begin(&at->bar, "copying the board", total);
	at->is_running = true;
	tb_progress_add(&at->bar, done - at->done);
	at->done = done;
}

int tb_client_copy(const tb_client *c, char folder[TB_STATE_PATH_MAX])
{
	copying at = {.is_running = false};
	const tb_mirror_options options = {.progress = on_file, .user = &at};
	tb_fault fault;
	tb_why why = {""};
	char text[1024];
	tb_err err;

	TB_REQUIRE(c->is_url);
	tb_client_state_path(c, folder, TB_STATE_PATH_MAX, "board");
	if (tb_file_make_dirs(folder, TB_FILE_PRIVATE, &why) != TB_OK)
		return tb_args_error(c->args, "%s", why.text);
	err = tb_mirror(c->where, folder, &options, &fault);
	if (at.is_running)
		tb_progress_end(&at.bar);
	if (err == TB_OK)
		return TB_EXIT_OK;
	tb_fault_text(&fault, text, sizeof text);
	return tb_args_error(c->args, "cannot copy the board: %s", text);
}

/* ---- inclusion ---- */

int tb_client_check_inclusion(tb_client *c, uint64_t index, const uint8_t leaf[32])
{
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_merkle_proof proof;
	tb_err err;

	if (index >= c->checkpoint.size) {
		(void)tb_args_error(c->args,
			"LOG.TREE: the server names entry %llu, but the log has %llu entries",
			(unsigned long long)index, (unsigned long long)c->checkpoint.size);
		return TB_EXIT_NO;
	}
	err = tb_tile_reader_new(&tiles, c->source, c->checkpoint.size);
	if (err == TB_OK) {
		nodes = tb_tile_reader_nodes(tiles);
		err = tb_merkle_prove_inclusion(&proof, &nodes, index, c->checkpoint.size);
		if (err == TB_OK)
			err = tb_merkle_verify_inclusion(
				&proof, leaf, index, c->checkpoint.size, c->checkpoint.root);
		tb_tile_reader_free(tiles);
	}
	if (err == TB_ERR_PROOF) {
		(void)tb_args_error(c->args,
			"LOG.TREE: the log does not hold what the server says about entry %llu",
			(unsigned long long)index);
		return TB_EXIT_NO;
	}
	return err == TB_OK ? TB_EXIT_OK
			    : tb_args_error(c->args, "cannot read the log's tiles: %s", tb_err_text(err));
}

static int visit(tb_client *c, const tb_merkle_reader *nodes, tb_entries *entries, tb_buf *room,
	tb_client_visit each, void *ctx)
{
	const uint8_t *bytes;
	uint8_t leaf[32];
	tb_merkle_proof proof;
	tb_fault ignored;
	tb_why why = {""};
	uint64_t index;
	tb_entry e;
	size_t len;
	tb_err err;

	if (tb_entries_next(entries, &bytes, &len, &index, &why) != TB_OK)
		return tb_args_error(c->args, "cannot read the board: %s", why.text);
	tb_merkle_leaf(leaf, bytes, len);
	err = tb_merkle_prove_inclusion(&proof, nodes, index, c->checkpoint.size);
	if (err == TB_OK)
		err = tb_merkle_verify_inclusion(&proof, leaf, index, c->checkpoint.size, c->checkpoint.root);
	if (err == TB_ERR_PROOF) {
		(void)tb_args_error(c->args,
			"LOG.TREE: what the server shows as entry %llu is not in the log",
			(unsigned long long)index);
		return TB_EXIT_NO;
	}
	if (err != TB_OK)
		return tb_args_error(c->args, "cannot read the log's tiles: %s", tb_err_text(err));
	err = tb_entry_parse(&e, room, bytes, len, &ignored);
	if (err == TB_ERR_MEMORY)
		return tb_args_error(c->args, "%s", tb_err_text(err));
	return err == TB_OK ? each(ctx, index, &e) : TB_EXIT_OK;
}

int tb_client_each(tb_client *c, uint64_t from, tb_client_visit each, void *ctx)
{
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_progress progress;
	tb_entries entries;
	tb_buf room;
	int exit_code = TB_EXIT_OK;

	TB_REQUIRE(from <= c->checkpoint.size);
	if (tb_tile_reader_new(&tiles, c->source, c->checkpoint.size) != TB_OK)
		return tb_args_error(c->args, "out of memory");
	nodes = tb_tile_reader_nodes(tiles);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_entries_init(&entries, c->source, c->checkpoint.size);
	tb_entries_seek(&entries, from);
	tb_progress_begin(&progress, "reading the board", c->checkpoint.size - from);
	while (exit_code == TB_EXIT_OK && !tb_entries_is_done(&entries)) {
		exit_code = visit(c, &nodes, &entries, &room, each, ctx);
		tb_progress_add(&progress, 1);
	}
	tb_progress_end(&progress);
	tb_entries_release(&entries);
	tb_buf_release(&room);
	tb_tile_reader_free(tiles);
	return exit_code;
}

/* Is this the entry that was handed in? */
static bool is_entry(const tb_entry *entry, tb_entry_type type, const char *signer, const uint8_t *payload,
	size_t payload_len)
{
	uint8_t hash[32];

	tb_sha256(hash, payload, payload_len);
	return entry->type == type && strcmp(entry->signer, signer) == 0 &&
	       memcmp(entry->payload_hash, hash, sizeof hash) == 0;
}

int tb_client_check_receipt(tb_client *c, const tb_buf *receipt, tb_entry_type type, const char *signer,
	const uint8_t *payload, size_t payload_len, uint64_t *entry_index)
{
	tb_receipt r;
	tb_fault fault;
	tb_buf extra, room;
	int exit_code = TB_EXIT_OK;
	tb_err err;

	tb_buf_init(&extra, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_receipt_open(
		&r, &extra, &room, (const char *)receipt->data, receipt->len, &c->log_key, &fault);
	if (err == TB_ERR_RULE)
		exit_code = tb_args_error(c->args, "%s: %s", fault.rule, fault.found);
	else if (err != TB_OK)
		exit_code = tb_args_error(c->args, "%s", tb_err_text(err));
	else if (!is_entry(&r.entry, type, signer, payload, payload_len))
		exit_code = tb_args_error(c->args, "RECEIPT: it is for another entry than the one handed in");
	if (exit_code != TB_EXIT_OK)
		exit_code = TB_EXIT_NO;
	else
		exit_code = compare_checkpoints(
			c, &c->checkpoint, &r.proof.checkpoint, "LOG.CONSISTENT", "the board as read");
	if (exit_code == TB_EXIT_OK)
		exit_code = remember(
			c, r.proof.checkpoint_text, r.proof.checkpoint_text_len, r.proof.checkpoint.size);
	*entry_index = exit_code == TB_EXIT_OK ? r.proof.index : 0;
	tb_buf_release(&extra);
	tb_buf_release(&room);
	return exit_code;
}
