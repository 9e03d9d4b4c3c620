/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/count_fuzz.h"

#include <string.h>

#include "core/count/count.h"

enum { MAX_TEXT = 1 << 24 };

static void require_sane(const tb_count_ballots *b)
{
	uint64_t total = 0;

	TB_REQUIRE(b->num_candidates >= 1 && b->num_candidates <= TB_COUNT_MAX_CANDIDATES);
	for (uint32_t i = 0; i < b->num_candidates; i++)
		TB_REQUIRE(tb_count_name_is_valid(b->names[i], strlen(b->names[i])));
	for (size_t g = 0; g < b->num_groups; g++) {
		const tb_count_pref *p = b->prefs + b->groups[g].first;
		bool seen[TB_COUNT_MAX_CANDIDATES] = {false};

		total += b->groups[g].weight;
		TB_REQUIRE(b->groups[g].weight >= 1 && b->groups[g].first + b->groups[g].num <= b->num_prefs);
		for (uint32_t i = 0; i < b->groups[g].num; i++) {
			uint16_t above = i == 0 ? 0 : p[i - 1].rank;

			TB_REQUIRE(p[i].rank == above + 1 || (i > 0 && p[i].rank == above));
			TB_REQUIRE(p[i].candidate < b->num_candidates && !seen[p[i].candidate]);
			seen[p[i].candidate] = true;
		}
	}
	TB_REQUIRE(total == b->total && total <= TB_COUNT_MAX_BALLOTS);
}

static void require_round_trip(const tb_count_ballots *b)
{
	for (int f = 0; f < TB_COUNT_NUM_FORMATS; f++) {
		tb_count_ballots again;
		tb_buf first, second;
		tb_why why;
		tb_err err;

		tb_buf_init(&first, MAX_TEXT);
		tb_buf_init(&second, MAX_TEXT);
		err = tb_count_file_write(&first, (tb_count_format)f, b);
		TB_REQUIRE(err == TB_OK || err == TB_ERR_LIMIT ||
			   (err == TB_ERR_RANGE && f == TB_COUNT_BLT && b->has_scores));
		if (err == TB_OK) {
			TB_REQUIRE(tb_count_file_parse(
					   &again, (tb_count_format)f, first.data, first.len, &why) == TB_OK);
			require_sane(&again);
			TB_REQUIRE(tb_count_file_write(&second, (tb_count_format)f, &again) == TB_OK);
			TB_REQUIRE(
				first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
			tb_count_ballots_release(&again);
		}
		tb_buf_release(&first);
		tb_buf_release(&second);
	}
}

/* Every method comes to an end, with or without a lot, and says who is elected; no more than there are seats. */
static void require_counts(const tb_count_ballots *b, bool has_lot)
{
	uint32_t lot[TB_COUNT_MAX_CANDIDATES];

	for (uint32_t i = 0; i < b->num_candidates; i++)
		lot[i] = b->num_candidates - 1 - i;
	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		tb_count_options o = {
			.seats = (*m)->flags & TB_COUNT_ONE_SEAT || b->seats == 0 ? 1 : b->seats,
			.lot = has_lot ? lot : NULL,
			.default_option = TB_COUNT_NOBODY};
		tb_count_account a;
		tb_buf out;
		tb_why why;
		tb_err err = tb_count_run(&a, *m, b, &o, &why);

		tb_buf_init(&out, MAX_TEXT);
		TB_REQUIRE(err == TB_OK || (err == TB_ERR_STATE && !has_lot && a.lot_missing != NULL) ||
			   (err == TB_ERR_RANGE && (*m)->flags & TB_COUNT_NEEDS_SCORES && !b->has_scores));
		TB_REQUIRE((err == TB_OK) == (why.text[0] == '\0') && a.order.num <= o.seats);
		if (err == TB_OK) {
			TB_REQUIRE(tb_count_account_write(&out, &a, *m, b, &o) == TB_OK);
			TB_REQUIRE(tb_count_account_words(&out, &a, *m, b, &o) == TB_OK);
			for (uint32_t i = 0; i < b->num_candidates; i++)
				TB_REQUIRE(a.fates[i].is_set);
		}
		tb_buf_release(&out);
		tb_count_account_release(&a);
	}
}

void count_fuzz(tb_count_format format, const uint8_t *data, size_t len)
{
	tb_count_ballots b;
	tb_why why;
	tb_err err = tb_count_file_parse(&b, format, data, len, &why);

	(void)tb_count_format_of(data, len);
	TB_REQUIRE(err == TB_OK ||
		   (err == TB_ERR_ENCODING && strncmp(why.text, "line ", 5) == 0 && b.names == NULL));
	if (err == TB_OK) {
		require_sane(&b);
		require_round_trip(&b);
		if (b.num_candidates <= 40 && b.num_groups <= 200) {
			require_counts(&b, false);
			require_counts(&b, true);
		}
	}
	tb_count_ballots_release(&b);
}
