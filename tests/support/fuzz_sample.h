/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_FUZZ_SAMPLE_H
#define TB_TESTS_SUPPORT_FUZZ_SAMPLE_H

#include "tests/support/sample.h"

/*
 * The elections that the fuzz targets ballot, commit, decrypt and mix and their corpora (tests/tools/tool_corpus.c) are about: the same in
 * every run.  2 of 3 trustees; a question to choose 1..2 of 3 or blank, and a score of 0..3 for two.
 */
const tb_sample *tb_fuzz_sample(void);    /* its ceremony is complete */
const tb_sample *tb_fuzz_beginning(void); /* the same election before the first commit */
tb_tally *tb_fuzz_tally(void);            /* two ballots counted, finished */
/* Of the target mix: two ciphertexts of one element and two of two, in an election with two ranked questions. */
const tb_mix_stage *tb_fuzz_stage(void);

#endif
