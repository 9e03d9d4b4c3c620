/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shuffling, and proving it [SHUFFLE.PROVE].
 *
 * Two passes over the rows, each in chunks on all threads.  The first re-encrypts, commits to the permutation, and adds up the masks
 * t3 and t4, which need nothing but the y_i: so no output has to stay decoded.  The second makes the chain; with the prefix sums X_i
 * and products U_i every C_i and D_i is a sum of multiples of g and H_0, both with tables, and rows do not wait for each other.
 *
 * Everything here is constant time in the permutation and in all that is random.  What has to be reordered (the inputs, then the
 * u_i, and the other way round the commitments) goes through the sorting network of crypto/permute.h; everything else is indexed by
 * the row of the outputs: r[i] is what section 4 calls r_{j_i}.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/msm_secret.h"
#include "crypto/permute.h"
#include "crypto/shuffle_internal.h"
#include "crypto/wipe.h"

#define MOST_ROWS 256 /* of a chunk: tables of their points stay in the cache */
#define EXPONENT_WORDS 4

/* What one thread needs. */
typedef struct prover_worker {
	atomic_bool is_busy;
	tb_msm_secret_room *room;
	tb_points outputs; /* of the chunk: a' of all rows for k = 1, b' for k = 1, a' for k = 2, ... */
	const tb_point **points;
	tb_points
		sums; /* secret: this thread's part of sum y_i H_i, then of sum y_i a'_{i,k}, sum y_i b'_{i,k} */
} prover_worker;

typedef struct prover {
	const tb_shuffle_statement *st;
	const tb_group *g;
	const tb_parallel *work;
	uint64_t done; /* by the passes before this one */
	tb_shuffle_layout at;
	size_t rows; /* of a chunk */
	uint8_t *outputs, *proof;
	unsigned num_workers;
	prover_worker *workers;
	tb_fixed_base *h, *H0;
	atomic_bool bad_input;
	/* secret from here on */
	tb_permutation order;
	uint64_t *moved; /* the inputs in their new order, later the e_i */
	uint64_t *c;     /* the commitments in the order of the outputs, wire form */
	size_t moved_words, c_words;
	tb_secret *r, *s, *y, *x, *o; /* s: row after row, `width` each */
	tb_secret *X, *U;             /* X_0..X_num, U_0..U_num */
} prover;

/* ---- memory ---- */
static size_t list_words(const prover *p)
{
	return 2 * p->st->width * tb_group_point_bytes(p->g) / sizeof p->moved[0];
}

/* A point in whole words. */
static size_t point_words(const prover *p)
{
	return (tb_group_point_bytes(p->g) + sizeof p->c[0] - 1) / sizeof p->c[0];
}

static tb_err worker_new(const prover *p, prover_worker *w)
{
	const size_t columns = 2 * p->st->width;
	tb_err err = tb_msm_secret_room_new(p->g, &w->room, p->rows);

	if (err == TB_OK)
		err = tb_points_new(p->g, &w->outputs, columns * p->rows);
	if (err == TB_OK)
		err = tb_points_new(p->g, &w->sums, 1 + columns);
	if (err != TB_OK)
		return err;
	w->points = calloc(p->rows, sizeof *w->points);
	return w->points == NULL ? TB_ERR_MEMORY : TB_OK;
}

static tb_secret *secrets_new(size_t num)
{
	return calloc(num, sizeof(tb_secret));
}

static void secrets_free(tb_secret *v, size_t num)
{
	if (v != NULL)
		tb_wipe(v, num * sizeof *v);
	free(v);
}

