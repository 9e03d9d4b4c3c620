/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/board.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/board_internal.h"
#include "crypto/hash.h"

/* The phases in which a type is admitted, as bits, and its functions.  parse NULL: there is nothing to keep. */
typedef struct board_type {
	unsigned phases;
	tb_board_parse_fn *parse;
	tb_board_check_fn *check;
	tb_board_apply_fn *apply;
} board_type;

#define IN(phase) (1u << TB_PHASE_##phase)
#define IN_ANY (IN(SETUP) | IN(CERTIFYING) | IN(READY) | IN(OPEN) | IN(CLOSED) | IN(FINISHED) | IN(CANCELLED))
#define IN_UNFINISHED (IN(SETUP) | IN(CERTIFYING) | IN(READY) | IN(OPEN) | IN(CLOSED))

static const board_type types[TB_ENTRY_NUM_TYPES] = {
	[TB_ENTRY_MANIFEST] = {IN(EMPTY), tb_board_parse_manifest, NULL, tb_board_apply_manifest},
	[TB_ENTRY_ROLL] = {IN(SETUP), tb_board_parse_roll, tb_board_check_roll, tb_board_apply_roll},
	[TB_ENTRY_ROLL_CHANGE] = {IN(OPEN), tb_board_parse_roll_change, tb_board_check_roll_change,
		tb_board_apply_roll_change},
	[TB_ENTRY_TRUSTEE_COMMIT] = {IN(SETUP), NULL, tb_board_check_commit, tb_board_apply_commit},
	[TB_ENTRY_TRUSTEE_CERTIFY] = {IN(SETUP) | IN(CERTIFYING), NULL, tb_board_check_certify,
		tb_board_apply_certify},
	[TB_ENTRY_OPEN] = {IN(READY), tb_board_parse_open, tb_board_check_open, tb_board_apply_open},
	[TB_ENTRY_BALLOT] = {IN(OPEN), tb_board_parse_ballot, tb_board_check_ballot, tb_board_apply_ballot},
	[TB_ENTRY_EXTEND] = {IN(OPEN), tb_board_parse_extend, tb_board_check_extend, tb_board_apply_extend},
	[TB_ENTRY_NOTICE] = {IN_ANY, tb_board_parse_notice, tb_board_check_notice, tb_board_apply_notice},
	[TB_ENTRY_CLOSE] = {IN(OPEN), tb_board_parse_close, tb_board_check_close, tb_board_apply_close},
	[TB_ENTRY_ENDORSE] = {IN(CLOSED) | IN(FINISHED), tb_board_parse_endorse, tb_board_check_endorse,
		tb_board_apply_endorse},
	[TB_ENTRY_MIX] = {IN(CLOSED), NULL, tb_board_check_mix, tb_board_apply_mix},
	[TB_ENTRY_DECRYPT] = {IN(CLOSED), NULL, tb_board_check_decrypt, tb_board_apply_decrypt},
	[TB_ENTRY_RESULT] = {IN(CLOSED), NULL, tb_board_check_result, tb_board_apply_result},
	[TB_ENTRY_CANCEL] = {IN_UNFINISHED, tb_board_parse_cancel, NULL, tb_board_apply_cancel},
	[TB_ENTRY_CLIENT] = {IN(READY) | IN(OPEN), tb_board_parse_client, tb_board_check_client,
		tb_board_apply_client},
};

const char *tb_phase_name(tb_phase phase)
{
	static const char *const names[] = {
		"empty", "setup", "certifying", "ready", "open", "closed", "finished", "cancelled"};

	TB_REQUIRE((size_t)phase < sizeof names / sizeof names[0]);
	return names[phase];
}

/* ---- life ---- */

tb_err tb_board_new(tb_board **out)
{
	tb_board *b = calloc(1, sizeof *b);
	tb_err err;

	*out = NULL;
	if (b == NULL)
		return TB_ERR_MEMORY;
	tb_manifest_init(&b->manifest);
	tb_manifest_init(&b->step.manifest);
	tb_merkle_tree_init(&b->tree);
	err = tb_history_new(&b->history);
	if (err != TB_OK) {
		tb_board_free(b);
		return err;
	}
	*out = b;
	return TB_OK;
}

