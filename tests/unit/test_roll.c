/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/roll.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* 1, 2, 3 times the generator of ristretto255 (RFC 9496, A.1), and its identity. */
#define K1 "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="
#define K2 "akkyEPdJnNF/7LUQrgzqI6EQ6NW5AfisrdMJXHOjuRk="
#define K3 "lHQfXV1SdV7OTyPwRO4n1dHqHivRlrRiFmsWFSqdAlk="
#define IDENTITY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static const tb_question QUESTION = {.score_max = 5};

static tb_roll *new_roll(uint64_t min_holders, bool warn)
{
	tb_question question = QUESTION;
	tb_manifest m = {
		.min_holders = min_holders, .weights_warn = warn, .questions = &question, .num_questions = 1};
	tb_roll *r;

	assert_int_equal(tb_roll_new(&r, &m), TB_OK);
	return r;
}

/* ---- chunks by themselves ---- */

static const char *const GOOD_CHUNKS[] = {
	"{\"first\":0,\"voters\":[[\"ada\",\"Ada L.\",1,\"" K1 "\"]],\"final\":true}",
	"{\"first\":7,\"voters\":[[\"ada\",\"Ada \\\"A\\\" \\\\ L.\",1000000,\"" K1
	"\"],[\"b.c_d-9\",\"\xc3\x9c\",3,\"" K2 "\"],[\"zz\",\"z\",3,\"" K3 "\"]],\"final\":false}",
	"{\"first\":9007199254740991,\"voters\":[],\"final\":true}",
};

static void test_chunk_is_written_as_it_was_read(void **state)
{
	tb_roll_chunk c;
	tb_fault fault;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 10000);
	for (size_t i = 0; i < sizeof GOOD_CHUNKS / sizeof GOOD_CHUNKS[0]; i++) {
		assert_int_equal(
			tb_roll_chunk_parse(&c, GOOD_CHUNKS[i], strlen(GOOD_CHUNKS[i]), &fault), TB_OK);
		tb_buf_clear(&out);
		assert_int_equal(tb_roll_chunk_write(&out, &c), TB_OK);
		assert_string_equal(tb_buf_cstr(&out), GOOD_CHUNKS[i]);
		if (i == 1) {
			assert_int_equal(c.num, 3);
			assert_int_equal(c.first, 7);
			assert_false(c.is_final);
			assert_string_equal(c.voters[0].label, "Ada \"A\" \\ L.");
			assert_string_equal(c.voters[1].id, "b.c_d-9");
			assert_int_equal(c.voters[0].weight, 1000000);
		}
		tb_roll_chunk_release(&c);
	}
	tb_buf_release(&out);
}

#define ONE(id, label, weight, key) "[\"" id "\",\"" label "\"," weight ",\"" key "\"]"
#define CHUNK(voters) "{\"first\":0,\"voters\":[" voters "],\"final\":true}"

