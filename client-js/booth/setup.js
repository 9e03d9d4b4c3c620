// SPDX-License-Identifier: Apache-2.0
// [BOOTH.SETUP] What an election is, from its log: manifest, ceremony, opening.  The rest of the roll is the trustees' to check, and
// they have: each of their certificates names the root over it.
import { equal } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { getGroup } from '../crypto/group.js';
import { sha256 } from '../crypto/hash.js';
import { leafHash, root } from '../crypto/merkle.js';
import * as ceremony from '../core/ceremony.js';
import * as entries from '../core/entry.js';
import * as manifests from '../core/manifest.js';
import { parseOpen } from '../core/payloads.js';

/** @type {Uint8Array} */
const NOTHING = new Uint8Array();

/**
 * @typedef {(entry: entries.Entry) => Promise<Uint8Array>} PayloadOf of an entry that has it inline or in a blob
 *
 * @typedef {object} Setup
 * @property {any} manifest
 * @property {Uint8Array} election id
 * @property {import('../crypto/group.js').Group} group
 * @property {any[]} definitions of either kind (core/parts.js), as the method of each question says
 * @property {entries.Entry[]} roll entries whose payloads nobody looked at yet
 * @property {{h: any, context: Uint8Array, index: number, time: number}|null} open null: not opened yet
 */

/** [ENTRY.ORDER] What comes after the first certificate is certified by nobody, so nothing but this may: no more voters, no other key. */
const ADMITS = /** @type {{[phase: string]: string[]}} */ ({
	start: ['manifest'], setup: ['roll', 'trustee.commit', 'trustee.certify', 'notice', 'cancel'], certifying: ['trustee.certify', 'notice', 'cancel'],
	ready: ['open', 'client', 'notice', 'cancel'], cancelled: ['notice'],
});

/** Takes in entries in their order until the polls are open. */
export class SetupReader {
	/** @param {PayloadOf} payloadOf */
	constructor(payloadOf) {
		this.payload = payloadOf;
		/** @type {Uint8Array[]} */
		this.leaves = [];
		/** @type {entries.Entry[]} */
		this.roll = [];
		/** @type {ceremony.Commit[]} */
		this.commits = [];
		/** @type {Set<number>} */
		this.certified = new Set();
		/** @type {any} */
		this.manifest = null;
		this.election = NOTHING;
		this.isCancelled = false;
		/** @type {any} */
		this.h = undefined;
		/** @type {{size: number, root: Uint8Array}|undefined} the log that the certificates are about */
		this.before = undefined;
		/** @type {Setup['open']} */
		this.open = null;
	}

	get phase() {
		if (this.manifest === null) return 'start';
		if (this.isCancelled) return 'cancelled';
		if (this.certified.size === 0) return 'setup';
		return this.certified.size < this.manifest.trustees.length ? 'certifying' : 'ready';
	}

	/** @param {Uint8Array} bytes of the next entry */
	async append(bytes) {
		const entry = entries.parse(bytes);
		entries.checkSigner(entry);
		require(ADMITS[this.phase].includes(entry.type), 'ENTRY.ORDER', `no ${entry.type} in phase ${this.phase}`);
		if (entry.type === 'manifest') await this.#manifest(entry, bytes);
		else if (entry.type === 'roll') this.roll.push(entry);
		else if (entry.type === 'trustee.commit') await this.#commit(entry);
		else if (entry.type === 'trustee.certify') await this.#certify(entry);
		else if (entry.type === 'open') await this.#open(entry, bytes);
		else if (entry.type === 'cancel') this.#cancel(entry);
		this.leaves.push(leafHash(bytes));
	}

