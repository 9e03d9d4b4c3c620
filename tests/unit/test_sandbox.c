/* SPDX-License-Identifier: Apache-2.0 */
/* What the sandbox forbids, each tried in a process of its own that has entered it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "server/sandbox.h"

#define ALLOWED 0
#define FORBIDDEN 1 /* refused with an error */
#define MISSED 2    /* this kernel has no such sandbox */

static char folder[] = "/tmp/sandbox.XXXXXX";
static tb_sandbox_state state;

static void enter(void)
{
	const char *writable[] = {folder, "/nonexistent"}, *readable[] = {"/usr/share"};
	tb_sandbox s = {.writable = writable, .num_writable = 2, .readable = readable, .num_readable = 1};

	tb_sandbox_enter(&s, &state);
}

/* Runs one attempt inside: its result, or 100 and the signal that killed it. */
static int inside(int (*attempt)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		enter();
		_exit(attempt());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int of(bool ok)
{
	return ok ? ALLOWED : errno == EPERM || errno == EACCES ? FORBIDDEN : 50;
}

static int start_program(void)
{
	char *argv[] = {(char[]){"/bin/true"}, NULL};

	if (!state.has_seccomp)
		return MISSED;
	(void)execv(argv[0], argv);
	return ALLOWED;
}

static int make_socket(void)
{
	return state.has_seccomp ? of(socket(AF_INET, SOCK_STREAM, 0) >= 0) : MISSED;
}

static int make_code(void)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!state.has_seccomp)
		return MISSED;
	return at == MAP_FAILED ? 51 : of(mprotect(at, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int map_code(void)
{
	return state.has_seccomp ? of(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
					      0) != MAP_FAILED)
				 : MISSED;
}

static int read_file(void)
{
	return state.has_landlock ? of(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0) : MISSED;
}

static int write_readable(void)
{
	return state.has_landlock ? of(open("/usr/share/x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0)
				  : MISSED;
}

static int list_readable(void)
{
	return of(open("/usr/share", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0);
}

static void *nothing(void *arg)
{
	return arg;
}

/* What the server does: files that are written and replaced in its folder, threads, memory. */
static int work(void)
{
	char path[100];
	pthread_t thread;
	tb_why why;
	void *memory = malloc(50u << 20);

	if (memory == NULL)
		return 60;
	free(memory);
	(void)snprintf(path, sizeof path, "%s/file", folder);
	for (int i = 0; i < 2; i++)
		if (tb_file_write(path, "text", 4, TB_FILE_PRIVATE, &why) != TB_OK)
			return 61;
	if (unlink(path) != 0)
		return 62;
	if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
		return 63;
	return ALLOWED;
}

static int in_a_thread_result;
static void *try_in_thread(void *arg)
{
	(void)arg;
	in_a_thread_result = make_socket();
	return NULL;
}

static int from_a_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, try_in_thread, NULL) != 0 || pthread_join(thread, NULL) != 0)
		return 64;
	return in_a_thread_result;
}

static void check_stopped(int (*attempt)(void), int wanted)
{
	int got = inside(attempt);

	if (got == MISSED)
		print_message("this kernel has no such sandbox\n");
	else
		assert_int_equal(got, wanted);
}

static void test_no_program_is_started(void **s)
{
	(void)s;
	check_stopped(start_program, 100 + SIGSYS);
}

static void test_no_connection_is_made(void **s)
{
	(void)s;
	check_stopped(make_socket, FORBIDDEN);
	check_stopped(from_a_thread, FORBIDDEN);
}

static void test_no_memory_becomes_code(void **s)
{
	(void)s;
	check_stopped(make_code, FORBIDDEN);
	check_stopped(map_code, FORBIDDEN);
}

static void test_only_named_folders_are_seen(void **s)
{
	(void)s;
	check_stopped(read_file, FORBIDDEN);
	check_stopped(write_readable, FORBIDDEN);
	assert_int_equal(inside(list_readable), ALLOWED);
}

static void test_the_work_goes_on(void **s)
{
	(void)s;
	assert_int_equal(inside(work), ALLOWED);
}

static int become_nobody(void)
{
	tb_why why;
	bool ok = tb_privileges_drop("nobody", &why) == TB_OK;

	if (geteuid() == 0)
		return 70;
	return ok ? of(open("/etc/shadow", O_RDONLY | O_CLOEXEC) >= 0) : 71;
}

static void test_root_is_given_up(void **s)
{
	struct passwd *who = getpwuid(geteuid());
	tb_why why;
	pid_t child;
	int status;

	(void)s;
	assert_int_equal(tb_privileges_drop("no such user", &why), TB_ERR_NOT_FOUND);
	if (geteuid() != 0) {
		assert_int_equal(tb_privileges_drop("root", &why), TB_ERR_STATE);
		assert_true(who == NULL || tb_privileges_drop(who->pw_name, &why) == TB_OK);
		return;
	}
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(become_nobody());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), FORBIDDEN);
}

static int setup(void **s)
{
	(void)s;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int teardown(void **s)
{
	(void)s;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_program_is_started),
		cmocka_unit_test(test_no_connection_is_made),
		cmocka_unit_test(test_no_memory_becomes_code),
		cmocka_unit_test(test_only_named_folders_are_seen),
		cmocka_unit_test(test_the_work_goes_on),
		cmocka_unit_test(test_root_is_given_up),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
