// SPDX-License-Identifier: Apache-2.0
// [BALLOT.ENCRYPT] Exponential ElGamal: (A, B) = (r*g, v*g + r*h).
import { combine } from './group.js';

/** @typedef {{A: import('./group.js').Point, B: import('./group.js').Point}} Ciphertext */
/** @typedef {import('./group.js').Group} Group */

/** @param {Group} group @param {any} h @param {bigint} v @param {bigint} r @returns {Ciphertext} */
export const encrypt = (group, h, v, r) => ({
	A: group.multiply(r, group.generator),
	B: combine(group, [v, group.generator], [r, h]),
});

/** @param {Group} group @param {Ciphertext} E @param {Ciphertext} F @returns {Ciphertext} */
export const add = (group, E, F) => ({ A: group.add(E.A, F.A), B: group.add(E.B, F.B) });

/** @param {Group} group @param {bigint} k @param {Ciphertext} E @returns {Ciphertext} */
export const multiply = (group, k, E) => ({ A: group.multiply(k, E.A), B: group.multiply(k, E.B) });

/** @param {Group} group @returns {Ciphertext} */
export const zero = (group) => ({ A: group.identity, B: group.identity });
