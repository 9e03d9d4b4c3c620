/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/credential.h"

#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "crypto/transcript.h"
#include "crypto/wipe.h"

/* ---- roles and purposes ---- */

#define BIT(purpose) (1u << TB_PURPOSE_##purpose)
static const struct {
	const char *name;
	unsigned purposes;
} ROLES[] = {
	[TB_ROLE_ADMIN] = {"admin", BIT(SIGN)},
	[TB_ROLE_REGISTRAR] = {"registrar", BIT(SIGN)},
	[TB_ROLE_SERVER] = {"server", BIT(SIGN) | BIT(LOG)},
	[TB_ROLE_TRUSTEE] = {"trustee", BIT(SIGN) | BIT(TRANSPORT) | BIT(COSIGN)},
	[TB_ROLE_ENDORSER] = {"endorser", BIT(SIGN) | BIT(COSIGN)},
	[TB_ROLE_VOTER] = {"voter", 0},
};
#define NUM_ROLES (sizeof ROLES / sizeof ROLES[0])

static const struct {
	const char *name;
	bool is_ed25519;
} PURPOSES[TB_PURPOSE_NUM] = {
	[TB_PURPOSE_SIGN] = {"sign", false},
	[TB_PURPOSE_TRANSPORT] = {"transport", false},
	[TB_PURPOSE_COSIGN] = {"cosign", true},
	[TB_PURPOSE_LOG] = {"log", true},
};

static bool has_key(tb_role role, tb_purpose purpose)
{
	TB_REQUIRE(role < NUM_ROLES && purpose < TB_PURPOSE_NUM);
	return (ROLES[role].purposes & 1u << purpose) != 0;
}

const char *tb_role_name(tb_role role)
{
	TB_REQUIRE(role < NUM_ROLES);
	return ROLES[role].name;
}

/* ---- derivation [KEY.DERIVE] ---- */

#define INFO_MAX 256 /* three items of at most 64 bytes */

typedef struct info {
	uint8_t data[INFO_MAX];
	size_t len;
} info;

static void add_item(info *i, const char *label, const void *data, size_t len)
{
	uint8_t head[TB_ITEM_HEAD_MAX];
	size_t head_len = tb_item_head(head, label, len);

	TB_REQUIRE(len <= INFO_MAX && i->len + head_len + len <= INFO_MAX);
	memcpy(i->data + i->len, head, head_len);
	memcpy(i->data + i->len + head_len, data, len);
	i->len += head_len + len;
}

static void derive(uint8_t out[64], tb_role role, const info *i, const tb_code *code)
{
	char salt[32];
	int len = snprintf(salt, sizeof salt, "tabella/v1/%s", ROLES[role].name);

	tb_hkdf_sha512(out, 64, code->character, TB_CODE_SECRET_BYTES, salt, (size_t)len, i->data, i->len);
}

static tb_err derive_scalar(tb_secret *out, tb_role role, const info *i, const tb_code *code)
{
	uint8_t okm[64];

	derive(okm, role, i, code);
	tb_secret_reduce64(tb_group_ristretto255(), out, okm);
	tb_wipe(okm, sizeof okm);
	return tb_secret_is_zero(out) ? TB_ERR_RANGE : TB_OK;
}

static void derive_seed(uint8_t out[32], tb_role role, const info *i, const tb_code *code)
{
	uint8_t okm[64];

	derive(okm, role, i, code);
	memcpy(out, okm, 32);
	tb_wipe(okm, sizeof okm);
}

tb_err tb_role_keys_derive(tb_role_keys *out, tb_role role, const tb_code *code)
{
	TB_REQUIRE(role < NUM_ROLES && role != TB_ROLE_VOTER);
	memset(out, 0, sizeof *out);
	out->role = role;
	for (unsigned p = 0; p < TB_PURPOSE_NUM; p++) {
		info i = {.len = 0};
		tb_err err = TB_OK;

		if (!has_key(role, (tb_purpose)p))
			continue;
		add_item(&i, "purpose", PURPOSES[p].name, strlen(PURPOSES[p].name));
		if (PURPOSES[p].is_ed25519)
			derive_seed(p == TB_PURPOSE_LOG ? out->log_seed : out->cosign_seed, role, &i, code);
		else
			err = derive_scalar(
				p == TB_PURPOSE_SIGN ? &out->sign : &out->transport, role, &i, code);
		if (err != TB_OK) {
			tb_role_keys_wipe(out);
			return err;
		}
	}
	return TB_OK;
}

void tb_role_keys_wipe(tb_role_keys *keys)
{
	tb_wipe(keys, sizeof *keys);
}

tb_err tb_voter_key_derive(tb_secret *out, const tb_code *code, const uint8_t election[32], const char *voter)
{
	info i = {.len = 0};

	add_item(&i, "purpose", "sign", 4);
	add_item(&i, "election", election, 32);
	add_item(&i, "voter", voter, strlen(voter));
	return derive_scalar(out, TB_ROLE_VOTER, &i, code);
}

