/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/serve_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/log/proof.h"

void serve_check_refused(
	serve *s, const char *method, const char *path, const char *body, unsigned status, const char *rule)
{
	tb_http_response r;
	unsigned got = serve_request(s, &r, method, path, body, strlen(body));

	if (got != status || strcmp(serve_rule(&r), rule) != 0)
		print_error("%s %s: %u %s\n", method, path, got, tb_buf_cstr(&r.body));
	assert_int_equal(got, status);
	assert_string_equal(serve_rule(&r), rule);
	assert_string_equal(tb_http_response_find(&r, "Content-Type"), "application/problem+json");
	tb_http_response_release(&r);
}

static void check_get(serve *s, const char *path, const void *bytes, size_t len)
{
	tb_buf out;

	tb_buf_init(&out, 16u << 20);
	assert_int_equal(serve_get(s, path, &out), 200);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.data, bytes, len);
	tb_buf_release(&out);
}

void serve_check_files(serve *s, const tb_maker *m)
{
	char path[300], tar_path[100];
	tb_maker_files files;
	tb_buf tar;
	FILE *f;
	size_t len;
	uint8_t bytes[4096];

	tb_maker_files_new(m, &files);
	if (tb_board_phase(m->board) == TB_PHASE_FINISHED)
		tb_maker_files_add_counts(m, &files);
	for (size_t i = 0; i < files.num; i++) {
		(void)snprintf(path, sizeof path, "/e/%s/%s", m->manifest.slug, files.file[i].path);
		check_get(s, path, files.file[i].bytes.data, files.file[i].bytes.len);
	}
	(void)snprintf(tar_path, sizeof tar_path, "%s/a.tar", s->folder);
	tb_maker_files_write_tar(&files, tar_path);
	tb_maker_files_free(&files);
	tb_buf_init(&tar, 64u << 20);
	f = fopen(tar_path, "rb");
	assert_non_null(f);
	while ((len = fread(bytes, 1, sizeof bytes, f)) > 0)
		tb_buf_append(&tar, bytes, len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(unlink(tar_path), 0);
	(void)snprintf(path, sizeof path, "/e/%s/archive", m->manifest.slug);
	check_get(s, path, tar.data, tar.len);
	tb_buf_release(&tar);
}

void serve_check_receipt(const tb_maker *m, uint64_t index, const void *receipt, size_t len)
{
	uint8_t leaf[32];
	tb_proof proof;
	tb_vkey key;
	tb_buf room;
	tb_why why;

	tb_buf_init(&room, 1u << 20);
	assert_int_equal(tb_proof_parse(&proof, &room, receipt, len, &why), TB_OK);
	assert_int_equal(tb_vkey_init(&key, m->manifest.origin, TB_VKEY_ED25519, m->server.ed_key), TB_OK);
	assert_int_equal(proof.index, index);
	assert_int_equal(proof.extra_len, m->entries[index].len);
	assert_memory_equal(proof.extra, m->entries[index].data, proof.extra_len);
	tb_merkle_leaf(leaf, proof.extra, proof.extra_len);
	assert_int_equal(tb_proof_verify(&proof, leaf, &key, &why), TB_OK);
	tb_buf_release(&room);
}
