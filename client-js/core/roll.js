// SPDX-License-Identifier: Apache-2.0
// [ROLL] Who may vote, with which weight and key.
import { hex } from '../crypto/bytes.js';
import { inside, require, under } from '../crypto/err.js';
import { decodeNotIdentity, R255 } from '../crypto/group.js';
import * as json from './json.js';
import { definitionOf } from './manifest.js';
import { isRanked } from './parts.js';
import * as text from './text.js';

const MAX_WEIGHT = 1000000;
const MAX_TOTAL = 2 ** 40;
const MAX_CHUNK = 1000;
const MAX_LENGTH = 8 * 1024 * 1024;

/** Bytes of mixed lists [RANK.ROLL]. */
const MAX_MIXED = 2 ** 28 - 2 ** 20;

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

/** @typedef {{first: number, voters: [string, string, number, Uint8Array][], final: boolean}} Chunk */
/** @typedef {{action: 'add'|'remove'|'credential', voter: string, label: string, weight: number, key: Uint8Array, reason: string}} Change */

/** The payload of a roll entry, its form alone. @param {Uint8Array} payload @returns {Chunk} */
export const parseChunk = (payload) => json.read(payload, chunkShape, 'ROLL', MAX_LENGTH);

/** The payload of a roll.change entry, its form alone. @param {Uint8Array} payload @returns {Change} */
export const parseChange = (payload) => json.read(payload, changeShape, 'ROLL.CHANGE', MAX_LENGTH);

export class Roll {
	/** @param {{maxScore: number, minHolders: number, below: 'refuse'|'warn', mixed?: number, largest?: number}} rules bytes of a ballot in a mix, and in the largest file of ballots */
	constructor(rules) {
		this.rules = rules;
		/** @type {Map<string, Voter>} in the order of their ids, later ones behind */
		this.voters = new Map();
		/** @type {Map<string, string>} every key that ever was on the roll, in hex, and whose */
		this.taken = new Map();
		/** @type {Map<number, number>} how many voters on the roll have each weight */
		this.holders = new Map();
		this.last = '';
		this.isFinal = false;
	}

	/** @returns {number} voters on the roll */
	get size() {
		return [...this.holders.values()].reduce((sum, count) => sum + count, 0);
	}

	/** @returns {number} */
	totalWeight() {
		return [...this.holders].reduce((sum, [weight, count]) => sum + weight * count, 0);
	}

	/** @param {string} id @returns {Voter|undefined} if on the roll now */
	current(id) {
		const voter = this.voters.get(id);
		return voter === undefined || voter.removed ? undefined : voter;
	}

	/** Values that fewer voters have than `few`; none where all have one. @param {number} [few] @returns {number[]} */
	rareWeights(few = this.rules.minHolders) {
		const values = [...this.holders].filter(([, count]) => count > 0);
		return values.length <= 1 ? [] : values.filter(([, count]) => count < few).map(([weight]) => weight);
	}

	/** The payload of a roll entry. @param {Uint8Array} payload */
	addChunk(payload) {
		const chunk = parseChunk(payload);
		this.judgeChunk(chunk);
		this.takeChunk(chunk);
	}

