/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/result_lists.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/scan.h"

/* Past the string whose opening quote was just passed; false when it never ends. */
static bool skip_string(tb_scan *s)
{
	while (s->at < s->end) {
		char c = *s->at++;

		if (c == '"')
			return true;
		if (c == '\\' && s->at < s->end) /* what follows ends nothing, be it a quote */
			s->at++;
	}
	return false;
}

/* Past numbers, of which each is larger than the one before, up to "]".  `out` NULL only counts them; 0: it is no such list. */
static size_t scan_list(tb_scan *s, uint64_t *out)
{
	uint64_t v, least = 0;
	size_t num = 0;

	do {
		if (!tb_scan_int(s, &v) || v < least)
			return 0;
		if (out != NULL)
			out[num] = v;
		num++;
		least = v + 1;
	} while (tb_scan_literal(s, ","));
	return s->at < s->end && *s->at == ']' ? num : 0;
}

static tb_err add(tb_result_lists *l)
{
	size_t cap = l->cap == 0 ? 4 : 2 * l->cap;
	tb_result_list *list;

	if (l->num == l->cap) {
		list = reallocarray(l->list, cap, sizeof *list);
		if (list == NULL)
			return TB_ERR_MEMORY;
		l->list = list;
		l->cap = cap;
	}
	l->list[l->num++] = (tb_result_list){NULL, 0};
	return TB_OK;
}

/* The list that begins here, if it is one, and then *s stands at its "]". */
static tb_err take_list(tb_result_lists *l, tb_scan *s)
{
	tb_scan ahead = *s;
	size_t num = scan_list(&ahead, NULL);
	tb_result_list *list;
	tb_err err = add(l);

	if (err != TB_OK || num == 0)
		return err;
	list = &l->list[l->num - 1];
	list->at = calloc(num, sizeof *list->at);
	if (list->at == NULL)
		return TB_ERR_MEMORY;
	list->num = scan_list(s, list->at);
	return TB_OK;
}

tb_err tb_result_lists_read(tb_result_lists *out, const void *bytes, size_t len)
{
	tb_scan s = tb_scan_begin(bytes, len);
	const char *from = s.at; /* the first byte that is not in the rest yet */
	tb_err err = TB_OK;

	memset(out, 0, sizeof *out);
	tb_buf_init(&out->rest, len);
	while (err == TB_OK && s.at < s.end) {
		const char *list;

		/* Strings are passed whole, so what stands in one is never taken for a member. */
		if (!tb_scan_literal(&s, "\"invalid\":[")) {
			if (*s.at++ == '"' && !skip_string(&s))
				break;
			continue;
		}
		list = s.at;
		err = take_list(out, &s);
		if (s.at > list) {
			tb_buf_append(&out->rest, from, (size_t)(list - from));
			from = s.at;
		}
	}
	if (err == TB_OK && from != bytes)
		tb_buf_append(&out->rest, from, (size_t)(s.end - from));
	return err == TB_OK ? tb_buf_status(&out->rest) : err;
}

void tb_result_lists_release(tb_result_lists *l)
{
	for (size_t i = 0; i < l->num; i++)
		free(l->list[i].at);
	free(l->list);
	tb_buf_release(&l->rest);
	memset(l, 0, sizeof *l);
}

tb_result_list *tb_result_lists_next(tb_result_lists *l)
{
	return l->next < l->num ? &l->list[l->next++] : NULL;
}
