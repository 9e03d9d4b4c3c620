// SPDX-License-Identifier: Apache-2.0
// The verification of a whole board [CHECK], independent of the C one: both were written from specs/ alone.
//
//     import { verifyBoard } from './core/check.js';
//     import { HttpSource } from './net/http_source.js';
//     const report = await verifyBoard(new HttpSource('https://vote.example.org/e/spring'), { onProgress, signal });
//
// Runs in Node and in browsers, there best in a Worker: it gives way to other work every 30 ms or so, but one batch of ballots takes some
// tenths of a second.  It reads the log twice, one bundle of 256 entries at a time, and keeps 128 bytes for each entry and some hundred for
// each voter.  Nothing on the board is believed: every number is computed again from the entries' bytes.  How it goes on after a
// failure is [CHECK.RECOVERY].
//
// check_tree.js does the checks 1 and 2, check_replay.js 3 to 9, 12 and 14 to 17, check_ballots.js 9 to 11 and 13, check_words.js what has
// to be said besides.
import { hex } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import { checkCheckpoint, checkTree } from './check_tree.js';
import { checkCounts } from './check_counts.js';
import { checkReplay } from './check_replay.js';
import { statementsOf } from './check_words.js';
import { witnessesOf } from './manifest.js';

/**
 * Where a board's files come from: an archive (core/archive.js), a folder (tools/files.mjs), a server (net/http_source.js).
 * @typedef {object} Source
 * @property {(path: string, limit: number) => Promise<Uint8Array|undefined>} get the file (of more than `limit` bytes the first limit + 1), or undefined
 *   where there is none.  Throws what is neither: then nothing can be said.
 * @property {string} [name] for reports
 * @property {() => Promise<void>} [open] to be called first; throws a Refusal where the whole is no board [ARCHIVE]
 * @property {string[]} [blobs] names of all blobs, where their order matters
 * @property {string[]} [counts] names of the files of counts that are there [RANK.FILES]
 *
 * What the user knows from elsewhere; without any of it the keys are those that the board itself names.
 * @typedef {object} Trust
 * @property {string} [origin]
 * @property {Uint8Array} [logKey] 32 bytes
 * @property {Uint8Array} [manifest] the exact payload of the manifest's entry
 * @property {Uint8Array} [fingerprint] the first 16 bytes of the context
 * @property {Uint8Array} [seen] an older checkpoint of this log
 *
 * @typedef {object} Options
 * @property {(progress: {phase: 'tree'|'entries', done: number, total: number}) => void} [onProgress] bundles read, of all
 * @property {(line: Line) => void} [onCheck] each of the seventeen, in order, when it is settled
 * @property {(failure: Failure) => void} [onFailure] as soon as it is found
 * @property {AbortSignal} [signal] when it is aborted, verifyBoard throws its reason
 * @property {Trust} [trust]
 *
 * @typedef {object} Line
 * @property {number} number 1..17 @property {string} name @property {'ok'|'failed'|'pending'|'not examined'} state
 * @property {number} covered objects that were examined @property {string} objects what they are
 * @property {number} failures all of them @property {number} notJudged objects that rest on something left out
 * @property {string} note why something was not examined
 *
 * @typedef {object} Failure
 * @property {number} check @property {string} rule id in specs/ @property {number|null} entry index in the log
 * @property {string} where a field of the entry or a file of the board @property {string} expected @property {string} found
 *
 * @typedef {object} Report
 * @property {'verified'|'false'|'unfinished'} verdict
 * @property {number} size entries that the checkpoint names @property {string} root in hex @property {string} phase
 * @property {{id: string, origin: string, title: string, fingerprint: string|null}|null} election
 * @property {Line[]} checks @property {Failure[]} failures by check, then in the order of the log
 * @property {import('./check_words.js').Statement[]} statements
 * @property {any} result what the result entry says, as an object; null unless verified
 */

/** [CHECK] Name and objects of each. */
const CHECKS = [
	['checkpoint and signature', 'signatures'],
	['tree: tiles, bundles, root', 'files'],
	['blobs', 'blobs'],
	['envelopes, types, signers, order, time', 'entries'],
	['signatures of all entries but ballots', 'signatures'],
	['manifest', 'entries'],
	['roll and its changes', 'entries'],
	['key ceremony', 'entries'],
	['ballots: form, time, voter, prev, date, checkpoint, points', 'ballots'],
	['ballots: signatures', 'signatures'],
	['ballots: proofs', 'ballots'],
	['close, extensions', 'entries'],
	['counted list and aggregates', 'counted ballots'],
	['endorsements', 'endorsements'],
	['mixes', 'mixes'],
	['decryption shares', 'trustees'],
	['result', 'entries and files'],
];
/** Failures of one rule that are listed; all are counted [CHECK.RECOVERY]. */
const LISTED = 1000;
const PAUSE = 30;

/** One verification: what it reads from, what it has found. */
export class Check {
	/** @param {Source} source @param {Options} options */
	constructor(source, { onProgress = () => {}, onFailure = () => {}, signal, trust = {} }) {
		this.source = source;
		this.trust = trust;
		this.signal = signal;
		this.onProgress = onProgress;
		this.onFailure = onFailure;
		/** @type {Line[]} */
		this.lines = CHECKS.map(([name, objects], i) => ({ number: i + 1, name, state: 'pending', covered: 0, objects, failures: 0, notJudged: 0, note: '' }));
		/** @type {Failure[]} */
		this.failures = [];
		/** @type {Map<string, number>} */
		this.perRule = new Map();
		this.paused = Date.now();
		/** A Checkpoint, filled by check_tree.js. @type {any} */
		this.checkpoint = undefined;
		/** @type {any} its bytes */
		this.noteBytes = undefined;
		/** A Tree of the leaf hashes as the log has them. @type {any} */
		this.tree = undefined;
		/** Witnesses that have cosigned the checkpoint [WITNESS.POLICY]. */
		this.witnessed = 0;
		/** @type {Set<number>} entries whose bytes are not those of the log */
		this.foreign = new Set();
		/** A Board, filled by check_replay.js. @type {any} */
		this.board = undefined;
	}

