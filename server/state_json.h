/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_STATE_JSON_H
#define TB_SERVER_STATE_JSON_H

#include "core/election/board.h"

/* What the board says, as JSON for people and programs [HTTP.STATE]: phase, times, counts, and what is awaited from whom.
 * Everything in it can be read off the log.  The board has at least its manifest.  Appended; MEMORY, LIMIT. */
TB_CHECKED tb_err tb_state_json(tb_buf *out, const tb_board *b);

#endif