	/** Throws the first rule that a chunk breaks here. @param {Chunk} chunk */
	judgeChunk({ first, voters, final }) {
		require(!this.isFinal, 'ROLL', 'the roll is final already');
		require(first === this.voters.size, 'ROLL', `expected ${this.voters.size}, found ${first}`, 'first');
		require(voters.length > 0 || (final && this.voters.size > 0), 'ROLL', 'a chunk without voters', 'voters');
		const holders = new Map(this.holders);
		const own = new Map();
		let last = this.last;
		voters.forEach(([id, , weight, key], i) => {
			require(id > last, 'ROLL', `${id} does not come after ${last}`, `voters[${i}][0]`);
			last = id;
			inside(`voters[${i}][3]`, () => this.#judgeKey(key, own));
			own.set(hex(key), id);
			holders.set(weight, (holders.get(weight) ?? 0) + 1);
		});
		voters.forEach(([, , weight], i) => inside(`voters[${i}]`, () => this.#judgePublic(weight)));
		inside('voters', () => this.#judgeWeights(holders, final));
	}

	/** Also one that breaks rules, as far as it has a place [CHECK.RECOVERY]. @param {Chunk} chunk */
	takeChunk({ voters, final }) {
		for (const [id, label, weight, key] of voters) {
			if (this.voters.has(id)) continue;
			this.#insert({ id, label, weight, key, removed: false });
			this.last = id;
		}
		this.isFinal ||= final;
	}

	/** The payload of a roll.change entry; whether its time is right is for the board. @param {Uint8Array} payload @returns {Change} */
	change(payload) {
		const change = parseChange(payload);
		this.judgeChange(change);
		this.takeChange(change);
		return change;
	}

	/** Throws the first rule that a change breaks here. @param {Change} change */
	judgeChange({ action, voter: id, label, weight, key, reason }) {
		const refuse = (holds, why, where) => require(holds, 'ROLL.CHANGE', why, where);
		const voter = this.voters.get(id);
		refuse(reason !== '', 'without a reason', 'reason');
		if (action === 'add') {
			refuse(voter === undefined, `${id} is or was on the roll`, 'voter');
			require(label !== '', 'TEXT', 'a new voter has a label', 'label');
			refuse(key.length === 32, 'a new voter has a key', 'key');
			inside('weight', () => this.#judgePublic(weight));
			refuse((this.holders.get(weight) ?? 0) > 0, `nobody has weight ${weight}`, 'weight');
			inside('key', () => this.#judgeKey(key));
			inside('weight', () => this.#judgeWeights(new Map([...this.holders, [weight, (this.holders.get(weight) ?? 0) + 1]]), false));
			return;
		}
		refuse(voter !== undefined && !voter.removed, `${id} is not on the roll`, 'voter');
		refuse(label === '', 'the label is left out', 'label');
		refuse(weight === 0, 'the weight is left out', 'weight');
		refuse(key.length === (action === 'remove' ? 0 : 32), action === 'remove' ? 'a removal has no key' : 'a new key is due', 'key');
		if (action === 'credential') inside('key', () => this.#judgeKey(key));
	}

	/** Also one that breaks rules; false where it has no place. @param {Change} change @returns {boolean} */
	takeChange({ action, voter: id, label, weight, key }) {
		const voter = this.voters.get(id);
		if (action === 'add') {
			if (voter !== undefined || weight === 0 || key.length !== 32) return false;
			this.#insert({ id, label, weight, key, removed: false });
			return true;
		}
		if (voter === undefined || voter.removed || (action === 'credential' && key.length !== 32)) return false;
		if (action === 'remove') {
			voter.removed = true;
			this.holders.set(voter.weight, (this.holders.get(voter.weight) ?? 0) - 1);
		} else {
			voter.key = key;
			this.#occupy(key, id);
		}
		return true;
	}

	/** @param {Voter} voter */
	#insert(voter) {
		this.#occupy(voter.key, voter.id);
		this.voters.set(voter.id, voter);
		this.holders.set(voter.weight, (this.holders.get(voter.weight) ?? 0) + 1);
	}

	/** @param {Uint8Array} key @param {string} id */
	#occupy(key, id) {
		const text = hex(key);
		if (!this.taken.has(text)) this.taken.set(text, id);
	}

	/** [ROLL.KEYS] Keys of removed voters and replaced ones stay taken. @param {Uint8Array} key @param {Map<string, string>} [also] of the same chunk */
	#judgeKey(key, also = new Map()) {
		under('ROLL.KEYS', () => decodeNotIdentity(R255, key));
		const text = hex(key);
		const whose = this.taken.get(text) ?? also.get(text);
		require(whose === undefined, 'ROLL.KEYS', `${text} is or was the key of ${whose}`);
	}

	/** [RANK.ROLL] A weight beside a plaintext ballot would name its voter.  Only what is new is asked about: a roll that was refused for one weight is
	 * not refused for it again with each later entry. @param {number} weight */
	#judgePublic(weight) {
		const { mixed = 0 } = this.rules;
		require(mixed === 0 || weight === 1, 'RANK.ROLL', `expected 1, where a question is ranked, found ${weight}`);
	}

	/** [RANK.ROLL] A mix has a largest size, and so have the files of its ballots. @param {Map<number, number>} holders */
	#judgeRoom(holders) {
		const { mixed = 0, largest = 0 } = this.rules;
		const voters = [...holders.values()].reduce((sum, count) => sum + count, 0);
		require(voters * mixed <= MAX_MIXED, 'RANK.ROLL', `${voters} voters are more than a mix can take`);
		require(voters * largest <= MAX_MIXED, 'RANK.ROLL', `${voters} voters make larger files of ballots than anybody reads`);
	}

	/** [ROLL.WEIGHTS] @param {Map<number, number>} holders @param {boolean} final */
	#judgeWeights(holders, final) {
		this.#judgeRoom(holders);
		const total = [...holders].reduce((sum, [weight, count]) => sum + weight * count, 0);
		require(total * this.rules.maxScore <= MAX_TOTAL, 'ROLL.WEIGHTS', 'total weight times the highest score is above 2^40');
		if (!final || this.rules.below === 'warn') return;
		const values = [...holders].filter(([, count]) => count > 0);
		const rare = values.filter(([, count]) => count < this.rules.minHolders).map(([weight]) => weight);
		require(values.length <= 1 || rare.length === 0, 'ROLL.WEIGHTS', `fewer than ${this.rules.minHolders} voters have weight ${rare.join(', ')}`);
	}
}

/** @param {any} manifest @returns {Roll} */
export function forManifest(manifest) {
	const ranked = manifest.questions.map(definitionOf).filter(isRanked);
	return new Roll({
		maxScore: Math.max(...manifest.questions.map((q) => q.score_max)),
		minHolders: manifest.weights.min_holders,
		below: manifest.weights.below,
		mixed: ranked.reduce((sum, { w }) => sum + 64 * w + 160, 0),
		largest: Math.max(0, ...ranked.map(({ m }) => 5 * m + 16)),
	});
}
