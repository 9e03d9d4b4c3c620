/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ceremony.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ceremony_wire.h"
#include "tests/support/fixture.h"
#include "tests/support/sample.h"

static const tb_sample_question ONE = {2, 1, 1, 1, false};

static void assert_fault(tb_err err, const tb_fault *fault, const char *rule, const char *where)
{
	assert_int_equal(err, TB_ERR_RULE);
	assert_string_equal(fault->rule, rule);
	assert_string_equal(fault->where, where);
}

static void assert_refused(
	const tb_ceremony *c, uint32_t trustee, const tb_buf *payload, const char *rule, const char *where)
{
	tb_fault fault;

	assert_fault(tb_ceremony_check_commit(c, trustee, payload->data, payload->len, &fault), &fault, rule,
		where);
}

static void make(tb_sample *s, tb_buf *payload, uint32_t trustee)
{
	tb_fault fault;

	tb_buf_init(payload, TB_ENTRY_MAX_INLINE);
	assert_int_equal(
		tb_ceremony_make_commit(s->ceremony, payload, trustee, &s->transport[trustee - 1], &fault),
		TB_OK);
}

static void post(tb_sample *s, uint32_t trustee, const tb_buf *payload)
{
	tb_fault fault;

	assert_int_equal(
		tb_ceremony_check_commit(s->ceremony, trustee, payload->data, payload->len, &fault), TB_OK);
	assert_int_equal(tb_ceremony_apply_commit(s->ceremony, trustee, payload->data, payload->len), TB_OK);
}

static void post_honest(tb_sample *s, uint32_t trustee)
{
	tb_buf payload;

	make(s, &payload, trustee);
	post(s, trustee, &payload);
	tb_buf_release(&payload);
}

/* A commit made by hand, of a trustee that does not keep to the rules: from its polynomial on, everything is right. */
typedef struct crafted {
	tb_polynomial f;
	tb_secret ephemeral;
	tb_commit commit;
} crafted;

static void begin(crafted *k, const tb_sample *s, uint32_t trustee, uint64_t number)
{
	const tb_manifest *m = &s->manifest;

	memset(k, 0, sizeof *k);
	k->commit.trustee = trustee;
	k->f.threshold = m->threshold;
	for (uint32_t i = 0; i < m->threshold; i++)
		tb_fixture_secret(m->group, &k->f.coefficient[i], "coefficient", 100 * number + i);
	tb_fixture_secret(tb_group_ristretto255(), &k->ephemeral, "ephemeral", number);
	assert_int_equal(tb_points_new(m->group, &k->commit.commitments, m->threshold), TB_OK);
}

static void prove(crafted *k, const tb_sample *s)
{
	tb_pop_statement st;

	tb_polynomial_commit(s->manifest.group, &k->commit.commitments, &k->f);
	tb_schnorr_public(k->commit.ephemeral, &k->ephemeral);
	tb_commit_statement(&st, &k->commit, &s->manifest, s->election);
	assert_int_equal(tb_pop_prove(s->manifest.group, &k->commit.pop, &st, &k->f.coefficient[0]), TB_OK);
}

static void seal(crafted *k, const tb_sample *s, uint32_t recipient, const tb_secret *share)
{
	tb_share_route route;

	tb_commit_route(&route, &k->commit, recipient, &s->manifest, s->election);
	assert_int_equal(tb_share_encrypt(s->manifest.group, k->commit.share[recipient - 1], &route,
				 &k->ephemeral, &s->transport[k->commit.trustee - 1], share),
		TB_OK);
}

static void seal_all(crafted *k, const tb_sample *s)
{
	for (uint32_t j = 1; j <= s->manifest.num_trustees; j++) {
		tb_secret share;

		tb_polynomial_evaluate(s->manifest.group, &share, &k->f, j);
		seal(k, s, j, &share);
	}
}

static void finish(crafted *k, const tb_sample *s, tb_buf *payload)
{
	tb_buf_init(payload, TB_ENTRY_MAX_INLINE);
	assert_int_equal(tb_commit_write(payload, &s->manifest, &k->commit), TB_OK);
	tb_commit_release(&k->commit);
}

