/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wall clock for end-to-end tests, loaded with LD_PRELOAD: real time plus the seconds in the file that TABELLA_TEST_CLOCK names,
 * read anew at each call.  A test that has to get to the close of the polls goes there, instead of waiting and hoping that everything before
 * was quick enough.  Other clocks, those of time-outs, run as they do.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int clock_fn(clockid_t id, struct timespec *out);

int clock_gettime(clockid_t id, struct timespec *out);
int gettimeofday(struct timeval *restrict out, void *restrict zone);
time_t time(time_t *out);

static long shift(void)
{
	const char *name = getenv("TABELLA_TEST_CLOCK");
	FILE *file = name != NULL ? fopen(name, "re") : NULL;
	char text[32];
	long seconds = 0;

	if (file != NULL) {
		if (fgets(text, sizeof text, file) != NULL)
			seconds = strtol(text, NULL, 10);
		(void)fclose(file);
	}
	return seconds;
}

int clock_gettime(clockid_t id, struct timespec *out)
{
	static clock_fn *real;
	int status;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	status = real(id, out);
	if (status == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		out->tv_sec += shift();
	return status;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;
	int status = clock_gettime(CLOCK_REALTIME, &now);

	(void)zone;
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return status;
}

time_t time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}
