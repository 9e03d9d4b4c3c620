/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_POLLS_H
#define TB_SERVER_POLLS_H

#include "server/app.h"

/*
 * Opens the polls when it is time and everybody is ready, closes them, adds up the ballots of a closed election, and posts the
 * result as soon as the board allows it.  One thread, which looks at every election a few times a second; what it appends
 * goes through the sequencer like everything else.
 */
TB_CHECKED tb_err tb_polls_start(tb_polls **out, tb_app *app); /* MEMORY, LIMIT (no more threads) */
void tb_polls_stop(tb_polls *p);

#endif
