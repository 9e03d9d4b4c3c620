/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/board_internal.h"

/* While the polls are open: [BALLOT.*] but signature and proof, [ROLL.CHANGE], [EXTEND], [CLOSE]. */

/* ---- changes of the roll ---- */

tb_err tb_board_parse_roll_change(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_roll_change_parse(&b->step.change, e->payload, e->payload_len, fault);
}

tb_err tb_board_check_roll_change(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	char expected[80];

	if (b->gaps.roll)
		return TB_ERR_STATE;
	/* After the end nobody can vote with what would be given; a removal may still be found necessary. */
	if (b->step.change.action != TB_ROLL_REMOVE && e->time >= b->closes && !b->gaps.closes) {
		(void)snprintf(
			expected, sizeof expected, "before the end of the polls at %" PRIu64, b->closes);
		return tb_fault_setf(fault, "ROLL.CHANGE", "time", expected, "%" PRIu64, e->time);
	}
	return tb_board_in_payload(tb_roll_check_change(b->roll, &b->step.change, fault), fault);
}

/* Ballots that were cast with the old credential are still verified with it. */
static tb_err keep_old_key(tb_board *b, tb_voter voter)
{
	tb_board_old_key *k;

	if (b->num_old_keys == b->cap_old_keys) {
		size_t cap = b->cap_old_keys == 0 ? 16 : 2 * b->cap_old_keys;

		k = realloc(b->old_keys, cap * sizeof *k);
		if (k == NULL)
			return TB_ERR_MEMORY;
		b->old_keys = k;
		b->cap_old_keys = cap;
	}
	k = &b->old_keys[b->num_old_keys++];
	k->voter = voter;
	k->until = tb_board_size(b);
	memcpy(k->key, tb_roll_key(b->roll, voter), 32);
	return TB_OK;
}

tb_err tb_board_apply_roll_change(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	const tb_roll_change *c = &b->step.change;
	tb_fault ignored;
	tb_voter voter;
	tb_err err = tb_roll_check_change(b->roll, c, &ignored);

	(void)e;
	(void)leaf;
	if (err == TB_ERR_RULE)
		return TB_ERR_STATE; /* only from tb_board_apply_refused() */
	if (err == TB_OK && c->action == TB_ROLL_CREDENTIAL) {
		err = tb_roll_find(b->roll, c->voter, strlen(c->voter), &voter);
		if (err == TB_OK)
			err = keep_old_key(b, voter);
	}
	return err == TB_OK ? tb_roll_apply_change(b->roll, c) : err;
}

/* ---- ballots ---- */

tb_err tb_board_parse_ballot(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	if (b->params == NULL)
		return TB_ERR_STATE; /* no key: a commitment was left out */
	return tb_ballot_parse(b->params, &b->step.ballot, e->payload, e->payload_len, fault);
}

static tb_err check_ballot_time(const tb_board *b, uint64_t time, tb_fault *fault)
{
	char expected[120];

	if (time >= b->manifest.opens && (time < b->closes || b->gaps.closes))
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "at or after %" PRIu64 " and before %" PRIu64,
		b->manifest.opens, b->closes);
	return tb_fault_setf(fault, "BALLOT.TIME", "time", expected, "%" PRIu64, time);
}

/* Only somebody who is on the roll at this position, and whom nobody has removed, may vote. */
static tb_err find_voter(const tb_board *b, const tb_entry *e, tb_voter *voter, tb_fault *fault)
{
	if (strcmp(e->signer_id, b->step.ballot.head.voter) != 0)
		return tb_fault_set(fault, "BALLOT.PAYLOAD", "payload.voter", "the voter who signed",
			b->step.ballot.head.voter);
	if (tb_roll_find(b->roll, e->signer_id, strlen(e->signer_id), voter) != TB_OK) {
		if (b->gaps.roll)
			return TB_ERR_STATE;
		return tb_fault_setf(fault, "BALLOT.ROLL", "signer", "a voter on the roll",
			"%s, who is not on it", e->signer_id);
	}
	if (tb_roll_is_removed(b->roll, *voter))
		return tb_fault_setf(fault, "BALLOT.ROLL", "signer", "a voter on the roll",
			"%s, who was removed", e->signer_id);
	return TB_OK;
}

/* What every ballot of a voter but the first names: otherwise whoever kept an older ballot could post it again after a
 * newer one [BALLOT.PREV]. */
