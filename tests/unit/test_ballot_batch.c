/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot_batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fixture.h"
#include "tests/support/sample.h"

#define HEAD 90 /* bytes before the first question, for a voter id of seven characters */

/* Two questions of the same shape, so that parts can be exchanged, and a score. */
static const tb_sample_question THREE[] = {{3, 1, 1, 2, false}, {3, 1, 1, 2, false}, {2, 3, 0, 6, false}};

static tb_sample sample;
static tb_ballot_batch *batch;

static int set_up(void **state)
{
	(void)state;
	tb_sample_new(&sample, tb_group_ristretto255(), THREE, 3, 3, 2);
	tb_sample_fixed_key(&sample);
	return tb_ballot_batch_new(&batch, sample.params, 64) == TB_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tb_ballot_batch_free(batch);
	tb_sample_free(&sample);
	return 0;
}

/* ---- tools of an attacker ---- */
static uint8_t *part(tb_sample_ballot *b, uint32_t question)
{
	size_t at = HEAD;

	for (uint32_t q = 0; q < question; q++)
		at += tb_election_params_part_len(sample.params, q);
	return b->payload.data + at;
}

/* The only ballot of a batch, signed by its voter after whatever was done to it, is refused by this rule. */
static void expect(tb_sample_ballot *b, const char *rule, uint32_t question)
{
	tb_fault fault;
	char where[32];

	tb_sample_sign(b, &sample);
	assert_int_equal(tb_ballot_batch_verify_one(batch, &b->entry, &sample.binding, b->public_key, &fault),
		TB_ERR_RULE);
	assert_string_equal(fault.rule, rule);
	if (strcmp(rule, "BALLOT.VERIFY") == 0) {
		snprintf(where, sizeof where, "payload.questions[%u]", question);
		assert_string_equal(fault.where, where);
	}
}

/* point += k*g, on the wire. */
static void shift_point(uint8_t *wire, uint64_t k)
{
	const tb_group *g = sample.manifest.group;
	tb_point p, d;
	tb_scalar s;

	assert_int_equal(tb_point_parse(g, &p, wire), TB_OK);
	tb_point_generator(g, &d);
	tb_scalar_set_u64(g, &s, k);
	tb_point_mul_public(g, &d, &s, &d);
	tb_point_add(g, &p, &p, &d);
	tb_point_write(g, wire, &p);
}

/* scalar += k, or -= k. */
static void shift_scalar(uint8_t *wire, uint64_t k, bool down)
{
	const tb_group *g = sample.manifest.group;
	tb_scalar s, d;

	assert_int_equal(tb_scalar_parse(g, &s, wire), TB_OK);
	tb_scalar_set_u64(g, &d, k);
	if (down)
		tb_scalar_sub(g, &s, &s, &d);
	else
		tb_scalar_add(g, &s, &s, &d);
	tb_scalar_write(g, wire, &s);
}

/* ---- honest ballots ---- */
static void test_honest_ballots_of_many_shapes_verify(void **state)
{
	const tb_sample_question shapes[] = {{2, 1, 1, 1, false}, {5, 1, 1, 3, false}, {5, 1, 2, 2, true},
		{1, 1, 0, 1, false}, {4, 5, 0, 20, false}, {3, 255, 0, 765, false}, {70, 1, 0, 70, false}};

	(void)state;
	for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
		tb_sample s;
		tb_ballot_batch *b;
		size_t num_bad;

		tb_sample_new(&s, tb_group_ristretto255(), &shapes[k], 1, 1, 1);
		tb_sample_fixed_key(&s);
		assert_int_equal(tb_ballot_batch_new(&b, s.params, 6), TB_OK);
		for (uint64_t i = 0; i < 6; i++) {
			tb_sample_ballot ballot;

			assert_false(tb_ballot_batch_is_full(b));
			tb_sample_cast(&ballot, &s, i, NULL);
			assert_int_equal(
				tb_ballot_batch_add(b, i, &ballot.entry, &s.binding, ballot.public_key, 0),
				TB_OK);
			tb_sample_ballot_free(&ballot); /* nothing of it is needed any more */
		}
		assert_true(tb_ballot_batch_is_full(b));
		assert_int_equal(tb_ballot_batch_verify(b, NULL, &num_bad), TB_OK);
		assert_int_equal(num_bad, 0);
		tb_ballot_batch_free(b);
		tb_sample_free(&s);
	}
}

