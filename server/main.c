/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/process.h"
#include "server/app.h"
#include "server/api_ops.h"
#include "server/http.h"
#include "server/route.h"
#include "server/sandbox.h"
#include "server/slog.h"
#include "server/store.h"
#include "server/tls.h"
#include "server/token.h"

#define MAX_STAFF 64u    /* connections of the operator */
#define OTHER_FILES 200u /* databases, sockets, threads' own */

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int complain(int status, const char *what)
{
	fprintf(stderr, "tabella-server: %s\n", what);
	return status;
}

/* ---- the handler of server/http.c ---- */

static bool answer(void *ctx, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *call, void **pending)
{
	return tb_route(ctx, request, response, wake, call, pending);
}

static void finish(void *ctx, void *pending, tb_http_response *response)
{
	tb_route_finish(ctx, pending, response);
}

static bool admit(void *ctx, const tb_http_request *request, tb_http_response *response)
{
	return tb_route_admit(ctx, request, response);
}

/* ---- the same for the operator's address ---- */

static bool answer_operator(void *ctx, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *call, void **pending)
{
	return tb_ops_route(ctx, request, response, wake, call, pending);
}

static void finish_operator(void *ctx, void *pending, tb_http_response *response)
{
	(void)ctx;
	tb_ops_finish(response, pending);
}

/* ---- starting ---- */

/* Two servers on one board would sign two histories. */
static int lock_data(const char *data)
{
	char path[TB_CONFIG_PATH_MAX + 16], text[TB_CONFIG_PATH_MAX + 120];
	int fd;

	(void)snprintf(path, sizeof path, "%s/lock", data);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		(void)snprintf(text, sizeof text, "%s: %s", path, strerror(errno));
		(void)complain(EXIT_FAILED, text);
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		(void)snprintf(text, sizeof text, "another tabella-server is using %s", data);
		(void)complain(EXIT_FAILED, text);
		(void)close(fd);
		return -1;
	}
	return fd;
}

