/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/entry.h"

#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/scan.h"
#include "crypto/hash.h"
#include "crypto/wipe.h"

#define ENVELOPE "ENTRY.ENVELOPE"
#define SIGNER "ENTRY.SIGNER"

/* ---- types and their signers ---- */

static const struct {
	const char *name;
	unsigned signers; /* bits of 1 << tb_role */
	bool is_large;    /* grows with the number of ballots */
} TYPES[TB_ENTRY_NUM_TYPES] = {
	[TB_ENTRY_MANIFEST] = {"manifest", 1u << TB_ROLE_ADMIN, false},
	[TB_ENTRY_ROLL] = {"roll", 1u << TB_ROLE_REGISTRAR, false},
	[TB_ENTRY_ROLL_CHANGE] = {"roll.change", 1u << TB_ROLE_REGISTRAR, false},
	[TB_ENTRY_TRUSTEE_COMMIT] = {"trustee.commit", 1u << TB_ROLE_TRUSTEE, false},
	[TB_ENTRY_TRUSTEE_CERTIFY] = {"trustee.certify", 1u << TB_ROLE_TRUSTEE, false},
	[TB_ENTRY_OPEN] = {"open", 1u << TB_ROLE_SERVER, false},
	[TB_ENTRY_BALLOT] = {"ballot", 1u << TB_ROLE_VOTER, false},
	[TB_ENTRY_EXTEND] = {"extend", 1u << TB_ROLE_ADMIN, false},
	[TB_ENTRY_NOTICE] = {"notice", 1u << TB_ROLE_ADMIN, false},
	[TB_ENTRY_CLOSE] = {"close", 1u << TB_ROLE_SERVER, false},
	[TB_ENTRY_ENDORSE] = {"endorse", 1u << TB_ROLE_TRUSTEE | 1u << TB_ROLE_ENDORSER, false},
	[TB_ENTRY_MIX] = {"mix", 1u << TB_ROLE_TRUSTEE, true},
	[TB_ENTRY_DECRYPT] = {"decrypt", 1u << TB_ROLE_TRUSTEE, true},
	[TB_ENTRY_RESULT] = {"result", 1u << TB_ROLE_SERVER, true},
	[TB_ENTRY_CANCEL] = {"cancel", 1u << TB_ROLE_ADMIN, false},
	[TB_ENTRY_CLIENT] = {"client", 1u << TB_ROLE_SERVER, false},
};

/* How each role signs: alone, or with its name and a slash before an id. */
static const struct {
	const char *name;
	bool has_id;
} ROLES[] = {
	[TB_ROLE_ADMIN] = {"admin", false},
	[TB_ROLE_REGISTRAR] = {"registrar", false},
	[TB_ROLE_SERVER] = {"server", false},
	[TB_ROLE_TRUSTEE] = {"trustee/", true},
	[TB_ROLE_ENDORSER] = {"endorser/", true},
	[TB_ROLE_VOTER] = {"voter/", true},
};
#define NUM_ROLES (sizeof ROLES / sizeof ROLES[0])

const char *tb_entry_type_name(tb_entry_type type)
{
	TB_REQUIRE(type < TB_ENTRY_NUM_TYPES);
	return TYPES[type].name;
}

size_t tb_entry_max_payload(tb_entry_type type)
{
	TB_REQUIRE(type < TB_ENTRY_NUM_TYPES);
	return TYPES[type].is_large ? TB_BLOB_MAX_BYTES : TB_BLOB_COMMON_BYTES;
}

tb_err tb_entry_type_parse(tb_entry_type *out, const char *name, size_t name_len)
{
	for (unsigned i = 0; i < TB_ENTRY_NUM_TYPES; i++) {
		if (strlen(TYPES[i].name) == name_len && memcmp(TYPES[i].name, name, name_len) == 0) {
			*out = (tb_entry_type)i;
			return TB_OK;
		}
	}
	return TB_ERR_NOT_FOUND;
}

static bool is_id(const char *id)
{
	size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return len >= 1 && len <= 64 && id[len] == '\0' && strcmp(id, ".") != 0 &&
	       strcmp(id, "..") != 0; /* [ID] */
}

/* A trustee's index is 1..20 in the one decimal spelling: "trustee/01" would be a second signer string for
 * one trustee. */
static bool is_trustee(const char *id, uint32_t *index)
{
	uint64_t v;

	if (tb_decimal_parse(&v, id, strlen(id), 20) != TB_OK || v == 0)
		return false;
	*index = (uint32_t)v;
	return true;
}

