/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modp4096: the subgroup of order q = 2^256 - 189 of the integers mod p, on GMP's mpn layer [GROUP.MODP].
 *
 * A decoded element is 64 limbs in Montgomery form (x * 2^4096 mod p), always < p.  No function here
 * allocates, except the order check.  What touches secrets uses only GMP's side-channel silent functions
 * (mpn_sec_*, mpn_addmul_1 and the linear ones) and masks, and wipes its workspace; the rest takes the faster
 * mpn_mul_n.
 */
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include <gmp.h>

#include "crypto/ct.h"
#include "crypto/group_backend.h"
#include "crypto/group_modp_constants.h"
#include "crypto/msm.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

#define N MODP_LIMBS
#define WIRE (8 * N)
#define SCRATCH 512 /* limbs; what mpn_sec_mul and mpn_sec_sqr ask for is checked against it */
#define WINDOW 5    /* bits a step of secret exponents, public ones too */
#define WINDOWS ((256 + WINDOW - 1) / WINDOW)
#define ENTRIES (1 << WINDOW)

_Static_assert(GMP_NUMB_BITS == 64 && sizeof(mp_limb_t) == sizeof(uint64_t), "64-bit limbs without nails");
_Static_assert(sizeof(tb_point) == N * sizeof(mp_limb_t), "a tb_point holds 64 limbs");

/* ---- Montgomery arithmetic ---- */

/*
 * out = t / 2^4096 mod p.  Each step clears limb i by adding m*p with m = t[i]: since the low four limbs of p
 * are all ones, m*p = m*(2^256 - 1) + m*(p_tail - 1)*2^256, which is -m in place plus m*p_tail four limbs
 * higher, and no inverse of p is needed.  The carries, each due 64 limbs above, wait in the cleared limbs.
 */
static void reduce(mp_limb_t out[N], mp_limb_t t[2 * N])
{
	mp_limb_t less[N];
	mp_limb_t carry, borrow;

	for (size_t i = 0; i < N; i++)
		t[i] = mpn_addmul_1(t + i + 4, modp_p_tail, MODP_TAIL_LIMBS, t[i]);
	carry = mpn_add_n(t, t, t + N, N);
	borrow = mpn_sub_n(less, t, modp_p, N); /* t < 2p */
	memcpy(out, t, N * sizeof *out);
	tb_ct_assign(~(tb_ct_mask_nonzero(borrow) & ~tb_ct_mask_nonzero(carry)), out, less, N);
	tb_wipe(less, sizeof less);
}

static void multiply(mp_limb_t out[N], const mp_limb_t a[N], const mp_limb_t b[N])
{
	mp_limb_t t[2 * N];

	mpn_mul_n(t, a, b, N);
	reduce(out, t);
}

static void square(mp_limb_t out[N], const mp_limb_t a[N])
{
	mp_limb_t t[2 * N];

	mpn_sqr(t, a, N);
	reduce(out, t);
}

static void from_montgomery(mp_limb_t out[N], const mp_limb_t a[N])
{
	mp_limb_t t[2 * N] = {0};

	memcpy(t, a, N * sizeof *t);
	reduce(out, t);
}

/* out = a^e, `limbs` limbs of e; variable time.  Sliding window of five bits. */
static void power(mp_limb_t out[N], const mp_limb_t a[N], const mp_limb_t *e, size_t limbs)
{
	mp_limb_t odd[ENTRIES / 2][N], acc[N];
	size_t pos = 64 * limbs;

	memcpy(odd[0], a, sizeof odd[0]);
	square(acc, a);
	for (size_t i = 1; i < ENTRIES / 2; i++)
		multiply(odd[i], odd[i - 1], acc);
	memcpy(acc, modp_one, sizeof acc);
	while (pos > 0) {
		size_t len, digit = 0;

		if ((e[(pos - 1) / 64] >> ((pos - 1) % 64) & 1) == 0) {
			square(acc, acc);
			pos--;
			continue;
		}
		len = pos < WINDOW ? pos : WINDOW;
		while ((e[(pos - len) / 64] >> ((pos - len) % 64) & 1) == 0)
			len--;
		for (size_t i = 1; i <= len; i++) {
			digit = digit << 1 | (e[(pos - i) / 64] >> ((pos - i) % 64) & 1);
			square(acc, acc);
		}
		multiply(acc, acc, odd[digit / 2]);
		pos -= len;
	}
	memcpy(out, acc, sizeof acc);
}

