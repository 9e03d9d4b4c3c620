/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/picture.h"

#include <string.h>

#include "core/base/base64.h"

const char *tb_picture_type(const uint8_t *bytes, size_t len)
{
	static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'},
			     jpeg[] = {0xff, 0xd8, 0xff};

	if (len < TB_PICTURE_MIN_BYTES || len > TB_PICTURE_MAX_BYTES)
		return NULL;
	if (memcmp(bytes, png, sizeof png) == 0)
		return "image/png";
	if (memcmp(bytes, jpeg, sizeof jpeg) == 0)
		return "image/jpeg";
	return memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0 ? "image/webp" : NULL;
}

const char *tb_picture_type_base64(const char *base64)
{
	uint8_t bytes[TB_PICTURE_MAX_BYTES];
	size_t len = 0;

	if (tb_base64_parse(bytes, &len, sizeof bytes, base64, strlen(base64)) != TB_OK)
		return NULL;
	return tb_picture_type(bytes, len);
}
