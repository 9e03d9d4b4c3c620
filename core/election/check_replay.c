/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/check_internal.h"

/*
 * Does every entry follow from those before it?  The state machine of core/election/board.h is fed with the log;
 * what it refuses is reported and, where that makes sense, taken in as though it were right [CHECK.RECOVERY].
 */

/* ---- which check a rule belongs to ---- */

static tb_check_number check_of_type(tb_entry_type type)
{
	switch (type) {
	case TB_ENTRY_MANIFEST:
		return TB_CHECK_MANIFEST;
	case TB_ENTRY_ROLL:
	case TB_ENTRY_ROLL_CHANGE:
		return TB_CHECK_ROLL;
	case TB_ENTRY_TRUSTEE_COMMIT:
	case TB_ENTRY_TRUSTEE_CERTIFY:
	case TB_ENTRY_OPEN:
		return TB_CHECK_CEREMONY;
	case TB_ENTRY_BALLOT:
		return TB_CHECK_BALLOTS;
	case TB_ENTRY_EXTEND:
	case TB_ENTRY_CLOSE:
		return TB_CHECK_CLOSE;
	case TB_ENTRY_ENDORSE:
		return TB_CHECK_ENDORSEMENTS;
	case TB_ENTRY_MIX:
		return TB_CHECK_MIXES;
	case TB_ENTRY_DECRYPT:
		return TB_CHECK_SHARES;
	case TB_ENTRY_RESULT:
		return TB_CHECK_RESULT;
	default:
		return TB_CHECK_ENTRIES; /* notice, cancel, client */
	}
}

static tb_check_number check_of_fault(tb_entry_type type, const char *rule)
{
	if (strcmp(rule, "ENTRY.SIGNATURE") == 0)
		return TB_CHECK_SIGNATURES;
	if (strncmp(rule, "ENTRY.", 6) == 0)
		return TB_CHECK_ENTRIES;
	return check_of_type(type);
}

/* ---- what people should hear about, by name ---- */

#define MAX_NAMES 200

__attribute__((format(printf, 2, 3))) static void name(tb_check *c, const char *format, ...)
{
	char line[400];
	va_list args;

	if (c->num_names++ >= MAX_NAMES)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	for (char *at = strchr(line, '\n'); at != NULL; at = strchr(at, '\n'))
		*at = ' '; /* a reason may have several lines; a sentence is one */
	tb_buf_text(&c->names, line);
	tb_buf_u8(&c->names, '\n');
}

static void hear_change(tb_check *c, const tb_entry *e, uint64_t index)
{
	tb_roll_change change;
	tb_fault ignored;
	uint64_t latest;
	bool has_cast;

	if (tb_roll_change_parse(&change, e->payload, e->payload_len, &ignored) != TB_OK)
		return;
	has_cast = tb_board_latest_ballot(c->board, change.voter, &latest) == TB_OK;
	if (change.action == TB_ROLL_ADD)
		c->num_added++;
	if (change.action == TB_ROLL_REMOVE) {
		c->num_removed++;
		name(c, "%s was removed from the roll in entry %" PRIu64 "%s. Reason: %.200s", change.voter,
			index, has_cast ? ", after casting a ballot, which is not counted" : "",
			change.reason);
	}
	if (change.action == TB_ROLL_CREDENTIAL && has_cast)
		name(c,
			"%s got a new credential in entry %" PRIu64
			", after casting a ballot: whoever holds it can replace that ballot. Ask %s. Reason: "
			"%.200s",
			change.voter, index, change.voter, change.reason);
	tb_roll_change_release(&change);
}

/* Every page and file that is not as it was; names of pages, since those of other files say only their hash. */
static void compare_clients(tb_buf *out, const tb_client_list *before, const tb_client_list *after)
{
	size_t num_other = 0, num_named = 0;

	for (size_t i = 0; i < after->num; i++) {
		const tb_client_item *now = &after->files[i], *old = tb_client_list_find(before, now->path);

		if (old != NULL && memcmp(old->sha256, now->sha256, 32) == 0)
			continue;
		if (strncmp(now->path, "/client/", 8) == 0 || num_named == 8) {
			num_other++;
			continue;
		}
		tb_buf_text(out, num_named++ > 0 ? ", " : "");
		tb_buf_text(out, now->path);
	}
	for (size_t i = 0; i < before->num; i++)
		num_other += tb_client_list_find(after, before->files[i].path) == NULL;
	if (num_other > 0) {
		char text[80];

		(void)snprintf(text, sizeof text, "%s%zu %sfile%s that came, changed or went",
			num_named > 0 ? ", " : "", num_other, num_named > 0 ? "other " : "",
			num_other == 1 ? "" : "s");
		tb_buf_text(out, text);
	}
}

