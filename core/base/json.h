/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_JSON_H
#define TB_CORE_BASE_JSON_H

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/base/json_out.h"
#include "core/base/text.h"

/*
 * Reading JSON [JSON.CANONICAL]: the one place that knows jansson.  Tabella reads a narrow part of JSON:
 *   valid UTF-8, no NUL, one object or array at the top, at most 16 levels deep; no member twice in an object;
 *   integers from 0 to 2^53-1 in plain decimal (no sign, fraction or exponent).
 * The canonical spelling is the one that core/base/json_out.h writes.  Commas, "[" and "{" outside strings, which bound the
 * values and so the memory, are limited: what is signed by TB_JSON_MARKS (the largest roll or manifest has a quarter of
 * that), files and requests, which anybody may send, by TB_JSON_ANY_MARKS.
 */
#define TB_JSON_MARKS 250000
#define TB_JSON_ANY_MARKS 32000

typedef enum tb_json_spelling {
	TB_JSON_ANY, /* white space and other escapes are let through: files and requests written by hand */
	TB_JSON_CANONICAL /* the bytes must equal their own re-serialisation: everything that is hashed or signed */
} tb_json_spelling;

/* ---- reading: a closed schema is taken member by member, in its fixed order ----
 *
 *	tb_json_in in;
 *
 *	tb_json_in_init(&in, bytes, len, MAX_BYTES, TB_JSON_CANONICAL, "MANIFEST");
 *	tb_json_enter_object(&in, TB_JSON_ITEM);
 *	version = tb_json_take_int(&in, "version", 1, 1);
 *	num = tb_json_enter_array(&in, "questions", 1, 100);
 *	for (size_t i = 0; i < num; i++) {
 *		tb_json_enter_object(&in, TB_JSON_ITEM);
 *		tb_json_take_text(&in, "title", &title, 200, TB_TEXT_LINE);
 *		tb_json_leave(&in);
 *	}
 *	tb_json_leave(&in);
 *	err = tb_json_in_status(&in, fault);      "TEXT at questions[2].title: expected ..., found ..."
 *	tb_json_in_release(&in);
 *
 * The first failure sticks: everything after it does nothing and gives 0, false or "", so one look at the end is
 * enough.  It is MEMORY, or RULE with a fault whose rule is
 *   JSON.CANONICAL  not the JSON described above, or not in its canonical spelling, to which it belongs that no member is missing,
 *                   unknown or out of its place (TB_JSON_ANY: all of this with the given rule)
 *   TEXT, BASE64    the string of such a member is none
 *   the given rule  a value is of another type, or outside its range (of base64 and hex: another number of bytes)
 */
struct json_t;

typedef struct tb_json_frame {
	struct json_t *value; /* an object or array, borrowed from `root` */
	void *member;         /* the next member of an object */
	size_t next, num;     /* the next item of an array, and how many there are */
	const char *name;     /* how the parent knows it; NULL for an item */
} tb_json_frame;

typedef struct tb_json_in {
	struct json_t *root; /* owned */
	tb_json_frame frame[TB_JSON_DEPTH];
	size_t depth;
	bool started;
	tb_err err; /* the first failure so far: TB_OK, RULE or MEMORY */
	tb_fault fault;
	const char *rule;
	tb_json_spelling spelling;
} tb_json_in;

typedef struct tb_json_string {
	const char *
		data; /* NUL-terminated, valid UTF-8 without NUL; borrowed until tb_json_in_release; never NULL */
	size_t len;
} tb_json_string;

/* Always leaves a reader that may be used and must be released.  `rule` is a static string. */
void tb_json_in_init(tb_json_in *in, const void *bytes, size_t len, size_t max_len, tb_json_spelling spelling,
	const char *rule);
void tb_json_in_release(tb_json_in *in);
/* How it went, after a complete reading (everything that was entered is left; else a bug of the caller): members that
 * nobody took have then been refused.  RULE with *fault filled, MEMORY. */
TB_CHECKED tb_err tb_json_in_status(const tb_json_in *in, tb_fault *fault);
/* Refuses the member `key` for a reason of the caller (TB_JSON_ITEM: in an array the item that was taken last, in an
 * object the object itself).  `rule` is a static string; `found` is formatted. */
__attribute__((format(printf, 5, 6))) void tb_json_in_fail(
	tb_json_in *in, const char *key, const char *rule, const char *expected, const char *found, ...);

bool tb_json_has(const tb_json_in *in, const char *key); /* is `key` the next member? (optional members) */
bool tb_json_more(const tb_json_in *in);                 /* is anything left in this object or array? */

void tb_json_enter_object(tb_json_in *in, const char *key);
/* Returns the number of items, which is within min..max, or 0 after a failure. */
size_t tb_json_enter_array(tb_json_in *in, const char *key, size_t min, size_t max);
void tb_json_leave(tb_json_in *in); /* fails when something in it was not taken */

uint64_t tb_json_take_int(tb_json_in *in, const char *key, uint64_t min, uint64_t max);
bool tb_json_take_bool(tb_json_in *in, const char *key);
/* Takes the value and returns true if it is null; otherwise takes nothing and returns false. */
bool tb_json_take_null(tb_json_in *in, const char *key);
/* Any string of at most `max` bytes; whoever shows it checks it. */
void tb_json_take_string(tb_json_in *in, const char *key, tb_json_string *out, size_t max);
/* Text for people: tb_text_check(). */
void tb_json_take_text(tb_json_in *in, const char *key, tb_json_string *out, size_t max, tb_text_kind kind);
/* One of `num` names: its index. */
size_t tb_json_take_choice(tb_json_in *in, const char *key, const char *const *names, size_t num);
/* Base64 and hex of exactly `len` bytes; zeroes after a failure. */
void tb_json_take_base64(tb_json_in *in, const char *key, uint8_t *out, size_t len);
void tb_json_take_hex(tb_json_in *in, const char *key, uint8_t *out, size_t len);
/* Base64 of any number of bytes, appended to *out, whose limit holds. */
void tb_json_take_base64_buf(tb_json_in *in, const char *key, tb_buf *out);

/* Is this one document in its canonical spelling, of at most `max_len` bytes? */
bool tb_json_is_canonical(const void *bytes, size_t len, size_t max_len);

#endif
