/* SPDX-License-Identifier: Apache-2.0 */
#include "net/source_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct http_source {
	tb_source base; /* first: a tb_source is one of these */
	tb_fetch *fetch;
	char url[TB_URL_MAX];
} http_source;

static tb_err get(tb_source *s, const char *path, tb_buf *out, tb_why *why)
{
	http_source *h = (http_source *)s;
	char url[TB_URL_MAX + TB_PATH_MAX + 2], text[512];
	tb_response response;
	tb_fault fault;
	tb_err err;

	(void)snprintf(url, sizeof url, "%s/%s", h->url, path);
	err = tb_fetch_get(h->fetch, out, &response, url, &fault);
	if (err != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		tb_why_set(why, "%s", text);
		return err;
	}
	if (response.status == 200)
		return TB_OK;
	tb_fetch_problem(&response, out, text, sizeof text);
	tb_buf_clear(out);
	tb_why_set(why, "%s: %s", url, text);
	return response.status == 404 || response.status == 410 ? TB_ERR_NOT_FOUND : TB_ERR_IO;
}

static void release(tb_source *s)
{
	free(s);
}

tb_err tb_source_http_new(tb_source **out, tb_fetch *fetch, const char *url)
{
	static const tb_source_ops ops = {.get = get, .free = release};
	http_source *h = calloc(1, sizeof *h);

	*out = NULL;
	if (h == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(strlen(url) < sizeof h->url);
	h->base.ops = &ops;
	h->fetch = fetch;
	memcpy(h->url, url, strlen(url) + 1);
	*out = &h->base;
	return TB_OK;
}
