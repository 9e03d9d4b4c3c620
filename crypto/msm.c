/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How it goes.  Scalars are split into windows of a few bits; the sum is, over the windows from the top,
 * acc = 2^width * acc + sum_i digit_i * P_i.  Straus reads digit_i * P_i from a small table per point;
 * Pippenger throws P_i into the bucket of its digit and sums bucket_1 + 2 bucket_2 + 3 bucket_3 + ... once
 * per window, so that a point costs about one addition per window.
 *
 * Where subtraction is as cheap as addition, digits are signed, which halves the buckets, and k > q/2 is
 * taken as k - q, which saves a bit.  The signed digits come without a carry chain: with B the sum of
 * 2^(position + width - 1) over all windows but the last, the digit at a window is bits(k + B) - 2^(width -
 * 1), and at the last window simply what is left, in two's complement.
 *
 * Scalars of at most 128 bits ("short", the randomisers of a batch) end at a window boundary of their own
 * and have no digits above it.  Widths differ by at most one within a part: a part is divided evenly.
 */
#include "crypto/msm.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/group_backend.h"

#define SHORT_BITS 128
#define MAX_WIDTH 16
#define MAX_WINDOWS 130
#define TABLE 8   /* odd multiples per point: Straus */
#define BATCH 256 /* digits taken out at a time: Pippenger */
#define AHEAD 2   /* prefetch distance in additions */
#define ALIGNMENT 64

/* A scalar as the algorithms want it. */
typedef struct entry {
	uint64_t k[4]; /* Pippenger: with B added; Straus: the absolute value */
	const tb_point *point;
	bool negative; /* Straus only; Pippenger has it in k */
	bool is_short;
} entry;

typedef struct plan {
	size_t num_windows; /* window 0 is the lowest */
	size_t num_short;   /* windows in which short scalars have digits */
	unsigned pos[MAX_WINDOWS], width[MAX_WINDOWS];
	double cost; /* in additions */
} plan;

typedef struct buffer {
	unsigned char *data;
	size_t len;
} buffer;

struct tb_msm_scratch {
	buffer entries, points, marks;
};

/* ---- memory ---- */
tb_err tb_msm_scratch_new(tb_msm_scratch **out)
{
	tb_msm_scratch *s = calloc(1, sizeof *s);

	if (s == NULL)
		return TB_ERR_MEMORY;
	*out = s;
	return TB_OK;
}

void tb_msm_scratch_free(tb_msm_scratch *s)
{
	if (s == NULL)
		return;
	free(s->entries.data);
	free(s->points.data);
	free(s->marks.data);
	free(s);
}

