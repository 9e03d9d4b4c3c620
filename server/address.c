/* SPDX-License-Identifier: Apache-2.0 */
#include "server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const tb_address *a)
{
	return memcmp(a->ip, mapped, sizeof mapped) == 0;
}

static bool parse_v4(tb_address *out, const char *text)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	memcpy(out->ip, mapped, sizeof mapped);
	memcpy(out->ip + 12, &v4, 4);
	return true;
}

static bool parse_v6(tb_address *out, const char *text)
{
	return inet_pton(AF_INET6, text, out->ip) == 1;
}

static bool is_port(const char *text)
{
	uint64_t port;

	return text[0] == '\0' ||
	       (text[0] == ':' && tb_decimal_parse(&port, text + 1, strlen(text + 1), 65535) == TB_OK);
}

tb_err tb_address_parse(tb_address *out, const char *text, size_t len)
{
	char copy[64], *start = copy, *end;
	tb_address found;
	bool ok;

	if (len == 0 || len >= sizeof copy || memchr(text, '\0', len) != NULL)
		return TB_ERR_ENCODING;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (copy[0] == '[') {
		start++;
		end = strchr(start, ']');
		if (end == NULL || !is_port(end + 1))
			return TB_ERR_ENCODING;
		*end = '\0';
		ok = parse_v6(&found, start);
	} else {
		end = strchr(copy, ':');
		if (end != NULL && strchr(end + 1, ':') == NULL) { /* one colon: before the port */
			if (!is_port(end))
				return TB_ERR_ENCODING;
			*end = '\0';
		}
		ok = parse_v4(&found, start) || parse_v6(&found, start);
	}
	if (!ok)
		return TB_ERR_ENCODING;
	*out = found;
	return TB_OK;
}

tb_err tb_address_range_parse(tb_address_range *out, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	tb_address_range found = {.bits = 128};
	uint64_t bits;
	tb_err err = tb_address_parse(&found.base, text, len);

	if (err != TB_OK)
		return err;
	if (slash != NULL) {
		unsigned before = is_v4(&found.base) ? 96 : 0;

		if (tb_decimal_parse(&bits, slash + 1, strlen(slash + 1), 128 - before) != TB_OK)
			return TB_ERR_ENCODING;
		found.bits = before + (unsigned)bits;
	}
	*out = found;
	return TB_OK;
}

void tb_address_from_socket(tb_address *out, const void *sockaddr)
{
	const struct sockaddr *any = sockaddr;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memset(out, 0, sizeof *out);
	if (any == NULL)
		return;
	if (any->sa_family == AF_INET) {
		memcpy(&v4, sockaddr, sizeof v4);
		memcpy(out->ip, mapped, sizeof mapped);
		memcpy(out->ip + 12, &v4.sin_addr, 4);
	} else if (any->sa_family == AF_INET6) {
		memcpy(&v6, sockaddr, sizeof v6);
		memcpy(out->ip, &v6.sin6_addr, 16);
	}
}

static bool is_within(const tb_address *a, const tb_address_range *range)
{
	unsigned whole = range->bits / 8, rest = range->bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return memcmp(a->ip, range->base.ip, whole) == 0 &&
	       (rest == 0 || (a->ip[whole] & mask) == (range->base.ip[whole] & mask));
}

bool tb_address_is_in(const tb_address *a, const tb_address_range *range, size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (is_within(a, &range[i]))
			return true;
	return false;
}

bool tb_address_is_loopback(const tb_address *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return memcmp(a->ip, one, sizeof one) == 0 || (is_v4(a) && a->ip[12] == 127);
}

void tb_address_limit_key(uint8_t out[16], const tb_address *a)
{
	memcpy(out, a->ip, 16);
	if (!is_v4(a))
		memset(out + 8, 0, 8);
}

/* ---- what proxies say ---- */

static void trim(const char **text, size_t *len)
{
	while (*len > 0 && ((*text)[0] == ' ' || (*text)[0] == '\t')) {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		(*len)--;
}

/* The value of for=... in one element of Forwarded, without its quotes. */
static bool find_for(const char **text, size_t *len)
{
	const char *at = *text, *end = *text + *len;

	while (at < end) {
		const char *semicolon = memchr(at, ';', (size_t)(end - at));
		const char *pair = at;
		size_t pair_len = (size_t)((semicolon != NULL ? semicolon : end) - at);

		trim(&pair, &pair_len);
		if (pair_len > 4 && strncasecmp(pair, "for=", 4) == 0) {
			*text = pair + 4;
			*len = pair_len - 4;
			if (*len >= 2 && (*text)[0] == '"' && (*text)[*len - 1] == '"') {
				(*text)++;
				*len -= 2;
			}
			return true;
		}
		at = semicolon != NULL ? semicolon + 1 : end;
	}
	return false;
}

void tb_address_of_client(tb_address *out, const tb_address *peer, const char *header, bool is_forwarded,
	const tb_address_range *trusted, size_t num_trusted)
{
	size_t end = strlen(header);

	*out = *peer;
	while (end > 0 && tb_address_is_in(out, trusted, num_trusted)) {
		size_t start = end;
		const char *text;
		size_t len;

		while (start > 0 && header[start - 1] != ',')
			start--;
		text = header + start;
		len = end - start;
		end = start > 0 ? start - 1 : 0;
		trim(&text, &len);
		if (len == 0)
			continue;
		if ((is_forwarded && !find_for(&text, &len)) || tb_address_parse(out, text, len) != TB_OK)
			return; /* "unknown", "_hidden": the proxy that says so is all that is known */
	}
}
