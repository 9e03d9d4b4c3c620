/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CREDENTIAL_H
#define TB_CORE_ELECTION_CREDENTIAL_H

#include "core/election/code.h"
#include "core/log/entry.h"

/*
 * From a code to keys [KEY.DERIVE], and the one line of text in which a role hands over its public keys
 * [ROLE.LINE]:
 *
 *     tabella-trustee-1 sign=<base64> transport=<base64> cosign=<base64>
 *
 * sign and transport keys are in ristretto255, cosign and log keys Ed25519.  JS twin:
 * client-js/core/credential.js.
 */
typedef enum tb_purpose {
	TB_PURPOSE_SIGN,
	TB_PURPOSE_TRANSPORT,
	TB_PURPOSE_COSIGN,
	TB_PURPOSE_LOG,
	TB_PURPOSE_NUM
} tb_purpose;

/* Which keys a role has: admin, registrar: sign.  Server: sign, log.  Trustee: sign, transport, cosign.
 * Endorser: sign, cosign.  A voter has a signing key per election and no line. */
const char *tb_role_name(tb_role role); /* "trustee" */

/* The secret keys of a role other than voter; those it does not have are zero. */
typedef struct tb_role_keys {
	tb_role role;
	tb_secret sign, transport;             /* ristretto255 */
	uint8_t cosign_seed[32], log_seed[32]; /* Ed25519 seeds */
} tb_role_keys;

/* RANGE for a key that is zero (never in practice), *out is then zero. */
TB_CHECKED tb_err tb_role_keys_derive(tb_role_keys *out, tb_role role, const tb_code *code);
void tb_role_keys_wipe(tb_role_keys *keys);

/* A voter's signing key in one election.  RANGE as above. */
TB_CHECKED tb_err tb_voter_key_derive(
	tb_secret *out, const tb_code *code, const uint8_t election[32], const char *voter);
/* Its public part, as the roll has it. */
void tb_voter_key_public(uint8_t out[32], const tb_secret *key);

/* The public keys of a role; those it does not have are zero. */
typedef struct tb_role_public {
	tb_role role;
	uint8_t key[TB_PURPOSE_NUM][32]; /* by tb_purpose */
} tb_role_public;

#define TB_ROLE_LINE_MAX 256 /* with its NUL */

TB_CHECKED tb_err tb_role_keys_public(tb_role_public *out, const tb_role_keys *keys); /* MEMORY */
/* The line and back.  Parsing checks that ristretto255 keys are canonical and not the identity, and that
 * nothing else is in the line.  RULE ROLE.LINE. */
void tb_role_line_write(char out[TB_ROLE_LINE_MAX], const tb_role_public *keys);
TB_CHECKED tb_err tb_role_line_parse(tb_role_public *out, const char *in, size_t in_len, tb_fault *fault);

#endif
