/* SPDX-License-Identifier: Apache-2.0 */
/* The web client [HTTP.PAGE] [HTTP.FILES]: pages and files that are in the program. */
#include <stdio.h>
#include <string.h>

#include "server/accept.h"
#include "server/route.h"

/* Nothing but our own files, no script that is text of a page, no frame around us, no form that leaves [HTTP.HEADERS]: what
 * somebody writes into a title or a label can be shown, and do nothing. */
#define POLICY                                                                                               \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "              \
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "  \
	"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tabella"
#define NO_DEVICES                                                                                           \
	"microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=()"

static void protect(tb_http_response *r, bool needs_camera)
{
	tb_http_response_header_fixed(r, "Content-Security-Policy", POLICY);
	tb_http_response_header_fixed(r, "Referrer-Policy", "no-referrer");
	tb_http_response_header_fixed(r, "Cross-Origin-Opener-Policy", "same-origin");
	tb_http_response_header_fixed(r, "Cross-Origin-Resource-Policy", "same-origin");
	/* A QR code is read where a receipt or a ballot is checked, and nowhere else. */
	tb_http_response_header_fixed(r, "Permissions-Policy",
		needs_camera ? "camera=(self), " NO_DEVICES : "camera=(), " NO_DEVICES);
}

/* ---- texts of the server's own, for people whose browser came to nowhere ---- */

#define HTML_START                                                                                           \
	"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"                                    \
	"<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"robots\" "                    \
	"content=\"noindex\">\n"
#define HTML_END "</main>\n</html>\n"

static const char not_found_page[] = HTML_START "<title>Nothing here</title>\n<main>\n"
						"<h1>There is nothing at this address</h1>\n"
						"<p>The election may have another address, or the link was "
						"cut off. Please compare it with the message that you "
						"got. <a href=\"/\">All elections on this server</a></p>\n"
						"<p lang=\"de\">Unter dieser Adresse gibt es nichts. <a "
						"href=\"/\">Alle Wahlen auf diesem Server</a></p>\n"
						"<p lang=\"fr\">Il n’y a rien à cette adresse. <a "
						"href=\"/\">Toutes les élections de ce serveur</a></p>\n"
						"<p lang=\"es\">No hay nada en esta dirección. <a "
						"href=\"/\">Todas las elecciones de este servidor</a></p>\n"
						"<p lang=\"ar\" dir=\"rtl\">لا يوجد شيء في هذا العنوان. <a "
						"href=\"/\">كل الانتخابات على هذا الخادم</a></p>\n" HTML_END;

static const char no_client_page[] = HTML_START
	"<title>No pages here</title>\n<main>\n"
	"<h1>This server was built without its web client</h1>\n"
	"<p>The election itself works: <code>tabella vote</code> casts a ballot, <code>tabella-verify</code> "
	"checks the "
	"board. The operator gets the pages by installing Node.js and npm and building the server again with "
	"<code>make all</code>.</p>\n" HTML_END;

static void send_text(tb_http_response *r, unsigned status, const char *html, size_t len)
{
	tb_http_response_release(r);
	r->status = status;
	tb_http_response_header_fixed(r, "Content-Type", "text/html; charset=utf-8");
	tb_http_response_header_fixed(r, "Cache-Control", "no-store");
	tb_http_response_header_fixed(r, "Vary", "Accept");
	protect(r, false);
	r->fixed = (const uint8_t *)html;
	r->fixed_len = len;
}

void tb_api_for_people(const tb_http_request *request, tb_http_response *response)
{
	if (response->status == 404 && tb_api_is_reading(request) && tb_accept_prefers_html(request->accept))
		send_text(response, 404, not_found_page, sizeof not_found_page - 1);
}

static void no_client(const tb_http_request *request, tb_http_response *response)
{
	tb_fault fault = {0};

	if (tb_accept_prefers_html(request->accept)) {
		send_text(response, 501, no_client_page, sizeof no_client_page - 1);
		return;
	}
	(void)tb_fault_set(&fault, TB_RULE_CLIENT, "path", "a server that was built with the web client",
		"one without; install Node.js and npm and build it again with: make all");
	tb_http_problem(response, &fault);
}

/* ---- pages and files ---- */

