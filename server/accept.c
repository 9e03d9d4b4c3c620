/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accept.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define NO_QUALITY (-1) /* not of the form */

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static void trim(const char **text, size_t *len)
{
	while (*len > 0 && is_space(**text)) {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && is_space((*text)[*len - 1]))
		(*len)--;
}

static bool is_text(const char *text, size_t len, const char *wanted)
{
	return len == strlen(wanted) && strncasecmp(text, wanted, len) == 0;
}

/* "0", "0.25", "1", "1.000": in thousandths. */
static int parse_quality(const char *text, size_t len)
{
	int value, unit = 100;

	if (len == 0 || len > 5 || (text[0] != '0' && text[0] != '1') || (len > 1 && text[1] != '.'))
		return NO_QUALITY;
	value = text[0] == '1' ? 1000 : 0;
	for (size_t i = 2; i < len; i++, unit /= 10) {
		if (text[i] < '0' || text[i] > '9')
			return NO_QUALITY;
		value += (text[i] - '0') * unit;
	}
	return value <= 1000 ? value : NO_QUALITY;
}

/* One element of a list: `name` and its quality, 1000 where none is given. */
typedef struct element {
	const char *name;
	size_t len;
	int quality;
} element;

static void parse_element(element *out, const char *text, size_t len)
{
	const char *semicolon = memchr(text, ';', len);
	const char *end = text + len;

	out->name = text;
	out->len = semicolon != NULL ? (size_t)(semicolon - text) : len;
	out->quality = 1000;
	trim(&out->name, &out->len);
	while (semicolon != NULL) {
		const char *parameter = semicolon + 1;
		size_t parameter_len;

		semicolon = memchr(parameter, ';', (size_t)(end - parameter));
		parameter_len = (size_t)((semicolon != NULL ? semicolon : end) - parameter);
		trim(&parameter, &parameter_len);
		if (parameter_len >= 2 && strncasecmp(parameter, "q=", 2) == 0)
			out->quality = parse_quality(parameter + 2, parameter_len - 2);
	}
}

/* The next element of *list; false at the end. */
static bool next_element(const char **list, element *out)
{
	size_t len;

	if (**list == '\0')
		return false;
	len = strcspn(*list, ",");
	parse_element(out, *list, len);
	*list += len;
	if (**list == ',')
		(*list)++;
	return true;
}

/* The quality of `type` ("text/html"), by the most specific element that covers it. */
static int media_quality(const char *list, const char *type)
{
	size_t major = strcspn(type, "/") + 1;
	int best_rank = 0, quality = 0;
	element e;

	while (next_element(&list, &e)) {
		int rank =
			is_text(e.name, e.len, type) ? 3
			: e.len == major + 1 && strncasecmp(e.name, type, major) == 0 && e.name[major] == '*'
				? 2
			: is_text(e.name, e.len, "*/*") ? 1
							: 0;

		if (rank > best_rank && e.quality != NO_QUALITY) {
			best_rank = rank;
			quality = e.quality;
		}
	}
	return quality;
}

bool tb_accept_prefers_html(const char *accept)
{
	return media_quality(accept, "text/html") > media_quality(accept, "application/json");
}

bool tb_accept_allows_gzip(const char *list)
{
	int named = NO_QUALITY, any = NO_QUALITY;
	element e;

	while (next_element(&list, &e)) {
		if (is_text(e.name, e.len, "gzip") || is_text(e.name, e.len, "x-gzip"))
			named = e.quality;
		else if (is_text(e.name, e.len, "*"))
			any = e.quality;
	}
	return named != NO_QUALITY ? named > 0 : any > 0;
}
