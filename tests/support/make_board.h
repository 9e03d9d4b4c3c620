/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_MAKE_BOARD_H
#define TB_TESTS_SUPPORT_MAKE_BOARD_H

#include "core/election/board.h"
#include "core/election/credential.h"
#include "crypto/sign.h"

/*
 * Makes the record of a whole election without any server: everybody's keys are here, so a test or the corpus of
 * attacks can also let anybody lie.  All of it follows from the configuration (keys, ids, choices, times) but the randomness
 * of ceremony and proofs.  Whatever fails aborts with a message: this is for tests.
 */
typedef struct tb_maker_config {
	const char *group;                /* NULL = ristretto255 */
	const char *slug;                 /* NULL = "spring" */
	uint64_t seed;                    /* other keys and choices for another number */
	uint32_t num_voters;              /* 0 = 5: "v00001" ... */
	uint32_t chunk;                   /* voters in a roll entry; 0 = 1000 */
	uint32_t num_trustees, threshold; /* 0 = 3 and 2 */
	uint32_t num_endorsers;           /* extra ones: "auditor-1" ... */
	uint32_t abstain;                 /* every so many-th voter does not vote; 0 = nobody */
	uint32_t revote;                  /* every so many-th voter votes twice; 0 = nobody */
	uint32_t weights;                 /* weights 1..weights in turn; 0 = all 1 */
	bool extras; /* a notice, an extension, an added, a removed and a renewed voter */
	bool client; /* the server names its web client before the opening, and another one at the end */
	bool small;  /* one referendum only, instead of three questions of different kinds */
	bool ranked; /* and a ranked question, the last one */
	/* Called with the manifest before anything is made of it. */
	void (*edit)(void *arg, tb_manifest *m);
	void *arg;
} tb_maker_config;

typedef struct tb_maker_person {
	tb_secret sign, transport; /* ristretto255; transport for trustees */
	uint8_t sign_key[32], transport_key[32];
	tb_sign_secret ed; /* log key or cosigner key */
	uint8_t ed_key[32];
} tb_maker_person;

typedef struct tb_maker_voter {
	char id[TB_ID_MAX + 1];
	uint32_t weight;
	tb_maker_person keys;
	uint8_t latest[32]; /* leaf hash of the latest ballot, or zeroes */
	uint32_t num_ballots;
	bool is_removed;
	uint32_t *choice; /* the values of the latest ballot, questions one after the other */
	bool *blank;
} tb_maker_voter;

/* An entry before it is signed; a hook may change all of it. */
typedef struct tb_maker_plan {
	tb_entry_type type;
	char signer[TB_SIGNER_MAX];
	uint64_t time;
	tb_buf payload;
	tb_secret key;      /* that signs */
	tb_binding binding; /* to which it is bound */
	bool is_signed;     /* `signature` is there already (a ballot): the payload must not be changed */
	uint8_t signature[TB_SCHNORR_BYTES];
} tb_maker_plan;

typedef struct tb_maker tb_maker;
struct tb_maker {
	tb_maker_config config;
	tb_manifest manifest;
	tb_maker_person server, admin, registrar;
	tb_maker_person trustee[TB_MAX_TRUSTEES], endorser[TB_MAX_ENDORSERS];
	tb_maker_voter *voters;
	uint32_t num_voters, cap_voters;
	tb_board *board;
	tb_election_params *params; /* with prover; once open */
	uint64_t now;
	bool is_lenient;      /* what the board refuses is posted all the same, as a corrupt server would */
	uint32_t num_refused; /* that were */
	tb_fault last_fault;  /* of the last refused one */
	/* Called for every entry before and after it is signed and written; NULL for none. */
	void (*before)(void *arg, tb_maker *m, tb_maker_plan *plan);
	void (*after)(void *arg, tb_maker *m, tb_buf *bytes);
	void *arg;
	/* Takes the entries instead of keeping them here, where the record is too large. */
	void (*stream)(void *arg, const void *bytes, size_t len);
	void *stream_arg;
	/* what was made */
	tb_buf *entries, *blobs; /* exact bytes; blobs in order of first use */
	size_t num_entries, cap_entries, num_blobs, cap_blobs;
};

