/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t system_now(void *ctx)
{
	struct timespec t;

	(void)ctx;
	TB_REQUIRE(clock_gettime(CLOCK_REALTIME, &t) == 0);
	return t.tv_sec > 0 ? (uint64_t)t.tv_sec : 0;
}

tb_clock tb_clock_system(void)
{
	return (tb_clock){.now = system_now};
}

uint64_t tb_clock_now(const tb_clock *clock)
{
	return clock->now(clock->ctx);
}

uint64_t tb_time_floor(uint64_t t, uint64_t granule)
{
	TB_REQUIRE(granule > 0);
	return t - t % granule;
}

#define EPOCH UINT64_C(719468) /* days from 0000-03-01 to 1970-01-01 */

/* Days from 0000-03-01 to the first of March of a year.  Years that start in March have their leap day at the end. */
static uint64_t days_before(uint64_t year)
{
	return year * 365 + year / 4 - year / 100 + year / 400;
}

/* In such a year, the days before month m (0 = March ... 11 = February). */
static uint64_t month_days(uint64_t m)
{
	return (153 * m + 2) / 5;
}

tb_err tb_rfc3339_write(char out[TB_RFC3339_LEN + 1], uint64_t t)
{
	uint64_t days = t / 86400 + EPOCH, seconds = t % 86400, year, day, month;

	out[0] = '\0';
	if (t > TB_RFC3339_MAX)
		return TB_ERR_RANGE;
	year = days / 366;
	while (days_before(year + 1) <= days)
		year++;
	day = days - days_before(year);
	month = (5 * day + 2) / 153;
	day -= month_days(month);
	snprintf(out, TB_RFC3339_LEN + 1, "%04u-%02u-%02uT%02u:%02u:%02uZ",
		(unsigned)(month >= 10 ? year + 1 : year) % 10000u,
		(unsigned)(month >= 10 ? month - 9 : month + 3) % 100u, (unsigned)(day + 1) % 100u,
		(unsigned)(seconds / 3600) % 100u, (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
	return TB_OK;
}

static uint64_t number(const char *in, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v * 10 + (uint64_t)(in[i] - '0');
	return v;
}

tb_err tb_rfc3339_parse(uint64_t *out, const char *in, size_t in_len)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	char again[TB_RFC3339_LEN + 1];
	uint64_t year, month, t;

	if (in_len != TB_RFC3339_LEN)
		return TB_ERR_ENCODING;
	for (size_t i = 0; i < in_len; i++)
		if (form[i] == '0' ? in[i] < '0' || in[i] > '9' : in[i] != form[i])
			return TB_ERR_ENCODING;
	year = number(in, 4);
	month = number(in + 5, 2);
	if (year < 1970 || month < 1 || month > 12)
		return TB_ERR_ENCODING;
	month = month >= 3 ? month - 3 : month + 9;
	year -= month >= 10 ? 1 : 0;
	t = (days_before(year) + month_days(month) + number(in + 8, 2) - 1 - EPOCH) * 86400 +
	    number(in + 11, 2) * 3600 + number(in + 14, 2) * 60 + number(in + 17, 2);
	/* 31 April, 24:00 and the like come out as another moment, whose text differs. */
	if (tb_rfc3339_write(again, t) != TB_OK || memcmp(again, in, TB_RFC3339_LEN) != 0)
		return TB_ERR_ENCODING;
	*out = t;
	return TB_OK;
}
