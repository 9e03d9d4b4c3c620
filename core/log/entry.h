/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_ENTRY_H
#define TB_CORE_LOG_ENTRY_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/log/tile.h"
#include "crypto/schnorr.h"

/* One entry of the board: the envelope [ENTRY.ENVELOPE], its one signature [ENTRY.SIGNATURE].  JS twin: client-js/core/entry.js. */

typedef enum tb_entry_type {
	TB_ENTRY_MANIFEST,
	TB_ENTRY_ROLL,
	TB_ENTRY_ROLL_CHANGE,
	TB_ENTRY_TRUSTEE_COMMIT,
	TB_ENTRY_TRUSTEE_CERTIFY,
	TB_ENTRY_OPEN,
	TB_ENTRY_BALLOT,
	TB_ENTRY_EXTEND,
	TB_ENTRY_NOTICE,
	TB_ENTRY_CLOSE,
	TB_ENTRY_ENDORSE,
	TB_ENTRY_MIX,
	TB_ENTRY_DECRYPT,
	TB_ENTRY_RESULT,
	TB_ENTRY_CANCEL,
	TB_ENTRY_CLIENT,
	TB_ENTRY_NUM_TYPES
} tb_entry_type;

#define TB_ENTRY_MAX_INLINE 40000
#define TB_BLOB_MAX_BYTES (256u << 20)  /* of any entry */
#define TB_BLOB_COMMON_BYTES (8u << 20) /* of most types */
#define TB_SIGNER_MAX 80                /* "voter/" and 64 characters */

/* The largest payload of a type: lists of ballots are large [ENTRY.ENVELOPE]. */
size_t tb_entry_max_payload(tb_entry_type type);
/* "roll.change"; and back: NOT_FOUND. */
const char *tb_entry_type_name(tb_entry_type type);
TB_CHECKED tb_err tb_entry_type_parse(tb_entry_type *out, const char *name, size_t name_len);

typedef enum tb_role {
	TB_ROLE_ADMIN,
	TB_ROLE_REGISTRAR,
	TB_ROLE_SERVER,
	TB_ROLE_TRUSTEE,
	TB_ROLE_ENDORSER,
	TB_ROLE_VOTER
} tb_role;

typedef struct tb_entry {
	tb_entry_type type;
	uint64_t time;
	char signer[TB_SIGNER_MAX];
	tb_role role;           /* from signer */
	const char *signer_id;  /* points into signer after the slash, or "" */
	uint32_t trustee;       /* 1..n when role is trustee, else 0 */
	bool is_blob;           /* then payload is NULL until tb_entry_attach_blob() */
	const uint8_t *payload; /* decoded bytes; borrowed from the buffer given to parse, or from the blob */
	size_t payload_len;     /* for a blob: the size that the entry names */
	uint8_t payload_hash[32];
	uint8_t signature[TB_SCHNORR_BYTES];
} tb_entry;

/*
 * Parses the exact bytes of an entry; the decoded payload is put into *room (cleared first).  `where` of a fault is a
 * field of the envelope.  RULE with ENTRY.ENVELOPE, JSON.CANONICAL, BASE64 or ENTRY.SIGNER in *fault; MEMORY.
 * A tb_entry holds pointers into itself: do not copy it by assignment.
 */
TB_CHECKED tb_err tb_entry_parse(
	tb_entry *out, tb_buf *room, const uint8_t *bytes, size_t len, tb_fault *fault);
/* Gives a blob entry its bytes (borrowed).  RULE LOG.BLOB when hash or size differ. */
TB_CHECKED tb_err tb_entry_attach_blob(tb_entry *e, const uint8_t *bytes, size_t len, tb_fault *fault);
/* Writes the canonical envelope of type, time, signer, payload, signature; a payload above TB_ENTRY_MAX_INLINE becomes a
 * blob reference (its bytes are the caller's to keep). */
TB_CHECKED tb_err tb_entry_write(tb_buf *out, const tb_entry *e);
/* Fills *e for writing; `payload` stays borrowed.  RULE ENTRY.SIGNER for an impossible signer. */
TB_CHECKED tb_err tb_entry_init(tb_entry *e, tb_entry_type type, const char *signer, const uint8_t *payload,
	size_t payload_len, tb_fault *fault);

/* What a signature is bound to [SIGN.MESSAGE]; has_* false = the empty item. */
typedef struct tb_binding {
	uint8_t election[32], context[32];
	bool has_election, has_context;
} tb_binding;

/* The message of [SIGN.MESSAGE], appended to *out. */
TB_CHECKED tb_err tb_entry_message(tb_buf *out, const tb_entry *e, const tb_binding *binding);
/* Signs *e in place; `random` as [SIGN.NONCE] says. */
TB_CHECKED tb_err tb_entry_sign(
	tb_entry *e, const tb_binding *binding, const tb_secret *key, const uint8_t random[32]);
/* `key` is the signer's public key as the manifest or the roll has it.  RULE ENTRY.SIGNATURE. */
TB_CHECKED tb_err tb_entry_verify(const tb_entry *e, const tb_binding *binding,
	const uint8_t key[TB_SCHNORR_PUBLIC_BYTES], tb_fault *fault);

#endif
