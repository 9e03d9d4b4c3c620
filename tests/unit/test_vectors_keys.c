/* SPDX-License-Identifier: Apache-2.0 */
/* specs/vectors/code.json and keys.json: codes as people type them, and the keys that come from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/election/ballot.h"
#include "core/election/credential.h"
#include "crypto/hash.h"
#include "tests/support/vectors.h"

static void code_of(tb_code *out, const json_t *in, const char *key)
{
	const char *code = tb_vector_text(in, key);
	tb_fault fault;

	assert_int_equal(tb_code_parse(out, code, strlen(code), &fault), TB_OK);
}

/* ---- code.json ---- */
static void assert_code(const tb_code *code, const json_t *out)
{
	char printed[TB_CODE_TEXT_BYTES];

	assert_memory_equal(code->character, tb_vector_text(out, "code"), TB_CODE_CHARS);
	tb_code_write(printed, code);
	assert_string_equal(printed, tb_vector_text(out, "printed"));
}

/* Check characters are made where codes are drawn; here all 1024 are tried: one pair fits, and it is that of the vector. */
static const char *run_make(const json_t *in, const json_t *out)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char text[TB_CODE_CHARS + 1] = {0};
	size_t num_right = 0;
	tb_fault fault;
	tb_code code;

	memcpy(text, tb_vector_text(in, "secret"), TB_CODE_SECRET_BYTES);
	for (size_t n = 0; n < 1024; n++) {
		text[TB_CODE_SECRET_BYTES] = alphabet[n / 32];
		text[TB_CODE_SECRET_BYTES + 1] = alphabet[n % 32];
		if (tb_code_parse(&code, text, TB_CODE_CHARS, &fault) == TB_OK) {
			assert_code(&code, out);
			num_right++;
		}
	}
	assert_int_equal(num_right, 1);
	return NULL;
}

static const char *run_parse(const json_t *in, const json_t *out)
{
	const char *typed = tb_vector_text(in, "text");
	tb_fault fault;
	tb_code code;

	if (tb_code_parse(&code, typed, strlen(typed), &fault) != TB_OK)
		return fault.rule;
	if (out != NULL) {
		assert_code(&code, out);
		tb_vector_assert(
			(const uint8_t *)code.character, TB_CODE_SECRET_BYTES, tb_vector_text(out, "secret"));
	}
	return NULL;
}

/* The first 16 bytes of a tracker; a fingerprint has 10 and is written by the same characters, which are then the first 16. */
static const char *run_crockford(const json_t *in, const json_t *out)
{
	uint8_t *data, tracker[32] = {0};
	char text[TB_TRACKER_TEXT];
	size_t len;

	data = tb_vector_bytes(&len, in, "bytes");
	assert_true(len == 10 || len == 16);
	memcpy(tracker, data, len);
	tb_ballot_tracker_text(text, tracker);
	if (len == 10)
		text[19] = 0;
	assert_string_equal(text, tb_vector_text(out, "text"));
	free(data);
	return NULL;
}

static void test_codes(void **state)
{
	tb_vector_operation operations[] = {{"code.make", run_make, 0}, {"code.parse", run_parse, 0},
		{"code.crockford", run_crockford, 0}};

	(void)state;
	tb_vector_run("specs/vectors/code.json", operations, 3);
}