/* ---- honest ceremonies ---- */
/* Every set of `t` of the shares gives the secret of h, computed here by plain interpolation. */
static void assert_sets_recover(const tb_sample *s, uint32_t n, uint32_t t)
{
	const tb_group *g = s->manifest.group;
	unsigned num_sets = 0;
	tb_secret x[TB_MAX_TRUSTEES];

	for (uint32_t j = 1; j <= n; j++)
		tb_sample_share(s, &x[j - 1], j);
	for (uint32_t set = 0; set < 1u << n; set++) {
		tb_secret sum, term;
		tb_point p;

		if ((uint32_t)__builtin_popcount(set) != t)
			continue;
		num_sets++;
		tb_secret_set_u64(g, &sum, 0);
		for (uint32_t j = 1; j <= n; j++) {
			tb_scalar lambda, a, b;

			if (!(set >> (j - 1) & 1))
				continue;
			tb_scalar_set_u64(g, &lambda, 1);
			for (uint32_t l = 1; l <= n; l++) {
				if (l == j || !(set >> (l - 1) & 1))
					continue;
				tb_scalar_set_u64(g, &a, l);
				tb_scalar_set_u64(g, &b, j);
				tb_scalar_sub(g, &b, &a, &b);
				assert_int_equal(tb_scalar_invert(g, &b, &b), TB_OK);
				tb_scalar_mul(g, &a, &a, &b);
				tb_scalar_mul(g, &lambda, &lambda, &a);
			}
			tb_secret_mul_scalar(g, &term, &x[j - 1], &lambda);
			tb_secret_add(g, &sum, &sum, &term);
		}
		tb_point_mul_generator_secret(g, &p, &sum);
		assert_true(tb_point_equal(g, &p, tb_ceremony_h(s->ceremony)));
	}
	assert_true(num_sets > 0);
}

static void honest(const tb_group *g, uint32_t n, uint32_t t)
{
	tb_sample s;

	tb_sample_new(&s, g, &ONE, 1, n, t);
	assert_int_equal(tb_ceremony_num_trustees(s.ceremony), n);
	assert_int_equal(tb_ceremony_threshold(s.ceremony), t);
	for (uint32_t i = n; i >= 1; i--) { /* in any order */
		assert_false(tb_ceremony_is_complete(s.ceremony));
		assert_false(tb_ceremony_has_commit(s.ceremony, i));
		post_honest(&s, i);
		assert_true(tb_ceremony_has_commit(s.ceremony, i));
		assert_int_equal(tb_ceremony_num_commits(s.ceremony), n - i + 1);
	}
	assert_true(tb_ceremony_is_complete(s.ceremony));
	for (uint32_t j = 1; j <= n; j++) { /* x_j belongs to Y_j, and is not another's */
		tb_secret x;
		tb_point y;

		tb_sample_share(&s, &x, j);
		tb_point_mul_generator_secret(g, &y, &x);
		assert_true(tb_point_equal(g, &y, tb_ceremony_verification_key(s.ceremony, j)));
		if (t > 1)
			assert_false(
				tb_point_equal(g, &y, tb_ceremony_verification_key(s.ceremony, j % n + 1)));
	}
	if (n <= 5)
		assert_sets_recover(&s, n, t);
	tb_sample_free(&s);
}

static void test_honest_ceremonies(void **state)
{
	(void)state;
	honest(tb_group_ristretto255(), 1, 1);
	honest(tb_group_ristretto255(), 3, 2);
	honest(tb_group_ristretto255(), 3, 3);
	honest(tb_group_ristretto255(), 5, 3);
	honest(tb_group_ristretto255(), 20, 11);
}

static void test_an_honest_ceremony_in_modp4096(void **state)
{
	(void)state;
	honest(tb_group_modp4096(), 2, 2);
}

static void test_randomness_is_fresh_every_time(void **state)
{
	tb_sample s;
	tb_buf one, two;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	make(&s, &one, 1);
	make(&s, &two, 1);
	assert_int_equal(one.len, 2 + 2 * 32 + 32 + 64 + 3 * 48); /* [CEREMONY.COMMIT] */
	assert_int_equal(two.len, one.len);
	for (size_t at = 2; at + 32 <= 2 + 3 * 32; at += 32)
		assert_true(memcmp(one.data + at, two.data + at, 32) != 0);
	tb_buf_release(&one);
	tb_buf_release(&two);
	tb_sample_free(&s);
}

