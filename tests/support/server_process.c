/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/server_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/file.h"
#include "core/log/proof.h"
#include "tests/support/serve.h"

static void must(bool ok, const char *what)
{
	if (!ok) {
		(void)fprintf(stderr, "server_process: %s\n", what);
		tb_bug("a test server failed");
	}
}

/* ---- the process ---- */

static pid_t spawn(char *const *argv, int out)
{
	pid_t child = fork();
	int null;

	must(child >= 0, "fork");
	if (child == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		(void)dup2(out >= 0 ? out : null, STDOUT_FILENO);
		(void)dup2(null, STDERR_FILENO);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	return child;
}

static int wait_for(pid_t child)
{
	int status = -1;

	must(waitpid(child, &status, 0) == child, "waitpid");
	return status;
}

/* Runs "tabella-server --init", and reads the line of its keys. */
static void init(server_process *p)
{
	char *argv[] = {p->program, (char[]){"--init"}, (char[]){"--data"}, p->folder, NULL};
	char line[TB_ROLE_LINE_MAX + 1];
	tb_fault fault;
	int ends[2];
	size_t n = 0;
	ssize_t got;
	pid_t child;

	must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
	child = spawn(argv, ends[1]);
	(void)close(ends[1]);
	while (n < sizeof line - 1 && (got = read(ends[0], line + n, sizeof line - 1 - n)) > 0)
		n += (size_t)got;
	(void)close(ends[0]);
	must(wait_for(child) == 0, "tabella-server --init");
	must(n > 0 && line[n - 1] == '\n', "the line of the keys");
	must(tb_role_line_parse(&p->keys, line, n - 1, &fault) == TB_OK, "the line of the keys");
	must(WEXITSTATUS(wait_for(spawn(argv, -1))) == 1, "a second --init must be refused");
}

void server_process_new(server_process *p)
{
	const char *build = getenv("TB_BUILD"), *tmp = getenv("TMPDIR");
	tb_maker *m = tb_maker_new(NULL);

	memset(p, 0, sizeof *p);
	tb_base64_write(p->admin_key, m->admin.sign_key, 32);
	tb_maker_free(m);
	(void)snprintf(p->program, sizeof p->program, "%s/tabella-server", build != NULL ? build : "build");
	(void)snprintf(p->folder, sizeof p->folder, "%s/server.XXXXXX", tmp != NULL ? tmp : "/tmp");
	must(mkdtemp(p->folder) != NULL, "folder");
	(void)snprintf(p->port_file, sizeof p->port_file, "%s/port", p->folder);
	init(p);
	p->client = server_process_client();
}

void server_process_free(server_process *p)
{
	static const char *const names[] = {"board.db", "board.db-wal", "board.db-shm", "board.db.served",
		"lock", "server.key", "server.pub", "port"};
	char name[300];

	server_process_kill(p);
	tb_fetch_free(p->client);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(name, sizeof name, "%s/%s", p->folder, names[i]);
		(void)unlink(name);
	}
	must(rmdir(p->folder) == 0, "rmdir");
}

void server_process_give(server_process *p, const char *board)
{
	char path[300];
	struct stat s;
	int from = open(board, O_RDONLY | O_CLOEXEC), to;

	(void)snprintf(path, sizeof path, "%s/board.db.served", p->folder);
	(void)unlink(path);
	(void)snprintf(path, sizeof path, "%s/board.db", p->folder);
	to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(from >= 0 && to >= 0 && fstat(from, &s) == 0, "a copy of the board");
	for (off_t left = s.st_size; left > 0;) {
		ssize_t n = sendfile(to, from, NULL, (size_t)left);

		must(n > 0, "a copy of the board");
		left -= n;
	}
	(void)close(from);
	(void)close(to);
}

static pid_t spawn_server(server_process *p)
{
	char *argv[] = {p->program, (char[]){"--data"}, p->folder, (char[]){"--listen"},
		(char[]){"127.0.0.1:0"}, (char[]){"--port-file"}, p->port_file, (char[]){"--admin-key"},
		p->admin_key, NULL};

	return spawn(argv, -1);
}

int server_process_start_fails(server_process *p)
{
	int status = wait_for(spawn_server(p));

	must(WIFEXITED(status), "a server that does not start was killed");
	return WEXITSTATUS(status);
}

void server_process_start(server_process *p)
{
	struct timespec moment = {.tv_nsec = 5000000};
	tb_buf text;
	tb_why why;

	(void)unlink(p->port_file);
	p->pid = spawn_server(p);
	tb_buf_init(&text, 100);
	for (int i = 0; tb_file_read(&text, p->port_file, &why) != TB_OK; i++) {
		must(i < 24000 && waitpid(p->pid, NULL, WNOHANG) == 0, "the server does not listen");
		tb_buf_clear(&text);
		(void)nanosleep(&moment, NULL);
	}
	atomic_store(&p->port, (unsigned)strtoul(tb_buf_cstr(&text), NULL, 10));
	tb_buf_release(&text);
}

int server_process_stop(server_process *p, int signal_number)
{
	pid_t pid = p->pid;

	p->pid = 0;
	must(pid > 0 && kill(pid, signal_number) == 0, "kill");
	return wait_for(pid);
}

void server_process_kill(server_process *p)
{
	if (p->pid > 0)
		(void)server_process_stop(p, SIGKILL);
}

/* ---- what it holds ---- */