static void test_bad_chunks(void **state)
{
	static const struct {
		const char *text, *rule, *where;
	} bad[] = {
		{"", "JSON.CANONICAL", NULL},
		{"{\"first\":0,\"voters\":[],\"final\":false}", "ROLL", "voters"},
		{"{\"voters\":[],\"first\":0,\"final\":true}", "JSON.CANONICAL", NULL},
		{"{\"first\":0,\"voters\":[],\"final\":1}", "ROLL", "final"},
		{"{\"first\":0,\"voters\":[],\"final\":true,\"x\":0}", "JSON.CANONICAL", "x"},
		{"{\"first\":0,\"voters\":[],\"final\":true}\n", "JSON.CANONICAL", NULL},
		{CHUNK(ONE("a", "A", "1.0", K1)), "JSON.CANONICAL", NULL},
		{CHUNK(ONE("a", "\\u0041", "1", K1)), "JSON.CANONICAL", NULL},
		{CHUNK("[\"a\",\"A\",1]"), "ROLL", "voters[0]"},
		{CHUNK("[\"a\",\"A\",1,\"" K1 "\",0]"), "ROLL", "voters[0]"},
		{CHUNK("[\"a\",7,1,\"" K1 "\"]"), "ROLL", "voters[0][1]"},
		{CHUNK(ONE("a", "A", "0", K1)), "ROLL", "voters[0][2]"},
		{CHUNK(ONE("a", "A", "1000001", K1)), "ROLL", "voters[0][2]"},
		{CHUNK(ONE("a", "A", "4294967297", K1)), "ROLL", "voters[0][2]"},
		{CHUNK(ONE("", "A", "1", K1)), "ID", "voters[0][0]"},
		{CHUNK(ONE("A", "A", "1", K1)), "ID", "voters[0][0]"},
		{CHUNK(ONE("a@b.org", "A", "1", K1)), "ID", "voters[0][0]"},
		{CHUNK(ONE("a", "", "1", K1)), "TEXT", "voters[0][1]"},
		{CHUNK(ONE("a", "A\\nB", "1", K1)), "TEXT", "voters[0][1]"},
		{CHUNK(ONE("a", "Bjo\xcc\x88rn", "1", K1)), "TEXT", "voters[0][1]"},
		{CHUNK(ONE("a",
			 "\xe2\x80\xae"
			 "A",
			 "1", K1)),
			"TEXT", "voters[0][1]"},
		{CHUNK(ONE("a", "A", "1", "AAAA")), "ROLL", "voters[0][3]"},
		{CHUNK(ONE("a", "A", "1", IDENTITY)), "ROLL.KEYS", "voters[0][3]"},
		{CHUNK(ONE("a", "A", "1", "//////////////////////////////////////////8=")), "ROLL.KEYS",
			"voters[0][3]"},
		{CHUNK(ONE("b", "A", "1", K1) "," ONE("a", "A", "1", K2)), "ROLL", "voters[1][0]"},
		{CHUNK(ONE("a", "A", "1", K1) "," ONE("a", "A", "1", K2)), "ROLL", "voters[1][0]"},
		{CHUNK(ONE("a", "A", "1", K1) "," ONE("b", "B", "1", K2) "," ONE("c", "C", "1", K1)),
			"ROLL.KEYS", "voters[2][3]"},
	};
	tb_roll_chunk c;
	tb_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		memset(&fault, 0, sizeof fault);
		if (tb_roll_chunk_parse(&c, bad[i].text, strlen(bad[i].text), &fault) != TB_ERR_RULE ||
			strcmp(fault.rule, bad[i].rule) != 0 ||
			(bad[i].where != NULL && strcmp(fault.where, bad[i].where) != 0))
			fail_msg("%s: %s at %s", bad[i].text, fault.rule, fault.where);
		assert_null(c.voters);
	}
}

/* The scanner takes nothing that the general reader refuses: what is read is canonical, so it is written back the same. */
static void test_changed_chunks(void **state)
{
	char text[400];
	tb_roll_chunk c;
	tb_fault fault;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 10000);
	for (size_t i = 0; i < sizeof GOOD_CHUNKS / sizeof GOOD_CHUNKS[0]; i++) {
		size_t len = strlen(GOOD_CHUNKS[i]);

		for (size_t at = 0; at < len; at++) {
			for (int bit = 1; bit < 256; bit *= 2) {
				memcpy(text, GOOD_CHUNKS[i], len + 1);
				text[at] = (char)(text[at] ^ bit);
				if (tb_roll_chunk_parse(&c, text, len, &fault) != TB_OK)
					continue;
				tb_buf_clear(&out);
				assert_int_equal(tb_roll_chunk_write(&out, &c), TB_OK);
				assert_string_equal(tb_buf_cstr(&out), text);
				tb_roll_chunk_release(&c);
			}
		}
	}
	tb_buf_release(&out);
}

