/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Runs a fuzz target without a fuzzer: every file of its corpus, then mutations of them.  The mutations
 * come from a fixed seed and a fixed number, so a failure of today fails tomorrow as well.  The input that
 * was being run is printed when the target crashes, ready to become a corpus file.
 *
 * usage: fuzz_NAME CORPUS-FOLDER      (TB_LONG=1: a hundred times as many mutations)
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MAX_INPUT_FILES 4096
#define MAX_INPUT_BYTES (1u << 20)
#define MUTATIONS 5000u

typedef struct input {
	uint8_t *data;
	size_t len;
} input;

static const uint8_t *volatile running_data;
static volatile size_t running_len;

/* Only write(2) and data that is already there: this runs in a signal handler. */
static void on_crash(int sig)
{
	static const char digits[] = "0123456789abcdef";
	static const char head[] = "\nthe target crashed on this input (hex, at most 65536 bytes; xxd -r -p "
				   "makes a file of it):\n";
	char line[65];
	size_t used = 0;

	(void)!write(STDERR_FILENO, head, sizeof head - 1);
	for (size_t i = 0; i < running_len && i < 65536; i++) {
		line[used++] = digits[running_data[i] >> 4];
		line[used++] = digits[running_data[i] & 15];
		if (used == 64 || i + 1 == running_len || i + 1 == 65536) {
			line[used] = '\n';
			(void)!write(STDERR_FILENO, line, used + 1);
			used = 0;
		}
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void fail(const char *what, const char *name)
{
	printf("not ok - %s: %s\n", what, name);
	exit(1);
}

static void *must(void *memory)
{
	if (memory == NULL)
		fail("out of memory", "");
	return memory;
}

/* xorshift64*: fast, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static size_t below(uint64_t *state, size_t bound)
{
	return bound == 0 ? 0 : (size_t)(next_random(state) % bound);
}

static void load(input *out, const char *folder, const char *name)
{
	char path[4096];
	FILE *file;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		fail("path too long", name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail("cannot open", path);
	out->data = must(malloc(MAX_INPUT_BYTES + 1));
	out->len = fread(out->data, 1, MAX_INPUT_BYTES + 1, file);
	if (ferror(file) || out->len > MAX_INPUT_BYTES)
		fail("cannot read, or larger than 1 MiB", path);
	fclose(file);
	out->data = must(realloc(out->data, out->len + 1));
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t load_all(input *inputs, const char *folder)
{
	struct dirent **names;
	int num = scandir(folder, &names, is_visible, alphasort);

	if (num <= 0)
		fail("no corpus in", folder);
	if (num > MAX_INPUT_FILES)
		fail("more than 4096 files in", folder);
	for (int i = 0; i < num; i++) {
		load(&inputs[i], folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return (size_t)num;
}

/* The target gets a copy of exactly its length, so that AddressSanitizer sees a read past the end. */
static void run(const uint8_t *data, size_t len)
{
	uint8_t *copy = must(malloc(len == 0 ? 1 : len));

	if (len > 0)
		memcpy(copy, data, len);
	running_data = copy;
	running_len = len;
	LLVMFuzzerTestOneInput(copy, len);
	running_len = 0;
	free(copy);
}

static void flip_bits(input *m, uint64_t *state)
{
	if (m->len > 0)
		m->data[below(state, m->len)] ^= (uint8_t)(1u << below(state, 8));
}

static void set_byte(input *m, uint64_t *state)
{
	static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '"', '\\', '\n', '{', '}', '[', ']', ',',
		'-', '.', '0', '9', ' ', '/'};

	if (m->len > 0)
		m->data[below(state, m->len)] = telling[below(state, sizeof telling)];
}

static void cut(input *m, uint64_t *state)
{
	size_t from = below(state, m->len + 1);
	size_t num = below(state, m->len - from + 1);

	if (below(state, 4) == 0)
		num = m->len - from; /* the tail */
	memmove(m->data + from, m->data + from + num, m->len - from - num);
	m->len -= num;
}

/* Copies a part of `from` into m, in place of as many bytes or between them. */
static void splice(input *m, const input *from, uint64_t *state)
{
	size_t at = below(state, m->len + 1);
	size_t start = below(state, from->len + 1);
	size_t num = below(state, from->len - start + 1);

	if (num > 64 && below(state, 2) == 0)
		num = 1 + below(state, 64);
	if (below(state, 2) == 0) {
		if (m->len + num > MAX_INPUT_BYTES)
			return;
		memmove(m->data + at + num, m->data + at, m->len - at);
		m->len += num;
	} else if (num > m->len - at) {
		num = m->len - at;
	}
	memmove(m->data + at, from->data + start, num);
}

static void mutate(input *m, const input *inputs, size_t num_inputs, uint64_t *state)
{
	const input *seed = &inputs[below(state, num_inputs)];
	size_t num_changes = 1 + below(state, 4);

	memcpy(m->data, seed->data, seed->len);
	m->len = seed->len;
	for (size_t i = 0; i < num_changes; i++) {
		switch (below(state, 6)) {
		case 0:
		case 1:
			flip_bits(m, state);
			break;
		case 2:
		case 3:
			set_byte(m, state);
			break;
		case 4:
			cut(m, state);
			break;
		default:
			splice(m, &inputs[below(state, num_inputs)], state);
			break;
		}
	}
}

int main(int argc, char **argv)
{
	static input inputs[MAX_INPUT_FILES];
	input mutant = {NULL, 0};
	const char *is_long = getenv("TB_LONG");
	size_t num_inputs, num_mutations = MUTATIONS;
	uint64_t state = UINT64_C(0x7462756c61000001);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
		return 2;
	}
	if (is_long != NULL && strcmp(is_long, "1") == 0)
		num_mutations *= 100;
	printf("1..2\n");
	num_inputs = load_all(inputs, argv[1]);
	signal(SIGABRT, on_crash);
	signal(SIGSEGV, on_crash);
	signal(SIGBUS, on_crash);
	signal(SIGFPE, on_crash);
	run(mutant.data, 0); /* the empty input */
	for (size_t i = 0; i < num_inputs; i++)
		run(inputs[i].data, inputs[i].len);
	printf("ok 1 - %zu corpus files\n", num_inputs);
	mutant.data = must(malloc(MAX_INPUT_BYTES));
	for (size_t i = 0; i < num_mutations; i++) {
		mutate(&mutant, inputs, num_inputs, &state);
		run(mutant.data, mutant.len);
	}
	printf("ok 2 - %zu mutations\n", num_mutations);
	for (size_t i = 0; i < num_inputs; i++)
		free(inputs[i].data);
	free(mutant.data);
	return 0;
}
