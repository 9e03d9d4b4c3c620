/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/log/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "tests/support/attack.h"

/* F: the log and its clock.  Where the server is the attacker it makes the tree anew and signs the checkpoint. */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}

static tb_maker_file *bundle(const tb_attack_run *r)
{
	for (size_t i = 0; i < r->files.num; i++)
		if (strstr(r->files.file[i].path, "/entries/") != NULL)
			return &r->files.file[i];
	return NULL;
}

static tb_maker_file *tile(const tb_attack_run *r)
{
	return &r->files.file[1];
}

static tb_maker_file *checkpoint(const tb_attack_run *r)
{
	return tb_maker_files_find(&r->files, "log/checkpoint");
}

static void blame_file(tb_attack_run *r, const tb_maker_file *f)
{
	(void)snprintf(r->where, sizeof r->where, "%s", f->path);
}

/* What the user has seen: the checkpoint of this log as it is now. */
static void remember(tb_attack_run *r, const tb_maker *m)
{
	tb_maker_files now;

	tb_maker_files_new(m, &now);
	tb_buf_append(&r->seen, now.file[0].bytes.data, now.file[0].bytes.len);
	tb_maker_files_free(&now);
}

/* ---- histories ---- */

static void cut_tail(tb_attack_run *r)
{
	size_t all;

	tb_attack_begin(r);
	tb_maker_run(r->m);
	remember(r, r->m);
	all = r->m->num_entries;
	r->m->num_entries = tb_board_close_size(r->m->board);
	tb_maker_files_new(r->m, &r->files);
	r->m->num_entries = all;
}

/* The log goes on without an entry that others have seen. */
static void without_entry(tb_attack_run *r, size_t index)
{
	tb_maker *m = r->m;
	tb_buf gone = m->entries[index];

	memmove(&m->entries[index], &m->entries[index + 1], (m->num_entries - index - 1) * sizeof gone);
	m->num_entries--;
	tb_maker_files_new(m, &r->files);
	m->entries[m->num_entries++] = gone;
}

static void ballot_removed(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_run(r->m);
	r->has_entry = true;
	r->entry =
		tb_board_open_index(r->m->board) + 2; /* the next ballot names a checkpoint of the true log */
	without_entry(r, r->entry);
}

static void last_ballot_removed(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_run(r->m);
	r->has_entry = true;
	r->entry = tb_board_close_size(r->m->board) - 2;
	without_entry(r, r->entry);
}

/* The server's own times, which nobody signed, stay where they are. */
static void swap_times(tb_buf *a, tb_buf *b)
{
	uint8_t *x = memmem(a->data, a->len, "\"time\":", 7), *y = memmem(b->data, b->len, "\"time\":", 7);

	TB_REQUIRE(x != NULL && y != NULL);
	for (int i = 7; i < 17; i++) {
		uint8_t t = x[i];

		x[i] = y[i];
		y[i] = t;
	}
}

static void ballots_exchanged(tb_attack_run *r)
{
	size_t at;
	tb_buf one;

	tb_attack_begin(r);
	tb_maker_run(r->m);
	at = tb_board_open_index(r->m->board) + 2;
	one = r->m->entries[at];
	r->m->entries[at] = r->m->entries[at + 1];
	r->m->entries[at + 1] = one;
	swap_times(&r->m->entries[at], &r->m->entries[at + 1]);
	r->has_entry = true;
	r->entry = at; /* its checkpoint is one larger than the log was here */
	tb_maker_files_new(r->m, &r->files);
}

static void other_history(tb_attack_run *r)
{
	tb_maker *before = tb_maker_new(&r->attack->config);

	tb_maker_until_voted(before);
	remember(r, before);
	tb_maker_free(before);
	tb_attack_begin(r);
	tb_maker_run(r->m);
}