	/** @param {number} check @param {Refusal} refusal @param {number} [entry] */
	fail(check, { rule, detail, where }, entry) {
		const halves = /^expected ([^]*?), found ([^]*)$/.exec(detail);
		const failure = { check, rule, entry: entry ?? null, where, expected: halves?.[1] ?? '', found: halves?.[2] ?? detail };
		const count = (this.perRule.get(rule) ?? 0) + 1;
		this.lines[check - 1].failures++;
		this.perRule.set(rule, count);
		if (count > LISTED) return;
		this.failures.push(failure);
		this.onFailure(failure);
	}

	/** @param {number} check @param {number} [count] */
	cover(check, count = 1) {
		this.lines[check - 1].covered += count;
	}

	/** Could not be judged. @param {number} check @param {number} [count] */
	skip(check, count = 1) {
		this.lines[check - 1].notJudged += count;
	}

	/** @param {number} check @param {string} why it was not examined */
	note(check, why) {
		this.lines[check - 1].note ||= why;
	}

	/** Reports what `judge` refuses. @param {number} check @param {number|undefined} entry @param {() => void} judge @returns {boolean} whether it holds */
	attempt(check, entry, judge) {
		try {
			judge();
			return true;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.fail(check, error, entry);
			return false;
		}
	}

	/** Lets others work, and ends where that is wanted. @param {boolean} [now] */
	async pause(now = false) {
		if (!now && Date.now() - this.paused < PAUSE) return;
		await new Promise((resolve) => setTimeout(resolve, 0));
		this.signal?.throwIfAborted();
		this.paused = Date.now();
	}
}

/** Is it right that this check covered nothing? @param {number} number @param {import('./board.js').Board|undefined} board */
function isIdle(number, board) {
	if (number === 3) return true;
	if (number >= 9 && number <= 11) return board?.context !== undefined;
	if (number === 13) return board?.tally !== undefined;
	if (number === 15) return board?.tally !== undefined && board.stage === undefined && board.phase !== 'cancelled';
	return number === 16 && board?.tally?.questions.length === 0;
}

/** @param {Check} c @returns {Report['verdict']} */
function settle(c) {
	const isFalse = c.lines.some(({ failures, notJudged }) => failures > 0 || notJudged > 0);
	for (const line of c.lines) {
		const covered = line.covered > 0 || isIdle(line.number, c.board);
		if (line.failures > 0) line.state = 'failed';
		else if (line.note !== '' || (line.covered === 0 && line.notJudged > 0)) line.state = 'not examined';
		else if (covered && c.checkpoint !== undefined) line.state = 'ok';
		else if (isFalse) line.state = 'not examined';
		if (line.state === 'not examined') line.note ||= 'something that it rests on has failed';
	}
	const isWitnessed = c.board?.manifest === undefined || c.witnessed >= witnessesOf(c.board.manifest).need;
	const isWhole = c.board?.phase === 'finished' && isWitnessed && c.lines.every(({ state }) => state === 'ok');
	if (isFalse || c.checkpoint === undefined) return 'false';
	return isWhole ? 'verified' : 'unfinished';
}

/** @param {import('./board.js').Board|undefined} board @returns {Report['election']} */
function electionOf(board) {
	if (board?.manifest === undefined) return null;
	const { origin, title } = board.manifest;
	return { id: hex(board.election), origin, title, fingerprint: board.context === undefined ? null : board.fingerprint() };
}

/** @param {Check} c @returns {Report} */
function reportOf(c) {
	const { board, trust } = c;
	const verdict = settle(c);
	const isPinned = trust.logKey !== undefined || trust.manifest !== undefined || trust.fingerprint !== undefined;
	const before = (a, b) => a.check - b.check || (a.entry ?? -1) - (b.entry ?? -1);
	return {
		verdict,
		size: c.checkpoint?.size ?? 0,
		root: c.checkpoint === undefined ? '' : hex(c.checkpoint.root),
		phase: board === undefined || board.phase === 'start' ? 'empty' : board.phase,
		election: electionOf(board),
		checks: c.lines,
		failures: [...c.failures].sort(before),
		statements: board?.manifest === undefined ? [] : statementsOf(board, isPinned, c.witnessed),
		result: verdict === 'verified' ? JSON.parse(new TextDecoder().decode(board.result)) : null,
	};
}

/** @param {Check} c @returns {Promise<boolean>} whether there is a board at all */
async function open(c) {
	try {
		await c.source.open?.();
		return true;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		c.fail(2, new Refusal(error.rule, error.detail, c.source.name ?? ''));
		return false;
	}
}

/**
 * Verifies a board.  Whatever is wrong with it is in the report; what is thrown means that nothing can be said: a file could not
 * be read, or the signal was aborted.
 * @param {Source} source @param {Options} [options] @returns {Promise<Report>}
 */
export async function verifyBoard(source, options = {}) {
	const c = new Check(source, options);
	options.signal?.throwIfAborted();
	if ((await open(c)) && (await checkTree(c))) {
		await checkReplay(c);
		await checkCounts(c);
		checkCheckpoint(c);
	}
	const report = reportOf(c);
	report.checks.forEach((line) => options.onCheck?.(line));
	return report;
}
