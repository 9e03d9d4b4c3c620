/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_REPEAT_H
#define TB_CLI_COMMON_REPEAT_H

#include <stdint.h>

/* For commands that go on until they are stopped: calls `step` again and again, `interval` seconds apart, until SIGINT or SIGTERM
 * comes.  A step that is under way is finished. */
void tb_repeat(uint64_t interval, void (*step)(void *ctx), void *ctx);

#endif
