/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/common_client.h"
#include "cli/common_repeat.h"
#include "core/log/witness.h"

/*
 * Brings heads of a log to witnesses, and their cosignatures back to the server [WITNESS] [WITNESS.POLICY].  It holds no key and is believed by
 * nobody: anyone may run it, and the server itself, which is shut in and connects to nobody, need not.
 */

enum { DEFAULT_INTERVAL = 5, MAX_INTERVAL = 86400, MAX_TRIES = 3 };

typedef struct feeder {
	const tb_args *args;
	tb_client client;                /* the manifest, and with it the witnesses' keys */
	uint64_t fed;                    /* size of the head that enough witnesses have cosigned */
	uint64_t seen[TB_MAX_WITNESSES]; /* size that each witness cosigned last, by the order of --witness */
	bool has[TB_MAX_WITNESSES];      /* is that of the manifest under this head already? */
} feeder;

/* ---- one witness ---- */

static int consistency(feeder *f, tb_merkle_proof *proof, uint64_t old_size, uint64_t size)
{
	tb_tile_reader *tiles = NULL;
	tb_merkle_reader nodes;
	tb_err err = tb_tile_reader_new(&tiles, f->client.source, size);

	if (err == TB_OK) {
		nodes = tb_tile_reader_nodes(tiles);
		err = tb_merkle_prove_consistency(proof, &nodes, old_size, size);
	}
	tb_tile_reader_free(tiles);
	return err == TB_OK ? TB_EXIT_OK
			    : tb_args_error(f->args, "cannot read the log's tiles: %s", tb_err_text(err));
}

/* Asks once; *size becomes what the witness says it cosigned last when it is not what we thought (409). */
static int ask(feeder *f, const char *url, const tb_checkpoint *head, const tb_buf *text, uint64_t *size,
	long *status, tb_buf *answer)
{
	char address[TB_URL_MAX + 32], what[300];
	tb_merkle_proof proof = {.num = 0};
	tb_response response;
	tb_buf request;
	tb_fault fault;
	tb_err err;
	int exit_code = *size > 0 ? consistency(f, &proof, *size, head->size) : TB_EXIT_OK;

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	(void)snprintf(address, sizeof address, "%s/add-checkpoint", url);
	tb_buf_init(&request, TB_WITNESS_REQUEST_MAX);
	err = tb_add_checkpoint_write(&request, *size, &proof, (const char *)text->data, text->len);
	if (err == TB_OK)
		err = tb_fetch_post_text(
			f->client.fetch, answer, &response, address, request.data, request.len, &fault);
	tb_buf_release(&request);
	if (err != TB_OK) {
		tb_fault_text(&fault, what, sizeof what);
		return tb_args_error(f->args, "%s", what);
	}
	*status = response.status;
	if (response.status == 409) {
		size_t len = answer->len > 0 && answer->data[answer->len - 1] == '\n' ? answer->len - 1
										      : answer->len;
		if (tb_decimal_parse(size, (const char *)answer->data, len, TB_MERKLE_MAX_SIZE) == TB_OK)
			return TB_EXIT_WAIT; /* once more, from there */
	}
	if (response.status == 200)
		return TB_EXIT_OK;
	(void)tb_args_error(f->args, "%s answered %ld: %.200s", url, response.status, tb_buf_cstr(answer));
	return TB_EXIT_NO;
}

/* Adds to *cosigned the right lines of this election's witnesses in *note that it does not have yet; how many of them *note has.  Nothing
 * else goes on: one witness that answers with rubbish must not spoil the head for the others. */
static uint32_t take_lines(feeder *f, const tb_note *note, tb_buf *cosigned)
{
	const tb_manifest *m = tb_board_manifest(f->client.board);
	uint32_t num = 0;

	for (uint32_t i = 0; i < m->num_witnesses; i++) {
		uint64_t time;
		tb_vkey key;

		if (tb_vkey_init(&key, m->witnesses[i].name, TB_VKEY_COSIGNATURE, m->witnesses[i].key) !=
				TB_OK ||
			tb_note_verify(note, &key, &time) != TB_OK)
			continue;
		if (!f->has[i])
			tb_note_copy_line(cosigned, note, &key);
		f->has[i] = true;
		num++;
	}
	return num;
}

