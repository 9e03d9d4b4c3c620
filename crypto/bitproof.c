/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/bitproof.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/bitproof_internal.h"

/* ---- definition ---- */
static void put_u32(uint8_t **at, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*(*at)++ = (uint8_t)(v >> shift);
}

size_t tb_bitproof_weights(uint32_t out[32], uint32_t max)
{
	uint64_t sum = 0;
	size_t num = 0;

	for (uint64_t w = 1; sum + w <= max; w *= 2) {
		out[num++] = (uint32_t)w;
		sum += w;
	}
	if (sum < max)
		out[num++] = (uint32_t)(max - sum);
	return num;
}

static void write_definition(tb_bitproof_definition *d)
{
	uint8_t *at = d->bytes;

	put_u32(&at, d->num_options);
	put_u32(&at, d->max_score);
	put_u32(&at, d->min);
	put_u32(&at, d->max);
	*at++ = d->has_blank;
	put_u32(&at, d->num_weights);
	for (uint32_t j = 0; j < d->num_weights; j++)
		put_u32(&at, d->weights[j]);
	put_u32(&at, d->num_bits);
	for (uint32_t j = 0; j < d->num_bits; j++)
		put_u32(&at, d->bit_weights[j]);
	d->bytes_len = (size_t)(at - d->bytes);
}

tb_err tb_bitproof_define(tb_bitproof_definition *out, uint32_t num_options, uint32_t max_score, uint32_t min,
	uint32_t max, bool has_blank)
{
	uint32_t weights[32], slack[32];
	uint32_t num_weights, num_slack, num_bits;

	if (num_options < 1 || num_options > TB_BITPROOF_MAX_OPTIONS || max_score < 1 ||
		max_score > TB_BITPROOF_MAX_SCORE)
		return TB_ERR_RANGE;
	/* A blank bit where nothing must be chosen would be a second way to say nothing. */
	if (max < 1 || max > num_options * max_score || min > max || (has_blank && min == 0))
		return TB_ERR_RANGE;
	num_weights = (uint32_t)tb_bitproof_weights(weights, max_score);
	num_slack = (uint32_t)tb_bitproof_weights(slack, max - min);
	num_bits = num_options * num_weights + num_slack + (has_blank ? 1 : 0);
	if (num_bits > TB_BITPROOF_MAX_BITS)
		return TB_ERR_LIMIT;

	memset(out, 0, sizeof *out);
	out->num_options = num_options;
	out->max_score = max_score;
	out->min = min;
	out->max = max;
	out->has_blank = has_blank;
	out->num_weights = num_weights;
	out->num_slack = num_slack;
	out->num_bits = num_bits;
	memcpy(out->weights, weights, num_weights * sizeof weights[0]);
	for (uint32_t i = 0; i < num_options; i++)
		memcpy(out->bit_weights + i * num_weights, weights, num_weights * sizeof weights[0]);
	memcpy(out->bit_weights + num_options * num_weights, slack, num_slack * sizeof slack[0]);
	if (has_blank)
		out->bit_weights[num_bits - 1] = max;
	write_definition(out);
	return TB_OK;
}

tb_bitproof_layout tb_bitproof_layout_of(const tb_group *g, const tb_bitproof_definition *def)
{
	size_t point = tb_group_point_bytes(g);
	tb_bitproof_layout at;

	at.ciphertexts = 0;
	at.commitments = 2 * (size_t)def->num_options * point;
	at.alpha = at.commitments + 4 * point;
	at.masks = at.alpha + TB_SCALAR_BYTES;
	at.bits = at.masks + 2 * point;
	at.responses = at.bits + (size_t)def->num_bits * TB_SCALAR_BYTES;
	at.len = at.responses + 3 * TB_SCALAR_BYTES;
	return at;
}

size_t tb_bitproof_bytes(const tb_group *g, const tb_bitproof_definition *def)
{
	return tb_bitproof_layout_of(g, def).len;
}

