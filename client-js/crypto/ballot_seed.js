// SPDX-License-Identifier: Apache-2.0
// [BALLOT.SEED] Every secret scalar of a ballot, from one seed.
import { u64 } from './bytes.js';
import { reduce } from './scalar.js';
import { Transcript } from './transcript.js';

/**
 * The choices are bound so that one seed with two votes never repeats a mask: that would reveal votes.
 * @param {{group: import('./group.js').Group, context: Uint8Array, voter: string, question: number}} st
 * @param {Uint8Array} seed @param {Uint8Array} choices as the rule writes them @returns {(name: string, index: number) => bigint}
 */
export function scalarsFromSeed({ group, context, voter, question }, seed, choices) {
	if (seed.length !== 32) throw new TypeError('a seed has 32 bytes');
	return (name, index) =>
		reduce(
			new Transcript('tabella/v1/ballot-seed')
				.absorb('group', group.name)
				.absorb('seed', seed)
				.absorb('context', context)
				.absorb('voter', voter)
				.absorb('question', u64(question))
				.absorb('choices', choices)
				.absorb('name', name)
				.absorb('index', u64(index))
				.output(),
			group.q,
		);
}