static void step_clear(tb_board_step *s)
{
	tb_manifest_release(&s->manifest);
	tb_roll_chunk_release(&s->chunk);
	tb_roll_change_release(&s->change);
	tb_extend_release(&s->extend);
	memset(s, 0, sizeof *s);
	tb_manifest_init(&s->manifest);
}

void tb_board_free(tb_board *b)
{
	if (b == NULL)
		return;
	step_clear(&b->step);
	tb_roll_chunk_release(&b->given);
	tb_tally_free(b->tally);
	tb_election_params_free(b->params);
	tb_ceremony_free(b->ceremony);
	tb_roll_free(b->roll);
	tb_manifest_release(&b->manifest);
	tb_history_free(b->history);
	free(b->old_keys);
	free(b->notices);
	free(b->acts);
	free(b);
}

/* ---- is this entry right here? ---- */

/* Which of the three moments inside a phase forbids what the table admits. */
static tb_err check_moment(const tb_board *b, const tb_entry *e, tb_fault *fault)
{
	if (e->type == TB_ENTRY_TRUSTEE_CERTIFY && b->phase == TB_PHASE_SETUP) {
		/* What is certified must be final: a roll that can still grow, or a missing commitment, cannot be. */
		if (!tb_roll_is_final(b->roll) && !b->gaps.roll)
			return tb_fault_set(fault, "ENTRY.ORDER", "type",
				"the roll to be final before it is certified",
				"no final chunk of the roll yet");
		if (!tb_ceremony_is_complete(b->ceremony))
			return tb_fault_setf(fault, "ENTRY.ORDER", "type",
				"the commitments of all trustees before a certificate", "%u of %u",
				tb_ceremony_num_commits(b->ceremony), tb_ceremony_num_trustees(b->ceremony));
	}
	/* Cancelling after a share was released would let a tally that is known already be thrown away. */
	if (e->type == TB_ENTRY_CANCEL && b->has_decrypt)
		return tb_fault_set(
			fault, "ENTRY.ORDER", "type", "no cancellation after the first decrypt", "cancel");
	return TB_OK;
}

/* Does any phase after this one admit the type? */
static bool comes_later(const tb_board *b, tb_entry_type type)
{
	return types[type].phases >> ((unsigned)b->phase + 1u) != 0;
}

static tb_err check_order(const tb_board *b, const tb_entry *e, tb_fault *fault)
{
	char expected[240];
	size_t n = 0;

	if (b->gaps.ceremony && (e->type == TB_ENTRY_TRUSTEE_CERTIFY || e->type == TB_ENTRY_OPEN) &&
		b->phase <= TB_PHASE_READY)
		return TB_OK; /* whether it is their time depends on what is missing */
	if ((types[e->type].phases & (1u << b->phase)) != 0)
		return check_moment(b, e, fault);
	/* One entry that is missing must not make a report of each that follows [CHECK.RECOVERY]. */
	if (b->gaps.phase && comes_later(b, e->type))
		return TB_ERR_STATE;
	n = (size_t)snprintf(expected, sizeof expected, "in phase %s one of:", tb_phase_name(b->phase));
	for (size_t t = 0; t < TB_ENTRY_NUM_TYPES && n < sizeof expected; t++)
		if ((types[t].phases & (1u << b->phase)) != 0)
			n += (size_t)snprintf(expected + n, sizeof expected - n, " %s",
				tb_entry_type_name((tb_entry_type)t));
	return tb_fault_set(fault, "ENTRY.ORDER", "type", expected, tb_entry_type_name(e->type));
}

/* The reader of entries has seen to it that the kind of signer suits the type [ENTRY.SIGNER]; here: does the manifest list
 * this one?  Voters are looked up on the roll. */
static tb_err check_signer(const tb_board *b, const tb_entry *e, tb_fault *fault)
{
	const uint8_t *key;

	if (e->type == TB_ENTRY_MANIFEST || e->role == TB_ROLE_VOTER)
		return TB_OK;
	if (tb_manifest_signer_key(&b->manifest, e->role, e->trustee, e->signer_id, &key) != TB_OK)
		return tb_fault_set(
			fault, "ENTRY.SIGNER", "signer", "somebody whom the manifest lists", e->signer);
	return TB_OK;
}

