/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_TESTS_SUPPORT_CT_WRAPS_H
#define TB_TESTS_SUPPORT_CT_WRAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/group.h"

/*
 * What the constant-time tests have in common: marking secrets as undefined for valgrind's memcheck, and wrappers of the
 * functions whose answer the protocol makes public, which mark that answer defined: the two of [SECRET.REVEAL], a written
 * point, "is it 0", "is it reduced", "are they equal".  AEAD keys are marked defined on their way into OpenSSL, whose
 * comparison of tags would be reported; what it decrypts is secret again.  A program that uses this wraps them at link
 * time: see ct_proofs.ldflags.
 */
void tb_ct_secret(void *data, size_t len);
void tb_ct_public(const void *data, size_t len);
extern bool tb_ct_written_points_are_secret; /* Diffie-Hellman values */

/* Does any byte depend on a secret? */
bool tb_ct_is_secret(const void *data, size_t len);
/* That valgrind had nothing to report. */
void tb_ct_assert_silent(void);

#endif
