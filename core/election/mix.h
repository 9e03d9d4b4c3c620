/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_MIX_H
#define TB_CORE_ELECTION_MIX_H

#include "core/base/buf.h"
#include "core/base/fault.h"
#include "core/election/params.h"
#include "crypto/parallel.h"

/*
 * The ranked ballots between close and decryption [MIX].  A stage is the lists of ciphertexts, one for each ranked question that may be
 * decrypted, after so many mixes; the next mix makes the next stage of it.  A stage never changes and is shared by reference, so
 * that a mix, which takes long, can be checked against it while the board goes on.  JS twin: client-js/core/mix.js.
 */
typedef struct tb_mix_stage tb_mix_stage;

/* The ciphertexts of one question: a || b of each element, ciphertext by ciphertext. */
typedef struct tb_mix_list {
	uint32_t question; /* index in the manifest */
	uint32_t width;    /* elements of a ciphertext */
	size_t num;        /* ciphertexts; the same in all lists of a stage */
	const uint8_t *wire;
	size_t wire_len;
} tb_mix_list;

/*
 * The first stage, of `num` >= 1 counted ballots.  `wire` holds the lists of these questions one after the other, in order; it is taken
 * over (free), also on failure.  The params are borrowed.  MEMORY.
 */
TB_CHECKED tb_err tb_mix_stage_new(tb_mix_stage **out, const tb_election_params *p, const uint8_t close[32],
	const uint32_t *questions, uint32_t num_questions, size_t num, uint8_t *wire);
tb_mix_stage *tb_mix_stage_share(tb_mix_stage *s); /* one more reference; any thread */
void tb_mix_stage_free(tb_mix_stage *s);           /* one less; NULL is nothing */

uint32_t tb_mix_stage_number(const tb_mix_stage *s); /* mixes that led here */
uint32_t tb_mix_stage_num_lists(const tb_mix_stage *s);
const tb_mix_list *tb_mix_stage_list(const tb_mix_stage *s, uint32_t k);
const uint8_t *tb_mix_stage_hash(const tb_mix_stage *s); /* 32 bytes: of number and lists */

/* ---- the payload of `mix` ---- */
size_t tb_mix_bytes(const tb_mix_stage *s); /* its exact length */
/* Appends one by this trustee: shuffles every list, with proofs.  RULE SHUFFLE.VERIFY when an input is no point (of a board that was not
 * verified); RANDOM, MEMORY, LIMIT. */
TB_CHECKED tb_err tb_mix_make(
	const tb_mix_stage *s, tb_buf *payload, uint32_t trustee, const tb_parallel *work, tb_fault *fault);
/* Version, length, trustee: RULE MIX, `where` relative to the payload.  Cheap. */
TB_CHECKED tb_err tb_mix_check_form(
	const tb_mix_stage *s, uint32_t trustee, const uint8_t *payload, size_t payload_len, tb_fault *fault);
/* The same, and all else that can be said of a payload from the stage alone.  RULE also MIX.WHEN (another mix was faster), MIX.FRESH,
 * SHUFFLE.VERIFY; RANDOM, MEMORY. */
TB_CHECKED tb_err tb_mix_check(const tb_mix_stage *s, uint32_t trustee, const uint8_t *payload,
	size_t payload_len, const tb_parallel *work, tb_fault *fault);
/* Are these `num` wire points all points of the group?  What cannot be read has no place in the state [CHECK.RECOVERY]. */
bool tb_mix_points_are_readable(const tb_group *g, const uint8_t *wire, size_t num, const tb_parallel *work);
/* Are the outputs points at all?  Then the next stage can be made of them, whatever the proof says [CHECK.RECOVERY]. */
bool tb_mix_is_readable(
	const tb_mix_stage *s, const uint8_t *payload, size_t payload_len, const tb_parallel *work);
/* The stage after this mix.  The length must be right (a bug of the caller otherwise).  MEMORY. */
TB_CHECKED tb_err tb_mix_next(
	tb_mix_stage **out, const tb_mix_stage *s, const uint8_t *payload, size_t payload_len);

/* ---- what a proof about a stage is bound to; appended ---- */
TB_CHECKED tb_err tb_mix_binding(tb_buf *out, const tb_mix_stage *s, uint32_t question, uint32_t trustee);

#endif
