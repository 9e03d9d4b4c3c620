/* SPDX-License-Identifier: Apache-2.0 */
#include "server/election.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/checkpoint.h"
#include "server/log_read.h"
#include "server/state_json.h"

#define STATE_MAX (1u << 20)
#define NOTE_MAX 65536

/* ---- the list ---- */

void tb_elections_init(tb_elections *all)
{
	memset(all, 0, sizeof *all);
	TB_REQUIRE(pthread_mutex_init(&all->lock, NULL) == 0);
}

void tb_elections_release(tb_elections *all)
{
	for (size_t i = 0; i < all->num; i++)
		tb_election_free(all->list[i]);
	free(all->list);
	(void)pthread_mutex_destroy(&all->lock);
	memset(all, 0, sizeof *all);
}

tb_err tb_elections_reserve(tb_elections *all, size_t more)
{
	tb_election **list;
	tb_err err = TB_OK;

	(void)pthread_mutex_lock(&all->lock);
	if (all->cap - all->num < more) {
		list = reallocarray(all->list, all->num + more + 16, sizeof all->list[0]);
		if (list != NULL) {
			all->list = list;
			all->cap = all->num + more + 16;
		} else {
			err = TB_ERR_MEMORY;
		}
	}
	(void)pthread_mutex_unlock(&all->lock);
	return err;
}

void tb_elections_add(tb_elections *all, tb_election *e)
{
	(void)pthread_mutex_lock(&all->lock);
	TB_REQUIRE(all->num < all->cap);
	all->list[all->num++] = e;
	(void)pthread_mutex_unlock(&all->lock);
}

tb_election *tb_elections_find(tb_elections *all, const char *slug, size_t slug_len)
{
	tb_election *found = NULL;

	(void)pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < all->num && found == NULL; i++)
		if (strlen(all->list[i]->slug) == slug_len && memcmp(all->list[i]->slug, slug, slug_len) == 0)
			found = all->list[i];
	(void)pthread_mutex_unlock(&all->lock);
	return found;
}

tb_election *tb_elections_at(tb_elections *all, size_t i)
{
	tb_election *e;

	(void)pthread_mutex_lock(&all->lock);
	e = i < all->num ? all->list[i] : NULL;
	(void)pthread_mutex_unlock(&all->lock);
	return e;
}

/* ---- life ---- */

static tb_err board_ref_new(tb_board_ref **out)
{
	tb_board_ref *ref = calloc(1, sizeof *ref);
	tb_err err = TB_ERR_MEMORY;

	*out = NULL;
	if (ref == NULL)
		return err;
	err = tb_board_new(&ref->board);
	if (err != TB_OK) {
		free(ref);
		return err;
	}
	ref->num_refs = 1;
	*out = ref;
	return TB_OK;
}

static void board_ref_release(tb_board_ref *ref)
{
	if (ref == NULL || --ref->num_refs > 0)
		return;
	tb_board_free(ref->board);
	free(ref);
}

static void view_init(tb_view *v)
{
	memset(v, 0, sizeof *v);
	tb_buf_init(&v->checkpoint, NOTE_MAX);
	tb_buf_init(&v->state, STATE_MAX);
}

void tb_view_release(tb_view *v)
{
	tb_buf_release(&v->checkpoint);
	tb_buf_release(&v->state);
	view_init(v);
}

tb_err tb_election_new(tb_election **out, const char *slug)
{
	tb_election *e = calloc(1, sizeof *e);
	tb_err err;

	*out = NULL;
	if (e == NULL)
		return TB_ERR_MEMORY;
	TB_REQUIRE(strlen(slug) <= TB_STORE_SLUG_MAX);
	memcpy(e->slug, slug, strlen(slug) + 1);
	err = board_ref_new(&e->ref);
	if (err != TB_OK) {
		free(e);
		return err;
	}
	tb_merkle_tree_init(&e->tree);
	view_init(&e->view);
	TB_REQUIRE(pthread_mutex_init(&e->lock, NULL) == 0);
	TB_REQUIRE(pthread_cond_init(&e->settled, NULL) == 0);
	TB_REQUIRE(pthread_mutex_init(&e->view_lock, NULL) == 0);
	TB_REQUIRE(pthread_mutex_init(&e->witnessed_lock, NULL) == 0);
	tb_buf_init(&e->witnessed.text, TB_NOTE_MAX_BYTES);
	*out = e;
	return TB_OK;
}

