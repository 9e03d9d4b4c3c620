/* SPDX-License-Identifier: Apache-2.0 */
/* The key ceremony's mathematics [CEREMONY] [PROOF.DKG] and Lagrange [DECRYPT.COMBINE], in every group. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "crypto/schnorr.h"
#include "crypto/sharing.h"
#include "crypto/transcript.h"
#include "tests/support/fixture.h"

#define MAX_N 7

/* A whole ceremony: polynomials, commitments, shares x_j. */
typedef struct ceremony {
	const tb_group *g;
	size_t n, t;
	tb_polynomial f[MAX_N];
	tb_points commitments[MAX_N];
	tb_secret share[MAX_N + 1]; /* x_j */
} ceremony;

static void ceremony_new(ceremony *c, const tb_group *g, size_t n, size_t t)
{
	c->g = g;
	c->n = n;
	c->t = t;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(tb_polynomial_random(g, &c->f[i], t), TB_OK);
		assert_int_equal(tb_points_new(g, &c->commitments[i], t), TB_OK);
		tb_polynomial_commit(g, &c->commitments[i], &c->f[i]);
	}
	for (uint32_t j = 1; j <= n; j++) {
		tb_secret_set_u64(g, &c->share[j], 0);
		for (size_t i = 0; i < n; i++) {
			tb_secret part;

			tb_polynomial_evaluate(g, &part, &c->f[i], j);
			tb_secret_add(g, &c->share[j], &c->share[j], &part);
		}
	}
}

static void ceremony_free(ceremony *c)
{
	for (size_t i = 0; i < c->n; i++) {
		tb_points_free(&c->commitments[i]);
		tb_polynomial_wipe(&c->f[i]);
	}
}

/* RFC 9591 appendix E.3: a polynomial, its three shares, and the key. */
static void test_rfc9591_shares(void **state)
{
	static const char *const coefficients[] = {
		"1b25a55e463cfd15cf14a5d3acc3d15053f08da49c8afcf3ab265f2ebc4f970b",
		"410f8b744b19325891d73736923525a4f596c805d060dfb9c98009d34e3fec02"};
	static const char *const shares[] = {
		"5c3430d391552f6e60ecdc093ff9f6f4488756aa6cebdbad75a768010b8f830e",
		"b06fc5eac20b4f6e1b271d9df2343d843e1e1fb03c4cbb673f2872d459ce6f01",
		"f17e505f0e2581c6acfe54d3846a622834b5e7b50cad9a2109a97ba7a80d5c04"};
	static const uint32_t indices[] = {1, 3};
	const tb_group *g = tb_group_ristretto255();
	uint8_t bytes[32], expected[32];
	tb_polynomial f = {.threshold = 2};
	tb_point points[3], *h = &points[2], key;
	const tb_point *const two[] = {&points[0], &points[1]};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		tb_fixture_hex(bytes, 32, coefficients[k]);
		assert_int_equal(tb_secret_parse(g, &f.coefficient[k], bytes), TB_OK);
	}
	for (uint32_t j = 1; j <= 3; j++) {
		tb_secret s;

		tb_polynomial_evaluate(g, &s, &f, j);
		tb_secret_write(g, bytes, &s);
		tb_fixture_hex(expected, 32, shares[j - 1]);
		assert_memory_equal(bytes, expected, 32);
		if (j != 2)
			tb_point_mul_generator_secret(g, &points[j / 2], &s);
	}
	assert_int_equal(tb_sharing_combine(g, &key, indices, two, 2), TB_OK);
	tb_point_mul_generator_secret(g, h, &f.coefficient[0]);
	assert_true(tb_point_equal(g, &key, h));
}

static void test_shares_check_against_commitments(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		ceremony c;

		ceremony_new(&c, groups[k], 3, 2);
		for (size_t i = 0; i < c.n; i++) {
			for (uint32_t j = 1; j <= c.n; j++) {
				tb_secret s, one;

				tb_polynomial_evaluate(c.g, &s, &c.f[i], j);
				assert_int_equal(tb_sharing_check(c.g, &s, &c.commitments[i], j), TB_OK);
				assert_int_equal(tb_sharing_check(c.g, &s, &c.commitments[i], j % 3 + 1),
					TB_ERR_PROOF);
				assert_int_equal(tb_sharing_check(c.g, &s, &c.commitments[(i + 1) % c.n], j),
					TB_ERR_PROOF);
				tb_secret_set_u64(c.g, &one, 1);
				tb_secret_add(c.g, &s, &s, &one);
				assert_int_equal(
					tb_sharing_check(c.g, &s, &c.commitments[i], j), TB_ERR_PROOF);
			}
		}
		ceremony_free(&c);
	}
}

