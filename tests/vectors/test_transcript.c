/* SPDX-License-Identifier: Apache-2.0 */
/* Items, challenges and outputs [TRANSCRIPT]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/transcript.h"
#include "tests/support/vectors.h"

/* The framing shows only through the hash: that of one item alone. */
static const char *one_item(const tb_vector *v)
{
	uint8_t found[64], expected[64];
	tb_sha512_state s;
	tb_buf data, item;

	tb_vector_bytes(&data, v->in, "data");
	tb_vector_bytes(&item, v->out, "item");
	tb_sha512_init(&s);
	tb_item_absorb(&s, tb_vector_text(v->in, "label"), data.data, data.len);
	tb_sha512_final(&s, found);
	tb_sha512(expected, item.data, item.len);
	assert_memory_equal(found, expected, sizeof found);
	tb_buf_release(&data);
	tb_buf_release(&item);
	return NULL;
}

static void absorb(tb_transcript *t, const struct json_t *step)
{
	tb_buf data;

	tb_vector_bytes(&data, step, "data");
	tb_transcript_bytes(t, tb_vector_text(step, "label"), data.data, data.len);
	tb_buf_release(&data);
}

static const char *run(const tb_vector *v)
{
	const struct json_t *steps = tb_vector_member(v->in, "steps");
	const struct json_t *results = tb_vector_member(v->out, "results");
	uint8_t found[64];
	tb_transcript t;
	size_t num = 0;

	assert_int_equal(tb_transcript_init(&t, tb_vector_text(v->in, "protocol")), TB_OK);
	for (size_t i = 0; i < tb_vector_num(steps); i++) {
		const struct json_t *step = tb_vector_item(steps, i);
		const char *what = tb_vector_text(step, "do");

		if (strcmp(what, "absorb") == 0) {
			absorb(&t, step);
		} else if (strcmp(what, "challenge") == 0) {
			const tb_group *g = tb_group_by_name(tb_vector_text(step, "group"));
			tb_scalar c;

			assert_non_null(g);
			tb_transcript_challenge(&t, g, &c);
			tb_scalar_write(g, found, &c);
			tb_vector_expect_item(results, num++, found, TB_SCALAR_BYTES);
		} else {
			assert_string_equal(what, "output");
			tb_transcript_output(&t, found);
			tb_vector_expect_item(results, num++, found, sizeof found);
		}
	}
	tb_vector_expect_num(results, num);
	tb_transcript_release(&t);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"transcript"};
	static const tb_vector_op ops[] = {{"transcript.item", one_item}, {"transcript.run", run}};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}