static void test_a_wrong_phrase_is_noticed(void **state)
{
	tb_sample s;
	tb_buf payload;
	tb_fault fault;
	tb_secret share;
	uint32_t blame = 9;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	tb_buf_init(&payload, 10);
	assert_fault(tb_ceremony_make_commit(s.ceremony, &payload, 1, &s.transport[1], &fault), &fault,
		"CEREMONY.COMMIT", "phrase");
	assert_int_equal(
		tb_ceremony_make_commit(s.ceremony, &payload, 1, &s.transport[0], &fault), TB_ERR_LIMIT);
	assert_int_equal(payload.len, 0);
	assert_int_equal(
		tb_ceremony_receive(s.ceremony, &share, 1, &s.transport[0], &blame, &fault), TB_ERR_STATE);
	for (uint32_t i = 1; i <= 3; i++)
		post_honest(&s, i);
	assert_fault(tb_ceremony_receive(s.ceremony, &share, 1, &s.transport[2], &blame, &fault), &fault,
		"CEREMONY.RECEIVE", "phrase");
	assert_int_equal(blame, 0);
	assert_true(tb_secret_is_zero(&share));
	tb_buf_release(&payload);
	tb_sample_free(&s);
}

/* ---- form ---- */
static void test_forms_of_commits(void **state)
{
	tb_sample s;
	tb_buf p;
	tb_fault fault;
	uint8_t kept[32];

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	make(&s, &p, 2);
	for (size_t len = 0; len < p.len; len++) { /* */
		uint8_t *copy = malloc(len + 1);

		assert_non_null(copy);
		memcpy(copy, p.data, len);
		assert_fault(tb_ceremony_check_commit(s.ceremony, 2, copy, len, &fault), &fault,
			"CEREMONY.COMMIT", "length");
		free(copy);
	}
	tb_buf_u8(&p, 0);
	assert_refused(s.ceremony, 2, &p, "CEREMONY.COMMIT", "length");
	p.len--;
	p.data[0] = 0;
	assert_refused(s.ceremony, 2, &p, "CEREMONY.COMMIT", "version");
	p.data[0] = 1;
	assert_refused(s.ceremony, 1, &p, "CEREMONY.COMMIT", "trustee"); /* C-11, another signer */
	for (int index = 0; index < 256; index++) {
		p.data[1] = (uint8_t)index;
		if (index != 2)
			assert_refused(s.ceremony, 2, &p, "CEREMONY.COMMIT", "trustee");
	}
	p.data[1] = 2;
	for (size_t k = 0; k < 4; k++) { /* C-01, C-08: an identity; and what is no point */
		static const char *const where[] = {"commitments[0]", "commitments[1]", "ephemeral", "pop"};

		memcpy(kept, p.data + 2 + 32 * k, 32);
		memset(p.data + 2 + 32 * k, 0, 32);
		assert_refused(s.ceremony, 2, &p, "CEREMONY.COMMIT", where[k]);
		memset(p.data + 2 + 32 * k, 0xff, 32);
		assert_refused(s.ceremony, 2, &p, "CEREMONY.COMMIT", where[k]);
		memcpy(p.data + 2 + 32 * k, kept, 32);
	}
	memset(p.data + 2 + 32 * 4, 0xff, 32); /* */
	assert_refused(s.ceremony, 2, &p, "CEREMONY.COMMIT", "pop");
	tb_buf_release(&p);
	tb_sample_free(&s);
}

/* E_i that is no point, rightly proved over its bytes: the proof does not stand in for reading it. */
static void test_an_ephemeral_key_that_is_none(void **state)
{
	tb_pop_statement st;
	tb_fault fault;
	tb_sample s;
	tb_buf p;
	crafted k;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	begin(&k, &s, 1, 1);
	prove(&k, &s);
	memset(k.commit.ephemeral, 0xff, 32);
	tb_commit_statement(&st, &k.commit, &s.manifest, s.election);
	assert_int_equal(tb_pop_prove(s.manifest.group, &k.commit.pop, &st, &k.f.coefficient[0]), TB_OK);
	finish(&k, &s, &p);
	assert_fault(tb_ceremony_check_commit(s.ceremony, 1, p.data, p.len, &fault), &fault,
		"CEREMONY.COMMIT", "ephemeral");
	assert_string_equal(fault.found, "bytes that are none");
	tb_buf_release(&p);
	tb_sample_free(&s);
}

