/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_FOLDER_H
#define TB_TESTS_SUPPORT_FOLDER_H

/* A new empty folder below $TMPDIR (else /tmp) for one test, and its removal with all that is in it.  Both abort the
 * test when that fails. */
#define TB_TEST_PATH_MAX 512

void tb_test_folder_new(char out[TB_TEST_PATH_MAX]);
void tb_test_folder_remove(const char *path);

#endif
