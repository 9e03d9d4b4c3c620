/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/process.h"
#include "server/app.h"
#include "server/http.h"
#include "server/route.h"
#include "server/slog.h"

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

	if (tb_server_keys_create(&keys, config->data, &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	printf("%s\n", keys.line);
	tb_server_keys_wipe(&keys);
	return EXIT_OK;
}

static tb_err write_port(const tb_config *config, unsigned port, tb_why *why)
{
	char text[16];

	if (config->port_file[0] == '\0')
		return TB_OK;
	(void)snprintf(text, sizeof text, "%u\n", port);
	return tb_file_write(config->port_file, text, strlen(text), TB_FILE_PUBLIC, why);
}

/* Serves until SIGTERM or SIGINT, which all threads have blocked. */
static int serve(tb_app *app, const tb_config *config, const sigset_t *signals)
{
	tb_http_handler handler = {
		.answer = answer, .finish = finish, .max_body = tb_route_max_body, .ctx = app};
	tb_fault fault = {0};
	tb_http *http;
	tb_why why;
	char text[700];
	int signal_number = 0, status = EXIT_OK;
	tb_err err = tb_http_start(&http, config, &handler, &fault);

	if (err != TB_OK) {
		if (fault.rule != NULL)
			tb_fault_text(&fault, text, sizeof text);
		return complain(EXIT_FAILED, fault.rule != NULL ? text : tb_err_text(err));
	}
	printf("listening on http://%s/\n", tb_http_address(http));
	(void)fflush(stdout);
	if (write_port(config, tb_http_port(http), &why) != TB_OK) {
		status = complain(EXIT_FAILED, why.text);
	} else {
		tb_slog(TB_SLOG_INFO, "start", "address=%s version=%s", tb_http_address(http), TB_VERSION);
		if (app->client->num_pages == 0)
			tb_slog(TB_SLOG_WARNING, "client",
				"this server was built without the web client, so it has no pages (make "
				"CLIENT=yes builds it)");
		(void)sigwait(signals, &signal_number);
		tb_slog(TB_SLOG_INFO, "stop", "signal=%d", signal_number);
	}
	tb_http_stop(http);
	return status;
}

static int run(const tb_config *config)
{
	char path[TB_CONFIG_PATH_MAX + 16];
	tb_clock clock = tb_clock_system();
	tb_server_keys keys;
	sigset_t signals;
	tb_app app;
	tb_why why;
	int lock, status;

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
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGPIPE); /* a client that goes away is no event */
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	(void)snprintf(path, sizeof path, "%s/board.db", config->data);
	if (tb_app_start(&app, config, &keys, &tb_client_embedded, &clock, path, &why) != TB_OK) {
		status = complain(EXIT_FAILED, why.text);
	} else {
		status = serve(&app, config, &signals);
		tb_app_stop(&app);
	}
	tb_server_keys_wipe(&keys);
	(void)close(lock);
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
	case TB_CONFIG_SERVE:
	case TB_CONFIG_CHECK:
		break;
	}
	return run(&config);
}
