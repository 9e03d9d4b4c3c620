/* SPDX-License-Identifier: Apache-2.0 */
#include "server/token.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/file.h"
#include "crypto/ct.h"
#include "crypto/hash.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

#define FILE_MAX (1u << 20)
#define SECRET_BYTES 32
#define TEXT_BYTES (4 + 2 * SECRET_BYTES + 1) /* "tbt_" and hex */
#define PATH_BYTES 4200
#define LINE_BYTES (TB_TOKEN_NAME_MAX + 40 + 2 * TB_SHA256_BYTES)

typedef struct line {
	char name[TB_TOKEN_NAME_MAX + 1], scopes[40];
	uint8_t hash[TB_SHA256_BYTES];
} line;

static const struct {
	const char *name;
	tb_scope scope;
} scope_names[] = {{"backup", TB_SCOPE_BACKUP}, {"audit", TB_SCOPE_AUDIT}};

/* 0: there is one that is none. */
static unsigned parse_scopes(const char *text)
{
	unsigned all = 0, one;

	while (true) {
		size_t len = strcspn(text, ",");

		one = 0;
		for (size_t i = 0; i < sizeof scope_names / sizeof scope_names[0]; i++)
			if (strlen(scope_names[i].name) == len && memcmp(scope_names[i].name, text, len) == 0)
				one = scope_names[i].scope;
		if (one == 0)
			return 0;
		all |= one;
		if (text[len] == '\0')
			return all;
		text += len + 1;
	}
}

static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return len > 0 && len <= TB_TOKEN_NAME_MAX && name[len] == '\0';
}

static void write_hex(char *out, const uint8_t *in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", in[i]);
}

static bool parse_hash(uint8_t out[TB_SHA256_BYTES], const char *hex)
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(hex) != 2 * TB_SHA256_BYTES || strspn(hex, digits) != 2 * TB_SHA256_BYTES)
		return false;
	for (size_t i = 0; i < TB_SHA256_BYTES; i++)
		out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
				   (strchr(digits, hex[2 * i + 1]) - digits));
	return true;
}

static bool parse_line(line *out, const char *at, size_t len)
{
	char text[LINE_BYTES + 8], *scopes, *hash;

	if (len >= sizeof text)
		return false;
	memcpy(text, at, len);
	text[len] = '\0';
	scopes = strchr(text, ' ');
	hash = scopes != NULL ? strchr(scopes + 1, ' ') : NULL;
	if (hash == NULL)
		return false;
	*scopes++ = '\0';
	*hash++ = '\0';
	if (!is_name(text) || parse_scopes(scopes) == 0 || strlen(scopes) >= sizeof out->scopes ||
		!parse_hash(out->hash, hash))
		return false;
	memcpy(out->name, text, strlen(text) + 1);
	memcpy(out->scopes, scopes, strlen(scopes) + 1);
	return true;
}

/* The next line that is a token, *at moving on; false at the end.  What is damaged is passed over: it hides nothing that stands behind it. */
static bool next_line(line *out, const char **at)
{
	bool found = false;

	while (!found && **at != '\0') {
		size_t len = strcspn(*at, "\n");

		found = parse_line(out, *at, len);
		*at += len + ((*at)[len] == '\n' ? 1 : 0);
	}
	return found;
}

static void path_of(char out[PATH_BYTES], const char *data)
{
	(void)snprintf(out, PATH_BYTES, "%s/tokens", data);
}

/* Two who rewrite the file at once: the later would bring back what the earlier revoked.  Closing *fd ends it. */
static tb_err take_lock(int *fd, const char *data, tb_why *why)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof path, "%s/tokens.lock", data);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd >= 0 && flock(*fd, LOCK_EX) == 0)
		return TB_OK;
	tb_why_set(why, "%s: %s", path, strerror(errno));
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	return TB_ERR_IO;
}

static tb_err read_tokens(tb_buf *out, const char *data, tb_why *why)
{
	char path[PATH_BYTES];
	tb_err err;

	path_of(path, data);
	err = tb_file_read(out, path, why);
	if (err == TB_ERR_NOT_FOUND) {
		tb_why_clear(why);
		return TB_OK;
	}
	return err;
}

/* Whoever lists or changes the tokens is told of a line that is none: what it was is for a person to say, and a rewriting would lose it. */
static tb_err check_lines(const tb_buf *all, const char *data, tb_why *why)
{
	const char *at = (const char *)all->data, *end = at + all->len;
	char path[PATH_BYTES];
	line ignored;

	path_of(path, data);
	for (unsigned number = 1; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = newline != NULL ? (size_t)(newline - at) : (size_t)(end - at);

		if (!parse_line(&ignored, at, len)) {
			tb_why_set(why, "%s: line %u is no token; mend or remove it", path, number);
			return TB_ERR_STATE;
		}
		at += len + 1;
	}
	return TB_OK;
}

