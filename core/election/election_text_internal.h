/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ELECTION_TEXT_INTERNAL_H
#define TB_CORE_ELECTION_ELECTION_TEXT_INTERNAL_H

#include "core/election/credential.h"
#include "core/election/election_text.h"

/* What the files election_text*.c share. */

/* ---- keywords ---- */
typedef enum tb_keyword {
	TB_KEY_TITLE,
	TB_KEY_SLUG,
	TB_KEY_ORIGIN,
	TB_KEY_GROUP,
	TB_KEY_OPENS,
	TB_KEY_CLOSES,
	TB_KEY_GRANULARITY,
	TB_KEY_RULES,
	TB_KEY_REVOTE,
	TB_KEY_REHEARSAL,
	TB_KEY_FLOOR,
	TB_KEY_WEIGHTS,
	TB_KEY_ELIGIBILITY,
	TB_KEY_SERVER,
	TB_KEY_ADMIN,
	TB_KEY_REGISTRAR,
	TB_KEY_THRESHOLD,
	TB_KEY_MIXES,
	TB_KEY_TRUSTEE,
	TB_KEY_ENDORSER,
	TB_KEY_WITNESSES,
	TB_KEY_WITNESS,
	TB_KEY_QUESTION, /* from here on: of a question */
	TB_KEY_ID,
	TB_KEY_METHOD,
	TB_KEY_WINNERS,
	TB_KEY_QUORUM,
	TB_KEY_APPROVAL,
	TB_KEY_ORDER,
	TB_KEY_BLANK,
	TB_KEY_COUNT, /* of a ranked question, to the one with the default option's quorum */
	TB_KEY_EQUAL,
	TB_KEY_MINIMUM,
	TB_KEY_DEFAULT,
	TB_KEY_DEFAULT_QUORUM,
	TB_KEY_LINK, /* of an option, as the next ones */
	TB_KEY_PICTURE,
	TB_KEY_MAJORITY, /* and of a ranked question */
	TB_KEY_NUM
} tb_keyword;

extern const char *const tb_keyword_names[TB_KEY_NUM]; /* "Polls open" */
/*
 * What a line begins with.  Returns true for a known keyword and sets *key and *value (behind the colon and spaces).  Otherwise *odd
 * says whether the line looks like a keyword that nobody knows ("Qourum: ...").
 */
bool tb_keyword_find(const char *line, tb_keyword *key, const char **value, bool *odd);

/* ---- the reader ---- */
typedef struct tb_text_place {
	char path[48]; /* part of the manifest: "questions[2].options[13].link" */
	uint32_t line;
} tb_text_place;

typedef struct tb_text_reader {
	tb_manifest *m;
	tb_fault *fault;
	uint32_t line;
	uint32_t head_seen
		[TB_KEY_NUM]; /* the line of each keyword, of the election and of the present question or option */
	uint32_t question_seen[TB_KEY_NUM];
	uint32_t option_seen[TB_KEY_NUM];
	uint32_t planned_trustees;
	uint32_t
		ranked_line; /* the first keyword of the present question that only a ranked one has; 0: none */
	uint32_t
		num_ratios; /* how many options of the present question have a ratio or stand before one that has */
	char *default_option[TB_MAX_QUESTIONS]; /* ids as written, owned, and where: options may come later */
	uint32_t default_line[TB_MAX_QUESTIONS];
	enum {
		TB_BELOW_NOTHING,
		TB_BELOW_TITLE,
		TB_BELOW_QUESTION,
		TB_BELOW_OPTION
	} below;            /* what free text belongs to */
	bool in_option;     /* what Id and Link belong to */
	tb_buf text;        /* free text so far */
	bool has_text;      /* there is a line of it */
	uint32_t num_blank; /* blank lines since */
	tb_text_place *places;
	size_t num_places, cap_places;
} tb_text_reader;

/* RULE at the present line. */
__attribute__((format(printf, 4, 5))) tb_err tb_text_wrong(
	tb_text_reader *r, const char *rule, const char *expected, const char *found, ...);
/* Remembers that the part of the manifest with this path stands in the present line.  MEMORY. */
__attribute__((format(printf, 2, 3))) tb_err tb_text_remember(tb_text_reader *r, const char *path, ...);
/* Puts the line of the closest part before the path of a broken rule: "line 7 (questions[2].max)". */
void tb_text_add_line(const tb_text_reader *r, tb_fault *fault);

/* Replaces an owned string; a value in quotes is what stands between them.  MEMORY. */
tb_err tb_text_set(char **to, const char *value, size_t len);
/* RULE FILE.VALUE at the present line. */
tb_err tb_text_wrong_value(tb_text_reader *r, const char *value, const char *expected);
/* "yes" or "no"; a whole number.  RULE FILE.VALUE. */
tb_err tb_text_set_bool(tb_text_reader *r, const char *value, bool *out);
tb_err tb_text_set_number(tb_text_reader *r, const char *value, uint64_t *out, uint64_t max);
/* One more element at the end of an owned array, zeroed; NULL when there is no memory. */
void *tb_text_grow(void *list, uint32_t num, size_t size);
/* A keyword of the election (before TB_KEY_QUESTION). */
tb_err tb_text_head_value(tb_text_reader *r, tb_keyword key, const char *value);
/* A keyword of a question or option (from TB_KEY_ID on), into `q` and its last option. */
tb_err tb_text_question_value(tb_text_reader *r, tb_keyword key, const char *value);

/* ---- ranked questions: election_text_ranked.c ---- */
bool tb_keyword_is_of_ranked(tb_keyword key);
tb_err tb_text_ranked_value(tb_text_reader *r, tb_question *q, tb_keyword key, const char *value);
/* The present question, if there is one, has no more lines. */
tb_err tb_text_end_question(tb_text_reader *r);
/* What its lines left open, once all options have ids. */
tb_err tb_text_finish_ranked(tb_text_reader *r, uint32_t question);
/* The lines of a ranked question that others do not have, and the one of an option. */
void tb_text_write_ranked(tb_buf *out, const tb_question *q);
void tb_text_write_majority(tb_buf *out, const tb_question *q, uint32_t option);

#endif
