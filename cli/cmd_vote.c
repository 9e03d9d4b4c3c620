/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/common_choices.h"
#include "cli/common_client.h"
#include "cli/common_code.h"
#include "cli/common_submit.h"
#include "cli/vote.h"
#include "core/base/crockford.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/election/check.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

/*
 * The voter's client.  The order is what keeps a vote from being lost or doubled: the signed ballot is on disk before it is sent, it is sent
 * again byte for byte until its receipt has been checked, and only then is it "recorded".  The seed is never written (but for an audit,
 * and then nothing is signed).
 */

enum { MAX_SUBMISSION = 4u << 20 };

typedef struct vote {
	const tb_args *args;
	const char *voter;
	char signer[TB_SIGNER_MAX];
	tb_client client;
	tb_secret key;
	uint8_t public_key[32];
	bool is_resumed; /* the ballot is that of an earlier run */
	char pending
		[TB_STATE_PATH_MAX]; /* the file of a ballot that is signed and not yet known to be recorded */
} vote;

/* ---- who votes ---- */

static bool is_on_roll(const vote *v)
{
	const tb_roll *roll = tb_board_roll(v->client.board);
	tb_voter voter;

	return tb_roll_find(roll, v->voter, strlen(v->voter), &voter) == TB_OK &&
	       !tb_roll_is_removed(roll, voter) &&
	       memcmp(tb_roll_key(roll, voter), v->public_key, sizeof v->public_key) == 0;
}

static int derive_key(vote *v)
{
	tb_code code;
	int exit_code = tb_code_obtain(v->args, "code-file", "Voting code", &code);

	if (exit_code == TB_EXIT_OK &&
		tb_voter_key_derive(&v->key, &code, tb_board_binding(v->client.board)->election, v->voter) !=
			TB_OK)
		exit_code = tb_args_error(
			v->args, "this code gives a key that cannot be used; ask the registrar for another");
	if (exit_code == TB_EXIT_OK)
		tb_voter_key_public(v->public_key, &v->key);
	tb_code_wipe(&code);
	return exit_code;
}

/* The roll of the setup part is enough for nearly everybody; late additions and new codes stand further down the log. */
static int identify(vote *v)
{
	int exit_code = derive_key(v);

	if (exit_code != TB_EXIT_OK || is_on_roll(v))
		return exit_code;
	tb_client_close(&v->client);
	exit_code = tb_client_open(&v->client, v->args, TB_CLIENT_ALL);
	if (exit_code == TB_EXIT_OK && !is_on_roll(v)) {
		(void)tb_args_error(v->args,
			"the roll has no voter '%s' with this code: check both, or ask the registrar",
			v->voter);
		exit_code = TB_EXIT_NO;
	}
	return exit_code;
}

/* The board that the others see?  Asked before anything is encrypted: a server that shows one voter an election of its own would
 * read that vote [CONTEXT]. */
static int check_fingerprint(const vote *v)
{
	const char *given = tb_args_get(v->args, "fingerprint");
	const tb_binding *binding = tb_board_binding(v->client.board);
	uint8_t wanted[TB_FINGERPRINT_BYTES];
	char found[TB_FINGERPRINT_TEXT];

	if (given == NULL)
		return TB_EXIT_OK;
	if (tb_crockford_parse(wanted, sizeof wanted, given, strlen(given)) != TB_OK)
		return tb_args_error(
			v->args, "--fingerprint: expected 26 characters in groups of 4, found '%s'", given);
	if (!binding->has_context) {
		(void)tb_args_error(v->args, "the polls are not open yet");
		return TB_EXIT_WAIT;
	}
	if (memcmp(wanted, binding->context, sizeof wanted) == 0)
		return TB_EXIT_OK;
	tb_check_fingerprint(found, binding->context);
	(void)tb_args_error(v->args,
		"CONTEXT: the fingerprint of this election is %s, another than the one given: this is "
		"another "
		"election, or you are shown another board than others; nothing was encrypted",
		found);
	return TB_EXIT_NO;
}

