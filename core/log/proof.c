/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/proof.h"

#include <string.h>

#include "core/base/base64.h"

#define HEADER "c2sp.org/tlog-proof@v1"
#define EXTRA "extra "
#define INDEX "index "

typedef struct lines {
	const char *at;
	size_t left;
	const char *line; /* the one that was taken last, without its newline */
	size_t len;
} lines;

static bool next_line(lines *l)
{
	const char *newline = l->left == 0 ? NULL : memchr(l->at, '\n', l->left);

	if (newline == NULL)
		return false;
	l->line = l->at;
	l->len = (size_t)(newline - l->at);
	l->left -= l->len + 1;
	l->at = newline + 1;
	return true;
}

static bool begins_with(const lines *l, const char *prefix)
{
	return l->len >= strlen(prefix) && memcmp(l->line, prefix, strlen(prefix)) == 0;
}

static tb_err refuse(tb_why *why, tb_err err, const char *what)
{
	tb_why_set(why, "proof: %s", what);
	return err;
}

static tb_err parse_extra(tb_proof *out, tb_buf *room, const lines *l, tb_why *why)
{
	tb_err err;

	tb_buf_unbase64(room, l->line + strlen(EXTRA), l->len - strlen(EXTRA));
	err = tb_buf_status(room);
	if (err != TB_OK)
		return refuse(why, err, "the extra data cannot be read");
	if (room->len == 0) /* none at all is written without the line */
		return refuse(why, TB_ERR_ENCODING, "the extra data is empty");
	if (room->len > TB_PROOF_MAX_EXTRA)
		return refuse(why, TB_ERR_LIMIT, "the extra data is too long");
	out->extra = room->data;
	out->extra_len = room->len;
	return TB_OK;
}

static tb_err parse_path(tb_proof *out, lines *l, tb_why *why)
{
	while (next_line(l)) {
		if (l->len == 0)
			return TB_OK;
		if (out->path.num == TB_MERKLE_MAX_PROOF)
			return refuse(why, TB_ERR_LIMIT, "more hashes than any tree needs");
		if (tb_base64_parse_fixed(out->path.node[out->path.num], TB_MERKLE_BYTES, l->line, l->len) !=
			TB_OK)
			return refuse(why, TB_ERR_ENCODING, "a line of the inclusion proof is no hash");
		out->path.num++;
	}
	return refuse(why, TB_ERR_ENCODING, "there is no empty line before the checkpoint");
}

tb_err tb_proof_parse(tb_proof *out, tb_buf *room, const char *in, size_t in_len, tb_why *why)
{
	lines l = {.at = in, .left = in_len};
	tb_err err;

	*out = (tb_proof){.index = 0};
	tb_buf_clear(room);
	if (in_len > TB_PROOF_MAX_BYTES)
		return refuse(why, TB_ERR_LIMIT, "the file is too long");
	if (!next_line(&l) || l.len != strlen(HEADER) || !begins_with(&l, HEADER))
		return refuse(why, TB_ERR_ENCODING, "the first line is not \"" HEADER "\"");
	if (!next_line(&l))
		return refuse(why, TB_ERR_ENCODING, "there is no index line");
	if (begins_with(&l, EXTRA)) {
		err = parse_extra(out, room, &l, why);
		if (err != TB_OK)
			return err;
		if (!next_line(&l))
			return refuse(why, TB_ERR_ENCODING, "there is no index line");
	}
	if (!begins_with(&l, INDEX))
		return refuse(why, TB_ERR_ENCODING, "there is no index line");
	err = tb_decimal_parse(
		&out->index, l.line + strlen(INDEX), l.len - strlen(INDEX), TB_MERKLE_MAX_SIZE - 1);
	if (err != TB_OK)
		return refuse(why, err, "the index is no number of an entry");
	err = parse_path(out, &l, why);
	if (err != TB_OK)
		return err;
	out->checkpoint_text = l.at;
	out->checkpoint_text_len = l.left;
	err = tb_checkpoint_parse(&out->checkpoint, &out->note, l.at, l.left, why);
	if (err == TB_OK && out->index >= out->checkpoint.size)
		return refuse(why, TB_ERR_RANGE, "the index is not below the size of the checkpoint's tree");
	return err;
}

tb_err tb_proof_write(tb_buf *out, const tb_proof *p)
{
	tb_buf_text(out, HEADER "\n");
	if (p->extra != NULL && p->extra_len > 0) {
		tb_buf_text(out, EXTRA);
		tb_buf_base64(out, p->extra, p->extra_len);
		tb_buf_u8(out, '\n');
	}
	tb_buf_text(out, INDEX);
	tb_buf_decimal(out, p->index);
	tb_buf_u8(out, '\n');
	TB_REQUIRE(p->path.num <= TB_MERKLE_MAX_PROOF);
	for (size_t i = 0; i < p->path.num; i++) {
		tb_buf_base64(out, p->path.node[i], TB_MERKLE_BYTES);
		tb_buf_u8(out, '\n');
	}
	tb_buf_u8(out, '\n');
	tb_buf_append(out, p->checkpoint_text, p->checkpoint_text_len);
	return tb_buf_status(out);
}

tb_err tb_proof_verify(
	const tb_proof *p, const uint8_t leaf[TB_MERKLE_BYTES], const tb_vkey *log_key, tb_why *why)
{
	tb_checkpoint c;
	tb_note note;
	tb_err err = tb_checkpoint_open(&c, &note, p->checkpoint_text, p->checkpoint_text_len, log_key, why);

	/* It was parsed before, so anything but these is a change behind our back. */
	if (err != TB_OK)
		return err == TB_ERR_MEMORY ? err : TB_ERR_SIGNATURE;
	err = tb_merkle_verify_inclusion(&p->path, leaf, p->index, c.size, c.root);
	if (err != TB_OK)
		tb_why_set(why, "proof: it does not lead from this entry to the root of the checkpoint");
	return err;
}