static tb_err prover_new(prover *p)
{
	const size_t num = p->st->num;
	tb_err err = tb_fixed_base_new(p->g, &p->h, p->st->h);

	if (err == TB_OK)
		err = tb_fixed_base_new(p->g, &p->H0, tb_points_at(&p->st->generators->H, 0));
	if (err == TB_OK)
		err = tb_permutation_new(&p->order, num);
	if (err != TB_OK)
		return err;
	p->workers = calloc(p->num_workers, sizeof *p->workers);
	if (p->workers == NULL)
		return TB_ERR_MEMORY;
	for (unsigned i = 0; i < p->num_workers && err == TB_OK; i++)
		err = worker_new(p, &p->workers[i]);
	p->r = secrets_new(num);
	p->s = secrets_new(num * p->st->width);
	p->y = secrets_new(num);
	p->x = secrets_new(num);
	p->o = secrets_new(num);
	if (p->r == NULL || p->s == NULL || p->y == NULL || p->x == NULL || p->o == NULL)
		return TB_ERR_MEMORY;
	return err;
}

static void points_wipe(tb_points *v)
{
	if (v->data != NULL)
		tb_wipe(v->data, v->num * v->stride);
	tb_points_free(v);
}

static void words_free(uint64_t **words, size_t num)
{
	if (*words != NULL)
		tb_wipe(*words, num * sizeof **words);
	free(*words);
	*words = NULL;
}

static void prover_free(prover *p)
{
	const size_t num = p->st->num;

	for (unsigned i = 0; p->workers != NULL && i < p->num_workers; i++) {
		tb_msm_secret_room_free(p->workers[i].room);
		points_wipe(&p->workers[i].outputs);
		points_wipe(&p->workers[i].sums);
		free((void *)p->workers[i].points);
	}
	free(p->workers);
	tb_fixed_base_free(p->h);
	tb_fixed_base_free(p->H0);
	tb_permutation_free(&p->order);
	words_free(&p->moved, p->moved_words);
	words_free(&p->c, p->c_words);
	secrets_free(p->r, num);
	secrets_free(p->s, num * p->st->width);
	secrets_free(p->y, num);
	secrets_free(p->x, num);
	secrets_free(p->o, num);
	secrets_free(p->X, num + 1);
	secrets_free(p->U, num + 1);
}

/* Room for `words` words a row, to be put in order. */
static tb_err moved_new(prover *p, size_t words)
{
	p->moved_words = p->st->num * words;
	p->moved = calloc(p->moved_words, sizeof *p->moved);
	return p->moved == NULL ? TB_ERR_MEMORY : TB_OK;
}

/* Progress of one of two passes. */
static void progress(void *arg, uint64_t done, uint64_t total)
{
	const prover *p = arg;

	if (p->work->progress != NULL)
		p->work->progress(p->work->progress_arg, p->done + done, 2 * total);
}

static tb_err pass(prover *p, tb_parallel_work *work)
{
	const tb_parallel how = {.threads = p->work->threads, .progress = progress, .progress_arg = p};
	tb_err err = tb_parallel_run(&how, p->st->num, p->rows, work, p);

	p->done += p->st->num;
	return err;
}

/* ---- first pass: re-encryption and commitments ---- */
static tb_err draw_row(prover *p, size_t i)
{
	const size_t width = p->st->width;
	tb_err err = tb_secret_random(p->g, &p->r[i]);

	for (size_t k = 0; k < width && err == TB_OK; k++)
		err = tb_secret_random(p->g, &p->s[i * width + k]);
	if (err == TB_OK)
		err = tb_secret_random(p->g, &p->y[i]);
	if (err == TB_OK)
		err = tb_secret_random(p->g, &p->x[i]);
	if (err == TB_OK)
		err = tb_secret_random(p->g, &p->o[i]);
	return err;
}

