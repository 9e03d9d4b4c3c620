/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"
#include "core/election/roll_csv.h"

/* What comes out of a list of voters obeys the rules of the roll; what does not is reported with its line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tb_csv_roll r;
	tb_err err = tb_csv_roll_parse(&r, data, len);
	tb_why why;

	TB_REQUIRE(err == TB_OK || err == TB_ERR_RULE);
	TB_REQUIRE((err == TB_OK) == (r.num_bad == 0) && r.num_faults <= r.num_bad);
	TB_REQUIRE(r.num_faults == (r.num_bad < TB_CSV_MAX_FAULTS ? r.num_bad : TB_CSV_MAX_FAULTS));
	for (size_t i = 0; i < r.num_faults; i++)
		TB_REQUIRE(r.faults[i].rule != NULL && strncmp(r.faults[i].where, "line ", 5) == 0);
	for (size_t i = 0; i < r.num; i++) {
		const tb_csv_voter *v = &r.voters[i];

		TB_REQUIRE(tb_id_is_valid(v->id, strlen(v->id)));
		TB_REQUIRE(
			tb_text_check(v->label, strlen(v->label), TB_NAME_MAX, TB_TEXT_LINE, &why) == TB_OK);
		TB_REQUIRE(v->weight >= 1 && v->weight <= TB_MAX_WEIGHT && v->line >= 1);
		TB_REQUIRE(i == 0 || strcmp(r.voters[i - 1].id, v->id) < 0);
	}
	tb_csv_roll_release(&r);
	return 0;
}
