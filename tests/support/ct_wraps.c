/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ct_wraps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <valgrind/memcheck.h>

#include "crypto/aead.h"
#include "crypto/ct.h"

void tb_ct_secret(void *data, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(data, len);
}

void tb_ct_public(const void *data, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(data, len);
}

/* ---- what becomes public, and what is born secret ---- */
tb_err __real_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	tb_err err = __real_tb_secret_random(g, out);

	tb_ct_secret(out, sizeof *out);
	return err;
}

bool __real_tb_secret_is_zero(const tb_secret *a);
bool __wrap_tb_secret_is_zero(const tb_secret *a);
bool __wrap_tb_secret_is_zero(const tb_secret *a)
{
	bool answer = __real_tb_secret_is_zero(a);

	tb_ct_public(&answer, sizeof answer);
	return answer;
}

bool __real_tb_ct_is_zero(const void *a, size_t len);
bool __wrap_tb_ct_is_zero(const void *a, size_t len);
bool __wrap_tb_ct_is_zero(const void *a, size_t len)
{
	bool answer = __real_tb_ct_is_zero(a, len);

	tb_ct_public(&answer, sizeof answer);
	return answer;
}

tb_err __real_tb_secret_parse(const tb_group *g, tb_secret *out, const uint8_t in[TB_SCALAR_BYTES]);
tb_err __wrap_tb_secret_parse(const tb_group *g, tb_secret *out, const uint8_t in[TB_SCALAR_BYTES]);
tb_err __wrap_tb_secret_parse(const tb_group *g, tb_secret *out, const uint8_t in[TB_SCALAR_BYTES])
{
	tb_err err = __real_tb_secret_parse(g, out, in);

	tb_ct_public(&err, sizeof err);
	return err;
}

void __real_tb_secret_respond(
	const tb_group *g, tb_scalar *out, const tb_secret *w, const tb_scalar *c, const tb_secret *x);
void __wrap_tb_secret_respond(
	const tb_group *g, tb_scalar *out, const tb_secret *w, const tb_scalar *c, const tb_secret *x);
void __wrap_tb_secret_respond(
	const tb_group *g, tb_scalar *out, const tb_secret *w, const tb_scalar *c, const tb_secret *x)
{
	__real_tb_secret_respond(g, out, w, c, x);
	tb_ct_public(out, sizeof *out);
}

void __real_tb_secret_reveal(const tb_group *g, tb_scalar *out, const tb_secret *a);
void __wrap_tb_secret_reveal(const tb_group *g, tb_scalar *out, const tb_secret *a);
void __wrap_tb_secret_reveal(const tb_group *g, tb_scalar *out, const tb_secret *a)
{
	__real_tb_secret_reveal(g, out, a);
	tb_ct_public(out, sizeof *out);
}

bool tb_ct_written_points_are_secret;

void __real_tb_point_write(const tb_group *g, uint8_t *out, const tb_point *a);
void __wrap_tb_point_write(const tb_group *g, uint8_t *out, const tb_point *a);
void __wrap_tb_point_write(const tb_group *g, uint8_t *out, const tb_point *a)
{
	__real_tb_point_write(g, out, a);
	if (!tb_ct_written_points_are_secret)
		tb_ct_public(out, tb_group_point_bytes(g));
}

bool __real_tb_point_equal(const tb_group *g, const tb_point *a, const tb_point *b);
bool __wrap_tb_point_equal(const tb_group *g, const tb_point *a, const tb_point *b);
bool __wrap_tb_point_equal(const tb_group *g, const tb_point *a, const tb_point *b)
{
	tb_ct_public(a, tb_group_point_stride(g)); /* compared with what everybody can compute */
	return __real_tb_point_equal(g, a, b);
}

bool __real_tb_point_is_identity(const tb_group *g, const tb_point *a);
bool __wrap_tb_point_is_identity(const tb_group *g, const tb_point *a);
bool __wrap_tb_point_is_identity(const tb_group *g, const tb_point *a)
{
	tb_ct_public(a, tb_group_point_stride(g));
	return __real_tb_point_is_identity(g, a);
}

tb_err __real_tb_aead_encrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len);
tb_err __wrap_tb_aead_encrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len);
tb_err __wrap_tb_aead_encrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len)
{
	tb_ct_public(key, TB_AEAD_KEY_BYTES);
	tb_ct_public(in, in_len);
	return __real_tb_aead_encrypt(out, key, nonce, aad, aad_len, in, in_len);
}

tb_err __real_tb_aead_decrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len);
tb_err __wrap_tb_aead_decrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len);
tb_err __wrap_tb_aead_decrypt(uint8_t *out, const uint8_t key[TB_AEAD_KEY_BYTES],
	const uint8_t nonce[TB_AEAD_NONCE_BYTES], const void *aad, size_t aad_len, const void *in,
	size_t in_len)
{
	tb_err err;

	tb_ct_public(key, TB_AEAD_KEY_BYTES);
	err = __real_tb_aead_decrypt(out, key, nonce, aad, aad_len, in, in_len);
	if (err == TB_OK)
		tb_ct_secret(out, in_len - TB_AEAD_TAG_BYTES);
	return err;
}

/* Does any byte depend on a secret? */
bool tb_ct_is_secret(const void *data, size_t len)
{
	uint8_t bits[4096], any = 0;

	assert_true(len <= sizeof bits);
	assert_int_equal(VALGRIND_GET_VBITS(data, bits, len), 1);
	for (size_t i = 0; i < len; i++)
		any |= bits[i];
	return any != 0;
}

void tb_ct_assert_silent(void)
{
	assert_int_equal(VALGRIND_COUNT_ERRORS, 0);
}
