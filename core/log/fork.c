/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/fork.h"

#include <string.h>

#include "core/base/base64.h"

#define HEADER "tabella/log-fork@v1"

void tb_fork_init(tb_fork *f)
{
	memset(f, 0, sizeof *f);
	for (size_t i = 0; i < 2; i++)
		tb_buf_init(&f->text[i], TB_NOTE_MAX_BYTES);
}

void tb_fork_release(tb_fork *f)
{
	for (size_t i = 0; i < 2; i++)
		tb_buf_release(&f->text[i]);
}

/* Signatures, order, nodes: all that makes evidence of it. */
static tb_err check(tb_fork *f, tb_why *why)
{
	tb_note note;
	tb_err err;

	for (size_t i = 0; i < 2; i++) {
		err = tb_checkpoint_open(&f->checkpoint[i], &note, (const char *)f->text[i].data,
			f->text[i].len, &f->key, why);
		if (err != TB_OK)
			return err;
	}
	err = tb_merkle_verify_fork(&f->nodes, f->checkpoint[0].size, f->checkpoint[0].root,
		f->checkpoint[1].size, f->checkpoint[1].root);
	if (err != TB_OK)
		tb_why_set(why, "evidence: the two checkpoints and the nodes do not contradict each other");
	return err;
}

tb_err tb_fork_make(tb_fork *f, const tb_vkey *key, const tb_buf *one, const tb_buf *other,
	const tb_merkle_reader *nodes, tb_why *why)
{
	const tb_buf *text[2] = {one, other};
	tb_note note;
	tb_err err = TB_OK;

	f->key = *key;
	f->nodes.num = 0;
	for (size_t i = 0; i < 2 && err == TB_OK; i++)
		err = tb_checkpoint_open(
			&f->checkpoint[i], &note, (const char *)text[i]->data, text[i]->len, key, why);
	if (err != TB_OK)
		return err;
	if (f->checkpoint[0].size > f->checkpoint[1].size) {
		text[0] = other;
		text[1] = one;
	}
	for (size_t i = 0; i < 2 && err == TB_OK; i++) {
		tb_buf_clear(&f->text[i]);
		tb_buf_append(&f->text[i], text[i]->data, text[i]->len);
		err = tb_buf_status(&f->text[i]);
		if (err == TB_OK)
			err = tb_checkpoint_open(&f->checkpoint[i], &note, (const char *)f->text[i].data,
				f->text[i].len, key, why);
	}
	if (err == TB_OK && f->checkpoint[0].size > 0 && f->checkpoint[0].size < f->checkpoint[1].size)
		err = tb_merkle_prove_fork(&f->nodes, nodes, f->checkpoint[0].size, f->checkpoint[1].size);
	if (err != TB_OK)
		tb_why_set(why, "evidence: the larger tree cannot be read: %s", tb_err_text(err));
	return err == TB_OK ? check(f, why) : err;
}

static void put_line(tb_buf *out, const char *word, const void *bytes, size_t len)
{
	tb_buf_text(out, word);
	tb_buf_base64(out, bytes, len);
	tb_buf_text(out, "\n");
}

tb_err tb_fork_write(tb_buf *out, const tb_fork *f)
{
	tb_buf_text(out, HEADER "\nkey ");
	tb_vkey_write(out, &f->key);
	tb_buf_text(out, "\n");
	for (size_t i = 0; i < 2; i++)
		put_line(out, "checkpoint ", f->text[i].data, f->text[i].len);
	for (size_t i = 0; i < f->nodes.num; i++)
		put_line(out, "node ", f->nodes.node[i], TB_MERKLE_BYTES);
	return tb_buf_status(out);
}

/* ---- reading ---- */

typedef struct rest {
	const char *at, *end;
} rest;

/* What stands behind `word` in the next line; NULL when the line is another one. */
static const char *take(rest *r, const char *word, size_t *len)
{
	const char *newline = r->at < r->end ? memchr(r->at, '\n', (size_t)(r->end - r->at)) : NULL, *value;
	size_t word_len = strlen(word);

	if (newline == NULL || (size_t)(newline - r->at) < word_len || memcmp(r->at, word, word_len) != 0)
		return NULL;
	value = r->at + word_len;
	*len = (size_t)(newline - value);
	r->at = newline + 1;
	return value;
}

static tb_err refuse(tb_why *why, const char *expected)
{
	tb_why_set(why, "evidence: expected %s", expected);
	return TB_ERR_ENCODING;
}

tb_err tb_fork_parse(tb_fork *f, const char *in, size_t in_len, tb_why *why)
{
	rest r = {.at = in, .end = in + in_len};
	const char *value;
	size_t len;

	if (in_len > TB_FORK_MAX_BYTES)
		return refuse(why, "a smaller file");
	if (take(&r, HEADER, &len) == NULL || len != 0)
		return refuse(why, "the first line " HEADER);
	value = take(&r, "key ", &len);
	if (value == NULL || tb_vkey_parse(&f->key, value, len) != TB_OK || f->key.type != TB_VKEY_ED25519)
		return refuse(why, "a line \"key \" with the key of the log");
	for (size_t i = 0; i < 2; i++) {
		tb_buf_clear(&f->text[i]);
		value = take(&r, "checkpoint ", &len);
		if (value == NULL)
			return refuse(why, "two lines \"checkpoint \"");
		tb_buf_unbase64(&f->text[i], value, len);
		if (tb_buf_status(&f->text[i]) != TB_OK)
			return refuse(why, "base64 of a signed note");
	}
	f->nodes.num = 0;
	while ((value = take(&r, "node ", &len)) != NULL) {
		if (f->nodes.num == TB_MERKLE_MAX_PROOF || tb_base64_parse_fixed(f->nodes.node[f->nodes.num],
								   TB_MERKLE_BYTES, value, len) != TB_OK)
			return refuse(why, "at most 49 nodes of 32 bytes in base64");
		f->nodes.num++;
	}
	return r.at == r.end ? check(f, why) : refuse(why, "nothing after the nodes");
}
