/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_TOKEN_H
#define TB_SERVER_TOKEN_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/why.h"

/*
 * Who may use the operator's addresses for what [ADMIN.TOKEN].  A token is 32 random bytes; the file DIR/tokens holds a line
 * "name scope,scope sha256" for each, so who reads the file has no token.  It is read anew for each request: a token
 * that was revoked is refused from then on.
 */
#define TB_TOKEN_NAME_MAX 64

typedef enum tb_scope { TB_SCOPE_BACKUP = 1, TB_SCOPE_AUDIT = 2 } tb_scope;

/* Makes one and prints it, the only time, to `out`.  `scopes` is "backup,audit" or one of them.  RULE (a name or scope that is
 * none), STATE (the name is taken), IO, RANDOM, MEMORY; with *why. */
TB_CHECKED tb_err tb_token_new(
	const char *data, const char *name, const char *scopes, FILE *out, tb_why *why);
/* NOT_FOUND, IO, MEMORY; with *why. */
TB_CHECKED tb_err tb_token_revoke(const char *data, const char *name, tb_why *why);
TB_CHECKED tb_err tb_token_list(const char *data, FILE *out, tb_why *why); /* names and scopes */

/* The name and scopes of what a request presents: "Bearer TOKEN".  NOT_FOUND when it is none of them; IO, MEMORY. */
TB_CHECKED tb_err tb_token_check(
	const char *data, const char *authorization, char name[TB_TOKEN_NAME_MAX + 1], unsigned *scopes);

#endif
