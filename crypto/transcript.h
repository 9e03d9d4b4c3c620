/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_TRANSCRIPT_H
#define TB_CRYPTO_TRANSCRIPT_H

#include "crypto/group.h"
#include "crypto/hash.h"

/*
 * The only way to a challenge [TRANSCRIPT].  A running SHA-512 over framed items
 *     u16be len(label) || label || u64be len(data) || data
 * A challenge is  SHA-512(item("challenge", SHA-512(items so far)))  as a little-endian integer mod q;
 * the running hash goes on unchanged, so a second challenge covers everything before it.
 * JS twin: client-js/crypto/transcript.js.
 */
typedef struct tb_transcript {
	tb_sha512_state run;
} tb_transcript;

/* What stands before an item's data: u16be len(label) || label || u64be len(data).  Returns its length. */
#define TB_ITEM_LABEL_MAX 64
#define TB_ITEM_HEAD_MAX (2 + TB_ITEM_LABEL_MAX + 8)
size_t tb_item_head(uint8_t out[TB_ITEM_HEAD_MAX], const char *label, uint64_t data_len);
/* Absorbs one item into a hash of one's own (what is not a transcript but framed like one). */
void tb_item_absorb(tb_sha512_state *s, const char *label, const void *data, size_t data_len);

/* Starts with item("protocol", protocol); owns no memory, cannot fail today.  Starting again starts over. */
TB_CHECKED tb_err tb_transcript_init(tb_transcript *t, const char *protocol);
void tb_transcript_release(tb_transcript *t); /* wipes */
void tb_transcript_bytes(tb_transcript *t, const char *label, const void *data, size_t data_len);
void tb_transcript_u64(tb_transcript *t, const char *label, uint64_t v); /* 8 bytes big-endian */
void tb_transcript_scalar(tb_transcript *t, const tb_group *g, const char *label, const tb_scalar *a);
void tb_transcript_point(tb_transcript *t, const tb_group *g, const char *label, const tb_point *a);
/* The same from the point's wire bytes: what arrived encoded is not encoded again. */
void tb_transcript_point_wire(tb_transcript *t, const tb_group *g, const char *label, const uint8_t *wire);
void tb_transcript_challenge(tb_transcript *t, const tb_group *g, tb_scalar *out);
/* 64 bytes of output for keys and seeds: SHA-512(item("output", SHA-512(items so far))). */
void tb_transcript_output(tb_transcript *t, uint8_t out[64]);

#endif
