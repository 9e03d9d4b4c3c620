// SPDX-License-Identifier: Apache-2.0
// Entries after the close: endorse, decrypt, result.  See board.js.
import { inside, Refusal, require } from '../crypto/err.js';
import { trusteeOf } from './board_setup.js';
import { needs, Unjudged } from './board_gaps.js';
import * as endorsements from './endorse.js';
import { endorsersOf } from './manifest.js';
import * as results from './result.js';
import * as tally from './tally.js';

/** How much the server's clock may be ahead of an endorser's [ENDORSE]. */
const CLOCKS = 600;

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
}

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

/** @type {import('./board.js').Handler} */
export const decrypt = {
	read: (_, entry, payload) => ({ payload }),
	judge(b, entry, content) {
		const trustee = trusteeOf(entry);
		needsTally(b);
		require(b.tally.questions.length > 0, 'DECRYPT.WHEN', 'no question may be decrypted', 'payload.decrypt');
		checkQuota(b, 'DECRYPT.WHEN', 'a share');
		require(!b.shares.some((one) => one.trustee === trustee), 'DECRYPT.SHARE', `trustee ${trustee} has decrypted already`, 'signer');
		needs(b, 'keys');
		content.shares ??= inside('payload', () => tally.verifyShares(b.tally, trustee, b.verificationKeys[trustee - 1], content.payload));
	},
	/** Also one that came too early, but never a false one: the totals come from valid shares. */
	take(b, entry, content) {
		const trustee = trusteeOf(entry);
		if (b.phase !== 'closed' || content === undefined || b.tally === undefined || b.tally.questions.length === 0) return false;
		if (b.verificationKeys?.[trustee - 1] === undefined || b.shares.some((one) => one.trustee === trustee)) return false;
		const read = () => (content.shares ??= tally.verifyShares(b.tally, trustee, b.verificationKeys[trustee - 1], content.payload));
		b.endorsersAtDecryption ??= b.endorsed.map(({ signer }) => signer);
		if (!holds(read)) return false;
		b.shares.push(content.shares);
		return true;
	},
};

/** @type {import('./board.js').Handler} */
export const result = {
	read: (_, entry, payload) => ({ payload }),
	judge(b, entry, { payload }) {
		needsTally(b);
		needs(b, 'endorsements');
		const expected = expectedResult(b);
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
export function expectedResult(b) {
	const { threshold, questions, privacy_floor: privacyFloor } = b.manifest;
	const common = { close: b.statement.close, poll: b.poll, privacyFloor, questions };
	checkQuota(b, 'RESULT', 'the result');
	if (b.tally.questions.length === 0) return results.write({ ...common, endorsers: b.endorsed.map(({ signer }) => signer), shares: [], totals: new Map() });
	const T = b.shares.slice(0, threshold);
	require(T.length === threshold, 'RESULT', `expected the shares of ${threshold} trustees, found ${T.length}`, 'type');
	const bounds = b.definitions.map(({ S }) => b.poll.weightCounted * S);
	const { totals, lotSeed } = tally.combine(b.tally, T, bounds);
	return results.write({ ...common, endorsers: b.endorsersAtDecryption, shares: T.map(({ trustee }) => trustee), totals, lotSeed });
}
