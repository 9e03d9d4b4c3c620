/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <sodium.h>

#define CODE "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-23HE"

static void read_code(tb_code *code)
{
	tb_fault fault;

	assert_int_equal(tb_code_parse(code, CODE, strlen(CODE), &fault), TB_OK);
}

static void assert_hex(const void *bytes, const char *expected)
{
	char hex[65];

	sodium_bin2hex(hex, sizeof hex, bytes, 32);
	assert_string_equal(hex, expected);
}

static void assert_secret(const tb_secret *secret, const char *expected)
{
	uint8_t bytes[32];

	tb_secret_write(tb_group_ristretto255(), bytes, secret);
	assert_hex(bytes, expected);
}

/* [KEY.DERIVE] [CODE.SECRET]: values computed with another implementation of HKDF (Python's hmac and hashlib). */
static void test_vectors(void **state)
{
	uint8_t election[32];
	tb_role_keys keys;
	tb_secret voter;
	tb_code code;

	(void)state;
	read_code(&code);
	assert_int_equal(tb_role_keys_derive(&keys, TB_ROLE_TRUSTEE, &code), TB_OK);
	assert_secret(&keys.sign, "24a3adcf1a19a78a5cccd352758866312a1510e6367cccca9049b0a098477c0e");
	assert_secret(&keys.transport, "a80939bd1d07696cb21d2c12e7f547eac85e4461c182e0e04cef48359ee7910f");
	assert_hex(keys.cosign_seed, "f7cffc734a30357e9f3b1ea3c31aec1fe423c76d4177a1712281c7b46e315a89");
	assert_true(sodium_is_zero(keys.log_seed, 32));
	assert_int_equal(tb_role_keys_derive(&keys, TB_ROLE_SERVER, &code), TB_OK);
	assert_secret(&keys.sign, "83b7c1464695dd7b21d13e6b302e0c53de55f1fef2889c2aa61e6acc32afea02");
	assert_hex(keys.log_seed, "c5793a0ce02a05c863bbfc07f50bd5bfb2b560d904b9f8ed59e98e39e7855e79");
	assert_int_equal(tb_role_keys_derive(&keys, TB_ROLE_ADMIN, &code), TB_OK);
	assert_secret(&keys.sign, "306c43001e5f0f4ac443d212f092f1da1c1a4071b18dafe4b31220edaad0390c");
	for (uint8_t i = 0; i < 32; i++)
		election[i] = i;
	assert_int_equal(tb_voter_key_derive(&voter, &code, election, "ada"), TB_OK);
	assert_secret(&voter, "b4515792de446738b714c3c5ca66540670c5a295e865347229303f9c0b823009");
	tb_role_keys_wipe(&keys);
	assert_true(sodium_is_zero((const uint8_t *)&keys, sizeof keys));
}

/* One code in two roles, elections or voters: unrelated keys. */
static void test_every_input_matters(void **state)
{
	uint8_t election[32] = {0}, public_key[6][32];
	tb_role_keys keys;
	tb_secret voter;
	tb_code code, other;

	(void)state;
	read_code(&code);
	assert_int_equal(tb_code_generate(&other), TB_OK);
	assert_int_equal(tb_voter_key_derive(&voter, &code, election, "ada"), TB_OK);
	tb_voter_key_public(public_key[0], &voter);
	assert_int_equal(tb_voter_key_derive(&voter, &code, election, "adb"), TB_OK);
	tb_voter_key_public(public_key[1], &voter);
	assert_int_equal(tb_voter_key_derive(&voter, &other, election, "ada"), TB_OK);
	tb_voter_key_public(public_key[2], &voter);
	election[31] = 1;
	assert_int_equal(tb_voter_key_derive(&voter, &code, election, "ada"), TB_OK);
	tb_voter_key_public(public_key[3], &voter);
	assert_int_equal(tb_role_keys_derive(&keys, TB_ROLE_ADMIN, &code), TB_OK);
	tb_voter_key_public(public_key[4], &keys.sign);
	assert_int_equal(tb_role_keys_derive(&keys, TB_ROLE_REGISTRAR, &code), TB_OK);
	tb_voter_key_public(public_key[5], &keys.sign);
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(public_key[i], public_key[j], 32);
}

static void test_lines_are_read_as_they_were_written(void **state)
{
	static const tb_role roles[] = {
		TB_ROLE_ADMIN, TB_ROLE_REGISTRAR, TB_ROLE_SERVER, TB_ROLE_TRUSTEE, TB_ROLE_ENDORSER};
	uint8_t secret[32], expected[32];
	tb_role_public keys, again;
	char line[TB_ROLE_LINE_MAX];
	tb_role_keys secrets;
	tb_fault fault;
	tb_code code;

	(void)state;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		assert_int_equal(tb_code_generate(&code), TB_OK);
		assert_int_equal(tb_role_keys_derive(&secrets, roles[i], &code), TB_OK);
		assert_int_equal(tb_role_keys_public(&keys, &secrets), TB_OK);
		tb_secret_write(tb_group_ristretto255(), secret, &secrets.sign);
		assert_int_equal(crypto_scalarmult_ristretto255_base(expected, secret), 0);
		assert_memory_equal(keys.key[TB_PURPOSE_SIGN], expected, 32);
		tb_role_line_write(line, &keys);
		assert_int_equal(tb_role_line_parse(&again, line, strlen(line), &fault), TB_OK);
		assert_memory_equal(&again, &keys, sizeof keys);
	}
}

#define GOOD_KEY "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="

/* [ROLE.LINE] */
static void test_bad_lines(void **state)
{
	static const struct {
		const char *line, *where;
	} bad[] = {
		{"", ""},
		{"tabella-admin-2 sign=" GOOD_KEY, ""},
		{"tabella-voter-1 sign=" GOOD_KEY, ""},
		{"admin sign=" GOOD_KEY, ""},
		{"tabella-admin-1", "sign"},
		{"tabella-admin-1 " GOOD_KEY, "sign"},
		{"tabella-admin-1 sign=" GOOD_KEY "=", "sign"},
		{"tabella-admin-1 sign=4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLX", "sign"},
		{"tabella-admin-1 sign=/////////////////////////////////////////38=", "sign"},
		{"tabella-admin-1 sign=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sign"},
		{"tabella-admin-1 sign=" GOOD_KEY " x", ""},
		{"tabella-trustee-1 sign=" GOOD_KEY, "transport"},
		{"tabella-trustee-1 sign=" GOOD_KEY " cosign=" GOOD_KEY " transport=" GOOD_KEY, "transport"},
		{"tabella-server-1 sign=" GOOD_KEY " log=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
			"log"},
	};
	tb_role_public keys, zero;
	tb_fault fault;

	(void)state;
	memset(&zero, 0, sizeof zero);
	assert_int_equal(
		tb_role_line_parse(&keys, "  tabella-admin-1   sign=" GOOD_KEY " ", 70, &fault), TB_OK);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
			tb_role_line_parse(&keys, bad[i].line, strlen(bad[i].line), &fault), TB_ERR_RULE);
		assert_string_equal(fault.rule, "ROLE.LINE");
		assert_string_equal(fault.where, bad[i].where);
		assert_memory_equal(&keys, &zero, sizeof keys);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_every_input_matters),
		cmocka_unit_test(test_lines_are_read_as_they_were_written),
		cmocka_unit_test(test_bad_lines),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
