/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_ENTRY_BY_JSON_H
#define TB_TESTS_SUPPORT_ENTRY_BY_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * [ENTRY.ENVELOPE] read a second time, by the general JSON reader instead of the scanner of core/log/entry.c: would
 * these bytes be an entry?  Shares no code with it but base64 and the JSON wrapper.
 */
bool entry_by_json(const uint8_t *bytes, size_t len);

#endif
