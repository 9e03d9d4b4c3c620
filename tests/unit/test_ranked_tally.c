/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From kept ciphertexts over mixes and shares to the count of a ranked question [DECRYPT.LIST] [RANK.DECODE] [RANK.COUNT]
 * [RANK.RESULT], invalid ballots among them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/count/ballot_csv.h"
#include "core/election/tally.h"
#include "crypto/dleq_list.h"
#include "crypto/hash.h"
#include "tests/support/fixture.h"
#include "tests/support/make_board.h"

enum { RANKED = 1 };

/* A few ballots of five options; what is not one is written in words. */
static const struct {
	uint32_t ranks[5];
	const char *invalid;
} BALLOTS[] = {
	{{1, 2, 3, 0, 0}, NULL},
	{{0, 1, 0, 0, 0}, NULL},
	{{2, 1, 0, 0, 0}, NULL},
	{{0}, "a point of nobody"},
	{{0, 0, 1, 2, 3}, NULL},
	{{5, 4, 3, 2, 1}, NULL},
	{{0}, "a rank above the options"},
	{{0, 0, 0, 0, 0}, NULL}, /* ranks nobody, as one may */
	{{0}, "two on one rank"},
	{{1, 0, 0, 2, 0}, NULL},
	{{0}, "a gap"},
	{{0, 1, 0, 2, 0}, NULL},
};
enum { NUM = sizeof BALLOTS / sizeof BALLOTS[0], NUM_INVALID = 4 };

typedef struct env {
	tb_maker *m;
	tb_tally *t;
} env;

static const tb_group *group(void)
{
	return tb_group_ristretto255();
}

/* Digits in radix 6 as [RANK.ENCODE] has them, whether they are a choice or not. */
static void embed_digits(tb_point *out, const uint32_t digits[5])
{
	uint8_t data[TB_EMBED_BYTES] = {0};
	uint32_t v = 0;

	for (int i = 4; i >= 0; i--)
		v = v * 6 + digits[i];
	for (int i = 0; i < 4; i++)
		data[i] = (uint8_t)(v >> 8 * i);
	assert_int_equal(tb_point_embed(group(), out, data), TB_OK);
}

static void plaintext(const env *e, tb_point *out, size_t i)
{
	const tb_ranking_definition *def = tb_election_params_ranking(tb_board_params(e->m->board), RANKED);
	static const uint32_t shared[] = {1, 1, 0, 0, 0}, gap[] = {1, 3, 0, 0, 0};
	uint8_t above[TB_EMBED_BYTES] = {0xff, 0xff};

	if (BALLOTS[i].invalid == NULL)
		assert_int_equal(tb_ranking_encode(def, out, BALLOTS[i].ranks), TB_OK);
	else if (BALLOTS[i].invalid[0] == 't')
		embed_digits(out, shared);
	else if (strcmp(BALLOTS[i].invalid, "a gap") == 0)
		embed_digits(out, gap);
	else if (strcmp(BALLOTS[i].invalid, "a rank above the options") == 0)
		assert_int_equal(tb_point_embed(group(), out, above), TB_OK);
	else
		tb_point_hash(group(), out, "nobody", "", 0);
}

static void keep(const env *e, size_t i)
{
	const tb_group *g = group();
	uint8_t wire[64], leaf[32] = {(uint8_t)i};
	const uint8_t *parts[2] = {NULL, wire};
	tb_points points[2] = {{0}};
	tb_point A, M, B;
	tb_secret r;

	tb_fixture_secret(g, &r, "randomness", i);
	plaintext(e, &M, i);
	tb_point_mul_generator_secret(g, &A, &r);
	tb_point_mul_secret(g, &B, &r, tb_election_params_h(tb_board_params(e->m->board)));
	tb_point_add(g, &B, &B, &M);
	tb_point_write(g, wire, &A);
	tb_point_write(g, wire + 32, &B);
	assert_int_equal(tb_points_new(g, &points[0], 4), TB_OK); /* nobody says anything else */
	assert_int_equal(tb_tally_list(e->t, i, leaf, 1), TB_OK);
	assert_int_equal(tb_tally_keep(e->t, i, parts), TB_OK);
	assert_int_equal(tb_tally_add(e->t, points, 1), TB_OK);
	tb_points_free(&points[0]);
}

