/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_ARCHIVE_H
#define TB_SERVER_ARCHIVE_H

#include "server/election.h"
#include "server/message.h"

/*
 * The whole board as one ustar file [ARCHIVE], made while it is sent: the log as it stands at this moment, whatever is
 * appended meanwhile.  Holds one file of the board in memory at a time.  MEMORY, LIMIT.
 */
TB_CHECKED tb_err tb_archive_stream(tb_http_stream *out, tb_store *store, tb_election *e);

#endif