static void test_chunk_sizes(void **state)
{
	static const char *const keys[] = {K1, K2, K3};
	tb_roll_chunk c;
	tb_fault fault;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 1 << 20);
	for (size_t num = TB_ROLL_CHUNK_MAX; num <= TB_ROLL_CHUNK_MAX + 1; num++) {
		tb_buf_clear(&out);
		tb_buf_text(&out, "{\"first\":0,\"voters\":[");
		for (size_t i = 0; i < num; i++) {
			char voter[128];

			snprintf(voter, sizeof voter, "%s[\"v%04zu\",\"x\",1,\"%s\"]", i > 0 ? "," : "", i,
				keys[i % 3]);
			tb_buf_text(&out, voter);
		}
		tb_buf_text(&out, "],\"final\":true}");
		assert_int_equal(tb_roll_chunk_parse(&c, out.data, out.len, &fault), TB_ERR_RULE);
		/* 1000 are allowed (and then the keys are refused), 1001 are not */
		assert_string_equal(fault.rule, num == TB_ROLL_CHUNK_MAX ? "ROLL.KEYS" : "ROLL");
	}
	tb_buf_release(&out);
}

/* ---- the state, against a plain model ---- */

/* Any 32 bytes: the state does not look at what a key is. */
static void make_key(uint8_t key[32], uint32_t n)
{
	memset(key, 0, 32);
	tb_store_u32(key + 28, n);
	key[0] = (uint8_t)(n * 37);
}

static void fill_chunk(tb_roll_chunk *c, char (*ids)[16], uint64_t first, size_t num, bool is_final)
{
	c->first = first;
	c->num = num;
	c->is_final = is_final;
	for (size_t i = 0; i < num; i++) {
		snprintf(ids[i], sizeof ids[i], "v%08u", (unsigned)(first + i));
		c->voters[i].id = ids[i];
		c->voters[i].label = ids[i];
		c->voters[i].weight = 1 + (uint32_t)((first + i) % 3);
		make_key(c->voters[i].key, (uint32_t)(first + i));
	}
}

static void load(tb_roll *r, uint32_t num)
{
	static tb_roll_voter voters[TB_ROLL_CHUNK_MAX];
	static char ids[TB_ROLL_CHUNK_MAX][16];
	tb_roll_chunk c = {.voters = voters};
	tb_fault fault;

	for (uint32_t first = 0; first < num; first += (uint32_t)c.num) {
		size_t n = num - first < TB_ROLL_CHUNK_MAX ? num - first : TB_ROLL_CHUNK_MAX;

		fill_chunk(&c, ids, first, n, first + n == num);
		assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
		assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	}
}

static tb_err change(
	tb_roll *r, tb_roll_action action, unsigned voter, uint32_t weight, uint32_t key, tb_fault *fault)
{
	char id[16], label[] = "x", reason[] = "y";
	tb_roll_change c = {
		.action = action, .voter = id, .label = label, .reason = reason, .weight = weight};
	tb_err err;

	snprintf(id, sizeof id, "v%08u", voter);
	make_key(c.key, key);
	err = tb_roll_check_change(r, &c, fault);
	return err == TB_OK ? tb_roll_apply_change(r, &c) : err;
}

#define MODEL_MAX 6000
#define KEYS_MAX 40000

struct model {
	struct {
		bool listed, removed, added, changed;
		uint32_t weight, key, latest;
	} voter[MODEL_MAX];
	bool had[KEYS_MAX]; /* a key that is or was on the roll */
};

