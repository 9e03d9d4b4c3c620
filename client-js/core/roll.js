// SPDX-License-Identifier: Apache-2.0
// [ROLL] Who may vote, with which weight and key.
import { hex } from '../crypto/bytes.js';
import { require, under } from '../crypto/err.js';
import { decodeNotIdentity, R255 } from '../crypto/group.js';
import * as json from './json.js';
import * as text from './text.js';

const MAX_WEIGHT = 1000000;
const MAX_TOTAL = 2 ** 40;
const MAX_CHUNK = 1000;
const MAX_LENGTH = 8 * 1024 * 1024;

/** @typedef {{id: string, label: string, weight: number, key: Uint8Array, removed: boolean}} Voter */

const chunkShape = json.object({
	first: json.integer(),
	voters: json.list(json.tuple(text.id, text.line, json.integer(1, MAX_WEIGHT), json.base64(32)), 0, MAX_CHUNK),
	final: json.bool,
});

/** The key is empty for a removal. @type {json.Shape<Uint8Array>} */
const keyOrNothing = (value, rule, where) => (value === '' ? new Uint8Array() : json.base64(32)(value, rule, where));

const changeShape = json.object({
	action: json.oneOf('add', 'remove', 'credential'),
	voter: text.id,
	label: text.lineOrEmpty,
	weight: json.integer(0, MAX_WEIGHT),
	key: keyOrNothing,
	reason: text.lines,
});

export class Roll {
	/** @param {{maxScore: number, minHolders: number, below: 'refuse'|'warn'}} rules */
	constructor(rules) {
		this.rules = rules;
		/** @type {Map<string, Voter>} in the order of their ids, later ones behind */
		this.voters = new Map();
		/** @type {Map<string, string>} every key that ever was on the roll, in hex, and whose */
		this.taken = new Map();
		this.isFinal = false;
	}

	/** @returns {Roll} one that can be changed without changing this one */
	copy() {
		const other = new Roll(this.rules);
		for (const [id, voter] of this.voters) other.voters.set(id, { ...voter });
		other.taken = new Map(this.taken);
		other.isFinal = this.isFinal;
		return other;
	}

	/** @returns {Voter[]} who may vote */
	current() {
		return [...this.voters.values()].filter(({ removed }) => !removed);
	}

	/** @returns {number} */
	totalWeight() {
		return this.current().reduce((sum, { weight }) => sum + weight, 0);
	}

	/** The payload of a roll entry. @param {Uint8Array} payload */
	addChunk(payload) {
		const { first, voters, final } = json.read(payload, chunkShape, 'ROLL', MAX_LENGTH);
		require(!this.isFinal, 'ROLL', 'the roll is final already');
		require(first === this.voters.size, 'ROLL', `first: expected ${this.voters.size}, found ${first}`);
		require(voters.length > 0 || (final && this.voters.size > 0), 'ROLL', 'a chunk without voters');
		let last = [...this.voters.keys()].at(-1) ?? '';
		for (const [id, label, weight, key] of voters) {
			require(id > last, 'ROLL', `${id} does not come after ${last}`);
			last = id;
			this.#insert({ id, label, weight, key, removed: false });
		}
		this.#checkTotal();
		if (final) this.#checkHolders();
		this.isFinal = final;
	}

	/** The payload of a roll.change entry; whether its time is right is for the board.
	 * @param {Uint8Array} payload @returns {{action: string, voter: string, reason: string}} */
	change(payload) {
		const change = json.read(payload, changeShape, 'ROLL.CHANGE', MAX_LENGTH);
		const refuse = (holds, why) => require(holds, 'ROLL.CHANGE', why);
		const { action, voter: id, label, weight, key } = change;
		const voter = this.voters.get(id);
		refuse(change.reason !== '', 'without a reason');
		if (action === 'add') {
			refuse(voter === undefined, `${id} is or was on the roll`);
			require(label !== '', 'TEXT', 'a new voter has a label');
			refuse(key.length === 32, 'a new voter has a key');
			refuse(this.current().some((one) => one.weight === weight), `nobody has weight ${weight}`);
			this.#insert({ id, label, weight, key, removed: false });
			this.#checkTotal();
			return change;
		}
		refuse(voter !== undefined && !voter.removed, `${id} is not on the roll`);
		refuse(label === '' && weight === 0, 'label and weight are left out');
		if (action === 'remove') {
			refuse(key.length === 0, 'a removal has no key');
			voter.removed = true;
			return change;
		}
		refuse(key.length === 32, 'a new key is due');
		this.#take(key, id);
		voter.key = key;
		return change;
	}

	/** @param {Voter} voter */
	#insert(voter) {
		this.#take(voter.key, voter.id);
		this.voters.set(voter.id, voter);
	}

	/** [ROLL.KEYS] Keys of removed voters and replaced ones stay taken. @param {Uint8Array} key @param {string} id */
	#take(key, id) {
		under('ROLL.KEYS', () => decodeNotIdentity(R255, key));
		const text = hex(key);
		require(!this.taken.has(text), 'ROLL.KEYS', `${text} is or was the key of ${this.taken.get(text)}`);
		this.taken.set(text, id);
	}

	/** [ROLL.WEIGHTS] */
	#checkTotal() {
		require(this.totalWeight() * this.rules.maxScore <= MAX_TOTAL, 'ROLL.WEIGHTS', 'total weight times the highest score is above 2^40');
	}

	/** [ROLL.WEIGHTS] The values that too few voters have. @returns {number[]} */
	rareWeights() {
		const holders = new Map();
		for (const { weight } of this.current()) holders.set(weight, (holders.get(weight) ?? 0) + 1);
		if (holders.size <= 1) return [];
		return [...holders].filter(([, count]) => count < this.rules.minHolders).map(([weight]) => weight);
	}

	#checkHolders() {
		const rare = this.rareWeights();
		require(rare.length === 0 || this.rules.below === 'warn', 'ROLL.WEIGHTS', `fewer than ${this.rules.minHolders} voters have weight ${rare.join(', ')}`);
	}
}

/** @param {any} manifest @returns {Roll} */
export const forManifest = (manifest) =>
	new Roll({
		maxScore: Math.max(...manifest.questions.map((q) => q.score_max)),
		minHolders: manifest.weights.min_holders,
		below: manifest.weights.below,
	});