/* Decryption shares of the trustees in the bit set `who`, combined. */
static tb_err combine(const ceremony *c, tb_point *out, unsigned who, const tb_point *A)
{
	tb_point shares[MAX_N];
	const tb_point *list[MAX_N];
	uint32_t indices[MAX_N];
	size_t num = 0;

	for (uint32_t j = 1; j <= c->n; j++) {
		if (who >> (j - 1) & 1) {
			tb_point_mul_secret(c->g, &shares[num], &c->share[j], A);
			list[num] = &shares[num];
			indices[num++] = j;
		}
	}
	return tb_sharing_combine(c->g, out, indices, list, num);
}

/* Every n <= 5, every t, every set of trustees: t or more agree on x*A, fewer never. */
static void test_exactly_enough_trustees_decrypt(void **state)
{
	const tb_group *g = tb_group_ristretto255();

	(void)state;
	for (size_t n = 1; n <= 5; n++) {
		for (size_t t = 1; t <= n; t++) {
			tb_point h, A, expected, got;
			tb_secret r;
			ceremony c;

			ceremony_new(&c, g, n, t);
			assert_int_equal(tb_sharing_election_key(g, &h, c.commitments, n), TB_OK);
			tb_fixture_secret(g, &r, "r", n);
			tb_point_mul_generator_secret(g, &A, &r);
			tb_point_mul_secret(g, &expected, &r, &h);
			for (unsigned who = 1; who < 1u << n; who++) {
				assert_int_equal(combine(&c, &got, who, &A), TB_OK);
				assert_int_equal(tb_point_equal(g, &got, &expected),
					(size_t)__builtin_popcount(who) >= t);
			}
			for (uint32_t j = 1; j <= n; j++) {
				tb_point Y, x;

				assert_int_equal(
					tb_sharing_verification_key(g, &Y, c.commitments, n, j), TB_OK);
				tb_point_mul_generator_secret(g, &x, &c.share[j]);
				assert_true(tb_point_equal(g, &Y, &x));
			}
			ceremony_free(&c);
		}
	}
}

static void test_other_group_decrypts_too(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		tb_point h, expected, got, A;
		tb_secret r;
		ceremony c;

		ceremony_new(&c, groups[k], 3, 2);
		assert_int_equal(tb_sharing_election_key(c.g, &h, c.commitments, 3), TB_OK);
		tb_fixture_secret(c.g, &r, "r", 1);
		tb_point_mul_generator_secret(c.g, &A, &r);
		tb_point_mul_secret(c.g, &expected, &r, &h);
		for (unsigned who = 3; who < 8; who++) {
			if (__builtin_popcount(who) != 2)
				continue;
			assert_int_equal(combine(&c, &got, who, &A), TB_OK);
			assert_true(tb_point_equal(c.g, &got, &expected));
		}
		ceremony_free(&c);
	}
}

static void test_lagrange_refuses_bad_indices(void **state)
{
	static const uint32_t zero[] = {1, 0}, twice[] = {4, 2, 4}, many[TB_SHARING_MAX + 1] = {1};
	const tb_group *g = tb_group_ristretto255();
	tb_scalar lambda[TB_SHARING_MAX + 1], one;
	static const uint32_t single[] = {9};

	(void)state;
	assert_int_equal(tb_sharing_lagrange(g, lambda, zero, 2), TB_ERR_RANGE);
	assert_int_equal(tb_sharing_lagrange(g, lambda, twice, 3), TB_ERR_RANGE);
	assert_int_equal(tb_sharing_lagrange(g, lambda, many, TB_SHARING_MAX + 1), TB_ERR_RANGE);
	assert_int_equal(tb_sharing_lagrange(g, lambda, single, 0), TB_ERR_RANGE);
	assert_int_equal(tb_sharing_lagrange(g, lambda, single, 1), TB_OK);
	tb_scalar_set_u64(g, &one, 1);
	assert_true(tb_scalar_equal(&lambda[0], &one));
}

