/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_PICTURE_H
#define TB_CORE_ELECTION_PICTURE_H

#include "core/base/buf.h"

/*
 * Pictures of options [MANIFEST.PICTURE]: whole PNG, JPEG or WebP files.  What is inside is looked at by browsers only, and they
 * are told the type.
 */
#define TB_PICTURE_MIN_BYTES 16
#define TB_PICTURE_MAX_BYTES 24576

/* "image/png", "image/jpeg" or "image/webp"; NULL when it is none of these, or too short or too long. */
const char *tb_picture_type(const uint8_t *bytes, size_t len);
/* The same for the base64 of such a file. */
const char *tb_picture_type_base64(const char *base64);

#endif
