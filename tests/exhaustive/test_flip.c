/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/log/entry.h"
#include "tests/support/check_board.h"
#include "tests/support/make_board.h"

/*
 * Every flipped byte of a board makes the verification fail with a report that names the place.
 *
 * Files: a byte of an entry, blob, tile or the checkpoint changes where it lies; nobody signs anything anew.
 * Entries: the server changes a byte of an entry, makes the tree anew and signs the checkpoint: now the rules must
 * catch it, at that entry.
 *
 * Here every byte of one entry of each type, and 2,000 others; with TB_LONG=1 every byte of everything.
 */

typedef struct board {
	tb_maker *m;
	tb_maker_files files;
	uint64_t state; /* of the dice */
	uint64_t num;   /* flips so far */
} board;

static uint32_t dice(board *b, uint32_t below)
{
	b->state = b->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(b->state >> 33) % below;
}

/* A manifest with more than 40,000 bytes, which is therefore a blob. */
static void long_texts(void *arg, tb_manifest *f)
{
	char *text[3];

	(void)arg;
	for (size_t i = 0; i < 3; i++) {
		text[i] = malloc(15001);
		assert_non_null(text[i]);
		memset(text[i], 'a' + (int)i, 15000);
		text[i][15000] = 0;
	}
	free(f->text);
	f->text = text[0];
	free(f->questions[0].text);
	f->questions[0].text = text[1];
	free(f->questions[0].options[0].text);
	f->questions[0].options[0].text = text[2];
}

static board board_new(bool with_blob)
{
	tb_maker_config config = {.num_voters = 2,
		.num_trustees = 1,
		.threshold = 1,
		.small = true,
		.extras = true,
		.client = true,
		.edit = with_blob ? long_texts : NULL};
	board b = {.m = tb_maker_new(&config), .state = 1};

	tb_maker_run(b.m);
	tb_maker_files_new(b.m, &b.files);
	assert_int_equal(b.m->num_blobs, with_blob ? 1 : 0);
	return b;
}

static void board_release(board *b)
{
	tb_maker_files_free(&b->files);
	tb_maker_free(b->m);
}

static bool is_full(void)
{
	const char *full = getenv("TB_LONG");

	return full != NULL && strcmp(full, "1") == 0;
}

/* ---- files ---- */

static bool names_path(const tb_checked *c, const char *path)
{
	for (size_t i = 0; i < c->num; i++)
		if (strcmp(c->failure[i].fault.where, path) == 0)
			return true;
	return false;
}

static void flip_in_file(board *b, tb_maker_file *f, size_t at)
{
	tb_check_options o = {.threads = 1, .batch = 8};
	uint8_t bit = (uint8_t)(1u << dice(b, 8));
	tb_checked c;

	f->bytes.data[at] ^= bit;
	tb_checked_run(&c, &b->files, &o);
	f->bytes.data[at] ^= bit;
	if (c.report.verdict != TB_VERDICT_FALSE || !names_path(&c, f->path)) {
		tb_checked_print_failures(&c);
		fail_msg("byte %zu of %s, bit %02x: not reported there", at, f->path, bit);
	}
	tb_checked_release(&c);
	b->num++;
}

static void test_bytes_of_files(void **state)
{
	(void)state;
	for (int with_blob = 0; with_blob < 2; with_blob++) {
		board b = board_new(with_blob == 1);

		for (size_t i = 0; i < b.files.num; i++) {
			tb_maker_file *f = &b.files.file[i];
			size_t most = f->bytes.len < 600 ? f->bytes.len : 250;

			if (is_full())
				for (size_t at = 0; at < f->bytes.len; at++)
					flip_in_file(&b, f, at);
			else
				for (size_t k = 0; k < most; k++)
					flip_in_file(&b, f,
						f->bytes.len < 600 ? k : dice(&b, (uint32_t)f->bytes.len));
		}
		print_message("%llu flips in files\n", (unsigned long long)b.num);
		board_release(&b);
	}
}

/* More than one level of tiles: a flip in each of 2,000 random places of the whole. */
static void test_bytes_of_a_larger_log(void **state)
{
	tb_maker_config config = {
		.num_voters = 520, .chunk = 2, .num_trustees = 1, .threshold = 1, .small = true};
	board b = {.m = tb_maker_new(&config), .state = 2};
	unsigned num = is_full() ? 2000 : 40;

	(void)state;
	tb_maker_manifest(b.m);
	tb_maker_roll(b.m);
	tb_maker_commit(b.m, 1);
	tb_maker_files_new(b.m, &b.files);
	assert_int_equal(b.files.num, 6); /* checkpoint, 2 tiles, 1 tile above, 2 bundles */
	for (unsigned k = 0; k < num; k++) {
		tb_maker_file *f = &b.files.file[dice(&b, (uint32_t)b.files.num)];

		flip_in_file(&b, f, dice(&b, (uint32_t)f->bytes.len));
	}
	board_release(&b);
}

