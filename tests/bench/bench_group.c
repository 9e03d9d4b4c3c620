/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operations of both groups cost, and the multi-scalar multiplication by size: scalars of 253 (256)
 * bits, of 128 bits, and half of each, as in a batch of ballots.  BIG=1 adds the largest sizes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/group.h"
#include "crypto/hash.h"
#include "crypto/msm.h"
#include "crypto/transcript.h"

static double now(void)
{
	struct timespec t;

	/* the time this thread ran: others may use the machine too */
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void require(bool ok)
{
	if (!ok)
		exit(1);
}

/* The best of five runs. */
#define MEASURE(text, rounds, statement)                                                                     \
	do {                                                                                                 \
		double best_ = 0;                                                                            \
		for (int run_ = 0; run_ < 5; run_++) {                                                       \
			double start_ = now(), took_;                                                        \
			for (unsigned i_ = 0; i_ < (rounds); i_++)                                           \
				(statement);                                                                 \
			took_ = (now() - start_) / (rounds);                                                 \
			best_ = run_ == 0 || took_ < best_ ? took_ : best_;                                  \
		}                                                                                            \
		(void)printf("%-13s %-34s %12.1f ns\n", tb_group_name(g), text, best_);                      \
	} while (0)

static void scalar_from(const tb_group *g, tb_scalar *out, uint64_t i, size_t bytes)
{
	uint8_t wide[64];

	tb_sha512(wide, &i, sizeof i);
	memset(wide + bytes, 0, sizeof wide - bytes);
	tb_scalar_reduce64(g, out, wide);
}

static void bench_scalars(const tb_group *g)
{
	tb_transcript t;
	uint8_t wire[64];
	tb_scalar a, b;
	tb_secret s;

	scalar_from(g, &a, 1, 64);
	scalar_from(g, &b, 2, 64);
	tb_scalar_write(g, wire, &a);
	MEASURE("scalar add", 1000000, tb_scalar_add(g, &a, &a, &b));
	MEASURE("scalar mul", 1000000, tb_scalar_mul(g, &a, &a, &b));
	MEASURE("scalar invert", 2000, require(tb_scalar_invert(g, &a, &a) == TB_OK));
	MEASURE("scalar parse", 1000000, require(tb_scalar_parse(g, &a, wire) == TB_OK));
	MEASURE("reduce 64 bytes", 1000000, tb_scalar_reduce64(g, &a, wire));
	MEASURE("random 128 bits", 100000, require(tb_scalar_random128(g, &a) == TB_OK));
	MEASURE("random secret", 100000, require(tb_secret_random(g, &s) == TB_OK));
	require(tb_transcript_init(&t, "bench") == TB_OK);
	MEASURE("transcript: item of 32 bytes", 300000, tb_transcript_bytes(&t, "item", wire, 32));
	MEASURE("transcript: challenge", 300000, tb_transcript_challenge(&t, g, &a));
	tb_transcript_release(&t);
}

static void new_and_free(const tb_group *g, const tb_point *base)
{
	tb_fixed_base *table;

	require(tb_fixed_base_new(g, &table, base) == TB_OK);
	tb_fixed_base_free(table);
}

static void bench_points(const tb_group *g, unsigned rounds)
{
	const unsigned few = rounds / 5;
	uint8_t wire[TB_POINT_MAX_BYTES];
	tb_fixed_base *table;
	tb_point a, b;
	tb_scalar k;
	tb_secret s;

	tb_point_hash(g, &a, "bench", "", 0);
	tb_point_generator(g, &b);
	scalar_from(g, &k, 1, 64);
	tb_secret_set_scalar(g, &s, &k);
	MEASURE("point add", rounds * 200, tb_point_add(g, &a, &a, &b));
	MEASURE("point add, constant time", rounds * 200, tb_point_add_secret(g, &a, &a, &b));
	MEASURE("point sub", rounds * 20, tb_point_sub(g, &a, &a, &b));
	MEASURE("encode", rounds * 10, tb_point_write(g, wire, &a));
	MEASURE("decode", rounds * 10, require(tb_point_parse(g, &a, wire) == TB_OK));
	MEASURE("mul, public", rounds, tb_point_mul_public(g, &a, &k, &a));
	MEASURE("mul, secret", rounds, tb_point_mul_secret(g, &a, &s, &a));
	MEASURE("mul of the generator, secret", rounds, tb_point_mul_generator_secret(g, &a, &s));
	require(tb_fixed_base_new(g, &table, &b) == TB_OK);
	MEASURE("mul of a fixed base, secret", rounds, tb_fixed_base_mul_secret(table, &a, &s));
	tb_fixed_base_free(table);
	MEASURE("new fixed base", few, new_and_free(g, &b));
	MEASURE("hash to group", few, tb_point_hash(g, &a, "bench", "", 0));
}

static void bench_msm(const tb_group *g, size_t most)
{
	static const size_t sizes[] = {1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 131072, 200000};
	const tb_point **list = malloc(most * sizeof *list);
	tb_scalar *k[3];
	tb_msm_scratch *scratch;
	tb_points points;
	tb_point sum, step;

	require(list != NULL && tb_points_new(g, &points, most) == TB_OK &&
		tb_msm_scratch_new(&scratch) == TB_OK);
	for (int kind = 0; kind < 3; kind++) {
		k[kind] = malloc(most * sizeof *k[kind]);
		require(k[kind] != NULL);
	}
	tb_point_hash(g, &step, "bench", "step", 4);
	tb_point_hash(g, &sum, "bench", "", 0);
	for (size_t i = 0; i < most; i++) {
		tb_point_add(g, &sum, &sum, &step);
		tb_point_copy(g, tb_points_at(&points, i), &sum);
		list[i] = tb_points_at(&points, i);
		scalar_from(g, &k[0][i], i, 64);
		scalar_from(g, &k[1][i], i, 16);
		k[2][i] = k[i % 2][i];
	}
	(void)printf("%-13s MSM, us per point:      full     short     mixed\n", tb_group_name(g));
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && sizes[i] <= most; i++) {
		(void)printf("%-13s n = %7zu      ", tb_group_name(g), sizes[i]);
		for (int kind = 0; kind < 3; kind++) {
			double best = 0;
			size_t rounds = most / 10 / sizes[i] + 1;

			for (int run = 0; run < 3; run++) {
				double start = now(), took;

				for (size_t n = 0; n < rounds; n++)
					require(tb_msm(g, scratch, &sum, k[kind], list, sizes[i]) == TB_OK);
				took = (now() - start) / 1000 / (double)(rounds * sizes[i]);
				best = run == 0 || took < best ? took : best;
			}
			(void)printf("%10.2f", best);
		}
		(void)printf("\n");
	}
	for (int kind = 0; kind < 3; kind++)
		free(k[kind]);
	free(list);
	tb_points_free(&points);
	tb_msm_scratch_free(scratch);
}