/* The lines that a witness answered, under the head that it was asked about. */
static int take_answer(
	feeder *f, const char *url, const tb_note *head, const tb_buf *answer, tb_buf *cosigned)
{
	uint32_t num = 0;
	tb_note note;
	tb_why why;
	tb_buf text;

	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	tb_buf_append(&text, head->text, head->text_len);
	tb_buf_u8(&text, '\n');
	tb_buf_append(&text, answer->data, answer->len);
	/* Where the note's text ends decides over what the signatures are: it must be the head, and nothing of the answer. */
	if (tb_buf_status(&text) == TB_OK &&
		tb_note_parse(&note, (const char *)text.data, text.len, &why) == TB_OK &&
		note.text_len == head->text_len)
		num = take_lines(f, &note, cosigned);
	tb_buf_release(&text);
	if (num > 0)
		return TB_EXIT_OK;
	(void)tb_args_error(f->args, "%s answered no cosignature of a witness of this election", url);
	return TB_EXIT_NO;
}

/* Asks a witness until it and we agree on what it cosigned last. */
static int cosign_with(feeder *f, size_t i, const char *url, const tb_checkpoint *head, const tb_note *note,
	const tb_buf *text, tb_buf *cosigned)
{
	int exit_code = TB_EXIT_WAIT;
	long status = 0;
	tb_buf answer;

	tb_buf_init(&answer, 65536);
	for (unsigned tries = 0; exit_code == TB_EXIT_WAIT && tries < MAX_TRIES; tries++) {
		if (f->seen[i] > head->size) {
			/* It has seen more than this server shows us now: asked anew next time. */
			f->seen[i] = 0;
			break;
		}
		exit_code = ask(f, url, head, text, &f->seen[i], &status, &answer);
	}
	if (exit_code == TB_EXIT_OK)
		exit_code = take_answer(f, url, note, &answer, cosigned);
	if (exit_code == TB_EXIT_OK)
		f->seen[i] = head->size;
	tb_buf_release(&answer);
	return exit_code;
}

/* ---- one head ---- */

static int hand_in(feeder *f, const tb_checkpoint *head, const tb_buf *cosigned)
{
	const tb_manifest *m = tb_board_manifest(f->client.board);
	char url[TB_URL_MAX + 128], text[300];
	tb_response response;
	uint32_t num = 0;
	tb_buf answer;
	tb_fault fault;
	tb_err err;
	int exit_code = TB_EXIT_OK;

	for (uint32_t i = 0; i < m->num_witnesses; i++)
		num += f->has[i] ? 1 : 0;
	tb_client_url(&f->client, url, "log/cosignatures");
	tb_buf_init(&answer, 65536);
	err = tb_fetch_post_text(
		f->client.fetch, &answer, &response, url, cosigned->data, cosigned->len, &fault);
	if (err != TB_OK) {
		tb_fault_text(&fault, text, sizeof text);
		exit_code = tb_args_error(f->args, "%s", text);
	} else if (response.status != 200) {
		tb_fetch_problem(&response, &answer, text, sizeof text);
		(void)tb_args_error(f->args, "refused by the server: %s", text);
		exit_code = TB_EXIT_NO;
	}
	tb_buf_release(&answer);
	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (num >= m->witnesses_needed)
		f->fed = head->size;
	printf(tb_args_json(f->args)
			? "{\"size\":%" PRIu64 ",\"cosigned\":%" PRIu32 ",\"needed\":%" PRIu32 "}\n"
			: "%" PRIu64 " entries: cosigned by %" PRIu32 " witnesses, %" PRIu32 " are needed\n",
		head->size, num, m->witnesses_needed);
	(void)fflush(stdout);
	return num >= m->witnesses_needed ? TB_EXIT_OK : TB_EXIT_WAIT;
}

/* The head as the log alone has signed it: what witnesses are asked about. */
static int get_head(feeder *f, tb_checkpoint *head, tb_note *note, tb_buf *text)
{
	tb_why why = {""};

	tb_buf_clear(text);
	if (tb_source_get(f->client.source, TB_CHECKPOINT_PATH, text, &why) != TB_OK)
		return tb_args_error(f->args, "cannot get the checkpoint: %s", why.text);
	if (tb_checkpoint_open(head, note, (const char *)text->data, text->len, &f->client.log_key, &why) ==
		TB_OK)
		return TB_EXIT_OK;
	(void)tb_args_error(f->args, "LOG.CHECKPOINT: %s", why.text);
	return TB_EXIT_NO;
}

