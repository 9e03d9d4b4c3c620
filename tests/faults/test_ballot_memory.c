/* SPDX-License-Identifier: Apache-2.0 */
/* Ballots, ceremony and tally when memory runs out: at the first allocation, at the second, and so on until nothing fails.
 * Whatever fails says MEMORY, leaves what existed before as it was, and loses nothing (AddressSanitizer sees that). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fixture.h"
#include "tests/support/sample.h"
#include "tests/support/starve.h"

/* ---- what exists before ---- */
static const tb_sample_question QUESTIONS[] = {{3, 1, 1, 2, true}, {2, 3, 0, 6, false}, {4, 0, 0, 4, true}};

static tb_sample sample;
static tb_sample_ballot ballot;
static tb_fault fault;

static int begin(void **state)
{
	(void)state;
	tb_sample_new(&sample, tb_group_ristretto255(), QUESTIONS, 3, 3, 2);
	tb_sample_fixed_ceremony(&sample);
	tb_sample_cast(&ballot, &sample, 1, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	tb_sample_ballot_free(&ballot);
	tb_sample_free(&sample);
	return 0;
}

/* ---- ballots ---- */
static tb_err make_params(void)
{
	tb_election_params *p;
	tb_err err = tb_election_params_new(
		&p, &sample.manifest, tb_election_params_h(sample.params), sample.context);

	assert_true((err == TB_OK) == (p != NULL));
	if (err == TB_OK) {
		err = tb_election_params_add_prover(p);
		assert_true((err == TB_OK) == tb_election_params_has_prover(p));
	}
	tb_election_params_free(p);
	return err;
}

static tb_err make_ballot(void)
{
	uint8_t signature[TB_SCHNORR_BYTES], seed[32] = {1}, zero[TB_SCHNORR_BYTES] = {0};
	tb_ballot_head head;
	tb_choices c;
	tb_secret key;
	tb_buf out;
	tb_err err = tb_choices_new(&c, &sample.manifest);

	if (err != TB_OK)
		return err;
	tb_sample_choose(&sample, &c, 1);
	tb_sample_head(&head, 1);
	tb_sample_voter_key(&key, 1);
	tb_buf_init(&out, TB_BALLOT_MAX_BYTES);
	err = tb_ballot_make(sample.params, &out, signature, &head, &key, &c, seed, &sample.binding, &fault);
	if (err != TB_OK) {
		assert_int_equal(out.len, 0);
		assert_memory_equal(signature, zero, sizeof zero);
	}
	tb_buf_release(&out);
	tb_choices_release(&c);
	return err;
}

static tb_err open_ballot(void)
{
	uint8_t seed[64];
	tb_choices c;
	tb_err err = tb_choices_new(&c, &sample.manifest);

	if (err != TB_OK)
		return err;
	tb_sample_choose(&sample, &c, 1);
	tb_fixture_bytes(seed, "seed", 1);
	err = tb_ballot_open(
		sample.params, ballot.payload.data, ballot.payload.len, ballot.public_key, &c, seed, &fault);
	tb_choices_release(&c);
	return err;
}

static tb_err verify_ballots(void)
{
	tb_ballot_batch *batch;
	tb_tally *tally = NULL;
	size_t num_bad = 9;
	tb_err err = tb_ballot_batch_new(&batch, sample.params, 3);

	if (err == TB_OK)
		err = tb_tally_new(&tally, sample.params);
	for (uint64_t i = 0; i < 3 && err == TB_OK; i++)
		err = tb_ballot_batch_add(batch, i, &ballot.entry, &sample.binding, ballot.public_key, 5);
	if (err == TB_OK)
		err = tb_ballot_batch_verify(batch, tally, &num_bad);
	assert_int_equal(num_bad, err == TB_OK ? 0 : 9); /* nothing was decided */
	tb_tally_free(tally);
	tb_ballot_batch_free(batch);
	return err;
}

static void test_ballots(void **state)
{
	(void)state;
	tb_starve(make_params, 10);
	tb_starve(make_ballot, 5);
	tb_starve(open_ballot, 5);
	tb_starve(verify_ballots, 20);
}

/* ---- ceremony ---- */
static tb_err run_ceremony(void)
{
	tb_ceremony *c = NULL;
	tb_secret share;
	uint32_t blame;
	tb_buf payload;
	tb_err err = tb_ceremony_new(&c, &sample.manifest, sample.election);

	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	for (uint32_t i = 1; i <= 3 && err == TB_OK; i++) {
		tb_buf_clear(&payload);
		err = tb_ceremony_make_commit(c, &payload, i, &sample.transport[i - 1], &fault);
		assert_true(err == TB_OK || payload.len == 0);
		if (err == TB_OK)
			err = tb_ceremony_check_commit(c, i, payload.data, payload.len, &fault);
		if (err == TB_OK)
			err = tb_ceremony_apply_commit(c, i, payload.data, payload.len);
		if (c != NULL)
			assert_int_equal(tb_ceremony_num_commits(c), err == TB_OK ? i : i - 1);
	}
	if (err == TB_OK) {
		err = tb_ceremony_receive(c, &share, 2, &sample.transport[1], &blame, &fault);
		assert_true(err == TB_OK || tb_secret_is_zero(&share));
	}
	if (err == TB_OK) {
		tb_buf_release(&payload);
		err = tb_ceremony_make_certify(c, &payload, 1, 9, sample.election);
	}
	tb_buf_release(&payload);
	tb_ceremony_free(c);
	return err;
}

static void test_the_ceremony(void **state)
{
	(void)state;
	tb_starve(run_ceremony, 15);
}

/* ---- tally ---- */
static tb_err add_up(tb_tally *t)
{
	const tb_tally_close close = {.size = 9, .electorate = 3, .weight_electorate = 9};
	uint8_t leaf[32] = {0};
	tb_tally *partial;
	tb_err err = tb_tally_new(&partial, sample.params);

	if (err == TB_OK)
		err = tb_tally_add_payload(partial, 1, ballot.payload.data, ballot.payload.len, 5, &fault);
	if (err == TB_OK)
		err = tb_tally_list(t, 1, leaf, 5);
	if (err == TB_OK)
		err = tb_tally_merge(t, partial);
	if (err == TB_OK)
		err = tb_tally_finish(t, &close);
	tb_tally_free(partial);
	return err;
}

static tb_err share_out(tb_tally *t, uint32_t trustee)
{
	tb_buf payload;
	tb_secret x;
	uint32_t blame;
	tb_err err = tb_ceremony_receive(
		sample.ceremony, &x, trustee, &sample.transport[trustee - 1], &blame, &fault);

	tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
	if (err == TB_OK) {
		err = tb_tally_make_decrypt(t, sample.ceremony, &payload, trustee, &x, &fault);
		assert_true(err == TB_OK || payload.len == 0);
	}
	if (err == TB_OK)
		err = tb_tally_check_decrypt(t, sample.ceremony, trustee, payload.data, payload.len, &fault);
	if (err == TB_OK)
		err = tb_tally_apply_decrypt(t, sample.ceremony, trustee, payload.data, payload.len);
	assert_true(tb_tally_has_decrypt(t, trustee) == (err == TB_OK));
	tb_buf_release(&payload);
	return err;
}

static tb_err run_tally(void)
{
	tb_tally *t = NULL;
	tb_buf payload;
	tb_err err = tb_tally_new(&t, sample.params);

	tb_buf_init(&payload, TB_BLOB_MAX_BYTES);
	if (err == TB_OK)
		err = add_up(t);
	for (uint32_t j = 1; j <= 2 && err == TB_OK; j++)
		err = share_out(t, j);
	if (err == TB_OK) {
		err = tb_tally_decrypt(t, sample.ceremony, NULL, NULL, &fault);
		assert_true(tb_tally_is_decrypted(t) == (err == TB_OK));
	}
	if (err == TB_OK) {
		err = tb_tally_make_result(t, &payload, NULL, 0);
		assert_true(err == TB_OK || payload.len == 0);
	}
	if (err == TB_OK)
		err = tb_tally_check_result(t, payload.data, payload.len, NULL, 0, &fault);
	tb_buf_release(&payload);
	tb_tally_free(t);
	return err;
}

static void test_the_tally(void **state)
{
	(void)state;
	tb_starve(run_tally, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ballots),
		cmocka_unit_test(test_the_ceremony),
		cmocka_unit_test(test_the_tally),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