void tb_voter_key_public(uint8_t out[32], const tb_secret *key)
{
	tb_schnorr_public(out, key);
}

/* ---- public lines ---- */

static tb_err ed25519_public(uint8_t out[TB_SIGN_PUBLIC_BYTES], const uint8_t seed[32])
{
	tb_sign_secret secret;
	tb_err err;

	memcpy(secret.seed, seed, sizeof secret.seed);
	err = tb_sign_public(out, &secret);
	tb_sign_secret_wipe(&secret);
	return err;
}

tb_err tb_role_keys_public(tb_role_public *out, const tb_role_keys *keys)
{
	tb_err err = TB_OK;

	memset(out, 0, sizeof *out);
	out->role = keys->role;
	tb_schnorr_public(out->key[TB_PURPOSE_SIGN], &keys->sign);
	if (has_key(keys->role, TB_PURPOSE_TRANSPORT))
		tb_schnorr_public(out->key[TB_PURPOSE_TRANSPORT], &keys->transport);
	if (has_key(keys->role, TB_PURPOSE_COSIGN))
		err = ed25519_public(out->key[TB_PURPOSE_COSIGN], keys->cosign_seed);
	if (err == TB_OK && has_key(keys->role, TB_PURPOSE_LOG))
		err = ed25519_public(out->key[TB_PURPOSE_LOG], keys->log_seed);
	return err;
}

void tb_role_line_write(char out[TB_ROLE_LINE_MAX], const tb_role_public *keys)
{
	int n = snprintf(out, TB_ROLE_LINE_MAX, "tabella-%s-1", tb_role_name(keys->role));

	for (unsigned p = 0; p < TB_PURPOSE_NUM; p++) {
		char key[TB_BASE64_LEN(32) + 1] = "";

		if (!has_key(keys->role, (tb_purpose)p))
			continue;
		tb_base64_write(key, keys->key[p], 32);
		n += snprintf(out + n, (size_t)(TB_ROLE_LINE_MAX - n), " %s=%s", PURPOSES[p].name, key);
	}
}

/* The next word of a line; words are separated by spaces. */
static bool next_word(const char **at, const char *end, const char **word, size_t *len)
{
	while (*at < end && **at == ' ')
		(*at)++;
	*word = *at;
	while (*at < end && **at != ' ')
		(*at)++;
	*len = (size_t)(*at - *word);
	return *len > 0;
}

static tb_err bad_line(tb_fault *fault, const char *where, const char *expected, const char *found)
{
	return tb_fault_set(fault, "ROLE.LINE", where, expected, found);
}

static tb_err read_key(uint8_t out[32], tb_purpose purpose, const char *word, size_t len, tb_fault *fault)
{
	const char *name = PURPOSES[purpose].name;
	size_t name_len = strlen(name);
	tb_point point;
	char expected[64];

	snprintf(expected, sizeof expected, "%s=<44 characters of base64>", name);
	if (len <= name_len || memcmp(word, name, name_len) != 0 || word[name_len] != '=')
		return bad_line(fault, name, expected, len == 0 ? "the end of the line" : "another word");
	if (tb_base64_parse_fixed(out, 32, word + name_len + 1, len - name_len - 1) != TB_OK)
		return bad_line(fault, name, expected, "something else: the line was cut or changed");
	if (PURPOSES[purpose].is_ed25519 ? tb_sign_check_public(out) != TB_OK
					 : tb_schnorr_public_parse(&point, out) != TB_OK)
		return bad_line(fault, name, "a public key", "bytes that are none: the line was changed");
	return TB_OK;
}

tb_err tb_role_line_parse(tb_role_public *out, const char *in, size_t in_len, tb_fault *fault)
{
	const char *at = in, *end = in + in_len, *word;
	char head[32];
	size_t len, role = 0;

	memset(out, 0, sizeof *out);
	(void)next_word(&at, end, &word, &len);
	for (; role < NUM_ROLES; role++) {
		snprintf(head, sizeof head, "tabella-%s-1", ROLES[role].name);
		if (ROLES[role].purposes != 0 && strlen(head) == len && memcmp(head, word, len) == 0)
			break;
	}
	if (role == NUM_ROLES)
		return bad_line(fault, "", "a line that begins with tabella-<role>-1", "something else");
	for (unsigned p = 0; p < TB_PURPOSE_NUM; p++) {
		tb_err err;

		if (!has_key((tb_role)role, (tb_purpose)p))
			continue;
		(void)next_word(&at, end, &word, &len);
		err = read_key(out->key[p], (tb_purpose)p, word, len, fault);
		if (err != TB_OK) {
			memset(out, 0, sizeof *out);
			return err;
		}
	}
	if (next_word(&at, end, &word, &len)) {
		memset(out, 0, sizeof *out);
		return bad_line(fault, "", "nothing after the keys", "more words");
	}
	out->role = (tb_role)role;
	return TB_OK;
}
