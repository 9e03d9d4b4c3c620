/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/files.h"

#include <string.h>

#include "core/count/abif.h"
#include "core/count/ballot_csv.h"
#include "core/count/blt.h"

tb_err tb_count_format_find(tb_count_format *out, const char *name)
{
	static const char *const names[] = {
		[TB_COUNT_BLT] = "blt", [TB_COUNT_ABIF] = "abif", [TB_COUNT_CSV] = "csv"};

	for (int i = 0; i < TB_COUNT_NUM_FORMATS; i++)
		if (strcmp(names[i], name) == 0) {
			*out = (tb_count_format)i;
			return TB_OK;
		}
	return TB_ERR_NOT_FOUND;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "5 2": what a BLT file begins with. */
static bool is_head_of_blt(const char *at, const char *end)
{
	if (at == end || !is_digit(*at))
		return false;
	while (at < end && is_digit(*at))
		at++;
	if (at == end || strchr(" \t\r\n", *at) == NULL || *at == '\0')
		return false;
	while (at < end && *at != '\0' && strchr(" \t\r\n", *at) != NULL)
		at++;
	return at < end && is_digit(*at);
}

tb_count_format tb_count_format_of(const void *bytes, size_t len)
{
	static const char *const heads[] = {"title,", "seats,", "ranks,", "scores,"};
	const char *at = bytes, *end = at + len;

	if (len >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
		at += 3;
	while (at < end && *at != '\0' && strchr(" \t\r\n#", *at) != NULL) {
		if (*at == '#')
			while (at < end && *at != '\n')
				at++;
		else
			at++;
	}
	if (is_head_of_blt(at, end))
		return TB_COUNT_BLT;
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		if ((size_t)(end - at) >= strlen(heads[i]) && memcmp(at, heads[i], strlen(heads[i])) == 0)
			return TB_COUNT_CSV;
	return TB_COUNT_ABIF;
}

tb_err tb_count_file_parse(
	tb_count_ballots *out, tb_count_format format, const void *bytes, size_t len, tb_why *why)
{
	if (len > TB_COUNT_MAX_FILE) {
		tb_count_ballots_init(out);
		tb_why_set(why, "the file has more than %d MiB", TB_COUNT_MAX_FILE >> 20);
		return TB_ERR_LIMIT;
	}
	if (format == TB_COUNT_BLT)
		return tb_count_blt_parse(out, bytes, len, why);
	return format == TB_COUNT_CSV ? tb_count_csv_parse(out, bytes, len, why)
				      : tb_count_abif_parse(out, bytes, len, why);
}

tb_err tb_count_file_write(tb_buf *out, tb_count_format format, const tb_count_ballots *b)
{
	if (format == TB_COUNT_BLT)
		return tb_count_blt_write(out, b);
	return format == TB_COUNT_CSV ? tb_count_csv_write(out, b) : tb_count_abif_write(out, b);
}
