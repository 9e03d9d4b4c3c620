/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_GROUP_TINY_H
#define TB_TESTS_SUPPORT_GROUP_TINY_H

#include "crypto/group.h"

/*
 * A group so small that everything can be tried: the subgroup of prime order q of the integers mod p = k q + 1,
 * the smallest such prime.  Logarithms are trivial in it, so it serves for completeness, for zero knowledge
 * and for counting accepting challenges, not for soundness that rests on commitments (group_formal.h does).
 *
 * q: an odd prime below 2^15, for instance 5, 7, 11, 101 or 1009; else the test is wrong and aborts.  The same q
 * gives the same group, named "tiny<q>".  Elements are 4 bytes big-endian on the wire; a decoded one is the
 * number itself in word[0].  Not thread-safe.
 */
const tb_group *tb_tiny_group(uint64_t q);
uint64_t tb_tiny_p(const tb_group *g);

#endif
