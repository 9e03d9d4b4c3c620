/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz_sample.h"
#include "tests/support/plain_shuffle.h"

/* Writes the valid inputs of the fuzz targets ballot, commit, decrypt, mix and shuffle.  usage: tool_corpus tests/fuzz/corpus */
static int store(const char *folder, const char *name, const tb_buf *b)
{
	char path[4096];
	FILE *file;
	int ok;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return 0;
	file = fopen(path, "wb");
	if (file == NULL) {
		perror(path);
		return 0;
	}
	ok = fwrite(b->data, 1, b->len, file) == b->len;
	return fclose(file) == 0 && ok;
}

static int make_ballots(const char *folder)
{
	int ok = 1;

	for (uint64_t i = 0; i < 4; i++) {
		char name[32];
		tb_sample_ballot b;

		tb_sample_cast(&b, tb_fuzz_sample(), i, NULL);
		(void)snprintf(name, sizeof name, "ballot/voter-%d", (int)i);
		ok &= store(folder, name, &b.payload);
		tb_sample_ballot_free(&b);
	}
	return ok;
}

static int make_commits_and_shares(const char *folder)
{
	int ok = 1;

	for (uint32_t j = 1; j <= 3; j++) {
		char name[32];
		tb_fault fault;
		tb_secret x;
		tb_buf b;

		tb_buf_init(&b, TB_ENTRY_MAX_INLINE);
		tb_sample_fixed_commit(tb_fuzz_beginning(), &b, j);
		(void)snprintf(name, sizeof name, "commit/trustee-%u", j);
		ok &= store(folder, name, &b);
		tb_buf_clear(&b);
		tb_sample_share(tb_fuzz_sample(), &x, j);
		TB_REQUIRE(tb_tally_make_decrypt(
				   tb_fuzz_tally(), tb_fuzz_sample()->ceremony, &b, j, &x, &fault) == TB_OK);
		(void)snprintf(name, sizeof name, "decrypt/trustee-%u", j);
		ok &= store(folder, name, &b);
		tb_buf_release(&b);
	}
	return ok;
}

/* Outputs and proof for the two ciphertexts of fuzz_shuffle. */
static int make_shuffles(const char *folder)
{
	static const size_t orders[2][2] = {{0, 1}, {1, 0}};
	const tb_group *g = tb_group_ristretto255();
	int ok = 1;

	for (int i = 0; i < 2; i++) {
		plain_shuffle_witness w;
		plain_shuffle_coins coins;
		uint8_t *outputs, *proof;
		plain_shuffle z;
		char name[32];
		tb_point h;
		tb_buf b;

		tb_point_hash(g, &h, "test/key", "", 0);
		plain_shuffle_init(&z, g, &h, 2, 1);
		plain_shuffle_honest(&z, &w, orders[i], (uint64_t)i);
		plain_shuffle_draw(&z, &coins, (uint64_t)i);
		plain_shuffle_prove(&z, &w, &coins, 0);
		outputs = plain_shuffle_write_outputs(&z);
		proof = plain_shuffle_write_proof(&z);
		tb_buf_init(&b, 1024);
		tb_buf_append(&b, outputs, tb_shuffle_list_bytes(g, 2, 1));
		tb_buf_append(&b, proof, tb_shuffle_proof_bytes(g, 2, 1));
		(void)snprintf(name, sizeof name, "shuffle/order-%d", i);
		ok &= store(folder, name, &b);
		tb_buf_release(&b);
		free(outputs);
		free(proof);
	}
	return ok;
}

static int make_mixes(const char *folder)
{
	const tb_parallel work = {.threads = 1};
	int ok = 1;

	for (uint32_t j = 1; j <= 2; j++) {
		char name[32];
		tb_fault fault;
		tb_buf b;

		tb_buf_init(&b, TB_ENTRY_MAX_INLINE);
		TB_REQUIRE(tb_mix_make(tb_fuzz_stage(), &b, j, &work, &fault) == TB_OK);
		(void)snprintf(name, sizeof name, "mix/trustee-%u", j);
		ok &= store(folder, name, &b);
		tb_buf_release(&b);
	}
	return ok;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	return make_ballots(argv[1]) && make_commits_and_shares(argv[1]) && make_mixes(argv[1]) &&
			       make_shuffles(argv[1])
		       ? 0
		       : 1;
}
