/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/base64.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/process.h"
#include "core/log/witness.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"
#include "server/http.h"
#include "server/sandbox.h"
#include "server/slog.h"
#include "witness/options.h"

/* tabella-witness: core/log/witness.h over HTTP. */

#define PATH_BYTES 4096
#define KEY_BYTES (TB_KEY_NAME_MAX + 100)

/* ---- the key: <data>/witness.key is one line, the verifier key and the seed in hex ---- */

static void key_path(char out[PATH_BYTES], const tb_witness_options *o)
{
	(void)snprintf(out, PATH_BYTES, "%s/witness.key", o->data);
}

static void print_key(const tb_vkey *key)
{
	tb_buf text;

	tb_buf_init(&text, KEY_BYTES);
	tb_vkey_write(&text, key);
	printf("%s\n", tb_buf_cstr(&text));
	tb_buf_release(&text);
}

static tb_err write_key(const char *path, const tb_vkey *key, const tb_sign_secret *secret, tb_why *why)
{
	tb_buf text;
	tb_err err;

	tb_buf_init_secret(&text, KEY_BYTES + 80);
	tb_vkey_write(&text, key);
	tb_buf_text(&text, "\n");
	tb_buf_hex(&text, secret->seed, sizeof secret->seed);
	tb_buf_text(&text, "\n");
	err = tb_buf_status(&text);
	if (err == TB_OK) /* never replaces a key: heads that were cosigned with it would have no witness */
		err = tb_file_create(path, text.data, text.len, TB_FILE_PRIVATE, why);
	tb_buf_release(&text);
	return err;
}

static int init(const tb_witness_options *o)
{
	char path[PATH_BYTES];
	uint8_t public_key[32];
	tb_sign_secret secret;
	tb_why why = {""};
	tb_vkey key;
	tb_err err = tb_file_make_dirs(o->data, TB_FILE_PRIVATE, &why);

	key_path(path, o);
	if (err == TB_OK)
		err = tb_random(secret.seed, sizeof secret.seed);
	if (err == TB_OK)
		err = tb_sign_public(public_key, &secret);
	if (err == TB_OK)
		err = tb_vkey_init(&key, o->name, TB_VKEY_COSIGNATURE, public_key);
	if (err == TB_OK)
		err = write_key(path, &key, &secret, &why);
	tb_wipe(&secret, sizeof secret);
	if (err != TB_OK)
		return tb_witness_error(
			TB_WITNESS_FAILED, "%s", why.text[0] != '\0' ? why.text : tb_err_text(err));
	print_key(&key);
	return TB_WITNESS_OK;
}

static int load_key(const tb_witness_options *o, tb_witness_config *config)
{
	char path[PATH_BYTES];
	uint8_t public_key[32];
	const char *text, *newline;
	struct stat st;
	tb_why why = {""};
	tb_buf file;
	bool ok = false;

	key_path(path, o);
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		return tb_witness_error(TB_WITNESS_FAILED,
			"%s: others can read or write it (mode %03o); chmod 600 and consider it known", path,
			st.st_mode & 0777u);
	tb_buf_init_secret(&file, KEY_BYTES + 80);
	if (tb_file_read(&file, path, &why) == TB_OK) {
		text = tb_buf_cstr(&file);
		newline = strchr(text, '\n');
		ok = newline != NULL && strlen(newline + 1) == TB_HEX_LEN(32) + 1 &&
		     newline[1 + TB_HEX_LEN(32)] == '\n' &&
		     tb_vkey_parse(&config->key, text, (size_t)(newline - text)) == TB_OK &&
		     config->key.type == TB_VKEY_COSIGNATURE &&
		     tb_hex_parse_fixed(config->secret.seed, 32, newline + 1, TB_HEX_LEN(32)) == TB_OK &&
		     tb_sign_public(public_key, &config->secret) == TB_OK &&
		     memcmp(public_key, config->key.key, 32) == 0;
		if (!ok)
			tb_why_set(&why, "%s: this is not a key of a witness", path);
	}
	tb_buf_release(&file);
	return ok ? -1 : tb_witness_error(TB_WITNESS_FAILED, "%s", why.text);
}

/* ---- HTTP ---- */

typedef struct service {
	tb_witness *witness;
	tb_vkey key;
	tb_clock clock;
	tb_metrics metrics;
} service;

static void respond(tb_http_response *r, unsigned status, const char *type)
{
	r->status = status;
	tb_http_response_header(r, "Content-Type", type);
	tb_http_response_header(r, "Cache-Control", "no-store");
}

static void add_checkpoint(service *s, const tb_http_request *request, tb_http_response *response)
{
	unsigned status = tb_witness_add(
		s->witness, request->body, request->body_len, tb_clock_now(&s->clock), &response->body);

	const uint8_t *first = response->body.data;
	/* A 409 says a size, or in words that the head is a second one of its size. */
	bool is_size = status == 409 && response->body.len > 0 && *first >= '0' && *first <= '9';

	tb_slog(status == 200 ? TB_SLOG_INFO : TB_SLOG_WARNING, "add-checkpoint", "status=%u", status);
	respond(response, status, is_size ? "text/x.tlog.size" : "text/plain; charset=utf-8");
}

