/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_CONFIG_H
#define TB_SERVER_CONFIG_H

#include "core/base/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What the server is told at its start: a file of "key = value" lines, then the command line, which comes later and wins
 * (admin keys add up).  docs/man/tabella-server.8 explains every key.
 */
#define TB_CONFIG_MAX_ADMINS 100
#define TB_CONFIG_PATH_MAX 4096
#define TB_CONFIG_LISTEN_MAX 280

typedef enum tb_config_action {
	TB_CONFIG_SERVE,
	TB_CONFIG_INIT,  /* make data folder and keys */
	TB_CONFIG_CHECK, /* say whether the configuration is right */
	TB_CONFIG_HELP,
	TB_CONFIG_VERSION
} tb_config_action;

typedef struct tb_config {
	tb_config_action action;
	char data[TB_CONFIG_PATH_MAX];      /* the data folder */
	char port_file[TB_CONFIG_PATH_MAX]; /* "" = none */
	char listen[TB_CONFIG_LISTEN_MAX];  /* "host:port", "[v6]:port"; port 0 = any free one */
	uint8_t admin_key[TB_CONFIG_MAX_ADMINS][32];
	size_t num_admins;
	unsigned threads;        /* that talk HTTP; at least 2 */
	unsigned verify_threads; /* that check ballots */
	unsigned max_connections;
	unsigned max_connections_per_address; /* 0 = no such limit, as behind a proxy */
	unsigned idle_seconds;                /* a silent connection is closed */
	unsigned request_seconds;             /* a request must have arrived after so long */
	unsigned memory_mib;                  /* for the bodies of requests under way */
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
