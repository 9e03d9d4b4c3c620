/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/scan.h"

#include <string.h>

bool tb_scan_bytes(tb_scan *s, const char *text, size_t len)
{
	if ((size_t)(s->end - s->at) < len || memcmp(s->at, text, len) != 0)
		return false;
	s->at += len;
	return true;
}

bool tb_scan_int(tb_scan *s, uint64_t *out)
{
	const uint64_t max = (UINT64_C(1) << 53) - 1;
	const char *at = s->at;
	uint64_t v = 0;

	while (at < s->end && *at >= '0' && *at <= '9' && v <= max)
		v = v * 10 + (uint64_t)(*at++ - '0');
	/* no digits, too large, or a leading zero, which would be a second spelling */
	if (at == s->at || v > max || (*s->at == '0' && at - s->at > 1))
		return false;
	*out = v;
	s->at = at;
	return true;
}

/* Must JSON escape this byte inside a string? */
static bool is_special(char c)
{
	return (unsigned char)c < 0x20 || c == '\\';
}

bool tb_scan_plain(tb_scan *s, const char **out, size_t *len)
{
	const char *quote = memchr(s->at, '"', (size_t)(s->end - s->at));
	unsigned special = 0;

	if (quote == NULL)
		return false;
	for (const char *at = s->at; at < quote; at++)
		special |= is_special(*at);
	if (special != 0)
		return false;
	*out = s->at;
	*len = (size_t)(quote - s->at);
	s->at = quote + 1;
	return true;
}

bool tb_scan_text(tb_scan *s, char *room, size_t *len)
{
	const char *at = s->at;
	size_t n = 0;

	for (; at < s->end && *at != '"'; at++) {
		if (*at == '\\') {
			if (++at == s->end || (*at != '"' && *at != '\\'))
				return false;
		} else if (is_special(*at)) {
			return false;
		}
		room[n++] = *at;
	}
	if (at == s->end)
		return false;
	*len = n;
	s->at = at + 1;
	return true;
}

bool tb_scan_is_done(const tb_scan *s)
{
	return s->at == s->end;
}