/* /<origin hash>/checkpoint */
static bool latest(service *s, const tb_http_request *request, tb_http_response *response)
{
	const char *rest = "/checkpoint";
	char hash[65];

	if (strlen(request->path) != 1 + 64 + strlen(rest) || strcmp(request->path + 65, rest) != 0)
		return false;
	memcpy(hash, request->path + 1, 64);
	hash[64] = '\0';
	respond(response, tb_witness_latest(s->witness, hash, &response->body), "text/plain; charset=utf-8");
	return true;
}

static bool answer(void *ctx, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *), void *call, void **pending)
{
	service *s = ctx;
	bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

	(void)wake;
	(void)call;
	*pending = NULL;
	if (strcmp(request->method, "POST") == 0 && strcmp(request->path, "/add-checkpoint") == 0) {
		add_checkpoint(s, request, response);
	} else if (reads && strcmp(request->path, "/") == 0) {
		tb_vkey_write(&response->body, &s->key);
		tb_buf_text(&response->body, "\n");
		respond(response, 200, "text/plain; charset=utf-8");
	} else if (!reads || !latest(s, request, response)) {
		tb_buf_text(&response->body, "there is nothing at this address\n");
		respond(response, 404, "text/plain; charset=utf-8");
	}
	return true;
}

static size_t max_body(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "/add-checkpoint") == 0 ? TB_WITNESS_REQUEST_MAX : 0;
}

/* ---- serving ---- */

static void block_signals(sigset_t *signals)
{
	(void)sigemptyset(signals);
	(void)sigaddset(signals, SIGPIPE);
	(void)sigaddset(signals, SIGTERM);
	(void)sigaddset(signals, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, signals, NULL);
	(void)sigdelset(signals, SIGPIPE);
}

static int say_fault(tb_err err, const tb_fault *fault)
{
	char text[700];

	if (fault->rule == NULL)
		return tb_witness_error(TB_WITNESS_FAILED, "%s", tb_err_text(err));
	tb_fault_text(fault, text, sizeof text);
	return tb_witness_error(TB_WITNESS_FAILED, "%s", text);
}

static int serve(const tb_witness_options *o, tb_http *http, const sigset_t *signals)
{
	tb_fault fault = {0};
	char port[16];
	tb_why why;
	int number;
	tb_err err = tb_http_start(http, &fault);

	if (err != TB_OK)
		return say_fault(err, &fault);
	(void)snprintf(port, sizeof port, "%u\n", tb_http_port(http, 0));
	if (o->port_file != NULL &&
		tb_file_write(o->port_file, port, strlen(port), TB_FILE_PUBLIC, &why) != TB_OK)
		return tb_witness_error(TB_WITNESS_FAILED, "%s", why.text);
	printf("listening on http://%s/\n", tb_http_address(http, 0));
	(void)fflush(stdout);
	(void)sigwait(signals, &number);
	return TB_WITNESS_OK;
}

static int run(const tb_witness_options *o, const tb_witness_config *config)
{
	static service s;
	static tb_config http_config;
	const tb_http_handler handler = {
		.answer = answer, .max_body = max_body, .metrics = &s.metrics, .ctx = &s};
	tb_fault fault = {0};
	tb_http *http = NULL;
	sigset_t signals;
	tb_why why = {""};
	tb_err err;
	int code;

	tb_config_init(&http_config);
	http_config.listen.num = 1;
	(void)snprintf(http_config.listen.at[0], sizeof http_config.listen.at[0], "%s", o->listen);
	http_config.memory_mib = 32;
	s.clock = tb_clock_system();
	s.key = config->key;
	block_signals(&signals);
	err = tb_http_bind(&http, &http_config, &handler, &fault);
	if (err != TB_OK)
		return say_fault(err, &fault);
	if (tb_witness_open(&s.witness, config, &why) == TB_OK)
		code = serve(o, http, &signals);
	else
		code = tb_witness_error(TB_WITNESS_FAILED, "%s", why.text);
	tb_http_stop(http);
	tb_witness_close(s.witness);
	return code;
}

int main(int argc, char **argv)
{
	tb_witness_options o;
	tb_witness_config config = {0};
	int code;

	tb_process_guard_memory();
	code = tb_witness_options_parse(&o, argc, argv);
	if (code == -1 && o.init) {
		code = init(&o);
	} else if (code == -1) {
		code = load_key(&o, &config);
		config.folder = o.data;
		config.logs = o.logs;
		config.num_logs = o.num_logs;
		if (code == -1)
			code = run(&o, &config);
	}
	tb_wipe(&config.secret, sizeof config.secret);
	tb_witness_options_release(&o);
	return code;
}
