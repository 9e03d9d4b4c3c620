/* SPDX-License-Identifier: Apache-2.0 */
#include "core/count/lot.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/count/ballots.h"
#include "crypto/hash.h"

typedef struct drawn {
	uint8_t hash[32];
	uint32_t candidate;
} drawn;

static int by_hash(const void *a, const void *b)
{
	const drawn *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, sizeof x->hash);

	return order != 0 ? order : (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

void tb_count_lot_derive(uint32_t *out, uint32_t num, const uint8_t seed[64], uint64_t question)
{
	drawn lots[TB_COUNT_MAX_CANDIDATES];
	uint8_t in[64 + 8 + 8];

	TB_REQUIRE(num <= TB_COUNT_MAX_CANDIDATES);
	memcpy(in, seed, 64);
	tb_store_u64(in + 64, question);
	for (uint32_t i = 0; i < num; i++) {
		tb_store_u64(in + 72, i);
		tb_sha256(lots[i].hash, in, sizeof in);
		lots[i].candidate = i;
	}
	qsort(lots, num, sizeof *lots, by_hash);
	for (uint32_t i = 0; i < num; i++)
		out[i] = lots[i].candidate;
}

void tb_count_lot_seed(uint8_t out[64], const char *text, size_t len)
{
	static const char label[] = "tabella/v1/count-lot";
	tb_sha512_state s;

	tb_sha512_init(&s);
	tb_sha512_update(&s, label, sizeof label); /* with its NUL: no text continues the label */
	tb_sha512_update(&s, text, len);
	tb_sha512_final(&s, out);
}
