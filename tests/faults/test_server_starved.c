/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server as a process that runs out of something: room on the disk, memory, descriptors; or whose disk cannot be written
 * at all.  Meanwhile it refuses, or stops; what it has answered is there afterwards, once, and it takes what it had refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/server_process.h"

#define VOTERS 200u

static server_process process;
static tb_maker *maker;
static uint32_t next_voter;    /* whose ballots before were answered */
static uint64_t place[VOTERS]; /* of their ballots, as they were told */

/* ---- an election ---- */

static void begin(void)
{
	tb_maker_config config = {.small = true, .num_voters = VOTERS};

	server_process_new(&process);
	server_process_start(&process);
	maker = server_process_maker(&process, &config);
	tb_maker_until_open(maker);
	next_voter = 0;
}

static void end(void)
{
	tb_maker_free(maker);
	server_process_free(&process);
}

/* The next voter's ballot: the status, 0 when no answer came.  The same bytes again until they are taken. */
static long vote(void)
{
	static tb_buf json, body;
	static uint32_t planned = VOTERS;
	long status;

	if (planned != next_voter) {
		tb_buf_release(&json);
		tb_buf_init(&json, 1u << 20);
		tb_buf_init(&body, 1u << 20);
		server_process_plan_vote(maker, next_voter, &json, NULL);
		planned = next_voter;
	}
	assert_in_range(next_voter, 0, VOTERS - 1);
	status = server_process_post(
		&process, process.client, "/e/spring/entries", &json, &body, &place[next_voter]);
	tb_buf_release(&body);
	if (status == 200 || status == 201) {
		next_voter++;
		planned = VOTERS;
	} else {
		assert_true(status == 0 || status == 503);
	}
	return status;
}

static void vote_many(unsigned num)
{
	for (unsigned i = 0; i < num; i++)
		assert_int_equal(vote(), 201);
}

static void get(const char *path, tb_buf *out)
{
	tb_buf_init(out, 1u << 20);
	if (server_process_get(&process, process.client, path, out) != 200)
		fail_msg("%s: %s", path, tb_buf_cstr(out));
}

/* Every ballot that was answered is where the answer said, and there is no other. */
static void check_board(void)
{
	char path[100], expected[60];
	tb_buf body;

	get("/e/spring", &body);
	(void)snprintf(expected, sizeof expected, "\"ballots\":%u,", next_voter);
	if (strstr(tb_buf_cstr(&body), expected) == NULL)
		fail_msg("not %s in %s", expected, tb_buf_cstr(&body));
	tb_buf_release(&body);
	for (uint32_t i = 0; i < next_voter; i++) {
		(void)snprintf(path, sizeof path, "/e/spring/voter/%s", maker->voters[i].id);
		(void)snprintf(expected, sizeof expected, "\"ballot\":{\"index\":%u,", (unsigned)place[i]);
		get(path, &body);
		assert_non_null(strstr(tb_buf_cstr(&body), expected));
		tb_buf_release(&body);
	}
}

/* And so it is on the disk. */
static void check_after_restart(void)
{
	check_board();
	assert_int_equal(server_process_stop(&process, SIGTERM), 0);
	server_process_start(&process);
	check_board();
	vote_many(1);
	check_board();
	assert_int_equal(server_process_stop(&process, SIGTERM), 0);
}

/* ---- disks ---- */

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, text, strlen(text));
		(void)close(fd);
	}
}

/* A view of the file system that is ours alone: what is mounted in it is gone with this program.  Whoever is not root becomes it in a
 * namespace, where the system allows that. */
