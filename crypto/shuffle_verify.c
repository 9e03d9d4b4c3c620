/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying a shuffle [SHUFFLE.VERIFY].  All equations, each times a random 128-bit value that the prover could not know
 * [BATCH.RANDOM], are added up to one sum over g, h, the H_i and every point of statement and proof, which has to be the identity.  The sum
 * is made in chunks of rows, on all threads.
 *
 * With z1, z2, z3, za_k, zb_k and d_i for the equations (1), (2), (3), (4) and (5), the scalars of row i are
 *     c_i    z1 v + z3 v u_i             H_i    -(z1 v + z3 q_i)
 *     C_i    d_i v - d_{i+1} q_{i+1}     D_i    d_i              (C_N besides: z2 v)
 *     a_i,k  za_k v u_i                  b_i,k  zb_k v u_i
 *     a'_i,k -za_k q_i                   b'_i,k -zb_k q_i
 * and those of g, h, H_0, t1, t2, t3, t4 follow at the end.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/msm.h"
#include "crypto/rand.h"
#include "crypto/shuffle_internal.h"

#define TERMS                                                                                                \
	32768 /* of all threads' sums together: enough for wide windows, and memory does not grow with threads */
#define LEAST_TERMS 8192
#define RANDOM_BYTES 16

typedef struct randomisers {
	tb_scalar z1, z2, z3, a[TB_SHUFFLE_MAX_WIDTH], b[TB_SHUFFLE_MAX_WIDTH];
	tb_scalar z1v, z3v, av[TB_SHUFFLE_MAX_WIDTH], bv[TB_SHUFFLE_MAX_WIDTH]; /* times v */
} randomisers;

/* What one thread needs, and what it found. */
typedef struct verifier_worker {
	atomic_bool is_busy;
	tb_msm_scratch *msm;
	tb_points points; /* decoded, of one chunk */
	size_t num_points, num_terms;
	tb_scalar *scalars;
	const tb_point **terms;
	tb_scalar *p, *q;
	uint8_t *random;
	tb_point sum;
	tb_scalar g, H0, product; /* sum d_i p_i, -d_1 q_1, product of the u_i */
	tb_shuffle_place bad;
	tb_err err; /* of `bad` */
} verifier_worker;

typedef struct verifier {
	const tb_shuffle_statement *st;
	const tb_group *g;
	const tb_parallel *work;
	const uint8_t *outputs, *proof;
	tb_shuffle_layout at;
	size_t point, rows; /* rows: of a chunk */
	tb_transcript exponents;
	tb_scalar v;
	randomisers z;
	unsigned num_workers;
	verifier_worker *workers;
} verifier;

/* ---- memory ---- */
static size_t terms_of_row(const verifier *v)
{
	return 4 + 4 * v->st->width;
}

/* Chunks of equal length, as many for one thread as for the other. */
static void plan_chunks(verifier *v)
{
	const size_t num = v->st->num, threads = tb_parallel_threads(v->work);
	const size_t terms = TERMS / threads > LEAST_TERMS ? TERMS / threads : LEAST_TERMS;
	const size_t most = terms / terms_of_row(v);
	size_t chunks = (num + most - 1) / most;

	chunks = (chunks + threads - 1) / threads * threads;
	v->rows = (num + chunks - 1) / chunks;
	chunks = (num + v->rows - 1) / v->rows;
	v->num_workers = (unsigned)(threads < chunks ? threads : chunks);
}

static tb_err worker_new(const verifier *v, verifier_worker *w)
{
	const size_t terms = v->rows * terms_of_row(v) + 1; /* and the C before the first row */
	tb_err err = tb_msm_scratch_new(&w->msm);

	if (err == TB_OK)
		err = tb_points_new(v->g, &w->points, terms - v->rows); /* the H_i are decoded already */
	if (err != TB_OK)
		return err;
	w->scalars = calloc(terms, sizeof *w->scalars);
	w->terms = calloc(terms, sizeof *w->terms);
	w->p = calloc(v->rows, sizeof *w->p);
	w->q = calloc(v->rows, sizeof *w->q);
	w->random = calloc(v->rows, RANDOM_BYTES);
	tb_point_identity(v->g, &w->sum);
	tb_scalar_set_u64(v->g, &w->product, 1);
	if (w->scalars == NULL || w->terms == NULL || w->p == NULL || w->q == NULL || w->random == NULL)
		return TB_ERR_MEMORY;
	return TB_OK;
}

