/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/tally.h"

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

#include "crypto/dleq.h"
#include "tests/support/held.h"

/* Choose 1..2 of 3 or blank, score 0..5, referendum. */
static const tb_sample_question THREE[] = {{3, 1, 1, 2, true}, {2, 5, 0, 10, false}, {2, 1, 1, 1, false}};

static void assert_fault(tb_err err, const tb_fault *fault, const char *rule, const char *where)
{
	assert_int_equal(err, TB_ERR_RULE);
	assert_string_equal(fault->rule, rule);
	assert_string_equal(fault->where, where);
}

/* ---- shares ---- */
static void assert_refused(tb_held *e, uint32_t trustee, const tb_buf *p, const char *rule, const char *where)
{
	tb_fault fault;

	assert_fault(tb_tally_check_decrypt(e->tally, e->s.ceremony, trustee, p->data, p->len, &fault),
		&fault, rule, where);
}

static void test_forms_of_shares(void **state)
{
	tb_fault fault;
	tb_secret x;
	tb_buf p;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 5, false, 0);
	tb_held_finish(&e);
	tb_held_make_shares(&e, &p, 2);
	assert_int_equal(
		p.len, 2 + (3 + 2 + 2 + 1) * (4 * 32)); /* seven options and the lot, Z || a || b || z each */
	for (size_t len = 0; len < p.len; len++)
		assert_fault(tb_tally_check_decrypt(e.tally, e.s.ceremony, 2, p.data, len, &fault), &fault,
			"DECRYPT.SHARE", "length");
	tb_buf_u8(&p, 0);
	assert_refused(&e, 2, &p, "DECRYPT.SHARE", "length");
	p.len--;
	p.data[0] = 2;
	assert_refused(&e, 2, &p, "DECRYPT.SHARE", "version");
	p.data[0] = 1;
	assert_refused(&e, 1, &p, "DECRYPT.SHARE", "trustee");
	p.data[1] = 1;
	assert_refused(&e, 1, &p, "DLEQ", "questions[0].options[0]"); /* T-02, another trustee's */
	p.data[1] = 2;
	for (size_t k = 0; k < 4; k++) { /* T-04, A-01..A-04: no points, no scalar */
		uint8_t kept[32];

		memcpy(kept, p.data + 2 + 128 * 4 + 32 * k, 32);
		memset(p.data + 2 + 128 * 4 + 32 * k, 0xff, 32);
		assert_refused(&e, 2, &p, "DECRYPT.SHARE", "questions[1].options[1]");
		memset(p.data + 2 + 128 * 4 + 32 * k, 0, 32); /* an identity is never what is due here */
		assert_refused(&e, 2, &p, "DLEQ", "questions[1].options[1]");
		memcpy(p.data + 2 + 128 * 4 + 32 * k, kept, 32);
	}
	assert_int_equal(tb_tally_check_decrypt(e.tally, e.s.ceremony, 2, p.data, p.len, &fault), TB_OK);
	assert_int_equal(tb_tally_apply_decrypt(e.tally, e.s.ceremony, 2, p.data, p.len), TB_OK);
	assert_true(tb_tally_has_decrypt(e.tally, 2));
	assert_refused(&e, 2, &p, "DECRYPT.SHARE", "trustee"); /* a second one */
	assert_int_equal(tb_tally_apply_decrypt(e.tally, e.s.ceremony, 2, p.data, p.len), TB_ERR_STATE);
	assert_int_equal(tb_tally_num_decrypts(e.tally), 1);
	tb_sample_share(&e.s, &x, 1);
	tb_buf_clear(&p);
	assert_fault(tb_tally_make_decrypt(e.tally, e.s.ceremony, &p, 3, &x, &fault), &fault, "CEREMONY.KEYS",
		"share");
	assert_int_equal(p.len, 0);
	p.max = 100;
	assert_int_equal(tb_tally_make_decrypt(e.tally, e.s.ceremony, &p, 1, &x, &fault), TB_ERR_LIMIT);
	assert_int_equal(p.len, 0);
	tb_buf_release(&p);
	tb_held_release(&e);
}

