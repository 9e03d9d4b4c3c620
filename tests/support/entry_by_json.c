/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/entry_by_json.h"

#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"

static bool is_id(const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0'; n++)
		if (!((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= '0' && s[n] <= '9') || s[n] == '.' ||
			    s[n] == '_' || s[n] == '-'))
			return false;
	return n >= 1 && n <= 64;
}

static bool is_trustee(const char *s)
{
	static const char *const names[] = {"trustee/1", "trustee/2", "trustee/3", "trustee/4", "trustee/5",
		"trustee/6", "trustee/7", "trustee/8", "trustee/9", "trustee/10", "trustee/11", "trustee/12",
		"trustee/13", "trustee/14", "trustee/15", "trustee/16", "trustee/17", "trustee/18",
		"trustee/19", "trustee/20"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(s, names[i]) == 0)
			return true;
	return false;
}

/* The table of [ENTRY.SIGNER]. */
static bool may_sign(const char *type, const char *signer)
{
	static const char *const by[][2] = {{"manifest", "admin"}, {"roll", "registrar"},
		{"roll.change", "registrar"}, {"open", "server"}, {"close", "server"}, {"result", "server"},
		{"extend", "admin"}, {"notice", "admin"}, {"cancel", "admin"}, {"client", "server"}};

	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
		if (strcmp(type, by[i][0]) == 0)
			return strcmp(signer, by[i][1]) == 0;
	if (strcmp(type, "ballot") == 0)
		return strncmp(signer, "voter/", 6) == 0 && is_id(signer + 6);
	if (strcmp(type, "trustee.commit") == 0 || strcmp(type, "trustee.certify") == 0 ||
		strcmp(type, "mix") == 0 || strcmp(type, "decrypt") == 0)
		return is_trustee(signer);
	if (strcmp(type, "endorse") == 0)
		return is_trustee(signer) || (strncmp(signer, "endorser/", 9) == 0 && is_id(signer + 9));
	return false;
}

/* [ENTRY.ENVELOPE] */
static uint64_t largest_blob(const char *type)
{
	bool is_large =
		strcmp(type, "mix") == 0 || strcmp(type, "decrypt") == 0 || strcmp(type, "result") == 0;

	return is_large ? 256u << 20 : 8u << 20;
}

bool entry_by_json(const uint8_t *bytes, size_t len)
{
	tb_json_string type, signer;
	uint8_t sha256[32], signature[64];
	tb_fault fault;
	tb_buf payload;
	tb_json_in in;
	bool ok;

	tb_buf_init(&payload, 40000);
	tb_json_in_init(&in, bytes, len, 65535, TB_JSON_CANONICAL, "ENTRY.ENVELOPE");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &type, 100);
	(void)tb_json_take_int(&in, "time", 0, TB_JSON_INT_MAX);
	tb_json_take_string(&in, "signer", &signer, 100);
	if (tb_json_has(&in, "blob")) {
		tb_json_enter_object(&in, "blob");
		tb_json_take_hex(&in, "sha256", sha256, sizeof sha256);
		(void)tb_json_take_int(&in, "size", 40001, largest_blob(type.data));
		tb_json_leave(&in);
	} else {
		tb_json_take_base64_buf(&in, "payload", &payload);
	}
	tb_json_take_base64(&in, "signature", signature, sizeof signature);
	tb_json_leave(&in);
	ok = tb_json_in_status(&in, &fault) == TB_OK && may_sign(type.data, signer.data);
	tb_json_in_release(&in);
	tb_buf_release(&payload);
	return ok;
}
