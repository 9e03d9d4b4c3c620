/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and verifying ballot proofs, from wire bytes, one thread: options per second against the targets of DESIGN
 * section 11 (which include envelope and signature: bench_verify measures that).  For modp4096 the peer runs beside it: one disjunctive
 * Chaum-Pedersen proof per option on the same GMP, with tables for g and h and a full membership test per element.
 * Also signatures, decryption proofs and logarithms.  BIG=1 adds a logarithm of 2^40.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/bitproof.h"
#include "crypto/dleq.h"
#include "crypto/dlog.h"
#include "crypto/schnorr.h"
#include "crypto/transcript.h"
#include "tests/support/fixture.h"

/* The time this thread ran, in microseconds: others may use the machine too. */
static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void must(tb_err err)
{
	if (err != TB_OK) {
		(void)fprintf(stderr, "%s\n", tb_err_text(err));
		exit(1);
	}
}

static void require(bool ok)
{
	if (!ok) {
		(void)fprintf(stderr, "a proof that is right was refused, or memory ran out\n");
		exit(1);
	}
}

/* ---- ballots ---- */
#define UNIQUE 32 /* ballots that are made; a batch repeats them, which costs the verifier just as much */

typedef struct ballots {
	tb_fixture f;
	tb_bitproof_definition def;
	uint8_t *wires[UNIQUE];
	size_t len, num_unique;
	double prove_ms;
} ballots;

static void ballots_new(ballots *b, const tb_group *g, uint32_t m, uint32_t max, size_t num)
{
	double start;

	must(tb_bitproof_define(&b->def, m, 1, 1, max, false));
	tb_fixture_new(&b->f, g, b->def.num_bits);
	b->len = tb_bitproof_bytes(g, &b->def);
	b->num_unique = num < UNIQUE ? num : UNIQUE;
	start = now();
	for (size_t i = 0; i < b->num_unique; i++) {
		uint32_t votes[TB_BITPROOF_MAX_OPTIONS], blank;

		tb_fixture_choose(&b->def, i, votes, &blank);
		b->wires[i] = tb_fixture_prove(&b->f, &b->def, i, votes, blank);
	}
	b->prove_ms = (now() - start) / 1e3 / (double)b->num_unique;
}

static void ballots_free(ballots *b)
{
	for (size_t i = 0; i < b->num_unique; i++)
		free(b->wires[i]);
	tb_fixture_free(&b->f);
}

typedef struct times {
	double parse, prepare, append, check, all;
} times;

/* One batch of `num`, per ballot. */
static times verify_once(ballots *b, tb_bitproof **proofs, size_t num)
{
	double t0, t1, t2, t3, t4, n = (double)num;

	t0 = now();
	for (size_t i = 0; i < num; i++)
		must(tb_bitproof_parse(proofs[i], b->wires[i % b->num_unique], b->len));
	t1 = now();
	for (size_t i = 0; i < num; i++) {
		must(tb_bitproof_distinct((const tb_bitproof *const *)&proofs[i], 1));
		must(tb_bitproof_prepare(proofs[i], &b->f.key, tb_fixture_binding(i % b->num_unique)));
	}
	t2 = now();
	tb_batch_clear(b->f.batch);
	for (size_t i = 0; i < num; i++)
		must(tb_bitproof_append(proofs[i], b->f.batch));
	t3 = now();
	must(tb_batch_check(b->f.batch));
	t4 = now();
	return (times){(t1 - t0) / n, (t2 - t1) / n, (t3 - t2) / n, (t4 - t3) / n, (t4 - t0) / n};
}

/* The best of three; microseconds per ballot. */
static double bench_ballots(const tb_group *g, uint32_t m, uint32_t max, size_t num, const char *target)
{
	tb_bitproof **proofs = calloc(num, sizeof(tb_bitproof *));
	static ballots b;
	times best = {0};

	require(proofs != NULL);
	ballots_new(&b, g, m, max, num);
	for (size_t i = 0; i < num; i++)
		must(tb_bitproof_new(g, &proofs[i], &b.def));
	for (int run = 0; run < 3; run++) {
		times t = verify_once(&b, proofs, num);

		best = run == 0 || t.all < best.all ? t : best;
	}
	(void)printf("%-12s %2u options (1..%u), %4zu ballots: prove %8.2f ms; verify %9.1f us a ballot, "
		     "%6.0f options/s%s\n",
		tb_group_name(g), m, max, num, b.prove_ms, best.all, 1e6 * m / best.all, target);
	(void)printf("%-12s   decode %.1f, challenges and scalars %.1f, randomise %.1f, one sum (and order) "
		     "%.1f us: %.0f %%\n",
		"", best.parse, best.prepare, best.append, best.check, 100 * best.check / best.all);
	for (size_t i = 0; i < num; i++)
		tb_bitproof_free(proofs[i]);
	free(proofs);
	ballots_free(&b);
	return best.all;
}

