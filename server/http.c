/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/listen.h"
#include "server/slog.h"
#include "server/tls.h"
#include "server/watch.h"

#define STOP_SECONDS 5 /* a stopping server waits so long for clients to take their answers */
/* Memory of one connection: bounds its header lines; what is larger, libmicrohttpd answers with 431 itself. */
#define CONNECTION_MEMORY (32u << 10)

#define MAX_LISTENERS (2 * TB_CONFIG_MAX_LISTEN)
#define FORWARDED_MAX 1024 /* of what proxies wrote; the end of it counts */
#define LARGE_ANSWER (64u << 10)
#define LOG_LINES 10 /* of the library, in a second */

struct tb_http {
	tb_http_handler handler;
	const tb_config *config;
	struct {
		tb_listener socket;
		struct MHD_Daemon *daemon;
		bool is_tls;
	} at[MAX_LISTENERS];
	size_t num;
	tb_watch *watch;
	size_t memory_max;
	atomic_size_t memory;  /* of the bodies that are arriving or being worked on */
	atomic_size_t answers; /* memory of large answers that clients have not taken yet */
	atomic_bool stopping;
	_Atomic uint64_t log_second; /* and what the library has said in it */
	atomic_uint num_logged;
	pthread_mutex_t lock; /* of the two counts */
	pthread_cond_t fewer;
	size_t num_open;      /* requests that began and whose response is not sent yet */
	size_t num_suspended; /* of those: the ones being answered elsewhere */
};

typedef enum call_state { CALL_READING, CALL_WAITING, CALL_DONE } call_state;

/* One request and its response. */
typedef struct call {
	tb_http *http;
	struct MHD_Connection *connection;
	tb_watched *watched; /* the connection's deadline */
	call_state state;
	uint64_t complete;   /* when the whole request was there, monotonic microseconds; 0: it never was */
	const char *refusal; /* rule that the body breaks; the rest of it is read and dropped */
	size_t max_body, dropped;
	tb_buf body;
	size_t reserved; /* of http->memory */
	size_t held;     /* of http->answers */
	char forwarded[FORWARDED_MAX];
	tb_http_request request;
	tb_http_response response;
	void *pending; /* the handler's, until finish() */
} call;

static void count(tb_http *h, size_t *which, bool up)
{
	(void)pthread_mutex_lock(&h->lock);
	*which = up ? *which + 1 : *which - 1;
	if (!up)
		(void)pthread_cond_broadcast(&h->fewer);
	(void)pthread_mutex_unlock(&h->lock);
}

/* ---- the body ---- */

/* Counts `more` bytes against the memory for all requests: many large bodies at once must not exhaust the machine. */
static bool reserve(call *c, size_t more)
{
	size_t before = atomic_fetch_add(&c->http->memory, more);

	atomic_store(&c->http->handler.metrics->body_bytes, before + more);
	c->reserved += more;
	return before + more <= c->http->memory_max;
}

static void read_body(call *c, const char *data, size_t len)
{
	if (c->refusal == NULL && len > c->max_body - c->body.len)
		c->refusal = TB_RULE_SIZE;
	if (c->refusal == NULL && !reserve(c, len))
		c->refusal = TB_RULE_BUSY;
	if (c->refusal == NULL) {
		tb_buf_append(&c->body, data, len);
		if (tb_buf_status(&c->body) != TB_OK)
			c->refusal = TB_RULE_BUSY;
	}
	if (c->refusal != NULL) {
		tb_buf_release(&c->body);
		c->dropped += len;
	}
}

static void refuse(call *c)
{
	tb_fault fault = {0};
	char expected[60];

	if (strcmp(c->refusal, TB_RULE_SIZE) == 0) {
		(void)snprintf(expected, sizeof expected, "at most %zu bytes", c->max_body);
		(void)tb_fault_set(&fault, TB_RULE_SIZE, "body", expected, "more");
	} else {
		(void)tb_fault_set(
			&fault, TB_RULE_BUSY, "server", "room for this request", "too many requests at once");
	}
	tb_http_problem(&c->response, &fault);
	tb_http_response_share(&c->response);
}

/* ---- the response ---- */

/* A stream and whose time it takes: each part that the client asks for gives it more. */
typedef struct sending {
	tb_http_stream stream;
	tb_watched *watched;
	unsigned seconds;
} sending;

