/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/progress.h"

/* The clock of this test: it goes on when asked, whatever the machine does meanwhile. */
static _Atomic long clock_ms = 5000;

int __wrap_clock_gettime(clockid_t id, struct timespec *out);

int __wrap_clock_gettime(clockid_t id, struct timespec *out)
{
	long now = clock_ms;

	assert_int_equal(id, CLOCK_MONOTONIC);
	*out = (struct timespec){.tv_sec = now / 1000, .tv_nsec = now % 1000 * 1000000};
	return 0;
}

static void wait_ms(long ms)
{
	clock_ms += ms;
}

/* What was written to the other end of a terminal or pipe so far. */
static size_t drain(int fd, char *out, size_t size)
{
	size_t len = 0;
	ssize_t got;

	assert_true(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	while (len + 1 < size && (got = read(fd, out + len, size - 1 - len)) > 0)
		len += (size_t)got;
	out[len] = '\0';
	return len;
}

static int open_terminal(int *other_end)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	*other_end = master;
	return slave;
}

static void test_on_a_terminal(void **state)
{
	char text[2000];
	tb_progress p;
	int master, slave = open_terminal(&master);

	(void)state;
	tb_progress_begin_on(&p, slave, "checking ballots", 200);
	tb_progress_add(&p, 50);
	assert_int_equal(drain(master, text, sizeof text), 0); /* short work shows nothing */
	wait_ms(450);
	tb_progress_add(&p, 50);
	assert_true(drain(master, text, sizeof text) > 0);
	assert_non_null(strstr(text, "checking ballots  [###############...............]  50 %"));
	assert_non_null(strstr(text, "s left"));
	tb_progress_end(&p);
	assert_true(drain(master, text, sizeof text) > 0);
	assert_string_equal(text, "\r\x1b[K");
	tb_progress_add(&p, 80); /* after the end: nothing */
	assert_int_equal(drain(master, text, sizeof text), 0);
	close(slave);
	close(master);
}

/* At most ten drawings a second, however often something is added. */
static void test_it_is_not_drawn_all_the_time(void **state)
{
	char text[20000];
	size_t drawn = 0;
	tb_progress p;
	int master, slave = open_terminal(&master);

	(void)state;
	tb_progress_begin_on(&p, slave, "work", 1000);
	wait_ms(450);
	for (int i = 0; i < 500; i++) {
		tb_progress_add(&p, 1);
		if (i % 100 == 0)
			wait_ms(20);
	}
	drain(master, text, sizeof text);
	for (const char *at = text; *at != '\0'; at++)
		drawn += *at == '\r';
	assert_int_equal(drawn, 2); /* of 100 ms; the clock does not go on after the last drawing */
	tb_progress_end(&p);
	close(slave);
	close(master);
}

static void test_elsewhere_it_is_silent(void **state)
{
	char text[100];
	tb_progress p;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	tb_progress_begin_on(&p, ends[1], "work", 10);
	wait_ms(450);
	tb_progress_add(&p, 5);
	tb_progress_end(&p);
	assert_int_equal(drain(ends[0], text, sizeof text), 0);
	close(ends[0]);
	close(ends[1]);
}

static void *add_many(void *arg)
{
	for (int i = 0; i < 20000; i++)
		tb_progress_add(arg, 1);
	return NULL;
}

static void test_many_threads(void **state)
{
	pthread_t thread[4];
	char text[2000];
	tb_progress p;
	int master, slave = open_terminal(&master);

	(void)state;
	tb_progress_begin_on(&p, slave, "work", 80000);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, add_many, &p), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	wait_ms(450);
	tb_progress_add(&p, 0);
	drain(master, text, sizeof text);
	assert_non_null(strstr(text, "100 %")); /* no addition was lost */
	tb_progress_end(&p);
	close(slave);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_on_a_terminal),
		cmocka_unit_test(test_it_is_not_drawn_all_the_time),
		cmocka_unit_test(test_elsewhere_it_is_silent),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
