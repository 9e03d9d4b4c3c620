// SPDX-License-Identifier: Apache-2.0
// An election as pages show it: its description, what has happened, and a reader of its log.  All of it is held against the signed
// checkpoint and against what this browser has seen before; of the server's own word only the counts of the open polls are left.
import { verify as verifyCheckpoint } from '../core/checkpoint.js';
import * as entries from '../core/entry.js';
import { checkSignature, summarize } from '../core/history.js';
import { claimedHead, LogReader } from '../core/log_reader.js';
import * as manifests from '../core/manifest.js';
import { equal, hex } from '../crypto/bytes.js';
import { Refusal, under } from '../crypto/err.js';
import { leafHash } from '../crypto/merkle.js';
import { sha256 } from '../crypto/hash.js';
import * as api from './api.js';

const MAX_FILE = 32 << 20;
/* Notices beyond these are on the board page; signatures take some milliseconds each. */
const MAX_ACTS = 1000;
const SIGNATURES_SHOWN = new Set(['manifest', 'open', 'extend', 'notice', 'close', 'cancel', 'result']);

/** The server shows something else than this browser has seen before [LOG.CONSISTENT]. */
export class Contradiction extends Refusal {
	name = 'Contradiction';
}

/**
 * @typedef {import('../core/history.js').Act} Act
 * @typedef {object} View
 * @property {string} url of the election
 * @property {any} state what the server says [HTTP.STATE]
 * @property {Uint8Array} note the signed checkpoint
 * @property {import('../core/checkpoint.js').Checkpoint} checkpoint
 * @property {LogReader} log
 * @property {any} manifest @property {Uint8Array} id
 * @property {Act[]} acts @property {number} hidden how many acts were not read
 * @property {import('../core/history.js').History} history
 * @property {boolean} isOlder than what this browser has seen: a mirror that lags behind
 */

/** What a browser remembers of an election. @typedef {{id: string, size: number, root: string}} Seen */
/** @typedef {{load: () => Seen|null, store: (seen: Seen) => void, forget: () => void}} Memory */

/** @param {string} url of an election @returns {Memory} */
export function browserMemory(url) {
	const key = `tabella.seen.${url}`;
	const guarded = (/** @type {() => any} */ use) => {
		try {
			return use();
		} catch {
			return null; // storage is switched off: nothing is remembered
		}
	};
	return {
		load: () => guarded(() => JSON.parse(localStorage.getItem(key) ?? 'null')),
		store: (seen) => guarded(() => localStorage.setItem(key, JSON.stringify(seen))),
		forget: () => guarded(() => localStorage.removeItem(key)),
	};
}

export class Election {
	/** @type {Map<string, Act>} by leaf hash: what was read stays read */
	#read = new Map();
	/** @type {View|null} */
	#view = null;

	/** @param {string} url @param {Memory} memory */
	constructor(url, memory) {
		this.url = url;
		this.memory = memory;
		/** @type {import('../core/log_reader.js').Get} */
		this.get = async (path) => (await api.request(`${url}/${path}`, { limit: MAX_FILE })).body;
	}

	/** The election as it is now. @returns {Promise<View>} */
	async load() {
		const state = await api.state(this.url);
		const note = await api.checkpoint(this.url);
		const head = claimedHead(note);
		if (this.#view && equal(head.root, this.#view.checkpoint.root) && head.size === this.#view.checkpoint.size) {
			this.#view = { ...this.#view, state };
			return this.#view;
		}
		const log = new LogReader(this.get, head);
		const first = await this.#act(log, 0);
		const manifest = manifests.parse(first.payload);
		const id = sha256(await log.entry(0));
		const checkpoint = verifyCheckpoint(note, manifest.origin, manifest.server.log_key);
		const isOlder = await this.#compare(log, id);
		const { acts, hidden } = await this.#acts(log, state, manifest, id, first);
		const view = { url: this.url, state, note, checkpoint, log, manifest, id, acts, hidden, history: under('ENTRY.ENVELOPE', () => summarize(manifest, acts)), isOlder };
		if (!isOlder) this.memory.store({ id: hex(id), size: head.size, root: hex(head.root) });
		this.#view = view;
		return view;
	}

	/** @param {LogReader} log @param {Uint8Array} id @returns {Promise<boolean>} whether this is older than what was seen before */
	async #compare(log, id) {
		const seen = this.memory.load();
		if (!seen || !Number.isSafeInteger(seen.size)) return false;
		if (seen.id !== hex(id)) throw new Contradiction('MANIFEST.ID', `this browser has seen the election ${seen.id} at this address; now there is ${hex(id)}`);
		if (seen.size > log.head.size) return true;
		const root = hex(await log.rootAt(seen.size));
		if (root !== seen.root) throw new Contradiction('LOG.CONSISTENT', `the first ${seen.size} entries had the root ${seen.root}; now they have ${root}`);
		return false;
	}

	/** @param {LogReader} log @param {any} state @param {any} manifest @param {Uint8Array} id @param {Act} first */
	async #acts(log, state, manifest, id, first) {
		const named = /** @type {any[]} */ (Array.isArray(state.acts) ? state.acts : []).filter((index) => Number.isSafeInteger(index) && index > 0 && index < log.head.size);
		const hidden = Math.max(0, named.length - MAX_ACTS);
		/* The beginning and the end say what the election is; what is left out between them are notices. */
		const wanted = hidden > 0 ? [...named.slice(0, MAX_ACTS / 2), ...named.slice(-MAX_ACTS / 2)] : named;
		const rest = await Promise.all([...new Set(wanted)].sort((a, b) => a - b).map((index) => this.#act(log, index)));
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
		const act = await readEntry(log, index);
		this.#read.set(hex(leaf), act);
		return act;
	}
}

/** An entry with its payload, from wherever that is. @param {LogReader} log @param {number} index @returns {Promise<Act>} */
export async function readEntry(log, index) {
	const bytes = await log.entry(index);
	const entry = entries.parse(bytes);
	const payload = entry.blob ? await log.blob(entry.blob, hex(entry.blob.sha256)) : /** @type {Uint8Array} */ (entry.payload);
	return { index, leaf: leafHash(bytes), entry, payload };
}
