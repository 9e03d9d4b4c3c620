/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of a forked log [LOG.FORK]: the same bytes as client-js makes of the same heads and entries, and none accepted where it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/log/fork.h"
#include "core/log/history.h"
#include "tests/support/vectors.h"

static void key_of(tb_vkey *out, const struct json_t *in)
{
	uint8_t public_key[32];

	tb_vector_exactly(public_key, sizeof public_key, in, "public");
	assert_int_equal(tb_vkey_init(out, tb_vector_text(in, "name"), TB_VKEY_ED25519, public_key), TB_OK);
}

static tb_history *log_of(const struct json_t *entries)
{
	uint8_t leaf[TB_MERKLE_BYTES];
	tb_history *h;

	assert_int_equal(tb_history_new(&h), TB_OK);
	for (size_t i = 0; i < tb_vector_num(entries); i++) {
		tb_buf entry;

		tb_vector_item_bytes(&entry, entries, i);
		tb_merkle_leaf(leaf, entry.data, entry.len);
		assert_int_equal(tb_history_append(h, leaf), TB_OK);
		tb_buf_release(&entry);
	}
	return h;
}

static const char *write(const tb_vector *v)
{
	const struct json_t *notes = tb_vector_member(v->in, "notes");
	tb_history *log = log_of(tb_vector_member(v->in, "entries"));
	tb_merkle_reader nodes = tb_history_reader(log);
	tb_buf note[2], file;
	tb_vkey key;
	tb_fork f;
	tb_why why;

	key_of(&key, v->in);
	for (size_t i = 0; i < 2; i++) {
		tb_buf_init(&note[i], TB_NOTE_MAX_BYTES);
		tb_buf_text(&note[i], tb_vector_item_text(notes, i));
	}
	tb_fork_init(&f);
	assert_int_equal(tb_fork_make(&f, &key, &note[0], &note[1], &nodes, &why), TB_OK);
	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	assert_int_equal(tb_fork_write(&file, &f), TB_OK);
	tb_vector_expect_text(v->out, "evidence_text", tb_buf_cstr(&file));
	tb_fork_release(&f);
	tb_buf_release(&file);
	tb_buf_release(&note[0]);
	tb_buf_release(&note[1]);
	tb_history_free(log);
	return NULL;
}

static void expect(const struct json_t *out, const tb_fork *f)
{
	const struct json_t *sizes = tb_vector_member(out, "sizes"), *roots = tb_vector_member(out, "roots");

	tb_vector_expect_text(out, "name", f->key.name);
	tb_vector_expect_bytes(out, "public", f->key.key, sizeof f->key.key);
	tb_vector_expect_int(out, "nodes", f->nodes.num);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(tb_vector_item_int(sizes, i), f->checkpoint[i].size);
		tb_vector_expect_item(roots, i, f->checkpoint[i].root, TB_MERKLE_BYTES);
	}
}

static const char *parse(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "evidence_text");
	tb_why why = {""};
	tb_fork f;
	tb_err err;

	tb_fork_init(&f);
	err = tb_fork_parse(&f, text, strlen(text), &why);
	if (err == TB_OK && v->out != NULL)
		expect(v->out, &f);
	tb_fork_release(&f);
	assert_true(
		err == TB_OK || (err == TB_ERR_ENCODING || err == TB_ERR_SIGNATURE || err == TB_ERR_PROOF));
	return err == TB_OK ? NULL : "LOG.FORK";
}

int main(void)
{
	static const char *const topics[] = {"fork"};
	static const tb_vector_op ops[] = {{"fork.write", write}, {"fork.parse", parse}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