/* ---- generators and key ---- */
tb_err tb_bitproof_generators_new(const tb_group *g, tb_bitproof_generators **out, size_t num_bits)
{
	tb_bitproof_generators *gens = calloc(1, sizeof *gens);
	tb_err err;

	TB_REQUIRE(num_bits <= TB_BITPROOF_MAX_BITS);
	if (gens == NULL)
		return TB_ERR_MEMORY;
	gens->g = g;
	err = tb_points_new(g, &gens->points, num_bits + 1);
	if (err != TB_OK) {
		free(gens);
		return err;
	}
	tb_point_hash(g, tb_points_at(&gens->points, 0), "ballot/K", NULL, 0);
	for (size_t j = 1; j <= num_bits; j++) {
		const uint8_t index[4] = {0, 0, (uint8_t)(j >> 8), (uint8_t)j};

		tb_point_hash(g, tb_points_at(&gens->points, j), "ballot/G", index, sizeof index);
	}
	*out = gens;
	return TB_OK;
}

void tb_bitproof_generators_free(tb_bitproof_generators *gens)
{
	if (gens == NULL)
		return;
	tb_points_free(&gens->points);
	free(gens);
}

void tb_bitproof_key_init(tb_bitproof_key *out, const tb_bitproof_generators *gens, const tb_point *h)
{
	TB_REQUIRE(!tb_point_is_identity(gens->g, h)); /* every vote would be readable */
	memset(out, 0, sizeof *out);
	out->generators = gens;
	tb_point_copy(gens->g, &out->h, h);
	tb_point_write(gens->g, out->h_wire, h);
}

const tb_group *tb_bitproof_key_group(const tb_bitproof_key *key)
{
	return key->generators->g;
}

tb_err tb_bitproof_batch_new(const tb_bitproof_key *key, tb_batch **out)
{
	const tb_points *points = &key->generators->points;
	const tb_point **bases = malloc((points->num + 1) * sizeof *bases);
	tb_err err;

	if (bases == NULL)
		return TB_ERR_MEMORY;
	bases[TB_BITPROOF_SLOT_H - 1] = &key->h;
	for (size_t i = 0; i < points->num; i++)
		bases[TB_BITPROOF_SLOT_K - 1 + i] = tb_points_at(points, i);
	err = tb_batch_new(key->generators->g, out, bases, points->num + 1);
	free((void *)bases);
	return err;
}

/* ---- challenges ---- */
tb_err tb_bitproof_challenge_y(tb_transcript *t, tb_scalar *y, const tb_bitproof_key *key,
	const tb_bitproof_definition *def, const tb_bitproof_binding *binding, const uint8_t *wire)
{
	const tb_group *g = key->generators->g;
	const tb_bitproof_layout at = tb_bitproof_layout_of(g, def);
	const char *name = tb_group_name(g);
	size_t point = tb_group_point_bytes(g);
	tb_err err = tb_transcript_init(t, "tabella/v1/ballot");

	if (err != TB_OK)
		return err;
	tb_transcript_bytes(t, "group", name, strlen(name));
	tb_transcript_bytes(t, "context", binding->context, 32);
	tb_transcript_bytes(t, "voter", binding->voter, binding->voter_len);
	tb_transcript_bytes(t, "voter-key", binding->voter_key, 32);
	tb_transcript_u64(t, "question", binding->question);
	tb_transcript_bytes(t, "definition", def->bytes, def->bytes_len);
	tb_transcript_point_wire(t, g, "h", key->h_wire);
	/* Without the ciphertexts here, votes could be chosen after y [PROOF.FORGE.E]. */
	tb_transcript_bytes(t, "ciphertexts", wire + at.ciphertexts, at.commitments - at.ciphertexts);
	tb_transcript_point_wire(t, g, "Cb", wire + at.commitments);
	tb_transcript_point_wire(t, g, "Ca", wire + at.commitments + point);
	tb_transcript_point_wire(t, g, "C1", wire + at.commitments + 2 * point);
	tb_transcript_point_wire(t, g, "C0", wire + at.commitments + 3 * point);
	/* Without alpha, equation (3) could be solved for it afterwards [PROOF.FORGE.ALPHA]. */
	tb_transcript_bytes(t, "alpha", wire + at.alpha, TB_SCALAR_BYTES);
	tb_transcript_challenge(t, g, y);
	return TB_OK;
}

