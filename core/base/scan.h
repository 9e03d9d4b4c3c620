/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_SCAN_H
#define TB_CORE_BASE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A strict scanner for the few documents of fixed shape that are read by the million (envelopes, chunks of
 * the roll).  Canonical JSON has one spelling [JSON.CANONICAL], so what these functions accept step by step
 * is canonical by construction, and nothing has to be written out again and compared.  Everything else, and
 * every explanation of what is wrong, goes through core/base/json.h. Every function returns false, without
 * moving, when the next bytes are not what it is for.
 */
typedef struct tb_scan {
	const char *at, *end; /* borrowed */
} tb_scan;

static inline tb_scan tb_scan_begin(const void *bytes, size_t len)
{
	const char *at = (const char *)bytes;

	return (tb_scan){at, at + len};
}

/* Exactly these bytes. */
bool tb_scan_bytes(tb_scan *s, const char *text, size_t len);
#define tb_scan_literal(s, text) tb_scan_bytes((s), "" text, sizeof(text) - 1)
/* 0..2^53-1 in plain decimal. */
bool tb_scan_int(tb_scan *s, uint64_t *out);
/* The inside of a string up to its closing quote, which is passed over (the opening one has been).  Refuses a
 * string with anything in it that JSON escapes; whether the rest is UTF-8 is for the caller to see. */
bool tb_scan_plain(tb_scan *s, const char **out, size_t *len);
/* The same for a string in which \" and \\ may stand (all that a text for people can need [TEXT]): the plain
 * characters are written to `room`, which has room for all that is left of the input. */
bool tb_scan_text(tb_scan *s, char *room, size_t *len);
bool tb_scan_is_done(const tb_scan *s);

#endif