static tb_err check_time(const tb_board *b, const tb_manifest *m, const tb_entry *e, tb_fault *fault)
{
	char expected[80];

	if (tb_manifest_floor_time(m, e->time) != e->time) {
		(void)snprintf(expected, sizeof expected, "a multiple of %" PRIu64 " seconds",
			tb_manifest_granule(m));
		return tb_fault_setf(fault, "ENTRY.TIME", "time", expected, "%" PRIu64, e->time);
	}
	if (e->time < b->time) {
		(void)snprintf(expected, sizeof expected,
			"at least %" PRIu64 ", the time of the entry before", b->time);
		return tb_fault_setf(fault, "ENTRY.TIME", "time", expected, "%" PRIu64, e->time);
	}
	return TB_OK;
}

static tb_err check_signature(const tb_board *b, const tb_entry *e, tb_fault *fault)
{
	const tb_manifest *m = e->type == TB_ENTRY_MANIFEST ? &b->step.manifest : &b->manifest;
	const uint8_t *key;
	tb_err err = tb_manifest_signer_key(m, e->role, e->trustee, e->signer_id, &key);

	TB_REQUIRE(err == TB_OK); /* check_signer() has found it */
	return tb_entry_verify(e, &b->binding, key, fault);
}

void tb_board_give_chunk(tb_board *b, const uint8_t leaf[32], tb_roll_chunk *chunk)
{
	tb_roll_chunk_release(&b->given);
	b->given = *chunk;
	memset(chunk, 0, sizeof *chunk);
	memcpy(b->given_leaf, leaf, 32);
	b->has_given = true;
}

void tb_board_mark_checked(tb_board *b, const tb_board_heavy *checked)
{
	b->checked = *checked;
	b->has_checked = true;
}

/* Only for the very entry that it was made of. */
static bool take_given(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	if (!b->has_given || e->type != TB_ENTRY_ROLL || memcmp(b->given_leaf, leaf, 32) != 0)
		return false;
	b->step.chunk = b->given;
	memset(&b->given, 0, sizeof b->given);
	b->has_given = false;
	return true;
}

/* The payload into b->step, once for each entry. */
static tb_err parse_payload(tb_board *b, const tb_entry *e, const uint8_t leaf[32], tb_fault *fault)
{
	tb_err err = TB_OK;

	step_clear(&b->step);
	if (!take_given(b, e, leaf) && types[e->type].parse != NULL)
		err = types[e->type].parse(b, e, fault);
	if (err == TB_OK) {
		b->step.is_parsed = true;
		b->step.type = e->type;
		memcpy(b->step.leaf, leaf, 32);
	}
	return tb_board_in_payload(err, fault);
}

static tb_err check_manifest_entry(tb_board *b, const tb_entry *e, const uint8_t leaf[32], tb_fault *fault)
{
	tb_err err = parse_payload(b, e, leaf, fault); /* its key and its granularity are inside */

	if (err == TB_OK)
		err = check_time(b, &b->step.manifest, e, fault);
	if (err == TB_OK)
		err = check_signature(b, e, fault);
	return err;
}

tb_err tb_board_check(tb_board *b, const tb_entry *e, const uint8_t leaf[32], tb_fault *fault)
{
	tb_err err;

	TB_REQUIRE(e->payload != NULL && e->type < TB_ENTRY_NUM_TYPES);
	memset(fault, 0, sizeof *fault);
	b->step.is_parsed = false;
	if (b->gaps.manifest)
		return TB_ERR_STATE;
	err = check_order(b, e, fault);
	if (err == TB_OK)
		err = check_signer(b, e, fault);
	if (err == TB_OK && e->type == TB_ENTRY_MANIFEST)
		return check_manifest_entry(b, e, leaf, fault);
	if (err == TB_OK)
		err = check_time(b, &b->manifest, e, fault);
	/* The signature before the content, so that nobody without a key can make us work. */
	if (err == TB_OK && e->type != TB_ENTRY_BALLOT)
		err = check_signature(b, e, fault);
	if (err == TB_OK)
		err = parse_payload(b, e, leaf, fault);
	if (err == TB_OK && types[e->type].check != NULL)
		err = types[e->type].check(b, e, fault);
	return err;
}

/* ---- taking in ---- */

static tb_err append_leaf(tb_board *b, const uint8_t leaf[32])
{
	tb_err err = tb_history_append(b->history, leaf);

	if (err == TB_OK)
		tb_merkle_tree_append(&b->tree, leaf);
	return err;
}

