/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_LOG_READ_H
#define TB_SERVER_LOG_READ_H

#include "core/election/roll.h"
#include "core/log/entry.h"
#include "server/store.h"

/*
 * Reads a stored log in order, for replay and tally.  What concerns one entry alone - reading it from the store, its envelope, its
 * leaf hash, and of a roll the keys, which are points - is done on all cores ahead of the one thread that takes the entries in.
 */

/* Called for each entry in order, by the thread that called tb_log_read(), with its blob attached.  `chunk` is what a roll entry
 * says, if it could be read; it may be taken (and zeroed), else NULL.  All of it is gone when the function returns.  An error
 * ends the reading. */
typedef tb_err tb_log_read_fn(
	void *arg, uint64_t index, const tb_entry *e, const uint8_t leaf[32], tb_roll_chunk *chunk);

/* Entries first .. end-1.  IO (also when one is missing), RULE with *fault for one that cannot be parsed, MEMORY, or the function's
 * error; a fault is then said to be of "entry <index>". */
TB_CHECKED tb_err tb_log_read(tb_store *store, uint64_t election, uint64_t first, uint64_t end,
	tb_log_read_fn *each, void *arg, tb_fault *fault);

#endif
