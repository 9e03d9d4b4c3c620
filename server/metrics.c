/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint64_t bounds[TB_METRICS_BUCKETS] = {
	1000, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000, 30000000};

uint64_t tb_monotonic_us(void)
{
	struct timespec now;

	TB_REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void tb_histogram_add(tb_histogram *h, uint64_t microseconds)
{
	size_t i = 0;

	while (i < TB_METRICS_BUCKETS && microseconds > bounds[i])
		i++;
	(void)atomic_fetch_add(&h->bucket[i], 1);
	(void)atomic_fetch_add(&h->sum, microseconds);
}

void tb_metrics_line(tb_buf *out, const char *format, ...)
{
	char line[400];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	TB_REQUIRE(len > 0 && (size_t)len < sizeof line);
	tb_buf_append(out, line, (size_t)len);
}

void tb_metrics_head(tb_buf *out, const char *name, const char *type, const char *help)
{
	tb_metrics_line(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_histogram(tb_buf *out, const char *name, const char *help, const tb_histogram *h)
{
	uint64_t sum = atomic_load(&h->sum), below = 0;

	tb_metrics_head(out, name, "histogram", help);
	for (size_t i = 0; i <= TB_METRICS_BUCKETS; i++) {
		below += atomic_load(&h->bucket[i]);
		if (i < TB_METRICS_BUCKETS)
			tb_metrics_line(out, "%s_bucket{le=\"%" PRIu64 ".%03" PRIu64 "\"} %" PRIu64 "\n",
				name, bounds[i] / 1000000, bounds[i] / 1000 % 1000, below);
	}
	tb_metrics_line(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, below);
	tb_metrics_line(out, "%s_sum %" PRIu64 ".%06" PRIu64 "\n%s_count %" PRIu64 "\n", name, sum / 1000000,
		sum % 1000000, name, below);
}

static void write_one(tb_buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	tb_metrics_head(out, name, type, help);
	tb_metrics_line(out, "%s %" PRIu64 "\n", name, value);
}

static void write_http(const tb_metrics *m, tb_buf *out)
{
	tb_metrics_head(out, "tabella_http_responses_total", "counter", "Responses by status.");
	for (unsigned status = 100; status < 600; status++) {
		uint64_t num = atomic_load(&m->responses[status]);

		if (num > 0)
			tb_metrics_line(out, "tabella_http_responses_total{status=\"%u\"} %" PRIu64 "\n",
				status, num);
	}
	write_histogram(out, "tabella_http_request_seconds",
		"From the whole request to the beginning of its response.", &m->request);
	write_one(out, "tabella_http_connections", "gauge", "Connections that are open.",
		atomic_load(&m->connections));
	write_one(out, "tabella_http_connections_total", "counter", "Connections that were opened.",
		atomic_load(&m->connections_total));
	write_one(out, "tabella_http_late_total", "counter", "Connections that were cut for being too slow.",
		atomic_load(&m->late));
	write_one(out, "tabella_http_body_bytes", "gauge", "Memory of request bodies under way.",
		atomic_load(&m->body_bytes));
	write_one(out, "tabella_http_limited_total", "counter",
		"Requests refused because there were too many.", atomic_load(&m->limited));
}

void tb_metrics_write(const tb_metrics *m, tb_buf *out)
{
	static const char *const fates[TB_NUM_FATES] = {"recorded", "repeated", "refused", "failed"};

	tb_metrics_head(out, "tabella_build_info", "gauge", "The version that is running.");
	tb_metrics_line(out, "tabella_build_info{version=\"%s\"} 1\n", TB_VERSION);
	write_one(out, "tabella_start_time_seconds", "gauge", "When the server started, in Unix time.",
		m->started);
	write_http(m, out);
	tb_metrics_head(out, "tabella_submissions_total", "counter", "Submissions by what became of them.");
	for (size_t i = 0; i < TB_NUM_FATES; i++)
		tb_metrics_line(out, "tabella_submissions_total{outcome=\"%s\"} %" PRIu64 "\n", fates[i],
			atomic_load(&m->submissions[i]));
	write_histogram(out, "tabella_commit_seconds",
		"Durable transactions, from their beginning to their answer.", &m->commit);
	write_histogram(out, "tabella_mix_check_seconds", "Verifications of mixes, right or wrong.", &m->mix);
	write_one(out, "tabella_commit_failures_total", "counter",
		"Transactions that could not be made durable.", atomic_load(&m->commit_failures));
	write_one(out, "tabella_submissions_waiting", "gauge",
		"Submissions that wait for the writing thread.", atomic_load(&m->waiting));
	write_one(out, "tabella_writable", "gauge", "1 unless the last transaction failed.",
		atomic_load(&m->cannot_write) ? 0 : 1);
	tb_metrics_head(out, "tabella_sandbox", "gauge", "Whether the system keeps the server shut in.");
	tb_metrics_line(out, "tabella_sandbox{kind=\"seccomp\"} %d\ntabella_sandbox{kind=\"landlock\"} %d\n",
		atomic_load(&m->has_seccomp) ? 1 : 0, atomic_load(&m->has_landlock) ? 1 : 0);
}