/* Fills role, signer_id and trustee from e->signer, which must suit e->type [ENTRY.SIGNER]. */
static tb_err read_signer(tb_entry *e, tb_fault *fault)
{
	for (size_t i = 0; i < NUM_ROLES; i++) {
		size_t len = strlen(ROLES[i].name);
		const char *id = e->signer + len;

		if ((TYPES[e->type].signers & 1u << i) == 0 || strncmp(e->signer, ROLES[i].name, len) != 0)
			continue;
		if (ROLES[i].has_id ? !is_id(id) : *id != '\0')
			continue;
		if (i == TB_ROLE_TRUSTEE && !is_trustee(id, &e->trustee))
			continue;
		e->role = (tb_role)i;
		e->signer_id = ROLES[i].has_id ? id : "";
		return TB_OK;
	}
	for (size_t i = 0; i < NUM_ROLES; i++) {
		if ((TYPES[e->type].signers & 1u << i) != 0) {
			char expected[64];

			snprintf(expected, sizeof expected, "%s%s as the signer of \"%s\"", ROLES[i].name,
				ROLES[i].has_id ? "<id>" : "", TYPES[e->type].name);
			return tb_fault_setf(fault, SIGNER, "signer", expected, "\"%.80s\"", e->signer);
		}
	}
	tb_bug("a type without signers");
}

/* ---- reading ---- */

/* What the scanner found; pointers into the bytes of the entry. */
typedef struct envelope {
	const char *type, *signer, *payload, *sha256, *signature;
	size_t type_len, signer_len, payload_len, sha256_len, signature_len;
	uint64_t time, size;
	bool is_blob;
} envelope;

/* The one spelling of an envelope.  None of its strings can hold a character that JSON escapes, so the bytes
 * between two quotes are the string. */
static bool scan(envelope *v, const uint8_t *bytes, size_t len)
{
	tb_scan s = tb_scan_begin(bytes, len);

	memset(v, 0, sizeof *v);
	if (!tb_scan_literal(&s, "{\"type\":\"") || !tb_scan_plain(&s, &v->type, &v->type_len) ||
		!tb_scan_literal(&s, ",\"time\":") || !tb_scan_int(&s, &v->time) ||
		!tb_scan_literal(&s, ",\"signer\":\"") || !tb_scan_plain(&s, &v->signer, &v->signer_len))
		return false;
	v->is_blob = tb_scan_literal(&s, ",\"blob\":{\"sha256\":\"");
	if (v->is_blob) {
		if (!tb_scan_plain(&s, &v->sha256, &v->sha256_len) || !tb_scan_literal(&s, ",\"size\":") ||
			!tb_scan_int(&s, &v->size) || !tb_scan_literal(&s, "}"))
			return false;
	} else if (!tb_scan_literal(&s, ",\"payload\":\"") ||
		   !tb_scan_plain(&s, &v->payload, &v->payload_len)) {
		return false;
	}
	return tb_scan_literal(&s, ",\"signature\":\"") &&
	       tb_scan_plain(&s, &v->signature, &v->signature_len) && tb_scan_literal(&s, "}") &&
	       tb_scan_is_done(&s);
}

/* Says why the scanner refused these bytes.  The slow way, through the general JSON reader; only for entries that
 * are wrong. */
static tb_err explain(const uint8_t *bytes, size_t len, tb_fault *fault)
{
	tb_json_string s;
	tb_json_in in;
	tb_err err;

	tb_json_in_init(&in, bytes, len, TB_ENTRY_MAX_BYTES, TB_JSON_CANONICAL, ENVELOPE);
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &s, TB_ENTRY_MAX_BYTES);
	(void)tb_json_take_int(&in, "time", 0, TB_JSON_INT_MAX);
	tb_json_take_string(&in, "signer", &s, TB_ENTRY_MAX_BYTES);
	if (tb_json_has(&in, "blob")) {
		tb_json_enter_object(&in, "blob");
		tb_json_take_string(&in, "sha256", &s, TB_ENTRY_MAX_BYTES);
		(void)tb_json_take_int(&in, "size", 0, TB_JSON_INT_MAX);
		tb_json_leave(&in);
	} else {
		tb_json_take_string(&in, "payload", &s, TB_ENTRY_MAX_BYTES);
	}
	tb_json_take_string(&in, "signature", &s, TB_ENTRY_MAX_BYTES);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, fault);
	tb_json_in_release(&in);
	if (err == TB_OK) /* the right members: only a string with an escape in it is left */
		return tb_fault_set(fault, ENVELOPE, "", "strings without escapes", "an escaped character");
	return err;
}

