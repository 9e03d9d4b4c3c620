/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "core/election/ranking.h"
#include "crypto/opening.h"

/*
 * What comes out of the mix, and a ranked question's part of a ballot: a definition, then elements, or bytes that elements carry.
 * Whatever decodes is a choice that is encoded as the very same elements [RANK.DECODE]; a part is read or refused.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_elements(const tb_ranking_definition *def, const tb_point *elements)
{
	const tb_group *g = tb_group_ristretto255();
	uint32_t ranks[TB_RANKING_MAX_OPTIONS], rank, num;
	static tb_point again[TB_RANKING_MAX_WIDTH];

	if (tb_ranking_decode(def, ranks, elements) != TB_OK)
		return;
	TB_REQUIRE(tb_ranking_find_fault(def, ranks, &rank, &num) == TB_RANKING_FINE);
	TB_REQUIRE(tb_ranking_encode(def, again, ranks) == TB_OK);
	for (uint32_t k = 0; k < def->w; k++)
		TB_REQUIRE(tb_point_equal(g, &again[k], &elements[k]));
}

static void check_part(uint32_t width, const uint8_t *wire, size_t len)
{
	tb_opening *o;
	tb_err err;

	TB_REQUIRE(tb_opening_new(tb_group_ristretto255(), &o, width) == TB_OK);
	err = tb_opening_parse(o, wire, len);
	TB_REQUIRE(err == TB_OK ? len == tb_opening_bytes(tb_group_ristretto255(), width)
				: err == TB_ERR_ENCODING || err == TB_ERR_RANGE);
	tb_opening_free(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const tb_group *g = tb_group_ristretto255();
	static tb_point elements[TB_RANKING_MAX_WIDTH];
	tb_ranking_definition def;
	const uint8_t *at = data + 6;
	size_t size;

	if (len < 6 || tb_ranking_define(&def, (uint32_t)data[0] << 8 | data[1], data[2],
			       (uint32_t)data[3] << 8 | data[4], (data[5] & 1) != 0) != TB_OK)
		return 0;
	size = (data[5] & 2) != 0 ? 32 : TB_EMBED_BYTES;
	if (len - 6 < def.w * size) {
		check_part(def.w, at, len - 6);
		return 0;
	}
	for (uint32_t k = 0; k < def.w; k++, at += size) {
		if (size == TB_EMBED_BYTES)
			TB_REQUIRE(tb_point_embed(g, &elements[k], at) == TB_OK);
		else if (tb_point_parse(g, &elements[k], at) != TB_OK)
			return 0;
	}
	check_elements(&def, elements);
	check_part(def.w, data + 6, len - 6);
	return 0;
}
