/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that a server refuses, or answers as it did before: nothing is changed by them [HTTP]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

#define SIGNATURE                                                                                            \
	"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\""

static const char *body_of(char out[600], const char *type, const char *signer)
{
	(void)snprintf(out, 600,
		"{\"type\":\"%s\",\"signer\":\"%s\",\"payload\":\"e30=\",\"signature\":" SIGNATURE "}", type,
		signer);
	return out;
}

static void test_bodies_that_are_no_submission(void **state)
{
	static const char *const wrong[] = {"", "{}", "[]", "null", "{\"type\":\"notice\"}", "\xff\xfe",
		"{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\"}",
		"{\"signer\":\"admin\",\"type\":\"notice\",\"payload\":\"\",\"signature\":\"\"}",
		("{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\",\"signature\":" SIGNATURE
		 ",\"time\":1}"),
		("{\"type\":\"notice\",\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\","
		 "\"signature\":\"\"}")};
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	char body[600];

	(void)state;
	tb_maker_manifest(m);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		serve_check_refused(&s, "POST", "/e/spring/entries", wrong[i], 400, "HTTP.JSON");
		serve_check_refused(&s, "POST", "/elections", wrong[i], 400, "HTTP.JSON");
	}
	serve_check_refused(&s, "POST", "/e/spring/entries",
		"{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"*\",\"signature\":" SIGNATURE "}",
		400, "BASE64");
	serve_check_refused(&s, "POST", "/e/spring/entries",
		"{\"type\":\"notice\",\"signer\":\"admin\",\"payload\":\"\",\"signature\":\"AAAA\"}", 400,
		"HTTP.JSON");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "vote", "admin"), 400, "ENTRY.ENVELOPE");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "notice", "nobody"), 422, "ENTRY.SIGNER");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "notice", "trustee/1"), 422, "ENTRY.SIGNER");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "notice", "admin"), 403, "ENTRY.SIGNATURE");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "open", "server"), 403, "SERVER.OWN");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "close", "server"), 403, "SERVER.OWN");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "result", "server"), 403, "SERVER.OWN");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "client", "server"), 403, "SERVER.OWN");
	serve_check_refused(&s, "POST", "/e/spring/entries", body_of(body, "ballot", "voter/v0000001"), 409,
		"ENTRY.ORDER");
	serve_check_refused(
		&s, "POST", "/e/spring/entries", body_of(body, "manifest", "admin"), 403, "ENTRY.SIGNATURE");
	serve_check_refused(&s, "POST", "/elections", body_of(body, "notice", "admin"), 409, "ENTRY.ORDER");
	serve_check_refused(
		&s, "POST", "/elections", body_of(body, "manifest", "admin"), 400, "JSON.CANONICAL");
	assert_int_equal(m->num_entries, 1);
	serve_check_files(&s, m);
	tb_maker_free(m);
}

static void test_a_ballot_above_the_limit(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_http_response r;
	tb_maker_plan plan;

	(void)state;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	tb_maker_plan_init(m, &plan, TB_ENTRY_BALLOT, "voter/v0000001");
	assert_non_null(tb_buf_extend(&plan.payload, TB_BALLOT_MAX_BYTES + 1));
	memset(plan.payload.data, 1, plan.payload.len);
	assert_int_equal(serve_post(&s, m, &plan, &r), 413);
	assert_string_equal(serve_rule(&r), "HTTP.SIZE");
	tb_http_response_release(&r);
	assert_true(tb_route_max_body(&s.app, "/e/spring/entries") > TB_BLOB_COMMON_BYTES / 3 * 4);
	assert_true(tb_route_max_body(&s.app, "/elections") > TB_MANIFEST_MAX_BYTES / 3 * 4);
	assert_int_equal(tb_route_max_body(&s.app, "/e/spring"), 0);
	assert_int_equal(tb_route_max_body(&s.app, "/"), 0);
	tb_maker_free(m);
}

static void other_admin(void *arg, tb_manifest *m)
{
	(void)arg;
	memcpy(m->admin_key, m->registrar_key, 32);
	memcpy(m->registrar_key, m->trustees[0].transport_key, 32);
	memcpy(m->trustees[0].transport_key, m->trustees[0].sign_key, 32);
}

static void other_server(void *arg, tb_manifest *m)
{
	uint8_t key[32];

	(void)arg;
	memcpy(key, m->server_sign_key, 32);
	memcpy(m->server_sign_key, m->registrar_key, 32);
	memcpy(m->registrar_key, key, 32);
}

static void other_log(void *arg, tb_manifest *m)
{
	uint8_t key[32];

	(void)arg;
	memcpy(key, m->server_log_key, 32);
	memcpy(m->server_log_key, m->trustees[0].cosign_key, 32);
	memcpy(m->trustees[0].cosign_key, key, 32);
}