static void worker_free(verifier_worker *w)
{
	tb_msm_scratch_free(w->msm);
	tb_points_free(&w->points);
	free(w->scalars);
	free((void *)w->terms);
	free(w->p);
	free(w->q);
	free(w->random);
}

static tb_err verifier_new(verifier *v)
{
	tb_err err = TB_OK;

	v->workers = calloc(v->num_workers, sizeof *v->workers);
	if (v->workers == NULL)
		return TB_ERR_MEMORY;
	for (unsigned i = 0; i < v->num_workers && err == TB_OK; i++)
		err = worker_new(v, &v->workers[i]);
	return err;
}

static void verifier_free(verifier *v)
{
	for (unsigned i = 0; v->workers != NULL && i < v->num_workers; i++)
		worker_free(&v->workers[i]);
	free(v->workers);
}

/* ---- what is not in order ---- */
static void blame(verifier_worker *w, tb_err err, tb_shuffle_part part, size_t index)
{
	const bool is_first =
		w->err == TB_OK || part < w->bad.part || (part == w->bad.part && index < w->bad.index);

	if (!is_first)
		return;
	w->bad = (tb_shuffle_place){part, index};
	w->err = err;
}

/* Reads a point of the wire and adds k times it to the sum. */
static void take(verifier_worker *w, const verifier *v, const tb_scalar *k, const uint8_t *wire,
	tb_shuffle_part part, size_t index)
{
	tb_point *P = tb_points_at(&w->points, w->num_points++);
	tb_err err = tb_point_parse(v->g, P, wire);

	if (err != TB_OK)
		blame(w, err, part, index);
	w->terms[w->num_terms] = P;
	w->scalars[w->num_terms++] = *k;
}

static void take_generator(verifier_worker *w, const verifier *v, const tb_scalar *k, size_t index)
{
	w->terms[w->num_terms] = tb_points_at(&v->st->generators->H, index);
	w->scalars[w->num_terms++] = *k;
}

static void read_scalar(verifier_worker *w, const verifier *v, tb_scalar *out, const uint8_t *wire,
	tb_shuffle_part part, size_t index)
{
	tb_err err = tb_scalar_parse(v->g, out, wire);

	if (err != TB_OK) {
		tb_scalar_set_u64(v->g, out, 0);
		blame(w, err, part, index);
	}
}

/* ---- a chunk of rows ---- */
/* d_i of a row. */
static void randomiser_at(const verifier_worker *w, const verifier *v, tb_scalar *out, size_t row)
{
	uint8_t wide[64] = {0};

	memcpy(wide, w->random + row * RANDOM_BYTES, RANDOM_BYTES);
	tb_scalar_reduce64(v->g, out, wide);
}

