/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"

const tb_group *const *tb_fixture_groups(size_t *num)
{
	static const tb_group *groups[2];

	groups[0] = tb_group_ristretto255();
	groups[1] = tb_group_by_name("modp4096");
	*num = groups[1] == NULL ? 1 : 2;
	return groups;
}

void tb_fixture_bytes(uint8_t out[64], const char *label, uint64_t index)
{
	tb_sha512_state s;

	tb_sha512_init(&s);
	tb_sha512_update(&s, label, strlen(label) + 1);
	tb_sha512_update(&s, &index, sizeof index);
	tb_sha512_final(&s, out);
}

void tb_fixture_scalar(const tb_group *g, tb_scalar *out, const char *label, uint64_t index)
{
	uint8_t wide[64];

	tb_fixture_bytes(wide, label, index);
	tb_scalar_reduce64(g, out, wide);
}

void tb_fixture_secret(const tb_group *g, tb_secret *out, const char *label, uint64_t index)
{
	uint8_t wide[64];

	tb_fixture_bytes(wide, label, index);
	tb_secret_reduce64(g, out, wide);
}

/* Generators are slow in modp4096, so those of each group are made once, for as many bits as were ever asked for. */
static tb_bitproof_generators *generators(const tb_group *g, size_t num_bits)
{
	static struct {
		const tb_group *g;
		size_t num_bits;
		tb_bitproof_generators *made[16]; /* older ones stay: fixtures use them */
		size_t num_made;
	} cache[16];
	size_t i = 0;

	while (cache[i].g != NULL && cache[i].g != g)
		i++;
	TB_REQUIRE(i < 16);
	if (cache[i].g == NULL || cache[i].num_bits < num_bits) {
		TB_REQUIRE(cache[i].num_made < 16);
		cache[i].g = g;
		cache[i].num_bits = num_bits > 24 ? num_bits : 24;
		TB_REQUIRE(tb_bitproof_generators_new(
				   g, &cache[i].made[cache[i].num_made++], cache[i].num_bits) == TB_OK);
	}
	return cache[i].made[cache[i].num_made - 1];
}

void tb_fixture_new(tb_fixture *f, const tb_group *g, size_t num_bits)
{
	tb_point h;

	memset(f, 0, sizeof *f);
	f->g = g;
	f->generators = generators(g, num_bits);
	for (uint64_t i = 0; i == 0 || tb_secret_is_zero(&f->secret); i++) /* 0 comes up in tiny groups */
		tb_fixture_secret(g, &f->secret, "election key", i);
	tb_point_mul_generator_secret(g, &h, &f->secret);
	tb_bitproof_key_init(&f->key, f->generators, &h);
	TB_REQUIRE(tb_bitproof_prover_new(&f->prover, &f->key, num_bits) == TB_OK);
	TB_REQUIRE(tb_bitproof_batch_new(&f->key, &f->batch) == TB_OK);
}

void tb_fixture_free(tb_fixture *f)
{
	tb_batch_free(f->batch);
	tb_bitproof_prover_free(f->prover);
	memset(f, 0, sizeof *f);
}

const tb_bitproof_binding *tb_fixture_binding(uint64_t voter)
{
	static _Thread_local tb_bitproof_binding binding;
	static _Thread_local uint8_t context[64], key[64];
	static _Thread_local char name[32];

	tb_fixture_bytes(context, "context", 0);
	tb_fixture_bytes(key, "voter key", voter);
	binding.context = context;
	binding.voter = name;
	binding.voter_len = (size_t)snprintf(name, sizeof name, "voter-%llu", (unsigned long long)voter);
	binding.voter_key = key;
	binding.question = 0;
	return &binding;
}

uint8_t *tb_fixture_prove(const tb_fixture *f, const tb_bitproof_definition *def, uint64_t voter,
	const uint32_t *votes, uint32_t blank)
{
	uint8_t *part = malloc(tb_bitproof_bytes(f->g, def));
	uint8_t seed[64];

	TB_REQUIRE(part != NULL);
	tb_fixture_bytes(seed, "seed", voter);
	TB_REQUIRE(tb_bitproof_prove(f->prover, part, def, tb_fixture_binding(voter), votes, blank, seed) ==
		   TB_OK);
	return part;
}

void tb_fixture_choose(const tb_bitproof_definition *def, uint64_t index, uint32_t *votes, uint32_t *blank)
{
	uint8_t r[64];
	uint32_t want, sum = 0, i = 0;

	tb_fixture_bytes(r, "choice", index);
	memset(votes, 0, def->num_options * sizeof *votes);
	*blank = def->has_blank && r[0] % 4 == 0;
	if (*blank)
		return;
	want = def->min + (uint32_t)(r[1] + 256 * r[2]) % (def->max - def->min + 1);
	i = r[3] % def->num_options;
	for (; sum < want;
		i = (i + 1) % def->num_options) { /* round and round, every step from 1 to what fits */
		uint32_t room = def->max_score - votes[i];
		uint32_t step = room > 0 ? 1 + r[4 + i % 60] % room : 0;

		step = step > want - sum ? want - sum : step;
		votes[i] += step;
		sum += step;
	}
}

void tb_fixture_hex(uint8_t *out, size_t out_len, const char *hex)
{
	static const char digits[] = "0123456789abcdef";

	TB_REQUIRE(strlen(hex) == 2 * out_len);
	for (size_t i = 0; i < 2 * out_len; i++) {
		const char *at = strchr(digits, hex[i]);

		TB_REQUIRE(at != NULL && *at != 0);
		out[i / 2] = (uint8_t)(i % 2 == 0 ? (at - digits) << 4 : out[i / 2] | (at - digits));
	}
}
