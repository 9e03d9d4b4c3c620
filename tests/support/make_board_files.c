/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/base64.h"
#include "core/log/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "tests/support/make_board.h"

/*
 * The files of a board, made straight from C2SP tlog-tiles and POSIX ustar: on purpose not with core/log/, so that each checks
 * the other.
 */

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "make_board: %s\n", what);
		abort();
	}
}

static tb_maker_file *add(tb_maker_files *f, const char *path)
{
	tb_maker_file *file;

	if (f->num == f->cap) {
		f->cap = f->cap == 0 ? 16 : 2 * f->cap;
		f->file = realloc(f->file, f->cap * sizeof *f->file);
		must(f->file != NULL, "memory");
	}
	file = &f->file[f->num++];
	(void)snprintf(file->path, sizeof file->path, "%s", path);
	tb_buf_init(&file->bytes, SIZE_MAX / 2);
	return file;
}

/* "tile/<L>/<N>" with N in groups of three digits, "x" before all but the last, ".p/<W>" for a partial one. */
static void tile_path(char out[200], const char *level, uint64_t index, unsigned width)
{
	char number[64] = "", rest[64];
	int n;

	(void)snprintf(number, sizeof number, "%03u", (unsigned)(index % 1000));
	for (index /= 1000; index > 0; index /= 1000) {
		(void)snprintf(rest, sizeof rest, "%.60s", number);
		(void)snprintf(number, sizeof number, "x%03u/%.50s", (unsigned)(index % 1000), rest);
	}
	n = snprintf(out, 200, "log/tile/%s/%s", level, number);
	if (width < 256)
		(void)snprintf(out + n, (size_t)(200 - n), ".p/%u", width);
}

/* The root of n = 2^k hashes. */
static void perfect_root(uint8_t out[32], const uint8_t (*hash)[32], size_t n)
{
	uint8_t left[32], right[32];

	if (n == 1) {
		memcpy(out, hash[0], 32);
		return;
	}
	perfect_root(left, hash, n / 2);
	perfect_root(right, hash + n / 2, n / 2);
	tb_merkle_node(out, left, right);
}

static void add_tiles(tb_maker_files *f, const tb_maker *m)
{
	size_t num = m->num_entries;
	uint8_t(*hash)[32] = malloc((num + 1) * 32);
	char path[200], level_name[8];

	must(hash != NULL, "memory");
	for (size_t i = 0; i < num; i++)
		tb_merkle_leaf(hash[i], m->entries[i].data, m->entries[i].len);
	for (unsigned level = 0; num > 0; level++) {
		(void)snprintf(level_name, sizeof level_name, "%u", level);
		for (size_t first = 0; first < num; first += 256) {
			unsigned width = num - first < 256 ? (unsigned)(num - first) : 256;

			tile_path(path, level_name, first / 256, width);
			tb_buf_append(&add(f, path)->bytes, hash[first], (size_t)width * 32);
		}
		for (size_t i = 0; i < num / 256; i++)
			perfect_root(hash[i], (const uint8_t(*)[32])hash + 256 * i, 256);
		num /= 256;
	}
	free(hash);
	for (size_t first = 0; first < m->num_entries; first += 256) {
		size_t left = m->num_entries - first;
		unsigned width = left < 256 ? (unsigned)left : 256;
		tb_maker_file *file;

		tile_path(path, "entries", first / 256, width);
		file = add(f, path);
		for (size_t i = first; i < first + width; i++) {
			tb_buf_u16(&file->bytes, (uint16_t)m->entries[i].len);
			tb_buf_append(&file->bytes, m->entries[i].data, m->entries[i].len);
		}
	}
}

static void add_blobs(tb_maker_files *f, const tb_maker *m)
{
	for (size_t i = 0; i < m->num_blobs; i++) {
		char path[200] = "blob/";
		uint8_t hash[32];

		tb_sha256(hash, m->blobs[i].data, m->blobs[i].len);
		tb_hex_write(path + 5, hash, 32);
		path[69] = 0;
		if (tb_maker_files_find(f, path) == NULL)
			tb_buf_append(&add(f, path)->bytes, m->blobs[i].data, m->blobs[i].len);
	}
}