static bool key_taken(const struct model *m, uint32_t key)
{
	return m->had[key];
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static void sum_holders(void *arg, uint32_t weight, uint64_t holders, uint64_t cast)
{
	uint64_t *sum = arg;

	assert_true(weight > sum[2]); /* smallest first, each once */
	sum[2] = weight;
	sum[0] += holders;
	sum[1] += holders * weight;
	assert_true(cast <= holders);
	sum[3] += cast;
	sum[4] += cast * weight;
}

static void compare_numbers(const tb_roll *r, const struct model *m)
{
	uint64_t num = 0, weight = 0, cast = 0, weight_cast = 0, listed = 0, sum[5] = {0};

	for (unsigned i = 0; i < MODEL_MAX; i++) {
		listed += m->voter[i].listed;
		if (!m->voter[i].listed || m->voter[i].removed)
			continue;
		num++;
		weight += m->voter[i].weight;
		cast += m->voter[i].latest != 0;
		weight_cast += m->voter[i].latest != 0 ? m->voter[i].weight : 0;
	}
	assert_int_equal(tb_roll_num_listed(r), listed);
	assert_int_equal(tb_roll_num_voters(r), num);
	assert_int_equal(tb_roll_total_weight(r), weight);
	assert_int_equal(tb_roll_num_cast(r), cast);
	assert_int_equal(tb_roll_weight_cast(r), weight_cast);
	assert_int_equal(tb_roll_each_weight(r, sum_holders, sum), TB_OK);
	assert_int_equal(sum[0], num);
	assert_int_equal(sum[1], weight);
	assert_int_equal(sum[3], cast);
	assert_int_equal(sum[4], weight_cast);
}

static void leaf_of(uint8_t leaf[32], uint32_t index)
{
	memset(leaf, 0x5a, 32);
	tb_store_u32(leaf + 20, index);
}

static void compare_voter(const tb_roll *r, const struct model *m, unsigned i)
{
	uint8_t key[32], leaf[32];
	char id[16];
	uint64_t index = 0;
	tb_voter v;

	snprintf(id, sizeof id, "v%08u", i);
	if (!m->voter[i].listed) {
		assert_int_equal(tb_roll_find(r, id, strlen(id), &v), TB_ERR_NOT_FOUND);
		return;
	}
	assert_int_equal(tb_roll_find(r, id, strlen(id), &v), TB_OK);
	make_key(key, m->voter[i].key);
	assert_memory_equal(tb_roll_key(r, v), key, 32);
	assert_int_equal(tb_roll_weight(r, v), m->voter[i].weight);
	assert_int_equal(tb_roll_is_removed(r, v), m->voter[i].removed);
	assert_int_equal(tb_roll_is_added(r, v), m->voter[i].added);
	assert_int_equal(tb_roll_is_changed(r, v), m->voter[i].changed);
	assert_int_equal(tb_roll_latest(r, v, &index), m->voter[i].latest != 0);
	leaf_of(leaf, m->voter[i].latest);
	if (m->voter[i].latest != 0) {
		assert_int_equal(index, m->voter[i].latest);
		assert_true(tb_roll_is_prev(r, v, leaf));
		leaf[31] ^= 1;
		assert_false(tb_roll_is_prev(r, v, leaf));
	}
	assert_int_equal(tb_roll_is_prev(r, v, (const uint8_t[32]){0}), m->voter[i].latest == 0);
}

static void test_random_changes_against_a_model(void **state)
{
	static struct model m;
	tb_roll *r = new_roll(1, true);
	uint64_t rng = 88172645463325252u;
	uint32_t next_index = 1;
	tb_fault fault;

	(void)state;
	memset(&m, 0, sizeof m);
	load(r, 2500);
	for (uint32_t i = 0; i < 2500; i++) {
		m.voter[i].listed = true;
		m.voter[i].weight = 1 + i % 3;
		m.voter[i].key = i;
		m.had[i] = true;
	}
	compare_numbers(r, &m);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned i = (unsigned)(next_random(&rng) % MODEL_MAX);
		uint32_t key = (uint32_t)(next_random(&rng) % KEYS_MAX);
		bool present = m.voter[i].listed && !m.voter[i].removed;
		uint8_t leaf[32];
		char id[16];
		tb_voter v;

		snprintf(id, sizeof id, "v%08u", i);
		switch (next_random(&rng) % 8) {
		case 0:
			assert_int_equal(change(r, TB_ROLL_ADD, i, 2, key, &fault) == TB_OK,
				!m.voter[i].listed && !key_taken(&m, key));
			if (!m.voter[i].listed && !key_taken(&m, key)) {
				m.voter[i].listed = m.voter[i].added = true;
				m.voter[i].weight = 2;
				m.voter[i].key = key;
				m.had[key] = true;
			}
			break;
		case 1:
			if (next_random(&rng) % 4 != 0)
				break;
			assert_int_equal(change(r, TB_ROLL_REMOVE, i, 0, 0, &fault) == TB_OK, present);
			m.voter[i].removed = m.voter[i].listed;
			break;
		case 2:
			assert_int_equal(change(r, TB_ROLL_CREDENTIAL, i, 0, key, &fault) == TB_OK,
				present && !key_taken(&m, key));
			if (present && !key_taken(&m, key)) {
				m.voter[i].key = key;
				m.had[key] = true;
				m.voter[i].changed = true;
			}
			break;
		default:
			if (!present)
				break;
			assert_int_equal(tb_roll_find(r, id, strlen(id), &v), TB_OK);
			leaf_of(leaf, next_index);
			assert_int_equal(tb_roll_set_latest(r, v, next_index, leaf), TB_OK);
			m.voter[i].latest = next_index++;
			break;
		}
		compare_voter(r, &m, i);
	}
	compare_numbers(r, &m);
	for (unsigned i = 0; i < MODEL_MAX; i++)
		compare_voter(r, &m, i);
	tb_roll_free(r);
}

