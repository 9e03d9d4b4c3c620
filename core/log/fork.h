/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_FORK_H
#define TB_CORE_LOG_FORK_H

#include "core/log/checkpoint.h"
#include "crypto/merkle.h"

/*
 * Evidence that a log was forked [LOG.FORK]: two checkpoints with signatures by one key, and Merkle nodes that show that neither is of
 * a log that goes on from the other's.  Anybody can check the file with nothing else; nobody but the holder of the key can make one.
 *
 *     tabella/log-fork@v1
 *     key vote.example.org/e/meeting+1a2b3c4d+AT...
 *     checkpoint <base64 of the signed note with fewer entries, or as many>
 *     checkpoint <base64 of the other>
 *     node <base64>            of the larger tree; none where the sizes are equal
 */
#define TB_FORK_MAX_BYTES (3u * TB_NOTE_MAX_BYTES + 8192)

typedef struct tb_fork {
	tb_vkey key;
	tb_buf text[2]; /* the notes, owned */
	tb_checkpoint checkpoint[2];
	tb_merkle_proof nodes;
} tb_fork;

void tb_fork_init(tb_fork *f);
void tb_fork_release(tb_fork *f);

/*
 * Makes the evidence from two signed notes, in any order.  `nodes` reads the tree of the larger one and is not used where the sizes are equal.
 * PROOF when they do not contradict each other, SIGNATURE when one is not signed by the key, ENCODING, NOT_FOUND or the
 * reader's other errors (the larger tree cannot be read), MEMORY.
 */
TB_CHECKED tb_err tb_fork_make(tb_fork *f, const tb_vkey *key, const tb_buf *one, const tb_buf *other,
	const tb_merkle_reader *nodes, tb_why *why);
/* Appends the file.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_fork_write(tb_buf *out, const tb_fork *f);
/* Reads the file and checks all of it: afterwards it is proved that the key signed two histories.  ENCODING, LIMIT, SIGNATURE, PROOF,
 * MEMORY; *why says what is wrong. */
TB_CHECKED tb_err tb_fork_parse(tb_fork *f, const char *in, size_t in_len, tb_why *why);

#endif
