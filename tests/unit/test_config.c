/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/config.h"

#define KEY_A "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define KEY_B "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="

static tb_config config; /* large */
static tb_fault fault;

/* Parses a command line that ends in NULL. */
static tb_err parse(const char *first, ...)
{
	static char program[] = "tabella-server";
	static char words[20][600];
	char *argv[22] = {program};
	int argc = 1;
	va_list args;

	va_start(args, first);
	for (const char *word = first; word != NULL; word = va_arg(args, const char *)) {
		(void)snprintf(words[argc], sizeof words[argc], "%s", word);
		argv[argc] = words[argc];
		argc++;
	}
	va_end(args);
	memset(&fault, 0, sizeof fault);
	tb_config_init(&config);
	return tb_config_parse(&config, argc, argv, &fault);
}

static tb_err parse_file(const char *text)
{
	memset(&fault, 0, sizeof fault);
	tb_config_init(&config);
	return tb_config_parse_file(&config, "server.conf", text, strlen(text), &fault);
}

static void test_options_are_read(void **state)
{
	(void)state;
	assert_int_equal(parse("--data", "/srv/x", "--listen=[::1]:0", "--port-file", "p", "--admin-key",
				 KEY_A, "--admin-key", KEY_B, "--admin-key", KEY_A, "--threads", "7",
				 "--verify-threads", "3", "--max-connections=99", NULL),
		TB_OK);
	assert_int_equal(config.action, TB_CONFIG_SERVE);
	assert_string_equal(config.data, "/srv/x");
	assert_string_equal(config.listen.at[0], "[::1]:0");
	assert_string_equal(config.port_file, "p");
	assert_int_equal(config.num_admins, 2); /* the same key twice is one */
	assert_int_equal(config.admin_key[0][31], 1);
	assert_int_equal(config.admin_key[1][0], 2);
	assert_int_equal(config.threads, 7);
	assert_int_equal(config.verify_threads, 3);
	assert_int_equal(config.max_connections, 99);
	assert_int_equal(config.idle_seconds, 30);
}

static void test_actions(void **state)
{
	(void)state;
	assert_int_equal(parse("--help", NULL), TB_OK);
	assert_int_equal(config.action, TB_CONFIG_HELP);
	assert_int_equal(parse("--version", NULL), TB_OK);
	assert_int_equal(config.action, TB_CONFIG_VERSION);
	assert_int_equal(parse("--init", "--data", "d", NULL), TB_OK);
	assert_int_equal(config.action, TB_CONFIG_INIT);
	assert_int_equal(parse("--data", "d", "--check-config", NULL), TB_OK);
	assert_int_equal(config.action, TB_CONFIG_CHECK);
}

