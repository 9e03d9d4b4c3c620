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
#include "core/log/export.h"
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

tb_err tb_verify_board_save(tb_verify_board *b, const char *path, tb_fault *fault)
{
	tb_why why = {""};
	tb_err err = tb_export_archive(b->source, path, &why);

	if (err != TB_OK)
		(void)tb_fault_set(fault, "IO", path, "a copy of the board", why.text);
	return err;
}