/* Who votes before and who votes after such an entry was given different programs. */
static void hear_client(tb_check *c, const tb_entry *e, uint64_t index)
{
	tb_client_list list;
	tb_fault ignored;
	char text[40];

	if (tb_client_list_parse(&list, e->payload, e->payload_len, &ignored) != TB_OK)
		return;
	if (tb_board_phase(c->board) == TB_PHASE_OPEN && c->num_client_changes++ < TB_CHECK_CLIENT_CHANGES) {
		(void)snprintf(text, sizeof text, "entry %" PRIu64 ": ", index);
		tb_buf_text(&c->client_changes, text);
		compare_clients(&c->client_changes, &c->report->client, &list);
		tb_buf_u8(&c->client_changes, '\n');
	}
	tb_client_list_release(&c->report->client);
	c->report->client = list;
	c->report->client_entry = index;
}

static void hear(tb_check *c, const tb_entry *e, uint64_t index)
{
	char *reason = NULL;
	tb_fault ignored;

	if (e->type == TB_ENTRY_NOTICE)
		c->num_notices++;
	if (e->type == TB_ENTRY_ROLL_CHANGE)
		hear_change(c, e, index);
	if (e->type == TB_ENTRY_CLIENT)
		hear_client(c, e, index);
	if (e->type == TB_ENTRY_CANCEL &&
		tb_cancel_parse(&reason, e->payload, e->payload_len, &ignored) == TB_OK) {
		tb_buf_text(&c->cancelled, reason);
		free(reason);
	}
}

/* ---- one entry ---- */

/* Gives a blob entry its bytes.  *ok is false when they are not there or not right, which is reported. */
static tb_err attach_blob(tb_check *c, tb_entry *e, uint64_t index, bool *ok)
{
	char path[TB_PATH_MAX];
	tb_fault fault = {0};
	tb_err err;

	*ok = false;
	tb_blob_path(path, e->payload_hash);
	err = tb_check_read(c, &c->blob, path);
	tb_check_cover(c, TB_CHECK_BLOBS, 1);
	if (err == TB_ERR_NOT_FOUND) {
		(void)tb_fault_setf(&fault, "LOG.BLOB", path, "the payload of this entry", "no such file");
		tb_check_fail_at(c, TB_CHECK_BLOBS, index, &fault);
		return TB_OK;
	}
	if (err != TB_OK)
		return err;
	err = tb_entry_attach_blob(e, c->blob.data, c->blob.len, &fault);
	if (err == TB_ERR_RULE) {
		(void)snprintf(fault.where, sizeof fault.where, "%s", path);
		tb_check_fail_at(c, TB_CHECK_BLOBS, index, &fault);
		return TB_OK;
	}
	*ok = err == TB_OK;
	return err;
}

static tb_err leave_out(tb_check *c, const tb_entry *e, uint64_t index)
{
	if (e->type != TB_ENTRY_BALLOT)
		return TB_OK;
	if (c->num_left_out == c->cap_left_out) {
		size_t cap = c->cap_left_out == 0 ? 64 : 2 * c->cap_left_out;
		uint64_t *list = realloc(c->left_out, cap * sizeof *list);

		if (list == NULL)
			return TB_ERR_MEMORY;
		c->left_out = list;
		c->cap_left_out = cap;
	}
	c->left_out[c->num_left_out++] = index;
	return TB_OK;
}

static void cover(tb_check *c, const tb_entry *e, tb_err err, const tb_fault *fault)
{
	tb_check_number number = check_of_type(e->type);

	if (err == TB_ERR_STATE) {
		tb_check_skip(c, number, 1);
		return;
	}
	if (e->type != TB_ENTRY_BALLOT)
		tb_check_cover(c, TB_CHECK_SIGNATURES, 1);
	/* An entry that was refused for its order or signature has not come as far as its own check. */
	if (number != TB_CHECK_ENTRIES && (err == TB_OK || check_of_fault(e->type, fault->rule) == number))
		tb_check_cover(c, number, 1);
}