static void test_a_full_batch_takes_no_more_and_is_used_again(void **state)
{
	tb_sample_ballot b;
	tb_ballot_batch *two;
	size_t num_bad;

	(void)state;
	assert_int_equal(tb_ballot_batch_new(&two, sample.params, 2), TB_OK);
	tb_sample_cast(&b, &sample, 1, NULL);
	for (int round = 0; round < 3; round++) {
		for (uint64_t i = 0; i < 2; i++)
			assert_int_equal(
				tb_ballot_batch_add(two, i, &b.entry, &sample.binding, b.public_key, 0),
				TB_OK);
		assert_int_equal(tb_ballot_batch_add(two, 2, &b.entry, &sample.binding, b.public_key, 0),
			TB_ERR_LIMIT);
		assert_int_equal(tb_ballot_batch_verify(two, NULL, &num_bad), TB_OK);
		assert_int_equal(num_bad, 0);
		tb_ballot_batch_reset(two);
		assert_int_equal(tb_ballot_batch_num(two), 0);
	}
	tb_sample_ballot_free(&b);
	tb_ballot_batch_free(two);
	assert_true(tb_ballot_batch_capacity_for(sample.params, 1, 100) == 1);
	assert_true(tb_ballot_batch_capacity_for(sample.params, SIZE_MAX / 2, 100) == 100);
	assert_true(tb_ballot_batch_bytes(sample.params, 1000) > 1000 * b.payload.cap);
}

/* ---- E-01, A-01..A-04: encodings ---- */
static void test_encodings_that_are_not_canonical(void **state)
{
	tb_sample_ballot b;
	uint8_t kept[32];
	size_t scalars;

	(void)state;
	tb_sample_cast(&b, &sample, 1, NULL);
	memcpy(kept, part(&b, 0), 32);
	memset(part(&b, 0), 0xff, 32); /* above p */
	expect(&b, "BALLOT.POINTS", 0);
	memcpy(part(&b, 0), kept, 32);
	part(&b, 0)[0] |= 1; /* negative, unless it was: then another element or none */
	part(&b, 0)[31] |= 0x80;
	expect(&b, "BALLOT.POINTS", 0);
	memcpy(part(&b, 0), kept, 32);

	scalars = 32 * (6 + 4); /* alpha of question 0 */
	for (size_t i = 0; i < 1 + 4 + 3; i++) {
		uint8_t *at = part(&b, 0) + scalars + 32 * i + (i > 0 ? 64 : 0);
		uint8_t order[32];
		unsigned carry = 0;

		memcpy(kept, at, 32);
		tb_group_order(sample.manifest.group, order);
		for (int k = 0; k < 32; k++) { /* the same value plus q */
			carry += (unsigned)at[k] + order[k];
			at[k] = (uint8_t)carry;
			carry >>= 8;
		}
		assert_int_equal(carry, 0);
		expect(&b, "BALLOT.POINTS", 0);
		memcpy(at, kept, 32);
	}
	tb_sample_ballot_free(&b);
}

/* ---- E-07, E-08, E-14, U-06: what the proof is about ---- */
static void test_ciphertexts_and_proofs_cannot_be_moved(void **state)
{
	size_t len = tb_election_params_part_len(sample.params, 0);
	tb_sample_ballot b;
	uint8_t *copy = malloc(len);

	(void)state;
	assert_non_null(copy);
	tb_sample_cast(&b, &sample, 1, NULL);
	memcpy(copy, part(&b, 0), len); /* the parts of two questions exchanged */
	memmove(part(&b, 0), part(&b, 1), len);
	memcpy(part(&b, 1), copy, len);
	expect(&b, "BALLOT.VERIFY", 0);
	memcpy(part(&b, 1), part(&b, 0), len);
	memcpy(part(&b, 0), copy, len);
	tb_fault fault;
	tb_sample_sign(&b, &sample);
	assert_int_equal(
		tb_ballot_batch_verify_one(batch, &b.entry, &sample.binding, b.public_key, &fault), TB_OK);
	memcpy(copy, part(&b, 1), 64); /* the ciphertexts of two options exchanged */
	memcpy(part(&b, 1), part(&b, 1) + 64, 64);
	memcpy(part(&b, 1) + 64, copy, 64);
	expect(&b, "BALLOT.VERIFY", 1);
	free(copy);
	tb_sample_ballot_free(&b);
}

