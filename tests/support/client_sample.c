/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/client_sample.h"

#include <stdio.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/hash.h"

#define NUM_PAGES 9
#define NUM_FILES 4

typedef struct sample {
	bool is_made;
	char page_text[NUM_PAGES][200];
	char file_text[NUM_FILES][200], file_name[NUM_FILES][60];
	tb_client_file page[NUM_PAGES], file[NUM_FILES];
	tb_client client;
} sample;

const tb_client client_none = {.num_pages = 0};

/* `printf 'body { color: black; }\n' | gzip -n -9` (longer than the text: a small file keeps tests readable) */
static const char style[] = "body { color: black; }\n";
static const uint8_t style_gzip[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xca,
	0x4f, 0xa9, 0x54, 0xa8, 0x56, 0x48, 0xce, 0xcf, 0xc9, 0x2f, 0xb2, 0x52, 0x48, 0xca, 0x49, 0x4c, 0xce,
	0xb6, 0x56, 0xa8, 0xe5, 0x02, 0x00, 0x5a, 0x24, 0xa8, 0x65, 0x17, 0x00, 0x00, 0x00};

static tb_client_file make_file(const char *name, const char *type, const char *text, bool is_fixed)
{
	tb_client_file f = {.name = name,
		.type = type,
		.data = (const uint8_t *)text,
		.len = strlen(text),
		.is_fixed = is_fixed};

	tb_sha256(f.sha256, text, f.len);
	return f;
}

static void make(sample *s, unsigned version)
{
	static const char *const kinds[NUM_PAGES] = {
		"home", "election", "vote", "board", "check", "results", "verify", "audit", "admin"};

	for (size_t i = 0; i < NUM_PAGES; i++) {
		(void)snprintf(s->page_text[i], sizeof s->page_text[i],
			"<!doctype html><title>%s</title><script type=\"module\" "
			"src=\"/client/vote-%016x.js\"></script>\n",
			kinds[i], strcmp(kinds[i], "vote") == 0 ? version : 0);
		s->page[i] = make_file(kinds[i], "text/html; charset=utf-8", s->page_text[i], false);
	}
	(void)snprintf(s->file_text[0], sizeof s->file_text[0], "export const version = %u;\n", version);
	(void)snprintf(s->file_name[0], sizeof s->file_name[0], "/client/vote-%016x.js", version);
	s->file[0] = make_file(s->file_name[0], "text/javascript; charset=utf-8", s->file_text[0], true);
	s->file[1] = make_file("/client/style-00000000000000aa.css", "text/css; charset=utf-8", style, true);
	s->file[1].gzip = style_gzip;
	s->file[1].gzip_len = sizeof style_gzip;
	s->file[2] = make_file("/client/booth.tar", "application/x-tar", "no real archive\n", false);
	s->file[3] =
		make_file("/client/files.json", "application/json", "{\"files\":[],\"pages\":[]}", false);
	s->client = (tb_client){
		.pages = s->page, .files = s->file, .num_pages = NUM_PAGES, .num_files = NUM_FILES};
	s->is_made = true;
}

const tb_client *client_sample(unsigned version)
{
	static sample samples[CLIENT_SAMPLE_VERSIONS];

	TB_REQUIRE(version < CLIENT_SAMPLE_VERSIONS);
	if (!samples[version].is_made)
		make(&samples[version], version);
	return &samples[version].client;
}
