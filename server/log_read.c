/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log_read.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log/tile.h"
#include "crypto/merkle.h"

/* A roll entry weighs some 300 KiB here: so many parts of so many entries are some tens of MiB while a roll is read. */
#define PART 16
#define PARTS 8
#define MAX_HELPERS (PARTS - 1)

/* One entry as it was prepared. */
typedef struct item {
	tb_entry e;
	uint8_t leaf[TB_MERKLE_BYTES];
	tb_buf room, blob;
	tb_roll_chunk chunk; /* empty unless has_chunk */
	bool has_chunk;
	tb_err err;
	tb_fault fault;
} item;

/* So many entries that follow each other; part number n of the log is in slot n % PARTS. */
typedef struct part {
	bool is_ready;
	unsigned num;
	tb_err err; /* of reading it from the store */
	tb_buf bundle;
	item item[PART];
} part;

typedef struct reader {
	tb_store *store;
	uint64_t election, first, end, num_parts;
	pthread_mutex_t lock; /* of what follows, and of is_ready */
	pthread_cond_t change;
	uint64_t next, done; /* parts: nobody prepares it yet, taken in */
	bool is_over;
	part part[PARTS];
} reader;

/* ---- preparing ---- */

static tb_err attach_blob(const reader *r, item *i)
{
	tb_err err;

	tb_buf_clear(&i->blob);
	err = tb_store_blob(r->store, r->election, i->e.payload_hash, &i->blob);
	return err == TB_OK ? tb_entry_attach_blob(&i->e, i->blob.data, i->blob.len, &i->fault) : err;
}

static tb_err prepare_entry(const reader *r, item *i, const uint8_t *bytes, size_t len)
{
	tb_fault ignored;
	tb_err err = tb_entry_parse(&i->e, &i->room, bytes, len, &i->fault);

	if (err == TB_OK && i->e.is_blob)
		err = attach_blob(r, i);
	if (err != TB_OK)
		return err;
	tb_merkle_leaf(i->leaf, bytes, len);
	/* What is wrong with it the board will find and name. */
	if (i->e.type == TB_ENTRY_ROLL)
		i->has_chunk =
			tb_roll_chunk_parse(&i->chunk, i->e.payload, i->e.payload_len, &ignored) == TB_OK;
	return TB_OK;
}

static void prepare(const reader *r, part *p, uint64_t number)
{
	uint64_t first = r->first + number * PART;
	const uint8_t *bytes;
	tb_bundle bundle;
	size_t len;

	p->num = (unsigned)(r->end - first < PART ? r->end - first : PART);
	tb_buf_clear(&p->bundle);
	p->err = tb_store_bundle(r->store, r->election, first, p->num, &p->bundle);
	tb_bundle_init(&bundle, p->bundle.data, p->bundle.len, p->num);
	for (unsigned i = 0; i < p->num && p->err == TB_OK; i++) {
		p->err = tb_bundle_next(&bundle, &bytes, &len) == TB_OK ? TB_OK : TB_ERR_IO;
		if (p->err == TB_OK)
			p->item[i].err = prepare_entry(r, &p->item[i], bytes, len);
	}
}

/* Under the lock, which is given up meanwhile: prepares the next part.  False when there is none, or no room for it. */
static bool prepare_next(reader *r)
{
	uint64_t number = r->next;
	part *p = &r->part[number % PARTS];

	if (number == r->num_parts || number >= r->done + PARTS)
		return false;
	r->next++;
	(void)pthread_mutex_unlock(&r->lock);
	prepare(r, p, number);
	(void)pthread_mutex_lock(&r->lock);
	p->is_ready = true;
	(void)pthread_cond_broadcast(&r->change);
	return true;
}