/* a' = a + s*g, b' = b + s*h.  Whether an input is a point at all may be told: it was public before it was moved. */
static bool reencrypt(const prover *p, size_t i, size_t k, tb_point *a, tb_point *b)
{
	const size_t point = tb_group_point_bytes(p->g), at = 2 * (i * p->st->width + k) * point;
	const uint8_t *in = (const uint8_t *)p->moved + at;
	const tb_secret *s = &p->s[i * p->st->width + k];
	bool ok = tb_point_parse(p->g, a, in) == TB_OK;
	tb_point blind;

	ok = tb_point_parse(p->g, b, in + point) == TB_OK && ok;
	if (!ok)
		return false;
	tb_point_mul_generator_secret(p->g, &blind, s);
	tb_point_add_secret(p->g, a, a, &blind);
	tb_fixed_base_mul_secret(p->h, &blind, s);
	tb_point_add_secret(p->g, b, b, &blind);
	tb_wipe(&blind, sizeof blind);
	tb_point_write(p->g, p->outputs + at, a);
	tb_point_write(p->g, p->outputs + at + point, b);
	return true;
}

/* c_{j_i} = r_{j_i}*g + H_i; it comes to its place when all are there. */
static void commit(const prover *p, size_t i)
{
	tb_point c;

	tb_point_mul_generator_secret(p->g, &c, &p->r[i]);
	tb_point_add_secret(p->g, &c, &c, tb_points_at(&p->st->generators->H, i + 1));
	tb_point_write(p->g, (uint8_t *)(p->c + i * point_words(p)), &c);
	tb_wipe(&c, sizeof c);
}

/* Adds sum y_i * point_i of this chunk to one of the sums. */
static void add_masks(const prover *p, prover_worker *w, size_t sum, const tb_points *from, size_t start,
	size_t first, size_t num)
{
	tb_point part, *to = tb_points_at(&w->sums, sum);

	for (size_t i = 0; i < num; i++)
		w->points[i] = tb_points_at(from, start + i);
	tb_msm_secret(w->room, &part, p->y + first, w->points, num);
	tb_point_add_secret(p->g, to, to, &part);
	tb_wipe(&part, sizeof part);
}

static tb_err do_rows(prover *p, prover_worker *w, size_t first, size_t num)
{
	for (size_t i = first; i < first + num; i++) {
		tb_err err = draw_row(p, i);

		if (err != TB_OK)
			return err;
		for (size_t k = 0; k < p->st->width; k++) {
			tb_point *a = tb_points_at(&w->outputs, 2 * k * p->rows + i - first);
			tb_point *b = tb_points_at(&w->outputs, (2 * k + 1) * p->rows + i - first);

			if (!reencrypt(p, i, k, a, b)) {
				atomic_store(&p->bad_input, true);
				return TB_ERR_ENCODING;
			}
		}
		commit(p, i);
	}
	add_masks(p, w, 0, &p->st->generators->H, first + 1, first, num);
	for (size_t column = 0; column < 2 * p->st->width; column++)
		add_masks(p, w, 1 + column, &w->outputs, column * p->rows, first, num);
	return TB_OK;
}

static tb_err first_pass(void *arg, size_t first, size_t num)
{
	prover *p = arg;
	tb_err err;

	/* There are as many workers as threads. */
	for (unsigned i = 0;; i = (i + 1) % p->num_workers) {
		prover_worker *w = &p->workers[i];

		if (atomic_exchange(&w->is_busy, true))
			continue;
		err = do_rows(p, w, first, num);
		atomic_store(&w->is_busy, false);
		return err;
	}
}

/* Which input is no point: in the public order, so that nothing is told about the other one. */
static void find_bad_input(const prover *p, tb_shuffle_place *place)
{
	const size_t per_row = 2 * p->st->width, point = tb_group_point_bytes(p->g);
	tb_point any;

	for (size_t n = 0; n < per_row * p->st->num; n++) {
		if (tb_point_parse(p->g, &any, p->st->inputs + n * point) == TB_OK)
			continue;
		*place = (tb_shuffle_place){TB_SHUFFLE_INPUTS, n / per_row};
		return;
	}
}

