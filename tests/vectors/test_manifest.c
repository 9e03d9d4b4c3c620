/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests [MANIFEST] and every rule about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/manifest.h"
#include "tests/support/vectors.h"

static void expect_bits(const struct json_t *expected, const tb_manifest *m)
{
	static tb_bitproof_definition definition;

	tb_vector_expect_num(expected, m->num_questions);
	for (uint32_t q = 0; q < m->num_questions; q++) {
		if (m->questions[q].method == TB_METHOD_RANKED) { /* encrypted as a whole */
			assert_int_equal(tb_vector_item_int(expected, q), 0);
			continue;
		}
		assert_int_equal(tb_question_define(&definition, &m->questions[q]), TB_OK);
		assert_int_equal(definition.num_bits, tb_vector_item_int(expected, q));
	}
}

/* The signers of endorsements, in the order of their indices. */
static void expect_endorsers(const struct json_t *expected, const tb_manifest *m)
{
	char signer[TB_SIGNER_MAX];
	uint32_t index;

	tb_vector_expect_num(expected, tb_manifest_total_endorsers(m));
	for (uint32_t i = 0; i < tb_manifest_total_endorsers(m); i++) {
		if (i < m->num_trustees) {
			(void)snprintf(signer, sizeof signer, "trustee/%u", i + 1);
			assert_int_equal(
				tb_manifest_endorser_index(m, TB_ROLE_TRUSTEE, i + 1, "", &index), TB_OK);
		} else {
			const char *id = m->endorsers[i - m->num_trustees].id;

			(void)snprintf(signer, sizeof signer, "endorser/%s", id);
			assert_int_equal(
				tb_manifest_endorser_index(m, TB_ROLE_ENDORSER, 0, id, &index), TB_OK);
		}
		assert_int_equal(index, i);
		assert_string_equal(signer, tb_vector_item_text(expected, i));
	}
}

static const char *parse(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "payload_text");
	tb_manifest m;
	tb_fault fault;
	tb_buf again;
	tb_err err = tb_manifest_parse(&m, text, strlen(text), &fault);

	assert_true(err == TB_OK || err == TB_ERR_RULE);
	if (err == TB_OK && v->out != NULL) {
		expect_bits(tb_vector_member(v->out, "bits"), &m);
		expect_endorsers(tb_vector_member(v->out, "endorsers"), &m);
		tb_vector_expect_int(v->out, "max_ballot", tb_manifest_ballot_bytes(&m, TB_ID_MAX));
		tb_buf_init(&again, TB_MANIFEST_MAX_BYTES);
		assert_int_equal(tb_manifest_write(&again, &m), TB_OK);
		assert_string_equal(tb_buf_cstr(&again), text);
		tb_buf_release(&again);
	}
	tb_manifest_release(&m);
	return err == TB_OK ? NULL : fault.rule;
}

int main(void)
{
	static const char *const topics[] = {"manifest", "ranked_manifest"};
	static const tb_vector_op ops[] = {{"manifest.parse", parse}};

	return tb_vectors_run(topics, sizeof topics / sizeof topics[0], ops, 1);
}
