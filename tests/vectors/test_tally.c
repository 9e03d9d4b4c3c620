/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counted list [BALLOT.COUNTED], aggregates [TALLY.AGGREGATE], decryption proofs [DLEQ] and shares [DECRYPT.SHARE], totals
 * [DECRYPT.COMBINE] and the lot [LOT].  tb_secret_random() is replaced at link time: it hands out the nonces that a case gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/election/ceremony_wire.h"
#include "core/election/tally.h"
#include "crypto/dleq.h"
#include "crypto/hash.h"
#include "crypto/sharing.h"
#include "tests/support/vectors.h"

#define MAX_SHARES 32

/* ---- randomness ---- */
static uint8_t drawn[MAX_SHARES][TB_SCALAR_BYTES];
static size_t num_drawn, next_drawn;

tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out);
tb_err __wrap_tb_secret_random(const tb_group *g, tb_secret *out)
{
	assert_true(next_drawn < num_drawn);
	return tb_secret_parse(g, out, drawn[next_drawn++]);
}

/* ---- members ---- */
static const tb_group *group_of(const struct json_t *in)
{
	const tb_group *g = tb_group_by_name(tb_vector_text(in, "group"));

	assert_non_null(g);
	return g;
}

static void point_of(const tb_group *g, tb_point *out, const struct json_t *object, const char *key)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_vector_exactly(wire, tb_group_point_bytes(g), object, key);
	assert_int_equal(tb_point_parse(g, out, wire), TB_OK);
}

static void secret_of(const tb_group *g, tb_secret *out, const struct json_t *object, const char *key)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_vector_exactly(wire, sizeof wire, object, key);
	assert_int_equal(tb_secret_parse(g, out, wire), TB_OK);
}

static void expect_point(
	const tb_group *g, const struct json_t *object, const char *key, const tb_point *found)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_point_write(g, wire, found);
	tb_vector_expect_bytes(object, key, wire, tb_group_point_bytes(g));
}

/* k*g */
static void multiple(const tb_group *g, tb_point *out, uint64_t k)
{
	tb_scalar s;

	tb_scalar_set_u64(g, &s, k);
	tb_point_generator(g, out);
	tb_point_mul_public(g, out, &s, out);
}

/* ---- an election with a tally ---- */
typedef struct setting {
	const tb_group *g;
	tb_manifest manifest;
	tb_question questions[TB_MAX_QUESTIONS];
	tb_trustee trustees[TB_MAX_TRUSTEES];
	uint8_t context[32];
	tb_tally_close close;
	tb_election_params *params;
	tb_tally *tally;
	tb_ceremony *ceremony;
} setting;

/* No slack bits: fewer generators, which are slow in modp4096. */
static void set_question(setting *s, uint32_t q, uint32_t num_options, uint32_t score_max)
{
	s->questions[q].num_options = num_options;
	s->questions[q].score_max = score_max;
	s->questions[q].min = s->questions[q].max = num_options * score_max;
}

/* After the questions were set. */
static void open_tally(setting *s, uint32_t num_questions)
{
	tb_point h;

	s->manifest.group = s->g;
	s->manifest.questions = s->questions;
	s->manifest.num_questions = num_questions;
	tb_point_generator(s->g, &h); /* of no account for a tally */
	assert_int_equal(tb_election_params_new(&s->params, &s->manifest, &h, s->context), TB_OK);
	assert_int_equal(tb_tally_new(&s->tally, s->params), TB_OK);
}

static void release(setting *s)
{
	tb_ceremony_free(s->ceremony);
	tb_tally_free(s->tally);
	tb_election_params_free(s->params);
}

/* Adds one ballot whose ciphertexts are those of `questions` (NULL: all identity) and lists it. */
static void add_ballot(
	setting *s, const struct json_t *questions, uint64_t index, const uint8_t leaf[32], uint64_t weight)
{
	tb_points parts[TB_MAX_QUESTIONS];

	for (uint32_t q = 0; q < s->manifest.num_questions; q++) {
		const struct json_t *options = questions == NULL ? NULL : tb_vector_item(questions, q);

		assert_int_equal(
			tb_points_new(s->g, &parts[q], 2 * (size_t)s->questions[q].num_options), TB_OK);
		for (size_t i = 0; options != NULL && i < s->questions[q].num_options; i++) {
			point_of(s->g, tb_points_at(&parts[q], 2 * i), tb_vector_item(options, i), "a");
			point_of(s->g, tb_points_at(&parts[q], 2 * i + 1), tb_vector_item(options, i), "b");
		}
	}
	assert_int_equal(tb_tally_add(s->tally, parts, weight), TB_OK);
	assert_int_equal(tb_tally_list(s->tally, index, leaf, weight), TB_OK);
	for (uint32_t q = 0; q < s->manifest.num_questions; q++)
		tb_points_free(&parts[q]);
}

