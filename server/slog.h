/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_SLOG_H
#define TB_SERVER_SLOG_H

#include <stdbool.h>

/*
 * The server's log: one line per event on standard error,
 *     2025-03-01T09:00:00Z info append election=board-2025 index=12 type=ballot
 * or, for programs, the same as an object of JSON,
 *     {"time":"2025-03-01T09:00:00Z","level":"info","event":"append","election":"board-2025","index":"12","type":"ballot"}
 * and nothing about people that is not on the board already: no addresses, no bodies, no headers.
 */
typedef enum tb_slog_level { TB_SLOG_INFO, TB_SLOG_WARNING, TB_SLOG_ERROR } tb_slog_level;

/* `event` is one word; the text is words name=value, then free text.  What is no printable ASCII becomes '?': nobody outside writes a second line. */
__attribute__((format(printf, 3, 4))) void tb_slog(
	tb_slog_level level, const char *event, const char *format, ...);
/* Lines below this level are dropped; INFO at the start.  To be set before threads run. */
void tb_slog_set_level(tb_slog_level level);
void tb_slog_set_json(bool json); /* the same */

#endif
