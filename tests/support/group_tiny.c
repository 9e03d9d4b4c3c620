/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/group_tiny.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/group_small.h"

#define MAX_GROUPS 16

typedef struct tiny {
	tb_group group;
	uint64_t p, q, k, generator;
	char name[32];
} tiny;

static const tiny *of(const tb_group *g)
{
	return g->parameters;
}

uint64_t tb_tiny_p(const tb_group *g)
{
	return of(g)->p;
}

static uint64_t power(const tiny *t, uint64_t base, uint64_t e)
{
	uint64_t acc = 1;

	for (; e > 0; e >>= 1) {
		if (e & 1)
			acc = acc * base % t->p;
		base = base * base % t->p;
	}
	return acc;
}

static void set(tb_point *out, uint64_t v)
{
	memset(out->word, 0, 4 * sizeof out->word[0]);
	out->word[0] = v;
}

static void identity(const tb_group *g, tb_point *out)
{
	(void)g;
	set(out, 1);
}

static void generator(const tb_group *g, tb_point *out)
{
	set(out, of(g)->generator);
}

static tb_err parse(const tb_group *g, tb_point *out, const uint8_t *in)
{
	uint64_t v = (uint64_t)in[0] << 24 | (uint64_t)in[1] << 16 | (uint64_t)in[2] << 8 | in[3];

	if (v == 0 || v >= of(g)->p)
		return TB_ERR_ENCODING;
	if (power(of(g), v, of(g)->q) != 1)
		return TB_ERR_GROUP;
	set(out, v);
	return TB_OK;
}

static void write(const tb_group *g, uint8_t *out, const tb_point *a)
{
	(void)g;
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(a->word[0] >> (24 - 8 * i));
}

static bool equal(const tb_group *g, const tb_point *a, const tb_point *b)
{
	(void)g;
	return a->word[0] == b->word[0];
}

static bool is_identity(const tb_group *g, const tb_point *a)
{
	(void)g;
	return a->word[0] == 1;
}

static void add(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	set(out, a->word[0] * b->word[0] % of(g)->p);
}

static void neg(const tb_group *g, tb_point *out, const tb_point *a)
{
	set(out, power(of(g), a->word[0], of(g)->q - 1));
}

static void sub(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	set(out, a->word[0] * power(of(g), b->word[0], of(g)->q - 1) % of(g)->p);
}

static void dbl(const tb_group *g, tb_point *out, const tb_point *a)
{
	add(g, out, a, a);
}

static void mul_public(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a)
{
	set(out, power(of(g), a->word[0], k->limb[0]));
}

static void mul_secret(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a)
{
	set(out, power(of(g), a->word[0], k->limb[0]));
}

static void mul_generator_secret(const tb_group *g, tb_point *out, const tb_secret *k)
{
	set(out, power(of(g), of(g)->generator, k->limb[0]));
}

static void hash(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len)
{
	uint8_t uniform[64];
	uint64_t v, counter = 0;

	do {
		tb_group_uniform(g, uniform, label, data, data_len, counter++);
		memcpy(&v, uniform, sizeof v);
		v = power(of(g), v % of(g)->p, of(g)->k);
	} while (v <= 1);
	set(out, v);
}

static void fill(tiny *t, uint64_t q)
{
	t->q = q;
	for (t->k = 2; !tb_small_is_prime(t->k * q + 1); t->k += 2)
		;
	t->p = t->k * q + 1;
	for (uint64_t x = 2; t->generator <= 1; x++)
		t->generator = power(t, x, t->k);
	(void)snprintf(t->name, sizeof t->name, "tiny%llu", (unsigned long long)q);
	t->group = (tb_group){
		.name = t->name,
		.point_bytes = 4,
		.stride = 32,
		.parameters = t,
		.identity = identity,
		.generator = generator,
		.parse = parse,
		.write = write,
		.equal = equal,
		.is_identity = is_identity,
		.add = add,
		.sub = sub,
		.dbl = dbl,
		.neg = neg,
		.mul_public = mul_public,
		.mul_secret = mul_secret,
		.mul_generator_secret = mul_generator_secret,
		.hash = hash,
	};
	tb_small_group_init(&t->group, q);
}

const tb_group *tb_tiny_group(uint64_t q)
{
	static tiny groups[MAX_GROUPS];

	TB_REQUIRE(tb_small_is_order(q));
	for (size_t i = 0; i < MAX_GROUPS; i++) {
		if (groups[i].q == 0)
			fill(&groups[i], q);
		if (groups[i].q == q)
			return &groups[i].group;
	}
	tb_bug("too many tiny groups");
}
