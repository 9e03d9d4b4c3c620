/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_VERIFIER_REPORT_H
#define TB_VERIFIER_REPORT_H

#include "core/base/progress.h"
#include "verifier/options.h"
#include "verifier/served.h"

/* Collects what the verification says and prints it, for people or for machines. */
typedef struct tb_verify_report {
	const tb_verify_options *options;
	tb_check_report result;
	tb_verify_served served; /* what the server gives to browsers, if that was asked */
	tb_check_failure *failures;
	size_t num_failures, cap_failures;
	tb_err err; /* of collecting */
	tb_progress progress;
} tb_verify_report;

void tb_verify_report_init(tb_verify_report *r, const tb_verify_options *options);
void tb_verify_report_release(tb_verify_report *r);
tb_check_sink tb_verify_report_sink(tb_verify_report *r);
/* For a board that could not even be opened as one: that is the only failure. */
void tb_verify_report_malformed(tb_verify_report *r, const tb_fault *fault);

/* Prints, and returns the exit code. */
int tb_verify_report_text(const tb_verify_report *r);
int tb_verify_report_json(const tb_verify_report *r);

/* Of the board, and of what the server serves. */
tb_verdict tb_verify_report_verdict(const tb_verify_report *r);
/* "verified", and the code that belongs to it. */
const char *tb_verify_verdict(tb_verdict v);
int tb_verify_code(tb_verdict v);

/* The result as this program computed it; false when there is none (yet). */
bool tb_verify_result(const tb_verify_report *r, tb_buf *payload);

#endif
