/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_BASE_FAULT_H
#define TB_CORE_BASE_FAULT_H

#include <stddef.h>

#include "crypto/err.h"

/*
 * What is wrong with something from outside, for a person and for a machine: the broken rule of specs/,
 * where (a path such as "questions[2].max", "line 7", "entry 12"), what was expected and what was found.
 * The rule id is at once the verifier's check code and the last part of the API's problem type.
 */
typedef struct tb_fault {
	const char *rule; /* static string such as "BALLOT.PREV"; NULL = no fault */
	char where[160];
	char expected[240];
	char found[240];
} tb_fault;

/* Fills *f (long texts are cut at a character boundary and end in "...") and returns TB_ERR_RULE. */
tb_err tb_fault_set(
	tb_fault *f, const char *rule, const char *where, const char *expected, const char *found);
/* `expected` plain; `found` formatted. */
__attribute__((format(printf, 5, 6))) tb_err tb_fault_setf(tb_fault *f, const char *rule, const char *where,
	const char *expected, const char *found_format, ...);
/* Puts `prefix` and a dot before f->where ("payload" + "questions[2]"). */
void tb_fault_prefix(tb_fault *f, const char *prefix);
/* One line: "BALLOT.PREV at entry 12: expected ..., found ...". */
void tb_fault_text(const tb_fault *f, char *out, size_t out_len);

#endif
