/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that are only read: the log as files, and what can be read off it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/log/proof.h"
#include "core/log/tile.h"
#include "crypto/hash.h"
#include "server/archive.h"
#include "server/route.h"
#include "server/witnessed.h"

/* What never changes may be kept for a year by anyone [HTTP.CACHE]. */
#define FOREVER "public, max-age=31536000, immutable"

static void ok(tb_http_response *response, const char *content_type, const char *cache)
{
	response->status = 200;
	tb_http_response_header(response, "Content-Type", content_type);
	tb_http_response_header(response, "Cache-Control", cache);
}

/* The body is complete, or it failed. */
static void finish(tb_http_response *response, tb_err err)
{
	if (err != TB_OK)
		tb_http_problem_err(response, err);
}

/* ---- JSON ---- */

static void list_one(tb_json_out *out, tb_election *e)
{
	(void)pthread_mutex_lock(&e->view_lock);
	tb_json_out_object(out, TB_JSON_ITEM);
	tb_json_out_cstring(out, "slug", e->slug);
	tb_json_out_hex(out, "id", e->id, sizeof e->id);
	tb_json_out_cstring(out, "title", e->view.title);
	tb_json_out_bool(out, "rehearsal", e->view.rehearsal);
	tb_json_out_cstring(out, "phase", tb_phase_name(e->view.phase));
	tb_json_out_int(out, "opens", e->view.opens);
	tb_json_out_int(out, "closes", e->view.closes);
	tb_json_out_int(out, "size", e->view.size);
	tb_json_out_end(out);
	(void)pthread_mutex_unlock(&e->view_lock);
}

void tb_api_list(tb_app *app, tb_http_response *response)
{
	tb_election *e;
	tb_json_out out;

	ok(response, "application/json", "no-cache");
	tb_http_response_header_fixed(response, "Vary", "Accept"); /* a browser gets a page here */
	tb_json_out_init(&out, &response->body);
	tb_json_out_object(&out, TB_JSON_ITEM);
	tb_json_out_int(&out, "tabella", 1);
	tb_json_out_cstring(&out, "version", TB_VERSION);
	tb_json_out_cstring(&out, "server", app->keys->line);
	tb_json_out_array(&out, "elections");
	for (size_t i = 0; (e = tb_elections_at(&app->elections, i)) != NULL; i++)
		list_one(&out, e);
	tb_json_out_end(&out);
	tb_json_out_end(&out);
	finish(response, tb_json_out_status(&out));
}

void tb_api_state(tb_election *e, tb_http_response *response)
{
	ok(response, "application/json", "no-cache");
	tb_http_response_header_fixed(response, "Vary", "Accept"); /* a browser gets a page here */
	finish(response, tb_election_read_state(e, &response->body));
}

/* Whether the voter is on the roll, and the latest recorded ballot [HTTP.VOTER]. */
typedef struct voter_status {
	bool is_listed, is_removed, has_ballot;
	uint32_t weight;
	uint64_t size, index;
} voter_status;

