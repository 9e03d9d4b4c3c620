/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_FILE_H
#define TB_CORE_BASE_FILE_H

#include "core/base/buf.h"
#include "core/base/why.h"

/*
 * Files, whole.  Every failure is explained in *why ("/x/y: Permission denied").
 * Errors: NOT_FOUND, LIMIT, IO, MEMORY, and those named below.
 */

/* Appends the file to *out, whose limit holds (LIMIT) and which carries the error too.  A folder or device is IO. */
TB_CHECKED tb_err tb_file_read(tb_buf *out, const char *path, tb_why *why);

typedef enum tb_file_mode {
	TB_FILE_PUBLIC, /* 0644, less the umask */
	TB_FILE_PRIVATE /* 0600 */
} tb_file_mode;

/* Replaces the file as a whole: after a crash at any moment it holds the old bytes or the new, and once this returned
 * TB_OK it holds the new ones even if the power fails. */
TB_CHECKED tb_err tb_file_write(
	const char *path, const void *in, size_t in_len, tb_file_mode mode, tb_why *why);
/* The same, but never replaces: STATE when the path exists. */
TB_CHECKED tb_err tb_file_create(
	const char *path, const void *in, size_t in_len, tb_file_mode mode, tb_why *why);
/* Makes the folder and those above it; one that exists is fine. */
TB_CHECKED tb_err tb_file_make_dirs(const char *path, tb_file_mode mode, tb_why *why); /* 0755 or 0700 */
/* Makes the folders above `path`. */
TB_CHECKED tb_err tb_file_make_parents(const char *path, tb_file_mode mode, tb_why *why);
/* Removes the file, durably.  NOT_FOUND. */
TB_CHECKED tb_err tb_file_remove(const char *path, tb_why *why);
bool tb_file_exists(const char *path); /* of any kind */
bool tb_file_is_dir(const char *path);

/* A file mapped into memory, read-only.  A file that another program shortens meanwhile kills the reader (SIGBUS):
 * only for files that nobody writes. */
typedef struct tb_file_map {
	const uint8_t *data; /* NULL when len is 0 */
	size_t len;
} tb_file_map;
TB_CHECKED tb_err tb_file_map_new(
	tb_file_map *out, const char *path, tb_why *why); /* *out is empty on failure */
void tb_file_map_free(tb_file_map *map);

/* Reads exactly `len` bytes at `offset`.  IO (also when the file is shorter). */
TB_CHECKED tb_err tb_file_pread(int fd, void *out, size_t len, uint64_t offset);
TB_CHECKED tb_err tb_file_pwrite(int fd, const void *in, size_t len, uint64_t offset);

#endif
