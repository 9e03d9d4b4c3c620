/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_FAULT_VFS_H
#define TB_TESTS_SUPPORT_FAULT_VFS_H

#include <stdbool.h>

/*
 * A disk for SQLite that fails when it is told to, and that remembers what would be left if the power went: every file as it was
 * at its last sync, kept beside it as "<file>.synced".  For one test program with one database at a time.
 */
void fault_vfs_install(void); /* before the first database is opened; it is then the default */

typedef enum fault_vfs_kind {
	FAULT_WRITES = 1, /* write, truncate: the disk is full */
	FAULT_SYNCS = 2,
	FAULT_READS = 4,
	FAULT_OPENS = 8
} fault_vfs_kind;

/* From now on the n-th call of these kinds fails, once (0: none does). */
void fault_vfs_fail_at(unsigned kinds, unsigned long n);
/* From now on every call of these kinds fails (0: none does). */
void fault_vfs_fail_all(unsigned kinds);
/* Calls of these kinds since the last fault_vfs_fail_at(). */
unsigned long fault_vfs_num_calls(void);
/* Has a planned fault happened? */
bool fault_vfs_has_failed(void);

/* Puts what the power loss leaves of the database `path` (and of its write-ahead log) into `to`.  All connections may be
 * open meanwhile. */
void fault_vfs_power_loss(const char *path, const char *to);

/* ---- memory: after fault_vfs_install() the n-th allocation of SQLite from now on fails, once (0: none does) ---- */
void fault_vfs_fail_malloc_at(unsigned long n);

#endif
