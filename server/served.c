/* SPDX-License-Identifier: Apache-2.0 */
#include "server/served.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/log/checkpoint.h"
#include "crypto/hash.h"
#include "server/slog.h"

#define HEAD_BYTES 64
#define PLACE_BYTES 104 /* id, size, root, hash of these */
#define BODY_BYTES 72
#define MAX_RECORDS (1u << 20)

static const char head_text[HEAD_BYTES] = "tabella-served-1\n";

typedef struct record {
	uint8_t id[32], root[32];
	uint64_t size;
	unsigned latest; /* which of the two places holds it */
	bool is_found;   /* an election of this database */
} record;

struct tb_served {
	int fd;
	record *list;
	size_t num;
};

/* ---- the file ---- */

static void write_place(uint8_t out[PLACE_BYTES], const record *r)
{
	memcpy(out, r->id, 32);
	for (unsigned i = 0; i < 8; i++)
		out[32 + i] = (uint8_t)(r->size >> (56 - 8 * i));
	memcpy(out + 40, r->root, 32);
	tb_sha256(out + BODY_BYTES, out, BODY_BYTES);
}

static bool read_place(record *out, const uint8_t in[PLACE_BYTES])
{
	uint8_t hash[TB_SHA256_BYTES];

	tb_sha256(hash, in, BODY_BYTES);
	if (memcmp(hash, in + BODY_BYTES, sizeof hash) != 0)
		return false;
	memcpy(out->id, in, 32);
	out->size = 0;
	for (unsigned i = 0; i < 8; i++)
		out->size = out->size << 8 | in[32 + i];
	memcpy(out->root, in + 40, 32);
	return true;
}

/* The newer of the two places; one may be torn, both may not. */
static tb_err read_record(record *out, const uint8_t in[2 * PLACE_BYTES], tb_why *why)
{
	record other;
	bool first = read_place(out, in), second = read_place(&other, in + PLACE_BYTES);

	out->latest = 0;
	if (second && (!first || other.size > out->size)) {
		*out = other;
		out->latest = 1;
	}
	out->is_found = false;
	if (first || second)
		return TB_OK;
	tb_why_set(why, "the file of what was served is damaged");
	return TB_ERR_STATE;
}

static tb_err read_all(tb_served *s, uint64_t len, tb_why *why)
{
	uint8_t head[HEAD_BYTES], places[2 * PLACE_BYTES];
	uint64_t num = (len - HEAD_BYTES) / sizeof places;
	tb_err err = tb_file_pread(s->fd, head, sizeof head, 0);

	if (err == TB_OK && (memcmp(head, head_text, sizeof head) != 0 || num > MAX_RECORDS)) {
		tb_why_set(why, "this is no file of what was served");
		return TB_ERR_STATE;
	}
	s->list = calloc(num + 1, sizeof s->list[0]);
	if (s->list == NULL)
		return TB_ERR_MEMORY;
	for (uint64_t i = 0; i < num && err == TB_OK; i++) {
		err = tb_file_pread(s->fd, places, sizeof places, HEAD_BYTES + i * sizeof places);
		if (err == TB_OK)
			err = read_record(&s->list[i], places, why);
		/* The last one may have been cut short while it was new: then nothing was shown of it. */
		if (err == TB_ERR_STATE && i == num - 1) {
			why->text[0] = '\0';
			return TB_OK;
		}
		s->num += err == TB_OK ? 1 : 0;
	}
	return err;
}

tb_err tb_served_open(tb_served **out, const char *path, tb_why *why)
{
	tb_served *s = calloc(1, sizeof *s);
	struct stat st;
	tb_err err;

	*out = NULL;
	if (s == NULL)
		return TB_ERR_MEMORY;
	why->text[0] = '\0';
	err = tb_file_exists(path) ? TB_OK
				   : tb_file_create(path, head_text, sizeof head_text, TB_FILE_PRIVATE, why);
	s->fd = err == TB_OK ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (err == TB_OK && (s->fd < 0 || fstat(s->fd, &st) != 0))
		err = TB_ERR_IO;
	if (err == TB_OK && st.st_size < HEAD_BYTES)
		err = TB_ERR_STATE;
	if (err == TB_OK)
		err = read_all(s, (uint64_t)st.st_size, why);
	if (err != TB_OK) {
		char reason[sizeof why->text];

		(void)snprintf(reason, sizeof reason, "%s",
			why->text[0] != '\0'  ? why->text
			: err == TB_ERR_IO    ? strerror(errno)
			: err == TB_ERR_STATE ? "this is no file of what was served"
					      : tb_err_text(err));
		tb_why_set(why, "%s: %s", path, reason);
		tb_served_close(s);
		return err;
	}
	*out = s;
	return TB_OK;
}

void tb_served_close(tb_served *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s->list);
	free(s);
}

static record *find(const tb_served *s, const uint8_t id[32])
{
	for (size_t i = 0; i < s->num; i++)
		if (memcmp(s->list[i].id, id, 32) == 0)
			return &s->list[i];
	return NULL;
}

/* A second place is written as if it were the first, so that both are there from the beginning. */
static tb_err add(tb_served *s, const record *r)
{
	uint8_t places[2 * PLACE_BYTES];
	record *list = reallocarray(s->list, s->num + 2, sizeof list[0]);
	tb_err err;

	if (list == NULL)
		return TB_ERR_MEMORY;
	s->list = list;
	write_place(places, r);
	memcpy(places + PLACE_BYTES, places, PLACE_BYTES);
	err = tb_file_pwrite(s->fd, places, sizeof places, HEAD_BYTES + s->num * sizeof places);
	if (err == TB_OK)
		s->list[s->num++] = *r;
	return err;
}