void tb_maker_files_new(const tb_maker *m, tb_maker_files *out)
{
	tb_checkpoint c = {.size = m->num_entries};
	tb_merkle_tree tree;
	uint8_t leaf[32];
	tb_vkey key;

	memset(out, 0, sizeof *out);
	tb_merkle_tree_init(&tree);
	for (size_t i = 0; i < m->num_entries; i++) {
		tb_merkle_leaf(leaf, m->entries[i].data, m->entries[i].len);
		tb_merkle_tree_append(&tree, leaf);
	}
	tb_merkle_tree_root(&tree, c.root);
	(void)snprintf(c.origin, sizeof c.origin, "%s", m->manifest.origin);
	must(tb_vkey_init(&key, c.origin, TB_VKEY_ED25519, m->server.ed_key) == TB_OK, "log key");
	must(tb_checkpoint_sign(&add(out, "log/checkpoint")->bytes, &c, &key, &m->server.ed) == TB_OK,
		"checkpoint");
	add_tiles(out, m);
	add_blobs(out, m);
	for (size_t i = 0; i < out->num; i++)
		must(tb_buf_status(&out->file[i].bytes) == TB_OK, "memory");
}

void tb_maker_files_add_counts(const tb_maker *m, tb_maker_files *f)
{
	static const char *const endings[] = {"abif", "blt", "csv", "json"}; /* the order of an archive */
	static const uint32_t kinds[] = {2, 1, 0, 3};
	char path[200];

	for (uint32_t q = 0; q < m->manifest.num_questions; q++) {
		const tb_ranked_count *c = tb_tally_count(tb_board_tally(m->board), q);

		for (unsigned i = 0; i < 4 && c != NULL; i++) {
			(void)snprintf(
				path, sizeof path, "count/%s.%s", m->manifest.questions[q].id, endings[i]);
			must(tb_ranked_count_write(c, kinds[i], &add(f, path)->bytes) == TB_OK, "count");
		}
	}
}

void tb_maker_files_free(tb_maker_files *f)
{
	for (size_t i = 0; i < f->num; i++)
		tb_buf_release(&f->file[i].bytes);
	free(f->file);
	memset(f, 0, sizeof *f);
}

tb_maker_file *tb_maker_files_find(const tb_maker_files *f, const char *path)
{
	for (size_t i = 0; i < f->num; i++)
		if (strcmp(f->file[i].path, path) == 0)
			return &f->file[i];
	return NULL;
}

static void write_file(const char *path, const tb_buf *bytes)
{
	FILE *out = fopen(path, "wb");

	must(out != NULL, path);
	must(bytes->len == 0 || fwrite(bytes->data, 1, bytes->len, out) == bytes->len, path);
	must(fclose(out) == 0, path);
}

void tb_maker_files_write_folder(const tb_maker_files *f, const char *folder)
{
	char path[1200];

	for (size_t i = 0; i < f->num; i++) {
		(void)snprintf(path, sizeof path, "%.900s/%s", folder, f->file[i].path);
		for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
			*slash = 0;
			(void)mkdir(path, 0755);
			*slash = '/';
		}
		write_file(path, &f->file[i].bytes);
	}
}

void tb_maker_files_write_tar(const tb_maker_files *f, const char *path)
{
	static const uint8_t zero[1024];
	tb_buf all;

	tb_buf_init(&all, SIZE_MAX / 2);
	for (size_t i = 0; i < f->num; i++) {
		const tb_buf *bytes = &f->file[i].bytes;
		char header[512] = "";
		unsigned sum = 0;

		must(strlen(f->file[i].path) <= 100, "a name that fits");
		memcpy(header, f->file[i].path, strlen(f->file[i].path));
		(void)snprintf(header + 100, 8, "%07o", 0644u);
		(void)snprintf(header + 108, 8, "%07o", 0u);
		(void)snprintf(header + 116, 8, "%07o", 0u);
		(void)snprintf(header + 124, 12, "%011llo", (unsigned long long)bytes->len);
		(void)snprintf(header + 136, 12, "%011o", 0u);
		memset(header + 148, ' ', 8);
		header[156] = '0';
		memcpy(header + 257, "ustar\00000", 8);
		(void)snprintf(header + 329, 8, "%07o", 0u);
		(void)snprintf(header + 337, 8, "%07o", 0u);
		for (size_t k = 0; k < 512; k++)
			sum += (unsigned char)header[k];
		(void)snprintf(header + 148, 7, "%06o", sum);
		tb_buf_append(&all, header, 512);
		tb_buf_append(&all, bytes->data, bytes->len);
		tb_buf_append(&all, zero, (512 - bytes->len % 512) % 512);
	}
	tb_buf_append(&all, zero, 1024);
	must(tb_buf_status(&all) == TB_OK, "memory");
	write_file(path, &all);
	tb_buf_release(&all);
}
