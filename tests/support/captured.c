/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/captured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char captured_out[TB_CAPTURED_MAX], captured_err[TB_CAPTURED_MAX];

enum { MAX_WORDS = 200 };

static int redirect(int fd, FILE **to)
{
	int before = dup(fd);

	*to = tmpfile();
	if (before < 0 || *to == NULL || dup2(fileno(*to), fd) < 0)
		abort();
	return before;
}

static void restore(int fd, int before, FILE *from, char out[TB_CAPTURED_MAX])
{
	size_t len;

	if (dup2(before, fd) < 0 || close(before) != 0)
		abort();
	rewind(from);
	len = fread(out, 1, TB_CAPTURED_MAX - 1, from);
	out[len] = '\0';
	(void)fclose(from);
}

int captured_run(const tb_program *program, const char *line)
{
	char *text = strdup(line), *words[MAX_WORDS], *at = text;
	int num = 0, exit_code, out_before, err_before;
	FILE *out, *err;

	if (text == NULL)
		abort();
	while (*at != '\0' && num < MAX_WORDS - 1) {
		words[num++] = at;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	words[num] = NULL;
	for (int i = 0; i < num; i++)
		for (char *c = words[i]; *c != '\0'; c++)
			if (*c == '\x01')
				*c = ' ';
	(void)fflush(NULL);
	out_before = redirect(STDOUT_FILENO, &out);
	err_before = redirect(STDERR_FILENO, &err);
	exit_code = tb_program_run(program, num, words);
	(void)fflush(NULL);
	restore(STDOUT_FILENO, out_before, out, captured_out);
	restore(STDERR_FILENO, err_before, err, captured_err);
	free(text);
	return exit_code;
}
