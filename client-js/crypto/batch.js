// SPDX-License-Identifier: Apache-2.0
// [BATCH.RANDOM] Many equations between points as one: each is multiplied by a fresh 128-bit randomiser, and the sum of all must be zero.
// A false equation passes with probability 2^-128.
import { beToInt } from './bytes.js';
import { random } from './hash.js';
import { multiplyMany } from './msm.js';
import { mod } from './scalar.js';

/**
 * @typedef {import('./group.js').Group} Group
 * @typedef {import('./group.js').Point} Point
 */

export class Batch {
	/** @param {Group} group */
	constructor(group) {
		this.group = group;
		/** @type {Map<Point, bigint>} generators and keys that occur in every equation: one term each */
		this.common = new Map();
		/** @type {bigint[]} */
		this.scalars = [];
		/** @type {Point[]} */
		this.points = [];
	}

	/** A randomiser for one equation.  It must be drawn when the whole batch is known, and again for each part of it.
	 * @returns {bigint} */
	draw() {
		return beToInt(random(16));
	}

	/** A term with a point that no other equation has. @param {bigint} k @param {Point} P */
	add(k, P) {
		this.scalars.push(k);
		this.points.push(P);
	}

	/** A term with a point that other equations have, too. @param {bigint} k @param {Point} P the same object each time */
	addCommon(k, P) {
		this.common.set(P, mod((this.common.get(P) ?? 0n) + k, this.group.q));
	}

	/** @returns {boolean} */
	isZero() {
		const sum = multiplyMany(this.group, [...this.scalars, ...this.common.values()], [...this.points, ...this.common.keys()]);
		return this.group.isIdentity(sum);
	}
}

/**
 * Which of these are bad?  Halves until each is named; `areGood` draws its randomisers anew in every call.
 * @template T @param {T[]} items @param {(some: T[]) => boolean} areGood @returns {T[]}
 */
export function findBad(items, areGood) {
	if (items.length === 0 || areGood(items)) return [];
	if (items.length === 1) return items;
	const half = items.length >> 1;
	return [...findBad(items.slice(0, half), areGood), ...findBad(items.slice(half), areGood)];
}