void tb_bitproof_challenge_x(tb_transcript *t, tb_scalar *x, const tb_scalar *y, const tb_group *g,
	const tb_bitproof_layout *at, const uint8_t *wire)
{
	tb_transcript_scalar(t, g, "y", y);
	/* Without D1 and D2, equations (4) and (5) could be solved for them afterwards [PROOF.FORGE.D]. */
	tb_transcript_point_wire(t, g, "D1", wire + at->masks);
	tb_transcript_point_wire(t, g, "D2", wire + at->masks + tb_group_point_bytes(g));
	tb_transcript_challenge(t, g, x);
}

/* ---- verifying ---- */
struct tb_bitproof {
	const tb_group *g;
	const tb_bitproof_definition *def;
	tb_bitproof_layout at;
	const uint8_t *wire;                        /* borrowed */
	uint8_t identity[TB_POINT_MAX_BYTES];       /* its encoding */
	tb_points points;                           /* A_1, B_1, ..., A_m, B_m, Cb, Ca, C1, C0, D1, D2 */
	tb_scalar weights[TB_BITPROOF_MAX_WEIGHTS]; /* w */
	tb_scalar alpha, za, z1, zd;
	tb_scalar y, x;
	tb_scalar votes; /* sum_i y^(i-1) f'_i */
	enum { EMPTY, PARSED, PREPARED } state;
	tb_scalar f[]; /* L of them */
};

tb_err tb_bitproof_new(const tb_group *g, tb_bitproof **out, const tb_bitproof_definition *def)
{
	tb_bitproof *p = calloc(1, sizeof *p + def->num_bits * sizeof p->f[0]);
	tb_point identity;
	tb_err err;

	if (p == NULL)
		return TB_ERR_MEMORY;
	err = tb_points_new(g, &p->points, 2 * (size_t)def->num_options + 6);
	if (err != TB_OK) {
		free(p);
		return err;
	}
	p->g = g;
	p->def = def;
	p->at = tb_bitproof_layout_of(g, def);
	tb_point_identity(g, &identity);
	tb_point_write(g, p->identity, &identity);
	for (uint32_t j = 0; j < def->num_weights; j++)
		tb_scalar_set_u64(g, &p->weights[j], def->weights[j]);
	*out = p;
	return TB_OK;
}

void tb_bitproof_free(tb_bitproof *p)
{
	if (p == NULL)
		return;
	tb_points_free(&p->points);
	free(p);
}

static tb_err parse_scalars(tb_bitproof *p)
{
	const uint8_t *in = p->wire + p->at.responses;
	tb_err err = tb_scalar_parse(p->g, &p->alpha, p->wire + p->at.alpha);

	for (uint32_t j = 0; j < p->def->num_bits && err == TB_OK; j++)
		err = tb_scalar_parse(p->g, &p->f[j], p->wire + p->at.bits + (size_t)j * TB_SCALAR_BYTES);
	if (err == TB_OK)
		err = tb_scalar_parse(p->g, &p->za, in);
	if (err == TB_OK)
		err = tb_scalar_parse(p->g, &p->z1, in + TB_SCALAR_BYTES);
	if (err == TB_OK)
		err = tb_scalar_parse(p->g, &p->zd, in + 2 * TB_SCALAR_BYTES);
	return err;
}

