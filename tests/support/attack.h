/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_ATTACK_H
#define TB_TESTS_SUPPORT_ATTACK_H

#include "tests/support/check_board.h"
#include "tests/support/make_board.h"

/*
 * The corpus of attacks: records of an election with one thing wrong in each, and what a verifier must say about it.  Whoever
 * is the attacker signs anew whatever the attacker could sign, and everybody else goes on as though all were right, so
 * that exactly the stated check catches it.
 */
typedef enum tb_attack_until { /* the last step of the record */
	TB_UNTIL_MANIFEST,
	TB_UNTIL_ROLL,
	TB_UNTIL_COMMIT,
	TB_UNTIL_READY,
	TB_UNTIL_OPEN,
	TB_UNTIL_VOTED,
	TB_UNTIL_CLOSE,   /* the `close` entry, nothing after it */
	TB_UNTIL_ENDORSE, /* all endorsements */
	TB_UNTIL_DECRYPT,
	TB_UNTIL_RESULT
} tb_attack_until;

typedef struct tb_attack_run tb_attack_run;

typedef struct tb_attack {
	const char *id;       /* of the list of attacks, and a letter where it has several forms: "E-09b" */
	const char *text;     /* what was done */
	const char *attacker; /* who did it */
	/* what must be said first: */
	tb_check_number check;
	const char *rule;
	const char *where; /* of that failure; NULL: see the run */
	size_t num;        /* failures in all; 0: more follow from the first */
	/* how it is made: an entry is changed before it is signed, or its bytes after that, or all by hand */
	tb_entry_type type;
	uint32_t which; /* of that type, from 0 */
	void (*edit)(tb_attack_run *r, tb_maker_plan *plan);
	void (*rewrite)(tb_attack_run *r, tb_buf *bytes);
	const char *from, *to; /* instead of both: this text in the payload, or in the bytes if `in_bytes` */
	bool in_bytes;
	void (*make)(tb_attack_run *r);  /* instead of tb_attack_go(): begins with tb_attack_begin() */
	void (*files)(tb_attack_run *r); /* changes files at the end */
	bool as_folder;                  /* no archive can hold it [ARCHIVE] */
	tb_attack_until until;
	tb_maker_config config;
} tb_attack;

struct tb_attack_run {
	const tb_attack *attack;
	tb_maker *m, *other; /* another election of the same people, where one is needed */
	tb_maker_files files;
	uint32_t seen_entries; /* of the type so far */
	bool has_entry;
	uint64_t entry;  /* where the failure must be */
	char where[200]; /* if the attack's is NULL: "" for any */
	tb_buf seen;     /* an older checkpoint that the user has; empty = none */
	bool has_context;
	uint8_t context[32]; /* the fingerprint that the user compared */
};

/* All of them, one table after the other; each ends with id NULL. */
extern const tb_attack *const tb_attack_tables[]; /* ends with NULL */
const tb_attack *tb_attack_nth(size_t n);         /* NULL after the last */

void tb_attack_run_new(tb_attack_run *r, const tb_attack *attack); /* makes the record and its files */
void tb_attack_run_free(tb_attack_run *r);
/* The options with which a verifier must be asked. */
void tb_attack_trust(const tb_attack_run *r, tb_check_trust *out);

/* ---- for those who write attacks ---- */
void tb_attack_begin(tb_attack_run *r); /* r->m, lenient, with the hooks */
void tb_attack_go(tb_attack_run *r);    /* to `until` */
/* The next entry is where it must be caught. */
void tb_attack_here(tb_attack_run *r);
/* Replaces the first occurrence; aborts when there is none. */
void tb_attack_replace(tb_buf *bytes, const char *from, const char *to);
void tb_attack_vote_all(tb_maker *m);
/* A ballot's parts in its payload. */
uint8_t *tb_attack_part(const tb_maker *m, const tb_maker_plan *plan, uint32_t question);
/* Another election of the same people, open. */
void tb_attack_other(tb_attack_run *r);

extern const tb_attack tb_attacks_bytes[], tb_attacks_manifest[], tb_attacks_setup[], tb_attacks_ballot[],
	tb_attacks_proof[], tb_attacks_ranked[], tb_attacks_mix[], tb_attacks_ranked_count[],
	tb_attacks_log[], tb_attacks_result[], tb_attacks_client[];

#endif
