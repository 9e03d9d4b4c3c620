/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/transcript.h"

#include <string.h>

#include "crypto/wipe.h"

size_t tb_item_head(uint8_t out[TB_ITEM_HEAD_MAX], const char *label, uint64_t data_len)
{
	size_t label_len = strlen(label), n = 0;

	TB_REQUIRE(label_len <= TB_ITEM_LABEL_MAX);
	out[n++] = 0;
	out[n++] = (uint8_t)label_len;
	memcpy(out + n, label, label_len);
	n += label_len;
	for (int shift = 56; shift >= 0; shift -= 8)
		out[n++] = (uint8_t)(data_len >> shift);
	return n;
}

void tb_item_absorb(tb_sha512_state *s, const char *label, const void *data, size_t data_len)
{
	uint8_t head[TB_ITEM_HEAD_MAX];

	tb_sha512_update(s, head, tb_item_head(head, label, data_len));
	tb_sha512_update(s, data, data_len);
}

tb_err tb_transcript_init(tb_transcript *t, const char *protocol)
{
	tb_sha512_init(&t->run);
	tb_item_absorb(&t->run, "protocol", protocol, strlen(protocol));
	return TB_OK;
}

void tb_transcript_release(tb_transcript *t)
{
	tb_wipe(t, sizeof *t);
}

void tb_transcript_bytes(tb_transcript *t, const char *label, const void *data, size_t data_len)
{
	tb_item_absorb(&t->run, label, data, data_len);
}

void tb_transcript_u64(tb_transcript *t, const char *label, uint64_t v)
{
	uint8_t wire[8];

	for (int i = 0; i < 8; i++)
		wire[i] = (uint8_t)(v >> (56 - 8 * i));
	tb_item_absorb(&t->run, label, wire, sizeof wire);
}

void tb_transcript_scalar(tb_transcript *t, const tb_group *g, const char *label, const tb_scalar *a)
{
	uint8_t wire[TB_SCALAR_BYTES];

	tb_scalar_write(g, wire, a);
	tb_item_absorb(&t->run, label, wire, sizeof wire);
}

void tb_transcript_point(tb_transcript *t, const tb_group *g, const char *label, const tb_point *a)
{
	uint8_t wire[TB_POINT_MAX_BYTES];

	tb_point_write(g, wire, a);
	tb_transcript_point_wire(t, g, label, wire);
}

void tb_transcript_point_wire(tb_transcript *t, const tb_group *g, const char *label, const uint8_t *wire)
{
	tb_item_absorb(&t->run, label, wire, tb_group_point_bytes(g));
}

/* The running hash is forked, so what follows goes on from the items themselves; the outer hash under its own
 * label keeps a challenge from ever being the state of a longer transcript (length extension). */
static void squeeze(const tb_transcript *t, const char *label, uint8_t out[TB_SHA512_BYTES])
{
	tb_sha512_state fork = t->run, outer;
	uint8_t inner[TB_SHA512_BYTES];

	tb_sha512_final(&fork, inner);
	tb_sha512_init(&outer);
	tb_item_absorb(&outer, label, inner, sizeof inner);
	tb_sha512_final(&outer, out);
	tb_wipe(inner, sizeof inner);
}

void tb_transcript_challenge(tb_transcript *t, const tb_group *g, tb_scalar *out)
{
	uint8_t wide[TB_SHA512_BYTES];

	squeeze(t, "challenge", wide);
	tb_scalar_reduce64(g, out, wide);
	tb_wipe(wide, sizeof wide);
}

void tb_transcript_output(tb_transcript *t, uint8_t out[64])
{
	squeeze(t, "output", out);
}