static void inserted_before_a_head(tb_attack_run *r)
{
	tb_maker_files now;
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	tb_maker_vote(m, 1);
	remember(r, m);
	/* The same ballots, with a notice before them. */
	m->num_entries -= 2;
	tb_board_free(m->board);
	TB_REQUIRE(tb_board_new(&m->board) == TB_OK);
	{
		size_t num = m->num_entries;
		tb_buf *entries = m->entries;

		m->entries = NULL;
		m->num_entries = m->cap_entries = 0;
		for (size_t i = 0; i < num; i++)
			tb_maker_append(m, entries[i].data, entries[i].len);
		tb_maker_notice(m, "Inserted.");
		for (size_t i = num; i < num + 2; i++)
			tb_maker_append(m, entries[i].data, entries[i].len);
		for (size_t i = 0; i < num + 2; i++)
			tb_buf_release(&entries[i]);
		free(entries);
	}
	tb_maker_files_new(m, &now);
	r->files = now;
}

/* The user compared the fingerprint with a friend, who is shown another board. */
static void other_fingerprint(tb_attack_run *r)
{
	tb_maker *other = tb_maker_new(&r->attack->config);

	tb_maker_until_open(other);
	memcpy(r->context, tb_board_binding(other->board)->context, 32);
	r->has_context = true;
	tb_maker_free(other);
	tb_attack_begin(r);
	tb_maker_run(r->m);
}

/* ---- files ---- */

static void alter_entry(tb_attack_run *r)
{
	tb_maker_file *f = bundle(r);
	size_t at = 0;

	r->has_entry = true;
	r->entry = tb_board_open_index(r->m->board) + 1;
	for (size_t i = 0; i < r->entry; i++)
		at += 2 + r->m->entries[i].len;
	f->bytes.data[at + 100] ^= 1;
	blame_file(r, f);
}

static void alter_tile(tb_attack_run *r)
{
	tile(r)->bytes.data[5] ^= 1;
	blame_file(r, tile(r));
}

static void cut_bundle(tb_attack_run *r)
{
	tb_maker_file *f = bundle(r);

	f->bytes.len -= 2 + r->m->entries[r->m->num_entries - 1].len;
	r->has_entry = true;
	r->entry = r->m->num_entries - 1;
	blame_file(r, f);
}

static void hide_bytes(tb_attack_run *r)
{
	tb_buf_text(&bundle(r)->bytes, "hidden");
	blame_file(r, bundle(r));
}

static void alter_blob(tb_attack_run *r)
{
	tb_maker_file *f = &r->files.file[r->files.num - 1];

	f->bytes.data[1000] ^= 1;
	r->has_entry = true;
	blame_file(r, f);
}

static void drop_blob(tb_attack_run *r)
{
	tb_maker_file *f = &r->files.file[r->files.num - 1];

	r->has_entry = true;
	blame_file(r, f);
	tb_buf_release(&f->bytes);
	r->files.num--;
}

static void long_texts(void *arg, tb_manifest *f)
{
	char *text[3];

	(void)arg;
	for (size_t i = 0; i < 3; i++) {
		text[i] = malloc(15001);
		TB_REQUIRE(text[i] != NULL);
		memset(text[i], 'a' + (int)i, 15000);
		text[i][15000] = 0;
	}
	free(f->text);
	f->text = text[0];
	free(f->questions[0].text);
	f->questions[0].text = text[1];
	free(f->questions[0].options[0].text);
	f->questions[0].options[0].text = text[2];
}

#define BLOB                                                                                                 \
	{                                                                                                    \
		.small = true, .num_endorsers = 1, .edit = long_texts                                        \
	}

