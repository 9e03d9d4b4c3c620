/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_CODE_H
#define TB_CLI_COMMON_CODE_H

#include "cli/common_args.h"
#include "core/election/credential.h"

/*
 * Where a person's code comes from and goes to.  A code is never an argument on the command line, where every user of the
 * machine could read it: it is in a file that only its owner may read, or typed.
 */

/*
 * Reads a code: from the file named by --<option>, else typed at the terminal without echo after `prompt`, else from standard
 * input.  A file holds the code on its first line that is neither empty nor a comment (`#`); one that others may read is refused.
 * Prints what is wrong and returns an exit code; TB_EXIT_OK with *out, which the caller wipes.
 */
int tb_code_obtain(const tb_args *args, const char *option, const char *prompt, tb_code *out);

/*
 * Writes a code file (0600, never over an existing one) with a comment that says what it is for.  Prints what is wrong and
 * returns an exit code.
 */
int tb_code_save(const tb_args *args, const char *path, tb_role role, const tb_code *code);

/* tb_code_obtain() and the keys of `role`, both wiped by the caller through tb_role_keys_wipe(). */
int tb_role_keys_obtain(const tb_args *args, const char *option, tb_role role, tb_role_keys *out);

#endif
