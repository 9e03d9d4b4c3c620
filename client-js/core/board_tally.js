// SPDX-License-Identifier: Apache-2.0
// Entries after the close: endorse, decrypt, result.  See board.js.
import { inside, Refusal, require } from '../crypto/err.js';
import { finish } from '../crypto/steps.js';
import { trusteeOf } from './board_setup.js';
import { needs, Unjudged } from './board_gaps.js';
import * as endorsements from './endorse.js';
import { endorsersOf } from './manifest.js';
import * as mixes from './mix.js';
import { isRanked } from './parts.js';
import { countRanked } from './ranked_count.js';
import { decode } from './ranking.js';
import * as results from './result.js';
import * as tally from './tally.js';

/** How much the server's clock may be ahead of an endorser's [ENDORSE]. */
const CLOCKS = 600;
/** Ballots between two pauses. */
const STEP = 64;

/** @typedef {import('./board.js').Board} Board */

/** What follows from the close and the sums. @param {Board} b @param {import('../crypto/elgamal.js').Ciphertext[][]} aggregates */
export function setTally(b, aggregates) {
	const { manifest, roll } = b;
	const counted = b.counted();
	b.poll = {
		counted: counted.length,
		weightCounted: counted.reduce((sum, { voter }) => sum + roll.current(voter).weight, 0),
		electorate: roll.size,
		weightElectorate: roll.totalWeight(),
	};
	b.statement = {
		close: b.closeLeaf, size: b.closeSize, root: b.tree.root(b.closeSize), counted: tally.countedHash(counted), ballots: counted.length,
		aggregates: tally.aggregatesHash(b.group, aggregates),
	};
	const decided = (q) => results.outcome(q, b.poll, manifest.privacy_floor) === 'decided';
	b.tally = {
		group: b.group, context: b.context, close: b.closeLeaf, aggregates, counted: counted.length,
		questions: manifest.questions.flatMap((q, k) => (decided(q) ? [k] : [])),
	};
	b.stage = mixes.begin({ group: b.group, h: b.h, context: b.context, close: b.closeLeaf }, b.tally.questions.flatMap((question) => {
		const d = b.definitions[question];
		return isRanked(d) ? [{ question, width: d.w, ciphertexts: counted.map(({ voter }) => /** @type {any} */ (b.latest.get(voter)).lists[question]) }] : [];
	}));
}

/** Mixes that are still to come. @param {Board} b @returns {number} */
export const mixesDue = (b) => (b.stage === undefined ? 0 : b.manifest.mixes - b.stage.number);

/** Without the sums nothing after the close can be judged. @param {Board} b */
function needsTally(b) {
	if (b.tally === undefined) throw new Unjudged();
}

/** @param {Board} b @param {string} rule @param {string} before what */
function checkQuota(b, rule, before) {
	const due = endorsements.quota(endorsersOf(b.manifest).length, b.manifest.threshold);
	if (b.endorsed.length >= due) return;
	needs(b, 'endorsements');
	throw new Refusal(rule, `expected ${due} endorsements before ${before}, found ${b.endorsed.length}`, 'type');
}

/** @type {import('./board.js').Handler} */
export const endorse = {
	read: (_, entry, payload) => endorsements.parse(payload),
	judge(b, { signer }, content) {
		needsTally(b);
		const cosign = endorsersOf(b.manifest).find((one) => one.signer === signer)?.cosign;
		if (cosign === undefined) throw new Refusal('ENTRY.SIGNER', `the manifest has no ${signer}`, 'signer');
		require(!b.endorsed.some((one) => one.signer === signer), 'ENDORSE', `${signer} has endorsed already`, 'signer');
		inside('payload', () => endorsements.check(content, b.statement, b.manifest.origin, cosign, b.closeTime - CLOCKS));
	},
	/** One that endorses something else is no endorsement of this board. */
	take(b, entry, content) {
		if (content === undefined || !['closed', 'finished'].includes(b.phase) || !holds(() => endorse.judge(b, entry, content))) return false;
		b.endorsed.push({ signer: entry.signer, index: b.size });
		return true;
	},
};

