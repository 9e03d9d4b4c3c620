/* SPDX-License-Identifier: Apache-2.0 */
#include "server/slog.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static tb_slog_level lowest = TB_SLOG_INFO;

void tb_slog_set_level(tb_slog_level level)
{
	lowest = level;
}

void tb_slog(tb_slog_level level, const char *event, const char *format, ...)
{
	static const char *const names[] = {"info", "warning", "error"};
	char line[1024], text[800];
	struct tm utc;
	time_t now = time(NULL);
	va_list args;
	int len;

	if (level < lowest)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	(void)gmtime_r(&now, &utc);
	len = snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02dZ %s %s %s\n", utc.tm_year + 1900,
		utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, names[level], event, text);
	/* One write(2) per line: lines of several threads do not mix.  A log that cannot be written stops nothing. */
	if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
		return;
}