static bool is_act(tb_entry_type type)
{
	return type != TB_ENTRY_ROLL && type != TB_ENTRY_ROLL_CHANGE && type != TB_ENTRY_BALLOT;
}

/* Room for one more act, so that an entry that was applied is never left out for want of memory. */
static tb_err reserve_act(tb_board *b)
{
	size_t cap = b->cap_acts == 0 ? 16 : 2 * b->cap_acts;
	uint64_t *list;

	if (b->num_acts < b->cap_acts)
		return TB_OK;
	list = realloc(b->acts, cap * sizeof *list);
	if (list == NULL)
		return TB_ERR_MEMORY;
	b->acts = list;
	b->cap_acts = cap;
	return TB_OK;
}

static tb_err take_in(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_err err = is_act(e->type) ? reserve_act(b) : TB_OK;

	if (err == TB_OK && types[e->type].apply != NULL)
		err = types[e->type].apply(b, e, leaf);
	if (err == TB_OK)
		err = append_leaf(b, leaf);
	if (err == TB_OK && is_act(e->type))
		b->acts[b->num_acts++] = tb_board_size(b) - 1;
	/* Floored, as a right one is already: a time between granules must not make the next entry look early. */
	if (err == TB_OK)
		b->time = tb_manifest_floor_time(&b->manifest, e->time);
	return err;
}

tb_err tb_board_apply(tb_board *b, const tb_entry *e, const uint8_t leaf[32])
{
	tb_fault ignored;
	tb_err err = TB_OK;

	if (!b->step.is_parsed || b->step.type != e->type || memcmp(b->step.leaf, leaf, 32) != 0)
		err = parse_payload(b, e, leaf, &ignored);
	if (err == TB_OK)
		err = take_in(b, e, leaf);
	step_clear(&b->step);
	TB_REQUIRE(err != TB_ERR_RULE && err != TB_ERR_STATE); /* a bug of a caller who has not checked */
	return err;
}

/* Has a refused entry of this type any place here?  Later entries may only be examined if phases go on as they seem to. */
static bool has_place(const tb_board *b, const tb_entry *e)
{
	const uint8_t *key;
	unsigned phases = types[e->type].phases;

	if (b->gaps.manifest)
		return false;
	if (e->type == TB_ENTRY_OPEN)
		phases |= IN(SETUP) | IN(CERTIFYING); /* opened too early */
	if ((phases & (1u << b->phase)) == 0)
		return false;
	return e->type == TB_ENTRY_MANIFEST || e->role == TB_ROLE_VOTER ||
	       tb_manifest_signer_key(&b->manifest, e->role, e->trustee, e->signer_id, &key) == TB_OK;
}

/* Remembers what can no longer be judged because this entry is not part of the state. */
static void note_gap(tb_board *b, tb_entry_type type, uint32_t trustee, bool is_read)
{
	/* What was out of order could not have been right, whatever it says: nothing is missing. */
	if ((types[type].phases & (1u << b->phase)) == 0)
		return;
	switch (type) {
	case TB_ENTRY_MANIFEST:
		b->gaps.manifest = true;
		break;
	case TB_ENTRY_ROLL:
	case TB_ENTRY_ROLL_CHANGE:
		b->gaps.roll = true;
		break;
	case TB_ENTRY_TRUSTEE_COMMIT:
		b->gaps.ceremony = true;
		break;
	case TB_ENTRY_EXTEND:
		b->gaps.closes = true;
		break;
	case TB_ENTRY_BALLOT:
		b->gaps.ballots = b->gaps.ballots || !is_read;
		break;
	case TB_ENTRY_OPEN:
	case TB_ENTRY_CLOSE:
		b->gaps.phase = true;
		break;
	case TB_ENTRY_MIX:
		b->gaps.mixes = b->gaps.mixes || tb_board_awaits_mix(b, trustee);
		break;
	case TB_ENTRY_ENDORSE:
	case TB_ENTRY_DECRYPT:
		b->gaps.endorsements = b->gaps.endorsements || !is_read;
		break;
	default:
		break;
	}
}