static void place_commitments(prover *p)
{
	const size_t point = tb_group_point_bytes(p->g), words = point_words(p);

	tb_permutation_apply_inverse(&p->order, p->c, words);
	for (size_t j = 0; j < p->st->num; j++)
		memcpy(p->proof + p->at.c + j * point, p->c + j * words, point);
}

static tb_err shuffle(prover *p, tb_shuffle_place *place)
{
	tb_err err = moved_new(p, list_words(p));

	p->c_words = p->st->num * point_words(p);
	p->c = calloc(p->c_words, sizeof *p->c);
	if (err == TB_OK && p->c == NULL)
		err = TB_ERR_MEMORY;
	if (err != TB_OK)
		return err;
	memcpy(p->moved, p->st->inputs, p->st->inputs_len);
	tb_permutation_apply(&p->order, p->moved, list_words(p));
	err = pass(p, first_pass);
	if (err == TB_OK)
		place_commitments(p);
	else if (atomic_load(&p->bad_input))
		find_bad_input(p, place);
	words_free(&p->moved, p->moved_words);
	words_free(&p->c, p->c_words);
	return err;
}

/* ---- the exponents ---- */
typedef struct exponents {
	const prover *p;
	const tb_transcript *t;
} exponents;

static tb_err derive_exponents(void *arg, size_t first, size_t num)
{
	const exponents *e = arg;
	tb_scalar u;

	for (size_t i = first; i < first + num; i++) {
		tb_shuffle_exponent(e->p->g, e->t, &u, i + 1);
		memcpy(e->p->moved + EXPONENT_WORDS * i, u.limb, sizeof u.limb);
	}
	return TB_OK;
}

/* e_i = u_{j_i} into `moved`. */
static tb_err make_exponents(prover *p, const uint8_t seed[64])
{
	tb_transcript t;
	const tb_parallel quietly = {.threads = p->work->threads};
	exponents e = {p, &t};
	tb_err err = tb_shuffle_exponents(&t, seed);

	if (err == TB_OK)
		err = moved_new(p, EXPONENT_WORDS);
	if (err == TB_OK)
		err = tb_parallel_run(&quietly, p->st->num, p->rows, derive_exponents, &e);
	if (err == TB_OK)
		tb_permutation_apply(&p->order, p->moved, EXPONENT_WORDS);
	return err;
}

static void exponent_at(const prover *p, tb_secret *out, size_t i)
{
	memcpy(out->limb, p->moved + EXPONENT_WORDS * i, sizeof out->limb);
}

/* ---- second pass: the chain ---- */
/* out = a*g + b*H_0, both secret. */
static void on_chain(const prover *p, uint8_t *out, const tb_secret *a, const tb_secret *b)
{
	tb_point sum, part;

	tb_point_mul_generator_secret(p->g, &sum, a);
	tb_fixed_base_mul_secret(p->H0, &part, b);
	tb_point_add_secret(p->g, &sum, &sum, &part);
	tb_point_write(p->g, out, &sum);
	tb_wipe(&sum, sizeof sum);
	tb_wipe(&part, sizeof part);
}

static tb_err second_pass(void *arg, size_t first, size_t num)
{
	const prover *p = arg;
	const size_t point = tb_group_point_bytes(p->g);
	tb_secret a, b;

	for (size_t i = first; i < first + num; i++) {
		on_chain(p, p->proof + p->at.C + i * point, &p->X[i + 1], &p->U[i + 1]);
		tb_secret_mul(p->g, &a, &p->y[i], &p->X[i]);
		tb_secret_add(p->g, &a, &a, &p->o[i]);
		tb_secret_mul(p->g, &b, &p->y[i], &p->U[i]);
		on_chain(p, p->proof + p->at.D + i * point, &a, &b);
	}
	tb_secret_wipe(&a);
	tb_secret_wipe(&b);
	return TB_OK;
}

