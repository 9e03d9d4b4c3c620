/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_KEYS_H
#define TB_SERVER_KEYS_H

#include "core/base/why.h"
#include "core/election/credential.h"

/*
 * The server's own keys.  DIR/server.key holds one code [CODE.FORMAT] and nothing else, readable by its owner alone;
 * DIR/server.pub the line for election files [ROLE.LINE].
 */
typedef struct tb_server_keys {
	tb_role_keys secret;
	tb_role_public public;
	char line[TB_ROLE_LINE_MAX];
} tb_server_keys;

/* Makes the folder, a fresh code and both files.  STATE when there is a key already; RANDOM, IO, MEMORY; *why says more. */
TB_CHECKED tb_err tb_server_keys_create(tb_server_keys *out, const char *data, tb_why *why);
/* NOT_FOUND, IO; RULE when the file is no code; STATE when others may read it; *why says more. *out is zero on failure. */
TB_CHECKED tb_err tb_server_keys_load(tb_server_keys *out, const char *data, tb_why *why);
void tb_server_keys_wipe(tb_server_keys *keys);

#endif
