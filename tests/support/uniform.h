/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_UNIFORM_H
#define TB_TESTS_SUPPORT_UNIFORM_H

#include <stdint.h>

/* U_k of [GROUP.HASH], built byte by byte with libsodium's SHA-512, for short strings. */
void tb_test_uniform(uint8_t out[64], const char *group, const char *label, const char *data, uint8_t k);

#endif
