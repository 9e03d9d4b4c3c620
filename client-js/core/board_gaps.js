// SPDX-License-Identifier: Apache-2.0
// [CHECK.RECOVERY] What was left out, and what therefore cannot be judged.
import { hex } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';

/**
 * manifest      nothing can be judged
 * roll          who is on the roll, with which key and weight
 * keys          a commitment: the election's key
 * certificates  one may be missing, so that it is unknown whether the ceremony is complete
 * closes        the end of the polls
 * ballots       which ballots count
 * endorsements  entries after the close: who has endorsed or decrypted
 * mixes         what the next mix takes in, or the trustees decrypt
 * phase         the entry that begins the next phase may be the one that is missing
 * @typedef {'manifest'|'roll'|'keys'|'certificates'|'closes'|'ballots'|'endorsements'|'mixes'|'phase'} Gap
 */

/** Thrown where something cannot be judged, because what it rests on was left out. */
export class Unjudged extends Error {
	constructor() {
		super('something that it rests on was left out');
		this.name = 'Unjudged';
	}
}

/** @param {{gaps: Set<Gap>}} board @param {...Gap} gaps that make a judgement impossible */
export function needs(board, ...gaps) {
	if (gaps.some((gap) => board.gaps.has(gap))) throw new Unjudged();
}

/** Size and root that an entry names must be those of the log before it. @param {import('./board.js').Board} b
 * @param {{size: number, root: Uint8Array}} found @param {string} rule */
export function requirePoint(b, { size, root }, rule) {
	require(size === b.size, rule, `expected ${b.size}, the size of the log, found ${size}`, 'payload.size');
	require(hex(root) === hex(b.tree.root()), rule, `expected ${hex(b.tree.root())}, found ${hex(root)}`, 'payload.root');
}
