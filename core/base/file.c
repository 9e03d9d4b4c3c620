/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/wipe.h"

#define READ_STEP 16384u
#define MAX_TEMPS 1000u

static tb_err fail(const char *path, tb_why *why)
{
	int error = errno;

	tb_why_set(why, "%s: %s", path, strerror(error));
	errno = error;
	if (error == ENOENT || error == ENOTDIR)
		return TB_ERR_NOT_FOUND;
	return error == ENOMEM ? TB_ERR_MEMORY : TB_ERR_IO;
}

/* Opens a regular file.  O_NONBLOCK, so that a pipe somebody put there cannot hold us. */
static tb_err open_regular(int *fd, struct stat *st, const char *path, tb_why *why)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return fail(path, why);
	if (fstat(*fd, st) != 0) {
		tb_err err = fail(path, why);

		close(*fd);
		return err;
	}
	if (!S_ISREG(st->st_mode)) {
		close(*fd);
		errno = EINVAL;
		tb_why_set(why, "%s: this is not a file", path);
		return TB_ERR_IO;
	}
	return TB_OK;
}

/* Reads to the end.  The size that stat() gave is not used: the file may grow meanwhile. */
static tb_err read_all(tb_buf *out, int fd, const char *path, tb_why *why)
{
	uint8_t step[READ_STEP];
	ssize_t got;

	do {
		got = read(fd, step, sizeof step);
		if (got > 0)
			tb_buf_append(out, step, (size_t)got);
	} while (tb_buf_status(out) == TB_OK && (got > 0 || (got < 0 && errno == EINTR)));
	if (got < 0)
		tb_buf_fail(out, fail(path, why));
	else if (tb_buf_status(out) == TB_ERR_LIMIT)
		tb_why_set(why, "%s: more than %zu bytes", path, out->max);
	else if (tb_buf_status(out) != TB_OK)
		tb_why_set(why, "%s: %s", path, tb_err_text(tb_buf_status(out)));
	if (out->secret)
		tb_wipe(step, sizeof step);
	return tb_buf_status(out);
}

tb_err tb_file_read(tb_buf *out, const char *path, tb_why *why)
{
	struct stat st;
	int fd;
	tb_err err = open_regular(&fd, &st, path, why);

	if (err != TB_OK)
		return err;
	err = read_all(out, fd, path, why);
	close(fd);
	return err;
}

static tb_err write_all(int fd, const uint8_t *in, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, in, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return TB_ERR_IO;
		in += put;
		len -= (size_t)put;
	}
	return TB_OK;
}

