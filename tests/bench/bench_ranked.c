/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole ranked election, from the ballots to the verified result: 20 options, Scottish STV with three seats, keys of three trustees of whom two are
 * needed, two mixes; 1,000 ballots, then 5,000 and 10,000, and with BIG=1 100,000.  "bench_ranked N" does one number alone.
 *
 * For each stage: processor time a ballot (on one thread but where the row says otherwise), as a multiple of what it was with 1,000, time on
 * the wall with all cores, how much the peak of memory grows for each ballot more, and the load of the machine meanwhile: where it is
 * above the number of cores somebody else was there, and the time on the wall says little.
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/election/ballot_batch.h"
#include "crypto/merkle.h"
#include "tests/support/check_board.h"
#include "tests/support/many_ballots.h"

#define OPTIONS 20
#define BATCH 1000 /* ballots that are verified together */
#define MAX_ROWS 24

static void require(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "bench_ranked: %s\n", what);
		exit(1);
	}
}

static double now(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the election ---- */

typedef struct scene {
	tb_maker *m;
	uint32_t num;
	uint64_t open_size; /* of the log that ends with `open`: the ballots follow */
	uint8_t open_root[32];
	tb_tally *tally;
	uint32_t trustee; /* who mixes or decrypts now */
	tb_secret share;
	tb_buf *ballots; /* before they are posted */
	tb_buf payload;
	tb_buf csv; /* the decrypted ballots */
	tb_maker_files files;
} scene;

/* One question alone, the ranked one, with more options. */
static void edit(void *arg, tb_manifest *m)
{
	tb_question *all = m->questions, *q = &all[1];
	tb_manifest rest;
	char name[16];

	(void)arg;
	require(m->num_questions == 2 && q->method == TB_METHOD_RANKED, "questions");
	q->options = realloc(q->options, OPTIONS * sizeof *q->options);
	require(q->options != NULL, "memory");
	for (uint32_t i = q->num_options; i < OPTIONS; i++) {
		(void)snprintf(name, sizeof name, "option-%u", i + 1);
		q->options[i] = (tb_option){
			.id = strdup(name), .label = strdup(name), .text = strdup(""), .link = strdup("")};
	}
	q->num_options = q->max = OPTIONS;
	q->winners = 3;
	m->questions = calloc(1, sizeof *m->questions);
	require(m->questions != NULL, "memory");
	m->questions[0] = *q;
	m->num_questions = 1;
	tb_manifest_init(&rest);
	rest.questions = all;
	rest.num_questions = 1;
	tb_manifest_release(&rest);
}

static void scene_new(scene *s, uint32_t num)
{
	const tb_maker_config config = {.num_voters = num, .small = true, .ranked = true, .edit = edit};

	memset(s, 0, sizeof *s);
	s->num = num;
	s->m = tb_maker_new(&config);
	tb_maker_until_open(s->m);
	s->open_size = tb_board_size(s->m->board);
	tb_board_root(s->m->board, s->open_root);
	s->ballots = calloc(num, sizeof *s->ballots);
	require(s->ballots != NULL, "memory");
	for (uint32_t i = 0; i < num; i++)
		tb_buf_init(&s->ballots[i], TB_ENTRY_MAX_BYTES);
	tb_buf_init(&s->payload, TB_BLOB_MAX_BYTES);
	tb_buf_init(&s->csv, TB_COUNT_MAX_FILE);
}

static void free_ballots(scene *s)
{
	for (uint32_t i = 0; i < s->num; i++)
		tb_buf_release(&s->ballots[i]);
	free(s->ballots);
}

static void scene_free(scene *s)
{
	tb_maker_files_free(&s->files);
	tb_buf_release(&s->payload);
	tb_buf_release(&s->csv);
	tb_maker_free(s->m);
}

/* ---- measuring ---- */

typedef struct row {
	const char *name;
	uint32_t num;
	double peak; /* bytes above what there was before */
} row;

static row rows[MAX_ROWS];         /* of the number of ballots before */
static double first_cpu[MAX_ROWS]; /* with the smallest number */
static size_t next_row;

/* Of /proc/self/status, in bytes; 0 where there is none. */
static double memory(const char *field)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];
	double kib = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, field, strlen(field)) == 0)
			kib = strtod(line + strlen(field) + 1, NULL);
	if (f != NULL)
		(void)fclose(f);
	return kib * 1024;
}

