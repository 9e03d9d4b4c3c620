/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api_ops.h"

#include <inttypes.h>
#include <string.h>

#include "server/route.h"

static void text(tb_http_response *response, unsigned status, const char *type)
{
	response->status = status;
	tb_http_response_header(response, "Content-Type", type);
	tb_http_response_header(response, "Cache-Control", "no-store");
}

static void write_elections(tb_app *app, tb_buf *out)
{
	tb_election *e;

	tb_metrics_head(out, "tabella_log_entries", "gauge", "Entries on the board of an election.");
	for (size_t i = 0; (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		tb_metrics_line(out, "tabella_log_entries{election=\"%s\"} %" PRIu64 "\n", e->slug,
			tb_election_size(e));
	tb_metrics_head(out, "tabella_election_phase", "gauge", "1 for the phase that an election is in.");
	for (size_t i = 0; (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		tb_metrics_line(out, "tabella_election_phase{election=\"%s\",phase=\"%s\"} 1\n", e->slug,
			tb_phase_name(tb_election_phase(e)));
}

static void metrics(tb_app *app, tb_http_response *response)
{
	text(response, 200, "text/plain; version=0.0.4; charset=utf-8");
	tb_metrics_write(&app->metrics, &response->body);
	write_elections(app, &response->body);
	if (tb_buf_status(&response->body) != TB_OK)
		tb_http_problem_err(response, tb_buf_status(&response->body));
}

static bool is_stale(tb_election *e)
{
	bool stale;

	(void)pthread_mutex_lock(&e->lock);
	stale = e->is_stale;
	(void)pthread_mutex_unlock(&e->lock);
	return stale;
}

/* Can a ballot be recorded now, as far as one can tell without recording one? */
static void readiness(tb_app *app, tb_http_response *response)
{
	const char *trouble = NULL;
	tb_fault fault = {0};
	tb_election *e;

	if (atomic_load(&app->metrics.cannot_write))
		trouble = "the last transaction could not be made durable";
	for (size_t i = 0; trouble == NULL && (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		if (is_stale(e))
			trouble = "a board waits to be read again";
	if (trouble != NULL) {
		(void)tb_fault_set(&fault, TB_RULE_STORAGE, "server", "a board that can be written", trouble);
		tb_http_problem(response, &fault);
		return;
	}
	text(response, 200, "text/plain; charset=utf-8");
	tb_buf_append(&response->body, "ready\n", 6);
}

size_t tb_ops_max_body(const char *path)
{
	(void)path;
	return 0;
}

void tb_ops_route(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	bool known = strcmp(request->path, "/metrics") == 0 || strcmp(request->path, "/healthz") == 0 ||
		     strcmp(request->path, "/readyz") == 0;

	if (!known) {
		tb_api_not_found(response, request->path, "an address of the operator's");
	} else if (tb_api_wrong_method(request, response, "GET, HEAD")) {
		return;
	} else if (strcmp(request->path, "/metrics") == 0) {
		metrics(app, response);
	} else if (strcmp(request->path, "/readyz") == 0) {
		readiness(app, response);
	} else {
		text(response, 200, "text/plain; charset=utf-8");
		tb_buf_append(&response->body, "alive\n", 6);
	}
}