tb_err tb_board_apply_refused(tb_board *b, const tb_entry *e, const uint8_t leaf[32], bool *taken)
{
	tb_fault ignored;
	tb_err err = TB_ERR_STATE;

	TB_REQUIRE(e->type < TB_ENTRY_NUM_TYPES);
	*taken = false;
	if (e->payload != NULL && has_place(b, e)) {
		err = parse_payload(b, e, leaf, &ignored);
		if (err == TB_OK)
			err = take_in(b, e, leaf);
	}
	step_clear(&b->step);
	if (err == TB_OK) {
		*taken = true;
		return TB_OK;
	}
	if (err != TB_ERR_RULE && err != TB_ERR_STATE)
		return err;
	err = append_leaf(b, leaf);
	if (err != TB_OK)
		return err;
	/* A ballot that was not taken in is an entry of that type all the same: `close` counts entries. */
	if (e->type == TB_ENTRY_BALLOT && b->phase == TB_PHASE_OPEN)
		b->num_ballots++;
	note_gap(b, e->type, e->trustee, e->payload != NULL);
	/* Left out, but not without its time: that never decreases along the log [ENTRY.TIME]. */
	if (b->phase != TB_PHASE_EMPTY)
		b->time = tb_manifest_floor_time(&b->manifest, e->time);
	return TB_OK;
}

tb_err tb_board_skip(tb_board *b, const uint8_t leaf[32])
{
	tb_err err = append_leaf(b, leaf);

	if (err != TB_OK)
		return err;
	step_clear(&b->step);
	switch (b->phase) {
	case TB_PHASE_EMPTY:
		b->gaps.manifest = true;
		break;
	case TB_PHASE_SETUP:
		b->gaps.roll = true;
		b->gaps.ceremony = true;
		break;
	case TB_PHASE_READY:
		b->gaps.phase = true;
		break;
	case TB_PHASE_OPEN:
		b->gaps.roll = true;
		b->gaps.closes = true;
		b->gaps.ballots = true;
		b->gaps.phase = true;
		break;
	case TB_PHASE_CLOSED:
		b->gaps.mixes = b->gaps.mixes || tb_board_awaits_mix(b, 0);
		b->gaps.endorsements = true;
		break;
	default:
		break;
	}
	return TB_OK;
}

bool tb_board_knows_counted(const tb_board *b)
{
	return !b->gaps.manifest && !b->gaps.roll && !b->gaps.ceremony && !b->gaps.ballots;
}

/* ---- what is known ---- */

uint64_t tb_board_size(const tb_board *b)
{
	return b->tree.size;
}

void tb_board_root(const tb_board *b, uint8_t out[32])
{
	tb_merkle_tree_root(&b->tree, out);
}

tb_err tb_board_root_at(const tb_board *b, uint64_t size, uint8_t out[32])
{
	return tb_history_root(b->history, out, size);
}

tb_phase tb_board_phase(const tb_board *b)
{
	return b->phase;
}

const tb_manifest *tb_board_manifest(const tb_board *b)
{
	return b->phase == TB_PHASE_EMPTY ? NULL : &b->manifest;
}

const tb_roll *tb_board_roll(const tb_board *b)
{
	return b->roll;
}

const tb_ceremony *tb_board_ceremony(const tb_board *b)
{
	return b->ceremony;
}

const tb_election_params *tb_board_params(const tb_board *b)
{
	return b->params;
}

const tb_binding *tb_board_binding(const tb_board *b)
{
	return &b->binding;
}

uint64_t tb_board_time(const tb_board *b)
{
	return b->time;
}

uint64_t tb_board_closes(const tb_board *b)
{
	return b->closes;
}

uint32_t tb_board_num_extensions(const tb_board *b)
{
	return b->num_extensions;
}

uint64_t tb_board_open_index(const tb_board *b)
{
	TB_REQUIRE(b->is_opened);
	return b->open_index;
}

const uint8_t *tb_board_close_leaf(const tb_board *b)
{
	return b->is_closed ? b->close_leaf : NULL;
}

uint64_t tb_board_close_size(const tb_board *b)
{
	TB_REQUIRE(b->is_closed);
	return b->close_size;
}

uint32_t tb_board_num_clients(const tb_board *b)
{
	return b->num_clients;
}

bool tb_board_client(const tb_board *b, uint8_t out[32])
{
	if (b->num_clients > 0)
		memcpy(out, b->client, 32);
	return b->num_clients > 0;
}

