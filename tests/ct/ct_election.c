/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constant time of whole acts: making a ballot, a trustee's commit, receiving shares, a decryption share.  As ct_proofs.c, one
 * layer up; tests/support/ct_wraps.h says what becomes public.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <valgrind/memcheck.h>

#include "tests/support/ct_wraps.h"
#include "tests/support/fixture.h"
#include "tests/support/held.h"

static const tb_sample_question QUESTIONS[] = {{3, 1, 1, 2, true}, {2, 3, 0, 6, false}, {4, 0, 0, 4, true}};

static void make_ballot(const tb_sample *s, uint64_t voter)
{
	uint8_t seed[64], signature[TB_SCHNORR_BYTES], public_key[32];
	tb_ballot_batch *batch;
	tb_ballot_head head;
	tb_choices c;
	tb_secret key;
	tb_buf payload;
	tb_fault fault;
	tb_entry e;
	char signer[TB_SIGNER_MAX];

	tb_sample_head(&head, voter);
	tb_sample_voter_key(&key, voter);
	tb_sample_voter_public(public_key, voter);
	tb_fixture_bytes(seed, "seed", voter);
	assert_int_equal(tb_choices_new(&c, &s->manifest), TB_OK);
	tb_sample_choose(s, &c, voter);
	for (uint32_t q = 0; q < c.num_questions; q++)
		tb_ct_secret(c.value[q], c.num[q] * sizeof *c.value[q]);
	tb_ct_secret(c.blank, sizeof c.blank);
	tb_ct_secret(seed, 32);
	tb_ct_secret(&key, sizeof key);
	tb_buf_init(&payload, TB_BALLOT_MAX_BYTES);
	assert_int_equal(
		tb_ballot_make(s->params, &payload, signature, &head, &key, &c, seed, &s->binding, &fault),
		TB_OK);
	tb_ct_assert_silent();
	assert_false(tb_ct_is_secret(payload.data, payload.len));
	assert_false(tb_ct_is_secret(signature, sizeof signature));

	(void)snprintf(signer, sizeof signer, "voter/%s", head.voter);
	assert_int_equal(
		tb_entry_init(&e, TB_ENTRY_BALLOT, signer, payload.data, payload.len, &fault), TB_OK);
	memcpy(e.signature, signature, sizeof signature);
	assert_int_equal(tb_ballot_batch_new(&batch, s->params, 1), TB_OK);
	assert_int_equal(tb_ballot_batch_verify_one(batch, &e, &s->binding, public_key, &fault), TB_OK);
	tb_ballot_batch_free(batch);
	tb_choices_release(&c);
	tb_buf_release(&payload);
}

/* Blank or not, few or many: the choices of several voters. */
static void test_making_a_ballot(void **state)
{
	tb_sample s;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), QUESTIONS, 3, 1, 1);
	tb_sample_fixed_key(&s);
	for (uint64_t voter = 0; voter < 6; voter++)
		make_ballot(&s, voter);
	tb_sample_free(&s);
}

/* The other side of a choice that is invalid: that it is, and nothing more, decides. */
static void test_checking_choices(void **state)
{
	tb_fault fault;
	tb_choices c;
	tb_sample s;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), QUESTIONS, 3, 1, 1);
	tb_sample_fixed_key(&s);
	assert_int_equal(tb_choices_new(&c, &s.manifest), TB_OK);
	for (uint64_t i = 0; i < 20; i++) {
		tb_sample_choose(&s, &c, i);
		tb_ct_secret(c.value[0], 3 * sizeof *c.value[0]);
		tb_ct_secret(c.value[1], 2 * sizeof *c.value[1]);
		tb_ct_secret(c.value[2], 4 * sizeof *c.value[2]);
		tb_ct_secret(c.blank, sizeof c.blank);
		assert_int_equal(tb_choices_check(&c, &s.manifest, &fault), TB_OK);
		tb_ct_assert_silent();
	}
	tb_choices_release(&c);
	tb_sample_free(&s);
}

static void test_a_trustees_part(void **state)
{
	tb_buf payload;
	tb_fault fault;
	tb_secret x;
	uint32_t blame;
	tb_sample s;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), QUESTIONS, 3, 2, 2);
	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	for (uint32_t i = 1; i <= 2; i++) {
		tb_ct_secret(&s.transport[i - 1], sizeof s.transport[0]);
		tb_buf_clear(&payload);
		tb_ct_written_points_are_secret = false;
		assert_int_equal(
			tb_ceremony_make_commit(s.ceremony, &payload, i, &s.transport[i - 1], &fault), TB_OK);
		tb_ct_assert_silent();
		tb_ct_public(payload.data, payload.len);
		assert_int_equal(
			tb_ceremony_check_commit(s.ceremony, i, payload.data, payload.len, &fault), TB_OK);
		assert_int_equal(tb_ceremony_apply_commit(s.ceremony, i, payload.data, payload.len), TB_OK);
	}
	assert_int_equal(tb_ceremony_receive(s.ceremony, &x, 2, &s.transport[1], &blame, &fault), TB_OK);
	tb_ct_assert_silent();
	assert_true(tb_ct_is_secret(&x, sizeof x));
	tb_buf_release(&payload);
	tb_sample_free(&s);
}

static void test_making_shares(void **state)
{
	tb_fault fault;
	tb_buf payload;
	tb_secret x;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &QUESTIONS[1], 1, 2, 2, 2, false, 0);
	tb_held_finish(&e);
	tb_sample_share(&e.s, &x, 1);
	tb_ct_secret(&x, sizeof x);
	tb_buf_init(&payload, TB_ENTRY_MAX_INLINE);
	assert_int_equal(tb_tally_make_decrypt(e.tally, e.s.ceremony, &payload, 1, &x, &fault), TB_OK);
	tb_ct_assert_silent();
	assert_int_equal(
		tb_tally_check_decrypt(e.tally, e.s.ceremony, 1, payload.data, payload.len, &fault), TB_OK);
	tb_buf_release(&payload);
	tb_held_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_making_a_ballot),
		cmocka_unit_test(test_checking_choices),
		cmocka_unit_test(test_a_trustees_part),
		cmocka_unit_test(test_making_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
