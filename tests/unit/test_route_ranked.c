/* SPDX-License-Identifier: Apache-2.0 */
/* A ranked question on a server, from the manifest to the files of its count [MIX] [RANK.FILES] [HTTP.COUNT]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/serve_checks.h"

static serve s;

static int start(void **state)
{
	(void)state;
	serve_start(&s, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	serve_stop(&s);
	return 0;
}

static const char *const types[TB_COUNT_KINDS] = {"text/csv; charset=utf-8", "text/plain; charset=utf-8",
	"text/plain; charset=utf-8", "application/json"};

/* One GET, with what a browser would say of its copy and of gzip. */
static unsigned get(tb_http_response *response, const char *path, const char *etag, const char *encoding)
{
	tb_http_request request = {.method = "GET",
		.path = path,
		.if_none_match = etag,
		.accept = "",
		.accept_encoding = encoding,
		.authorization = "",
		.idempotency_key = ""};

	return serve_ask(&s, response, &request);
}

static void check_count(const tb_maker *m, uint32_t question, uint32_t kind)
{
	const tb_ranked_count *count = tb_tally_count(tb_board_tally(m->board), question);
	char path[160], file[TB_PATH_MAX], etag[64];
	tb_http_response response;
	tb_buf expected;

	tb_count_path(file, m->manifest.questions[question].id, kind);
	(void)snprintf(path, sizeof path, "/e/spring/%s", file);
	assert_int_equal(get(&response, path, "", ""), count == NULL ? 404 : 200);
	assert_string_equal(tb_http_response_find(&response, "Access-Control-Allow-Origin"), "*");
	if (count == NULL) {
		assert_string_equal(serve_rule(&response), "HTTP.NOT-FOUND");
		tb_http_response_release(&response);
		return;
	}
	tb_buf_init(&expected, TB_COUNT_MAX_FILE);
	assert_int_equal(tb_ranked_count_write(count, kind, &expected), TB_OK);
	assert_int_equal(response.body.len, expected.len);
	assert_memory_equal(response.body.data, expected.data, expected.len);
	assert_string_equal(tb_http_response_find(&response, "Content-Type"), types[kind]);
	(void)snprintf(etag, sizeof etag, "%s", tb_http_response_find(&response, "ETag"));
	tb_http_response_release(&response);
	assert_int_equal(get(&response, path, etag, ""), 304);
	assert_int_equal(response.body.len, 0);
	tb_http_response_release(&response);
	assert_int_equal(get(&response, path, "\"0123456789abcdef\"", "gzip"), 200);
	if (expected.len >= 1000) {
		assert_string_equal(tb_http_response_find(&response, "Content-Encoding"), "gzip");
		assert_true(response.body.len < expected.len);
	}
	tb_http_response_release(&response);
	tb_buf_release(&expected);
}

static void check_all_counts(const tb_maker *m)
{
	for (uint32_t q = 0; q < m->manifest.num_questions; q++)
		for (uint32_t kind = 0; kind < TB_COUNT_KINDS; kind++)
			check_count(m, q, kind);
}

static void expect_none(const tb_maker *m)
{
	char path[160], file[TB_PATH_MAX];

	for (uint32_t q = 0; q < m->manifest.num_questions; q++) {
		tb_count_path(file, m->manifest.questions[q].id, 3);
		(void)snprintf(path, sizeof path, "/e/spring/%s", file);
		serve_check_refused(&s, "GET", path, "", 404, "HTTP.NOT-FOUND");
	}
}

static void test_from_the_mixes_to_the_files_of_the_count(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true, .num_voters = 12, .revote = 3};
	tb_maker *m = serve_maker(&s, &config);

	(void)state;
	tb_maker_until_mixed(m);
	expect_none(m);
	tb_maker_decrypt(m, 3);
	expect_none(m);
	serve_check_files(&s, m);
	serve_restart(&s);
	tb_maker_decrypt(m, 1);
	tb_maker_result(m);
	check_all_counts(m);
	serve_check_files(&s, m); /* and the archive */
	serve_restart(&s);
	check_all_counts(m);
	serve_check_files(&s, m);
	serve_check_refused(&s, "GET", "/e/spring/count/nobody.csv", "", 404, "HTTP.NOT-FOUND");
	serve_check_refused(&s, "GET", "/e/spring/count/", "", 404, "HTTP.NOT-FOUND");
	tb_maker_free(m);
}

/* ---- mixes, which are verified apart from everything else ---- */

static uint64_t num_verified(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i <= TB_METRICS_BUCKETS; i++)
		sum += atomic_load(&s.app.metrics.mix.bucket[i]);
	return sum;
}

/* Posts a mix by this trustee, with one bit flipped at `at` from the end (0: none). */
static void post_mix(tb_maker *m, uint32_t trustee, size_t at, unsigned status, const char *rule)
{
	const tb_parallel work = {.threads = 1};
	tb_mix_stage *stage = tb_tally_stage(tb_board_tally(m->board));
	char signer[TB_SIGNER_MAX];
	tb_http_response response;
	tb_fault fault = {0};
	tb_maker_plan plan;

	(void)snprintf(signer, sizeof signer, "trustee/%u", trustee);
	for (;;) {
		unsigned got;

		tb_maker_plan_init(m, &plan, TB_ENTRY_MIX, signer);
		assert_int_equal(tb_mix_make(stage, &plan.payload, trustee, &work, &fault), TB_OK);
		if (at > 0)
			plan.payload.data[plan.payload.len - at] ^= 1;
		got = serve_post(&s, m, &plan, &response);
		if (got == status)
			break;
		assert_int_equal(got, 503); /* the server's own tally is still being made */
		tb_http_response_release(&response);
		(void)usleep(20000);
	}
	assert_string_equal(serve_rule(&response), rule);
	if (at > 0)
		assert_non_null(memmem(response.body.data, response.body.len, "\"where\":\"payload", 16));
	tb_http_response_release(&response);
}

static void test_false_mixes_are_refused_before_the_board_is_asked(void **state)
{
	static const tb_maker_config config = {.small = true, .ranked = true, .num_voters = 5};
	tb_maker *m = serve_maker(&s, &config);

	(void)state;
	tb_maker_until_closed(m);
	/* Nobody makes the server work before it is time. */
	post_mix(m, 1, 0, 422, "MIX.WHEN");
	assert_int_equal(num_verified(), 0);
	for (uint32_t i = 0; i < tb_manifest_total_endorsers(&m->manifest); i++)
		tb_maker_endorse(m, i);
	post_mix(m, 1, 32, 422, "SHUFFLE.VERIFY");
	assert_int_equal(num_verified(), 1);
	serve_check_files(&s, m);
	tb_maker_mix(m, 2);
	assert_int_equal(num_verified(), 2);
	post_mix(m, 2, 0, 422, "MIX.WHEN"); /* a second one: no arithmetic */
	assert_int_equal(num_verified(), 2);
	serve_restart(&s); /* replayed without a mark */
	tb_maker_mix(m, 3);
	assert_int_equal(num_verified(), 1);
	serve_check_files(&s, m);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_from_the_mixes_to_the_files_of_the_count, start, stop),
		cmocka_unit_test_setup_teardown(
			test_false_mixes_are_refused_before_the_board_is_asked, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
