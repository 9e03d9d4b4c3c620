/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/log/tile.h"

/* The first byte is the width less one, the rest a bundle; and the whole as a path of a tile or blob. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_path(const char *text, size_t len)
{
	char again[TB_PATH_MAX];
	uint8_t hash[32];
	tb_tile t;

	if (tb_tile_path_parse(&t, text, len) == TB_OK) {
		tb_tile_path(again, &t);
		TB_REQUIRE(strlen(again) == len && memcmp(again, text, len) == 0);
	}
	if (tb_blob_path_parse(hash, text, len) == TB_OK) {
		tb_blob_path(again, hash);
		TB_REQUIRE(strlen(again) == len && memcmp(again, text, len) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *entry;
	size_t entry_len;
	tb_bundle b;
	tb_buf out;
	tb_err err;

	check_path((const char *)data, len);
	if (len == 0)
		return 0;
	tb_buf_init(&out, TB_BUNDLE_MAX);
	tb_bundle_init(&b, data + 1, len - 1, data[0] + 1u);
	while ((err = tb_bundle_next(&b, &entry, &entry_len)) == TB_OK)
		tb_bundle_write(&out, entry, entry_len);
	if (err == TB_ERR_NOT_FOUND) {
		TB_REQUIRE(tb_buf_status(&out) == TB_OK);
		TB_REQUIRE(out.len == len - 1 && (out.len == 0 || memcmp(out.data, data + 1, out.len) == 0));
	}
	tb_buf_release(&out);
	return 0;
}
