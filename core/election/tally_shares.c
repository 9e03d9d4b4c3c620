/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/tally_internal.h"
#include "crypto/dleq.h"
#include "crypto/wipe.h"

/* The payload of `decrypt` [DECRYPT.SHARE]: making, checking, taking in. */

#define VERSION 1
#define BINDING_MAX 256

/* What the secret is multiplied with: A of the aggregate, or the base of the lot. */
static const tb_point *base_of(const tb_tally *t, const tb_tally_item *item)
{
	const tb_point *a, *b;

	if (item->is_lot)
		return &t->lot_base;
	tb_tally_aggregate(t, item->question, item->option, &a, &b);
	return a;
}

void tb_tally_item_where(const tb_tally_item *item, char *out, size_t out_len)
{
	if (item->is_lot)
		(void)snprintf(out, out_len, "lot");
	else if (item->is_list)
		(void)snprintf(out, out_len, "questions[%u]", item->question);
	else
		(void)snprintf(out, out_len, "questions[%u].options[%u]", item->question, item->option);
}

size_t tb_tally_decrypt_bytes(const tb_tally *t)
{
	TB_REQUIRE(tb_tally_mixes_due(t) == 0);
	return t->decrypt_bytes;
}

/* ---- what a proof is bound to [DLEQ] ---- */
static void put_number(tb_buf *b, const char *label, uint64_t v)
{
	uint8_t wire[8];

	tb_store_u64(wire, v);
	tb_buf_item(b, label, wire, sizeof wire);
}

/* A share of another election, of another board, question, option or trustee has another binding and so another challenge. */
tb_err tb_tally_write_binding(tb_buf *b, const tb_tally *t, const tb_tally_item *item, uint32_t trustee)
{
	const char *purpose = item->is_lot ? "lot" : item->is_list ? "decrypt-list" : "decrypt";

	tb_buf_clear(b);
	tb_buf_item(b, "context", tb_election_params_context(t->params), 32);
	tb_buf_item(b, "close", t->close.leaf, sizeof t->close.leaf);
	tb_buf_item(b, "purpose", purpose, strlen(purpose));
	put_number(b, "question", item->question);
	put_number(b, "option", item->option);
	put_number(b, "trustee", trustee);
	return tb_buf_status(b);
}

/* ---- making ---- */
static tb_err make_share(const tb_tally *t, const tb_tally_item *item, uint8_t *out, tb_dleq_statement *st,
	tb_buf *binding, uint32_t trustee, const tb_secret *x)
{
	const tb_group *g = tb_election_params_group(t->params);
	tb_dleq_proof proof;
	tb_err err = tb_tally_write_binding(binding, t, item, trustee);

	if (err != TB_OK)
		return err;
	tb_point_copy(g, &st->H, base_of(t, item));
	tb_point_mul_secret(g, &st->Z, x, &st->H);
	err = tb_dleq_prove(g, &proof, st, binding->data, binding->len, x);
	if (err != TB_OK)
		return err;
	tb_point_write(g, out, &st->Z);
	tb_dleq_write(g, out + tb_group_point_bytes(g), &proof);
	return TB_OK;
}

static tb_err make_shares(
	const tb_tally *t, uint8_t *out, uint32_t trustee, const tb_point *y, const tb_secret *x)
{
	const tb_group *g = tb_election_params_group(t->params);
	tb_dleq_statement st;
	tb_buf binding;
	tb_err err = TB_OK;

	tb_buf_init(&binding, BINDING_MAX);
	tb_point_copy(g, &st.Y, y);
	for (size_t i = 0; i < t->num_items && err == TB_OK; i++) {
		const tb_tally_item *item = &t->items[i];

		err = item->is_list ? tb_tally_make_list(t, item, out + item->offset, trustee, y, x)
				    : make_share(t, item, out + item->offset, &st, &binding, trustee, x);
	}
	tb_buf_release(&binding);
	return err;
}

tb_err tb_tally_make_decrypt(const tb_tally *t, const tb_ceremony *c, tb_buf *payload, uint32_t trustee,
	const tb_secret *share, tb_fault *fault)
{
	const tb_group *g = tb_election_params_group(t->params);
	size_t start = payload->len;
	uint8_t *out;
	tb_point y;
	tb_err err;

	TB_REQUIRE(tb_tally_mixes_due(t) == 0 && trustee >= 1 && trustee <= tb_ceremony_num_trustees(c));
	if (!tb_tally_may_decrypt_any(t))
		return TB_ERR_STATE;
	tb_point_mul_generator_secret(g, &y, share);
	if (!tb_point_equal(g, &y, tb_ceremony_verification_key(c, trustee)))
		return tb_fault_set(fault, "CEREMONY.KEYS", "share", "x_j with x_j*g = Y_j of this trustee",
			"another one");
	out = tb_buf_extend(payload, t->decrypt_bytes);
	if (out == NULL)
		return tb_buf_status(payload);
	out[0] = VERSION;
	out[1] = (uint8_t)trustee;
	err = make_shares(t, out, trustee, &y, share);
	if (err != TB_OK) {
		tb_wipe(out, t->decrypt_bytes);
		payload->len = start;
	}
	return err;
}

