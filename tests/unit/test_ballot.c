/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#include "tests/support/fixture.h"
#include "tests/support/sample.h"

/* Three questions of different kinds: choose 1..2 of 4 or blank, score 0..3, referendum. */
static const tb_sample_question THREE[] = {{4, 1, 1, 2, true}, {3, 3, 0, 9, false}, {2, 1, 1, 1, false}};

static tb_sample sample;

static int set_up(void **state)
{
	(void)state;
	tb_sample_new(&sample, tb_group_ristretto255(), THREE, 3, 3, 2);
	tb_sample_fixed_key(&sample);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tb_sample_free(&sample);
	return 0;
}

static void assert_fault(tb_err err, const tb_fault *fault, const char *rule, const char *where)
{
	assert_int_equal(err, TB_ERR_RULE);
	assert_string_equal(fault->rule, rule);
	assert_string_equal(fault->where, where);
	assert_true(fault->expected[0] != '\0' && fault->found[0] != '\0');
}

/* ---- choices [BALLOT.BITS] ---- */
static bool is_valid_by_the_rule(const tb_question *q, const uint32_t *v, bool blank)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < q->num_options; i++) {
		if (v[i] > q->score_max)
			return false;
		sum += v[i];
	}
	if (blank)
		return q->blank && sum == 0;
	return sum >= q->min && sum <= q->max;
}

/* Every combination of values up to one above the maximum, with and without blank. */
static void test_choices_are_valid_exactly_by_the_rule(void **state)
{
	const tb_sample_question shapes[] = {{3, 1, 1, 2, true}, {3, 1, 0, 2, false}, {2, 2, 1, 3, true},
		{3, 2, 0, 6, false}, {4, 1, 2, 2, true}, {1, 1, 1, 1, false}};

	(void)state;
	for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
		tb_sample s;
		tb_choices c;
		tb_fault fault;
		unsigned base = shapes[k].score_max + 2, all = 1, num_valid = 0;

		tb_sample_new(&s, tb_group_ristretto255(), &shapes[k], 1, 1, 1);
		assert_int_equal(tb_choices_new(&c, &s.manifest), TB_OK);
		for (uint32_t i = 0; i < shapes[k].num_options; i++)
			all *= base;
		for (unsigned n = 0; n < 2 * all; n++) {
			unsigned rest = n / 2;
			bool valid;
			tb_err err;

			c.blank[0] = n % 2 == 1;
			for (uint32_t i = 0; i < shapes[k].num_options; i++, rest /= base)
				c.value[0][i] = rest % base;
			valid = is_valid_by_the_rule(&s.manifest.questions[0], c.value[0], c.blank[0]);
			num_valid += valid;
			err = tb_choices_check(&c, &s.manifest, &fault);
			assert_int_equal(err, valid ? TB_OK : TB_ERR_RULE);
			if (!valid)
				assert_string_equal(fault.rule, "BALLOT.BITS");
		}
		assert_true(num_valid > 0);
		tb_choices_release(&c);
		tb_sample_free(&s);
	}
}

static void test_huge_values_are_refused(void **state)
{
	const uint32_t huge[] = {UINT32_MAX, UINT32_MAX - 1, 1u << 31, 2};
	tb_choices c;
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
	tb_sample_choose(&sample, &c, 5);
	assert_int_equal(tb_choices_check(&c, &sample.manifest, &fault), TB_OK);
	for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) {
		c.value[2][0] = huge[i];
		assert_fault(tb_choices_check(&c, &sample.manifest, &fault), &fault, "BALLOT.BITS",
			"questions[2].options[0]");
	}
	tb_choices_release(&c);
}

