// SPDX-License-Identifier: Apache-2.0
// Checks 9 (points), 10, 11 and 13: signatures and proofs of ballots in batches, and the sums of those that count.
import { Batch, findBad } from '../crypto/batch.js';
import * as elgamal from '../crypto/elgamal.js';
import { inside, Refusal } from '../crypto/err.js';
import { negate, R255 } from '../crypto/group.js';
import * as schnorr from '../crypto/schnorr.js';
import * as ballots from './ballot.js';
import { voterOf } from './board_polls.js';
import { bundleAt, readBlob, readEntries } from './check_files.js';
import * as entries from './entry.js';
import * as kinds from './parts.js';

const FULL = 256;
/** Points in a batch: more make a point cheaper, and the pauses between batches longer. */
const POINTS = { ristretto255: 4096, modp4096: 512 };
/** Signatures have an equation of two points each. */
const MAX_BALLOTS = 1024;

/**
 * @typedef {import('./check.js').Check} Check
 * @typedef {import('../crypto/elgamal.js').Ciphertext} Ciphertext
 * @typedef {{index: number, setting: ballots.Setting, parts: kinds.Part[]}} Proved a ballot whose proofs are to be checked
 * @typedef {{index: number, claim: schnorr.Claim}} Signed
 */

/** Sums of ciphertexts for each option of the homomorphic questions, each times a weight. */
class Sums {
	/** @param {import('../crypto/group.js').Group} group @param {kinds.Definition[]} definitions */
	constructor(group, definitions) {
		this.group = group;
		this.questions = definitions.map((d) => Array.from({ length: kinds.isRanked(d) ? 0 : d.m }, () => elgamal.zero(group)));
	}

	/** @param {Ciphertext[][]} questions @param {number} weight */
	add(questions, weight) {
		const { group } = this;
		const k = BigInt(weight);
		const times = (P) => (weight === 1 ? P : group.multiplyPublic(k, P));
		this.questions.forEach((sums, q) => sums.forEach((_, i) => {
			const { A, B } = questions[q][i];
			this.questions[q][i] = elgamal.add(group, this.questions[q][i], { A: times(A), B: times(B) });
		}));
	}

	/** @param {Sums} other @returns {Ciphertext[][]} */
	minus(other) {
		const { group } = this;
		return this.questions.map((options, q) => options.map((sum, i) => {
			const { A, B } = other.questions[q][i];
			return elgamal.add(group, sum, { A: negate(group, A), B: negate(group, B) });
		}));
	}
}

/** @param {import('../crypto/group.js').Group} group @param {kinds.Definition[]} definitions @param {ballots.Form} form
 * @returns {{parts?: kinds.Part[], refusal?: Refusal}} */
function readParts(group, definitions, form) {
	try {
		return { parts: definitions.map((d, k) => inside(`payload.questions[${k}]`, () => kinds.parseOwing(group, d, form.bytes[k]))) };
	} catch (error) {
		if (error instanceof Refusal) return { refusal: error };
		throw error;
	}
}

export class BallotCheck {
	/** @param {Check} c */
	constructor(c) {
		this.c = c;
		/** @type {Proved[]} */
		this.proved = [];
		/** @type {Signed[]} */
		this.signed = [];
		/** @type {{index: number, refusal: Refusal}[]} ballots with something that is no point or scalar */
		this.refused = [];
		this.numPoints = 0;
		/** @type {Sums|undefined} of all ballots, counted or not */
		this.sums = undefined;
		/** @type {Set<number>} ballots whose ciphertexts cannot be read */
		this.unreadable = new Set();
	}

	/** A ballot that was taken in. @param {number} index @param {import('./entry.js').Entry} entry @param {ballots.Form} form */
	async add(index, entry, form) {
		const { c } = this;
		const { board } = c;
		const { group, context, h, definitions, roll } = board;
		const voter = voterOf(entry);
		const { key: voterKey, weight } = roll.current(voter);
		c.cover(10);
		c.cover(11);
		const isSigned = c.attempt(10, index, () => {
			const claim = inside('signature', () => entries.readSignature(entry, board.electionFor(entry), board.contextFor(entry), voterKey));
			this.signed.push({ index, claim });
		});
		const { parts, refusal } = readParts(group, definitions, form);
		const ciphertexts = parts?.map(({ E }) => E) ?? this.#ciphertexts(index, form);
		this.sums ??= new Sums(group, definitions);
		if (ciphertexts !== undefined) this.sums.add(ciphertexts, weight);
		if (parts !== undefined && isSigned) {
			this.proved.push({ index, setting: { group, context, voter, voterKey, h, definitions }, parts });
			this.numPoints += parts.reduce((sum, { E }) => sum + 2 * E.length + 6, 0);
		}
		if (refusal !== undefined && isSigned) this.refused.push({ index, refusal });
		if (this.numPoints >= POINTS[group.name] || this.signed.length >= MAX_BALLOTS) await this.flush();
	}

