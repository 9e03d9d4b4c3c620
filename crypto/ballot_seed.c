/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ballot_seed.h"

#include <string.h>

#include "crypto/wipe.h"

tb_err tb_ballot_seed_init(tb_ballot_seed *out, const tb_group *g, const tb_bitproof_binding *binding,
	const void *choices, size_t choices_len, const uint8_t seed[32])
{
	tb_transcript *t = &out->prefix;
	const char *name = tb_group_name(g);
	tb_err err = tb_transcript_init(t, "tabella/v1/ballot-seed");

	out->g = g;
	if (err != TB_OK)
		return err;
	tb_transcript_bytes(t, "group", name, strlen(name));
	tb_transcript_bytes(t, "seed", seed, 32);
	tb_transcript_bytes(t, "context", binding->context, 32);
	tb_transcript_bytes(t, "voter", binding->voter, binding->voter_len);
	tb_transcript_u64(t, "question", binding->question);
	tb_transcript_bytes(t, "choices", choices, choices_len);
	return TB_OK;
}

void tb_ballot_seed_scalar(const tb_ballot_seed *s, tb_secret *out, const char *name, uint64_t index)
{
	tb_transcript t = s->prefix;
	uint8_t wide[64];

	tb_transcript_bytes(&t, "name", name, strlen(name));
	tb_transcript_u64(&t, "index", index);
	tb_transcript_output(&t, wide);
	tb_secret_reduce64(s->g, out, wide);
	tb_transcript_release(&t);
	tb_wipe(wide, sizeof wide);
}

void tb_ballot_seed_release(tb_ballot_seed *s)
{
	tb_transcript_release(&s->prefix);
}