static void test_the_fault_says_what_is_wrong(void **state)
{
	tb_choices c;
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
	c.value[0][0] = 1;
	c.value[2][1] = 1;
	assert_int_equal(tb_choices_check(&c, &sample.manifest, &fault), TB_OK);

	c.value[0][1] = c.value[0][2] = 1; /* E-15, an overvote */
	assert_fault(tb_choices_check(&c, &sample.manifest, &fault), &fault, "BALLOT.BITS", "questions[0]");
	assert_string_equal(fault.expected, "at most 2 chosen");
	assert_string_equal(fault.found, "3");
	memset(c.value[0], 0, 4 * sizeof c.value[0][0]);
	assert_fault(tb_choices_check(&c, &sample.manifest, &fault), &fault, "BALLOT.BITS", "questions[0]");
	assert_string_equal(fault.expected, "at least 1 chosen, or blank");
	c.blank[0] = true;
	assert_int_equal(tb_choices_check(&c, &sample.manifest, &fault), TB_OK);
	c.value[0][3] = 1;
	assert_fault(tb_choices_check(&c, &sample.manifest, &fault), &fault, "BALLOT.BITS", "questions[0]");
	assert_string_equal(fault.found, "both");
	c.value[0][3] = 0;
	c.blank[2] = true;
	c.value[2][1] = 0;
	assert_fault(tb_choices_check(&c, &sample.manifest, &fault), &fault, "BALLOT.BITS", "questions[2]");
	assert_string_equal(fault.found, "a blank vote");
	c.blank[2] = false;
	c.value[2][1] = 1;
	c.value[1][2] = 4; /* E-16 */
	assert_fault(tb_choices_check(&c, &sample.manifest, &fault), &fault, "BALLOT.BITS",
		"questions[1].options[2]");
	assert_string_equal(fault.expected, "0 to 3");
	tb_choices_release(&c);
}

/* ---- making ---- */
static void make(tb_buf *payload, uint8_t signature[64], uint64_t voter, uint64_t seed_number)
{
	tb_ballot_head head;
	tb_choices c;
	tb_secret key;
	tb_fault fault;
	uint8_t seed[64];

	tb_sample_head(&head, voter);
	tb_sample_voter_key(&key, voter);
	tb_fixture_bytes(seed, "seed", seed_number);
	assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
	tb_sample_choose(&sample, &c, voter);
	tb_buf_init(payload, TB_BALLOT_MAX_BYTES);
	assert_int_equal(tb_ballot_make(sample.params, payload, signature, &head, &key, &c, seed,
				 &sample.binding, &fault),
		TB_OK);
	tb_choices_release(&c);
}

static void test_a_seed_determines_every_byte(void **state)
{
	uint8_t signature[3][64];
	tb_buf payload[3];

	(void)state;
	make(&payload[0], signature[0], 1, 10);
	make(&payload[1], signature[1], 1, 10);
	make(&payload[2], signature[2], 1, 11);
	assert_int_equal(payload[0].len, payload[1].len);
	assert_memory_equal(payload[0].data, payload[1].data, payload[0].len);
	assert_memory_equal(signature[0], signature[1], 64);
	assert_int_equal(payload[0].len, payload[2].len);
	assert_true(memcmp(payload[0].data, payload[2].data, payload[0].len) != 0);
	assert_true(memcmp(signature[0], signature[2], 32) != 0); /* another nonce */
	for (int i = 0; i < 3; i++)
		tb_buf_release(&payload[i]);
}

static void test_the_payload_is_laid_out_as_the_spec_says(void **state)
{
	/* [BALLOT.QUESTION]: 2m points, 4 points, a scalar, 2 points, L + 3 scalars; L = 4+1+1, 3*2+4, 2 */
	const size_t parts =
		32 * (8 + 4 + 1 + 2 + 6 + 3) + 32 * (6 + 4 + 1 + 2 + 10 + 3) + 32 * (4 + 4 + 1 + 2 + 2 + 3);
	uint8_t signature[64], zero[32] = {0}, root[32];
	tb_buf p;

	(void)state;
	memset(root, 7, sizeof root);
	make(&p, signature, 1, 1);
	assert_int_equal(p.len, 1 + 1 + 7 + 32 + 8 + 8 + 32 + 1 + parts);
	assert_int_equal(p.len, tb_election_params_payload_len(sample.params, 7));
	assert_memory_equal(p.data, "\x01\x07voter-1", 9);
	assert_memory_equal(p.data + 9, zero, 32);
	assert_int_equal(tb_load_u64(p.data + 41), 1790000000);
	assert_int_equal(tb_load_u64(p.data + 49), 9);
	assert_memory_equal(p.data + 57, root, 32);
	assert_int_equal(p.data[89], 3);
	tb_buf_release(&p);
}

