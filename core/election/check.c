/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/election/check_internal.h"

static const struct {
	const char *name, *objects;
} checks[TB_CHECK_END] = {
	[TB_CHECK_CHECKPOINT] = {"checkpoint and signature", "signatures"},
	[TB_CHECK_TREE] = {"tree: tiles, bundles, root", "files"},
	[TB_CHECK_BLOBS] = {"blobs", "blobs"},
	[TB_CHECK_ENTRIES] = {"envelopes, types, signers, order, time", "entries"},
	[TB_CHECK_SIGNATURES] = {"signatures of all entries but ballots", "signatures"},
	[TB_CHECK_MANIFEST] = {"manifest", "entries"},
	[TB_CHECK_ROLL] = {"roll and its changes", "entries"},
	[TB_CHECK_CEREMONY] = {"key ceremony", "entries"},
	[TB_CHECK_BALLOTS] = {"ballots: form, time, voter, prev, date, checkpoint, points", "ballots"},
	[TB_CHECK_BALLOT_SIGNATURES] = {"ballots: signatures", "signatures"},
	[TB_CHECK_BALLOT_PROOFS] = {"ballots: proofs", "ballots"},
	[TB_CHECK_CLOSE] = {"close, extensions", "entries"},
	[TB_CHECK_COUNTED] = {"counted list and aggregates", "counted ballots"},
	[TB_CHECK_ENDORSEMENTS] = {"endorsements", "endorsements"},
	[TB_CHECK_MIXES] = {"mixes", "mixes"},
	[TB_CHECK_SHARES] = {"decryption shares", "trustees"},
	[TB_CHECK_RESULT] = {"result", "entries and files"},
};

const char *tb_check_name(tb_check_number number)
{
	TB_REQUIRE(number >= 1 && number < TB_CHECK_END);
	return checks[number].name;
}

const char *tb_check_objects(tb_check_number number)
{
	TB_REQUIRE(number >= 1 && number < TB_CHECK_END);
	return checks[number].objects;
}

/* ---- reporting ---- */

/* How often this rule has failed, this time included. */
static uint64_t count_rule(tb_check *c, const char *rule)
{
	size_t i = 0;

	while (i < c->num_rules && strcmp(c->rules[i].rule, rule) != 0)
		i++;
	if (i == TB_CHECK_RULES)
		return TB_CHECK_LISTED; /* more rules than the spec has: then not by rule */
	if (i == c->num_rules) {
		c->rules[c->num_rules++].rule = rule;
		c->rules[i].num = 0;
	}
	return ++c->rules[i].num;
}

static void report_failure(tb_check *c, const tb_check_failure *f)
{
	const tb_check_sink *sink = &c->options->sink;

	c->report->line[f->check].failures++;
	if (count_rule(c, f->fault.rule) <= TB_CHECK_LISTED && sink->failure != NULL)
		sink->failure(sink->user, f);
}

void tb_check_fail(tb_check *c, tb_check_number number, const tb_fault *fault)
{
	tb_check_failure f = {.check = number, .fault = *fault};

	report_failure(c, &f);
}

void tb_check_fail_at(tb_check *c, tb_check_number number, uint64_t entry, const tb_fault *fault)
{
	tb_check_failure f = {.check = number, .has_entry = true, .entry = entry, .fault = *fault};

	report_failure(c, &f);
}

void tb_check_cover(tb_check *c, tb_check_number number, uint64_t num)
{
	c->report->line[number].covered += num;
}

void tb_check_skip(tb_check *c, tb_check_number number, uint64_t num)
{
	c->report->line[number].skipped += num;
}

void tb_check_note(tb_check *c, tb_check_number number, const char *why)
{
	if (c->report->line[number].note[0] == 0)
		(void)snprintf(c->report->line[number].note, sizeof c->report->line[number].note, "%s", why);
}

