/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_ARCHIVE_H
#define TB_CORE_LOG_ARCHIVE_H

#include "core/base/buf.h"
#include "core/base/why.h"

/*
 * One uncompressed ustar file with a file per path [ARCHIVE], in one spelling: regular files alone, mode 0644, owner 0,
 * time 0, names of at most 100 bytes, two zero blocks at the end and nothing after them.  A header is read by writing
 * the header of that name and size and comparing all 512 bytes, so there is nothing else that it could say; GNU tar
 * and others read these files.  Which names occur, and in which order, is the business of core/log/source.h.
 */
#define TB_ARCHIVE_BLOCK 512u
#define TB_ARCHIVE_NAME_MAX 100u                      /* bytes, without a NUL */
#define TB_ARCHIVE_FILE_MAX ((UINT64_C(1) << 33) - 1) /* what 11 octal digits hold */

/* Relative, of [A-Za-z0-9._-] and '/', no empty component, no "." and "..", 1..TB_ARCHIVE_NAME_MAX bytes. */
bool tb_archive_name_is_valid(const char *name, size_t name_len);

/* ---- writing: to any place, forwards ---- */
typedef struct tb_archive_writer {
	tb_err (*write)(void *ctx, const void *bytes, size_t len); /* its error is passed on */
	void *ctx;
	uint64_t left; /* bytes that the present file still needs */
	unsigned padding;
} tb_archive_writer;

void tb_archive_writer_init(
	tb_archive_writer *w, tb_err (*write)(void *ctx, const void *bytes, size_t len), void *ctx);
/* Begins a file of `size` bytes; the one before must be complete, and the name valid (else a bug of the caller). */
TB_CHECKED tb_err tb_archive_begin(tb_archive_writer *w, const char *name, uint64_t size);
TB_CHECKED tb_err tb_archive_data(tb_archive_writer *w, const void *bytes, size_t len);
/* A whole file at once. */
TB_CHECKED tb_err tb_archive_add(tb_archive_writer *w, const char *name, const void *bytes, size_t len);
TB_CHECKED tb_err tb_archive_end(tb_archive_writer *w); /* the two zero blocks */

/* ---- reading: from anything that can be read at a place ---- */
typedef struct tb_archive_reader {
	tb_err (*read)(void *ctx, void *out, size_t len,
		uint64_t offset); /* exactly `len` bytes; its error is passed on */
	void *ctx;
	uint64_t total; /* bytes of the archive */
	uint64_t next;  /* where the next header is */
} tb_archive_reader;

typedef struct tb_archive_file {
	char name[TB_ARCHIVE_NAME_MAX + 1];
	uint64_t offset; /* of its bytes */
	uint64_t size;
} tb_archive_file;

void tb_archive_reader_init(tb_archive_reader *r,
	tb_err (*read)(void *ctx, void *out, size_t len, uint64_t offset), void *ctx, uint64_t total);
/* The next file.  NOT_FOUND at the proper end of the archive; ENCODING, with *why, for anything that is not exactly what
 * the writer writes; the reader's error.  Padding is looked at too, so no byte of an archive goes unread but the files'. */
TB_CHECKED tb_err tb_archive_next(tb_archive_reader *r, tb_archive_file *out, tb_why *why);

#endif
