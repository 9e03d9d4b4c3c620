/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of a forked log [LOG.FORK]: made wherever there is a fork, never where there is none, and every byte counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/fork.h"
#include "core/log/history.h"

#define ORIGIN "example.org/e/sample"

static const tb_sign_secret secret = {{1, 2, 3}}, other_secret = {{4}};
static tb_vkey key, other_key;

/* A log whose entry `odd` is another one; none if it is too large. */
static tb_history *log_with(uint64_t size, uint64_t odd)
{
	uint8_t leaf[TB_MERKLE_BYTES];
	tb_history *h;

	assert_int_equal(tb_history_new(&h), TB_OK);
	for (uint64_t i = 0; i < size; i++) {
		uint64_t content = i == odd ? UINT64_MAX : i;

		tb_merkle_leaf(leaf, &content, sizeof content);
		assert_int_equal(tb_history_append(h, leaf), TB_OK);
	}
	return h;
}

static void sign(tb_buf *out, tb_history *h, uint64_t size, const tb_vkey *by, const tb_sign_secret *with)
{
	tb_checkpoint head = {.origin = ORIGIN, .size = size};

	assert_int_equal(tb_history_root(h, head.root, size), TB_OK);
	tb_buf_init(out, TB_NOTE_MAX_BYTES);
	assert_int_equal(tb_checkpoint_sign(out, &head, by, with), TB_OK);
}

/* What tb_fork_make() says of heads of two logs; the file, if there is one, goes to *file. */
static tb_err make(tb_buf *file, uint64_t old_size, uint64_t new_size, uint64_t odd, bool swap)
{
	tb_history *one = log_with(old_size, odd), *two = log_with(new_size, UINT64_MAX);
	tb_merkle_reader nodes = tb_history_reader(two);
	tb_buf a, b;
	tb_fork f;
	tb_why why;
	tb_err err;

	sign(&a, one, old_size, &key, &secret);
	sign(&b, two, new_size, &key, &secret);
	tb_fork_init(&f);
	err = tb_fork_make(&f, &key, swap ? &b : &a, swap ? &a : &b, &nodes, &why);
	if (err == TB_OK && file != NULL)
		assert_int_equal(tb_fork_write(file, &f), TB_OK);
	tb_fork_release(&f);
	tb_buf_release(&a);
	tb_buf_release(&b);
	tb_history_free(one);
	tb_history_free(two);
	return err;
}

static tb_err parse(const void *bytes, size_t len)
{
	tb_fork f;
	tb_why why = {""};
	tb_err err;

	tb_fork_init(&f);
	err = tb_fork_parse(&f, bytes, len, &why);
	assert_true(err == TB_OK || why.text[0] != '\0');
	tb_fork_release(&f);
	return err;
}

static int setup(void **state)
{
	uint8_t public_key[32];

	(void)state;
	assert_int_equal(tb_sign_public(public_key, &secret), TB_OK);
	assert_int_equal(tb_vkey_init(&key, ORIGIN, TB_VKEY_ED25519, public_key), TB_OK);
	assert_int_equal(tb_sign_public(public_key, &other_secret), TB_OK);
	assert_int_equal(tb_vkey_init(&other_key, ORIGIN, TB_VKEY_ED25519, public_key), TB_OK);
	return 0;
}

static void test_every_fork_is_proved(void **state)
{
	tb_buf file;

	(void)state;
	for (uint64_t new_size = 1; new_size <= 20; new_size++)
		for (uint64_t old_size = 1; old_size <= new_size; old_size++)
			for (uint64_t odd = 0; odd < old_size; odd++) {
				tb_buf_init(&file, TB_FORK_MAX_BYTES);
				assert_int_equal(make(&file, old_size, new_size, odd, odd % 2 == 1), TB_OK);
				assert_int_equal(parse(file.data, file.len), TB_OK);
				tb_buf_release(&file);
			}
}

static void test_what_is_no_fork_is_none(void **state)
{
	(void)state;
	for (uint64_t new_size = 0; new_size <= 20; new_size++)
		for (uint64_t old_size = 0; old_size <= new_size; old_size++) {
			assert_int_equal(make(NULL, old_size, new_size, UINT64_MAX, false), TB_ERR_PROOF);
			assert_int_equal(make(NULL, old_size, new_size, old_size, true), TB_ERR_PROOF);
		}
}

static void test_every_byte_counts(void **state)
{
	tb_buf file;
	uint8_t *copy;

	(void)state;
	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	assert_int_equal(make(&file, 5, 11, 3, false), TB_OK);
	copy = malloc(file.len + 1);
	assert_non_null(copy);
	for (size_t i = 0; i < file.len; i++) {
		memcpy(copy, file.data, file.len);
		copy[i] ^= (uint8_t)(1u << i % 8);
		assert_int_not_equal(parse(copy, file.len), TB_OK);
		assert_int_not_equal(parse(file.data, i), TB_OK);
	}
	memcpy(copy, file.data, file.len);
	copy[file.len] = '\n';
	assert_int_equal(parse(copy, file.len + 1), TB_ERR_ENCODING);
	free(copy);
	tb_buf_release(&file);
}

/* Nobody else can make evidence against a log. */
static void test_signatures_of_others_prove_nothing(void **state)
{
	tb_history *one = log_with(4, 1), *two = log_with(9, UINT64_MAX);
	tb_merkle_reader nodes = tb_history_reader(two);
	tb_buf a, b;
	tb_fork f;
	tb_why why;

	(void)state;
	sign(&a, one, 4, &other_key, &other_secret);
	sign(&b, two, 9, &key, &secret);
	tb_fork_init(&f);
	assert_int_equal(tb_fork_make(&f, &key, &a, &b, &nodes, &why), TB_ERR_SIGNATURE);
	assert_int_equal(tb_fork_make(&f, &key, &b, &a, &nodes, &why), TB_ERR_SIGNATURE);
	assert_int_equal(tb_fork_make(&f, &other_key, &a, &b, &nodes, &why), TB_ERR_SIGNATURE);
	tb_fork_release(&f);
	tb_buf_release(&a);
	tb_buf_release(&b);
	tb_history_free(one);
	tb_history_free(two);
}

static tb_err no_node(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index)
{
	(void)ctx;
	(void)out;
	(void)level;
	(void)index;
	return TB_ERR_NOT_FOUND;
}

static void test_a_tree_that_cannot_be_read(void **state)
{
	tb_history *one = log_with(4, 1), *two = log_with(9, UINT64_MAX);
	tb_merkle_reader nodes = {.node = no_node};
	tb_buf a, b;
	tb_fork f;
	tb_why why;

	(void)state;
	sign(&a, one, 4, &key, &secret);
	sign(&b, two, 9, &key, &secret);
	tb_fork_init(&f);
	assert_int_equal(tb_fork_make(&f, &key, &a, &b, &nodes, &why), TB_ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "cannot be read"));
	tb_fork_release(&f);
	tb_buf_release(&a);
	tb_buf_release(&b);
	tb_history_free(one);
	tb_history_free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_fork_is_proved),
		cmocka_unit_test(test_what_is_no_fork_is_none),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_signatures_of_others_prove_nothing),
		cmocka_unit_test(test_a_tree_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