/* ---- entries ---- */

/* Bytes of the server's own clock after `close`: it could have said so from the beginning, and nobody signed otherwise. */
static bool is_servers_word(const board *b, size_t entry, size_t at)
{
	const char *bytes = (const char *)b->m->entries[entry].data, *time = strstr(bytes, "\"time\":");
	size_t from = (size_t)(time - bytes) + 7;

	return entry >= tb_board_close_size(b->m->board) && at >= from &&
	       at < from + strspn(time + 7, "0123456789");
}

static bool is_time(const board *b, size_t entry, size_t at)
{
	const char *bytes = (const char *)b->m->entries[entry].data, *time = strstr(bytes, "\"time\":");
	size_t from = (size_t)(time - bytes) + 7;

	return at >= from && at < from + strspn(time + 7, "0123456789");
}

static bool names_entry(const tb_checked *c, uint64_t entry)
{
	for (size_t i = 0; i < c->num; i++)
		if (c->failure[i].has_entry && c->failure[i].entry == entry)
			return true;
	return false;
}

static void flip_in_entry(board *b, size_t entry, size_t at)
{
	tb_check_options o = {.threads = 1, .batch = 8};
	uint8_t bit = (uint8_t)(1u << dice(b, 8)), *byte = &b->m->entries[entry].data[at];
	tb_maker_files files;
	tb_checked c;
	bool named;

	*byte ^= bit;
	tb_maker_files_new(b->m, &files);
	tb_checked_run(&c, &files, &o);
	*byte ^= bit;
	/* A time that is still possible is noticed by what others signed later: roots, and the next entry's time. */
	named = is_time(b, entry, at) ? c.num > 0 : names_entry(&c, entry);
	if ((c.report.verdict != TB_VERDICT_FALSE || !named) && !is_servers_word(b, entry, at)) {
		tb_checked_print_failures(&c);
		fail_msg("byte %zu of entry %zu, bit %02x: not reported there", at, entry, bit);
	}
	tb_checked_release(&c);
	tb_maker_files_free(&files);
	b->num++;
}

static tb_entry_type type_of(const board *b, size_t entry)
{
	tb_entry e;
	tb_buf room;
	tb_fault fault;

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	assert_int_equal(
		tb_entry_parse(&e, &room, b->m->entries[entry].data, b->m->entries[entry].len, &fault),
		TB_OK);
	tb_buf_release(&room);
	return e.type;
}

static void test_every_byte_of_one_entry_of_each_type(void **state)
{
	bool done[TB_ENTRY_NUM_TYPES] = {false};
	board b = board_new(false);
	size_t types = 0;

	(void)state;
	for (size_t i = 0; i < b.m->num_entries; i++) {
		tb_entry_type type = type_of(&b, i);

		(void)tb_buf_cstr(&b.m->entries[i]); /* a NUL after the end, for strstr() */
		if (done[type] && !is_full())
			continue;
		types += done[type] ? 0 : 1;
		done[type] = true;
		for (size_t at = 0; at < b.m->entries[i].len; at++)
			flip_in_entry(&b, i, at);
	}
	assert_int_equal(types, TB_ENTRY_NUM_TYPES - 2); /* all but mix and cancel */
	print_message("%llu flips in entries\n", (unsigned long long)b.num);
	board_release(&b);
}

static void test_every_byte_of_a_cancellation(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 2, .num_trustees = 1, .threshold = 1};
	board b = {.m = tb_maker_new(&config), .state = 3};

	(void)state;
	tb_maker_until_closed(b.m);
	tb_maker_cancel(b.m);
	tb_maker_files_new(b.m, &b.files);
	(void)tb_buf_cstr(&b.m->entries[b.m->num_entries - 1]);
	for (size_t at = 0; at < b.m->entries[b.m->num_entries - 1].len; at++)
		flip_in_entry(&b, b.m->num_entries - 1, at);
	board_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_of_files),
		cmocka_unit_test(test_bytes_of_a_larger_log),
		cmocka_unit_test(test_every_byte_of_one_entry_of_each_type),
		cmocka_unit_test(test_every_byte_of_a_cancellation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
