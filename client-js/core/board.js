// SPDX-License-Identifier: Apache-2.0
// The state machine that admits entries, one after the other.  specs/board.md section 2; each check is made when its
// entry comes, and the first rule that an entry breaks is thrown.
import { hex } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { getGroup } from '../crypto/group.js';
import { sha256 } from '../crypto/hash.js';
import { leafHash, root } from '../crypto/merkle.js';
import * as ballots from './ballot.js';
import * as ceremony from './ceremony.js';
import { crockford } from './code.js';
import * as endorse from './endorse.js';
import * as entries from './entry.js';
import * as manifests from './manifest.js';
import * as payloads from './payloads.js';
import * as results from './result.js';
import { forManifest } from './roll.js';
import * as tally from './tally.js';

/** [ENTRY.ORDER] What each phase admits; `setup` admits the first certificate when the roll is final and all commits are there. */
const ADMITS = {
	start: ['manifest'],
	setup: ['roll', 'trustee.commit', 'trustee.certify', 'notice', 'cancel'],
	certifying: ['trustee.certify', 'notice', 'cancel'],
	ready: ['open', 'notice', 'cancel'],
	open: ['ballot', 'roll.change', 'extend', 'notice', 'cancel', 'close'],
	closed: ['endorse', 'decrypt', 'result', 'notice', 'cancel'],
	finished: ['notice', 'endorse'],
	cancelled: ['notice'],
};
const CLOCKS = 600;
const NOTHING = new Uint8Array();

/**
 * @typedef {object} Cast a ballot on the board
 * @property {number} index @property {Uint8Array} leaf @property {string} voter @property {import('../crypto/elgamal.js').Ciphertext[][]} questions
 */

export class Board {
	/** @param {(sha256: Uint8Array) => Uint8Array|undefined} [getBlob] */
	constructor(getBlob = () => undefined) {
		this.getBlob = getBlob;
		this.phase = 'start';
		/** @type {Uint8Array[]} leaf hashes */
		this.leaves = [];
		this.time = 0;
		/** @type {(ceremony.Commit|undefined)[]} */
		this.commits = [];
		/** @type {Set<number>} */
		this.certified = new Set();
		/** @type {Cast[]} in log order */
		this.cast = [];
		/** @type {{signer: string, index: number}[]} */
		this.endorsed = [];
		/** @type {tally.Shares[]} */
		this.shares = [];
		/** @type {string[]} what every verifier has to say [ROLL.CHANGE] [MANIFEST.THRESHOLD] [MANIFEST.WINDOW] [ROLL.WEIGHTS] */
		this.remarks = [];
	}

	/** @returns {number} */
	get size() {
		return this.leaves.length;
	}

	/** @param {Uint8Array} bytes of the next entry; throws a Refusal and changes nothing that counts if it breaks a rule */
	append(bytes) {
		const entry = entries.parse(bytes);
		entries.checkSigner(entry);
		this.#checkOrder(entry);
		const payload = this.#payloadOf(entry);
		const manifest = entry.type === 'manifest' ? manifests.parse(payload) : this.manifest;
		this.#checkTime(entry.time, manifest);
		const key = this.#keyOf(entry, manifest);
		entries.verifySignature(entry, this.election ?? NOTHING, this.context ?? NOTHING, key);
		const leaf = leafHash(bytes);
		this.#apply(entry, payload, manifest, leaf, bytes);
		this.leaves.push(leaf);
		this.time = entry.time;
	}