uint64_t tb_board_num_ballots(const tb_board *b)
{
	return b->num_ballots;
}

const uint64_t *tb_board_acts(const tb_board *b, size_t *num)
{
	*num = b->num_acts;
	return b->acts;
}

uint64_t tb_board_num_counted(const tb_board *b)
{
	return b->roll == NULL ? 0 : tb_roll_num_cast(b->roll);
}

/* ---- a digest of everything that the pieces above decide with ---- */

static void digest_roll(tb_buf *all, const tb_roll *r)
{
	tb_buf_u8(all, tb_roll_is_final(r));
	tb_buf_u64(all, tb_roll_num_listed(r));
	tb_buf_u64(all, tb_roll_num_voters(r));
	tb_buf_u64(all, tb_roll_total_weight(r));
	tb_buf_u64(all, tb_roll_num_cast(r));
	tb_buf_u64(all, tb_roll_weight_cast(r));
	for (tb_voter v = 0; v < tb_roll_num_listed(r); v++) {
		uint64_t latest = 0;

		tb_buf_u8(all, tb_roll_latest(r, v, &latest));
		tb_buf_u64(all, latest);
		tb_buf_append(all, tb_roll_key(r, v), 32);
		tb_buf_u32(all, tb_roll_weight(r, v));
		tb_buf_u8(all, tb_roll_is_removed(r, v));
	}
}

static void digest_ceremony(tb_buf *all, const tb_ceremony *c)
{
	for (uint32_t i = 1; i <= tb_ceremony_num_trustees(c); i++) {
		tb_buf_u8(all, tb_ceremony_has_commit(c, i));
		tb_buf_u8(all, tb_ceremony_has_certificate(c, i));
	}
}

static void digest_endorsements(tb_buf *all, const tb_endorsements *e)
{
	tb_buf_u32(all, e->num);
	for (uint32_t i = 0; i < e->num; i++) {
		const tb_endorsement *s = &e->statement[e->order[i]];

		tb_buf_u32(all, e->order[i]);
		tb_buf_append(all, s->close, 32);
		tb_buf_append(all, s->root, 32);
		tb_buf_append(all, s->counted, 32);
		tb_buf_append(all, s->aggregates, 32);
		tb_buf_u64(all, s->size);
		tb_buf_u64(all, s->ballots);
	}
}

static void digest_tally(tb_buf *all, const tb_tally *t)
{
	tb_buf_u32(all, tb_tally_num_decrypts(t));
	if (tb_tally_stage(t) != NULL)
		tb_buf_append(all, tb_mix_stage_hash(tb_tally_stage(t)), 32);
}

tb_err tb_board_digest(const tb_board *b, uint8_t out[32])
{
	tb_buf all;
	uint8_t root[32];
	tb_err err;

	tb_buf_init(&all, SIZE_MAX / 2);
	tb_board_root(b, root);
	tb_buf_append(&all, root, 32);
	tb_buf_u64(&all, tb_board_size(b));
	tb_buf_u8(&all, (uint8_t)b->phase);
	tb_buf_u64(&all, b->time);
	tb_buf_u64(&all, b->closes);
	tb_buf_u64(&all, b->num_ballots);
	tb_buf_u32(&all, b->num_extensions);
	tb_buf_u64(&all, b->certify_size);
	tb_buf_append(&all, b->certify_root, 32);
	tb_buf_append(&all, b->close_leaf, 32);
	tb_buf_u64(&all, b->num_old_keys);
	tb_buf_u64(&all, b->num_notices);
	tb_buf_u32(&all, b->num_clients);
	tb_buf_append(&all, b->client, 32);
	tb_buf_u8(&all, b->has_decrypt);
	tb_buf_u32(&all, b->endorsements_at_decrypt);
	if (b->roll != NULL)
		digest_roll(&all, b->roll);
	if (b->ceremony != NULL)
		digest_ceremony(&all, b->ceremony);
	if (b->is_closed)
		digest_endorsements(&all, &b->endorsements);
	if (b->tally != NULL)
		digest_tally(&all, b->tally);
	err = tb_buf_status(&all);
	if (err == TB_OK)
		tb_sha256(out, all.data, all.len);
	tb_buf_release(&all);
	return err;
}
