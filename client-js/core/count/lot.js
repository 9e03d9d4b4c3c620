// SPDX-License-Identifier: Apache-2.0
// [COUNT.LOT] The order in which the lot favours candidates.
import { concat, hex, u64, u8, utf8 } from '../../crypto/bytes.js';
import { Refusal, require } from '../../crypto/err.js';
import { sha256, sha512 } from '../../crypto/hash.js';

/** A count that needs a lot and has none. */
export class LotMissing extends Refusal {
	/** @param {number[]} between candidates from 0 @param {string} names for people */
	constructor(between, names) {
		super('COUNT.LOT', `a tie needs a lot, between ${names}`);
		this.between = between;
	}
}

/** @param {number} num of candidates @param {Uint8Array} seed 64 bytes [LOT] @param {number} question @returns {number[]} all candidates from 0, the favoured first */
export const deriveLot = (num, seed, question) =>
	Array.from({ length: num }, (_, candidate) => ({ candidate, hash: hex(sha256(concat(seed, u64(question), u64(candidate)))) }))
		.sort((a, b) => (a.hash < b.hash ? -1 : 1))
		.map(({ candidate }) => candidate);

/** A seed from any text, for counts outside an election. @param {string} text @returns {Uint8Array} */
export const lotSeed = (text) => sha512(concat(utf8('tabella/v1/count-lot'), u8(0), utf8(text)));

/** @param {number[]} lot @param {number} num of candidates */
export const checkLot = (lot, num) =>
	require(lot.length === num && new Set(lot).size === num && lot.every((candidate) => Number.isInteger(candidate) && candidate >= 0 && candidate < num),
		'COUNT.LOT', 'the lot must name every candidate once');