/* ---- the same for secrets ---- */
typedef struct workspace {
	mp_limb_t t[2 * N], acc[N], factor[N], scratch[SCRATCH];
} workspace;

/* acc = acc * factor */
static void multiply_secret(workspace *w)
{
	TB_REQUIRE(mpn_sec_mul_itch(N, N) <= SCRATCH);
	mpn_sec_mul(w->t, w->acc, N, w->factor, N, w->scratch);
	reduce(w->acc, w->t);
}

/* acc = acc^2 */
static void square_secret(workspace *w)
{
	TB_REQUIRE(mpn_sec_sqr_itch(N) <= SCRATCH);
	mpn_sec_sqr(w->t, w->acc, N, w->scratch);
	reduce(w->acc, w->t);
}

/* The w-th digit of WINDOW bits. */
static uint64_t secret_digit(const tb_secret *k, unsigned window)
{
	unsigned pos = window * WINDOW, i = pos / 64, shift = pos % 64;
	uint64_t v = k->limb[i] >> shift;

	if (shift + WINDOW > 64 && i < 3)
		v |= k->limb[i + 1] << (64 - shift);
	return v & (ENTRIES - 1);
}

static void mul_secret(const tb_group *g, tb_point *out, const tb_secret *k, const tb_point *a)
{
	mp_limb_t table[ENTRIES][N];
	workspace w;

	(void)g;
	memcpy(table[0], modp_one, sizeof table[0]);
	for (size_t i = 1; i < ENTRIES; i++)
		multiply(table[i], table[i - 1], a->word);
	memcpy(w.acc, modp_one, sizeof w.acc);
	for (unsigned i = WINDOWS; i-- > 0;) {
		for (int j = 0; j < WINDOW; j++)
			square_secret(&w);
		tb_ct_lookup(w.factor, table[0], ENTRIES, N, secret_digit(k, i));
		multiply_secret(&w);
	}
	memcpy(out->word, w.acc, sizeof w.acc);
	tb_wipe(&w, sizeof w);
}

/* ---- fixed bases: table[i][d] = base^(d * 2^(5 i)), so a product needs no squaring ---- */
typedef mp_limb_t fixed_table[WINDOWS][ENTRIES][N];

static size_t fixed_bytes(const tb_group *g)
{
	(void)g;
	return sizeof(fixed_table);
}

static void fixed_fill(const tb_group *g, void *table, const tb_point *base)
{
	mp_limb_t(*t)[ENTRIES][N] = table;
	mp_limb_t b[N];

	(void)g;
	memcpy(b, base->word, sizeof b);
	for (size_t i = 0; i < WINDOWS; i++) {
		memcpy(t[i][0], modp_one, sizeof t[i][0]);
		for (size_t d = 1; d < ENTRIES; d++)
			multiply(t[i][d], t[i][d - 1], b);
		multiply(b, t[i][ENTRIES - 1], b);
	}
}

static void fixed_mul(const tb_group *g, const void *table, tb_point *out, const tb_secret *k)
{
	const mp_limb_t(*t)[ENTRIES][N] = table;
	workspace w;

	(void)g;
	tb_ct_lookup(w.acc, t[0][0], ENTRIES, N, secret_digit(k, 0));
	for (unsigned i = 1; i < WINDOWS; i++) {
		tb_ct_lookup(w.factor, t[i][0], ENTRIES, N, secret_digit(k, i));
		multiply_secret(&w);
	}
	memcpy(out->word, w.acc, sizeof w.acc);
	tb_wipe(&w, sizeof w);
}