static int make_keys(const tb_config *config)
{
	tb_server_keys keys;
	tb_why why;

	if (config->user[0] != '\0' &&
		(tb_privileges_make_folder(config->user, config->data, &why) != TB_OK ||
			tb_privileges_drop(config->user, &why) != TB_OK))
		return complain(EXIT_FAILED, why.text);
	if (tb_server_keys_create(&keys, config->data, &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	printf("%s\n", keys.line);
	tb_server_keys_wipe(&keys);
	return EXIT_OK;
}

/* ---- commands that do one thing ---- */

static void path_of_board(char out[TB_CONFIG_PATH_MAX + 16], const tb_config *config)
{
	(void)snprintf(out, TB_CONFIG_PATH_MAX + 16, "%s/board.db", config->data);
}

/* Also while a server is using the folder. */
static int backup(const tb_config *config)
{
	char path[TB_CONFIG_PATH_MAX + 16];
	tb_why why;

	path_of_board(path, config);
	if (tb_store_copy(path, config->word[0], &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	printf("%s\n", config->word[0]);
	return EXIT_OK;
}

/* Only into a folder without a board: what is there may be newer than the backup. */
static int restore(const tb_config *config)
{
	char path[TB_CONFIG_PATH_MAX + 16];
	tb_why why;
	int lock, status = EXIT_OK;

	path_of_board(path, config);
	lock = lock_data(config->data);
	if (lock < 0)
		return EXIT_FAILED;
	if (tb_store_check(config->word[0], &why) != TB_OK ||
		tb_store_copy(config->word[0], path, &why) != TB_OK)
		status = complain(EXIT_FAILED, why.text);
	else
		puts("restored; the server checks at its start that nothing which was shown is missing");
	(void)close(lock);
	return status;
}

static int token(const tb_config *config)
{
	const char *const *word = config->word;
	tb_why why;
	tb_err err;

	if (config->num_words == 3 && strcmp(word[0], "new") == 0)
		err = tb_token_new(config->data, word[1], word[2], stdout, &why);
	else if (config->num_words == 2 && strcmp(word[0], "revoke") == 0)
		err = tb_token_revoke(config->data, word[1], &why);
	else if (config->num_words == 1 && strcmp(word[0], "list") == 0)
		err = tb_token_list(config->data, stdout, &why);
	else
		return complain(EXIT_USAGE, "token: expected new NAME SCOPES, revoke NAME, or list");
	if (err == TB_OK)
		return EXIT_OK;
	tb_why_default(&why, err);
	return complain(EXIT_FAILED, why.text);
}

/* As the server's user: what is made now the server has to read. */
static int command(const tb_config *config)
{
	tb_why why;

	if (config->user[0] != '\0' && tb_privileges_drop(config->user, &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	return config->action == TB_CONFIG_BACKUP    ? backup(config)
	       : config->action == TB_CONFIG_RESTORE ? restore(config)
						     : token(config);
}

static tb_err write_port(const tb_config *config, unsigned port, tb_why *why)
{
	char text[16];

	if (config->port_file[0] == '\0')
		return TB_OK;
	(void)snprintf(text, sizeof text, "%u\n", port);
	return tb_file_write(config->port_file, text, strlen(text), TB_FILE_PUBLIC, why);
}

static int complain_fault(tb_err err, const tb_fault *fault)
{
	char text[700];

	if (fault->rule == NULL)
		return complain(EXIT_FAILED, tb_err_text(err));
	tb_fault_text(fault, text, sizeof text);
	return complain(EXIT_FAILED, text);
}

static void say_where(const tb_http *http)
{
	for (size_t i = 0; i < tb_http_num(http); i++) {
		const char *scheme = tb_http_is_tls(http, i) ? "https" : "http";

		printf("listening on %s://%s/\n", scheme, tb_http_address(http, i));
		tb_slog(TB_SLOG_INFO, "start", "address=%s scheme=%s version=%s", tb_http_address(http, i),
			scheme, TB_VERSION);
	}
	(void)fflush(stdout);
}

/* A renewed certificate; one that is not right is not taken, and the old one stays. */
static void reload(const tb_config *config)
{
	tb_fault fault = {0};
	char text[700];
	tb_err err;

	if (config->listen_tls.num == 0)
		return;
	err = tb_tls_load(config->tls_certificate, config->tls_key, &fault);
	if (err == TB_ERR_RULE)
		tb_fault_text(&fault, text, sizeof text);
	tb_slog(err == TB_OK ? TB_SLOG_INFO : TB_SLOG_ERROR, "certificate", "%s",
		err == TB_ERR_RULE ? text : tb_err_text(err));
}

/* All that listens: for the world, and for the operator. */
typedef struct doors {
	tb_http *world, *staff; /* NULL: none */
	tb_config staff_config;
	tb_metrics staff_metrics; /* so that scrapes do not count as clients */
} doors;

/* While still root, if that is how we were started: ports below 1024.  Clients that come before the boards are replayed wait. */
static tb_err bind_doors(doors *d, const tb_config *config, tb_app *app, tb_fault *fault)
{
	tb_http_handler world = {.answer = answer,
		.finish = finish,
		.admit = admit,
		.max_body = tb_route_max_body,
		.metrics = &app->metrics,
		.ctx = app};
	tb_http_handler staff = {.answer = answer_operator,
		.finish = finish_operator,
		.max_body = tb_ops_max_body,
		.metrics = &d->staff_metrics,
		.ctx = app};
	tb_err err = tb_http_bind(&d->world, config, &world, fault);

	if (err != TB_OK || config->admin_listen.num == 0)
		return err;
	d->staff_config = *config;
	d->staff_config.listen = config->admin_listen;
	d->staff_config.listen_tls.num = 0;
	d->staff_config.threads = 2;
	d->staff_config.max_connections = MAX_STAFF;
	return tb_http_bind(&d->staff, &d->staff_config, &staff, fault);
}

static void close_doors(doors *d)
{
	tb_http_stop(d->world);
	tb_http_stop(d->staff); /* watched to the end */
	d->world = d->staff = NULL;
}

/* Serves until SIGTERM or SIGINT, which all threads have blocked. */
static int serve(const doors *d, const tb_config *config, const sigset_t *signals)
{
	tb_fault fault = {0};
	tb_why why;
	int signal_number = 0;
	tb_err err = tb_http_start(d->world, &fault);

	if (err == TB_OK && d->staff != NULL)
		err = tb_http_start(d->staff, &fault);
	if (err != TB_OK)
		return complain_fault(err, &fault);
	if (write_port(config, tb_http_port(d->world, 0), &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	say_where(d->world);
	if (d->staff != NULL)
		tb_slog(TB_SLOG_INFO, "operator", "address=%s", tb_http_address(d->staff, 0));
	if (tb_client_embedded.num_pages == 0)
		tb_slog(TB_SLOG_WARNING, "client",
			"this server was built without the web client, so it has no pages (make "
			"CLIENT=yes builds it)");
	do {
		(void)sigwait(signals, &signal_number);
		if (signal_number == SIGHUP)
			reload(config);
	} while (signal_number == SIGHUP);
	tb_slog(TB_SLOG_INFO, "stop", "signal=%d", signal_number);
	return EXIT_OK;
}

static void block_signals(sigset_t *signals)
{
	(void)sigemptyset(signals);
	(void)sigaddset(signals, SIGPIPE); /* a client that goes away is no event */
	(void)pthread_sigmask(SIG_BLOCK, signals, NULL);
	(void)sigemptyset(signals);
	(void)sigaddset(signals, SIGTERM);
	(void)sigaddset(signals, SIGINT);
	(void)sigaddset(signals, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, signals, NULL);
}

/* The folder that a file is in. */
static const char *folder_of(char out[TB_CONFIG_PATH_MAX], const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return ".";
	(void)snprintf(out, TB_CONFIG_PATH_MAX, "%.*s", slash == file ? 1 : (int)(slash - file), file);
	return out;
}

static void shut_in(const tb_config *config, tb_metrics *metrics)
{
	static char port_folder[TB_CONFIG_PATH_MAX], served_folder[TB_CONFIG_PATH_MAX],
		certificate_folder[TB_CONFIG_PATH_MAX], key_folder[TB_CONFIG_PATH_MAX];
	const char *writable[4] = {config->data}, *readable[2 + TB_CONFIG_MAX_MIRRORS];
	tb_sandbox s = {.writable = writable, .num_writable = 1, .readable = readable};
	tb_sandbox_state state;

	if (config->has_no_sandbox)
		return;
	if (config->port_file[0] != '\0')
		writable[s.num_writable++] = folder_of(port_folder, config->port_file);
	if (config->served_file[0] != '\0')
		writable[s.num_writable++] = folder_of(served_folder, config->served_file);
	if (config->backup_folder[0] != '\0')
		writable[s.num_writable++] = config->backup_folder;
	for (size_t i = 0; i < config->num_mirrors; i++)
		readable[s.num_readable++] = config->mirror[i];
	if (config->listen_tls.num > 0) { /* to read them again */
		readable[s.num_readable++] = folder_of(certificate_folder, config->tls_certificate);
		readable[s.num_readable++] = folder_of(key_folder, config->tls_key);
	}
	tb_sandbox_enter(&s, &state);
	atomic_store(&metrics->has_seccomp, state.has_seccomp);
	atomic_store(&metrics->has_landlock, state.has_landlock);
	tb_slog(state.has_seccomp && state.has_landlock ? TB_SLOG_INFO : TB_SLOG_WARNING, "sandbox",
		"seccomp=%s landlock=%s", state.has_seccomp ? "yes" : "no",
		state.has_landlock ? "yes" : "no");
}

/* With the folder locked. */
static int run_locked(const tb_config *config, const tb_server_keys *keys, doors *d, tb_app *app)
{
	char path[TB_CONFIG_PATH_MAX + 16];
	tb_clock clock = tb_clock_system();
	tb_metrics metrics = {0};
	sigset_t signals;
	tb_why why;
	int status;

	block_signals(&signals);
	/* The old part of a long log goes to an unlinked file in $TMPDIR (core/log/history.h): beside the board, where there is room for
	 * it, and where this process may still write once it is shut in. */
	if (setenv("TMPDIR", config->data, 1) != 0) {
		close_doors(d);
		return complain(EXIT_FAILED, "out of memory");
	}
	shut_in(config, &metrics);
	path_of_board(path, config);
	if (tb_app_start(app, config, keys, &tb_client_embedded, &clock, path, &why) != TB_OK) {
		close_doors(d);
		return complain(EXIT_FAILED, why.text);
	}
	atomic_store(&app->metrics.has_seccomp, atomic_load(&metrics.has_seccomp));
	atomic_store(&app->metrics.has_landlock, atomic_load(&metrics.has_landlock));
	status = serve(d, config, &signals);
	close_doors(d);
	tb_app_stop(app);
	return status;
}

/* As many descriptors as connections need: a server without them answers nobody who comes anew. */
static void raise_files(const tb_config *config)
{
	const rlim_t wanted = (rlim_t)config->max_connections + MAX_STAFF + OTHER_FILES;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
		return;
	files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < wanted)
		tb_slog(TB_SLOG_WARNING, "files",
			"the system allows %llu open files, too few for max-connections = %u",
			(unsigned long long)files.rlim_cur, config->max_connections);
}

/* No longer root: keys, folder, and then the work. */
static int run_as_user(const tb_config *config, doors *d, tb_app *app)
{
	tb_server_keys keys;
	tb_why why;
	int lock, status;

	if (config->user[0] != '\0' && tb_privileges_drop(config->user, &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	if (tb_server_keys_load(&keys, config->data, &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	if (config->action == TB_CONFIG_CHECK) {
		tb_server_keys_wipe(&keys);
		puts("the configuration is right");
		return EXIT_OK;
	}
	lock = lock_data(config->data);
	if (lock < 0) {
		tb_server_keys_wipe(&keys);
		return EXIT_FAILED;
	}
	status = run_locked(config, &keys, d, app);
	tb_server_keys_wipe(&keys);
	(void)close(lock);
	return status;
}

static int run(const tb_config *config)
{
	static tb_app app;
	static doors d;
	tb_fault fault = {0};
	tb_err err = TB_OK;
	int status;

	tb_slog_set_json(config->logs_json);
	raise_files(config);
	if (config->listen_tls.num > 0)
		err = tb_tls_load(config->tls_certificate, config->tls_key, &fault);
	if (err == TB_OK && config->action == TB_CONFIG_SERVE)
		err = bind_doors(&d, config, &app, &fault);
	status = err == TB_OK ? run_as_user(config, &d, &app) : complain_fault(err, &fault);
	close_doors(&d);
	tb_tls_release();
	return status;
}

int main(int argc, char **argv)
{
	static tb_config config; /* large */
	tb_fault fault = {0};
	char text[700];

	tb_process_guard_memory(); /* the server's keys */
	(void)umask(077);
	tb_config_init(&config);
	if (tb_config_parse(&config, argc, argv, &fault) != TB_OK) {
		if (fault.rule == NULL)
			return complain(EXIT_FAILED, "out of memory");
		(void)snprintf(text, sizeof text, "%s: expected %s, found %s", fault.where, fault.expected,
			fault.found);
		return complain(EXIT_USAGE, text);
	}
	switch (config.action) {
	case TB_CONFIG_HELP:
		tb_config_usage(stdout);
		return EXIT_OK;
	case TB_CONFIG_VERSION:
		puts("tabella-server " TB_VERSION);
		return EXIT_OK;
	case TB_CONFIG_INIT:
		return make_keys(&config);
	case TB_CONFIG_BACKUP:
	case TB_CONFIG_RESTORE:
	case TB_CONFIG_TOKEN:
		return command(&config);
	case TB_CONFIG_SERVE:
	case TB_CONFIG_CHECK:
		break;
	}
	return run(&config);
}
