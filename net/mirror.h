/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_NET_MIRROR_H
#define TB_NET_MIRROR_H

#include <stdint.h>

#include "core/base/fault.h"

/*
 * Copies a board from a server into a folder, over several connections: the checkpoint first, then all tiles, bundles and blobs
 * of its size.  Nothing is believed: files are capped by what they can be, a file that the server does not have is left out (the
 * verification of the copy will name it), and the whole is capped too.  Files that are in the folder already and
 * never change (full tiles and bundles, blobs) are not fetched again, so an interrupted copy goes on.
 */
typedef struct tb_mirror_options {
	unsigned connections; /* 0 = 6 */
	uint64_t max_bytes;   /* of all files; 0 = 64 GiB */
	/* Called from one thread at a time; `done` of `total` files.  NULL = nobody wants to know. */
	void (*progress)(void *user, uint64_t done, uint64_t total);
	void *user;
} tb_mirror_options;

/* `url` as tb_url_board() writes it; the folder exists.  IO, LIMIT, ENCODING (no checkpoint that can be read), MEMORY. */
TB_CHECKED tb_err tb_mirror(
	const char *url, const char *folder, const tb_mirror_options *options, tb_fault *fault);

#endif