	/** What counts of a ballot whose proof cannot be read. @param {number} index @param {ballots.Form} form @returns {Ciphertext[][]|undefined} */
	#ciphertexts(index, form) {
		const { group, definitions } = this.c.board;
		try {
			return definitions.map((d, k) => kinds.parseCiphertexts(group, d, form.bytes[k]));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.unreadable.add(index);
			return undefined;
		}
	}

	/** Checks what has been gathered. */
	async flush() {
		const { proved, signed, refused } = this;
		this.proved = [];
		this.signed = [];
		this.refused = [];
		this.numPoints = 0;
		await this.c.pause(true);
		const forged = this.#checkSignatures(signed);
		await this.c.pause(true);
		for (const { index, refusal } of refused) if (!forged.has(index)) this.c.fail(9, refusal, index);
		// Only who is on the roll can make a verifier look for the bad ones of a batch.
		const members = this.#checkMembers(proved.filter(({ index }) => !forged.has(index)));
		await this.c.pause(true);
		this.#checkProofs(members);
	}

	/** @param {Signed[]} signed @returns {Set<number>} those that are wrong */
	#checkSignatures(signed) {
		const areRight = (some) => {
			const batch = new Batch(R255);
			for (const { claim } of some) schnorr.addToBatch(batch, claim);
			return batch.isZero();
		};
		const bad = new Set(findBad(signed, areRight).map(({ index }) => index));
		for (const index of bad) this.c.fail(10, new Refusal('ENTRY.SIGNATURE', 'the signature of this voter does not verify', 'signature'), index);
		return bad;
	}

	/** [GROUP.MODP.ORDER] @param {Proved[]} proved @returns {Proved[]} those whose elements are all in the group */
	#checkMembers(proved) {
		const areMembers = (some) => some.length === 0 || some[0].setting.group.areMembers(some.flatMap(({ setting, parts }) => parts.flatMap((part, k) => kinds.pointsOf(setting.definitions[k], part))));
		const bad = new Set(findBad(proved, areMembers));
		for (const { index, setting, parts } of bad) {
			const k = parts.findIndex((part, k) => !setting.group.areMembers(kinds.pointsOf(setting.definitions[k], part)));
			this.c.fail(9, new Refusal('BALLOT.POINTS', 'an element is not in the group [GROUP.MODP.ORDER]', `payload.questions[${Math.max(k, 0)}]`), index);
		}
		return proved.filter((one) => !bad.has(one));
	}

	/** @param {Proved[]} proved */
	#checkProofs(proved) {
		if (proved.length === 0) return;
		const { group } = proved[0].setting;
		const items = proved.map((one) => ({
			...one,
			challenges: one.parts.map((part, k) => kinds.challenges(ballots.statement(one.setting, k), part)),
		}));
		/** @param {typeof items} some @param {number} [only] question */
		const areRight = (some, only) => {
			const batch = new Batch(group);
			const isAdded = some.every(({ setting, parts, challenges }) => parts.every((part, k) =>
				(only !== undefined && only !== k) || kinds.addToBatch(batch, ballots.statement(setting, k), part, challenges[k])));
			return isAdded && batch.isZero();
		};
		for (const one of findBad(items, (some) => areRight(some))) {
			const k = Math.max(one.parts.findIndex((_, question) => !areRight([one], question)), 0);
			this.c.fail(11, new Refusal(kinds.ruleOf(one.setting.definitions[k]), 'the proof does not verify', `payload.questions[${k}]`), one.index);
		}
	}

	/** [TALLY.AGGREGATE] Once the polls are closed: the sums of what counts. */
	async close() {
		const { c } = this;
		const { board } = c;
		await this.flush();
		const counted = board.counted();
		const isKnown = !['ballots', 'roll', 'manifest'].some((gap) => board.gaps.has(/** @type {any} */ (gap)));
		const isReadable = !counted.some(({ index }) => this.unreadable.has(index));
		if (!isKnown || !isReadable) {
			const why = isKnown ? 'a counted ballot cannot be read, so the aggregates are unknown' : 'which ballots count is unknown, because something is missing before close';
			for (const number of [13, 14, 15, 16, 17]) c.note(number, why);
			return;
		}
		this.sums ??= new Sums(board.group, board.definitions);
		board.setTally(this.sums.minus(await this.#notCounted()));
		c.cover(13, counted.length);
	}

	/** Sums of the ballots that were replaced, or whose voters were removed: they are read again. @returns {Promise<Sums>} */
	async #notCounted() {
		const { board } = this.c;
		/** @type {[string, {index: number}][]} */
		const latest = [...board.latest];
		const removed = latest.filter(([voter]) => board.roll.current(voter) === undefined).map(([, { index }]) => index);
		const sums = new Sums(board.group, board.definitions);
		const indices = [...board.superseded, ...removed].filter((index) => !this.unreadable.has(index)).sort((a, b) => a - b);
		let bundle = -1;
		/** @type {any[]} */
		let list = [];
		for (const index of indices) {
			if (Math.floor(index / FULL) !== bundle) {
				bundle = Math.floor(index / FULL);
				list = await readEntries(this.c, bundleAt(this.c.checkpoint.size, bundle));
			}
			const entry = entries.parse(list[index % FULL]);
			const payload = entry.payload ?? entries.checkBlob(entry, await readBlob(this.c, entry));
			const form = ballots.read(board.group, board.definitions, payload);
			sums.add(board.definitions.map((d, k) => kinds.parseCiphertexts(board.group, d, form.bytes[k])), board.roll.voters.get(voterOf(entry)).weight);
			await this.c.pause();
		}
		return sums;
	}
}
