/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_GROUP_FORMAL_H
#define TB_TESTS_SUPPORT_GROUP_FORMAL_H

#include "crypto/group.h"

/*
 * The formal group: an element is a vector of exponents mod a small prime q over independent base elements,
 * as if nobody could ever relate two of them.  Base 0 is the generator g; tb_point_hash() gives every distinct
 * (label, data) a base of its own.  What a cheating prover can do without breaking a commitment is exactly
 * linear algebra on these vectors, so soundness that rests on binding can be brute-forced here.
 *
 * q: an odd prime below 2^15; the same q gives the same group, named "formal<q>".  Up to TB_FORMAL_BASES bases;
 * one more aborts.  The exponent of base i is word[i].  Wire: the exponents, 2 bytes big-endian each.
 * Not thread-safe.
 */
#define TB_FORMAL_BASES 64

const tb_group *tb_formal_group(uint64_t q);
size_t tb_formal_num_bases(const tb_group *g); /* given out so far, g included */

#endif
