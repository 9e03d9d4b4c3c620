/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_LOG_EXPORT_H
#define TB_CORE_LOG_EXPORT_H

#include "core/log/source.h"

/*
 * Writes a whole board as one archive [ARCHIVE]: checkpoint, tiles, entry bundles, then blobs in the order of their first use, then the files of counts that are there.  The bytes are
 * copied as they are; a blob that the source lacks is left out, for the verification to name.  The file appears complete or not at all, and
 * replaces one that was there.  The source must not change meanwhile: a folder or an archive, not a server.  The errors of the source; IO, MEMORY, with *why.
 */
TB_CHECKED tb_err tb_export_archive(tb_source *source, const char *path, tb_why *why);

#endif
