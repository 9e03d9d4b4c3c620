/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"

#define RULE "CONFIG"
#define FILE_MAX (1u << 20)

/* One key of the file, which is also the long option of the same name. */
typedef struct setting {
	const char *key, *argument, *help;
	size_t offset;     /* of the number or the text in tb_config */
	size_t size;       /* of a text; 0 for a number */
	unsigned min, max; /* of a number */
} setting;

#define TEXT(field) offsetof(tb_config, field), sizeof(((tb_config *)0)->field), 0, 0
#define NUMBER(field, min, max) offsetof(tb_config, field), 0, min, max

static const setting settings[] = {
	{"data", "DIR", "the data folder (required)", TEXT(data)},
	{"listen", "HOST:PORT", "where to listen (127.0.0.1:8080); port 0 = any free one", TEXT(listen)},
	{"port-file", "FILE", "write the port there once the server listens", TEXT(port_file)},
	{"admin-key", "KEY", "who may create elections (base64); may be given again", 0, 0, 0, 0},
	{"threads", "N", "threads that talk HTTP (the number of processors)", NUMBER(threads, 2, 256)},
	{"verify-threads", "N", "threads that check ballots (the number of processors)",
		NUMBER(verify_threads, 1, 256)},
	{"max-connections", "N", "connections at a time (1000)", NUMBER(max_connections, 1, 100000)},
	{"max-connections-per-address", "N", "the same for one address; 0 = no limit (0)",
		NUMBER(max_connections_per_address, 0, 100000)},
	{"idle-seconds", "N", "close a connection that is silent for so long (30)",
		NUMBER(idle_seconds, 1, 3600)},
	{"request-seconds", "N", "a request must have arrived after so long (120)",
		NUMBER(request_seconds, 1, 86400)},
	{"memory", "MIB", "memory for requests that are arriving (256)", NUMBER(memory_mib, 16, 65536)},
};
#define NUM_SETTINGS (sizeof settings / sizeof settings[0])

static unsigned num_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 2 : n > 256 ? 256 : (unsigned)n;
}

void tb_config_init(tb_config *c)
{
	memset(c, 0, sizeof *c);
	memcpy(c->listen, "127.0.0.1:8080", sizeof "127.0.0.1:8080");
	c->threads = num_processors();
	c->verify_threads = num_processors();
	c->max_connections = 1000;
	c->idle_seconds = 30;
	c->request_seconds = 120;
	c->memory_mib = 256;
}

static tb_err add_admin(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	uint8_t key[32];

	if (tb_base64_parse_fixed(key, sizeof key, value, strlen(value)) != TB_OK)
		return tb_fault_set(fault, RULE, where, "a key: 44 characters of base64", value);
	for (size_t i = 0; i < c->num_admins; i++)
		if (memcmp(c->admin_key[i], key, sizeof key) == 0)
			return TB_OK;
	if (c->num_admins == TB_CONFIG_MAX_ADMINS)
		return tb_fault_setf(
			fault, RULE, where, "fewer administrators", "more than %d", TB_CONFIG_MAX_ADMINS);
	memcpy(c->admin_key[c->num_admins++], key, sizeof key);
	return TB_OK;
}

static tb_err set_number(
	unsigned *out, const setting *s, const char *value, const char *where, tb_fault *fault)
{
	uint64_t v;

	if (tb_decimal_parse(&v, value, strlen(value), s->max) != TB_OK || v < s->min) {
		char expected[80];

		(void)snprintf(expected, sizeof expected, "a number from %u to %u", s->min, s->max);
		return tb_fault_set(fault, RULE, where, expected, value);
	}
	*out = (unsigned)v;
	return TB_OK;
}

