/* SPDX-License-Identifier: Apache-2.0 */
/* No file of specs/vectors lies there unread: each has cases, a test of this folder that runs them, and its topic in JavaScript. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>

#include "tests/support/vectors.h"

#define FOLDER "specs/vectors"
#define TESTS "tests/vectors"
#define TOPICS_JS "client-js/tools/vectors/topics.mjs"
#define SOURCE_MAX (1u << 20)

static const char *contents(tb_buf *out, const char *path)
{
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t len;

	if (f == NULL)
		fail_msg("%s cannot be read", path);
	tb_buf_clear(out);
	while ((len = fread(part, 1, sizeof part, f)) > 0)
		tb_buf_append(out, part, len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(tb_buf_status(out), TB_OK);
	return tb_buf_cstr(out);
}

/* Does a list of topics `topics[] = {"a", "b"}` name this one? */
static bool is_listed(const char *source, const char *topic)
{
	const char *list = strstr(source, "topics[] = {"), *end = list == NULL ? NULL : strchr(list, '}');
	char quoted[80];
	const char *at;

	if (end == NULL)
		return false;
	(void)snprintf(quoted, sizeof quoted, "\"%s\"", topic);
	at = strstr(list, quoted);
	return at != NULL && at < end;
}

static bool has_test(const char *topic)
{
	char path[sizeof TESTS + 258];
	struct dirent *entry;
	bool found = false;
	tb_buf source;
	DIR *folder = opendir(TESTS);

	assert_non_null(folder);
	tb_buf_init(&source, SOURCE_MAX);
	while (!found && (entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (len < 3 || strcmp(entry->d_name + len - 2, ".c") != 0)
			continue;
		(void)snprintf(path, sizeof path, TESTS "/%s", entry->d_name);
		found = is_listed(contents(&source, path), topic);
	}
	tb_buf_release(&source);
	(void)closedir(folder);
	return found;
}

/* A member of the object `topics`: the name as a whole word, before a colon or a comma. */
static bool has_javascript(const char *topic)
{
	const char *at, *source;
	bool found = false;
	tb_buf buf;

	tb_buf_init(&buf, SOURCE_MAX);
	source = contents(&buf, TOPICS_JS);
	at = strstr(source, "topics = {");
	assert_non_null(at);
	while (!found && (at = strstr(at + 1, topic)) != NULL) {
		char after = at[strlen(topic)];

		found = strchr(" \t\n{,'", at[-1]) != NULL &&
			(after == ',' || after == ':' || after == '\'' || after == ' ' || after == '\n');
	}
	tb_buf_release(&buf);
	return found;
}

static void test_every_file_is_read(void **state)
{
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;
	unsigned num = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;
		size_t len = strlen(name);
		char topic[64] = "";

		if (name[0] == '.' || strcmp(name, "README.md") == 0)
			continue;
		if (len < 6 || len >= sizeof topic || strcmp(name + len - 5, ".json") != 0)
			fail_msg("%s/%s is no file of vectors", FOLDER, name);
		memcpy(topic, name, len - 5);
		print_message("           %s: %zu cases\n", topic, tb_vectors_num_cases(topic));
		if (!has_test(topic))
			fail_msg("no test in %s has \"%s\" among its topics", TESTS, topic);
		if (!has_javascript(topic))
			fail_msg("%s does not name %s", TOPICS_JS, topic);
		num++;
	}
	(void)closedir(folder);
	assert_true(num >= 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_file_is_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