/* ---- what went before ---- */

static int parse_latest(
	const tb_args *args, const tb_buf *body, bool *has_ballot, uint64_t *index, uint8_t leaf[32])
{
	tb_json_string ignored;
	tb_json_in in;
	tb_fault fault;
	tb_err err;

	tb_json_in_init(&in, body->data, body->len, 1u << 16, TB_JSON_ANY, "HTTP");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "voter", &ignored, TB_ID_MAX);
	(void)tb_json_take_bool(&in, "on_roll");
	(void)tb_json_take_int(&in, "weight", 0, UINT64_MAX >> 11);
	*has_ballot = !tb_json_take_null(&in, "ballot");
	if (*has_ballot) {
		tb_json_enter_object(&in, "ballot");
		*index = tb_json_take_int(&in, "index", 0, UINT64_MAX >> 11);
		tb_json_take_hex(&in, "leaf", leaf, 32);
		tb_json_leave(&in);
	}
	(void)tb_json_take_int(&in, "size", 0, UINT64_MAX >> 11);
	tb_json_leave(&in);
	err = tb_json_in_status(&in, &fault);
	tb_json_in_release(&in);
	return err == TB_OK ? TB_EXIT_OK
			    : tb_args_error(args, "the server's answer about the voter cannot be read: %s",
				      fault.found);
}

/* prev [BALLOT.PREV]: the server says which ballot is the latest, and the log must hold it. */
static int find_prev(vote *v, uint8_t prev[32])
{
	char url[TB_URL_MAX + 128], below[TB_ID_MAX + 16], text[1024];
	tb_response response;
	bool has_ballot = false;
	uint64_t index = 0;
	tb_fault fault;
	tb_buf body;
	int exit_code;

	memset(prev, 0, 32);
	(void)snprintf(below, sizeof below, "voter/%s", v->voter);
	tb_client_url(&v->client, url, below);
	tb_buf_init(&body, 1u << 16);
	if (tb_fetch_get(v->client.fetch, &body, &response, url, &fault) != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		exit_code = tb_args_error(v->args, "%s", text);
	} else if (response.status != 200) {
		tb_fetch_problem(&response, &body, text, sizeof text);
		exit_code = tb_args_error(v->args, "%s", text);
	} else {
		exit_code = parse_latest(v->args, &body, &has_ballot, &index, prev);
	}
	if (exit_code == TB_EXIT_OK && has_ballot)
		exit_code = tb_client_check_inclusion(&v->client, index, prev);
	tb_buf_release(&body);
	return exit_code;
}

/* ---- making ---- */

static int make_params(vote *v, tb_election_params **out)
{
	const tb_board *b = v->client.board;

	*out = NULL;
	if (tb_board_phase(b) < TB_PHASE_OPEN) {
		(void)tb_args_error(v->args, "the polls are not open yet");
		return TB_EXIT_WAIT;
	}
	if (tb_election_params_new(out, tb_board_manifest(b), tb_ceremony_h(tb_board_ceremony(b)),
		    tb_board_binding(b)->context) != TB_OK ||
		tb_election_params_add_prover(*out) != TB_OK)
		return tb_args_error(v->args, "out of memory");
	return TB_EXIT_OK;
}

static int fill_head(vote *v, tb_ballot_head *head)
{
	const tb_clock clock = tb_clock_system();

	memset(head, 0, sizeof *head);
	(void)snprintf(head->voter, sizeof head->voter, "%s", v->voter);
	head->date = tb_manifest_floor_time(tb_board_manifest(v->client.board), tb_clock_now(&clock));
	head->checkpoint_size = v->client.checkpoint.size;
	memcpy(head->checkpoint_root, v->client.checkpoint.root, 32);
	return find_prev(v, head->prev);
}

/* A fresh seed for every ballot.  One that gives a zero r_i, which never happens in practice, ends the command as a failure of
 * the random numbers would. */