static void env_new(env *e, size_t num)
{
	static const tb_maker_config config = {.small = true, .ranked = true};
	const tb_tally_close close = {.leaf = {9}, .size = 40, .electorate = NUM, .weight_electorate = NUM};

	e->m = tb_maker_new(&config);
	e->m->manifest.questions[0].quorum = (tb_bar){.base = TB_BASE_NONE};
	tb_maker_until_open(e->m);
	assert_int_equal(tb_tally_new(&e->t, tb_board_params(e->m->board)), TB_OK);
	for (size_t i = 0; i < num; i++)
		keep(e, i);
	assert_int_equal(tb_tally_finish(e->t, &close), TB_OK);
}

static void env_free(env *e)
{
	tb_tally_free(e->t);
	tb_maker_free(e->m);
}

static void mix(env *e, uint32_t trustee)
{
	const tb_parallel work = {.threads = 2};
	tb_fault fault;
	tb_buf p;

	tb_buf_init(&p, TB_BLOB_MAX_BYTES);
	assert_int_equal(tb_mix_make(tb_tally_stage(e->t), &p, trustee, &work, &fault), TB_OK);
	assert_int_equal(tb_mix_check(tb_tally_stage(e->t), trustee, p.data, p.len, &work, &fault), TB_OK);
	assert_int_equal(tb_tally_apply_mix(e->t, trustee, p.data, p.len), TB_OK);
	tb_buf_release(&p);
}

static const tb_ceremony *ceremony(const env *e)
{
	return tb_board_ceremony(e->m->board);
}

static void share(const env *e, tb_buf *p, uint32_t trustee)
{
	tb_secret x;
	tb_fault fault;
	uint32_t blame;

	tb_buf_init(p, TB_BLOB_MAX_BYTES);
	assert_int_equal(tb_ceremony_receive(ceremony(e), &x, trustee, &e->m->trustee[trustee - 1].transport,
				 &blame, &fault),
		TB_OK);
	assert_int_equal(tb_tally_make_decrypt(e->t, ceremony(e), p, trustee, &x, &fault), TB_OK);
	assert_int_equal(p->len, tb_tally_decrypt_bytes(e->t));
}

static void expect(const env *e, uint32_t trustee, const tb_buf *p, const char *rule, const char *where)
{
	tb_fault fault = {0};
	tb_err err = tb_tally_check_decrypt(e->t, ceremony(e), trustee, p->data, p->len, &fault);

	if (rule == NULL) {
		assert_int_equal(err, TB_OK);
	} else if (err != TB_ERR_RULE || strcmp(fault.rule, rule) != 0 || strcmp(fault.where, where) != 0) {
		fail_msg("expected %s at %s, found %s at %s", rule, where, fault.rule, fault.where);
	}
}

static void decrypt(env *e, uint32_t trustee)
{
	tb_buf p;

	share(e, &p, trustee);
	expect(e, trustee, &p, NULL, NULL);
	assert_int_equal(tb_tally_apply_decrypt(e->t, ceremony(e), trustee, p.data, p.len), TB_OK);
	tb_buf_release(&p);
}

static void finish(env *e, uint32_t first, uint32_t second)
{
	tb_fault fault;

	mix(e, second);
	mix(e, first);
	decrypt(e, first);
	decrypt(e, second);
	assert_int_equal(tb_tally_decrypt(e->t, ceremony(e), NULL, NULL, &fault), TB_OK);
}

