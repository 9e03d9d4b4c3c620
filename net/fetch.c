/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include <ctype.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/base/json.h"
#include "core/base/text.h"

#define DEFAULT_CONNECT_SECONDS 10
#define DEFAULT_STALL_SECONDS 30
#define DEFAULT_TRIES 4
#define MAX_REDIRECTS 3
/* A server that sends a byte now and then never stalls; so a whole answer must also come at this rate, after a grace. */
#define GRACE_SECONDS 60
#define SLOWEST_BYTES_PER_SECOND 20000

struct tb_fetch {
	CURL *curl;
	tb_fetch_options options;
	struct curl_slist *json_headers, *text_headers, *get_headers;
	char reason[CURL_ERROR_SIZE];
	/* the transfer under way */
	tb_buf *body;
	tb_response *response;
};

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static CURLcode global_result;

static void global_init(void)
{
	global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t on_body(char *data, size_t size, size_t num, void *user)
{
	tb_fetch *f = user;

	tb_buf_append(f->body, data, size * num);
	/* Returning less than we were given ends the transfer: nobody fills our memory. */
	return f->body->err == TB_OK ? size * num : 0;
}

/* The value of the header `name`, without the spaces around it; false when this is another header or it is too long. */
static bool header_value(char *out, size_t out_len, const char *line, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
		return false;
	line += name_len + 1;
	len -= name_len + 1;
	while (len > 0 && isspace((unsigned char)line[0])) {
		line++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	if (len >= out_len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || (unsigned char)line[i] > 0x7e)
			return false;
	memcpy(out, line, len);
	out[len] = 0;
	return true;
}

static size_t on_header(char *data, size_t size, size_t num, void *user)
{
	tb_fetch *f = user;
	size_t len = size * num;

	if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) { /* a new answer, after a redirect for instance */
		memset(f->response, 0, sizeof *f->response);
		tb_buf_clear(f->body);
	}
	if (!header_value(
		    f->response->content_type, sizeof f->response->content_type, data, len, "Content-Type"))
		(void)header_value(f->response->index, sizeof f->response->index, data, len, "Tabella-Index");
	return len;
}

static int on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	const tb_fetch *f = user;

	(void)down_total;
	(void)up_total;
	(void)up;
	return f->options.progress(f->options.user, (uint64_t)down) ? 0 : 1;
}

tb_err tb_fetch_new(tb_fetch **out, const tb_fetch_options *options)
{
	tb_fetch *f;

	*out = NULL;
	(void)pthread_once(&global_once, global_init);
	if (global_result != CURLE_OK)
		return TB_ERR_IO;
	f = calloc(1, sizeof *f);
	if (f == NULL)
		return TB_ERR_MEMORY;
	if (options != NULL)
		f->options = *options;
	if (f->options.connect_seconds == 0)
		f->options.connect_seconds = DEFAULT_CONNECT_SECONDS;
	if (f->options.stall_seconds == 0)
		f->options.stall_seconds = DEFAULT_STALL_SECONDS;
	if (f->options.tries == 0)
		f->options.tries = DEFAULT_TRIES;
	f->json_headers = curl_slist_append(NULL, "Content-Type: application/json");
	f->text_headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=utf-8");
	if (f->options.accept != NULL) {
		char header[200];

		(void)snprintf(header, sizeof header, "Accept: %s", f->options.accept);
		f->get_headers = curl_slist_append(NULL, header);
	}
	f->curl = curl_easy_init();
	if (f->curl == NULL || f->json_headers == NULL || f->text_headers == NULL ||
		(f->options.accept != NULL && f->get_headers == NULL)) {
		tb_fetch_free(f);
		return TB_ERR_MEMORY;
	}
	*out = f;
	return TB_OK;
}

void tb_fetch_free(tb_fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->curl);
	curl_slist_free_all(f->json_headers);
	curl_slist_free_all(f->text_headers);
	curl_slist_free_all(f->get_headers);
	free(f);
}

#define SET(option, value)                                                                                   \
	do {                                                                                                 \
		if (curl_easy_setopt(f->curl, (option), (value)) != CURLE_OK)                                \
			return TB_ERR_IO;                                                                    \
	} while (0)