/* C-01: contributions that cancel give no key. */
static void test_identity_keys_are_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point h, Y;
	ceremony c;

	(void)state;
	ceremony_new(&c, g, 2, 2);
	for (size_t k = 0; k < 2; k++)
		tb_point_neg(g, tb_points_at(&c.commitments[1], k), tb_points_at(&c.commitments[0], k));
	assert_int_equal(tb_sharing_election_key(g, &h, c.commitments, 2), TB_ERR_RANGE);
	assert_int_equal(tb_sharing_verification_key(g, &Y, c.commitments, 2, 1), TB_ERR_RANGE);
	ceremony_free(&c);
}

static void test_polynomials_are_fresh_and_without_zero(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_polynomial a, b;

	(void)state;
	assert_int_equal(tb_polynomial_random(g, &a, TB_SHARING_MAX), TB_OK);
	assert_int_equal(tb_polynomial_random(g, &b, TB_SHARING_MAX), TB_OK);
	for (size_t k = 0; k < TB_SHARING_MAX; k++) {
		assert_false(tb_secret_is_zero(&a.coefficient[k]));
		assert_memory_not_equal(&a.coefficient[k], &b.coefficient[k], sizeof a.coefficient[k]);
	}
	tb_polynomial_wipe(&a);
	for (size_t k = 0; k < TB_SHARING_MAX; k++)
		assert_true(tb_secret_is_zero(&a.coefficient[k]));
}

/* ---- proof of possession ---- */
typedef struct pop_sample {
	uint8_t election[64], transport[64], ephemeral[64];
	tb_polynomial f;
	tb_points commitments;
	tb_pop_statement st;
	tb_pop pop;
} pop_sample;

static void pop_new(pop_sample *s, const tb_group *g)
{
	tb_fixture_bytes(s->election, "election", 0);
	tb_fixture_bytes(s->transport, "transport", 0);
	tb_fixture_bytes(s->ephemeral, "ephemeral", 0);
	assert_int_equal(tb_polynomial_random(g, &s->f, 3), TB_OK);
	assert_int_equal(tb_points_new(g, &s->commitments, 3), TB_OK);
	tb_polynomial_commit(g, &s->commitments, &s->f);
	s->st = (tb_pop_statement){.election = s->election,
		.index = 2,
		.num_trustees = 5,
		.transport = s->transport,
		.commitments = &s->commitments,
		.ephemeral = s->ephemeral};
	assert_int_equal(tb_pop_prove(g, &s->pop, &s->st, &s->f.coefficient[0]), TB_OK);
}

static void test_pop_covers_everything(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		const tb_group *g = groups[k];
		tb_points fewer;
		pop_sample s;

		pop_new(&s, g);
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_OK);
		s.election[31] ^= 1;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF); /* C-05 */
		s.election[31] ^= 1;
		s.transport[0] ^= 1;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF);
		s.transport[0] ^= 1;
		s.ephemeral[5] ^= 1;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF);
		s.ephemeral[5] ^= 1;
		s.st.index = 3;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF); /* C-02 */
		s.st.index = 2;
		s.st.num_trustees = 6;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF);
		s.st.num_trustees = 5;
		for (size_t i = 0; i < 3; i++) { /* C-06 */
			tb_point *C = tb_points_at(&s.commitments, i), keep;

			tb_point_copy(g, &keep, C);
			tb_point_add(g, C, C, tb_points_at(&s.commitments, (i + 1) % 3));
			assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF);
			tb_point_identity(g, C);
			assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_RANGE); /* C-01, C-08 */
			tb_point_copy(g, C, &keep);
		}
		fewer = s.commitments;
		fewer.num = 2;
		s.st.commitments = &fewer;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF);
		s.st.commitments = &s.commitments;
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_OK);
		tb_points_free(&s.commitments);
	}
}

/* modp4096: commitments with a component of order (p-1)/2q would give shares that check for some and not for others. */
static void test_commitments_outside_the_subgroup_are_found(void **state)
{
	const tb_group *g = tb_group_modp4096();
	uint8_t four[TB_POINT_MAX_BYTES] = {[TB_POINT_MAX_BYTES - 1] = 4};
	tb_point R;
	pop_sample s;

	(void)state;
	assert_int_equal(tb_point_parse(g, &R, four), TB_OK);
	for (size_t k = 0; k < 3; k++) {
		pop_new(&s, g);
		tb_point_add(g, tb_points_at(&s.commitments, k), tb_points_at(&s.commitments, k), &R);
		assert_int_equal(tb_pop_prove(g, &s.pop, &s.st, &s.f.coefficient[0]), TB_OK);
		assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_GROUP);
		tb_points_free(&s.commitments);
	}
}

