/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_PROOF_H
#define TB_CORE_LOG_PROOF_H

#include "core/log/checkpoint.h"
#include "crypto/merkle.h"

/*
 * C2SP tlog-proof: one file that shows offline, forever, that an entry is in a log.  A voter's receipt is one whose
 * extra data is the entry itself [RECEIPT].
 */
#define TB_PROOF_MAX_EXTRA (96u << 10)
#define TB_PROOF_MAX_BYTES (TB_NOTE_MAX_BYTES + (136u << 10))

typedef struct tb_proof {
	uint64_t index;
	tb_merkle_proof path;
	const uint8_t *extra; /* NULL when there is none; not authenticated by itself */
	size_t extra_len;
	const char *checkpoint_text; /* the signed note, verbatim */
	size_t checkpoint_text_len;
	tb_checkpoint checkpoint; /* what it says; trusted only after tb_proof_verify() */
	tb_note note;
} tb_proof;

/* Reads strictly.  *room (cleared first) receives the extra data; the rest is borrowed from `in`.  ENCODING, LIMIT, RANGE (a
 * size or index beyond all trees, or an index not below the size), MEMORY; *why says what is wrong. */
TB_CHECKED tb_err tb_proof_parse(tb_proof *out, tb_buf *room, const char *in, size_t in_len, tb_why *why);
/* Appends the file from index, path, extra and checkpoint_text.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_proof_write(tb_buf *out, const tb_proof *p);
/*
 * Is the entry with this leaf hash in the log?  The checkpoint is of the log that the key's name says and signed by that
 * key, and the path leads from the leaf to its root.  SIGNATURE, PROOF, MEMORY; *why says which.
 */
TB_CHECKED tb_err tb_proof_verify(
	const tb_proof *p, const uint8_t leaf[TB_MERKLE_BYTES], const tb_vkey *log_key, tb_why *why);

#endif