/* Each is refused, with its place and what was found. */
static void test_wrong_command_lines_are_refused(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL), TB_ERR_RULE);
	assert_string_equal(fault.where, "--data");
	assert_int_equal(parse("--data", "d", "--colour", "red", NULL), TB_ERR_RULE);
	assert_string_equal(fault.found, "--colour");
	assert_int_equal(parse("--data", NULL), TB_ERR_RULE);
	assert_string_equal(fault.found, "--data");
	assert_int_equal(parse("--data", "d", "stray", NULL), TB_ERR_RULE);
	assert_string_equal(fault.found, "stray");
	assert_int_equal(parse("--data", "d", "--threads", "1", NULL), TB_ERR_RULE);
	assert_string_equal(fault.where, "--threads");
	assert_string_equal(fault.expected, "a number from 2 to 256");
	assert_int_equal(parse("--data", "d", "--threads", "257", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--threads", "+4", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--threads", "", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--threads", "9", "--max-connections", "8", NULL), TB_ERR_RULE);
	assert_string_equal(fault.where, "--max-connections");
	assert_int_equal(parse("--data", "", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--admin-key", "AQEB", NULL), TB_ERR_RULE);
	assert_string_equal(fault.where, "--admin-key");
	assert_int_equal(parse("--data", "d", "--config", "/nonexistent/x", NULL), TB_ERR_RULE);
	assert_string_equal(fault.where, "--config");
}

static void test_the_file_is_read_and_options_win(void **state)
{
	char path[300], folder[] = "/tmp/config.XXXXXX";
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/server.conf", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("# a comment\n\n  data = /from file/with a space  \nthreads=5\r\n\tlisten = "
		    "127.0.0.1:0\nadmin-key = " KEY_A,
		f);
	assert_int_equal(fclose(f), 0);
	/* In whichever order they stand. */
	for (int round = 0; round < 2; round++) {
		if (round == 0)
			assert_int_equal(
				parse("--config", path, "--threads", "9", "--admin-key", KEY_B, NULL), TB_OK);
		else
			assert_int_equal(
				parse("--threads", "9", "--admin-key", KEY_B, "--config", path, NULL), TB_OK);
		assert_string_equal(config.data, "/from file/with a space");
		assert_int_equal(config.threads, 9);
		assert_string_equal(config.listen.at[0], "127.0.0.1:0");
		assert_int_equal(config.listen.num, 1);
		assert_int_equal(config.num_admins, 2);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void test_wrong_files_are_refused_with_the_line(void **state)
{
	char text[6000];

	(void)state;
	assert_int_equal(parse_file("data = x\ncolour = red\n"), TB_ERR_RULE);
	assert_string_equal(fault.where, "server.conf, line 2");
	assert_string_equal(fault.found, "colour");
	assert_int_equal(parse_file("data\n"), TB_ERR_RULE);
	assert_string_equal(fault.expected, "key = value");
	assert_int_equal(parse_file("\n\nidle-seconds = 0"), TB_ERR_RULE);
	assert_string_equal(fault.where, "server.conf, line 3");
	assert_int_equal(parse_file("init = yes"), TB_ERR_RULE); /* an option that is no setting */
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "data=", 5);
	assert_int_equal(parse_file(text), TB_ERR_RULE);
	assert_int_equal(tb_config_parse_file(&config, "f", "data = a\0b", 10, &fault), TB_ERR_RULE);
}

static void test_addresses_of_the_command_line_replace_those_of_the_file(void **state)
{
	char path[300], folder[] = "/tmp/config.XXXXXX";
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/server.conf", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("data = d\nlisten = 127.0.0.1:1\nlisten = [::1]:1\ntrusted-proxy = 10.0.0.0/8\n", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(parse("--config", path, "--trusted-proxy=::1", NULL), TB_OK);
	assert_int_equal(config.listen.num, 2);
	assert_int_equal(config.num_trusted_proxies, 2);
	assert_int_equal(
		parse("--listen", "127.0.0.1:2", "--config", path, "--listen", "127.0.0.1:3", NULL), TB_OK);
	assert_int_equal(config.listen.num, 2);
	assert_string_equal(config.listen.at[0], "127.0.0.1:2");
	assert_string_equal(config.listen.at[1], "127.0.0.1:3");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void test_tls_proxies_and_the_public_address(void **state)
{
	(void)state;
	assert_int_equal(parse("--data", "d", NULL), TB_OK);
	assert_string_equal(config.listen.at[0], "127.0.0.1:8080");
	assert_int_equal(parse("--data", "d", "--listen-tls", "[::]:443", "--tls-certificate", "c",
				 "--tls-key", "k", "--public-url", "https://vote.example.org", NULL),
		TB_OK);
	assert_int_equal(config.listen.num, 0);
	assert_int_equal(config.listen_tls.num, 1);
	assert_int_equal(
		parse("--data", "d", "--listen-tls", "[::]:443", "--tls-key", "k", NULL), TB_ERR_RULE);
	assert_string_equal(fault.where, "--listen-tls");
	assert_int_equal(parse("--data", "d", "--trusted-proxy", "10.0.0.0/40", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--proxy-header", "X-Real-IP", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--proxy-header", "forwarded", NULL), TB_OK);
	assert_true(config.use_forwarded);
	assert_int_equal(parse("--data", "d", "--public-url", "vote.example.org", NULL), TB_ERR_RULE);
	assert_int_equal(
		parse("--data", "d", "--public-url", "https://vote.example.org/", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--voter-burst", "0", NULL), TB_ERR_RULE);
	assert_int_equal(parse("--data", "d", "--voter-rate", "0", NULL), TB_OK);
}

static void test_addresses(void **state)
{
	static const char *const wrong[] = {"8080", ":8080", "host:", "host:65536", "host:x", "[::1]",
		"::1:80", "[]:1", "[::1:80", "host:-1", "", "ho[st:80"};
	char host[256], port[8];

	(void)state;
	assert_int_equal(tb_config_split_listen("127.0.0.1:8080", host, port, &fault), TB_OK);
	assert_string_equal(host, "127.0.0.1");
	assert_string_equal(port, "8080");
	assert_int_equal(tb_config_split_listen("[::1]:0", host, port, &fault), TB_OK);
	assert_string_equal(host, "::1");
	assert_string_equal(port, "0");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(tb_config_split_listen(wrong[i], host, port, &fault), TB_ERR_RULE);
		assert_int_equal(parse("--data", "d", "--listen", wrong[i], NULL), TB_ERR_RULE);
		assert_string_equal(fault.where, "--listen");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_are_read),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_wrong_command_lines_are_refused),
		cmocka_unit_test(test_the_file_is_read_and_options_win),
		cmocka_unit_test(test_wrong_files_are_refused_with_the_line),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_addresses_of_the_command_line_replace_those_of_the_file),
		cmocka_unit_test(test_tls_proxies_and_the_public_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
