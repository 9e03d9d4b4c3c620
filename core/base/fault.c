/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/text.h"

tb_err tb_fault_set(tb_fault *f, const char *rule, const char *where, const char *expected, const char *found)
{
	f->rule = rule;
	tb_text_copy_printable(f->where, sizeof f->where, where);
	tb_text_copy_printable(f->expected, sizeof f->expected, expected);
	tb_text_copy_printable(f->found, sizeof f->found, found);
	return TB_ERR_RULE;
}

tb_err tb_fault_setf(
	tb_fault *f, const char *rule, const char *where, const char *expected, const char *found_format, ...)
{
	char found[2 * sizeof f->found]; /* more than is kept, so that the copy sees that it was cut */
	va_list args;

	va_start(args, found_format);
	if (vsnprintf(found, sizeof found, found_format, args) < 0)
		found[0] = '\0';
	va_end(args);
	return tb_fault_set(f, rule, where, expected, found);
}

void tb_fault_prefix(tb_fault *f, const char *prefix)
{
	char where[2 * sizeof f->where];

	/* "payload" alone when there was no place; an index follows without a dot: "voters" + "[3]". */
	snprintf(where, sizeof where, "%s%s%s", prefix, f->where[0] != '\0' && f->where[0] != '[' ? "." : "",
		f->where);
	tb_text_copy_printable(f->where, sizeof f->where, where);
}

void tb_fault_text(const tb_fault *f, char *out, size_t out_len)
{
	char text[sizeof(tb_fault) + 64];

	snprintf(text, sizeof text, "%s%s%s: expected %s, found %s", f->rule != NULL ? f->rule : "no fault",
		f->where[0] != '\0' ? " at " : "", f->where, f->expected, f->found);
	if (out_len >= 4)
		tb_text_copy_printable(out, out_len, text);
	else if (out_len > 0)
		out[0] = '\0';
}
