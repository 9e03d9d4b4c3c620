/* SPDX-License-Identifier: Apache-2.0 */
/* Elements without a known logarithm [GROUP.HASH]: the generators of the ballot proof [BALLOT.GENERATORS] and the base of the
 * lot [LOT]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "crypto/transcript.h"
#include "tests/support/vectors.h"

static const char *hash(const tb_vector *v)
{
	const char *name = tb_vector_text(v->in, "group"), *label = tb_vector_text(v->in, "label");
	const char protocol[] = "tabella/v1/hash-to-group";
	const tb_group *g = tb_group_by_name(name);
	uint8_t wire[TB_POINT_MAX_BYTES], block[64], counter[8];
	tb_sha512_state s;
	tb_point p;
	tb_buf data;

	assert_non_null(g);
	tb_vector_bytes(&data, v->in, "data");
	tb_point_hash(g, &p, label, data.data, data.len);
	tb_point_write(g, wire, &p);
	tb_vector_expect_bytes(v->out, "point", wire, tb_group_point_bytes(g));

	/* U_0, which tells where a difference comes from */
	tb_store_u64(counter, 0);
	tb_sha512_init(&s);
	tb_item_absorb(&s, "protocol", protocol, sizeof protocol - 1);
	tb_item_absorb(&s, "group", name, strlen(name));
	tb_item_absorb(&s, "label", label, strlen(label));
	tb_item_absorb(&s, "data", data.data, data.len);
	tb_item_absorb(&s, "counter", counter, sizeof counter);
	tb_sha512_final(&s, block);
	tb_vector_expect_bytes(v->out, "block0", block, sizeof block);
	tb_buf_release(&data);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"hash_to_group"};
	static const tb_vector_op ops[] = {{"hash_to_group", hash}};

	return tb_vectors_run(topics, 1, ops, 1);
}