static void swap_admin(void *arg, tb_manifest *m)
{
	uint8_t key[32];

	(void)arg;
	memcpy(key, m->admin_key, 32);
	memcpy(m->admin_key, m->registrar_key, 32);
	memcpy(m->registrar_key, key, 32);
}

static void check_manifest_refused(void (*edit)(void *, tb_manifest *), unsigned status, const char *rule)
{
	tb_maker_config config = {.small = true, .slug = "fresh", .edit = edit};
	tb_maker *m = tb_maker_new(&config);
	tb_http_response r;
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &m->manifest), TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), status);
	assert_string_equal(serve_rule(&r), rule);
	tb_http_response_release(&r);
	assert_int_equal(serve_get(&s, "/e/fresh", NULL), 404);
	tb_maker_free(m);
}

static void later(void *arg, tb_manifest *m)
{
	(void)arg;
	m->opens += 60;
}

static void test_who_may_create_an_election(void **state)
{
	tb_maker_config config = {.small = true}, same = {.small = true, .edit = later};
	tb_maker *m = serve_maker(&s, &config), *second = tb_maker_new(&same);
	tb_http_response r;
	tb_maker_plan plan;

	(void)state;
	check_manifest_refused(swap_admin, 403, "SERVER.ADMIN");
	check_manifest_refused(other_server, 403, "SERVER.KEYS");
	check_manifest_refused(other_log, 403, "SERVER.KEYS");
	check_manifest_refused(other_admin, 422, "MANIFEST.KEYS"); /* a key twice */
	tb_maker_manifest(m);
	/* Another election under a name that is taken. */
	tb_maker_plan_init(second, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &second->manifest), TB_OK);
	assert_int_equal(serve_post(&s, second, &plan, &r), 409);
	assert_string_equal(serve_rule(&r), "SERVER.SLUG");
	tb_http_response_release(&r);
	serve_check_files(&s, m);
	tb_maker_free(m);
	tb_maker_free(second);
}

/* Where the operator has named the public address, origins must lie there [SERVER.ORIGIN]. */
static void test_an_origin_is_where_the_server_is(void **state)
{
	tb_maker_config config = {.small = true};
	tb_maker *m = serve_maker(&s, &config), *other = tb_maker_new(&config);
	tb_maker_plan plan;
	tb_http_response r;

	(void)state;
	(void)snprintf(s.config.public_url, sizeof s.config.public_url, "https://vote.example.net");
	tb_maker_plan_init(other, &plan, TB_ENTRY_MANIFEST, "admin");
	assert_int_equal(tb_manifest_write(&plan.payload, &other->manifest), TB_OK);
	assert_int_equal(serve_post(&s, other, &plan, &r), 422);
	assert_string_equal(serve_rule(&r), "SERVER.ORIGIN");
	tb_http_response_release(&r);
	(void)snprintf(s.config.public_url, sizeof s.config.public_url, "https://vote.example.org");
	tb_maker_manifest(m);
	tb_maker_free(m);
	tb_maker_free(other);
}

/* A voter may record so many ballots and then has to wait, but is never refused a receipt; nobody else can use up what is the
 * voter's [SERVER.RATE]. */
