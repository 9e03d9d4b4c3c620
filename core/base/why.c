/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/why.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/text.h"

void tb_why_set(tb_why *why, const char *format, ...)
{
	char text[2 * TB_WHY_BYTES]; /* more than is kept, so that the copy sees what is cut */
	va_list args;

	va_start(args, format);
	if (vsnprintf(text, sizeof text, format, args) < 0)
		text[0] = '\0';
	va_end(args);
	tb_text_copy_printable(why->text, sizeof why->text, text);
}

void tb_why_clear(tb_why *why)
{
	why->text[0] = '\0';
}

void tb_why_default(tb_why *why, tb_err err)
{
	if (err != TB_OK && why->text[0] == '\0')
		tb_why_set(why, "%s", tb_err_text(err));
}
