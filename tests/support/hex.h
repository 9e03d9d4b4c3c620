/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_HEX_H
#define TB_TESTS_SUPPORT_HEX_H

#include <stddef.h>
#include <stdint.h>

/* Reads exactly 2*len hexadecimal digits; anything else aborts the test. */
void tb_test_unhex(uint8_t *out, size_t len, const char *hex);

#endif
