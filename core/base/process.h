/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_PROCESS_H
#define TB_CORE_BASE_PROCESS_H

/*
 * For programs that hold secrets, as the first thing they do: a crash leaves no image of their memory on the disk, also not
 * with a handler for such images, and no other process of the same user reads it.  What the system does not know how to do
 * is left undone.
 */
void tb_process_guard_memory(void);

#endif
