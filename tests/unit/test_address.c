/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "server/address.h"

static tb_address of(const char *text)
{
	tb_address a;

	assert_int_equal(tb_address_parse(&a, text, strlen(text)), TB_OK);
	return a;
}

static void check_same(const tb_address *a, const char *text)
{
	tb_address b = of(text);

	assert_memory_equal(a->ip, b.ip, sizeof b.ip);
}

static void test_addresses_are_read(void **state)
{
	static const char *const v4[] = {"192.0.2.1:80", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:1"};
	static const char *const v6[] = {"[2001:db8::1]", "[2001:db8::1]:443", "2001:DB8:0::1"};
	static const char *const wrong[] = {"", "x", "1.2.3", "1.2.3.4.5", "256.1.1.1",
		"1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:x", "[::1", "[::1]x", "[::1]:", "[1.2.3.4]",
		":::", "unknown", "_hidden", " 1.2.3.4", "1.2.3.4\n",
		"00000000000000000000000000000000000000000000000000000000000000000001.2.3.4"};
	tb_address a = of("192.0.2.1"), b = of("2001:db8::1");

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		check_same(&a, v4[i]);
		check_same(&b, v6[i]);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(tb_address_parse(&a, wrong[i], strlen(wrong[i])), TB_ERR_ENCODING);
	check_same(&a, "192.0.2.1");
	assert_int_equal(tb_address_parse(&a, "1.2.3.4\0x", 9), TB_ERR_ENCODING);
}

static void test_sockets_and_loopback(void **state)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(5)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct sockaddr other = {.sa_family = AF_UNIX};
	tb_address a;

	(void)state;
	v4.sin_addr.s_addr = htonl(0x7f000009);
	tb_address_from_socket(&a, &v4);
	check_same(&a, "127.0.0.9");
	assert_true(tb_address_is_loopback(&a));
	v6.sin6_addr = in6addr_loopback;
	tb_address_from_socket(&a, &v6);
	check_same(&a, "::1");
	assert_true(tb_address_is_loopback(&a));
	tb_address_from_socket(&a, &other);
	check_same(&a, "::");
	assert_false(tb_address_is_loopback(&a));
	a = of("128.0.0.1");
	assert_false(tb_address_is_loopback(&a));
}

static void test_blocks(void **state)
{
	static const struct {
		const char *range, *inside, *outside;
	} cases[] = {{"10.0.0.0/8", "10.255.1.2", "11.0.0.0"},
		{"192.0.2.128/25", "192.0.2.200", "192.0.2.127"}, {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
		{"0.0.0.0/0", "1.2.3.4", "2001:db8::1"},
		{"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"}, {"::1", "::1", "::2"}};
	static const char *const wrong[] = {
		"", "/8", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/", "x/8"};
	tb_address_range r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		tb_address in = of(cases[i].inside), out = of(cases[i].outside);

		assert_int_equal(tb_address_range_parse(&r, cases[i].range), TB_OK);
		assert_true(tb_address_is_in(&in, &r, 1));
		assert_false(tb_address_is_in(&out, &r, 1));
		assert_false(tb_address_is_in(&in, &r, 0));
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(tb_address_range_parse(&r, wrong[i]), TB_ERR_ENCODING);
}

static void test_subscribers(void **state)
{
	tb_address a = of("2001:db8:1:2:3::4"), b = of("2001:db8:1:2:ffff::1"), c = of("2001:db8:1:3::4");
	tb_address d = of("192.0.2.1"), e = of("192.0.2.2");
	uint8_t x[16], y[16];

	(void)state;
	tb_address_limit_key(x, &a);
	tb_address_limit_key(y, &b);
	assert_memory_equal(x, y, 16);
	tb_address_limit_key(y, &c);
	assert_memory_not_equal(x, y, 16);
	tb_address_limit_key(x, &d);
	tb_address_limit_key(y, &e);
	assert_memory_not_equal(x, y, 16);
}

static void check_client(const char *peer, const char *header, bool is_forwarded, const char *wanted)
{
	tb_address_range trusted[2];
	tb_address at = of(peer), client;

	assert_int_equal(tb_address_range_parse(&trusted[0], "127.0.0.1"), TB_OK);
	assert_int_equal(tb_address_range_parse(&trusted[1], "10.0.0.0/8"), TB_OK);
	tb_address_of_client(&client, &at, header, is_forwarded, trusted, 2);
	check_same(&client, wanted);
}

/* Whoever writes a header of his own stands further left than what the last proxy wrote [SERVER.RATE]. */
static void test_only_trusted_proxies_are_believed(void **state)
{
	(void)state;
	check_client("127.0.0.1", "", false, "127.0.0.1");
	check_client("127.0.0.1", "192.0.2.1", false, "192.0.2.1");
	check_client("192.0.2.9", "192.0.2.1", false, "192.0.2.9");
	check_client("127.0.0.1", "203.0.113.5, 192.0.2.1", false, "192.0.2.1");
	check_client("127.0.0.1", "203.0.113.5, 192.0.2.1 ,10.1.2.3", false, "192.0.2.1");
	check_client("127.0.0.1", "10.1.2.3", false, "10.1.2.3");
	check_client("127.0.0.1", ", ,", false, "127.0.0.1");
	check_client("127.0.0.1", "192.0.2.1, unknown", false, "127.0.0.1");
	check_client("10.0.0.7", "[2001:db8::1]:5", false, "2001:db8::1");
	check_client("127.0.0.1", "for=192.0.2.1", true, "192.0.2.1");
	check_client(
		"127.0.0.1", "for=1.1.1.1, proto=https; For=\"[2001:db8::1]:5\" ;by=x", true, "2001:db8::1");
	check_client("127.0.0.1", "for=192.0.2.1, for=10.0.0.1;proto=http", true, "192.0.2.1");
	check_client("127.0.0.1", "for=unknown", true, "127.0.0.1");
	check_client("127.0.0.1", "proto=https", true, "127.0.0.1");
	check_client("127.0.0.1", "192.0.2.1", true, "127.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_are_read),
		cmocka_unit_test(test_sockets_and_loopback),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_subscribers),
		cmocka_unit_test(test_only_trusted_proxies_are_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