/* What is written is what was read. */
static void test_commits_round_trip(void **state)
{
	tb_sample s;
	tb_buf p, again;
	tb_commit commit;
	tb_fault fault;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 4, 3);
	make(&s, &p, 4);
	assert_int_equal(tb_commit_parse(&commit, &s.manifest, 4, p.data, p.len, &fault), TB_OK);
	tb_buf_init(&again, p.len);
	assert_int_equal(tb_commit_write(&again, &s.manifest, &commit), TB_OK);
	assert_int_equal(again.len, p.len);
	assert_memory_equal(again.data, p.data, p.len);
	tb_commit_release(&commit);
	tb_buf_release(&p);
	tb_buf_release(&again);
	tb_sample_free(&s);
}

/* ---- proof of possession ---- */
/* Every bit under the proof: commitments, E_i, pop (C-03, C-06). */
static void test_every_bit_under_the_proof(void **state)
{
	tb_sample s;
	tb_buf p;
	tb_fault fault;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	make(&s, &p, 1);
	for (size_t bit = 8 * 2; bit < 8 * (2 + 5 * 32); bit++) {
		tb_err err;

		p.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		err = tb_ceremony_check_commit(s.ceremony, 1, p.data, p.len, &fault);
		assert_int_equal(err, TB_ERR_RULE);
		assert_true(strcmp(fault.rule, "CEREMONY.POP") == 0 ||
			    strcmp(fault.rule, "CEREMONY.COMMIT") == 0);
		p.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	tb_buf_release(&p);
	tb_sample_free(&s);
}

/* C-02, C-05, C-06: a proof of another election, trustee, transport key, number of trustees, threshold or polynomial. */
static void test_proofs_of_something_else(void **state)
{
	tb_sample s, other;
	tb_points shorter;
	tb_buf p;
	crafted k;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	make(&s, &p, 1);
	p.data[1] = 2; /* copied by another trustee */
	assert_refused(s.ceremony, 2, &p, "CEREMONY.POP", "pop");
	tb_buf_release(&p);

	tb_sample_new(&other, tb_group_ristretto255(), &ONE, 1, 3, 2);
	other.election[3] ^= 1;
	begin(&k, &s, 1, 1);
	prove(&k, &other);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	assert_refused(s.ceremony, 1, &p, "CEREMONY.POP", "pop");
	tb_buf_release(&p);
	other.election[3] ^= 1;

	other.manifest.trustees[0].transport_key[0] ^= 1;
	begin(&k, &s, 1, 1);
	prove(&k, &other);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	assert_refused(s.ceremony, 1, &p, "CEREMONY.POP", "pop");
	tb_buf_release(&p);
	other.manifest.trustees[0].transport_key[0] ^= 1;

	other.manifest.num_trustees = 2;
	begin(&k, &s, 1, 1);
	prove(&k, &other);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	assert_refused(s.ceremony, 1, &p, "CEREMONY.POP", "pop");
	tb_buf_release(&p);
	other.manifest.num_trustees = 3;

	begin(&k, &s, 1, 1); /* proved with the coefficient of degree 0 alone: the others are not covered */
	prove(&k, &s);
	shorter = k.commit.commitments;
	shorter.num = 1;
	tb_pop_statement st;
	tb_commit_statement(&st, &k.commit, &s.manifest, s.election);
	st.commitments = &shorter;
	assert_int_equal(tb_pop_prove(s.manifest.group, &k.commit.pop, &st, &k.f.coefficient[0]), TB_OK);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	assert_refused(s.ceremony, 1, &p, "CEREMONY.POP", "pop");
	tb_buf_release(&p);

	begin(&k, &s, 1, 1); /* and the same, rightly proved */
	prove(&k, &other);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	post(&s, 1, &p);
	tb_buf_release(&p);
	tb_sample_free(&s);
	tb_sample_free(&other);
}

/* ---- distinct, and keys ---- */
static void test_equal_commitments_and_second_commits(void **state)
{
	tb_sample s;
	tb_buf p;
	crafted k;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	begin(&k, &s, 1, 1);
	prove(&k, &s);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	post(&s, 1, &p);
	assert_refused(s.ceremony, 1, &p, "CEREMONY.DISTINCT", "trustee");
	assert_int_equal(tb_ceremony_apply_commit(s.ceremony, 1, p.data, p.len), TB_ERR_STATE);
	tb_buf_release(&p);
	make(&s, &p, 1); /* a second one of its own */
	assert_refused(s.ceremony, 1, &p, "CEREMONY.DISTINCT", "trustee");
	tb_buf_release(&p);
	/* C-02: two trustees who share a secret; the proofs are right, the constant term is equal */
	begin(&k, &s, 2, 1);
	tb_fixture_secret(s.manifest.group, &k.f.coefficient[1], "coefficient", 777);
	prove(&k, &s);
	seal_all(&k, &s);
	finish(&k, &s, &p);
	assert_refused(s.ceremony, 2, &p, "CEREMONY.DISTINCT", "commitments[0]");
	tb_buf_release(&p);
	tb_sample_free(&s);
}

/* Colluders whose constant terms add up to 0: h would be the identity; likewise for some Y_j. */
static void test_keys_that_are_the_identity(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_secret zero, f1, f2, two;
	tb_sample s;
	tb_buf p;
	crafted k[2];

	(void)state;
	tb_secret_set_u64(g, &zero, 0);
	for (int target = 0; target < 2; target++) { /* h, then Y_2 */
		tb_sample_new(&s, g, &ONE, 1, 2, 2);
		begin(&k[0], &s, 1, 1);
		begin(&k[1], &s, 2, 2);
		if (target == 0) {
			tb_secret_sub(g, &k[1].f.coefficient[0], &zero, &k[0].f.coefficient[0]);
		} else { /* f_2(0) = -f_1(2) - 2 f_{2,1} */
			tb_secret_set_u64(g, &two, 2);
			tb_polynomial_evaluate(g, &f1, &k[0].f, 2);
			tb_secret_mul(g, &f2, &two, &k[1].f.coefficient[1]);
			tb_secret_add(g, &f1, &f1, &f2);
			tb_secret_sub(g, &k[1].f.coefficient[0], &zero, &f1);
		}
		for (int i = 0; i < 2; i++) {
			prove(&k[i], &s);
			seal_all(&k[i], &s);
			finish(&k[i], &s, &p);
			if (i == 0) {
				post(&s, 1, &p);
			} else {
				assert_refused(s.ceremony, 2, &p, "CEREMONY.KEYS", "commitments");
				assert_int_equal(
					tb_ceremony_apply_commit(s.ceremony, 2, p.data, p.len), TB_ERR_STATE);
				assert_false(tb_ceremony_is_complete(s.ceremony));
			}
			tb_buf_release(&p);
		}
		tb_sample_free(&s);
	}
}

/* ---- shares ---- */
/* C-12: a share that is garbage, of another value, unreduced, for somebody else; its sender is named, the others can go on. */
static void test_the_sender_of_a_bad_share_is_named(void **state)
{
	static const char *const found[] = {"a ciphertext that does not open", "another value",
		"a scalar that is not reduced", "a ciphertext that does not open"};
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		tb_secret share;
		uint32_t blame;
		tb_fault fault;
		tb_sample s;
		tb_buf p;
		crafted k;

		tb_sample_new(&s, g, &ONE, 1, 3, 2);
		post_honest(&s, 1);
		begin(&k, &s, 2, 5);
		prove(&k, &s);
		seal_all(&k, &s);
		tb_polynomial_evaluate(g, &share, &k.f, 3);
		if (kind == 0) {
			k.commit.share[2][17] ^= 4;
		} else if (kind == 1) {
			tb_polynomial_evaluate(g, &share, &k.f, 2);
			seal(&k, &s, 3, &share);
		} else if (kind == 2) {
			memset(&share, 0xff, sizeof share);
			seal(&k, &s, 3, &share);
		} else {
			memcpy(k.commit.share[2], k.commit.share[0], TB_SHARING_SHARE_BYTES);
		}
		finish(&k, &s, &p);
		post(&s, 2, &p); /* nobody but trustee 3 can see it */
		tb_buf_release(&p);
		post_honest(&s, 3);
		for (uint32_t j = 1; j <= 2; j++)
			assert_int_equal(tb_ceremony_receive(
						 s.ceremony, &share, j, &s.transport[j - 1], &blame, &fault),
				TB_OK);
		assert_fault(tb_ceremony_receive(s.ceremony, &share, 3, &s.transport[2], &blame, &fault),
			&fault, "CEREMONY.RECEIVE", "trustee/2");
		assert_string_equal(fault.found, found[kind]);
		assert_int_equal(blame, 2);
		assert_true(tb_secret_is_zero(&share));
		tb_sample_free(&s);
	}
}

