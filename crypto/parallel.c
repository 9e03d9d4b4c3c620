/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/parallel.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#define MAX_THREADS 64

typedef struct job {
	const tb_parallel *p;
	tb_parallel_work *work;
	void *arg;
	size_t num, piece;
	pthread_mutex_t lock; /* what follows */
	size_t next, done;
	size_t failed; /* where the piece of `err` begins */
	tb_err err;
} job;

unsigned tb_parallel_threads(const tb_parallel *p)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned num = p->threads != 0 ? p->threads : cores > 0 ? (unsigned)cores : 1;

	return num < MAX_THREADS ? num : MAX_THREADS;
}

/* The next piece; false when there is none, or something has failed. */
static bool take(job *j, size_t *first, size_t *num)
{
	bool ok;

	(void)pthread_mutex_lock(&j->lock);
	ok = j->err == TB_OK && j->next < j->num;
	if (ok) {
		*first = j->next;
		*num = j->num - j->next < j->piece ? j->num - j->next : j->piece;
		j->next += *num;
	}
	(void)pthread_mutex_unlock(&j->lock);
	return ok;
}

/* Pieces are taken in order, so whoever fails first has let every earlier piece be begun: the smallest one that fails is always
 * the same. */
static size_t give_back(job *j, size_t first, size_t num, tb_err err)
{
	size_t done;

	(void)pthread_mutex_lock(&j->lock);
	if (err != TB_OK && (j->err == TB_OK || first < j->failed)) {
		j->err = err;
		j->failed = first;
	}
	done = j->done += num;
	(void)pthread_mutex_unlock(&j->lock);
	return done;
}

static void *help(void *arg)
{
	job *j = arg;
	size_t first, num;

	while (take(j, &first, &num))
		(void)give_back(j, first, num, j->work(j->arg, first, num));
	return NULL;
}

tb_err tb_parallel_run(const tb_parallel *p, size_t num, size_t piece, tb_parallel_work *work, void *arg)
{
	job j = {.p = p, .work = work, .arg = arg, .num = num, .piece = piece == 0 ? 1 : piece};
	size_t pieces = num / j.piece + (num % j.piece != 0), first, n, done;
	unsigned threads = tb_parallel_threads(p), started = 0;
	pthread_t helper[MAX_THREADS];

	(void)pthread_mutex_init(&j.lock, NULL);
	while (started + 1 < threads && started + 1 < pieces &&
		pthread_create(&helper[started], NULL, help, &j) == 0)
		started++;
	while (take(&j, &first, &n)) {
		done = give_back(&j, first, n, work(arg, first, n));
		if (p->progress != NULL)
			p->progress(p->progress_arg, done, num);
	}
	for (unsigned i = 0; i < started; i++)
		(void)pthread_join(helper[i], NULL);
	(void)pthread_mutex_destroy(&j.lock);
	if (j.err == TB_OK && p->progress != NULL && num > 0)
		p->progress(p->progress_arg, num, num);
	return j.err;
}
