// SPDX-License-Identifier: Apache-2.0
// Entries while the polls are open: ballots, changes of the roll, extend, close.  See board.js.
import { hex } from '../crypto/bytes.js';
import { inside, Refusal, require } from '../crypto/err.js';
import * as ballots from './ballot.js';
import { needs, requirePoint, Unjudged } from './board_gaps.js';
import * as manifests from './manifest.js';
import * as payloads from './payloads.js';
import { ciphertextBytes, isRanked } from './parts.js';
import { parseChange } from './roll.js';

/** How far two clocks may be apart: the voter's and the server's [BALLOT.DATE]. */
const CLOCKS = 600;
const NONE = new Uint8Array(32);

/** @param {import('./entry.js').Entry} entry of a voter @returns {string} */
export const voterOf = ({ signer }) => signer.slice('voter/'.length);

/** [BALLOT.TIME] @param {import('./board.js').Board} b @param {number} time */
function checkTime(b, time) {
	const { opens } = b.manifest;
	if (time >= b.closes) needs(b, 'closes');
	require(time >= opens && time < b.closes, 'BALLOT.TIME', `the polls are open from ${opens} to ${b.closes}, this is of ${time}`, 'time');
}

/** [BALLOT.PREV] @param {import('./board.js').Board} b @param {string} voter @param {Uint8Array} prev */
function checkPrev(b, voter, prev) {
	const latest = b.latest.get(voter);
	if (hex(prev) === hex(latest?.leaf ?? NONE)) return;
	needs(b, 'ballots');
	throw new Refusal('BALLOT.PREV', `expected ${hex(latest?.leaf ?? NONE)}, found ${hex(prev)}`, 'payload.prev');
}

/** [BALLOT.DATE] @param {import('./board.js').Board} b @param {number} time @param {number} date */
function checkDate(b, time, date) {
	const granule = manifests.GRANULES[b.manifest.granularity];
	require(date % granule === 0, 'BALLOT.DATE', `${date} is not a multiple of ${granule}`, 'payload.date');
	require(Math.abs(date - time) <= CLOCKS + granule, 'BALLOT.DATE', `dated ${date}, recorded ${time}`, 'payload.date');
}

/** [BALLOT.CHECKPOINT] @param {import('./board.js').Board} b @param {number} size @param {Uint8Array} root */
function checkCheckpoint(b, size, root) {
	const rule = 'BALLOT.CHECKPOINT';
	require(size > b.openIndex && size <= b.size, rule, `more than ${b.openIndex} and at most ${b.size} entries are due, found ${size}`, 'payload.checkpoint.size');
	const expected = hex(b.tree.root(size));
	require(hex(root) === expected, rule, `expected ${expected}, found ${hex(root)}`, 'payload.checkpoint.root');
}

/** @type {import('./board.js').Handler} */
export const ballot = {
	read(b, entry, payload) {
		const form = ballots.read(b.group, b.definitions, payload);
		ballots.checkVoter(form, voterOf(entry));
		return form;
	},
	judge(b, entry, { prev, date, size, root }) {
		const voter = voterOf(entry);
		checkTime(b, entry.time);
		require(b.manifest.revote === 'last' || !b.latest.has(voter), 'BALLOT.COUNTED', `${voter} has voted already`, 'signer');
		checkPrev(b, voter, prev);
		checkDate(b, entry.time, date);
		checkCheckpoint(b, size, root);
	},
	take(b, entry, content, leaf) {
		const voter = voterOf(entry);
		const latest = b.latest.get(voter);
		if (b.phase !== 'open') return false;
		b.numBallots++;
		if (content === undefined || b.roll.current(voter) === undefined || (b.manifest.revote === 'never' && latest !== undefined)) return false;
		if (latest !== undefined) b.superseded.push(latest.index);
		b.latest.set(voter, { index: b.size, leaf, lists: content.bytes.map((bytes, k) => (isRanked(b.definitions[k]) ? ciphertextBytes(b.group, b.definitions[k], bytes) : NONE)) });
		return true;
	},
};

/** @type {import('./board.js').Handler} */
export const rollChange = {
	read: (_, entry, payload) => parseChange(payload),
	judge(b, { time }, change) {
		needs(b, 'roll');
		inside('payload', () => b.roll.judgeChange(change));
		if (change.action === 'remove' || time < b.closes) return;
		needs(b, 'closes');
		throw new Refusal('ROLL.CHANGE', `no ${change.action} after the end of the polls at ${b.closes}`, 'time');
	},
	take(b, entry, change) {
		if (b.phase !== 'open') return false;
		if (change === undefined || !b.roll.takeChange(change)) {
			b.gaps.add('ballots');
			if (change === undefined) b.gaps.add('roll');
			return false;
		}
		const { action, voter, reason } = change;
		const hadCast = b.latest.has(voter);
		if (action === 'add') b.numAdded++;
		if (action === 'remove' || (action === 'credential' && hadCast)) b.rollChanges.push({ index: b.size, action, voter, reason, hadCast });
		return true;
	},
};

/** @type {import('./board.js').Handler} */
export const extend = {
	read: (_, entry, payload) => payloads.parseExtend(payload),
	judge(b, { time }, { closes }) {
		needs(b, 'closes');
		require(time < b.closes, 'EXTEND', `the polls have ended at ${b.closes}`, 'time');
		require(closes > b.closes, 'EXTEND', `not later than the present end at ${b.closes}`, 'payload.closes');
		try {
			manifests.checkWindow(b.manifest, closes);
		} catch (error) {
			throw error instanceof Refusal ? new Refusal('EXTEND', error.detail, 'payload.closes') : error;
		}
	},
	take(b, entry, content) {
		if (b.phase !== 'open') return false;
		if (content === undefined) b.gaps.add('closes');
		else {
			b.closes = content.closes;
			b.numExtensions++;
		}
		return content !== undefined;
	},
};

/** @type {import('./board.js').Handler} */
export const close = {
	read: (_, entry, payload) => payloads.parseClose(payload),
	judge(b, { time }, content) {
		if (time < b.closes) needs(b, 'closes');
		require(time >= b.closes, 'CLOSE', `the polls are open until ${b.closes}`, 'time');
		requirePoint(b, content, 'CLOSE');
		if (b.gaps.has('ballots') || b.gaps.has('roll')) throw new Unjudged();
		const counted = b.counted().length;
		require(content.ballots === b.numBallots, 'CLOSE', `expected ${b.numBallots} ballots, found ${content.ballots}`, 'payload.ballots');
		require(content.voters === counted, 'CLOSE', `expected ${counted} ballots that count, found ${content.voters}`, 'payload.voters');
	},
	take(b, { time }, content, leaf) {
		if (b.phase !== 'open') return false;
		if (content === undefined) {
			b.gaps.add('phase').add('ballots');
			return false;
		}
		b.phase = 'closed';
		b.closeTime = time;
		b.closeLeaf = leaf;
		b.closeSize = b.size + 1;
		return true;
	},
};
