/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_WATCH_H
#define TB_SERVER_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * Deadlines of connections [HTTP.TIMEOUT].  libmicrohttpd closes a connection that is silent; one that sends a byte of its header now and
 * then, or takes a byte of its answer, is never silent.  Here a thread of its own cuts every connection that is behind its
 * time, whatever it is doing; the HTTP library then finds it closed by the other side.  The same thread sees to it that the library notices
 * at once when a client has gone.
 */
typedef struct tb_watch tb_watch;

typedef struct tb_watched {
	struct tb_watched *next, **link;
	_Atomic uint64_t deadline; /* monotonic milliseconds; 0 = none */
	int fd;
	bool has_ended; /* the other side says no more; for watch.c alone */
} tb_watched;

TB_CHECKED tb_err tb_watch_start(tb_watch **out,
	_Atomic uint64_t *num_cut); /* counted there; MEMORY, LIMIT (no more threads, no more descriptors) */
/* Every connection must be removed before. */
void tb_watch_stop(tb_watch *w);

/* `w` is the caller's room; it is watched until it is removed, which must happen before fd is closed. */
void tb_watch_add(tb_watch *all, tb_watched *w, int fd, unsigned seconds);
void tb_watch_remove(tb_watch *all, tb_watched *w);
/* From now on so many seconds; 0: for as long as it likes. */
void tb_watch_allow(tb_watched *w, unsigned seconds);

uint64_t tb_monotonic_ms(void);

#endif
