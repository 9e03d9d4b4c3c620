/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_MANIFEST_H
#define TB_CORE_ELECTION_MANIFEST_H

#include "core/base/buf.h"
#include "core/count/count.h"
#include "core/election/ranking.h"
#include "core/log/checkpoint.h"
#include "core/log/entry.h"
#include "crypto/bitproof.h"

/*
 * What an election is: the payload of entry 0 [MANIFEST].  A manifest that tb_manifest_parse() has let
 * through obeys every rule MANIFEST.*, TEXT and ID; what was put together by hand is checked by
 * tb_manifest_check().  JS twin: client-js/core/manifest.js.
 *
 * Ownership: every pointer in these structs is owned (malloc) and never NULL in a parsed manifest but for
 * empty arrays.
 */
#define TB_MANIFEST_MAX_BYTES (1u << 20)
#define TB_MAX_TRUSTEES 20
#define TB_MAX_ENDORSERS 20 /* extra ones, besides the trustees */
#define TB_MAX_QUESTIONS 20
#define TB_MAX_OPTIONS 500
#define TB_MAX_SCORE 255
#define TB_MAX_WEIGHT 1000000
#define TB_MAX_TOTAL (UINT64_C(1) << 40) /* total weight times score_max */
#define TB_ID_MAX 64                     /* bytes of an id */
#define TB_NAME_MAX 200                  /* bytes of a title, label or name */
#define TB_TEXT_MAX 20000                /* bytes of a text or reason */
#define TB_LINK_MAX 2000
#define TB_MAX_WITNESSES 20
#define TB_ORIGIN_MAX 200
#define TB_BALLOT_MAX_BYTES (1u << 20)
#define TB_MAX_COUNT_BAR (UINT64_C(1) << 40) /* minimum and quorum of a count */
#define TB_MAX_RATIO 1000000

typedef enum tb_method {
	TB_METHOD_REFERENDUM,
	TB_METHOD_CHOOSE,
	TB_METHOD_APPROVAL,
	TB_METHOD_SCORE,
	TB_METHOD_RANKED
} tb_method;
typedef enum tb_granularity {
	TB_GRANULARITY_SECOND,
	TB_GRANULARITY_MINUTE,
	TB_GRANULARITY_HOUR,
	TB_GRANULARITY_DAY
} tb_granularity;
typedef enum tb_rules { TB_RULES_STANDARD, TB_RULES_EXTENDED } tb_rules;
typedef enum tb_revote { TB_REVOTE_LAST, TB_REVOTE_NEVER } tb_revote;
typedef enum tb_eligibility { TB_ELIGIBILITY_OFFLINE, TB_ELIGIBILITY_SERVER } tb_eligibility;
typedef enum tb_base {
	TB_BASE_NONE,
	TB_BASE_BALLOTS,
	TB_BASE_ELECTORATE,
	TB_BASE_OPTIONS_SUM,
	TB_BASE_COUNT
} tb_base;

/* A quorum (NONE, ELECTORATE, COUNT) or an approval rule (NONE, BALLOTS, ELECTORATE, OPTIONS_SUM). */
typedef struct tb_bar {
	tb_base base;
	uint32_t a, b;  /* the fraction a/b, but for COUNT */
	bool strict;    /* more than, instead of at least */
	uint64_t count; /* for COUNT */
} tb_bar;

typedef struct tb_option {
	char *id, *label, *text, *link;
	char *picture; /* base64 of a PNG, JPEG or WebP file [MANIFEST.PICTURE]; NULL: none */
} tb_option;

/* How the ballots of a ranked question are counted [RANK.MANIFEST]; all of it 0 and NULL in any other question. */
typedef struct tb_count_rule {
	char *method; /* the id with its version; owned */
	bool equal;   /* may options share a rank? */
	uint64_t minimum, quorum;
	uint32_t default_option; /* its index; TB_COUNT_NOBODY: none */
	tb_count_ratio *ratios;  /* one per option, owned; NULL: none are asked for */
} tb_count_rule;

typedef struct tb_question {
	char *id, *title, *text;
	tb_method method;
	tb_option *options;
	uint32_t num_options;
	uint32_t min, max, score_max;
	bool blank, random_order;
	uint32_t winners;
	tb_bar quorum, approval;
	tb_count_rule count;
} tb_question;

typedef struct tb_trustee {
	char *name;
	uint8_t sign_key[32], transport_key[32], cosign_key[32];
} tb_trustee;

typedef struct tb_endorser {
	char *id, *name;
	uint8_t sign_key[32], cosign_key[32];
} tb_endorser;

/* Cosigns heads of the log [MANIFEST.WITNESSES]; has no part in the election itself. */
typedef struct tb_witness_key {
	char *name; /* of its key, as C2SP signed notes have it */
	uint8_t key[32];
} tb_witness_key;

