/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_CHECK_INTERNAL_H
#define TB_CORE_ELECTION_CHECK_INTERNAL_H

#include "core/election/check.h"
#include "core/log/checkpoint.h"
#include "core/log/tile.h"

/* The inside of the verification: check.c (order, report), check_tree.c (1, 2), check_diagnose.c (which file is wrong),
 * check_replay.c (3-9, 12 and 14-17), check_ballots.c (10, 11, 13), check_counts.c (files beside the board), check_words.c (statements). */

#define TB_CHECK_RULES 128         /* different rules whose failures are counted one by one */
#define TB_CHECK_CLIENT_CHANGES 20 /* that are said one by one */
#define TB_CHECK_FEW                                                                                         \
	3 /* below this many voters a total may show how each voted: it is said [ROLL.WEIGHTS] [RESULT.FLOOR] */

/* Entries first .. end-1, whose bytes are not those of the log. */
typedef struct tb_check_range {
	uint64_t first, end;
} tb_check_range;

typedef struct tb_check {
	tb_source *source;
	const tb_check_options *options;
	tb_check_report *report;
	tb_fault *fault; /* why nothing could be said, for the caller */
	struct {
		const char *rule;
		uint64_t num;
	} rules[TB_CHECK_RULES];
	size_t num_rules;

	tb_buf checkpoint_bytes;
	tb_note note; /* borrows from checkpoint_bytes */
	tb_checkpoint checkpoint;
	uint64_t size;          /* of the checkpoint */
	uint32_t num_witnessed; /* witnesses who have cosigned it */

	/* The root of each bundle's entries as the tree pass saw them: what a later pass reads must be the same. */
	uint8_t (*bundle_root)[32];
	size_t cap_roots;
	bool is_hopeless; /* most of the log is not there */
	uint64_t num_bundles;
	tb_check_range *foreign; /* in order, not touching */
	size_t num_foreign, cap_foreign;

	tb_board *board;
	uint64_t end;       /* entries replayed in the first replay: up to and with `close`, or all */
	uint64_t *left_out; /* indices of ballots that are not part of the state, in order */
	size_t num_left_out, cap_left_out;
	tb_buf blob;  /* the latest one */
	tb_buf names; /* sentences about credentials and removals, one a line */
	uint64_t num_names, num_added, num_removed, num_notices;
	tb_buf cancelled; /* the reason */
	const char *work; /* what takes long at the moment: "checking a mix" */
	uint64_t work_done, work_total;
	uint64_t num_client_changes;
	tb_buf client_changes; /* sentences about those after the opening, one a line */
} tb_check;

/* [WITNESS.POLICY] have as many witnesses cosigned the checkpoint as the manifest asks for? */
bool tb_check_is_witnessed(const tb_check *c);

/* ---- reporting ---- */
/* Counts a failure and gives it to the sink unless its rule has had its share. */
void tb_check_fail(tb_check *c, tb_check_number number, const tb_fault *fault);
void tb_check_fail_at(tb_check *c, tb_check_number number, uint64_t entry, const tb_fault *fault);
void tb_check_cover(tb_check *c, tb_check_number number, uint64_t num);
void tb_check_skip(tb_check *c, tb_check_number number, uint64_t num); /* could not be judged */
void tb_check_note(tb_check *c, tb_check_number number, const char *why);
void tb_check_stage(tb_check *c, const char *label, uint64_t total);
void tb_check_progress(tb_check *c, uint64_t more);
/* The same for what a tally does (tb_tally_set_work): each round of it is a stage named c->work. */
void tb_check_work(void *check, uint64_t done, uint64_t total);
/* Two hashes that should be equal. */
void tb_check_hashes(tb_fault *f, const char *rule, const char *where, const uint8_t expected[32],
	const uint8_t found[32]);

/* ---- reading ---- */
/* A file of the board into *out.  NOT_FOUND; IO, LIMIT (then *c->fault is filled), MEMORY. */
TB_CHECKED tb_err tb_check_read(tb_check *c, tb_buf *out, const char *path);
/* The bundle or tile; its path is written too. */
TB_CHECKED tb_err tb_check_read_tile(tb_check *c, tb_buf *out, const tb_tile *t, char path[TB_PATH_MAX]);
/* Splits a bundle; returns how many entries are whole.  *has_more: bytes follow the last one. */
unsigned tb_check_split(
	const tb_buf *bytes, unsigned width, const uint8_t **entry, size_t *len, bool *has_more);
/* The leaf hashes of a bundle as the level-0 tile has them (zeroes where it is not there): what stands for entries that cannot be
 * read, so that the rest of the tree still means something. */
TB_CHECKED tb_err tb_check_leaves_of_tile(
	tb_check *c, uint64_t bundle, unsigned width, uint8_t leaf[TB_TILE_WIDTH][32]);
unsigned tb_check_bundle_width(const tb_check *c, uint64_t bundle);
TB_CHECKED tb_err tb_check_add_foreign(tb_check *c, uint64_t first, uint64_t end); /* not known yet */

/*
 * One bundle for a pass after the first: its entries, which are known to be those that the tree pass saw.  Foreign
 * entries have NULL bytes, and the leaf hash that the level-0 tile has.
 */
typedef struct tb_check_bundle {
	uint64_t index;
	unsigned num;
	tb_buf bytes;
	const uint8_t *entry[TB_TILE_WIDTH];
	size_t len[TB_TILE_WIDTH];
	uint8_t leaf[TB_TILE_WIDTH][32];
} tb_check_bundle;

void tb_check_bundle_init(tb_check_bundle *b);
void tb_check_bundle_release(tb_check_bundle *b);
/* Reads and splits; the leaf hashes are computed by tb_check_bundle_hash() (thread safe), which returns IO when these are not the
 * bytes of the tree pass: somebody changed the board meanwhile. */
TB_CHECKED tb_err tb_check_bundle_read(tb_check *c, tb_check_bundle *b, uint64_t index);
TB_CHECKED tb_err tb_check_bundle_hash(const tb_check *c, tb_check_bundle *b);

/* ---- the passes ---- */
TB_CHECKED tb_err tb_check_tree(tb_check *c); /* fills bundle_root and foreign */
/* The entries lead to `root`, which is not the checkpoint's: which files are to blame?  *by_tiles: the tiles
 * lead to the right root, so they could say it. */
TB_CHECKED tb_err tb_check_diagnose(tb_check *c, const uint8_t root[32], bool *by_tiles);
TB_CHECKED tb_err tb_check_replay(tb_check *c);  /* from entry 0 to `close` */
TB_CHECKED tb_err tb_check_ballots(tb_check *c); /* and the tally, once closed */
TB_CHECKED tb_err tb_check_rest(tb_check *c);    /* from `close` to the end */
TB_CHECKED tb_err tb_check_counts(tb_check *c);  /* [RANK.FILES], once all is replayed */
TB_CHECKED tb_err tb_check_words(tb_check *c);

#endif
