/* SPDX-License-Identifier: Apache-2.0 */
#include "server/compress.h"

#include <string.h>
#include <zlib.h>

#include "server/accept.h"

#define LEAST_BYTES 1000 /* below that the packets are the same */
#define LEVEL 1          /* base64 gives what it gives at any level; this one costs a quarter */
#define GZIP_WINDOW (15 + 16)

/* Are there two forms of it?  HEAD and 304 say of an answer what GET and 200 would: a cache believes the latest that it heard. */
static bool is_worth_it(const tb_http_request *request, const tb_http_response *response)
{
	const char *type = tb_http_response_find(response, "Content-Type");
	bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;

	if ((response->status != 200 && response->status != 304) || type == NULL || !reads ||
		response->stream.read != NULL || response->fixed != NULL ||
		tb_http_response_find(response, "Content-Encoding") != NULL)
		return false;
	return strncmp(type, "application/json", 16) == 0 || strncmp(type, "text/plain", 10) == 0 ||
	       strncmp(type, "text/csv", 8) == 0 ||
	       (strncmp(type, "application/octet-stream", 24) == 0 &&
		       (strstr(request->path, "/log/tile/entries/") != NULL ||
			       strstr(request->path, "/blob/") != NULL));
}

static bool deflate_into(tb_buf *out, const tb_buf *in)
{
	z_stream z = {.next_in = in->data, .avail_in = (uInt)in->len};
	uint8_t part[16384];
	int code = deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY);

	if (code != Z_OK)
		return false;
	do {
		z.next_out = part;
		z.avail_out = sizeof part;
		code = deflate(&z, Z_FINISH);
		tb_buf_append(out, part, sizeof part - z.avail_out);
	} while (code == Z_OK && tb_buf_status(out) == TB_OK);
	(void)deflateEnd(&z);
	return code == Z_STREAM_END && tb_buf_status(out) == TB_OK;
}

void tb_compress(const tb_http_request *request, tb_http_response *response)
{
	tb_buf small;

	if (!is_worth_it(request, response))
		return;
	/* Also of the plain form: a cache has to know that there is another. */
	tb_http_response_header_fixed(response, "Vary", "Accept-Encoding");
	if (response->body.len < LEAST_BYTES || !tb_accept_allows_gzip(request->accept_encoding))
		return;
	tb_buf_init(&small, response->body.len - 1);
	if (!deflate_into(&small, &response->body)) {
		tb_buf_release(&small);
		return;
	}
	tb_buf_release(&response->body);
	response->body = small;
	tb_http_response_header_fixed(response, "Content-Encoding", "gzip");
	tb_http_response_tag_gzip(response);
}