tb_maker *tb_maker_new(const tb_maker_config *config); /* NULL = all defaults */
void tb_maker_free(tb_maker *m);

/* ---- steps, in the order of an election ---- */
void tb_maker_manifest(tb_maker *m);
void tb_maker_roll(tb_maker *m);
void tb_maker_commit(tb_maker *m, uint32_t trustee);
void tb_maker_certify(tb_maker *m, uint32_t trustee);
void tb_maker_open(tb_maker *m);
/* A vote by the voter with this index; the choice is pseudo-random. */
void tb_maker_vote(tb_maker *m, uint32_t voter);
/* The same without posting: *plan holds the signed ballot; release plan->payload. */
void tb_maker_plan_vote(tb_maker *m, uint32_t voter, tb_maker_plan *plan);
void tb_maker_notice(tb_maker *m, const char *text);
void tb_maker_client(
	tb_maker *m, unsigned version); /* the list of a web client; its "vote" differs by version */
void tb_maker_extend(tb_maker *m, uint64_t closes);
void tb_maker_add(tb_maker *m, const char *id, uint32_t weight);
void tb_maker_remove(tb_maker *m, uint32_t voter);
void tb_maker_renew(tb_maker *m, uint32_t voter);                       /* a new credential */
void tb_maker_renew_as(tb_maker *m, uint32_t voter, const char *label); /* the label decides which */
void tb_maker_close(tb_maker *m);
void tb_maker_tally(tb_maker *m);                    /* the second pass: gives the board its tally */
void tb_maker_endorse(tb_maker *m, uint32_t number); /* 0..N-1, trustees first */
void tb_maker_mix(tb_maker *m, uint32_t trustee);
void tb_maker_decrypt(tb_maker *m, uint32_t trustee);
void tb_maker_result(tb_maker *m);
void tb_maker_cancel(tb_maker *m);

/* Several steps: to the end of the named phase. */
void tb_maker_until_ready(tb_maker *m);
void tb_maker_until_open(tb_maker *m);   /* open, no ballot yet */
void tb_maker_until_voted(tb_maker *m);  /* everything before close */
void tb_maker_until_closed(tb_maker *m); /* with the tally */
void tb_maker_until_endorsed(tb_maker *m);
void tb_maker_until_mixed(tb_maker *m); /* by the first trustees, where mixes are due */
void tb_maker_until_decrypted(tb_maker *m);
void tb_maker_run(tb_maker *m); /* everything */

/* ---- pieces ---- */
void tb_maker_plan_init(tb_maker *m, tb_maker_plan *plan, tb_entry_type type, const char *signer);
void tb_maker_post(
	tb_maker *m, tb_maker_plan *plan); /* signs, writes, checks, takes in; releases the payload */
/* Like tb_maker_post(), but only asks the board what it says. */
tb_err tb_maker_try(tb_maker *m, tb_maker_plan *plan, tb_fault *fault);
void tb_maker_append(tb_maker *m, const void *bytes, size_t len);           /* an entry as it is */
const tb_maker_person *tb_maker_who(const tb_maker *m, const char *signer); /* aborts when there is nobody */
/* What the honest totals are, counted from the choices themselves. */
uint64_t tb_maker_expected(const tb_maker *m, uint32_t question, uint32_t option);

/* ---- the files of the board [LOG.TILES] [LOG.BLOB], as the server would publish them ---- */
typedef struct tb_maker_file {
	char path[200]; /* "log/checkpoint" */
	tb_buf bytes;
} tb_maker_file;

typedef struct tb_maker_files {
	tb_maker_file *file; /* in the order of an archive [ARCHIVE] */
	size_t num, cap;
} tb_maker_files;

void tb_maker_files_new(const tb_maker *m, tb_maker_files *out);      /* the checkpoint is signed anew */
void tb_maker_files_add_counts(const tb_maker *m, tb_maker_files *f); /* [RANK.FILES], once decrypted */
void tb_maker_files_free(tb_maker_files *f);
tb_maker_file *tb_maker_files_find(const tb_maker_files *f, const char *path); /* NULL */
void tb_maker_files_write_folder(const tb_maker_files *f, const char *path);
void tb_maker_files_write_tar(const tb_maker_files *f, const char *path);

#endif
