/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_RAND_H
#define TB_CRYPTO_RAND_H

#include <stddef.h>

#include "crypto/err.h"

/* Fills `out` from the operating system's generator (getrandom).  RANDOM: out is then all zero. */
TB_CHECKED tb_err tb_random(void *out, size_t len);

#endif