/** What can be said of a mix before its proofs are looked at. @param {Board} b @param {import('./entry.js').Entry} entry @param {any} content @returns {mixes.Stage} */
function judgeMix(b, entry, content) {
	const trustee = trusteeOf(entry);
	needsTally(b);
	needs(b, 'keys', 'mixes');
	if (b.stage === undefined) throw new Refusal('MIX.WHEN', 'there is nothing to mix', 'type');
	const { stage } = b;
	const mix = (content.mix ??= inside('payload', () => mixes.read(stage, content.payload)));
	inside('payload', () => mixes.checkForm(mix, trustee));
	checkQuota(b, 'MIX.WHEN', 'a mix');
	require(mixesDue(b) > 0, 'MIX.WHEN', `expected ${b.manifest.mixes} mixes, found one more`, 'type');
	require(!b.mixers.has(trustee), 'MIX.WHEN', `trustee ${trustee} has mixed already`, 'signer');
	const due = stage.number + 1;
	require(mix.number === due, 'MIX.WHEN', `expected mix ${due}, found mix ${mix.number}`, 'payload.number');
	inside('payload', () => mixes.checkFresh(stage, mix));
	return stage;
}

/** @type {import('./board.js').Handler} */
export const mix = {
	read: (_, entry, payload) => ({ payload }),
	*work(b, entry, content) {
		if (holds(() => judgeMix(b, entry, content))) yield* mixes.proving(/** @type {any} */ (b.stage), trusteeOf(entry), content.mix);
	},
	judge(b, entry, content) {
		const stage = judgeMix(b, entry, content);
		inside('payload', () => mixes.checkProofs(stage, trusteeOf(entry), content.mix));
	},
	/** Also a false one, if its outputs can be read: the mixes after it, and the shares, are of these. */
	take(b, entry, content) {
		const trustee = trusteeOf(entry);
		const { stage } = b;
		if (b.phase !== 'closed' || stage === undefined || mixesDue(b) === 0 || b.mixers.has(trustee) || b.gaps.has('mixes')) return false;
		const isRead = content !== undefined && holds(() => (content.mix ??= mixes.read(stage, content.payload)));
		const after = isRead ? mixes.next(stage, content.mix) : undefined;
		if (after === undefined) {
			b.gaps.add('mixes');
			return false;
		}
		b.stage = after;
		b.mixers.add(trustee);
		if (mixesDue(b) === 0) b.tally.lists = new Map(after.lists.map(({ question, ciphertexts }) => [question, /** @type {any} */ (ciphertexts).flat()]));
		return true;
	},
};

/** What can be said of shares before their proofs are looked at. @param {Board} b @param {import('./entry.js').Entry} entry */
function judgeDecrypt(b, entry) {
	const trustee = trusteeOf(entry);
	needsTally(b);
	require(b.tally.questions.length > 0, 'DECRYPT.WHEN', 'no question may be decrypted', 'payload.decrypt');
	checkQuota(b, 'DECRYPT.WHEN', 'a share');
	needs(b, 'mixes');
	require(mixesDue(b) === 0, 'DECRYPT.LIST', `expected ${b.manifest.mixes} mixes before a share, found ${b.stage?.number}`, 'type');
	require(!b.shares.some((one) => one.trustee === trustee), 'DECRYPT.SHARE', `trustee ${trustee} has decrypted already`, 'signer');
	needs(b, 'keys');
}

/** @type {import('./board.js').Handler} */
export const decrypt = {
	read: (_, entry, payload) => ({ payload }),
	*work(b, entry, content) {
		const trustee = trusteeOf(entry);
		if (!holds(() => judgeDecrypt(b, entry))) return;
		try {
			content.read = yield* tally.readingShares(b.tally, trustee, content.payload);
			content.shares = yield* tally.provingShares(b.tally, b.verificationKeys[trustee - 1], content.read);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			content.refusal = new Refusal(error.rule, error.detail, error.where === '' ? 'payload' : `payload.${error.where}`);
		}
	},
	judge(b, entry, content) {
		const trustee = trusteeOf(entry);
		judgeDecrypt(b, entry);
		if (content.refusal !== undefined) throw content.refusal;
		content.shares ??= inside('payload', () => tally.verifyShares(b.tally, trustee, b.verificationKeys[trustee - 1], content.payload));
	},
	/**
	 * Also one that came too early, but never a false one: the totals come from valid shares.  Only where lists were decrypted are false shares
	 * taken in if they can be read, and the result is held against these.
	 */
	take(b, entry, content) {
		const trustee = trusteeOf(entry);
		if (b.phase !== 'closed' || content === undefined || b.tally === undefined || b.tally.questions.length === 0) return false;
		if (mixesDue(b) > 0 || b.gaps.has('mixes') || b.verificationKeys?.[trustee - 1] === undefined || b.shares.some((one) => one.trustee === trustee)) return false;
		const read = () => {
			if (b.tally.lists === undefined) content.shares ??= tally.verifyShares(b.tally, trustee, b.verificationKeys[trustee - 1], content.payload);
			else content.shares ??= content.read ?? finish(tally.readingShares(b.tally, trustee, content.payload));
		};
		if (!holds(read)) return false;
		b.endorsersAtDecryption ??= b.endorsed.map(({ signer }) => signer);
		b.shares.push(content.shares);
		return true;
	},
};