/* Writes all lines but that of `name`, then, if it is not NULL, one more. */
static tb_err rewrite(
	const char *data, tb_buf *old, const char *name, const char *more, bool *was_there, tb_why *why)
{
	char path[PATH_BYTES], hex[2 * TB_SHA256_BYTES + 1], text[LINE_BYTES + 8];
	const char *at = old->len > 0 ? tb_buf_cstr(old) : "";
	tb_buf out;
	line l;
	tb_err err;

	*was_there = false;
	tb_buf_init(&out, FILE_MAX);
	while (next_line(&l, &at)) {
		if (strcmp(l.name, name) == 0) {
			*was_there = true;
			continue;
		}
		write_hex(hex, l.hash, sizeof l.hash);
		(void)snprintf(text, sizeof text, "%s %s %s\n", l.name, l.scopes, hex);
		tb_buf_append(&out, text, strlen(text));
	}
	if (more != NULL)
		tb_buf_append(&out, more, strlen(more));
	err = tb_buf_status(&out);
	path_of(path, data);
	if (err == TB_OK && (more == NULL || !*was_there))
		err = tb_file_write(
			path, out.data != NULL ? (const void *)out.data : "", out.len, TB_FILE_PRIVATE, why);
	tb_buf_release(&out);
	return err;
}

tb_err tb_token_new(const char *data, const char *name, const char *scopes, FILE *out, tb_why *why)
{
	uint8_t secret[SECRET_BYTES], hash[TB_SHA256_BYTES];
	char text[TEXT_BYTES] = "tbt_", hex[2 * TB_SHA256_BYTES + 1], more[LINE_BYTES + 8];
	bool was_there = false;
	tb_buf old;
	tb_err err;
	int lock = -1;

	tb_why_clear(why);
	if (!is_name(name) || parse_scopes(scopes) == 0 || strlen(scopes) >= 40) {
		tb_why_set(why,
			"token %s %s: expected a name of a-z 0-9 . _ - and scopes out of backup,audit", name,
			scopes);
		return TB_ERR_RULE;
	}
	err = tb_random(secret, sizeof secret);
	if (err != TB_OK)
		return err;
	write_hex(text + 4, secret, sizeof secret);
	tb_sha256(hash, text, strlen(text));
	write_hex(hex, hash, sizeof hash);
	(void)snprintf(more, sizeof more, "%s %s %s\n", name, scopes, hex);
	tb_buf_init(&old, FILE_MAX);
	err = take_lock(&lock, data, why);
	if (err == TB_OK)
		err = read_tokens(&old, data, why);
	if (err == TB_OK)
		err = check_lines(&old, data, why);
	if (err == TB_OK)
		err = rewrite(data, &old, name, more, &was_there, why);
	if (lock >= 0)
		(void)close(lock);
	if (err == TB_OK && was_there) {
		tb_why_set(why, "token %s: there is one of this name; revoke it first", name);
		err = TB_ERR_STATE;
	}
	if (err == TB_OK)
		(void)fprintf(out, "%s\n", text);
	tb_buf_release(&old);
	tb_wipe(secret, sizeof secret);
	tb_wipe(text, sizeof text);
	return err;
}

tb_err tb_token_revoke(const char *data, const char *name, tb_why *why)
{
	bool was_there;
	tb_buf old;
	tb_err err;
	int lock;

	tb_why_clear(why);
	tb_buf_init(&old, FILE_MAX);
	err = take_lock(&lock, data, why);
	if (err == TB_OK)
		err = read_tokens(&old, data, why);
	if (err == TB_OK)
		err = check_lines(&old, data, why);
	if (err == TB_OK)
		err = rewrite(data, &old, name, NULL, &was_there, why);
	if (lock >= 0)
		(void)close(lock);
	if (err == TB_OK && !was_there) {
		tb_why_set(why, "token %s: there is none of this name", name);
		err = TB_ERR_NOT_FOUND;
	}
	tb_buf_release(&old);
	return err;
}

tb_err tb_token_list(const char *data, FILE *out, tb_why *why)
{
	const char *at;
	tb_buf all;
	line l;
	tb_err err;

	tb_why_clear(why);
	tb_buf_init(&all, FILE_MAX);
	err = read_tokens(&all, data, why);
	if (err == TB_OK)
		err = check_lines(&all, data, why);
	at = all.len > 0 ? tb_buf_cstr(&all) : "";
	while (err == TB_OK && next_line(&l, &at))
		(void)fprintf(out, "%s %s\n", l.name, l.scopes);
	tb_buf_release(&all);
	return err;
}

tb_err tb_token_check(
	const char *data, const char *authorization, char name[TB_TOKEN_NAME_MAX + 1], unsigned *scopes)
{
	uint8_t hash[TB_SHA256_BYTES];
	const char *at;
	tb_why ignored;
	tb_buf all;
	line l;
	tb_err err;

	if (strncasecmp(authorization, "Bearer ", 7) != 0)
		return TB_ERR_NOT_FOUND;
	tb_sha256(hash, authorization + 7, strlen(authorization + 7));
	tb_buf_init(&all, FILE_MAX);
	err = read_tokens(&all, data, &ignored);
	at = all.len > 0 ? tb_buf_cstr(&all) : "";
	if (err == TB_OK)
		err = TB_ERR_NOT_FOUND;
	while (err == TB_ERR_NOT_FOUND && next_line(&l, &at)) {
		if (!tb_ct_equal(l.hash, hash, sizeof hash))
			continue;
		memcpy(name, l.name, sizeof l.name);
		*scopes = parse_scopes(l.scopes);
		err = TB_OK;
	}
	tb_buf_release(&all);
	return err;
}
