/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/ballot.h"

#include <string.h>

#include "crypto/hash.h"

/* The name of a ballot among people [BALLOT.TRACKER]: 128 bits as 26 characters of 5 bits, the last two bits zero. */
#define CHARS 26

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void tb_ballot_tracker(uint8_t out[32], const uint8_t *payload, size_t payload_len)
{
	tb_sha256(out, payload, payload_len);
}

/* The five bits that begin at bit `at` of 16 bytes, which end in zeros. */
static unsigned five_bits(const uint8_t in[16], unsigned at)
{
	unsigned two = (unsigned)in[at / 8] << 8 | (at / 8 + 1 < 16 ? in[at / 8 + 1] : 0u);

	return two >> (11 - at % 8) & 31u;
}

void tb_ballot_tracker_text(char out[TB_TRACKER_TEXT], const uint8_t tracker[32])
{
	for (unsigned i = 0; i < CHARS; i++) {
		if (i > 0 && i % 4 == 0)
			*out++ = '-';
		*out++ = alphabet[five_bits(tracker, 5 * i)];
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
	at = c == '\0' ? NULL : strchr(alphabet, c);
	return at == NULL ? -1 : (int)(at - alphabet);
}

tb_err tb_ballot_tracker_parse(uint8_t out[16], const char *text, size_t text_len)
{
	uint8_t bits[17] = {0};
	unsigned num = 0;

	for (size_t i = 0; i < text_len; i++) {
		int v;

		if (text[i] == '-' || text[i] == ' ')
			continue;
		v = value_of(text[i]);
		if (v < 0 || num == CHARS)
			return TB_ERR_ENCODING;
		for (unsigned k = 0; k < 5; k++) {
			if ((unsigned)v >> (4 - k) & 1u)
				bits[(5 * num + k) / 8] |= (uint8_t)(0x80u >> ((5 * num + k) % 8));
		}
		num++;
	}
	if (num != CHARS || bits[16] != 0)
		return TB_ERR_ENCODING;
	memcpy(out, bits, 16);
	return TB_OK;
}