static tb_err make_ballot(vote *v, const tb_election_params *p, const tb_ballot_head *head,
	const tb_choices *choices, uint8_t seed[32], tb_buf *payload, uint8_t signature[TB_SCHNORR_BYTES],
	tb_fault *fault)
{
	tb_err err = tb_random(seed, TB_BALLOT_SEED_BYTES);

	if (err != TB_OK)
		return err;
	return tb_ballot_make(p, payload, signature, head, &v->key, choices, seed,
		tb_board_binding(v->client.board), fault);
}

static int confirm(const vote *v, const tb_manifest *m, const tb_choices *choices)
{
	const tb_args *args = v->args;
	const tb_binding *binding = tb_board_binding(v->client.board);
	char answer[16] = "", fingerprint[TB_FINGERPRINT_TEXT];

	if (tb_args_has(args, "yes"))
		return TB_EXIT_OK;
	if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)
		return tb_args_error(args, "without a terminal to confirm the choices at, --yes is needed");
	tb_choices_print(m, choices);
	if (binding->has_context) {
		tb_check_fingerprint(fingerprint, binding->context);
		printf("\nFingerprint of this election: %s\n", fingerprint);
	}
	printf("\nCast this vote? [y/N] ");
	(void)fflush(stdout);
	if (fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
		return TB_EXIT_OK;
	(void)tb_args_error(args, "nothing was cast");
	return TB_EXIT_NO;
}

/* ---- casting ---- */

static void print_recorded(const vote *v, const tb_entry *e, uint64_t index)
{
	char tracker[TB_TRACKER_TEXT], fingerprint[TB_FINGERPRINT_TEXT];

	tb_ballot_tracker_text(tracker, e->payload_hash);
	tb_check_fingerprint(fingerprint, tb_board_binding(v->client.board)->context);
	if (tb_args_json(v->args))
		printf("{\"recorded\":true,\"index\":%llu,\"tracker\":\"%s\",\"fingerprint\":\"%s\","
		       "\"resumed\":%s}\n",
			(unsigned long long)index, tracker, fingerprint, v->is_resumed ? "true" : "false");
	else
		printf("recorded as entry %llu\ntracker:     %s\nfingerprint: %s\n",
			(unsigned long long)index, tracker, fingerprint);
	(void)fflush(stdout); /* before the pending file goes: who kills us now has been told */
}

static int keep_receipt(const vote *v, const tb_buf *receipt)
{
	const char *path = tb_args_get(v->args, "receipt");
	tb_why why = {""};

	if (path == NULL || tb_file_write(path, receipt->data, receipt->len, TB_FILE_PUBLIC, &why) == TB_OK)
		return TB_EXIT_OK;
	return tb_args_error(v->args,
		"the vote is recorded, but its receipt could not be written: %s; run the command again to "
		"get it",
		why.text);
}

/* ---- a refusal: what does the board say? ---- */

typedef struct search {
	const vote *v;
	const tb_entry *own;
	uint64_t index;
	bool is_there, is_closed;
} search;

static int look_at(void *ctx, uint64_t index, const tb_entry *e)
{
	search *s = ctx;

	if (e->type == TB_ENTRY_CLOSE && e->role == TB_ROLE_SERVER)
		s->is_closed = true;
	if (e->type == TB_ENTRY_BALLOT && strcmp(e->signer, s->v->signer) == 0 &&
		memcmp(e->payload_hash, s->own->payload_hash, sizeof e->payload_hash) == 0) {
		s->is_there = true;
		s->index = index;
	}
	return TB_EXIT_OK;
}

/* Every entry since the checkpoint that the ballot names: before that it cannot be [BALLOT.CHECKPOINT].  The server is not asked where the
 * ballot is: it has just said that it is nowhere. */