void tb_election_free(tb_election *e)
{
	if (e == NULL)
		return;
	board_ref_release(e->ref);
	tb_view_release(&e->view);
	(void)pthread_mutex_destroy(&e->view_lock);
	(void)pthread_mutex_destroy(&e->witnessed_lock);
	tb_buf_release(&e->witnessed.text);
	(void)pthread_cond_destroy(&e->settled);
	(void)pthread_mutex_destroy(&e->lock);
	free(e);
}

tb_board_ref *tb_election_board(tb_election *e)
{
	tb_board_ref *ref;

	(void)pthread_mutex_lock(&e->lock);
	ref = e->ref;
	ref->num_refs++;
	(void)pthread_mutex_unlock(&e->lock);
	return ref;
}

void tb_election_board_drop(tb_election *e, tb_board_ref *ref)
{
	(void)pthread_mutex_lock(&e->lock);
	board_ref_release(ref);
	(void)pthread_mutex_unlock(&e->lock);
}

/* ---- the tally ---- */

typedef struct tally_pass {
	tb_tally *tally;
	const tb_board *board;
	pthread_mutex_t *lock;
	const atomic_bool *stop;
	tb_fault *fault;
} tally_pass;

static void lock_if(pthread_mutex_t *lock)
{
	if (lock != NULL)
		(void)pthread_mutex_lock(lock);
}

static void unlock_if(pthread_mutex_t *lock)
{
	if (lock != NULL)
		(void)pthread_mutex_unlock(lock);
}

static tb_err tally_entry(
	void *arg, uint64_t index, const tb_entry *e, const uint8_t leaf[32], tb_roll_chunk *chunk)
{
	tally_pass *p = arg;
	tb_board_ballot about;
	tb_err err;

	(void)chunk;
	if (p->stop != NULL && atomic_load(p->stop))
		return TB_ERR_STATE;
	if (e->type != TB_ENTRY_BALLOT)
		return TB_OK;
	lock_if(p->lock);
	err = tb_board_ballot_at(p->board, e->signer_id, index, &about);
	unlock_if(p->lock);
	if (err != TB_OK || !about.is_counted)
		return err;
	err = tb_tally_list(p->tally, index, leaf, about.weight);
	if (err == TB_OK)
		err = tb_tally_add_payload(
			p->tally, index, e->payload, e->payload_len, about.weight, p->fault);
	return err;
}

tb_err tb_election_tally(tb_tally **out, uint64_t election, const tb_board *board, tb_store *store,
	pthread_mutex_t *lock, const atomic_bool *stop, tb_fault *fault)
{
	tally_pass p = {.board = board, .lock = lock, .stop = stop, .fault = fault};
	tb_tally_close close;
	uint64_t first;
	tb_err err;

	*out = NULL;
	lock_if(lock);
	first = tb_board_open_index(board);
	err = tb_board_closing(board, &close);
	unlock_if(lock);
	if (err == TB_OK)
		err = tb_tally_new(&p.tally, tb_board_params(board));
	if (err == TB_OK)
		err = tb_log_read(store, election, first, close.size, tally_entry, &p, fault);
	if (err == TB_OK)
		err = tb_tally_finish(p.tally, &close);
	if (err != TB_OK) {
		tb_tally_free(p.tally);
		return err;
	}
	*out = p.tally;
	return TB_OK;
}

/* ---- replay ---- */

typedef struct replay {
	tb_election *election;
	tb_store *store;
	tb_board *board;
	tb_merkle_tree tree;
	tb_fault *fault;
} replay;

/* The very steps by which an entry is admitted, its signature and (but for ballots, which were checked before they were
 * appended) its proofs included. */
