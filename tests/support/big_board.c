/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/big_board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/load.h"

#define OPTIONS 5
#define MEMORY_TARGET_MIB 100

static const char *build(void)
{
	const char *folder = getenv("TB_BUILD");

	return folder != NULL && strlen(folder) <= 900 ? folder : "build";
}

/* Runs the program, its output away; returns the exit code. */
static int run(char *const argv[], double *seconds, struct rusage *usage)
{
	double start = load_now();
	int status;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(99);
		(void)execv(argv[0], argv);
		_exit(98);
	}
	if (pid < 0 || wait4(pid, &status, 0, usage) != pid)
		return 97;
	*seconds = load_now() - start;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 96;
}

static double cpu_of(const struct rusage *u)
{
	return (double)u->ru_utime.tv_sec + (double)u->ru_utime.tv_usec / 1e6 + (double)u->ru_stime.tv_sec +
	       (double)u->ru_stime.tv_usec / 1e6;
}

bool big_board_get(char folder[BIG_BOARD_PATH], unsigned voters, unsigned ballots)
{
	const char *kept = getenv("TB_BOARDS");
	char tool[1000], numbers[2][16], checkpoint[BIG_BOARD_PATH + 20];
	char *argv[] = {tool, folder, numbers[0], numbers[1], NULL};
	struct rusage usage;
	double seconds;
	int code;

	(void)snprintf(folder, BIG_BOARD_PATH, "%.900s/bench-board-%u-%u", kept != NULL ? kept : build(),
		voters, ballots);
	(void)snprintf(checkpoint, sizeof checkpoint, "%s/log/checkpoint", folder);
	if (access(checkpoint, R_OK) == 0)
		return true;
	(void)snprintf(tool, sizeof tool, "%s/tests/bench/tool_big_board", build());
	(void)snprintf(numbers[0], sizeof numbers[0], "%u", voters);
	(void)snprintf(numbers[1], sizeof numbers[1], "%u", ballots);
	code = run(argv, &seconds, &usage);
	(void)printf("board: made %u ballots of %u voters in %.0f s, %.0f s of processor (encrypted, proved "
		     "and signed; constant "
		     "time)%s\n",
		ballots, voters, seconds, cpu_of(&usage), code == 0 ? "" : ": FAILED");
	return code == 0;
}

bool big_board_verify(const char *name, const char *board, unsigned ballots, bool one_thread)
{
	char program[1000], option[] = "--threads", number[] = "1", quiet[] = "--quiet", what[BIG_BOARD_PATH];
	char *argv[] = {program, quiet, what, one_thread ? option : NULL, number, NULL};
	struct rusage usage;
	double seconds, mib;
	int code;

	(void)snprintf(program, sizeof program, "%s/tabella-verify", build());
	(void)snprintf(what, sizeof what, "%s", board);
	code = run(argv, &seconds, &usage);
	if (code != 0) {
		(void)printf("%s: tabella-verify exited with %d\n", name, code);
		return false;
	}
	mib = (double)usage.ru_maxrss / 1024;
	(void)printf(
		"%s: verify %u ballots, %s: %.1f s, %.1f s of processor, %.0f ballots/s, %.0f options/s and "
		"core, %.1f MiB (target %d)\n",
		name, ballots, one_thread ? "one thread" : "all cores", seconds, cpu_of(&usage),
		ballots / seconds, ballots * (double)OPTIONS / cpu_of(&usage), mib, MEMORY_TARGET_MIB);
	return mib <= MEMORY_TARGET_MIB;
}