static void expect_aggregates(const setting *s, const struct json_t *expected)
{
	const tb_point *a, *b;

	tb_vector_expect_num(expected, s->manifest.num_questions);
	for (uint32_t q = 0; q < s->manifest.num_questions; q++) {
		const struct json_t *options = tb_vector_item(expected, q);

		tb_vector_expect_num(options, s->questions[q].num_options);
		for (uint32_t i = 0; i < s->questions[q].num_options; i++) {
			tb_tally_aggregate(s->tally, q, i, &a, &b);
			expect_point(s->g, tb_vector_item(options, i), "a", a);
			expect_point(s->g, tb_vector_item(options, i), "b", b);
		}
	}
}

/* ---- the list and the sums ---- */
static const char *counted(const tb_vector *v)
{
	const struct json_t *list = tb_vector_member(v->in, "counted");
	tb_endorsement statement;
	uint8_t leaf[32];
	setting s = {.g = tb_group_ristretto255()};

	set_question(&s, 0, 1, 1);
	open_tally(&s, 1);
	for (size_t i = 0; i < tb_vector_num(list); i++) {
		const struct json_t *one = tb_vector_item(list, i);

		tb_vector_exactly(leaf, sizeof leaf, one, "leaf");
		add_ballot(&s, NULL, tb_vector_int(one, "index"), leaf, 1);
	}
	assert_int_equal(tb_tally_finish(s.tally, &s.close), TB_OK);
	tb_tally_statement(s.tally, &statement);
	tb_vector_expect_bytes(v->out, "hash", statement.counted, 32);
	assert_int_equal(statement.ballots, tb_vector_num(list));
	release(&s);
	return NULL;
}

static const char *aggregate(const tb_vector *v)
{
	const struct json_t *options = tb_vector_member(v->in, "options");
	const struct json_t *ballots = tb_vector_member(v->in, "ballots");
	const uint8_t leaf[32] = {0};
	tb_endorsement statement;
	setting s = {.g = group_of(v->in)};

	for (uint32_t q = 0; q < tb_vector_num(options); q++)
		set_question(&s, q, (uint32_t)tb_vector_item_int(options, q), 1);
	open_tally(&s, (uint32_t)tb_vector_num(options));
	for (size_t i = 0; i < tb_vector_num(ballots); i++) {
		const struct json_t *ballot = tb_vector_item(ballots, i);

		add_ballot(
			&s, tb_vector_member(ballot, "questions"), i, leaf, tb_vector_int(ballot, "weight"));
	}
	assert_int_equal(tb_tally_finish(s.tally, &s.close), TB_OK);
	expect_aggregates(&s, tb_vector_member(v->out, "aggregates"));
	tb_tally_statement(s.tally, &statement);
	tb_vector_expect_bytes(v->out, "hash", statement.aggregates, 32);
	release(&s);
	return NULL;
}

/* ---- proofs ---- */
static void put_item(tb_buf *b, const char *label, const void *data, size_t len)
{
	tb_buf_u16(b, (uint16_t)strlen(label));
	tb_buf_text(b, label);
	tb_buf_u64(b, len);
	tb_buf_append(b, data, len);
}

static void put_bytes(tb_buf *b, const char *label, const struct json_t *in)
{
	uint8_t hash[32];

	tb_vector_exactly(hash, sizeof hash, in, label);
	put_item(b, label, hash, sizeof hash);
}

static void put_number(tb_buf *b, const char *label, const struct json_t *in)
{
	uint8_t wire[8];

	tb_store_u64(wire, tb_vector_int(in, label));
	put_item(b, label, wire, sizeof wire);
}