static int search_board(tb_client *c, search *s)
{
	const tb_election_params *p = tb_board_params(c->board);
	uint64_t from = 0;
	tb_ballot ballot;
	tb_fault ignored;

	if (p != NULL &&
		tb_ballot_parse(p, &ballot, s->own->payload, s->own->payload_len, &ignored) == TB_OK &&
		ballot.head.checkpoint_size <= c->checkpoint.size)
		from = ballot.head.checkpoint_size;
	return tb_client_each(c, from, look_at, s);
}

static int print_not_recorded(const search *s, uint64_t size)
{
	char tracker[TB_TRACKER_TEXT];

	tb_ballot_tracker_text(tracker, s->own->payload_hash);
	if (s->is_closed)
		(void)tb_args_error(s->v->args,
			"NOT recorded: the polls are closed, and the board of %llu entries does not hold "
			"this "
			"ballot",
			(unsigned long long)size);
	else
		(void)tb_args_error(s->v->args,
			"NOT recorded: the board of %llu entries does not hold this ballot (tracker %s).  "
			"The "
			"server has seen it, though, and could still record it: vote again, which prevents "
			"or "
			"replaces that where votes may be changed, and look at the board when the polls are "
			"closed",
			(unsigned long long)size, tracker);
	return TB_EXIT_NO;
}

static int fetch_receipt(vote *v, uint64_t index, tb_buf *receipt)
{
	char url[TB_URL_MAX + 128], below[64], text[1024];
	tb_response response;
	tb_fault fault;

	(void)snprintf(below, sizeof below, "receipt/%llu", (unsigned long long)index);
	tb_client_url(&v->client, url, below);
	if (tb_fetch_get(v->client.fetch, receipt, &response, url, &fault) != TB_OK)
		tb_fault_text(&fault, text, sizeof text);
	else if (response.status != 200)
		tb_fetch_problem(&response, receipt, text, sizeof text);
	else
		return TB_EXIT_OK;
	return tb_args_error(v->args, "%s", text);
}

/*
 * The server has refused the ballot for good, or says so: it has the ballot all the same, signed, and could have recorded it.  Only the
 * board tells.  TB_EXIT_OK: it is there, and *receipt says where; TB_EXIT_NO: it is not, as far as the board goes now; anything else: that
 * is not known.
 */
static int ask_board(vote *v, const tb_entry *e, tb_buf *receipt)
{
	search s = {.v = v, .own = e};
	tb_client again;
	int exit_code = tb_client_open(&again, v->args, TB_CLIENT_SETUP);

	if (exit_code == TB_EXIT_OK)
		exit_code = search_board(&again, &s);
	if (exit_code != TB_EXIT_OK) {
		(void)tb_args_error(
			v->args, "whether the ballot is on the board is not known: run the command again");
		exit_code = TB_EXIT_USAGE;
	} else if (!s.is_there) {
		exit_code = print_not_recorded(&s, again.checkpoint.size);
	} else {
		fprintf(stderr, "the server says that it refused the ballot, but the board holds it\n");
		exit_code = fetch_receipt(v, s.index, receipt);
	}
	tb_client_close(&again);
	return exit_code;
}

/* Sends what is in the pending file.  It goes last of all: killed at any moment before, the next run sends the same bytes again, which the
 * server answers with the entry that exists; a second vote is never made of it. */
static int send_pending(vote *v, const tb_buf *submission, const tb_entry *e)
{
	char url[TB_URL_MAX + 128];
	tb_submitted done;
	uint64_t index = 0;
	tb_why why = {""};
	int exit_code;

	tb_client_url(&v->client, url, "entries");
	exit_code = tb_submit(v->args, v->client.fetch, url, submission, &done);
	if (exit_code == TB_EXIT_NO) {
		tb_buf_clear(&done.receipt);
		exit_code = ask_board(v, e, &done.receipt);
		if (exit_code == TB_EXIT_NO && tb_file_remove(v->pending, &why) != TB_OK)
			exit_code = tb_args_error(v->args, "%s", why.text);
	}
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_check_receipt(&v->client, &done.receipt, TB_ENTRY_BALLOT, v->signer,
			e->payload, e->payload_len, &index);
	if (exit_code == TB_EXIT_OK)
		exit_code = keep_receipt(v, &done.receipt);
	if (exit_code == TB_EXIT_OK) {
		print_recorded(v, e, index);
		if (tb_file_remove(v->pending, &why) != TB_OK)
			exit_code = tb_args_error(v->args, "%s", why.text);
	}
	tb_submitted_release(&done);
	return exit_code;
}

