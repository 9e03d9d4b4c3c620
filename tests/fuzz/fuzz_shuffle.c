/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/shuffle.h"
#include "tests/support/plain_shuffle.h"

/*
 * What a mixer sends for two ciphertexts, outputs || proof [SHUFFLE.WIRE]: read without harm, refused at a place that exists or as
 * false, and believed only where the equations hold one by one.
 */
enum { NUM = 2, LIST = 64 * NUM, PROOF = 160 * NUM + 96 + 192 };

static const tb_parallel alone = {.threads = 1};

typedef struct scene {
	tb_shuffle_generators *generators;
	tb_point h;
	plain_shuffle z;
	uint8_t *inputs;
} scene;

static const scene *the_scene(void)
{
	static scene s;

	if (s.inputs == NULL) {
		const tb_group *g = tb_group_ristretto255();

		tb_point_hash(g, &s.h, "test/key", "", 0);
		TB_REQUIRE(tb_shuffle_generators_new(g, &s.generators, NUM, &alone) == TB_OK);
		plain_shuffle_init(&s.z, g, &s.h, NUM, 1);
		s.inputs = plain_shuffle_write_inputs(&s.z);
	}
	return &s;
}

static void check_believed(const scene *s, const uint8_t *data)
{
	plain_shuffle z = s->z;

	plain_shuffle_read(&z, data, data + LIST);
	plain_shuffle_u(&z, 0);
	plain_shuffle_v(&z, 0);
	TB_REQUIRE(plain_shuffle_failing(&z) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const scene *s = the_scene();
	const size_t list = len < LIST ? len : LIST;
	const tb_shuffle_statement st = {
		s->generators, &s->h, s->z.binding, strlen(s->z.binding), NUM, 1, s->inputs, LIST};
	tb_shuffle_place place;
	tb_err err = tb_shuffle_verify(&st, data, list, data + list, len - list, &alone, &place);

	TB_REQUIRE(err == TB_OK || err == TB_ERR_ENCODING || err == TB_ERR_PROOF);
	TB_REQUIRE((err == TB_ERR_ENCODING) == (place.part != TB_SHUFFLE_NOWHERE));
	TB_REQUIRE(strlen(tb_shuffle_part_text(place.part)) > 0 && place.index <= 5);
	if (len != LIST + PROOF)
		TB_REQUIRE(err == TB_ERR_ENCODING);
	if (err == TB_OK)
		check_believed(s, data);
	return 0;
}
