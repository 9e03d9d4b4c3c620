// SPDX-License-Identifier: Apache-2.0
// The part of the booth that knows secrets: the voter's key and the seed of each ballot.  It runs in a worker where there is one, and lets
// out a seed or a signature of a ballot, never both [BOOTH.AUDIT].
import * as bitproof from '../crypto/bitproof.js';
import { utf8 } from '../crypto/bytes.js';
import { getGroup } from '../crypto/group.js';
import { random, sha256 } from '../crypto/hash.js';
import { sign } from '../crypto/schnorr.js';
import * as ballots from '../core/ballot.js';
import * as kinds from '../core/parts.js';
import { voterKey } from '../core/credential.js';
import { signedMessage } from '../core/entry.js';

/**
 * @typedef {import('../core/parts.js').Choice} Choice
 * @typedef {import('../core/ballot.js').Position} Position
 *
 * An election as the prover needs it; plain data, so that it can be sent to a worker.
 * @typedef {object} Terms
 * @property {string} group
 * @property {Uint8Array} election id
 * @property {Uint8Array} context
 * @property {Uint8Array} h
 * @property {any[]} questions definitions [BALLOT.DEFINITION] [RANK.DEFINITION], `plain`
 *
 * @typedef {{number: number, payload: Uint8Array, tracker: string}} Committed
 * @typedef {(done: number, whole: number) => void} Progress
 */

/** How much room a table may take: few bases get large ones. @param {number} bases @returns {number} bits of a window, 0: none */
function windowFor(bases) {
	if (bases <= 48) return 8;
	if (bases <= 160) return 6;
	return bases <= 400 ? 4 : 0;
}

/** Lets the page breathe where there is no worker. */
const pause = () => new Promise((done) => { setTimeout(done, 0); });

/** Any permitted choice, for a proof that only warms up. @param {kinds.Definition} d @returns {Choice} */
function anyChoice(d) {
	if (kinds.isRanked(d)) return { blank: false, values: Array.from({ length: d.m }, (_, i) => (i < d.min ? i + 1 : 0)) };
	let rest = d.min;
	return { blank: false, values: Array.from({ length: d.m }, () => {
		const value = Math.min(rest, d.S);
		rest -= value;
		return value;
	}) };
}

export class Prover {
	/** @type {bigint|null} */
	#key = null;
	#voter = '';
	#publicKey = utf8('');
	/** @type {(Terms & {at: import('../core/ballot.js').Setting})|null} */
	#terms = null;
	/** The one ballot that may still be signed or opened. @type {{number: number, seed: Uint8Array, choices: Choice[], payload: Uint8Array}|null} */
	#ballot = null;
	#numbers = 0;

	/**
	 * [KEY.DERIVE] Takes the voter's key from the code.
	 * @param {string} code 28 characters @param {Uint8Array} election @param {string} voter @returns {Uint8Array} the public key
	 */
	identify(code, election, voter) {
		this.wipe();
		const { key, public: publicKey } = voterKey(code, election, voter);
		this.#key = key;
		this.#voter = voter;
		this.#publicKey = publicKey;
		return publicKey;
	}

	/** Tables and a proof for nothing, while the voter reads. @param {Terms} terms @param {Progress} [progress] */
	async prepare(terms, progress = () => undefined) {
		const group = getGroup(terms.group);
		const definitions = terms.questions.map(kinds.define);
		const h = group.decode(terms.h);
		const at = { group, context: terms.context, voter: this.#voter || 'x', voterKey: this.#publicKey, h, definitions };
		this.#terms = { ...terms, at };
		const bits = Math.max(...definitions.map((d) => (kinds.isRanked(d) ? 0 : d.L)));
		const { K, G } = bitproof.generators(group, bits);
		const bases = [group.generator, h, ...(bits > 0 ? [K, ...G] : [])];
		const window = windowFor(bases.length);
		for (const [i, base] of bases.entries()) {
			if (window > 0) group.prepare(base, group.name === 'modp4096' ? Math.min(window, 5) : window);
			progress(i + 1, bases.length + 1);
			await pause();
		}
		const [first] = definitions;
		kinds.make({ ...at, question: 0, definition: first }, anyChoice(first), random(32));
		progress(bases.length + 1, bases.length + 1);
	}

	/**
	 * Encrypts and proves, with a fresh seed each time; the ballot before is forgotten.
	 * @param {Choice[]} choices @param {Position} position @param {Progress} [progress] @returns {Promise<Committed>}
	 */
	async commit(choices, position, progress = () => undefined) {
		const terms = this.#terms;
		if (this.#key === null || terms === null) throw new TypeError('nobody is identified');
		this.#forget();
		const number = ++this.#numbers;
		const setting = { ...terms.at, voter: this.#voter, voterKey: this.#publicKey };
		const seed = random(32);
		const parts = [];
		for (const [question, choice] of choices.entries()) {
			await pause();
			parts.push(ballots.makePart(setting, question, choice, seed));
			progress(question + 1, choices.length);
		}
		const payload = ballots.write(this.#voter, position, parts);
		/* Only the latest: a voter who went back and forth in the meantime has asked for another one. */
		if (number === this.#numbers) this.#ballot = { number, seed, choices, payload };
		else seed.fill(0);
		return { number, payload, tracker: ballots.tracker(payload).text };
	}

	/** @param {number} number @returns {{seed: Uint8Array, choices: Choice[], payload: Uint8Array}} a ballot that is then gone from here */
	#take(number) {
		const ballot = this.#ballot;
		if (ballot === null || ballot.number !== number) throw new TypeError('this ballot was signed, opened or replaced');
		this.#ballot = null;
		return ballot;
	}

	/** [BOOTH.AUDIT] Opens the ballot, which can never be signed after that. @param {number} number */
	open(number) {
		const { seed, choices, payload } = this.#take(number);
		return { seed, choices, payload, voterKey: this.#publicKey };
	}

	/** Signs the ballot, which can never be opened after that. @param {number} number @returns {Uint8Array} */
	sign(number) {
		if (this.#key === null || this.#terms === null) throw new TypeError('nobody is identified');
		const { seed, payload } = this.#take(number);
		const message = signedMessage({
			election: this.#terms.election, context: this.#terms.context, type: 'ballot', signer: `voter/${this.#voter}`, payloadHash: sha256(payload),
		});
		const signature = sign(this.#key, message, seed);
		seed.fill(0);
		return signature;
	}

	#forget() {
		this.#ballot?.seed.fill(0);
		this.#ballot = null;
	}

	/** What JavaScript can do about memory: bytes are overwritten, numbers are no longer held. */
	wipe() {
		this.#forget();
		this.#key = null;
		this.#voter = '';
		this.#publicKey = utf8('');
	}
}

/** What may be asked of a prover from outside of a worker. */
export const CALLS = /** @type {const} */ (['identify', 'prepare', 'commit', 'open', 'sign', 'wipe']);
