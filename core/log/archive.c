/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log/archive.h"

#include <stdio.h>
#include <string.h>

/* Where the fields of a header are (POSIX.1-1988, ustar). */
#define AT_NAME 0
#define AT_MODE 100
#define AT_UID 108
#define AT_GID 116
#define AT_SIZE 124
#define AT_TIME 136
#define AT_CHECKSUM 148
#define AT_TYPE 156
#define AT_MAGIC 257
#define AT_DEVICE 329

bool tb_archive_name_is_valid(const char *name, size_t name_len)
{
	size_t component = 0;

	if (name_len == 0 || name_len > TB_ARCHIVE_NAME_MAX)
		return false;
	for (size_t i = 0; i <= name_len; i++) {
		if (i == name_len || name[i] == '/') {
			if (component == 0 || (component == 1 && name[i - 1] == '.') ||
				(component == 2 && name[i - 1] == '.' && name[i - 2] == '.'))
				return false;
			component = 0;
			continue;
		}
		if (!(name[i] >= 'a' && name[i] <= 'z') && !(name[i] >= 'A' && name[i] <= 'Z') &&
			!(name[i] >= '0' && name[i] <= '9') && name[i] != '.' && name[i] != '_' &&
			name[i] != '-')
			return false;
		component++;
	}
	return true;
}

