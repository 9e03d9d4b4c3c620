/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_COMPRESS_H
#define TB_SERVER_COMPRESS_H

#include "server/message.h"

/*
 * gzip for who asks for it, where it pays [HTTP.GZIP]: JSON, receipts, bundles of entries and blobs, which are base64 inside JSON; not hashes,
 * which are random bytes.  The compressed form has an ETag of its own.  When memory is short the answer stays as it is.
 */
void tb_compress(const tb_http_request *request, tb_http_response *response);

#endif
