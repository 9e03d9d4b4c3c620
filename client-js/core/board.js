// SPDX-License-Identifier: Apache-2.0
// The state machine of one election [ENTRY.ORDER]: what is admissible at which position.  specs/board.md section 2.
//
// Each type of entry has three functions (board_setup.js, board_polls.js, board_tally.js):
//     read   the payload, its form alone; throws the Refusal of the first rule that it breaks
//     judge  what was read against the state; throws a Refusal, or Unjudged where it rests on something left out; changes nothing
//     take   takes the entry in, also one that was refused if it has a place [CHECK.RECOVERY]; false where it has none
// `append` is read, judge and take for a log in which nothing is wrong; core/check.js goes on after a failure.
import { inside, Refusal, require } from '../crypto/err.js';
import { leafHash, Tree } from '../crypto/merkle.js';
import * as ballots from './ballot.js';
import { needs, Unjudged } from './board_gaps.js';
import * as polls from './board_polls.js';
import * as setup from './board_setup.js';
import * as counting from './board_tally.js';
import { crockford } from './code.js';
import * as entries from './entry.js';
import { endorsersOf, GRANULES } from './manifest.js';
import { isRanked } from './parts.js';
import * as tally from './tally.js';

/** [ENTRY.ORDER] What each phase admits; `setup` admits the first certificate when the roll is final and all commits are there. */
const ADMITS = {
	start: ['manifest'],
	setup: ['roll', 'trustee.commit', 'trustee.certify', 'notice', 'cancel'],
	certifying: ['trustee.certify', 'notice', 'cancel'],
	ready: ['client', 'open', 'notice', 'cancel'],
	open: ['ballot', 'roll.change', 'extend', 'client', 'notice', 'cancel', 'close'],
	closed: ['endorse', 'mix', 'decrypt', 'result', 'notice', 'cancel'],
	finished: ['notice', 'endorse'],
	cancelled: ['notice'],
};
const PHASES = Object.keys(ADMITS);

/**
 * @typedef {import('./entry.js').Entry} Entry
 * @typedef {object} Handler
 * @property {(b: Board, entry: Entry, payload: Uint8Array) => any} read
 * @property {(b: Board, entry: Entry, content: any) => Generator<void, void>} [work] what takes long, in steps, before it is judged: `judge` then finds it done
 * @property {(b: Board, entry: Entry, content: any) => void} judge
 * @property {(b: Board, entry: Entry, content: any, leaf: Uint8Array) => boolean} take `content` is undefined where it cannot be read
 */

/** @type {Record<string, Handler>} */
const HANDLERS = {
	manifest: setup.manifest, roll: setup.roll, 'trustee.commit': setup.commit, 'trustee.certify': setup.certify, open: setup.open,
	notice: setup.notice, cancel: setup.cancel, client: setup.client,
	ballot: polls.ballot, 'roll.change': polls.rollChange, extend: polls.extend, close: polls.close,
	endorse: counting.endorse, mix: counting.mix, decrypt: counting.decrypt, result: counting.result,
};

export class Board {
	/** @param {(sha256: Uint8Array) => Uint8Array|undefined} [getBlob] for `append` */
	constructor(getBlob = () => undefined) {
		this.getBlob = getBlob;
		/** @type {keyof typeof ADMITS} */
		this.phase = 'start';
		this.tree = new Tree();
		this.time = 0;
		/** Since the manifest. @type {any} */
		this.manifest = undefined;
		/** Its id [MANIFEST.ID]. @type {any} */
		this.election = undefined;
		/** @type {any} */
		this.group = undefined;
		/** @type {import('./parts.js').Definition[]} */
		this.definitions = [];
		/** @type {any} */
		this.roll = undefined;
		this.closes = 0;
		/** Since all commits are there. @type {any} */
		this.h = undefined;
		/** @type {any[]} */
		this.verificationKeys = [];
		/** What trustees certify. @type {{size: number, root: Uint8Array}|undefined} */
		this.before = undefined;
		/** Since the opening. @type {any} */
		this.context = undefined;
		this.openIndex = 0;
		/** Since the close. @type {any} */
		this.closeLeaf = undefined;
		this.closeSize = 0;
		/** @type {any} */
		this.closeTime = undefined;
		/** Since the sums are known. @type {any} */
		this.poll = undefined;
		/** @type {any} */
		this.statement = undefined;
		/** @type {any} */
		this.tally = undefined;
		/** @type {any} */
		this.endorsersAtDecryption = undefined;
		/** @type {Uint8Array|undefined} payload */
		this.result = undefined;
		/** @type {Map<number, import('./ranked_count.js').Counted>|undefined} of the decided ranked questions, once computed */
		this.counts = undefined;
		/** @type {string|undefined} why */
		this.cancelled = undefined;
		/** @type {Set<import('./board_gaps.js').Gap>} what was left out */
		this.gaps = new Set();
		/** @type {(import('./ceremony.js').Commit|undefined)[]} */
		this.commits = [];
		/** @type {Set<number>} */
		this.certified = new Set();
		/** @type {Set<string>} [ENTRY.ONCE] */
		this.notices = new Set();
		/** @type {{index: number, hash: string, isLate: boolean, files: import('./payloads.js').ClientFile[]}[]} [CLIENT] */
		this.clients = [];
		/** The latest ballot of each voter, with its ciphertexts for ranked questions.
		 * @type {Map<string, {index: number, leaf: Uint8Array, lists: Uint8Array[]}>} */
		this.latest = new Map();
		/** @type {number[]} ballots that a later one of the same voter replaced */
		this.superseded = [];
		this.numBallots = 0;
		this.numExtensions = 0;
		this.numAdded = 0;
		/** @type {{index: number, action: string, voter: string, reason: string, hadCast: boolean}[]} removals and new credentials, for verifiers to name */
		this.rollChanges = [];
		/** @type {{signer: string, index: number}[]} */
		this.endorsed = [];
		/** @type {tally.Shares[]} */
		this.shares = [];
		/** What the next mix takes, or the trustees decrypt; nothing where no ranked question may be decrypted. @type {import('./mix.js').Stage|undefined} */
		this.stage = undefined;
		/** @type {Set<number>} trustees who have mixed */
		this.mixers = new Set();
		/** @type {Map<string, import('../crypto/elgamal.js').Ciphertext[][]>} of the latest ballots, for `append` alone */
		this.votes = new Map();
	}

