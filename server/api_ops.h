/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_API_OPS_H
#define TB_SERVER_API_OPS_H

#include "server/app.h"
#include "server/message.h"

/*
 * What an operator and the operator's programs ask, at an address of their own (admin-listen): whether the server lives, whether it
 * can record ballots, what it has counted.  Nothing of it acts on a board: who does that signs an entry.
 */
/* As tb_route() and tb_route_finish(): a backup takes longer. */
bool tb_ops_route(tb_app *app, const tb_http_request *request, tb_http_response *response,
	void (*wake)(void *arg), void *arg, void **pending);
void tb_ops_finish(tb_http_response *response, void *pending);
size_t tb_ops_max_body(void *app, const char *path);

#endif
