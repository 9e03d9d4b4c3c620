/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_CONFIG_H
#define TB_SERVER_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/fault.h"
#include "server/address.h"
#include "server/limits.h"

/*
 * What the server is told at its start: a file of "key = value" lines, then the command line, which comes later and wins
 * (keys and proxies add up; addresses of the command line replace those of the file).  docs/man/tabella-server.8 explains every key.
 */
#define TB_CONFIG_MAX_ADMINS 100
#define TB_CONFIG_PATH_MAX 4096
#define TB_CONFIG_LISTEN_MAX 280
#define TB_CONFIG_MAX_LISTEN 8
#define TB_CONFIG_MAX_PROXIES 64
#define TB_CONFIG_NAME_MAX 64
#define TB_CONFIG_MAX_MIRRORS 16
#define TB_CONFIG_MAX_WORDS 3

typedef enum tb_config_action {
	TB_CONFIG_SERVE,
	TB_CONFIG_INIT,    /* make data folder and keys */
	TB_CONFIG_BACKUP,  /* words: the file */
	TB_CONFIG_RESTORE, /* words: the file */
	TB_CONFIG_TOKEN,   /* words: new NAME SCOPES, list, or revoke NAME */
	TB_CONFIG_CHECK,   /* say whether the configuration is right */
	TB_CONFIG_HELP,
	TB_CONFIG_VERSION
} tb_config_action;

typedef struct tb_config_listen {
	char at[TB_CONFIG_MAX_LISTEN]
	       [TB_CONFIG_LISTEN_MAX]; /* "host:port", "[v6]:port"; port 0 = any free one */
	size_t num;
} tb_config_listen;

typedef struct tb_config {
	tb_config_action action;
	const char *word[TB_CONFIG_MAX_WORDS]; /* after the command, borrowed from argv */
	size_t num_words;
	char data[TB_CONFIG_PATH_MAX];          /* the data folder */
	char port_file[TB_CONFIG_PATH_MAX];     /* "" = none */
	char served_file[TB_CONFIG_PATH_MAX];   /* "" = beside the database */
	char backup_folder[TB_CONFIG_PATH_MAX]; /* "" = no backups through the operator's address */
	char mirror[TB_CONFIG_MAX_MIRRORS][TB_CONFIG_PATH_MAX];
	size_t num_mirrors;
	tb_config_listen listen;     /* where plain HTTP is spoken */
	tb_config_listen listen_tls; /* and where HTTPS */
	char tls_certificate[TB_CONFIG_PATH_MAX], tls_key[TB_CONFIG_PATH_MAX];
	char public_url[TB_CONFIG_LISTEN_MAX]; /* "https://vote.example.org", "" = not known */
	tb_address_range trusted_proxy[TB_CONFIG_MAX_PROXIES];
	size_t num_trusted_proxies;
	bool use_forwarded;            /* the proxies write Forwarded, not X-Forwarded-For */
	tb_config_listen admin_listen; /* for the operator; at most one */
	char user[TB_CONFIG_NAME_MAX]; /* whom root becomes, "" = nobody */
	bool logs_json, has_no_sandbox;
	uint8_t admin_key[TB_CONFIG_MAX_ADMINS][32];
	size_t num_admins;
	unsigned threads;        /* that talk HTTP; at least 2 */
	unsigned verify_threads; /* that check ballots */
	unsigned max_connections;
	unsigned max_connections_per_address; /* 0 = no such limit, as behind a proxy */
	unsigned idle_seconds;                /* a silent connection is closed */
	unsigned head_seconds;     /* the header lines of a request must have arrived after so long */
	unsigned request_seconds;  /* a body must have arrived after so long */
	unsigned response_seconds; /* the client must have taken its answer after so long */
	tb_rate request_rate, submit_rate, voter_rate;
	unsigned memory_mib; /* for the bodies of requests under way, and as much for large answers */
} tb_config;

void tb_config_init(tb_config *c); /* the defaults */
/* Reads the command line, and the file that it names with --config.  RULE "CONFIG" where `where` is "--option" or
 * "file, line 7"; MEMORY. */
TB_CHECKED tb_err tb_config_parse(tb_config *c, int argc, char *const *argv, tb_fault *fault);
/* The text of a configuration file; `name` is for messages. */
TB_CHECKED tb_err tb_config_parse_file(
	tb_config *c, const char *name, const char *text, size_t len, tb_fault *fault);
/* "host:port" or "[v6]:port" into its parts.  RULE "CONFIG". */
TB_CHECKED tb_err tb_config_split_listen(const char *listen, char host[256], char port[8], tb_fault *fault);
void tb_config_usage(FILE *out);

#endif