static tb_err set(tb_config *c, const setting *s, const char *value, const char *where, tb_fault *fault)
{
	char host[256], port[8];

	if (strcmp(s->key, "admin-key") == 0)
		return add_admin(c, value, where, fault);
	if (s->size == 0) {
		unsigned v = 0;
		tb_err err = set_number(&v, s, value, where, fault);

		if (err == TB_OK)
			memcpy((char *)c + s->offset, &v, sizeof v);
		return err;
	}
	if (value[0] == '\0')
		return tb_fault_set(fault, RULE, where, s->argument, "nothing");
	if (strlen(value) >= s->size)
		return tb_fault_setf(fault, RULE, where, "a shorter text", "%zu bytes", strlen(value));
	if (strcmp(s->key, "listen") == 0 && tb_config_split_listen(value, host, port, fault) != TB_OK)
		return tb_fault_set(fault, RULE, where, "HOST:PORT or [v6]:PORT", value);
	memcpy((char *)c + s->offset, value, strlen(value) + 1);
	return TB_OK;
}

tb_err tb_config_split_listen(const char *listen, char host[256], char port[8], tb_fault *fault)
{
	const char *colon = strrchr(listen, ':'), *start = listen, *end = colon;
	uint64_t number;

	if (colon == NULL || tb_decimal_parse(&number, colon + 1, strlen(colon + 1), 65535) != TB_OK)
		return tb_fault_set(fault, RULE, "listen", "HOST:PORT with a port from 0 to 65535", listen);
	if (*start == '[' && end > start && end[-1] == ']') {
		start++;
		end--;
	}
	if (end <= start || end - start >= 256 || memchr(start, '[', (size_t)(end - start)) != NULL ||
		(start == listen && memchr(start, ':', (size_t)(end - start)) != NULL))
		return tb_fault_set(fault, RULE, "listen", "HOST:PORT or [v6]:PORT", listen);
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	(void)snprintf(port, 8, "%u", (unsigned)number);
	return TB_OK;
}

/* ---- the file ---- */

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && strchr(" \t\r", end[-1]) != NULL)
		*--end = '\0';
	return text + strspn(text, " \t");
}

static tb_err parse_line(tb_config *c, char *line, const char *where, tb_fault *fault)
{
	char *key = trim(line), *equals = strchr(key, '=');
	const char *value;

	if (key[0] == '\0' || key[0] == '#')
		return TB_OK;
	if (equals == NULL)
		return tb_fault_set(fault, RULE, where, "key = value", key);
	*equals = '\0';
	value = trim(equals + 1);
	key = trim(key);
	for (size_t i = 0; i < NUM_SETTINGS; i++)
		if (strcmp(settings[i].key, key) == 0)
			return set(c, &settings[i], value, where, fault);
	return tb_fault_set(fault, RULE, where, "a key that is known (see --help)", key);
}

tb_err tb_config_parse_file(tb_config *c, const char *name, const char *text, size_t len, tb_fault *fault)
{
	char line[TB_CONFIG_PATH_MAX + 80], where[160];
	size_t at = 0;
	tb_err err = TB_OK;

	for (unsigned number = 1; at < len && err == TB_OK; number++) {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t line_len = newline != NULL ? (size_t)(newline - text) - at : len - at;

		(void)snprintf(where, sizeof where, "%.120s, line %u", name, number);
		if (line_len >= sizeof line)
			return tb_fault_set(fault, RULE, where, "a shorter line", "a line that is too long");
		if (memchr(text + at, '\0', line_len) != NULL)
			return tb_fault_set(fault, RULE, where, "text", "a NUL byte");
		memcpy(line, text + at, line_len);
		line[line_len] = '\0';
		err = parse_line(c, line, where, fault);
		at += line_len + 1;
	}
	return err;
}

static tb_err read_file(tb_config *c, const char *path, tb_fault *fault)
{
	tb_buf text;
	tb_why why;
	tb_err err;

	tb_buf_init(&text, FILE_MAX);
	err = tb_file_read(&text, path, &why);
	if (err != TB_OK && err != TB_ERR_MEMORY)
		err = tb_fault_set(fault, RULE, "--config", "a file that can be read", why.text);
	if (err == TB_OK)
		err = tb_config_parse_file(c, path, (const char *)text.data, text.len, fault);
	tb_buf_release(&text);
	return err;
}

/* ---- the command line ---- */

enum { OPT_CONFIG = NUM_SETTINGS, OPT_INIT, OPT_CHECK, OPT_HELP, OPT_VERSION, NUM_OPTIONS };