/* ---- the peer: one disjunctive proof per option ---- */
#define PEER_WINDOWS 32 /* of 8 bits */

typedef struct peer_table {
	tb_points powers; /* [window][digit], digit * 256^window * base */
} peer_table;

static void peer_table_new(const tb_group *g, peer_table *t, const tb_point *base)
{
	tb_point b;

	must(tb_points_new(g, &t->powers, PEER_WINDOWS * 256));
	tb_point_copy(g, &b, base);
	for (size_t w = 0; w < PEER_WINDOWS; w++) {
		for (size_t d = 1; d < 256; d++)
			tb_point_add(g, tb_points_at(&t->powers, 256 * w + d),
				tb_points_at(&t->powers, 256 * w + d - 1), &b);
		tb_point_add(g, &b, &b, tb_points_at(&t->powers, 256 * w + 255));
	}
}

/* sum += k*base, 32 additions. */
static void peer_add(const tb_group *g, const peer_table *t, tb_point *sum, const tb_scalar *k)
{
	for (size_t w = 0; w < PEER_WINDOWS; w++) {
		size_t digit = k->limb[w / 8] >> (8 * (w % 8)) & 255;

		if (digit != 0)
			tb_point_add(g, sum, sum, tb_points_at(&t->powers, 256 * w + digit));
	}
}

typedef struct peer {
	const tb_group *g;
	peer_table base, key; /* g, h */
	tb_point h;
} peer;

typedef struct peer_proof {
	uint8_t a[TB_POINT_MAX_BYTES], b[TB_POINT_MAX_BYTES]; /* the ciphertext on the wire */
	tb_scalar c[2], z[2];
} peer_proof;

static void peer_challenge(
	const peer *p, tb_scalar *c, const peer_proof *proof, const tb_point commitments[4])
{
	tb_transcript t;

	must(tb_transcript_init(&t, "peer"));
	tb_transcript_point(&t, p->g, "h", &p->h);
	tb_transcript_point_wire(&t, p->g, "a", proof->a);
	tb_transcript_point_wire(&t, p->g, "b", proof->b);
	for (size_t i = 0; i < 4; i++)
		tb_transcript_point(&t, p->g, "commitment", &commitments[i]);
	tb_transcript_challenge(&t, p->g, c);
	tb_transcript_release(&t);
}

/* z*g + c*A and z*h + c*(B - v*g), of branch v: the commitments that (c, z) implies. */
static void peer_branch(const peer *p, tb_point out[2], const tb_point *A, const tb_point *B, uint64_t v,
	const tb_scalar *c, const tb_scalar *z)
{
	tb_scalar minus;

	tb_point_mul_public(p->g, &out[0], c, A);
	peer_add(p->g, &p->base, &out[0], z);
	tb_point_mul_public(p->g, &out[1], c, B);
	peer_add(p->g, &p->key, &out[1], z);
	if (v == 1) {
		tb_scalar_neg(p->g, &minus, c);
		peer_add(p->g, &p->base, &out[1], &minus);
	}
}

