/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/checker.h"
#include "server/mixes.h"
#include "server/polls.h"
#include "server/sequencer.h"
#include "server/served.h"
#include "server/slog.h"
#include "server/witnessed.h"

#define NUM_BUCKETS 65536 /* 1 MiB */

/* Brings one stored election to life.  A board that does not replay is not served, nor is any other: somebody has to look. */
static tb_err load(tb_app *app, const tb_store_election *stored, tb_why *why)
{
	tb_fault fault = {0};
	char text[700];
	tb_election *e;
	tb_err err = tb_elections_reserve(&app->elections, 1);

	if (err == TB_OK)
		err = tb_election_new(&e, stored->slug);
	if (err != TB_OK)
		return err;
	e->number = stored->number;
	memcpy(e->id, stored->id, sizeof e->id);
	err = tb_election_replay(e, app->store, app->keys, &fault);
	if (err == TB_OK)
		err = tb_witnessed_load(app, e);
	if (err == TB_ERR_RULE)
		tb_fault_text(&fault, text, sizeof text);
	if (err != TB_OK) {
		tb_why_set(why, "the board of %s cannot be replayed: %s", stored->slug,
			err == TB_ERR_RULE ? text : tb_err_text(err));
		tb_election_free(e);
		return err;
	}
	tb_slog(TB_SLOG_INFO, "replay", "election=%s size=%" PRIu64 " phase=%s", e->slug, tb_election_size(e),
		tb_phase_name(tb_election_phase(e)));
	tb_elections_add(&app->elections, e);
	return TB_OK;
}

/* Is this database as far as everything that is known to have been shown [SERVER.AHEAD]? */
static tb_err check_served(tb_app *app, const char *path, tb_why *why)
{
	const tb_config *config = app->config;
	char own[TB_CONFIG_PATH_MAX + 32];
	tb_election *e;
	tb_err err;

	(void)snprintf(own, sizeof own, "%s.served", path);
	err = tb_served_open(&app->served, config->served_file[0] != '\0' ? config->served_file : own, why);
	for (size_t i = 0; err == TB_OK && (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		err = tb_served_check(app->served, e, app->store, why);
	if (err == TB_OK)
		err = tb_served_check_all(app->served, why);
	for (size_t i = 0; err == TB_OK && i < config->num_mirrors; i++)
		err = tb_served_check_mirror(config->mirror[i], &app->elections, app->store, app->keys, why);
	for (size_t i = 0; err == TB_OK && (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		err = tb_served_note(app->served, e);
	return err == TB_OK ? tb_served_sync(app->served) : err;
}

static tb_err load_all(tb_app *app, tb_why *why)
{
	tb_store_election stored;
	uint64_t after = 0;
	tb_err err;

	while ((err = tb_store_next_election(app->store, after, &stored)) == TB_OK) {
		err = load(app, &stored, why);
		if (err != TB_OK)
			return err;
		after = stored.number;
	}
	return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_app_start(tb_app *app, const tb_config *config, const tb_server_keys *keys, const tb_client *client,
	const tb_clock *clock, const char *path, tb_why *why)
{
	tb_err err;

	memset(app, 0, sizeof *app);
	why->text[0] = '\0';
	app->config = config;
	app->keys = keys;
	app->client = client;
	app->clock = *clock;
	app->metrics.started = tb_clock_now(&app->clock);
	tb_elections_init(&app->elections);
	err = tb_limits_new(&app->limits, NUM_BUCKETS);
	if (err == TB_OK)
		err = tb_store_open(&app->store, path, why);
	if (err == TB_OK)
		err = load_all(app, why);
	if (err == TB_OK)
		err = check_served(app, path, why);
	if (err == TB_OK)
		err = tb_sequencer_start(&app->sequencer, app);
	if (err == TB_OK)
		err = tb_checker_start(&app->checker, app);
	if (err == TB_OK)
		err = tb_mixes_start(&app->mixes, app);
	if (err == TB_OK)
		err = tb_polls_start(&app->polls, app);
	if (err != TB_OK) {
		if (why->text[0] == '\0')
			tb_why_set(why, "the server did not start: %s", tb_err_text(err));
		tb_app_stop(app);
	}
	return err;
}

void tb_app_stop(tb_app *app)
{
	/* In this order: each hands its work to the next. */
	tb_polls_stop(app->polls);
	tb_checker_stop(app->checker);
	tb_mixes_stop(app->mixes);
	tb_sequencer_stop(app->sequencer);
	tb_elections_release(&app->elections);
	tb_store_close(app->store);
	tb_served_close(app->served);
	tb_limits_free(app->limits);
	memset(app, 0, sizeof *app);
}
