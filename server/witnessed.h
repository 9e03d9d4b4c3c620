/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_WITNESSED_H
#define TB_SERVER_WITNESSED_H

#include "core/log/checkpoint.h"
#include "server/app.h"

/*
 * The head of an election's log that witnesses have cosigned [WITNESS.POLICY] [HTTP.WITNESSES], as somebody (usually `tabella feed`) has handed it in.
 * It is in the store before anybody is told that it is kept: a voter may be given a receipt under it.
 */

/*
 * Takes a signed note with cosignatures in.  RULE LOG.CHECKPOINT with *fault when it is not a head of this log, signed by this server's key, with
 * a right signature of every witness that it names; WITNESS.POLICY when the election has no witnesses, or the note has none of theirs.
 * IO, MEMORY.  *num is how many witnesses have cosigned the head that is kept now.
 */
TB_CHECKED tb_err tb_witnessed_take(
	tb_app *app, tb_election *e, const char *note, size_t note_len, uint32_t *num, tb_fault *fault);

/* At the start: the head that was kept.  One that is none of this log (the store is a copy that somebody made) is let go of.  IO, MEMORY. */
TB_CHECKED tb_err tb_witnessed_load(tb_app *app, tb_election *e);

/* Appends the kept head, with its cosignatures.  NOT_FOUND when there is none; MEMORY, LIMIT. */
TB_CHECKED tb_err tb_witnessed_read(tb_election *e, uint64_t *size, tb_buf *out);
/* The same, if it is a witnessed one [WITNESS.POLICY] and has entry `index`; else NOT_FOUND. */
TB_CHECKED tb_err tb_witnessed_read_for(tb_election *e, uint64_t index, uint64_t *size, tb_buf *out);

#endif
