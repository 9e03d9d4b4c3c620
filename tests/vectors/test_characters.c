/* SPDX-License-Identifier: Apache-2.0 */
/* specs/vectors/characters.json: every code point by itself, against the answers of JavaScript and its own Unicode tables [TEXT]. */
#include "core/base/text.h"
#include "crypto/hash.h"
#include "tests/support/vectors.h"

static size_t utf8(char out[4], uint32_t code)
{
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = len; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 63));
	out[0] = (char)(lead[len - 1] | code);
	return len;
}

static const char *run_plane(const tb_vector *v)
{
	uint32_t first = (uint32_t)tb_vector_int(v->in, "plane") << 16;
	uint8_t accepted[8192] = {0}, hash[TB_SHA256_BYTES];
	tb_why why;

	for (uint32_t i = 0; i < 65536; i++) {
		char text[4];
		size_t len = utf8(text, first + i);

		if (tb_text_check(text, len, 200, TB_TEXT_LINE, &why) == TB_OK)
			accepted[i / 8] |= (uint8_t)(1u << i % 8);
	}
	tb_sha256(hash, accepted, sizeof accepted);
	tb_vector_expect_bytes(v->out, "accepted", hash, sizeof hash);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"characters"};
	static const tb_vector_op ops[] = {{"text.plane", run_plane}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
