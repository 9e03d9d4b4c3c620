/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/board.h"
#include "core/log/tile.h"
#include "crypto/merkle.h"

/*
 * A whole log, whatever is in it: entries with a u16 length each, as in a bundle.  What the board refuses is taken in as a
 * verifier takes it in, so wrong signatures keep nothing from being looked at.  A check changes nothing, and
 * nothing aborts.
 */
#define MAX_ENTRIES 40

/* The tally that a verifier would make, so that what follows the close is judged too. */
static void give_tally(tb_board *b, const tb_bundle *all, const uint8_t *data, size_t len)
{
	tb_tally_close closing;
	tb_tally *tally;
	tb_bundle in = *all;

	if (tb_board_close_leaf(b) == NULL || tb_board_tally(b) != NULL || !tb_board_knows_counted(b) ||
		tb_tally_new(&tally, tb_board_params(b)) != TB_OK)
		return;
	tb_bundle_init(&in, data, len, MAX_ENTRIES);
	for (uint64_t i = 0; i < tb_board_close_size(b); i++) {
		const uint8_t *bytes;
		tb_board_ballot at;
		uint8_t leaf[32];
		tb_fault fault;
		size_t n;
		tb_buf room;
		tb_entry e;

		if (tb_bundle_next(&in, &bytes, &n) != TB_OK)
			break;
		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		tb_merkle_leaf(leaf, bytes, n);
		if (tb_entry_parse(&e, &room, bytes, n, &fault) == TB_OK && e.type == TB_ENTRY_BALLOT &&
			e.payload != NULL && tb_board_ballot_at(b, e.signer_id, i, &at) == TB_OK &&
			at.is_counted &&
			tb_tally_add_payload(tally, i, e.payload, e.payload_len, at.weight, &fault) == TB_OK)
			TB_REQUIRE(tb_tally_list(tally, i, leaf, at.weight) == TB_OK);
		tb_buf_release(&room);
	}
	TB_REQUIRE(tb_board_closing(b, &closing) == TB_OK && tb_tally_finish(tally, &closing) == TB_OK &&
		   tb_board_set_tally(b, tally) == TB_OK);
}

static void take(tb_board *b, const uint8_t *bytes, size_t len)
{
	uint8_t leaf[32], before[32], after[32];
	tb_fault fault = {0};
	tb_buf room;
	tb_entry e;
	bool taken;
	tb_err err;

	tb_merkle_leaf(leaf, bytes, len);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_entry_parse(&e, &room, bytes, len, &fault);
	if (err != TB_OK) {
		TB_REQUIRE(err == TB_ERR_RULE && tb_board_skip(b, leaf) == TB_OK);
	} else if (e.payload == NULL) { /* a blob that nobody has */
		TB_REQUIRE(tb_board_apply_refused(b, &e, leaf, &taken) == TB_OK);
	} else {
		TB_REQUIRE(tb_board_digest(b, before) == TB_OK);
		err = tb_board_check(b, &e, leaf, &fault);
		TB_REQUIRE(tb_board_digest(b, after) == TB_OK && memcmp(before, after, 32) == 0);
		if (err == TB_OK) {
			TB_REQUIRE(tb_board_apply(b, &e, leaf) == TB_OK);
		} else {
			TB_REQUIRE(err == TB_ERR_STATE || (err == TB_ERR_RULE && fault.rule != NULL));
			TB_REQUIRE(tb_board_apply_refused(b, &e, leaf, &taken) == TB_OK);
		}
	}
	tb_buf_release(&room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *bytes;
	tb_bundle in;
	tb_board *b;
	size_t n;

	TB_REQUIRE(tb_board_new(&b) == TB_OK);
	tb_bundle_init(&in, data, len, MAX_ENTRIES);
	for (size_t i = 0; i < MAX_ENTRIES && tb_bundle_next(&in, &bytes, &n) == TB_OK; i++) {
		take(b, bytes, n);
		TB_REQUIRE(tb_board_size(b) == i + 1);
		give_tally(b, &in, data, len);
	}
	tb_board_free(b);
	return 0;
}