static int feed_once(feeder *f)
{
	const char *url;
	tb_checkpoint head;
	tb_note note;
	tb_buf text, cosigned;
	int exit_code, worst = TB_EXIT_OK;
	uint32_t num;

	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	tb_buf_init(&cosigned, TB_NOTE_MAX_BYTES);
	memset(f->has, 0, sizeof f->has);
	exit_code = get_head(f, &head, &note, &text);
	if (exit_code == TB_EXIT_OK && head.size != f->fed) {
		tb_buf_append(&cosigned, note.text, note.text_len);
		tb_buf_u8(&cosigned, '\n');
		tb_note_copy_line(&cosigned, &note, &f->client.log_key);
		num = take_lines(f, &note, &cosigned); /* what others have brought before */
		for (size_t i = 0; (url = tb_args_get_nth(f->args, "witness", i)) != NULL; i++) {
			int code = cosign_with(f, i, url, &head, &note, &text, &cosigned);

			num += code == TB_EXIT_OK ? 1 : 0;
			worst = code > worst ? code : worst;
		}
		exit_code = num > 0 ? hand_in(f, &head, &cosigned) : TB_EXIT_NO;
		if (exit_code == TB_EXIT_NO && worst > TB_EXIT_NO)
			exit_code = worst;
	}
	tb_buf_release(&text);
	tb_buf_release(&cosigned);
	return exit_code;
}

static void feed_again(void *ctx)
{
	(void)feed_once(ctx); /* what failed has been said, and is tried again */
}

static int feed(feeder *f, uint64_t interval)
{
	if (tb_args_has(f->args, "once"))
		return feed_once(f);
	tb_repeat(interval, feed_again, f);
	return TB_EXIT_OK;
}

static int check_urls(const tb_args *args)
{
	const char *url;
	size_t i;

	for (i = 0; (url = tb_args_get_nth(args, "witness", i)) != NULL; i++)
		if (!tb_url_is(url) || strlen(url) >= TB_URL_MAX || url[strlen(url) - 1] == '/')
			return tb_args_error(args,
				"--witness: expected http[s]://host/path without a slash at its end, found "
				"'%s'",
				url);
	return i <= TB_MAX_WITNESSES ? TB_EXIT_OK
				     : tb_args_error(args, "--witness: at most %d", TB_MAX_WITNESSES);
}

static int run_feed(const tb_args *args)
{
	feeder f = {.args = args};
	uint64_t interval = DEFAULT_INTERVAL;
	int exit_code = check_urls(args);

	if (exit_code != TB_EXIT_OK)
		return exit_code;
	if (!tb_args_number(args, "interval", 1, MAX_INTERVAL, &interval))
		return TB_EXIT_USAGE;
	exit_code = tb_client_open(&f.client, args, TB_CLIENT_SETUP);
	if (exit_code == TB_EXIT_OK)
		exit_code = tb_client_require_url(&f.client);
	if (exit_code == TB_EXIT_OK && tb_board_manifest(f.client.board)->num_witnesses == 0)
		exit_code = tb_args_error(args, "the manifest of this election names no witnesses");
	if (exit_code == TB_EXIT_OK)
		exit_code = feed(&f, interval);
	tb_client_close(&f.client);
	return exit_code;
}

static const tb_flag feed_flags[] = {
	{"witness", "URL", "where a witness takes checkpoints (its submission prefix); once for each", true,
		true},
	{"once", NULL, "once, and end: exit code 3 when fewer than needed have cosigned", false, false},
	{"interval", "SECONDS", "look for a new head this often (5)", false, false},
	TB_CLIENT_FLAGS,
	{NULL, NULL, NULL, false, false},
};

const tb_command tb_cmd_feed = {
	.name = "feed",
	.operands = "BOARD",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "bring heads of the log to witnesses, and their cosignatures to the server",
	.details = "Holds no key and needs no trust.  Run it beside the server, or anywhere.",
	.flags = feed_flags,
	.run = run_feed,
};
