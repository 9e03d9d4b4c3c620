/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ENDORSE_H
#define TB_CORE_ELECTION_ENDORSE_H

#include "core/election/payloads.h"

/*
 * Endorsements [ENDORSE]: who said what about the closed board, and whether enough of them say the same.  Any
 * two sets of the required size share t endorsers, so two different tallies can never both be decrypted while
 * fewer than t are corrupt [PROOF.ENDORSE].  Endorsers are numbered 0..N-1: the trustees, then the manifest's extra endorsers
 * (tb_manifest_endorser_index).  JS twin: client-js/core/endorse.js.
 */
#define TB_ENDORSEMENTS_MAX (TB_MAX_TRUSTEES + TB_MAX_ENDORSERS)

typedef struct tb_endorsements {
	uint32_t num_endorsers, threshold;
	uint32_t num;                                  /* endorsements so far */
	uint32_t order[TB_ENDORSEMENTS_MAX];           /* whose, in log order */
	bool has[TB_ENDORSEMENTS_MAX];                 /* by endorser */
	tb_endorsement statement[TB_ENDORSEMENTS_MAX]; /* by endorser */
} tb_endorsements;

void tb_endorsements_init(tb_endorsements *e, const tb_manifest *m);
/* One per endorser, ever: STATE for a second one, whatever it says. */
TB_CHECKED tb_err tb_endorsements_add(tb_endorsements *e, uint32_t endorser, const tb_endorsement *said);
uint32_t tb_endorsements_required(const tb_endorsements *e); /* ceil((N+t)/2) */
/* How many say exactly what `own` says (cosignatures apart). */
uint32_t tb_endorsements_matching(const tb_endorsements *e, const tb_endorsement *own);
bool tb_endorsements_suffice(const tb_endorsements *e, const tb_endorsement *own);

/* Does `said` say what this board says?  Names the first field that differs.  RULE ENDORSE. */
TB_CHECKED tb_err tb_endorsement_check(
	const tb_endorsement *own, const tb_endorsement *said, tb_fault *fault);

#endif
