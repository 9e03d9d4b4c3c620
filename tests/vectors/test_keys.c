/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from codes [KEY.DERIVE]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/credential.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "tests/support/vectors.h"

static void code_of(tb_code *out, const struct json_t *in)
{
	const char *text = tb_vector_text(in, "code");
	tb_fault fault;

	assert_int_equal(tb_code_parse(out, text, strlen(text), &fault), TB_OK);
}

static void expect_scalar(const struct json_t *out, const tb_secret *key)
{
	uint8_t wire[32];

	tb_secret_write(tb_group_ristretto255(), wire, key);
	tb_vector_expect_bytes(out, "secret", wire, sizeof wire);
}

/* All keys of the role, secret and public. */
static void role_of(tb_role_keys *keys, tb_role_public *public, const struct json_t *in, const char *name)
{
	tb_role role = TB_ROLE_ADMIN;
	tb_code code;

	while (strcmp(tb_role_name(role), name) != 0) {
		assert_int_not_equal(role, TB_ROLE_VOTER);
		role++;
	}
	code_of(&code, in);
	assert_int_equal(tb_role_keys_derive(keys, role, &code), TB_OK);
	assert_int_equal(tb_role_keys_public(public, keys), TB_OK);
}

static const char *sign(const tb_vector *v)
{
	tb_role_keys keys;
	tb_role_public public;

	role_of(&keys, &public, v->in, tb_vector_text(v->in, "role"));
	expect_scalar(v->out, &keys.sign);
	tb_vector_expect_bytes(v->out, "public", public.key[TB_PURPOSE_SIGN], 32);
	return NULL;
}

static const char *transport(const tb_vector *v)
{
	tb_role_keys keys;
	tb_role_public public;

	role_of(&keys, &public, v->in, "trustee");
	expect_scalar(v->out, &keys.transport);
	tb_vector_expect_bytes(v->out, "public", public.key[TB_PURPOSE_TRANSPORT], 32);
	return NULL;
}

static const char *cosign(const tb_vector *v)
{
	tb_role_keys keys;
	tb_role_public public;

	role_of(&keys, &public, v->in, tb_vector_text(v->in, "role"));
	tb_vector_expect_bytes(v->out, "secret", keys.cosign_seed, 32);
	tb_vector_expect_bytes(v->out, "public", public.key[TB_PURPOSE_COSIGN], 32);
	return NULL;
}

static const char *log_key(const tb_vector *v)
{
	tb_role_keys keys;
	tb_role_public public;

	role_of(&keys, &public, v->in, "server");
	tb_vector_expect_bytes(v->out, "secret", keys.log_seed, 32);
	tb_vector_expect_bytes(v->out, "public", public.key[TB_PURPOSE_LOG], 32);
	return NULL;
}

static const char *voter(const tb_vector *v)
{
	uint8_t election[32], public[32];
	tb_secret key;
	tb_code code;

	code_of(&code, v->in);
	tb_vector_exactly(election, 32, v->in, "election");
	assert_int_equal(tb_voter_key_derive(&key, &code, election, tb_vector_text(v->in, "voter")), TB_OK);
	expect_scalar(v->out, &key);
	tb_voter_key_public(public, &key);
	tb_vector_expect_bytes(v->out, "public", public, sizeof public);
	return NULL;
}

/* The 64 bytes before they become a key stay inside credential.c; the key that they are reduced to is that of the voter whom
 * `info` names, which key.voter has.  Here the rule itself is followed with the hash functions. */
static const char *derive(const tb_vector *v)
{
	const char *role = tb_vector_text(v->in, "role"), *purpose = tb_vector_text(v->in, "purpose");
	uint8_t output[64];
	tb_buf salt, info, own;
	tb_secret key;
	tb_code code;

	code_of(&code, v->in);
	tb_buf_init(&salt, 64);
	tb_buf_text(&salt, "tabella/v1/");
	tb_buf_text(&salt, role);
	tb_vector_bytes(&own, v->in, "info");
	tb_buf_init(&info, 512);
	tb_buf_u16(&info, 7);
	tb_buf_text(&info, "purpose");
	tb_buf_u64(&info, strlen(purpose));
	tb_buf_text(&info, purpose);
	tb_buf_append(&info, own.data, own.len);
	tb_hkdf_sha512(output, sizeof output, code.character, TB_CODE_SECRET_BYTES, salt.data, salt.len,
		info.data, info.len);
	tb_vector_expect_bytes(v->out, "output", output, sizeof output);
	tb_secret_reduce64(tb_group_ristretto255(), &key, output);
	assert_string_equal(role, "voter");
	expect_scalar(tb_vector_other("key.voter", "voter ada", "out"), &key);
	tb_buf_release(&salt);
	tb_buf_release(&info);
	tb_buf_release(&own);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"keys"};
	static const tb_vector_op ops[] = {
		{"key.derive", derive},
		{"key.voter", voter},
		{"key.sign", sign},
		{"key.transport", transport},
		{"key.cosign", cosign},
		{"key.log", log_key},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
