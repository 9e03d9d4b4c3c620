/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_ENDORSE_H
#define TB_CLI_COMMON_ENDORSE_H

#include "cli/common_verified.h"
#include "core/election/credential.h"

/*
 * One endorsement per key, ever [ENDORSE]: what is endorsed is written to the state folder before it is signed, and anything else is
 * refused from then on, whatever board is shown.
 */

/* Verifies the board and endorses it as `signer` ("trustee/1", "endorser/auditor").  `keys` has sign and cosign keys. */
int tb_endorse(const tb_args *args, const char *signer, const tb_role_keys *keys);

/* Does the state folder allow this statement (nothing was endorsed yet, or exactly this)?  Prints what differs otherwise. */
int tb_endorse_allows(const tb_verified *v, const char *signer, const tb_endorsement *own);

#endif
