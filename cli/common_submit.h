/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_SUBMIT_H
#define TB_CLI_COMMON_SUBMIT_H

#include "cli/common_args.h"
#include "core/log/entry.h"
#include "net/fetch.h"

/*
 * Handing an entry to a server [HTTP].  The body of a submission depends on the signed entry alone, so that it can be kept and sent
 * again, byte for byte, after whatever interruption: the server answers with the entry that exists.
 */

/* Appends `{"type","signer","payload","signature"}`.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_submission_write(tb_buf *out, const tb_entry *e);

typedef struct tb_submitted {
	bool is_new;    /* false: these exact bytes were on the board already */
	uint64_t index; /* in the log; not yet proved: the receipt does that */
	tb_buf receipt; /* C2SP tlog-proof, unchecked */
} tb_submitted;

/*
 * Posts a submission to `url` (the election's `/entries`, or `/elections`).  Prints the server's problem when it refuses and returns
 * TB_EXIT_NO; TB_EXIT_USAGE when no answer came.  *out must be released in every case.
 */
int tb_submit(
	const tb_args *args, tb_fetch *fetch, const char *url, const tb_buf *submission, tb_submitted *out);
void tb_submitted_release(tb_submitted *s);

/* Signs `payload` as an entry of this type and submits it. */
int tb_submit_signed(const tb_args *args, tb_fetch *fetch, const char *url, tb_entry_type type,
	const char *signer, const tb_binding *binding, const tb_secret *key, const tb_buf *payload,
	tb_submitted *out);

#endif
