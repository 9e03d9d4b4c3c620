/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_STARVE_H
#define TB_TESTS_SUPPORT_STARVE_H

#include "crypto/err.h"

/*
 * Memory that runs out: at the first allocation, at the second, and so on until nothing fails.  A test that uses this is linked
 * with tests/faults/<name>.ldflags, which names every allocator that starve.c stands in for.
 */

/* Lets `what` fail at every allocation in turn; it must say MEMORY until it succeeds, and fail at least `at_least` times.
 * (That nothing is lost on the way is seen by the build under AddressSanitizer.) */
void tb_starve(tb_err (*what)(void), unsigned at_least);

/* From now on `num` allocations succeed and no more; negative: all do.  Returns how many were still to succeed. */
long tb_starve_after(long num);

#endif