/* `num` points from `in` into the array from index `first`. */
static tb_err parse_points(tb_bitproof *p, size_t first, size_t num, const uint8_t *in)
{
	size_t point = tb_group_point_bytes(p->g);
	tb_err err = TB_OK;

	for (size_t i = 0; i < num && err == TB_OK; i++)
		err = tb_point_parse(p->g, tb_points_at(&p->points, first + i), in + i * point);
	return err;
}

tb_err tb_bitproof_parse(tb_bitproof *p, const uint8_t *wire, size_t wire_len)
{
	size_t num = 2 * (size_t)p->def->num_options, point = tb_group_point_bytes(p->g);
	tb_err err;

	p->state = EMPTY;
	if (wire_len != p->at.len)
		return TB_ERR_ENCODING;
	p->wire = wire;
	/* A_i = 1 would be r_i = 0: B_i shows the vote [BALLOT.POINTS].  Encodings are unique, so bytes tell. */
	for (size_t i = 0; i < num; i += 2) {
		if (memcmp(wire + p->at.ciphertexts + i * point, p->identity, point) == 0)
			return TB_ERR_RANGE;
	}
	err = parse_scalars(p); /* the cheap part first */
	if (err == TB_OK)
		err = parse_points(p, 0, num, wire + p->at.ciphertexts);
	if (err == TB_OK)
		err = parse_points(p, num, 4, wire + p->at.commitments);
	if (err == TB_OK)
		err = parse_points(p, num + 4, 2, wire + p->at.masks);
	if (err == TB_OK)
		p->state = PARSED;
	return err;
}

/* Equal A_i have equal r_i, and then B_i - B_j = (v_i - v_j)*g shows how two votes differ. */
tb_err tb_bitproof_distinct(const tb_bitproof *const *parts, size_t num)
{
	size_t point = num == 0 ? 0 : tb_group_point_bytes(parts[0]->g);

	for (size_t k = 0; k < num; k++) {
		for (size_t i = 0; i < parts[k]->def->num_options; i++) {
			const uint8_t *a = parts[k]->wire + 2 * i * point;

			for (size_t l = 0; l <= k; l++) {
				size_t end = l < k ? parts[l]->def->num_options : i;

				for (size_t j = 0; j < end; j++) {
					if (memcmp(a, parts[l]->wire + 2 * j * point, point) == 0)
						return TB_ERR_RANGE;
				}
			}
		}
	}
	return TB_OK;
}

/* *out = sum_j w_j f_{i,j} = f'_i. */
static void combine_bits(const tb_bitproof *p, tb_scalar *out, uint32_t option)
{
	const tb_scalar *f = p->f + (size_t)option * p->def->num_weights;
	tb_scalar term;

	*out = f[0]; /* w_1 = 1 always */
	for (uint32_t j = 1; j < p->def->num_weights; j++) {
		tb_scalar_mul(p->g, &term, &p->weights[j], &f[j]);
		tb_scalar_add(p->g, out, out, &term);
	}
}

/* Equation (3), sum_j u_j f_j = x max + alpha, and sum_i y^(i-1) f'_i for (5) on the way (Horner, last option first). */
static tb_err check_selection(tb_bitproof *p)
{
	const tb_bitproof_definition *def = p->def;
	uint32_t first_slack = def->num_options * def->num_weights;
	tb_scalar sum, right, term;

	tb_scalar_set_u64(p->g, &sum, 0);
	p->votes = sum;
	for (uint32_t i = def->num_options; i-- > 0;) {
		combine_bits(p, &term, i);
		tb_scalar_add(p->g, &sum, &sum, &term);
		tb_scalar_mul(p->g, &p->votes, &p->votes, &p->y);
		tb_scalar_add(p->g, &p->votes, &p->votes, &term);
	}
	for (uint32_t j = first_slack; j < def->num_bits; j++) {
		tb_scalar_set_u64(p->g, &term, def->bit_weights[j]);
		tb_scalar_mul(p->g, &term, &term, &p->f[j]);
		tb_scalar_add(p->g, &sum, &sum, &term);
	}
	tb_scalar_set_u64(p->g, &right, def->max);
	tb_scalar_mul(p->g, &right, &right, &p->x);
	tb_scalar_add(p->g, &right, &right, &p->alpha);
	return tb_scalar_equal(&sum, &right) ? TB_OK : TB_ERR_PROOF;
}