static tb_err replay_read_entry(tb_check *c, tb_entry *e, const uint8_t leaf[32], uint64_t index)
{
	tb_fault fault = {0};
	bool taken;
	tb_err err;

	c->work = e->type == TB_ENTRY_MIX ? "checking a mix" : "checking decryption shares";
	err = tb_board_check(c->board, e, leaf, &fault);
	if (err != TB_OK && err != TB_ERR_RULE && err != TB_ERR_STATE)
		return err;
	cover(c, e, err, &fault);
	hear(c, e, index);
	if (err == TB_OK)
		return tb_board_apply(c->board, e, leaf);
	if (err == TB_ERR_RULE)
		tb_check_fail_at(c, check_of_fault(e->type, fault.rule), index, &fault);
	err = tb_board_apply_refused(c->board, e, leaf, &taken);
	return err == TB_OK && !taken ? leave_out(c, e, index) : err;
}

static tb_err replay_entry(tb_check *c, const tb_check_bundle *b, unsigned i, tb_buf *room)
{
	uint64_t index = b->index * TB_TILE_WIDTH + i;
	tb_fault fault = {0};
	bool has_payload = true, taken;
	tb_entry e;
	tb_err err;

	if (b->entry[i] == NULL) { /* not the log's bytes: reported by the tree pass */
		tb_check_skip(c, TB_CHECK_ENTRIES, 1);
		return tb_board_skip(c->board, b->leaf[i]);
	}
	tb_check_cover(c, TB_CHECK_ENTRIES, 1);
	err = tb_entry_parse(&e, room, b->entry[i], b->len[i], &fault);
	if (err == TB_ERR_RULE) {
		tb_check_fail_at(c, TB_CHECK_ENTRIES, index, &fault);
		return tb_board_skip(c->board, b->leaf[i]);
	}
	if (err == TB_OK && e.is_blob)
		err = attach_blob(c, &e, index, &has_payload);
	if (err != TB_OK)
		return err;
	if (has_payload)
		return replay_read_entry(c, &e, b->leaf[i], index);
	tb_check_skip(c, check_of_type(e.type), 1);
	err = tb_board_apply_refused(c->board, &e, b->leaf[i], &taken);
	return err == TB_OK ? leave_out(c, &e, index) : err;
}

/* ---- runs of entries ---- */

static bool is_closed(const tb_board *board)
{
	return tb_board_close_leaf(board) != NULL;
}

/* Replays from the board's size on: to the entry after which `stop` holds, or to the end. */
static tb_err replay(tb_check *c, bool (*stop)(const tb_board *))
{
	tb_check_bundle *b = malloc(sizeof *b);
	tb_buf room;
	tb_err err = TB_OK;

	if (b == NULL)
		return TB_ERR_MEMORY;
	tb_check_bundle_init(b);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	while (err == TB_OK && tb_board_size(c->board) < c->size && !(stop != NULL && stop(c->board))) {
		uint64_t at = tb_board_size(c->board);

		err = tb_check_bundle_read(c, b, at / TB_TILE_WIDTH);
		if (err == TB_OK)
			err = tb_check_bundle_hash(c, b);
		for (unsigned i = (unsigned)(at % TB_TILE_WIDTH); i < b->num && err == TB_OK; i++) {
			err = replay_entry(c, b, i, &room);
			if (stop != NULL && stop(c->board))
				break;
		}
		tb_check_progress(c, tb_board_size(c->board) - at);
	}
	tb_buf_release(&room);
	tb_check_bundle_release(b);
	free(b);
	return err;
}

tb_err tb_check_replay(tb_check *c)
{
	tb_check_stage(c, "replaying the log", c->size);
	return replay(c, is_closed);
}

static bool is_ready_for_result(const tb_board *board)
{
	const tb_tally *t = tb_board_tally(board);

	return t != NULL && !tb_tally_is_decrypted(t) && tb_tally_may_decrypt_any(t) &&
	       tb_tally_num_decrypts(t) >= tb_board_manifest(board)->threshold;
}

tb_err tb_check_rest(tb_check *c)
{
	tb_fault ignored;
	tb_err err;

	tb_check_stage(c, "checking the result", c->size - tb_board_size(c->board));
	err = replay(c, is_ready_for_result);
	if (err != TB_OK || !is_ready_for_result(c->board))
		return err;
	/* Totals, lot and counts, with a progress bar, since they can take a while.  What is wrong here is reported when the result is
	 * checked against it. */
	c->work = "finding the totals";
	err = tb_tally_decrypt(
		tb_board_tally(c->board), tb_board_ceremony(c->board), tb_check_work, c, &ignored);
	if (err != TB_OK && err != TB_ERR_RULE && err != TB_ERR_STATE)
		return err;
	return replay(c, NULL);
}