/* ---- checking ---- */
typedef struct checking {
	const tb_tally *tally;
	uint32_t trustee;
	tb_dleq_statement *statement; /* one per item */
	tb_dleq_proof *proof;
	bool *bad;
	tb_batch *batch;
	tb_buf binding;
} checking;

static tb_err check_form(
	const tb_tally *t, uint32_t trustee, const uint8_t *payload, size_t payload_len, tb_fault *fault)
{
	char expected[48];

	if (!tb_tally_may_decrypt_any(t))
		return tb_fault_set(fault, "DECRYPT.WHEN", "decrypt",
			"no shares: no question may be decrypted", "shares");
	if (tb_tally_mixes_due(t) > 0)
		return tb_fault_setf(fault, "DECRYPT.LIST", "decrypt", "all mixes before a share",
			"%u still to come", tb_tally_mixes_due(t));
	if (payload_len != t->decrypt_bytes) {
		(void)snprintf(expected, sizeof expected, "%zu bytes", t->decrypt_bytes);
		return tb_fault_setf(fault, "DECRYPT.SHARE", "length", expected, "%zu bytes", payload_len);
	}
	if (payload[0] != VERSION)
		return tb_fault_setf(fault, "DECRYPT.SHARE", "version", "1", "%u", payload[0]);
	if (payload[1] != trustee) {
		(void)snprintf(expected, sizeof expected, "%u, the signer", trustee);
		return tb_fault_setf(fault, "DECRYPT.SHARE", "trustee", expected, "%u", payload[1]);
	}
	return TB_OK;
}

static tb_err parse_share(const tb_tally *t, const tb_tally_item *item, const uint8_t *in,
	tb_dleq_statement *st, tb_dleq_proof *proof, const tb_point *y, tb_fault *fault)
{
	const tb_group *g = tb_election_params_group(t->params);
	char where[64];

	tb_point_copy(g, &st->Y, y);
	tb_point_copy(g, &st->H, base_of(t, item));
	if (tb_point_parse(g, &st->Z, in) == TB_OK &&
		tb_dleq_parse(g, proof, in + tb_group_point_bytes(g)) == TB_OK)
		return TB_OK;
	tb_tally_item_where(item, where, sizeof where);
	return tb_fault_set(
		fault, "DECRYPT.SHARE", where, "canonical points and a reduced scalar", "other bytes");
}

static tb_err append_share(void *items, size_t index, tb_batch *batch)
{
	checking *c = items;
	tb_scalar e[2];
	tb_err err = TB_OK;

	if (c->tally->items[index].is_list) /* a proof of another kind: after these */
		return TB_OK;
	err = tb_tally_write_binding(&c->binding, c->tally, &c->tally->items[index], c->trustee);
	for (int i = 0; i < 2 && err == TB_OK; i++)
		err = tb_scalar_random128(tb_batch_group(batch), &e[i]);
	if (err == TB_OK)
		err = tb_dleq_append(
			batch, &c->proof[index], &c->statement[index], c->binding.data, c->binding.len, e);
	return err;
}

static tb_err name_bad(const checking *c, tb_fault *fault)
{
	const tb_group *g = tb_election_params_group(c->tally->params);
	char where[64] = "";

	/* A number outside the group is no share at all, whatever its proof says [DECRYPT.SHARE]. */
	for (size_t i = 0; i < c->tally->num_items; i++) {
		const tb_point *const arrived[] = {&c->statement[i].Z, &c->proof[i].a, &c->proof[i].b};
		tb_err err = c->tally->items[i].is_list
				     ? TB_OK
				     : tb_points_check_order(g, arrived, sizeof arrived / sizeof arrived[0]);

		if (err == TB_ERR_GROUP) {
			tb_tally_item_where(&c->tally->items[i], where, sizeof where);
			return tb_fault_set(fault, "DECRYPT.SHARE", where, "elements of the group",
				"a number outside it");
		}
		if (err != TB_OK)
			return err;
	}
	for (size_t i = 0; i < c->tally->num_items && where[0] == '\0'; i++) {
		if (c->bad[i])
			tb_tally_item_where(&c->tally->items[i], where, sizeof where);
	}
	return tb_fault_setf(fault, "DLEQ", where, "a valid proof that the share is x_j times the aggregate",
		"one that does not verify for trustee %u", c->trustee);
}

static void free_checking(checking *c)
{
	free(c->statement);
	free(c->proof);
	free(c->bad);
	if (c->batch != NULL)
		tb_batch_free(c->batch);
	tb_buf_release(&c->binding);
}

