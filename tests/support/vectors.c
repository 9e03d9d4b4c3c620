/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/fixture.h"

/* ---- members of a case ---- */
const json_t *tb_vector_member(const json_t *object, const char *key)
{
	const json_t *m = json_object_get(object, key);

	if (m == NULL)
		fail_msg("no member %s", key);
	return m;
}

const char *tb_vector_text(const json_t *object, const char *key)
{
	const char *t = json_string_value(tb_vector_member(object, key));

	assert_non_null(t);
	return t;
}

uint32_t tb_vector_number(const json_t *object, const char *key)
{
	assert_true(json_is_integer(tb_vector_member(object, key)));
	return (uint32_t)json_integer_value(tb_vector_member(object, key));
}

bool tb_vector_truth(const json_t *object, const char *key)
{
	const json_t *m = tb_vector_member(object, key);

	assert_true(json_is_boolean(m));
	return json_is_true(m);
}

/* The bytes of a member; the caller frees them. */
uint8_t *tb_vector_bytes(size_t *len, const json_t *object, const char *key)
{
	const char *hex = tb_vector_text(object, key);
	uint8_t *out = malloc(strlen(hex) / 2 + 1);

	assert_non_null(out);
	*len = strlen(hex) / 2;
	if (*len > 0)
		tb_fixture_hex(out, *len, hex);
	return out;
}

void tb_vector_fixed(uint8_t *out, size_t len, const json_t *object, const char *key)
{
	tb_fixture_hex(out, len, tb_vector_text(object, key));
}

void tb_vector_assert(const uint8_t *data, size_t len, const char *hex)
{
	uint8_t *expected = malloc(len + 1);

	assert_non_null(expected);
	tb_fixture_hex(expected, len, hex);
	assert_memory_equal(data, expected, len);
	free(expected);
}

/* Runs every case of a file; each operation of the file must be known, each of the list must occur. */
void tb_vector_run(const char *path, tb_vector_operation *operations, size_t num_operations)
{
	json_error_t error;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const json_t *one;
	size_t i;

	assert_non_null(file);
	json_array_foreach(tb_vector_member(file, "cases"), i, one)
	{
		bool valid = tb_vector_truth(one, "valid");
		const char *rule;
		size_t k = 0;

		while (k < num_operations && strcmp(operations[k].name, tb_vector_text(one, "op")) != 0)
			k++;
		if (k == num_operations)
			fail_msg("%s: unknown operation %s", path, tb_vector_text(one, "op"));
		rule = operations[k].run(
			tb_vector_member(one, "in"), valid ? tb_vector_member(one, "out") : NULL);
		operations[k].num_run++;
		if (valid ? rule != NULL : rule == NULL || strcmp(rule, tb_vector_text(one, "rule")) != 0)
			fail_msg("%s: case \"%s\": %s", path, tb_vector_text(one, "name"),
				rule == NULL ? "accepted" : rule);
	}
	for (size_t k = 0; k < num_operations; k++)
		assert_true(operations[k].num_run > 0);
	json_decref(file);
}
