/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proofs when memory runs out: at the first allocation, at the second, and so on until nothing fails.  What fails says
 * MEMORY, leaves what existed before as it was, and loses nothing (AddressSanitizer sees that).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/bitproof.h"
#include "crypto/dleq.h"
#include "crypto/dlog.h"
#include "crypto/elgamal.h"
#include "crypto/sharing.h"
#include "tests/support/fixture.h"
#include "tests/support/starve.h"

/* ---- what exists before ---- */
static tb_bitproof_definition def;
static tb_fixture f;
static tb_bitproof *proof;
static uint8_t *wire;
static size_t wire_len;

static int set_up(const tb_group *g)
{
	if (tb_bitproof_define(&def, 2, 1, 1, 1, true) != TB_OK)
		return 1;
	tb_fixture_new(&f, g, def.num_bits);
	wire = tb_fixture_prove(&f, &def, 1, (const uint32_t[]){1, 0}, 0);
	wire_len = tb_bitproof_bytes(g, &def);
	return tb_bitproof_new(g, &proof, &def) == TB_OK ? 0 : 1;
}

static int set_up_ristretto(void **state)
{
	(void)state;
	return set_up(tb_group_ristretto255());
}

static int set_up_modp(void **state)
{
	(void)state;
	return set_up(tb_group_modp4096());
}

static int tear_down(void **state)
{
	(void)state;
	tb_bitproof_free(proof);
	free(wire);
	tb_fixture_free(&f);
	return 0;
}

/* ---- making things: *out stays NULL on failure ---- */
static tb_err make_generators(void)
{
	tb_bitproof_generators *gens = NULL;
	tb_err err = tb_bitproof_generators_new(f.g, &gens, 2);

	assert_true((err == TB_OK) == (gens != NULL));
	tb_bitproof_generators_free(gens);
	return err;
}

static tb_err make_batch(void)
{
	tb_batch *batch = NULL;
	tb_err err = tb_bitproof_batch_new(&f.key, &batch);

	assert_true((err == TB_OK) == (batch != NULL));
	tb_batch_free(batch);
	return err;
}

static tb_err make_prover(void)
{
	tb_bitproof_prover *prover = NULL;
	tb_err err = tb_bitproof_prover_new(&prover, &f.key, def.num_bits);

	assert_true((err == TB_OK) == (prover != NULL));
	tb_bitproof_prover_free(prover);
	return err;
}

static tb_err make_proof(void)
{
	tb_bitproof *p = NULL;
	tb_err err = tb_bitproof_new(f.g, &p, &def);

	assert_true((err == TB_OK) == (p != NULL));
	tb_bitproof_free(p);
	return err;
}

static tb_err make_logarithms(void)
{
	tb_dlog *t = NULL;
	tb_err err = tb_dlog_new(f.g, &t, 1000, 1, NULL, NULL);

	assert_true((err == TB_OK) == (t != NULL));
	tb_dlog_free(t);
	return err;
}

static void test_making_things(void **state)
{
	(void)state;
	tb_starve(make_generators, 2);
	tb_starve(make_batch, 5);
	tb_starve(make_prover, 6);
	tb_starve(make_proof, 2);
	tb_starve(make_logarithms, 2);
}

/* ---- proving and verifying ---- */
static tb_err prove(void)
{
	uint8_t out[16 * 1024], seed[64];
	tb_err err;

	memset(out, 1, sizeof out);
	assert_true(wire_len <= sizeof out);
	tb_fixture_bytes(seed, "seed", 1);
	err = tb_bitproof_prove(
		f.prover, out, &def, tb_fixture_binding(1), (const uint32_t[]){1, 0}, 0, seed);
	if (err == TB_OK)
		assert_memory_equal(out, wire, wire_len);
	else
		for (size_t i = 0; i < wire_len; i++)
			assert_int_equal(out[i], 0);
	return err;
}

/* The batch survives a failure and is used again. */
static tb_err verify(void)
{
	return tb_bitproof_verify(proof, f.batch, &f.key, tb_fixture_binding(1), wire, wire_len);
}

static tb_err verify_in_new_batch(void)
{
	tb_batch *batch;
	tb_err err = tb_bitproof_batch_new(&f.key, &batch);

	if (err != TB_OK)
		return err;
	err = tb_bitproof_verify(proof, batch, &f.key, tb_fixture_binding(1), wire, wire_len);
	assert_int_equal(tb_batch_num_terms(batch), 0);
	tb_batch_free(batch);
	return err;
}

static tb_err find_bad(void)
{
	const tb_bitproof *const list[] = {proof, proof, proof};
	tb_batch *batch;
	bool bad[3];
	tb_err err = tb_bitproof_batch_new(&f.key, &batch);

	if (err != TB_OK)
		return err;
	err = tb_bitproof_check_many(batch, list, 3, bad);
	tb_batch_free(batch);
	return err;
}

static void test_proving_and_verifying(void **state)
{
	(void)state;
	tb_starve(prove, 3);
	tb_starve(verify_in_new_batch, 7);
	assert_int_equal(verify(), TB_OK);
	tb_starve(find_bad, 7);
	/* A wrong f_1: to say what is wrong, the points of a bad proof are looked at too. */
	wire[wire_len - 6 * TB_SCALAR_BYTES] ^= 1;
	(void)tb_starve_after(0);
	assert_int_equal(verify(), TB_ERR_MEMORY);
	(void)tb_starve_after(-1);
	assert_int_equal(verify(), TB_ERR_PROOF);
	wire[wire_len - 6 * TB_SCALAR_BYTES] ^= 1;
	assert_int_equal(verify(), TB_OK);
}

/* ---- shares ---- */
static tb_dleq_statement st;
static tb_dleq_proof dleq;

static tb_err verify_share(void)
{
	return tb_dleq_verify(f.g, &dleq, &st, "binding", 7);
}

static tb_err append_share(void)
{
	const tb_scalar e[2] = {{{3, 0, 0, 0}}, {{5, 0, 0, 0}}};
	tb_batch *batch;
	tb_err err = tb_batch_new(f.g, &batch, NULL, 0);

	if (err != TB_OK)
		return err;
	err = tb_dleq_append(batch, &dleq, &st, "binding", 7, e);
	if (err != TB_OK)
		assert_int_equal(tb_batch_num_terms(batch), 0);
	else
		err = tb_batch_check(batch);
	tb_batch_free(batch);
	return err;
}

static void test_shares(void **state)
{
	(void)state;
	tb_point_hash(f.g, &st.H, "test/memory", "", 0);
	tb_point_mul_generator_secret(f.g, &st.Y, &f.secret);
	tb_point_mul_secret(f.g, &st.Z, &f.secret, &st.H);
	assert_int_equal(tb_dleq_prove(f.g, &dleq, &st, "binding", 7, &f.secret), TB_OK);
	tb_starve(verify_share, f.g == tb_group_modp4096()); /* the order test allocates, nothing else does */
	tb_starve(append_share, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_making_things, set_up_ristretto, tear_down),
		cmocka_unit_test_setup_teardown(test_proving_and_verifying, set_up_ristretto, tear_down),
		cmocka_unit_test_setup_teardown(test_shares, set_up_ristretto, tear_down),
		cmocka_unit_test_setup_teardown(test_making_things, set_up_modp, tear_down),
		cmocka_unit_test_setup_teardown(test_proving_and_verifying, set_up_modp, tear_down),
		cmocka_unit_test_setup_teardown(test_shares, set_up_modp, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
