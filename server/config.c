/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"

#define RULE "CONFIG"
#define FILE_MAX (1u << 20)
#define RATE_MAX 1000000000u
#define DEFAULT_LISTEN "127.0.0.1:8080"

/* Takes a value that is neither a plain number nor a plain text. */
typedef tb_err take_fn(tb_config *c, const char *value, const char *where, tb_fault *fault);

/* One key of the file, which is also the long option of the same name. */
typedef struct setting {
	const char *key, *argument, *help;
	size_t offset;     /* of the number or the text in tb_config */
	size_t size;       /* of a text; 0 for a number */
	unsigned min, max; /* of a number */
	take_fn *take;     /* instead of all these */
} setting;

#define TEXT(field) offsetof(tb_config, field), sizeof(((tb_config *)0)->field), 0, 0, NULL
#define NUMBER(field, min, max) offsetof(tb_config, field), 0, min, max, NULL
#define TAKE(function) 0, 0, 0, 0, function

static take_fn take_mirror, take_admin_listen, take_log_format, take_sandbox, take_admin, take_listen,
	take_listen_tls, take_proxy, take_proxy_header, take_public_url;

static const setting settings[] = {
	{"data", "DIR", "the data folder (required)", TEXT(data)},
	{"listen", "HOST:PORT",
		"where to speak HTTP (127.0.0.1:8080); port 0 = any free one; may be given again",
		TAKE(take_listen)},
	{"listen-tls", "HOST:PORT", "where to speak HTTPS; may be given again", TAKE(take_listen_tls)},
	{"tls-certificate", "FILE", "the certificate and those above it, in PEM form", TEXT(tls_certificate)},
	{"tls-key", "FILE", "its private key, in PEM form", TEXT(tls_key)},
	{"port-file", "FILE", "write the port there once the server listens", TEXT(port_file)},
	{"public-url", "URL", "where the world reaches this server: https://vote.example.org",
		TAKE(take_public_url)},
	{"trusted-proxy", "ADDRESS[/BITS]",
		"a proxy whose word on the client's address counts; may be given again", TAKE(take_proxy)},
	{"proxy-header", "NAME", "what the proxies write it in: X-Forwarded-For (the default) or Forwarded",
		TAKE(take_proxy_header)},
	{"admin-key", "KEY", "who may create elections (base64); may be given again", TAKE(take_admin)},
	{"admin-listen", "HOST:PORT",
		"where the operator asks: health, metrics (nowhere; a port alone is of 127.0.0.1)",
		TAKE(take_admin_listen)},
	{"served-file", "FILE", "what was shown, best on another disk (board.db.served in the data folder)",
		TEXT(served_file)},
	{"mirror", "DIR",
		"a copy by `tabella mirror` that this server must not fall behind; may be given again",
		TAKE(take_mirror)},
	{"backup-folder", "DIR", "where backups go that are asked for at the operator's address",
		TEXT(backup_folder)},
	{"user", "NAME", "whom to become when started as root", TEXT(user)},
	{"sandbox", "yes|no", "give up files and system calls that serving does not need (yes)",
		TAKE(take_sandbox)},
	{"log-format", "text|json", "of the log on standard error (text)", TAKE(take_log_format)},
	{"threads", "N", "threads that talk HTTP (the number of processors)", NUMBER(threads, 2, 256)},
	{"verify-threads", "N", "threads that check ballots (the number of processors)",
		NUMBER(verify_threads, 1, 256)},
	{"max-connections", "N", "connections at a time (1000)", NUMBER(max_connections, 1, 100000)},
	{"max-connections-per-address", "N", "the same for one address; 0 = no limit (0)",
		NUMBER(max_connections_per_address, 0, 100000)},
	{"idle-seconds", "N", "close a connection that is silent for so long (30)",
		NUMBER(idle_seconds, 1, 3600)},
	{"head-seconds", "N", "the head of a request must have arrived after so long (60)",
		NUMBER(head_seconds, 1, 86400)},
	{"request-seconds", "N", "a body must have arrived after so long (120)",
		NUMBER(request_seconds, 1, 86400)},
	{"response-seconds", "N",
		"an answer, or the next part of a large one, must have been taken after so long (300)",
		NUMBER(response_seconds, 1, 86400)},
	{"memory", "MIB", "memory for requests that are arriving (256)", NUMBER(memory_mib, 16, 65536)},
	{"request-rate", "N", "requests of one address in an hour; 0 = no limit (360000)",
		NUMBER(request_rate.per_hour, 0, RATE_MAX)},
	{"request-burst", "N", "of those at once (2000)", NUMBER(request_rate.burst, 1, RATE_MAX)},
	{"submit-rate", "N", "submissions of one address in an hour; 0 = no limit (36000)",
		NUMBER(submit_rate.per_hour, 0, RATE_MAX)},
	{"submit-burst", "N", "of those at once (500)", NUMBER(submit_rate.burst, 1, RATE_MAX)},
	{"voter-rate", "N", "ballots of one voter in an hour; 0 = no limit (60)",
		NUMBER(voter_rate.per_hour, 0, RATE_MAX)},
	{"voter-burst", "N", "of those at once (20)", NUMBER(voter_rate.burst, 1, RATE_MAX)},
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
	c->threads = num_processors();
	c->verify_threads = num_processors();
	c->max_connections = 1000;
	c->idle_seconds = 30;
	c->head_seconds = 60;
	c->request_seconds = 120;
	c->response_seconds = 300;
	/* Many voters may share one address; what one voter records stays on the board for ever. */
	c->request_rate = (tb_rate){.per_hour = 360000, .burst = 2000};
	c->submit_rate = (tb_rate){.per_hour = 36000, .burst = 500};
	c->voter_rate = (tb_rate){.per_hour = 60, .burst = 20};
	c->memory_mib = 256;
}