/* Peaks count from here; false where the system does not say. */
static bool forget_peak(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");
	bool ok;

	if (f == NULL)
		return false;
	(void)malloc_trim(0);
	ok = fputs("5", f) >= 0;
	return fclose(f) == 0 && ok;
}

typedef void step(scene *s, const tb_parallel *work);

static double peak_of(scene *s, step *what, unsigned threads, double *cpu, double *wall)
{
	bool known = forget_peak();
	double before = memory("VmRSS"), start = now(CLOCK_PROCESS_CPUTIME_ID), at = now(CLOCK_MONOTONIC);

	what(s, &(tb_parallel){.threads = threads});
	*cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start;
	*wall = now(CLOCK_MONOTONIC) - at;
	return known ? memory("VmHWM") - before : 0;
}

typedef enum runs {
	BOTH,     /* on one thread, then on all cores */
	ONE,      /* on one thread: it knows no more */
	ALL_ONCE, /* on all cores, and what all threads took together: it can be done but once */
} runs;

static void measure(scene *s, const char *name, step *what, runs how, double target)
{
	double cpu, wall, ignored, load = 0, peak = peak_of(s, what, how == ALL_ONCE ? 0 : 1, &cpu, &wall);
	row *r = &rows[next_row++];
	char text[32] = "", growth[32] = "-", times[32] = "-";

	require(next_row <= MAX_ROWS, "rows");
	if (how == BOTH)
		(void)peak_of(s, what, 0, &ignored, &wall);
	(void)getloadavg(&load, 1);
	cpu /= s->num;
	if (r->name != NULL) {
		require(strcmp(r->name, name) == 0, name);
		(void)snprintf(times, sizeof times, "%.2f", cpu / first_cpu[r - rows]);
		(void)snprintf(growth, sizeof growth, "%.0f", (peak - r->peak) / (s->num - r->num));
	}
	if (r->name == NULL)
		first_cpu[r - rows] = cpu;
	if (target > 0)
		(void)snprintf(text, sizeof text, " (target %.0f)", target);
	(void)printf("  %-34s %8.1f%s %7s %9.1f %9s %6.1f%s\n", name, cpu * 1e6, how == ALL_ONCE ? "*" : " ",
		times, wall / s->num * 1e6, growth, load, text);
	*r = (row){.name = name, .num = s->num, .peak = peak};
}

/* ---- stages ---- */

static void keep(void *arg, uint32_t voter, const tb_buf *entry)
{
	scene *s = arg;

	tb_buf_append(&s->ballots[voter], entry->data, entry->len);
	require(tb_buf_status(&s->ballots[voter]) == TB_OK, "memory");
}

static void make_ballots(scene *s, const tb_parallel *work)
{
	(void)work;
	many_ballots_make(s->m, s->open_size, s->open_root, 0, s->num, keep, s);
}

/* What the state machine says and remembers, ballot by ballot; neither signature nor proof. */
static void post_ballots(scene *s, const tb_parallel *work)
{
	(void)work;
	for (uint32_t i = 0; i < s->num; i++)
		tb_maker_append(s->m, s->ballots[i].data, s->ballots[i].len);
}

/* From the bytes of entries: envelope, leaf hash, signature, proof. */
static tb_err verify_some(void *arg, size_t first, size_t num)
{
	const scene *s = arg;
	uint8_t hash[32];
	tb_ballot_batch *batch;
	size_t num_bad;
	tb_buf room;
	tb_entry e;
	tb_fault fault;
	tb_err err = tb_ballot_batch_new(&batch, tb_board_params(s->m->board), num);

	if (err != TB_OK)
		return err;
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	for (size_t i = first; i < first + num; i++) {
		const tb_buf *bytes = &s->m->entries[s->open_size + i];

		tb_merkle_leaf(hash, bytes->data, bytes->len);
		require(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK, "envelope");
		require(tb_ballot_batch_add(batch, i, &e, tb_board_binding(s->m->board),
				s->m->voters[i].keys.sign_key, 0) == TB_OK,
			"add");
	}
	require(tb_ballot_batch_verify(batch, NULL, &num_bad) == TB_OK && num_bad == 0, "ballots");
	tb_buf_release(&room);
	tb_ballot_batch_free(batch);
	return TB_OK;
}