/* Points first: what is wrong with a proof is told in one order everywhere, and only a bad one pays for it here. */
tb_err tb_bitproof_check_order(const tb_bitproof *p)
{
	const tb_point **list = malloc(p->points.num * sizeof *list);
	tb_err err;

	TB_REQUIRE(p->state != EMPTY);
	if (list == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < p->points.num; i++)
		list[i] = tb_points_at(&p->points, i);
	err = tb_points_check_order(p->g, list, p->points.num);
	free((void *)list);
	return err;
}

tb_err tb_bitproof_prepare(tb_bitproof *p, const tb_bitproof_key *key, const tb_bitproof_binding *binding)
{
	tb_transcript t;
	tb_err err;

	TB_REQUIRE(p->state != EMPTY && key->generators->g == p->g);
	p->state = PARSED;
	err = tb_bitproof_challenge_y(&t, &p->y, key, p->def, binding, p->wire);
	if (err != TB_OK)
		return err;
	tb_bitproof_challenge_x(&t, &p->x, &p->y, p->g, &p->at, p->wire);
	tb_transcript_release(&t);
	err = check_selection(p);
	if (err == TB_OK) {
		p->state = PREPARED;
		return TB_OK;
	}
	err = tb_bitproof_check_order(p);
	return err == TB_OK ? TB_ERR_PROOF : err;
}

static void add_product(
	tb_batch *b, const tb_group *g, const tb_scalar *e, const tb_scalar *k, const tb_point *point)
{
	tb_scalar product;

	tb_scalar_mul(g, &product, e, k);
	tb_batch_add(b, &product, point);
}

/* sum -= e*k*base. */
static void subtract_base(tb_batch *b, const tb_group *g, const tb_scalar *e, const tb_scalar *k, size_t slot)
{
	tb_scalar product;

	tb_scalar_mul(g, &product, e, k);
	tb_scalar_neg(g, &product, &product);
	tb_batch_add_base(b, slot, &product);
}

/*
 * e1*(x Cb + Ca - za K - sum f_j G_j) + e2*(x C1 + C0 - z1 K - sum f_j (x - f_j) G_j); the multiple of G_j is
 * -f_j*(e1 + e2*(x - f_j)) = -f_j*(c - e2*f_j) with one c for all j.
 */
static void append_bits(const tb_bitproof *p, tb_batch *b, const tb_scalar *e1, const tb_scalar *e2)
{
	size_t first = 2 * (size_t)p->def->num_options;
	tb_scalar c, k;

	add_product(b, p->g, e1, &p->x, tb_points_at(&p->points, first));
	tb_batch_add(b, e1, tb_points_at(&p->points, first + 1));
	add_product(b, p->g, e2, &p->x, tb_points_at(&p->points, first + 2));
	tb_batch_add(b, e2, tb_points_at(&p->points, first + 3));
	subtract_base(b, p->g, e1, &p->za, TB_BITPROOF_SLOT_K);
	subtract_base(b, p->g, e2, &p->z1, TB_BITPROOF_SLOT_K);
	tb_scalar_mul(p->g, &c, e2, &p->x);
	tb_scalar_add(p->g, &c, &c, e1);
	for (size_t j = 0; j < p->def->num_bits; j++) {
		tb_scalar_mul(p->g, &k, e2, &p->f[j]);
		tb_scalar_sub(p->g, &k, &k, &c);
		tb_scalar_mul(p->g, &k, &k, &p->f[j]);
		tb_batch_add_base(b, TB_BITPROOF_SLOT_G + j, &k);
	}
}