void tb_check_stage(tb_check *c, const char *label, uint64_t total)
{
	const tb_check_sink *sink = &c->options->sink;

	if (sink->stage != NULL)
		sink->stage(sink->user, label, total);
}

void tb_check_progress(tb_check *c, uint64_t more)
{
	const tb_check_sink *sink = &c->options->sink;

	if (sink->progress != NULL)
		sink->progress(sink->user, more);
}

void tb_check_work(void *check, uint64_t done, uint64_t total)
{
	tb_check *c = check;

	if (total != c->work_total || done < c->work_done || c->work_total == 0) {
		tb_check_stage(c, c->work, total);
		c->work_total = total;
		c->work_done = 0;
	}
	tb_check_progress(c, done - c->work_done);
	c->work_done = done;
	if (done == total)
		c->work_total = 0; /* the next one is a stage of its own */
}

void tb_check_hashes(
	tb_fault *f, const char *rule, const char *where, const uint8_t expected[32], const uint8_t found[32])
{
	char a[65], b[65];

	tb_hex_write(a, expected, 32);
	tb_hex_write(b, found, 32);
	a[64] = b[64] = 0;
	(void)tb_fault_set(f, rule, where, a, b);
}

/* ---- reading ---- */

tb_err tb_check_read(tb_check *c, tb_buf *out, const char *path)
{
	tb_why why;
	tb_err err = tb_source_get(c->source, path, out, &why);

	if (err == TB_ERR_LIMIT) { /* larger than any right file: as good as empty, and reported as that */
		tb_buf_clear(out);
		return TB_OK;
	}
	if (err == TB_OK || err == TB_ERR_NOT_FOUND || err == TB_ERR_MEMORY)
		return err;
	(void)tb_fault_set(c->fault, "IO", path, "a file that can be read", why.text);
	return TB_ERR_IO;
}

tb_err tb_check_read_tile(tb_check *c, tb_buf *out, const tb_tile *t, char path[TB_PATH_MAX])
{
	tb_tile_path(path, t);
	return tb_check_read(c, out, path);
}

unsigned tb_check_bundle_width(const tb_check *c, uint64_t bundle)
{
	uint64_t left = c->size - bundle * TB_TILE_WIDTH;

	return left < TB_TILE_WIDTH ? (unsigned)left : TB_TILE_WIDTH;
}

