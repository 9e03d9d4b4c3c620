/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_SERVER_SCHEMA_H
#define TB_SERVER_SCHEMA_H

#include "core/base/why.h"

/*
 * The tables of the board, for server/store_*.c alone.  All but `checkpoint` and `witnessed` only grow.
 *
 * A new format is the old one and one more step, TB_SCHEMA_<n>, which makes n of n - 1; a fresh file goes through all of them,
 * and so does any older one when it is opened (store_schema.c).  A step that has been released is never changed.
 *
 * entry.place is election << 40 | index: one integer key keeps each log together and appends at its end.
 * hash holds every complete node of the Merkle tree, level 0 the leaf hashes: tiles are ranges of levels 0, 8, 16 ...
 */
#define TB_SCHEMA_VERSION 3
#define TB_SCHEMA_APPLICATION_ID 0x54424c4c /* "TBLL" */

#define TB_SCHEMA_1                                                                                          \
	"CREATE TABLE election("                                                                             \
	" number INTEGER PRIMARY KEY,"                                                                       \
	" slug TEXT NOT NULL UNIQUE,"                                                                        \
	" id BLOB NOT NULL UNIQUE CHECK(length(id) = 32)) STRICT;"                                           \
	"CREATE TABLE entry("                                                                                \
	" place INTEGER PRIMARY KEY,"                                                                        \
	" bytes BLOB NOT NULL CHECK(length(bytes) BETWEEN 1 AND 65535)) STRICT;"                             \
	"CREATE TABLE hash("                                                                                 \
	" election INTEGER NOT NULL REFERENCES election(number),"                                            \
	" level INTEGER NOT NULL,"                                                                           \
	" position INTEGER NOT NULL,"                                                                        \
	" hash BLOB NOT NULL CHECK(length(hash) = 32),"                                                      \
	" PRIMARY KEY(election, level, position)) STRICT, WITHOUT ROWID;"                                    \
	"CREATE TABLE blob("                                                                                 \
	" number INTEGER PRIMARY KEY,"                                                                       \
	" election INTEGER NOT NULL REFERENCES election(number),"                                            \
	" sha256 BLOB NOT NULL CHECK(length(sha256) = 32),"                                                  \
	" first_use INTEGER NOT NULL,"                                                                       \
	" bytes BLOB NOT NULL,"                                                                              \
	" UNIQUE(election, sha256), UNIQUE(election, first_use)) STRICT;"                                    \
	"CREATE TABLE submission("                                                                           \
	" election INTEGER NOT NULL REFERENCES election(number),"                                            \
	" sha256 BLOB NOT NULL CHECK(length(sha256) = 32),"                                                  \
	" position INTEGER NOT NULL,"                                                                        \
	" PRIMARY KEY(election, sha256)) STRICT, WITHOUT ROWID;"                                             \
	"CREATE TABLE checkpoint("                                                                           \
	" election INTEGER PRIMARY KEY REFERENCES election(number),"                                         \
	" size INTEGER NOT NULL,"                                                                            \
	" note BLOB NOT NULL) STRICT;"

/* 2: what the operator did, and the answers to repeat. */
#define TB_SCHEMA_2                                                                                          \
	"CREATE TABLE operator_call("                                                                        \
	" number INTEGER PRIMARY KEY AUTOINCREMENT,"                                                         \
	" time INTEGER NOT NULL,"                                                                            \
	" token TEXT NOT NULL,"                                                                              \
	" action TEXT NOT NULL,"                                                                             \
	" key TEXT NOT NULL,"                                                                                \
	" request BLOB NOT NULL CHECK(length(request) = 32),"                                                \
	" status INTEGER NOT NULL,"                                                                          \
	" answer TEXT NOT NULL,"                                                                             \
	" UNIQUE(token, key)) STRICT;"

/* 3: the head that witnesses have cosigned, which may be an older one than the checkpoint. */
#define TB_SCHEMA_3                                                                                          \
	"CREATE TABLE witnessed("                                                                            \
	" election INTEGER PRIMARY KEY REFERENCES election(number),"                                         \
	" note BLOB NOT NULL) STRICT;"

struct sqlite3;
/* Makes the tables in an empty database, brings an older one up to date.  STATE with *why for any other; IO, MEMORY. */
TB_CHECKED tb_err tb_schema_bring(struct sqlite3 *db, tb_why *why);

#endif
