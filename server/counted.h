/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_COUNTED_H
#define TB_SERVER_COUNTED_H

#include "core/log/count_path.h"
#include "server/election.h"

/*
 * The counts of an election with a result, for whoever serves their files [RANK.FILES].  They do not change any more, so they are read
 * without the election's lock; the board that they belong to is held.
 */
typedef struct tb_counted {
	tb_election *election;
	tb_board_ref *ref; /* NULL: there is no result yet */
} tb_counted;

void tb_counted_init(tb_counted *c, tb_election *e);
void tb_counted_release(tb_counted *c);
/* The count that the file with this path is of, and its kind; NULL when there is no such file. */
const tb_ranked_count *tb_counted_find(const tb_counted *c, const char *path, uint32_t *kind);
/* All paths, in the order of an archive.  (There is room for those of every question that a manifest can have.) */
void tb_counted_list(const tb_counted *c, tb_count_paths *out);

#endif