typedef struct tb_manifest {
	char *slug, *origin, *title, *text;
	const tb_group *group; /* static */
	uint64_t opens, closes;
	tb_granularity granularity;
	tb_rules rules;
	tb_revote revote;
	bool rehearsal;
	uint64_t privacy_floor;
	uint64_t min_holders;
	bool weights_warn; /* below min_holders: warn instead of refuse */
	tb_eligibility eligibility;
	char *server_name, *admin_name, *registrar_name;
	uint8_t server_sign_key[32], server_log_key[32], admin_key[32], registrar_key[32];
	uint32_t threshold;
	uint32_t mixes; /* how many trustees shuffle the ranked ballots; 0 where no question is ranked */
	tb_trustee *trustees;
	uint32_t num_trustees;
	tb_endorser *endorsers;
	uint32_t num_endorsers;
	tb_witness_key *witnesses;
	uint32_t num_witnesses, witnesses_needed; /* both 0: there is no such policy */
	tb_question *questions;
	uint32_t num_questions;
} tb_manifest;

void tb_manifest_init(tb_manifest *m);    /* empty; every string NULL */
void tb_manifest_release(tb_manifest *m); /* frees; *m is then as after init */

/* Reads and checks everything.  RULE with MANIFEST.*, RANK.MANIFEST, TEXT, ID or JSON.CANONICAL and a path such as
 * "questions[2].max"; MEMORY. On failure *out is as after init. */
TB_CHECKED tb_err tb_manifest_parse(tb_manifest *out, const void *bytes, size_t len, tb_fault *fault);
/* All rules, for a manifest made otherwise than by parsing.  A NULL string counts as empty.  RULE, MEMORY. */
TB_CHECKED tb_err tb_manifest_check(const tb_manifest *m, tb_fault *fault);
/* The same for one that is still being put together: the roles in `missing` (bits of 1 << tb_role) need not be
 * there; for TB_ROLE_TRUSTEE: not all of them, and the threshold may be above their number. */
TB_CHECKED tb_err tb_manifest_check_draft(const tb_manifest *m, unsigned missing, tb_fault *fault);
/* The canonical bytes of a manifest that is right; appended.  MEMORY, LIMIT. */
TB_CHECKED tb_err tb_manifest_write(tb_buf *out, const tb_manifest *m);
/* The names in the JSON: "referendum", "minute" ... */
const char *tb_method_name(tb_method v);
const char *tb_granularity_name(tb_granularity v);

/* ---- what follows from it ---- */
uint64_t tb_manifest_granule(const tb_manifest *m);                /* seconds: 1, 60, 3600, 86400 */
uint64_t tb_manifest_floor_time(const tb_manifest *m, uint64_t t); /* t floored to the granularity */
uint64_t tb_manifest_longest_window(const tb_manifest *m);  /* seconds: 60 or 366 days [MANIFEST.WINDOW] */
uint32_t tb_manifest_total_endorsers(const tb_manifest *m); /* N: trustees and extra endorsers */
uint32_t tb_manifest_required_endorsements(const tb_manifest *m); /* ceil((N+t)/2) */
uint32_t tb_manifest_max_score(const tb_manifest *m);             /* the largest score_max of all questions */

/*
 * How many of the witnesses have cosigned a checkpoint of this election [WITNESS.POLICY]; at least witnesses_needed of them make it a
 * witnessed one.  SIGNATURE when a line by one of their keys is not right, MEMORY; *num is then unchanged.
 */
TB_CHECKED tb_err tb_manifest_count_witnesses(const tb_manifest *m, const tb_note *note, uint32_t *num);

bool tb_manifest_has_ranked(const tb_manifest *m); /* is any question ranked? */

/* The shape of the proof of a question that is not ranked [BALLOT.DEFINITION].  RANGE, LIMIT (for a checked manifest only RANGE, of a
 * ranked question). */
TB_CHECKED tb_err tb_question_define(tb_bitproof_definition *out, const tb_question *q);
/* The same of a ranked one [RANK.DEFINITION].  RANGE (of any other question, too). */
TB_CHECKED tb_err tb_question_define_ranking(tb_ranking_definition *out, const tb_question *q);
/* Bytes of a whole ballot [BALLOT.PAYLOAD] by a voter with an id of `id_len` bytes; 0 when a question has no
 * definition. */
size_t tb_manifest_ballot_bytes(const tb_manifest *m, size_t id_len);

/* The public key (wire form) that signs entries of this signer [ENTRY.SIGNER]; voters are on the roll, not
 * here.  NOT_FOUND. */
TB_CHECKED tb_err tb_manifest_signer_key(
	const tb_manifest *m, tb_role role, uint32_t trustee, const char *id, const uint8_t **key);
/* The same for the Ed25519 cosigner key of a trustee or endorser.  NOT_FOUND. */
TB_CHECKED tb_err tb_manifest_cosign_key(
	const tb_manifest *m, tb_role role, uint32_t trustee, const char *id, const uint8_t **key);
/* Index 0..N-1 of an endorser (trustees first).  NOT_FOUND. */
TB_CHECKED tb_err tb_manifest_endorser_index(
	const tb_manifest *m, tb_role role, uint32_t trustee, const char *id, uint32_t *index);

/* ---- ids and texts: shared by everything with people's words in it ---- */
/* [a-z0-9._-]{1,64}, and with `slug` [a-z0-9][a-z0-9-]{0,63} [ID]. */
bool tb_id_is_valid(const char *id, size_t len);
bool tb_slug_is_valid(const char *slug, size_t len);

#endif
