/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key ceremony [CEREMONY.COMMIT] [CEREMONY.POP] [CEREMONY.SHARE] [CEREMONY.DISTINCT] [CEREMONY.RECEIVE] [CEREMONY.KEYS]
 * [CEREMONY.CERTIFY] and Lagrange's coefficients [DECRYPT.COMBINE], byte for byte.  tb_secret_random() is replaced at link time: it
 * hands out the secrets that a case gives, in the order in which they are drawn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ceremony.h"
#include "core/election/ceremony_wire.h"
#include "crypto/aead.h"
#include "tests/support/vectors.h"

/* ---- randomness ---- */
static uint8_t drawn[TB_SHARING_MAX + 2][TB_SCALAR_BYTES];
static size_t num_drawn, next_drawn;

tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	assert_true(next_drawn < num_drawn);
	return tb_secret_parse(g, out, drawn[next_drawn++]);
}

/* The coefficients of f_i, e_i, and the nonce of the proof of possession. */
static void fill_randomness(const struct json_t *in)
{
	const struct json_t *polynomial = tb_vector_member(in, "polynomial");

	num_drawn = next_drawn = 0;
	for (; num_drawn < tb_vector_num(polynomial); num_drawn++)
		tb_vector_item_exactly(drawn[num_drawn], TB_SCALAR_BYTES, polynomial, num_drawn);
	tb_vector_exactly(drawn[num_drawn++], TB_SCALAR_BYTES, in, "ephemeral");
	tb_vector_exactly(drawn[num_drawn++], TB_SCALAR_BYTES, in, "nonce");
}

/* ---- the ceremony of a case ---- */
typedef struct setting {
	tb_manifest manifest;
	tb_trustee trustees[TB_MAX_TRUSTEES];
	uint8_t election[32];
	tb_ceremony *ceremony;
} setting;

static void begin(setting *s, const struct json_t *in)
{
	const struct json_t *transports = tb_vector_member(in, "transports");

	memset(s, 0, sizeof *s);
	s->manifest.group = tb_group_by_name(tb_vector_text(in, "group"));
	assert_non_null(s->manifest.group);
	s->manifest.threshold = (uint32_t)tb_vector_int(in, "threshold");
	s->manifest.num_trustees = (uint32_t)tb_vector_num(transports);
	s->manifest.trustees = s->trustees;
	for (size_t i = 0; i < s->manifest.num_trustees; i++)
		tb_vector_item_exactly(s->trustees[i].transport_key, 32, transports, i);
	tb_vector_exactly(s->election, 32, in, "election");
	assert_int_equal(tb_ceremony_new(&s->ceremony, &s->manifest, s->election), TB_OK);
}

/* Takes in all commits; NULL, or the rule that one of them breaks. */
static const char *take_commits(setting *s, const struct json_t *in)
{
	const struct json_t *commits = tb_vector_member(in, "commits");
	const char *rule = NULL;

	tb_vector_expect_num(commits, s->manifest.num_trustees);
	for (uint32_t i = 1; i <= s->manifest.num_trustees && rule == NULL; i++) {
		tb_fault fault;
		tb_buf payload;
		tb_err err;

		tb_vector_item_bytes(&payload, commits, i - 1);
		err = tb_ceremony_check_commit(s->ceremony, i, payload.data, payload.len, &fault);
		assert_true(err == TB_OK || err == TB_ERR_RULE);
		if (err == TB_OK)
			assert_int_equal(
				tb_ceremony_apply_commit(s->ceremony, i, payload.data, payload.len), TB_OK);
		else
			rule = fault.rule;
		tb_buf_release(&payload);
	}
	return rule;
}

static void transport_secret(tb_secret *out, const struct json_t *in)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_vector_exactly(wire, sizeof wire, in, "secret");
	assert_int_equal(tb_secret_parse(tb_group_ristretto255(), out, wire), TB_OK);
}

/* ---- operations ---- */
static const char *commit(const tb_vector *v)
{
	tb_secret transport;
	tb_fault fault;
	tb_buf payload;
	setting s;

	begin(&s, v->in);
	fill_randomness(v->in);
	transport_secret(&transport, v->in);
	tb_buf_init(&payload, 1u << 16);
	assert_int_equal(tb_ceremony_make_commit(s.ceremony, &payload,
				 (uint32_t)tb_vector_int(v->in, "index"), &transport, &fault),
		TB_OK);
	assert_int_equal(next_drawn, num_drawn);
	tb_vector_expect_bytes(v->out, "payload", payload.data, payload.len);
	tb_buf_release(&payload);
	tb_ceremony_free(s.ceremony);
	return NULL;
}

