/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/err.h"

#include <stdio.h>
#include <stdlib.h>

const char *tb_err_text(tb_err err)
{
	switch (err) {
	case TB_OK:
		return "ok";
	case TB_ERR_ENCODING:
		return "bad encoding";
	case TB_ERR_RANGE:
		return "value out of range";
	case TB_ERR_GROUP:
		return "not an element of the group";
	case TB_ERR_PROOF:
		return "proof does not verify";
	case TB_ERR_SIGNATURE:
		return "signature does not verify";
	case TB_ERR_DECRYPT:
		return "authenticated decryption failed";
	case TB_ERR_RANDOM:
		return "no randomness from the operating system";
	case TB_ERR_MEMORY:
		return "out of memory";
	case TB_ERR_LIMIT:
		return "limit exceeded";
	case TB_ERR_NOT_FOUND:
		return "not found";
	case TB_ERR_IO:
		return "input or output failed";
	case TB_ERR_STATE:
		return "not possible at this point";
	case TB_ERR_RULE:
		return "a rule is broken";
	}
	return "unknown error";
}

void tb_bug_at(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "tabella: bug at %s:%d: %s\n", file, line, what);
	abort();
}
