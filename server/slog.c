/* SPDX-License-Identifier: Apache-2.0 */
#include "server/slog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/json.h"

#define LINE_MAX_BYTES 4096

static tb_slog_level lowest = TB_SLOG_INFO;
static bool is_json;

void tb_slog_set_level(tb_slog_level level)
{
	lowest = level;
}

void tb_slog_set_json(bool json)
{
	is_json = json;
}

/* "name=" at the beginning of a word: the length of the name, else 0. */
static size_t name_len(const char *word)
{
	size_t n = 0;

	while ((word[n] >= 'a' && word[n] <= 'z') || word[n] == '_')
		n++;
	return n > 0 && word[n] == '=' ? n : 0;
}

/* The words "name=value" that the text begins with become members, what follows is the message. */
static void write_json(tb_buf *out, const char *when, const char *level, const char *event, char *text)
{
	tb_json_out json;
	size_t n;

	tb_json_out_init(&json, out);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_cstring(&json, "time", when);
	tb_json_out_cstring(&json, "level", level);
	tb_json_out_cstring(&json, "event", event);
	while ((n = name_len(text)) > 0) {
		char *value = text + n + 1, *end = value + strcspn(value, " ");
		char *next = *end == ' ' ? end + 1 : end;

		text[n] = '\0';
		*end = '\0';
		tb_json_out_cstring(&json, text, value);
		text = next;
	}
	if (text[0] != '\0')
		tb_json_out_cstring(&json, "message", text);
	tb_json_out_end(&json);
	tb_buf_append(out, "\n", 1);
}

void tb_slog(tb_slog_level level, const char *event, const char *format, ...)
{
	static const char *const names[] = {"info", "warning", "error"};
	char when[32], text[800];
	struct tm utc;
	time_t now = time(NULL);
	va_list args;
	tb_buf line;

	if (level < lowest)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	/* Only ASCII: nobody outside writes a second line, or bytes that a reader of the log chokes on. */
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
			*c = '?';
	(void)gmtime_r(&now, &utc);
	(void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
	tb_buf_init(&line, LINE_MAX_BYTES);
	if (is_json) {
		write_json(&line, when, names[level], event, text);
	} else {
		const char *const words[] = {when, " ", names[level], " ", event, " ", text, "\n"};

		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			tb_buf_append(&line, words[i], strlen(words[i]));
	}
	/* One write(2) per line: lines of several threads do not mix.  A log that cannot be written stops nothing. */
	if (tb_buf_status(&line) == TB_OK && write(STDERR_FILENO, line.data, line.len) < 0)
		line.len = 0;
	tb_buf_release(&line);
}
