/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_SERVE_CHECKS_H
#define TB_TESTS_SUPPORT_SERVE_CHECKS_H

#include "tests/support/serve.h"

/* What several tests of a served board require.  Failures are those of cmocka's assertions. */

/* A request that is answered with a problem of this rule [HTTP.PROBLEM]. */
void serve_check_refused(
	serve *s, const char *method, const char *path, const char *body, unsigned status, const char *rule);
/* Every file, and the archive, as another program makes them from the same entries. */
void serve_check_files(serve *s, const tb_maker *m);
/* A receipt that proves the entry with this index offline [RECEIPT]. */
void serve_check_receipt(const tb_maker *m, uint64_t index, const void *receipt, size_t len);

#endif