static int cast(vote *v, const tb_buf *payload, const uint8_t signature[TB_SCHNORR_BYTES])
{
	tb_buf submission;
	tb_entry entry;
	tb_fault fault;
	tb_why why = {""};
	tb_err err;
	int exit_code;

	if (tb_entry_init(&entry, TB_ENTRY_BALLOT, v->signer, payload->data, payload->len, &fault) != TB_OK)
		return tb_args_error(v->args, "--voter: expected %s, found %s", fault.expected, fault.found);
	tb_buf_init(&submission, MAX_SUBMISSION);
	memcpy(entry.signature, signature, sizeof entry.signature);
	err = tb_submission_write(&submission, &entry);
	if (err ==
		TB_OK) /* never over another one: that would be a second ballot whose fate nobody would ask for again */
		err = tb_file_create(v->pending, submission.data, submission.len, TB_FILE_PRIVATE, &why);
	else
		tb_why_default(&why, err);
	if (err == TB_OK)
		exit_code = send_pending(v, &submission, &entry);
	else if (err == TB_ERR_STATE)
		exit_code = tb_args_error(v->args, "another `tabella vote` of this voter is under way");
	else
		exit_code = tb_args_error(v->args, "%s", why.text);
	tb_buf_release(&submission);
	return exit_code;
}

/* A ballot of an earlier run, whose fate is not known, goes first. */
static int resume(vote *v, bool *had_one)
{
	tb_buf submission, payload;
	uint8_t signature[TB_SCHNORR_BYTES];
	tb_json_string type, signer;
	tb_json_in in;
	tb_entry entry;
	tb_fault fault;
	tb_why why = {""};
	int exit_code = TB_EXIT_OK;

	*had_one = tb_file_exists(v->pending);
	if (!*had_one)
		return TB_EXIT_OK;
	tb_buf_init(&submission, MAX_SUBMISSION);
	tb_buf_init(&payload, MAX_SUBMISSION);
	if (tb_file_read(&submission, v->pending, &why) != TB_OK)
		exit_code = tb_args_error(v->args, "%s", why.text);
	tb_json_in_init(&in, submission.data, submission.len, MAX_SUBMISSION, TB_JSON_CANONICAL, "HTTP");
	tb_json_enter_object(&in, TB_JSON_ITEM);
	tb_json_take_string(&in, "type", &type, 32);
	tb_json_take_string(&in, "signer", &signer, TB_SIGNER_MAX);
	tb_json_take_base64_buf(&in, "payload", &payload);
	tb_json_take_base64(&in, "signature", signature, sizeof signature);
	tb_json_leave(&in);
	if (exit_code == TB_EXIT_OK && (tb_json_in_status(&in, &fault) != TB_OK ||
					       tb_entry_init(&entry, TB_ENTRY_BALLOT, v->signer, payload.data,
						       payload.len, &fault) != TB_OK))
		exit_code = tb_args_error(v->args, "%s cannot be read; remove it to vote anew", v->pending);
	if (exit_code == TB_EXIT_OK) {
		v->is_resumed = true;
		fprintf(stderr, "a run before this one was interrupted: the ballot that it signed is sent, "
				"and none is made now\n");
		exit_code = send_pending(v, &submission, &entry);
	}
	tb_json_in_release(&in);
	tb_buf_release(&submission);
	tb_buf_release(&payload);
	return exit_code;
}

/* ---- the command ---- */

