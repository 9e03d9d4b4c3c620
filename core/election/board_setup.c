/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/board_internal.h"
#include "core/election/client_list.h"
#include "crypto/hash.h"

/* From the manifest to `open`: [MANIFEST], [ROLL], [CEREMONY.COMMIT], [CEREMONY.CERTIFY], [OPEN]; notice and cancel. */

tb_err tb_board_check_point(const char *rule, uint64_t size, const uint8_t root[32], uint64_t found_size,
	const uint8_t found_root[32], tb_fault *fault)
{
	char expected[65], found[65];

	if (found_size != size) {
		(void)snprintf(expected, sizeof expected, "%" PRIu64 ", the size of the log", size);
		return tb_fault_setf(fault, rule, "payload.size", expected, "%" PRIu64, found_size);
	}
	if (memcmp(found_root, root, 32) != 0) {
		tb_hex_write(expected, root, 32);
		tb_hex_write(found, found_root, 32);
		expected[64] = found[64] = 0;
		return tb_fault_set(fault, rule, "payload.root", expected, found);
	}
	return TB_OK;
}

/* ---- manifest ---- */

tb_err tb_board_parse_manifest(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_manifest_parse(&b->step.manifest, e->payload, e->payload_len, fault);
}

/* [MANIFEST.ID]: of the entry's exact bytes, which are the only ones that this entry can be written as. */
static tb_err election_id(uint8_t out[32], const tb_entry *e)
{
	tb_buf bytes;
	tb_err err;

	tb_buf_init(&bytes, TB_ENTRY_MAX_BYTES);
	err = tb_entry_write(&bytes, e);
	if (err == TB_OK)
		tb_sha256(out, bytes.data, bytes.len);
	tb_buf_release(&bytes);
	return err;
}

tb_err tb_board_apply_manifest(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_roll *roll = NULL;
	tb_ceremony *ceremony = NULL;
	tb_err err;

	(void)leaf;
	/* The ceremony keeps a pointer to the manifest, so that must be in its place first. */
	tb_manifest_release(&b->manifest);
	b->manifest = b->step.manifest;
	tb_manifest_init(&b->step.manifest);
	err = election_id(b->binding.election, e);
	if (err == TB_OK)
		err = tb_roll_new(&roll, &b->manifest);
	if (err == TB_OK)
		err = tb_ceremony_new(&ceremony, &b->manifest, b->binding.election);
	if (err != TB_OK) {
		tb_roll_free(roll);
		return err;
	}
	b->roll = roll;
	b->ceremony = ceremony;
	b->binding.has_election = true;
	b->closes = b->manifest.closes;
	b->phase = TB_PHASE_SETUP;
	return TB_OK;
}

/* ---- roll ---- */

tb_err tb_board_parse_roll(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_roll_chunk_parse(&b->step.chunk, e->payload, e->payload_len, fault);
}

tb_err tb_board_check_roll(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	(void)e;
	if (b->gaps.roll)
		return TB_ERR_STATE; /* an earlier chunk is missing: numbers and order mean nothing */
	return tb_board_in_payload(tb_roll_check_chunk(b->roll, &b->step.chunk, fault), fault);
}

tb_err tb_board_apply_roll(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_fault ignored;
	tb_err err = tb_roll_check_chunk(b->roll, &b->step.chunk, &ignored);

	(void)e;
	(void)leaf;
	if (err == TB_ERR_RULE)
		return TB_ERR_STATE; /* only from tb_board_apply_refused() */
	return err == TB_OK ? tb_roll_apply_chunk(b->roll, &b->step.chunk) : err;
}

/* ---- key ceremony ---- */

tb_err tb_board_check_commit(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_board_in_payload(
		tb_ceremony_check_commit(b->ceremony, e->trustee, e->payload, e->payload_len, fault), fault);
}

tb_err tb_board_apply_commit(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)leaf;
	return tb_ceremony_apply_commit(b->ceremony, e->trustee, e->payload, e->payload_len);
}

void tb_board_certify_point(const tb_board *b, uint64_t *size, uint8_t root[32])
{
	if (b->certify_size != 0) {
		*size = b->certify_size;
		memcpy(root, b->certify_root, 32);
	} else {
		*size = tb_board_size(b);
		tb_board_root(b, root);
	}
}

tb_err tb_board_check_certify(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	uint64_t size;
	uint8_t root[32];

	if (b->gaps.ceremony)
		return TB_ERR_STATE;
	tb_board_certify_point(b, &size, root);
	return tb_board_in_payload(tb_ceremony_check_certify(b->ceremony, e->trustee, e->payload,
					   e->payload_len, size, root, fault),
		fault);
}

tb_err tb_board_apply_certify(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	uint64_t size;
	uint8_t root[32];
	tb_err err;

	(void)leaf;
	tb_board_certify_point(b, &size, root);
	err = tb_ceremony_apply_certify(b->ceremony, e->trustee);
	if (err != TB_OK)
		return err;
	b->certify_size = size;
	memcpy(b->certify_root, root, 32);
	b->phase = tb_ceremony_is_certified(b->ceremony) ? TB_PHASE_READY : TB_PHASE_CERTIFYING;
	return TB_OK;
}

/* ---- open ---- */

tb_err tb_board_parse_open(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	return tb_open_parse(&b->step.open, b->manifest.group, e->payload, e->payload_len, fault);
}

/* The key is recomputed from the commitments that every trustee certified: one that is merely told could belong to
 * whoever tells it. */