static void generator(const tb_group *g, tb_point *out)
{
	(void)g;
	memcpy(out->word, modp_generator, sizeof out->word);
}

/* The table of g is made by the first who needs it (5 ms, 850 KB). */
static fixed_table generator_table;

static void fill_generator_table(void)
{
	tb_point base;

	generator(NULL, &base);
	fixed_fill(NULL, generator_table, &base);
}

static void mul_generator_secret(const tb_group *g, tb_point *out, const tb_secret *k)
{
	static once_flag once = ONCE_FLAG_INIT;

	call_once(&once, fill_generator_table);
	fixed_mul(g, generator_table, out, k);
}

/* ---- elements ---- */
static void identity(const tb_group *g, tb_point *out)
{
	(void)g;
	memcpy(out->word, modp_one, sizeof out->word);
}

static void from_bytes(mp_limb_t *out, size_t limbs, const uint8_t *in)
{
	for (size_t i = 0; i < limbs; i++) {
		const uint8_t *p = in + 8 * (limbs - 1 - i);

		out[i] = 0;
		for (int j = 0; j < 8; j++)
			out[i] = out[i] << 8 | p[j];
	}
}

/*
 * The range and the Jacobi symbol.  The symbol keeps out every element of even order, one by one: a random
 * combination in the batch test would let a single -x pass half of the time.  [GROUP.MODP.ORDER]
 */
static tb_err parse(const tb_group *g, tb_point *out, const uint8_t *in)
{
	mp_limb_t x[N];
	mpz_t a, p;

	(void)g;
	from_bytes(x, N, in);
	if (mpn_zero_p(x, N) || mpn_cmp(x, modp_p, N) >= 0)
		return TB_ERR_ENCODING;
	if (mpz_jacobi(mpz_roinit_n(a, x, N), mpz_roinit_n(p, modp_p, N)) != 1)
		return TB_ERR_GROUP;
	multiply(out->word, x, modp_r2);
	return TB_OK;
}

static void write(const tb_group *g, uint8_t *out, const tb_point *a)
{
	mp_limb_t x[N];

	(void)g;
	from_montgomery(x, a->word);
	for (size_t i = 0; i < WIRE; i++)
		out[i] = (uint8_t)(x[(WIRE - 1 - i) / 8] >> (8 * ((WIRE - 1 - i) % 8)));
}

static bool equal(const tb_group *g, const tb_point *a, const tb_point *b)
{
	(void)g;
	return mpn_cmp(a->word, b->word, N) == 0;
}

static bool is_identity(const tb_group *g, const tb_point *a)
{
	(void)g;
	return mpn_cmp(a->word, modp_one, N) == 0;
}

static void add(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	(void)g;
	multiply(out->word, a->word, b->word);
}

/* mpn_mul_n compares halves of its operands and branches on it (Toom-Cook), so it tells 1 from a generator. */
static void add_secret(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	workspace w;

	(void)g;
	memcpy(w.acc, a->word, sizeof w.acc);
	memcpy(w.factor, b->word, sizeof w.factor);
	multiply_secret(&w);
	memcpy(out->word, w.acc, sizeof w.acc);
	tb_wipe(&w, sizeof w);
}

static void dbl(const tb_group *g, tb_point *out, const tb_point *a)
{
	(void)g;
	square(out->word, a->word);
}

/* The inverse mod p by the extended Euclidean algorithm on (a + p, p); of a*R it is 1/(a*R), and R^3 makes it
 * R/a. */