/* What comes out is what was put in, in another order: the same ballots, counted by hand. */
static void test_the_same_ballots_come_out(void **state)
{
	(void)state;
	for (uint32_t first = 1; first <= 2; first++) {
		const tb_ranked_count *c;
		const uint64_t *invalid;
		tb_count_ballots again;
		size_t num;
		tb_why why;
		tb_buf csv, own;
		env e;

		env_new(&e, NUM);
		finish(&e, first, 3);
		c = tb_tally_count(e.t, RANKED);
		assert_null(tb_tally_count(e.t, 0));
		assert_int_equal(tb_ranked_count_num_valid(c), NUM - NUM_INVALID);
		invalid = tb_ranked_count_invalid(c, &num);
		assert_int_equal(num, NUM_INVALID);
		for (size_t i = 1; i < num; i++)
			assert_true(invalid[i - 1] < invalid[i] && invalid[i] < NUM);
		/* the file of ballots, made here from the choices themselves */
		tb_count_ballots_init(&again);
		for (uint32_t i = 0; i < 5; i++) {
			const char *label = e.m->manifest.questions[RANKED].options[i].label;

			assert_int_equal(tb_count_ballots_add_candidate(&again, label, strlen(label)), TB_OK);
		}
		for (size_t i = 0; i < NUM; i++) {
			tb_count_pref prefs[5];
			uint32_t n = 0;

			for (uint16_t k = 0; k < 5; k++)
				if (BALLOTS[i].ranks[k] != 0)
					prefs[n++] = (tb_count_pref){k, (uint16_t)BALLOTS[i].ranks[k]};
			if (BALLOTS[i].invalid == NULL)
				assert_int_equal(tb_count_ballots_add(&again, prefs, NULL, n, 1), TB_OK);
		}
		assert_int_equal(
			tb_count_ballots_set_title(&again, "Who shall chair the assembly?", 29), TB_OK);
		again.seats = 2;
		assert_int_equal(tb_count_ballots_finish(&again), TB_OK);
		tb_buf_init(&csv, 100000);
		tb_buf_init(&own, 100000);
		assert_int_equal(tb_count_csv_write(&csv, &again), TB_OK);
		assert_int_equal(tb_ranked_count_write(c, 0, &own), TB_OK);
		assert_int_equal(own.len, csv.len);
		assert_memory_equal(own.data, csv.data, own.len);
		tb_count_ballots_release(&again);
		/* the other formats say the same */
		for (uint32_t k = 1; k < TB_COUNT_KINDS - 1; k++) {
			tb_count_format format;

			tb_buf_clear(&own);
			tb_buf_clear(&csv);
			assert_int_equal(tb_count_format_find(&format, tb_count_ending(k)), TB_OK);
			assert_int_equal(tb_ranked_count_write(c, k, &own), TB_OK);
			assert_int_equal(tb_count_file_parse(&again, format, own.data, own.len, &why), TB_OK);
			assert_int_equal(again.total, NUM - NUM_INVALID);
			tb_count_ballots_release(&again);
		}
		tb_buf_release(&own);
		tb_buf_release(&csv);
		env_free(&e);
	}
}

