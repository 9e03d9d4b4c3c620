/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_VERIFIER_FETCH_H
#define TB_VERIFIER_FETCH_H

#include "core/log/source.h"
#include "verifier/options.h"

/* The board that the user named, as something that can be read again and again: a URL is copied into a folder first. */
typedef struct tb_verify_board {
	tb_source *source;
	char folder[4096]; /* the copy of a URL, or "" */
	bool is_temporary; /* the folder is removed at the end, also when the program is told to stop */
} tb_verify_board;

/*
 * TB_OK; or ENCODING: an archive that is not one board in the order of [ARCHIVE], or a server without a board - the board is
 * wrong, *fault says how; or another error, with *fault: nothing can be said about the board.
 */
TB_CHECKED tb_err tb_verify_board_open(
	tb_verify_board *out, const tb_verify_options *options, tb_fault *fault);
void tb_verify_board_close(tb_verify_board *b);

/* Writes the archive that --save asks for (the copy in a folder is made by opening).  IO, LIMIT, MEMORY, with *fault. */
TB_CHECKED tb_err tb_verify_board_save(tb_verify_board *b, const char *path, tb_fault *fault);

#endif
