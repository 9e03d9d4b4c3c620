/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CRYPTO_MSM_SECRET_H
#define TB_CRYPTO_MSM_SECRET_H

#include "crypto/group.h"

/*
 * Multi-scalar multiplication with secret scalars, and points that may tell a secret: neither a branch nor an address depends
 * on them (in modp4096 as far as tb_point_neg() goes, that is not; nothing uses it there).  In ristretto255 a point costs a third
 * of tb_point_mul_secret().
 *
 * The room is reused between calls; one per thread.
 */
typedef struct tb_msm_secret_room tb_msm_secret_room;

/* Room for up to `num` points at a time (1.3 KiB each in ristretto255).  MEMORY. */
TB_CHECKED tb_err tb_msm_secret_room_new(const tb_group *g, tb_msm_secret_room **out, size_t num);
void tb_msm_secret_room_free(tb_msm_secret_room *room); /* wipes */

/* *out = sum of scalars[i] * points[i]; more points than there is room for are done in parts. */
void tb_msm_secret(tb_msm_secret_room *room, tb_point *out, const tb_secret *scalars,
	const tb_point *const *points, size_t num);

#endif