/* Leaf hashes without the 0x00 in front: then a node can be passed off as an entry. */
static void leaves_like_nodes(tb_attack_run *r)
{
	tb_checkpoint c = {.size = r->m->num_entries};
	tb_maker_file *f = checkpoint(r);
	tb_merkle_tree tree;
	tb_vkey key;

	tb_merkle_tree_init(&tree);
	for (size_t i = 0; i < r->m->num_entries; i++) {
		uint8_t hash[32];

		tb_sha256(hash, r->m->entries[i].data, r->m->entries[i].len);
		tb_merkle_tree_append(&tree, hash);
		memcpy(tile(r)->bytes.data + 32 * i, hash, 32);
	}
	tb_merkle_tree_root(&tree, c.root);
	(void)snprintf(c.origin, sizeof c.origin, "%s", r->m->manifest.origin);
	tb_buf_clear(&f->bytes);
	TB_REQUIRE(tb_vkey_init(&key, c.origin, TB_VKEY_ED25519, r->m->server.ed_key) == TB_OK &&
		   tb_checkpoint_sign(&f->bytes, &c, &key, &r->m->server.ed) == TB_OK);
	r->has_entry = true;
	r->entry = 0;
	blame_file(r, bundle(r));
}

/* ---- checkpoints ---- */

static void sign_checkpoint(
	tb_attack_run *r, const char *origin, const char *name, const tb_maker_person *who)
{
	tb_checkpoint c;
	tb_note note;
	tb_why why;
	tb_vkey key;
	tb_buf out;
	tb_maker_file *f = checkpoint(r);

	TB_REQUIRE(tb_checkpoint_parse(&c, &note, (const char *)f->bytes.data, f->bytes.len, &why) == TB_OK);
	(void)snprintf(c.origin, sizeof c.origin, "%s", origin);
	tb_buf_init(&out, 1 << 16);
	TB_REQUIRE(tb_vkey_init(&key, name, TB_VKEY_ED25519, who->ed_key) == TB_OK &&
		   tb_checkpoint_sign(&out, &c, &key, &who->ed) == TB_OK);
	tb_buf_clear(&f->bytes);
	tb_buf_append(&f->bytes, out.data, out.len);
	tb_buf_release(&out);
}

static void signed_by_admin(tb_attack_run *r)
{
	sign_checkpoint(r, r->m->manifest.origin, r->m->manifest.origin, &r->m->admin);
}

static void other_origin(tb_attack_run *r)
{
	sign_checkpoint(r, "vote.example.org/e/autumn", "vote.example.org/e/autumn", &r->m->server);
}

static void wrong_signature(tb_attack_run *r)
{
	tb_buf *b = &checkpoint(r)->bytes;

	b->data[b->len - 10] = b->data[b->len - 10] == 'A' ? 'B' : 'A';
}

static void extension_line(tb_attack_run *r)
{
	tb_attack_replace(&checkpoint(r)->bytes, "\n\n", "\nand something else\n\n");
}

static void no_checkpoint(tb_attack_run *r)
{
	tb_buf_release(&r->files.file[0].bytes);
	memmove(&r->files.file[0], &r->files.file[1], (r->files.num - 1) * sizeof r->files.file[0]);
	r->files.num--;
}

/* ---- time and order ---- */

static void at_the_end(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->time = r->m->manifest.closes;
	plan->is_signed = false;
	tb_store_u64(
		plan->payload.data + 2 + plan->payload.data[1] + 32, plan->time); /* the voter's date too */
}

static void a_minute_back(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->time = tb_board_time(r->m->board) - 60;
}

static void between_granules(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->time += 30;
}

static void time_as_text(tb_attack_run *r, tb_buf *bytes)
{
	char *at;

	(void)r;
	(void)tb_buf_cstr(bytes);
	at = strstr((char *)bytes->data, ",\"signer\"");
	TB_REQUIRE(at != NULL);
	*at = 0;
	{
		char from[64], to[64];
		const char *digits = strstr((char *)bytes->data, "\"time\":");

		(void)snprintf(from, sizeof from, "%.40s,", digits);
		(void)snprintf(to, sizeof to, "\"time\":\"%.30s\",", digits + 7);
		*at = ',';
		tb_attack_replace(bytes, from, to);
	}
}

static void ballot_after_close(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_vote(r->m, 0);
	tb_maker_close(r->m);
	tb_attack_here(r);
	tb_maker_vote(r->m, 1);
}