static tb_err new_checking(checking *c, const tb_tally *t, uint32_t trustee)
{
	size_t num = t->num_items;

	*c = (checking){.tally = t, .trustee = trustee};
	tb_buf_init(&c->binding, BINDING_MAX);
	c->statement = aligned_alloc(_Alignof(tb_dleq_statement), num * sizeof *c->statement);
	c->proof = aligned_alloc(_Alignof(tb_dleq_proof), num * sizeof *c->proof);
	c->bad = calloc(num, sizeof *c->bad);
	if (c->statement == NULL || c->proof == NULL || c->bad == NULL)
		return TB_ERR_MEMORY;
	return tb_batch_new(tb_election_params_group(t->params), &c->batch, NULL, 0);
}

static tb_err check_lists(
	const tb_tally *t, uint32_t trustee, const tb_point *y, const uint8_t *payload, tb_fault *fault)
{
	tb_err err = TB_OK;

	for (size_t i = 0; i < t->num_items && err == TB_OK; i++)
		if (t->items[i].is_list)
			err = tb_tally_check_list(
				t, &t->items[i], payload + t->items[i].offset, trustee, y, fault);
	return err;
}

tb_err tb_tally_check_decrypt(const tb_tally *t, const tb_ceremony *c, uint32_t trustee,
	const uint8_t *payload, size_t payload_len, tb_fault *fault)
{
	const tb_point *y;
	checking check;
	tb_err err;

	TB_REQUIRE(tb_tally_is_finished(t) && trustee >= 1 && trustee <= tb_ceremony_num_trustees(c));
	if (t->has_decrypt[trustee - 1])
		return tb_fault_set(
			fault, "DECRYPT.SHARE", "trustee", "one entry of shares per trustee", "a second one");
	err = check_form(t, trustee, payload, payload_len, fault);
	if (err != TB_OK)
		return err;
	y = tb_ceremony_verification_key(c, trustee);
	err = new_checking(&check, t, trustee);
	for (size_t i = 0; i < t->num_items && err == TB_OK; i++)
		if (!t->items[i].is_list)
			err = parse_share(t, &t->items[i], payload + t->items[i].offset, &check.statement[i],
				&check.proof[i], y, fault);
	if (err == TB_OK) {
		err = tb_batch_find_bad(check.batch, append_share, &check, t->num_items, check.bad);
		if (err == TB_ERR_PROOF)
			err = name_bad(&check, fault);
	}
	free_checking(&check);
	return err == TB_OK ? check_lists(t, trustee, y, payload, fault) : err;
}

/* ---- taking in ---- */
/* The single shares, decoded. */
static tb_err keep_shares(const tb_tally *t, tb_points *out, const uint8_t *payload)
{
	const tb_group *g = tb_election_params_group(t->params);
	tb_err err = tb_points_new(g, out, t->num_items);

	for (size_t i = 0; i < t->num_items && err == TB_OK; i++)
		if (!t->items[i].is_list)
			err = tb_point_parse(g, tb_points_at(out, i), payload + t->items[i].offset);
	return err;
}

tb_err tb_tally_apply_decrypt(
	tb_tally *t, const tb_ceremony *c, uint32_t trustee, const uint8_t *payload, size_t payload_len)
{
	tb_points shares = {0};
	uint8_t *lists = NULL;
	tb_err err = TB_OK;

	TB_REQUIRE(tb_tally_is_finished(t) && trustee >= 1 && trustee <= tb_ceremony_num_trustees(c));
	if (t->has_decrypt[trustee - 1] || t->num_items == 0 || tb_tally_mixes_due(t) > 0 ||
		payload_len != t->decrypt_bytes)
		return TB_ERR_STATE;
	if (t->num_sharers < tb_ceremony_threshold(c)) { /* T is the first t [DECRYPT.COMBINE] */
		err = keep_shares(t, &shares, payload);
		if (err == TB_OK)
			err = tb_tally_keep_lists(t, &lists, payload);
		if (err != TB_OK) {
			tb_points_free(&shares);
			return err == TB_ERR_MEMORY ? err : TB_ERR_STATE;
		}
		t->shares[t->num_sharers] = shares;
		t->list_shares[t->num_sharers] = lists;
		t->sharer[t->num_sharers++] = trustee;
	}
	t->has_decrypt[trustee - 1] = true;
	t->num_decrypts++;
	return TB_OK;
}

bool tb_tally_has_decrypt(const tb_tally *t, uint32_t trustee)
{
	TB_REQUIRE(trustee >= 1 && trustee <= TB_MAX_TRUSTEES);
	return t->has_decrypt[trustee - 1];
}

uint32_t tb_tally_num_decrypts(const tb_tally *t)
{
	return t->num_decrypts;
}
