/* SPDX-License-Identifier: Apache-2.0 */
#include "server/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/manifest.h"

static const tb_client_file *find(const tb_client_file *list, size_t num, const char *name)
{
	for (size_t i = 0; i < num; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

const tb_client_file *tb_client_find_page(const tb_client *c, const char *kind)
{
	return find(c->pages, c->num_pages, kind);
}

const tb_client_file *tb_client_find_file(const tb_client *c, const char *path)
{
	return find(c->files, c->num_files, path);
}

/* ---- addresses of pages ---- */

typedef struct page {
	const char *kind;
	bool is_of_election; /* `tail` comes after "/e/<slug>" */
	bool is_shared;
	const char *tail;
} page;

static const page pages[] = {
	{"home", false, true, "/"},
	{"audit", false, false, "/audit"},
	{"admin", false, false, "/admin"},
	{"election", true, true, ""},
	{"vote", true, false, "/vote"},
	{"board", true, false, "/board"},
	{"check", true, false, "/check"},
	{"results", true, false, "/results"},
	{"verify", true, false, "/verify"},
};

bool tb_client_parse_address(tb_client_address *out, const char *path, size_t len)
{
	const char *tail = path;
	size_t slug_len = 0, tail_len = len;
	bool is_of_election = len > 3 && memcmp(path, "/e/", 3) == 0;

	if (is_of_election) {
		const char *slash = memchr(path + 3, '/', len - 3);

		slug_len = slash != NULL ? (size_t)(slash - path) - 3 : len - 3;
		tail = path + 3 + slug_len;
		tail_len = len - 3 - slug_len;
		if (!tb_slug_is_valid(path + 3, slug_len))
			return false;
	}
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
		if (pages[i].is_of_election == is_of_election && strlen(pages[i].tail) == tail_len &&
			memcmp(pages[i].tail, tail, tail_len) == 0) {
			*out = (tb_client_address){.kind = pages[i].kind,
				.slug = is_of_election ? path + 3 : NULL,
				.slug_len = slug_len,
				.is_shared = pages[i].is_shared};
			return true;
		}
	return false;
}

/* ---- what the board says of it ---- */

static tb_err add(tb_client_list *list, const char *path, const tb_client_file *f)
{
	tb_client_item *item = &list->files[list->num];
	size_t len = strlen(path);

	if (!tb_client_path_is_valid(path, len))
		return TB_ERR_RANGE;
	memcpy(item->path, path, len + 1);
	memcpy(item->sha256, f->sha256, sizeof item->sha256);
	list->num++;
	return TB_OK;
}

static int by_path(const void *a, const void *b)
{
	const tb_client_item *x = a, *y = b;

	return strcmp(x->path, y->path);
}

tb_err tb_client_write_list(const tb_client *c, const char *slug, tb_buf *payload)
{
	size_t num_pages = sizeof pages / sizeof pages[0];
	tb_client_list list = {.files = calloc(num_pages + c->num_files, sizeof *list.files)};
	tb_err err = list.files == NULL ? TB_ERR_MEMORY : TB_OK;

	for (size_t i = 0; i < num_pages && err == TB_OK; i++) {
		const tb_client_file *f = tb_client_find_page(c, pages[i].kind);
		char path[TB_CLIENT_PATH_MAX + 1];

		if (f == NULL)
			continue;
		(void)snprintf(path, sizeof path, "%s%s%s", pages[i].is_of_election ? "/e/" : "",
			pages[i].is_of_election ? slug : "", pages[i].tail);
		err = add(&list, path, f);
	}
	for (size_t i = 0; i < c->num_files && err == TB_OK; i++)
		err = add(&list, c->files[i].name, &c->files[i]);
	if (err == TB_OK && list.num > TB_CLIENT_FILES_MAX)
		err = TB_ERR_RANGE;
	if (err == TB_OK) {
		qsort(list.files, list.num, sizeof *list.files, by_path);
		err = tb_client_list_write(payload, &list);
	}
	tb_client_list_release(&list);
	return err;
}
