/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_GROUP_SMALL_H
#define TB_TESTS_SUPPORT_GROUP_SMALL_H

#include "crypto/group_backend.h"

/* What the test groups have in common. */
bool tb_small_is_prime(uint64_t n);
bool tb_small_is_order(uint64_t q); /* a prime that is small enough for products in one word */

/* Sets the order q, and tables of a base that hold nothing but the base. */
void tb_small_group_init(tb_group *g, uint64_t q);

#endif