static bool is_foreign_entry(const tb_check *c, uint64_t entry)
{
	size_t low = 0, high = c->num_foreign;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (entry < c->foreign[mid].first)
			high = mid;
		else if (entry >= c->foreign[mid].end)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

tb_err tb_check_add_foreign(tb_check *c, uint64_t first, uint64_t end)
{
	size_t at = c->num_foreign;

	if (c->num_foreign == c->cap_foreign) {
		size_t cap = c->cap_foreign == 0 ? 16 : 2 * c->cap_foreign;
		tb_check_range *list = realloc(c->foreign, cap * sizeof *list);

		if (list == NULL)
			return TB_ERR_MEMORY;
		c->foreign = list;
		c->cap_foreign = cap;
	}
	while (at > 0 && c->foreign[at - 1].first > first)
		at--;
	memmove(&c->foreign[at + 1], &c->foreign[at], (c->num_foreign - at) * sizeof *c->foreign);
	c->foreign[at] = (tb_check_range){.first = first, .end = end};
	c->num_foreign++;
	return TB_OK;
}

void tb_check_bundle_init(tb_check_bundle *b)
{
	b->index = 0;
	b->num = 0;
	tb_buf_init(&b->bytes, TB_BUNDLE_MAX);
}

void tb_check_bundle_release(tb_check_bundle *b)
{
	tb_buf_release(&b->bytes);
}

static tb_err changed(tb_check *c, const char *path)
{
	(void)tb_fault_set(c->fault, "LOG.TILES", path, "the bytes that were there a moment ago", "others");
	return TB_ERR_IO;
}

tb_err tb_check_bundle_read(tb_check *c, tb_check_bundle *b, uint64_t index)
{
	tb_tile t = {.level = TB_TILE_ENTRIES, .index = index, .width = tb_check_bundle_width(c, index)};
	uint64_t first = index * TB_TILE_WIDTH;
	char path[TB_PATH_MAX];
	bool has_foreign = false, has_more;
	unsigned good;
	tb_err err = tb_check_read_tile(c, &b->bytes, &t, path);

	b->index = index;
	b->num = t.width;
	if (err != TB_OK && err != TB_ERR_NOT_FOUND)
		return err;
	good = err == TB_OK ? tb_check_split(&b->bytes, t.width, b->entry, b->len, &has_more) : 0;
	for (unsigned i = 0; i < t.width; i++) {
		bool is_foreign = is_foreign_entry(c, first + i);

		if (i >= good && !is_foreign)
			return changed(c, path);
		if (is_foreign)
			b->entry[i] = NULL;
		has_foreign = has_foreign || is_foreign;
	}
	return has_foreign ? tb_check_leaves_of_tile(c, index, t.width, b->leaf) : TB_OK;
}

tb_err tb_check_bundle_hash(const tb_check *c, tb_check_bundle *b)
{
	tb_merkle_tree tree;
	uint8_t root[32];
	bool is_whole = true;

	tb_merkle_tree_init(&tree);
	for (unsigned i = 0; i < b->num; i++) {
		if (b->entry[i] != NULL)
			tb_merkle_leaf(b->leaf[i], b->entry[i], b->len[i]);
		else
			is_whole = false;
		tb_merkle_tree_append(&tree, b->leaf[i]);
	}
	tb_merkle_tree_root(&tree, root);
	/* Who changes a file between two passes must not get other bytes counted than were checked. */
	return !is_whole || memcmp(root, c->bundle_root[b->index], 32) == 0 ? TB_OK : TB_ERR_IO;
}

/* ---- check 1 ---- */

/* The payload of entry 0, for the keys in it.  It is judged by the replay; here it only says what the checkpoint must be. */
static tb_err read_manifest(tb_check *c, tb_manifest *m, tb_buf *payload, bool *ok)
{
	tb_check_bundle *b = malloc(sizeof *b);
	char path[TB_PATH_MAX];
	tb_fault ignored;
	tb_buf room;
	tb_entry e;
	tb_err err;

	*ok = false;
	if (b == NULL)
		return TB_ERR_MEMORY;
	tb_check_bundle_init(b);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	err = tb_check_bundle_read(c, b, 0);
	if (err == TB_OK && b->entry[0] != NULL &&
		tb_entry_parse(&e, &room, b->entry[0], b->len[0], &ignored) == TB_OK &&
		e.type == TB_ENTRY_MANIFEST) {
		if (e.is_blob) {
			tb_blob_path(path, e.payload_hash);
			err = tb_check_read(c, &c->blob, path);
			if (err == TB_OK &&
				tb_entry_attach_blob(&e, c->blob.data, c->blob.len, &ignored) != TB_OK)
				err = TB_ERR_NOT_FOUND;
		}
		if (err == TB_OK) {
			tb_buf_append(payload, e.payload, e.payload_len);
			*ok = tb_manifest_parse(m, e.payload, e.payload_len, &ignored) == TB_OK;
		}
	}
	tb_buf_release(&room);
	tb_check_bundle_release(b);
	free(b);
	return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err check_log_signature(tb_check *c, const char *origin, const uint8_t key[32])
{
	static const char expected[] =
		"one signature by the log key under the origin, and none by it that is wrong";
	tb_fault fault = {0};
	uint64_t time;
	tb_vkey vkey;
	tb_err err = tb_vkey_init(&vkey, origin, TB_VKEY_ED25519, key);

	tb_check_cover(c, TB_CHECK_CHECKPOINT, 1);
	if (err == TB_OK)
		err = tb_note_verify(&c->note, &vkey, &time);
	if (err == TB_OK || err == TB_ERR_MEMORY)
		return err;
	(void)tb_fault_set(&fault, "LOG.CHECKPOINT", TB_CHECKPOINT_PATH, expected,
		err == TB_ERR_SIGNATURE ? "one that does not verify" : "none by that key and name");
	tb_check_fail(c, TB_CHECK_CHECKPOINT, &fault);
	return TB_OK;
}

/* Cosignatures that stand in the checkpoint: those of endorsers and witnesses must verify; strangers are not known to anybody. */
static tb_err check_cosignature(
	tb_check *c, const char *name, const char *who, const uint8_t key[32], bool *is_there)
{
	tb_fault fault = {0};
	uint64_t time;
	tb_vkey vkey;
	tb_err err = tb_vkey_init(&vkey, name, TB_VKEY_COSIGNATURE, key);

	if (err == TB_OK)
		err = tb_note_verify(&c->note, &vkey, &time);
	if (err == TB_ERR_NOT_FOUND || err == TB_ERR_ENCODING)
		return TB_OK;
	tb_check_cover(c, TB_CHECK_CHECKPOINT, 1);
	*is_there = err == TB_OK;
	if (err == TB_ERR_SIGNATURE) {
		(void)tb_fault_setf(&fault, "LOG.CHECKPOINT", TB_CHECKPOINT_PATH, "cosignatures that verify",
			"one of %s that does not", who);
		tb_check_fail(c, TB_CHECK_CHECKPOINT, &fault);
		return TB_OK;
	}
	return err;
}

static tb_err check_endorser_cosignature(
	tb_check *c, const tb_manifest *m, const char *who, const uint8_t key[32])
{
	char name[TB_KEY_NAME_MAX + 1];
	bool ignored;

	(void)snprintf(name, sizeof name, "%.*s/%s", TB_ORIGIN_MAX, m->origin, who);
	return check_cosignature(c, name, who, key, &ignored);
}

static tb_err check_cosignatures(tb_check *c, const tb_manifest *m)
{
	char who[TB_SIGNER_MAX];
	tb_err err = TB_OK;

	for (uint32_t i = 0; i < m->num_trustees && err == TB_OK; i++) {
		(void)snprintf(who, sizeof who, "trustee/%" PRIu32, i + 1);
		err = check_endorser_cosignature(c, m, who, m->trustees[i].cosign_key);
	}
	for (uint32_t i = 0; i < m->num_endorsers && err == TB_OK; i++) {
		(void)snprintf(who, sizeof who, "endorser/%s", m->endorsers[i].id);
		err = check_endorser_cosignature(c, m, who, m->endorsers[i].cosign_key);
	}
	c->num_witnessed = 0; /* [WITNESS.POLICY] */
	for (uint32_t i = 0; i < m->num_witnesses && err == TB_OK; i++) {
		const tb_witness_key *w = &m->witnesses[i];
		bool is_there = false;

		err = check_cosignature(c, w->name, w->name, w->key, &is_there);
		c->num_witnessed += is_there ? 1 : 0;
	}
	return err;
}

static void check_origin(tb_check *c, const char *rule, const char *expected)
{
	tb_fault fault = {0};

	tb_check_cover(c, TB_CHECK_CHECKPOINT, 1);
	if (strcmp(c->checkpoint.origin, expected) == 0)
		return;
	(void)tb_fault_set(&fault, rule, TB_CHECKPOINT_PATH, expected, c->checkpoint.origin);
	tb_check_fail(c, TB_CHECK_CHECKPOINT, &fault);
}

static void check_pins(tb_check *c, const tb_manifest *m, const tb_buf *payload)
{
	const tb_check_trust *trust = &c->options->trust;
	tb_fault fault = {0};

	if (trust->manifest != NULL && (payload->len != trust->manifest_len ||
					       memcmp(payload->data, trust->manifest, payload->len) != 0)) {
		(void)tb_fault_set(
			&fault, "MANIFEST.ID", "payload", "the manifest that you named", "another one");
		tb_check_fail_at(c, TB_CHECK_MANIFEST, 0, &fault);
	}
	if (trust->log_key != NULL && memcmp(trust->log_key, m->server_log_key, 32) != 0) {
		(void)tb_fault_set(&fault, "MANIFEST.KEYS", "payload.server.log_key",
			"the log key that you named", "another one");
		tb_check_fail_at(c, TB_CHECK_MANIFEST, 0, &fault);
	}
}

/* Check 1, with the keys that entry 0 names. */
static tb_err check_head(tb_check *c)
{
	const tb_check_trust *trust = &c->options->trust;
	const uint8_t *key = trust->log_key;
	tb_manifest m;
	tb_buf payload;
	bool ok;
	tb_err err;

	tb_manifest_init(&m);
	tb_buf_init(&payload, TB_MANIFEST_MAX_BYTES);
	err = read_manifest(c, &m, &payload, &ok);
	if (err == TB_OK && ok) {
		check_origin(c, "MANIFEST.ORIGIN", m.origin);
		check_pins(c, &m, &payload);
		key = key != NULL ? key : m.server_log_key;
	}
	if (err == TB_OK && trust->origin != NULL)
		check_origin(c, "LOG.CHECKPOINT", trust->origin);
	if (err == TB_OK && key != NULL)
		err = check_log_signature(c,
			trust->origin != NULL ? trust->origin
			: ok                  ? m.origin
					      : c->checkpoint.origin,
			key);
	else
		tb_check_note(c, TB_CHECK_CHECKPOINT, "the log key is in a manifest that cannot be read");
	if (err == TB_OK && ok)
		err = check_cosignatures(c, &m);
	tb_buf_release(&payload);
	tb_manifest_release(&m);
	return err;
}

/* Reads the checkpoint.  *ok is false when there is none to go on with. */
static tb_err read_checkpoint(tb_check *c, bool *ok)
{
	tb_fault fault = {0};
	tb_why why;
	tb_err err = tb_check_read(c, &c->checkpoint_bytes, TB_CHECKPOINT_PATH);

	*ok = false;
	if (err == TB_ERR_NOT_FOUND) {
		(void)tb_fault_set(
			&fault, "LOG.CHECKPOINT", TB_CHECKPOINT_PATH, "a signed checkpoint", "no such file");
	} else if (err != TB_OK) {
		return err;
	} else {
		err = tb_checkpoint_parse(&c->checkpoint, &c->note, (const char *)c->checkpoint_bytes.data,
			c->checkpoint_bytes.len, &why);
		if (err == TB_OK && c->checkpoint.size > 0) {
			*ok = true;
			c->size = c->checkpoint.size;
			c->report->size = c->size;
			memcpy(c->report->root, c->checkpoint.root, 32);
			return TB_OK;
		}
		(void)tb_fault_set(&fault, "LOG.CHECKPOINT", TB_CHECKPOINT_PATH,
			"a signed checkpoint of a log with entries",
			err == TB_OK ? "a log without entries" : why.text);
	}
	tb_check_fail(c, TB_CHECK_CHECKPOINT, &fault);
	return TB_OK;
}

/* [CONTEXT]: the fingerprint that the user compared belongs to this very opening. */
static void check_context(tb_check *c)
{
	char expected[TB_FINGERPRINT_TEXT], found[TB_FINGERPRINT_TEXT];
	const tb_binding *binding = tb_board_binding(c->board);
	const uint8_t *trusted = c->options->trust.context;
	tb_fault fault = {0};

	if (trusted == NULL ||
		(binding->has_context && memcmp(binding->context, trusted, TB_FINGERPRINT_BYTES) == 0))
		return;
	tb_check_fingerprint(expected, trusted);
	(void)snprintf(found, sizeof found, "not open yet");
	if (binding->has_context)
		tb_check_fingerprint(found, binding->context);
	(void)tb_fault_set(&fault, "CONTEXT", "fingerprint of the opening", expected, found);
	tb_check_fail(c, TB_CHECK_CEREMONY, &fault);
}

/* ---- the end ---- */

/* The phase after which a check must have covered something; EMPTY: it may always cover nothing. */
static tb_phase due_after(const tb_check *c, tb_check_number n)
{
	const tb_tally *t = c->board == NULL ? NULL : tb_board_tally(c->board);

	switch (n) {
	case TB_CHECK_ROLL:
		return TB_PHASE_CERTIFYING;
	case TB_CHECK_CEREMONY:
		return TB_PHASE_OPEN;
	case TB_CHECK_CLOSE:
		return TB_PHASE_CLOSED;
	case TB_CHECK_ENDORSEMENTS:
	case TB_CHECK_RESULT:
		return TB_PHASE_FINISHED;
	case TB_CHECK_MIXES:
		return t == NULL || tb_tally_stage(t) == NULL ? TB_PHASE_EMPTY : TB_PHASE_FINISHED;
	case TB_CHECK_SHARES:
		return t != NULL && !tb_tally_may_decrypt_any(t) ? TB_PHASE_EMPTY : TB_PHASE_FINISHED;
	case TB_CHECK_BLOBS:
	case TB_CHECK_BALLOTS:
	case TB_CHECK_BALLOT_SIGNATURES:
	case TB_CHECK_BALLOT_PROOFS:
	case TB_CHECK_COUNTED:
		return TB_PHASE_EMPTY;
	default:
		return TB_PHASE_SETUP;
	}
}

/* A check that covered nothing where something is due has failed [CHECK]. */
static void fail_empty(tb_check *c, tb_check_number n)
{
	tb_fault fault = {0};

	(void)tb_fault_setf(&fault, "CHECK", "board", "something to check", "no %s", tb_check_objects(n));
	tb_check_fail(c, n, &fault);
}

/* From which phase on the objects of a check that may be empty can exist at all. */
static tb_phase possible_from(tb_check_number n)
{
	if (n == TB_CHECK_COUNTED || n == TB_CHECK_MIXES || n == TB_CHECK_SHARES)
		return TB_PHASE_CLOSED;
	return n == TB_CHECK_BLOBS ? TB_PHASE_EMPTY : TB_PHASE_OPEN;
}

static tb_check_state state_of(tb_check *c, tb_check_number n, tb_phase phase, bool has_failed)
{
	const tb_check_line *line = &c->report->line[n];
	tb_phase due = due_after(c, n);

	if (line->failures > 0)
		return TB_CHECK_FAILED;
	if (line->note[0] != 0 || (line->covered == 0 && line->skipped > 0))
		return TB_CHECK_NOT_EXAMINED;
	if (line->covered > 0)
		return TB_CHECK_OK;
	if (phase == TB_PHASE_CANCELLED || phase < (due == TB_PHASE_EMPTY ? possible_from(n) : due))
		return has_failed ? TB_CHECK_NOT_EXAMINED : TB_CHECK_PENDING;
	if (due == TB_PHASE_EMPTY)
		return TB_CHECK_OK;
	if (has_failed)
		return TB_CHECK_NOT_EXAMINED;
	fail_empty(c, n);
	return TB_CHECK_FAILED;
}

static void settle_line(tb_check *c, tb_check_number n, tb_phase phase, bool has_failed)
{
	tb_check_line *line = &c->report->line[n];

	line->state = state_of(c, n, phase, has_failed);
	if (line->state == TB_CHECK_NOT_EXAMINED && line->note[0] == 0)
		tb_check_note(c, n, "something that it rests on has failed");
}

bool tb_check_is_witnessed(const tb_check *c)
{
	const tb_manifest *m = c->board == NULL ? NULL : tb_board_manifest(c->board);

	return m == NULL || c->num_witnessed >= m->witnesses_needed;
}

static void settle(tb_check *c)
{
	tb_check_report *r = c->report;
	tb_phase phase = c->board == NULL ? TB_PHASE_EMPTY : tb_board_phase(c->board);
	bool has_failed = false, is_whole = true;

	for (int n = 1; n < TB_CHECK_END; n++)
		has_failed = has_failed || r->line[n].failures > 0;
	for (int n = 1; n < TB_CHECK_END; n++)
		settle_line(c, (tb_check_number)n, phase, has_failed);
	for (int n = 1; n < TB_CHECK_END; n++) {
		has_failed = has_failed || r->line[n].state == TB_CHECK_FAILED;
		is_whole = is_whole && r->line[n].state != TB_CHECK_NOT_EXAMINED && r->line[n].skipped == 0;
	}
	/* Nothing is left unexamined but after a failure; if it ever were, that is no verification. */
	if (has_failed || !is_whole)
		r->verdict = TB_VERDICT_FALSE;
	else
		r->verdict = phase == TB_PHASE_FINISHED && tb_check_is_witnessed(c) ? TB_VERDICT_VERIFIED
										    : TB_VERDICT_UNFINISHED;
}

static tb_err run(tb_check *c)
{
	bool ok;
	tb_err err = read_checkpoint(c, &ok);

	if (err != TB_OK || !ok)
		return err;
	err = tb_board_new(&c->board);
	if (err == TB_OK)
		err = tb_check_tree(c);
	if (err != TB_OK || c->is_hopeless)
		return err;
	err = check_head(c);
	if (err == TB_OK)
		err = tb_check_replay(c);
	c->end = tb_board_size(c->board);
	check_context(c);
	if (err == TB_OK)
		err = tb_check_ballots(c);
	if (err == TB_OK)
		err = tb_check_rest(c);
	if (err == TB_OK)
		err = tb_check_counts(c);
	return err;
}

tb_err tb_check_run(tb_check_report *out, tb_source *source, const tb_check_options *options, tb_fault *fault)
{
	tb_check *c = calloc(1, sizeof *c);
	tb_err err;

	memset(out, 0, sizeof *out);
	memset(fault, 0, sizeof *fault);
	if (c == NULL)
		return TB_ERR_MEMORY;
	c->source = source;
	c->options = options;
	c->report = out;
	c->fault = fault;
	tb_buf_init(&c->checkpoint_bytes, TB_NOTE_MAX_BYTES);
	tb_buf_init(&c->blob, TB_BLOB_MAX_BYTES);
	tb_buf_init(&c->names, SIZE_MAX / 2);
	tb_buf_init(&c->client_changes, SIZE_MAX / 2);
	tb_buf_init(&c->cancelled, TB_TEXT_MAX);
	err = run(c);
	/* The board outlives the check, so its tally must not report progress to it any more. */
	if (c->board != NULL && tb_board_tally(c->board) != NULL)
		tb_tally_set_work(
			tb_board_tally(c->board), &(tb_parallel){.threads = (unsigned)c->options->threads});
	out->board = c->board;
	if (err == TB_OK)
		settle(c);
	if (err == TB_OK)
		err = tb_check_words(c);
	if (err != TB_OK)
		tb_check_report_release(out);
	tb_buf_release(&c->cancelled);
	tb_buf_release(&c->names);
	tb_buf_release(&c->client_changes);
	tb_buf_release(&c->blob);
	tb_buf_release(&c->checkpoint_bytes);
	free(c->bundle_root);
	free(c->foreign);
	free(c->left_out);
	free(c);
	return err;
}

void tb_check_report_release(tb_check_report *r)
{
	for (size_t i = 0; i < r->num_statements; i++)
		free(r->statements[i].text);
	free(r->statements);
	tb_client_list_release(&r->client);
	tb_board_free(r->board);
	memset(r, 0, sizeof *r);
}