/* e4*(x sum y^(i-1) A_i + D1 - zd g) + e5*(x sum y^(i-1) B_i + D2 - votes g - zd h), with running powers of y. */
static void append_ciphertexts(const tb_bitproof *p, tb_batch *b, const tb_scalar *e4, const tb_scalar *e5)
{
	size_t m = p->def->num_options;
	tb_scalar ka, kb;

	tb_scalar_mul(p->g, &ka, e4, &p->x);
	tb_scalar_mul(p->g, &kb, e5, &p->x);
	for (size_t i = 0; i < m; i++) {
		tb_batch_add(b, &ka, tb_points_at(&p->points, 2 * i));
		tb_batch_add(b, &kb, tb_points_at(&p->points, 2 * i + 1));
		tb_scalar_mul(p->g, &ka, &ka, &p->y);
		tb_scalar_mul(p->g, &kb, &kb, &p->y);
	}
	tb_batch_add(b, e4, tb_points_at(&p->points, 2 * m + 4));
	tb_batch_add(b, e5, tb_points_at(&p->points, 2 * m + 5));
	subtract_base(b, p->g, e4, &p->zd, TB_BATCH_G);
	subtract_base(b, p->g, e5, &p->votes, TB_BATCH_G);
	subtract_base(b, p->g, e5, &p->zd, TB_BITPROOF_SLOT_H);
}

tb_err tb_bitproof_append(const tb_bitproof *p, tb_batch *batch)
{
	tb_scalar e[4];
	tb_err err = TB_OK;

	TB_REQUIRE(p->state == PREPARED && tb_batch_group(batch) == p->g);
	TB_REQUIRE(tb_batch_num_bases(batch) >= TB_BITPROOF_SLOT_G + (size_t)p->def->num_bits);
	/* Four independent values at every call: one for two equations, or powers of one, would let errors cancel [BATCH.RANDOM]. */
	for (size_t i = 0; i < 4 && err == TB_OK; i++)
		err = tb_scalar_random128(p->g, &e[i]);
	if (err == TB_OK)
		err = tb_batch_reserve(batch, p->points.num);
	if (err != TB_OK)
		return err;
	append_bits(p, batch, &e[0], &e[1]);
	append_ciphertexts(p, batch, &e[2], &e[3]);
	return TB_OK;
}

tb_err tb_bitproof_verify(tb_bitproof *p, tb_batch *batch, const tb_bitproof_key *key,
	const tb_bitproof_binding *binding, const uint8_t *wire, size_t wire_len)
{
	tb_err err = tb_bitproof_parse(p, wire, wire_len);

	if (err == TB_OK)
		err = tb_bitproof_distinct((const tb_bitproof *const[]){p}, 1);
	if (err == TB_OK)
		err = tb_bitproof_prepare(p, key, binding);
	tb_batch_clear(batch);
	if (err == TB_OK)
		err = tb_bitproof_append(p, batch);
	if (err == TB_OK)
		err = tb_batch_check(batch);
	tb_batch_clear(batch);
	return err;
}

typedef struct tb_bitproof_list {
	const tb_bitproof *const *proofs;
} tb_bitproof_list;

static tb_err append_item(void *items, size_t index, tb_batch *b)
{
	const tb_bitproof_list *list = items;

	return tb_bitproof_append(list->proofs[index], b);
}

tb_err tb_bitproof_check_many(tb_batch *batch, const tb_bitproof *const *proofs, size_t num, bool *bad)
{
	tb_bitproof_list list = {proofs};

	return tb_batch_find_bad(batch, append_item, &list, num, bad);
}

tb_points tb_bitproof_ciphertexts(const tb_bitproof *p)
{
	tb_points view = p->points;

	TB_REQUIRE(p->state != EMPTY);
	view.num = 2 * (size_t)p->def->num_options;
	return view;
}
