/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/check_internal.h"
#include "crypto/hash.h"

/*
 * The files of counts beside a board that is in a folder or an archive [RANK.FILES].  They are no part of the log, but somebody may read
 * them instead of it: each has to be, byte by byte, what follows from the board.
 */

#define RULE "RANK.FILES"

/* The count that this file is of, and its kind; NULL: no decided ranked question has a file of this name. */
static const tb_ranked_count *count_of(const tb_check *c, const char *path, uint32_t *kind)
{
	const tb_manifest *m = tb_board_manifest(c->board);
	const tb_tally *t = tb_board_tally(c->board);
	char expected[TB_PATH_MAX];

	if (tb_board_phase(c->board) != TB_PHASE_FINISHED || t == NULL || !tb_tally_is_decrypted(t))
		return NULL;
	for (uint32_t q = 0; q < m->num_questions; q++)
		for (*kind = 0; *kind < TB_COUNT_KINDS; (*kind)++) {
			tb_count_path(expected, m->questions[q].id, *kind);
			if (strcmp(expected, path) == 0)
				return tb_tally_count(t, q);
		}
	return NULL;
}

static void fail(tb_check *c, const char *path, const char *expected, const char *found)
{
	tb_fault fault = {0};

	(void)tb_fault_set(&fault, RULE, path, expected, found);
	tb_check_fail(c, TB_CHECK_RESULT, &fault);
}

static void compare(tb_check *c, const char *path, const tb_buf *expected, const tb_buf *found)
{
	uint8_t a[32], b[32];
	tb_fault fault = {0};

	if (expected->len == found->len && memcmp(expected->data, found->data, found->len) == 0)
		return;
	tb_sha256(a, expected->data, expected->len);
	tb_sha256(b, found->data, found->len);
	tb_check_hashes(&fault, RULE, path, a, b);
	tb_check_fail(c, TB_CHECK_RESULT, &fault);
}

static tb_err check_file(tb_check *c, const char *path)
{
	uint32_t kind;
	const tb_ranked_count *count = count_of(c, path, &kind);
	tb_buf expected;
	tb_err err;

	tb_check_cover(c, TB_CHECK_RESULT, 1);
	if (count == NULL) {
		fail(c, path, "files of decided ranked questions, once there is a result", "another file");
		return TB_OK;
	}
	tb_buf_init(&expected, TB_COUNT_MAX_FILE);
	err = tb_ranked_count_write(count, kind, &expected);
	if (err == TB_OK)
		err = tb_check_read(
			c, &c->blob, path); /* one that is too large comes as empty, which none is */
	if (err == TB_OK)
		compare(c, path, &expected, &c->blob);
	tb_buf_release(&expected);
	if (err == TB_ERR_NOT_FOUND) {
		(void)tb_fault_set(c->fault, RULE, path, "the file that was there a moment ago", "none");
		err = TB_ERR_IO;
	}
	return err;
}

/* Can it be known what the files should be?  Not where something that the count rests on has failed, which is reported. */
static bool is_known(const tb_check *c)
{
	const tb_tally *t = tb_board_tally(c->board);

	return tb_board_phase(c->board) != TB_PHASE_FINISHED || (t != NULL && tb_tally_is_decrypted(t));
}

tb_err tb_check_counts(tb_check *c)
{
	tb_count_paths *paths = calloc(1, sizeof *paths);
	tb_why why;
	tb_err err;

	if (paths == NULL)
		return TB_ERR_MEMORY;
	err = tb_source_list_counts(c->source, paths, &why);
	if (err == TB_ERR_LIMIT) {
		fail(c, "count", "the files of at most 20 questions", "more");
		err = TB_OK;
	} else if (err == TB_ERR_IO) {
		(void)tb_fault_set(c->fault, "IO", "count", "a folder that can be read", why.text);
	}
	if (err == TB_OK && tb_board_manifest(c->board) != NULL && is_known(c))
		for (size_t i = 0; i < paths->num && err == TB_OK; i++)
			err = check_file(c, paths->at[i]);
	else if (err == TB_OK)
		tb_check_skip(c, TB_CHECK_RESULT, paths->num);
	free(paths);
	return err;
}
