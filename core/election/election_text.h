/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ELECTION_TEXT_H
#define TB_CORE_ELECTION_ELECTION_TEXT_H

#include "core/election/manifest.h"

/*
 * Election files: a manifest as a person writes it (specs/text.md, rules FILE.*).
 *
 *     Title: General meeting 2027
 *     Origin: vote.example.org/e/meeting-2027
 *     Polls open: 2027-03-01 12:00 UTC
 *     Polls close: 2027-03-14 anywhere on earth
 *     Threshold: 2 of 3
 *     Trustee: Ada tabella-trustee-1 sign=... transport=... cosign=...
 *
 *     Question: Who shall be on the board?
 *     Method: choose 1 to 3
 *     Winners: 3
 *     [] Ada
 *     [] Bert
 *
 * parse(write(m)) is m for every manifest that obeys the rules.
 */
#define TB_ELECTION_TEXT_MAX (4u << 20)
#define TB_DEFAULT_PRIVACY_FLOOR 3 /* what stands for lines that are not there */
#define TB_DEFAULT_MIN_HOLDERS 5

/* Reads the file and checks the manifest.  RULE with FILE.* and "line 7", or, where the file is well formed
 * but the election is not, MANIFEST.*, TEXT or ID, again with the line; MEMORY.  On failure *out is as after
 * tb_manifest_init(). */
TB_CHECKED tb_err tb_election_text_parse(tb_manifest *out, const char *text, size_t len, tb_fault *fault);
/*
 * The same for a file that is still being written: roles may be missing.  *missing says which (bits of 1 <<
 * tb_role; TRUSTEE when there are fewer than the threshold line says); everything that is there has been
 * checked by the rules.
 */
TB_CHECKED tb_err tb_election_text_parse_draft(
	tb_manifest *out, const char *text, size_t len, unsigned *missing, tb_fault *fault);
/* Writes a manifest as such a file; appended.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_election_text_write(tb_buf *out, const tb_manifest *m);

/* "2027-03-01 12:00 UTC", RFC 3339, with numeric offset; a date alone with "anywhere on earth" is the
 * moment when that day ends there (UTC-12).  RULE FILE.TIME. */
TB_CHECKED tb_err tb_time_parse(uint64_t *out, const char *in, size_t in_len, tb_fault *fault);
void tb_time_write(char out[32],
	uint64_t t); /* "2027-03-01 12:00 UTC"; with seconds unless they are 0; "@<seconds>" after 9999 */
/* A slug of a text: ASCII letters and digits in lower case, other characters beyond ASCII dropped, every run of
 * anything else one '-'; "" when nothing is left.  `out` has room for TB_ID_MAX + 1. */
void tb_slug_from_text(char *out, const char *text);

#endif
