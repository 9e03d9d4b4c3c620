/* SPDX-License-Identifier: Apache-2.0 */
/* The ballots and the account of a count, for those who only want to count again [RANK.FILES] [HTTP.COUNT]. */
#include <stdio.h>

#include "core/base/base64.h"
#include "server/counted.h"
#include "server/route.h"

/* The account is JSON [COUNT.JSON], the ballots are text in one format or another. */
static const char *const types[TB_COUNT_KINDS] = {"text/csv; charset=utf-8", "text/plain; charset=utf-8",
	"text/plain; charset=utf-8", "application/json"};

/* The ballots' hash names every form of them, the account's hash the account. */
static void write_etag(char out[20], const tb_ranked_count *c, uint32_t kind)
{
	const uint8_t *hash = kind == TB_COUNT_KINDS - 1 ? tb_ranked_count_account_hash(c)
							 : tb_ranked_count_ballots_hash(c);
	char hex[17];

	tb_hex_write(hex, hash, 8);
	(void)snprintf(out, 20, "\"%.16s\"", hex);
}

void tb_api_count(
	tb_election *e, const char *rest, const tb_http_request *request, tb_http_response *response)
{
	const tb_ranked_count *count;
	tb_counted counted;
	char etag[20];
	uint32_t kind;
	tb_err err;

	tb_counted_init(&counted, e);
	count = tb_counted_find(&counted, rest, &kind);
	if (count == NULL) {
		tb_api_not_found(response, request->path,
			"a file of a ranked question that is decided, once there is a result");
	} else {
		response->status = 200;
		tb_http_response_header(response, "Content-Type", types[kind]);
		tb_http_response_header(response, "Cache-Control",
			"no-cache"); /* another version of this program may say more */
		write_etag(etag, count, kind);
		if (!tb_api_not_modified(request, response, etag)) {
			err = tb_ranked_count_write(count, kind, &response->body);
			if (err != TB_OK)
				tb_http_problem_err(response, err);
		}
	}
	tb_counted_release(&counted);
}