static ssize_t stream_read(void *cls, uint64_t position, char *out, size_t max)
{
	sending *s = cls;
	ssize_t got = s->stream.read(s->stream.state, (uint8_t *)out, max);

	(void)position;
	tb_watch_allow(s->watched, s->seconds);
	return got > 0    ? got
	       : got == 0 ? MHD_CONTENT_READER_END_OF_STREAM
			  : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void stream_free(void *cls)
{
	sending *s = cls;

	s->stream.free(s->stream.state);
	free(s);
}

static struct MHD_Response *stream_response(const call *c, tb_http_response *r)
{
	sending *s = malloc(sizeof *s);
	struct MHD_Response *out;

	if (s == NULL)
		return NULL;
	*s = (sending){
		.stream = r->stream, .watched = c->watched, .seconds = c->http->config->response_seconds};
	out = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 64u << 10, stream_read, s, stream_free);
	if (out == NULL)
		free(s);
	else
		memset(&r->stream, 0, sizeof r->stream); /* now the response's */
	return out;
}

static struct MHD_Response *buffer_response(tb_http_response *r)
{
	struct MHD_Response *out;

	if (r->fixed != NULL)
		return MHD_create_response_from_buffer(
			r->fixed_len, (void *)(uintptr_t)r->fixed, MHD_RESPMEM_PERSISTENT);
	if (r->body.len == 0)
		return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	out = MHD_create_response_from_buffer(r->body.len, r->body.data, MHD_RESPMEM_MUST_FREE);
	if (out != NULL)
		tb_buf_init(&r->body, TB_HTTP_BODY_MAX); /* the bytes are now the response's */
	return out;
}

/*
 * A client that takes its answer byte by byte holds it for minutes, and a thousand of them a thousand bundles: what is read waits its turn, before
 * the memory for voting ends.  The answer to a submission is small, and always given: it says what was done.  One that is larger than
 * all this is given when no other is held.
 */
static void bound_answer(call *c)
{
	size_t len = c->response.body.len, before;

	if (len < LARGE_ANSWER)
		return;
	before = atomic_fetch_add(&c->http->answers, len);
	if (before == 0 || before + len <= c->http->memory_max) {
		c->held = len;
		return;
	}
	(void)atomic_fetch_sub(&c->http->answers, len);
	c->refusal = TB_RULE_BUSY;
	refuse(c);
}

static enum MHD_Result respond(call *c)
{
	tb_http_response *r = &c->response;
	struct MHD_Response *out = r->stream.read != NULL ? stream_response(c, r) : buffer_response(r);
	enum MHD_Result result = MHD_YES;

	c->state = CALL_DONE;
	if (r->status < 600)
		(void)atomic_fetch_add(&c->http->handler.metrics->responses[r->status], 1);
	if (c->complete != 0)
		tb_histogram_add(&c->http->handler.metrics->request, tb_monotonic_us() - c->complete);
	tb_watch_allow(c->watched, c->http->config->response_seconds);
	if (out == NULL)
		return MHD_NO;
	for (size_t i = 0; i < r->num_headers && result == MHD_YES; i++)
		result = MHD_add_response_header(out, r->header[i].name, tb_http_header_value(&r->header[i]));
	/* What is served is data: no browser is to guess that some of it is a page. */
	if (result == MHD_YES)
		result = MHD_add_response_header(out, "X-Content-Type-Options", "nosniff");
	if (result == MHD_YES && atomic_load(&c->http->stopping))
		result = MHD_add_response_header(out, MHD_HTTP_HEADER_CONNECTION, "close");
	if (result == MHD_YES)
		result = MHD_queue_response(c->connection, r->status, out);
	MHD_destroy_response(out);
	return result;
}

/* ---- requests ---- */

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
	const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);

	return value != NULL ? value : "";
}

static enum MHD_Result join_value(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	call *c = cls;
	const char *wanted = c->http->config->use_forwarded ? "Forwarded" : "X-Forwarded-For";
	size_t used = strlen(c->forwarded), len;

	(void)kind;
	if (value == NULL || strcasecmp(name, wanted) != 0)
		return MHD_YES;
	len = strlen(value);
	if (len + 2 > sizeof c->forwarded) { /* only its end can matter */
		value += len + 2 - sizeof c->forwarded;
		len = sizeof c->forwarded - 2;
	}
	if (used + len + 2 > sizeof c->forwarded) {
		size_t dropped = used + len + 2 - sizeof c->forwarded;

		memmove(c->forwarded, c->forwarded + dropped, used - dropped + 1);
		used -= dropped;
	}
	c->forwarded[used] = ',';
	memcpy(c->forwarded + used + 1, value, len);
	c->forwarded[used + 1 + len] = '\0';
	return MHD_YES;
}

