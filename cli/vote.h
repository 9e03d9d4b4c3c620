/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_VOTE_H
#define TB_CLI_VOTE_H

#include "cli/common_args.h"
#include "core/election/ballot.h"

/* Writes what is needed to audit a ballot that was made and will never be cast: its seed, its choices, the payload [BALLOT.SEED]. */
int tb_audit_write(const tb_args *args, const char *path, const uint8_t voter_key[32],
	const uint8_t seed[TB_BALLOT_SEED_BYTES], const tb_choices *choices, const tb_buf *payload);

#endif
