/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_VKEY_H
#define TB_CLI_COMMON_VKEY_H

#include "cli/common_args.h"
#include "core/log/note.h"

/* Reads a verifier key that a user gave; `where` is the option or file it stood in.  An exit code; what is wrong has been said. */
int tb_args_vkey(const tb_args *args, tb_vkey *out, const char *where, const char *text);

#endif
