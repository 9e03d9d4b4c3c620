// SPDX-License-Identifier: Apache-2.0
// The server's answers [HTTP].  Nothing here is believed: what matters is checked against the signed checkpoint by its caller.
import { write as writeBase64 } from '../core/base64.js';
import { fromUtf8 } from '../crypto/bytes.js';

const MAX_JSON = 16 << 20;
const MAX_RECEIPT = 1 << 20;
const TIMEOUT = 30_000;

/** The server could not be reached or did not answer in time: nothing is known. */
export class Unreachable extends Error {
	name = 'Unreachable';
}

/** The server refused [HTTP.PROBLEM]. */
export class Problem extends Error {
	name = 'Problem';
	/** @param {number} status @param {{rule: string, title: string, detail: string, where: string, expected: string, found: string}} told */
	constructor(status, told) {
		super(told.detail || told.title || `status ${status}`);
		this.status = status;
		this.rule = told.rule;
		this.where = told.where;
		this.expected = told.expected;
		this.found = told.found;
	}
}

/** @param {Response} response @param {number} limit @returns {Promise<Uint8Array>} */
async function readBody(response, limit) {
	const reader = response.body?.getReader();
	/** @type {Uint8Array[]} */
	const parts = [];
	let length = 0;
	while (reader) {
		const { done, value } = await reader.read();
		if (done) break;
		length += value.length;
		if (length > limit) {
			await reader.cancel();
			throw new Unreachable(`${response.url}: more than ${limit} bytes`);
		}
		parts.push(value);
	}
	const bytes = new Uint8Array(length);
	parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
	return bytes;
}

/** @param {number} status @param {Uint8Array} body @returns {Problem} */
function problem(status, body) {
	const told = { rule: '', title: '', detail: '', where: '', expected: '', found: '' };
	try {
		const read = JSON.parse(fromUtf8(body));
		for (const name of /** @type {(keyof typeof told)[]} */ (Object.keys(told))) if (typeof read[name] === 'string') told[name] = read[name];
		told.rule = String(read.type ?? '').replace(/^urn:tabella:rule:/, '');
	} catch {
		// not one of ours: a proxy's page, for instance
	}
	return new Problem(status, told);
}

/**
 * One request.  Unreachable: no answer; Problem: an answer that is not 2xx.
 * @param {string} url @param {RequestInit & {limit?: number}} [options]
 * @returns {Promise<{response: Response, body: Uint8Array}>}
 */
export async function request(url, { limit = MAX_JSON, ...init } = {}) {
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), TIMEOUT);
	let response, body;
	try {
		response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', signal: stop.signal, ...init });
		body = await readBody(response, limit);
	} catch (error) {
		throw error instanceof Unreachable ? error : new Unreachable(`${url}: ${error instanceof Error ? error.message : error}`);
	} finally {
		clearTimeout(timer);
	}
	if (!response.ok) throw problem(response.status, body);
	return { response, body };
}

/** @param {string} url @returns {Promise<any>} */
async function getJson(url) {
	const { body } = await request(url, { headers: { Accept: 'application/json' }, cache: 'no-store' });
	try {
		return JSON.parse(fromUtf8(body));
	} catch {
		throw new Unreachable(`${url}: no JSON`);
	}
}

/** [HTTP.STATE] @param {string} server @returns {Promise<any>} the elections of a server */
export const list = (server) => getJson(`${server}/`);

/** [HTTP.STATE] @param {string} election URL of an election @returns {Promise<any>} */
export const state = (election) => getJson(election);

/** [HTTP.VOTER] @param {string} election @param {string} voter @returns {Promise<any>} */
export const voter = (election, voter) => getJson(`${election}/voter/${voter}`);

/** @param {string} election @returns {Promise<Uint8Array>} the signed checkpoint */
export const checkpoint = async (election) => (await request(`${election}/log/checkpoint`, { limit: 65536, cache: 'no-cache' })).body;

/** @param {string} election @param {number} index @returns {Promise<Uint8Array>} */
export const receipt = async (election, index) => (await request(`${election}/receipt/${index}`, { limit: MAX_RECEIPT, cache: 'no-store' })).body;

/**
 * [HTTP.SUBMIT] Sends an entry.  The same bytes may be sent again and again: they get the same place.
 * @param {string} url of .../entries or .../elections
 * @param {{type: string, signer: string, payload: Uint8Array, signature: Uint8Array}} entry
 * @returns {Promise<{index: number, isNew: boolean, receipt: Uint8Array}>}
 */
export async function submit(url, { type, signer, payload, signature }) {
	const body = JSON.stringify({ type, signer, payload: writeBase64(payload), signature: writeBase64(signature) });
	const { response, body: bytes } = await request(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, limit: MAX_RECEIPT });
	return { index: Number(response.headers.get('Tabella-Index')), isNew: response.status === 201, receipt: bytes };
}

/** @param {string} election @param {string} path of a file below it @returns {Promise<Uint8Array>} */
export const file = async (election, path) =>
	(await request(`${election}/${path}`, { cache: /^(log\/checkpoint|receipt\/)/.test(path) ? 'no-cache' : 'default' })).body;
