/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/fetch.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/log/entry.h"
#include "net/fetch.h"
#include "net/mirror.h"

/* ---- a folder that goes away again ---- */

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	(void)remove(path);
	return 0;
}

static void remove_folder(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void *remove_when_told(void *folder)
{
	sigset_t stop;
	int which = 0;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigaddset(&stop, SIGHUP);
	if (sigwait(&stop, &which) != 0)
		return NULL;
	remove_folder(folder);
	_exit(128 + which);
}

/* Threads made later inherit the blocked signals, so that only the one that cleans up takes them. */
static bool guard(char *folder)
{
	pthread_t thread;
	sigset_t stop;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigaddset(&stop, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &stop, NULL) != 0 ||
		pthread_create(&thread, NULL, remove_when_told, folder) != 0)
		return false;
	return pthread_detach(thread) == 0;
}

static tb_err make_temporary(tb_verify_board *b, tb_fault *fault)
{
	const char *where = getenv("TMPDIR");

	(void)snprintf(b->folder, sizeof b->folder, "%.4000s/tabella-verify-XXXXXX",
		where != NULL && where[0] != 0 ? where : "/tmp");
	if (mkdtemp(b->folder) == NULL) {
		(void)tb_fault_set(fault, "IO", b->folder, "a temporary folder", "none could be made");
		b->folder[0] = 0;
		return TB_ERR_IO;
	}
	b->is_temporary = true;
	if (!guard(b->folder)) {
		(void)tb_fault_set(fault, "IO", b->folder, "a thread that cleans up", "none could be made");
		return TB_ERR_IO;
	}
	return TB_OK;
}

/* ---- opening ---- */

static void show(void *user, uint64_t done, uint64_t total)
{
	tb_progress *p = user;

	if (done == 1)
		tb_progress_begin(p, "copying the board", total);
	tb_progress_add(p, 1);
}

static bool is_archive_name(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcmp(path + len - 4, ".tar") == 0;
}

static tb_err copy_url(tb_verify_board *b, const tb_verify_options *o, tb_fault *fault)
{
	tb_progress progress = {.fd = -1};
	tb_mirror_options options = {.progress = show, .user = &progress};
	char url[TB_URL_MAX];
	tb_why why;
	tb_err err = tb_url_board(url, o->board, fault);

	if (err != TB_OK)
		return err;
	if (o->save != NULL && !is_archive_name(o->save)) {
		(void)snprintf(b->folder, sizeof b->folder, "%s", o->save);
		err = tb_file_make_dirs(b->folder, TB_FILE_PUBLIC, &why);
		if (err != TB_OK)
			(void)tb_fault_set(fault, "IO", o->save, "a folder", why.text);
	} else {
		err = make_temporary(b, fault);
	}
	if (err != TB_OK)
		return err;
	if (o->quiet)
		options.progress = NULL;
	err = tb_mirror(url, b->folder, &options, fault);
	tb_progress_end(&progress);
	return err;
}

/* Is there anything of a board in this folder?  An empty or wrong folder is a slip of the user's, not a false board. */
static bool looks_like_a_board(const char *folder)
{
	char path[4200];

	(void)snprintf(path, sizeof path, "%.4000s/log", folder);
	return tb_file_is_dir(path);
}

tb_err tb_verify_board_open(tb_verify_board *out, const tb_verify_options *o, tb_fault *fault)
{
	bool is_url = tb_url_is(o->board);
	const char *path = is_url ? out->folder : o->board;
	tb_why why;
	tb_err err = TB_OK;

	memset(out, 0, sizeof *out);
	if (is_url)
		err = copy_url(out, o, fault);
	if (err != TB_OK)
		return err;
	if (tb_file_is_dir(path) && !looks_like_a_board(path)) {
		(void)tb_fault_set(fault, "ARCHIVE", path, "a board", "a folder without log/");
		return TB_ERR_NOT_FOUND;
	}
	err = tb_source_open(&out->source, path, &why);
	if (err != TB_OK)
		(void)tb_fault_set(
			fault, "ARCHIVE", o->board, "a board: a URL, a folder or an archive", why.text);
	return err;
}

void tb_verify_board_close(tb_verify_board *b)
{
	tb_source_free(b->source);
	if (b->is_temporary)
		remove_folder(b->folder);
	memset(b, 0, sizeof *b);
}

/* ---- keeping an archive [ARCHIVE] ---- */

typedef struct saver {
	FILE *file;
	tb_archive_writer writer;
	uint8_t (
		*hashes)[32]; /* of blobs that are in the archive already: open addressing, all zero = free */
	size_t num, cap;      /* cap is a power of two, at most half full */
} saver;

static tb_err write_out(void *ctx, const void *bytes, size_t len)
{
	return fwrite(bytes, 1, len, ctx) == len ? TB_OK : TB_ERR_IO;
}

