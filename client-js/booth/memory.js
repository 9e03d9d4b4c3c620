// SPDX-License-Identifier: Apache-2.0
// What the pages keep on the device [BOOTH.MEMORY]: signed ballots whose fate is not known, the board's latest head, which election an
// origin had.  All of it is public or about to be; never a choice, a code, a key or a seed.
import { equal, hex } from '../crypto/bytes.js';
import { claimedHead } from '../core/log_reader.js';

/**
 * @typedef {object} Pending a signed ballot on its way
 * @property {string} election id in hex
 * @property {string} voter
 * @property {Uint8Array} payload
 * @property {Uint8Array} signature
 *
 * @typedef {import('../net/head.js').Seen} Seen
 *
 * @typedef {object} Memory
 * @property {boolean} isLasting whether anything outlives the page
 * @property {(ballot: Pending) => Promise<void>} putPending done only when it is safe against a crash
 * @property {(election: string) => Promise<Pending[]>} pending
 * @property {(ballot: Pending) => Promise<void>} removePending this very one, not another of the same voter
 * @property {(name: string) => Promise<Seen|undefined>} seen by origin, and by the address where it was reached
 * @property {(name: string, seen: Seen) => Promise<void>} putSeen unless a longer head of this election is there
 * @property {(name: string) => Promise<void>} removeSeen
 */

/** Another window of this browser is casting for the same voter. */
export class UnderWay extends Error {
	name = 'UnderWay';
}

const DATABASE = 'tabella';

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const result = (request) => new Promise((resolve, reject) => {
	request.onsuccess = () => resolve(request.result);
	request.onerror = () => reject(request.error);
});

/** @param {IDBDatabase} database @param {string} store @param {(s: IDBObjectStore) => void} change @returns {Promise<void>} */
const write = (database, store, change) => new Promise((resolve, reject) => {
	const transaction = database.transaction(store, 'readwrite', { durability: 'strict' });
	transaction.oncomplete = () => resolve();
	transaction.onabort = () => reject(transaction.error);
	change(transaction.objectStore(store));
});

/** Another window may have settled this ballot, and keep the voter's next one by now. @param {Pending} a @param {Pending|undefined} b */
const isSame = (a, b) => b !== undefined && equal(a.payload, b.payload) && equal(a.signature, b.signature);

/** Another page may have seen more meanwhile. @param {Seen} seen @param {Seen|undefined} old */
const isNews = (seen, old) => !old?.note || !seen.note || old.election !== seen.election || claimedHead(old.note).size < claimedHead(seen.note).size;

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
	const request = indexedDB.open(DATABASE, 1);
	request.onupgradeneeded = () => {
		request.result.createObjectStore('pending', { keyPath: ['election', 'voter'] });
		request.result.createObjectStore('seen');
	};
	return result(request);
}

/** @param {IDBDatabase} database @returns {Memory} */
const lasting = (database) => ({
	isLasting: true,
	async putPending(ballot) {
		try {
			/* Never over another one: that would be a second ballot whose fate nobody would ask for again. */
			await write(database, 'pending', (store) => { store.add(ballot); });
		} catch (error) {
			if (/** @type {any} */ (error)?.name === 'ConstraintError') throw new UnderWay();
			throw error;
		}
	},
	removePending: (ballot) => write(database, 'pending', (store) => {
		const place = [ballot.election, ballot.voter];
		const kept = store.get(place);
		kept.onsuccess = () => { if (isSame(ballot, kept.result)) store.delete(place); };
	}),
	async pending(election) {
		const all = await result(database.transaction('pending').objectStore('pending').getAll());
		return all.filter((one) => one.election === election);
	},
	seen: (origin) => result(database.transaction('seen').objectStore('seen').get(origin)),
	putSeen: (origin, seen) => write(database, 'seen', (store) => {
		const kept = store.get(origin);
		kept.onsuccess = () => { if (isNews(seen, kept.result)) store.put(seen, origin); };
	}),
	removeSeen: (origin) => write(database, 'seen', (store) => { store.delete(origin); }),
});

/** @returns {Memory} that ends with the page */
export function fleeting() {
	/** @type {Map<string, Pending>} */
	const ballots = new Map();
	/** @type {Map<string, Seen>} */
	const origins = new Map();
	const key = (/** @type {{election: string, voter: string}} */ { election, voter }) => `${election} ${voter}`;
	return {
		isLasting: false,
		async putPending(ballot) {
			if (ballots.has(key(ballot))) throw new UnderWay();
			ballots.set(key(ballot), ballot);
		},
		removePending: async (ballot) => { if (isSame(ballot, ballots.get(key(ballot)))) ballots.delete(key(ballot)); },
		pending: async (election) => [...ballots.values()].filter((one) => one.election === election),
		seen: async (origin) => origins.get(origin),
		putSeen: async (origin, seen) => void (isNews(seen, origins.get(origin)) && origins.set(origin, seen)),
		removeSeen: async (origin) => void origins.delete(origin),
	};
}

/** @returns {Promise<Memory>} */
export async function openMemory() {
	try {
		return lasting(await openDatabase());
	} catch {
		return fleeting(); // storage is switched off, or full
	}
}

/** @param {Uint8Array} election */
export const electionKey = (election) => hex(election);