size_t server_process_memory(const server_process *p)
{
	char path[40], line[200];
	size_t kib = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/status", (int)p->pid);
	f = fopen(path, "r");
	must(f != NULL, path);
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtoul(line + 6, NULL, 10);
	(void)fclose(f);
	must(kib > 0, "VmRSS");
	return kib;
}

size_t server_process_num_files(const server_process *p)
{
	char path[40];
	size_t num = 0;
	DIR *d;

	(void)snprintf(path, sizeof path, "/proc/%d/fd", (int)p->pid);
	d = opendir(path);
	must(d != NULL, path);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		num += e->d_name[0] != '.';
	(void)closedir(d);
	must(num > 0, path);
	return num;
}

double server_process_used(const server_process *p)
{
	struct timespec t;
	clockid_t clock;

	must(clock_getcpuclockid(p->pid, &clock) == 0 && clock_gettime(clock, &t) == 0, "clock");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- requests ---- */

tb_fetch *server_process_client(void)
{
	static const tb_fetch_options once = {.connect_seconds = 60, .stall_seconds = 60, .tries = 1};
	tb_fetch *f;

	must(tb_fetch_new(&f, &once) == TB_OK, "fetch");
	return f;
}

void server_process_url(const server_process *p, char out[200], const char *path)
{
	must(snprintf(out, 200, "http://127.0.0.1:%u%s", atomic_load(&p->port), path) < 200, "url");
}

long server_process_get(const server_process *p, tb_fetch *f, const char *path, tb_buf *body)
{
	tb_response response;
	tb_fault fault;
	char url[200];

	server_process_url(p, url, path);
	return tb_fetch_get(f, body, &response, url, &fault) == TB_OK ? response.status : 0;
}

long server_process_post(const server_process *p, tb_fetch *f, const char *path, const tb_buf *json,
	tb_buf *body, uint64_t *index)
{
	tb_response response;
	tb_fault fault;
	char url[200];

	server_process_url(p, url, path);
	if (tb_fetch_post_json(f, body, &response, url, json->data, json->len, &fault) != TB_OK)
		return 0;
	*index = strtoul(response.index, NULL, 10);
	return response.status;
}

/* ---- the maker's hooks: the log is the server's ---- */

static void after(void *arg, tb_maker *m, tb_buf *bytes)
{
	server_process *p = arg;
	tb_buf json, body, room;
	tb_proof proof;
	tb_fault fault;
	tb_why why;
	tb_entry e;
	uint64_t index = 0;
	char path[200];

	tb_buf_init(&json, 16u << 20);
	tb_buf_init(&body, 1u << 20);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	must(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK, "entry");
	for (size_t i = 0; i < m->num_blobs && e.payload == NULL; i++)
		if (tb_entry_attach_blob(&e, m->blobs[i].data, m->blobs[i].len, &fault) != TB_OK)
			continue;
	if (e.role == TB_ROLE_SERVER) {
		(void)snprintf(path, sizeof path, "/e/%s/receipt/%zu", m->manifest.slug, m->num_entries);
		for (int i = 0; server_process_get(p, p->client, path, &body) != 200; i++) {
			must(i < 12000, "no entry by the server");
			(void)usleep(10000);
		}
	} else {
		serve_write_submission(&json, &e);
		(void)snprintf(path, sizeof path,
			e.type == TB_ENTRY_MANIFEST ? "/elections" : "/e/%s/entries", m->manifest.slug);
		must(server_process_post(p, p->client, path, &json, &body, &index) == 201,
			tb_buf_cstr(&body));
		must(index == m->num_entries, "index");
	}
	tb_buf_clear(bytes);
	must(tb_proof_parse(&proof, bytes, (const char *)body.data, body.len, &why) == TB_OK, why.text);
	tb_buf_release(&json);
	tb_buf_release(&body);
	tb_buf_release(&room);
}

static void edit(void *arg, tb_manifest *m)
{
	const server_process *p = arg;

	m->granularity = TB_GRANULARITY_SECOND;
	m->opens = (uint64_t)time(NULL);
	m->closes = m->opens + 3600;
	memcpy(m->server_sign_key, p->keys.key[TB_PURPOSE_SIGN], 32);
	memcpy(m->server_log_key, p->keys.key[TB_PURPOSE_LOG], 32);
	if (p->change != NULL)
		p->change(m);
}

/* A server with pages names them on the board by itself, before it opens the polls [CLIENT.SERVED]. */
static bool has_client(server_process *p)
{
	tb_buf body;
	bool has;

	tb_buf_init(&body, 1u << 20);
	has = server_process_get(p, p->client, "/client/files.json", &body) == 200;
	tb_buf_release(&body);
	return has;
}

tb_maker *server_process_maker(server_process *p, const tb_maker_config *config)
{
	tb_maker_config edited = *config;
	tb_maker *m;

	edited.client = has_client(p);
	edited.edit = edit;
	edited.arg = p;
	m = tb_maker_new(&edited);
	m->after = after;
	m->arg = p;
	return m;
}

void server_process_plan_vote(tb_maker *m, uint32_t voter, tb_buf *json, tb_buf *payload)
{
	tb_maker_plan plan;
	tb_fault fault;
	tb_entry e;

	m->now = (uint64_t)time(NULL);
	tb_maker_plan_vote(m, voter, &plan);
	must(tb_entry_init(&e, plan.type, plan.signer, plan.payload.data, plan.payload.len, &fault) == TB_OK,
		"vote");
	memcpy(e.signature, plan.signature, sizeof e.signature);
	serve_write_submission(json, &e);
	if (payload != NULL)
		*payload = plan.payload;
	else
		tb_buf_release(&plan.payload);
}