static tb_err read_payload(tb_entry *out, tb_buf *room, const envelope *v, tb_fault *fault)
{
	uint8_t *to;
	size_t len;
	tb_err err;

	if (v->payload_len > TB_BASE64_LEN(TB_ENTRY_MAX_INLINE))
		return tb_fault_setf(fault, ENVELOPE, "payload", "at most 40000 bytes inline, more as a blob",
			"%zu characters of base64", v->payload_len);
	/* three quarters, and a byte so that an empty payload has an address too */
	to = tb_buf_extend(room, v->payload_len / 4 * 3 + 1);
	if (to == NULL)
		return tb_buf_status(room);
	err = tb_base64_parse(to, &len, v->payload_len / 4 * 3, v->payload, v->payload_len);
	if (err != TB_OK)
		return tb_fault_set(
			fault, "BASE64", "payload", "standard base64 in its one spelling", "something else");
	if (len > TB_ENTRY_MAX_INLINE)
		return tb_fault_setf(fault, ENVELOPE, "payload", "at most 40000 bytes inline, more as a blob",
			"%zu bytes", len);
	room->len = len;
	out->payload = to;
	out->payload_len = len;
	tb_sha256(out->payload_hash, to, len);
	return TB_OK;
}

/* Another spelling breaks [BASE64], another number of bytes [ENTRY.ENVELOPE]. */
static const char *encoded_rule(tb_err err)
{
	return err == TB_ERR_RANGE ? ENVELOPE : "BASE64";
}

static tb_err read_blob(tb_entry *out, const envelope *v, tb_fault *fault)
{
	size_t most = tb_entry_max_payload(out->type);
	char expected[48];
	tb_err err;

	err = tb_hex_parse_fixed(out->payload_hash, 32, v->sha256, v->sha256_len);
	if (err != TB_OK)
		return tb_fault_set(fault, encoded_rule(err), "blob.sha256",
			"64 lower-case hexadecimal digits", "something else");
	/* A small payload as a blob would be a second spelling of the same entry. */
	if (v->size <= TB_ENTRY_MAX_INLINE || v->size > most) {
		(void)snprintf(expected, sizeof expected, "40001 to %zu bytes", most);
		return tb_fault_setf(
			fault, ENVELOPE, "blob.size", expected, "%llu", (unsigned long long)v->size);
	}
	out->is_blob = true;
	out->payload_len = (size_t)v->size;
	return TB_OK;
}

tb_err tb_entry_parse(tb_entry *out, tb_buf *room, const uint8_t *bytes, size_t len, tb_fault *fault)
{
	envelope v;
	tb_err err;

	memset(out, 0, sizeof *out);
	out->signer_id = "";
	tb_buf_clear(room);
	if (len > TB_ENTRY_MAX_BYTES)
		return tb_fault_setf(
			fault, ENVELOPE, "", "an entry of at most 65535 bytes", "%zu bytes", len);
	if (!scan(&v, bytes, len))
		return explain(bytes, len, fault);
	if (tb_entry_type_parse(&out->type, v.type, v.type_len) != TB_OK)
		return tb_fault_setf(fault, ENVELOPE, "type", "a type of [ENTRY.SIGNER]", "\"%.*s\"",
			v.type_len < 80 ? (int)v.type_len : 80, v.type);
	if (v.signer_len >= TB_SIGNER_MAX)
		return tb_fault_setf(
			fault, SIGNER, "signer", "at most 79 characters", "%zu characters", v.signer_len);
	memcpy(out->signer, v.signer, v.signer_len);
	if (memchr(v.signer, '\0', v.signer_len) !=
		NULL) /* the scanner lets none through; do not depend on it */
		return tb_fault_set(fault, SIGNER, "signer", "text", "a NUL");
	err = read_signer(out, fault);
	if (err != TB_OK)
		return err;
	out->time = v.time;
	err = v.is_blob ? read_blob(out, &v, fault) : read_payload(out, room, &v, fault);
	if (err != TB_OK)
		return err;
	err = tb_base64_parse_fixed(out->signature, sizeof out->signature, v.signature, v.signature_len);
	if (err != TB_OK)
		return tb_fault_set(
			fault, encoded_rule(err), "signature", "the base64 of 64 bytes", "something else");
	return TB_OK;
}

tb_err tb_entry_attach_blob(tb_entry *e, const uint8_t *bytes, size_t len, tb_fault *fault)
{
	uint8_t hash[32];

	TB_REQUIRE(e->is_blob);
	if (len != e->payload_len)
		return tb_fault_setf(
			fault, "LOG.BLOB", "blob.size", "the size that the entry names", "%zu", len);
	tb_sha256(hash, bytes, len);
	if (memcmp(hash, e->payload_hash, sizeof hash) != 0)
		return tb_fault_set(fault, "LOG.BLOB", "blob.sha256",
			"bytes with the hash that the entry names", "other bytes");
	e->payload = bytes;
	return TB_OK;
}

