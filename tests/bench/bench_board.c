/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/big_board.h"

/*
 * tabella-verify as people run it: a whole board from a folder, every check, wall clock and memory of the process.  20,000
 * voters with one ballot of five options each; 1,000,000 with BIG=1.  Every ballot has its own proof and signature (no two can share
 * them); tests/support/big_board.h says where the board is kept.
 */
#define BYTES_TARGET 1536

static unsigned long long folder_bytes(const char *path)
{
	unsigned long long sum = 0;
	struct dirent *e;
	DIR *d = opendir(path);
	char full[1300];
	struct stat s;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(full, sizeof full, "%.1000s/%.250s", path, e->d_name);
		if (stat(full, &s) != 0)
			continue;
		sum += S_ISDIR(s.st_mode) ? folder_bytes(full) : (unsigned long long)s.st_size;
	}
	if (d != NULL)
		(void)closedir(d);
	return sum;
}

int main(void)
{
	const char *big = getenv("BIG");
	unsigned ballots = big != NULL && strcmp(big, "1") == 0 ? 1000000 : 20000;
	char folder[BIG_BOARD_PATH], bundles[BIG_BOARD_PATH + 20];
	double per_ballot;
	bool ok;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (!big_board_get(folder, ballots, ballots))
		return 1;
	(void)snprintf(bundles, sizeof bundles, "%s/log/tile/entries", folder);
	per_ballot = (double)folder_bytes(bundles) / ballots;
	(void)printf("board: %.0f bytes of entries per ballot (target %d)\n", per_ballot, BYTES_TARGET);
	ok = big_board_verify("board", folder, ballots, false);
	ok = big_board_verify("board", folder, ballots, true) && ok;
	return !ok || per_ballot > BYTES_TARGET;
}
