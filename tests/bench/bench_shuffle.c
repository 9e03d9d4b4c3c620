/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shuffles of N ciphertexts in ristretto255: CPU time on one thread, time on the wall with all cores, memory.  BIG=1 adds N = 100,000.
 * "bench_shuffle N WIDTH make|verify THREADS" does one of these alone, with what it costs; the memory comes from such a process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/shuffle.h"

static double now(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void require(bool ok)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_shuffle: something failed\n");
		exit(1);
	}
}

/* Shared with children, see memory_of(). */
static uint8_t *bytes_new(size_t len)
{
	uint8_t *data = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	require(data != MAP_FAILED);
	memset(data, 0, len);
	return data;
}

typedef struct scene {
	const tb_group *g;
	tb_shuffle_statement st;
	tb_shuffle_generators *generators;
	tb_point h;
	uint8_t *inputs, *outputs, *proof;
	size_t proof_len;
	double ns_generators;
} scene;

/* Ciphertexts that are different points; what they encrypt costs the same. */
static void inputs_fill(const scene *s, size_t num_points)
{
	const size_t point = tb_group_point_bytes(s->g);
	tb_point P;

	tb_point_copy(s->g, &P, &s->h);
	for (size_t i = 0; i < num_points; i++) {
		tb_point_add(s->g, &P, &P, &s->h);
		tb_point_write(s->g, s->inputs + i * point, &P);
	}
}