/* Counts the lines that say where a body ends. */
static enum MHD_Result count_lengths(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	unsigned *num = cls;

	(void)kind;
	(void)value;
	if (strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0 ||
		strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0)
		(*num)++;
	return MHD_YES;
}

/* Two of them can be read in two ways: a proxy may have seen other requests than we would [HTTP.SIZE]. */
static bool is_ambiguous(struct MHD_Connection *connection)
{
	unsigned num = 0;

	(void)MHD_get_connection_values(connection, MHD_HEADER_KIND, count_lengths, &num);
	return num > 1;
}

/* Several lines of one header are one list, in their order. */
static void find_client(call *c)
{
	const tb_config *config = c->http->config;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	tb_address peer;

	tb_address_from_socket(&peer, info != NULL ? info->client_addr : NULL);
	c->request.client = peer;
	if (!tb_address_is_in(&peer, config->trusted_proxy, config->num_trusted_proxies))
		return;
	(void)MHD_get_connection_values(c->connection, MHD_HEADER_KIND, join_value, c);
	tb_address_of_client(&c->request.client, &peer, c->forwarded, config->use_forwarded,
		config->trusted_proxy, config->num_trusted_proxies);
}

static call *call_new(tb_http *h, struct MHD_Connection *connection, const char *method, const char *path)
{
	void *watched =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	call *c = watched != NULL ? calloc(1, sizeof *c) : NULL;

	if (c == NULL)
		return NULL;
	c->http = h;
	c->connection = connection;
	c->watched = watched;
	tb_watch_allow(c->watched, h->config->request_seconds);
	c->max_body = h->handler.max_body(h->handler.ctx, path);
	tb_buf_init(&c->body, c->max_body);
	tb_http_response_init(&c->response);
	c->request.method = method; /* all of them live as long as the request */
	c->request.path = path;
	c->request.if_none_match = header_of(connection, MHD_HTTP_HEADER_IF_NONE_MATCH);
	c->request.accept = header_of(connection, MHD_HTTP_HEADER_ACCEPT);
	c->request.accept_encoding = header_of(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	c->request.authorization = header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION);
	c->request.idempotency_key = header_of(connection, "Idempotency-Key");
	find_client(c);
	count(h, &h->num_open, true);
	return c;
}

/* Called by whoever answers later: lets the connection go on, in its own thread. */
static void wake(void *arg)
{
	call *c = arg;
	tb_http *h = c->http;

	MHD_resume_connection(c->connection); /* *c may be gone from here on */
	count(h, &h->num_suspended, false);
}

/* Once the work on a request is done, in whichever way. */
static void finish(call *c)
{
	if (c->pending != NULL)
		c->http->handler.finish(c->http->handler.ctx, c->pending, &c->response);
	c->pending = NULL;
}

/* The whole request is here. */
static enum MHD_Result answer(call *c)
{
	tb_http *h = c->http;
	bool later = strcmp(c->request.method, MHD_HTTP_METHOD_POST) == 0;

	if (c->refusal == NULL && atomic_load(&h->stopping))
		c->refusal = TB_RULE_BUSY;
	if (c->refusal != NULL) {
		refuse(c);
		return respond(c);
	}
	c->complete = tb_monotonic_us();
	tb_watch_allow(c->watched, 0); /* how long the work takes is not the client's affair */
	c->request.body = c->body.data;
	c->request.body_len = c->body.len;
	if (!later) {
		TB_REQUIRE(
			h->handler.answer(h->handler.ctx, &c->request, &c->response, wake, c, &c->pending));
		bound_answer(c);
		return respond(c);
	}
	count(h, &h->num_suspended, true);
	c->state = CALL_WAITING;
	MHD_suspend_connection(c->connection); /* before the handler: it may wake us before it returns */
	if (h->handler.answer(h->handler.ctx, &c->request, &c->response, wake, c, &c->pending))
		wake(c);
	return MHD_YES;
}

