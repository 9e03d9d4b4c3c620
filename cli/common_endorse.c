/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common_endorse.h"

#include <stdio.h>
#include <string.h>

#include "cli/common_post.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "crypto/wipe.h"

enum { MAX_STATEMENT = 1u << 16 };

/* "endorsed-trustee-1.json" */
static void record_path(const tb_verified *v, char *out, size_t out_len, const char *signer)
{
	char name[TB_SIGNER_MAX + 32];

	(void)snprintf(name, sizeof name, "endorsed-%s.json", signer);
	for (char *p = name; *p != '\0'; p++)
		if (*p == '/')
			*p = '-';
	tb_client_state_path(&v->client, out, out_len, name);
}

/* What was endorsed before, if anything. */
static int read_record(
	const tb_verified *v, const char *signer, tb_buf *payload, tb_endorsement *said, bool *exists)
{
	char path[TB_STATE_PATH_MAX];
	tb_fault fault;
	tb_why why = {""};

	record_path(v, path, sizeof path, signer);
	*exists = tb_file_exists(path);
	if (!*exists)
		return TB_EXIT_OK;
	if (tb_file_read(payload, path, &why) != TB_OK)
		return tb_args_error(v->client.args, "%s", why.text);
	if (tb_endorsement_parse(said, payload->data, payload->len, &fault) != TB_OK)
		return tb_args_error(v->client.args,
			"%s is damaged (%s): without it this key must not endorse again", path, fault.found);
	return TB_EXIT_OK;
}

static int compare(const tb_verified *v, const tb_endorsement *own, const tb_endorsement *said)
{
	char text[1024];
	tb_fault fault;

	if (tb_endorsement_check(own, said, &fault) == TB_OK)
		return TB_EXIT_OK;
	tb_fault_text(&fault, text, sizeof text);
	(void)tb_args_error(v->client.args,
		"this key has endorsed another statement before, and signs no second one; two different "
		"boards were shown: %s",
		text);
	return TB_EXIT_NO;
}

int tb_endorse_allows(const tb_verified *v, const char *signer, const tb_endorsement *own)
{
	tb_endorsement said;
	tb_buf payload;
	bool exists;
	int exit_code;

	tb_buf_init(&payload, MAX_STATEMENT);
	exit_code = read_record(v, signer, &payload, &said, &exists);
	if (exit_code == TB_EXIT_OK && exists)
		exit_code = compare(v, own, &said);
	tb_buf_release(&payload);
	return exit_code;
}

/* Adds the cosignature of the closing checkpoint and puts the whole on disk: from here on it is decided. */
static int decide(const tb_verified *v, const char *signer, tb_endorsement *own, const tb_role_keys *keys,
	tb_buf *payload)
{
	const tb_clock clock = tb_clock_system();
	uint64_t now = tb_clock_now(&clock);
	tb_sign_secret secret;
	tb_checkpoint closing;
	char path[TB_STATE_PATH_MAX], when[TB_RFC3339_LEN + 1] = "";
	tb_why why = {""};
	tb_err err;

	if (now < tb_board_earliest_endorsement(v->report.board)) {
		if (tb_rfc3339_write(when, tb_board_closes(v->report.board)) != TB_OK)
			when[0] = '\0';
		(void)tb_args_error(v->client.args,
			"ENDORSE: by the clock of this machine the polls end only at %s, but the server has "
			"closed "
			"them: nothing was endorsed",
			when);
		return TB_EXIT_NO;
	}
	memset(&closing, 0, sizeof closing);
	(void)snprintf(
		closing.origin, sizeof closing.origin, "%s", tb_board_manifest(v->report.board)->origin);
	closing.size = own->size;
	memcpy(closing.root, own->root, sizeof closing.root);
	memcpy(secret.seed, keys->cosign_seed, sizeof secret.seed);
	err = tb_checkpoint_cosign(own->cosignature, &closing, now, &secret);
	tb_sign_secret_wipe(&secret);
	if (err == TB_OK)
		err = tb_endorsement_write(payload, own);
	if (err != TB_OK)
		return tb_args_error(v->client.args, "%s", tb_err_text(err));
	record_path(v, path, sizeof path, signer);
	if (tb_file_create(path, payload->data, payload->len, TB_FILE_PRIVATE, &why) != TB_OK)
		return tb_args_error(v->client.args, "%s", why.text);
	return TB_EXIT_OK;
}

static int post(tb_verified *v, const char *signer, const tb_role_keys *keys, const tb_buf *payload)
{
	uint64_t index;
	int exit_code = tb_post(&v->client, TB_ENTRY_ENDORSE, signer, &keys->sign, payload, &index);

	if (exit_code == TB_EXIT_OK && tb_args_json(v->client.args))
		printf("{\"endorsed\":true,\"index\":%llu}\n", (unsigned long long)index);
	else if (exit_code == TB_EXIT_OK)
		printf("the whole board verifies; endorsed as entry %llu\n", (unsigned long long)index);
	return exit_code;
}

static int endorse(tb_verified *v, const char *signer, const tb_role_keys *keys)
{
	const tb_tally *tally = tb_board_tally(v->report.board);
	tb_endorsement own, said;
	tb_buf payload;
	bool exists;
	int exit_code;

	if (tally == NULL) {
		(void)tb_args_error(v->client.args, "the polls are not closed yet");
		return TB_EXIT_WAIT;
	}
	tb_tally_statement(tally, &own);
	tb_buf_init(&payload, MAX_STATEMENT);
	exit_code = read_record(v, signer, &payload, &said, &exists);
	if (exit_code == TB_EXIT_OK && exists)
		exit_code = compare(v, &own, &said);
	else if (exit_code == TB_EXIT_OK)
		exit_code = decide(v, signer, &own, keys, &payload);
	if (exit_code == TB_EXIT_OK)
		exit_code = post(v, signer, keys, &payload);
	tb_buf_release(&payload);
	return exit_code;
}

int tb_endorse(const tb_args *args, const char *signer, const tb_role_keys *keys)
{
	tb_verified v;
	int exit_code = tb_verified_open(&v, args);

	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&v.client);
	if (exit_code == TB_EXIT_OK)
		exit_code = endorse(&v, signer, keys);
	tb_verified_close(&v);
	return exit_code;
}
