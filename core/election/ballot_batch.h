/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_BALLOT_BATCH_H
#define TB_CORE_ELECTION_BALLOT_BATCH_H

#include "core/election/ballot.h"
#include "core/election/tally.h"

/*
 * The two costly checks of ballots, in bulk: the signature [ENTRY.SIGNATURE], then points [BALLOT.POINTS] and
 * proofs [BALLOT.VERIFY] [RANK.VERIFY].  Two multi-scalar multiplications decide about a whole batch; when one fails the
 * batch is halved, with fresh randomisers [BATCH.RANDOM], until exactly the bad ballots are named. Signatures
 * are a batch of their own and come first: only an enrolled voter can make anyone search through proofs.
 *
 * One batch per thread.  All memory is taken by tb_ballot_batch_new(); a batch is used again and again and
 * never grows.
 *
 *     tb_ballot_batch_add()     until tb_ballot_batch_is_full()
 *     tb_ballot_batch_verify()  then read the verdicts
 *     tb_ballot_batch_reset()
 */
typedef struct tb_ballot_batch tb_ballot_batch;

typedef struct tb_ballot_verdict {
	uint64_t index;    /* as given to add */
	const char *rule;  /* ENTRY.SIGNATURE, BALLOT.PAYLOAD, BALLOT.POINTS, BALLOT.VERIFY or RANK.VERIFY */
	uint32_t question; /* for the last three */
	const char *what;  /* static text: what was found */
} tb_ballot_verdict;

/*
 * `capacity` ballots at a time (at least 1); thousands are needed for full speed.  Needs
 * tb_ballot_batch_bytes(p, capacity) bytes of memory.  The params are borrowed.  MEMORY.
 */
TB_CHECKED tb_err tb_ballot_batch_new(tb_ballot_batch **out, const tb_election_params *p, size_t capacity);
void tb_ballot_batch_free(tb_ballot_batch *b);
size_t tb_ballot_batch_bytes(const tb_election_params *p, size_t capacity);
/* The largest capacity, but at most `most` and at least 1, that fits into `bytes`. */
size_t tb_ballot_batch_capacity_for(const tb_election_params *p, size_t bytes, size_t most);

/*
 * Takes one ballot entry.  Everything needed is copied: `e` may be reused at once.  `key` is the voter's
 * credential on the roll at that position (wire bytes).  `binding` must carry election id and context.
 * `weight` is 0, or the voter's weight when this ballot counts and the aggregates are wanted.  A malformed
 * ballot is taken too and named by verify.  LIMIT when full; MEMORY.
 */
TB_CHECKED tb_err tb_ballot_batch_add(tb_ballot_batch *b, uint64_t index, const tb_entry *e,
	const tb_binding *binding, const uint8_t key[32], uint64_t weight);
size_t tb_ballot_batch_num(const tb_ballot_batch *b);
bool tb_ballot_batch_is_full(const tb_ballot_batch *b);

/*
 * Decides about every ballot of the batch.  *num_bad ballots are bad; tb_ballot_batch_bad() lists them in the
 * order of add, each once, with the first rule that it breaks.  When `tally` is not NULL, the ciphertexts of
 * the good ones are added to its aggregates with their weights (a partial tally of this thread's own).
 * RANDOM, MEMORY: nothing is decided then.
 */
TB_CHECKED tb_err tb_ballot_batch_verify(tb_ballot_batch *b, tb_tally *tally, size_t *num_bad);
const tb_ballot_verdict *tb_ballot_batch_bad(const tb_ballot_batch *b); /* until reset */
void tb_ballot_verdict_fault(const tb_ballot_verdict *v, tb_fault *fault);
void tb_ballot_batch_reset(tb_ballot_batch *b);

/* One ballot, by the same code: RULE with *fault.  The batch must be empty, and is afterwards. */
TB_CHECKED tb_err tb_ballot_batch_verify_one(tb_ballot_batch *b, const tb_entry *e, const tb_binding *binding,
	const uint8_t key[32], tb_fault *fault);

/* Nanoseconds spent in each stage since new: what the benchmark prints. */
typedef struct tb_ballot_batch_times {
	uint64_t add, signature, decode, prepare, proof;
} tb_ballot_batch_times;
const tb_ballot_batch_times *tb_ballot_batch_spent(const tb_ballot_batch *b);

#endif