/* A request line and headers are there: is a body of this size welcome?  Better refused before it is sent. */
static enum MHD_Result begin(call *c)
{
	const char *length = header_of(c->connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
	uint64_t size;

	if (length[0] != '\0' && (tb_decimal_parse(&size, length, strlen(length), UINT64_MAX) != TB_OK ||
					 size > c->max_body)) {
		c->refusal = TB_RULE_SIZE;
		refuse(c);
		return respond(c);
	}
	return c->http->handler.admit == NULL ||
			       c->http->handler.admit(c->http->handler.ctx, &c->request, &c->response)
		       ? MHD_YES
		       : respond(c);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *data, size_t *data_len, void **state)
{
	tb_http *h = cls;
	call *c = *state;

	(void)version;
	if (c == NULL) {
		c = is_ambiguous(connection) ? NULL : call_new(h, connection, method, path);
		if (c == NULL)
			return MHD_NO;
		*state = c;
		return begin(c);
	}
	if (c->state == CALL_WAITING) {
		finish(c);
		return respond(c);
	}
	if (c->state == CALL_DONE) { /* refused at the start; what still arrives is dropped */
		*data_len = 0;
		return MHD_YES;
	}
	if (*data_len == 0)
		return answer(c);
	read_body(c, data, *data_len);
	*data_len = 0;
	return c->dropped > c->max_body ? MHD_NO : MHD_YES;
}

static void on_completed(
	void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
	tb_http *h = cls;
	call *c = *state;

	(void)connection;
	(void)code;
	if (c == NULL)
		return;
	finish(c); /* a client that went away while it waited */
	tb_watch_allow(c->watched, h->config->head_seconds);
	atomic_store(
		&h->handler.metrics->body_bytes, atomic_fetch_sub(&h->memory, c->reserved) - c->reserved);
	(void)atomic_fetch_sub(&h->answers, c->held);
	tb_buf_release(&c->body);
	tb_http_response_release(&c->response);
	free(c);
	*state = NULL;
	count(h, &h->num_open, false);
}

/* A connection begins or ends: from its beginning on it has a deadline. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode what)
{
	tb_http *h = cls;
	tb_metrics *m = h->handler.metrics;
	tb_watched *w;
	int fd;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		(void)atomic_fetch_sub(&m->connections, 1);
		if (*context != NULL)
			tb_watch_remove(h->watch, *context);
		free(*context);
		return;
	}
	(void)atomic_fetch_add(&m->connections, 1);
	(void)atomic_fetch_add(&m->connections_total, 1);
	fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	w = calloc(1, sizeof *w);
	*context = w;
	if (w == NULL) { /* no memory, no deadline: no connection */
		(void)shutdown(fd, SHUT_RDWR);
		return;
	}
	tb_watch_add(h->watch, w, fd, h->config->head_seconds);
}

/* Paths are compared as they were sent: "%65" is not another spelling of "e". */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

/* Bounded: without descriptors the library says so with every turn of its loop, and goes on turning, a hundred thousand times a second.  That
 * would fill the disk, and keep a core, until somebody leaves. */
__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *format, va_list args)
{
	static const struct timespec rest = {.tv_nsec = 20000000};
	tb_http *h = cls;
	uint64_t second = tb_monotonic_ms() / 1000;
	unsigned num = 0;
	char text[400];

	if (atomic_exchange(&h->log_second, second) != second)
		num = atomic_exchange(&h->num_logged, 0);
	if (num > LOG_LINES)
		tb_slog(TB_SLOG_WARNING, "http", "%u more lines like these", num - LOG_LINES);
	num = atomic_fetch_add(&h->num_logged, 1) + 1;
	(void)vsnprintf(text, sizeof text, format, args);
	text[strcspn(text, "\n")] = '\0';
	if (num <= LOG_LINES)
		tb_slog(TB_SLOG_WARNING, "http", "%s", text);
	else if (num > 10 * LOG_LINES)
		(void)nanosleep(&rest, NULL);
}

/* ---- start and stop ---- */