/* What row i (from 0) brings besides the chain: c, H, inputs and outputs. */
static void take_ciphertexts(verifier_worker *w, verifier *v, size_t i, const tb_scalar *q)
{
	const size_t width = v->st->width;
	tb_scalar u, k, minus_q;

	tb_shuffle_exponent(v->g, &v->exponents, &u, i + 1);
	tb_scalar_mul(v->g, &w->product, &w->product, &u);
	tb_scalar_neg(v->g, &minus_q, q);
	tb_scalar_mul(v->g, &k, &v->z.z3v, &u);
	tb_scalar_add(v->g, &k, &k, &v->z.z1v);
	take(w, v, &k, v->proof + v->at.c + i * v->point, TB_SHUFFLE_COMMITMENTS, i);
	tb_scalar_mul(v->g, &k, &v->z.z3, &minus_q);
	tb_scalar_sub(v->g, &k, &k, &v->z.z1v);
	take_generator(w, v, &k, i + 1);
	for (size_t n = 0; n < width; n++) {
		const size_t at = 2 * (i * width + n) * v->point;

		tb_scalar_mul(v->g, &k, &v->z.av[n], &u);
		take(w, v, &k, v->st->inputs + at, TB_SHUFFLE_INPUTS, i);
		tb_scalar_mul(v->g, &k, &v->z.bv[n], &u);
		take(w, v, &k, v->st->inputs + at + v->point, TB_SHUFFLE_INPUTS, i);
		tb_scalar_mul(v->g, &k, &v->z.a[n], &minus_q);
		take(w, v, &k, v->outputs + at, TB_SHUFFLE_OUTPUTS, i);
		tb_scalar_mul(v->g, &k, &v->z.b[n], &minus_q);
		take(w, v, &k, v->outputs + at + v->point, TB_SHUFFLE_OUTPUTS, i);
	}
}

/*
 * Equation (5) of the rows first..first+num-1.  `here` is what C_{i-1} has so far from the row before; where a chunk begins that C is
 * taken a second time, with what this chunk's first row adds to it.
 */
static void take_chain(verifier_worker *w, verifier *v, size_t first, size_t num)
{
	const uint8_t *C = v->proof + v->at.C;
	tb_scalar here, d, k;

	tb_scalar_set_u64(v->g, &here, 0);
	for (size_t row = 0; row < num; row++) {
		const size_t i = first + row;

		randomiser_at(w, v, &d, row);
		tb_scalar_mul(v->g, &k, &d, &w->q[row]);
		tb_scalar_sub(v->g, &here, &here, &k);
		if (i == 0)
			w->H0 = here;
		else
			take(w, v, &here, C + (i - 1) * v->point, TB_SHUFFLE_CHAIN, i - 1);
		tb_scalar_mul(v->g, &here, &d, &v->v);
		take(w, v, &d, v->proof + v->at.D + i * v->point, TB_SHUFFLE_MASKS, i);
		tb_scalar_mul(v->g, &k, &d, &w->p[row]);
		tb_scalar_sub(v->g, &w->g, &w->g, &k);
	}
	if (first + num == v->st->num) {
		tb_scalar_mul(v->g, &k, &v->z.z2, &v->v);
		tb_scalar_add(v->g, &here, &here, &k);
	}
	take(w, v, &here, C + (first + num - 1) * v->point, TB_SHUFFLE_CHAIN, first + num - 1);
}

/* Adds a chunk's terms to this thread's sum; exponents mod q mean something only inside the group, so that comes first. */
static tb_err add_terms(verifier_worker *w, const verifier *v)
{
	tb_point part;
	tb_err err = tb_points_check_order(v->g, w->terms, w->num_terms);

	if (err == TB_OK)
		err = tb_msm(v->g, w->msm, &part, w->scalars, w->terms, w->num_terms);
	if (err == TB_OK)
		tb_point_add(v->g, &w->sum, &w->sum, &part);
	return err;
}

static tb_err sum_chunk(verifier *v, verifier_worker *w, size_t first, size_t num)
{
	tb_err err = tb_random(w->random, num * RANDOM_BYTES);

	if (err != TB_OK)
		return err;
	w->num_points = w->num_terms = 0;
	for (size_t row = 0; row < num; row++) {
		const size_t at = (first + row) * TB_SCALAR_BYTES;

		read_scalar(w, v, &w->p[row], v->proof + v->at.p + at, TB_SHUFFLE_P, first + row);
		read_scalar(w, v, &w->q[row], v->proof + v->at.q + at, TB_SHUFFLE_Q, first + row);
		take_ciphertexts(w, v, first + row, &w->q[row]);
	}
	take_chain(w, v, first, num);
	/* With something unreadable there is no sum, but all the rest is read to name the first such place. */
	return w->err == TB_OK ? add_terms(w, v) : TB_OK;
}