static void test_every_flipped_bit_of_a_pop_is_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[64];
	pop_sample s;
	tb_pop bad;

	(void)state;
	pop_new(&s, g);
	assert_int_equal(tb_pop_bytes(g), 64);
	for (size_t bit = 0; bit < 8 * 64; bit++) {
		tb_pop_write(g, wire, &s.pop);
		wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (tb_pop_parse(g, &bad, wire) == TB_OK)
			assert_int_not_equal(tb_pop_verify(g, &bad, &s.st), TB_OK);
	}
	tb_pop_write(g, wire, &s.pop);
	assert_int_equal(tb_pop_parse(g, &bad, wire), TB_OK);
	assert_int_equal(tb_pop_verify(g, &bad, &s.st), TB_OK);
	tb_points_free(&s.commitments);
}

/* The challenge of [CEREMONY.POP], item by item. */
static void pop_challenge(const tb_group *g, tb_scalar *c, const pop_sample *s, bool with_nonce)
{
	uint8_t wire[3 * TB_POINT_MAX_BYTES];
	tb_transcript t;

	for (size_t i = 0; i < 3; i++)
		tb_point_write(g, wire + i * tb_group_point_bytes(g), tb_points_at(&s->commitments, i));
	assert_int_equal(tb_transcript_init(&t, "tabella/v1/pop"), TB_OK);
	tb_transcript_bytes(&t, "group", tb_group_name(g), strlen(tb_group_name(g)));
	tb_transcript_bytes(&t, "election", s->election, 32);
	tb_transcript_u64(&t, "trustee", 2);
	tb_transcript_u64(&t, "trustees", 5);
	tb_transcript_u64(&t, "threshold", 3);
	tb_transcript_bytes(&t, "transport", s->transport, 32);
	tb_transcript_bytes(&t, "commitments", wire, 3 * tb_group_point_bytes(g));
	tb_transcript_bytes(&t, "ephemeral", s->ephemeral, 32);
	if (with_nonce)
		tb_transcript_point(&t, g, "nonce", &s->pop.nonce);
	tb_transcript_challenge(&t, g, c);
	tb_transcript_release(&t);
}

static bool pop_equation(const tb_group *g, const pop_sample *s, const tb_scalar *c)
{
	tb_point left, right;

	tb_point_generator(g, &left);
	tb_point_mul_public(g, &left, &s->pop.z, &left);
	tb_point_mul_public(g, &right, c, tb_points_at(&s->commitments, 0));
	tb_point_add(g, &right, &right, &s->pop.nonce);
	return tb_point_equal(g, &left, &right);
}

static void test_pop_challenge_is_that_of_the_spec(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		pop_sample s;
		tb_scalar c;

		pop_new(&s, groups[k]);
		pop_challenge(groups[k], &c, &s, true);
		assert_true(pop_equation(groups[k], &s, &c));
		tb_points_free(&s.commitments);
	}
}

/* C-03: a rogue key C_0 = g - (sum of the others') with a "proof" against a challenge that forgets pop_R. */
static void test_rogue_key_with_a_weak_challenge(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	tb_point others, product, h, generator;
	tb_points both[2];
	pop_sample s;
	tb_scalar c;

	(void)state;
	pop_new(&s, g);
	tb_point_hash(g, &others, "test/others", "", 0);
	tb_point_generator(g, &generator);
	tb_point_sub(g, tb_points_at(&s.commitments, 0), &generator, &others);
	pop_challenge(g, &c, &s, false);
	tb_fixture_scalar(g, &s.pop.z, "rogue", 0);
	tb_point_mul_public(g, &s.pop.nonce, &s.pop.z, &generator);
	tb_point_mul_public(g, &product, &c, tb_points_at(&s.commitments, 0));
	tb_point_sub(g, &s.pop.nonce, &s.pop.nonce, &product);
	assert_true(pop_equation(g, &s, &c)); /* the weak verifier is deceived */
	both[0] = s.commitments;
	assert_int_equal(tb_points_new(g, &both[1], 1), TB_OK);
	tb_point_copy(g, tb_points_at(&both[1], 0), &others);
	assert_int_equal(tb_sharing_election_key(g, &h, both, 2), TB_OK);
	assert_true(tb_point_equal(g, &h, &generator)); /* and the key is known to the forger: it is 1 */
	assert_int_equal(tb_pop_verify(g, &s.pop, &s.st), TB_ERR_PROOF);
	tb_points_free(&both[1]);
	tb_points_free(&s.commitments);
}

