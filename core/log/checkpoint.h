/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_CHECKPOINT_H
#define TB_CORE_LOG_CHECKPOINT_H

#include "core/log/note.h"
#include "crypto/merkle.h"
#include "crypto/sign.h"

/*
 * The signed head of a log [LOG.CHECKPOINT]: a C2SP tlog-checkpoint in a signed note, and C2SP cosignatures/v1 of it.
 * Extension lines are refused: nobody audits them, so they could say something else to everyone.
 */
#define TB_COSIGNATURE_BYTES 72 /* u64 time || Ed25519 signature */

typedef struct tb_checkpoint {
	char origin[TB_KEY_NAME_MAX + 1];
	uint64_t size;
	uint8_t root[TB_MERKLE_BYTES];
} tb_checkpoint;

/* Reads note and body.  *note borrows from `in`.  ENCODING, LIMIT, RANGE (a size above TB_MERKLE_MAX_SIZE); *why says
 * what is wrong.  No signature is checked here. */
TB_CHECKED tb_err tb_checkpoint_parse(
	tb_checkpoint *out, tb_note *note, const char *in, size_t in_len, tb_why *why);
/* Appends the body, "origin\nsize\nroot\n": what is signed. */
void tb_checkpoint_write_body(tb_buf *out, const tb_checkpoint *c);
/* Appends a whole note with one signature by the log.  `key` is of type TB_VKEY_ED25519 and its name is the origin;
 * `secret` belongs to it.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_checkpoint_sign(
	tb_buf *out, const tb_checkpoint *c, const tb_vkey *key, const tb_sign_secret *secret);

/*
 * Checks the signatures of one known signer: every line by this key must verify (for a cosignature: over the text with its
 * time).  Lines of others are ignored.  NOT_FOUND when there is none by this key, SIGNATURE when one is wrong, MEMORY.
 * *time (for cosignatures: the latest; else 0) is unchanged on failure.
 */
TB_CHECKED tb_err tb_note_verify(const tb_note *note, const tb_vkey *key, uint64_t *time);
/* The whole of what a reader does with a checkpoint: parses, requires this origin, and a signature by the log's key.
 * As tb_checkpoint_parse(), and SIGNATURE, MEMORY; *out is unchanged on failure. */
TB_CHECKED tb_err tb_checkpoint_open(tb_checkpoint *out, tb_note *note, const char *in, size_t in_len,
	const tb_vkey *log_key, tb_why *why);

/* A cosignature of c at `time` (RANGE at 2^63 and above), as it stands in an endorsement.  MEMORY. */
TB_CHECKED tb_err tb_checkpoint_cosign(uint8_t out[TB_COSIGNATURE_BYTES], const tb_checkpoint *c,
	uint64_t time, const tb_sign_secret *secret);
/* SIGNATURE, MEMORY; *time is unchanged on failure. */
TB_CHECKED tb_err tb_checkpoint_verify_cosignature(const uint8_t in[TB_COSIGNATURE_BYTES],
	const tb_checkpoint *c, const uint8_t public_key[TB_SIGN_PUBLIC_BYTES], uint64_t *time);

#endif
