/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_post.h"

#include "cli/common_submit.h"

int tb_post(tb_client *c, tb_entry_type type, const char *signer, const tb_secret *key, const tb_buf *payload,
	uint64_t *index)
{
	char url[TB_URL_MAX + 128];
	tb_submitted done;
	int exit_code;

	tb_client_url(c, url, "entries");
	exit_code = tb_submit_signed(
		c->args, c->fetch, url, type, signer, tb_board_binding(c->board), key, payload, &done);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_check_receipt(
			c, &done.receipt, type, signer, payload->data, payload->len, index);
	tb_submitted_release(&done);
	return exit_code;
}
