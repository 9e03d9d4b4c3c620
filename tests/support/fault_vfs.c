/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fault_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/err.h"

typedef struct fault_file {
	sqlite3_file base;
	sqlite3_io_methods methods; /* of the version that the real file has */
	char *path;                 /* NULL for temporary files */
	sqlite3_file *real;         /* behind this struct */
} fault_file;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned kinds_at, kinds_all;
static unsigned long num_calls, fail_at;
static bool has_failed;

void fault_vfs_fail_at(unsigned kinds, unsigned long n)
{
	pthread_mutex_lock(&lock);
	kinds_at = kinds;
	fail_at = n;
	num_calls = 0;
	has_failed = false;
	pthread_mutex_unlock(&lock);
}

void fault_vfs_fail_all(unsigned kinds)
{
	pthread_mutex_lock(&lock);
	kinds_all = kinds;
	pthread_mutex_unlock(&lock);
}

unsigned long fault_vfs_num_calls(void)
{
	unsigned long n;

	pthread_mutex_lock(&lock);
	n = num_calls;
	pthread_mutex_unlock(&lock);
	return n;
}

bool fault_vfs_has_failed(void)
{
	bool v;

	pthread_mutex_lock(&lock);
	v = has_failed;
	pthread_mutex_unlock(&lock);
	return v;
}

static bool fails(fault_vfs_kind kind)
{
	bool v = false;

	pthread_mutex_lock(&lock);
	if ((kinds_all & (unsigned)kind) != 0)
		v = true;
	if ((kinds_at & (unsigned)kind) != 0 && ++num_calls == fail_at)
		v = true;
	if (v)
		has_failed = true;
	pthread_mutex_unlock(&lock);
	return v;
}

/* ---- what power loss leaves ---- */

static void copy_file(const char *from, const char *to)
{
	static const size_t chunk = 1u << 16;
	FILE *in = fopen(from, "rb"), *out;
	char *bytes = malloc(chunk);
	size_t len;

	(void)unlink(to);
	TB_REQUIRE(bytes != NULL);
	if (in != NULL) {
		out = fopen(to, "wb");
		TB_REQUIRE(out != NULL);
		while ((len = fread(bytes, 1, chunk, in)) > 0)
			TB_REQUIRE(fwrite(bytes, 1, len, out) == len);
		TB_REQUIRE(fclose(out) == 0);
		(void)fclose(in);
	}
	free(bytes);
}

void fault_vfs_power_loss(const char *path, const char *to)
{
	char from[4200], there[4200];

	(void)snprintf(from, sizeof from, "%s.synced", path);
	copy_file(from, to);
	(void)snprintf(from, sizeof from, "%s-wal.synced", path);
	(void)snprintf(there, sizeof there, "%s-wal", to);
	copy_file(from, there);
	(void)snprintf(there, sizeof there, "%s-shm", to);
	(void)unlink(there);
}

/* ---- files ---- */

static fault_file *of(sqlite3_file *f)
{
	return (fault_file *)(void *)f;
}

static int on_close(sqlite3_file *f)
{
	fault_file *p = of(f);
	int code = p->real->pMethods->xClose(p->real);

	free(p->path);
	p->path = NULL;
	return code;
}

static int on_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at)
{
	return fails(FAULT_READS) ? SQLITE_IOERR_READ
				  : of(f)->real->pMethods->xRead(of(f)->real, out, len, at);
}

static int on_write(sqlite3_file *f, const void *in, int len, sqlite3_int64 at)
{
	if (fails(FAULT_WRITES)) {
		/* A disk that is full in the middle of a write. */
		if (len > 1)
			(void)of(f)->real->pMethods->xWrite(of(f)->real, in, len / 2, at);
		return SQLITE_FULL;
	}
	return of(f)->real->pMethods->xWrite(of(f)->real, in, len, at);
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return fails(FAULT_WRITES) ? SQLITE_IOERR_TRUNCATE
				   : of(f)->real->pMethods->xTruncate(of(f)->real, size);
}

static int on_sync(sqlite3_file *f, int flags)
{
	char synced[4200];
	int code;

	if (fails(FAULT_SYNCS))
		return SQLITE_IOERR_FSYNC;
	code = of(f)->real->pMethods->xSync(of(f)->real, flags);
	if (code == SQLITE_OK && of(f)->path != NULL) {
		(void)snprintf(synced, sizeof synced, "%s.synced", of(f)->path);
		copy_file(of(f)->path, synced);
	}
	return code;
}

