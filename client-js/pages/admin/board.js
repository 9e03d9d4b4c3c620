// SPDX-License-Identifier: Apache-2.0
// What this page reads of an election, as the other pages do (net/election.js): its manifest, and the entries that are neither ballots nor of the roll,
// held against the signed checkpoint and against what this browser has seen before.
import { hex } from '../../crypto/bytes.js';
import { Refusal, require } from '../../crypto/err.js';
import { openMemory } from '../../booth/memory.js';
import * as entries from '../../core/entry.js';
import { headOf } from '../../core/log_reader.js';
import { forManifest } from '../../core/roll.js';
import * as api from '../../net/api.js';
import { Election as Board } from '../../net/election.js';

const WIDTH = 256;

/** @typedef {{index: number, type: string, signer: string, time: number, payload: Uint8Array, leaf: Uint8Array}} Act */

export class Election {
	/** @param {string} url */
	constructor(url) {
		this.url = url;
		this.board = new Board(url, openMemory());
		/* Comes with load(). */
		this.view = /** @type {import('../../net/election.js').View} */ (/** @type {unknown} */ (null));
		/** @type {Act[]} in the order of the log, without the manifest */
		this.acts = [];
	}

	/** @param {string} url of the election @returns {Promise<Election>} */
	static async load(url) {
		const election = new Election(url);
		await election.refresh();
		return election;
	}

	/** The state anew, and the entries that came since. */
	async refresh() {
		const view = await this.board.load();
		require(view.state.id === hex(view.id), 'MANIFEST.ID', 'the server tells the state of another election');
		this.acts = view.acts.slice(1).map(({ index, leaf, entry: { type, signer, time }, payload }) => ({ index, type, signer, time, payload, leaf }));
		this.view = view;
	}

	get state() {
		return this.view.state;
	}

	get manifest() {
		return this.view.manifest;
	}

	get id() {
		return this.view.id;
	}

	/** @param {string} type @returns {Act[]} in the order of the log */
	of(type) {
		return this.acts.filter((act) => act.type === type);
	}

	/** 'decrypt trustee/2' and so on, for what stands on the board @returns {Set<string>} */
	get done() {
		return new Set(this.acts.map(({ type, signer }) => `${type} ${signer}`));
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
		await this.refresh();
		const { log, manifest, id } = this.view;
		const roll = forManifest(manifest);
		for (let bundle = 0; bundle * WIDTH < log.head.size; bundle++) {
			for (const bytes of await log.bundle(bundle)) {
				if (headOf(bytes)?.type !== 'roll') continue;
				const entry = entries.parse(bytes);
				entries.verifySignature(entry, id, new Uint8Array(), manifest.registrar.key);
				roll.addChunk(entry.blob ? await log.blob(entry.blob, hex(entry.blob.sha256)) : /** @type {Uint8Array} */ (entry.payload));
			}
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