static tb_err do_chunk(void *arg, size_t first, size_t num)
{
	verifier *v = arg;
	tb_err err;

	/* There are as many workers as threads. */
	for (unsigned i = 0;; i = (i + 1) % v->num_workers) {
		verifier_worker *w = &v->workers[i];

		if (atomic_exchange(&w->is_busy, true))
			continue;
		err = sum_chunk(v, w, first, num);
		atomic_store(&w->is_busy, false);
		return err;
	}
}

/* ---- the end: g, h, H_0 and the t ---- */
/* What g and h get from the responses s. */
static void responses(verifier_worker *w, verifier *v, tb_scalar *of_g, tb_scalar *of_h)
{
	const tb_scalar *const z[3] = {&v->z.z1, &v->z.z2, &v->z.z3};
	const uint8_t *wire = v->proof + v->at.s;
	tb_scalar s, k;

	for (size_t n = 0; n < 3 + v->st->width; n++) {
		read_scalar(w, v, &s, wire + n * TB_SCALAR_BYTES, TB_SHUFFLE_S, n);
		if (n < 3) {
			tb_scalar_mul(v->g, &k, z[n], &s);
			tb_scalar_sub(v->g, of_g, of_g, &k);
			continue;
		}
		tb_scalar_mul(v->g, &k, &v->z.a[n - 3], &s);
		tb_scalar_add(v->g, of_g, of_g, &k);
		tb_scalar_mul(v->g, &k, &v->z.b[n - 3], &s);
		tb_scalar_add(v->g, of_h, of_h, &k);
	}
}

static void take_t(verifier_worker *w, verifier *v)
{
	const uint8_t *t = v->proof + v->at.t;

	take(w, v, &v->z.z1, t, TB_SHUFFLE_T, 0);
	take(w, v, &v->z.z2, t + v->point, TB_SHUFFLE_T, 1);
	take(w, v, &v->z.z3, t + 2 * v->point, TB_SHUFFLE_T, 2);
	for (size_t k = 0; k < v->st->width; k++) {
		take(w, v, &v->z.a[k], t + (3 + 2 * k) * v->point, TB_SHUFFLE_T, 3 + 2 * k);
		take(w, v, &v->z.b[k], t + (4 + 2 * k) * v->point, TB_SHUFFLE_T, 4 + 2 * k);
	}
}

/* Adds up what the threads found, and k*P of the bases. */
static tb_err finish(verifier *v, verifier_worker *w)
{
	tb_scalar of_g, of_h, of_H0, product, k;
	tb_point generator;
	tb_err err;

	tb_scalar_set_u64(v->g, &of_g, 0);
	of_h = of_H0 = of_g;
	tb_scalar_set_u64(v->g, &product, 1);
	for (unsigned i = 0; i < v->num_workers; i++) {
		tb_scalar_add(v->g, &of_g, &of_g, &v->workers[i].g);
		tb_scalar_add(v->g, &of_H0, &of_H0, &v->workers[i].H0);
		tb_scalar_mul(v->g, &product, &product, &v->workers[i].product);
	}
	tb_scalar_mul(v->g, &k, &v->z.z2, &v->v);
	tb_scalar_mul(v->g, &k, &k, &product);
	tb_scalar_sub(v->g, &of_H0, &of_H0, &k);
	w->num_points = w->num_terms = 0;
	take_t(w, v);
	responses(w, v, &of_g, &of_h);
	if (w->err != TB_OK)
		return TB_OK; /* told from w->bad */
	tb_point_generator(v->g, &generator);
	w->terms[w->num_terms] = &generator;
	w->scalars[w->num_terms++] = of_g;
	w->terms[w->num_terms] = v->st->h;
	w->scalars[w->num_terms++] = of_h;
	take_generator(w, v, &of_H0, 0);
	err = add_terms(w, v);
	if (err != TB_OK)
		return err;
	for (unsigned i = 1; i < v->num_workers; i++)
		tb_point_add(v->g, &w->sum, &w->sum, &v->workers[i].sum);
	return tb_point_is_identity(v->g, &w->sum) ? TB_OK : TB_ERR_PROOF;
}