static void test_every_bit_of_a_share(void **state)
{
	tb_fault fault;
	tb_buf p;
	tb_held e;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &THREE[2], 1, 3, 2, 3, false, 0);
	tb_held_finish(&e);
	tb_held_make_shares(&e, &p, 3);
	for (size_t bit = 0; bit < 8 * p.len; bit += bit < 8 * (2 + 128) ? 1 : 11) {
		p.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			tb_tally_check_decrypt(e.tally, e.s.ceremony, 3, p.data, p.len, &fault), TB_ERR_RULE);
		assert_true(strcmp(fault.rule, "DLEQ") == 0 || strcmp(fault.rule, "DECRYPT.SHARE") == 0);
		p.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	tb_buf_release(&p);
	tb_held_release(&e);
}

/* T-01, T-03, T-09, T-10: shares of another option, of the lot as an option, of another close or another tally. */
static void test_shares_of_something_else(void **state)
{
	uint8_t kept[128];
	tb_held e, other;
	tb_buf p, q;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), THREE, 3, 3, 2, 5, false, 0);
	tb_held_finish(&e);
	tb_held_make_shares(&e, &p, 1);
	memcpy(kept, p.data + 2, 128);
	memcpy(p.data + 2, p.data + 2 + 128, 128);
	assert_refused(&e, 1, &p, "DLEQ", "questions[0].options[0]");
	memcpy(p.data + 2, p.data + 2 + 128 * 7, 128);
	assert_refused(&e, 1, &p, "DLEQ", "questions[0].options[0]");
	memcpy(p.data + 2, kept, 128);
	memcpy(p.data + 2 + 128 * 7, kept, 128);
	assert_refused(&e, 1, &p, "DLEQ", "lot");
	tb_buf_release(&p);

	/* the same ballots and keys, another close; then one ballot less */
	for (int kind = 0; kind < 2; kind++) {
		other = e;
		assert_int_equal(tb_tally_new(&other.tally, e.s.params), TB_OK);
		for (uint64_t i = 0; i < (kind == 0 ? 5u : 4u); i++) {
			tb_sample_ballot b;
			tb_fault fault;
			uint8_t leaf[64];

			if (tb_held_weight(i, false) == 0)
				continue;
			tb_held_leaf(leaf, i);
			tb_sample_cast(&b, &e.s, i, NULL);
			assert_int_equal(tb_tally_list(other.tally, i, leaf, 1), TB_OK);
			assert_int_equal(tb_tally_add_payload(
						 other.tally, i, b.payload.data, b.payload.len, 1, &fault),
				TB_OK);
			tb_sample_ballot_free(&b);
		}
		if (kind == 0)
			other.close.leaf[31] ^= 1;
		tb_held_finish(&other);
		tb_held_make_shares(&other, &q, 1);
		assert_refused(&e, 1, &q, "DLEQ", "questions[0].options[0]");
		tb_buf_release(&q);
		tb_tally_free(other.tally);
	}
	tb_held_release(&e);
}

/* ---- the spec once more, by hand ---- */
static void put(tb_buf *b, const char *label, const void *data, size_t len)
{
	tb_buf_u16(b, (uint16_t)strlen(label));
	tb_buf_text(b, label);
	tb_buf_u64(b, len);
	tb_buf_append(b, data, len);
}

static void put_number(tb_buf *b, const char *label, uint64_t v)
{
	uint8_t wire[8];

	tb_store_u64(wire, v);
	put(b, label, wire, 8);
}