static tb_err check_prev(const tb_board *b, tb_voter voter, const uint8_t prev[32], tb_fault *fault)
{
	char expected[100], found[65];
	uint64_t latest;
	bool has_latest = tb_roll_latest(b->roll, voter, &latest);

	if (has_latest && b->manifest.revote == TB_REVOTE_NEVER) {
		(void)snprintf(expected, sizeof expected, "one ballot of each voter, which is entry %" PRIu64,
			latest);
		return tb_fault_set(fault, "BALLOT.COUNTED", "signer", expected, "a second one");
	}
	if (tb_roll_is_prev(b->roll, voter, prev))
		return TB_OK;
	if (has_latest)
		(void)snprintf(expected, sizeof expected,
			"the leaf hash of entry %" PRIu64 ", the voter's latest ballot", latest);
	else
		(void)snprintf(expected, sizeof expected, "zeroes, for a voter's first ballot");
	tb_hex_write(found, prev, 32);
	found[64] = 0;
	return tb_fault_set(fault, "BALLOT.PREV", "payload.prev", expected, found);
}

/* The voter's own clock bounds the server's [BALLOT.DATE]. */
static tb_err check_date(const tb_board *b, uint64_t time, uint64_t date, tb_fault *fault)
{
	uint64_t most = TB_BOARD_CLOCK_SECONDS + tb_manifest_granule(&b->manifest);
	uint64_t apart = time > date ? time - date : date - time;
	char expected[120];

	if (tb_manifest_floor_time(&b->manifest, date) != date) {
		(void)snprintf(expected, sizeof expected, "a multiple of %" PRIu64 " seconds",
			tb_manifest_granule(&b->manifest));
		return tb_fault_setf(fault, "BALLOT.DATE", "payload.date", expected, "%" PRIu64, date);
	}
	if (apart <= most)
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "at most %" PRIu64 " s from the entry's time %" PRIu64,
		most, time);
	return tb_fault_setf(fault, "BALLOT.DATE", "payload.date", expected,
		"%" PRIu64 ", which is %" PRIu64 " s off", date, apart);
}

/* The log that the voter saw is this one [BALLOT.CHECKPOINT]: a voter to whom another history was shown signed evidence
 * of it. */
static tb_err check_checkpoint(const tb_board *b, const tb_ballot_head *head, tb_fault *fault)
{
	char expected[100], found[65];
	uint8_t root[32];
	tb_err err;

	if (head->checkpoint_size <= b->open_index || head->checkpoint_size > tb_board_size(b)) {
		(void)snprintf(expected, sizeof expected, "more than %" PRIu64 " and at most %" PRIu64,
			b->open_index, tb_board_size(b));
		return tb_fault_setf(fault, "BALLOT.CHECKPOINT", "payload.checkpoint.size", expected,
			"%" PRIu64, head->checkpoint_size);
	}
	err = tb_board_root_at(b, head->checkpoint_size, root);
	if (err != TB_OK || memcmp(root, head->checkpoint_root, 32) == 0)
		return err;
	tb_hex_write(expected, root, 32);
	tb_hex_write(found, head->checkpoint_root, 32);
	expected[64] = found[64] = 0;
	return tb_fault_set(fault, "BALLOT.CHECKPOINT", "payload.checkpoint.root", expected, found);
}

tb_err tb_board_check_ballot(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	const tb_ballot_head *head = &b->step.ballot.head;
	tb_voter voter;
	tb_err err = check_ballot_time(b, e->time, fault);

	if (err == TB_OK)
		err = find_voter(b, e, &voter, fault);
	if (err == TB_OK)
		err = check_prev(b, voter, head->prev, fault);
	if (err == TB_OK)
		err = check_date(b, e->time, head->date, fault);
	if (err == TB_OK)
		err = check_checkpoint(b, head, fault);
	return err;
}

tb_err tb_board_apply_ballot(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_fault ignored;
	tb_voter voter;
	uint64_t latest;
	tb_err err = find_voter(b, e, &voter, &ignored);

	if (err == TB_ERR_RULE)
		return TB_ERR_STATE; /* this and the next only from tb_board_apply_refused() */
	if (err == TB_OK && b->manifest.revote == TB_REVOTE_NEVER && tb_roll_latest(b->roll, voter, &latest))
		return TB_ERR_STATE; /* the first one counts */
	if (err == TB_OK)
		err = tb_roll_set_latest(b->roll, voter, tb_board_size(b), leaf);
	if (err == TB_OK)
		b->num_ballots++;
	return err;
}

tb_err tb_board_latest_ballot(const tb_board *b, const char *voter, uint64_t *index)
{
	tb_voter v;

	if (b->roll == NULL || tb_roll_find(b->roll, voter, strlen(voter), &v) != TB_OK ||
		!tb_roll_latest(b->roll, v, index))
		return TB_ERR_NOT_FOUND;
	return TB_OK;
}

