/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an election when memory runs out: at the first allocation, at the second, and so on until nothing fails.
 * Whatever fails says MEMORY and leaves what existed before as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/election_text.h"
#include "core/election/result.h"
#include "core/election/roll.h"
#include "core/election/roll_csv.h"
#include "tests/support/example.h"
#include "tests/support/starve.h"

/* ---- manifest and election file ---- */

static tb_buf manifest_json, election_text;
static tb_manifest example, ranked; /* the second with ranked questions */
static tb_fault fault;

static int begin(void **state)
{
	(void)state;
	tb_buf_init(&manifest_json, TB_MANIFEST_MAX_BYTES);
	tb_buf_init(&election_text, TB_ELECTION_TEXT_MAX);
	if (example_manifest(&example) != TB_OK || example_ranked_manifest(&ranked) != TB_OK ||
		tb_manifest_write(&manifest_json, &ranked) != TB_OK)
		return -1;
	return tb_election_text_write(&election_text, &ranked) == TB_OK ? 0 : -1;
}

static int finish(void **state)
{
	(void)state;
	tb_manifest_release(&example);
	tb_manifest_release(&ranked);
	tb_buf_release(&manifest_json);
	tb_buf_release(&election_text);
	return 0;
}

static tb_err read_manifest(void)
{
	tb_manifest m;
	tb_err err = tb_manifest_parse(&m, manifest_json.data, manifest_json.len, &fault);

	assert_true((err == TB_OK) == (m.title != NULL));
	tb_manifest_release(&m);
	return err;
}

static tb_err write_manifest(void)
{
	tb_buf out;
	tb_err err;

	tb_buf_init(&out, TB_MANIFEST_MAX_BYTES);
	err = tb_manifest_write(&out, &ranked);
	tb_buf_release(&out);
	return err;
}

static tb_err read_text(void)
{
	tb_manifest m;
	tb_err err = tb_election_text_parse(&m, (const char *)election_text.data, election_text.len, &fault);

	assert_true((err == TB_OK) == (m.title != NULL));
	tb_manifest_release(&m);
	return err;
}

static tb_err write_text(void)
{
	tb_buf out;
	tb_err err;

	tb_buf_init(&out, TB_ELECTION_TEXT_MAX);
	err = tb_election_text_write(&out, &ranked);
	tb_buf_release(&out);
	return err;
}

static void test_manifest(void **state)
{
	(void)state;
	tb_starve(read_manifest, 100);
	tb_starve(write_manifest, 3);
}

static void test_election_text(void **state)
{
	(void)state;
	tb_starve(read_text, 60);
	tb_starve(write_text, 3);
}

/* ---- roll ---- */

#define K1 "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="
#define K2 "akkyEPdJnNF/7LUQrgzqI6EQ6NW5AfisrdMJXHOjuRk="
#define K3 "lHQfXV1SdV7OTyPwRO4n1dHqHivRlrRiFmsWFSqdAlk="

static const char CHUNK[] = "{\"first\":0,\"voters\":[[\"ada\",\"Ada\",1,\"" K1
			    "\"],[\"bert\",\"Bj\xc3\xb6rn\",1,\"" K2 "\"]],\"final\":true}";
static const char CHANGE[] =
	"{\"action\":\"add\",\"voter\":\"chen\",\"label\":\"Chen\",\"weight\":1,\"key\":\"" K3
	"\",\"reason\":\"late\"}";
static const char BAD_CHUNK[] = "{\"first\":0,\"voters\":[[\"ada\",\"Ada\\n\",1,\"" K1 "\"]],\"final\":true}";

/* Once memory is there again, the roll takes the same chunk and change as if nothing had been. */
static void try_again(tb_roll *r, const tb_roll_chunk *c)
{
	uint64_t before = tb_roll_num_listed(r);
	long saved = tb_starve_after(-1);
	tb_voter v;

	assert_true(before == 0 && !tb_roll_is_final(r));
	assert_int_equal(tb_roll_check_chunk(r, c, &fault), TB_OK);
	assert_int_equal(tb_roll_apply_chunk(r, c), TB_OK);
	assert_int_equal(tb_roll_find(r, "bert", 4, &v), TB_OK);
	assert_int_equal(tb_roll_total_weight(r), 2);
	(void)tb_starve_after(saved);
}

static tb_err take_chunk_and_change(void)
{
	tb_roll_change change;
	tb_roll_chunk c;
	tb_roll *r;
	tb_voter v;
	tb_err err = tb_roll_new(&r, &example);

	if (err != TB_OK)
		return err;
	err = tb_roll_chunk_parse(&c, CHUNK, sizeof CHUNK - 1, &fault);
	if (err == TB_OK) {
		err = tb_roll_check_chunk(r, &c, &fault);
		if (err == TB_OK)
			err = tb_roll_apply_chunk(r, &c);
		if (err != TB_OK)
			try_again(r, &c);
	}
	tb_roll_chunk_release(&c);
	if (err == TB_OK) {
		err = tb_roll_change_parse(&change, CHANGE, sizeof CHANGE - 1, &fault);
		if (err == TB_OK)
			err = tb_roll_check_change(r, &change, &fault);
		if (err == TB_OK)
			err = tb_roll_apply_change(r, &change);
		tb_roll_change_release(&change);
		assert_int_equal(tb_roll_find(r, "chen", 4, &v), err == TB_OK ? TB_OK : TB_ERR_NOT_FOUND);
	}
	tb_roll_free(r);
	return err;
}

static tb_err explain_chunk(void)
{
	tb_roll_chunk c;
	tb_err err = tb_roll_chunk_parse(&c, BAD_CHUNK, sizeof BAD_CHUNK - 1, &fault);

	return err == TB_ERR_RULE ? TB_OK : err;
}

