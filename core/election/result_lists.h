/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_RESULT_LISTS_H
#define TB_CORE_ELECTION_RESULT_LISTS_H

#include "core/base/buf.h"

/*
 * The lists of invalid ballots [RANK.RESULT] of a `result` payload, read before anything else of it.  Whoever votes can make any number of
 * invalid ballots, so their list must not count among the values that limit what a document costs (TB_JSON_MARKS): the result of
 * an election could then not be shown.  Here a number costs eight bytes, and at least two bytes of input.
 */
typedef struct tb_result_list {
	uint64_t *at; /* NULL: it was left where it was */
	size_t num;
} tb_result_list;

typedef struct tb_result_lists {
	tb_buf rest; /* the payload with "[]" in place of each list that was taken; empty where none was */
	tb_result_list *list;
	size_t num, cap, next;
} tb_result_lists;

/*
 * Looks for every member "invalid", whatever it is a member of.  Its list is taken when it is not empty, canonical and increasing: others are left, so that
 * who reads the rest says what is wrong with them.  MEMORY; *out must be released in any case.
 */
TB_CHECKED tb_err tb_result_lists_read(tb_result_lists *out, const void *bytes, size_t len);
void tb_result_lists_release(tb_result_lists *l);
/* The members "invalid" in the order of the payload, one with each call; what is at ->at may be taken over (set it NULL).  NULL: no more. */
tb_result_list *tb_result_lists_next(tb_result_lists *l);

#endif
