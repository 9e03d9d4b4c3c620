/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_code.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/file.h"
#include "crypto/wipe.h"

enum { MAX_FILE = 4096 };

/* The first line that says something; *line keeps pointing into the text. */
static size_t first_line(const char *text, size_t len, const char **line)
{
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - text);

		*line = text;
		if (n > 0 && text[0] != '#' && strspn(text, " \t\r") < n)
			return text[n - 1] == '\r' ? n - 1 : n;
		if (end == NULL)
			break;
		text += n + 1;
		len -= n + 1;
	}
	return 0;
}

static int parse_text(const tb_args *args, const char *from, const char *text, size_t len, tb_code *out)
{
	const char *line = "";
	size_t n = first_line(text, len, &line);
	tb_fault fault;

	if (n == 0)
		return tb_args_error(args, "%s holds no code", from);
	if (tb_code_parse(out, line, n, &fault) != TB_OK)
		return tb_args_error(args, "%s: %s: expected %s, found %s", from, fault.where, fault.expected,
			fault.found);
	return TB_EXIT_OK;
}

static int read_file(const tb_args *args, const char *path, tb_code *out)
{
	struct stat st;
	tb_buf text;
	tb_why why = {""};
	int exit_code;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return tb_args_error(
			args, "%s can be read by others; it is a secret: chmod 600 it, then try again", path);
	tb_buf_init_secret(&text, MAX_FILE);
	if (tb_file_read(&text, path, &why) != TB_OK)
		exit_code = tb_args_error(args, "cannot read the code: %s", why.text);
	else
		exit_code = parse_text(args, path, (const char *)text.data, text.len, out);
	tb_buf_release(&text);
	return exit_code;
}

/* ---- typing without an echo ---- */

static struct termios shown; /* the terminal as it was */
static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { NUM_ENDINGS = sizeof endings / sizeof endings[0] };

/* Somebody who gives up half-way gets back a terminal that shows what is typed. */
static void show_and_end(int number)
{
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &shown);
	(void)raise(number); /* which ends us: the handler is good for once */
}

static void hide(struct sigaction before[NUM_ENDINGS])
{
	struct sigaction end = {.sa_handler = show_and_end, .sa_flags = (int)SA_RESETHAND};
	struct termios hidden = shown;

	(void)sigemptyset(&end.sa_mask);
	for (size_t i = 0; i < NUM_ENDINGS; i++) {
		(void)sigaction(endings[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			(void)sigaction(endings[i], &end, NULL);
	}
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
}

static void show(const struct sigaction before[NUM_ENDINGS])
{
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	for (size_t i = 0; i < NUM_ENDINGS; i++)
		(void)sigaction(endings[i], &before[i], NULL);
}

/* One line from standard input, without echo when that is a terminal. */
static int read_typed(const tb_args *args, const char *prompt, tb_code *out)
{
	bool terminal = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &shown) == 0;
	struct sigaction before[NUM_ENDINGS];
	char text[256];
	size_t len = 0;
	int exit_code;

	if (terminal) {
		hide(before); /* before the prompt: who answers it at once is not shown, and nothing is lost */
		fprintf(stderr, "%s: ", prompt);
	}
	/* read(), not stdio: no copy of the secret stays in a buffer that nobody wipes */
	while (len < sizeof text && read(STDIN_FILENO, text + len, 1) == 1)
		if (text[len++] == '\n')
			break;
	if (terminal) {
		show(before);
		fprintf(stderr, "\n");
	}
	exit_code = parse_text(args, terminal ? "what was typed" : "standard input", text, len, out);
	tb_wipe(text, sizeof text);
	return exit_code;
}

int tb_code_obtain(const tb_args *args, const char *option, const char *prompt, tb_code *out)
{
	const char *path = tb_args_get(args, option);

	memset(out, 0, sizeof *out);
	return path == NULL ? read_typed(args, prompt, out) : read_file(args, path, out);
}

int tb_code_save(const tb_args *args, const char *path, tb_role role, const tb_code *code)
{
	char text[TB_CODE_TEXT_BYTES], file[256];
	tb_why why = {""};
	tb_err err;
	int n;

	tb_code_write(text, code);
	n = snprintf(file, sizeof file,
		"# Tabella: the secret code of the %s.  Whoever reads it can act as the %s.\n%s\n",
		tb_role_name(role), tb_role_name(role), text);
	TB_REQUIRE(n > 0 && (size_t)n < sizeof file);
	err = tb_file_create(path, file, (size_t)n, TB_FILE_PRIVATE, &why);
	tb_wipe(text, sizeof text);
	tb_wipe(file, sizeof file);
	return err == TB_OK ? TB_EXIT_OK : tb_args_error(args, "cannot write the code: %s", why.text);
}

int tb_role_keys_obtain(const tb_args *args, const char *option, tb_role role, tb_role_keys *out)
{
	char prompt[64];
	tb_code code;
	int exit_code;

	memset(out, 0, sizeof *out);
	(void)snprintf(prompt, sizeof prompt, "Code of the %s", tb_role_name(role));
	exit_code = tb_code_obtain(args, option, prompt, &code);
	if (exit_code == TB_EXIT_OK && tb_role_keys_derive(out, role, &code) != TB_OK)
		exit_code =
			tb_args_error(args, "this code gives a key that cannot be used; make another one");
	tb_code_wipe(&code);
	return exit_code;
}
