// SPDX-License-Identifier: Apache-2.0
// An election as pages show it: its description, what has happened, and a reader of its log.  All of it is held against the signed
// checkpoint and against what this browser has seen before; of the server's own word only the counts of the open polls are left.
import * as entries from '../core/entry.js';
import { checkSignature, summarize } from '../core/history.js';
import { claimedHead, LogReader } from '../core/log_reader.js';
import * as manifests from '../core/manifest.js';
import { equal, hex } from '../crypto/bytes.js';
import { under } from '../crypto/err.js';
import { leafHash } from '../crypto/merkle.js';
import { sha256 } from '../crypto/hash.js';
import { checkActs, namedIn } from './acts.js';
import * as api from './api.js';
import { compareWithSeen, Contradiction, forget, readHead, remember } from './head.js';

const MAX_FILE = 32 << 20;
/* Notices beyond these are on the board page; signatures take some milliseconds each. */
const MAX_ACTS = 1000;
/* What pages say of these stands in their entries; their payloads are hundreds of bytes for every ballot. */
const UNREAD = new Set(['mix', 'decrypt']);
const SIGNATURES_SHOWN = new Set(['manifest', 'open', 'extend', 'notice', 'close', 'cancel', 'result']);

/**
 * @typedef {import('../core/history.js').Act} Act
 * @typedef {object} View
 * @property {string} url of the election
 * @property {any} state what the server says [HTTP.STATE]
 * @property {Uint8Array} note the signed checkpoint
 * @property {import('./head.js').Head} head what it says
 * @property {LogReader} log
 * @property {any} manifest @property {Uint8Array} id
 * @property {Act[]} acts @property {number} hidden how many acts were not read
 * @property {import('../core/history.js').History} history
 * @property {boolean} isComplete whether it is proved that no act is left out [HTTP.ACTS]
 * @property {boolean} isOlder than what this browser has seen: a mirror that lags behind
 */

export class Election {
	/** @type {Map<string, Act>} by leaf hash: what was read stays read */
	#read = new Map();
	/** @type {View|null} */
	#view = null;

	/** @type {any} of the election that is shown, believed or not */
	#manifest = null;

	/** @param {string} url @param {Promise<import('./head.js').Memory>} memory */
	constructor(url, memory) {
		this.url = url;
		this.memory = memory;
		/** @type {import('../core/log_reader.js').Get} */
		this.get = async (path) => (await api.request(`${url}/${path}`, { limit: MAX_FILE })).body;
	}

	/** The election as it is now. @returns {Promise<View>} */
	async load() {
		/* In this order: a state that is older than the checkpoint leaves out what came in between. */
		const note = await api.checkpoint(this.url);
		const state = await api.state(this.url);
		const claimed = claimedHead(note);
		if (this.#view && equal(claimed.root, this.#view.head.root) && claimed.size === this.#view.head.size) {
			this.#view = { ...this.#view, state };
			return this.#view;
		}
		const shown = await connect(this.get, this.url, note);
		const { log, first, manifest, id, head } = shown;
		this.#manifest = manifest;
		const longest = await this.#longest(shown);
		const isOlder = longest === null || longest.size > head.size;
		const named = namedIn(state, head.size);
		const { acts, hidden } = await this.#acts(log, named, manifest, id, first);
		const history = under('ENTRY.ENVELOPE', () => summarize(manifest, acts));
		const isComplete = await checkActs(log, history, named);
		if (!isOlder) await remember(await this.memory, shown).catch(() => undefined); // storage is switched off: nothing is remembered
		this.#view = { url: this.url, state, note, head, log, manifest, id, acts, hidden, history, isComplete, isOlder };
		return this.#view;
	}

	/** [BOOTH.HEAD] @param {import('./head.js').Shown} shown @returns {Promise<import('./head.js').Head|null>} the longest head that is known; null: one that is not shown any more, as by a mirror that lags behind */
	async #longest(shown) {
		try {
			return await compareWithSeen(await this.memory, shown);
		} catch (error) {
			if (error instanceof Contradiction && error.kind === 'set-back') return null;
			throw error;
		}
	}

	/** What this browser has seen at this address. */
	async forget() {
		await forget(await this.memory, this.#manifest, this.url);
	}

	/** @param {LogReader} log @param {number[]} named @param {any} manifest @param {Uint8Array} id @param {Act} first */
	async #acts(log, named, manifest, id, first) {
		const others = named.filter((index) => index > 0);
		const hidden = Math.max(0, others.length - MAX_ACTS);
		/* The beginning and the end say what the election is; what is left out between them are notices. */
		const wanted = hidden > 0 ? [...others.slice(0, MAX_ACTS / 2), ...others.slice(-MAX_ACTS / 2)] : others;
		const rest = await Promise.all(wanted.map((index) => this.#act(log, index)));
		const acts = [first, ...rest];
		const open = acts.find(({ entry }) => entry.type === 'open');
		for (const act of acts)
			if (SIGNATURES_SHOWN.has(act.entry.type) && !this.#isChecked.has(hex(act.leaf))) {
				checkSignature(manifest, act, id, open?.index ?? Infinity, open?.leaf ?? new Uint8Array());
				this.#isChecked.add(hex(act.leaf));
			}
		return { acts, hidden };
	}

	/** @type {Set<string>} */
	#isChecked = new Set();

	/** @param {LogReader} log @param {number} index @returns {Promise<Act>} */
	async #act(log, index) {
		const leaf = await log.leaf(index);
		const known = this.#read.get(hex(leaf));
		if (known) return known;
		const act = await actOf(log, index, await log.entry(index), UNREAD);
		this.#read.set(hex(leaf), act);
		return act;
	}
}

/**
 * What stands behind a signed checkpoint: the manifest in the first entry, whose log key has signed it.
 * @param {import('../core/log_reader.js').Get} get @param {string} address of the election @param {Uint8Array} note
 * @returns {Promise<import('./head.js').Shown & {log: LogReader, first: Act}>}
 */
export async function connect(get, address, note) {
	const log = new LogReader(get, claimedHead(note));
	const bytes = await log.entry(0);
	const first = await actOf(log, 0, bytes);
	const manifest = manifests.parse(first.payload);
	return { get, address, log, first, manifest, id: sha256(bytes), head: readHead(note, manifest) };
}

/** An entry with its payload, from wherever that is. @param {LogReader} log @param {number} index @returns {Promise<Act>} */
export const readEntry = async (log, index) => actOf(log, index, await log.entry(index));

/** @param {LogReader} log @param {number} index @param {Uint8Array} bytes of the entry @param {Set<string>} [unread] types whose large payloads are left empty @returns {Promise<Act>} */
async function actOf(log, index, bytes, unread = new Set()) {
	const entry = entries.parse(bytes);
	if (entry.blob && unread.has(entry.type)) return { index, leaf: leafHash(bytes), entry, payload: new Uint8Array() };
	const payload = entry.blob ? await log.blob(entry.blob, hex(entry.blob.sha256)) : /** @type {Uint8Array} */ (entry.payload);
	return { index, leaf: leafHash(bytes), entry, payload };
}