/** @param {Board} b */
function judgeResult(b) {
	needsTally(b);
	needs(b, 'endorsements', 'mixes');
}

/** @type {import('./board.js').Handler} */
export const result = {
	read: (_, entry, payload) => ({ payload }),
	*work(b, entry, content) {
		if (!holds(() => judgeResult(b))) return;
		try {
			content.expected = yield* deciding(b);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error; // `judge` meets it again
		}
	},
	judge(b, entry, { payload, expected: found }) {
		judgeResult(b);
		const expected = found ?? expectedResult(b);
		const at = expected.findIndex((byte, i) => byte !== payload[i]);
		require(at < 0 && payload.length === expected.length, 'RESULT.ENTRY', 'the result does not follow from the board', `payload.byte ${at < 0 ? expected.length : at}`);
	},
	take(b, entry, content) {
		if (b.phase !== 'closed') return false;
		b.result = content?.payload;
		b.phase = 'finished';
		return true;
	},
};

/** @param {() => void} judge @returns {boolean} */
function holds(judge) {
	try {
		judge();
		return true;
	} catch (error) {
		if (error instanceof Refusal || error instanceof Unjudged) return false;
		throw error;
	}
}

/** [RESULT.ENTRY] @param {Board} b @returns {Uint8Array} */
export const expectedResult = (b) => finish(deciding(b));

/** [RANK.DECODE] [RANK.COUNT] @param {Board} b @param {number} question @param {any[]} elements @param {Uint8Array} lotSeed @returns {Generator<void, any>} */
function* counting(b, question, elements, lotSeed) {
	const d = /** @type {import('./ranking.js').RankedDefinition} */ (b.definitions[question]);
	const decrypted = [];
	for (let i = 0; i < elements.length; i += d.w) {
		decrypted.push(decode(b.group, d, elements.slice(i, i + d.w)));
		if (decrypted.length % STEP === 0) yield;
	}
	return countRanked(b.manifest.questions[question], question, decrypted, lotSeed);
}

/** [RESULT.ENTRY] The same in steps. @param {Board} b @returns {Generator<void, Uint8Array>} */
function* deciding(b) {
	const { threshold, questions, privacy_floor: privacyFloor } = b.manifest;
	const common = { close: b.statement.close, poll: b.poll, privacyFloor, questions };
	checkQuota(b, 'RESULT', 'the result');
	b.counts = new Map();
	if (b.tally.questions.length === 0) return results.write({ ...common, endorsers: b.endorsed.map(({ signer }) => signer), shares: [], totals: new Map(), counts: new Map() });
	const T = b.shares.slice(0, threshold);
	require(T.length === threshold, 'RESULT', `expected the shares of ${threshold} trustees, found ${T.length}`, 'type');
	const bounds = b.definitions.map((d) => (isRanked(d) ? 0 : b.poll.weightCounted * d.S));
	const { totals, elements, lotSeed } = yield* tally.combining(b.tally, T, bounds);
	/** @type {Map<number, any>} */
	const counts = new Map();
	for (const question of b.tally.questions)
		if (isRanked(b.definitions[question])) counts.set(question, yield* counting(b, question, elements.get(question) ?? [], lotSeed));
	b.counts = counts;
	return results.write({ ...common, endorsers: b.endorsersAtDecryption, shares: T.map(({ trustee }) => trustee), totals, counts, lotSeed });
}