/* As the rule has it; tally_shares.c writes its own, which decrypt.make compares. */
static void write_binding(tb_buf *b, const struct json_t *in)
{
	const char *purpose = tb_vector_text(in, "purpose");

	tb_buf_init(b, 1024);
	put_bytes(b, "context", in);
	put_bytes(b, "close", in);
	put_item(b, "purpose", purpose, strlen(purpose));
	put_number(b, "question", in);
	put_number(b, "option", in);
	put_number(b, "trustee", in);
}

/* z = nonce + challenge*x, with the challenge of the file. */
static void assert_challenge(const tb_group *g, const tb_vector *v, const tb_secret *x, const tb_scalar *z)
{
	uint8_t wire[TB_SCALAR_BYTES];
	tb_scalar c, expected;
	tb_secret nonce;

	secret_of(g, &nonce, v->in, "nonce");
	tb_vector_exactly(wire, sizeof wire, v->out, "challenge");
	assert_int_equal(tb_scalar_parse(g, &c, wire), TB_OK);
	tb_secret_respond(g, &expected, &nonce, &c, x);
	assert_true(tb_scalar_equal(&expected, z));
}

static const char *dleq_prove(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	uint8_t wire[TB_DLEQ_MAX_BYTES];
	tb_dleq_statement st;
	tb_dleq_proof proof;
	tb_buf binding;
	tb_secret x;

	secret_of(g, &x, v->in, "secret");
	point_of(g, &st.H, v->in, "h");
	tb_point_mul_generator_secret(g, &st.Y, &x);
	tb_point_mul_secret(g, &st.Z, &x, &st.H);
	expect_point(g, v->out, "y", &st.Y);
	expect_point(g, v->out, "z", &st.Z);
	write_binding(&binding, v->in);
	tb_vector_expect_bytes(v->out, "binding", binding.data, binding.len);
	tb_vector_exactly(drawn[0], TB_SCALAR_BYTES, v->in, "nonce");
	next_drawn = 0;
	num_drawn = 1;
	assert_int_equal(tb_dleq_prove(g, &proof, &st, binding.data, binding.len, &x), TB_OK);
	tb_dleq_write(g, wire, &proof);
	tb_vector_expect_bytes(v->out, "proof", wire, tb_dleq_bytes(g));
	assert_challenge(g, v, &x, &proof.z);
	tb_buf_release(&binding);
	return NULL;
}

/* The same in a batch. */
static tb_err verify_in_batch(
	const tb_group *g, const tb_dleq_proof *proof, const tb_dleq_statement *st, const tb_buf *binding)
{
	tb_scalar e[2];
	tb_batch *batch;
	tb_err err;

	assert_int_equal(tb_batch_new(g, &batch, NULL, 0), TB_OK);
	assert_int_equal(tb_scalar_random128(g, &e[0]), TB_OK);
	assert_int_equal(tb_scalar_random128(g, &e[1]), TB_OK);
	assert_int_equal(tb_dleq_append(batch, proof, st, binding->data, binding->len, e), TB_OK);
	err = tb_batch_check(batch);
	tb_batch_free(batch);
	return err;
}

static const char *dleq_verify(const tb_vector *v)
{
	const tb_group *g = group_of(v->in);
	tb_dleq_statement st;
	tb_dleq_proof proof;
	tb_buf binding, wire;
	tb_err err;

	point_of(g, &st.Y, v->in, "y");
	point_of(g, &st.H, v->in, "h");
	point_of(g, &st.Z, v->in, "z");
	write_binding(&binding, v->in);
	tb_vector_bytes(&wire, v->in, "proof");
	assert_int_equal(wire.len, tb_dleq_bytes(g));
	assert_int_equal(tb_dleq_parse(g, &proof, wire.data), TB_OK);
	err = tb_dleq_verify(g, &proof, &st, binding.data, binding.len);
	assert_true(err == TB_OK || err == TB_ERR_PROOF);
	assert_int_equal(verify_in_batch(g, &proof, &st, &binding), err);
	tb_buf_release(&binding);
	tb_buf_release(&wire);
	return err == TB_OK ? NULL : "DLEQ";
}

/* ---- shares ---- */
static bool is_listed(const struct json_t *numbers, uint64_t wanted)
{
	for (size_t i = 0; i < tb_vector_num(numbers); i++) {
		if (tb_vector_item_int(numbers, i) == wanted)
			return true;
	}
	return false;
}