static void test_ballots_of_one_voter_are_limited(void **state)
{
	tb_maker_config config = {.num_voters = 2, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_http_response r;
	tb_maker_plan plan;

	(void)state;
	s.config.voter_rate = (tb_rate){.per_hour = 1, .burst = 2};
	tb_maker_until_open(m);
	for (int i = 0; i < 5; i++) { /* rubbish in the voter's name */
		tb_maker_plan_vote(m, 0, &plan);
		plan.is_signed = true;
		memset(plan.signature, 1, sizeof plan.signature);
		assert_int_equal(serve_post(&s, m, &plan, &r), 403);
		tb_http_response_release(&r);
	}
	tb_maker_vote(m, 0);
	tb_maker_vote(m, 0);
	tb_maker_plan_vote(m, 0, &plan);
	assert_int_equal(serve_post(&s, m, &plan, &r), 429);
	assert_string_equal(serve_rule(&r), "SERVER.RATE");
	assert_string_equal(tb_http_response_find(&r, "Retry-After"), "3600");
	tb_http_response_release(&r);
	assert_int_equal(serve_repost(&s, m, m->num_entries - 1, &r), 200);
	tb_http_response_release(&r);
	tb_maker_vote(m, 1);
	tb_maker_free(m);
}

static void test_submissions_of_one_address_are_limited(void **state)
{
	tb_http_request request = {
		.method = "POST", .path = "/elections", .if_none_match = "", .accept_encoding = ""};
	tb_http_response r;

	(void)state;
	s.config.request_rate = (tb_rate){.per_hour = 1, .burst = 4};
	s.config.submit_rate = (tb_rate){.per_hour = 1, .burst = 2};
	assert_int_equal(tb_address_parse(&request.client, "192.0.2.1", 9), TB_OK);
	tb_http_response_init(&r);
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_false(tb_route_admit(&s.app, &request, &r));
	assert_int_equal(r.status, 429);
	request.method = "GET";
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_false(tb_route_admit(&s.app, &request, &r));
	assert_int_equal(tb_address_parse(&request.client, "192.0.2.2", 9), TB_OK);
	assert_true(tb_route_admit(&s.app, &request, &r));
	assert_int_equal(tb_address_parse(&request.client, "::1", 3), TB_OK);
	for (int i = 0; i < 9; i++)
		assert_true(tb_route_admit(&s.app, &request, &r));
	tb_http_response_release(&r);
}

/* Posts a changed ballot; nothing of the log may change. */
static void check_ballot_refused(tb_maker *m, tb_maker_plan *plan, unsigned status, const char *rule)
{
	tb_http_response r;

	assert_int_equal(serve_post(&s, m, plan, &r), status);
	assert_string_equal(serve_rule(&r), rule);
	tb_http_response_release(&r);
}

/* A ballot by voter 0, ready to be spoilt. */
static void plan_ballot(tb_maker *m, tb_maker_plan *plan)
{
	tb_maker_plan_vote(m, 0, plan);
}

/* Signs the payload, however wrong it is, with this voter's key. */
static void sign_as(tb_maker *m, tb_maker_plan *plan, uint32_t voter)
{
	(void)snprintf(plan->signer, sizeof plan->signer, "voter/%s", m->voters[voter].id);
	plan->key = m->voters[voter].keys.sign;
	plan->is_signed = false;
}

static void test_bad_ballots_are_refused_each_for_its_reason(void **state)
{
	tb_maker_config config = {.num_voters = 4};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan;
	size_t id_len = strlen("v0000001"), prev = 2 + id_len, date = prev + 32, checkpoint = date + 8;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_vote(m, 1);

	plan_ballot(m, &plan); /* another byte than what was signed */
	plan.payload.data[plan.payload.len - 1] ^= 1;
	check_ballot_refused(m, &plan, 403, "ENTRY.SIGNATURE");
	plan_ballot(m, &plan); /* signed, but the proof is not of these bytes */
	plan.payload.data[plan.payload.len - 32] ^= 1;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.VERIFY");
	plan_ballot(m, &plan); /* somebody else's ballot, exactly */
	sign_as(m, &plan, 2);
	check_ballot_refused(m, &plan, 422, "BALLOT.PAYLOAD");
	plan_ballot(m, &plan); /* the same with the thief's name in it */
	plan.payload.data[prev - 1] = '3';
	sign_as(m, &plan, 2);
	check_ballot_refused(m, &plan, 422, "BALLOT.VERIFY");
	plan_ballot(m, &plan);
	plan.payload.data[prev] ^= 1;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 409, "BALLOT.PREV");
	plan_ballot(m, &plan);
	plan.payload.data[date + 5] ^= 1; /* 65536 seconds */
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.DATE");
	plan_ballot(m, &plan);
	plan.payload.data[checkpoint + 8] ^= 1;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.CHECKPOINT");
	plan_ballot(m, &plan); /* by nobody on the roll */
	plan.payload.data[prev - 1] = '9';
	(void)snprintf(plan.signer, sizeof plan.signer, "voter/v0000009");
	check_ballot_refused(m, &plan, 422, "BALLOT.ROLL");
	plan_ballot(m, &plan);
	plan.payload.len--;
	sign_as(m, &plan, 0);
	check_ballot_refused(m, &plan, 422, "BALLOT.PAYLOAD");
	plan_ballot(m, &plan); /* in time by its own date, but the polls are closed */
	atomic_store(&s.now, m->manifest.closes);
	check_ballot_refused(m, &plan, 422, "BALLOT.TIME");
	atomic_store(&s.now, m->now);
	serve_check_files(&s, m);
	tb_maker_free(m);
}

static void copy_plan(tb_maker_plan *to, const tb_maker_plan *from)
{
	*to = *from;
	tb_buf_init(&to->payload, TB_BLOB_MAX_BYTES);
	tb_buf_append(&to->payload, from->payload.data, from->payload.len);
}