/* E' = E + Enc(0), and a vote more, a vote less, a thousand votes; the proof stays. */
static void test_altered_ciphertexts(void **state)
{
	const uint64_t more[] = {1, 2, 1000, UINT64_MAX};
	const tb_group *g = sample.manifest.group;
	tb_point a, c, h;
	tb_scalar r;
	tb_sample_ballot b;
	uint8_t *at;

	(void)state;
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
		tb_sample_cast(&b, &sample, 1, NULL);
		shift_point(part(&b, 0) + 32, more[i]);
		expect(&b, "BALLOT.VERIFY", 0);
		tb_sample_ballot_free(&b);
	}
	tb_sample_cast(&b, &sample, 1, NULL);
	at = part(&b, 2);
	tb_scalar_set_u64(g, &r, 12345);
	shift_point(at, 12345);
	tb_point_copy(g, &h, tb_election_params_h(sample.params));
	tb_point_mul_public(g, &h, &r, &h);
	assert_int_equal(tb_point_parse(g, &c, at + 32), TB_OK);
	tb_point_add(g, &c, &c, &h);
	tb_point_write(g, at + 32, &c);
	assert_int_equal(tb_point_parse(g, &a, at), TB_OK);
	expect(&b, "BALLOT.VERIFY", 2);
	tb_sample_ballot_free(&b);
}

