/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "core/base/json.h"

#define MAX_BYTES (1u << 20)

/* What the reader lets through is written again with the writer; what is canonical comes out byte for byte, and what
 * comes out is canonical. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void write_value(tb_json_out *out, const char *key, json_t *v)
{
	const char *name;
	json_t *item;
	size_t i;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		tb_json_out_object(out, key);
		json_object_foreach(v, name, item) write_value(out, name, item);
		tb_json_out_end(out);
		break;
	case JSON_ARRAY:
		tb_json_out_array(out, key);
		json_array_foreach(v, i, item) write_value(out, TB_JSON_ITEM, item);
		tb_json_out_end(out);
		break;
	case JSON_STRING:
		tb_json_out_string(out, key, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		TB_REQUIRE(json_integer_value(v) >= 0);
		tb_json_out_int(out, key, (uint64_t)json_integer_value(v));
		break;
	case JSON_NULL:
		tb_json_out_null(out, key);
		break;
	default:
		TB_REQUIRE(json_is_boolean(v)); /* no real number gets here */
		tb_json_out_bool(out, key, json_is_true(v));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_json_in in;
	tb_json_out out;
	tb_buf buf;
	json_t *v;
	bool canonical = tb_json_is_canonical(data, len, MAX_BYTES);

	tb_json_in_init(&in, data, len, MAX_BYTES, TB_JSON_ANY, "FUZZ");
	TB_REQUIRE(in.err == TB_OK || (in.err == TB_ERR_RULE && in.fault.rule != NULL && !canonical));
	if (in.err == TB_OK) {
		v = json_loadb((const char *)data, len, JSON_REJECT_DUPLICATES, NULL);
		TB_REQUIRE(v != NULL);
		tb_buf_init(&buf, 8 * MAX_BYTES);
		tb_json_out_init(&out, &buf);
		write_value(&out, TB_JSON_ITEM, v);
		TB_REQUIRE(tb_json_out_status(&out) == TB_OK);
		TB_REQUIRE(tb_json_is_canonical(buf.data, buf.len, buf.len));
		TB_REQUIRE(canonical == (buf.len == len && memcmp(buf.data, data, len) == 0));
		tb_buf_release(&buf);
		json_decref(v);
	}
	tb_json_in_release(&in);
	return 0;
}
