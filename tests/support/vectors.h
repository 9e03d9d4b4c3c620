/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_VECTORS_H
#define TB_TESTS_SUPPORT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/*
 * The test vectors that two implementations share (specs/vectors/README.md), read in one place.  A program names its topics and
 * what it does for each operation; every case becomes a test of its own.  Nothing is passed over in silence: an operation that nobody
 * handles, a handler that no case reaches, and a member of `in` or `out` that no handler asked for are failures.
 */
struct json_t; /* an object or array of the file; borrowed */

typedef struct tb_vector {
	const char *op, *name;
	const char *rule;              /* NULL: to be accepted; else with this rule to be refused */
	const struct json_t *in, *out; /* `out` is NULL when the case is to be refused */
} tb_vector;

/*
 * Does what the case asks for.  Returns NULL when this implementation accepts it, having compared every member of `out` if there is
 * one; otherwise the rule with which it refuses.  TB_VECTOR_LENGTH: it takes an array of fixed length, so the case cannot be given
 * to it; only cases that are called "31 bytes" and the like may say so.
 */
typedef struct tb_vector_op {
	const char *op;
	const char *(*run)(const tb_vector *v);
} tb_vector_op;

extern const char TB_VECTOR_LENGTH[];

/* Runs all cases of the given topics (specs/vectors/<topic>.json), a group of tests for each.  Returns how many failed. */
int tb_vectors_run(const char *const *topics, size_t num_topics, const tb_vector_op *ops, size_t num_ops);

/* The number of cases in a file of the right layout whose topic is `topic`; fails the running test for any other. */
size_t tb_vectors_num_cases(const char *topic);

/* ---- members; a missing one, or one of another type, fails the test ---- */
const struct json_t *tb_vector_member(const struct json_t *object, const char *key); /* an object or array */
/* What stands beside the cases: an object or array of the file itself. */
const struct json_t *tb_vector_of_file(const char *key);
/* Of two spellings, which one? */
bool tb_vector_has(const struct json_t *object, const char *key);
bool tb_vector_is_text(const struct json_t *object, const char *key);
size_t tb_vector_num(const struct json_t *array);
const struct json_t *tb_vector_item(const struct json_t *array, size_t index); /* an object or array */
bool tb_vector_is_null(const struct json_t *object, const char *key);
bool tb_vector_item_is_null(const struct json_t *array, size_t index);
const char *tb_vector_text(const struct json_t *object, const char *key);
const char *tb_vector_item_text(const struct json_t *array, size_t index);
uint64_t tb_vector_int(const struct json_t *object, const char *key);
uint64_t tb_vector_item_int(const struct json_t *array, size_t index);
bool tb_vector_bool(const struct json_t *object, const char *key);
/* Hex of any length into *out, which is initialised here and released by the caller; its data is never NULL. */
void tb_vector_bytes(tb_buf *out, const struct json_t *object, const char *key);
void tb_vector_item_bytes(tb_buf *out, const struct json_t *array, size_t index);
/* Hex of exactly `len` bytes; false, and zeroes, for another length. */
bool tb_vector_fixed(uint8_t *out, size_t len, const struct json_t *object, const char *key);
/* The same where another length fails the test. */
void tb_vector_exactly(uint8_t *out, size_t len, const struct json_t *object, const char *key);
void tb_vector_item_exactly(uint8_t *out, size_t len, const struct json_t *array, size_t index);
/* Two cases of one file that belong together: `in` or `out` of the case with this operation and name. */
const struct json_t *tb_vector_other(const char *op, const char *name, const char *member);

/* ---- comparing what was found with a member of `out` ---- */
void tb_vector_expect_bytes(const struct json_t *out, const char *key, const void *found, size_t found_len);
void tb_vector_expect_item(const struct json_t *array, size_t index, const void *found, size_t found_len);
void tb_vector_expect_text(const struct json_t *out, const char *key, const char *found);
void tb_vector_expect_int(const struct json_t *out, const char *key, uint64_t found);
void tb_vector_expect_num(const struct json_t *array, size_t found);

#endif
