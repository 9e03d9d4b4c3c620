/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/err.h"

void tb_test_folder_new(char out[TB_TEST_PATH_MAX])
{
	const char *tmp = getenv("TMPDIR");
	int len = snprintf(out, TB_TEST_PATH_MAX, "%s/tabella-test-XXXXXX",
		tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");

	TB_REQUIRE(len > 0 && len < TB_TEST_PATH_MAX);
	TB_REQUIRE(mkdtemp(out) != NULL);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void tb_test_folder_remove(const char *path)
{
	TB_REQUIRE(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}
