/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_CHECKER_H
#define TB_SERVER_CHECKER_H

#include "server/sequencer.h"

/*
 * Checks ballots before they go to the sequencer: first, cheaply, whether the board would take them as it stands; then signature
 * and proof, all that are waiting for one election in one batch.  Several threads.
 */
TB_CHECKED tb_err tb_checker_start(tb_checker **out, tb_app *app); /* MEMORY, LIMIT (no more threads) */
/* Passes on everything that was submitted, then ends the threads. */
void tb_checker_stop(tb_checker *c);
/* Takes a submission of type ballot.  Its `done` is called from here when it is refused, else by the sequencer. */
void tb_checker_submit(tb_checker *c, tb_submission *s);

#endif
