/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_EXAMPLE_H
#define TB_TESTS_SUPPORT_EXAMPLE_H

#include "core/election/credential.h"
#include "core/election/manifest.h"

/*
 * An election for tests: three trustees (two needed), one extra endorser "auditor", and one question of each method:
 * "budget" (referendum), "board" (choose 1 to 3 of 4 or blank, 2 winners), "days" (approval), "logo" (score 0 to 5).
 * Its keys come from codes that everybody can see here; they exist in no other election.
 */
tb_err example_manifest(tb_manifest *m);
/* The same with two ranked questions more, and so 2 mixes: "chair" (Condorcet after Debian with default option "nobody", quorum and
 * ratios, equal ranks) and "council" (Scottish STV, 2 seats of 5, 1 to 4 ranks). */
tb_err example_ranked_manifest(tb_manifest *m);
/* The secret keys of a role; `index` is 1..3 for trustees, else 0. */
tb_err example_keys(tb_role_keys *out, tb_role role, unsigned index);
/* A copy with malloc, aborting when there is no memory. */
char *example_string(const char *text);

#endif
