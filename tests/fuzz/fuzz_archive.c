/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/log/source_archive.h"

/* An archive that reads is what the writer makes of its files; and it may be a board or not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

typedef struct input {
	const uint8_t *data;
	size_t len;
} input;

static tb_err read_input(void *ctx, void *out, size_t len, uint64_t offset)
{
	const input *in = ctx;

	TB_REQUIRE(offset <= in->len && len <= in->len - offset);
	if (len > 0)
		memcpy(out, in->data + offset, len);
	return TB_OK;
}

static tb_err to_buf(void *ctx, const void *bytes, size_t len)
{
	tb_buf *b = ctx;

	tb_buf_append(b, bytes, len);
	return tb_buf_status(b);
}

static tb_err count(void *ctx, const tb_archive_file *file)
{
	(void)file;
	++*(size_t *)ctx;
	return TB_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	input in = {data, len};
	tb_archive_file file;
	tb_archive_reader r;
	tb_archive_writer w;
	size_t num = 0, num_of_board = 0;
	tb_buf out;
	tb_why why;
	tb_err err;

	tb_buf_init(&out, len);
	tb_archive_reader_init(&r, read_input, &in, len);
	tb_archive_writer_init(&w, to_buf, &out);
	while ((err = tb_archive_next(&r, &file, &why)) == TB_OK) {
		TB_REQUIRE(tb_archive_add(&w, file.name, data + file.offset, (size_t)file.size) == TB_OK);
		num++;
	}
	TB_REQUIRE(err == TB_ERR_NOT_FOUND || err == TB_ERR_ENCODING);
	if (err == TB_ERR_NOT_FOUND) {
		TB_REQUIRE(tb_archive_end(&w) == TB_OK);
		TB_REQUIRE(out.len == len && memcmp(out.data, data, len) == 0);
	}
	tb_archive_reader_init(&r, read_input, &in, len);
	if (tb_archive_check(&r, count, &num_of_board, &why) == TB_OK)
		TB_REQUIRE(err == TB_ERR_NOT_FOUND && num == num_of_board);
	tb_buf_release(&out);
	return 0;
}