/* The folder that holds `path`; owned.  NULL without memory. */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* A name that was made, renamed or removed is only durable once its folder is. */
static tb_err sync_parent(const char *path, tb_why *why)
{
	char *dir = parent_of(path);
	tb_err err = TB_OK;
	int fd;

	if (dir == NULL) {
		errno = ENOMEM;
		return fail(path, why);
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		err = fail(dir, why);
	if (fd >= 0)
		close(fd);
	free(dir);
	return err;
}

/* Makes a new file beside `path`; *temp, its name, is owned.  Returns its descriptor, or -1 with errno. */
static int open_temp(char **temp, const char *path, tb_file_mode mode)
{
	for (unsigned i = 0;; i++) {
		int fd;

		if (asprintf(temp, "%s.tmp-%ld-%u", path, (long)getpid(), i) < 0) {
			*temp = NULL;
			errno = ENOMEM;
			return -1;
		}
		/* O_EXCL follows no link that somebody put there, and passes by what a killed process left. */
		fd = open(
			*temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode == TB_FILE_PUBLIC ? 0644 : 0600);
		if (fd >= 0)
			return fd;
		free(*temp);
		*temp = NULL;
		if (errno != EEXIST || i == MAX_TEMPS)
			return -1;
	}
}

/* Writes a new file beside `path` and brings it to the disk.  *temp is owned. */
static tb_err write_temp(
	char **temp, const char *path, const void *in, size_t in_len, tb_file_mode mode, tb_why *why)
{
	tb_err err = TB_OK;
	int fd = open_temp(temp, path, mode);

	if (fd < 0)
		return fail(path, why);
	if (write_all(fd, in, in_len) != TB_OK || fsync(fd) != 0)
		err = fail(path, why);
	/* close() reports what some network file systems notice only now. */
	if (close(fd) != 0 && err == TB_OK)
		err = fail(path, why);
	if (err != TB_OK) {
		unlink(*temp);
		free(*temp);
		*temp = NULL;
	}
	return err;
}

tb_err tb_file_write(const char *path, const void *in, size_t in_len, tb_file_mode mode, tb_why *why)
{
	char *temp;
	tb_err err = write_temp(&temp, path, in, in_len, mode, why);

	if (err != TB_OK)
		return err;
	if (rename(temp, path) != 0) {
		err = fail(path, why);
		unlink(temp);
	}
	free(temp);
	return err == TB_OK ? sync_parent(path, why) : err;
}

tb_err tb_file_create(const char *path, const void *in, size_t in_len, tb_file_mode mode, tb_why *why)
{
	char *temp;
	tb_err err = write_temp(&temp, path, in, in_len, mode, why);

	if (err != TB_OK)
		return err;
	if (link(temp, path) != 0) {
		bool exists = errno == EEXIST;

		err = fail(path, why);
		if (exists)
			err = TB_ERR_STATE;
	}
	unlink(temp);
	free(temp);
	return err == TB_OK ? sync_parent(path, why) : err;
}

tb_err tb_file_make_dirs(const char *path, tb_file_mode mode, tb_why *why)
{
	mode_t bits = mode == TB_FILE_PUBLIC ? 0755 : 0700;
	char *copy = strdup(path);
	tb_err err = TB_OK;

	if (copy == NULL) {
		errno = ENOMEM;
		return fail(path, why);
	}
	for (char *at = copy; err == TB_OK && *at != '\0';) {
		char *slash, kept;

		at += strspn(at, "/");
		slash = at + strcspn(at, "/");
		kept = *slash;
		*slash = '\0';
		if (mkdir(copy, bits) == 0)
			err = sync_parent(copy, why);
		else if (errno != EEXIST || !tb_file_is_dir(copy))
			err = fail(copy, why);
		*slash = kept;
		at = slash;
	}
	free(copy);
	return err;
}

tb_err tb_file_make_parents(const char *path, tb_file_mode mode, tb_why *why)
{
	char *dir = parent_of(path);
	tb_err err;

	if (dir == NULL) {
		errno = ENOMEM;
		return fail(path, why);
	}
	err = tb_file_make_dirs(dir, mode, why);
	free(dir);
	return err;
}

tb_err tb_file_remove(const char *path, tb_why *why)
{
	if (unlink(path) != 0)
		return fail(path, why);
	return sync_parent(path, why);
}

bool tb_file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool tb_file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

tb_err tb_file_map_new(tb_file_map *out, const char *path, tb_why *why)
{
	struct stat st;
	void *at;
	int fd;
	tb_err err;

	*out = (tb_file_map){.len = 0};
	err = open_regular(&fd, &st, path, why);
	if (err != TB_OK)
		return err;
	if (st.st_size > 0) {
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (at == MAP_FAILED)
			err = fail(path, why);
		else
			*out = (tb_file_map){.data = at, .len = (size_t)st.st_size};
	}
	close(fd);
	return err;
}

void tb_file_map_free(tb_file_map *map)
{
	/* munmap takes a pointer to what it may forget; we only ever read through it. */
	if (map->data != NULL)
		munmap((void *)(uintptr_t)map->data, map->len);
	*map = (tb_file_map){.len = 0};
}

tb_err tb_file_pread(int fd, void *out, size_t len, uint64_t offset)
{
	uint8_t *at = out;

	while (len > 0) {
		ssize_t got = pread(fd, at, len, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ENODATA;
		if (got <= 0)
			return TB_ERR_IO;
		at += got;
		len -= (size_t)got;
		offset += (uint64_t)got;
	}
	return TB_OK;
}

tb_err tb_file_pwrite(int fd, const void *in, size_t len, uint64_t offset)
{
	const uint8_t *at = in;

	while (len > 0) {
		ssize_t put = pwrite(fd, at, len, (off_t)offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return TB_ERR_IO;
		at += put;
		len -= (size_t)put;
		offset += (uint64_t)put;
	}
	return TB_OK;
}