static void peer_prove(const peer *p, peer_proof *out, uint64_t vote, uint64_t seed)
{
	const tb_group *g = p->g;
	tb_scalar r, w, c, t;
	tb_point A, B, commitments[4];
	size_t fake = 1 - (size_t)vote;

	tb_fixture_scalar(g, &r, "peer r", seed);
	tb_fixture_scalar(g, &w, "peer w", seed);
	tb_point_identity(g, &A);
	peer_add(g, &p->base, &A, &r);
	tb_point_identity(g, &B);
	peer_add(g, &p->key, &B, &r);
	tb_scalar_set_u64(g, &t, vote);
	peer_add(g, &p->base, &B, &t);
	tb_point_write(g, out->a, &A);
	tb_point_write(g, out->b, &B);
	tb_fixture_scalar(g, &out->c[fake], "peer c", seed);
	tb_fixture_scalar(g, &out->z[fake], "peer z", seed);
	peer_branch(p, &commitments[2 * fake], &A, &B, fake, &out->c[fake], &out->z[fake]);
	tb_point_identity(g, &commitments[2 * vote]);
	peer_add(g, &p->base, &commitments[2 * vote], &w);
	tb_point_identity(g, &commitments[2 * vote + 1]);
	peer_add(g, &p->key, &commitments[2 * vote + 1], &w);
	peer_challenge(p, &c, out, commitments);
	tb_scalar_sub(g, &out->c[vote], &c, &out->c[fake]);
	tb_scalar_mul(g, &t, &out->c[vote], &r);
	tb_scalar_sub(g, &out->z[vote], &w, &t);
}

/* P^q = 1, as (q-1)*P + P. */
static bool peer_is_member(const tb_group *g, const tb_point *P)
{
	tb_scalar minus_one;
	tb_point t;

	tb_scalar_set_u64(g, &minus_one, 1);
	tb_scalar_neg(g, &minus_one, &minus_one);
	tb_point_mul_public(g, &t, &minus_one, P);
	tb_point_add(g, &t, &t, P);
	return tb_point_is_identity(g, &t);
}

static bool peer_verify(const peer *p, const peer_proof *proof)
{
	tb_point A, B, commitments[4];
	tb_scalar c, sum;

	/* The Jacobi symbol in here is 3 % of the membership test that follows. */
	if (tb_point_parse(p->g, &A, proof->a) != TB_OK || tb_point_parse(p->g, &B, proof->b) != TB_OK)
		return false;
	if (!peer_is_member(p->g, &A) || !peer_is_member(p->g, &B))
		return false;
	peer_branch(p, &commitments[0], &A, &B, 0, &proof->c[0], &proof->z[0]);
	peer_branch(p, &commitments[2], &A, &B, 1, &proof->c[1], &proof->z[1]);
	peer_challenge(p, &c, proof, commitments);
	tb_scalar_add(p->g, &sum, &proof->c[0], &proof->c[1]);
	return tb_scalar_equal(&c, &sum);
}

/* Microseconds per option. */
static double bench_peer(const tb_group *g)
{
	enum { NUM = 20 };
	static peer_proof proofs[NUM];
	tb_point generator;
	tb_secret x;
	double best = 0;
	peer p = {.g = g};

	tb_fixture_secret(g, &x, "election key", 0);
	tb_point_mul_generator_secret(g, &p.h, &x);
	tb_point_generator(g, &generator);
	peer_table_new(g, &p.base, &generator);
	peer_table_new(g, &p.key, &p.h);
	for (size_t i = 0; i < NUM; i++)
		peer_prove(&p, &proofs[i], i % 2, i);
	for (int run = 0; run < 3; run++) {
		double start = now(), took;

		for (size_t i = 0; i < NUM; i++)
			require(peer_verify(&p, &proofs[i]));
		took = (now() - start) / NUM;
		best = run == 0 || took < best ? took : best;
	}
	proofs[0].z[0].limb[0] ^= 1;
	require(!peer_verify(&p, &proofs[0])); /* it does check */
	tb_points_free(&p.base.powers);
	tb_points_free(&p.key.powers);
	return best;
}

/* ---- signatures and decryption proofs ---- */
static void bench_signatures(size_t num)
{
	const tb_group *g = tb_group_ristretto255();
	tb_points points;
	tb_schnorr_equation eq;
	uint8_t public_key[32], random[64], signature[64];
	double start, sign, one, many;
	tb_secret key;
	tb_scalar e;
	tb_batch *b;

	must(tb_points_new(g, &points, 2 * num));
	must(tb_batch_new(g, &b, NULL, 0));
	tb_fixture_secret(g, &key, "signer", 0);
	tb_schnorr_public(public_key, &key);
	tb_fixture_bytes(random, "random", 0);
	start = now();
	for (size_t i = 0; i < 100; i++)
		must(tb_schnorr_sign(signature, &key, public_key, "message", 7, random));
	sign = (now() - start) / 100;
	start = now();
	for (size_t i = 0; i < 100; i++)
		must(tb_schnorr_verify(public_key, "message", 7, signature));
	one = (now() - start) / 100;
	start = now();
	for (size_t i = 0; i < num; i++) {
		tb_point *P = tb_points_at(&points, 2 * i), *R = tb_points_at(&points, 2 * i + 1);

		must(tb_schnorr_public_parse(P, public_key));
		must(tb_schnorr_prepare(&eq, R, P, public_key, "message", 7, signature));
		must(tb_scalar_random128(g, &e));
		must(tb_schnorr_append(b, &eq, &e));
	}
	must(tb_batch_check(b));
	many = (now() - start) / (double)num;
	(void)printf("signatures: sign %.1f us (and checked), verify one %.1f us, %zu at once %.1f us each\n",
		sign, one, num, many);
	tb_batch_free(b);
	tb_points_free(&points);
}

