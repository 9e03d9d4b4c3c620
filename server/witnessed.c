/* SPDX-License-Identifier: Apache-2.0 */
#include "server/witnessed.h"

#include <inttypes.h>
#include <string.h>

#include "server/slog.h"

/* The head again, with the lines of the log and of the election's witnesses, each once.  Whoever brings a head could put more there, up to 128 KiB
 * in any words, and everybody would be served it with the checkpoint and with every receipt. */
static tb_err tidy(tb_buf *out, const tb_manifest *m, const tb_note *note)
{
	tb_vkey key;
	tb_err err = tb_vkey_init(&key, m->origin, TB_VKEY_ED25519, m->server_log_key);

	tb_buf_append(out, note->text, note->text_len);
	tb_buf_u8(out, '\n');
	if (err == TB_OK)
		tb_note_copy_line(out, note, &key);
	for (uint32_t i = 0; i < m->num_witnesses && err == TB_OK; i++) {
		err = tb_vkey_init(&key, m->witnesses[i].name, TB_VKEY_COSIGNATURE, m->witnesses[i].key);
		if (err == TB_OK)
			tb_note_copy_line(out, note, &key);
	}
	return err == TB_OK ? tb_buf_status(out) : err;
}

/* Counts the witnesses, and writes what is kept of the note.  The policy never changes: it may be asked without the board's lock. */
static tb_err count(
	tb_election *e, const tb_note *note, tb_buf *out, uint32_t *num, uint32_t *needed, tb_fault *fault)
{
	tb_board_ref *ref = tb_election_board(e);
	const tb_manifest *m = tb_board_manifest(ref->board);
	tb_err err = tb_manifest_count_witnesses(m, note, num);

	*needed = m->witnesses_needed;
	if (err == TB_ERR_SIGNATURE)
		err = tb_fault_set(
			fault, "LOG.CHECKPOINT", "body", "right signatures of witnesses", "one that is not");
	else if (err == TB_OK && m->num_witnesses == 0)
		err = tb_fault_set(
			fault, "WITNESS.POLICY", "body", "an election with witnesses", "one without");
	else if (err == TB_OK && *num == 0)
		err = tb_fault_set(fault, "WITNESS.POLICY", "body",
			"a cosignature of a witness of this election", "none");
	else if (err == TB_OK)
		err = tidy(out, m, note);
	tb_election_board_drop(e, ref);
	return err;
}

/* Is it a head that this server has signed?  The root of the first entries says so, whatever the note says. */
static tb_err open_head(tb_app *app, tb_election *e, const char *text, size_t len, tb_checkpoint *head,
	tb_note *note, tb_fault *fault)
{
	tb_election_nodes nodes = {.store = app->store, .election = e->number};
	tb_merkle_reader reader = tb_election_node_reader(&nodes);
	tb_board_ref *ref = tb_election_board(e);
	const tb_manifest *m = tb_board_manifest(ref->board);
	uint8_t root[TB_MERKLE_BYTES];
	tb_why why = {""};
	tb_vkey key;
	tb_err err = tb_vkey_init(&key, m->origin, TB_VKEY_ED25519, m->server_log_key);

	tb_election_board_drop(e, ref);
	if (err == TB_OK)
		err = tb_checkpoint_open(head, note, text, len, &key, &why);
	if (err != TB_OK && err != TB_ERR_MEMORY)
		return tb_fault_set(fault, "LOG.CHECKPOINT", "body", "a checkpoint of this log", why.text);
	if (err != TB_OK)
		return err;
	if (head->size == 0 || head->size > tb_election_size(e))
		return tb_fault_setf(fault, "LOG.CHECKPOINT", "body", "a head of this log",
			"one with %" PRIu64 " entries", head->size);
	err = tb_merkle_root(root, &reader, head->size);
	if (err == TB_OK && memcmp(root, head->root, sizeof root) != 0)
		err = tb_fault_set(fault, "LOG.CONSISTENT", "body", "a head of this log", "another root");
	return err;
}

