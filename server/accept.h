/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_ACCEPT_H
#define TB_SERVER_ACCEPT_H

#include <stdbool.h>

/*
 * What a client says it would rather have (RFC 9110, 12.5).  Of a list, elements that are not of the form are passed over:
 * nobody is refused for a bad wish.
 */
/* `Accept`: a page rather than JSON?  A browser names text/html; who names nothing, or everything alike, is a program. */
bool tb_accept_prefers_html(const char *accept);
/* `Accept-Encoding`: may the answer be compressed with gzip? */
bool tb_accept_allows_gzip(const char *accept_encoding);

#endif
