/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/log/fork.h"

/* What the file proves, or NULL: then *why says why not. */
static const char *judge(tb_fork *f, const tb_verify_options *o, const tb_buf *file, tb_why *why)
{
	tb_err err = tb_fork_parse(f, (const char *)file->data, file->len, why);

	if (err != TB_OK)
		return NULL;
	if (o->check.trust.log_key != NULL && memcmp(f->key.key, o->check.trust.log_key, 32) != 0)
		tb_why_set(why, "evidence: it is about another key than the one given with --key");
	else if (o->check.trust.origin != NULL && strcmp(f->key.name, o->check.trust.origin) != 0)
		tb_why_set(why, "evidence: it is about %s", f->key.name);
	else
		return f->checkpoint[0].size == f->checkpoint[1].size
			       ? "two different logs of the same length"
			       : "a log, and a longer one that begins otherwise";
	return NULL;
}

static void print_text(const tb_fork *f, const char *what)
{
	char root[TB_BASE64_LEN(TB_MERKLE_BYTES) + 1], name[TB_KEY_NAME_MAX + 1];

	/* Anybody can make a key and evidence against it: its name is not to say something to the terminal. */
	tb_text_copy_printable(name, sizeof name, f->key.name);
	printf("Log:  %s\nThe holder of its key has signed %s:\n", name, what);
	for (size_t i = 0; i < 2; i++) {
		tb_base64_write(root, f->checkpoint[i].root, TB_MERKLE_BYTES);
		root[sizeof root - 1] = '\0';
		printf("  %" PRIu64 " entries, root %s\n", f->checkpoint[i].size, root);
	}
	(void)puts("\nFORKED");
}

static int print_json(const tb_fork *f, const char *what, const tb_why *why)
{
	tb_json_out json;
	tb_buf text;
	int code = TB_VERIFY_USAGE;

	tb_buf_init(&text, 65536);
	tb_json_out_init(&json, &text);
	tb_json_out_object(&json, TB_JSON_ITEM);
	tb_json_out_bool(&json, "forked", what != NULL);
	if (what == NULL) {
		tb_json_out_cstring(&json, "why", why->text);
	} else {
		tb_json_out_cstring(&json, "origin", f->key.name);
		tb_json_out_array(&json, "checkpoints");
		for (size_t i = 0; i < 2; i++) {
			tb_json_out_object(&json, TB_JSON_ITEM);
			tb_json_out_int(&json, "size", f->checkpoint[i].size);
			tb_json_out_base64(&json, "root", f->checkpoint[i].root, TB_MERKLE_BYTES);
			tb_json_out_end(&json);
		}
		tb_json_out_end(&json);
	}
	tb_json_out_end(&json);
	if (tb_json_out_status(&json) == TB_OK)
		code = puts(tb_buf_cstr(&text)) < 0 ? TB_VERIFY_USAGE : TB_VERIFY_OK;
	tb_buf_release(&text);
	return code;
}

int tb_verify_evidence(const tb_verify_options *o)
{
	const char *what = NULL;
	int code = TB_VERIFY_OK;
	tb_why why = {""};
	tb_buf file;
	tb_fork f;

	tb_buf_init(&file, TB_FORK_MAX_BYTES);
	tb_fork_init(&f);
	if (tb_file_read(&file, o->evidence, &why) != TB_OK) {
		code = tb_verify_error("--evidence: %s", why.text);
	} else {
		what = judge(&f, o, &file, &why);
		if (o->json)
			code = print_json(&f, what, &why);
		else if (what != NULL)
			print_text(&f, what);
		else
			printf("%s\n\nNO EVIDENCE\n", why.text);
	}
	tb_fork_release(&f);
	tb_buf_release(&file);
	if (code == TB_VERIFY_OK && (fflush(stdout) != 0 || ferror(stdout)))
		return tb_verify_error("the report could not be written");
	return code == TB_VERIFY_OK && what == NULL ? TB_VERIFY_FALSE : code;
}
