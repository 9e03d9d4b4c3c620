/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/group.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ct.h"
#include "crypto/group_backend.h"
#include "crypto/rand.h"
#include "crypto/transcript.h"
#include "crypto/wipe.h"

#define ALIGNMENT 64 /* a cache line; what the tables of a back end may ask for */

/* ---- groups ---- */
const tb_group *tb_group_by_name(const char *name)
{
	const tb_group *known[] = {tb_group_ristretto255(), tb_group_modp4096()};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(name, known[i]->name) == 0)
			return known[i];
	}
	return NULL;
}

const char *tb_group_name(const tb_group *g)
{
	return g->name;
}

size_t tb_group_point_bytes(const tb_group *g)
{
	return g->point_bytes;
}

size_t tb_group_point_stride(const tb_group *g)
{
	return g->stride;
}

/* ---- 32 bytes little-endian <-> four limbs ---- */
static void load(uint64_t out[4], const uint8_t in[TB_SCALAR_BYTES])
{
	memcpy(out, in, TB_SCALAR_BYTES);
	for (int i = 0; i < 4; i++)
		out[i] = le64toh(out[i]);
}

static void store(uint8_t out[TB_SCALAR_BYTES], const uint64_t in[4])
{
	for (int i = 0; i < 4; i++) {
		const uint64_t limb = htole64(in[i]);

		memcpy(out + 8 * i, &limb, sizeof limb);
	}
}

static void reduce64(const tb_group *g, uint64_t out[4], const uint8_t in[64])
{
	uint64_t wide[8];

	load(wide, in);
	load(wide + 4, in + 32);
	tb_mod_reduce512(&g->order, out, wide);
	tb_wipe(wide, sizeof wide);
}

static void set_u64(const tb_group *g, uint64_t out[4], uint64_t v)
{
	const uint64_t wide[8] = {v};

	tb_mod_reduce512(&g->order, out, wide);
}

/* Without a branch: whether the number was below q becomes public, the number does not. */
static tb_err parse(const tb_group *g, uint64_t out[4], const uint8_t in[TB_SCALAR_BYTES])
{
	uint64_t v[4], ok;

	load(v, in);
	ok = tb_mod_mask_reduced(&g->order, v);
	tb_ct_assign(ok, out, v, 4);
	tb_wipe(v, sizeof v);
	return (tb_err)(~ok & (uint64_t)TB_ERR_ENCODING);
}

void tb_group_order(const tb_group *g, uint8_t out[TB_SCALAR_BYTES])
{
	store(out, g->order.q);
}

