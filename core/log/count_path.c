/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/count_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "count/"

static const char *const ENDINGS[TB_COUNT_KINDS] = {"csv", "blt", "abif", "json"};

const char *tb_count_ending(uint32_t kind)
{
	TB_REQUIRE(kind < TB_COUNT_KINDS);
	return ENDINGS[kind];
}

void tb_count_path(char out[TB_PATH_MAX], const char *id, uint32_t kind)
{
	int n = snprintf(out, TB_PATH_MAX, FOLDER "%s.%s", id, tb_count_ending(kind));

	TB_REQUIRE(n > 0 && n < TB_PATH_MAX);
}

/* [a-z0-9._-]{1,64}, but neither "." nor ".." [ID]: nothing that leads out of the folder. */
static bool is_id(const char *id, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!(id[i] >= 'a' && id[i] <= 'z') && !(id[i] >= '0' && id[i] <= '9') && id[i] != '.' &&
			id[i] != '_' && id[i] != '-')
			return false;
	return len >= 1 && len <= 64 && !(id[0] == '.' && (len == 1 || (len == 2 && id[1] == '.')));
}

bool tb_count_path_is_valid(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t folder = strlen(FOLDER);

	if (strncmp(path, FOLDER, folder) != 0 || dot == NULL || dot < path + folder)
		return false;
	for (uint32_t k = 0; k < TB_COUNT_KINDS; k++)
		if (strcmp(dot + 1, ENDINGS[k]) == 0)
			return is_id(path + folder, (size_t)(dot - path) - folder);
	return false;
}

tb_err tb_count_paths_add(tb_count_paths *paths, const char *path)
{
	TB_REQUIRE(tb_count_path_is_valid(path));
	if (paths->num == TB_COUNT_MAX_PATHS)
		return TB_ERR_LIMIT;
	memcpy(paths->at[paths->num++], path, strlen(path) + 1);
	return TB_OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

void tb_count_paths_sort(tb_count_paths *paths)
{
	qsort(paths->at, paths->num, sizeof paths->at[0], compare);
}
