/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_CLIENT_H
#define TB_SERVER_CLIENT_H

#include "core/election/client_list.h"

/*
 * The web client as the server carries it: pages (the shells, one for each kind) and files (scripts, styles, pictures, the
 * booth as one archive).  They are in the program itself, so that what is served is what was built and nothing on a disk
 * can be exchanged under it [HTTP.PAGE] [HTTP.FILES].
 */
typedef struct tb_client_file {
	const char *
		name; /* of a page: its kind, "vote"; of a file: its address, "/client/vote-0123456789abcdef.js" */
	const char *type; /* the Content-Type */
	const uint8_t *data;
	size_t len;
	const uint8_t *gzip; /* the same bytes compressed; NULL where that is not smaller */
	size_t gzip_len;
	uint8_t sha256[32]; /* of `data` */
	bool is_fixed;      /* its name holds its hash: these bytes for ever */
} tb_client_file;

typedef struct tb_client {
	const tb_client_file *pages, *files;
	size_t num_pages, num_files; /* no page: a server built without the client */
} tb_client;

/* Made by tools/build-client and linked into tabella-server alone. */
extern const tb_client tb_client_embedded;

/* NULL when there is none.  */
const tb_client_file *tb_client_find_page(const tb_client *c, const char *kind);
const tb_client_file *tb_client_find_file(const tb_client *c, const char *path);

/* ---- addresses of pages ---- */
typedef struct tb_client_address {
	const char *kind; /* of the page; static */
	const char *slug; /* inside the path; NULL: a page of the whole server */
	size_t slug_len;
	bool is_shared; /* programs get JSON at this address, browsers the page */
} tb_client_address;

/* Is this the address of a page?  Whether the election exists is not asked. */
bool tb_client_parse_address(tb_client_address *out, const char *path, size_t len);

/*
 * The payload of the `client` entry [CLIENT] of the election with this slug: every page under its addresses there and every
 * file.  MEMORY, LIMIT; RANGE: an address or the number of files is beyond what the board can say.
 */
TB_CHECKED tb_err tb_client_write_list(const tb_client *c, const char *slug, tb_buf *payload);

#endif