static tb_err make_chain(prover *p)
{
	const size_t num = p->st->num;
	tb_secret e;

	p->X = secrets_new(num + 1);
	p->U = secrets_new(num + 1);
	if (p->X == NULL || p->U == NULL)
		return TB_ERR_MEMORY;
	tb_secret_set_u64(p->g, &p->U[0], 1);
	for (size_t i = 0; i < num; i++) {
		exponent_at(p, &e, i);
		tb_secret_mul(p->g, &p->X[i + 1], &e, &p->X[i]);
		tb_secret_add(p->g, &p->X[i + 1], &p->X[i + 1], &p->x[i]);
		tb_secret_mul(p->g, &p->U[i + 1], &e, &p->U[i]);
	}
	tb_secret_wipe(&e);
	return pass(p, second_pass);
}

/* ---- the masks t ---- */
typedef struct masks {
	tb_secret m1, m2, m3, m4[TB_SHUFFLE_MAX_WIDTH];
} masks;

static tb_err draw_masks(const prover *p, masks *m)
{
	tb_err err = tb_secret_random(p->g, &m->m1);

	if (err == TB_OK)
		err = tb_secret_random(p->g, &m->m2);
	if (err == TB_OK)
		err = tb_secret_random(p->g, &m->m3);
	for (size_t k = 0; k < p->st->width && err == TB_OK; k++)
		err = tb_secret_random(p->g, &m->m4[k]);
	return err;
}

/* Writes k*base + the sum of all threads' sums number `sum`; k*g where base is NULL. */
static void write_mask(
	const prover *p, uint8_t *out, const tb_secret *k, const tb_fixed_base *base, size_t sum)
{
	tb_point T;

	if (base == NULL)
		tb_point_mul_generator_secret(p->g, &T, k);
	else
		tb_fixed_base_mul_secret(base, &T, k);
	for (unsigned i = 0; i < p->num_workers; i++)
		tb_point_add_secret(p->g, &T, &T, tb_points_at(&p->workers[i].sums, sum));
	tb_point_write(p->g, out, &T);
	tb_wipe(&T, sizeof T);
}

static void write_masks(const prover *p, const masks *m)
{
	const size_t point = tb_group_point_bytes(p->g);
	uint8_t *t = p->proof + p->at.t;
	tb_secret zero, minus;
	tb_point T;

	tb_point_mul_generator_secret(p->g, &T, &m->m1);
	tb_point_write(p->g, t, &T);
	tb_point_mul_generator_secret(p->g, &T, &m->m2);
	tb_point_write(p->g, t + point, &T);
	write_mask(p, t + 2 * point, &m->m3, NULL, 0);
	tb_secret_set_u64(p->g, &zero, 0);
	for (size_t k = 0; k < p->st->width; k++) {
		tb_secret_sub(p->g, &minus, &zero, &m->m4[k]);
		write_mask(p, t + (3 + 2 * k) * point, &minus, NULL, 1 + 2 * k);
		write_mask(p, t + (4 + 2 * k) * point, &minus, p->h, 2 + 2 * k);
	}
	tb_secret_wipe(&minus);
}

/* ---- responses ---- */
static void respond(
	const prover *p, uint8_t *out, const tb_secret *mask, const tb_scalar *v, const tb_secret *x)
{
	tb_scalar z;

	tb_secret_respond(p->g, &z, mask, v, x);
	tb_scalar_write(p->g, out, &z);
}

/* s4_k = m4_k + v * sum s_{i,k} e_i */
static void respond_column(const prover *p, uint8_t *out, const masks *m, const tb_scalar *v, size_t k)
{
	tb_secret sum, e;

	tb_secret_set_u64(p->g, &sum, 0);
	for (size_t i = 0; i < p->st->num; i++) {
		exponent_at(p, &e, i);
		tb_secret_mul(p->g, &e, &e, &p->s[i * p->st->width + k]);
		tb_secret_add(p->g, &sum, &sum, &e);
	}
	respond(p, out, &m->m4[k], v, &sum);
	tb_secret_wipe(&sum);
	tb_secret_wipe(&e);
}