static void test_chunks_in_order(void **state)
{
	tb_roll_voter voters[3];
	char ids[3][16];
	tb_roll_chunk c = {.voters = voters};
	tb_roll *r = new_roll(1, false);
	tb_fault fault;
	tb_voter v;

	(void)state;
	/* final and empty, with nobody before */
	fill_chunk(&c, ids, 0, 0, true);
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "voters");
	fill_chunk(&c, ids, 0, 3, false);
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
	assert_int_equal(tb_roll_num_listed(r), 0); /* a check changes nothing */
	assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	assert_int_equal(tb_roll_find(r, "v00000001", 9, &v), TB_OK); /* before the roll is final */
	assert_int_equal(v, 1);
	assert_int_equal(tb_roll_find(r, "v00000003", 9, &v), TB_ERR_NOT_FOUND);
	/* a gap, a repetition, an id that is not later, a key of another chunk */
	fill_chunk(&c, ids, 4, 1, false);
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL");
	assert_string_equal(fault.where, "first");
	fill_chunk(&c, ids, 3, 2, false);
	c.voters[0].id = "v00000002";
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL");
	assert_string_equal(fault.where, "voters[0][0]");
	fill_chunk(&c, ids, 3, 2, false);
	make_key(c.voters[1].key, 1);
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.KEYS");
	assert_string_equal(fault.where, "voters[1][3]");
	assert_int_equal(change(r, TB_ROLL_REMOVE, 1, 0, 0, &fault), TB_ERR_RULE); /* not final yet */
	/* an empty final chunk, and nothing after it */
	fill_chunk(&c, ids, 3, 0, true);
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
	assert_false(tb_roll_is_final(r));
	assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	assert_true(tb_roll_is_final(r));
	fill_chunk(&c, ids, 3, 1, true);
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL");
	tb_roll_free(r);
}

/* ATTACKS U-11. [ROLL.WEIGHTS] */
static void test_weights(void **state)
{
	static const struct {
		uint32_t weight[3], first[3];
		uint64_t min_holders;
		bool warn, ok;
		size_t rare;
	} cases[] = {
		{{5, 5, 5}, {5, 5, 5}, 100, false, true, 0},
		{{5, 5, 5}, {5, 5, 6}, 2, false, false, 0},
		{{5, 5, 6}, {5, 5, 6}, 2, false, true, 0},
		{{5, 5, 6}, {5, 5, 6}, 3, false, false, 0},
		{{5, 5, 6}, {5, 5, 6}, 3, true, true, 1},
		{{1, 2, 4}, {8, 16, 32}, 2, false, false, 0},
		{{1, 2, 4}, {8, 16, 32}, 2, true, true, 6},
		{{1, 2, 4}, {8, 16, 32}, 0, false, true, 0},
		{{7, 8, 8}, {7, 7, 8}, 3, false, true, 0},
	};
	tb_roll_voter voters[3];
	char ids[3][16];
	tb_roll_chunk c = {.voters = voters};
	tb_fault fault;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tb_roll *r = new_roll(cases[i].min_holders, cases[i].warn);

		fill_chunk(&c, ids, 0, 3, false);
		for (size_t j = 0; j < 3; j++)
			voters[j].weight = cases[i].first[j];
		assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
		assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
		fill_chunk(&c, ids, 3, 3, true);
		for (size_t j = 0; j < 3; j++)
			voters[j].weight = cases[i].weight[j];
		assert_int_equal(tb_roll_check_chunk(r, &c, &fault), cases[i].ok ? TB_OK : TB_ERR_RULE);
		if (cases[i].ok) {
			assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
			assert_int_equal(tb_roll_num_rare_weights(r), cases[i].rare);
		} else {
			assert_string_equal(fault.rule, "ROLL.WEIGHTS");
		}
		tb_roll_free(r);
	}
}

