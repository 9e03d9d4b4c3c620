// SPDX-License-Identifier: Apache-2.0
// How many ballots came when, read off the board: times never decrease along the log [ENTRY.TIME], so where a span of time begins and ends is
// found by looking at few entries.
import { headOf } from '../../core/log_reader.js';

const STEPS = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000];
const MAX_SPANS = 48;
/* Up to here all entries are read, so that each is counted by its type. */
export const SMALL = 1024;

/** @typedef {{from: number, ballots: number}} Span from this time on, until the next one */

/** A length of spans that people read, not finer than the board's times. @param {number} opens @param {number} closes @param {number} granule @returns {number} */
export const spanLength = (opens, closes, granule) =>
	STEPS.find((step) => step % granule === 0 && (closes - opens) / step <= MAX_SPANS) ?? /** @type {number} */ (STEPS.at(-1));

/** Spans begin at multiples of their length. @param {number} opens @param {number} closes @param {number} step @returns {number[]} where they begin, and the end of the last */
export function boundaries(opens, closes, step) {
	const first = Math.floor(opens / step) * step;
	return Array.from({ length: Math.ceil((closes - first) / step) + 1 }, (_, i) => first + i * step);
}

/** @param {import('../../core/log_reader.js').LogReader} log @param {number} index @returns {Promise<number>} */
async function timeOf(log, index) {
	const head = headOf(await log.entry(index));
	if (!head) throw new TypeError(`entry ${index} has no head`);
	return head.time;
}

/** The first index of low..high whose entry is not before a time; high if there is none. @param {import('../../core/log_reader.js').LogReader} log @param {number} time @param {number} low @param {number} high */
async function firstAt(log, time, low, high) {
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		if ((await timeOf(log, middle)) < time) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** For each time the first index that is not before it: the middle one first, which bounds the others. @param {import('../../core/log_reader.js').LogReader} log @param {number[]} times @param {number} low @param {number} high @param {() => void} found @returns {Promise<number[]>} */
async function search(log, times, low, high, found) {
	if (times.length === 0) return [];
	const k = times.length >> 1;
	const at = await firstAt(log, times[k], low, high);
	found();
	const [before, after] = await Promise.all([search(log, times.slice(0, k), low, at, found), search(log, times.slice(k + 1), at, high, found)]);
	return [...before, at, ...after];
}

/**
 * Ballots per span of time.
 * @param {import('../../core/log_reader.js').LogReader} log
 * @param {{first: number, end: number, times: number[], others: number[]}} what entries first..end; `others` are the indices of those known to be no ballots
 * @param {(part: number) => void} [onProgress]
 * @returns {Promise<Span[]>}
 */
export async function countBallots(log, { first, end, times, others }, onProgress = () => {}) {
	if (end - first <= SMALL) return countAll(log, first, end, times, onProgress);
	let done = 0;
	const at = await search(log, times, first, end, () => onProgress(++done / times.length));
	return times.slice(0, -1).map((from, i) => ({ from, ballots: at[i + 1] - at[i] - others.filter((index) => index >= at[i] && index < at[i + 1]).length }));
}

/** @param {import('../../core/log_reader.js').LogReader} log @param {number} first @param {number} end @param {number[]} times @param {(part: number) => void} onProgress */
async function countAll(log, first, end, times, onProgress) {
	const spans = times.slice(0, -1).map((from) => ({ from, ballots: 0 }));
	const step = times[1] - times[0];
	for (let number = Math.floor(first / 256); number * 256 < end; number++) {
		const entries = await log.bundle(number);
		entries.forEach((bytes, k) => {
			const index = number * 256 + k;
			const head = index >= first && index < end ? headOf(bytes) : null;
			const span = head?.type === 'ballot' ? spans[Math.floor((head.time - times[0]) / step)] : undefined;
			if (span) span.ballots++;
		});
		onProgress(Math.min(1, ((number + 1) * 256) / end));
	}
	return spans;
}
