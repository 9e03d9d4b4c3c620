/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void tb_process_guard_memory(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	/* The limit alone does not stop an image that goes to a handler through a pipe. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