static void test_the_signature_is_of_the_entry(void **state)
{
	uint8_t signature[64], public_key[32];
	tb_fault fault;
	tb_entry e;
	tb_buf p;

	(void)state;
	make(&p, signature, 2, 2);
	tb_sample_voter_public(public_key, 2);
	assert_int_equal(tb_entry_init(&e, TB_ENTRY_BALLOT, "voter/voter-2", p.data, p.len, &fault), TB_OK);
	memcpy(e.signature, signature, sizeof e.signature);
	assert_int_equal(tb_entry_verify(&e, &sample.binding, public_key, &fault), TB_OK);
	tb_sample_voter_public(public_key, 3);
	assert_int_equal(tb_entry_verify(&e, &sample.binding, public_key, &fault), TB_ERR_RULE);
	tb_buf_release(&p);
}

static void test_what_cannot_be_voted_is_not_made(void **state)
{
	uint8_t signature[64], zero[64] = {0}, seed[32] = {1};
	tb_ballot_head head;
	tb_choices c;
	tb_secret key;
	tb_fault fault;
	tb_buf p;

	(void)state;
	tb_sample_head(&head, 0);
	tb_sample_voter_key(&key, 0);
	tb_buf_init(&p, TB_BALLOT_MAX_BYTES);
	tb_buf_text(&p, "before");
	assert_int_equal(
		tb_choices_new(&c, &sample.manifest), TB_OK); /* all zero: too few in two questions */
	memset(signature, 9, sizeof signature);
	assert_fault(
		tb_ballot_make(sample.params, &p, signature, &head, &key, &c, seed, &sample.binding, &fault),
		&fault, "BALLOT.BITS", "questions[0]");
	assert_int_equal(p.len, 6);
	assert_memory_equal(signature, zero, 64);
	tb_sample_choose(&sample, &c, 0);
	head.voter[0] = 'V';
	assert_fault(
		tb_ballot_make(sample.params, &p, signature, &head, &key, &c, seed, &sample.binding, &fault),
		&fault, "ID", "voter");
	head.voter[0] = 'v';
	p.max = 100;
	assert_int_equal(
		tb_ballot_make(sample.params, &p, signature, &head, &key, &c, seed, &sample.binding, &fault),
		TB_ERR_LIMIT);
	assert_int_equal(p.len, 6);
	tb_choices_release(&c);
	tb_buf_release(&p);
}

/* ---- reading ---- */
static void test_reading_gives_back_the_head(void **state)
{
	tb_ballot_head head;
	uint8_t signature[64];
	tb_ballot b;
	tb_fault fault;
	tb_buf p;

	(void)state;
	make(&p, signature, 77, 1);
	tb_sample_head(&head, 77);
	assert_int_equal(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), TB_OK);
	assert_string_equal(b.head.voter, "voter-77");
	assert_memory_equal(b.head.prev, head.prev, 32);
	assert_memory_equal(b.head.checkpoint_root, head.checkpoint_root, 32);
	assert_true(b.head.date == head.date && b.head.checkpoint_size == head.checkpoint_size);
	assert_ptr_equal(b.part[0], p.data + 91);
	assert_ptr_equal(b.part[2] + tb_election_params_part_len(sample.params, 2), p.data + p.len);
	tb_buf_release(&p);
}

