/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/uniform.h"

#include <string.h>

#include <sodium.h>

void tb_test_uniform(uint8_t out[64], const char *group, const char *label, const char *data, uint8_t k)
{
	const char *const names[] = {"protocol", "group", "label", "data", "counter"};
	const uint8_t counter[8] = {[7] = k};
	const void *const items[] = {"tabella/v1/hash-to-group", group, label, data, counter};
	const size_t lens[] = {24, strlen(group), strlen(label), strlen(data), 8};
	uint8_t buf[1000];
	size_t n = 0;

	for (size_t i = 0; i < 5; i++) {
		buf[n++] = 0;
		buf[n++] = (uint8_t)strlen(names[i]);
		memcpy(buf + n, names[i], strlen(names[i]));
		n += strlen(names[i]);
		memset(buf + n, 0, 7);
		buf[n + 7] = (uint8_t)lens[i];
		n += 8;
		memcpy(buf + n, items[i], lens[i]);
		n += lens[i];
	}
	crypto_hash_sha512(out, buf, n);
}
