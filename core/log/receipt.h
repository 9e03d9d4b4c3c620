/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_RECEIPT_H
#define TB_CORE_LOG_RECEIPT_H

#include "core/log/entry.h"
#include "core/log/proof.h"

/*
 * A receipt [RECEIPT]: a tlog-proof whose extra data is the entry that it is about, so that it can be checked offline with
 * nothing but the log's key.  It says that these bytes are on the board, not that they are valid there.  JS twin: client-js/core/proof.js.
 */
typedef struct tb_receipt {
	tb_proof proof;
	tb_entry entry; /* points into itself: a tb_receipt is not copied by assignment */
	uint8_t leaf[TB_MERKLE_BYTES];
} tb_receipt;

/*
 * Reads a receipt of the log with this key, and checks all of it.  What kind of entry it is of, and whose, is for the caller to
 * compare: a voter wants a `ballot`.  *extra and *room (cleared first; TB_PROOF_MAX_EXTRA and TB_ENTRY_MAX_BYTES) hold what *out
 * borrows besides `in`.  RULE RECEIPT, or LOG.CHECKPOINT when its checkpoint is not one of this log, signed by this key; MEMORY.
 */
TB_CHECKED tb_err tb_receipt_open(tb_receipt *out, tb_buf *extra, tb_buf *room, const char *in, size_t in_len,
	const tb_vkey *log_key, tb_fault *fault);

#endif
