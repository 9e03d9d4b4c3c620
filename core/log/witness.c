/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/witness.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/fork.h"
#include "crypto/hash.h"
#include "crypto/wipe.h"

#define PATH_BYTES 4096
#define MARGIN 256

/* ---- requests ---- */

static tb_err refuse(tb_why *why, const char *what)
{
	tb_why_set(why, "add-checkpoint: expected %s", what);
	return TB_ERR_ENCODING;
}

/* The next line without its newline, or NULL. */
static const char *next_line(const char **at, const char *end, size_t *len)
{
	const char *line = *at, *newline = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;

	if (newline == NULL)
		return NULL;
	*len = (size_t)(newline - line);
	*at = newline + 1;
	return line;
}

tb_err tb_add_checkpoint_parse(tb_add_checkpoint *out, const char *in, size_t in_len, tb_why *why)
{
	const char *at = in, *end = in + in_len, *line;
	size_t len;

	if (in_len > TB_WITNESS_REQUEST_MAX)
		return refuse(why, "a smaller request");
	line = next_line(&at, end, &len);
	if (line == NULL || len < 5 || memcmp(line, "old ", 4) != 0 ||
		tb_decimal_parse(&out->old_size, line + 4, len - 4, TB_MERKLE_MAX_SIZE) != TB_OK)
		return refuse(why, "a first line \"old \" with a size");
	out->proof.num = 0;
	while ((line = next_line(&at, end, &len)) != NULL && len > 0) {
		if (out->proof.num == TB_MERKLE_MAX_PROOF ||
			tb_base64_parse_fixed(out->proof.node[out->proof.num], TB_MERKLE_BYTES, line, len) !=
				TB_OK)
			return refuse(why, "at most 49 lines of 32 bytes in base64");
		out->proof.num++;
	}
	if (line == NULL)
		return refuse(why, "an empty line before the checkpoint");
	out->text = at;
	out->text_len = (size_t)(end - at);
	return tb_checkpoint_parse(&out->checkpoint, &out->note, out->text, out->text_len, why);
}

tb_err tb_add_checkpoint_write(
	tb_buf *out, uint64_t old_size, const tb_merkle_proof *proof, const char *text, size_t text_len)
{
	tb_buf_text(out, "old ");
	tb_buf_decimal(out, old_size);
	tb_buf_text(out, "\n");
	for (size_t i = 0; i < proof->num; i++) {
		tb_buf_base64(out, proof->node[i], TB_MERKLE_BYTES);
		tb_buf_text(out, "\n");
	}
	tb_buf_text(out, "\n");
	tb_buf_append(out, text, text_len);
	return tb_buf_status(out);
}

/* ---- the witness ---- */

typedef struct known_log {
	tb_vkey key;
	char hash[65];      /* of its origin */
	tb_checkpoint last; /* size 0: never cosigned */
	tb_buf text;        /* that head as it stands in the folder */
} known_log;

struct tb_witness {
	char folder[PATH_BYTES - MARGIN];
	int lock_fd;
	tb_vkey key;
	tb_sign_secret secret;
	pthread_mutex_t lock; /* of what the logs remember */
	known_log *logs;
	size_t num_logs;
};

static void path_of(const tb_witness *w, const known_log *log, char out[PATH_BYTES], const char *name)
{
	(void)snprintf(out, PATH_BYTES, "%s/%s/%s", w->folder, log->hash, name);
}

