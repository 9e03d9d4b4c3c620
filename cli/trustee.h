/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_TRUSTEE_H
#define TB_CLI_TRUSTEE_H

#include "cli/common_client.h"
#include "core/election/credential.h"

/* The commands of `tabella-trustee`, and what they share. */
extern const tb_command tb_trustee_init, tb_trustee_show, tb_trustee_status;
extern const tb_command tb_trustee_commit, tb_trustee_certify, tb_trustee_recover;
extern const tb_command tb_trustee_endorse, tb_trustee_mix, tb_trustee_decrypt;

#define TB_TRUSTEE_FLAGS                                                                                     \
	{"phrase", "FILE", "a file with the recovery phrase; otherwise it is asked for", false, false},      \
		TB_CLIENT_FLAGS,                                                                             \
	{                                                                                                    \
		NULL, NULL, NULL, false, false                                                               \
	}

typedef struct tb_trustee_self {
	tb_role_keys keys;
	uint32_t index; /* 1..n in this election */
	char signer[TB_SIGNER_MAX];
} tb_trustee_self;

/* Reads the phrase and finds out which trustee of this election it belongs to.  To be wiped with tb_role_keys_wipe(&self->keys) in
 * every case. */
int tb_trustee_identify(const tb_args *args, const tb_manifest *m, tb_trustee_self *self);

/* Posts an entry of this trustee and checks its receipt. */
int tb_trustee_post(tb_client *c, const tb_trustee_self *self, tb_entry_type type, const tb_buf *payload,
	const char *what);

#endif