/* Makes room for num * size bytes; what was there is lost. */
static tb_err reserve(buffer *b, size_t num, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(num, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
		return TB_ERR_MEMORY;
	if (bytes <= b->len)
		return TB_OK;
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	free(b->data);
	b->len = 0;
	b->data = aligned_alloc(ALIGNMENT, bytes);
	if (b->data == NULL)
		return TB_ERR_MEMORY;
	b->len = bytes;
	return TB_OK;
}

static tb_point *point_at(const tb_group *g, const buffer *b, size_t i)
{
	return (tb_point *)(void *)(b->data + i * g->stride);
}

/* ---- 256-bit numbers ---- */
static unsigned bit_length(const uint64_t k[4])
{
	for (unsigned i = 4; i-- > 0;) {
		if (k[i] != 0)
			return 64 * i + 64 - (unsigned)__builtin_clzll(k[i]);
	}
	return 0;
}

/* `width` <= 32 bits of k from `pos` on; zeros beyond bit 255. */
static inline uint32_t bits_at(const uint64_t k[4], unsigned pos, unsigned width)
{
	unsigned i = pos / 64, shift = pos % 64;
	uint64_t v = k[i] >> shift;

	if (shift != 0 && i < 3)
		v |= k[i + 1] << (64 - shift);
	return (uint32_t)(v & (((uint64_t)1 << width) - 1));
}

static void add_bit(uint64_t k[4], unsigned pos)
{
	uint64_t v = (uint64_t)1 << pos % 64;

	for (unsigned i = pos / 64; i < 4 && v != 0; i++)
		v = __builtin_add_overflow(k[i], v, &k[i]) ? 1 : 0;
}

static void add256(uint64_t out[4], const uint64_t a[4])
{
	unsigned __int128 t = 0;

	for (int i = 0; i < 4; i++) {
		t = (t >> 64) + out[i] + a[i];
		out[i] = (uint64_t)t;
	}
}

static void negate256(uint64_t k[4])
{
	for (int i = 0; i < 4; i++)
		k[i] = ~k[i];
	add_bit(k, 0);
}

/* ---- lengths ---- */
/*
 * Bits that hold every scalar.  Unsigned: the length of q - 1.  Signed: |k| <= q/2, and the last window
 * reaches 2^(bits-1) inclusive; where q/2 is a power of two plus less than its 2^-32nd part (ristretto255:
 * 2^251 + 2^124) that part cannot lift the last digit, so the power itself counts.
 */
static unsigned scalar_bits(const tb_group *g)
{
	uint64_t half[4];
	unsigned len = bit_length(g->order.q);

	if (!g->cheap_sub)
		return len;
	TB_REQUIRE(len < 255);
	for (int i = 0; i < 4; i++)
		half[i] = g->order.q[i] >> 1 | (i < 3 ? g->order.q[i + 1] << 63 : 0);
	len = bit_length(half);
	half[(len - 1) / 64] &= ~((uint64_t)1 << (len - 1) % 64);
	return bit_length(half) + 32 < len ? len : len + 1;
}

static unsigned short_bits(const tb_group *g)
{
	return g->cheap_sub ? SHORT_BITS + 1 : SHORT_BITS;
}

/* Copies the scalars that matter: absolute value, sign, class.  Returns how many. */
static size_t load_entries(const tb_group *g, entry *e, size_t *num_short, const tb_scalar *scalars,
	const tb_point *const *points, size_t num)
{
	size_t used = 0;

	*num_short = 0;
	for (size_t i = 0; i < num; i++) {
		tb_scalar minus;

		if (tb_scalar_is_zero(&scalars[i]))
			continue;
		memcpy(e[used].k, scalars[i].limb, sizeof e[used].k);
		e[used].point = points[i];
		e[used].negative = false;
		tb_scalar_neg(g, &minus, &scalars[i]);
		if (g->cheap_sub && bit_length(minus.limb) <= bit_length(e[used].k)) {
			for (int j = 3; j >= 0; j--) {
				if (minus.limb[j] == e[used].k[j])
					continue;
				if (minus.limb[j] < e[used].k[j]) {
					memcpy(e[used].k, minus.limb, sizeof e[used].k);
					e[used].negative = true;
				}
				break;
			}
		}
		e[used].is_short = bit_length(e[used].k) <= SHORT_BITS;
		*num_short += e[used].is_short ? 1 : 0;
		used++;
	}
	return used;
}

/* ---- Straus ---- */
/* Signed: width-5 non-adjacent form, odd digits up to 15.  Unsigned: sliding window of 4 bits, the same
 * digits. */
#define STRAUS_DIGITS 257

/* Writes one digit for each bit position, most of them 0; returns the number of positions used. */
static unsigned straus_digits(const tb_group *g, int8_t digits[STRAUS_DIGITS], const entry *e)
{
	uint64_t k[4];
	unsigned pos = 0, len = bit_length(e->k), used = 0;

	memcpy(k, e->k, sizeof k);
	memset(digits, 0, STRAUS_DIGITS);
	while (pos <= len && pos < 256) {
		int d;

		if (bits_at(k, pos, 1) == 0) {
			pos++;
			continue;
		}
		if (g->cheap_sub) {
			d = (int)bits_at(k, pos, 5);
			if (d > 15) {
				d -= 32;
				add_bit(k, pos + 5);
				len = len > pos + 6 ? len + 1 : pos + 6;
			}
			digits[pos] = (int8_t)(e->negative ? -d : d);
		} else {
			digits[pos] = (int8_t)bits_at(k, pos, 4);
		}
		used = pos + 1;
		pos += g->cheap_sub ? 5 : 4;
	}
	return used;
}

static tb_err straus(const tb_group *g, tb_msm_scratch *s, tb_point *out, const entry *e, size_t num)
{
	tb_point acc, twice;
	int8_t *digits;
	unsigned top = 0;
	tb_err err;

	err = reserve(&s->points, num * TABLE, g->stride);
	if (err == TB_OK)
		err = reserve(&s->marks, num, STRAUS_DIGITS);
	if (err != TB_OK)
		return err;
	digits = (int8_t *)s->marks.data;
	for (size_t i = 0; i < num; i++) {
		tb_point *table = point_at(g, &s->points, i * TABLE);
		unsigned len = straus_digits(g, digits + i * STRAUS_DIGITS, &e[i]);

		top = len > top ? len : top;
		tb_point_copy(g, table, e[i].point);
		g->dbl(g, &twice, e[i].point);
		for (size_t j = 1; j < TABLE; j++)
			g->add(g, point_at(g, &s->points, i * TABLE + j),
				point_at(g, &s->points, i * TABLE + j - 1), &twice);
	}
	g->identity(g, &acc);
	for (unsigned pos = top; pos-- > 0;) {
		g->dbl(g, &acc, &acc);
		for (size_t i = 0; i < num; i++) {
			int d = digits[i * STRAUS_DIGITS + pos];

			if (d > 0)
				g->add(g, &acc, &acc, point_at(g, &s->points, i * TABLE + (size_t)d / 2));
			else if (d < 0)
				g->sub(g, &acc, &acc, point_at(g, &s->points, i * TABLE + (size_t)-d / 2));
		}
	}
	tb_point_copy(g, out, &acc);
	return TB_OK;
}

static double straus_cost(const tb_group *g, size_t num, size_t num_short)
{
	double per_bit = g->cheap_sub ? 1.0 / 6 : 1.0 / 5;
	double bits = (double)(num - num_short) * scalar_bits(g) + (double)num_short * SHORT_BITS;

	return (double)num * TABLE + bits * per_bit;
}

/* ---- Pippenger: the plan ---- */
static size_t num_buckets(const tb_group *g, unsigned width)
{
	return g->cheap_sub ? (size_t)1 << (width - 1) : ((size_t)1 << width) - 1;
}

/* Divides `bits` bits, in which `num` scalars have digits, into windows at the end of the plan. */
static void plan_part(const tb_group *g, plan *p, unsigned bits, size_t num)
{
	unsigned best = 0, least = (bits + MAX_WIDTH - 1) / MAX_WIDTH, most = bits / 2 > 1 ? bits / 2 : 1;
	unsigned pos = p->num_windows == 0 ? 0 : p->pos[p->num_windows - 1] + p->width[p->num_windows - 1];
	double best_cost = 0;

	for (unsigned n = least; n <= most; n++) {
		unsigned narrow = bits / n, num_wide = bits % n;
		/* A bucket costs one addition more than a point thrown into it: the first point is only
		 * copied.  An addition to many buckets waits for memory. */
		double cost = 1.02 * n * (double)num + (double)num_wide * (double)num_buckets(g, narrow + 1) +
			      (double)(n - num_wide) * (double)num_buckets(g, narrow);

		if (best == 0 || cost < best_cost) {
			best = n;
			best_cost = cost;
		}
	}
	for (unsigned i = 0; i < best; i++) {
		unsigned width = bits / best + (i < bits % best ? 1 : 0);

		p->pos[p->num_windows] = pos;
		p->width[p->num_windows] = width;
		p->num_windows++;
		pos += width;
	}
	p->cost += best_cost;
}

static void make_plan(const tb_group *g, plan *p, size_t num, size_t num_short)
{
	unsigned all = scalar_bits(g), low = short_bits(g);

	memset(p, 0, sizeof *p);
	if (all <= low + 1) {
		plan_part(g, p, all, num);
		p->num_short = p->num_windows;
		return;
	}
	if (num_short > 0) {
		plan_part(g, p, low, num);
		p->num_short = p->num_windows;
		all -= low;
	}
	if (num_short < num)
		plan_part(g, p, all, num - num_short);
}

/* ---- Pippenger: the work ---- */
typedef struct task {
	const tb_point *point;
	int32_t digit; /* not 0 */
} task;

/* Adds B (see the top) to every scalar. */
static void bias_entries(const plan *p, entry *e, size_t num)
{
	uint64_t bias_short[4] = {0}, bias_full[4] = {0};

	for (size_t w = 0; w + 1 < p->num_windows; w++) {
		if (w + 1 < p->num_short)
			add_bit(bias_short, p->pos[w] + p->width[w] - 1);
		add_bit(bias_full, p->pos[w] + p->width[w] - 1);
	}
	for (size_t i = 0; i < num; i++) {
		if (e[i].negative)
			negate256(e[i].k);
		add256(e[i].k, e[i].is_short ? bias_short : bias_full);
	}
}

static inline int32_t digit_at(const tb_group *g, const plan *p, const entry *e, size_t w)
{
	unsigned pos = p->pos[w], width = p->width[w];
	int32_t half = (int32_t)1 << (width - 1);

	if (!g->cheap_sub)
		return (int32_t)bits_at(e->k, pos, width);
	if (w + 1 < (e->is_short ? p->num_short : p->num_windows))
		return (int32_t)bits_at(e->k, pos, width) - half;
	/* The last window: one more bit, the sign. */
	return ((int32_t)bits_at(e->k, pos, width + 1) ^ (2 * half)) - 2 * half;
}

static void prefetch(const tb_group *g, const void *point, int for_writing)
{
	const unsigned char *p = point;

	for (size_t i = 0; i < g->stride; i += 64) {
		if (for_writing)
			__builtin_prefetch(p + i, 1);
		else
			__builtin_prefetch(p + i, 0);
	}
}

static size_t bucket_of(int32_t digit)
{
	return (size_t)(digit < 0 ? -digit : digit) - 1;
}

/* Throws each point into its bucket.  The one place where the time goes: field code that works on several
 * points at once would replace this function. */
static void fill_buckets(const tb_group *g, tb_msm_scratch *s, const task *t, size_t num)
{
	unsigned char *filled = s->marks.data;

	for (size_t i = 0; i < num; i++) {
		size_t b = bucket_of(t[i].digit);
		tb_point *bucket = point_at(g, &s->points, b);

		if (i + AHEAD < num) {
			prefetch(g, t[i + AHEAD].point, 0);
			prefetch(g, point_at(g, &s->points, bucket_of(t[i + AHEAD].digit)), 1);
		}
		if (!filled[b]) {
			filled[b] = 1;
			if (t[i].digit > 0)
				tb_point_copy(g, bucket, t[i].point);
			else
				g->neg(g, bucket, t[i].point);
		} else if (t[i].digit > 0) {
			g->add(g, bucket, bucket, t[i].point);
		} else {
			g->sub(g, bucket, bucket, t[i].point);
		}
	}
}

/* *out += sum_d d * bucket_d, as the sum of all the partial sums from the top. */
static void add_buckets(const tb_group *g, tb_msm_scratch *s, tb_point *out, size_t num)
{
	const unsigned char *filled = s->marks.data;
	tb_point running;
	bool any = false;

	for (size_t b = num; b-- > 0;) {
		if (filled[b]) {
			if (any)
				g->add(g, &running, &running, point_at(g, &s->points, b));
			else
				tb_point_copy(g, &running, point_at(g, &s->points, b));
			any = true;
		}
		if (any)
			g->add(g, out, out, &running);
	}
}

static void do_window(
	const tb_group *g, tb_msm_scratch *s, const plan *p, size_t w, const entry *e, size_t num)
{
	task tasks[BATCH];
	size_t n = 0;

	memset(s->marks.data, 0, num_buckets(g, p->width[w]));
	for (size_t i = 0; i < num; i++) {
		int32_t digit;

		if (e[i].is_short && w >= p->num_short)
			continue;
		digit = digit_at(g, p, &e[i], w);
		if (digit == 0)
			continue;
		tasks[n].point = e[i].point;
		tasks[n].digit = digit;
		if (++n == BATCH) {
			fill_buckets(g, s, tasks, n);
			n = 0;
		}
	}
	fill_buckets(g, s, tasks, n);
}

static tb_err pippenger(
	const tb_group *g, tb_msm_scratch *s, tb_point *out, const plan *p, entry *e, size_t num)
{
	size_t most = 0;
	tb_point acc;
	tb_err err;

	for (size_t w = 0; w < p->num_windows; w++)
		most = num_buckets(g, p->width[w]) > most ? num_buckets(g, p->width[w]) : most;
	err = reserve(&s->points, most, g->stride);
	if (err == TB_OK)
		err = reserve(&s->marks, most, 1);
	if (err != TB_OK)
		return err;
	if (g->cheap_sub)
		bias_entries(p, e, num);
	g->identity(g, &acc);
	for (size_t w = p->num_windows; w-- > 0;) {
		for (unsigned i = 0; i < p->width[w]; i++)
			g->dbl(g, &acc, &acc);
		do_window(g, s, p, w, e, num);
		add_buckets(g, s, &acc, num_buckets(g, p->width[w]));
	}
	tb_point_copy(g, out, &acc);
	return TB_OK;
}

tb_err tb_msm(const tb_group *g, tb_msm_scratch *s, tb_point *out, const tb_scalar *scalars,
	const tb_point *const *points, size_t num)
{
	size_t used, num_short;
	entry *e;
	plan p;
	tb_err err = reserve(&s->entries, num, sizeof(entry));

	if (err != TB_OK)
		return err;
	e = (entry *)(void *)s->entries.data;
	used = load_entries(g, e, &num_short, scalars, points, num);
	if (used == 0) {
		g->identity(g, out);
		return TB_OK;
	}
	make_plan(g, &p, used, num_short);
	if (straus_cost(g, used, num_short) <= p.cost)
		return straus(g, s, out, e, used);
	return pippenger(g, s, out, &p, e, used);
}