static void ballot_after_result(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	for (uint32_t i = 0; i < 4; i++)
		tb_maker_vote(r->m, i);
	tb_maker_close(r->m);
	tb_maker_tally(r->m);
	for (uint32_t i = 0; i < 4; i++)
		tb_maker_endorse(r->m, i);
	tb_maker_decrypt(r->m, 1);
	tb_maker_decrypt(r->m, 2);
	tb_maker_result(r->m);
	tb_attack_here(r);
	tb_maker_vote(r->m, 4);
}

static void post_text(tb_maker *m, tb_entry_type type, const char *signer, const char *text)
{
	tb_maker_plan plan;

	tb_maker_plan_init(m, &plan, type, signer);
	tb_buf_text(&plan.payload, text);
	tb_maker_post(m, &plan);
}

static void result_without_close(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	tb_attack_here(r);
	post_text(r->m, TB_ENTRY_RESULT, "server", "{}");
}

static void decrypt_before_close(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	tb_attack_here(r);
	post_text(r->m, TB_ENTRY_DECRYPT, "trustee/1", "share");
	tb_maker_close(r->m);
}

static void second_close(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	tb_maker_close(r->m);
	tb_attack_here(r);
	tb_maker_close(r->m);
}

static void close_early(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->time = r->m->manifest.closes - 60;
}

static void cancel_when_known(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_decrypted(r->m);
	tb_attack_here(r);
	tb_maker_cancel(r->m);
}

static void small_blob(tb_attack_run *r, tb_buf *bytes)
{
	(void)r;
	(void)tb_buf_cstr(bytes);
	{
		char *payload = strstr((char *)bytes->data, "\"payload\":\""), *end;
		char from[4096];

		TB_REQUIRE(payload != NULL);
		end = strchr(payload + 11, '"');
		(void)snprintf(from, sizeof from, "%.*s", (int)(end + 1 - payload), payload);
		tb_attack_replace(bytes, from,
			"\"blob\":{\"sha256\":"
			"\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":20}");
	}
}

#define FILES(case_id, words, number, broken, most, how, ...)                                                \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "server or mirror", .check = (number),         \
		.rule = (broken), .num = (most), .type = TB_ENTRY_CANCEL, .files = (how),                    \
		.until = TB_UNTIL_RESULT, .config = __VA_ARGS__                                              \
	}