/* Two processes with one memory each would cosign two histories. */
static tb_err take_lock(tb_witness *w, tb_why *why)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof path, "%s/lock", w->folder);
	w->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->lock_fd < 0) {
		tb_why_set(why, "%s: it cannot be opened", path);
		return TB_ERR_IO;
	}
	if (flock(w->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return TB_OK;
	tb_why_set(why, "%s: another witness uses this folder", w->folder);
	return TB_ERR_STATE;
}

/* What was cosigned last.  A head that is not signed by both is not one that this witness wrote: rather none than a wrong memory. */
static tb_err recall(tb_witness *w, known_log *log, tb_why *why)
{
	char path[PATH_BYTES];
	uint64_t time;
	tb_note note;
	tb_err err;

	path_of(w, log, path, "checkpoint");
	if (!tb_file_exists(path))
		return TB_OK;
	err = tb_file_read(&log->text, path, why);
	if (err != TB_OK)
		return err;
	err = tb_checkpoint_open(
		&log->last, &note, (const char *)log->text.data, log->text.len, &log->key, why);
	if (err == TB_OK)
		err = tb_note_verify(&note, &w->key, &time);
	if (err == TB_OK || err == TB_ERR_MEMORY)
		return err;
	tb_why_set(why,
		"%s: not a head of %s that this witness has cosigned; mend it, a witness must not forget",
		path, log->key.name);
	return TB_ERR_PROOF;
}

static tb_err add_logs(tb_witness *w, const tb_witness_config *config, tb_why *why)
{
	tb_err err = TB_OK;

	w->logs = calloc(config->num_logs + 1, sizeof *w->logs);
	if (w->logs == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < config->num_logs && err == TB_OK; i++) {
		known_log *log = &w->logs[w->num_logs++];
		uint8_t hash[32];

		tb_buf_init(&log->text, TB_NOTE_MAX_BYTES);
		log->key = config->logs[i];
		tb_sha256(hash, log->key.name, strlen(log->key.name));
		tb_hex_write(log->hash, hash, sizeof hash);
		err = recall(w, log, why);
	}
	return err;
}

tb_err tb_witness_open(tb_witness **out, const tb_witness_config *config, tb_why *why)
{
	tb_witness *w = calloc(1, sizeof *w);
	tb_err err;

	*out = NULL;
	if (w == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(pthread_mutex_init(&w->lock, NULL) == 0);
	w->lock_fd = -1;
	w->key = config->key;
	w->secret = config->secret;
	if ((size_t)snprintf(w->folder, sizeof w->folder, "%s", config->folder) >= sizeof w->folder) {
		tb_why_set(why, "the path of the folder is too long");
		err = TB_ERR_IO;
	} else {
		err = tb_file_make_dirs(w->folder, TB_FILE_PRIVATE, why);
	}
	if (err == TB_OK)
		err = take_lock(w, why);
	if (err == TB_OK)
		err = add_logs(w, config, why);
	if (err != TB_OK) {
		tb_witness_close(w);
		return err;
	}
	*out = w;
	return TB_OK;
}

void tb_witness_close(tb_witness *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->num_logs; i++)
		tb_buf_release(&w->logs[i].text);
	free(w->logs);
	if (w->lock_fd >= 0)
		(void)close(w->lock_fd);
	(void)pthread_mutex_destroy(&w->lock);
	tb_wipe(&w->secret, sizeof w->secret);
	free(w);
}

/* ---- answers ---- */

static unsigned say(tb_buf *answer, unsigned status, const char *text)
{
	tb_buf_text(answer, text);
	tb_buf_text(answer, "\n");
	return status;
}

/* Two heads of one size with two roots are evidence by themselves.  Nothing is signed either way; *what says whether it could be kept. */
static const char *keep_evidence(const tb_witness *w, const known_log *log, const tb_add_checkpoint *r)
{
	char path[PATH_BYTES], name[80];
	tb_buf text, file;
	tb_fork fork;
	tb_why why;
	tb_err err;

	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	tb_fork_init(&fork);
	tb_buf_append(&text, r->text, r->text_len);
	(void)snprintf(name, sizeof name, "%" PRIu64 ".fork", r->checkpoint.size);
	path_of(w, log, path, name);
	err = tb_fork_make(&fork, &log->key, &log->text, &text, NULL, &why);
	if (err == TB_OK)
		err = tb_fork_write(&file, &fork);
	if (err == TB_OK)
		err = tb_file_write(path, file.data, file.len, TB_FILE_PUBLIC, &why);
	tb_fork_release(&fork);
	tb_buf_release(&file);
	tb_buf_release(&text);
	return err == TB_OK
		       ? "another head of this size was cosigned: the log is forked, and the evidence is kept"
		       : "another head of this size was cosigned: the log is forked";
}

/* Does the new head continue the old one?  In the order of C2SP tlog-witness. */
static unsigned judge(const tb_witness *w, const known_log *log, const tb_add_checkpoint *r, tb_buf *answer)
{
	const tb_checkpoint *old = &log->last, *new = &r->checkpoint;
	uint8_t empty[TB_MERKLE_BYTES];

	if (r->old_size > new->size)
		return say(answer, 400, "the old size is above that of the checkpoint");
	if (r->old_size != old->size) {
		tb_buf_decimal(answer, old->size);
		tb_buf_text(answer, "\n");
		return 409;
	}
	tb_merkle_empty(empty);
	if (new->size == 0 && memcmp(new->root, empty, sizeof empty) != 0)
		return say(answer, 422, "an empty log has another root");
	if (old->size == 0)
		return r->proof.num == 0 ? 200 : say(answer, 422, "nothing is to be proved from size 0");
	if (tb_merkle_verify_consistency(&r->proof, old->size, old->root, new->size, new->root) == TB_OK)
		return 200;
	if (old->size == new->size && memcmp(old->root, new->root, sizeof old->root) != 0)
		return say(answer, 409, keep_evidence(w, log, r));
	return say(answer, 422, "the proof does not show that this head continues the one that was cosigned");
}

/*
 * The note as the log signed it, without other lines, and the cosignature: *line is the answer, *text what is kept.  One line of the log's:
 * anybody can hand in its head with the line repeated as often as a note may have lines, and with ours there would be too many to
 * read the memory again.
 */
static tb_err cosign(const tb_witness *w, const known_log *log, const tb_add_checkpoint *r, uint64_t now,
	tb_buf *line, tb_buf *text)
{
	uint8_t signature[TB_COSIGNATURE_BYTES];
	tb_err err = tb_checkpoint_cosign(signature, &r->checkpoint, now, &w->secret);

	if (err != TB_OK)
		return err;
	tb_note_write_line(line, w->key.name, w->key.id, signature, sizeof signature);
	tb_buf_append(text, r->note.text, r->note.text_len);
	tb_buf_text(text, "\n");
	tb_note_copy_line(text, &r->note, &log->key);
	tb_buf_append(text, line->data, line->len);
	err = tb_buf_status(text);
	return err == TB_OK ? tb_buf_status(line) : err;
}

/* Durable first, then answered. */
static unsigned sign_and_keep(
	tb_witness *w, known_log *log, const tb_add_checkpoint *r, uint64_t now, tb_buf *answer)
{
	char path[PATH_BYTES];
	tb_buf line, text;
	tb_why why;
	tb_err err;

	tb_buf_init(&line, TB_NOTE_MAX_BYTES);
	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	path_of(w, log, path, "checkpoint");
	err = cosign(w, log, r, now, &line, &text);
	if (err == TB_OK)
		err = tb_file_make_parents(path, TB_FILE_PRIVATE, &why);
	if (err == TB_OK)
		err = tb_file_write(path, text.data, text.len, TB_FILE_PUBLIC, &why);
	if (err == TB_OK) {
		log->last = r->checkpoint;
		tb_buf_release(&log->text);
		log->text = text;
		tb_buf_init(&text, TB_NOTE_MAX_BYTES);
		tb_buf_append(answer, line.data, line.len);
	}
	tb_buf_release(&line);
	tb_buf_release(&text);
	return err == TB_OK ? 200 : say(answer, 500, "the state cannot be written: nothing was signed");
}

static known_log *find_log(tb_witness *w, const char *origin)
{
	for (size_t i = 0; i < w->num_logs; i++)
		if (strcmp(w->logs[i].key.name, origin) == 0)
			return &w->logs[i];
	return NULL;
}

unsigned tb_witness_add(tb_witness *w, const void *body, size_t body_len, uint64_t now, tb_buf *answer)
{
	tb_add_checkpoint r;
	known_log *log;
	uint64_t time = 0;
	tb_why why = {""};
	unsigned status;

	if (tb_add_checkpoint_parse(&r, body, body_len, &why) != TB_OK)
		return say(answer, 400, why.text);
	log = find_log(w, r.checkpoint.origin);
	if (log == NULL)
		return say(answer, 404, "this log is not known here");
	if (tb_note_verify(&r.note, &log->key, &time) != TB_OK)
		return say(answer, 403, "there is no right signature by the key of this log");
	(void)pthread_mutex_lock(&w->lock);
	status = judge(w, log, &r, answer);
	if (status == 200)
		status = sign_and_keep(w, log, &r, now, answer);
	(void)pthread_mutex_unlock(&w->lock);
	return tb_buf_status(answer) == TB_OK ? status : 500;
}

unsigned tb_witness_latest(tb_witness *w, const char *origin_hash, tb_buf *answer)
{
	unsigned status = 404;

	(void)pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->num_logs; i++)
		if (strcmp(w->logs[i].hash, origin_hash) == 0 && w->logs[i].text.len > 0) {
			tb_buf_append(answer, w->logs[i].text.data, w->logs[i].text.len);
			status = 200;
		}
	(void)pthread_mutex_unlock(&w->lock);
	if (status == 404)
		return say(answer, 404, "nothing was cosigned for such a log");
	return tb_buf_status(answer) == TB_OK ? 200 : 500;
}