/* E-13, E-15, E-16: a proof that is right for another rule of the same size. */
static void expect_other_rule_refused(
	tb_sample_question rule, tb_sample_question other, const uint32_t *values, bool blank)
{
	tb_sample ours, theirs;
	tb_sample_ballot b;
	tb_ballot_batch *one;
	tb_choices c;
	tb_fault fault;

	tb_sample_new(&ours, tb_group_ristretto255(), &rule, 1, 1, 1);
	tb_sample_fixed_key(&ours);
	tb_sample_new(&theirs, tb_group_ristretto255(), &other, 1, 1, 1);
	tb_sample_fixed_key(&theirs);
	assert_int_equal(
		tb_election_params_part_len(ours.params, 0), tb_election_params_part_len(theirs.params, 0));
	assert_int_equal(tb_choices_new(&c, &theirs.manifest), TB_OK);
	memcpy(c.value[0], values, other.num_options * sizeof *values);
	c.blank[0] = blank;
	assert_int_equal(tb_choices_check(&c, &ours.manifest, &fault), TB_ERR_RULE);
	tb_sample_cast(&b, &theirs, 1, &c);
	assert_int_equal(tb_ballot_batch_new(&one, theirs.params, 1), TB_OK);
	assert_int_equal(
		tb_ballot_batch_verify_one(one, &b.entry, &theirs.binding, b.public_key, &fault), TB_OK);
	tb_ballot_batch_free(one);
	assert_int_equal(tb_ballot_batch_new(&one, ours.params, 1), TB_OK);
	assert_int_equal(
		tb_ballot_batch_verify_one(one, &b.entry, &ours.binding, b.public_key, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, "BALLOT.VERIFY");
	tb_ballot_batch_free(one);
	tb_choices_release(&c);
	tb_sample_ballot_free(&b);
	tb_sample_free(&ours);
	tb_sample_free(&theirs);
}

static void test_proofs_for_another_rule(void **state)
{
	(void)state;
	/* an overvote: four chosen where one to three are allowed */
	expect_other_rule_refused((tb_sample_question){5, 1, 1, 3, false},
		(tb_sample_question){5, 1, 2, 4, false}, (const uint32_t[]){1, 1, 1, 1, 0}, false);
	/* none chosen where one is due */
	expect_other_rule_refused((tb_sample_question){5, 1, 1, 3, false},
		(tb_sample_question){5, 1, 0, 2, false}, (const uint32_t[]){0, 0, 0, 0, 0}, false);
	/* a score of 3 where 2 is the most */
	expect_other_rule_refused((tb_sample_question){2, 2, 0, 4, false},
		(tb_sample_question){2, 3, 2, 6, false}, (const uint32_t[]){3, 1}, false);
	/* blank and choices at once: three chosen, one of them over the blank bit's place */
	expect_other_rule_refused((tb_sample_question){3, 1, 1, 2, true},
		(tb_sample_question){3, 1, 0, 3, false}, (const uint32_t[]){1, 1, 1}, false);
}

/* ---- E-09, E-11, E-12, U-04: whose ballot, of which election [PROOF.NM] ---- */
static void test_a_ballot_copied_by_another_voter(void **state)
{
	tb_sample_ballot victim, thief;

	(void)state;
	tb_sample_cast(&victim, &sample, 1, NULL);
	tb_sample_cast(&thief, &sample, 2, NULL);
	memcpy(part(&thief, 0), part(&victim, 0), victim.payload.len - HEAD); /* all of it */
	expect(&thief, "BALLOT.VERIFY", 0);
	tb_sample_ballot_free(&thief);
	tb_sample_cast(&thief, &sample, 2, NULL);
	memcpy(part(&thief, 1), part(&victim, 1),
		tb_election_params_part_len(sample.params, 1)); /* one answer */
	expect(&thief, "BALLOT.VERIFY", 1);
	memcpy(thief.payload.data, victim.payload.data, victim.payload.len); /* byte for byte */
	expect(&thief, "BALLOT.PAYLOAD", 0);
	tb_sample_ballot_free(&victim);
	tb_sample_ballot_free(&thief);
}

static void verify_with(tb_sample_ballot *b, const tb_election_params *p, const tb_binding *binding,
	const uint8_t key[32], const char *rule)
{
	tb_ballot_batch *one;
	tb_fault fault;

	assert_int_equal(tb_ballot_batch_new(&one, p, 1), TB_OK);
	assert_int_equal(tb_ballot_batch_verify_one(one, &b->entry, binding, key, &fault), TB_ERR_RULE);
	assert_string_equal(fault.rule, rule);
	tb_ballot_batch_free(one);
}

static void test_a_ballot_of_another_election_or_key(void **state)
{
	tb_election_params *other;
	tb_binding binding = sample.binding;
	uint8_t context[32], key[32];
	tb_sample_ballot b;
	tb_secret secret;
	tb_point h;

	(void)state;
	tb_sample_cast(&b, &sample, 1, NULL);
	/* another context: the signature is not for it, and signed anew the proof is not */
	memset(context, 5, sizeof context);
	memcpy(binding.context, context, 32);
	assert_int_equal(tb_election_params_new(
				 &other, &sample.manifest, tb_election_params_h(sample.params), context),
		TB_OK);
	verify_with(&b, other, &binding, b.public_key, "ENTRY.SIGNATURE");
	tb_sample_voter_key(&secret, 1);
	assert_int_equal(tb_entry_sign(&b.entry, &binding, &secret, context), TB_OK);
	verify_with(&b, other, &binding, b.public_key, "BALLOT.VERIFY");
	tb_election_params_free(other);

	/* another election id */
	binding = sample.binding;
	tb_sample_sign(&b, &sample);
	binding.election[0] ^= 1;
	verify_with(&b, sample.params, &binding, b.public_key, "ENTRY.SIGNATURE");

	/* another h */
	tb_fixture_secret(sample.manifest.group, &secret, "another key", 0);
	tb_point_mul_generator_secret(sample.manifest.group, &h, &secret);
	assert_int_equal(tb_election_params_new(&other, &sample.manifest, &h, sample.context), TB_OK);
	verify_with(&b, other, &sample.binding, b.public_key, "BALLOT.VERIFY");
	tb_election_params_free(other);

	/* another credential on the roll: for the old signature, and with a new one for the old proof */
	tb_sample_voter_public(key, 9);
	verify_with(&b, sample.params, &sample.binding, key, "ENTRY.SIGNATURE");
	tb_sample_voter_key(&secret, 9);
	assert_int_equal(tb_entry_sign(&b.entry, &sample.binding, &secret, context), TB_OK);
	verify_with(&b, sample.params, &sample.binding, key, "BALLOT.VERIFY");
	tb_sample_ballot_free(&b);
}

/* ---- E-17: signatures ---- */
static void test_bad_signatures(void **state)
{
	uint8_t zero[32] = {0};
	tb_sample_ballot b;
	tb_fault fault;

	(void)state;
	tb_sample_cast(&b, &sample, 1, NULL);
	for (size_t bit = 0; bit < 8 * TB_SCHNORR_BYTES; bit++) {
		b.entry.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			tb_ballot_batch_verify_one(batch, &b.entry, &sample.binding, b.public_key, &fault),
			TB_ERR_RULE);
		assert_string_equal(fault.rule, "ENTRY.SIGNATURE");
		b.entry.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	verify_with(&b, sample.params, &sample.binding, zero,
		"ENTRY.SIGNATURE"); /* D-02, the identity as a key */
	memset(b.entry.signature, 0, sizeof b.entry.signature);
	verify_with(&b, sample.params, &sample.binding, b.public_key, "ENTRY.SIGNATURE");
	tb_sample_ballot_free(&b);
}

/* Whatever is wrong inside, a bad signature is what is reported: proofs of strangers are not looked at. */
static void test_signatures_come_first(void **state)
{
	tb_sample_ballot b;

	(void)state;
	tb_sample_cast(&b, &sample, 1, NULL);
	shift_point(part(&b, 0) + 32, 1);
	b.entry.payload_hash[0] ^= 1; /* as parsed from other bytes */
	verify_with(&b, sample.params, &sample.binding, b.public_key, "ENTRY.SIGNATURE");
	tb_sample_ballot_free(&b);
}

/* ---- U-07: errors that cancel when randomisers are equal ---- */
static void test_errors_do_not_cancel(void **state)
{
	tb_sample_ballot b[2];
	size_t za = tb_election_params_part_len(sample.params, 0) - 96, num_bad;

	(void)state;
	/* in two ballots: za + d and za - d */
	for (uint64_t i = 0; i < 2; i++) {
		tb_sample_cast(&b[i], &sample, i, NULL);
		shift_scalar(part(&b[i], 0) + za, 77, i == 1);
		tb_sample_sign(&b[i], &sample);
		assert_int_equal(
			tb_ballot_batch_add(batch, i, &b[i].entry, &sample.binding, b[i].public_key, 0),
			TB_OK);
	}
	assert_int_equal(tb_ballot_batch_verify(batch, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, 2);
	tb_ballot_batch_reset(batch);
	/* in two questions of one */
	shift_scalar(part(&b[0], 1) + za, 77, true);
	expect(&b[0], "BALLOT.VERIFY", 0);
	/* in two equations of one question: both have a multiple of K */
	tb_sample_ballot_free(&b[0]);
	tb_sample_cast(&b[0], &sample, 0, NULL);
	shift_scalar(part(&b[0], 0) + za, 77, false);
	shift_scalar(part(&b[0], 0) + za + 32, 77, true);
	expect(&b[0], "BALLOT.VERIFY", 0);
	/* in two signatures */
	for (uint64_t i = 0; i < 2; i++) {
		tb_sample_ballot_free(&b[i]);
		tb_sample_cast(&b[i], &sample, i, NULL);
		shift_scalar(b[i].entry.signature + 32, 99, i == 1);
		assert_int_equal(
			tb_ballot_batch_add(batch, i, &b[i].entry, &sample.binding, b[i].public_key, 0),
			TB_OK);
	}
	assert_int_equal(tb_ballot_batch_verify(batch, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, 2);
	assert_string_equal(tb_ballot_batch_bad(batch)[1].rule, "ENTRY.SIGNATURE");
	tb_ballot_batch_reset(batch);
	for (int i = 0; i < 2; i++)
		tb_sample_ballot_free(&b[i]);
}

/* ---- all bytes, and many ballots ---- */
/* One mutant per byte behind the head, each signed by its voter, among honest ballots: exactly the mutants are named. */
static void test_every_byte_counts(void **state)
{
	const tb_sample_question one = {2, 1, 1, 1, false};
	tb_sample s;
	tb_sample_ballot honest, b;
	tb_ballot_batch *large;
	size_t num, num_bad, total;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &one, 1, 1, 1);
	tb_sample_fixed_key(&s);
	tb_sample_cast(&honest, &s, 1, NULL);
	total = honest.payload.len - HEAD;
	assert_int_equal(tb_ballot_batch_new(&large, s.params, 2 * total), TB_OK);
	tb_sample_cast(&b, &s, 1, NULL);
	for (num = 0; num < 2 * total; num++) {
		uint8_t *at = b.payload.data + HEAD + num / 2;

		if (num % 2 == 1)
			*at ^= (uint8_t)(1u << num % 7);
		tb_sample_sign(&b, &s);
		assert_int_equal(
			tb_ballot_batch_add(large, num, &b.entry, &s.binding, b.public_key, 0), TB_OK);
		if (num % 2 == 1)
			*at ^= (uint8_t)(1u << num % 7);
	}
	assert_int_equal(tb_ballot_batch_verify(large, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, total);
	for (size_t i = 0; i < num_bad; i++) {
		const char *rule = tb_ballot_batch_bad(large)[i].rule;

		assert_int_equal(tb_ballot_batch_bad(large)[i].index, 2 * i + 1);
		assert_true(strcmp(rule, "BALLOT.VERIFY") == 0 || strcmp(rule, "BALLOT.POINTS") == 0);
	}
	tb_ballot_batch_free(large);
	tb_sample_ballot_free(&honest);
	tb_sample_ballot_free(&b);
	tb_sample_free(&s);
}

#define MANY 10000
#define BAD 37
#define DISTINCT 64

/* 10,000 ballots with 37 bad ones of several kinds: exactly those are named, each with its rule. */
static void test_the_bad_ones_among_many(void **state)
{
	static const char *const rules[] = {"BALLOT.VERIFY", "BALLOT.POINTS", "ENTRY.SIGNATURE"};
	const tb_sample_question one = {2, 1, 1, 1, false};
	tb_sample_ballot good[DISTINCT], bad[3];
	static uint8_t kind[MANY];
	tb_ballot_batch *large;
	size_t num_bad, seen = 0;
	tb_sample s;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &one, 1, 1, 1);
	tb_sample_fixed_key(&s);
	for (uint64_t i = 0; i < DISTINCT; i++)
		tb_sample_cast(&good[i], &s, i, NULL);
	for (uint64_t i = 0; i < 3; i++)
		tb_sample_cast(&bad[i], &s, 5, NULL);
	shift_point(bad[0].payload.data + HEAD + 32, 1);
	tb_sample_sign(&bad[0], &s);
	memset(bad[1].payload.data + HEAD + 32, 0xfe, 32);
	tb_sample_sign(&bad[1], &s);
	bad[2].entry.signature[40] ^= 1;
	for (uint64_t i = 0; seen < BAD; i++) {
		uint8_t r[64];
		size_t at;

		tb_fixture_bytes(r, "place", i);
		at = (r[0] + 256u * r[1] + 65536u * r[2]) % MANY;
		if (kind[at] != 0)
			continue;
		kind[at] = (uint8_t)(1 + seen % 3);
		seen++;
	}
	assert_int_equal(tb_ballot_batch_new(&large, s.params, MANY), TB_OK);
	for (size_t i = 0; i < MANY; i++) {
		const tb_sample_ballot *b = kind[i] != 0 ? &bad[kind[i] - 1] : &good[i % DISTINCT];

		assert_int_equal(
			tb_ballot_batch_add(large, 1000 + i, &b->entry, &s.binding, b->public_key, 0), TB_OK);
	}
	assert_int_equal(tb_ballot_batch_verify(large, NULL, &num_bad), TB_OK);
	assert_int_equal(num_bad, BAD);
	seen = 0;
	for (size_t i = 0; i < MANY; i++) {
		if (kind[i] == 0)
			continue;
		assert_int_equal(tb_ballot_batch_bad(large)[seen].index, 1000 + i);
		assert_string_equal(tb_ballot_batch_bad(large)[seen].rule, rules[kind[i] - 1]);
		seen++;
	}
	tb_ballot_batch_free(large);
	for (int i = 0; i < DISTINCT; i++)
		tb_sample_ballot_free(&good[i]);
	for (int i = 0; i < 3; i++)
		tb_sample_ballot_free(&bad[i]);
	tb_sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest_ballots_of_many_shapes_verify),
		cmocka_unit_test(test_a_full_batch_takes_no_more_and_is_used_again),
		cmocka_unit_test(test_encodings_that_are_not_canonical),
		cmocka_unit_test(test_ciphertexts_and_proofs_cannot_be_moved),
		cmocka_unit_test(test_altered_ciphertexts),
		cmocka_unit_test(test_proofs_for_another_rule),
		cmocka_unit_test(test_a_ballot_copied_by_another_voter),
		cmocka_unit_test(test_a_ballot_of_another_election_or_key),
		cmocka_unit_test(test_bad_signatures),
		cmocka_unit_test(test_signatures_come_first),
		cmocka_unit_test(test_errors_do_not_cancel),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_the_bad_ones_among_many),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
