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
	long status;     /* of the answer; 0 when there was none */
	bool is_new;     /* false: these exact bytes were on the board already */
	uint64_t index;  /* in the log; not yet proved: the receipt does that */
	tb_buf receipt;  /* C2SP tlog-proof, unchecked */
	char rule[64];   /* that refused it, "BALLOT.PREV", or "" */
	char text[1024]; /* what went wrong, printable */
} tb_submitted;

/*
 * Posts a submission to `url` (the election's `/entries`, or `/elections`), without a word.  TB_EXIT_OK; TB_EXIT_NO when a rule refused it
 * for good: it is not on the board; TB_EXIT_USAGE for any other answer or none: it may be there, and sending the same bytes again will tell
 * [HTTP.PROBLEM].  *out must be released in every case.
 */
int tb_submission_post(tb_fetch *fetch, const char *url, const tb_buf *submission, tb_submitted *out);

/* The same, and prints what went wrong. */
int tb_submit(
	const tb_args *args, tb_fetch *fetch, const char *url, const tb_buf *submission, tb_submitted *out);
void tb_submitted_release(tb_submitted *s);

/* Signs `payload` as an entry of this type and submits it. */
int tb_submit_signed(const tb_args *args, tb_fetch *fetch, const char *url, tb_entry_type type,
	const char *signer, const tb_binding *binding, const tb_secret *key, const tb_buf *payload,
	tb_submitted *out);

#endif
