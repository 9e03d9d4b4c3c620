/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/wipe.h"

#include <openssl/crypto.h>

void tb_wipe(void *data, size_t len)
{
	if (len > 0)
		OPENSSL_cleanse(data, len);
}