static tb_err replay_entry(
	void *arg, uint64_t index, const tb_entry *e, const uint8_t leaf[32], tb_roll_chunk *chunk)
{
	replay *r = arg;
	tb_tally *tally;
	tb_err err;

	(void)index;
	if (chunk != NULL)
		tb_board_give_chunk(r->board, leaf, chunk);
	err = tb_board_check(r->board, e, leaf, r->fault);
	if (err == TB_ERR_STATE && tb_board_phase(r->board) == TB_PHASE_CLOSED &&
		tb_board_tally(r->board) == NULL) {
		/* From here on entries are judged by the tally. */
		err = tb_election_tally(
			&tally, r->election->number, r->board, r->store, NULL, NULL, r->fault);
		if (err == TB_OK)
			err = tb_board_set_tally(r->board, tally);
		if (err == TB_OK)
			err = tb_board_check(r->board, e, leaf, r->fault);
	}
	if (err == TB_OK)
		err = tb_board_apply(r->board, e, leaf);
	if (err == TB_OK)
		tb_merkle_tree_append(&r->tree, leaf);
	return err;
}

static tb_err sign_head(
	tb_buf *note, const char *origin, const tb_merkle_tree *tree, const tb_server_keys *keys)
{
	tb_checkpoint head = {.size = tree->size};
	tb_sign_secret secret;
	tb_vkey key;
	tb_err err = tb_vkey_init(&key, origin, TB_VKEY_ED25519, keys->public.key[TB_PURPOSE_LOG]);

	if (err != TB_OK)
		return err;
	TB_REQUIRE(strlen(origin) < sizeof head.origin);
	memcpy(head.origin, origin, strlen(origin) + 1);
	tb_merkle_tree_root(tree, head.root);
	memcpy(secret.seed, keys->secret.log_seed, sizeof secret.seed);
	err = tb_checkpoint_sign(note, &head, &key, &secret);
	tb_sign_secret_wipe(&secret);
	return err;
}

/* A mix, or the shares of mixed lists, has one right length, which is known while it is awaited; nothing else is large. */
static size_t largest_payload(const tb_board *board)
{
	const tb_tally *tally = tb_board_tally(board);
	size_t due = 0;

	if (tally != NULL && tb_board_phase(board) == TB_PHASE_CLOSED && tb_tally_stage(tally) != NULL)
		due = tb_tally_mixes_due(tally) > 0 ? tb_mix_bytes(tb_tally_stage(tally))
						    : tb_tally_decrypt_bytes(tally);
	return due > TB_BLOB_COMMON_BYTES ? due : TB_BLOB_COMMON_BYTES;
}

/* What is to be served when board and tree are as given. */
static tb_err make_view(
	tb_view *v, const tb_board *board, const tb_merkle_tree *tree, const tb_server_keys *keys)
{
	const tb_manifest *m = tb_board_manifest(board);
	tb_err err;

	TB_REQUIRE(tb_board_size(board) == tree->size);
	view_init(v);
	v->size = tree->size;
	v->phase = tb_board_phase(board);
	v->opens = m->opens;
	v->rehearsal = m->rehearsal;
	TB_REQUIRE(strlen(m->title) < sizeof v->title);
	memcpy(v->title, m->title, strlen(m->title) + 1);
	v->has_client = tb_board_client(board, v->client);
	v->closes = tb_board_closes(board);
	v->max_payload = largest_payload(board);
	err = sign_head(&v->checkpoint, m->origin, tree, keys);
	if (err == TB_OK)
		err = tb_state_json(&v->state, board);
	if (err != TB_OK)
		tb_view_release(v);
	return err;
}

/* Is the stored checkpoint the one that these entries and this key give?  (Ed25519 signs the same bytes in one way only.) */
static tb_err compare_checkpoint(const tb_view *v, const tb_buf *stored, tb_fault *fault)
{
	if (v->checkpoint.len == stored->len && memcmp(v->checkpoint.data, stored->data, stored->len) == 0)
		return TB_OK;
	return tb_fault_set(fault, "LOG.CHECKPOINT", "checkpoint",
		"the one that was signed when the last entry was committed",
		"entries or a key that give another");
}

