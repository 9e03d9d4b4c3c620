/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_COUNT_FUZZ_H
#define TB_TESTS_SUPPORT_COUNT_FUZZ_H

#include "core/count/files.h"

/* What must hold for any bytes as a file of ballots; aborts where it does not. */
void count_fuzz(tb_count_format format, const uint8_t *data, size_t len);

#endif