static tb_err draw_randomisers(verifier *v)
{
	tb_scalar *const z[3] = {&v->z.z1, &v->z.z2, &v->z.z3};
	tb_err err = TB_OK;

	for (size_t i = 0; i < 3 && err == TB_OK; i++)
		err = tb_scalar_random128(v->g, z[i]);
	for (size_t k = 0; k < v->st->width && err == TB_OK; k++) {
		err = tb_scalar_random128(v->g, &v->z.a[k]);
		if (err == TB_OK)
			err = tb_scalar_random128(v->g, &v->z.b[k]);
		tb_scalar_mul(v->g, &v->z.av[k], &v->z.a[k], &v->v);
		tb_scalar_mul(v->g, &v->z.bv[k], &v->z.b[k], &v->v);
	}
	tb_scalar_mul(v->g, &v->z.z1v, &v->z.z1, &v->v);
	tb_scalar_mul(v->g, &v->z.z3v, &v->z.z3, &v->v);
	return err;
}

/* The challenges, then the randomisers: what is drawn after the whole proof is here no prover has foreseen (ATTACKS S-12). */
static tb_err draw(verifier *v)
{
	tb_transcript t;
	uint8_t seed[64];
	tb_err err = tb_shuffle_seed(&t, seed, v->st, v->outputs, v->proof);

	if (err == TB_OK)
		err = tb_shuffle_exponents(&v->exponents, seed);
	if (err != TB_OK)
		return err;
	tb_shuffle_challenge(&t, &v->v, v->st, v->proof);
	return draw_randomisers(v);
}

static tb_err check_lengths(const verifier *v, size_t outputs_len, size_t proof_len, tb_shuffle_place *place)
{
	if (outputs_len != tb_shuffle_list_bytes(v->g, v->st->num, v->st->width))
		*place = (tb_shuffle_place){TB_SHUFFLE_OUTPUTS, v->st->num};
	else if (proof_len != v->at.end)
		*place = (tb_shuffle_place){TB_SHUFFLE_PROOF, 0};
	else
		return TB_OK;
	return TB_ERR_ENCODING;
}

/* The first thing that could not be read, whichever thread met it. */
static tb_err first_blame(verifier *v, tb_shuffle_place *place)
{
	verifier_worker *all = &v->workers[0];

	for (unsigned i = 1; i < v->num_workers; i++) {
		const verifier_worker *w = &v->workers[i];

		if (w->err != TB_OK)
			blame(all, w->err, w->bad.part, w->bad.index);
	}
	*place = all->bad;
	return all->err;
}

static tb_err check_all(verifier *v, tb_shuffle_place *place)
{
	tb_err err = verifier_new(v), bad, end;

	if (err == TB_OK)
		err = draw(v);
	if (err == TB_OK)
		err = tb_parallel_run(v->work, v->st->num, v->rows, do_chunk, v);
	if (err != TB_OK)
		return err;
	end = finish(v, &v->workers[0]);
	bad = first_blame(v, place);
	return bad != TB_OK ? bad : end;
}

tb_err tb_shuffle_verify(const tb_shuffle_statement *st, const uint8_t *outputs, size_t outputs_len,
	const uint8_t *proof, size_t proof_len, const tb_parallel *work, tb_shuffle_place *place)
{
	verifier v = {.st = st, .g = st->generators->g, .work = work, .outputs = outputs, .proof = proof};
	tb_err err = tb_shuffle_check_statement(st, place);

	if (err != TB_OK)
		return err;
	v.at = tb_shuffle_layout_of(v.g, st->num, st->width);
	v.point = tb_group_point_bytes(v.g);
	err = check_lengths(&v, outputs_len, proof_len, place);
	if (err != TB_OK)
		return err;
	plan_chunks(&v);
	err = check_all(&v, place);
	verifier_free(&v);
	return err;
}
