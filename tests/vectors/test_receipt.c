/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts [RECEIPT] as a voter checks them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ballot.h"
#include "core/log/receipt.h"
#include "tests/support/vectors.h"

static const char *write(const tb_vector *v)
{
	const struct json_t *hashes = tb_vector_member(v->in, "proof");
	tb_proof proof = {.index = tb_vector_int(v->in, "index"),
		.checkpoint_text = tb_vector_text(v->in, "note_text")};
	tb_buf entry, written;

	tb_vector_bytes(&entry, v->in, "entry");
	proof.extra = entry.data;
	proof.extra_len = entry.len;
	proof.checkpoint_text_len = strlen(proof.checkpoint_text);
	proof.path.num = tb_vector_num(hashes);
	assert_true(proof.path.num <= TB_MERKLE_MAX_PROOF);
	for (size_t i = 0; i < proof.path.num; i++)
		tb_vector_item_exactly(proof.path.node[i], TB_MERKLE_BYTES, hashes, i);
	tb_buf_init(&written, TB_PROOF_MAX_BYTES);
	assert_int_equal(tb_proof_write(&written, &proof), TB_OK);
	tb_vector_expect_text(v->out, "receipt_text", tb_buf_cstr(&written));
	tb_buf_release(&entry);
	tb_buf_release(&written);
	return NULL;
}

static void expect_receipt(const struct json_t *out, const tb_receipt *r)
{
	char printed[TB_TRACKER_TEXT];

	tb_vector_expect_int(out, "index", r->proof.index);
	assert_int_equal(r->entry.role, TB_ROLE_VOTER);
	tb_vector_expect_text(out, "voter", r->entry.signer_id);
	tb_vector_expect_int(out, "time", r->entry.time);
	tb_vector_expect_bytes(out, "tracker", r->entry.payload_hash, 32);
	tb_ballot_tracker_text(printed, r->entry.payload_hash);
	tb_vector_expect_text(out, "printed", printed);
	tb_vector_expect_bytes(out, "leaf", r->leaf, 32);
	tb_vector_expect_int(out, "size", r->proof.checkpoint.size);
	tb_vector_expect_bytes(out, "root", r->proof.checkpoint.root, 32);
}

static const char *verify(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "receipt_text");
	uint8_t public_key[32];
	tb_buf extra, room;
	tb_receipt r;
	tb_vkey key;
	tb_fault fault;
	tb_err err;

	tb_vector_exactly(public_key, sizeof public_key, v->in, "public");
	assert_int_equal(
		tb_vkey_init(&key, tb_vector_text(v->in, "origin"), TB_VKEY_ED25519, public_key), TB_OK);
	tb_buf_init(&extra, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_receipt_open(&r, &extra, &room, text, strlen(text), &key, &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	if (err == TB_OK && v->out != NULL)
		expect_receipt(v->out, &r);
	/* The receipt of another entry is right in itself; a voter compares what it is of. */
	if (err == TB_OK && r.entry.type != TB_ENTRY_BALLOT)
		err = tb_fault_set(&fault, "RECEIPT", "type", "ballot", tb_entry_type_name(r.entry.type));
	tb_buf_release(&extra);
	tb_buf_release(&room);
	return err == TB_OK ? NULL : fault.rule;
}

int main(void)
{
	static const char *const topics[] = {"receipt"};
	static const tb_vector_op ops[] = {{"receipt.write", write}, {"receipt.verify", verify}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
