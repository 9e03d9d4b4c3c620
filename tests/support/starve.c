/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/starve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MOST 100000 /* allocations that one act may take; more is a loop */

static atomic_long left = -1; /* of all threads */

static bool refuse(void)
{
	long n = left;

	if (n < 0)
		return false;
	while (n > 0 && !atomic_compare_exchange_weak(&left, &n, n - 1))
		;
	return n == 0;
}

void *__real_malloc(size_t len);
void *__real_calloc(size_t num, size_t len);
void *__real_realloc(void *old, size_t len);
void *__real_aligned_alloc(size_t alignment, size_t len);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t num, size_t len);
void *__wrap_realloc(void *old, size_t len);
void *__wrap_reallocarray(void *old, size_t num, size_t len);
void *__wrap_aligned_alloc(size_t alignment, size_t len);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t len);

void *__wrap_malloc(size_t len)
{
	return refuse() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t num, size_t len)
{
	return refuse() ? NULL : __real_calloc(num, len);
}

void *__wrap_realloc(void *old, size_t len)
{
	return refuse() ? NULL : __real_realloc(old, len);
}

void *__wrap_reallocarray(void *old, size_t num, size_t len)
{
	return refuse() || (len != 0 && num > SIZE_MAX / len) ? NULL : __real_realloc(old, num * len);
}

void *__wrap_aligned_alloc(size_t alignment, size_t len)
{
	return refuse() ? NULL : __real_aligned_alloc(alignment, len);
}

char *__wrap_strdup(const char *s)
{
	return refuse() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t len)
{
	return refuse() ? NULL : __real_strndup(s, len);
}

long tb_starve_after(long num)
{
	return atomic_exchange(&left, num);
}

void tb_starve(tb_err (*what)(void), unsigned at_least)
{
	unsigned failed = 0;

	for (long n = 0;; n++) {
		tb_err err;

		left = n;
		err = what();
		left = -1;
		if (err == TB_OK)
			break;
		assert_int_equal(err, TB_ERR_MEMORY);
		failed++;
		assert_true(n < MOST);
	}
	assert_in_range(failed, at_least, MOST);
}