static void scene_new(scene *s, size_t num, size_t width)
{
	double start = now(CLOCK_PROCESS_CPUTIME_ID);

	s->g = tb_group_ristretto255();
	require(tb_shuffle_generators_new(s->g, &s->generators, num, &(tb_parallel){.threads = 1}) == TB_OK);
	s->ns_generators = (now(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)num;
	tb_point_hash(s->g, &s->h, "bench", "key", 3);
	s->st = (tb_shuffle_statement){.generators = s->generators,
		.h = &s->h,
		.binding = "bench",
		.binding_len = 5,
		.num = num,
		.width = width,
		.inputs_len = tb_shuffle_list_bytes(s->g, num, width)};
	s->inputs = bytes_new(s->st.inputs_len);
	s->outputs = bytes_new(s->st.inputs_len);
	s->proof_len = tb_shuffle_proof_bytes(s->g, num, width);
	s->proof = bytes_new(s->proof_len);
	s->st.inputs = s->inputs;
	inputs_fill(s, 2 * num * width);
}

static void scene_free(scene *s)
{
	tb_shuffle_generators_free(s->generators);
	require(munmap(s->inputs, s->st.inputs_len) == 0 && munmap(s->outputs, s->st.inputs_len) == 0 &&
		munmap(s->proof, s->proof_len) == 0);
}

static void make(scene *s, unsigned threads)
{
	const tb_parallel work = {.threads = threads};
	tb_shuffle_place place;

	require(tb_shuffle_make(&s->st, s->outputs, s->proof, &work, &place) == TB_OK);
}

static void verify(scene *s, unsigned threads)
{
	const tb_parallel work = {.threads = threads};
	tb_shuffle_place place;

	require(tb_shuffle_verify(&s->st, s->outputs, s->st.inputs_len, s->proof, s->proof_len, &work,
			&place) == TB_OK);
}

typedef void step(scene *s, unsigned threads);

/* ns for each ciphertext, the best of some runs. */
static double measure(scene *s, step *what, unsigned threads, clockid_t clock)
{
	const unsigned runs = s->st.num * s->st.width > 20000 ? 1 : 3;
	double best = 0;

	for (unsigned run = 0; run < runs; run++) {
		double start = now(clock), took;

		what(s, threads);
		took = (now(clock) - start) / (double)s->st.num;
		best = run == 0 || took < best ? took : best;
	}
	return best;
}

/* ---- memory ---- */
static long peak_kib(void)
{
	struct rusage use;

	require(getrusage(RUSAGE_SELF, &use) == 0);
	return use.ru_maxrss;
}

/* Bytes a ciphertext that making or verifying needs besides the lists, the proof and the generators.  In a process of its own, forked before
 * this one has been large: a process knows only its highest peak. */
static double memory_of(size_t num, step *what, unsigned threads)
{
	int status, ends[2];
	long kib = 0;
	pid_t child;

	require(pipe(ends) == 0);
	child = fork();
	require(child >= 0);
	if (child == 0) {
		scene s;

		scene_new(&s, num, 1);
		if (what == verify && fork() == 0) {
			/* the proof comes from a child, in memory that both have */
			make(&s, 1);
			_exit(0);
		}
		if (what == verify)
			require(wait(&status) > 0 && status == 0);
		kib = peak_kib();
		what(&s, threads);
		kib = peak_kib() - kib;
		_exit(write(ends[1], &kib, sizeof kib) == sizeof kib ? 0 : 1);
	}
	require(waitpid(child, &status, 0) == child && status == 0);
	require(read(ends[0], &kib, sizeof kib) == sizeof kib);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return (double)kib * 1024 / (double)num;
}

static unsigned cores(void)
{
	return tb_parallel_threads(&(tb_parallel){.threads = 0});
}

static void report(size_t num, size_t width, double before[2])
{
	const unsigned all = cores();
	double made, verified;
	scene s;

	scene_new(&s, num, width);
	made = measure(&s, make, 1, CLOCK_PROCESS_CPUTIME_ID);
	verified = measure(&s, verify, 1, CLOCK_PROCESS_CPUTIME_ID);
	(void)printf("shuffle of %6zu, width %zu, one thread: make %.1f us a ciphertext%s, verify %.1f us%s; "
		     "generators, once, %.1f us\n",
		num, width, made / 1e3, width == 1 ? " (target 200)" : "", verified / 1e3,
		width == 1 ? " (target 75)" : "", s.ns_generators / 1e3);
	if (before[0] > 0)
		(void)printf("shuffle of %6zu: %.2f and %.2f times the cost of a ciphertext at a tenth of "
			     "the number\n",
			num, made / before[0], verified / before[1]);
	before[0] = made;
	before[1] = verified;
	made = measure(&s, make, all, CLOCK_MONOTONIC);
	verified = measure(&s, verify, all, CLOCK_MONOTONIC);
	(void)printf("shuffle of %6zu, width %zu, %u threads on the wall: make %.1f us a ciphertext, verify "
		     "%.1f us\n",
		num, width, all, made / 1e3, verified / 1e3);
	scene_free(&s);
}

int main(int argc, char **argv)
{
	static const size_t nums[] = {1000, 10000, 100000};
	const size_t sizes = getenv("BIG") != NULL ? 3 : 2;
	double before[2] = {0, 0}, wide[2] = {0, 0};

	if (argc == 5) {
		step *what = strcmp(argv[3], "make") == 0 ? make : verify;
		const unsigned threads = (unsigned)strtoul(argv[4], NULL, 10);
		scene s;

		scene_new(&s, strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
		make(&s, threads);
		(void)printf("%.1f us a ciphertext, CPU\n",
			measure(&s, what, threads, CLOCK_PROCESS_CPUTIME_ID) / 1e3);
		scene_free(&s);
		return 0;
	}
	for (size_t i = 1; i < sizes; i++)
		(void)printf("shuffle of %6zu: memory besides lists, proof and generators: make %.0f bytes a "
			     "ciphertext, verify %.0f, "
			     "with all cores %.0f and %.0f (target below 1024)\n",
			nums[i], memory_of(nums[i], make, 1), memory_of(nums[i], verify, 1),
			memory_of(nums[i], make, cores()), memory_of(nums[i], verify, cores()));
	for (size_t i = 0; i < sizes; i++)
		report(nums[i], 1, before);
	report(100, 20, wide);
	return 0;
}