tb_err tb_http_bind(tb_http **out, const tb_config *config, const tb_http_handler *handler, tb_fault *fault)
{
	tb_http *h = calloc(1, sizeof *h);
	tb_err err = TB_OK;

	*out = NULL;
	if (h == NULL)
		return TB_ERR_MEMORY;
	h->handler = *handler;
	h->config = config;
	h->memory_max = (size_t)config->memory_mib << 20;
	TB_REQUIRE(pthread_mutex_init(&h->lock, NULL) == 0 && pthread_cond_init(&h->fewer, NULL) == 0);
	for (size_t i = 0; i < config->listen.num + config->listen_tls.num && err == TB_OK; i++) {
		bool is_tls = i >= config->listen.num;
		const char *where =
			is_tls ? config->listen_tls.at[i - config->listen.num] : config->listen.at[i];

		err = tb_listener_open(&h->at[i].socket, where, fault);
		if (err == TB_OK) {
			h->at[i].is_tls = is_tls;
			h->num = i + 1;
		}
	}
	if (err != TB_OK) {
		tb_http_stop(h);
		return err;
	}
	*out = h;
	return TB_OK;
}

/* The options that all addresses share; libmicrohttpd divides connections among its threads, here among addresses first. */
static struct MHD_Daemon *start_daemon(tb_http *h, size_t i)
{
	const tb_config *config = h->config;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	unsigned share = config->max_connections / (unsigned)h->num;
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, tb_tls_callback()},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, tb_tls_priorities()}, {MHD_OPTION_END, 0, NULL}},
			      none[] = {{MHD_OPTION_END, 0, NULL}};

	return MHD_start_daemon(flags | (h->at[i].is_tls ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, h,
		MHD_OPTION_EXTERNAL_LOGGER, on_log, h, MHD_OPTION_LISTEN_SOCKET, h->at[i].socket.fd,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_THREAD_POOL_SIZE,
		config->threads, MHD_OPTION_CONNECTION_LIMIT,
		share > config->threads ? share : config->threads, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		config->max_connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT, config->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
		1, MHD_OPTION_ARRAY, h->at[i].is_tls ? tls : none, MHD_OPTION_END);
}

tb_err tb_http_start(tb_http *h, tb_fault *fault)
{
	tb_err err = tb_watch_start(&h->watch, &h->handler.metrics->late);

	for (size_t i = 0; i < h->num && err == TB_OK; i++) {
		h->at[i].daemon = start_daemon(h, i);
		if (h->at[i].daemon == NULL) {
			(void)tb_fault_set(fault, "CONFIG", "threads",
				"threads and connections that the system allows",
				"the HTTP daemon did not start");
			err = TB_ERR_IO;
		}
	}
	return err;
}

size_t tb_http_num(const tb_http *h)
{
	return h->num;
}

const char *tb_http_address(const tb_http *h, size_t i)
{
	return h->at[i].socket.address;
}

bool tb_http_is_tls(const tb_http *h, size_t i)
{
	return h->at[i].is_tls;
}

unsigned tb_http_port(const tb_http *h, size_t i)
{
	return h->at[i].socket.port;
}

/* Waits until *which is 0, at most until `deadline` if there is one. */
static void wait_none(tb_http *h, const size_t *which, const struct timespec *deadline)
{
	int code = 0;

	(void)pthread_mutex_lock(&h->lock);
	while (*which > 0 && code == 0)
		code = deadline == NULL ? pthread_cond_wait(&h->fewer, &h->lock)
					: pthread_cond_timedwait(&h->fewer, &h->lock, deadline);
	(void)pthread_mutex_unlock(&h->lock);
}

void tb_http_stop(tb_http *h)
{
	struct timespec deadline;

	if (h == NULL)
		return;
	atomic_store(&h->stopping, true);
	for (size_t i = 0; i < h->num; i++)
		if (h->at[i].daemon != NULL)
			(void)MHD_quiesce_daemon(h->at[i].daemon);
	/* libmicrohttpd must not be stopped while a connection is suspended; and what was decided should be told. */
	wait_none(h, &h->num_suspended, NULL);
	TB_REQUIRE(clock_gettime(CLOCK_REALTIME, &deadline) == 0);
	deadline.tv_sec += STOP_SECONDS;
	wait_none(h, &h->num_open, &deadline);
	for (size_t i = 0; i < h->num; i++) {
		if (h->at[i].daemon != NULL)
			MHD_stop_daemon(h->at[i].daemon);
		(void)close(h->at[i].socket.fd);
	}
	tb_watch_stop(h->watch);
	(void)pthread_cond_destroy(&h->fewer);
	(void)pthread_mutex_destroy(&h->lock);
	free(h);
}