/* A-03, E-03, E-04: other lengths, other numbers of questions or options. */
static void test_every_other_length_is_refused(void **state)
{
	uint8_t signature[64];
	tb_ballot b;
	tb_fault fault;
	tb_buf p;

	(void)state;
	make(&p, signature, 1, 1);
	for (size_t len = 0; len < p.len; len++) {
		uint8_t *copy =
			malloc(len + 1); /* of its own, so that a sanitizer sees a read past the end */

		assert_non_null(copy);
		memcpy(copy, p.data, len);
		assert_int_equal(tb_ballot_parse(sample.params, &b, copy, len, &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "BALLOT.PAYLOAD");
		free(copy);
	}
	tb_buf_u8(&p, 0);
	assert_fault(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD",
		"length");
	tb_buf_release(&p);
}

static void test_a_wrong_frame_is_refused(void **state)
{
	uint8_t signature[64];
	tb_ballot b;
	tb_fault fault;
	tb_buf p;

	(void)state;
	make(&p, signature, 1, 1);
	p.data[0] = 2;
	assert_fault(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD",
		"version");
	p.data[0] = 1;
	p.data[4] = 'O';
	assert_fault(
		tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD", "voter");
	p.data[4] = 0;
	assert_fault(
		tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD", "voter");
	p.data[4] = 't';
	p.data[1] = 0;
	assert_fault(
		tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD", "voter");
	p.data[1] = 65;
	assert_fault(
		tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD", "voter");
	p.data[1] = 7;
	p.data[89] = 2; /* E-04 */
	assert_fault(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.PAYLOAD",
		"number of questions");
	p.data[89] = 3;
	assert_int_equal(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), TB_OK);
	tb_buf_release(&p);
}

/* E-02, U-06: A_i = 1 and equal A_i in one question or in two. */
static void test_bad_points_are_seen_in_the_bytes(void **state)
{
	uint8_t signature[64], kept[32];
	size_t second = 91 - 1 + tb_election_params_part_len(sample.params, 0); /* A_1 of question 1 */
	tb_ballot b;
	tb_fault fault;
	tb_buf p;

	(void)state;
	make(&p, signature, 1, 1);
	memcpy(kept, p.data + 90 + 64, 32);
	memset(p.data + 90 + 64, 0, 32);
	assert_fault(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.POINTS",
		"questions[0].options[1]");
	memcpy(p.data + 90 + 64, p.data + 90, 32); /* A_2 = A_1 */
	assert_fault(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.POINTS",
		"questions");
	memcpy(p.data + 90 + 64, kept, 32);
	assert_int_equal(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), TB_OK);
	memcpy(kept, p.data + second, 32);
	memcpy(p.data + second, p.data + 90 + 64, 32); /* A_1 of question 1 = A_2 of question 0 */
	assert_fault(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), &fault, "BALLOT.POINTS",
		"questions");
	memcpy(p.data + second, kept, 32);
	memcpy(p.data + 90 + 32, p.data + 90, 32); /* B_1 = A_1 is no one's business here */
	assert_int_equal(tb_ballot_parse(sample.params, &b, p.data, p.len, &fault), TB_OK);
	tb_buf_release(&p);
}

/* Many options take another way to find equal points. */
static void test_equal_points_are_found_among_many(void **state)
{
	const tb_sample_question many[] = {{150, 1, 1, 1, false}, {40, 1, 1, 1, false}};
	const size_t places[][2] = {{0, 149}, {3, 4}, {70, 189}, {0, 150}, {188, 189}};
	tb_sample s;
	tb_sample_ballot ballot;
	tb_ballot b;
	tb_fault fault;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), many, 2, 1, 1);
	tb_sample_fixed_key(&s);
	tb_sample_cast(&ballot, &s, 0, NULL);
	for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
		uint8_t kept[32], *at[2];

		assert_int_equal(
			tb_ballot_parse(s.params, &b, ballot.payload.data, ballot.payload.len, &fault),
			TB_OK);
		for (int i = 0; i < 2; i++) {
			size_t place = places[k][i], q = place >= 150;

			at[i] = ballot.payload.data + (b.part[q] - ballot.payload.data) +
				64 * (place - 150 * q);
		}
		memcpy(kept, at[1], 32);
		memcpy(at[1], at[0], 32);
		assert_fault(tb_ballot_parse(s.params, &b, ballot.payload.data, ballot.payload.len, &fault),
			&fault, "BALLOT.POINTS", "questions");
		memcpy(at[1], kept, 32);
	}
	tb_sample_ballot_free(&ballot);
	tb_sample_free(&s);
}

