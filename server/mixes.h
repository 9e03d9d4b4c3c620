/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_MIXES_H
#define TB_SERVER_MIXES_H

#include "server/sequencer.h"

/*
 * Verifies the proofs of mixes [SHUFFLE.VERIFY] in a thread of its own, without any lock: that takes seconds or minutes, in which the one
 * thread that writes, and every other election, go on.  What is right is then handed to the sequencer, whose board has been
 * told that these very bytes were checked against the stage that is still the present one.
 */
typedef struct tb_mixes tb_mixes;

TB_CHECKED tb_err tb_mixes_start(tb_mixes **out, tb_app *app); /* MEMORY, LIMIT (no more threads) */
/* Finishes the one that is being verified; the others are refused. */
void tb_mixes_stop(tb_mixes *m);
/* Takes a `mix` whose signature is right until its `done` is called. */
void tb_mixes_submit(tb_mixes *m, tb_submission *s);

#endif