/* Everything that holds for any request.  A setting that cannot be made is an error: never a request without it. */
static tb_err configure(tb_fetch *f, const char *url)
{
	bool is_https = strncasecmp(url, "https:", 6) == 0;
	long seconds = GRACE_SECONDS + (long)(f->body->max / SLOWEST_BYTES_PER_SECOND);

	curl_easy_reset(f->curl); /* keeps the connections */
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR,
		is_https ? "https" : "http,https"); /* never from https down to http */
	SET(CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT, (long)f->options.connect_seconds);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)f->options.stall_seconds);
	SET(CURLOPT_TIMEOUT, seconds);
	SET(CURLOPT_USERAGENT, "tabella");
	SET(CURLOPT_ERRORBUFFER, f->reason);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, f);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, f);
	if (f->options.progress != NULL) {
		SET(CURLOPT_NOPROGRESS, 0L);
		SET(CURLOPT_XFERINFOFUNCTION, on_progress);
		SET(CURLOPT_XFERINFODATA, f);
	}
	return TB_OK;
}

static tb_err configure_get(tb_fetch *f, const char *url)
{
	tb_err err = configure(f, url);

	if (err != TB_OK)
		return err;
	SET(CURLOPT_HTTPGET, 1L);
	SET(CURLOPT_HTTPHEADER, f->get_headers);
	SET(CURLOPT_FOLLOWLOCATION, 1L);
	return TB_OK;
}

static tb_err configure_post(
	tb_fetch *f, const char *url, struct curl_slist *headers, const void *bytes, size_t len)
{
	tb_err err = configure(f, url);

	if (err != TB_OK)
		return err;
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, bytes);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_FOLLOWLOCATION, 0L); /* what is posted goes where the user said */
	return TB_OK;
}

/* Worth another try: the connection broke, or the server said that it is busy for the moment. */
static bool is_passing(CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
		return status == 429 || status == 502 || status == 503 || status == 504;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PARTIAL_FILE:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return true;
	default:
		return false;
	}
}

static void pause_before(unsigned try)
{
	struct timespec t = {.tv_sec = 0, .tv_nsec = 200L * 1000 * 1000};

	for (unsigned i = 0; i < (1u << (try > 4 ? 4 : try)); i++) /* 0.2, 0.4, 0.8 ... 3.2 s */
		(void)nanosleep(&t, NULL);
}

static tb_err perform(tb_fetch *f, const char *url, tb_fault *fault)
{
	CURLcode code = CURLE_OK;
	tb_err err;

	for (unsigned try = 0; try < f->options.tries; try++) {
		if (try > 0)
			pause_before(try - 1);
		tb_buf_clear(f->body);
		memset(f->response, 0, sizeof *f->response);
		f->reason[0] = 0;
		code = curl_easy_perform(f->curl);
		(void)curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &f->response->status);
		if (!is_passing(code, f->response->status))
			break;
	}
	if (code == CURLE_OK)
		return TB_OK;
	err = f->body->err;
	if (err == TB_ERR_LIMIT)
		(void)tb_fault_setf(
			fault, "HTTP", url, "a smaller answer", "more than %zu bytes", f->body->max);
	else
		(void)tb_fault_set(fault, "HTTP", url, "an answer",
			f->reason[0] != 0 ? f->reason : curl_easy_strerror(code));
	memset(f->response, 0, sizeof *f->response);
	tb_buf_clear(f->body);
	return err == TB_OK ? TB_ERR_IO : err;
}

static tb_err begin(tb_fetch *f, tb_buf *body, tb_response *response)
{
	tb_buf_clear(body);
	memset(response, 0, sizeof *response);
	f->body = body;
	f->response = response;
	return TB_OK;
}

tb_err tb_fetch_get(tb_fetch *f, tb_buf *body, tb_response *response, const char *url, tb_fault *fault)
{
	tb_err err = begin(f, body, response);

	if (err == TB_OK)
		err = configure_get(f, url);
	if (err != TB_OK) {
		(void)tb_fault_set(fault, "HTTP", url, "a usable address", "one that cannot be set up");
		return err;
	}
	return perform(f, url, fault);
}

