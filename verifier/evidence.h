/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_VERIFIER_EVIDENCE_H
#define TB_VERIFIER_EVIDENCE_H

#include "verifier/options.h"

/* Checks a file of evidence [LOG.FORK] and prints what it proves.  TB_VERIFY_OK when it proves that a log was forked (by the
 * key that the user trusts, if one was given), TB_VERIFY_FALSE when it does not, TB_VERIFY_USAGE. */
int tb_verify_evidence(const tb_verify_options *o);

#endif
