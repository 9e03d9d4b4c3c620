// SPDX-License-Identifier: Apache-2.0
// What this page reads of an election: its manifest, and the entries that are neither ballots nor of the roll, each proved to be in the log by a
// checkpoint that the manifest's log key signed.
import { equal, hex } from '../../crypto/bytes.js';
import { Refusal, require } from '../../crypto/err.js';
import { leafHash, root } from '../../crypto/merkle.js';
import * as entries from '../../core/entry.js';
import * as tiles from '../../core/tile.js';
import { forManifest } from '../../core/roll.js';
import { readManifest, readReceipt } from '../../admin/submission.js';
import * as api from '../../net/api.js';

const MAX_BLOB = 8 << 20;
/** More entries than these are not looked at one by one: somebody has said very much. */
const MAX_ACTS = 400;

/** @typedef {{index: number, type: string, signer: string, time: number, payload: Uint8Array, leaf: Uint8Array}} Act */

export class Election {
	/** @param {string} url */
	constructor(url) {
		this.url = url;
		/** @type {any} */
		this.state = null;
		/** @type {any} */
		this.manifest = null;
		this.payload = new Uint8Array();
		this.id = new Uint8Array();
		/** @type {Map<number, Act>} */
		this.acts = new Map();
	}

	/** @param {string} url of the election @returns {Promise<Election>} */
	static async load(url) {
		const election = new Election(url);
		const { manifest, payload, election: id } = await readManifest(await api.receipt(url, 0), (hash) => election.blob(hash));
		Object.assign(election, { manifest, payload, id });
		await election.refresh();
		return election;
	}

	/** @param {string} hash in hex @returns {Promise<Uint8Array>} unchecked */
	async blob(hash) {
		return (await api.request(`${this.url}/blob/${hash}`, { limit: MAX_BLOB })).body;
	}

	/** The state anew, and the entries that came since. */
	async refresh() {
		const state = await api.state(this.url);
		require(state.id === hex(this.id), 'MANIFEST.ID', 'the server tells the state of another election');
		const wanted = /** @type {number[]} */ (state.acts).filter((index) => index > 0 && !this.acts.has(index));
		for (const index of wanted.length > MAX_ACTS ? [...wanted.slice(0, MAX_ACTS / 2), ...wanted.slice(-MAX_ACTS / 2)] : wanted) await this.readAct(index);
		this.state = state;
	}

	/** @param {number} index */
	async readAct(index) {
		const { entry, leaf, index: proved } = readReceipt(await api.receipt(this.url, index), this.manifest.origin, this.manifest.server.log_key);
		require(proved === index, 'RECEIPT', 'the receipt is for another entry');
		const payload = entry.payload ?? await this.blob(hex(/** @type {any} */ (entry.blob).sha256));
		this.acts.set(index, { index, type: entry.type, signer: entry.signer, time: entry.time, payload, leaf });
	}

	/** @param {string} type @returns {Act[]} in the order of the log */
	of(type) {
		return [...this.acts.values()].filter((act) => act.type === type).sort((a, b) => a.index - b.index);
	}

	/** 'decrypt trustee/2' and so on, for what stands on the board @returns {Set<string>} */
	get done() {
		return new Set([...this.acts.values()].map(({ type, signer }) => `${type} ${signer}`));
	}

	/** What signatures are bound to [SIGN.MESSAGE] @returns {import('../../admin/submission.js').Binding} */
	get binding() {
		return { election: this.id, context: this.of('open')[0]?.leaf ?? new Uint8Array() };
	}

	/** [MANIFEST] as extended @returns {number} */
	get closes() {
		return this.state.closes;
	}

	/**
	 * The part of the roll that is on the board already, while the election is set up: every entry of the log is read, and held against the checkpoint.
	 * @returns {Promise<import('../../core/roll.js').Roll>}
	 */
	async listedRoll() {
		const { size } = this.state;
		const bundles = tiles.list(size).filter(({ level }) => level === 'entries');
		const log = /** @type {Uint8Array[]} */ ([]);
		for (const { path, width } of bundles) log.push(...tiles.parseBundle((await api.request(`${this.url}/log/${path}`)).body, width));
		const last = readReceipt(await api.receipt(this.url, size - 1), this.manifest.origin, this.manifest.server.log_key);
		/* Entries that came meanwhile are none of the roll: the registrar is here. */
		require(last.size !== size || equal(root(log.map(leafHash)), last.root), 'LOG.TREE', 'the entries do not give the root of the checkpoint');
		const roll = forManifest(this.manifest);
		for (const entry of log.map(entries.parse).filter(({ type }) => type === 'roll')) {
			const hash = entries.payloadHash(entry);
			const payload = entry.payload ?? await this.blob(hex(hash));
			entries.verifySignature(entry, this.id, new Uint8Array(), this.manifest.registrar.key);
			require(entry.payload !== undefined || equal(entries.payloadHash({ ...entry, blob: undefined, payload }), hash), 'LOG.BLOB', 'a part of the roll has other bytes');
			roll.addChunk(payload);
		}
		return roll;
	}
}

/** What to tell people of an error. @param {unknown} error @returns {{kind: 'unreachable'|'refused'|'wrong', rule: string, detail: string}} */
export function explain(error) {
	if (error instanceof api.Unreachable) return { kind: 'unreachable', rule: '', detail: '' };
	if (error instanceof api.Problem) return { kind: 'refused', rule: error.rule || String(error.status), detail: error.message };
	if (error instanceof Refusal) return { kind: 'wrong', rule: error.rule, detail: error.where ? `${error.where}: ${error.detail}` : error.detail };
	throw error;
}
