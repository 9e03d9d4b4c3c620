/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_CAPTURED_H
#define TB_TESTS_SUPPORT_CAPTURED_H

#include "cli/common_args.h"

/* Runs a command line with its standard output and error in memory.  `line` is split at spaces; "\x01" in it stands for a space inside a
 * word.  What was printed is in captured_out and captured_err until the next call.  Returns the exit code. */
#define TB_CAPTURED_MAX 16384
extern char captured_out[TB_CAPTURED_MAX], captured_err[TB_CAPTURED_MAX];

int captured_run(const tb_program *program, const char *line);

#endif