	/** @param {entries.Entry} entry @param {Uint8Array} bytes */
	async #manifest(entry, bytes) {
		const manifest = manifests.parse(await this.payload(entry));
		entries.verifySignature(entry, NOTHING, NOTHING, manifest.admin.key);
		this.manifest = manifest;
		this.election = sha256(bytes);
		this.group = getGroup(manifest.group);
	}

	/** @returns {ceremony.Ceremony} */
	get #ceremony() {
		const { manifest } = this;
		return {
			group: /** @type {any} */ (this.group), election: this.election, threshold: manifest.threshold,
			transports: manifest.trustees.map((/** @type {any} */ one) => one.transport_key),
		};
	}

	/** @param {entries.Entry} entry @returns {number} the trustee who signed it */
	#trustee(entry) {
		const index = Number(entry.signer.slice('trustee/'.length));
		const trustee = this.manifest.trustees[index - 1];
		if (trustee === undefined) throw new Refusal('ENTRY.SIGNER', `the manifest has no ${entry.signer}`);
		entries.verifySignature(entry, this.election, NOTHING, trustee.sign_key);
		return index;
	}

	/** @param {entries.Entry} entry */
	async #commit(entry) {
		const index = this.#trustee(entry);
		require(this.commits[index - 1] === undefined, 'CEREMONY.DISTINCT', `trustee ${index} has committed already`);
		this.commits[index - 1] = ceremony.parseCommit(this.#ceremony, index, await this.payload(entry));
	}

	/** Nobody opens it after that. @param {entries.Entry} entry */
	#cancel(entry) {
		entries.verifySignature(entry, this.election, NOTHING, this.manifest.admin.key);
		this.isCancelled = true;
	}

	/** [CEREMONY.KEYS] once all commitments are there, so that nobody's word is taken for h. */
	#key() {
		const { manifest, commits } = this;
		require(manifest.trustees.every((/** @type {any} */ _, /** @type {number} */ i) => commits[i] !== undefined), 'ENTRY.ORDER', 'not every trustee has committed');
		const group = /** @type {any} */ (this.group);
		ceremony.checkDistinct(group, commits);
		return ceremony.combineKeys(group, commits).h;
	}

	/** @param {entries.Entry} entry */
	async #certify(entry) {
		const index = this.#trustee(entry);
		this.h ??= this.#key();
		this.before ??= { size: this.leaves.length, root: root(this.leaves) };
		require(!this.certified.has(index), 'CEREMONY.CERTIFY', `trustee ${index} has certified already`);
		ceremony.checkCertificate(/** @type {any} */ (this.group), { index, ...this.before, h: this.h }, await this.payload(entry));
		this.certified.add(index);
	}

	/** @param {entries.Entry} entry @param {Uint8Array} bytes */
	async #open(entry, bytes) {
		const group = /** @type {import('../crypto/group.js').Group} */ (this.group);
		const { manifest, h } = this;
		entries.verifySignature(entry, this.election, NOTHING, manifest.server.sign_key);
		const open = parseOpen(await this.payload(entry), group.pointLength);
		require(open.size === this.leaves.length && equal(open.root, root(this.leaves)), 'OPEN', 'size or root are not those of the log');
		require(equal(open.publicKey, group.encode(h)), 'OPEN', 'public_key is not the key of the ceremony');
		require(entry.time >= manifest.opens && entry.time < manifest.closes, 'OPEN', 'not at that time');
		this.open = { h, context: leafHash(bytes), index: this.leaves.length, time: entry.time };
	}

	/** @returns {Setup} */
	result() {
		const { manifest, election, group, roll, open } = this;
		if (manifest === null || group === undefined) throw new Refusal('ENTRY.ORDER', 'the log is empty');
		return { manifest, election, group, definitions: manifest.questions.map(manifests.definitionOf), roll, open };
	}
}

/**
 * Reads the setup part of a log, whose reader holds each entry against the checkpoint.
 * @param {import('../core/log_reader.js').LogReader} log @param {PayloadOf} payloadOf
 * @param {(done: number, whole: number) => void} progress
 * @returns {Promise<Setup>}
 */
export async function readSetup(log, payloadOf, progress) {
	const reader = new SetupReader(payloadOf);
	for (let bundle = 0; bundle * 256 < log.head.size; bundle++) {
		for (const bytes of await log.bundle(bundle)) {
			await reader.append(bytes);
			if (reader.open) return reader.result();
			progress(reader.leaves.length, log.head.size);
		}
	}
	return reader.result();
}
