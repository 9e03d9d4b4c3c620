/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_MESSAGE_H
#define TB_SERVER_MESSAGE_H

#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "server/address.h"

/*
 * An HTTP request and its response as plain data: what server/http.c makes from and of sockets, and what server/route.c works
 * on.  No type of the HTTP library appears here, so that everything behind it can be tested and fuzzed as bytes.
 */
typedef struct tb_http_request {
	const char *method; /* "GET"; never NULL, as all of these */
	const char *
		path; /* as sent: no escape is undone, so each resource has one spelling; without the query */
	const char *if_none_match;
	const char *accept, *accept_encoding;
	const char *authorization, *idempotency_key; /* for the operator's addresses */
	tb_address client;                           /* who asks, for the limits alone */
	const uint8_t *body;
	size_t body_len;
} tb_http_request;

/* A body that is made while it is sent.  `read` fills in up to `max` bytes and returns how many; 0 = the end, -1 = failed, and
 * the client then sees a broken connection rather than a short file. */
typedef struct tb_http_stream {
	ssize_t (*read)(void *state, uint8_t *out, size_t max);
	void (*free)(void *state);
	void *state;
} tb_http_stream;

#define TB_HTTP_MAX_HEADERS 16

typedef struct tb_http_header {
	const char *name;  /* static */
	const char *fixed; /* the value, when it is static too; else NULL */
	char value[160];
} tb_http_header;

typedef struct tb_http_response {
	unsigned status;
	tb_http_header header[TB_HTTP_MAX_HEADERS];
	size_t num_headers;
	tb_buf body;
	const uint8_t *fixed; /* not NULL: bytes that live as long as the program, instead of `body` */
	size_t fixed_len;
	tb_http_stream stream; /* `read` not NULL: instead of `body` */
} tb_http_response;

#define TB_HTTP_BODY_MAX                                                                                     \
	(256u << 20) /* of a response that is held in memory: the largest blob, or file of a count */

void tb_http_response_init(tb_http_response *r); /* empty, status 500 */
void tb_http_response_release(tb_http_response *r);
/* `name` is static.  A value that is too long or holds control bytes is a bug of the caller. */
void tb_http_response_header(tb_http_response *r, const char *name, const char *value);
void tb_http_response_header_fixed(tb_http_response *r, const char *name, const char *value); /* any length */
const char *tb_http_header_value(const tb_http_header *h);
/* Lets pages of other origins read the answer [HTTP.CORS]. */
void tb_http_response_share(tb_http_response *r);
/* "abc" becomes "abc-gzip" in the ETag, if there is one: other bytes, another tag. */
void tb_http_response_tag_gzip(tb_http_response *r);
const char *tb_http_response_find(const tb_http_response *r, const char *name); /* NULL if there is none */

/*
 * Makes *r the problem [HTTP.PROBLEM] that *fault names, with the status that belongs to its rule; whatever *r held is dropped.
 * tb_http_problem_err() is for failures of the server's own that no rule names: 503 for what may pass, else 500.
 */
void tb_http_problem(tb_http_response *r, const tb_fault *fault);
/* [SERVER.RATE]: the client may ask again in so many seconds. */
void tb_http_problem_rate(tb_http_response *r, const char *where, unsigned seconds);
void tb_http_problem_err(tb_http_response *r, tb_err err);

/* ---- server's rules, specs/http.md ---- */
#define TB_RULE_METHOD "HTTP.METHOD"
#define TB_RULE_NOT_FOUND "HTTP.NOT-FOUND"
#define TB_RULE_CLIENT "HTTP.CLIENT"
#define TB_RULE_SIZE "HTTP.SIZE"
#define TB_RULE_JSON "HTTP.JSON"
#define TB_RULE_TIMEOUT "HTTP.TIMEOUT"
#define TB_RULE_ADMIN "SERVER.ADMIN"
#define TB_RULE_KEYS "SERVER.KEYS"
#define TB_RULE_SLUG "SERVER.SLUG"
#define TB_RULE_OWN "SERVER.OWN"
#define TB_RULE_RATE "SERVER.RATE"
#define TB_RULE_ORIGIN "SERVER.ORIGIN"
#define TB_RULE_TOKEN "ADMIN.TOKEN"
#define TB_RULE_SCOPE "ADMIN.SCOPE"
#define TB_RULE_KEY "ADMIN.KEY"
#define TB_RULE_REPEATED "ADMIN.REPEATED"
#define TB_RULE_BACKUP "ADMIN.BACKUP"
#define TB_RULE_BUSY "SERVER.BUSY"
#define TB_RULE_STORAGE "SERVER.STORAGE"

#endif