static void test_total_weight(void **state)
{
	/* score 5: at most 2^40/5 = 219,902,325,555 in all; 219,902 voters of a million are below, one more is above */
	tb_roll_voter voters[1];
	char ids[1][16];
	tb_roll_chunk c = {.voters = voters};
	tb_roll *r = new_roll(1, false);
	tb_fault fault;

	(void)state;
	for (uint32_t i = 0; i < 219902; i++) {
		fill_chunk(&c, ids, i, 1, false);
		voters[0].weight = TB_MAX_WEIGHT;
		if (i % 1000 == 0 || i > 219900)
			assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
		assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	}
	fill_chunk(&c, ids, 219902, 1, true);
	voters[0].weight = 325556;
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.WEIGHTS");
	voters[0].weight = 325555;
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
	assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	assert_int_equal(tb_roll_total_weight(r), 219902325555);
	assert_int_equal(change(r, TB_ROLL_ADD, 999999, 325555, 999999, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.WEIGHTS");
	assert_int_equal(change(r, TB_ROLL_REMOVE, 0, 0, 0, &fault), TB_OK);
	assert_int_equal(change(r, TB_ROLL_ADD, 999999, 325555, 999999, &fault), TB_OK);
	tb_roll_free(r);
}

/* ATTACKS D-01, D-04, U-03. [ROLL.CHANGE] */
static void test_changes_that_are_refused(void **state)
{
	tb_roll *r = new_roll(1, true);
	uint8_t leaf[32] = {9};
	tb_fault fault;

	(void)state;
	load(r, 30); /* weights 1, 2, 3 */
	assert_int_equal(change(r, TB_ROLL_ADD, 3, 1, 100, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.CHANGE");
	assert_string_equal(fault.where, "voter");
	assert_int_equal(change(r, TB_ROLL_ADD, 30, 4, 100, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.CHANGE");
	assert_string_equal(fault.where, "weight");
	assert_int_equal(change(r, TB_ROLL_ADD, 30, 1, 7, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.KEYS");
	assert_string_equal(fault.where, "key");
	assert_int_equal(change(r, TB_ROLL_CREDENTIAL, 30, 0, 100, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "voter");
	assert_int_equal(
		change(r, TB_ROLL_CREDENTIAL, 3, 0, 3, &fault), TB_ERR_RULE); /* the key that it has */
	assert_string_equal(fault.rule, "ROLL.KEYS");
	assert_int_equal(change(r, TB_ROLL_REMOVE, 30, 0, 0, &fault), TB_ERR_RULE);
	/* removed: not again, not added, no credential, and the key stays taken */
	assert_int_equal(change(r, TB_ROLL_REMOVE, 5, 0, 0, &fault), TB_OK);
	assert_int_equal(change(r, TB_ROLL_REMOVE, 5, 0, 0, &fault), TB_ERR_RULE);
	assert_int_equal(change(r, TB_ROLL_ADD, 5, 1, 100, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "voter");
	assert_int_equal(change(r, TB_ROLL_CREDENTIAL, 5, 0, 100, &fault), TB_ERR_RULE);
	assert_int_equal(change(r, TB_ROLL_ADD, 30, 1, 5, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.KEYS");
	/* a key that was replaced stays taken: no change can be posted a second time [ROLL.KEYS] */
	assert_int_equal(change(r, TB_ROLL_CREDENTIAL, 6, 0, 100, &fault), TB_OK);
	assert_int_equal(change(r, TB_ROLL_ADD, 30, 1, 100, &fault), TB_ERR_RULE);
	assert_int_equal(change(r, TB_ROLL_ADD, 30, 1, 6, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.KEYS");
	assert_int_equal(change(r, TB_ROLL_CREDENTIAL, 6, 0, 102, &fault), TB_OK);
	assert_int_equal(change(r, TB_ROLL_CREDENTIAL, 6, 0, 100, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "ROLL.KEYS");
	assert_int_equal(change(r, TB_ROLL_CREDENTIAL, 6, 0, 6, &fault), TB_ERR_RULE);
	assert_int_equal(change(r, TB_ROLL_ADD, 30, 1, 103, &fault), TB_OK);
	/* a weight whose last holder was removed */
	for (unsigned i = 2; i < 30; i += 3)
		if (i != 5)
			assert_int_equal(change(r, TB_ROLL_REMOVE, i, 0, 0, &fault), TB_OK);
	assert_int_equal(change(r, TB_ROLL_ADD, 31, 3, 101, &fault), TB_ERR_RULE);
	assert_string_equal(fault.where, "weight");
	assert_int_equal(tb_roll_set_latest(r, 0, UINT32_MAX, leaf), TB_ERR_LIMIT);
	assert_int_equal(tb_roll_set_latest(r, 0, UINT32_MAX - 1, leaf), TB_OK);
	tb_roll_free(r);
}

/* So many that every index has grown, and the one by key has forgotten: each key that somebody has or had stays taken. */
static void test_many_credentials(void **state)
{
	enum { VOTERS = 300, CHANGES = 5000 };
	tb_roll *r = new_roll(1, true);
	tb_fault fault;
	tb_voter v;
	uint8_t key[32];

	(void)state;
	load(r, VOTERS);
	for (unsigned i = 0; i < CHANGES; i++)
		assert_int_equal(change(r, TB_ROLL_CREDENTIAL, i % VOTERS, 0, 1000 + i, &fault), TB_OK);
	for (unsigned i = 0; i < VOTERS; i++)
		assert_int_equal(change(r, TB_ROLL_ADD, 5000, 1, i, &fault), TB_ERR_RULE);
	for (unsigned i = 0; i < CHANGES; i++) {
		assert_int_equal(change(r, TB_ROLL_CREDENTIAL, i % VOTERS, 0, 1000 + i, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "ROLL.KEYS");
	}
	assert_int_equal(tb_roll_find(r, "v00000299", 9, &v), TB_OK);
	make_key(key, 1000 + CHANGES - 1 - (CHANGES - 1 - 299) % VOTERS);
	assert_memory_equal(tb_roll_key(r, v), key, 32);
	assert_int_equal(change(r, TB_ROLL_ADD, 5000, 1, 1000 + CHANGES, &fault), TB_OK);
	assert_in_range(tb_roll_memory(r), 0, 1000000 + VOTERS * 64 + CHANGES * 64);
	tb_roll_free(r);
}

/* Constant plus 64 bytes per voter, at sizes where the indexes have just grown too. */
static void test_memory(void **state)
{
	static const uint32_t sizes[] = {100, 100000, 300000, 1000000};
	const size_t constant = 1100000; /* two blocks of records that are just begun */

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		tb_roll *r = new_roll(1, true);
		tb_fault fault;
		tb_voter v;

		load(r, sizes[i]);
		assert_in_range(tb_roll_memory(r), 0, constant + 64 * (size_t)sizes[i]);
		for (unsigned j = 0; j < 3000; j++)
			assert_int_equal(change(r, TB_ROLL_ADD, 2000000 + j, 1, 2000000 + j, &fault), TB_OK);
		assert_in_range(tb_roll_memory(r), 0, constant + 64 * ((size_t)sizes[i] + 3000));
		assert_int_equal(tb_roll_find(r, "v00000099", 9, &v), TB_OK);
		assert_int_equal(v, 99);
		tb_roll_free(r);
	}
}

/* ---- ranked questions [RANK.ROLL] ---- */

static void fill_equal(tb_roll_chunk *c, char (*ids)[16], uint64_t first, size_t num)
{
	fill_chunk(c, ids, first, num, false);
	for (size_t i = 0; i < num; i++)
		c->voters[i].weight = 1;
}

static tb_roll *ranked_roll(uint32_t num_questions)
{
	tb_question questions[20];
	tb_manifest m = {.questions = questions, .num_questions = num_questions};
	tb_roll *r;

	memset(questions, 0, sizeof questions);
	for (size_t i = 0; i < num_questions; i++)
		questions[i] = (tb_question){
			.method = TB_METHOD_RANKED, .num_options = 500, .max = 500, .score_max = 1};
	assert_int_equal(tb_roll_new(&r, &m), TB_OK);
	return r;
}

/* Fills a roll to this number of voters; then there is not room for one more. */
static void fill_up(tb_roll *r, uint64_t most)
{
	static tb_roll_voter voters[TB_ROLL_CHUNK_MAX];
	static char ids[TB_ROLL_CHUNK_MAX][16];
	tb_roll_chunk c = {.voters = voters};
	uint64_t first = 0;
	tb_fault fault;

	for (; first + TB_ROLL_CHUNK_MAX <= most; first += TB_ROLL_CHUNK_MAX) {
		fill_equal(&c, ids, first, TB_ROLL_CHUNK_MAX);
		assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
		assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
	}
	fill_equal(&c, ids, first, most - first + 1);
	c.is_final = true;
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.ROLL");
	assert_string_equal(fault.where, "voters");
	c.num--;
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_OK);
	assert_int_equal(tb_roll_apply_chunk(r, &c), TB_OK);
}

/* A weight beside a plaintext ballot would name its voter; and all ballots have to fit into a mix. */
static void test_rolls_of_ranked_questions(void **state)
{
	static tb_roll_voter voters[3];
	static char ids[3][16];
	tb_roll_chunk c = {.voters = voters};
	tb_fault fault;
	tb_roll *r = ranked_roll(1);

	(void)state;
	fill_equal(&c, ids, 0, 3);
	voters[1].weight = 2;
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.ROLL");
	assert_string_equal(fault.where, "voters[1]");
	for (size_t i = 0; i < 3; i++) /* the same weight for all is none the better */
		voters[i].weight = 2;
	assert_int_equal(tb_roll_check_chunk(r, &c, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.ROLL");
	fill_up(r, 106274); /* (2^28 - 2^20) / (5*500 + 16) */
	tb_roll_free(r);
	r = ranked_roll(20);
	fill_up(r, 9284); /* (2^28 - 2^20) / (20 (64*20 + 160)) */
	assert_int_equal(change(r, TB_ROLL_ADD, 20000, 1, 20000, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.ROLL");
	assert_int_equal(change(r, TB_ROLL_REMOVE, 17, 0, 0, &fault), TB_OK);
	assert_int_equal(change(r, TB_ROLL_ADD, 20000, 2, 20000, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "RANK.ROLL");
	assert_string_equal(fault.where, "weight");
	assert_int_equal(change(r, TB_ROLL_ADD, 20000, 1, 20000, &fault), TB_OK);
	tb_roll_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunk_is_written_as_it_was_read),
		cmocka_unit_test(test_bad_chunks),
		cmocka_unit_test(test_changed_chunks),
		cmocka_unit_test(test_chunk_sizes),
		cmocka_unit_test(test_random_changes_against_a_model),
		cmocka_unit_test(test_chunks_in_order),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_total_weight),
		cmocka_unit_test(test_changes_that_are_refused),
		cmocka_unit_test(test_many_credentials),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_rolls_of_ranked_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