	/** @param {entries.Entry} entry */
	#checkOrder({ type }) {
		let admitted = ADMITS[this.phase].includes(type);
		if (this.phase === 'setup' && type === 'trustee.certify') admitted = this.roll.isFinal && this.#hasAllCommits();
		if (this.phase === 'closed' && type === 'cancel') admitted = this.shares.length === 0;
		require(admitted, 'ENTRY.ORDER', `no ${type} in phase ${this.phase}`);
	}

	/** @returns {boolean} */
	#hasAllCommits() {
		return this.manifest.trustees.every((_, k) => this.commits[k] !== undefined);
	}

	/** [LOG.BLOB] @param {entries.Entry} entry @returns {Uint8Array} */
	#payloadOf({ payload, blob }) {
		if (blob === undefined) return payload;
		const bytes = this.getBlob(blob.sha256);
		require(bytes !== undefined, 'LOG.BLOB', `blob ${hex(blob.sha256)} is missing`);
		require(bytes.length === blob.size && hex(sha256(bytes)) === hex(blob.sha256), 'LOG.BLOB', `blob ${hex(blob.sha256)} has other bytes`);
		return bytes;
	}

	/** [ENTRY.TIME] @param {number} time @param {any} manifest */
	#checkTime(time, manifest) {
		require(time % manifests.GRANULES[manifest.granularity] === 0, 'ENTRY.TIME', `${time} is not floored to a ${manifest.granularity}`);
		require(time >= this.time, 'ENTRY.TIME', `${time} comes after ${this.time}`);
	}

	/** [ENTRY.SIGNER] @param {entries.Entry} entry @param {any} m @returns {Uint8Array} */
	#keyOf({ type, signer }, m) {
		if (signer === 'admin') return m.admin.key;
		if (signer === 'registrar') return m.registrar.key;
		if (signer === 'server') return m.server.sign_key;
		const [kind, name] = signer.split('/');
		if (kind === 'voter') {
			const voter = this.roll.voters.get(name);
			require(voter !== undefined && !voter.removed, 'BALLOT.ROLL', `${name} is not on the roll`);
			return voter.key;
		}
		const one = manifests.endorsersOf(m).find((endorser) => endorser.signer === signer);
		if (one === undefined) throw new Refusal('ENTRY.SIGNER', `the manifest has no ${signer}, who signs this ${type}`);
		return one.sign;
	}

	/** @param {entries.Entry} entry @param {Uint8Array} payload @param {any} manifest @param {Uint8Array} leaf @param {Uint8Array} bytes */
	#apply(entry, payload, manifest, leaf, bytes) {
		const trustee = entry.signer.startsWith('trustee/') ? Number(entry.signer.slice(8)) : 0;
		switch (entry.type) {
			case 'manifest': return this.#manifest(manifest, bytes);
			case 'roll': return this.#rollChunk(payload);
			case 'trustee.commit': return this.#commit(trustee, payload);
			case 'trustee.certify': return this.#certify(trustee, payload);
			case 'open': return this.#open(entry.time, payload, leaf);
			case 'ballot': return this.#ballot(entry, payload, leaf);
			case 'roll.change': return this.#rollChange(entry.time, payload);
			case 'extend': return this.#extend(entry.time, payload);
			case 'close': return this.#close(entry.time, payload, leaf);
			case 'endorse': return this.#endorse(entry.signer, payload);
			case 'decrypt': return this.#decrypt(trustee, payload);
			case 'result': return this.#result(payload);
			case 'notice': return void payloads.parseNotice(payload);
			default:
				payloads.parseCancel(payload);
				this.phase = 'cancelled';
		}
	}

	#manifest(manifest, bytes) {
		this.manifest = manifest;
		this.election = sha256(bytes);
		this.group = getGroup(manifest.group);
		this.definitions = manifest.questions.map(manifests.definitionOf);
		this.roll = forManifest(manifest);
		this.closes = manifest.closes;
		this.phase = 'setup';
		if (manifest.threshold === 1) this.remarks.push('one trustee alone can read every ballot');
		if (manifest.rules === 'extended') this.remarks.push('the polls may be open for more than 60 days');
		if (manifest.eligibility === 'server') this.remarks.push('eligibility rests on the server');
	}

	/** @returns {ceremony.Ceremony} */
	get ceremony() {
		return { group: this.group, election: this.election, threshold: this.manifest.threshold, transports: this.manifest.trustees.map((one) => one.transport_key) };
	}

	#commit(trustee, payload) {
		require(this.commits[trustee - 1] === undefined, 'CEREMONY.DISTINCT', `trustee ${trustee} has committed already`);
		const commits = [...this.commits];
		commits[trustee - 1] = ceremony.parseCommit(this.ceremony, trustee, payload);
		ceremony.checkDistinct(this.group, commits.filter((one) => one !== undefined));
		if (this.manifest.trustees.every((_, k) => commits[k] !== undefined)) Object.assign(this, ceremony.combineKeys(this.group, commits));
		this.commits = commits;
	}

	#certify(trustee, payload) {
		const before = this.before ?? { size: this.size, root: root(this.leaves) };
		require(!this.certified.has(trustee), 'CEREMONY.CERTIFY', `trustee ${trustee} has certified already`);
		ceremony.checkCertificate(this.group, { index: trustee, ...before, h: this.h }, payload);
		this.before = before;
		this.certified.add(trustee);
		this.phase = this.certified.size === this.manifest.trustees.length ? 'ready' : 'certifying';
	}

	#open(time, payload, leaf) {
		const open = payloads.parseOpen(payload, this.group.pointLength);
		require(open.size === this.size && hex(open.root) === hex(root(this.leaves)), 'OPEN', 'size or root are not those of the log');
		require(hex(open.publicKey) === hex(this.group.encode(this.h)), 'OPEN', 'public_key is not the key of the ceremony');
		require(time >= this.manifest.opens && time < this.closes, 'OPEN', 'not at that time');
		this.context = leaf;
		this.openIndex = this.size;
		this.phase = 'open';
	}

	/** @param {string} voter @returns {Cast|undefined} */
	#latest(voter) {
		return this.cast.filter((one) => one.voter === voter).at(-1);
	}

	#ballot({ signer, time }, payload, leaf) {
		const voter = signer.slice('voter/'.length);
		require(time >= this.manifest.opens && time < this.closes, 'BALLOT.TIME', `the polls are open from ${this.manifest.opens} to ${this.closes}`);
		const latest = this.#latest(voter);
		require(this.manifest.revote === 'last' || latest === undefined, 'BALLOT.COUNTED', `${voter} has voted already`);
		const ballot = ballots.verify(
			{ group: this.group, context: this.context, voter, voterKey: this.roll.voters.get(voter).key, h: this.h, definitions: this.definitions },
			payload,
		);
		require(hex(ballot.prev) === hex(latest?.leaf ?? new Uint8Array(32)), 'BALLOT.PREV', 'prev is not the latest ballot of this voter');
		const granule = manifests.GRANULES[this.manifest.granularity];
		require(ballot.date % granule === 0 && Math.abs(ballot.date - time) <= CLOCKS + granule, 'BALLOT.DATE', `dated ${ballot.date}, recorded ${time}`);
		const { size } = ballot;
		require(size > this.openIndex && size <= this.size, 'BALLOT.CHECKPOINT', `a checkpoint of size ${size}`);
		require(hex(ballot.root) === hex(root(this.leaves.slice(0, size))), 'BALLOT.CHECKPOINT', 'a checkpoint of another log');
		this.cast.push({ index: this.size, leaf, voter, questions: ballot.parts.map(({ E }) => E) });
	}

	#rollChunk(payload) {
		const roll = this.roll.copy();
		roll.addChunk(payload);
		this.roll = roll;
	}

	#rollChange(time, payload) {
		const roll = this.roll.copy();
		const { action, voter, reason } = roll.change(payload);
		require(action === 'remove' || time < this.closes, 'ROLL.CHANGE', `no ${action} after the end of the polls`);
		if (action === 'credential' && this.#latest(voter) !== undefined) this.remarks.push(`${voter} got another credential after voting: ${reason}`);
		this.roll = roll;
	}

	#extend(time, payload) {
		const { closes } = payloads.parseExtend(payload);
		require(time < this.closes, 'EXTEND', 'the polls have ended');
		require(closes > this.closes, 'EXTEND', 'not later than the present end');
		try {
			manifests.checkWindow(this.manifest, closes);
		} catch (error) {
			throw new Refusal('EXTEND', error.detail);
		}
		this.closes = closes;
	}

	/** [BALLOT.COUNTED] @returns {Cast[]} */
	counted() {
		return this.cast.filter((one) => one === this.#latest(one.voter) && !this.roll.voters.get(one.voter).removed);
	}

	#close(time, payload, leaf) {
		const close = payloads.parseClose(payload);
		const counted = this.counted();
		require(time >= this.closes, 'CLOSE', 'the polls are open');
		require(close.size === this.size && hex(close.root) === hex(root(this.leaves)), 'CLOSE', 'size or root are not those of the log');
		require(close.ballots === this.cast.length && close.voters === counted.length, 'CLOSE', `${this.cast.length} ballots, ${counted.length} counted`);
		const weightOf = (voter) => this.roll.voters.get(voter).weight;
		this.poll = {
			counted: counted.length,
			weightCounted: counted.reduce((sum, { voter }) => sum + weightOf(voter), 0),
			electorate: this.roll.current().length,
			weightElectorate: this.roll.totalWeight(),
		};
		const aggregates = tally.aggregate(this.group, this.definitions.map(({ m }) => m), counted.map(({ voter, questions }) => ({ weight: weightOf(voter), questions })));
		this.closeTime = time;
		this.statement = {
			close: leaf, size: this.size + 1, root: root([...this.leaves, leaf]), counted: tally.countedHash(counted), ballots: counted.length,
			aggregates: tally.aggregatesHash(this.group, aggregates),
		};
		const decided = (q) => results.outcome(q, this.poll, this.manifest.privacy_floor) === 'decided';
		this.tally = {
			group: this.group, context: this.context, close: leaf, aggregates, counted: counted.length,
			questions: this.manifest.questions.flatMap((q, k) => (decided(q) ? [k] : [])),
		};
		this.phase = 'closed';
	}

	#endorse(signer, payload) {
		require(!this.endorsed.some((one) => one.signer === signer), 'ENDORSE', `${signer} has endorsed already`);
		const { cosign } = manifests.endorsersOf(this.manifest).find((one) => one.signer === signer);
		const time = endorse.verify(payload, this.statement, this.manifest.origin, cosign);
		require(time > 0n && Number(time) + CLOCKS >= this.closeTime, 'ENDORSE', `cosigned at ${time}, before the polls ended at ${this.closeTime}`);
		this.endorsed.push({ signer, index: this.size });
	}

	/** @returns {boolean} */
	#isEndorsed() {
		const N = manifests.endorsersOf(this.manifest).length;
		return this.endorsed.length >= endorse.quota(N, this.manifest.threshold);
	}

	#decrypt(trustee, payload) {
		require(this.tally.questions.length > 0, 'DECRYPT.WHEN', 'no question may be decrypted');
		require(this.#isEndorsed(), 'DECRYPT.WHEN', 'too few endorsements');
		require(!this.shares.some((one) => one.trustee === trustee), 'DECRYPT.SHARE', `trustee ${trustee} has decrypted already`);
		const shares = tally.verifyShares(this.tally, trustee, this.verificationKeys[trustee - 1], payload);
		if (this.shares.length === 0) this.endorsersAtDecryption = this.endorsed.map(({ signer }) => signer);
		this.shares.push(shares);
	}

	/** [RESULT.ENTRY] What the result must be, as soon as it can be known. @returns {Uint8Array} */
	expectedResult() {
		const { threshold, questions, privacy_floor: privacyFloor } = this.manifest;
		const T = this.shares.slice(0, threshold);
		const common = { close: this.statement.close, poll: this.poll, privacyFloor, questions };
		if (this.tally.questions.length === 0) {
			require(this.#isEndorsed(), 'RESULT', 'too few endorsements');
			return results.write({ ...common, endorsers: this.endorsed.map(({ signer }) => signer), shares: [], totals: new Map() });
		}
		require(T.length === threshold, 'RESULT', 'too few trustees have decrypted');
		const bounds = this.definitions.map(({ S }) => this.poll.weightCounted * S);
		const { totals, lotSeed } = tally.combine(this.tally, T, bounds);
		return results.write({ ...common, endorsers: this.endorsersAtDecryption, shares: T.map(({ trustee }) => trustee), totals, lotSeed });
	}

	#result(payload) {
		require(hex(payload) === hex(this.expectedResult()), 'RESULT.ENTRY', 'the result does not follow from the board');
		this.phase = 'finished';
	}

	/** [CONTEXT] what people compare. @returns {string} */
	fingerprint() {
		return crockford(this.context.slice(0, 16));
	}
}
