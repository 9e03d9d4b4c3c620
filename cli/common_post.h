/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_POST_H
#define TB_CLI_COMMON_POST_H

#include "cli/common_client.h"

/*
 * Signs `payload` as an entry of this type, hands it in, and checks the receipt [RECEIPT].  *index is where the entry stands.  What went
 * wrong is said; the exit code is that of tb_submit() or of tb_client_check_receipt().
 */
int tb_post(tb_client *c, tb_entry_type type, const char *signer, const tb_secret *key, const tb_buf *payload,
	uint64_t *index);

#endif
