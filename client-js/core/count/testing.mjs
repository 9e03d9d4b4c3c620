// SPDX-License-Identifier: Apache-2.0
// Elections for tests that look random and are the same in every run.
import { sha512 } from '../../crypto/hash.js';
import { utf8 } from '../../crypto/bytes.js';
import { Ballots } from './ballots.js';

/** Numbers below a bound, from a label. */
export class Chance {
	/** @param {string} label */
	constructor(label) {
		this.block = sha512(utf8(`tabella count tests ${label}`));
		this.at = 0;
	}

	/** @param {number} bound @returns {number} */
	below(bound) {
		if (this.at + 4 > this.block.length) {
			this.block = sha512(this.block);
			this.at = 0;
		}
		const value = new DataView(this.block.buffer, this.block.byteOffset + this.at).getUint32(0);
		this.at += 4;
		return value % bound;
	}

	/** @param {number} percent */
	happens(percent) {
		return this.below(100) < percent;
	}

	/** @param {number} num @returns {number[]} 0 to num-1 in some order */
	order(num) {
		const out = Array.from({ length: num }, (_, i) => i);
		for (let i = num - 1; i > 0; i--) {
			const k = this.below(i + 1);
			[out[i], out[k]] = [out[k], out[i]];
		}
		return out;
	}
}

/** Ranks: most ballots strict and of any length, some with equal ranks, some empty. @param {Chance} chance @param {number} num @param {number} equal percent */
function someRanks(chance, num, equal) {
	const marks = new Array(num).fill(0);
	let rank = 1;
	for (const i of chance.order(num).slice(0, chance.below(num + 1))) {
		marks[i] = rank;
		if (!chance.happens(equal)) rank += 1 + chance.below(2);
	}
	return marks;
}

/**
 * An election full of what is rare elsewhere: ties, withdrawn candidates, equal ranks, empty ballots, huge groups.
 * @param {string} label @param {{hasScores?: boolean}} [kind] @returns {{ballots: Ballots, chance: Chance}}
 */
export function someElection(label, { hasScores = false } = {}) {
	const chance = new Chance(label);
	const num = chance.happens(5) ? 20 : 1 + chance.below(8);
	const withdrawn = Array.from({ length: num }, (_, i) => i).filter(() => chance.happens(8));
	const ballots = new Ballots({ names: Array.from({ length: num }, (_, i) => `Candidate ${i + 1}`), withdrawn, hasScores });
	const equal = chance.happens(50) ? 0 : 25;
	const isHuge = chance.happens(10);
	const top = chance.happens(60) ? 2 : 40; // small groups make ties
	for (let groups = chance.below(25); groups > 0; groups--) {
		const marks = hasScores ? Array.from({ length: num }, () => (chance.happens(40) ? 0 : chance.below(chance.happens(5) ? 1_000_001 : 6))) : someRanks(chance, num, equal);
		ballots.add(marks, 1 + chance.below(top) * (isHuge ? 10_000_000_019 : 1));
	}
	return { ballots, chance };
}

/** Options that fit. @param {Chance} chance @param {import('./count.js').Method} method @param {Ballots} ballots @returns {import('./count.js').Options} */
export function someOptions(chance, method, { names, withdrawn, total }) {
	const standing = names.flatMap((_, i) => (withdrawn.has(i) ? [] : [i]));
	const defaultOption = method.hasDefault && standing.length > 0 && chance.happens(60) ? standing[chance.below(standing.length)] : null;
	const isMeasured = defaultOption !== null && chance.happens(60);
	return {
		seats: method.oneSeat ? 1 : 1 + chance.below(Math.max(1, names.length - chance.below(2))),
		lot: chance.happens(85) ? chance.order(names.length) : null,
		minimum: method.hasMinimum && chance.happens(15) ? chance.below(12) : 0,
		defaultOption,
		quorum: isMeasured ? chance.below(Math.min(total, 1000) + 1) : 0,
		ratios: isMeasured ? names.map((_, i) => (i === defaultOption || chance.happens(60) ? [1, 1] : [1 + chance.below(4), 1 + chance.below(2)])) : null,
	};
}