static void *help(void *arg)
{
	reader *r = arg;

	(void)pthread_mutex_lock(&r->lock);
	while (!r->is_over && r->next < r->num_parts)
		if (!prepare_next(r))
			(void)pthread_cond_wait(&r->change, &r->lock);
	(void)pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* ---- taking in ---- */

static void item_clear(item *i)
{
	tb_roll_chunk_release(&i->chunk);
	i->has_chunk = false;
}

static tb_err take_part(
	const reader *r, part *p, uint64_t number, tb_log_read_fn *each, void *arg, tb_fault *fault)
{
	tb_err err = p->err;
	char place[40];

	for (unsigned k = 0; k < p->num && err == TB_OK; k++) {
		uint64_t index = r->first + number * PART + k;
		item *i = &p->item[k];

		err = i->err;
		if (err == TB_ERR_RULE)
			*fault = i->fault;
		if (err == TB_OK)
			err = each(arg, index, &i->e, i->leaf, i->has_chunk ? &i->chunk : NULL);
		if (err == TB_ERR_RULE) {
			(void)snprintf(place, sizeof place, "entry %llu", (unsigned long long)index);
			tb_fault_prefix(fault, place);
		}
		item_clear(i);
	}
	return err;
}

/* Part by part.  Where the helpers are not fast enough, or there are none, this thread prepares parts, too. */
static tb_err take_all(reader *r, tb_log_read_fn *each, void *arg, tb_fault *fault)
{
	tb_err err = TB_OK;

	(void)pthread_mutex_lock(&r->lock);
	while (err == TB_OK && r->done < r->num_parts) {
		part *p = &r->part[r->done % PARTS];

		if (!p->is_ready) {
			if (!prepare_next(r))
				(void)pthread_cond_wait(&r->change, &r->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&r->lock);
		err = take_part(r, p, r->done, each, arg, fault);
		(void)pthread_mutex_lock(&r->lock);
		p->is_ready = false;
		r->done++;
		(void)pthread_cond_broadcast(&r->change);
	}
	r->is_over = true;
	(void)pthread_cond_broadcast(&r->change);
	(void)pthread_mutex_unlock(&r->lock);
	return err;
}

/* ---- life ---- */

static reader *reader_new(tb_store *store, uint64_t election, uint64_t first, uint64_t end)
{
	reader *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->store = store;
	r->election = election;
	r->first = first;
	r->end = end;
	r->num_parts = end > first ? (end - first + PART - 1) / PART : 0;
	TB_REQUIRE(pthread_mutex_init(&r->lock, NULL) == 0 && pthread_cond_init(&r->change, NULL) == 0);
	for (size_t i = 0; i < PARTS; i++) {
		tb_buf_init(&r->part[i].bundle, TB_BUNDLE_MAX);
		for (size_t k = 0; k < PART; k++) {
			tb_buf_init(&r->part[i].item[k].room, TB_ENTRY_MAX_BYTES);
			tb_buf_init(&r->part[i].item[k].blob, TB_BLOB_MAX_BYTES);
		}
	}
	return r;
}

static void reader_free(reader *r)
{
	for (size_t i = 0; i < PARTS; i++) {
		tb_buf_release(&r->part[i].bundle);
		for (size_t k = 0; k < PART; k++) {
			tb_buf_release(&r->part[i].item[k].room);
			tb_buf_release(&r->part[i].item[k].blob);
			item_clear(&r->part[i].item[k]);
		}
	}
	(void)pthread_cond_destroy(&r->change);
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

/* One for each other core that there is work for; fewer where the system gives no more. */
static size_t start_helpers(pthread_t helper[MAX_HELPERS], reader *r)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t num = 0;

	while (num < MAX_HELPERS && (long)num + 1 < cores && num + 1 < r->num_parts &&
		pthread_create(&helper[num], NULL, help, r) == 0)
		num++;
	return num;
}

tb_err tb_log_read(tb_store *store, uint64_t election, uint64_t first, uint64_t end, tb_log_read_fn *each,
	void *arg, tb_fault *fault)
{
	pthread_t helper[MAX_HELPERS];
	reader *r = reader_new(store, election, first, end);
	size_t num;
	tb_err err;

	if (r == NULL)
		return TB_ERR_MEMORY;
	num = start_helpers(helper, r);
	err = take_all(r, each, arg, fault);
	for (size_t i = 0; i < num; i++)
		(void)pthread_join(helper[i], NULL);
	reader_free(r);
	return err == TB_ERR_NOT_FOUND ? TB_ERR_IO : err;
}