tb_err tb_election_replay(tb_election *e, tb_store *store, const tb_server_keys *keys, tb_fault *fault)
{
	replay r = {.election = e, .store = store, .fault = fault};
	tb_board_ref *ref;
	uint64_t size = 0;
	tb_buf note;
	tb_view view;
	tb_err err = board_ref_new(&ref);

	if (err != TB_OK)
		return err;
	view_init(&view);
	r.board = ref->board;
	tb_merkle_tree_init(&r.tree);
	tb_buf_init(&note, NOTE_MAX);
	err = tb_store_checkpoint(store, e->number, &size, &note);
	if (err == TB_OK && size == 0)
		err = TB_ERR_IO;
	if (err == TB_OK)
		err = tb_log_read(store, e->number, 0, size, replay_entry, &r, fault);
	if (err == TB_OK)
		err = make_view(&view, r.board, &r.tree, keys);
	if (err == TB_OK)
		err = compare_checkpoint(&view, &note, fault);
	if (err == TB_OK) {
		board_ref_release(e->ref);
		e->ref = ref;
		e->tree = r.tree;
		e->is_stale = false;
		tb_election_publish(e, &view);
	} else {
		board_ref_release(ref);
	}
	tb_view_release(&view);
	tb_buf_release(&note);
	return err;
}

/* ---- the view ---- */

tb_err tb_election_prepare(const tb_election *e, const tb_server_keys *keys, tb_view *next)
{
	return make_view(next, e->ref->board, &e->tree, keys);
}

void tb_election_publish(tb_election *e, tb_view *next)
{
	tb_view old;

	(void)pthread_mutex_lock(&e->view_lock);
	old = e->view;
	e->view = *next;
	(void)pthread_mutex_unlock(&e->view_lock);
	tb_view_release(&old);
	view_init(next);
}

void tb_election_settle(tb_election *e)
{
	while (e->is_ahead)
		(void)pthread_cond_wait(&e->settled, &e->lock);
}

tb_err tb_election_read_checkpoint(tb_election *e, uint64_t *size, uint32_t *num_cosigned, tb_buf *out)
{
	const tb_buf *text;
	bool is_cosigned;

	(void)pthread_mutex_lock(&e->view_lock);
	is_cosigned = e->witnessed.size == e->view.size && e->view.size > 0;
	text = is_cosigned ? &e->witnessed.text : &e->view.checkpoint;
	*size = e->view.size;
	*num_cosigned = is_cosigned ? e->witnessed.num : 0;
	tb_buf_append(out, text->data, text->len);
	(void)pthread_mutex_unlock(&e->view_lock);
	return tb_buf_status(out);
}

tb_err tb_election_read_state(tb_election *e, tb_buf *out)
{
	(void)pthread_mutex_lock(&e->view_lock);
	tb_buf_append(out, e->view.state.data, e->view.state.len);
	(void)pthread_mutex_unlock(&e->view_lock);
	return tb_buf_status(out);
}

uint64_t tb_election_size(tb_election *e)
{
	uint64_t size;

	(void)pthread_mutex_lock(&e->view_lock);
	size = e->view.size;
	(void)pthread_mutex_unlock(&e->view_lock);
	return size;
}

size_t tb_election_max_payload(tb_election *e)
{
	size_t most;

	(void)pthread_mutex_lock(&e->view_lock);
	most = e->view.max_payload > 0 ? e->view.max_payload : TB_BLOB_COMMON_BYTES;
	(void)pthread_mutex_unlock(&e->view_lock);
	return most;
}

tb_phase tb_election_phase(tb_election *e)
{
	tb_phase phase;

	(void)pthread_mutex_lock(&e->view_lock);
	phase = e->view.phase;
	(void)pthread_mutex_unlock(&e->view_lock);
	return phase;
}

static tb_err read_node(void *ctx, uint8_t out[TB_MERKLE_BYTES], unsigned level, uint64_t index)
{
	tb_election_nodes *n = ctx;
	tb_buf hash;
	tb_err err;

	tb_buf_init(&hash, TB_MERKLE_BYTES);
	err = tb_store_hashes(n->store, n->election, level, index, 1, &hash);
	if (err == TB_OK)
		memcpy(out, hash.data, TB_MERKLE_BYTES);
	tb_buf_release(&hash);
	return err == TB_ERR_NOT_FOUND ? TB_ERR_IO : err;
}

tb_merkle_reader tb_election_node_reader(tb_election_nodes *nodes)
{
	return (tb_merkle_reader){.node = read_node, .ctx = nodes};
}