static int vote_now(vote *v, const tb_choices *choices)
{
	uint8_t seed[TB_BALLOT_SEED_BYTES] = {0}, signature[TB_SCHNORR_BYTES] = {0};
	const char *audit = tb_args_get(v->args, "audit");
	tb_election_params *params;
	tb_ballot_head head;
	tb_fault fault;
	tb_buf payload;
	int exit_code = make_params(v, &params);

	tb_buf_init(&payload, MAX_SUBMISSION);
	if (exit_code == TB_EXIT_OK)
		exit_code = fill_head(v, &head);
	if (exit_code == TB_EXIT_OK &&
		make_ballot(v, params, &head, choices, seed, &payload, signature, &fault) != TB_OK)
		exit_code = tb_args_error(v->args, "the ballot could not be made");
	if (exit_code == TB_EXIT_OK && audit != NULL)
		exit_code = tb_audit_write(v->args, audit, v->public_key, seed, choices, &payload);
	else if (exit_code == TB_EXIT_OK)
		exit_code = cast(v, &payload, signature);
	tb_wipe(seed, sizeof seed);
	tb_wipe(signature, sizeof signature);
	tb_buf_release(&payload);
	tb_election_params_free(params);
	return exit_code;
}

static int choose_and_vote(vote *v)
{
	const tb_manifest *m = tb_board_manifest(v->client.board);
	tb_choices choices;
	int exit_code;

	if (tb_choices_new(&choices, m) != TB_OK)
		return tb_args_error(v->args, "out of memory");
	exit_code = tb_choices_take(v->args, m, &choices);
	if (exit_code == TB_EXIT_OK && !tb_args_has(v->args, "audit"))
		exit_code = confirm(v, m, &choices);
	if (exit_code == TB_EXIT_OK)
		exit_code = vote_now(v, &choices);
	tb_choices_release(&choices);
	return exit_code;
}

static int run_vote(const tb_args *args)
{
	vote v = {.args = args, .voter = tb_args_get(args, "voter")};
	char name[TB_ID_MAX + 32];
	bool had_one = false;
	int exit_code;

	if (!tb_id_is_valid(v.voter, strlen(v.voter)))
		return tb_args_error(args, "--voter: expected an id of a-z 0-9 . _ -, found '%s'", v.voter);
	(void)snprintf(v.signer, sizeof v.signer, "voter/%s", v.voter);
	exit_code = tb_client_open(&v.client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&v.client);
	if (exit_code == TB_EXIT_OK)
		exit_code = identify(&v);
	if (exit_code == TB_EXIT_OK)
		exit_code = check_fingerprint(&v);
	if (exit_code == TB_EXIT_OK) {
		(void)snprintf(name, sizeof name, "pending-%s.json", v.voter);
		tb_client_state_path(&v.client, v.pending, sizeof v.pending, name);
		exit_code = resume(&v, &had_one);
	}
	if (exit_code == TB_EXIT_OK && !had_one)
		exit_code = choose_and_vote(&v);
	tb_secret_wipe(&v.key);
	tb_client_close(&v.client);
	return exit_code;
}

static const tb_flag vote_flags[] = {
	{"voter", "ID", "your id on the roll", true, false},
	{"code-file", "FILE", "your voting code; otherwise it is asked for", false, false},
	TB_CHOICES_FLAGS,
	{"fingerprint", "CODE", "the fingerprint that others see: refuse to vote in an election with another",
		false, false},
	{"yes", NULL, "do not ask for confirmation", false, false},
	{"receipt", "FILE", "where to write the receipt (.tlog-proof)", false, false},
	{"audit", "FILE",
		"instead of casting: open the encrypted ballot into FILE, for `tabella audit` elsewhere",
		false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_vote = {
	.name = "vote",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "encrypt and cast a vote, and check that it is recorded",
	.details =
		"Questions and options are named by their ids.  A second vote replaces the first where "
		"the election allows it.\n"
		"After a crash or a lost connection run the command again: the ballot that was signed then "
		"is sent, and no other one\n"
		"is made.  With --json the answer says `resumed` in that case.",
	.flags = vote_flags,
	.run = run_vote,
};
