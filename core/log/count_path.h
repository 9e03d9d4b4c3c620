/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_COUNT_PATH_H
#define TB_CORE_LOG_COUNT_PATH_H

#include "core/base/buf.h"
#include "core/log/tile.h"

/*
 * The files of a count beside a board, "count/<question id>.csv" and so on [RANK.FILES]: their paths.  They are no part of the log, and
 * what is in them is for core/election/ranked_count.h.
 */
enum { TB_COUNT_KINDS = 4 }; /* csv, blt, abif, json */
const char *tb_count_ending(uint32_t kind);

/* `id` is an id [ID].  Writes the path and a NUL. */
void tb_count_path(char out[TB_PATH_MAX], const char *id, uint32_t kind);
/* Is it what tb_count_path() writes for some id? */
bool tb_count_path_is_valid(const char *path);

/* Some of these paths. */
enum { TB_COUNT_MAX_PATHS = 80 }; /* of 20 questions */
typedef struct tb_count_paths {
	char at[TB_COUNT_MAX_PATHS][TB_PATH_MAX];
	size_t num;
} tb_count_paths;

/* LIMIT when there is no room. */
TB_CHECKED tb_err tb_count_paths_add(tb_count_paths *paths, const char *path);
/* In the order in which archives have them: by their bytes. */
void tb_count_paths_sort(tb_count_paths *paths);

#endif