tb_err tb_board_ballot_at(const tb_board *b, const char *voter, uint64_t index, tb_board_ballot *out)
{
	uint64_t latest;
	tb_voter v;

	if (b->roll == NULL || tb_roll_find(b->roll, voter, strlen(voter), &v) != TB_OK)
		return TB_ERR_NOT_FOUND;
	memcpy(out->key, tb_roll_key(b->roll, v), 32);
	for (size_t i = 0; tb_roll_is_changed(b->roll, v) && i < b->num_old_keys; i++)
		if (b->old_keys[i].voter == v && index < b->old_keys[i].until) {
			memcpy(out->key, b->old_keys[i].key, 32);
			break; /* they are in log order: the first that ends later is the one that held */
		}
	out->weight = tb_roll_weight(b->roll, v);
	out->is_counted =
		tb_roll_latest(b->roll, v, &latest) && latest == index && !tb_roll_is_removed(b->roll, v);
	return TB_OK;
}

/* ---- a later end ---- */

tb_err tb_board_parse_extend(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_extend_parse(&b->step.extend, e->payload, e->payload_len, fault);
}

tb_err tb_board_check_extend(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	uint64_t closes = b->step.extend.closes, longest = tb_manifest_longest_window(&b->manifest);
	char expected[120];

	if (b->gaps.closes)
		return TB_ERR_STATE;
	if (e->time >= b->closes) {
		(void)snprintf(expected, sizeof expected, "before the present end at %" PRIu64, b->closes);
		return tb_fault_setf(fault, "EXTEND", "time", expected, "%" PRIu64, e->time);
	}
	if (closes <= b->closes)
		(void)snprintf(
			expected, sizeof expected, "later than the present end at %" PRIu64, b->closes);
	else if (tb_manifest_floor_time(&b->manifest, closes) != closes)
		(void)snprintf(expected, sizeof expected, "a multiple of %" PRIu64 " seconds",
			tb_manifest_granule(&b->manifest));
	else if (closes - b->manifest.opens > longest)
		(void)snprintf(expected, sizeof expected,
			"at most %" PRIu64 ", the longest window of these rules",
			b->manifest.opens + longest);
	else
		return TB_OK;
	return tb_fault_setf(fault, "EXTEND", "payload.closes", expected, "%" PRIu64, closes);
}

tb_err tb_board_apply_extend(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)e;
	(void)leaf;
	b->closes = b->step.extend.closes;
	b->num_extensions++;
	return TB_OK;
}

/* ---- close ---- */

tb_err tb_board_parse_close(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_close_parse(&b->step.close, e->payload, e->payload_len, fault);
}

static tb_err check_count(
	const char *where, const char *what, uint64_t expected_count, uint64_t found, tb_fault *fault)
{
	char expected[100];

	if (found == expected_count)
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "%" PRIu64 " %s", expected_count, what);
	return tb_fault_setf(fault, "CLOSE", where, expected, "%" PRIu64, found);
}

tb_err tb_board_check_close(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	const tb_close *c = &b->step.close;
	char expected[100];
	uint8_t root[32];
	tb_err err;

	if (e->time < b->closes && !b->gaps.closes) {
		(void)snprintf(expected, sizeof expected, "at or after the end at %" PRIu64, b->closes);
		return tb_fault_setf(fault, "CLOSE", "time", expected, "%" PRIu64, e->time);
	}
	tb_board_root(b, root);
	err = tb_board_check_point("CLOSE", tb_board_size(b), root, c->size, c->root, fault);
	if (err == TB_OK && !b->gaps.ballots)
		err = check_count("payload.ballots", "ballot entries", b->num_ballots, c->ballots, fault);
	if (err == TB_OK && !b->gaps.ballots && !b->gaps.roll && !b->gaps.ceremony)
		err = check_count(
			"payload.voters", "ballots that count", tb_board_num_counted(b), c->voters, fault);
	return err;
}

tb_err tb_board_apply_close(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_merkle_tree after = b->tree;

	/* Endorsers name the log that ends with this very entry. */
	tb_merkle_tree_append(&after, leaf);
	tb_merkle_tree_root(&after, b->close_root);
	b->close_size = tb_board_size(b) + 1;
	b->close_time = e->time;
	memcpy(b->close_leaf, leaf, 32);
	tb_endorsements_init(&b->endorsements, &b->manifest);
	b->is_closed = true;
	b->phase = TB_PHASE_CLOSED;
	return TB_OK;
}
