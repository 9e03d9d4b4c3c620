// SPDX-License-Identifier: Apache-2.0
// A board on a server [HTTP], for core/check.js: tiles, bundles, blobs and checkpoint by URL, in browsers and in Node.
import { concat } from '../crypto/bytes.js';

const CONCURRENT = 6;
const TRIES = 4;
const TIMEOUT = 60_000;
const CACHE = 64 << 20;
/** Answers after which it is worth asking again. */
const TRANSIENT = [408, 425, 429, 500, 502, 503, 504];

/** @typedef {{fetch?: typeof fetch, signal?: AbortSignal, cacheBytes?: number, wait?: (ms: number) => Promise<void>}} Options
 * `wait` between tries, and `fetch`, are arguments for tests */

/** At most one byte more than the limit: a server may send for ever. @param {Response} response @param {number} limit @returns {Promise<Uint8Array>} */
async function readBody(response, limit) {
	const reader = response.body?.getReader();
	const parts = [];
	let length = 0;
	while (reader !== undefined) {
		const { done, value } = await reader.read();
		if (done) break;
		parts.push(value);
		length += value.length;
		if (length > limit) {
			await reader.cancel();
			break;
		}
	}
	return concat(...parts).slice(0, limit + 1);
}

export class HttpSource {
	/** @param {string} url of an election: https://host/e/slug @param {Options} [options] */
	constructor(url, { fetch: get = (url, init) => fetch(url, init), signal, cacheBytes = CACHE, wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = {}) {
		this.url = url.replace(/\/+$/, '');
		this.name = this.url;
		this.fetch = get;
		this.signal = signal;
		this.wait = wait;
		this.active = 0;
		/** @type {(() => void)[]} */
		this.waiting = [];
		/** Files never change but for the checkpoint, which is read once: the second reading of the log need not ask again.
		 * @type {Map<string, Uint8Array>} */
		this.cache = new Map();
		this.room = cacheBytes;
	}

	/** @param {string} path @param {number} limit @returns {Promise<Uint8Array|undefined>} */
	async get(path, limit) {
		const known = this.cache.get(path);
		if (known !== undefined) return known;
		while (this.active >= CONCURRENT) await new Promise((resolve) => this.waiting.push(() => resolve(undefined)));
		this.active++;
		try {
			const bytes = await this.#retry(path, limit);
			if (bytes !== undefined && bytes.length <= this.room) {
				this.cache.set(path, bytes);
				this.room -= bytes.length;
			}
			return bytes;
		} finally {
			this.active--;
			this.waiting.shift()?.();
		}
	}

	/** @param {string} path @param {number} limit @returns {Promise<Uint8Array|undefined>} */
	async #retry(path, limit) {
		for (let tries = 1; ; tries++) {
			try {
				return await this.#once(path, limit);
			} catch (/** @type {any} */ error) {
				if (this.signal?.aborted || tries === TRIES || error.isFinal) throw error;
				await this.wait(250 * 4 ** (tries - 1));
			}
		}
	}

	/** @param {string} path @param {number} limit @returns {Promise<Uint8Array|undefined>} */
	async #once(path, limit) {
		const url = `${this.url}/${path}`;
		const stop = new AbortController();
		const abort = () => stop.abort(this.signal?.reason);
		const timer = setTimeout(() => stop.abort(new Error(`${url}: no answer in time`)), TIMEOUT);
		this.signal?.addEventListener('abort', abort);
		try {
			this.signal?.throwIfAborted();
			const cache = path === 'log/checkpoint' ? 'no-store' : 'default';
			const response = await this.fetch(url, { signal: stop.signal, cache, credentials: 'omit', referrerPolicy: 'no-referrer' });
			if (response.ok) return await readBody(response, limit);
			await response.body?.cancel();
			if (response.status === 404) return undefined;
			throw Object.assign(new Error(`${url}: status ${response.status}`), { isFinal: !TRANSIENT.includes(response.status) });
		} finally {
			clearTimeout(timer);
			this.signal?.removeEventListener('abort', abort);
		}
	}
}