static uint8_t *slot_of(const saver *s, const uint8_t hash[32])
{
	static const uint8_t none[32];
	size_t at = (size_t)tb_load_u64(hash) & (s->cap - 1);

	while (memcmp(s->hashes[at], none, 32) != 0 && memcmp(s->hashes[at], hash, 32) != 0)
		at = (at + 1) & (s->cap - 1);
	return s->hashes[at];
}

/* Remembers a blob; *is_new is false when it was there. */
static tb_err remember(saver *s, const uint8_t hash[32], bool *is_new)
{
	static const uint8_t none[32];
	saver old = *s;
	uint8_t *slot;

	if (2 * s->num >= s->cap) {
		s->cap = s->cap == 0 ? 64 : 2 * s->cap;
		s->hashes = calloc(s->cap, 32);
		if (s->hashes == NULL) {
			*s = old;
			return TB_ERR_MEMORY;
		}
		for (size_t i = 0; i < old.cap; i++)
			if (memcmp(old.hashes[i], none, 32) != 0)
				memcpy(slot_of(s, old.hashes[i]), old.hashes[i], 32);
		free(old.hashes);
	}
	slot = slot_of(s, hash);
	*is_new = memcmp(slot, hash, 32) != 0;
	if (*is_new) {
		memcpy(slot, hash, 32);
		s->num++;
	}
	return TB_OK;
}

static tb_err save_blob(saver *s, tb_source *source, const uint8_t hash[32], tb_buf *bytes, tb_why *why)
{
	char path[TB_PATH_MAX];
	bool is_new;
	tb_err err = remember(s, hash, &is_new);

	if (err != TB_OK || !is_new)
		return err;
	tb_blob_path(path, hash);
	err = tb_source_get(source, path, bytes, why);
	if (err == TB_ERR_NOT_FOUND)
		return TB_OK; /* the archive lacks what the board lacks */
	return err == TB_OK ? tb_archive_add(&s->writer, path, bytes->data, bytes->len) : err;
}

/* In order of first use. */
static tb_err save_blobs(saver *s, tb_source *source, uint64_t size, tb_why *why)
{
	tb_entries entries;
	tb_buf room, blob;
	tb_err err = TB_OK;

	tb_entries_init(&entries, source, size);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&blob, TB_BLOB_MAX_BYTES);
	while (err == TB_OK && !tb_entries_is_done(&entries)) {
		const uint8_t *bytes;
		tb_fault ignored;
		uint64_t index;
		tb_entry e;
		size_t len;

		err = tb_entries_next(&entries, &bytes, &len, &index, why);
		if (err == TB_OK && tb_entry_parse(&e, &room, bytes, len, &ignored) == TB_OK && e.is_blob)
			err = save_blob(s, source, e.payload_hash, &blob, why);
	}
	tb_buf_release(&blob);
	tb_buf_release(&room);
	tb_entries_release(&entries);
	return err;
}

static tb_err save(saver *s, tb_source *source, tb_why *why)
{
	tb_checkpoint checkpoint;
	tb_note note;
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, TB_NOTE_MAX_BYTES);
	err = tb_source_get(source, TB_CHECKPOINT_PATH, &bytes, why);
	if (err == TB_OK)
		err = tb_checkpoint_parse(&checkpoint, &note, (const char *)bytes.data, bytes.len, why);
	tb_archive_writer_init(&s->writer, write_out, s->file);
	if (err == TB_OK)
		err = tb_source_copy_log(source, &s->writer, why);
	if (err == TB_OK)
		err = save_blobs(s, source, checkpoint.size, why);
	if (err == TB_OK)
		err = tb_archive_end(&s->writer);
	tb_buf_release(&bytes);
	return err;
}

tb_err tb_verify_board_save(tb_verify_board *b, const char *path, tb_fault *fault)
{
	char part[4200];
	saver s = {0};
	tb_why why = {.text = "writing failed"};
	tb_err err;

	(void)snprintf(part, sizeof part, "%.4000s.part", path);
	s.file = fopen(part, "wb");
	if (s.file == NULL) {
		(void)tb_fault_set(fault, "IO", path, "a file that can be written", "it cannot be created");
		return TB_ERR_IO;
	}
	err = save(&s, b->source, &why);
	if (fflush(s.file) != 0 && err == TB_OK)
		err = TB_ERR_IO;
	if (fclose(s.file) != 0 && err == TB_OK)
		err = TB_ERR_IO;
	if (err == TB_OK && rename(part, path) != 0)
		err = TB_ERR_IO;
	if (err != TB_OK) {
		(void)remove(part);
		(void)tb_fault_set(fault, "IO", path, "a copy of the board", why.text);
	}
	free(s.hashes);
	return err;
}