/* `digits` octal digits. */
static void put_octal(uint8_t *out, unsigned digits, uint64_t v)
{
	while (digits-- > 0) {
		out[digits] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
}

static void write_header(uint8_t out[TB_ARCHIVE_BLOCK], const char *name, size_t name_len, uint64_t size)
{
	uint64_t sum = 0;

	memset(out, 0, TB_ARCHIVE_BLOCK);
	memcpy(out + AT_NAME, name, name_len);
	put_octal(out + AT_MODE, 7, 0644);
	put_octal(out + AT_UID, 7, 0);
	put_octal(out + AT_GID, 7, 0);
	put_octal(out + AT_SIZE, 11, size);
	put_octal(out + AT_TIME, 11, 0);
	memset(out + AT_CHECKSUM, ' ', 8);
	out[AT_TYPE] = '0';
	memcpy(out + AT_MAGIC,
		"ustar\0"
		"00",
		8);
	put_octal(out + AT_DEVICE, 7, 0);
	put_octal(out + AT_DEVICE + 8, 7, 0);
	for (size_t i = 0; i < TB_ARCHIVE_BLOCK; i++)
		sum += out[i];
	put_octal(out + AT_CHECKSUM, 6, sum);
	out[AT_CHECKSUM + 6] = '\0';
}

static unsigned padding_of(uint64_t size)
{
	return (unsigned)((TB_ARCHIVE_BLOCK - size % TB_ARCHIVE_BLOCK) % TB_ARCHIVE_BLOCK);
}

/* ---- writing ---- */

static const uint8_t ZEROES[2 * TB_ARCHIVE_BLOCK];

void tb_archive_writer_init(
	tb_archive_writer *w, tb_err (*write)(void *ctx, const void *bytes, size_t len), void *ctx)
{
	*w = (tb_archive_writer){.write = write, .ctx = ctx};
}

tb_err tb_archive_begin(tb_archive_writer *w, const char *name, uint64_t size)
{
	uint8_t header[TB_ARCHIVE_BLOCK];
	size_t name_len = strlen(name);

	TB_REQUIRE(w->left == 0 && tb_archive_name_is_valid(name, name_len) && size <= TB_ARCHIVE_FILE_MAX);
	write_header(header, name, name_len, size);
	w->left = size;
	w->padding = padding_of(size);
	return w->write(w->ctx, header, sizeof header);
}

tb_err tb_archive_data(tb_archive_writer *w, const void *bytes, size_t len)
{
	tb_err err;

	TB_REQUIRE(len <= w->left);
	if (len == 0)
		return TB_OK;
	err = w->write(w->ctx, bytes, len);
	if (err != TB_OK)
		return err;
	w->left -= len;
	return w->left == 0 && w->padding > 0 ? w->write(w->ctx, ZEROES, w->padding) : TB_OK;
}

tb_err tb_archive_add(tb_archive_writer *w, const char *name, const void *bytes, size_t len)
{
	tb_err err = tb_archive_begin(w, name, len);

	return err == TB_OK ? tb_archive_data(w, bytes, len) : err;
}

tb_err tb_archive_end(tb_archive_writer *w)
{
	TB_REQUIRE(w->left == 0);
	return w->write(w->ctx, ZEROES, sizeof ZEROES);
}

/* ---- reading ---- */

void tb_archive_reader_init(tb_archive_reader *r,
	tb_err (*read)(void *ctx, void *out, size_t len, uint64_t offset), void *ctx, uint64_t total)
{
	*r = (tb_archive_reader){.read = read, .ctx = ctx, .total = total};
}

static tb_err refuse(tb_why *why, uint64_t offset, const char *what)
{
	tb_why_set(why, "archive, byte %llu: %s", (unsigned long long)offset, what);
	return TB_ERR_ENCODING;
}

static bool is_zero(const uint8_t *in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (in[i] != 0)
			return false;
	return true;
}

static bool take_octal(const uint8_t *in, unsigned digits, uint64_t *v)
{
	*v = 0;
	for (unsigned i = 0; i < digits; i++) {
		if (in[i] < '0' || in[i] > '7')
			return false;
		*v = *v << 3 | (uint64_t)(in[i] - '0');
	}
	return true;
}

/* What is wrong with a header that is not the one of its name and size: the first of the usual reasons. */
static const char *what_differs(const uint8_t in[TB_ARCHIVE_BLOCK], const uint8_t expected[TB_ARCHIVE_BLOCK])
{
	if (in[AT_TYPE] != '0')
		return "not a regular file";
	if (memcmp(in + AT_MAGIC, expected + AT_MAGIC, 8) != 0)
		return "not a ustar header";
	if (memcmp(in + AT_MODE, expected + AT_MODE, AT_CHECKSUM - AT_MODE) != 0)
		return "the mode is not 0644, or the owner or the time is not 0";
	if (memcmp(in, expected, AT_MODE) != 0 ||
		memcmp(in + AT_TYPE, expected + AT_TYPE, TB_ARCHIVE_BLOCK - AT_TYPE) != 0)
		return "a field that is not used is not empty";
	return "the checksum of the header is wrong";
}

static tb_err parse_header(tb_archive_file *out, const uint8_t in[TB_ARCHIVE_BLOCK], uint64_t at, tb_why *why)
{
	uint8_t expected[TB_ARCHIVE_BLOCK];
	size_t name_len = strnlen((const char *)in, TB_ARCHIVE_NAME_MAX);

	if (!tb_archive_name_is_valid((const char *)in, name_len))
		return refuse(why, at,
			"the name of a file is not allowed (relative, without . and .., plain characters)");
	if (!take_octal(in + AT_SIZE, 11, &out->size))
		return refuse(why, at, "the size of a file is not in octal digits");
	write_header(expected, (const char *)in, name_len, out->size);
	if (memcmp(in, expected, sizeof expected) != 0)
		return refuse(why, at, what_differs(in, expected));
	memset(out->name, 0, sizeof out->name);
	memcpy(out->name, in, name_len);
	out->offset = at + TB_ARCHIVE_BLOCK;
	return TB_OK;
}

static tb_err read_at(const tb_archive_reader *r, uint8_t *out, size_t len, uint64_t offset, tb_why *why)
{
	tb_err err;

	if (offset > r->total || r->total - offset < len)
		return refuse(why, r->total, "the archive is cut");
	err = r->read(r->ctx, out, len, offset);
	if (err != TB_OK)
		tb_why_set(why, "archive: cannot read byte %llu", (unsigned long long)offset);
	return err;
}

/* A block of zeroes was found: it must be the first of the last two. */
static tb_err check_end(const tb_archive_reader *r, tb_why *why)
{
	uint8_t block[TB_ARCHIVE_BLOCK];
	tb_err err = read_at(r, block, sizeof block, r->next + TB_ARCHIVE_BLOCK, why);

	if (err != TB_OK)
		return err;
	if (!is_zero(block, sizeof block))
		return refuse(
			why, r->next + TB_ARCHIVE_BLOCK, "only one zero block where two end an archive");
	if (r->total != r->next + 2 * TB_ARCHIVE_BLOCK)
		return refuse(why, r->next + 2 * TB_ARCHIVE_BLOCK, "bytes after the end of the archive");
	return TB_ERR_NOT_FOUND;
}

tb_err tb_archive_next(tb_archive_reader *r, tb_archive_file *out, tb_why *why)
{
	uint8_t block[TB_ARCHIVE_BLOCK];
	uint64_t end;
	unsigned padding;
	tb_err err = read_at(r, block, sizeof block, r->next, why);

	if (err != TB_OK)
		return err;
	if (is_zero(block, sizeof block))
		return check_end(r, why);
	err = parse_header(out, block, r->next, why);
	if (err != TB_OK)
		return err;
	padding = padding_of(out->size);
	end = out->offset +
	      out->size; /* far from overflowing: the size has 33 bits, the offset is within the file */
	err = read_at(r, block, padding, end, why);
	if (err != TB_OK)
		return err;
	if (!is_zero(block, padding))
		return refuse(why, end, "padding that is not zero");
	r->next = end + padding;
	return TB_OK;
}
