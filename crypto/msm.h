/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_MSM_H
#define TB_CRYPTO_MSM_H

#include "crypto/group.h"

/*
 * Multi-scalar multiplication: *out = sum of scalar[i] * *point[i], variable time, public data only.
 * Straus for few points, Pippenger with signed digits for many; short scalars (128-bit randomisers)
 * cost about half, zero scalars nothing.  Bernstein, Doumen, Lange, Oosterwijk, "Faster batch
 * forgery identification" (2012), section 4; Pippenger (1976).
 *
 * `scratch` is reused between calls and grows when needed; MEMORY leaves *out unchanged.
 * Not thread-safe per scratch: one scratch per thread.
 */
typedef struct tb_msm_scratch tb_msm_scratch;
TB_CHECKED tb_err tb_msm_scratch_new(tb_msm_scratch **out);
void tb_msm_scratch_free(tb_msm_scratch *s);
TB_CHECKED tb_err tb_msm(const tb_group *g, tb_msm_scratch *s, tb_point *out, const tb_scalar *scalars,
	const tb_point *const *points, size_t num);

#endif