static const char *verify_commit(const tb_vector *v)
{
	tb_fault fault;
	tb_buf payload;
	setting s;
	tb_err err;

	begin(&s, v->in);
	tb_vector_bytes(&payload, v->in, "payload");
	err = tb_ceremony_check_commit(
		s.ceremony, (uint32_t)tb_vector_int(v->in, "index"), payload.data, payload.len, &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	tb_buf_release(&payload);
	tb_ceremony_free(s.ceremony);
	return err == TB_OK ? NULL : fault.rule;
}

/* secret*P as the file has it under `key`, for a key P on the wire. */
static void expect_product(
	const struct json_t *in, const char *key, const uint8_t secret_wire[32], const uint8_t P_wire[32])
{
	const tb_group *g = tb_group_ristretto255();
	uint8_t wire[32];
	tb_secret secret;
	tb_point P;

	assert_int_equal(tb_secret_parse(g, &secret, secret_wire), TB_OK);
	assert_int_equal(tb_point_parse(g, &P, P_wire), TB_OK);
	tb_point_mul_secret(g, &P, &secret, &P);
	tb_point_write(g, wire, &P);
	tb_vector_expect_bytes(in, key, wire, sizeof wire);
}

/* What the key is made of is what the commit of trustee `from` in this file was made of. */
static void expect_inputs(
	const tb_vector *v, const setting *s, const struct json_t *made, const uint8_t *payload)
{
	const uint8_t *own = s->trustees[tb_vector_int(v->in, "from") - 1].transport_key;
	const uint8_t *other = s->trustees[tb_vector_int(v->in, "to") - 1].transport_key;
	uint8_t secret[32];

	assert_int_equal(tb_vector_int(v->in, "from"), tb_vector_int(made, "index"));
	tb_vector_expect_bytes(v->in, "election", s->election, 32);
	tb_vector_expect_bytes(v->in, "from_transport", own, 32);
	tb_vector_expect_bytes(v->in, "to_transport", other, 32);
	tb_vector_expect_bytes(v->in, "ephemeral",
		payload + 2 + s->manifest.threshold * tb_group_point_bytes(s->manifest.group), 32);
	tb_vector_exactly(secret, sizeof secret, made, "ephemeral");
	expect_product(v->in, "ephemeral_static", secret, other);
	tb_vector_exactly(secret, sizeof secret, made, "secret");
	expect_product(v->in, "static_static", secret, other);
}

/* The key does not leave sharing.c.  Here it opens what trustee 1 of the file sent, and that is f_1(to). */
static const char *share_key(const tb_vector *v)
{
	static const uint8_t nonce[TB_AEAD_NONCE_BYTES];
	const struct json_t *made = tb_vector_other("ceremony.commit", "trustee 1 commits", "in");
	uint32_t to = (uint32_t)tb_vector_int(v->in, "to");
	uint8_t aad[34], opened[32], expected[32], key[32];
	tb_polynomial f = {.threshold = 0};
	tb_secret share;
	tb_buf payload;
	setting s;

	begin(&s, made);
	tb_vector_bytes(&payload, tb_vector_other("ceremony.commit", "trustee 1 commits", "out"), "payload");
	expect_inputs(v, &s, made, payload.data);
	memcpy(aad, s.election, 32);
	aad[32] = 1;
	aad[33] = (uint8_t)to;
	tb_vector_exactly(key, sizeof key, v->out, "key");
	assert_int_equal(tb_aead_decrypt(opened, key, nonce, aad, sizeof aad,
				 payload.data + payload.len -
					 (s.manifest.num_trustees - to + 1) * TB_SHARING_SHARE_BYTES,
				 TB_SHARING_SHARE_BYTES),
		TB_OK);
	fill_randomness(made);
	for (; f.threshold < s.manifest.threshold; f.threshold++)
		assert_int_equal(
			tb_secret_parse(s.manifest.group, &f.coefficient[f.threshold], drawn[f.threshold]),
			TB_OK);
	tb_polynomial_evaluate(s.manifest.group, &share, &f, to);
	tb_secret_write(s.manifest.group, expected, &share);
	assert_memory_equal(opened, expected, sizeof opened);
	tb_buf_release(&payload);
	tb_ceremony_free(s.ceremony);
	return NULL;
}

static const char *keys(const tb_vector *v)
{
	uint8_t wire[TB_POINT_MAX_BYTES];
	const struct json_t *expected;
	const char *rule;
	setting s;

	begin(&s, v->in);
	rule = take_commits(&s, v->in);
	if (rule == NULL && v->out != NULL) {
		size_t len = tb_group_point_bytes(s.manifest.group);

		tb_point_write(s.manifest.group, wire, tb_ceremony_h(s.ceremony));
		tb_vector_expect_bytes(v->out, "h", wire, len);
		expected = tb_vector_member(v->out, "verification_keys");
		tb_vector_expect_num(expected, s.manifest.num_trustees);
		for (uint32_t j = 1; j <= s.manifest.num_trustees; j++) {
			tb_point_write(s.manifest.group, wire, tb_ceremony_verification_key(s.ceremony, j));
			tb_vector_expect_item(expected, j - 1, wire, len);
		}
	}
	tb_ceremony_free(s.ceremony);
	return rule;
}

static const char *receive(const tb_vector *v)
{
	uint8_t wire[TB_SCALAR_BYTES];
	tb_secret transport, share;
	tb_fault fault;
	uint32_t blame;
	setting s;
	tb_err err;

	begin(&s, v->in);
	assert_null(take_commits(&s, v->in));
	transport_secret(&transport, v->in);
	err = tb_ceremony_receive(
		s.ceremony, &share, (uint32_t)tb_vector_int(v->in, "index"), &transport, &blame, &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	if (err == TB_OK && v->out != NULL) {
		tb_secret_write(s.manifest.group, wire, &share);
		tb_vector_expect_bytes(v->out, "share", wire, sizeof wire);
	}
	tb_ceremony_free(s.ceremony);
	return err == TB_OK ? NULL : fault.rule;
}

static const char *certify(const tb_vector *v)
{
	uint32_t index = (uint32_t)tb_vector_int(v->in, "index");
	uint64_t size = tb_vector_int(v->in, "size");
	uint8_t wire[TB_POINT_MAX_BYTES], root[32];
	tb_manifest m = {.group = tb_group_by_name(tb_vector_text(v->in, "group"))};
	tb_fault fault;
	tb_buf payload;
	tb_point h;

	assert_non_null(m.group);
	tb_vector_exactly(wire, tb_group_point_bytes(m.group), v->in, "h");
	assert_int_equal(tb_point_parse(m.group, &h, wire), TB_OK);
	tb_vector_exactly(root, sizeof root, v->in, "root");
	tb_buf_init(&payload, 1u << 12);
	assert_int_equal(tb_certify_write(&payload, &m, index, &h, size, root), TB_OK);
	tb_vector_expect_bytes(v->out, "payload", payload.data, payload.len);
	assert_int_equal(
		tb_certify_check(&m, index, &h, size, root, payload.data, payload.len, &fault), TB_OK);
	tb_buf_release(&payload);
	return NULL;
}

static const char *lagrange(const tb_vector *v)
{
	const tb_group *g = tb_group_by_name(tb_vector_text(v->in, "group"));
	const struct json_t *list = tb_vector_member(v->in, "indices");
	uint64_t index = tb_vector_int(v->in, "index");
	uint32_t indices[TB_SHARING_MAX];
	tb_scalar lambda[TB_SHARING_MAX];
	uint8_t wire[TB_SCALAR_BYTES];
	size_t at = TB_SHARING_MAX;

	assert_non_null(g);
	for (size_t i = 0; i < tb_vector_num(list); i++) {
		indices[i] = (uint32_t)tb_vector_item_int(list, i);
		at = indices[i] == index ? i : at;
	}
	assert_int_equal(tb_sharing_lagrange(g, lambda, indices, tb_vector_num(list)), TB_OK);
	assert_true(at < tb_vector_num(list));
	tb_scalar_write(g, wire, &lambda[at]);
	tb_vector_expect_bytes(v->out, "coefficient", wire, sizeof wire);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"ceremony", "ceremony_modp4096"};
	static const tb_vector_op ops[] = {
		{"ceremony.commit", commit},
		{"ceremony.verify_commit", verify_commit},
		{"ceremony.share_key", share_key},
		{"ceremony.keys", keys},
		{"ceremony.receive", receive},
		{"ceremony.certify", certify},
		{"sharing.lagrange", lagrange},
	};

	return tb_vectors_run(topics, 2, ops, sizeof ops / sizeof ops[0]);
}