static void verify_ballots(scene *s, const tb_parallel *work)
{
	require(tb_parallel_run(work, s->num, BATCH, verify_some, s) == TB_OK, "verify");
}

static void tally(scene *s, const tb_parallel *work)
{
	(void)work;
	tb_maker_tally(s->m);
	s->tally = tb_board_tally(s->m->board);
}

static void mix(scene *s, const tb_parallel *work)
{
	tb_fault fault;

	tb_buf_clear(&s->payload);
	require(tb_mix_make(tb_tally_stage(s->tally), &s->payload, s->trustee, work, &fault) == TB_OK, "mix");
}

static void check_mix(scene *s, const tb_parallel *work)
{
	tb_fault fault;

	require(tb_mix_check(tb_tally_stage(s->tally), s->trustee, s->payload.data, s->payload.len, work,
			&fault) == TB_OK,
		"a mix is refused");
}

static void decrypt(scene *s, const tb_parallel *work)
{
	tb_fault fault;

	tb_buf_clear(&s->payload);
	tb_tally_set_work(s->tally, work);
	require(tb_tally_make_decrypt(s->tally, tb_board_ceremony(s->m->board), &s->payload, s->trustee,
			&s->share, &fault) == TB_OK,
		"decrypt");
}

static void check_decrypt(scene *s, const tb_parallel *work)
{
	tb_fault fault;

	tb_tally_set_work(s->tally, work);
	require(tb_tally_check_decrypt(s->tally, tb_board_ceremony(s->m->board), s->trustee, s->payload.data,
			s->payload.len, &fault) == TB_OK,
		"a share is refused");
}

static void combine(scene *s, const tb_parallel *work)
{
	tb_fault fault;

	tb_tally_set_work(s->tally, work);
	require(tb_tally_decrypt(s->tally, tb_board_ceremony(s->m->board), NULL, NULL, &fault) == TB_OK,
		"combine");
}

/* As anybody does who has the file: read it, count, write the account. */
static void count(scene *s, const tb_parallel *work)
{
	const tb_count_method *method = tb_count_method_find("scottish-stv-2007");
	tb_count_options options = {.seats = 3, .default_option = TB_COUNT_NOBODY};
	uint32_t lot[OPTIONS];
	tb_count_account account;
	tb_count_ballots ballots;
	tb_buf json;
	tb_why why;

	(void)work;
	for (uint32_t i = 0; i < OPTIONS; i++)
		lot[i] = i;
	options.lot = lot;
	require(tb_count_file_parse(&ballots, TB_COUNT_CSV, s->csv.data, s->csv.len, &why) == TB_OK,
		why.text);
	require(tb_count_run(&account, method, &ballots, &options, &why) == TB_OK, why.text);
	tb_buf_init(&json, TB_COUNT_MAX_FILE);
	require(tb_count_account_write(&json, &account, method, &ballots, &options) == TB_OK, "account");
	tb_buf_release(&json);
	tb_count_account_release(&account);
	tb_count_ballots_release(&ballots);
}

static void result(scene *s, const tb_parallel *work)
{
	(void)work;
	tb_maker_result(s->m);
}

static void verify_board(scene *s, const tb_parallel *work)
{
	const tb_check_options options = {.threads = work->threads};
	tb_checked c;

	tb_checked_run(&c, &s->files, &options);
	tb_checked_print_failures(&c);
	require(c.report.verdict == TB_VERDICT_VERIFIED, "the board is not verified");
	tb_checked_release(&c);
}

/* ---- all of it ---- */

static void post(scene *s, tb_entry_type type)
{
	tb_maker_plan plan;
	char signer[TB_SIGNER_MAX];

	(void)snprintf(signer, sizeof signer, "trustee/%u", s->trustee);
	tb_maker_plan_init(s->m, &plan, type, signer);
	tb_buf_append(&plan.payload, s->payload.data, s->payload.len);
	tb_maker_post(s->m, &plan);
}

