/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "net/mirror.h"
#include "tests/support/http_files.h"
#include "tests/support/make_board.h"

static tb_maker *maker;
static tb_maker_files files;

static void long_text(void *arg, tb_manifest *f)
{
	for (size_t i = 0; i < 3; i++) {
		char **text = i == 0   ? &f->text
			      : i == 1 ? &f->questions[0].text
				       : &f->questions[0].options[0].text;

		free(*text);
		*text = malloc(15001);
		assert_non_null(*text);
		memset(*text, 'x', 15000);
		(*text)[15000] = 0;
	}
	(void)arg;
}

static int setup(void **state)
{
	tb_maker_config config = {.small = true, .num_voters = 300, .edit = long_text};

	(void)state;
	maker = tb_maker_new(&config);
	tb_maker_until_voted(maker);
	tb_maker_files_new(maker, &files);
	return files.num == 7 ? 0 : 1; /* checkpoint, 2 tiles, 1 above, 2 bundles, 1 blob */
}

static int teardown(void **state)
{
	(void)state;
	tb_maker_files_free(&files);
	tb_maker_free(maker);
	return 0;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	return remove(path);
}

static void folder_new(char out[64])
{
	(void)snprintf(out, 64, "/tmp/tabella-mirror-XXXXXX");
	assert_non_null(mkdtemp(out));
}

static void folder_free(const char *folder)
{
	assert_int_equal(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static bool has(const char *folder, const tb_maker_file *f)
{
	char path[400];
	tb_buf bytes;
	tb_why why;
	bool same;

	(void)snprintf(path, sizeof path, "%s/%s", folder, f->path);
	tb_buf_init(&bytes, 1 << 24);
	same = tb_file_read(&bytes, path, &why) == TB_OK && bytes.len == f->bytes.len &&
	       memcmp(bytes.data, f->bytes.data, bytes.len) == 0;
	tb_buf_release(&bytes);
	return same;
}

static void test_every_file_is_copied(void **state)
{
	tb_http_files server;
	char folder[64];
	tb_fault fault = {0};

	(void)state;
	for (unsigned connections = 1; connections <= 8; connections += 7) {
		tb_mirror_options o = {.connections = connections};

		folder_new(folder);
		tb_http_files_start(&server, &files);
		assert_int_equal(tb_mirror(server.url, folder, &o, &fault), TB_OK);
		tb_http_files_stop(&server);
		for (size_t i = 0; i < files.num; i++)
			assert_true(has(folder, &files.file[i]));
		folder_free(folder);
	}
}

static void test_a_second_copy_fetches_only_what_can_change(void **state)
{
	tb_http_files server;
	char folder[64];
	tb_fault fault = {0};

	(void)state;
	folder_new(folder);
	tb_http_files_start(&server, &files);
	assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_OK);
	assert_int_equal(server.requests, files.num);
	server.requests = 0;
	assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_OK);
	assert_int_equal(server.requests, 4); /* the checkpoint and the three partial files */
	tb_http_files_stop(&server);
	folder_free(folder);
}

static void test_what_the_server_lacks_is_left_out(void **state)
{
	tb_http_files server;
	tb_maker_files some = files;
	char folder[64];
	tb_fault fault = {0};

	(void)state;
	some.num = files.num - 1; /* without the blob */
	folder_new(folder);
	tb_http_files_start(&server, &some);
	assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_OK);
	tb_http_files_stop(&server);
	assert_true(has(folder, &files.file[0]));
	assert_false(has(folder, &files.file[files.num - 1]));
	folder_free(folder);
}

static void test_the_whole_is_capped(void **state)
{
	tb_mirror_options o = {.max_bytes = 20000};
	tb_http_files server;
	char folder[64];
	tb_fault fault = {0};

	(void)state;
	folder_new(folder);
	tb_http_files_start(&server, &files);
	assert_int_equal(tb_mirror(server.url, folder, &o, &fault), TB_ERR_LIMIT);
	assert_string_equal(fault.rule, "HTTP");
	tb_http_files_stop(&server);
	folder_free(folder);
}

static void test_a_size_without_files_is_given_up(void **state)
{
	tb_maker_files lie = {.num = 1};
	tb_maker_file file = files.file[0];
	tb_http_files server;
	char folder[64], text[400];
	tb_fault fault = {0};

	(void)state;
	lie.file = &file;
	tb_buf_init(&file.bytes, 4096);
	(void)snprintf(text, sizeof text,
		"vote.example.org/e/spring\n99999999999\n"
		"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
		"\xe2\x80\x94 vote.example.org/e/spring AAAAAAA=\n");
	tb_buf_text(&file.bytes, text);
	folder_new(folder);
	tb_http_files_start(&server, &lie);
	assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_ERR_ENCODING);
	assert_string_equal(fault.rule, "LOG.TILES");
	assert_true(server.requests < 3000);
	tb_http_files_stop(&server);
	tb_buf_release(&file.bytes);
	folder_free(folder);
}

static void test_a_server_without_a_board(void **state)
{
	tb_maker_files none = {.num = 0};
	tb_http_files server;
	char folder[64];
	tb_fault fault = {0};

	(void)state;
	folder_new(folder);
	tb_http_files_start(&server, &none);
	assert_int_equal(tb_mirror(server.url, folder, NULL, &fault), TB_ERR_ENCODING);
	tb_http_files_stop(&server);
	assert_int_equal(tb_mirror("http://127.0.0.1:1/e/x", folder, NULL, &fault), TB_ERR_IO);
	folder_free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file_is_copied),
		cmocka_unit_test(test_a_second_copy_fetches_only_what_can_change),
		cmocka_unit_test(test_what_the_server_lacks_is_left_out),
		cmocka_unit_test(test_the_whole_is_capped),
		cmocka_unit_test(test_a_size_without_files_is_given_up),
		cmocka_unit_test(test_a_server_without_a_board),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
