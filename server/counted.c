/* SPDX-License-Identifier: Apache-2.0 */
#include "server/counted.h"

#include <string.h>

void tb_counted_init(tb_counted *c, tb_election *e)
{
	*c = (tb_counted){.election = e};
	/* What is not durable yet is no result: the view is asked, not the board. */
	if (tb_election_phase(e) != TB_PHASE_FINISHED)
		return;
	c->ref = tb_election_board(e);
}

void tb_counted_release(tb_counted *c)
{
	if (c->ref != NULL)
		tb_election_board_drop(c->election, c->ref);
	c->ref = NULL;
}

/* Who replays does so in a board of its own, so this one is as far as the view was. */
static const tb_ranked_count *count_at(const tb_counted *c, uint32_t question)
{
	const tb_tally *t = c->ref == NULL ? NULL : tb_board_tally(c->ref->board);

	return t == NULL || !tb_tally_is_decrypted(t) ? NULL : tb_tally_count(t, question);
}

const tb_ranked_count *tb_counted_find(const tb_counted *c, const char *path, uint32_t *kind)
{
	const tb_manifest *m = c->ref == NULL ? NULL : tb_board_manifest(c->ref->board);
	char expected[TB_PATH_MAX];

	for (uint32_t i = 0; m != NULL && i < m->num_questions * TB_COUNT_KINDS; i++) {
		*kind = i % TB_COUNT_KINDS;
		tb_count_path(expected, m->questions[i / TB_COUNT_KINDS].id, *kind);
		if (strcmp(expected, path) == 0)
			return count_at(c, i / TB_COUNT_KINDS);
	}
	return NULL;
}

void tb_counted_list(const tb_counted *c, tb_count_paths *out)
{
	const tb_manifest *m = c->ref == NULL ? NULL : tb_board_manifest(c->ref->board);
	char path[TB_PATH_MAX];

	out->num = 0;
	for (uint32_t i = 0; m != NULL && i < m->num_questions * TB_COUNT_KINDS; i++) {
		if (count_at(c, i / TB_COUNT_KINDS) == NULL)
			continue;
		tb_count_path(path, m->questions[i / TB_COUNT_KINDS].id, i % TB_COUNT_KINDS);
		TB_REQUIRE(tb_count_paths_add(out, path) == TB_OK);
	}
	tb_count_paths_sort(out);
}