/*
 * A finished tally with these aggregates, of ballots that weigh so much in all: the first holds them, the others nothing.  The questions that are not to be
 * decrypted are void, for want of one more ballot.  Question `narrow` has scores of one, the others have room for any total.
 */
static void begin_tally(setting *s, const struct json_t *in, uint32_t narrow, uint64_t weight)
{
	const struct json_t *aggregates = tb_vector_member(in, "aggregates");
	const struct json_t *decrypted = tb_vector_member(in, "questions");
	uint64_t num = tb_vector_int(in, "counted");
	const uint8_t leaf[32] = {0};

	memset(s, 0, sizeof *s);
	s->g = group_of(in);
	tb_vector_exactly(s->context, 32, in, "context");
	tb_vector_exactly(s->close.leaf, 32, in, "close");
	s->close.electorate = s->close.weight_electorate = 1000; /* more than ever vote */
	for (uint32_t q = 0; q < tb_vector_num(aggregates); q++) {
		set_question(
			s, q, (uint32_t)tb_vector_num(tb_vector_item(aggregates, q)), q == narrow ? 1 : 7);
		if (!is_listed(decrypted, q))
			s->questions[q].quorum = (tb_bar){.base = TB_BASE_COUNT, .count = num + 1};
	}
	open_tally(s, (uint32_t)tb_vector_num(aggregates));
	for (uint64_t i = 0; i < num; i++)
		add_ballot(s, i == 0 ? aggregates : NULL, i, leaf, i > 0 && i == num - 1 ? weight - i : 1);
	assert_int_equal(tb_tally_finish(s->tally, &s->close), TB_OK);
	expect_aggregates(s, aggregates);
}

/* A ceremony of n trustees and this threshold, with C_{i,0} = i*g and the other commitments g; but with `key`, C_{1,0} is such
 * that the sum of all C_{i,0} is that key: with threshold 1 it is the verification key of everybody. */
static void begin_ceremony(setting *s, uint32_t n, uint32_t threshold, const tb_point *key)
{
	tb_commit commit = {.trustee = 0};
	tb_point others;
	tb_buf payload;

	s->manifest.trustees = s->trustees;
	s->manifest.num_trustees = n;
	s->manifest.threshold = threshold;
	assert_int_equal(tb_ceremony_new(&s->ceremony, &s->manifest, s->context), TB_OK);
	assert_int_equal(tb_points_new(s->g, &commit.commitments, threshold), TB_OK);
	multiple(s->g, &commit.pop.nonce, 1);
	multiple(tb_group_ristretto255(), &others, 1);
	tb_point_write(tb_group_ristretto255(), commit.ephemeral, &others);
	multiple(s->g, &others, (uint64_t)n * (n + 1) / 2 - 1);
	tb_buf_init(&payload, 1u << 20);
	for (uint32_t i = 1; i <= n; i++) {
		for (size_t k = 0; k < threshold; k++)
			multiple(s->g, tb_points_at(&commit.commitments, k), k == 0 ? i : 1);
		if (i == 1 && key != NULL)
			tb_point_sub(s->g, tb_points_at(&commit.commitments, 0), key, &others);
		commit.trustee = i;
		tb_buf_clear(&payload);
		assert_int_equal(tb_commit_write(&payload, &s->manifest, &commit), TB_OK);
		assert_int_equal(tb_ceremony_apply_commit(s->ceremony, i, payload.data, payload.len), TB_OK);
	}
	if (key != NULL)
		assert_true(tb_point_equal(s->g, key, tb_ceremony_verification_key(s->ceremony, n)));
	tb_buf_release(&payload);
	tb_commit_release(&commit);
}

