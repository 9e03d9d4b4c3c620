/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/dleq_list.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/msm.h"
#include "crypto/transcript.h"

#define PIECE 512 /* pairs at a time in one thread: two decoded points each, below a megabyte in any group */
#define SEED_BYTES 64

static const uint8_t *base_at(const tb_dleq_list *list, size_t i)
{
	return list->H + i * list->H_step;
}

/* ---- the factors ---- */

static void absorb_head(tb_transcript *t, const char *label, uint64_t len)
{
	uint8_t head[TB_ITEM_HEAD_MAX];

	tb_sha512_update(&t->run, head, tb_item_head(head, label, len));
}

/*
 * Every H and every Z is hashed before there is any factor: who knew the factors first could make two false shares that
 * cancel in the sum.  tests/unit/test_dleq_list.c does that to a verifier that hashes the H alone.  [DLEQ.LIST]
 */
static tb_err make_seed(const tb_group *g, const tb_dleq_list *list, uint8_t seed[SEED_BYTES])
{
	size_t bytes = tb_group_point_bytes(g);
	const char *name = tb_group_name(g);
	tb_transcript t;
	tb_err err = tb_transcript_init(&t, "tabella/v1/dleq-list");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(&t, "group", name, strlen(name));
	tb_transcript_bytes(&t, "binding", list->binding, list->binding_len);
	tb_transcript_point(&t, g, "Y", list->Y);
	absorb_head(&t, "H", (uint64_t)list->num * bytes);
	for (size_t i = 0; i < list->num; i++)
		tb_sha512_update(&t.run, base_at(list, i), bytes);
	tb_transcript_bytes(&t, "Z", list->Z, list->num * bytes);
	tb_transcript_output(&t, seed);
	tb_transcript_release(&t);
	return TB_OK;
}

/* f_i for i = index + 1; `start` has everything but the index, which is the same for all. */
static void make_factor(const tb_group *g, tb_scalar *out, const tb_transcript *start, uint64_t index)
{
	tb_transcript t = *start;
	uint8_t wide[64];

	tb_transcript_u64(&t, "index", index + 1);
	tb_transcript_output(&t, wide);
	tb_scalar_reduce64(g, out, wide);
}

/* ---- the sums ---- */

typedef struct summing {
	const tb_group *g;
	const tb_dleq_list *list;
	tb_transcript factors; /* up to the index */
	pthread_mutex_t lock;  /* what follows */
	tb_point H, Z;
	size_t bad; /* the smallest i whose points are none */
} summing;

/* What one piece needs: one allocation for points, and the lists that the multiplication takes. */
typedef struct piece {
	tb_points points; /* H of all, then Z of all */
	const tb_point *at[2 * PIECE];
	tb_scalar factor[PIECE];
	tb_msm_scratch *scratch;
} piece;

static void piece_free(piece *p)
{
	if (p == NULL)
		return;
	tb_points_free(&p->points);
	if (p->scratch != NULL)
		tb_msm_scratch_free(p->scratch);
	free(p);
}

static piece *piece_new(const tb_group *g, size_t num)
{
	piece *p = calloc(1, sizeof *p);

	if (p == NULL || tb_points_new(g, &p->points, 2 * num) != TB_OK ||
		tb_msm_scratch_new(&p->scratch) != TB_OK) {
		piece_free(p);
		return NULL;
	}
	for (size_t i = 0; i < 2 * num; i++)
		p->at[i] = tb_points_at(&p->points, i);
	return p;
}

static void note_bad(summing *s, size_t index)
{
	(void)pthread_mutex_lock(&s->lock);
	s->bad = index < s->bad ? index : s->bad;
	(void)pthread_mutex_unlock(&s->lock);
}

static tb_err read_piece(summing *s, piece *p, size_t first, size_t num)
{
	size_t bytes = tb_group_point_bytes(s->g);

	for (size_t i = 0; i < num; i++) {
		tb_err err = tb_point_parse(s->g, tb_points_at(&p->points, i), base_at(s->list, first + i));

		if (err == TB_OK)
			err = tb_point_parse(
				s->g, tb_points_at(&p->points, num + i), s->list->Z + (first + i) * bytes);
		if (err != TB_OK) {
			note_bad(s, first + i);
			return err;
		}
		make_factor(s->g, &p->factor[i], &s->factors, first + i);
	}
	return tb_points_check_order(s->g, p->at, 2 * num);
}

static tb_err add_piece(summing *s, piece *p, size_t num)
{
	tb_point H, Z;
	tb_err err = tb_msm(s->g, p->scratch, &H, p->factor, p->at, num);

	if (err == TB_OK)
		err = tb_msm(s->g, p->scratch, &Z, p->factor, p->at + num, num);
	if (err != TB_OK)
		return err;
	(void)pthread_mutex_lock(&s->lock);
	tb_point_add(s->g, &s->H, &s->H, &H);
	tb_point_add(s->g, &s->Z, &s->Z, &Z);
	(void)pthread_mutex_unlock(&s->lock);
	return TB_OK;
}