static bool may_mount(void)
{
	static int may = -1;
	char users[60], groups[60];

	if (may >= 0)
		return may == 1;
	(void)snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
	(void)snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
	may = unshare(CLONE_NEWNS) == 0;
	if (may == 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/uid_map", users);
		write_text("/proc/self/gid_map", groups);
		may = 1;
	}
	if (may == 1 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		may = 0;
	if (may == 0)
		print_error("!!! NOT TESTED: this system lets nobody here mount anything (%s)\n",
			strerror(errno));
	return may == 1;
}

typedef struct disk {
	char folder[TB_TEST_PATH_MAX], *tmpdir;
} disk;

/* A disk of 6 MiB, and the server on it.  False when that is not allowed here. */
static bool disk_new(disk *d)
{
	const char *tmpdir = getenv("TMPDIR");

	if (!may_mount())
		return false;
	tb_test_folder_new(d->folder);
	if (mount("none", d->folder, "tmpfs", 0, "size=6m") != 0)
		fail_msg("mount: %s", strerror(errno));
	d->tmpdir = tmpdir != NULL ? strdup(tmpdir) : NULL;
	assert_int_equal(setenv("TMPDIR", d->folder, 1), 0);
	begin();
	return true;
}

static void disk_free(disk *d)
{
	end();
	if (umount(d->folder) != 0)
		fail_msg("umount: %s", strerror(errno));
	if (d->tmpdir != NULL)
		assert_int_equal(setenv("TMPDIR", d->tmpdir, 1), 0);
	else
		assert_int_equal(unsetenv("TMPDIR"), 0);
	free(d->tmpdir);
	tb_test_folder_remove(d->folder);
}

/* Takes all the room that there is. */
static void fill(const char *path)
{
	static const char some[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	for (size_t len = sizeof some; len > 0; len /= 2)
		while (write(fd, some, len) == (ssize_t)len)
			continue;
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(close(fd), 0);
}

static void test_a_full_disk(void **state)
{
	char filler[TB_TEST_PATH_MAX + 20];
	disk d;

	(void)state;
	if (!disk_new(&d))
		return;
	(void)snprintf(filler, sizeof filler, "%s/filler", d.folder);
	vote_many(3);
	for (int round = 0; round < 3; round++) {
		long status = 201;

		fill(filler);
		while (status == 201) /* the database may have some room in its files */
			status = vote();
		assert_int_equal(status, 503);
		check_board();
		assert_int_equal(vote(), 503);
		if (round == 1) /* and not on purpose */
			server_process_kill(&process);
		assert_int_equal(unlink(filler), 0);
		if (round == 1)
			server_process_start(&process);
		vote_many(2); /* the first is that which was refused */
		check_board();
	}
	check_after_restart();
	disk_free(&d);
}

static void test_a_read_only_disk(void **state)
{
	disk d;

	(void)state;
	if (!disk_new(&d))
		return;
	vote_many(3);
	for (int round = 0; round < 2; round++) {
		if (round == 0)
			assert_int_equal(server_process_stop(&process, SIGTERM), 0);
		else
			server_process_kill(&process); /* leaves a write-ahead log */
		assert_int_equal(mount("none", d.folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
		assert_int_equal(server_process_start_fails(&process), 1);
		assert_int_equal(mount("none", d.folder, NULL, MS_REMOUNT, NULL), 0);
		server_process_start(&process);
		vote_many(2);
		check_board();
	}
	check_after_restart();
	disk_free(&d);
}

/* ---- limits of the process ---- */

static void limit(__rlimit_resource_t what, uint64_t most)
{
	struct rlimit old, new;

	assert_int_equal(prlimit(process.pid, what, NULL, &old), 0);
	new = (struct rlimit){
		.rlim_cur = most < old.rlim_max ? (rlim_t)most : old.rlim_max, .rlim_max = old.rlim_max};
	assert_int_equal(prlimit(process.pid, what, &new, NULL), 0);
}

/* -1: nobody listens. */
static int try_dial(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)atomic_load(&process.port))};
	struct timeval patience = {.tv_sec = 120};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
		connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	return fd;
}

static int dial(void)
{
	int fd = try_dial();

	assert_true(fd >= 0);
	return fd;
}

/* Below this the server has every number in use. */
static unsigned first_free_descriptor(void)
{
	char path[60];

	for (unsigned i = 0; i < 100000; i++) {
		(void)snprintf(path, sizeof path, "/proc/%d/fd/%u", (int)process.pid, i);
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
			return i;
	}
	fail();
	return 0;
}

#define WAITING 20u

static void test_no_more_descriptors(void **state)
{
	static const char words[] = "GET /e/spring HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	int fd[WAITING];
	unsigned num_silent = 0;
	char text[16];

	(void)state;
	begin();
	vote_many(3); /* over a connection that stays */
	limit(RLIMIT_NOFILE, first_free_descriptor());
	for (size_t i = 0; i < WAITING; i++) {
		fd[i] = dial();
		assert_int_equal(send(fd[i], words, sizeof words - 1, MSG_NOSIGNAL), sizeof words - 1);
	}
	vote_many(10);
	for (size_t i = 0; i < WAITING; i++)
		num_silent += recv(fd[i], text, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
	print_message("%u of %u clients wait\n", num_silent, WAITING);
	assert_true(num_silent > 0);
	limit(RLIMIT_NOFILE, UINT64_MAX);
	vote_many(1);
	for (size_t i = 0; i < WAITING; i++) {
		assert_int_equal(recv(fd[i], text, 12, MSG_WAITALL), 12);
		assert_memory_equal(text, "HTTP/1.1 200", 12);
		(void)close(fd[i]);
	}
	check_after_restart();
	end();
}

/* ---- memory ---- */

/* Bytes of the process that can be written, and addresses in use (proc(5), statm). */
static void sizes(uint64_t *data, uint64_t *all)
{
	unsigned long field[6] = {0};
	char path[40], text[200];
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/statm", (int)process.pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof text, f));
	(void)fclose(f);
	assert_int_equal(sscanf(text, "%lu %lu %lu %lu %*u %lu", &field[0], &field[1], &field[2], &field[3],
				 &field[5]),
		5);
	*all = (uint64_t)field[0] * (uint64_t)sysconf(_SC_PAGESIZE);
	*data = (uint64_t)field[5] * (uint64_t)sysconf(_SC_PAGESIZE);
}

#define GREEDY 8

static _Atomic unsigned num_refused;

/* Posts much, again and again, and takes what comes: with memory enough it would be told that this is no JSON. */
static void *want_much(void *arg)
{
	static const char head[] =
		"POST /e/spring/entries HTTP/1.1\r\nHost: x\r\nContent-Length: 6291456\r\n\r\n";
	static char chunk[1u << 16];
	char answer[1000];
	int fd = try_dial();

	(void)arg;
	if (fd < 0)
		(void)atomic_fetch_add(&num_refused, 1);
	for (int round = 0; fd >= 0 && round < 4; round++) {
		ssize_t got;

		(void)send(fd, head, sizeof head - 1, MSG_NOSIGNAL);
		for (int i = 0; i < 96 && send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) > 0; i++)
			continue;
		got = recv(fd, answer, sizeof answer, 0);
		if (got < 12 || memcmp(answer, "HTTP/1.1 400", 12) != 0)
			(void)atomic_fetch_add(&num_refused, 1);
		if (got <= 0)
			break;
	}
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

/* Lets it have so little more than it has. */
static void squeeze(uint64_t more)
{
	uint64_t data, all;

	sizes(&data, &all);
	limit(RLIMIT_DATA, data + more);
	limit(RLIMIT_AS, all + more);
}

/* It may have answered 503, closed connections, or stopped as a whole, but not by treading on memory that is not there.  Afterwards it
 * runs, with all the memory that there is. */
static void recover(void)
{
	int status = 0;
	tb_buf body;
	bool is_there = false;

	tb_buf_init(&body, 1u << 20);
	while (!is_there && waitpid(process.pid, &status, WNOHANG) == 0) {
		limit(RLIMIT_DATA, UINT64_MAX);
		limit(RLIMIT_AS, UINT64_MAX);
		is_there = server_process_get(&process, process.client, "/e/spring", &body) == 200;
		(void)usleep(is_there ? 0 : 10000);
	}
	tb_buf_release(&body);
	if (is_there)
		return;
	print_message("it stopped: status %x\n", (unsigned)status);
	assert_false(WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS));
	process.pid = 0;
	server_process_start(&process);
}

static void test_no_more_memory(void **state)
{
	pthread_t thread[GREEDY];
	unsigned num_votes_refused = 0;

	(void)state;
	begin();
	vote_many(3);
	for (unsigned round = 0; round < 6; round++) {
		squeeze(round < 3 ? 0 : round << 17);
		for (size_t i = 0; i < GREEDY; i++)
			assert_int_equal(pthread_create(&thread[i], NULL, want_much, NULL), 0);
		for (int i = 0; i < 20; i++)
			num_votes_refused += vote() / 100 != 2;
		for (size_t i = 0; i < GREEDY; i++)
			assert_int_equal(pthread_join(thread[i], NULL), 0);
		recover();
		vote_many(2);
		check_board();
	}
	print_message("%u large requests and %u votes were refused\n", atomic_load(&num_refused),
		num_votes_refused);
	assert_true(atomic_load(&num_refused) > 0);
	check_after_restart();
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_full_disk),
		cmocka_unit_test(test_a_read_only_disk),
		cmocka_unit_test(test_no_more_descriptors),
		cmocka_unit_test(test_no_more_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