/* ---- keys.json ---- */
static const char *run_derive(const json_t *in, const json_t *out)
{
	static const char salt_prefix[] = "tabella/v1/";
	uint8_t output[64], *info, item[256];
	char salt[64];
	size_t info_len, n = 0;
	const char *purpose = tb_vector_text(in, "purpose");
	tb_code code;

	/* [KEY.DERIVE] has no function of its own in core/: its parts are put together here, its uses are below. */
	code_of(&code, in, "code");
	info = tb_vector_bytes(&info_len, in, "info");
	assert_true(strlen(purpose) + info_len + 32 <= sizeof item);
	memcpy(item, "\0\7purpose\0\0\0\0\0\0\0", n = 16);
	item[n++] = (uint8_t)strlen(purpose);
	memcpy(item + n, purpose, strlen(purpose));
	n += strlen(purpose);
	memcpy(item + n, info, info_len);
	n += info_len;
	assert_true(strlen(tb_vector_text(in, "role")) + sizeof salt_prefix <= sizeof salt);
	memcpy(salt, salt_prefix, sizeof salt_prefix - 1);
	memcpy(salt + sizeof salt_prefix - 1, tb_vector_text(in, "role"),
		strlen(tb_vector_text(in, "role")) + 1);
	tb_hkdf_sha512(
		output, sizeof output, code.character, TB_CODE_SECRET_BYTES, salt, strlen(salt), item, n);
	tb_vector_assert(output, sizeof output, tb_vector_text(out, "output"));
	free(info);
	return NULL;
}

static void assert_secret(const tb_secret *secret, const json_t *out)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_secret_write(tb_group_ristretto255(), wire, secret);
	tb_vector_assert(wire, sizeof wire, tb_vector_text(out, "secret"));
}

static const char *run_voter(const json_t *in, const json_t *out)
{
	uint8_t election[32], public_key[32];
	tb_secret secret;
	tb_code code;

	code_of(&code, in, "code");
	tb_vector_fixed(election, sizeof election, in, "election");
	assert_int_equal(tb_voter_key_derive(&secret, &code, election, tb_vector_text(in, "voter")), TB_OK);
	assert_secret(&secret, out);
	tb_voter_key_public(public_key, &secret);
	tb_vector_assert(public_key, sizeof public_key, tb_vector_text(out, "public"));
	return NULL;
}

static tb_role role_of(const char *name)
{
	for (int role = TB_ROLE_ADMIN; role < TB_ROLE_VOTER; role++) {
		if (strcmp(tb_role_name((tb_role)role), name) == 0)
			return (tb_role)role;
	}
	fail_msg("no role %s", name);
	return TB_ROLE_VOTER;
}

/* The keys of a role: secret and public of the given purpose. */
static void check_role(const json_t *in, const json_t *out, const char *role, tb_purpose purpose)
{
	tb_role_public public_keys;
	tb_role_keys keys;
	tb_code code;

	code_of(&code, in, "code");
	assert_int_equal(tb_role_keys_derive(&keys, role_of(role), &code), TB_OK);
	assert_int_equal(tb_role_keys_public(&public_keys, &keys), TB_OK);
	if (purpose == TB_PURPOSE_SIGN || purpose == TB_PURPOSE_TRANSPORT)
		assert_secret(purpose == TB_PURPOSE_SIGN ? &keys.sign : &keys.transport, out);
	else
		tb_vector_assert(purpose == TB_PURPOSE_COSIGN ? keys.cosign_seed : keys.log_seed, 32,
			tb_vector_text(out, "secret"));
	tb_vector_assert(public_keys.key[purpose], 32, tb_vector_text(out, "public"));
}

static const char *run_sign(const json_t *in, const json_t *out)
{
	check_role(in, out, tb_vector_text(in, "role"), TB_PURPOSE_SIGN);
	return NULL;
}

static const char *run_transport(const json_t *in, const json_t *out)
{
	check_role(in, out, "trustee", TB_PURPOSE_TRANSPORT);
	return NULL;
}

static const char *run_cosign(const json_t *in, const json_t *out)
{
	check_role(in, out, tb_vector_text(in, "role"), TB_PURPOSE_COSIGN);
	return NULL;
}

static const char *run_log(const json_t *in, const json_t *out)
{
	check_role(in, out, "server", TB_PURPOSE_LOG);
	return NULL;
}

static void test_keys(void **state)
{
	tb_vector_operation operations[] = {{"key.derive", run_derive, 0}, {"key.voter", run_voter, 0},
		{"key.sign", run_sign, 0}, {"key.transport", run_transport, 0}, {"key.cosign", run_cosign, 0},
		{"key.log", run_log, 0}};

	(void)state;
	tb_vector_run("specs/vectors/keys.json", operations, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
