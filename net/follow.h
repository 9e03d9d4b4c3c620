/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_NET_FOLLOW_H
#define TB_NET_FOLLOW_H

#include "core/log/checkpoint.h"
#include "core/log/source.h"
#include "core/log/tile.h"
#include "net/fetch.h"

/*
 * Follows a log: keeps a folder that is at every moment a whole, consistent copy of it [LOG.TILES], which any web server can serve
 * and tabella-verify can check.  Entries and blobs are fetched; tiles are made here from the entries, so that the tree which
 * leads to a new head is, by construction, the continuation of the one that was here before [LOG.CONSISTENT].
 *
 * The folder's checkpoint is replaced last, and durably: after a crash at any moment the folder is what it was, or the new copy.
 * A head that contradicts an earlier one is not followed; the evidence is kept in <folder>/evidence/ [LOG.FORK],
 * of at most 32 such heads.
 *
 * One thread at a time.
 */
typedef struct tb_follow tb_follow;

typedef enum tb_followed {
	TB_FOLLOWED_NOTHING, /* the head is the one that is here, or an older one of the same log */
	TB_FOLLOWED_NEW,     /* the copy has grown */
	TB_FOLLOWED_FORK     /* the log was forked: *evidence is where the file is */
} tb_followed;

/* Opens the folder (made if it does not exist) and replays what is in it.  `url` is one of tb_url_board(); `key` is the log's;
 * both, and `fetch`, are borrowed or copied as tb_source_http_new() does.  IO, MEMORY, STATE (another process
 * keeps this folder), PROOF (what is in the folder is no copy of this log: *why says where). */
TB_CHECKED tb_err tb_follow_new(tb_follow **out, tb_fetch *fetch, const char *url, const tb_vkey *key,
	const char *folder, tb_why *why);
void tb_follow_free(tb_follow *f);

/*
 * Looks at the server's head once and follows it.  IO, ENCODING, SIGNATURE, PROOF (the server's files do not lead to the head that it
 * signed, which proves nothing but that it cannot be followed now), LIMIT, MEMORY: nothing has changed, *why says what happened,
 * and it may be tried again.
 */
TB_CHECKED tb_err tb_follow_step(tb_follow *f, tb_followed *out, tb_why *why);
uint64_t tb_follow_size(const tb_follow *f);
const char *tb_follow_evidence(const tb_follow
		*f); /* after TB_FOLLOWED_FORK: of this one, or of another one where there are enough */
/* Called with each entry that is fetched; `total` of them make the copy whole.  NULL = nobody wants to know. */
void tb_follow_on_progress(
	tb_follow *f, void (*progress)(void *user, uint64_t done, uint64_t total), void *user);

#endif
