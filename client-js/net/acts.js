// SPDX-License-Identifier: Apache-2.0
// [HTTP.ACTS] Pages read the entries that the server names.  That it names none that are not there they see by the proofs; that it leaves none out - a
// notice, an extension, the result - they find out as far as that costs a few entries.
import { require } from '../crypto/err.js';
import { headOf } from '../core/log_reader.js';

/** So many entries of the roll are looked at, one by one. */
const MAX_ROLL = 16;

/** @typedef {import('../core/log_reader.js').LogReader} LogReader */

/** What is not named must be one of these. @param {LogReader} log @param {number} index @param {...string} types */
async function requireType(log, index, ...types) {
	const type = headOf(await log.entry(index))?.type ?? 'unreadable';
	require(types.includes(type), 'HTTP.ACTS', `the server does not name entry ${index} (${type})`);
}

/** The indices that a state names within a log. @param {any} state @param {number} size @returns {number[]} in order, each once */
export function namedIn(state, size) {
	const named = [...new Set(/** @type {any[]} */ (Array.isArray(state.acts) ? state.acts : []).filter((index) => Number.isSafeInteger(index) && index >= 0 && index < size))].sort((a, b) => a - b);
	require(Number.isSafeInteger(state.size) && state.size >= size, 'HTTP.ACTS', `the state is of ${state.size} entries, and there are ${size}`);
	return named;
}

/**
 * @param {LogReader} log @param {import('../core/history.js').History} history what the named entries say @param {number[]} named
 * @returns {Promise<boolean>} whether it is proved that no other entry is an act; throws where one is
 */
export async function checkActs(log, { open, close, cancel, endorsements, decrypts, result }, named) {
	const { size } = log.head;
	const known = new Set(named);
	/* Counted, not listed: anybody can sign a log of 2^53 entries. */
	const unnamed = (/** @type {number} */ from, /** @type {number} */ to) => to - from - named.filter((index) => index >= from && index < to).length;
	require(open !== null || close === null, 'HTTP.ACTS', 'the server names a close and no opening');
	require(close !== null || (result === null && endorsements.length + decrypts.length === 0), 'HTTP.ACTS', 'the server names what comes after a close, and no close');
	if (!known.has(size - 1)) await requireType(log, size - 1, ...(open ? ['ballot', 'roll.change'] : ['roll']));
	/* Nobody votes any more, so nothing comes that is not an act. */
	const end = close ?? cancel;
	if (end) require(unnamed(end.index, size) === 0, 'HTTP.ACTS', `the server does not name every entry after ${end.index}, the ${close ? 'close' : 'end'}`);
	const setup = open?.index ?? size;
	if (unnamed(1, setup) > MAX_ROLL) return false;
	for (let index = 1; index < setup; index++) if (!known.has(index)) await requireType(log, index, 'roll');
	if (!open) return true;
	/* The endorsers have counted the ballots, too: where nothing else is left, nothing is left out.  Otherwise the rest are changes of the roll, or not. */
	return close !== null && unnamed(open.index + 1, close.index) === close.ballots;
}
