/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/fixture.h"

void tb_held_leaf(uint8_t out[64], uint64_t voter)
{
	tb_fixture_bytes(out, "leaf", voter);
}

/* Voter i's ballot counts with this weight; 0: it was replaced by a later one. */
uint64_t tb_held_weight(uint64_t voter, bool weighted)
{
	static const uint64_t weights[] = {1, 3, 1, 1000000, 3, 7, 524288, 1};

	if (voter % 7 == 3)
		return 0;
	return weighted ? weights[voter % 8] : 1;
}

/* Counts choices in the clear. */
static void count_plain(tb_held *e, const tb_choices *c, uint64_t weight)
{
	uint32_t at = 0;

	for (uint32_t q = 0; q < c->num_questions; q++) {
		for (uint32_t i = 0; i < c->num[q]; i++)
			e->totals[at++] += weight * c->value[q][i];
	}
	assert_true(at <= TB_HELD_MAX_TOTALS);
	e->counted++;
	e->weight += weight;
}

/* `num` voters; verified in batches that belong to several partial tallies, as threads would have them. */
void tb_held_hold(tb_held *e, const tb_group *g, const tb_sample_question *questions, uint32_t num_questions,
	uint32_t n, uint32_t t, uint64_t num, bool weighted, size_t num_partials)
{
	tb_tally *partial[4];
	tb_ballot_batch *batch;
	tb_choices c;
	size_t num_bad;

	assert_true(num_partials <= 4);
	memset(e, 0, sizeof *e);
	tb_sample_new(&e->s, g, questions, num_questions, n, t);
	tb_sample_ceremony(&e->s);
	assert_int_equal(tb_tally_new(&e->tally, e->s.params), TB_OK);
	for (size_t k = 0; k < num_partials; k++)
		assert_int_equal(tb_tally_new(&partial[k], e->s.params), TB_OK);
	assert_int_equal(tb_ballot_batch_new(&batch, e->s.params, 5), TB_OK);
	assert_int_equal(tb_choices_new(&c, &e->s.manifest), TB_OK);
	for (uint64_t i = 0; i < num; i++) {
		uint64_t weight = tb_held_weight(i, weighted);
		tb_sample_ballot b;
		uint8_t leaf[64];

		tb_sample_choose(&e->s, &c, i);
		tb_sample_cast(&b, &e->s, i, &c);
		assert_int_equal(
			tb_ballot_batch_add(batch, i, &b.entry, &e->s.binding, b.public_key, weight), TB_OK);
		if (weight > 0) {
			tb_held_leaf(leaf, i);
			assert_int_equal(tb_tally_list(e->tally, i, leaf, weight), TB_OK);
			count_plain(e, &c, weight);
		}
		if (tb_ballot_batch_is_full(batch) || i + 1 == num) {
			tb_tally *into = num_partials > 0 ? partial[i / 5 % num_partials] : e->tally;

			assert_int_equal(tb_ballot_batch_verify(batch, into, &num_bad), TB_OK);
			assert_int_equal(num_bad, 0);
			tb_ballot_batch_reset(batch);
		}
		tb_sample_ballot_free(&b);
	}
	for (size_t k = 0; k < num_partials; k++) {
		assert_int_equal(tb_tally_merge(e->tally, partial[k]), TB_OK);
		tb_tally_free(partial[k]);
	}
	tb_choices_release(&c);
	tb_ballot_batch_free(batch);
	memset(e->close.leaf, 0xc1, 32);
	memset(e->close.root, 0x70, 32);
	e->close.size = 4711;
	e->close.electorate = num + 2;
	e->close.weight_electorate = e->weight + 2;
}

void tb_held_finish(tb_held *e)
{
	assert_int_equal(tb_tally_finish(e->tally, &e->close), TB_OK);
}

void tb_held_release(tb_held *e)
{
	tb_tally_free(e->tally);
	tb_sample_free(&e->s);
}

void tb_held_make_shares(tb_held *e, tb_buf *out, uint32_t trustee)
{
	tb_fault fault;
	tb_secret x;

	tb_sample_share(&e->s, &x, trustee);
	tb_buf_init(out, TB_BLOB_MAX_BYTES);
	assert_int_equal(tb_tally_make_decrypt(e->tally, e->s.ceremony, out, trustee, &x, &fault), TB_OK);
}

void tb_held_post_shares(tb_held *e, uint32_t trustee)
{
	tb_fault fault;
	tb_buf p;

	tb_held_make_shares(e, &p, trustee);
	assert_int_equal(
		tb_tally_check_decrypt(e->tally, e->s.ceremony, trustee, p.data, p.len, &fault), TB_OK);
	assert_int_equal(tb_tally_apply_decrypt(e->tally, e->s.ceremony, trustee, p.data, p.len), TB_OK);
	tb_buf_release(&p);
}

void tb_held_decrypt(tb_held *e, const uint32_t *trustees, size_t num)
{
	tb_fault fault;

	for (size_t k = 0; k < num; k++) {
		assert_int_equal(tb_tally_decrypt(e->tally, e->s.ceremony, NULL, NULL, &fault), TB_ERR_STATE);
		tb_held_post_shares(e, trustees[k]);
	}
	assert_int_equal(tb_tally_decrypt(e->tally, e->s.ceremony, NULL, NULL, &fault), TB_OK);
}

void tb_held_assert_totals(const tb_held *e)
{
	uint32_t at = 0;

	for (uint32_t q = 0; q < e->s.manifest.num_questions; q++) {
		for (uint32_t i = 0; i < e->s.manifest.questions[q].num_options; i++)
			assert_int_equal(tb_tally_totals(e->tally, q)[i], e->totals[at++]);
	}
}
