/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_HISTORY_H
#define TB_CORE_LOG_HISTORY_H

#include "crypto/merkle.h"

/*
 * The Merkle tree of a log while it is replayed, that answers for every earlier size too: a ballot names a recent
 * checkpoint (size and root), and the verifier must know the root that the log really had then [BALLOT.CHECKPOINT].
 *
 * Memory: the nodes over the latest 65,536 leaves (4 MiB, as they come), and above that one hash per 256 leaves and
 * what is over it (1/4 byte per leaf).  Older leaf hashes are spooled to an unlinked temporary file in $TMPDIR (else
 * /tmp), which is made when the first of them has to leave memory.
 *
 * One thread at a time.
 */
typedef struct tb_history tb_history;

TB_CHECKED tb_err tb_history_new(tb_history **out); /* MEMORY */
void tb_history_free(tb_history *h);                /* NULL is fine */
/* MEMORY, IO (the spool); the history is then as before. */
TB_CHECKED tb_err tb_history_append(tb_history *h, const uint8_t leaf[TB_MERKLE_BYTES]);
uint64_t tb_history_size(const tb_history *h);
/* The root of the first `size` leaves.  RANGE when there are fewer; IO. */
TB_CHECKED tb_err tb_history_root(tb_history *h, uint8_t out[TB_MERKLE_BYTES], uint64_t size);
/* The leaf hash at `index`.  RANGE, IO. */
TB_CHECKED tb_err tb_history_leaf(tb_history *h, uint8_t out[TB_MERKLE_BYTES], uint64_t index);
/* For proofs about any of its sizes. */
tb_merkle_reader tb_history_reader(tb_history *h);

#endif