static int on_file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return of(f)->real->pMethods->xFileSize(of(f)->real, size);
}

static int on_lock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xLock(of(f)->real, level);
}

static int on_unlock(sqlite3_file *f, int level)
{
	return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}

static int on_check_lock(sqlite3_file *f, int *out)
{
	return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
}

static int on_control(sqlite3_file *f, int op, void *arg)
{
	return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}

static int on_sector_size(sqlite3_file *f)
{
	return of(f)->real->pMethods->xSectorSize(of(f)->real);
}

static int on_characteristics(sqlite3_file *f)
{
	return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real);
}

static int on_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, out);
}

static int on_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return of(f)->real->pMethods->xShmLock(of(f)->real, offset, n, flags);
}

static void on_shm_barrier(sqlite3_file *f)
{
	of(f)->real->pMethods->xShmBarrier(of(f)->real);
}

static int on_shm_unmap(sqlite3_file *f, int del)
{
	return of(f)->real->pMethods->xShmUnmap(of(f)->real, del);
}

/* ---- the file system ---- */

static sqlite3_vfs *real_vfs(sqlite3_vfs *v)
{
	return v->pAppData;
}

static int on_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
	fault_file *p = of(f);
	int code;

	memset(p, 0, sizeof *p);
	if (fails(FAULT_OPENS))
		return SQLITE_CANTOPEN;
	p->real = (sqlite3_file *)(void *)(p + 1);
	code = real_vfs(v)->xOpen(real_vfs(v), name, p->real, flags, out_flags);
	if (code != SQLITE_OK)
		return code;
	p->methods = (sqlite3_io_methods){2, on_close, on_read, on_write, on_truncate, on_sync, on_file_size,
		on_lock, on_unlock, on_check_lock, on_control, on_sector_size, on_characteristics, on_shm_map,
		on_shm_lock, on_shm_barrier, on_shm_unmap, NULL, NULL};
	p->base.pMethods = &p->methods;
	p->path = name != NULL ? strdup(name) : NULL;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *v, const char *name, int sync_dir)
{
	char synced[4200];

	if (fails(FAULT_WRITES))
		return SQLITE_IOERR_DELETE;
	(void)snprintf(synced, sizeof synced, "%s.synced", name);
	(void)unlink(synced);
	return real_vfs(v)->xDelete(real_vfs(v), name, sync_dir);
}

static int on_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
	return real_vfs(v)->xAccess(real_vfs(v), name, flags, out);
}

static int on_full_path(sqlite3_vfs *v, const char *name, int len, char *out)
{
	return real_vfs(v)->xFullPathname(real_vfs(v), name, len, out);
}

/* ---- memory ---- */

static sqlite3_mem_methods real_memory;
static unsigned long num_allocations, fail_allocation;

static bool allocation_fails(void)
{
	bool v;

	pthread_mutex_lock(&lock);
	v = ++num_allocations == fail_allocation;
	if (v)
		has_failed = true;
	pthread_mutex_unlock(&lock);
	return v;
}

static void *on_malloc(int size)
{
	return allocation_fails() ? NULL : real_memory.xMalloc(size);
}

static void *on_realloc(void *old, int size)
{
	return allocation_fails() ? NULL : real_memory.xRealloc(old, size);
}

void fault_vfs_fail_malloc_at(unsigned long n)
{
	pthread_mutex_lock(&lock);
	num_allocations = 0;
	fail_allocation = n;
	has_failed = false;
	pthread_mutex_unlock(&lock);
}

void fault_vfs_install(void)
{
	static sqlite3_vfs vfs;
	static bool installed;
	sqlite3_mem_methods memory;

	if (installed)
		return;
	installed = true;
	TB_REQUIRE(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory) == SQLITE_OK);
	memory = real_memory;
	memory.xMalloc = on_malloc;
	memory.xRealloc = on_realloc;
	TB_REQUIRE(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK);
	TB_REQUIRE(sqlite3_initialize() == SQLITE_OK);
	vfs = *sqlite3_vfs_find(NULL);
	vfs.pNext = NULL;
	vfs.pAppData = sqlite3_vfs_find(NULL);
	vfs.zName = "fault";
	vfs.szOsFile += (int)sizeof(fault_file);
	vfs.xOpen = on_open;
	vfs.xDelete = on_delete;
	vfs.xAccess = on_access;
	vfs.xFullPathname = on_full_path;
	TB_REQUIRE(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}
