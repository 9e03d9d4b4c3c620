/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_SERVED_H
#define TB_SERVER_SERVED_H

#include "core/base/why.h"
#include "server/election.h"

/*
 * What this server has shown to somebody, remembered outside the database [SERVER.AHEAD]: for each election the size and root of its latest
 * checkpoint.  Written and synced after the transaction is durable and before anyone is answered, so that it is never ahead
 * of a database that is whole.  A database that comes back from a backup is then known to be too old, before it is continued
 * into a second history.
 *
 * The file never grows in use: each election has two places that are written in turn, each with a hash, so that a write which was
 * cut short leaves the other.
 */
typedef struct tb_served tb_served;

/* Opens the file, making it if it is not there.  IO, STATE (not such a file), MEMORY, with *why. */
TB_CHECKED tb_err tb_served_open(tb_served **out, const char *path, tb_why *why);
void tb_served_close(tb_served *s);

/* Is this election at least as far as what was shown of it, and the same up to there?  STATE with *why when not; IO, MEMORY. */
TB_CHECKED tb_err tb_served_check(tb_served *s, tb_election *e, tb_store *store, tb_why *why);
/* Was everything that was shown found again?  Called when every election has been checked.  STATE with *why. */
TB_CHECKED tb_err tb_served_check_all(const tb_served *s, tb_why *why);

/* Notes what will be shown; then makes it durable.  IO, MEMORY. */
TB_CHECKED tb_err tb_served_note(tb_served *s, const tb_election *e);
TB_CHECKED tb_err tb_served_sync(tb_served *s);

/* The same question of a copy that somebody keeps, a folder as `tabella mirror` makes it: is the election of that name here as
 * far as the checkpoint there?  A folder without a checkpoint of this server says nothing.  STATE with *why; IO, MEMORY. */
TB_CHECKED tb_err tb_served_check_mirror(
	const char *folder, tb_elections *all, tb_store *store, const tb_server_keys *keys, tb_why *why);

#endif