	/** @returns {number} */
	get size() {
		return this.tree.size;
	}

	/** @param {Uint8Array} bytes of the next entry; throws a Refusal and changes nothing if it breaks a rule */
	append(bytes) {
		const entry = entries.parse(bytes);
		this.checkPlace(entry);
		const handler = this.handlerOf(entry);
		const payload = this.#payloadOf(entry);
		const read = () => inside('payload', () => handler.read(this, entry, payload));
		const manifest = entry.type === 'manifest' ? read() : undefined;
		this.checkTime(entry, manifest);
		this.checkVoter(entry);
		const key = this.keyOf(entry, manifest);
		inside('signature', () => entries.verifySignature(entry, this.electionFor(entry), this.contextFor(entry), key));
		const content = manifest ?? read();
		handler.judge(this, entry, content);
		if (entry.type === 'ballot') this.#verifyBallot(entry, payload);
		this.take(entry, content, leafHash(bytes));
		if (entry.type === 'close') this.setTally(this.#aggregates());
	}

	/** The type, the form of its signer, and its place in the phases. @param {Entry} entry */
	checkPlace(entry) {
		entries.checkSigner(entry);
		needs(this, 'manifest'); // entry 0 is the manifest, or there is none
		this.#checkOrder(entry.type);
	}

	/** @param {Entry} entry of a type that there is @returns {Handler} */
	handlerOf({ type }) {
		return HANDLERS[type];
	}

	/** @param {string} type */
	#checkOrder(type) {
		let admitted = ADMITS[this.phase].includes(type);
		if (this.phase === 'setup' && type === 'trustee.certify') admitted = this.#isCertifiable();
		if (this.phase === 'closed' && type === 'cancel') admitted = this.shares.length === 0;
		if (type === 'open' && this.gaps.has('certificates')) admitted ||= ['setup', 'certifying'].includes(this.phase);
		if (admitted) return;
		const later = PHASES.slice(PHASES.indexOf(this.phase) + 1);
		if (this.gaps.has('phase') && later.some((phase) => ADMITS[phase].includes(type))) throw new Unjudged();
		throw new Refusal('ENTRY.ORDER', `no ${type} in phase ${this.phase}`, 'type');
	}

