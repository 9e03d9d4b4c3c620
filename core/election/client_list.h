/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CLIENT_LIST_H
#define TB_CORE_ELECTION_CLIENT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/fault.h"

/*
 * The payload of a `client` entry [CLIENT]: which bytes a server gives to browsers, as the SHA-256 of what is at each of its
 * addresses.  JS twin: parseClient in client-js/core/payloads.js.
 */
#define TB_CLIENT_PATH_MAX 120
#define TB_CLIENT_FILES_MAX 300

typedef struct tb_client_item {
	char path[TB_CLIENT_PATH_MAX + 1]; /* "/e/spring/vote" */
	uint8_t sha256[32];
} tb_client_item;

typedef struct tb_client_list {
	tb_client_item *files; /* in order of their paths */
	size_t num;
} tb_client_list;

/* "/", or parts of letters, digits, '.', '_' and '-' with a slash before each, none beginning with '.'. */
bool tb_client_path_is_valid(const char *path, size_t len);

/* RULE CLIENT or JSON.CANONICAL with *fault; MEMORY.  *out is then empty. */
TB_CHECKED tb_err tb_client_list_parse(tb_client_list *out, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_client_list_write(tb_buf *out, const tb_client_list *list); /* MEMORY, LIMIT; appended */
void tb_client_list_release(tb_client_list *list);
/* NULL when this path is not listed. */
const tb_client_item *tb_client_list_find(const tb_client_list *list, const char *path);

#endif