/* ---- share transport ---- */
typedef struct way {
	tb_secret e, d_from, d_to;
	uint8_t election[64], E[32], from[32], to[32];
	tb_share_route route;
} way;

static void way_new(way *w, uint32_t i, uint32_t j)
{
	const tb_group *r255 = tb_group_ristretto255();

	tb_fixture_bytes(w->election, "election", 0);
	tb_fixture_secret(r255, &w->e, "e", i);
	tb_fixture_secret(r255, &w->d_from, "d", i);
	tb_fixture_secret(r255, &w->d_to, "d", j);
	tb_schnorr_public(w->E, &w->e);
	tb_schnorr_public(w->from, &w->d_from);
	tb_schnorr_public(w->to, &w->d_to);
	w->route = (tb_share_route){.election = w->election,
		.sender = i,
		.recipient = j,
		.ephemeral = w->E,
		.from = w->from,
		.to = w->to};
}

static void test_shares_travel(void **state)
{
	size_t num;
	const tb_group *const *groups = tb_fixture_groups(&num);

	(void)state;
	for (size_t k = 0; k < num; k++) {
		for (uint32_t i = 1; i <= 3; i++) {
			for (uint32_t j = 1; j <= 3;
				j++) { /* j = i too: the phrase and the board recover everything */
				uint8_t sealed[48];
				tb_secret share, got;
				way w;

				way_new(&w, i, j);
				tb_fixture_secret(groups[k], &share, "share", 10 * i + j);
				assert_int_equal(tb_share_encrypt(groups[k], sealed, &w.route, &w.e,
							 &w.d_from, &share),
					TB_OK);
				assert_int_equal(
					tb_share_decrypt(groups[k], &got, &w.route, &w.d_to, sealed), TB_OK);
				assert_memory_equal(&got, &share, sizeof got);
			}
		}
	}
}

static void test_every_flipped_bit_of_a_share_is_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t sealed[48];
	tb_secret share, got;
	way w;

	(void)state;
	way_new(&w, 1, 2);
	tb_fixture_secret(g, &share, "share", 0);
	assert_int_equal(tb_share_encrypt(g, sealed, &w.route, &w.e, &w.d_from, &share), TB_OK);
	for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		got = share;
		assert_int_equal(tb_share_decrypt(g, &got, &w.route, &w.d_to, sealed), TB_ERR_DECRYPT);
		assert_true(tb_secret_is_zero(&got));
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(tb_share_decrypt(g, &got, &w.route, &w.d_to, sealed), TB_OK);
}

static void test_a_share_opens_on_its_own_way_only(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t sealed[48], other[64], zero[32] = {0}, bad[32];
	tb_secret share, got;
	way w, x;

	(void)state;
	way_new(&w, 1, 2);
	way_new(&x, 3, 2);
	tb_fixture_secret(g, &share, "share", 0);
	assert_int_equal(tb_share_encrypt(g, sealed, &w.route, &w.e, &w.d_from, &share), TB_OK);
	assert_int_equal(tb_share_decrypt(g, &got, &x.route, &w.d_to, sealed), TB_ERR_DECRYPT);
	for (int field = 0; field < 7; field++) {
		tb_share_route r = w.route;
		tb_err expected = TB_ERR_DECRYPT;

		tb_fixture_bytes(other, "other election", 0);
		switch (field) {
		case 0:
			r.election = other;
			break;
		case 1:
			r.sender = 3;
			break;
		case 2:
			r.recipient = 3;
			break;
		case 3:
			r.ephemeral = x.E;
			break;
		case 4:
			r.from = x.from;
			break;
		case 5:
			r.to = x.from;
			break;
		default:
			r.ephemeral = zero, expected = TB_ERR_RANGE;
			break;
		}
		assert_int_equal(tb_share_decrypt(g, &got, &r, &w.d_to, sealed), expected);
	}
	assert_int_equal(tb_share_decrypt(g, &got, &w.route, &x.d_from, sealed), TB_ERR_DECRYPT);
	memset(bad, 0xff, sizeof bad);
	w.route.to = bad;
	assert_int_equal(tb_share_encrypt(g, sealed, &w.route, &w.e, &w.d_from, &share), TB_ERR_ENCODING);
	for (size_t i = 0; i < sizeof sealed; i++)
		assert_int_equal(sealed[i], 0);
}