static const char *decrypt_make(const tb_vector *v)
{
	const struct json_t *nonces = tb_vector_member(v->in, "nonces");
	uint32_t trustee = (uint32_t)tb_vector_int(v->in, "trustee");
	tb_fault fault;
	tb_buf payload;
	tb_point key;
	tb_secret x;
	setting s;

	begin_tally(&s, v->in, 0, 8);
	secret_of(s.g, &x, v->in, "secret");
	tb_point_mul_generator_secret(s.g, &key, &x);
	begin_ceremony(&s, trustee, 1, &key);
	next_drawn = 0;
	num_drawn = tb_vector_num(nonces);
	assert_true(num_drawn <= MAX_SHARES);
	for (size_t i = 0; i < num_drawn; i++)
		tb_vector_item_exactly(drawn[i], TB_SCALAR_BYTES, nonces, i);
	tb_buf_init(&payload, 1u << 20);
	assert_int_equal(tb_tally_make_decrypt(s.tally, s.ceremony, &payload, trustee, &x, &fault), TB_OK);
	assert_int_equal(next_drawn, num_drawn);
	tb_vector_expect_bytes(v->out, "payload", payload.data, payload.len);
	tb_buf_release(&payload);
	release(&s);
	return NULL;
}

static const char *decrypt_verify(const tb_vector *v)
{
	uint32_t trustee = (uint32_t)tb_vector_int(v->in, "trustee");
	tb_fault fault;
	tb_buf payload;
	tb_point key;
	setting s;
	tb_err err;

	begin_tally(&s, v->in, 0, 8);
	point_of(s.g, &key, v->in, "verification_key");
	begin_ceremony(&s, trustee, 1, &key);
	tb_vector_bytes(&payload, v->in, "payload");
	err = tb_tally_check_decrypt(s.tally, s.ceremony, trustee, payload.data, payload.len, &fault);
	assert_true(err == TB_OK || err == TB_ERR_RULE);
	if (err == TB_OK && v->out != NULL) {
		const struct json_t *shares = tb_vector_member(v->out, "shares");
		size_t point = tb_group_point_bytes(s.g), stride = point + tb_dleq_bytes(s.g);

		tb_vector_expect_num(shares, (payload.len - 2) / stride);
		for (size_t i = 0; i < tb_vector_num(shares); i++)
			tb_vector_expect_item(shares, i, payload.data + 2 + i * stride, point);
	}
	tb_buf_release(&payload);
	release(&s);
	return err == TB_OK ? NULL : fault.rule;
}

/* ---- combining ---- */
/* Gives the shares of T to the tally, in this order.  They were checked when they came, so their proofs are left out. */
static void take_shares(setting *s, const struct json_t *T)
{
	size_t point = tb_group_point_bytes(s->g), stride = point + tb_dleq_bytes(s->g);

	for (size_t k = 0; k < tb_vector_num(T); k++) {
		const struct json_t *one = tb_vector_item(T, k), *shares = tb_vector_member(one, "shares");
		uint32_t trustee = (uint32_t)tb_vector_int(one, "trustee");
		size_t len = 2 + tb_vector_num(shares) * stride;
		uint8_t *payload = calloc(1, len);

		assert_non_null(payload);
		payload[0] = 1;
		payload[1] = (uint8_t)trustee;
		for (size_t i = 0; i < tb_vector_num(shares); i++)
			tb_vector_item_exactly(payload + 2 + i * stride, point, shares, i);
		assert_int_equal(tb_tally_apply_decrypt(s->tally, s->ceremony, trustee, payload, len), TB_OK);
		free(payload);
	}
}

/* L from the last share of each of T. */
static void expect_lot(const setting *s, const tb_vector *v, const struct json_t *T)
{
	uint32_t indices[TB_MAX_TRUSTEES];
	static tb_point Z[TB_MAX_TRUSTEES];
	const tb_point *shares[TB_MAX_TRUSTEES];
	uint8_t wire[TB_POINT_MAX_BYTES];
	tb_point lot;

	for (size_t k = 0; k < tb_vector_num(T); k++) {
		const struct json_t *list = tb_vector_member(tb_vector_item(T, k), "shares");

		indices[k] = (uint32_t)tb_vector_int(tb_vector_item(T, k), "trustee");
		tb_vector_item_exactly(wire, tb_group_point_bytes(s->g), list, tb_vector_num(list) - 1);
		assert_int_equal(tb_point_parse(s->g, &Z[k], wire), TB_OK);
		shares[k] = &Z[k];
	}
	assert_int_equal(tb_sharing_combine(s->g, &lot, indices, shares, tb_vector_num(T)), TB_OK);
	expect_point(s->g, v->out, "lot", &lot);
}

