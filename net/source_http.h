/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_NET_SOURCE_HTTP_H
#define TB_NET_SOURCE_HTTP_H

#include "core/log/source.h"
#include "net/fetch.h"

/*
 * The board of a server as a source (core/log/source.h): each file is fetched when it is asked for.  One thread at a time.
 * `fetch` is borrowed and must outlive the source; `url` is one of tb_url_board().  MEMORY.
 */
TB_CHECKED tb_err tb_source_http_new(tb_source **out, tb_fetch *fetch, const char *url);

#endif