/* ---- writing ---- */

tb_err tb_entry_init(tb_entry *e, tb_entry_type type, const char *signer, const uint8_t *payload,
	size_t payload_len, tb_fault *fault)
{
	char expected[48];

	memset(e, 0, sizeof *e);
	e->signer_id = "";
	e->type = type;
	if (strlen(signer) >= TB_SIGNER_MAX)
		return tb_fault_set(fault, SIGNER, "signer", "at most 79 characters", signer);
	memcpy(e->signer, signer, strlen(signer));
	if (payload_len > tb_entry_max_payload(type)) {
		(void)snprintf(expected, sizeof expected, "at most %zu bytes", tb_entry_max_payload(type));
		return tb_fault_setf(fault, ENVELOPE, "payload", expected, "%zu bytes", payload_len);
	}
	e->is_blob = payload_len > TB_ENTRY_MAX_INLINE;
	e->payload = payload;
	e->payload_len = payload_len;
	tb_sha256(e->payload_hash, payload, payload_len);
	return read_signer(e, fault);
}

tb_err tb_entry_write(tb_buf *out, const tb_entry *e)
{
	tb_buf_text(out, "{\"type\":\"");
	tb_buf_text(out, tb_entry_type_name(e->type));
	tb_buf_text(out, "\",\"time\":");
	tb_buf_decimal(out, e->time);
	tb_buf_text(out, ",\"signer\":\"");
	tb_buf_text(out, e->signer);
	if (e->is_blob) {
		tb_buf_text(out, "\",\"blob\":{\"sha256\":\"");
		tb_buf_hex(out, e->payload_hash, sizeof e->payload_hash);
		tb_buf_text(out, "\",\"size\":");
		tb_buf_decimal(out, e->payload_len);
		tb_buf_text(out, "}");
	} else {
		tb_buf_text(out, "\",\"payload\":\"");
		tb_buf_base64(out, e->payload, e->payload_len);
		tb_buf_text(out, "\"");
	}
	tb_buf_text(out, ",\"signature\":\"");
	tb_buf_base64(out, e->signature, sizeof e->signature);
	tb_buf_text(out, "\"}");
	return tb_buf_status(out);
}

/* ---- signatures ---- */

tb_err tb_entry_message(tb_buf *out, const tb_entry *e, const tb_binding *binding)
{
	const char *type = tb_entry_type_name(e->type);

	tb_buf_item(out, "protocol", "tabella/v1/entry", 16);
	tb_buf_item(out, "election", binding->election, binding->has_election ? 32 : 0);
	tb_buf_item(out, "context", binding->context, binding->has_context ? 32 : 0);
	tb_buf_item(out, "type", type, strlen(type));
	tb_buf_item(out, "signer", e->signer, strlen(e->signer));
	tb_buf_item(out, "payload", e->payload_hash, sizeof e->payload_hash);
	return tb_buf_status(out);
}

#define MESSAGE_MAX 512

tb_err tb_entry_sign(tb_entry *e, const tb_binding *binding, const tb_secret *key, const uint8_t random[32])
{
	uint8_t public_key[TB_SCHNORR_PUBLIC_BYTES];
	tb_buf message;
	tb_err err;

	tb_buf_init(&message, MESSAGE_MAX);
	err = tb_entry_message(&message, e, binding);
	if (err == TB_OK) {
		tb_schnorr_public(public_key, key);
		err = tb_schnorr_sign(e->signature, key, public_key, message.data, message.len, random);
	}
	tb_buf_release(&message);
	return err;
}

tb_err tb_entry_verify(const tb_entry *e, const tb_binding *binding,
	const uint8_t key[TB_SCHNORR_PUBLIC_BYTES], tb_fault *fault)
{
	tb_buf message;
	tb_err err;

	tb_buf_init(&message, MESSAGE_MAX);
	err = tb_entry_message(&message, e, binding);
	if (err == TB_OK)
		err = tb_schnorr_verify(key, message.data, message.len, e->signature);
	tb_buf_release(&message);
	if (err == TB_ERR_SIGNATURE)
		return tb_fault_setf(fault, "ENTRY.SIGNATURE", "signature",
			"a signature of this entry, in this election, by its signer's key",
			"none that verifies for %.80s", e->signer);
	return err;
}
