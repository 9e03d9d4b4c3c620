// SPDX-License-Identifier: Apache-2.0
// Finding voters: names come from the roll, which is read entry by entry and then kept; ballots from the server's word, held against the board.
import { headOf } from '../../core/log_reader.js';
import { Refusal } from '../../crypto/err.js';
import { readEntry } from '../../net/election.js';
import { votersOf } from './payload_words.js';

const AT_ONCE = 6;

/** @typedef {import('../../net/election.js').View} View */
/** @typedef {{id: string, label: string, weight: number}} Voter */

/** Letters as one looks for them: without accents and case. @param {string} text */
export const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Runs tasks, a few at a time. @template T, R @param {T[]} list @param {(one: T) => Promise<R>} task @returns {Promise<R[]>} */
export async function inTurn(list, task) {
	/** @type {R[]} */
	const out = new Array(list.length);
	let next = 0;
	const worker = async () => {
		while (next < list.length) {
			const i = next++;
			out[i] = await task(list[i]);
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE, list.length) }, worker));
	return out;
}

export class Roll {
	/** @type {Voter[]} */
	voters = [];
	/** @type {string[]} what is looked through */
	#folded = [];
	/** @type {Map<string, string>} */
	#labels = new Map();
	/** @type {Promise<void>|undefined} */
	#loading;

	/** Reads the roll once; what is there can be searched before the rest has come. @param {View} view @param {(part: number) => void} [onProgress] */
	load(view, onProgress = () => {}) {
		this.#loading ??= this.#load(view, onProgress).catch((error) => {
			this.#loading = undefined;
			this.voters = [];
			this.#folded = [];
			throw error;
		});
		return this.#loading;
	}

	/** @param {View} view @param {(part: number) => void} onProgress */
	async #load({ log, state, history, acts }, onProgress) {
		const others = new Set([...acts.map(({ index }) => index), .../** @type {number[]} */ (state.acts ?? [])]);
		const end = history.open?.index ?? log.head.size;
		const indices = Array.from({ length: end }, (_, index) => index).filter((index) => !others.has(index));
		let done = 0;
		/* Bundles first: one request for 256 entries. */
		for (const number of new Set(indices.map((index) => Math.floor(index / 256)))) await log.bundle(number);
		const chunks = await inTurn(indices, async (index) => {
			const { entry, payload } = await readEntry(log, index);
			onProgress(++done / indices.length);
			return entry.type === 'roll' ? votersOf(payload) : [];
		});
		for (const [id, label, weight] of chunks.flat()) this.add({ id, label, weight });
	}

	/** @param {Voter} voter */
	add(voter) {
		this.voters.push(voter);
		this.#folded.push(fold(`${voter.id}\n${voter.label}`));
		this.#labels.set(voter.id, voter.label);
	}

	/** @param {string} id @returns {string|undefined} */
	labelOf(id) {
		return this.#labels.get(id);
	}

	/** All voters whose id or name contains every word. @param {string} query @returns {Voter[]} who is named exactly comes first */
	find(query) {
		const words = fold(query).split(/\s+/).filter((word) => word !== '');
		if (words.length === 0) return [];
		const whole = words.join(' ');
		const found = this.voters.filter((_, i) => words.every((word) => this.#folded[i].includes(word)));
		const isExact = (/** @type {Voter} */ { id, label }) => id === whole || fold(label) === whole;
		return [...found.filter(isExact), ...found.filter((voter) => !isExact(voter))];
	}
}

/**
 * Where the server says a voter's latest ballot is, and whether the board says so too.
 * @param {View} view @param {any} said [HTTP.VOTER] @param {string} id
 * @returns {Promise<{index: number, time: number}|null>} null: no ballot, by the server's word alone
 */
export async function latestBallot({ log }, said, id) {
	if (said.ballot === null) return null;
	const index = Number(said.ballot.index);
	if (!Number.isSafeInteger(index) || index < 0) throw new Refusal('HTTP.VOTER', 'the server names no entry');
	if (index >= log.head.size) return { index, time: 0 }; // newer than what is shown
	const head = headOf(await log.entry(index));
	if (head?.type !== 'ballot' || head.signer !== `voter/${id}`) throw Object.assign(new Refusal('HTTP.VOTER', `entry ${index} is no ballot of ${id}`), { index });
	return { index, time: head.time };
}

/**
 * Every ballot of a voter, by reading all entries: nothing is left to the server's word.
 * @param {View} view @param {string} id @param {(part: number, found: number[]) => void} onProgress @param {AbortSignal} signal
 * @returns {Promise<number[]>} indices
 */
export async function allBallots({ log, history }, id, onProgress, signal) {
	const signer = `voter/${id}`;
	const found = [];
	const first = Math.floor((history.open?.index ?? log.head.size) / 256);
	const last = Math.ceil(log.head.size / 256);
	for (let number = first; number < last; number++) {
		signal.throwIfAborted();
		const entries = await log.bundle(number);
		entries.forEach((bytes, k) => {
			const head = headOf(bytes);
			if (head?.type === 'ballot' && head.signer === signer) found.push(number * 256 + k);
		});
		onProgress((number + 1 - first) / (last - first), found);
	}
	return found;
}

/** What somebody looks for: an entry by its number, or a voter. @param {string} query @param {number} size @returns {{entry: number|null, words: string}} */
export function readQuery(query, size) {
	const words = query.trim();
	const number = /^#?(\d{1,15})$/.exec(words);
	return { entry: number && Number(number[1]) < size ? Number(number[1]) : null, words: words.replace(/^voter\//, '') };
}
