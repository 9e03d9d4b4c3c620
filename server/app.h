/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_APP_H
#define TB_SERVER_APP_H

#include "core/base/clock.h"
#include "server/client.h"
#include "server/config.h"
#include "server/election.h"
#include "server/keys.h"
#include "server/metrics.h"
#include "server/store.h"

/*
 * The parts of the server, and who calls whom:
 *
 *     http -> route -> api_*  reads:   election views and the store
 *                             writes:  checker (ballots: signature and proof, in batches, several threads)
 *                                      or mixes (their proofs, one thread)
 *                                      -> sequencer (one thread: judges by the state machine, appends, commits, signs)
 *     polls (one thread): opens, closes and tallies by the clock, through the same sequencer
 */
typedef struct tb_sequencer tb_sequencer;
typedef struct tb_checker tb_checker;
typedef struct tb_mixes tb_mixes;
typedef struct tb_polls tb_polls;
typedef struct tb_served tb_served;

typedef struct tb_app {
	const tb_config *config;
	const tb_server_keys *keys;
	const tb_client *client;
	tb_clock clock;
	tb_store *store;
	tb_served *served;
	tb_limits *limits;
	tb_metrics metrics;
	tb_elections elections;
	tb_sequencer *sequencer;
	tb_checker *checker;
	tb_mixes *mixes;
	tb_polls *polls;
} tb_app;

/*
 * Opens the board in `path`, replays every election, and starts the threads.  `keys`, `config` and `client` are borrowed.  IO, STATE,
 * MEMORY, RULE with *why; nothing is left running then.
 */
TB_CHECKED tb_err tb_app_start(tb_app *app, const tb_config *config, const tb_server_keys *keys,
	const tb_client *client, const tb_clock *clock, const char *path, tb_why *why);
/* Every submission that was accepted for work is finished and answered first. */
void tb_app_stop(tb_app *app);

#endif
