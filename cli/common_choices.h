/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CLI_COMMON_CHOICES_H
#define TB_CLI_COMMON_CHOICES_H

#include "cli/common_args.h"
#include "core/election/ballot.h"

/* A voter's choices on the command line: --choose QUESTION=OPTION,...  --score QUESTION=OPTION:N,...  --rank QUESTION=OPTION,OPTION=OPTION,...
 * --blank QUESTION. */

#define TB_CHOICES_FLAGS                                                                                     \
	{"choose", "QUESTION=OPTION,...", "the chosen options of a question, by their ids", false, true},    \
		{"score", "QUESTION=OPTION:N,...", "scores of options; those not named get 0", false, true}, \
		{"rank", "QUESTION=OPTION,...",                                                              \
			"options in your order, the first first; A=B where two are equal to you", false,     \
			true},                                                                               \
	{                                                                                                    \
		"blank", "QUESTION", "a blank vote, where the question offers one", false, true              \
	}

/* Fills *out, which the caller has made with tb_choices_new().  Prints what is wrong and returns an exit code. */
int tb_choices_take(const tb_args *args, const tb_manifest *m, tb_choices *out);

/* Shows the choices back in the words of the manifest (M7). */
void tb_choices_print(const tb_manifest *m, const tb_choices *choices);

#endif
