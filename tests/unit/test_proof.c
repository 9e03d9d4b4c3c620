/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/history.h"
#include "core/log/proof.h"

#define ORIGIN "example.org/e/sample"
#define SIZE 300u
#define INDEX 77u

static tb_sign_secret secret = {{1, 2, 3}};
static tb_vkey log_key;
static tb_buf file, note_text;
static uint8_t leaf[TB_MERKLE_BYTES], other_leaf[TB_MERKLE_BYTES];
static const char ENTRY[] = "{\"type\":\"ballot\"}";

static int setup(void **state)
{
	tb_checkpoint head = {.origin = ORIGIN, .size = SIZE};
	uint8_t public_key[32], filler[TB_MERKLE_BYTES];
	tb_merkle_reader nodes;
	tb_history *h;
	tb_proof p = {.index = INDEX, .extra = (const uint8_t *)ENTRY, .extra_len = strlen(ENTRY)};

	(void)state;
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	assert_int_equal(tb_vkey_init(&log_key, ORIGIN, TB_VKEY_ED25519, public_key), TB_OK);
	assert_int_equal(tb_history_new(&h), TB_OK);
	tb_merkle_leaf(leaf, ENTRY, strlen(ENTRY));
	tb_merkle_leaf(other_leaf, "x", 1);
	for (uint32_t i = 0; i < SIZE; i++) {
		tb_merkle_leaf(filler, &i, sizeof i);
		assert_int_equal(tb_history_append(h, i == INDEX ? leaf : filler), TB_OK);
	}
	assert_int_equal(tb_history_root(h, head.root, SIZE), TB_OK);
	nodes = tb_history_reader(h);
	assert_int_equal(tb_merkle_prove_inclusion(&p.path, &nodes, INDEX, SIZE), TB_OK);
	tb_history_free(h);
	tb_buf_init(&note_text, 1000);
	assert_int_equal(tb_checkpoint_sign(&note_text, &head, &log_key, &secret), TB_OK);
	p.checkpoint_text = (const char *)note_text.data;
	p.checkpoint_text_len = note_text.len;
	tb_buf_init(&file, TB_PROOF_MAX_BYTES);
	assert_int_equal(tb_proof_write(&file, &p), TB_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tb_buf_release(&file);
	tb_buf_release(&note_text);
	return 0;
}

static void test_read_and_verify(void **state)
{
	tb_buf room, again;
	tb_proof p;
	tb_why why;

	(void)state;
	tb_buf_init(&room, TB_PROOF_MAX_EXTRA);
	tb_buf_init(&again, TB_PROOF_MAX_BYTES);
	assert_int_equal(tb_proof_parse(&p, &room, (const char *)file.data, file.len, &why), TB_OK);
	assert_int_equal(p.index, INDEX);
	assert_int_equal(p.path.num, 9);
	assert_int_equal(p.extra_len, strlen(ENTRY));
	assert_memory_equal(p.extra, ENTRY, strlen(ENTRY));
	assert_int_equal(p.checkpoint.size, SIZE);
	assert_int_equal(tb_proof_verify(&p, leaf, &log_key, &why), TB_OK);
	assert_int_equal(tb_proof_verify(&p, other_leaf, &log_key, &why), TB_ERR_PROOF);
	assert_string_equal(
		why.text, "proof: it does not lead from this entry to the root of the checkpoint");
	assert_int_equal(tb_proof_write(&again, &p), TB_OK);
	assert_int_equal(again.len, file.len);
	assert_memory_equal(again.data, file.data, file.len);
	tb_buf_release(&again);
	tb_buf_release(&room);
}

/* [RECEIPT]: the layout of the specification, by hand. */
static void test_the_layout(void **state)
{
	static const char text[] = "c2sp.org/tlog-proof@v1\n"
				   "extra Zm9v\n"
				   "index 1\n"
				   "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
				   "\n"
				   "example.com/log\n"
				   "2\n"
				   "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
				   "\n"
				   "\xe2\x80\x94 example.com/log Zm9vYmFy\n";
	tb_buf room, again;
	tb_proof p;
	tb_why why;

	(void)state;
	tb_buf_init(&room, 100);
	tb_buf_init(&again, 1000);
	assert_int_equal(tb_proof_parse(&p, &room, text, strlen(text), &why), TB_OK);
	assert_int_equal(p.index, 1);
	assert_int_equal(p.extra_len, 3);
	assert_int_equal(p.path.num, 1);
	assert_int_equal(p.note.num_lines, 1);
	assert_int_equal(tb_proof_write(&again, &p), TB_OK);
	assert_string_equal(tb_buf_cstr(&again), text);
	tb_buf_release(&again);
	tb_buf_release(&room);
}

/* Whatever bit of the file changes, it is refused: here, or because the entry in it has another hash. */
static void test_every_flipped_bit_is_refused(void **state)
{
	uint8_t *copy = malloc(file.len);
	tb_buf room;

	(void)state;
	assert_non_null(copy);
	tb_buf_init(&room, TB_PROOF_MAX_EXTRA);
	for (size_t bit = 0; bit < 8 * file.len; bit++) {
		uint8_t hash[TB_MERKLE_BYTES];
		tb_proof p;
		tb_why why;

		memcpy(copy, file.data, file.len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (tb_proof_parse(&p, &room, (const char *)copy, file.len, &why) != TB_OK)
			continue;
		tb_merkle_leaf(hash, p.extra, p.extra_len);
		assert_int_not_equal(tb_proof_verify(&p, hash, &log_key, &why), TB_OK);
	}
	tb_buf_release(&room);
	free(copy);
}

static void test_bad_files_are_refused(void **state)
{
#define NOTE                                                                                                 \
	"\nexample.com/log\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xe2\x80\x94 "                \
	"example.com/log Zm9vYmFy\n"
#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	static const struct {
		const char *text;
		tb_err err;
		const char *why;
	} bad[] = {
		{"", TB_ERR_ENCODING, "proof: the first line is not \"c2sp.org/tlog-proof@v1\""},
		{"c2sp.org/tlog-proof@v2\nindex 0\n" NOTE, TB_ERR_ENCODING,
			"proof: the first line is not \"c2sp.org/tlog-proof@v1\""},
		{"c2sp.org/tlog-proof@v1\r\nindex 0\n" NOTE, TB_ERR_ENCODING,
			"proof: the first line is not \"c2sp.org/tlog-proof@v1\""},
		{HEAD, TB_ERR_ENCODING, "proof: there is no index line"},
		{HEAD NOTE, TB_ERR_ENCODING, "proof: there is no index line"},
		{HEAD "extra Zm9v\n", TB_ERR_ENCODING, "proof: there is no index line"},
		{HEAD "extra \nindex 0\n" NOTE, TB_ERR_ENCODING, "proof: the extra data is empty"},
		{HEAD "extra Zm9\nindex 0\n" NOTE, TB_ERR_ENCODING, "proof: the extra data cannot be read"},
		{HEAD "extra Zm9v\nextra Zm9v\nindex 0\n" NOTE, TB_ERR_ENCODING,
			"proof: there is no index line"},
		{HEAD "index 0\nextra Zm9v\n" NOTE, TB_ERR_ENCODING,
			"proof: a line of the inclusion proof is no hash"},
		{HEAD "index 00\n" NOTE, TB_ERR_ENCODING, "proof: the index is no number of an entry"},
		{HEAD "index \n" NOTE, TB_ERR_ENCODING, "proof: the index is no number of an entry"},
		{HEAD "index -1\n" NOTE, TB_ERR_ENCODING, "proof: the index is no number of an entry"},
		{HEAD "index 281474976710656\n" NOTE, TB_ERR_RANGE,
			"proof: the index is no number of an entry"},
		{HEAD "index 2\n" NOTE, TB_ERR_RANGE,
			"proof: the index is not below the size of the checkpoint's tree"},
		{HEAD "index 0\nZm9v\n" NOTE, TB_ERR_ENCODING,
			"proof: a line of the inclusion proof is no hash"},
		{HEAD "index 0\n" HASH, TB_ERR_ENCODING,
			"proof: there is no empty line before the checkpoint"},
		{HEAD "index 0\n" HASH "\n" NOTE, TB_ERR_ENCODING, "checkpoint: the first line is no origin"},
	};
	tb_buf room, large;
	tb_proof p;
	tb_why why;

	(void)state;
	tb_buf_init(&room, 100);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
			tb_proof_parse(&p, &room, bad[i].text, strlen(bad[i].text), &why), bad[i].err);
		assert_string_equal(why.text, bad[i].why);
	}
	tb_buf_init(&large, 2 * TB_PROOF_MAX_BYTES);
	tb_buf_text(&large, HEAD "index 0\n");
	for (unsigned i = 0; i <= TB_MERKLE_MAX_PROOF; i++)
		tb_buf_text(&large, HASH);
	tb_buf_text(&large, NOTE);
	assert_int_equal(tb_proof_parse(&p, &room, (const char *)large.data, large.len, &why), TB_ERR_LIMIT);
	assert_string_equal(why.text, "proof: more hashes than any tree needs");
	while (large.len <= TB_PROOF_MAX_BYTES)
		tb_buf_text(&large, HASH);
	assert_int_equal(tb_proof_parse(&p, &room, (const char *)large.data, large.len, &why), TB_ERR_LIMIT);
	assert_string_equal(why.text, "proof: the file is too long");
	tb_buf_release(&large);
	tb_buf_release(&room);
}

static void test_another_log_is_refused(void **state)
{
	uint8_t public_key[32];
	tb_vkey elsewhere;
	tb_buf room;
	tb_proof p;
	tb_why why;

	(void)state;
	tb_buf_init(&room, TB_PROOF_MAX_EXTRA);
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	assert_int_equal(
		tb_vkey_init(&elsewhere, "example.org/e/another", TB_VKEY_ED25519, public_key), TB_OK);
	assert_int_equal(tb_proof_parse(&p, &room, (const char *)file.data, file.len, &why), TB_OK);
	assert_int_equal(tb_proof_verify(&p, leaf, &elsewhere, &why), TB_ERR_SIGNATURE);
	p.index++;
	assert_int_equal(tb_proof_verify(&p, leaf, &log_key, &why), TB_ERR_PROOF);
	tb_buf_release(&room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_and_verify),
		cmocka_unit_test(test_the_layout),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_bad_files_are_refused),
		cmocka_unit_test(test_another_log_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