/* Enough witnesses first; then more entries; then more witnesses. */
static bool is_better(const tb_witnessed *old, const tb_witnessed *w)
{
	if (w->is_enough != old->is_enough)
		return w->is_enough;
	return w->size > old->size || (w->size == old->size && w->num > old->num);
}

/* Checks it, and makes what would be kept of it: *out owns its text. */
static tb_err judge(
	tb_app *app, tb_election *e, const char *text, size_t len, tb_witnessed *out, tb_fault *fault)
{
	tb_checkpoint head;
	tb_note note;
	uint32_t needed = 0;
	tb_err err = open_head(app, e, text, len, &head, &note, fault);

	memset(out, 0, sizeof *out);
	tb_buf_init(&out->text, TB_NOTE_MAX_BYTES);
	if (err == TB_OK)
		err = count(e, &note, &out->text, &out->num, &needed, fault);
	if (err != TB_OK) {
		tb_buf_release(&out->text);
		return err;
	}
	out->size = head.size;
	out->is_enough = out->num >= needed;
	return TB_OK;
}

/* In the place of the one before, which is what *w is then. */
static void swap(tb_election *e, tb_witnessed *w)
{
	tb_witnessed old;

	(void)pthread_mutex_lock(&e->view_lock);
	old = e->witnessed;
	e->witnessed = *w;
	(void)pthread_mutex_unlock(&e->view_lock);
	*w = old;
}

tb_err tb_witnessed_take(
	tb_app *app, tb_election *e, const char *text, size_t len, uint32_t *num, tb_fault *fault)
{
	tb_witnessed w;
	tb_err err = judge(app, e, text, len, &w, fault);

	if (err != TB_OK)
		return err;
	/* Of two at once the better one must be the one that is kept; nobody who reads waits for the disk. */
	(void)pthread_mutex_lock(&e->witnessed_lock);
	if (is_better(&e->witnessed, &w)) {
		err = tb_store_set_witnessed(app->store, e->number, w.text.data, w.text.len);
		if (err == TB_OK)
			swap(e, &w);
	}
	*num = e->witnessed.num;
	(void)pthread_mutex_unlock(&e->witnessed_lock);
	tb_buf_release(&w.text);
	return err;
}

tb_err tb_witnessed_load(tb_app *app, tb_election *e)
{
	tb_fault fault = {0};
	tb_witnessed w;
	tb_buf text;
	tb_err err;

	tb_buf_init(&text, TB_NOTE_MAX_BYTES);
	err = tb_store_witnessed(app->store, e->number, &text);
	if (err == TB_OK)
		err = judge(app, e, tb_buf_cstr(&text), text.len, &w, &fault);
	if (err == TB_OK) {
		swap(e, &w);
		tb_buf_release(&w.text);
	} else if (err == TB_ERR_RULE) {
		tb_slog(TB_SLOG_WARNING, "witnessed", "election=%s: %s: what was kept is not of this log",
			e->slug, fault.rule);
	}
	tb_buf_release(&text);
	return err == TB_ERR_NOT_FOUND || err == TB_ERR_RULE ? TB_OK : err;
}

/* Under the view's lock. */
static tb_err append(const tb_witnessed *w, uint64_t *size, tb_buf *out)
{
	*size = w->size;
	tb_buf_append(out, w->text.data, w->text.len);
	return tb_buf_status(out);
}

tb_err tb_witnessed_read(tb_election *e, uint64_t *size, tb_buf *out)
{
	tb_err err = TB_ERR_NOT_FOUND;

	(void)pthread_mutex_lock(&e->view_lock);
	if (e->witnessed.size > 0)
		err = append(&e->witnessed, size, out);
	(void)pthread_mutex_unlock(&e->view_lock);
	return err;
}

tb_err tb_witnessed_read_for(tb_election *e, uint64_t index, uint64_t *size, tb_buf *out)
{
	tb_err err = TB_ERR_NOT_FOUND;

	(void)pthread_mutex_lock(&e->view_lock);
	if (e->witnessed.is_enough && index < e->witnessed.size)
		err = append(&e->witnessed, size, out);
	(void)pthread_mutex_unlock(&e->view_lock);
	return err;
}