/* A sender may encrypt anything: what is no scalar below q is refused, not reduced. */
static void test_an_unreduced_share_is_refused(void **state)
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t sealed[48], order[32];
	tb_secret q, got;
	way w;

	(void)state;
	way_new(&w, 1, 2);
	tb_group_order(g, order);
	memcpy(q.limb, order, 32);
	assert_int_equal(tb_share_encrypt(g, sealed, &w.route, &w.e, &w.d_from, &q), TB_OK);
	assert_int_equal(tb_share_decrypt(g, &got, &w.route, &w.d_to, sealed), TB_ERR_ENCODING);
	assert_true(tb_secret_is_zero(&got));
}

/* [CEREMONY.SHARE] by libsodium: its group, hash and AEAD open what was sealed here. */
static void absorb(crypto_hash_sha512_state *h, const char *label, const void *data, size_t len)
{
	const uint8_t label_frame[2] = {0, (uint8_t)strlen(label)};
	const uint8_t len_frame[8] = {0, 0, 0, 0, 0, 0, (uint8_t)(len >> 8), (uint8_t)len};

	crypto_hash_sha512_update(h, label_frame, 2);
	crypto_hash_sha512_update(h, (const uint8_t *)label, strlen(label));
	crypto_hash_sha512_update(h, len_frame, 8);
	crypto_hash_sha512_update(h, data, len);
}

static void test_libsodium_opens_a_share(void **state)
{
	static const uint8_t sender[8] = {0, 0, 0, 0, 0, 0, 0, 1}, recipient[8] = {0, 0, 0, 0, 0, 0, 0, 2};
	const tb_group *g = tb_group_ristretto255();
	uint8_t sealed[48], d[32], es[32], ss[32], digest[64], aad[34], plain[32], expected[32],
		nonce[12] = {0};
	crypto_hash_sha512_state h;
	tb_secret share;
	way w;

	(void)state;
	assert_true(sodium_init() >= 0);
	way_new(&w, 1, 2);
	tb_fixture_secret(g, &share, "share", 7);
	assert_int_equal(tb_share_encrypt(g, sealed, &w.route, &w.e, &w.d_from, &share), TB_OK);
	tb_secret_write(g, d, &w.d_to);
	assert_int_equal(crypto_scalarmult_ristretto255(es, d, w.E), 0);
	assert_int_equal(crypto_scalarmult_ristretto255(ss, d, w.from), 0);
	crypto_hash_sha512_init(&h);
	absorb(&h, "protocol", "tabella/v1/share", 16);
	absorb(&h, "election", w.election, 32);
	absorb(&h, "sender", sender, 8);
	absorb(&h, "recipient", recipient, 8);
	absorb(&h, "ephemeral-static", es, 32);
	absorb(&h, "static-static", ss, 32);
	absorb(&h, "ephemeral", w.E, 32);
	absorb(&h, "from", w.from, 32);
	absorb(&h, "to", w.to, 32);
	crypto_hash_sha512_final(&h, digest);
	crypto_hash_sha512_init(&h);
	absorb(&h, "output", digest, 64);
	crypto_hash_sha512_final(&h, digest);
	memcpy(aad, w.election, 32);
	aad[32] = 1;
	aad[33] = 2;
	assert_int_equal(crypto_aead_chacha20poly1305_ietf_decrypt(
				 plain, NULL, NULL, sealed, sizeof sealed, aad, sizeof aad, nonce, digest),
		0);
	tb_secret_write(g, expected, &share);
	assert_memory_equal(plain, expected, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc9591_shares),
		cmocka_unit_test(test_shares_check_against_commitments),
		cmocka_unit_test(test_exactly_enough_trustees_decrypt),
		cmocka_unit_test(test_other_group_decrypts_too),
		cmocka_unit_test(test_lagrange_refuses_bad_indices),
		cmocka_unit_test(test_identity_keys_are_refused),
		cmocka_unit_test(test_polynomials_are_fresh_and_without_zero),
		cmocka_unit_test(test_pop_covers_everything),
		cmocka_unit_test(test_commitments_outside_the_subgroup_are_found),
		cmocka_unit_test(test_every_flipped_bit_of_a_pop_is_refused),
		cmocka_unit_test(test_pop_challenge_is_that_of_the_spec),
		cmocka_unit_test(test_rogue_key_with_a_weak_challenge),
		cmocka_unit_test(test_shares_travel),
		cmocka_unit_test(test_every_flipped_bit_of_a_share_is_refused),
		cmocka_unit_test(test_a_share_opens_on_its_own_way_only),
		cmocka_unit_test(test_an_unreduced_share_is_refused),
		cmocka_unit_test(test_libsodium_opens_a_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