tb_err tb_served_note(tb_served *s, const tb_election *e)
{
	record *old = find(s, e->id), r = {.size = e->tree.size, .is_found = true};
	uint8_t place[PLACE_BYTES];
	tb_err err;

	memcpy(r.id, e->id, 32);
	tb_merkle_tree_root(&e->tree, r.root);
	if (old == NULL)
		return add(s, &r);
	if (old->size == r.size)
		return TB_OK;
	r.latest = 1 - old->latest;
	write_place(place, &r);
	err = tb_file_pwrite(s->fd, place, sizeof place,
		HEAD_BYTES + (2 * (uint64_t)(old - s->list) + r.latest) * PLACE_BYTES);
	if (err == TB_OK)
		*old = r;
	return err;
}

tb_err tb_served_sync(tb_served *s)
{
	return fdatasync(s->fd) == 0 ? TB_OK : TB_ERR_IO;
}

/* ---- at the start ---- */

/* Is (size, root) in the past of this election? */
static tb_err compare(
	tb_election *e, tb_store *store, uint64_t size, const uint8_t root[32], const char *who, tb_why *why)
{
	tb_election_nodes nodes = {.store = store, .election = e->number};
	tb_merkle_reader reader = tb_election_node_reader(&nodes);
	uint64_t here = tb_election_size(e);
	uint8_t own[TB_MERKLE_BYTES];
	tb_err err;

	if (size > here) {
		tb_why_set(why,
			"SERVER.AHEAD: %s has %" PRIu64 " entries here, but %s has seen %" PRIu64
			": this database is too old to go on; find the newer one (tabella-server(8), "
			"RESTORE)",
			e->slug, here, who, size);
		return TB_ERR_STATE;
	}
	err = tb_merkle_root(own, &reader, size);
	if (err != TB_OK || memcmp(own, root, sizeof own) == 0)
		return err;
	tb_why_set(why,
		"SERVER.AHEAD: %s has seen another history of %s, whose first %" PRIu64
		" entries are not those here (tabella-server(8), RESTORE)",
		who, e->slug, size);
	return TB_ERR_STATE;
}

tb_err tb_served_check(tb_served *s, tb_election *e, tb_store *store, tb_why *why)
{
	record *r = find(s, e->id);

	if (r == NULL)
		return TB_OK; /* noted with the next entry, or when the file is new */
	r->is_found = true;
	return compare(e, store, r->size, r->root, "somebody", why);
}

tb_err tb_served_check_all(const tb_served *s, tb_why *why)
{
	for (size_t i = 0; i < s->num; i++) {
		char hex[17];

		if (s->list[i].is_found)
			continue;
		for (size_t k = 0; k < 8; k++)
			(void)snprintf(hex + 2 * k, 3, "%02x", s->list[i].id[k]);
		tb_why_set(why,
			"SERVER.AHEAD: the election with id %s..., of which somebody has seen %" PRIu64
			" entries, is not in this database (tabella-server(8), RESTORE)",
			hex, s->list[i].size);
		return TB_ERR_STATE;
	}
	return TB_OK;
}

/* ---- mirrors ---- */

static tb_err compare_mirror(
	const char *folder, const tb_checkpoint *head, tb_elections *all, tb_store *store, tb_why *why)
{
	const char *slash = strrchr(head->origin, '/');
	tb_election *e = slash != NULL ? tb_elections_find(all, slash + 1, strlen(slash + 1)) : NULL;
	char who[90];

	if (e == NULL) {
		tb_why_set(why,
			"SERVER.AHEAD: the mirror %.60s has %.60s of this server, which is not in this "
			"database",
			folder, head->origin);
		return TB_ERR_STATE;
	}
	(void)snprintf(who, sizeof who, "the mirror %.60s", folder);
	return compare(e, store, head->size, head->root, who, why);
}

tb_err tb_served_check_mirror(
	const char *folder, tb_elections *all, tb_store *store, const tb_server_keys *keys, tb_why *why)
{
	char path[4200];
	tb_checkpoint head;
	uint64_t time;
	tb_why reason;
	tb_vkey key;
	tb_note note;
	tb_buf text;
	tb_err err;

	tb_buf_init(&text, TB_NOTE_MAX_BYTES); /* less, and a long one would be passed over */
	(void)snprintf(path, sizeof path, "%s/log/checkpoint", folder);
	err = tb_file_read(&text, path, &reason);
	if (err == TB_OK)
		err = tb_checkpoint_parse(&head, &note, (const char *)text.data, text.len, &reason);
	if (err == TB_OK)
		err = tb_vkey_init(&key, head.origin, TB_VKEY_ED25519, keys->public.key[TB_PURPOSE_LOG]);
	if (err == TB_OK)
		err = tb_note_verify(&note, &key, &time);
	if (err == TB_OK) {
		err = compare_mirror(folder, &head, all, store, why);
		tb_slog(TB_SLOG_INFO, "mirror", "folder=%s size=%" PRIu64, folder, head.size);
	} else if (err != TB_ERR_MEMORY) {
		/* What this server has not signed says nothing about it. */
		tb_slog(TB_SLOG_WARNING, "mirror", "folder=%s no checkpoint of this server: %s", folder,
			tb_err_text(err));
		err = TB_OK;
	}
	tb_buf_release(&text);
	return err;
}
