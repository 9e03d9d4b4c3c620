/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_vkey.h"

#include <string.h>

int tb_args_vkey(const tb_args *args, tb_vkey *out, const char *where, const char *text)
{
	return tb_vkey_parse(out, text, strlen(text)) == TB_OK
		       ? TB_EXIT_OK
		       : tb_args_error(args,
				 "%s: expected NAME+ID+BASE64 as C2SP signed notes have it, found '%s'",
				 where, text);
}
