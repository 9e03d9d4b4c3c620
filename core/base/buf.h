/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_BUF_H
#define TB_CORE_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/err.h"

/*
 * A byte buffer that grows up to a stated limit, and a reader over borrowed bytes.  Both remember their first
 * failure, so that a sequence of steps is checked once at its end; integers are big-endian.
 */
typedef struct tb_buf {
	uint8_t *data; /* owned; NULL while empty */
	size_t len, cap, max;
	tb_err err; /* the first failure: LIMIT, MEMORY or what tb_buf_fail() was given; later appends do nothing */
	bool secret; /* memory that is given up is wiped first */
} tb_buf;

void tb_buf_init(tb_buf *b, size_t max);        /* empty, never longer than `max`; allocates nothing yet */
void tb_buf_init_secret(tb_buf *b, size_t max); /* the same for secret bytes */
void tb_buf_release(tb_buf *b); /* frees; the buffer is then empty with its old limit, and usable */
void tb_buf_clear(tb_buf *b);   /* length 0 and no error; keeps the memory */
void tb_buf_append(tb_buf *b, const void *in, size_t in_len); /* `in` must not point into *b */
void tb_buf_text(tb_buf *b, const char *text);                /* without its NUL */
void tb_buf_u8(tb_buf *b, uint8_t v);
void tb_buf_u16(tb_buf *b, uint16_t v);
void tb_buf_u32(tb_buf *b, uint32_t v);
void tb_buf_u64(tb_buf *b, uint64_t v);
void tb_buf_decimal(tb_buf *b, uint64_t v); /* ASCII, no leading zeroes */
/* One item, framed as in crypto/transcript.h. */
void tb_buf_item(tb_buf *b, const char *label, const void *data, size_t len);
/* Lengthens by `len` bytes for the caller to fill, and returns where they start: NULL when that failed (or len is 0).
 * The pointer holds until the next call. */
uint8_t *tb_buf_extend(tb_buf *b, size_t len);
void tb_buf_fail(tb_buf *b, tb_err err); /* for those who build on it; the first failure stays */
TB_CHECKED tb_err tb_buf_status(const tb_buf *b);
/* Ends the bytes with a NUL that is not counted in `len`, and returns them as a C string ("" after a failure). */
const char *tb_buf_cstr(tb_buf *b);

typedef struct tb_reader {
	const uint8_t *at; /* borrowed */
	size_t left;
	tb_err err; /* ENCODING once something was asked for that is not there; every later read gives 0 */
} tb_reader;

void tb_reader_init(tb_reader *r, const void *in, size_t in_len);
uint8_t tb_reader_u8(tb_reader *r);
uint16_t tb_reader_u16(tb_reader *r);
uint32_t tb_reader_u32(tb_reader *r);
uint64_t tb_reader_u64(tb_reader *r);
const uint8_t *tb_reader_skip(tb_reader *r, size_t len); /* the next bytes, borrowed; NULL when not there */
void tb_reader_bytes(tb_reader *r, uint8_t *out, size_t len); /* a copy; zeroes when not there */
/* TB_OK exactly when every read succeeded and nothing is left over.  ENCODING. */
TB_CHECKED tb_err tb_reader_done(const tb_reader *r);

/* Big-endian integers at a place. */
void tb_store_u16(uint8_t out[2], uint16_t v);
void tb_store_u32(uint8_t out[4], uint32_t v);
void tb_store_u64(uint8_t out[8], uint64_t v);
uint16_t tb_load_u16(const uint8_t in[2]);
uint32_t tb_load_u32(const uint8_t in[4]);
uint64_t tb_load_u64(const uint8_t in[8]);

/* Reads an ASCII decimal without leading zeroes (but "0"), at most `max`.  ENCODING, RANGE; *out then unchanged. */
TB_CHECKED tb_err tb_decimal_parse(uint64_t *out, const char *in, size_t in_len, uint64_t max);

#endif
