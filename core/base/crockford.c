/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/crockford.h"

#include <string.h>

const char tb_crockford_alphabet[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The five bits that begin at bit `at`; after the end there are zeros. */
static unsigned five_bits(const uint8_t *in, size_t in_len, size_t at)
{
	unsigned two = (unsigned)in[at / 8] << 8 | (at / 8 + 1 < in_len ? in[at / 8 + 1] : 0u);

	return two >> (11 - at % 8) & 31u;
}

void tb_crockford_write(char *out, const uint8_t *in, size_t in_len)
{
	for (size_t i = 0; i < TB_CROCKFORD_CHARS(in_len); i++) {
		if (i > 0 && i % 4 == 0)
			*out++ = '-';
		*out++ = tb_crockford_alphabet[five_bits(in, in_len, 5 * i)];
	}
	*out = '\0';
}

/* 0..31, or -1 for what is no character of the alphabet. */
static int value_of(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 'O')
		c = '0';
	at = c == '\0' ? NULL : strchr(tb_crockford_alphabet, c);
	return at == NULL ? -1 : (int)(at - tb_crockford_alphabet);
}

tb_err tb_crockford_parse(uint8_t *out, size_t out_len, const char *text, size_t text_len)
{
	size_t num = 0;

	memset(out, 0, out_len);
	for (size_t i = 0; i < text_len; i++) {
		int v;

		if (text[i] == '-' || text[i] == ' ')
			continue;
		v = value_of(text[i]);
		if (v < 0 || num == TB_CROCKFORD_CHARS(out_len))
			return TB_ERR_ENCODING;
		for (size_t k = 0, bit = 5 * num; k < 5; k++, bit++) {
			if (((unsigned)v >> (4 - k) & 1u) == 0)
				continue;
			if (bit >= 8 * out_len) /* a second spelling of the same bytes */
				return TB_ERR_ENCODING;
			out[bit / 8] = (uint8_t)(out[bit / 8] | 0x80u >> bit % 8);
		}
		num++;
	}
	return num == TB_CROCKFORD_CHARS(out_len) ? TB_OK : TB_ERR_ENCODING;
}