static void receive_share(scene *s)
{
	tb_fault fault;
	uint32_t blame;

	require(tb_ceremony_receive(tb_board_ceremony(s->m->board), &s->share, s->trustee,
			&s->m->trustee[s->trustee - 1].transport, &blame, &fault) == TB_OK,
		"share");
}

static void until_shared(scene *s)
{
	static const char *const names[][4] = {
		{"mix 1 made", "mix 1 checked", "decryption share 1 made", "decryption share 1 checked"},
		{"mix 2 made", "mix 2 checked", "decryption share 2 made", "decryption share 2 checked"}};

	for (s->trustee = 1; s->trustee <= 2; s->trustee++) {
		measure(s, names[s->trustee - 1][0], mix, BOTH, 200);
		measure(s, names[s->trustee - 1][1], check_mix, BOTH, 75);
		post(s, TB_ENTRY_MIX);
	}
	for (s->trustee = 1; s->trustee <= 2; s->trustee++) {
		receive_share(s);
		measure(s, names[s->trustee - 1][2], decrypt, BOTH, 0);
		measure(s, names[s->trustee - 1][3], check_decrypt, BOTH, 0);
		post(s, TB_ENTRY_DECRYPT);
	}
}

static void report_sizes(const scene *s)
{
	size_t bytes = 0;

	for (size_t i = 0; i < s->files.num; i++)
		bytes += s->files.file[i].bytes.len;
	(void)printf(
		"  board: %.1f MiB, %.0f bytes a ballot, of which its entry %zu; the peak of memory, with "
		"everybody's entries, payloads and files in it, %.0f MiB\n",
		(double)bytes / 1048576, (double)bytes / s->num, s->m->entries[s->open_size].len,
		memory("VmHWM") / 1048576);
}

static void run(uint32_t num)
{
	double started = now(CLOCK_MONOTONIC);
	const tb_ranked_count *counted;
	scene s;

	scene_new(&s, num);
	next_row = 0;
	(void)printf("ranked: %u ballots of %u options; microseconds a ballot\n  %-34s %9s %7s %9s %9s %6s\n",
		num, OPTIONS, "", "processor", "times", "all cores", "B/ballot", "load");
	measure(&s, "ballots made", make_ballots, ALL_ONCE, 0);
	measure(&s, "ballots posted", post_ballots, ONE, 0);
	free_ballots(&s);
	measure(&s, "ballots verified", verify_ballots, BOTH, 0);
	tb_maker_close(s.m);
	measure(&s, "tally: listed, first stage", tally, ONE, 0);
	for (uint32_t i = 0; i < tb_manifest_total_endorsers(&s.m->manifest); i++)
		tb_maker_endorse(s.m, i);
	until_shared(&s);
	measure(&s, "combined, decoded, counted", combine, ALL_ONCE, 0);
	counted = tb_tally_count(s.tally, 0);
	require(tb_ranked_count_num_valid(counted) == num, "ballots were lost");
	require(tb_ranked_count_write(counted, 0, &s.csv) == TB_OK, "csv");
	measure(&s, "counted again from the file", count, ONE, 0);
	measure(&s, "result made, checked", result, ONE, 0);
	tb_maker_files_new(s.m, &s.files);
	measure(&s, "the whole board verified", verify_board, BOTH, 0);
	report_sizes(&s);
	(void)printf("  %.1f s in all\n", now(CLOCK_MONOTONIC) - started);
	scene_free(&s);
}

int main(int argc, char **argv)
{
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2) {
		run((uint32_t)strtoul(argv[1], NULL, 10));
		return 0;
	}
	run(1000);
	run(5000); /* from here on no stage has less than its largest piece in memory: what grows, grows with the ballots */
	run(10000);
	if (getenv("BIG") != NULL)
		run(100000);
	(void)printf("* all threads together; the other stages on one thread.  times: as a multiple of a "
		     "ballot's cost at 1,000; B/ballot: "
		     "bytes by which the peak of the stage is higher for each ballot more than the last time "
		     "(target below 1024)\n");
	return 0;
}
