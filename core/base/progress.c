/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FIRST_MS 400 /* what is done sooner needs no bar */
#define EVERY_MS 100
#define WIDTH 30

static int64_t now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Whatever becomes of the bar, the work goes on. */
static void put(int fd, const char *text, size_t len)
{
	ssize_t ignored = write(fd, text, len);

	(void)ignored;
}

void tb_progress_begin_on(tb_progress *p, int fd, const char *label, uint64_t total)
{
	p->label = label;
	p->total = total;
	p->fd = total > 0 && isatty(fd) ? fd : -1;
	p->started_ms = p->fd >= 0 ? now_ms() : 0;
	atomic_init(&p->done, 0);
	atomic_init(&p->next_ms, p->started_ms + FIRST_MS);
	atomic_init(&p->drawn, false);
}

void tb_progress_begin(tb_progress *p, const char *label, uint64_t total)
{
	tb_progress_begin_on(p, STDERR_FILENO, label, total);
}

static void time_left(char *out, size_t size, int64_t seconds)
{
	if (seconds >= 5940)
		snprintf(out, size, "%lld h left", (long long)((seconds + 1800) / 3600));
	else if (seconds >= 99)
		snprintf(out, size, "%lld min left", (long long)((seconds + 30) / 60));
	else
		snprintf(out, size, "%lld s left", (long long)seconds);
}

static void draw(tb_progress *p, uint64_t done, int64_t now)
{
	char line[160], bar[WIDTH + 1], left[32];
	double part = done >= p->total ? 1.0 : (double)done / (double)p->total;
	double elapsed = (double)(now - p->started_ms) / 1000.0;
	int len;

	memset(bar, '.', WIDTH);
	memset(bar, '#', (size_t)(part * WIDTH));
	bar[WIDTH] = '\0';
	left[0] = '\0';
	if (done > 0)
		time_left(left, sizeof left, (int64_t)(elapsed * (1.0 - part) / part + 0.5));
	/* Carriage return, the line, and "erase to the end of the line". */
	len = snprintf(line, sizeof line, "\r%.60s  [%s]  %d %%  %s\x1b[K", p->label, bar,
		(int)(part * 100.0), left);
	if (len > 0 && (size_t)len < sizeof line) {
		put(p->fd, line, (size_t)len);
		atomic_store(&p->drawn, true);
	}
}

void tb_progress_add(tb_progress *p, uint64_t more)
{
	uint64_t done;
	int64_t now, next;

	if (p->fd < 0)
		return;
	done = atomic_fetch_add(&p->done, more) + more;
	now = now_ms();
	next = atomic_load(&p->next_ms);
	/* Whichever thread moves the time on is the one that draws. */
	if (now >= next && atomic_compare_exchange_strong(&p->next_ms, &next, now + EVERY_MS))
		draw(p, done, now);
}

void tb_progress_end(tb_progress *p)
{
	if (p->fd >= 0 && atomic_load(&p->drawn))
		put(p->fd, "\r\x1b[K", 4);
	p->fd = -1;
}