static void test_the_same_bytes_again_get_the_same_receipt(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan, again, replay;
	tb_http_response r;
	uint64_t index;

	(void)state;
	tb_maker_until_open(m);
	tb_maker_plan_vote(m, 0, &plan);
	copy_plan(&again, &plan);
	copy_plan(&replay, &plan);
	index = m->num_entries;
	tb_buf_release(&plan.payload);
	tb_maker_vote(m, 0);
	assert_int_equal(serve_post(&s, m, &again, &r), 200); /* [HTTP.SUBMIT] */
	assert_int_equal(strtoul(tb_http_response_find(&r, "Tabella-Index"), NULL, 10), index);
	serve_check_receipt(m, index, r.body.data, r.body.len);
	tb_http_response_release(&r);
	serve_check_files(&s, m);
	/* Once a later ballot is there, the earlier is still only itself: it does not come back [BALLOT.PREV]. */
	tb_maker_vote(m, 0);
	copy_plan(&again, &replay);
	assert_int_equal(serve_post(&s, m, &again, &r), 200);
	assert_int_equal(strtoul(tb_http_response_find(&r, "Tabella-Index"), NULL, 10), index);
	tb_http_response_release(&r);
	sign_as(m, &replay, 0); /* another signature: another submission, and a replay */
	check_ballot_refused(m, &replay, 409, "BALLOT.PREV");
	serve_check_files(&s, m);
	tb_maker_free(m);
}

static void plan_notice(tb_maker *m, tb_maker_plan *plan, const char *text)
{
	tb_maker_plan_init(m, plan, TB_ENTRY_NOTICE, "admin");
	assert_int_equal(tb_notice_write(&plan->payload, text), TB_OK);
}

static void test_words_signed_again_are_a_repetition_where_the_board_refuses_them(void **state)
{
	tb_maker_config config = {.num_voters = 3, .small = true};
	tb_maker *m = serve_maker(&s, &config);
	tb_maker_plan plan;
	tb_http_response r;

	(void)state;
	tb_maker_until_ready(m);
	/* A client that never got its answer signs its certificate again. */
	tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/2");
	assert_int_equal(
		tb_ceremony_make_certify(tb_board_ceremony(m->board), &plan.payload, 2, 5, (uint8_t[32]){0}),
		TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), 409); /* other words */
	tb_http_response_release(&r);
	for (int round = 0; round < 2; round++) {
		uint8_t root[32];
		uint64_t size;

		tb_board_certify_point(m->board, &size, root);
		tb_maker_plan_init(m, &plan, TB_ENTRY_TRUSTEE_CERTIFY, "trustee/2");
		assert_int_equal(
			tb_ceremony_make_certify(tb_board_ceremony(m->board), &plan.payload, 2, size, root),
			TB_OK);
		if (round == 1)
			plan.key = m->admin.sign; /* by somebody else: no receipt for that */
		assert_int_equal(serve_post(&s, m, &plan, &r), round == 0 ? 200 : 403);
		if (round == 0)
			assert_string_equal(tb_http_response_find(&r, "Tabella-Index"), "6");
		tb_http_response_release(&r);
	}
	/* The manifest too. */
	tb_maker_plan_init(m, &plan, TB_ENTRY_MANIFEST, "admin");
	memset(&plan.binding, 0, sizeof plan.binding);
	assert_int_equal(tb_manifest_write(&plan.payload, &m->manifest), TB_OK);
	assert_int_equal(serve_post(&s, m, &plan, &r), 200);
	assert_string_equal(tb_http_response_find(&r, "Tabella-Index"), "0");
	assert_string_equal(tb_http_response_find(&r, "Location"), "/e/spring");
	tb_http_response_release(&r);
	serve_check_files(&s, m);
	/* What the board admits is new, whatever was said before. */
	tb_maker_notice(m, "The same words.");
	plan_notice(m, &plan, "The same words.");
	assert_int_equal(serve_post(&s, m, &plan, &r), 201);
	tb_http_response_release(&r);
	tb_maker_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bodies_that_are_no_submission, start, stop),
		cmocka_unit_test_setup_teardown(test_a_ballot_above_the_limit, start, stop),
		cmocka_unit_test_setup_teardown(test_who_may_create_an_election, start, stop),
		cmocka_unit_test_setup_teardown(test_an_origin_is_where_the_server_is, start, stop),
		cmocka_unit_test_setup_teardown(test_ballots_of_one_voter_are_limited, start, stop),
		cmocka_unit_test_setup_teardown(test_submissions_of_one_address_are_limited, start, stop),
		cmocka_unit_test_setup_teardown(
			test_bad_ballots_are_refused_each_for_its_reason, start, stop),
		cmocka_unit_test_setup_teardown(test_the_same_bytes_again_get_the_same_receipt, start, stop),
		cmocka_unit_test_setup_teardown(
			test_words_signed_again_are_a_repetition_where_the_board_refuses_them, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
