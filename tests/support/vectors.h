/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_VECTORS_H
#define TB_TESTS_SUPPORT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/*
 * Reads specs/vectors/TOPIC.json (its README says what is in them) and runs every case.  Everything here fails the running cmocka test when
 * a file is not as the README says.
 */
typedef struct tb_vector_operation {
	const char *name;
	/* Does what the case says and compares with `out`; NULL: accepted.  `out` is NULL where the input must be refused:
	 * then the id of the broken rule comes back. */
	const char *(*run)(const json_t *in, const json_t *out);
	size_t num_run;
} tb_vector_operation;

/* Runs every case of a file; each operation of the file must be known, each of the list must occur. */
void tb_vector_run(const char *path, tb_vector_operation *operations, size_t num_operations);

/* ---- members of a case ---- */
const json_t *tb_vector_member(const json_t *object, const char *key);
const char *tb_vector_text(const json_t *object, const char *key);
uint32_t tb_vector_number(const json_t *object, const char *key);
bool tb_vector_truth(const json_t *object, const char *key);
/* The bytes of hex of any length; the caller frees them. */
uint8_t *tb_vector_bytes(size_t *len, const json_t *object, const char *key);
/* The `len` bytes of hex. */
void tb_vector_fixed(uint8_t *out, size_t len, const json_t *object, const char *key);
/* That `data` is what the hex says. */
void tb_vector_assert(const uint8_t *data, size_t len, const char *hex);

#endif