static void bench_shares(const tb_group *g, size_t num)
{
	static tb_dleq_statement st;
	static tb_dleq_proof proof;
	double start, prove, one, many;
	tb_scalar e[2];
	tb_secret x;
	tb_batch *b;

	must(tb_batch_new(g, &b, NULL, 0));
	tb_fixture_secret(g, &x, "share", 0);
	tb_point_hash(g, &st.H, "bench", NULL, 0);
	tb_point_mul_generator_secret(g, &st.Y, &x);
	tb_point_mul_secret(g, &st.Z, &x, &st.H);
	start = now();
	for (size_t i = 0; i < num; i++)
		must(tb_dleq_prove(g, &proof, &st, "binding", 7, &x));
	prove = (now() - start) / (double)num;
	start = now();
	for (size_t i = 0; i < num; i++)
		must(tb_dleq_verify(g, &proof, &st, "binding", 7));
	one = (now() - start) / (double)num;
	start = now();
	for (size_t i = 0; i < num; i++) {
		must(tb_scalar_random128(g, &e[0]));
		must(tb_scalar_random128(g, &e[1]));
		must(tb_dleq_append(b, &proof, &st, "binding", 7, e));
	}
	must(tb_batch_check(b));
	many = (now() - start) / (double)num;
	(void)printf("%-12s decryption proofs: prove %.1f us, verify one %.1f us, %zu at once %.1f us each\n",
		tb_group_name(g), prove, one, num, many);
	tb_batch_free(b);
}

/* ---- logarithms ---- */
static void bench_dlog(const tb_group *g, uint64_t bound, uint64_t targets)
{
	double start = now(), made;
	uint64_t found;
	tb_scalar k;
	tb_point M;
	tb_dlog *t;

	must(tb_dlog_new(g, &t, bound, targets, NULL, NULL));
	made = now();
	for (uint64_t i = 0; i < targets; i++) {
		tb_point_generator(g, &M);
		tb_scalar_set_u64(g, &k, bound - i); /* the last ones to be found */
		tb_point_mul_public(g, &M, &k, &M);
		must(tb_dlog_solve(t, &found, &M, NULL, NULL));
		require(found == bound - i);
	}
	(void)printf("%-12s logarithms up to %llu: table %.1f ms, %llu totals at the bound %.1f ms\n",
		tb_group_name(g), (unsigned long long)bound, (made - start) / 1e3,
		(unsigned long long)targets, (now() - made) / 1e3);
	tb_dlog_free(t);
}

int main(void)
{
	const tb_group *r255 = tb_group_ristretto255(), *modp = tb_group_modp4096();
	double ours, peer_option;

	(void)bench_ballots(r255, 5, 3, 2000, " (target 30000)");
	(void)bench_ballots(r255, 20, 5, 2000, " (target 45000)");
	(void)bench_ballots(modp, 5, 3, 200, "");
	ours = bench_ballots(modp, 20, 5, 200, "");
	peer_option = bench_peer(modp);
	(void)printf("modp4096     peer, one disjunctive proof per option: %.0f us an option; ratio at 20 "
		     "options %.1f (target 13)\n",
		peer_option, 20 * peer_option / ours);
	bench_signatures(2000);
	bench_shares(r255, 200);
	bench_shares(modp, 20);
	bench_dlog(r255, 1000000, 20);
	bench_dlog(modp, 1000000, 20);
	if (getenv("BIG") != NULL)
		bench_dlog(r255, TB_DLOG_MAX_BOUND, 1);
	return 0;
}