static tb_err find_voter(tb_election *e, const char *id, voter_status *out)
{
	const tb_roll *roll;
	tb_voter voter;
	tb_err err = TB_OK;

	memset(out, 0, sizeof *out);
	(void)pthread_mutex_lock(&e->lock);
	tb_election_settle(e); /* nobody is told of a ballot that is not durable */
	if (e->is_stale) {
		err = TB_ERR_IO;
	} else {
		roll = tb_board_roll(e->ref->board);
		out->size = tb_board_size(e->ref->board);
		out->is_listed = tb_roll_find(roll, id, strlen(id), &voter) == TB_OK;
		if (out->is_listed) {
			out->is_removed = tb_roll_is_removed(roll, voter);
			out->weight = tb_roll_weight(roll, voter);
			out->has_ballot = tb_roll_latest(roll, voter, &out->index);
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
	return err;
}

void tb_api_voter(tb_app *app, tb_election *e, const char *id, tb_http_response *response)
{
	voter_status status;
	tb_json_out out;
	tb_buf leaf;
	tb_err err;

	if (!tb_id_is_valid(id, strlen(id))) {
		tb_api_not_found(response, id, "the id of a voter");
		return;
	}
	tb_buf_init(&leaf, TB_MERKLE_BYTES);
	err = find_voter(e, id, &status);
	if (err == TB_OK && status.has_ballot)
		err = tb_store_hashes(app->store, e->number, 0, status.index, 1, &leaf);
	if (err == TB_OK) {
		ok(response, "application/json", "no-cache");
		tb_json_out_init(&out, &response->body);
		tb_json_out_object(&out, TB_JSON_ITEM);
		tb_json_out_cstring(&out, "voter", id);
		tb_json_out_bool(&out, "on_roll", status.is_listed && !status.is_removed);
		tb_json_out_int(&out, "weight", status.weight);
		if (status.has_ballot) {
			tb_json_out_object(&out, "ballot");
			tb_json_out_int(&out, "index", status.index);
			tb_json_out_hex(&out, "leaf", leaf.data, leaf.len);
			tb_json_out_end(&out);
		} else {
			tb_json_out_null(&out, "ballot");
		}
		tb_json_out_int(&out, "size", status.size);
		tb_json_out_end(&out);
		err = tb_json_out_status(&out);
	}
	tb_buf_release(&leaf);
	finish(response, err);
}

/* ---- the log ---- */

void tb_api_checkpoint(tb_election *e, const tb_http_request *request, tb_http_response *response)
{
	char etag[40], hex[17];
	uint8_t hash[TB_SHA256_BYTES];
	uint64_t size;
	uint32_t num;
	tb_err err = tb_election_read_checkpoint(e, &size, &num, &response->body);

	if (err != TB_OK) {
		tb_http_problem_err(response, err);
		return;
	}
	ok(response, "text/plain; charset=utf-8", "no-cache");
	/* The size determines the log's own bytes.  It does not say whose cosignatures are there, nor of what time. */
	(void)snprintf(etag, sizeof etag, "\"%" PRIu64 "\"", size);
	if (num > 0) {
		tb_sha256(hash, response->body.data, response->body.len);
		tb_hex_write(hex, hash, 8);
		(void)snprintf(etag, sizeof etag, "\"%" PRIu64 "-%.16s\"", size, hex);
	}
	if (tb_api_not_modified(request, response, etag))
		tb_buf_clear(&response->body);
}

/* The head that witnesses have cosigned: for monitors, who must not be shown another one than voters. */
void tb_api_witnessed(tb_election *e, tb_http_response *response)
{
	uint64_t size;
	tb_err err = tb_witnessed_read(e, &size, &response->body);

	if (err == TB_ERR_NOT_FOUND)
		tb_api_not_found(response, "log/witnessed", "a head that witnesses have cosigned");
	else if (err != TB_OK)
		tb_http_problem_err(response, err);
	else
		ok(response, "text/plain; charset=utf-8", "no-cache");
}

/* Anybody may bring cosignatures: only right ones are taken. */
void tb_api_cosignatures(
	tb_app *app, tb_election *e, const tb_http_request *request, tb_http_response *response)
{
	tb_fault fault = {0};
	uint32_t num = 0;
	tb_err err = request->body_len > TB_NOTE_MAX_BYTES
			     ? tb_fault_setf(&fault, TB_RULE_SIZE, "body", "a note of at most 128 KiB",
				       "%zu bytes", request->body_len)
			     : tb_witnessed_take(
				       app, e, (const char *)request->body, request->body_len, &num, &fault);

	if (err == TB_ERR_RULE) {
		tb_http_problem(response, &fault);
	} else if (err != TB_OK) {
		tb_http_problem_err(response, err);
	} else {
		tb_buf_text(&response->body, "{\"cosigned\":");
		tb_buf_decimal(&response->body, num);
		tb_buf_text(&response->body, "}\n");
		ok(response, "application/json", "no-store");
	}
}

/* Fixed bytes under one name: whoever has them has the right ones. */
static bool is_kept(const tb_election *e, const tb_http_request *request, tb_http_response *response)
{
	char etag[40];

	(void)snprintf(etag, sizeof etag, "\"%02x%02x%02x%02x%02x%02x%02x%02x\"", e->id[0], e->id[1],
		e->id[2], e->id[3], e->id[4], e->id[5], e->id[6], e->id[7]);
	ok(response, "application/octet-stream", FOREVER);
	return tb_api_not_modified(request, response, etag);
}

/* Every tile of a tree of this or a smaller size: a reader may still hold an older checkpoint. */
static bool tile_exists(const tb_tile *t, uint64_t size)
{
	uint64_t hashes = t->level == TB_TILE_ENTRIES ? size : size >> (8 * t->level);

	return t->index < TB_MERKLE_MAX_SIZE / TB_TILE_WIDTH && t->index * TB_TILE_WIDTH + t->width <= hashes;
}

void tb_api_tile(tb_app *app, tb_election *e, const char *rest, const tb_http_request *request,
	tb_http_response *response)
{
	tb_tile t;
	tb_err err;

	if (tb_tile_path_parse(&t, rest, strlen(rest)) != TB_OK || !tile_exists(&t, tb_election_size(e))) {
		tb_api_not_found(response, request->path, "a tile of this log");
		return;
	}
	if (is_kept(e, request, response))
		return;
	if (t.level == TB_TILE_ENTRIES)
		err = tb_store_bundle(
			app->store, e->number, t.index * TB_TILE_WIDTH, t.width, &response->body);
	else
		err = tb_store_hashes(app->store, e->number, 8 * t.level, t.index * TB_TILE_WIDTH, t.width,
			&response->body);
	finish(response, err);
}

void tb_api_blob(tb_app *app, tb_election *e, const char *rest, const tb_http_request *request,
	tb_http_response *response)
{
	uint8_t hash[32];
	tb_err err;

	if (tb_blob_path_parse(hash, rest, strlen(rest)) != TB_OK) {
		tb_api_not_found(response, request->path, "the hash of a blob, 64 hex digits");
		return;
	}
	err = tb_store_blob(app->store, e->number, hash, &response->body);
	if (err == TB_ERR_NOT_FOUND) {
		tb_api_not_found(response, request->path, "a blob of this log");
	} else if (err != TB_OK) {
		tb_http_problem_err(response, err);
	} else if (is_kept(e, request, response)) {
		tb_buf_clear(&response->body);
	}
}

/* ---- receipts ---- */

tb_err tb_api_write_receipt(tb_app *app, tb_election *e, uint64_t index, tb_buf *out)
{
	tb_election_nodes nodes = {.store = app->store, .election = e->number};
	tb_merkle_reader reader = tb_election_node_reader(&nodes);
	tb_proof proof = {.index = index};
	tb_buf entry, checkpoint;
	uint64_t size = 0;
	uint32_t num;
	tb_err err;

	tb_buf_init(&entry, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&checkpoint, TB_HTTP_BODY_MAX);
	/* A head that witnesses have seen says more; a new entry is not under one yet [WITNESS.POLICY]. */
	err = tb_witnessed_read_for(e, index, &size, &checkpoint);
	if (err == TB_ERR_NOT_FOUND)
		err = tb_election_read_checkpoint(e, &size, &num, &checkpoint);
	if (err == TB_OK && index >= size)
		err = TB_ERR_NOT_FOUND;
	if (err == TB_OK)
		err = tb_store_entry(app->store, e->number, index, &entry);
	if (err == TB_OK)
		err = tb_merkle_prove_inclusion(&proof.path, &reader, index, size);
	if (err == TB_OK) {
		proof.extra = entry.data;
		proof.extra_len = entry.len;
		proof.checkpoint_text = (const char *)checkpoint.data;
		proof.checkpoint_text_len = checkpoint.len;
		err = tb_proof_write(out, &proof);
	}
	tb_buf_release(&entry);
	tb_buf_release(&checkpoint);
	return err;
}

void tb_api_receipt(tb_app *app, tb_election *e, const char *text, tb_http_response *response)
{
	char name[160];
	uint64_t index;
	tb_err err = tb_decimal_parse(&index, text, strlen(text), TB_STORE_MAX_ENTRIES);

	if (err == TB_OK)
		err = tb_api_write_receipt(app, e, index, &response->body);
	else
		err = TB_ERR_NOT_FOUND;
	if (err == TB_ERR_NOT_FOUND) {
		tb_api_not_found(response, text, "the index of an entry of this log");
	} else if (err != TB_OK) {
		tb_http_problem_err(response, err);
	} else {
		ok(response, "text/plain; charset=utf-8", "no-cache");
		(void)snprintf(name, sizeof name, "attachment; filename=\"%s-%" PRIu64 ".tlog-proof\"",
			e->slug, index);
		tb_http_response_header(response, "Content-Disposition", name);
	}
}

void tb_api_archive(tb_app *app, tb_election *e, tb_http_response *response)
{
	char name[160];
	tb_err err = tb_archive_stream(&response->stream, app->store, e);

	if (err != TB_OK) {
		tb_http_problem_err(response, err);
		return;
	}
	ok(response, "application/x-tar", "no-cache");
	(void)snprintf(name, sizeof name, "attachment; filename=\"%s.tar\"", e->slug);
	tb_http_response_header(response, "Content-Disposition", name);
}