static tb_err take_admin(tb_config *c, const char *value, const char *where, tb_fault *fault)
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

static tb_err add_listen(tb_config_listen *l, const char *value, const char *where, tb_fault *fault)
{
	char host[256], port[8];

	if (strlen(value) >= TB_CONFIG_LISTEN_MAX ||
		tb_config_split_listen(value, host, port, fault) != TB_OK)
		return tb_fault_set(fault, RULE, where, "HOST:PORT or [v6]:PORT", value);
	if (l->num == TB_CONFIG_MAX_LISTEN)
		return tb_fault_setf(
			fault, RULE, where, "fewer addresses", "more than %d", TB_CONFIG_MAX_LISTEN);
	memcpy(l->at[l->num++], value, strlen(value) + 1);
	return TB_OK;
}

static tb_err take_listen(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	return add_listen(&c->listen, value, where, fault);
}

static tb_err take_listen_tls(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	return add_listen(&c->listen_tls, value, where, fault);
}

/* What is there is for the operator's eyes: a port alone is one of this machine. */
static tb_err take_admin_listen(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	char local[40];

	c->admin_listen.num = 0;
	if (strchr(value, ':') != NULL || strlen(value) > 5)
		return add_listen(&c->admin_listen, value, where, fault);
	(void)snprintf(local, sizeof local, "127.0.0.1:%s", value);
	return add_listen(&c->admin_listen, local, where, fault);
}

static tb_err take_mirror(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	if (c->num_mirrors == TB_CONFIG_MAX_MIRRORS)
		return tb_fault_setf(
			fault, RULE, where, "fewer mirrors", "more than %d", TB_CONFIG_MAX_MIRRORS);
	if (value[0] == '\0' || strlen(value) >= TB_CONFIG_PATH_MAX)
		return tb_fault_set(fault, RULE, where, "a folder", value);
	memcpy(c->mirror[c->num_mirrors++], value, strlen(value) + 1);
	return TB_OK;
}

/* One of two words. */
static tb_err take_word(
	bool *out, const char *yes, const char *no, const char *value, const char *where, tb_fault *fault)
{
	char expected[40];

	*out = strcmp(value, yes) == 0;
	if (*out || strcmp(value, no) == 0)
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "%s or %s", yes, no);
	return tb_fault_set(fault, RULE, where, expected, value);
}

static tb_err take_log_format(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	return take_word(&c->logs_json, "json", "text", value, where, fault);
}

static tb_err take_sandbox(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	return take_word(&c->has_no_sandbox, "no", "yes", value, where, fault);
}

static tb_err take_proxy(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	if (c->num_trusted_proxies == TB_CONFIG_MAX_PROXIES)
		return tb_fault_setf(
			fault, RULE, where, "fewer proxies", "more than %d", TB_CONFIG_MAX_PROXIES);
	if (tb_address_range_parse(&c->trusted_proxy[c->num_trusted_proxies], value) != TB_OK)
		return tb_fault_set(fault, RULE, where, "an address, or a block of them (10.0.0.0/8)", value);
	c->num_trusted_proxies++;
	return TB_OK;
}

static tb_err take_proxy_header(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	c->use_forwarded = strcasecmp(value, "Forwarded") == 0;
	if (!c->use_forwarded && strcasecmp(value, "X-Forwarded-For") != 0)
		return tb_fault_set(fault, RULE, where, "X-Forwarded-For or Forwarded", value);
	return TB_OK;
}