/* ---- arrays of points ---- */
tb_err tb_points_new(const tb_group *g, tb_points *out, size_t num)
{
	tb_points v = {.num = num, .stride = g->stride};
	size_t bytes;

	if (__builtin_mul_overflow(num, g->stride, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
		return TB_ERR_MEMORY;
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	v.data = aligned_alloc(ALIGNMENT, bytes > 0 ? bytes : ALIGNMENT);
	if (v.data == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < num; i++)
		g->identity(g, tb_points_at(&v, i));
	*out = v;
	return TB_OK;
}

void tb_points_free(tb_points *v)
{
	free(v->data);
	memset(v, 0, sizeof *v);
}

tb_point *tb_points_at(const tb_points *v, size_t i)
{
	TB_REQUIRE(i < v->num);
	return (tb_point *)(void *)(v->data + i * v->stride);
}

/* ---- scalars ---- */
tb_err tb_scalar_parse(const tb_group *g, tb_scalar *out, const uint8_t in[TB_SCALAR_BYTES])
{
	tb_scalar v = {{0}}; /* what *out held must not matter: it may be uninitialised */
	tb_err err = parse(g, v.limb, in);

	if (err == TB_OK)
		*out = v;
	return err;
}

void tb_scalar_write(const tb_group *g, uint8_t out[TB_SCALAR_BYTES], const tb_scalar *a)
{
	(void)g;
	store(out, a->limb);
}

void tb_scalar_set_u64(const tb_group *g, tb_scalar *out, uint64_t v)
{
	set_u64(g, out->limb, v);
}

void tb_scalar_reduce64(const tb_group *g, tb_scalar *out, const uint8_t in[64])
{
	reduce64(g, out->limb, in);
}

void tb_scalar_add(const tb_group *g, tb_scalar *out, const tb_scalar *a, const tb_scalar *b)
{
	tb_mod_add(&g->order, out->limb, a->limb, b->limb);
}

void tb_scalar_sub(const tb_group *g, tb_scalar *out, const tb_scalar *a, const tb_scalar *b)
{
	tb_mod_sub(&g->order, out->limb, a->limb, b->limb);
}

void tb_scalar_neg(const tb_group *g, tb_scalar *out, const tb_scalar *a)
{
	static const uint64_t zero[4];

	tb_mod_sub(&g->order, out->limb, zero, a->limb);
}

void tb_scalar_mul(const tb_group *g, tb_scalar *out, const tb_scalar *a, const tb_scalar *b)
{
	tb_mod_mul(&g->order, out->limb, a->limb, b->limb);
}

tb_err tb_scalar_invert(const tb_group *g, tb_scalar *out, const tb_scalar *a)
{
	if (tb_scalar_is_zero(a))
		return TB_ERR_RANGE;
	tb_mod_invert(&g->order, out->limb, a->limb);
	return TB_OK;
}

bool tb_scalar_is_zero(const tb_scalar *a)
{
	return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

bool tb_scalar_equal(const tb_scalar *a, const tb_scalar *b)
{
	return memcmp(a->limb, b->limb, sizeof a->limb) == 0;
}

tb_err tb_scalar_random128(const tb_group *g, tb_scalar *out)
{
	uint64_t wide[8] = {0};
	tb_err err = tb_random(wide, 16);

	tb_mod_reduce512(&g->order, out->limb, wide);
	return err;
}

/* ---- secrets ---- */
tb_err tb_secret_random(const tb_group *g, tb_secret *out)
{
	uint64_t wide[8];
	tb_err err = tb_random(wide, sizeof wide); /* 512 bits: the bias of the reduction is below 2^-255 */

	tb_mod_reduce512(&g->order, out->limb, wide);
	tb_wipe(wide, sizeof wide);
	return err;
}

void tb_secret_reduce64(const tb_group *g, tb_secret *out, const uint8_t in[64])
{
	reduce64(g, out->limb, in);
}

tb_err tb_secret_parse(const tb_group *g, tb_secret *out, const uint8_t in[TB_SCALAR_BYTES])
{
	return parse(g, out->limb, in);
}

void tb_secret_write(const tb_group *g, uint8_t out[TB_SCALAR_BYTES], const tb_secret *a)
{
	(void)g;
	store(out, a->limb);
}

void tb_secret_set_u64(const tb_group *g, tb_secret *out, uint64_t v)
{
	set_u64(g, out->limb, v);
}

void tb_secret_set_scalar(const tb_group *g, tb_secret *out, const tb_scalar *a)
{
	(void)g;
	memcpy(out->limb, a->limb, sizeof out->limb);
}

void tb_secret_add(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_secret *b)
{
	tb_mod_add(&g->order, out->limb, a->limb, b->limb);
}

void tb_secret_sub(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_secret *b)
{
	tb_mod_sub(&g->order, out->limb, a->limb, b->limb);
}

void tb_secret_mul(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_secret *b)
{
	tb_mod_mul(&g->order, out->limb, a->limb, b->limb);
}

void tb_secret_mul_scalar(const tb_group *g, tb_secret *out, const tb_secret *a, const tb_scalar *b)
{
	tb_mod_mul(&g->order, out->limb, a->limb, b->limb);
}

bool tb_secret_is_zero(const tb_secret *a)
{
	return tb_ct_is_zero(a->limb, sizeof a->limb);
}

void tb_secret_wipe(tb_secret *a)
{
	tb_wipe(a, sizeof *a);
}

/* ---- secret -> public [SECRET.REVEAL] ---- */
void tb_secret_respond(
	const tb_group *g, tb_scalar *out, const tb_secret *w, const tb_scalar *c, const tb_secret *x)
{
	uint64_t cx[4];

	tb_mod_mul(&g->order, cx, c->limb, x->limb);
	tb_mod_add(&g->order, out->limb, cx, w->limb);
	tb_wipe(cx, sizeof cx);
}

void tb_secret_reveal(const tb_group *g, tb_scalar *out, const tb_secret *a)
{
	(void)g;
	memcpy(out->limb, a->limb, sizeof out->limb);
}

/* ---- points ---- */
void tb_point_copy(const tb_group *g, tb_point *out, const tb_point *a)
{
	memmove(out, a, g->stride);
}

void tb_point_identity(const tb_group *g, tb_point *out)
{
	g->identity(g, out);
}

void tb_point_generator(const tb_group *g, tb_point *out)
{
	g->generator(g, out);
}

tb_err tb_point_parse(const tb_group *g, tb_point *out, const uint8_t *in)
{
	return g->parse(g, out, in);
}

void tb_point_write(const tb_group *g, uint8_t *out, const tb_point *a)
{
	g->write(g, out, a);
}

bool tb_point_equal(const tb_group *g, const tb_point *a, const tb_point *b)
{
	return g->equal(g, a, b);
}

bool tb_point_is_identity(const tb_group *g, const tb_point *a)
{
	return g->is_identity(g, a);
}

void tb_point_add(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	g->add(g, out, a, b);
}

void tb_point_add_secret(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	(g->add_secret != NULL ? g->add_secret : g->add)(g, out, a, b);
}

void tb_point_sub(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	g->sub(g, out, a, b);
}

void tb_point_neg(const tb_group *g, tb_point *out, const tb_point *a)
{
	g->neg(g, out, a);
}

void tb_point_mul_public(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a)
{
	g->mul_public(g, out, k, a);
}

void tb_point_mul_secret(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a)
{
	g->mul_secret(g, out, k, a);
}

void tb_point_mul_generator_secret(const tb_group *g, tb_point *out, const tb_secret *k)
{
	g->mul_generator_secret(g, out, k);
}

tb_err tb_points_check_order(const tb_group *g, const tb_point *const *points, size_t num)
{
	return g->check_order == NULL ? TB_OK : g->check_order(g, points, num);
}

void tb_point_hash(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len)
{
	g->hash(g, out, label, data, data_len);
}

tb_err tb_point_embed(const tb_group *g, tb_point *out, const uint8_t data[TB_EMBED_BYTES])
{
	return g->embed == NULL ? TB_ERR_RANGE : g->embed(g, out, data);
}

tb_err tb_point_extract(const tb_group *g, uint8_t data[TB_EMBED_BYTES], const tb_point *a)
{
	return g->extract == NULL ? TB_ERR_RANGE : g->extract(g, data, a);
}

void tb_group_uniform(const tb_group *g, uint8_t out[64], const char *label, const void *data,
	size_t data_len, uint64_t counter)
{
	static const char protocol[] = "tabella/v1/hash-to-group";
	tb_sha512_state s;
	uint8_t wire[8];

	for (int i = 0; i < 8; i++)
		wire[i] = (uint8_t)(counter >> (56 - 8 * i));
	tb_sha512_init(&s);
	tb_item_absorb(&s, "protocol", protocol, sizeof protocol - 1);
	tb_item_absorb(&s, "group", g->name, strlen(g->name));
	tb_item_absorb(&s, "label", label, strlen(label));
	tb_item_absorb(&s, "data", data, data_len);
	tb_item_absorb(&s, "counter", wire, sizeof wire);
	tb_sha512_final(&s, out);
}

/* ---- fixed bases ---- */
struct tb_fixed_base {
	const tb_group *g;
	void *table;
};

tb_err tb_fixed_base_new(const tb_group *g, tb_fixed_base **out, const tb_point *base)
{
	size_t bytes = (g->fixed_bytes(g) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	tb_fixed_base *t = malloc(sizeof *t);

	if (t == NULL)
		return TB_ERR_MEMORY;
	t->g = g;
	t->table = aligned_alloc(ALIGNMENT, bytes);
	if (t->table == NULL) {
		free(t);
		return TB_ERR_MEMORY;
	}
	g->fixed_fill(g, t->table, base);
	*out = t;
	return TB_OK;
}

void tb_fixed_base_free(tb_fixed_base *t)
{
	if (t == NULL)
		return;
	free(t->table);
	free(t);
}

void tb_fixed_base_mul_secret(const tb_fixed_base *t, tb_point *out, const tb_secret *k)
{
	t->g->fixed_mul(t->g, t->table, out, k);
}