	/** @returns {boolean} */
	#isCertifiable() {
		return (this.roll.isFinal || this.gaps.has('roll')) && (this.hasAllCommits() || this.gaps.has('keys'));
	}

	/** @returns {boolean} */
	hasAllCommits() {
		return this.manifest.trustees.every((_, k) => this.commits[k] !== undefined);
	}

	/** [LOG.BLOB] @param {Entry} entry @returns {Uint8Array} */
	#payloadOf(entry) {
		return entry.blob === undefined ? /** @type {Uint8Array} */ (entry.payload) : entries.checkBlob(entry, this.getBlob(entry.blob.sha256));
	}

	/** The manifest, or the one that this entry is. @param {Entry} entry @param {any} own what the entry of a manifest says */
	#manifestFor({ type }, own) {
		const manifest = type === 'manifest' ? own : this.manifest;
		if (manifest === undefined) throw new Unjudged();
		return manifest;
	}

	/** [ENTRY.TIME] @param {Entry} entry @param {any} own the manifest, where this is its entry */
	checkTime(entry, own) {
		const { granularity } = this.#manifestFor(entry, own);
		require(entry.time % GRANULES[granularity] === 0, 'ENTRY.TIME', `${entry.time} is not floored to a ${granularity}`, 'time');
		require(entry.time >= this.time, 'ENTRY.TIME', `${entry.time} comes after ${this.time}`, 'time');
	}

	/** [BALLOT.ROLL] @param {Entry} entry */
	checkVoter({ signer }) {
		const [kind, name] = signer.split('/');
		if (kind !== 'voter' || this.roll.current(name) !== undefined) return;
		if (this.gaps.has('roll')) throw new Unjudged();
		throw new Refusal('BALLOT.ROLL', `${name} is not on the roll`, 'signer');
	}

	/** [ENTRY.SIGNER] @param {Entry} entry, if of a voter then of one on the roll @param {any} own as above @returns {Uint8Array} */
	keyOf(entry, own) {
		const m = this.#manifestFor(entry, own);
		const { signer } = entry;
		if (signer === 'admin') return m.admin.key;
		if (signer === 'registrar') return m.registrar.key;
		if (signer === 'server') return m.server.sign_key;
		if (signer.startsWith('voter/')) return this.roll.current(signer.slice('voter/'.length)).key;
		const one = endorsersOf(m).find((endorser) => endorser.signer === signer);
		if (one === undefined) throw new Refusal('ENTRY.SIGNER', `the manifest has no ${signer}`, 'signer');
		return one.sign;
	}

	/** [SIGN.MESSAGE] @param {Entry} entry @returns {Uint8Array} */
	electionFor({ type }) {
		return type === 'manifest' || this.election === undefined ? new Uint8Array() : this.election;
	}

	/** @param {Entry} entry @returns {Uint8Array} */
	contextFor({ type }) {
		return ['manifest', 'open'].includes(type) || this.context === undefined ? new Uint8Array() : this.context;
	}

	/**
	 * Takes in an entry, right or not; its leaf always stands in the tree then.
	 * @param {Entry} entry @param {any} content undefined where it cannot be read @param {Uint8Array} leaf
	 * @returns {boolean} whether it had a place
	 */
	take(entry, content, leaf) {
		const taken = this.handlerOf(entry).take(this, entry, content, leaf);
		this.tree.append(leaf);
		this.#advance(entry.time);
		return taken;
	}

	/** Also to one that is too early, so that it is reported once, and never to one between two granules, so that the next is not too early.
	 * @param {number} time */
	#advance(time) {
		if (this.manifest !== undefined) this.time = time - (time % GRANULES[this.manifest.granularity]);
	}

	/** An entry that cannot be read at all, or is of no kind that there is: it could be whatever this phase admits. @param {Uint8Array} leaf */
	skip(leaf) {
		const add = (...gaps) => gaps.forEach((gap) => this.gaps.add(gap));
		if (this.phase === 'start') add('manifest', 'phase');
		if (this.phase === 'setup') add(...(this.roll.isFinal ? [] : ['roll']), ...(this.hasAllCommits() ? [] : ['keys']), 'certificates');
		if (this.phase === 'certifying') add('certificates');
		if (this.phase === 'ready') add('phase');
		if (this.phase === 'open') add('roll', 'closes', 'ballots', 'phase');
		if (this.phase === 'closed') add('endorsements', 'phase', ...(counting.mixesDue(this) > 0 ? /** @type {const} */ (['mixes']) : []));
		this.tree.append(leaf);
	}

	/** What needs the key or the log's context. @param {Entry} entry @param {Uint8Array} payload */
	#verifyBallot({ signer }, payload) {
		const voter = signer.slice('voter/'.length);
		const { group, context, h, definitions } = this;
		const ballot = inside('payload', () => ballots.verify({ group, context, voter, voterKey: this.roll.current(voter).key, h, definitions }, payload));
		this.votes.set(voter, ballot.parts.map(({ E }) => E));
	}

	#aggregates() {
		const counted = this.counted().map(({ voter }) => ({ weight: this.roll.current(voter).weight, questions: /** @type {any} */ (this.votes.get(voter)) }));
		return tally.aggregate(this.group, this.definitions.map((d) => (isRanked(d) ? 0 : d.m)), counted);
	}

	/** [BALLOT.COUNTED] The counted list, in log order. @returns {{voter: string, index: number, leaf: Uint8Array}[]} */
	counted() {
		const list = [];
		for (const [voter, { index, leaf }] of this.latest) if (this.roll.current(voter) !== undefined) list.push({ voter, index, leaf });
		return list.sort((a, b) => a.index - b.index);
	}

	/** [TALLY.AGGREGATE] Once closed: from then on endorsements, shares and the result can be judged.
	 * @param {import('../crypto/elgamal.js').Ciphertext[][]} aggregates */
	setTally(aggregates) {
		counting.setTally(this, aggregates);
	}

	/** [RESULT.ENTRY] What the result must be, as soon as it can be known. @returns {Uint8Array} */
	expectedResult() {
		return counting.expectedResult(this);
	}

	/** @returns {import('./ceremony.js').Ceremony} */
	get ceremony() {
		const { group, election, manifest } = this;
		return { group, election, threshold: manifest.threshold, transports: manifest.trustees.map((one) => one.transport_key) };
	}

	/** [CONTEXT] what people compare. @returns {string} */
	fingerprint() {
		return crockford(this.context.slice(0, 16));
	}
}