/* Scheme and host alone: boards lie at /e/ of it, as the origins in manifests say. */
static tb_err take_public_url(tb_config *c, const char *value, const char *where, tb_fault *fault)
{
	const char *host = strncmp(value, "https://", 8) == 0  ? value + 8
			   : strncmp(value, "http://", 7) == 0 ? value + 7
							       : "";
	size_t len = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]");

	if (len == 0 || host[len] != '\0' || strlen(value) >= sizeof c->public_url)
		return tb_fault_set(
			fault, RULE, where, "https://HOST, without a path or a slash at the end", value);
	memcpy(c->public_url, value, strlen(value) + 1);
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
	if (s->take != NULL)
		return s->take(c, value, where, fault);
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

static void drop_first(tb_config_listen *l, bool *replaces, bool is_given)
{
	if (is_given && *replaces)
		l->num = 0;
	if (is_given)
		*replaces = false;
}

/* Goes through the options: first for --config alone (`settle` false), then for all others, which win. */
static tb_err parse_options(tb_config *c, int argc, char *const *argv, bool settle, tb_fault *fault)
{
	char where[80];
	tb_err err = TB_OK;

	bool replaces_listen = true, replaces_tls = true; /* the first of each drops what the file said */

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
			drop_first(&c->listen, &replaces_listen, settings[option].take == take_listen);
			drop_first(&c->listen_tls, &replaces_tls, settings[option].take == take_listen_tls);
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

/* What only the whole shows. */
static tb_err check_whole(tb_config *c, tb_fault *fault)
{
	static const char expected[] = "all three of listen-tls, tls-certificate and tls-key, or none";
	unsigned num_tls = c->listen_tls.num > 0 ? 1 : 0;

	num_tls += c->tls_certificate[0] != '\0' ? 1 : 0;
	num_tls += c->tls_key[0] != '\0' ? 1 : 0;
	if (c->data[0] == '\0')
		return tb_fault_set(fault, RULE, "--data", "the data folder", "nothing");
	if (c->max_connections < c->threads)
		return tb_fault_setf(fault, RULE, "--max-connections",
			"at least one connection for each thread", "%u connections, %u threads",
			c->max_connections, c->threads);
	if (num_tls != 0 && num_tls != 3)
		return tb_fault_setf(fault, RULE, "--listen-tls", expected, "%u of them", num_tls);
	if (c->listen.num == 0 && c->listen_tls.num == 0)
		return take_listen(c, DEFAULT_LISTEN, "--listen", fault);
	return TB_OK;
}

/* The command and its words, which stand before all options; *taken of argv. */
static tb_err parse_command(tb_config *c, int argc, char *const *argv, int *taken, tb_fault *fault)
{
	static const struct {
		const char *name;
		tb_config_action action;
		size_t min, max;
	} commands[] = {{"backup", TB_CONFIG_BACKUP, 1, 1}, {"restore", TB_CONFIG_RESTORE, 1, 1},
		{"token", TB_CONFIG_TOKEN, 1, TB_CONFIG_MAX_WORDS}};
	int at = 1;

	*taken = 0;
	if (argc < 2 || argv[1][0] == '-')
		return TB_OK;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(commands[i].name, argv[1]) != 0)
			continue;
		c->action = commands[i].action;
		for (at = 2; at < argc && argv[at][0] != '-' && c->num_words < commands[i].max; at++)
			c->word[c->num_words++] = argv[at];
		*taken = at - 1;
		return c->num_words >= commands[i].min ? TB_OK
						       : tb_fault_set(fault, RULE, "command line",
								 "a word after the command", argv[1]);
	}
	return tb_fault_set(
		fault, RULE, "command line", "options, or a command: backup, restore, token", argv[1]);
}

tb_err tb_config_parse(tb_config *c, int argc, char *const *argv, tb_fault *fault)
{
	int taken;
	tb_err err = parse_command(c, argc, argv, &taken, fault);

	/* getopt skips the first word, which is the program's name or the last one of the command. */
	if (err == TB_OK)
		err = parse_options(c, argc - taken, argv + taken, false, fault);
	if (err == TB_OK && c->action != TB_CONFIG_HELP && c->action != TB_CONFIG_VERSION)
		err = parse_options(c, argc - taken, argv + taken, true, fault);
	if (err != TB_OK || c->action == TB_CONFIG_HELP || c->action == TB_CONFIG_VERSION)
		return err;
	return check_whole(c, fault);
}

void tb_config_usage(FILE *out)
{
	fprintf(out, "usage: tabella-server --data DIR OPTIONS\n"
		     "       tabella-server --data DIR --init\n"
		     "       tabella-server backup FILE --data DIR\n"
		     "       tabella-server restore FILE --data DIR\n"
		     "       tabella-server token new NAME backup,audit --data DIR (or: list, revoke NAME)\n"
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