static tb_err post(tb_fetch *f, tb_buf *body, tb_response *response, const char *url,
	struct curl_slist *headers, const void *bytes, size_t len, tb_fault *fault)
{
	tb_err err = begin(f, body, response);

	if (err == TB_OK)
		err = configure_post(f, url, headers, bytes, len);
	if (err != TB_OK) {
		(void)tb_fault_set(fault, "HTTP", url, "a usable address", "one that cannot be set up");
		return err;
	}
	return perform(f, url, fault);
}

tb_err tb_fetch_post_json(tb_fetch *f, tb_buf *body, tb_response *response, const char *url, const void *json,
	size_t json_len, tb_fault *fault)
{
	return post(f, body, response, url, f->json_headers, json, json_len, fault);
}

tb_err tb_fetch_post_text(tb_fetch *f, tb_buf *body, tb_response *response, const char *url, const void *text,
	size_t text_len, tb_fault *fault)
{
	return post(f, body, response, url, f->text_headers, text, text_len, fault);
}

/* Does the detail begin with the rule that the type names, as that of a Tabella server does? */
static bool names_rule(const char *detail, const char *type)
{
	static const char prefix[] = "urn:tabella:rule:";
	const char *rule = type + sizeof prefix - 1;

	return strncmp(type, prefix, sizeof prefix - 1) == 0 && strncmp(detail, rule, strlen(rule)) == 0;
}

void tb_fetch_problem(const tb_response *response, const tb_buf *body, char *out, size_t out_len)
{
	tb_json_in in;
	tb_json_string type, title, detail;
	char text[4500]; /* holds the longest detail and type */

	(void)snprintf(text, sizeof text, "the server answered with status %ld", response->status);
	tb_json_in_init(&in, body->data, body->len, 64 * 1024, TB_JSON_ANY, "HTTP");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &type, 400);
	tb_json_take_string(&in, "title", &title, 400);
	(void)tb_json_take_int(&in, "status", 100, 599);
	tb_json_take_string(&in, "detail", &detail, 4000);
	/* "" when something before it is not as it should be; what follows it does not matter */
	if (detail.len > 0)
		(void)snprintf(text, sizeof text, names_rule(detail.data, type.data) ? "%s" : "%s (%s)",
			detail.data, type.data);
	tb_json_in_release(&in);
	tb_text_copy_printable(out, out_len, text);
}

bool tb_url_is(const char *in)
{
	return strncasecmp(in, "http://", 7) == 0 || strncasecmp(in, "https://", 8) == 0;
}

static bool is_plain_url_char(char c)
{
	return isalnum((unsigned char)c) || (c != 0 && strchr("-._~:/[]%", c) != NULL);
}

/* The length of the slug that ends the text, or 0 when what ends it is not "/e/<slug>". */
static size_t slug_at_end(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (isdigit((unsigned char)text[len - n - 1]) ||
				  islower((unsigned char)text[len - n - 1]) || text[len - n - 1] == '-'))
		n++;
	if (n == 0 || n > 64 || text[len - n] == '-' || len < n + 3 ||
		memcmp(text + len - n - 3, "/e/", 3) != 0)
		return 0;
	return n;
}

tb_err tb_url_board(char out[TB_URL_MAX], const char *in, tb_fault *fault)
{
	static const char expected[] = "http[s]://host[:port]/e/<slug>";
	size_t len = strlen(in), host, slug;

	if (!tb_url_is(in) || len >= TB_URL_MAX)
		return tb_fault_set(
			fault, "HTTP", "address", expected, len >= TB_URL_MAX ? "a very long text" : in);
	for (size_t i = 0; i < len; i++)
		if (!is_plain_url_char(in[i]))
			return tb_fault_set(
				fault, "HTTP", "address", expected, "a character that does not belong there");
	if (in[len - 1] == '/')
		len--;
	host = strncasecmp(in, "https://", 8) == 0 ? 8 : 7;
	slug = slug_at_end(in, len);
	if (slug == 0 || len - slug - 3 <= host || in[host] == '/')
		return tb_fault_set(fault, "HTTP", "address", expected, in);
	memcpy(out, in, len);
	out[len] = 0;
	return TB_OK;
}
