/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_repeat.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

void tb_repeat(uint64_t interval, void (*step)(void *ctx), void *ctx)
{
	struct sigaction act = {.sa_handler = on_signal};
	const struct timespec second = {.tv_sec = 1};

	(void)sigemptyset(&act.sa_mask);
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	while (!is_stopped) {
		step(ctx);
		/* In small steps: a signal that comes just before a sleep does not cut it short. */
		for (uint64_t i = 0; i < interval && !is_stopped; i++)
			(void)nanosleep(&second, NULL);
	}
}