static const struct option *long_options(void)
{
	static struct option all[NUM_OPTIONS + 1];
	static const struct option others[] = {{"config", required_argument, NULL, OPT_CONFIG},
		{"init", no_argument, NULL, OPT_INIT}, {"check-config", no_argument, NULL, OPT_CHECK},
		{"help", no_argument, NULL, OPT_HELP}, {"version", no_argument, NULL, OPT_VERSION}};

	for (size_t i = 0; i < NUM_SETTINGS; i++)
		all[i] = (struct option){settings[i].key, required_argument, NULL, (int)i};
	for (size_t i = NUM_SETTINGS; i < NUM_OPTIONS; i++)
		all[i] = others[i - NUM_SETTINGS];
	return all;
}

/* Goes through the options: first for --config alone (`settle` false), then for all others, which win. */
static tb_err parse_options(tb_config *c, int argc, char *const *argv, bool settle, tb_fault *fault)
{
	char where[80];
	tb_err err = TB_OK;

	optind = 0; /* starts anew */
	opterr = 0;
	while (err == TB_OK) {
		int at = optind == 0 ? 1 : optind;
		int option = getopt_long(argc, argv, "+:", long_options(), NULL);

		if (option == -1)
			break;
		if (option == '?' || option == ':')
			return tb_fault_set(fault, RULE, "command line",
				option == '?' ? "an option that is known (see --help)"
					      : "a value after the option",
				argv[at]);
		if (option < (int)NUM_SETTINGS && settle) {
			(void)snprintf(where, sizeof where, "--%s", settings[option].key);
			err = set(c, &settings[option], optarg, where, fault);
		}
		if (option == OPT_CONFIG && !settle)
			err = read_file(c, optarg, fault);
		if (option == OPT_INIT)
			c->action = TB_CONFIG_INIT;
		if (option == OPT_CHECK)
			c->action = TB_CONFIG_CHECK;
		if (option == OPT_HELP || option == OPT_VERSION) {
			c->action = option == OPT_HELP ? TB_CONFIG_HELP : TB_CONFIG_VERSION;
			return TB_OK;
		}
	}
	if (err == TB_OK && optind < argc)
		return tb_fault_set(fault, RULE, "command line", "options only", argv[optind]);
	return err;
}

tb_err tb_config_parse(tb_config *c, int argc, char *const *argv, tb_fault *fault)
{
	tb_err err = parse_options(c, argc, argv, false, fault);

	if (err == TB_OK && c->action != TB_CONFIG_HELP && c->action != TB_CONFIG_VERSION)
		err = parse_options(c, argc, argv, true, fault);
	if (err != TB_OK || c->action == TB_CONFIG_HELP || c->action == TB_CONFIG_VERSION)
		return err;
	if (c->data[0] == '\0')
		return tb_fault_set(fault, RULE, "--data", "the data folder", "nothing");
	if (c->max_connections < c->threads)
		return tb_fault_setf(fault, RULE, "--max-connections",
			"at least one connection for each thread", "%u connections, %u threads",
			c->max_connections, c->threads);
	return TB_OK;
}

void tb_config_usage(FILE *out)
{
	fprintf(out, "usage: tabella-server --data DIR OPTIONS\n"
		     "       tabella-server --data DIR --init\n"
		     "\n"
		     "Serves elections: keeps their boards, admits what the rules allow, opens and closes "
		     "the polls.\n"
		     "\n");
	for (size_t i = 0; i < NUM_SETTINGS; i++) {
		char option[60];

		(void)snprintf(option, sizeof option, "--%s %s", settings[i].key, settings[i].argument);
		fprintf(out, "  %-34s  %s\n", option, settings[i].help);
	}
	fprintf(out,
		"  --config FILE                       the same keys as lines \"key = value\"; options win\n"
		"  --init                              make the data folder and the server's keys, and print "
		"the public line\n"
		"  --check-config                      say whether everything is right, and do nothing\n"
		"  --help, --version\n"
		"\n"
		"Exit status: 0 stopped as asked, 1 failed, 2 wrong usage or configuration.\n");
}
