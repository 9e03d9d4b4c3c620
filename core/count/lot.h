/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_COUNT_LOT_H
#define TB_CORE_COUNT_LOT_H

#include <stddef.h>
#include <stdint.h>

/* The order in which the lot favours candidates [COUNT.LOT], from the 64-byte lot seed of an election [LOT]: by
 * SHA-256(seed || u64 question || u64 candidate from 0), smallest first.  num <= TB_COUNT_MAX_CANDIDATES. */
void tb_count_lot_derive(uint32_t *out, uint32_t num, const uint8_t seed[64], uint64_t question);

/* A seed from any text, for counts outside an election. */
void tb_count_lot_seed(uint8_t out[64], const char *text, size_t len);

#endif