static void bench_order_check(const tb_group *g)
{
	enum { MOST = 1024 };
	const tb_point *list[MOST];
	tb_points points;
	tb_point step;

	require(tb_points_new(g, &points, MOST) == TB_OK);
	tb_point_generator(g, &step);
	for (size_t i = 0; i < MOST; i++) {
		tb_point_add(g, tb_points_at(&points, i), i > 0 ? list[i - 1] : &step, &step);
		list[i] = tb_points_at(&points, i);
	}
	for (size_t n = 16; n <= MOST; n *= 8) {
		double start = now();

		require(tb_points_check_order(g, list, n) == TB_OK);
		(void)printf("%-13s order check of %5zu points: %.1f us a point\n", tb_group_name(g), n,
			(now() - start) / 1000 / (double)n);
	}
	tb_points_free(&points);
}

int main(void)
{
	bool big = getenv("BIG") != NULL;

	bench_scalars(tb_group_ristretto255());
	bench_points(tb_group_ristretto255(), 2000);
	bench_msm(tb_group_ristretto255(), big ? 200000 : 65536);
	bench_scalars(tb_group_modp4096());
	bench_points(tb_group_modp4096(), 50);
	bench_msm(tb_group_modp4096(), big ? 16384 : 4096);
	bench_order_check(tb_group_modp4096());
	return 0;
}
