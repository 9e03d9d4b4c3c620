/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_BIG_BOARD_H
#define TB_TESTS_SUPPORT_BIG_BOARD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Large boards for benchmarks, made once by tool_big_board and kept: in the folder that TB_BOARDS names, or in the build folder.  A
 * making that was stopped is continued by the next one.
 */
#define BIG_BOARD_PATH 1100

/* The folder of a board with so many voters and ballots (five options); <folder>.server is the data folder of its server, with the
 * keys.  Makes it if it is not there, and says how long that took.  False when that fails. */
bool big_board_get(char folder[BIG_BOARD_PATH], unsigned voters, unsigned ballots);

/* tabella-verify of `board`, a folder or URL, as people run it: prints what it took ("all cores" or "one thread").  False when the board is
 * not verified, or the verifier needed more memory than DESIGN allows it. */
bool big_board_verify(const char *name, const char *board, unsigned ballots, bool one_thread);

#endif
