/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/group_formal.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/group_small.h"

#define MAX_GROUPS 16

typedef struct formal {
	tb_group group;
	uint64_t q;
	size_t num_bases;
	uint8_t names[TB_FORMAL_BASES][64]; /* hash of (label, data); [0] is not used */
	char name[32];
} formal;

static formal groups[MAX_GROUPS];

/* The list of bases grows while the group itself stays const for its users. */
static formal *of(const tb_group *g)
{
	for (size_t i = 0; i < MAX_GROUPS; i++) {
		if (&groups[i].group == g)
			return &groups[i];
	}
	tb_bug("not a formal group");
}

size_t tb_formal_num_bases(const tb_group *g)
{
	return of(g)->num_bases;
}

static void set_base(tb_point *out, size_t i)
{
	memset(out, 0, sizeof *out);
	out->word[i] = 1;
}

static void identity(const tb_group *g, tb_point *out)
{
	(void)g;
	memset(out, 0, sizeof *out);
}

static void generator(const tb_group *g, tb_point *out)
{
	(void)g;
	set_base(out, 0);
}

static tb_err parse(const tb_group *g, tb_point *out, const uint8_t *in)
{
	tb_point v;

	for (size_t i = 0; i < TB_FORMAL_BASES; i++) {
		v.word[i] = (uint64_t)in[2 * i] << 8 | in[2 * i + 1];
		if (v.word[i] >= g->order.q[0])
			return TB_ERR_ENCODING;
	}
	*out = v;
	return TB_OK;
}

static void write(const tb_group *g, uint8_t *out, const tb_point *a)
{
	(void)g;
	for (size_t i = 0; i < TB_FORMAL_BASES; i++) {
		out[2 * i] = (uint8_t)(a->word[i] >> 8);
		out[2 * i + 1] = (uint8_t)a->word[i];
	}
}

static bool equal(const tb_group *g, const tb_point *a, const tb_point *b)
{
	(void)g;
	return memcmp(a, b, sizeof *a) == 0;
}

static bool is_identity(const tb_group *g, const tb_point *a)
{
	static const tb_point zero;

	return equal(g, a, &zero);
}

/* out = a + k*b, exponent by exponent. */
static void add_multiple(const tb_group *g, tb_point *out, const tb_point *a, uint64_t k, const tb_point *b)
{
	for (size_t i = 0; i < TB_FORMAL_BASES; i++)
		out->word[i] = (a->word[i] + k * b->word[i]) % g->order.q[0];
}

static void add(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	add_multiple(g, out, a, 1, b);
}

static void sub(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	add_multiple(g, out, a, g->order.q[0] - 1, b);
}

static void dbl(const tb_group *g, tb_point *out, const tb_point *a)
{
	add_multiple(g, out, a, 1, a);
}

static void multiply(const tb_group *g, tb_point *out, uint64_t k, const tb_point *a)
{
	static const tb_point zero;

	add_multiple(g, out, &zero, k, a);
}

static void neg(const tb_group *g, tb_point *out, const tb_point *a)
{
	multiply(g, out, g->order.q[0] - 1, a);
}

static void mul_public(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a)
{
	multiply(g, out, k->limb[0], a);
}

static void mul_secret(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a)
{
	multiply(g, out, k->limb[0], a);
}

static void mul_generator_secret(const tb_group *g, tb_point *out, const tb_secret *k)
{
	identity(g, out);
	out->word[0] = k->limb[0];
}

static void hash(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len)
{
	formal *f = of(g);
	uint8_t name[64];
	size_t i;

	tb_group_uniform(g, name, label, data, data_len, 0);
	for (i = 1; i < f->num_bases && memcmp(f->names[i], name, sizeof name) != 0; i++)
		;
	if (i == f->num_bases) {
		TB_REQUIRE(i < TB_FORMAL_BASES);
		memcpy(f->names[i], name, sizeof name);
		f->num_bases++;
	}
	set_base(out, i);
}

static void fill(formal *f, uint64_t q)
{
	f->q = q;
	f->num_bases = 1;
	(void)snprintf(f->name, sizeof f->name, "formal%llu", (unsigned long long)q);
	f->group = (tb_group){
		.name = f->name,
		.point_bytes = 2 * TB_FORMAL_BASES,
		.stride = sizeof(tb_point),
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
	tb_small_group_init(&f->group, q);
}

const tb_group *tb_formal_group(uint64_t q)
{
	TB_REQUIRE(tb_small_is_order(q));
	for (size_t i = 0; i < MAX_GROUPS; i++) {
		if (groups[i].q == 0)
			fill(&groups[i], q);
		if (groups[i].q == q)
			return &groups[i].group;
	}
	tb_bug("too many formal groups");
}
