/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ENDORSE_H
#define TB_CORE_ELECTION_ENDORSE_H

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/election/manifest.h"

/*
 * Endorsements [ENDORSE]: what each endorser says about the closed board, and whether enough of them say the
 * same.  Any two sets of the required size share t endorsers, so two different tallies can never both be
 * decrypted while fewer than t are corrupt.
 */
#define TB_COSIGNATURE_BYTES 72 /* u64 time || Ed25519 signature */
#define TB_MAX_ENDORSERS 40

typedef struct tb_statement {
	uint8_t close[32]; /* leaf hash of the `close` entry */
	uint64_t size;     /* of the log that ends with it */
	uint8_t root[32];
	uint8_t counted[32]; /* hash of the counted list [BALLOT.COUNTED] */
	uint64_t ballots;    /* its length */
	uint8_t aggregates[32];
} tb_statement;

bool tb_statement_equal(const tb_statement *a, const tb_statement *b);

/* The canonical JSON of the payload.  The cosignature is carried, not checked (core/log/checkpoint.h does
 * that). */
TB_CHECKED tb_err tb_endorse_write(
	tb_buf *out, const tb_statement *st, const uint8_t cosignature[TB_COSIGNATURE_BYTES]);
/* RULE JSON.CANONICAL or ENDORSE; MEMORY. */
TB_CHECKED tb_err tb_endorse_parse(tb_statement *out, uint8_t cosignature[TB_COSIGNATURE_BYTES],
	const uint8_t *payload, size_t payload_len, tb_fault *fault);
/* Names the first field in which `found` differs from what this board says.  RULE ENDORSE. */
TB_CHECKED tb_err tb_statement_check(
	const tb_statement *expected, const tb_statement *found, tb_fault *fault);

/* ceil((N+t)/2). */
uint32_t tb_endorse_required(uint32_t num_endorsers, uint32_t threshold);

/* Who has endorsed what.  Endorsers are numbered 0..N-1: the trustees, then the manifest's extra endorsers.
 */
typedef struct tb_endorsements {
	uint32_t num_endorsers, threshold;
	uint32_t num;                             /* endorsements so far */
	uint32_t order[TB_MAX_ENDORSERS];         /* who, in log order */
	tb_statement statement[TB_MAX_ENDORSERS]; /* by endorser */
	bool has[TB_MAX_ENDORSERS];
} tb_endorsements;

void tb_endorsements_init(tb_endorsements *e, uint32_t num_trustees, uint32_t num_extra, uint32_t threshold);
/* The number of a signer ("trustee/2", "endorser/kate"); NOT_FOUND. */
TB_CHECKED tb_err tb_endorser_number(const tb_manifest *m, const char *signer, uint32_t *out);
/* One per endorser, ever: STATE for a second one, whatever it says. */
TB_CHECKED tb_err tb_endorsements_add(tb_endorsements *e, uint32_t endorser, const tb_statement *st);
uint32_t tb_endorsements_matching(const tb_endorsements *e, const tb_statement *st);
bool tb_endorsements_suffice(const tb_endorsements *e, const tb_statement *st);

#endif