/* The result names what everybody can compute, and can be read again. */
static void test_the_result(void **state)
{
	static const char *const endorsers[] = {"trustee/1"};
	uint8_t hash[32];
	tb_result r;
	tb_fault fault;
	tb_buf p, file, again;
	env e;

	(void)state;
	env_new(&e, NUM);
	finish(&e, 1, 2);
	tb_buf_init(&p, 100000);
	tb_buf_init(&again, 100000);
	tb_buf_init(&file, 1u << 20);
	assert_int_equal(tb_tally_make_result(e.t, &p, endorsers, 1), TB_OK);
	assert_int_equal(tb_result_parse(&r, &e.m->manifest, p.data, p.len, &fault), TB_OK);
	assert_int_equal(tb_result_write(&again, &r, &e.m->manifest), TB_OK);
	assert_int_equal(again.len, p.len);
	assert_memory_equal(again.data, p.data, p.len);
	assert_int_equal(r.questions[RANKED].ranked.valid, NUM - NUM_INVALID);
	assert_int_equal(r.questions[RANKED].ranked.num_invalid, NUM_INVALID);
	assert_int_equal(r.questions[RANKED].num_elected, 2);
	assert_int_equal(r.questions[RANKED].num_approved, 0);
	for (uint32_t k = 0; k < TB_COUNT_KINDS; k += TB_COUNT_KINDS - 1) {
		tb_buf_clear(&file);
		assert_int_equal(tb_ranked_count_write(tb_tally_count(e.t, RANKED), k, &file), TB_OK);
		tb_sha256(hash, file.data, file.len);
		assert_memory_equal(hash,
			k == 0 ? r.questions[RANKED].ranked.ballots : r.questions[RANKED].ranked.account, 32);
	}
	tb_buf_clear(&file);
	assert_int_equal(tb_ranked_count_words(tb_tally_count(e.t, RANKED), &file), TB_OK);
	assert_true(file.len > 100);
	/* T-13: one more invalid ballot, another account */
	assert_int_equal(tb_tally_check_result(e.t, p.data, p.len, endorsers, 1, &fault), TB_OK);
	for (size_t at = 0; at < p.len; at += 3) {
		p.data[at] ^= 1;
		assert_int_equal(
			tb_tally_check_result(e.t, p.data, p.len, endorsers, 1, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "RESULT.ENTRY");
		p.data[at] ^= 1;
	}
	tb_result_release(&r);
	tb_buf_release(&file);
	tb_buf_release(&again);
	tb_buf_release(&p);
	env_free(&e);
}

/* [DECRYPT.LIST]: what a payload may not be. */
static void test_false_shares(void **state)
{
	const size_t list = 2 + 2 * 128, proof = list + 32 * NUM;
	uint8_t kept[32];
	tb_fault fault;
	tb_secret x;
	tb_buf p, other;
	env e;

	(void)state;
	env_new(&e, NUM);
	mix(&e, 1);
	/* T-10, S-14: not before the last mix */
	tb_buf_init(&p, 1000);
	tb_buf_u8(&p, 1);
	expect(&e, 1, &p, "DECRYPT.LIST", "decrypt");
	assert_int_equal(tb_tally_apply_decrypt(e.t, ceremony(&e), 1, p.data, p.len), TB_ERR_STATE);
	tb_buf_release(&p);
	mix(&e, 2);
	share(&e, &p, 1);
	share(&e, &other, 2);
	expect(&e, 1, &p, NULL, NULL);
	/* T-02: another trustee's; T-01: of another ciphertext */
	memcpy(kept, p.data + list, 32);
	memcpy(p.data + list, other.data + list, 32);
	expect(&e, 1, &p, "DLEQ.LIST", "questions[1]");
	memcpy(p.data + list, p.data + list + 32, 32);
	expect(&e, 1, &p, "DLEQ.LIST", "questions[1]");
	memset(p.data + list, 0xff, 32); /* T-04 */
	expect(&e, 1, &p, "DECRYPT.SHARE", "questions[1].shares[0]");
	assert_false(tb_tally_is_readable(e.t, p.data, p.len));
	memset(p.data + list, 0, 32); /* the identity is a point, and false */
	expect(&e, 1, &p, "DLEQ.LIST", "questions[1]");
	assert_true(tb_tally_is_readable(e.t, p.data, p.len));
	memcpy(p.data + list, kept, 32);
	for (size_t at = proof; at < proof + 96; at += 7) {
		p.data[at] ^= 1;
		assert_int_equal(
			tb_tally_check_decrypt(e.t, ceremony(&e), 1, p.data, p.len, &fault), TB_ERR_RULE);
		p.data[at] ^= 1;
	}
	expect(&e, 1, &p, NULL, NULL);
	/* the list is proved before the lot: a false proof of an option is named first */
	p.data[3] ^= 1;
	p.data[proof] ^= 1;
	assert_int_equal(tb_tally_check_decrypt(e.t, ceremony(&e), 1, p.data, p.len, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "questions[0].options[0]");
	tb_fixture_secret(group(), &x, "somebody", 1);
	assert_int_equal(tb_tally_make_decrypt(e.t, ceremony(&e), &other, 1, &x, &fault), TB_ERR_RULE);
	tb_buf_release(&other);
	tb_buf_release(&p);
	env_free(&e);
}

/* Without a ballot there is nothing to mix; whom the method elects then, it elects by lot. */
static void test_no_ballots(void **state)
{
	static const char *const endorsers[] = {"trustee/1"};
	tb_fault fault;
	tb_result r;
	tb_buf p;
	env e;

	(void)state;
	env_new(&e, 0);
	assert_null(tb_tally_stage(e.t));
	assert_int_equal(tb_tally_mixes_due(e.t), 0);
	assert_true(tb_tally_may_decrypt_any(e.t));
	decrypt(&e, 1);
	decrypt(&e, 3);
	assert_int_equal(tb_tally_decrypt(e.t, ceremony(&e), NULL, NULL, &fault), TB_OK);
	tb_buf_init(&p, 100000);
	assert_int_equal(tb_tally_make_result(e.t, &p, endorsers, 1), TB_OK);
	assert_int_equal(tb_result_parse(&r, &e.m->manifest, p.data, p.len, &fault), TB_OK);
	assert_int_equal(r.questions[RANKED].outcome, TB_OUTCOME_DECIDED);
	assert_int_equal(r.questions[RANKED].num_elected, 2);
	assert_int_equal(r.questions[RANKED].ranked.valid, 0);
	tb_result_release(&r);
	tb_buf_release(&p);
	env_free(&e);
}

/* Below the floor nothing is mixed and nothing is said [RESULT.FLOOR]. */
static void test_withheld(void **state)
{
	static const char *const endorsers[] = {"trustee/1"};
	static const char expected[] = "\"elected\":[],\"ties\":[],\"count\":{\"valid\":0,\"invalid\":[],"
				       "\"ballots\":\"\",\"account\":\"\"}}]}";
	const tb_tally_close close = {.leaf = {9}, .size = 40, .electorate = NUM, .weight_electorate = NUM};
	tb_fault fault;
	tb_result r;
	tb_buf p;
	env e;

	(void)state;
	env_new(&e, 0);
	tb_tally_free(e.t);
	((tb_manifest *)(uintptr_t)tb_election_params_manifest(tb_board_params(e.m->board)))->privacy_floor =
		3;
	assert_int_equal(tb_tally_new(&e.t, tb_board_params(e.m->board)), TB_OK);
	keep(&e, 0);
	keep(&e, 1);
	assert_int_equal(tb_tally_finish(e.t, &close), TB_OK);
	assert_null(tb_tally_stage(e.t));
	assert_false(tb_tally_may_decrypt_any(e.t));
	assert_int_equal(tb_tally_decrypt(e.t, ceremony(&e), NULL, NULL, &fault), TB_OK);
	tb_buf_init(&p, 100000);
	assert_int_equal(tb_tally_make_result(e.t, &p, endorsers, 1), TB_OK);
	assert_non_null(strstr(tb_buf_cstr(&p), expected));
	assert_int_equal(tb_result_parse(&r, &e.m->manifest, p.data, p.len, &fault), TB_OK);
	tb_result_release(&r);
	tb_buf_release(&p);
	env_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_ballots_come_out),
		cmocka_unit_test(test_the_result),
		cmocka_unit_test(test_false_shares),
		cmocka_unit_test(test_no_ballots),
		cmocka_unit_test(test_withheld),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
