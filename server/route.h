/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_ROUTE_H
#define TB_SERVER_ROUTE_H

#include "server/app.h"
#include "server/message.h"
#include "server/sequencer.h"

/*
 * From a request to a response [HTTP]: which address is what, and who answers.  Knows nothing of sockets.
 *
 * tb_route() returns true when *response is the answer.  A submission takes longer: then it returns false, keeps `wake` and
 * `arg`, and later calls wake(arg) exactly once, from any thread; after that tb_route_finish(*pending) makes the response.
 * The request may be gone as soon as tb_route() has returned.
 */
bool tb_route(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *arg), void *arg, void **pending);
void tb_route_finish(tb_app *app, void *pending, tb_http_response *response);
/* Is the client within its limits [SERVER.RATE]?  To be asked once for each request, before its body; else *response says so. */
bool tb_route_admit(tb_app *app, const tb_http_request *request, tb_http_response *response);
/* The largest body that is welcome at this path. */
size_t tb_route_max_body(void *app, const char *path);

/* ---- for the api_*.c files ---- */
/* api_read.c: `rest` is the path after "/e/<slug>/". */
void tb_api_list(tb_app *app, tb_http_response *response);
void tb_api_state(tb_election *e, tb_http_response *response);
void tb_api_checkpoint(tb_election *e, const tb_http_request *request, tb_http_response *response);
void tb_api_witnessed(tb_election *e, tb_http_response *response);
void tb_api_cosignatures(
	tb_app *app, tb_election *e, const tb_http_request *request, tb_http_response *response);
void tb_api_tile(tb_app *app, tb_election *e, const char *rest, const tb_http_request *request,
	tb_http_response *response);
void tb_api_blob(tb_app *app, tb_election *e, const char *rest, const tb_http_request *request,
	tb_http_response *response);
/* api_count.c */
void tb_api_count(
	tb_election *e, const char *rest, const tb_http_request *request, tb_http_response *response);
void tb_api_voter(tb_app *app, tb_election *e, const char *voter, tb_http_response *response);
void tb_api_receipt(tb_app *app, tb_election *e, const char *index, tb_http_response *response);
void tb_api_archive(tb_app *app, tb_election *e, tb_http_response *response);
/* A receipt [RECEIPT] as the body; TB_ERR_NOT_FOUND when the log has no such entry yet. */
TB_CHECKED tb_err tb_api_write_receipt(tb_app *app, tb_election *e, uint64_t index, tb_buf *out);

/* api_feed.c */
void tb_api_feed(tb_app *app, const tb_http_request *request, tb_http_response *response);
void tb_api_election_feed(
	tb_app *app, tb_election *e, const tb_http_request *request, tb_http_response *response);

/* api_submit.c: *submission is ready for the checker or the sequencer when these return TB_OK.  RULE with *fault. */
TB_CHECKED tb_err tb_api_parse_entry(
	tb_election *e, const tb_http_request *request, tb_submission **submission, tb_fault *fault);
TB_CHECKED tb_err tb_api_parse_manifest(
	tb_app *app, const tb_http_request *request, tb_submission **submission, tb_fault *fault);
/* Is the signature right, of whoever is no voter?  Asked before the one thread that writes has to look at it: nobody without a
 * key is to keep it busy.  RULE ENTRY.SIGNATURE; what cannot be told here is left to the board. */
TB_CHECKED tb_err tb_api_check_signature(const tb_submission *s, tb_fault *fault);
/* The response to a finished submission. */
void tb_api_submitted(tb_app *app, tb_submission *s, tb_http_response *response);

/* api_client.c: true when this address is one of the web client's, and the response is made. */
bool tb_api_client(tb_app *app, const tb_http_request *request, tb_http_response *response);
/* Says "nothing here" to a browser as a page. */
void tb_api_for_people(const tb_http_request *request, tb_http_response *response);

bool tb_api_is_reading(const tb_http_request *request); /* GET or HEAD */
/* True when the method is not `allowed` ("GET, HEAD" or "POST"), and the response says so. */
bool tb_api_wrong_method(const tb_http_request *request, tb_http_response *response, const char *allowed);
/* "There is nothing here", with the path. */
void tb_api_not_found(tb_http_response *response, const char *path, const char *expected);
/* Is the copy that the client has still right?  Then the response is 304, without a body. */
bool tb_api_not_modified(const tb_http_request *request, tb_http_response *response, const char *etag);

#endif
