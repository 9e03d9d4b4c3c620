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
#include "server/tls.h"

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

/* Serves until SIGTERM or SIGINT, which all threads have blocked. */
static int serve(tb_http *http, const tb_config *config, const sigset_t *signals)
{
	tb_fault fault = {0};
	tb_why why;
	int signal_number = 0;
	tb_err err = tb_http_start(http, &fault);

	if (err != TB_OK)
		return complain_fault(err, &fault);
	if (write_port(config, tb_http_port(http, 0), &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	say_where(http);
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

/* With the keys loaded and the folder locked. */
static int run_locked(const tb_config *config, const tb_server_keys *keys)
{
	char path[TB_CONFIG_PATH_MAX + 16];
	tb_clock clock = tb_clock_system();
	static tb_app app;
	tb_http_handler handler = {.answer = answer,
		.finish = finish,
		.admit = admit,
		.max_body = tb_route_max_body,
		.ctx = &app};
	tb_fault fault = {0};
	sigset_t signals;
	tb_http *http;
	tb_why why;
	int status;
	tb_err err;

	block_signals(&signals);
	/* Clients that come while the boards are replayed wait. */
	err = tb_http_bind(&http, config, &handler, &fault);
	if (err != TB_OK)
		return complain_fault(err, &fault);
	(void)snprintf(path, sizeof path, "%s/board.db", config->data);
	if (tb_app_start(&app, config, keys, &tb_client_embedded, &clock, path, &why) != TB_OK) {
		tb_http_stop(http);
		return complain(EXIT_FAILED, why.text);
	}
	status = serve(http, config, &signals);
	tb_http_stop(http);
	tb_app_stop(&app);
	return status;
}

static int run(const tb_config *config)
{
	tb_fault fault = {0};
	tb_server_keys keys;
	tb_why why;
	int lock, status;
	tb_err err;

	if (tb_server_keys_load(&keys, config->data, &why) != TB_OK)
		return complain(EXIT_FAILED, why.text);
	err = config->listen_tls.num > 0 ? tb_tls_load(config->tls_certificate, config->tls_key, &fault)
					 : TB_OK;
	if (err != TB_OK) {
		status = complain_fault(err, &fault);
	} else if (config->action == TB_CONFIG_CHECK) {
		puts("the configuration is right");
		status = EXIT_OK;
	} else if ((lock = lock_data(config->data)) < 0) {
		status = EXIT_FAILED;
	} else {
		status = run_locked(config, &keys);
		(void)close(lock);
	}
	tb_tls_release();
	tb_server_keys_wipe(&keys);
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
