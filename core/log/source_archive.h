/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_SOURCE_ARCHIVE_H
#define TB_CORE_LOG_SOURCE_ARCHIVE_H

#include "core/log/source.h"

/*
 * An archive as a source.  Opening reads all headers once and requires exactly the files of one board in their one order
 * [ARCHIVE]: the checkpoint, the tiles and bundles of its size, then blobs, then files of counts, none twice.  Two archives of a log thus differ in
 * nothing but signatures and blobs, and no file can hide in one.  Memory: 16 bytes per file.
 */
TB_CHECKED tb_err tb_source_archive_new(
	tb_source **out, const char *path, tb_why *why); /* see tb_source_open() */

/* The same check of an archive that can be read at any place; `each` (may fail, and its error is passed on) is told every file. */
TB_CHECKED tb_err tb_archive_check(
	tb_archive_reader *r, tb_err (*each)(void *ctx, const tb_archive_file *file), void *ctx, tb_why *why);

#endif
