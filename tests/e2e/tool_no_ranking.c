/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tool_no_ranking BOARD <PAYLOAD: what a voter with a client of one's own would cast.  Reads the payload of a ballot whose last question
 * is ranked, puts elements that stand for no ranking into it, with a right proof, and writes the payload.
 */
#include <stdio.h>
#include <string.h>

#include "core/election/ballot.h"
#include "core/election/check.h"
#include "tests/support/no_ranking.h"

static int complain(const char *what)
{
	(void)fprintf(stderr, "tool_no_ranking: %s\n", what);
	return 1;
}

static int replace(const tb_board *b, uint8_t *payload, size_t len)
{
	const tb_election_params *p = tb_board_params(b);
	uint32_t last = tb_election_params_num_questions(p) - 1;
	tb_ballot ballot;
	tb_fault fault;
	tb_voter v;

	if (tb_ballot_parse(p, &ballot, payload, len, &fault) != TB_OK)
		return complain(fault.found);
	if (tb_roll_find(tb_board_roll(b), ballot.head.voter, strlen(ballot.head.voter), &v) != TB_OK)
		return complain("no such voter");
	tb_no_ranking(p, payload + len - tb_election_params_part_len(p, last), last, ballot.head.voter,
		tb_roll_key(tb_board_roll(b), v));
	return fwrite(payload, 1, len, stdout) == len && fflush(stdout) == 0 ? 0 : complain("cannot write");
}

int main(int argc, char **argv)
{
	static uint8_t payload[1 << 20];
	const tb_check_options options = {.threads = 1};
	size_t len = fread(payload, 1, sizeof payload, stdin);
	tb_check_report report;
	tb_source *source;
	tb_fault fault;
	tb_why why;
	int status;

	if (argc != 2)
		return complain("usage: tool_no_ranking BOARD <PAYLOAD");
	if (tb_source_open(&source, argv[1], &why) != TB_OK)
		return complain(why.text);
	if (tb_check_run(&report, source, &options, &fault) != TB_OK)
		return complain("the board cannot be read");
	status = report.board == NULL || tb_board_params(report.board) == NULL
			 ? complain("the polls are not open")
			 : replace(report.board, payload, len);
	tb_check_report_release(&report);
	tb_source_free(source);
	return status;
}
