/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/verify.h"

#include <stdio.h>
#include <string.h>

#include "verifier/evidence.h"
#include "verifier/fetch.h"
#include "verifier/report.h"

static int say_fault(tb_err err, const tb_fault *fault)
{
	char text[700];

	if (fault->rule == NULL)
		return tb_verify_error("%s", tb_err_text(err));
	tb_fault_text(fault, text, sizeof text);
	return tb_verify_error("%s", text);
}

static int print(const tb_verify_report *r, const tb_verify_options *o)
{
	int code;

	if (r->err != TB_OK)
		return tb_verify_error("%s", tb_err_text(r->err));
	code = o->json ? tb_verify_report_json(r) : tb_verify_report_text(r);
	/* "VERIFIED" that nobody could read was not said. */
	return fflush(stdout) != 0 || ferror(stdout) ? tb_verify_error("the report could not be written")
						     : code;
}

static int verify(tb_verify_board *board, tb_verify_options *o)
{
	tb_verify_report r;
	tb_fault fault = {0};
	tb_err err;
	int code;

	tb_verify_report_init(&r, o);
	o->check.sink = tb_verify_report_sink(&r);
	err = tb_check_run(&r.result, board->source, &o->check, &fault);
	tb_progress_end(&r.progress);
	if (err == TB_OK && o->client != NULL)
		err = tb_verify_served_compare(&r.served, o->client, &r.result, &fault);
	if (err != TB_OK)
		code = say_fault(err, &fault);
	else
		code = print(&r, o);
	tb_verify_report_release(&r);
	return code;
}

static int say_malformed(const tb_verify_options *o, const tb_fault *fault)
{
	tb_verify_report r;
	int code;

	tb_verify_report_init(&r, o);
	tb_verify_report_malformed(&r, fault);
	code = print(&r, o);
	tb_verify_report_release(&r);
	return code;
}

static int run(tb_verify_options *o)
{
	tb_verify_board board;
	tb_fault fault = {0};
	int code;
	tb_err err = tb_verify_board_open(&board, o, &fault);

	if (err == TB_ERR_ENCODING)
		code = say_malformed(o, &fault);
	else if (err != TB_OK)
		code = say_fault(err, &fault);
	else
		code = verify(&board, o);
	/* A copy in a folder of the user's choice is there already. */
	if (err == TB_OK && o->save != NULL && (board.is_temporary || board.folder[0] == 0)) {
		err = tb_verify_board_save(&board, o->save, &fault);
		if (err != TB_OK)
			code = say_fault(err, &fault);
	}
	tb_verify_board_close(&board);
	return code;
}

int tb_verify_main(int argc, char **argv)
{
	tb_verify_options o;
	int code = tb_verify_options_parse(&o, argc, argv);

	if (code == -1)
		code = o.evidence != NULL ? tb_verify_evidence(&o) : run(&o);
	tb_verify_options_release(&o);
	return code;
}