static void send_file(
	const tb_client_file *f, const tb_http_request *request, tb_http_response *response, const char *vary)
{
	bool gzip = f->gzip != NULL && tb_accept_allows_gzip(request->accept_encoding);
	char hex[33], etag[48];

	response->status = 200;
	tb_http_response_header_fixed(response, "Content-Type", f->type);
	tb_http_response_header_fixed(
		response, "Cache-Control", f->is_fixed ? "public, max-age=31536000, immutable" : "no-cache");
	if (vary != NULL)
		tb_http_response_header_fixed(response, "Vary", vary);
	if (gzip)
		tb_http_response_header_fixed(response, "Content-Encoding", "gzip");
	/* Other bytes, another tag: a cache must not mix the two forms. */
	for (size_t i = 0; i < 16; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", f->sha256[i]);
	(void)snprintf(etag, sizeof etag, "\"%s%s\"", hex, gzip ? "-gzip" : "");
	if (tb_api_not_modified(request, response, etag))
		return;
	response->fixed = gzip ? f->gzip : f->data;
	response->fixed_len = gzip ? f->gzip_len : f->len;
}

static void send_page(const tb_client *client, const tb_client_address *a, const tb_http_request *request,
	tb_http_response *response)
{
	const tb_client_file *page = tb_client_find_page(client, a->kind);

	if (client->num_pages == 0) {
		no_client(request, response);
		return;
	}
	if (page == NULL) {
		tb_api_not_found(response, request->path, "a page of the web client");
		return;
	}
	protect(response, strcmp(a->kind, "check") == 0 || strcmp(a->kind, "audit") == 0);
	send_file(page, request, response, a->is_shared ? "Accept, Accept-Encoding" : "Accept-Encoding");
}

static void read_file(const tb_client *client, const tb_http_request *request, tb_http_response *response)
{
	const tb_client_file *f = tb_client_find_file(client, request->path);
	const char *dot = strrchr(request->path, '.');

	if (client->num_pages == 0) {
		no_client(request, response);
		return;
	}
	if (f == NULL) {
		tb_api_not_found(response, request->path, "a file of the web client");
		return;
	}
	/* Also on scripts: a worker is bound by the policy that came with its own file. */
	protect(response, false);
	if (dot != NULL && strcmp(dot, ".tar") == 0)
		tb_http_response_header_fixed(response, "Content-Disposition", "attachment");
	send_file(f, request, response, f->gzip != NULL ? "Accept-Encoding" : NULL);
}

/* "/e/x/vote/": people type it, and links grow it.  Only what is a page without the slash is one with it. */
static bool redirect(const tb_http_request *request, tb_http_response *response)
{
	size_t len = strlen(request->path);
	tb_client_address a;
	char to[120];

	if (len < 3 || request->path[len - 1] != '/' || !tb_api_is_reading(request) ||
		!tb_client_parse_address(&a, request->path, len - 1))
		return false;
	/* It begins with "/e/" and a slug, or is one of ours: it cannot lead to another server, as "//name" would. */
	(void)snprintf(to, sizeof to, "%.*s", (int)(len - 1), request->path);
	response->status = 308;
	tb_http_response_header(response, "Location", to);
	tb_http_response_header_fixed(response, "Cache-Control", "no-cache");
	return true;
}

bool tb_api_client(tb_app *app, const tb_http_request *request, tb_http_response *response)
{
	const char *path = request->path;
	tb_client_address a;

	if (strncmp(path, "/client/", 8) == 0) {
		if (!tb_api_wrong_method(request, response, "GET, HEAD"))
			read_file(app->client, request, response);
		return true;
	}
	if (!tb_client_parse_address(&a, path, strlen(path)))
		return redirect(request, response);
	if (a.slug != NULL && tb_elections_find(&app->elections, a.slug, a.slug_len) == NULL)
		return false; /* said by whoever looks for elections */
	/* Where JSON is served too, a server without pages serves that to everybody. */
	if (a.is_shared && (!tb_api_is_reading(request) || app->client->num_pages == 0 ||
				   !tb_accept_prefers_html(request->accept)))
		return false;
	if (!tb_api_wrong_method(request, response, "GET, HEAD"))
		send_page(app->client, &a, request, response);
	return true;
}
