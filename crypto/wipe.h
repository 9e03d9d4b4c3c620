/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_WIPE_H
#define TB_CRYPTO_WIPE_H

#include <stddef.h>

/* Overwrites `len` bytes with zeros; the compiler cannot drop it.  The maker of a secret wipes it. */
void tb_wipe(void *data, size_t len);

#endif