static tb_err sum_piece(void *arg, size_t first, size_t num)
{
	summing *s = arg;
	piece *p = piece_new(s->g, num);
	tb_err err = p == NULL ? TB_ERR_MEMORY : read_piece(s, p, first, num);

	if (err == TB_OK)
		err = add_piece(s, p, num);
	piece_free(p);
	return err;
}

/* H = sum f_i H_i and Z = sum f_i Z_i into *st. */
static tb_err sum_up(const tb_group *g, const tb_dleq_list *list, const uint8_t seed[SEED_BYTES],
	tb_dleq_statement *st, const tb_parallel *threads, size_t *bad)
{
	summing s = {.g = g, .list = list, .bad = SIZE_MAX};
	tb_err err = tb_transcript_init(&s.factors, "tabella/v1/dleq-list-factor");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(&s.factors, "seed", seed, SEED_BYTES);
	tb_point_identity(g, &s.H);
	tb_point_identity(g, &s.Z);
	(void)pthread_mutex_init(&s.lock, NULL);
	err = tb_parallel_run(threads, list->num, PIECE, sum_piece, &s);
	(void)pthread_mutex_destroy(&s.lock);
	tb_transcript_release(&s.factors);
	tb_point_copy(g, &st->Y, list->Y);
	tb_point_copy(g, &st->H, &s.H);
	tb_point_copy(g, &st->Z, &s.Z);
	*bad = s.bad;
	return err;
}

/* The binding of the proof of the sums: that of the list, and the list itself by its seed. */
static uint8_t *bind(const tb_dleq_list *list, const uint8_t seed[SEED_BYTES], size_t *len)
{
	uint8_t *out = malloc(list->binding_len + TB_ITEM_HEAD_MAX + SEED_BYTES);

	if (out == NULL)
		return NULL;
	*len = list->binding_len;
	if (*len > 0)
		memcpy(out, list->binding, *len);
	*len += tb_item_head(out + *len, "list", SEED_BYTES);
	memcpy(out + *len, seed, SEED_BYTES);
	*len += SEED_BYTES;
	return out;
}

/* ---- making and checking ---- */

typedef struct multiplying {
	const tb_group *g;
	uint8_t *out;
	const uint8_t *H;
	size_t H_step;
	const tb_secret *x;
} multiplying;

static tb_err multiply_piece(void *arg, size_t first, size_t num)
{
	const multiplying *m = arg;
	tb_point H, Z;

	for (size_t i = first; i < first + num; i++) {
		tb_err err = tb_point_parse(m->g, &H, m->H + i * m->H_step);

		if (err != TB_OK)
			return err;
		tb_point_mul_secret(m->g, &Z, m->x, &H);
		tb_point_write(m->g, m->out + i * tb_group_point_bytes(m->g), &Z);
	}
	return TB_OK;
}

tb_err tb_dleq_list_multiply(const tb_group *g, uint8_t *out, const uint8_t *H, size_t H_step, size_t num,
	const tb_secret *x, const tb_parallel *threads)
{
	multiplying m = {.g = g, .out = out, .H = H, .H_step = H_step, .x = x};

	TB_REQUIRE(H_step >= tb_group_point_bytes(g));
	return tb_parallel_run(threads, num, PIECE, multiply_piece, &m);
}

tb_err tb_dleq_list_prove(const tb_group *g, tb_dleq_proof *out, const tb_dleq_list *list, const tb_secret *x,
	const tb_parallel *threads)
{
	uint8_t seed[SEED_BYTES], *binding;
	tb_dleq_statement st;
	size_t len, bad;
	tb_err err;

	TB_REQUIRE(list->num >= 1 && list->H_step >= tb_group_point_bytes(g));
	memset(out, 0, sizeof *out);
	err = make_seed(g, list, seed);
	if (err == TB_OK)
		err = sum_up(g, list, seed, &st, threads, &bad);
	if (err != TB_OK)
		return err;
	binding = bind(list, seed, &len);
	if (binding == NULL)
		return TB_ERR_MEMORY;
	err = tb_dleq_prove(g, out, &st, binding, len, x);
	free(binding);
	return err;
}

tb_err tb_dleq_list_verify(const tb_group *g, const tb_dleq_proof *proof, const tb_dleq_list *list,
	const tb_parallel *threads, size_t *bad)
{
	uint8_t seed[SEED_BYTES], *binding;
	tb_dleq_statement st;
	size_t len;
	tb_err err;

	TB_REQUIRE(list->num >= 1 && list->H_step >= tb_group_point_bytes(g));
	*bad = 0;
	err = make_seed(g, list, seed);
	if (err == TB_OK)
		err = sum_up(g, list, seed, &st, threads, bad);
	if (err != TB_OK)
		return err;
	binding = bind(list, seed, &len);
	if (binding == NULL)
		return TB_ERR_MEMORY;
	err = tb_dleq_verify(g, proof, &st, binding, len);
	free(binding);
	return err;
}
