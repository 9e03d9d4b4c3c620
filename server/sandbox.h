/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_SANDBOX_H
#define TB_SERVER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/why.h"

/*
 * What a server that somebody has taken over cannot do.  Before its first thread starts it gives up root, every file outside a
 * few folders (Landlock, where the kernel has it), and every system call that serving does not need (seccomp): no
 * program is started, no connection made, no memory turned into code.
 */

/* From root to this user and the user's groups; for who is not root, only a check that it is that user.  NOT_FOUND, STATE, IO
 * with *why. */
TB_CHECKED tb_err tb_privileges_drop(const char *user, tb_why *why);
/* Makes the folder if it is not there, as that user's, while still root. */
TB_CHECKED tb_err tb_privileges_make_folder(const char *user, const char *path, tb_why *why);

typedef struct tb_sandbox {
	const char *const *writable; /* folders; those that are not there are skipped */
	size_t num_writable;
	const char *const *readable;
	size_t num_readable;
} tb_sandbox;

typedef struct tb_sandbox_state {
	bool has_seccomp, has_landlock;
} tb_sandbox_state;

/* Closes the door for this thread and those that it will start, as far as the kernel can; *state says how far.  Never undone. */
void tb_sandbox_enter(const tb_sandbox *s, tb_sandbox_state *state);

#endif
