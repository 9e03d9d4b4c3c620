/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * tabella-verify as people run it: a whole board from a folder, every check, wall clock and memory of the process.  20,000
 * voters with one ballot of five options each; 1,000,000 with BIG=1.  The board is made once by tool_big_board, every
 * ballot with its own proof and signature (no two can share them), and kept in the build folder.
 */
#define OPTIONS 5
#define MEMORY_TARGET_MIB 100
#define BYTES_TARGET 1536

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Runs the program, its output away; returns the exit code. */
static int run(char *const argv[], double *seconds, struct rusage *usage)
{
	double start = now();
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
	*seconds = now() - start;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 96;
}

static int make(const char *build, char *folder, unsigned ballots)
{
	char tool[1200], number[16], checkpoint[1300];
	char *argv[] = {tool, folder, number, NULL};
	struct rusage usage;
	double seconds;
	int code;

	(void)snprintf(tool, sizeof tool, "%s/tests/bench/tool_big_board", build);
	(void)snprintf(number, sizeof number, "%u", ballots);
	(void)snprintf(checkpoint, sizeof checkpoint, "%.1200s/log/checkpoint", folder);
	if (access(checkpoint, R_OK) == 0)
		return 0;
	code = run(argv, &seconds, &usage);
	if (code == 0)
		(void)printf("board: made %u ballots in %.0f s, all cores (encrypted, proved and signed; "
			     "constant time)\n",
			ballots, seconds);
	return code;
}

static unsigned long long folder_bytes(const char *path)
{
	unsigned long long sum = 0;
	struct dirent *e;
	DIR *d = opendir(path);
	char full[1300];
	struct stat s;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(full, sizeof full, "%.1000s/%.250s", path, e->d_name);
		if (stat(full, &s) != 0)
			continue;
		sum += S_ISDIR(s.st_mode) ? folder_bytes(full) : (unsigned long long)s.st_size;
	}
	if (d != NULL)
		(void)closedir(d);
	return sum;
}

static int verify(const char *build, char *folder, unsigned ballots, const char *threads)
{
	char program[1200], option[] = "--threads", number[8], quiet[] = "--quiet";
	char *argv[] = {program, quiet, folder, threads == NULL ? NULL : option, number, NULL};
	struct rusage usage;
	double seconds, cpu, mib;
	int code;

	(void)snprintf(program, sizeof program, "%s/tabella-verify", build);
	(void)snprintf(number, sizeof number, "%s", threads == NULL ? "" : threads);
	code = run(argv, &seconds, &usage);
	if (code != 0) {
		(void)printf("board: tabella-verify exited with %d\n", code);
		return 1;
	}
	cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
	      (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
	mib = (double)usage.ru_maxrss / 1024;
	(void)printf("board: verify %u ballots, %s: %.1f s, %.1f s of processor, %.0f ballots/s, %.0f "
		     "options/s and core, "
		     "%.1f MiB (target %d)\n",
		ballots, threads == NULL ? "all cores" : "one thread", seconds, cpu, ballots / seconds,
		ballots * (double)OPTIONS / cpu, mib, MEMORY_TARGET_MIB);
	return mib > MEMORY_TARGET_MIB;
}

int main(void)
{
	const char *build = getenv("TB_BUILD"), *big = getenv("BIG");
	unsigned ballots = big != NULL && strcmp(big, "1") == 0 ? 1000000 : 20000;
	char folder[1100], bundles[1200];
	double per_ballot;
	int failed;

	if (build == NULL || strlen(build) > 900) {
		(void)fputs("TB_BUILD must name the build folder\n", stderr);
		return 2;
	}
	(void)snprintf(folder, sizeof folder, "%s/bench-board-%u", build, ballots);
	if (make(build, folder, ballots) != 0)
		return 1;
	(void)snprintf(bundles, sizeof bundles, "%s/log/tile/entries", folder);
	per_ballot = (double)folder_bytes(bundles) / ballots;
	(void)printf("board: %.0f bytes of entries per ballot, %u options (target %d)\n", per_ballot, OPTIONS,
		BYTES_TARGET);
	failed = verify(build, folder, ballots, NULL);
	failed |= verify(build, folder, ballots, "1");
	return failed || per_ballot > BYTES_TARGET;
}