/* ---- the audit, E-22 ---- */
static void test_an_opened_ballot_must_recompute(void **state)
{
	uint8_t signature[64], public_key[32], seed[64];
	tb_choices c;
	tb_fault fault;
	tb_buf p;

	(void)state;
	make(&p, signature, 4, 40);
	tb_sample_voter_public(public_key, 4);
	tb_fixture_bytes(seed, "seed", 40);
	assert_int_equal(tb_choices_new(&c, &sample.manifest), TB_OK);
	tb_sample_choose(&sample, &c, 4);
	assert_int_equal(tb_ballot_open(sample.params, p.data, p.len, public_key, &c, seed, &fault), TB_OK);

	seed[31] ^= 1;
	assert_fault(tb_ballot_open(sample.params, p.data, p.len, public_key, &c, seed, &fault), &fault,
		"BALLOT.SEED", "payload");
	seed[31] ^= 1;
	c.value[2][0] ^= 1; /* the other answer: what a cheating device would have encrypted */
	c.value[2][1] ^= 1;
	assert_fault(tb_ballot_open(sample.params, p.data, p.len, public_key, &c, seed, &fault), &fault,
		"BALLOT.SEED", "payload");
	c.value[2][0] ^= 1;
	c.value[2][1] ^= 1;
	public_key[0] ^= 2;
	assert_fault(tb_ballot_open(sample.params, p.data, p.len, public_key, &c, seed, &fault), &fault,
		"BALLOT.SEED", "payload");
	public_key[0] ^= 2;
	for (size_t at = 90; at < p.len; at += 32) {
		p.data[at] ^= 1;
		assert_int_equal(tb_ballot_open(sample.params, p.data, p.len, public_key, &c, seed, &fault),
			TB_ERR_RULE);
		p.data[at] ^= 1;
	}
	tb_choices_release(&c);
	tb_buf_release(&p);
}

/* ---- tracker [BALLOT.TRACKER] ---- */
static void test_a_tracker_is_the_hash_of_the_payload(void **state)
{
	uint8_t tracker[32], expected[32];

	(void)state;
	tb_ballot_tracker(tracker, (const uint8_t *)"payload", 7);
	crypto_hash_sha256(expected, (const uint8_t *)"payload", 7);
	assert_memory_equal(tracker, expected, 32);
}

static void test_tracker_text(void **state)
{
	/* 00 44 32 14 C7 42 54 B6 35 CF 84 65 3A 56 D7 C6 = 0 1 2 3 ... 24 in five bits each, and three bits of 25 */
	const uint8_t counting[32] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf, 0x84, 0x65,
		0x3a, 0x56, 0xd7, 0xc6, 0xff};
	uint8_t tracker[32], back[16];
	char text[TB_TRACKER_TEXT];

	(void)state;
	tb_ballot_tracker_text(text, counting);
	assert_string_equal(text, "0123-4567-89AB-CDEF-GHJK-MNPQ-RR");
	memset(tracker, 0xff, sizeof tracker);
	tb_ballot_tracker_text(text, tracker);
	assert_string_equal(text, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZW");
	for (uint64_t i = 0; i < 200; i++) {
		uint8_t bytes[64];

		tb_fixture_bytes(bytes, "tracker", i);
		tb_ballot_tracker_text(text, bytes);
		assert_int_equal(strlen(text), TB_TRACKER_TEXT - 1);
		assert_int_equal(tb_crockford_parse(back, sizeof back, text, strlen(text)), TB_OK);
		assert_memory_equal(back, bytes, 16);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices_are_valid_exactly_by_the_rule),
		cmocka_unit_test(test_huge_values_are_refused),
		cmocka_unit_test(test_the_fault_says_what_is_wrong),
		cmocka_unit_test(test_a_seed_determines_every_byte),
		cmocka_unit_test(test_the_payload_is_laid_out_as_the_spec_says),
		cmocka_unit_test(test_the_signature_is_of_the_entry),
		cmocka_unit_test(test_what_cannot_be_voted_is_not_made),
		cmocka_unit_test(test_reading_gives_back_the_head),
		cmocka_unit_test(test_every_other_length_is_refused),
		cmocka_unit_test(test_a_wrong_frame_is_refused),
		cmocka_unit_test(test_bad_points_are_seen_in_the_bytes),
		cmocka_unit_test(test_equal_points_are_found_among_many),
		cmocka_unit_test(test_an_opened_ballot_must_recompute),
		cmocka_unit_test(test_a_tracker_is_the_hash_of_the_payload),
		cmocka_unit_test(test_tracker_text),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, set_up, tear_down);
}
