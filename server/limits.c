/* SPDX-License-Identifier: Apache-2.0 */
#include "server/limits.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

#define WAYS 8   /* places that one name may have */
#define LOCKS 64 /* more than threads, so that they seldom meet */

/*
 * A bucket is one moment: when it will be full again.  Each thing taken moves that by an hour / per_hour; nothing is given while it
 * lies more than burst such steps ahead.  (The "generic cell rate algorithm": no refilling, no rounding that adds up.)
 */
typedef struct bucket {
	uint64_t tag;     /* 0 = unused */
	uint64_t full_at; /* in microseconds */
} bucket;

struct tb_limits {
	pthread_mutex_t lock[LOCKS];
	uint8_t key[32];
	size_t num_sets; /* a power of two */
	bucket table[];
};

tb_err tb_limits_new(tb_limits **out, size_t num)
{
	size_t sets = LOCKS;
	tb_limits *l;

	*out = NULL;
	while (sets * WAYS < num)
		sets *= 2;
	l = calloc(1, sizeof *l + sets * WAYS * sizeof(bucket));
	if (l == NULL)
		return TB_ERR_MEMORY;
	l->num_sets = sets;
	/* Without the key somebody could compute names that crowd one set. */
	if (tb_random(l->key, sizeof l->key) != TB_OK) {
		free(l);
		return TB_ERR_RANDOM;
	}
	for (size_t i = 0; i < LOCKS; i++)
		TB_REQUIRE(pthread_mutex_init(&l->lock[i], NULL) == 0);
	*out = l;
	return TB_OK;
}

void tb_limits_free(tb_limits *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		(void)pthread_mutex_destroy(&l->lock[i]);
	tb_wipe(l->key, sizeof l->key);
	free(l);
}

static uint64_t hash_name(const tb_limits *l, unsigned kind, const void *name, size_t name_len)
{
	uint8_t digest[TB_SHA256_BYTES], kind_byte = (uint8_t)kind;
	tb_sha256_state s;
	uint64_t h;

	tb_sha256_init(&s);
	tb_sha256_update(&s, l->key, sizeof l->key);
	tb_sha256_update(&s, &kind_byte, 1);
	tb_sha256_update(&s, name, name_len);
	tb_sha256_final(&s, digest);
	memcpy(&h, digest, sizeof h);
	return h;
}

/* The bucket of this tag; else, with `make`, one that is full, or nearest to it: forgetting that one gives away the least. */
static bucket *find(bucket *set, uint64_t tag, bool make)
{
	bucket *best = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].tag == tag)
			return &set[i];
		if (set[i].full_at < best->full_at)
			best = &set[i];
	}
	if (!make)
		return NULL;
	*best = (bucket){.tag = tag};
	return best;
}

unsigned tb_limits_wait(tb_limits *l, unsigned kind, const void *name, size_t name_len, const tb_rate *rate,
	uint64_t now, bool take)
{
	uint64_t h, step, room, start;
	size_t set;
	bucket *b;
	unsigned wait = 0;

	if (rate->per_hour == 0)
		return 0;
	TB_REQUIRE(rate->burst > 0);
	h = hash_name(l, kind, name, name_len);
	set = (size_t)(h & (l->num_sets - 1));
	now *= 1000;
	step = UINT64_C(3600000000) / rate->per_hour;
	room = step * (rate->burst - 1);
	(void)pthread_mutex_lock(&l->lock[set % LOCKS]);
	b = find(
		&l->table[set * WAYS], h | 1, take); /* who only asks, for names at will, pushes nobody out */
	start = b != NULL && b->full_at > now ? b->full_at : now;
	if (start - now > room)
		wait = 1 + (unsigned)((start - now - room - 1) / 1000000);
	else if (take)
		b->full_at = start + step;
	(void)pthread_mutex_unlock(&l->lock[set % LOCKS]);
	return wait;
}
