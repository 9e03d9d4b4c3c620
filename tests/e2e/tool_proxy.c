/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tool_proxy PORT_FILE SERVER_PORT MODE_FILE: a bad connection to a server on this machine.  It listens on a free port, which it writes into
 * PORT_FILE, and passes requests on.  What happens to a POST the first word in MODE_FILE says:
 *   pass           nothing special
 *   lose-request   it never arrives, and the connection breaks
 *   lose-answer    it arrives, and the connection breaks before the answer
 *   busy           it arrives, and the answer is a 503 of somebody between
 *   conflict       it arrives, and the answer is a 409 of somebody between
 *   lie            it arrives, and the answer is the server's refusal by a rule
 *   refuse         it never arrives, and the answer is the same
 *   hold           it waits here, and MODE_FILE.held says so, until the word is another one, which then decides
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_MESSAGE = 32u << 20 };

static const char busy[] =
	"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\nConnection: close\r\n\r\nbusy\n";
static const char conflict[] =
	"HTTP/1.1 409 Conflict\r\nContent-Length: 7\r\nConnection: close\r\n\r\n<html>\n";

static const char refusal[] =
	"HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\nContent-Length: 139\r\n"
	"Connection: close\r\n\r\n"
	"{\"type\":\"urn:tabella:rule:BALLOT.PREV\",\"title\":\"BALLOT.PREV\",\"status\":409,\"detail\":"
	"\"no\","
	"\"where\":\"payload.prev\",\"expected\":\"x\",\"found\":\"y\"}\n";

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n <= 0)
			exit(0); /* the other side has gone */
		bytes += n;
		len -= (size_t)n;
	}
}

/* A whole request: its head, and as many bytes as Content-Length says. */
static size_t read_request(int fd, char *out, size_t *head_len)
{
	size_t len = 0, need = 0;

	*head_len = 0;
	while (*head_len == 0 || len < need) {
		ssize_t n = read(fd, out + len, MAX_MESSAGE - 1 - len);
		char *end, *length;

		if (n <= 0)
			exit(0);
		len += (size_t)n;
		out[len] = '\0';
		end = *head_len == 0 ? strstr(out, "\r\n\r\n") : NULL;
		if (end == NULL)
			continue;
		*head_len = (size_t)(end - out) + 4;
		length = strcasestr(out, "\r\nContent-Length:");
		need = *head_len + (length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0);
	}
	return len;
}

static int connect_to(unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		exit(0); /* no server: the connection breaks */
	return fd;
}

/* The server's answer to the request, with "Connection: close" put into it; to its end. */
static size_t ask(unsigned port, const char *request, size_t head_len, size_t len, char *answer)
{
	int fd = connect_to(port);
	size_t got = 0;
	ssize_t n;

	send_all(fd, request, head_len - 2);
	send_all(fd, "Connection: close\r\n\r\n", 21);
	send_all(fd, request + head_len, len - head_len);
	while ((n = read(fd, answer + got, MAX_MESSAGE - got)) > 0)
		got += (size_t)n;
	(void)close(fd);
	return got;
}

static void take_mode(const char *path, char mode[32])
{
	FILE *f = fopen(path, "r");

	if (f == NULL || fgets(mode, 32, f) == NULL)
		(void)snprintf(mode, 32, "pass");
	mode[strcspn(mode, " \n")] = '\0';
	if (f != NULL)
		(void)fclose(f);
}

/* Somebody else can be faster than this request, or its sender die. */
static void hold(const char *mode_file, char mode[32])
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s.held", mode_file);
	f = fopen(path, "w");
	if (f == NULL || fclose(f) != 0)
		die(path);
	while (strcmp(mode, "hold") == 0) {
		(void)alarm(600);
		(void)usleep(20000);
		take_mode(mode_file, mode);
	}
}

static void serve(int client, unsigned port, const char *mode_file)
{
	char *request = malloc(MAX_MESSAGE), *answer = malloc(MAX_MESSAGE), mode[32] = "pass";
	size_t head_len, len, answer_len;

	if (request == NULL || answer == NULL)
		die("malloc");
	(void)alarm(60);
	len = read_request(client, request, &head_len);
	if (strncmp(request, "POST ", 5) == 0)
		take_mode(mode_file, mode);
	if (strcmp(mode, "hold") == 0)
		hold(mode_file, mode);
	if (strcmp(mode, "lose-request") == 0)
		return;
	if (strcmp(mode, "refuse") == 0) {
		send_all(client, refusal, sizeof refusal - 1);
		return;
	}
	answer_len = ask(port, request, head_len, len, answer);
	if (strcmp(mode, "lie") == 0)
		send_all(client, refusal, sizeof refusal - 1);
	else if (strcmp(mode, "busy") == 0)
		send_all(client, busy, sizeof busy - 1);
	else if (strcmp(mode, "conflict") == 0)
		send_all(client, conflict, sizeof conflict - 1);
	else if (strcmp(mode, "lose-answer") != 0)
		send_all(client, answer, answer_len);
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = {.sin_family = AF_INET};
	socklen_t len = sizeof here;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	FILE *f;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: tool_proxy PORT_FILE SERVER_PORT MODE_FILE\n");
		return 2;
	}
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (struct sockaddr *)&here, sizeof here) != 0 ||
		listen(listener, 16) != 0 || getsockname(listener, (struct sockaddr *)&here, &len) != 0)
		die("listen");
	f = fopen(argv[1], "w");
	if (f == NULL || fprintf(f, "%u\n", ntohs(here.sin_port)) < 0 || fclose(f) != 0)
		die(argv[1]);
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			continue;
		if (fork() == 0) {
			(void)close(listener);
			serve(client, (unsigned)strtoul(argv[2], NULL, 10), argv[3]);
			return 0;
		}
		(void)close(client);
	}
}
