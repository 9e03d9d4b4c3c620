/* SPDX-License-Identifier: Apache-2.0 */
#include "server/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 250

struct tb_watch {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
	int ends; /* an epoll of all connections: which of them has the other side ended? */
	_Atomic uint64_t *num_cut;
	tb_watched *first;
};

uint64_t tb_monotonic_ms(void)
{
	struct timespec now;

	TB_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Under the lock, so that no descriptor is closed, and its number given to another, between the look and the cut. */
static void cut_late(tb_watch *all)
{
	uint64_t now = tb_monotonic_ms();

	for (tb_watched *w = all->first; w != NULL; w = w->next) {
		uint64_t deadline = atomic_load(&w->deadline);

		/* Not when it has just been given more time. */
		if (deadline != 0 && deadline <= now &&
			atomic_compare_exchange_strong(&w->deadline, &deadline, 0)) {
			(void)shutdown(w->fd, SHUT_RDWR);
			(void)atomic_fetch_add(all->num_cut, 1);
		}
	}
}

/*
 * The HTTP library waits for changes.  When the last bytes and the end of a connection are there at once, that is one change: it reads the
 * bytes, fewer than it has room for, and waits for another one, until the deadline.  With a thousand of those nobody else gets in.
 * Closing the side that has ended already changes nothing but wakes it: it then reads on, and finds the end.  A client that
 * only listens is not harmed, since nothing is read from it any more.
 */
static void wake_ended(tb_watch *all)
{
	struct epoll_event events[64];
	char byte;
	int num;

	while ((num = epoll_wait(all->ends, events, sizeof events / sizeof events[0], 0)) > 0)
		for (int i = 0; i < num; i++)
			((tb_watched *)events[i].data.ptr)->has_ended = true;
	for (const tb_watched *w = all->first; w != NULL; w = w->next)
		if (w->has_ended && recv(w->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
			(void)shutdown(w->fd, SHUT_RD);
}

static void *run(void *arg)
{
	tb_watch *all = arg;
	struct timespec until;

	(void)pthread_mutex_lock(&all->lock);
	while (!all->stopping) {
		cut_late(all);
		wake_ended(all);
		TB_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		(void)pthread_cond_timedwait(&all->wake, &all->lock, &until);
	}
	(void)pthread_mutex_unlock(&all->lock);
	return NULL;
}

tb_err tb_watch_start(tb_watch **out, _Atomic uint64_t *num_cut)
{
	tb_watch *all = calloc(1, sizeof *all);
	pthread_condattr_t monotonic;

	*out = NULL;
	if (all == NULL)
		return TB_ERR_MEMORY;
	all->num_cut = num_cut;
	all->ends = epoll_create1(EPOLL_CLOEXEC);
	if (all->ends < 0) {
		free(all);
		return TB_ERR_LIMIT;
	}
	TB_REQUIRE(pthread_condattr_init(&monotonic) == 0 &&
		   pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	TB_REQUIRE(
		pthread_mutex_init(&all->lock, NULL) == 0 && pthread_cond_init(&all->wake, &monotonic) == 0);
	(void)pthread_condattr_destroy(&monotonic);
	if (pthread_create(&all->thread, NULL, run, all) != 0) {
		(void)pthread_cond_destroy(&all->wake);
		(void)pthread_mutex_destroy(&all->lock);
		(void)close(all->ends);
		free(all);
		return TB_ERR_LIMIT;
	}
	*out = all;
	return TB_OK;
}

void tb_watch_stop(tb_watch *all)
{
	if (all == NULL)
		return;
	(void)pthread_mutex_lock(&all->lock);
	TB_REQUIRE(all->first == NULL);
	all->stopping = true;
	(void)pthread_cond_signal(&all->wake);
	(void)pthread_mutex_unlock(&all->lock);
	(void)pthread_join(all->thread, NULL);
	(void)pthread_cond_destroy(&all->wake);
	(void)pthread_mutex_destroy(&all->lock);
	(void)close(all->ends);
	free(all);
}

void tb_watch_allow(tb_watched *w, unsigned seconds)
{
	atomic_store(&w->deadline, seconds == 0 ? 0 : tb_monotonic_ms() + seconds * UINT64_C(1000));
}

void tb_watch_add(tb_watch *all, tb_watched *w, int fd, unsigned seconds)
{
	struct epoll_event ends = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = w};

	w->fd = fd;
	w->has_ended = false;
	tb_watch_allow(w, seconds);
	(void)pthread_mutex_lock(&all->lock);
	w->next = all->first;
	w->link = &all->first;
	if (w->next != NULL)
		w->next->link = &w->next;
	all->first = w;
	(void)epoll_ctl(
		all->ends, EPOLL_CTL_ADD, fd, &ends); /* without memory for it, the deadline remains */
	(void)pthread_mutex_unlock(&all->lock);
}

void tb_watch_remove(tb_watch *all, tb_watched *w)
{
	(void)pthread_mutex_lock(&all->lock);
	(void)epoll_ctl(all->ends, EPOLL_CTL_DEL, w->fd, NULL);
	*w->link = w->next;
	if (w->next != NULL)
		w->next->link = w->link;
	(void)pthread_mutex_unlock(&all->lock);
}