static tb_err check_public_key(const tb_board *b, const tb_open *o, tb_fault *fault)
{
	uint8_t wire[TB_POINT_MAX_BYTES];
	size_t len = tb_group_point_bytes(b->manifest.group);

	if (!tb_ceremony_is_complete(b->ceremony))
		return TB_ERR_STATE;
	tb_point_write(b->manifest.group, wire, tb_ceremony_h(b->ceremony));
	if (o->public_key_len != len || memcmp(o->public_key, wire, len) != 0)
		return tb_fault_set(fault, "OPEN", "payload.public_key",
			"the sum of the trustees' commitments", "another point");
	return TB_OK;
}

static tb_err check_open_time(const tb_board *b, uint64_t time, tb_fault *fault)
{
	char expected[100];

	if (time >= b->manifest.opens && time < b->closes)
		return TB_OK;
	(void)snprintf(expected, sizeof expected, "opened at or after %" PRIu64 " and before %" PRIu64,
		b->manifest.opens, b->closes);
	return tb_fault_setf(fault, "OPEN", "time", expected, "%" PRIu64, time);
}

tb_err tb_board_check_open(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	uint8_t root[32];
	tb_err err = check_open_time(b, e->time, fault);

	tb_board_root(b, root);
	if (err == TB_OK)
		err = tb_board_check_point(
			"OPEN", tb_board_size(b), root, b->step.open.size, b->step.open.root, fault);
	if (err == TB_OK)
		err = check_public_key(b, &b->step.open, fault);
	return err;
}

tb_err tb_board_apply_open(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)e;
	/* Without all commitments (only after a gap) there is no key; ballots are not judged then. */
	if (tb_ceremony_is_complete(b->ceremony)) {
		tb_err err =
			tb_election_params_new(&b->params, &b->manifest, tb_ceremony_h(b->ceremony), leaf);

		if (err != TB_OK)
			return err;
	} else {
		b->gaps.ceremony = true;
	}
	memcpy(b->binding.context, leaf, 32);
	b->binding.has_context = true;
	b->is_opened = true;
	b->open_index = tb_board_size(b);
	b->phase = TB_PHASE_OPEN;
	return TB_OK;
}

/* ---- notice and cancel ---- */

tb_err tb_board_parse_notice(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	char *text = NULL;
	tb_err err = tb_notice_parse(&text, e->payload, e->payload_len, fault);

	(void)b;
	free(text);
	return err;
}

static void notice_hash(uint8_t out[32], const tb_entry *e)
{
	tb_sha256_state hash;

	tb_sha256_init(&hash);
	tb_sha256_update(&hash, e->payload_hash, sizeof e->payload_hash);
	tb_sha256_update(&hash, e->signature, sizeof e->signature);
	tb_sha256_final(&hash, out);
}

/*
 * Everything else that is signed can be taken in once by its meaning; the same words may be said twice, but then the
 * administrator signs twice.  Otherwise the server could say "the polls are extended" again whenever it likes.
 */
tb_err tb_board_check_notice(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	uint8_t hash[32];

	notice_hash(hash, e);
	for (size_t i = 0; i < b->num_notices; i++)
		if (memcmp(b->notices[i], hash, sizeof hash) == 0)
			return tb_fault_set(fault, "ENTRY.ONCE", "signature",
				"a notice that the administrator signed anew",
				"one that is on the board already");
	if (b->num_notices == TB_BOARD_NOTICES_MAX)
		return tb_fault_setf(fault, "ENTRY.ONCE", "", "at most 10,000 notices", "%zu and this one",
			b->num_notices);
	return TB_OK;
}

tb_err tb_board_apply_notice(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)leaf;
	if (b->num_notices == TB_BOARD_NOTICES_MAX)
		return TB_ERR_STATE; /* only from tb_board_apply_refused() */
	if (b->num_notices == b->cap_notices) {
		size_t cap = b->cap_notices == 0 ? 8 : 2 * b->cap_notices;
		uint8_t(*list)[32] = realloc(b->notices, cap * sizeof *list);

		if (list == NULL)
			return TB_ERR_MEMORY;
		b->notices = list;
		b->cap_notices = cap;
	}
	notice_hash(b->notices[b->num_notices++], e);
	return TB_OK;
}

tb_err tb_board_parse_cancel(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	char *reason = NULL;
	tb_err err = tb_cancel_parse(&reason, e->payload, e->payload_len, fault);

	(void)b;
	free(reason);
	return err;
}

tb_err tb_board_apply_cancel(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)e;
	(void)leaf;
	b->phase = TB_PHASE_CANCELLED;
	return TB_OK;
}

/* ---- client ---- */

tb_err tb_board_parse_client(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	tb_client_list list;
	tb_err err = tb_client_list_parse(&list, e->payload, e->payload_len, fault);

	(void)b;
	tb_client_list_release(&list);
	return err;
}

tb_err tb_board_check_client(tb_board *b, const tb_entry *e, tb_fault *fault)
{
	if (b->num_clients > 0 && memcmp(b->client, e->payload_hash, sizeof b->client) == 0)
		return tb_fault_set(fault, "CLIENT.CHANGED", "payload", "another client than before",
			"the same list as in the latest entry of this type");
	if (b->num_clients == TB_BOARD_CLIENTS_MAX)
		return tb_fault_setf(fault, "CLIENT.CHANGED", "", "at most 1,000 entries of this type",
			"%u and this one", b->num_clients);
	return TB_OK;
}

tb_err tb_board_apply_client(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	(void)leaf;
	b->num_clients++;
	memcpy(b->client, e->payload_hash, sizeof b->client);
	return TB_OK;
}