/* ---- certificates ---- */
static void assert_not_certified(const tb_ceremony *c, uint32_t trustee, const tb_buf *p, uint64_t size,
	const uint8_t root[32], const char *where)
{
	tb_fault fault;

	assert_fault(tb_ceremony_check_certify(c, trustee, p->data, p->len, size, root, &fault), &fault,
		"CEREMONY.CERTIFY", where);
}

static void test_certificates(void **state)
{
	uint8_t root[32] = {1, 2, 3}, other[32] = {1, 2, 4};
	tb_fault fault;
	tb_sample s;
	tb_buf p;

	(void)state;
	tb_sample_new(&s, tb_group_ristretto255(), &ONE, 1, 3, 2);
	tb_buf_init(&p, 200);
	post_honest(&s, 1);
	post_honest(&s, 2);
	assert_int_equal(tb_ceremony_make_certify(s.ceremony, &p, 1, 7, root), TB_ERR_STATE);
	tb_buf_append(&p, root, 32);
	assert_not_certified(s.ceremony, 1, &p, 7, root, "trustee"); /* C-15: too early */
	assert_int_equal(tb_ceremony_apply_certify(s.ceremony, 1), TB_ERR_STATE);
	post_honest(&s, 3);
	for (uint32_t j = 1; j <= 3; j++) {
		tb_buf_clear(&p);
		assert_int_equal(tb_ceremony_make_certify(s.ceremony, &p, j, 7, root), TB_OK);
		assert_int_equal(p.len, 2 + 8 + 32 + 32);
		assert_int_equal(
			tb_ceremony_check_certify(s.ceremony, j, p.data, p.len, 7, root, &fault), TB_OK);
		assert_not_certified(s.ceremony, j, &p, 8, root, "size");
		assert_not_certified(s.ceremony, j, &p, 7, other, "root"); /* C-13 */
		p.data[42] ^= 1;
		assert_not_certified(s.ceremony, j, &p, 7, root, "h"); /* C-09 */
		p.data[42] ^= 1;
		p.data[1] ^= 3;
		assert_not_certified(s.ceremony, j, &p, 7, root, "trustee");
		p.data[1] ^= 3;
		p.data[0] = 3;
		assert_not_certified(s.ceremony, j, &p, 7, root, "version");
		p.len--;
		assert_not_certified(s.ceremony, j, &p, 7, root, "length");
		assert_false(tb_ceremony_is_certified(s.ceremony));
		assert_int_equal(tb_ceremony_apply_certify(s.ceremony, j), TB_OK);
		assert_int_equal(tb_ceremony_apply_certify(s.ceremony, j), TB_ERR_STATE);
		assert_not_certified(s.ceremony, j, &p, 7, root, "trustee");
		assert_true(tb_ceremony_has_certificate(s.ceremony, j));
		assert_int_equal(tb_ceremony_num_certificates(s.ceremony), j);
	}
	assert_true(tb_ceremony_is_certified(s.ceremony));
	tb_buf_release(&p);
	tb_sample_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest_ceremonies),
		cmocka_unit_test(test_an_honest_ceremony_in_modp4096),
		cmocka_unit_test(test_randomness_is_fresh_every_time),
		cmocka_unit_test(test_a_wrong_phrase_is_noticed),
		cmocka_unit_test(test_forms_of_commits),
		cmocka_unit_test(test_an_ephemeral_key_that_is_none),
		cmocka_unit_test(test_commits_round_trip),
		cmocka_unit_test(test_every_bit_under_the_proof),
		cmocka_unit_test(test_proofs_of_something_else),
		cmocka_unit_test(test_equal_commitments_and_second_commits),
		cmocka_unit_test(test_keys_that_are_the_identity),
		cmocka_unit_test(test_the_sender_of_a_bad_share_is_named),
		cmocka_unit_test(test_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
