/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rand.h"

#include <errno.h>
#include <sys/random.h>

#include "crypto/wipe.h"

/* The kernel's generator directly: no state of ours that a fork, a restored snapshot of the machine or a
 * core dump could repeat or disclose. */
tb_err tb_random(void *out, size_t len)
{
	unsigned char *p = out;
	size_t done = 0;

	while (done < len) {
		ssize_t got = getrandom(p + done, len - done, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			tb_wipe(out, len);
			return TB_ERR_RANDOM;
		}
		done += (size_t)got;
	}
	return TB_OK;
}
