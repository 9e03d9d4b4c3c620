// SPDX-License-Identifier: Apache-2.0
// [RANK.COUNT] The count of one ranked question, from the decrypted ballots to the account.
import { hex } from '../crypto/bytes.js';
import { sha256 } from '../crypto/hash.js';
import * as abif from './count/abif.js';
import * as csv from './count/ballot_csv.js';
import { Ballots } from './count/ballots.js';
import * as blt from './count/blt.js';
import { count, writeAccount } from './count/count.js';
import { deriveLot } from './count/lot.js';
import { findMethod } from './count/methods.js';

/**
 * @typedef {object} Counted
 * @property {number} valid ballots
 * @property {number[]} invalid positions from 0 in the list that was decrypted
 * @property {Ballots} ballots
 * @property {import('./count/count.js').Account} account
 */

/**
 * @param {any} q of the manifest @param {number} index of the question @param {(number[]|undefined)[]} decrypted the ranks of each ballot, nothing
 * for an invalid one @param {Uint8Array} lotSeed @returns {Counted}
 */
export function countRanked(q, index, decrypted, lotSeed) {
	const method = findMethod(q.count.method);
	if (method === undefined) throw new TypeError('a manifest that was not checked');
	const ballots = new Ballots({ names: q.options.map(({ label }) => label), title: q.title, seats: q.winners });
	const invalid = decrypted.flatMap((ranks, position) => (ranks === undefined ? [position] : []));
	for (const ranks of decrypted) if (ranks !== undefined) ballots.add(ranks);
	const { minimum, quorum, ratios } = q.count;
	const account = count(method, ballots, {
		seats: q.winners,
		lot: deriveLot(q.options.length, lotSeed, index),
		minimum,
		defaultOption: q.count.default === '' ? null : q.options.findIndex(({ id }) => id === q.count.default),
		quorum,
		ratios: ratios.length === 0 ? null : ratios,
	});
	return { valid: decrypted.length - invalid.length, invalid, ballots, account };
}

/** [RANK.RESULT] @param {Counted} counted */
export const resultOf = ({ valid, invalid, ballots, account }) =>
	({ valid, invalid, ballots: hex(sha256(csv.write(ballots))), account: hex(sha256(writeAccount(account))) });

/** [RANK.FILES] What everybody can count again from. @param {Counted} counted @param {string} kind @returns {Uint8Array} */
export const fileOf = ({ ballots, account }, kind) => (kind === 'json' ? writeAccount(account) : { abif, blt, csv }[kind].write(ballots));

/** Of a question that is void or withheld. */
export const noResult = () => ({ valid: 0, invalid: [], ballots: '', account: '' });
