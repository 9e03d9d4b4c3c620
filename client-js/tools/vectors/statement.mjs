// SPDX-License-Identifier: Apache-2.0
// How statements, definitions and choices stand in the files.
import { define } from '../../crypto/bitproof.js';
import { fromHex, hex } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import { reduce } from '../../crypto/scalar.js';
import { publicKey } from '../../crypto/schnorr.js';
import { seeded } from './kit.mjs';

/** @param {any} d as in the manifest */
export const readDefinition = (d) => define({ m: d.options, S: d.score_max, min: d.min, max: d.max, blank: d.blank });

export const readStatement = (input) => {
	const group = getGroup(input.group);
	return {
		group,
		context: fromHex(input.context),
		voter: input.voter,
		voterKey: fromHex(input.voter_key),
		question: input.question,
		definition: readDefinition(input.definition),
		h: group.decode(fromHex(input.h)),
	};
};

export const readSetting = (input) => {
	const group = getGroup(input.group);
	return {
		group,
		context: fromHex(input.context),
		voter: input.voter,
		voterKey: fromHex(input.voter_key),
		h: group.decode(fromHex(input.h)),
		definitions: input.definitions.map(readDefinition),
	};
};

export const definition = (options, score_max, min, max, blank = false) => ({ options, score_max, min, max, blank });
export const choice = (values, blank = false) => ({ values, blank });

/** Public key of the elections of the vectors. @param {string} name of the group */
export function electionKey(name) {
	const group = getGroup(name);
	const secret = reduce(seeded('election key', 64), group.q);
	return { secret, h: hex(group.encode(group.multiply(secret, group.generator))) };
}

export const context = hex(seeded('context', 32));
export const electionId = hex(seeded('election', 32));
export const voterSecret = reduce(seeded('voter key', 64), getGroup('ristretto255').q);
export const voterKey = hex(publicKey(voterSecret));