static void neg(const tb_group *g, tb_point *out, const tb_point *a)
{
	mp_limb_t u[N + 2], v[N + 1], gcd[N + 1], s[N + 1], x[N] = {0};
	mp_size_t s_len, gcd_len;

	(void)g;
	u[N] = mpn_add_n(u, a->word, modp_p, N);
	memcpy(v, modp_p, N * sizeof *v);
	gcd_len = mpn_gcdext(gcd, s, &s_len, u, N + (u[N] != 0), v, N);
	TB_REQUIRE(gcd_len == 1 && gcd[0] == 1);
	memcpy(x, s, (size_t)(s_len < 0 ? -s_len : s_len) * sizeof *x);
	if (s_len < 0)
		(void)mpn_sub_n(x, modp_p, x, N);
	multiply(x, x, modp_r2);
	multiply(out->word, x, modp_r2);
}

static void sub(const tb_group *g, tb_point *out, const tb_point *a, const tb_point *b)
{
	tb_point minus;

	neg(g, &minus, b);
	multiply(out->word, a->word, minus.word);
}

static void mul_public(const tb_group *g, tb_point *out, const tb_scalar *k, const tb_point *a)
{
	(void)g;
	power(out->word, a->word, k->limb, 4);
}

/* The exponents are random and taken as they are, not mod q: that is what makes the test one of order. */
static tb_err check_order(const tb_group *g, const tb_point *const *points, size_t num)
{
	tb_msm_scratch *scratch = NULL;
	tb_scalar *e = calloc(num > 0 ? num : 1, sizeof *e);
	tb_point sum;
	tb_err err = e == NULL ? TB_ERR_MEMORY : tb_msm_scratch_new(&scratch);

	for (size_t i = 0; i < num && err == TB_OK; i++)
		err = tb_random(e[i].limb, 16);
	if (err == TB_OK)
		err = tb_msm(g, scratch, &sum, e, points, num);
	if (err == TB_OK) {
		power(sum.word, sum.word, g->order.q, 4);
		err = is_identity(g, &sum) ? TB_OK : TB_ERR_GROUP;
	}
	tb_msm_scratch_free(scratch);
	free(e);
	return err;
}

/* ---- hash to group [GROUP.HASH] ---- */
#define HASH_BLOCKS 9 /* 4608 bits: 512 more than p */

static void hash(const tb_group *g, tb_point *out, const char *label, const void *data, size_t data_len)
{
	uint8_t uniform[HASH_BLOCKS * 64];
	mp_limb_t wide[8 * HASH_BLOCKS], quotient[8 * HASH_BLOCKS - N + 1], x[N];
	uint64_t counter = 0;

	do {
		for (size_t i = 0; i < HASH_BLOCKS; i++)
			tb_group_uniform(g, uniform + 64 * i, label, data, data_len, counter++);
		from_bytes(wide, 8 * HASH_BLOCKS, uniform);
		mpn_tdiv_qr(quotient, x, 0, wide, 8 * HASH_BLOCKS, modp_p, N);
		multiply(x, x, modp_r2);
		power(out->word, x, modp_cofactor, MODP_COFACTOR_LIMBS);
	} while (mpn_zero_p(x, N) || is_identity(g, out));
}

static const tb_group modp4096 = {
	.name = "modp4096",
	.point_bytes = WIRE,
	.stride = N * sizeof(mp_limb_t),
	.cheap_sub = false,
	.order = {.q = {0xffffffffffffff43, UINT64_MAX, UINT64_MAX, UINT64_MAX},
		.r = {0xbd},
		.r2 = {0x8b89},
		.neg_inv = 0xa53fa94fea53fa95},
	.identity = identity,
	.generator = generator,
	.parse = parse,
	.write = write,
	.equal = equal,
	.is_identity = is_identity,
	.add = add,
	.add_secret = add_secret,
	.sub = sub,
	.dbl = dbl,
	.neg = neg,
	.mul_public = mul_public,
	.mul_secret = mul_secret,
	.mul_generator_secret = mul_generator_secret,
	.hash = hash,
	.check_order = check_order,
	.fixed_bytes = fixed_bytes,
	.fixed_fill = fixed_fill,
	.fixed_mul = fixed_mul,
};

const tb_group *tb_group_modp4096(void)
{
	return &modp4096;
}
