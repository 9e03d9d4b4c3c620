/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_ASK_BOARD_H
#define TB_TESTS_SUPPORT_ASK_BOARD_H

#include "tests/support/make_board.h"

/*
 * Asking a board what it would say about an entry, without posting it: "OK", the id of the rule that it breaks, or "STATE" when it
 * cannot be judged.  Fails the running test when the board changes by being asked.
 */
const char *tb_ask(tb_maker *m, tb_maker_plan *plan); /* releases the payload */
const char *tb_ask_text(
	tb_maker *m, tb_entry_type type, const char *signer, const char *payload, uint64_t time);

/* A ballot of this voter whose head was changed by `edit` (NULL: by nobody), signed after that. */
typedef void tb_ask_edit(tb_maker *m, tb_ballot_head *head, uint64_t number);
const char *tb_ask_ballot(tb_maker *m, uint32_t voter, uint64_t time, tb_ask_edit *edit, uint64_t number);

const char *tb_ask_extend(tb_maker *m, uint64_t time, uint64_t closes);
/* `close` with other numbers than the right ones. */
const char *tb_ask_close(
	tb_maker *m, uint64_t time, int64_t more_ballots, int64_t more_voters, uint8_t flip, int64_t more);

/* ---- elections to ask about ---- */
tb_maker *tb_ask_maker_in(tb_phase phase);
/* A referendum whose polls are open; voter 0 has voted so often. */
tb_maker *tb_ask_maker_open(tb_revote revote, tb_granularity granularity, uint32_t votes);

#endif
