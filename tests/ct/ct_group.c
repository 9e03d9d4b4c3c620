/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Constant time, in the manner of ctgrind: secrets are marked undefined for valgrind's memcheck, which then
 * reports every branch and every address that depends on one.  Runs only under valgrind; `make test` does.
 * What comes out must still be undefined (it does depend on the secret: the marks went all the way through)
 * and is then declared public.
 */
#include <stdio.h>
#include <string.h>

#include <valgrind/memcheck.h>

#include "crypto/ct.h"
#include "crypto/group.h"
#include "crypto/hash.h"
#include "crypto/transcript.h"

static const char *what;
static unsigned num_cases, num_bad, errors_before;

/* Ends the running case, if any, and begins the next. */
static void begin(const tb_group *g, const char *name)
{
	unsigned errors = (unsigned)VALGRIND_COUNT_ERRORS;

	if (what != NULL) {
		num_bad += errors != errors_before ? 1 : 0;
		(void)printf("%s %u - %s\n", errors == errors_before ? "ok" : "not ok", ++num_cases, what);
	}
	errors_before = errors;
	what = name;
	if (g != NULL)
		(void)printf("# %s: %s\n", tb_group_name(g), name);
}

/* Declares `data` public; it must have depended on a secret. */
static void publish(void *data, size_t len)
{
	unsigned char bits[TB_POINT_MAX_BYTES + 64];
	unsigned char any = 0;

	TB_REQUIRE(len <= sizeof bits);
	TB_REQUIRE(VALGRIND_GET_VBITS(data, bits, len) == 1);
	for (size_t i = 0; i < len; i++)
		any |= bits[i];
	if (any == 0) {
		(void)fprintf(stderr, "%s: the result does not depend on the secret\n", what);
		tb_bug("a mark was lost");
	}
	(void)VALGRIND_MAKE_MEM_DEFINED(data, len);
}

static void hide(void *data, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(data, len);
}

static void secret_from(const tb_group *g, tb_secret *out, const char *name)
{
	uint8_t wide[64];

	tb_sha512(wide, name, strlen(name));
	tb_secret_reduce64(g, out, wide);
	hide(out, sizeof *out);
}

static void check_scalars(const tb_group *g)
{
	uint8_t wide[64], wire[TB_SCALAR_BYTES];
	tb_secret a, b, s;
	tb_scalar c, out;
	tb_err err;
	bool zero;

	secret_from(g, &a, "a");
	secret_from(g, &b, "b");
	tb_scalar_set_u64(g, &c, 12345);
	begin(g, "secret arithmetic");
	tb_secret_add(g, &s, &a, &b);
	tb_secret_sub(g, &s, &s, &b);
	tb_secret_mul(g, &s, &s, &b);
	tb_secret_mul_scalar(g, &s, &s, &c);
	tb_secret_respond(g, &out, &s, &c, &a);
	publish(&out, sizeof out);
	tb_secret_reveal(g, &out, &s);
	publish(&out, sizeof out);
	begin(g, "zero test");
	zero = tb_secret_is_zero(&a);
	publish(&zero, sizeof zero);
	TB_REQUIRE(!zero);
	begin(g, "reduction");
	memset(wide, 0xa5, sizeof wide);
	hide(wide, sizeof wide);
	tb_secret_reduce64(g, &s, wide);
	begin(g, "write and parse");
	tb_secret_write(g, wire, &s);
	err = tb_secret_parse(g, &b, wire);
	publish(&err, sizeof err);
	TB_REQUIRE(err == TB_OK);
	tb_group_order(g, wire);
	hide(wire, sizeof wire);
	err = tb_secret_parse(g, &b, wire);
	publish(&err, sizeof err);
	TB_REQUIRE(err == TB_ERR_ENCODING);
	publish(&b, sizeof b);
	begin(g, "random secret");
	TB_REQUIRE(tb_secret_random(g, &s) == TB_OK);
	begin(g, "wipe");
	hide(&s, sizeof s);
	tb_secret_wipe(&s);
	zero = tb_secret_is_zero(&s);
	TB_REQUIRE(zero); /* needs no publishing: wiped memory is defined */
}

static void publish_point(const tb_group *g, tb_point *a)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_point_write(g, wire, a); /* constant time too */
	publish(wire, tb_group_point_bytes(g));
	publish(a, tb_group_point_stride(g));
}

static void check_points(const tb_group *g)
{
	tb_fixed_base *table;
	tb_point base, x, y;
	tb_secret a, b;

	tb_point_hash(g, &base, "ct", "", 0);
	secret_from(g, &a, "a");
	secret_from(g, &b, "b");
	begin(g, "multiplication");
	tb_point_mul_secret(g, &x, &a, &base);
	publish_point(g, &x);
	begin(g, "multiplication of the generator");
	tb_point_mul_generator_secret(g, &x, &a);
	publish_point(g, &x);
	begin(g, "fixed base");
	TB_REQUIRE(tb_fixed_base_new(g, &table, &base) == TB_OK);
	tb_fixed_base_mul_secret(table, &x, &a);
	publish_point(g, &x);
	begin(g, "v*g + r*h"); /* a vote: v is 0 or 1, and v*g itself must stay hidden */
	for (uint64_t v = 0; v < 2; v++) {
		tb_secret_set_u64(g, &b, v);
		hide(&b, sizeof b);
		tb_point_mul_generator_secret(g, &x, &b);
		tb_fixed_base_mul_secret(table, &y, &a);
		tb_point_add_secret(g, &x, &x, &y);
		publish_point(g, &x);
	}
	tb_fixed_base_free(table);
}

static void check_hashes(const tb_group *g)
{
	uint8_t secret[32] = {1}, out[64];
	tb_transcript t;
	tb_scalar c;
	bool same;

	begin(g, "hashes");
	hide(secret, sizeof secret);
	tb_hkdf_sha512(out, sizeof out, secret, sizeof secret, "salt", 4, "info", 4);
	publish(out, sizeof out);
	TB_REQUIRE(tb_transcript_init(&t, "test") == TB_OK);
	tb_transcript_bytes(&t, "secret", secret, sizeof secret);
	tb_transcript_output(&t, out);
	publish(out, sizeof out);
	tb_transcript_challenge(&t, g, &c);
	publish(&c, sizeof c);
	tb_transcript_release(&t);
	begin(g, "comparison");
	same = tb_ct_equal(secret, out, sizeof secret);
	publish(&same, sizeof same);
	TB_REQUIRE(!same);
}

int main(void)
{
	const tb_group *groups[] = {tb_group_ristretto255(), tb_group_modp4096()};

	if (RUNNING_ON_VALGRIND == 0) {
		(void)fprintf(stderr, "run it under valgrind\n");
		return 1;
	}
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		check_scalars(groups[i]);
		check_points(groups[i]);
		check_hashes(groups[i]);
	}
	begin(NULL, NULL);
	(void)printf("1..%u\n", num_cases);
	return num_bad == 0 ? 0 : 1;
}