const tb_attack tb_attacks_log[] = {
	{.id = "F-01a",
		.text = "the tail cut off a log that the user has seen longer",
		.attacker = "server",
		.check = TB_CHECK_TREE,
		.rule = "LOG.CONSISTENT",
		.where = "log/checkpoint",
		.num = 1,
		.make = cut_tail,
		.config = SMALL},
	FILES("F-01b", "a bundle without the log's last entry", TB_CHECK_TREE, "LOG.TILES", 1, cut_bundle,
		SMALL),
	{.id = "F-02a",
		.text = "a ballot removed, tree and checkpoint made anew",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.CHECKPOINT",
		.make = ballot_removed,
		.config = SMALL},
	{.id = "F-02b",
		.text = "the last ballot removed",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "CLOSE",
		.where = "payload.size",
		.make = last_ballot_removed,
		.config = SMALL},
	{.id = "F-03",
		.text = "two ballots exchanged",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.CHECKPOINT",
		.make = ballots_exchanged,
		.config = SMALL},
	FILES("F-04a", "a byte of an entry", TB_CHECK_TREE, "LOG.TREE", 0, alter_entry, SMALL),
	FILES("F-04b", "a byte of a tile", TB_CHECK_TREE, "LOG.TILES", 1, alter_tile, SMALL),
	{.id = "F-05",
		.text = "an entry inserted before a checkpoint that the user has",
		.attacker = "server",
		.check = TB_CHECK_TREE,
		.rule = "LOG.CONSISTENT",
		.where = "seen checkpoint",
		.make = inserted_before_a_head,
		.config = SMALL},
	{.id = "F-07",
		.text = "another history than the one that the user has seen",
		.attacker = "server",
		.check = TB_CHECK_TREE,
		.rule = "LOG.CONSISTENT",
		.where = "seen checkpoint",
		.num = 1,
		.make = other_history,
		.config = SMALL},
	FILES("F-08a", "a checkpoint signed by another key", TB_CHECK_CHECKPOINT, "LOG.CHECKPOINT", 1,
		signed_by_admin, SMALL),
	FILES("F-08b", "a checkpoint of another origin", TB_CHECK_CHECKPOINT, "MANIFEST.ORIGIN", 2,
		other_origin, SMALL),
	FILES("F-08c", "a checkpoint whose signature is wrong", TB_CHECK_CHECKPOINT, "LOG.CHECKPOINT", 1,
		wrong_signature, SMALL),
	{.id = "F-08d",
		.text = "a checkpoint with an extension line, unsigned",
		.attacker = "server or mirror",
		.check = TB_CHECK_CHECKPOINT,
		.rule = "LOG.CHECKPOINT",
		.where = "log/checkpoint",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.files = extension_line,
		.as_folder = true,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "F-08e",
		.text = "no checkpoint",
		.attacker = "server or mirror",
		.check = TB_CHECK_CHECKPOINT,
		.rule = "LOG.CHECKPOINT",
		.where = "log/checkpoint",
		.num = 1,
		.type = TB_ENTRY_CANCEL,
		.files = no_checkpoint,
		.as_folder = true,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "F-12a",
		.text = "a ballot at the very second of the end",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.TIME",
		.where = "time",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 4,
		.edit = at_the_end,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "F-12b",
		.text = "a time before that of the entry before",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.TIME",
		.where = "time",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 3,
		.edit = a_minute_back,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "F-12c",
		.text = "a time as text",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ENVELOPE",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.rewrite = time_as_text,
		.until = TB_UNTIL_RESULT,
		.config = {.small = true, .extras = true}},
	{.id = "F-12d",
		.text = "a time more exact than the manifest allows",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.TIME",
		.where = "time",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 3,
		.edit = between_granules,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "F-14a",
		.text = "a ballot after close",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = ballot_after_close,
		.config = SMALL},
	{.id = "F-14b",
		.text = "a result without close",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = result_without_close,
		.config = SMALL},
	{.id = "F-14c",
		.text = "a second close",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = second_close,
		.config = SMALL},
	{.id = "F-14d",
		.text = "polls closed a minute early",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "CLOSE",
		.where = "time",
		.num = 1,
		.type = TB_ENTRY_CLOSE,
		.edit = close_early,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "F-14e",
		.text = "a ballot after the result",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = ballot_after_result,
		.config = SMALL},
	{.id = "F-14f",
		.text = "a cancellation once shares are known",
		.attacker = "admin",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = cancel_when_known,
		.config = SMALL},
	FILES("F-15", "leaves hashed like nodes", TB_CHECK_TREE, "LOG.TREE", 0, leaves_like_nodes, SMALL),
	FILES("F-16a", "a byte of a blob", TB_CHECK_BLOBS, "LOG.BLOB", 1, alter_blob, BLOB),
	FILES("F-16b", "a blob that is not there", TB_CHECK_BLOBS, "LOG.BLOB", 1, drop_blob, BLOB),
	{.id = "F-16c",
		.text = "a small payload as a blob: a second spelling",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ENVELOPE",
		.where = "blob.size",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.rewrite = small_blob,
		.until = TB_UNTIL_RESULT,
		.config = {.small = true, .extras = true}},
	FILES("F-19", "bytes behind the last entry of a bundle", TB_CHECK_TREE, "LOG.TILES", 1, hide_bytes,
		SMALL),
	{.id = "T-10",
		.text = "a share before the close",
		.attacker = "trustee and server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = decrypt_before_close,
		.config = SMALL},
	{.id = "U-04b",
		.text = "an opening with another fingerprint than the one that the user compared",
		.attacker = "server",
		.check = TB_CHECK_CEREMONY,
		.rule = "CONTEXT",
		.num = 1,
		.make = other_fingerprint,
		.config = SMALL},
	{0},
};