/* 20,000 late voters: records, index and filter all have to grow, and each may fail to. */
static void test_growing_roll(void **state)
{
	static tb_roll_voter voter = {.id = "a", .label = "a", .weight = 1, .key = {1}};
	tb_roll_chunk c = {.is_final = true, .voters = &voter, .num = 1};
	char id[16], label[] = "x", reason[] = "y";
	tb_roll_change change = {
		.action = TB_ROLL_ADD, .voter = id, .label = label, .reason = reason, .weight = 1};
	unsigned failed = 0;
	tb_roll *r;
	tb_voter v;

	(void)state;
	assert_int_equal(tb_roll_new(&r, &example), TB_OK);
	assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	for (uint32_t i = 0; i < 20000; i++) {
		tb_err err = TB_ERR_MEMORY;

		snprintf(id, sizeof id, "v%u", i);
		tb_store_u32(change.key + 4, i + 1);
		assert_int_equal(tb_roll_check_change(r, &change, &fault), TB_OK);
		for (long n = 0; err != TB_OK; n++) {
			(void)tb_starve_after(n);
			err = tb_roll_apply_change(r, &change);
			(void)tb_starve_after(-1);
			if (err == TB_OK)
				break;
			assert_int_equal(err, TB_ERR_MEMORY);
			assert_int_equal(tb_roll_num_voters(r), i + 1);
			assert_int_equal(tb_roll_find(r, id, strlen(id), &v), TB_ERR_NOT_FOUND);
			failed++;
		}
		assert_int_equal(tb_roll_find(r, id, strlen(id), &v), TB_OK);
		assert_int_equal(v, i + 1);
	}
	assert_true(failed > 30);
	tb_roll_free(r);
}

static void test_roll(void **state)
{
	(void)state;
	tb_starve(take_chunk_and_change, 15);
	tb_starve(explain_chunk, 10);
}

static tb_err read_csv(void)
{
	static const char text[] = "id,label\nbert,Bj\xc3\xb6rn\nada,Ada,1\nBad,x\n";
	tb_csv_roll r;
	tb_err err = tb_csv_roll_parse(&r, text, sizeof text - 1);

	tb_csv_roll_release(&r);
	return err == TB_ERR_RULE ? TB_OK : err;
}

static void test_csv(void **state)
{
	(void)state;
	tb_starve(read_csv, 3);
}

/* ---- result and small payloads ---- */

static tb_err decide_write_and_read(void)
{
	static const uint8_t seed[64] = {3};
	static const uint64_t totals[4] = {5, 5, 5, 5};
	tb_result made, read;
	tb_buf out;
	tb_err err = TB_OK;

	tb_result_init(&made);
	tb_result_init(&read);
	tb_buf_init(&out, 1 << 20);
	made.turnout = (tb_turnout){10, 10, 10, 10};
	made.questions = calloc(example.num_questions, sizeof *made.questions);
	if (made.questions == NULL)
		return TB_ERR_MEMORY;
	made.num_questions = example.num_questions;
	for (uint32_t i = 0; i < made.num_questions && err == TB_OK; i++)
		err = tb_decide(&made.questions[i], &example, i, &made.turnout, totals, seed);
	if (err == TB_OK)
		err = tb_result_write(&out, &made, &example);
	if (err == TB_OK)
		err = tb_result_parse(&read, &example, out.data, out.len, &fault);
	assert_true(err == TB_OK || read.questions == NULL);
	tb_result_release(&made);
	tb_result_release(&read);
	tb_buf_release(&out);
	return err;
}

static tb_err read_payloads(void)
{
	static const char extend[] = "{\"closes\":60,\"reason\":\"Bj\xc3\xb6rn\"}",
			  notice[] = "{\"text\":\"x\"}";
	tb_extend e;
	char *text = NULL;
	tb_err err = tb_extend_parse(&e, extend, sizeof extend - 1, &fault);

	if (err == TB_OK)
		err = tb_notice_parse(&text, notice, sizeof notice - 1, &fault);
	tb_extend_release(&e);
	free(text);
	return err;
}

static void test_result_and_payloads(void **state)
{
	(void)state;
	tb_starve(decide_write_and_read, 30);
	tb_starve(read_payloads, 10);
}

/* ---- entries ---- */

static tb_err write_sign_and_read_entry(void)
{
	static const uint8_t random[32] = {1};
	const tb_binding unbound = {.has_election = false};
	uint8_t public_key[32];
	tb_buf out, room;
	tb_secret key;
	tb_entry e, again;
	tb_err err;

	tb_secret_set_u64(tb_group_ristretto255(), &key, 77);
	tb_voter_key_public(public_key, &key);
	tb_buf_init(&out, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_entry_init(&e, TB_ENTRY_MANIFEST, "admin", manifest_json.data, manifest_json.len, &fault);
	if (err == TB_OK)
		err = tb_entry_sign(&e, &unbound, &key, random);
	if (err == TB_OK)
		err = tb_entry_write(&out, &e);
	if (err == TB_OK)
		err = tb_entry_parse(&again, &room, out.data, out.len, &fault);
	if (err == TB_OK)
		err = tb_entry_verify(&again, &unbound, public_key, &fault);
	tb_buf_release(&out);
	tb_buf_release(&room);
	return err;
}

static void test_entries(void **state)
{
	(void)state;
	tb_starve(write_sign_and_read_entry, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manifest),
		cmocka_unit_test(test_election_text),
		cmocka_unit_test(test_roll),
		cmocka_unit_test(test_growing_roll),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_result_and_payloads),
		cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