/* s3 has sum r_j u_j, which is sum r_{j_i} e_i. */
static void respond_sums(const prover *p, const masks *m, const tb_scalar *v)
{
	uint8_t *s = p->proof + p->at.s;
	tb_secret sum, weighted, term;

	tb_secret_set_u64(p->g, &sum, 0);
	tb_secret_set_u64(p->g, &weighted, 0);
	for (size_t i = 0; i < p->st->num; i++) {
		tb_secret_add(p->g, &sum, &sum, &p->r[i]);
		exponent_at(p, &term, i);
		tb_secret_mul(p->g, &term, &term, &p->r[i]);
		tb_secret_add(p->g, &weighted, &weighted, &term);
	}
	respond(p, s, &m->m1, v, &sum);
	respond(p, s + TB_SCALAR_BYTES, &m->m2, v, &p->X[p->st->num]);
	respond(p, s + 2 * TB_SCALAR_BYTES, &m->m3, v, &weighted);
	for (size_t k = 0; k < p->st->width; k++)
		respond_column(p, s + (3 + k) * TB_SCALAR_BYTES, m, v, k);
	tb_secret_wipe(&sum);
	tb_secret_wipe(&weighted);
	tb_secret_wipe(&term);
}

static void respond_rows(const prover *p, const tb_scalar *v)
{
	tb_secret e;

	for (size_t i = 0; i < p->st->num; i++) {
		respond(p, p->proof + p->at.p + i * TB_SCALAR_BYTES, &p->o[i], v, &p->x[i]);
		exponent_at(p, &e, i);
		respond(p, p->proof + p->at.q + i * TB_SCALAR_BYTES, &p->y[i], v, &e);
	}
	tb_secret_wipe(&e);
}

/* ---- all of it ---- */
static tb_err prove(prover *p, masks *m)
{
	tb_transcript t;
	uint8_t seed[64];
	tb_scalar v;
	tb_err err = tb_shuffle_seed(&t, seed, p->st, p->outputs, p->proof);

	if (err == TB_OK)
		err = make_exponents(p, seed);
	if (err == TB_OK)
		err = make_chain(p);
	if (err == TB_OK)
		err = draw_masks(p, m);
	if (err != TB_OK)
		return err;
	write_masks(p, m);
	tb_shuffle_challenge(&t, &v, p->st, p->proof);
	respond_sums(p, m, &v);
	respond_rows(p, &v);
	return TB_OK;
}

tb_err tb_shuffle_make(const tb_shuffle_statement *st, uint8_t *outputs, uint8_t *proof,
	const tb_parallel *work, tb_shuffle_place *place)
{
	prover p = {.st = st, .g = st->generators->g, .work = work, .outputs = outputs, .proof = proof};
	tb_err err = tb_shuffle_check_statement(st, place);
	masks m;

	if (err == TB_ERR_RANGE)
		return err;
	TB_REQUIRE(list_words(&p) * sizeof p.moved[0] * st->num ==
		   tb_shuffle_list_bytes(p.g, st->num, st->width));
	p.at = tb_shuffle_layout_of(p.g, st->num, st->width);
	p.num_workers = tb_parallel_threads(work);
	p.rows = (st->num + p.num_workers - 1) / p.num_workers;
	p.rows = p.rows < MOST_ROWS ? p.rows : MOST_ROWS;
	if (err == TB_OK)
		err = prover_new(&p);
	if (err == TB_OK)
		err = shuffle(&p, place);
	if (err == TB_OK)
		err = prove(&p, &m);
	if (err != TB_OK) {
		memset(outputs, 0, tb_shuffle_list_bytes(p.g, st->num, st->width));
		memset(proof, 0, p.at.end);
	}
	tb_wipe(&m, sizeof m);
	prover_free(&p);
	return err;
}
