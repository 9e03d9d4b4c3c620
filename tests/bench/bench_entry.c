/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/log/entry.h"

/* How long it takes to read the envelope of a ballot: scan, base64, SHA-256 of the payload. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void)
{
	static uint8_t payload[1024];
	const size_t rounds = 200000;
	tb_buf out, room;
	tb_fault fault;
	tb_entry e;
	double start;

	for (size_t i = 0; i < sizeof payload; i++)
		payload[i] = (uint8_t)(i * 167 + (i >> 8) * 31);
	tb_buf_init(&out, TB_ENTRY_MAX_BYTES);
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	if (tb_entry_init(&e, TB_ENTRY_BALLOT, "voter/somebody", payload, sizeof payload, &fault) != TB_OK)
		return 1;
	e.time = 1790000000;
	if (tb_entry_write(&out, &e) != TB_OK)
		return 1;
	start = now();
	for (size_t i = 0; i < rounds; i++)
		if (tb_entry_parse(&e, &room, out.data, out.len, &fault) != TB_OK)
			return 1;
	printf("entry: parse of a ballot entry of %zu bytes: %.2f us (target 6)\n", out.len,
		(now() - start) / (double)rounds * 1e6);
	tb_buf_release(&out);
	tb_buf_release(&room);
	return 0;
}
