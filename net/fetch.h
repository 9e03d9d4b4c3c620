/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_NET_FETCH_H
#define TB_NET_FETCH_H

#include "core/base/buf.h"
#include "core/base/fault.h"

/*
 * The one HTTP client, on libcurl: GET and POST with a cap on every answer, time-outs, certificates always checked,
 * and another try after a broken connection.  What comes back is bytes from outside: nothing here judges them.
 *
 * A tb_fetch keeps its connection between requests and belongs to one thread.
 * A fault of this module has the rule "HTTP" and the URL as its place.
 */
typedef struct tb_fetch tb_fetch;

typedef struct tb_fetch_options {
	unsigned connect_seconds; /* 0 = 10 */
	unsigned stall_seconds;   /* give up when nothing arrives for so long; 0 = 30 */
	unsigned tries;           /* in all, after broken connections and 429/502/503/504; 0 = 4 */
	const char *accept;       /* the header of that name in a GET; NULL: whatever the server likes */
	/* Called now and then with the bytes of this answer so far; true = go on.  NULL = nobody wants to know. */
	bool (*progress)(void *user, uint64_t bytes);
	void *user;
} tb_fetch_options;

typedef struct tb_response {
	long status;           /* 200 ... ; 0 when there was no answer */
	char content_type[80]; /* "" when the server named none or a longer one */
	char index[24];        /* the header Tabella-Index [HTTP], or "" */
} tb_response;

TB_CHECKED tb_err tb_fetch_new(
	tb_fetch **out, const tb_fetch_options *options); /* NULL = defaults; MEMORY, IO */
void tb_fetch_free(tb_fetch *f);

/*
 * Both put the body of whatever answer came, an error's too, into *body (cleared first); its limit is the cap of the answer.
 * TB_OK for every complete answer: the caller looks at response->status.  IO (no answer, after all tries), LIMIT (larger than
 * the cap), MEMORY; *fault says more and *body is then empty.
 */
TB_CHECKED tb_err tb_fetch_get(
	tb_fetch *f, tb_buf *body, tb_response *response, const char *url, tb_fault *fault);
/* Repeated after a broken connection too: entries are admitted once however often their bytes arrive [BALLOT.PREV], and so are
 * checkpoints by a witness. */
TB_CHECKED tb_err tb_fetch_post_json(tb_fetch *f, tb_buf *body, tb_response *response, const char *url,
	const void *json, size_t json_len, tb_fault *fault);
TB_CHECKED tb_err tb_fetch_post_text(tb_fetch *f, tb_buf *body, tb_response *response, const char *url,
	const void *text, size_t text_len, tb_fault *fault);

/* The part of a "problem+json" answer that a person needs, as one printable line: its detail, else the status. */
void tb_fetch_problem(const tb_response *response, const tb_buf *body, char *out, size_t out_len);

/* ---- addresses of boards ---- */
#define TB_URL_MAX 2048

/*
 * A board is named as http[s]://host[:port][/prefix]/e/<slug>, with or without a slash at its end.  Writes it without that
 * slash.  RULE (HTTP) for anything else: another scheme, a user or password, a query, a fragment, control characters.
 */
TB_CHECKED tb_err tb_url_board(char out[TB_URL_MAX], const char *in, tb_fault *fault);
/* Is this text meant as a URL ("http://" or "https://", any case) rather than as a file? */
bool tb_url_is(const char *in);

#endif