/* [DLEQ]: each share of a payload verifies by itself, with the binding that the spec describes. */
static void test_shares_are_bound_as_the_spec_says(void **state)
{
	static const uint32_t place[][2] = {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {0, 0}};
	const tb_group *g = tb_group_ristretto255();
	tb_buf p, binding;
	tb_held e;

	(void)state;
	tb_held_hold(&e, g, THREE, 3, 3, 2, 5, false, 0);
	tb_held_finish(&e);
	tb_held_make_shares(&e, &p, 2);
	tb_buf_init(&binding, 300);
	for (size_t k = 0; k < 8; k++) {
		const char *purpose = k == 7 ? "lot" : "decrypt";
		const uint8_t *at = p.data + 2 + 128 * k;
		const tb_point *a, *b;
		tb_dleq_statement st;
		tb_dleq_proof proof;
		uint8_t data[64];

		tb_buf_clear(&binding);
		put(&binding, "context", e.s.context, 32);
		put(&binding, "close", e.close.leaf, 32);
		put(&binding, "purpose", purpose, strlen(purpose));
		put_number(&binding, "question", place[k][0]);
		put_number(&binding, "option", place[k][1]);
		put_number(&binding, "trustee", 2);
		tb_tally_aggregate(e.tally, place[k][0], place[k][1], &a, &b);
		tb_point_copy(g, &st.Y, tb_ceremony_verification_key(e.s.ceremony, 2));
		tb_point_copy(g, &st.H, a);
		if (k == 7) {
			memcpy(data, e.s.context, 32);
			memcpy(data + 32, e.close.leaf, 32);
			tb_point_hash(g, &st.H, "lot", data, sizeof data);
		}
		assert_int_equal(tb_point_parse(g, &st.Z, at), TB_OK);
		assert_int_equal(tb_dleq_parse(g, &proof, at + 32), TB_OK);
		assert_int_equal(tb_dleq_verify(g, &proof, &st, binding.data, binding.len), TB_OK);
	}
	tb_buf_release(&binding);
	tb_buf_release(&p);
	tb_held_release(&e);
}

/* [LOT], U-05: with one trustee x is known, and the lot is x * HashToGroup("lot", context || close leaf). */
static void test_the_lot(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t data[64], wire[32], expected[64];
	tb_point lot;
	tb_secret x;
	tb_held e;
	tb_buf b;

	(void)state;
	tb_held_hold(&e, g, &THREE[2], 1, 1, 1, 3, false, 0);
	tb_held_finish(&e);
	tb_held_decrypt(&e, (const uint32_t[]){1}, 1);
	tb_sample_share(&e.s, &x, 1);
	memcpy(data, e.s.context, 32);
	memcpy(data + 32, e.close.leaf, 32);
	tb_point_hash(g, &lot, "lot", data, sizeof data);
	tb_point_mul_secret(g, &lot, &x, &lot);
	tb_point_write(g, wire, &lot);
	tb_buf_init(&b, 200);
	put(&b, "protocol", "tabella/v1/lot", 14);
	put(&b, "point", wire, 32);
	crypto_hash_sha512(expected, b.data, b.len);
	assert_memory_equal(tb_tally_lot_seed(e.tally), expected, 64);
	tb_buf_release(&b);
	tb_held_release(&e);
}

/* Only the first t count, later ones are right but not needed. */
static void test_the_first_t_shares_are_taken(void **state)
{
	tb_held e;
	tb_fault fault;
	tb_buf result;

	(void)state;
	tb_held_hold(&e, tb_group_ristretto255(), &THREE[2], 1, 3, 2, 4, false, 0);
	tb_held_finish(&e);
	for (uint32_t j = 3; j >= 1; j--)
		tb_held_post_shares(&e, j);
	assert_int_equal(tb_tally_num_decrypts(e.tally), 3);
	assert_int_equal(tb_tally_decrypt(e.tally, e.s.ceremony, NULL, NULL, &fault), TB_OK);
	tb_held_assert_totals(&e);
	tb_buf_init(&result, 2000);
	assert_int_equal(tb_tally_make_result(e.tally, &result, NULL, 0), TB_OK);
	assert_non_null(strstr(tb_buf_cstr(&result), "\"shares\":[3,2],"));
	tb_buf_release(&result);
	tb_held_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_of_shares),
		cmocka_unit_test(test_every_bit_of_a_share),
		cmocka_unit_test(test_shares_of_something_else),
		cmocka_unit_test(test_shares_are_bound_as_the_spec_says),
		cmocka_unit_test(test_the_lot),
		cmocka_unit_test(test_the_first_t_shares_are_taken),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
