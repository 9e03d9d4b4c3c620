/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_VERIFIER_SERVED_H
#define TB_VERIFIER_SERVED_H

#include "core/election/check.h"

/*
 * Does a server give to browsers what the board says of it [CLIENT.SERVED]?  Every page and file of the latest `client` entry is
 * fetched as a browser would, and nothing else may be served beside them.
 */
typedef struct tb_verify_served {
	bool is_asked;
	uint64_t entry;    /* the index of that entry */
	uint64_t compared; /* addresses that were fetched */
	tb_fault *failures;
	size_t num_failures, cap_failures;
} tb_verify_served;

void tb_verify_served_release(tb_verify_served *s);
/* `url` is that of the election on the server.  TB_OK whatever was found; RULE (HTTP: no such URL), IO, MEMORY with *fault: nothing can
 * be said. */
TB_CHECKED tb_err tb_verify_served_compare(
	tb_verify_served *out, const char *url, const tb_check_report *report, tb_fault *fault);

#endif