/*
 * The bound of a question is the weight of the counted ballots times its largest score; the file gives each question a bound of its own.
 * So each question is decrypted in an election of its own bound, in which the others have room.
 */
static const char *decrypt_combine(const tb_vector *v)
{
	const struct json_t *bounds = tb_vector_member(v->in, "bounds"),
			    *T = tb_vector_member(v->in, "shares");
	const struct json_t *decrypted = tb_vector_member(v->in, "questions");
	const char *rule = NULL;

	tb_vector_expect_num(bounds, tb_vector_num(decrypted));
	for (uint32_t k = 0; k < tb_vector_num(bounds) && rule == NULL; k++) {
		uint32_t question = (uint32_t)tb_vector_item_int(decrypted, k);
		tb_fault fault;
		setting s;
		tb_err err;

		begin_tally(&s, v->in, question, tb_vector_item_int(bounds, k));
		begin_ceremony(&s, 3, (uint32_t)tb_vector_num(T), NULL);
		take_shares(&s, T);
		err = tb_tally_decrypt(s.tally, s.ceremony, NULL, NULL, &fault);
		assert_true(err == TB_OK || err == TB_ERR_RULE);
		rule = err == TB_OK ? NULL : fault.rule;
		if (err == TB_OK && v->out != NULL) {
			const struct json_t *totals = tb_vector_item(tb_vector_member(v->out, "totals"), k);

			tb_vector_expect_num(totals, s.questions[question].num_options);
			for (size_t i = 0; i < tb_vector_num(totals); i++)
				assert_int_equal(
					tb_vector_item_int(totals, i), tb_tally_totals(s.tally, question)[i]);
			tb_vector_expect_bytes(v->out, "lot_seed", tb_tally_lot_seed(s.tally), 64);
			expect_lot(&s, v, T);
		}
		release(&s);
	}
	return rule;
}

/* All options of one question have the same total. */
static const char *lot_order(const tb_vector *v)
{
	const struct json_t *options = tb_vector_member(v->in, "options");
	const struct json_t *order = tb_vector_member(v->out, "order"),
			    *lots = tb_vector_member(v->out, "lots");
	uint32_t question = (uint32_t)tb_vector_int(v->in, "question"),
		 num = (uint32_t)tb_vector_num(options);
	tb_turnout turnout = {.counted = 9, .weight_counted = 9, .electorate = 9, .weight_electorate = 9};
	uint8_t seed[64], data[64 + 16], lot[32];
	tb_decision decision = {.num_ties = 0};
	uint64_t totals[16];
	setting s = {.g = tb_group_ristretto255()};

	assert_true(question < TB_MAX_QUESTIONS && num <= 16);
	tb_vector_exactly(seed, sizeof seed, v->in, "lot_seed");
	s.manifest.questions = s.questions;
	s.manifest.num_questions = question + 1;
	set_question(&s, question, num, 1);
	s.questions[question].winners = num;
	tb_vector_expect_num(lots, num);
	tb_vector_expect_num(order, num);
	for (uint32_t i = 0; i < num; i++) {
		assert_int_equal(tb_vector_item_int(options, i), i);
		totals[i] = 5;
		memcpy(data, seed, 64);
		tb_store_u64(data + 64, question);
		tb_store_u64(data + 72, i);
		tb_sha256(lot, data, sizeof data);
		tb_vector_expect_item(lots, i, lot, sizeof lot);
	}
	assert_int_equal(tb_decide(&decision, &s.manifest, question, &turnout, totals, seed), TB_OK);
	assert_int_equal(decision.num_elected, num);
	for (uint32_t i = 0; i < num; i++)
		assert_int_equal(decision.order[i], tb_vector_item_int(order, i));
	tb_decision_release(&decision);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"tally", "tally_modp4096"};
	static const tb_vector_op ops[] = {
		{"tally.counted", counted},
		{"tally.aggregate", aggregate},
		{"dleq.prove", dleq_prove},
		{"dleq.verify", dleq_verify},
		{"decrypt.make", decrypt_make},
		{"decrypt.verify", decrypt_verify},
		{"decrypt.combine", decrypt_combine},
		{"lot.order", lot_order},
	};

	return tb_vectors_run(topics, 2, ops, sizeof ops / sizeof ops[0]);
}
