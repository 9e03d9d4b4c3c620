/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_code.h"
#include "core/base/json.h"

/* Key files of admins, registrars and extra endorsers.  Trustees have tabella-trustee, servers tabella-server --init. */

static int role_of(const tb_args *args, tb_role *out)
{
	static const tb_role roles[] = {TB_ROLE_ADMIN, TB_ROLE_REGISTRAR, TB_ROLE_ENDORSER};
	const char *name = tb_args_get(args, "role");

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(name, tb_role_name(roles[i])) == 0) {
			*out = roles[i];
			return TB_EXIT_OK;
		}
	return tb_args_error(args, "--role: expected admin, registrar or endorser, found '%s'", name);
}

static int print_line(const tb_args *args, const tb_role_keys *keys)
{
	tb_role_public public_keys;
	char line[TB_ROLE_LINE_MAX];

	if (tb_role_keys_public(&public_keys, keys) != TB_OK)
		return tb_args_error(args, "out of memory");
	tb_role_line_write(line, &public_keys);
	if (tb_args_json(args))
		printf("{\"line\":\"%s\"}\n", line); /* base64, letters, '=' and spaces only */
	else
		printf("%s\n", line);
	return TB_EXIT_OK;
}

static int run_new(const tb_args *args)
{
	const char *path = tb_args_get(args, "out");
	tb_role_keys keys = {0};
	tb_code code;
	tb_role role;
	int exit_code = role_of(args, &role);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (tb_code_generate(&code) != TB_OK)
		exit_code = tb_args_error(args, "the system gave no randomness");
	else if (tb_role_keys_derive(&keys, role, &code) != TB_OK)
		exit_code = tb_args_error(
			args, "this code gives a key that cannot be used; run the command again");
	else
		exit_code = tb_code_save(args, path, role, &code);
	if (exit_code == TB_EXIT_OK)
		exit_code = print_line(args, &keys);
	tb_code_wipe(&code);
	tb_role_keys_wipe(&keys);
	return exit_code;
}

static int run_show(const tb_args *args)
{
	tb_role_keys keys;
	tb_role role;
	int exit_code = role_of(args, &role);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	exit_code = tb_role_keys_obtain(args, "key", role, &keys);
	if (exit_code == TB_EXIT_OK)
		exit_code = print_line(args, &keys);
	tb_role_keys_wipe(&keys);
	return exit_code;
}

static const tb_flag new_flags[] = {
	{"role", "ROLE", "admin, registrar or endorser", true, false},
	{"out", "FILE", "where the secret code goes; never over an existing file", true, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_key_new = {
	.name = "key new",
	.operands = "",
	.summary = "make a key file and print its public line",
	.details = "The public line goes into the election file (`Admin:`, `Registrar:`, `Endorser:`).  The "
		   "key file is a\n"
		   "secret; keep a copy on paper: the code in it is all there is.",
	.flags = new_flags,
	.run = run_new,
};

static const tb_flag show_flags[] = {
	{"role", "ROLE", "admin, registrar or endorser", true, false},
	{"key", "FILE", "the key file; otherwise the code is asked for", false, false},
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_key_show = {
	.name = "key show",
	.operands = "",
	.summary = "print the public line of a key file",
	.details = "",
	.flags = show_flags,
	.run = run_show,
};
