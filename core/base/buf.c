/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/transcript.h"
#include "crypto/wipe.h"

#define FIRST_CAPACITY 256u

void tb_buf_init(tb_buf *b, size_t max)
{
	*b = (tb_buf){.max = max};
}

void tb_buf_init_secret(tb_buf *b, size_t max)
{
	*b = (tb_buf){.max = max, .secret = true};
}

static void give_up(const tb_buf *b)
{
	if (b->secret && b->data != NULL)
		tb_wipe(b->data, b->cap);
	free(b->data);
}

void tb_buf_release(tb_buf *b)
{
	give_up(b);
	*b = (tb_buf){.max = b->max, .secret = b->secret};
}

void tb_buf_clear(tb_buf *b)
{
	if (b->secret && b->data != NULL)
		tb_wipe(b->data, b->cap);
	b->len = 0;
	b->err = TB_OK;
}

void tb_buf_fail(tb_buf *b, tb_err err)
{
	if (b->err == TB_OK)
		b->err = err;
}

tb_err tb_buf_status(const tb_buf *b)
{
	return b->err;
}

/* Makes room for `extra` more bytes, one byte beyond `max` included (the NUL of tb_buf_cstr). */
static bool grow(tb_buf *b, size_t extra, size_t limit)
{
	uint8_t *data;
	size_t cap;

	if (b->err != TB_OK)
		return false;
	if (extra > limit - b->len) {
		b->err = TB_ERR_LIMIT;
		return false;
	}
	if (extra <= b->cap - b->len)
		return true;
	cap = b->cap < FIRST_CAPACITY / 2 ? FIRST_CAPACITY : b->cap <= limit / 2 ? b->cap * 2 : limit;
	if (cap > limit)
		cap = limit;
	if (cap < b->len + extra)
		cap = b->len + extra;
	/* Secret bytes are moved by hand: realloc would leave an unwiped copy behind. */
	data = b->secret ? malloc(cap) : realloc(b->data, cap);
	if (data == NULL) {
		b->err = TB_ERR_MEMORY;
		return false;
	}
	if (b->secret) {
		if (b->len > 0)
			memcpy(data, b->data, b->len);
		give_up(b);
	}
	b->data = data;
	b->cap = cap;
	return true;
}

uint8_t *tb_buf_extend(tb_buf *b, size_t len)
{
	uint8_t *out;

	if (!grow(b, len, b->max) || len == 0)
		return NULL;
	out = b->data + b->len;
	b->len += len;
	return out;
}

void tb_buf_append(tb_buf *b, const void *in, size_t in_len)
{
	uint8_t *out = tb_buf_extend(b, in_len);

	if (out != NULL)
		memcpy(out, in, in_len);
}

void tb_buf_text(tb_buf *b, const char *text)
{
	tb_buf_append(b, text, strlen(text));
}

void tb_buf_u8(tb_buf *b, uint8_t v)
{
	tb_buf_append(b, &v, 1);
}

void tb_buf_u16(tb_buf *b, uint16_t v)
{
	uint8_t bytes[2];

	tb_store_u16(bytes, v);
	tb_buf_append(b, bytes, sizeof bytes);
}

void tb_buf_u32(tb_buf *b, uint32_t v)
{
	uint8_t bytes[4];

	tb_store_u32(bytes, v);
	tb_buf_append(b, bytes, sizeof bytes);
}

void tb_buf_u64(tb_buf *b, uint64_t v)
{
	uint8_t bytes[8];

	tb_store_u64(bytes, v);
	tb_buf_append(b, bytes, sizeof bytes);
}

void tb_buf_decimal(tb_buf *b, uint64_t v)
{
	char text[24];
	char *at = text + sizeof text;

	do {
		*--at = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	tb_buf_append(b, at, (size_t)(text + sizeof text - at));
}

void tb_buf_item(tb_buf *b, const char *label, const void *data, size_t len)
{
	uint8_t head[TB_ITEM_HEAD_MAX];

	tb_buf_append(b, head, tb_item_head(head, label, len));
	tb_buf_append(b, data, len);
}

const char *tb_buf_cstr(tb_buf *b)
{
	size_t limit = b->max < SIZE_MAX ? b->max + 1 : SIZE_MAX;

	if (!grow(b, 1, limit))
		return "";
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

void tb_reader_init(tb_reader *r, const void *in, size_t in_len)
{
	*r = (tb_reader){.at = in, .left = in_len};
}

const uint8_t *tb_reader_skip(tb_reader *r, size_t len)
{
	const uint8_t *at = r->at;

	if (r->err != TB_OK || len > r->left) {
		r->err = TB_ERR_ENCODING;
		return NULL;
	}
	if (len > 0)
		r->at += len;
	r->left -= len;
	return at;
}

uint8_t tb_reader_u8(tb_reader *r)
{
	const uint8_t *at = tb_reader_skip(r, 1);

	return at == NULL ? 0 : at[0];
}

uint16_t tb_reader_u16(tb_reader *r)
{
	const uint8_t *at = tb_reader_skip(r, 2);

	return at == NULL ? 0 : tb_load_u16(at);
}

uint32_t tb_reader_u32(tb_reader *r)
{
	const uint8_t *at = tb_reader_skip(r, 4);

	return at == NULL ? 0 : tb_load_u32(at);
}

uint64_t tb_reader_u64(tb_reader *r)
{
	const uint8_t *at = tb_reader_skip(r, 8);

	return at == NULL ? 0 : tb_load_u64(at);
}

void tb_reader_bytes(tb_reader *r, uint8_t *out, size_t len)
{
	const uint8_t *at = tb_reader_skip(r, len);

	if (len == 0)
		return;
	if (at == NULL)
		memset(out, 0, len);
	else
		memcpy(out, at, len);
}

tb_err tb_reader_done(const tb_reader *r)
{
	return r->err == TB_OK && r->left == 0 ? TB_OK : TB_ERR_ENCODING;
}

void tb_store_u16(uint8_t out[2], uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

void tb_store_u32(uint8_t out[4], uint32_t v)
{
	tb_store_u16(out, (uint16_t)(v >> 16));
	tb_store_u16(out + 2, (uint16_t)v);
}

void tb_store_u64(uint8_t out[8], uint64_t v)
{
	tb_store_u32(out, (uint32_t)(v >> 32));
	tb_store_u32(out + 4, (uint32_t)v);
}

uint16_t tb_load_u16(const uint8_t in[2])
{
	return (uint16_t)(in[0] << 8 | in[1]);
}

uint32_t tb_load_u32(const uint8_t in[4])
{
	return (uint32_t)tb_load_u16(in) << 16 | tb_load_u16(in + 2);
}

uint64_t tb_load_u64(const uint8_t in[8])
{
	return (uint64_t)tb_load_u32(in) << 32 | tb_load_u32(in + 4);
}

tb_err tb_decimal_parse(uint64_t *out, const char *in, size_t in_len, uint64_t max)
{
	uint64_t v = 0;

	if (in_len == 0 || (in[0] == '0' && in_len > 1))
		return TB_ERR_ENCODING;
	for (size_t i = 0; i < in_len; i++)
		if (in[i] < '0' || in[i] > '9')
			return TB_ERR_ENCODING;
	for (size_t i = 0; i < in_len; i++) {
		uint64_t digit = (uint64_t)(in[i] - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return TB_ERR_RANGE;
		v = v * 10 + digit;
	}
	if (v > max)
		return TB_ERR_RANGE;
	*out = v;
	return TB_OK;
}
