/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/count/count.h"

/* Counting 10,000 different ballots of 20 candidates by every method; and 500 candidates with 100,000 ballots (BIG=1: 1,000,000). */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t seed = 1;

static uint32_t below(uint32_t max)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % max);
}

static void must(tb_err err)
{
	if (err != TB_OK) {
		fprintf(stderr, "%s\n", tb_err_text(err));
		exit(1);
	}
}

/* Some candidates are liked more than others: the smaller of three numbers. */
static uint32_t liked(uint32_t n)
{
	uint32_t a = below(n), b = below(n), c = below(n);

	return a < b ? a < c ? a : c : b < c ? b : c;
}

static void make(tb_count_ballots *b, uint32_t n, uint32_t num, uint32_t longest)
{
	char name[16];

	tb_count_ballots_init(b);
	b->has_scores = true;
	for (uint32_t i = 0; i < n; i++) {
		int len = snprintf(name, sizeof name, "Candidate %u", i + 1);

		must(tb_count_ballots_add_candidate(b, name, (size_t)len));
	}
	for (uint32_t i = 0; i < num; i++) {
		tb_count_pref prefs[TB_COUNT_MAX_CANDIDATES];
		uint32_t scores[TB_COUNT_MAX_CANDIDATES], want = 1 + below(longest), len = 0;
		bool seen[TB_COUNT_MAX_CANDIDATES] = {false};

		while (len < want) {
			uint32_t who = liked(n);

			if (seen[who])
				continue;
			seen[who] = true;
			scores[len] = 1000 - len;
			prefs[len] = (tb_count_pref){(uint16_t)who, (uint16_t)(len + 1)};
			len++;
		}
		must(tb_count_ballots_add(b, prefs, scores, len, 1));
	}
}

static void measure(uint32_t n, uint32_t num, uint32_t longest, uint32_t seats)
{
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];
	tb_count_ballots b;
	struct rusage usage;
	double start = now();

	make(&b, n, num, longest);
	for (uint32_t i = 0; i < n; i++)
		lot[i] = i;
	printf("%u candidates, %u ballots of up to %u, %u seats; made in %.2f s", n, num, longest, seats,
		now() - start);
	start = now();
	must(tb_count_ballots_finish(&b));
	printf(", joined into %zu groups in %.2f s\n", b.num_groups, now() - start);
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		tb_count_options o = {.seats = (*m)->flags & TB_COUNT_ONE_SEAT ? 1 : seats,
			.lot = lot,
			.default_option = TB_COUNT_NOBODY};
		tb_count_account a;
		tb_buf json;
		tb_why why;
		double middle;

		start = now();
		must(tb_count_run(&a, *m, &b, &o, &why));
		middle = now();
		tb_buf_init(&json, 1u << 30);
		must(tb_count_account_write(&json, &a, *m, &b, &o));
		printf("  %-22s %8.3f s, %4u rounds, %9zu bytes of JSON in %.3f s\n", (*m)->id,
			middle - start, a.num_rounds, json.len, now() - middle);
		tb_buf_release(&json);
		tb_count_account_release(&a);
	}
	tb_count_ballots_release(&b);
	getrusage(RUSAGE_SELF, &usage);
	printf("  largest so far %ld MiB\n", usage.ru_maxrss / 1024);
}

int main(void)
{
	bool big = getenv("BIG") != NULL && strcmp(getenv("BIG"), "1") == 0;

	measure(20, 10000, 20, 5);
	measure(500, big ? 1000000 : 100000, 10, 20);
	return 0;
}
