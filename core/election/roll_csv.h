/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_ROLL_CSV_H
#define TB_CORE_ELECTION_ROLL_CSV_H

#include "core/election/manifest.h"

/*
 * The registrar's list of voters as CSV: `id,label[,weight]`, RFC 4180 quoting, UTF-8 with or without BOM, LF
 * or CRLF, with or without a first line that says `id,label,weight` [CSV].  A label that is missing or empty
 * is the id; a weight that is missing is 1. Every bad line is reported, not only the first.
 */
typedef struct tb_csv_voter {
	const char *id, *label; /* point into the list's memory */
	uint32_t weight;
	uint32_t line; /* where it began, from 1 */
} tb_csv_voter;

typedef struct tb_csv_roll {
	tb_csv_voter *voters; /* sorted by id (bytewise), as the roll wants them */
	size_t num;
	tb_fault *faults;  /* in the order of the lines; where is "line 7" */
	size_t num_faults; /* kept: at most TB_CSV_MAX_FAULTS */
	size_t num_bad;    /* all of them */
	char *room;
} tb_csv_roll;

#define TB_CSV_MAX_FAULTS 1000
#define TB_CSV_MAX_BYTES (256u << 20)

/* TB_OK when no line is bad; RULE when some are (faults say which; the good ones are there too), LIMIT,
 * MEMORY. *out must be released in every case. */
TB_CHECKED tb_err tb_csv_roll_parse(tb_csv_roll *out, const void *bytes, size_t len);
void tb_csv_roll_release(tb_csv_roll *r);

#endif
