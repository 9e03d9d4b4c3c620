/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/count_fuzz.h"

/* What is read from any ABIF file obeys the rules of ballots, survives being written and read again, and can be counted [COUNT.ABIF]. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	count_fuzz(TB_COUNT_ABIF, data, len);
	return 0;
}
