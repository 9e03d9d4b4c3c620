// SPDX-License-Identifier: Apache-2.0
// [CHECK.STATEMENTS] What the result rests on, in plain words: what was weakened on purpose, and what no mathematics can show.
import { hex } from '../crypto/bytes.js';
import { quota } from './endorse.js';
import { endorsersOf, witnessesOf } from './manifest.js';
import { outcome } from './result.js';

/** Below this many voters a total may show how each voted [ROLL.WEIGHTS] [RESULT.FLOOR]. */
const FEW = 3;
const MAX_NAMES = 200;
const MAX_CLIENTS = 20;
const MAX_PAGES = 8;

/** @typedef {{code: string, text: string}} Statement */
/** @typedef {import('./board.js').Board} Board */

/** @param {number} n @param {string} one @param {string} [many] */
const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
/** @param {number} time */
const dateOf = (time) => (time <= 8.64e12 ? new Date(time * 1000).toISOString().replace('.000Z', 'Z') : 'never');
/** What is quoted stays within its line: nobody puts a line of their own into a report. @param {string} text */
const quoted = (text) => (text.length > 200 ? `${text.slice(0, 200)}...` : text).replace(/\s+/g, ' ');

/** @param {Board} b @param {boolean} isPinned @returns {Statement[]} */
function trust({ manifest: m }, isPinned) {
	const list = [];
	if (!isPinned)
		list.push({ code: 'keys-from-board', text: 'Who runs this election was taken from the board itself. Compare the election id or the fingerprint with one that you have from elsewhere.' });
	if (m.rehearsal) list.push({ code: 'rehearsal', text: 'This was a rehearsal: its result decides nothing.' });
	if (m.privacy_floor < FEW)
		list.push({ code: 'privacy-floor', text: `A question is decrypted even if only ${count(Math.max(m.privacy_floor, 1), 'ballot counts', 'ballots count')}: so few may show how each of them voted.` });
	if (m.eligibility === 'server')
		list.push({ code: 'eligibility-server', text: 'Eligibility rests on the server: it made the voting codes, so it could have voted for people who did not.' });
	else list.push({ code: 'eligibility-registrar', text: `Who may vote rests on the word of the registrar "${m.registrar.name}", who signed the roll and gave out the voting codes.` });
	return list;
}

/** @param {Board} b @returns {Statement[]} */
function keys({ manifest: m }) {
	const n = m.trustees.length;
	const list = [m.threshold === 1
		? { code: 'threshold-1', text: `A single trustee's key decrypts this election, so each of the ${n} could read every vote alone.` }
		: { code: 'threshold', text: `Any ${m.threshold} of the ${n} trustees together could read every single vote; fewer cannot.` }];
	if (m.endorsers.length === 0) list.push({ code: 'no-auditor', text: 'Nobody but the trustees was asked to endorse the board before it was decrypted: there was no auditor.' });
	return list;
}

/** [OPEN.MISSED] and the window. @param {Board} b @returns {Statement[]} */
function times(b) {
	const list = [];
	const isBefore = ['setup', 'certifying', 'ready'].includes(b.phase);
	if (isBefore && b.time >= b.closes)
		list.push({ code: 'never-opened', text: `The polls never opened, and cannot any more: they had to before ${dateOf(b.closes)}. The administrator can only cancel this election.` });
	else if (isBefore) list.push({ code: 'not-opened', text: `The polls have not opened. If they do not before ${dateOf(b.closes)}, they never will, and only a new election helps.` });
	if (b.manifest.rules === 'extended') list.push({ code: 'window-extended', text: 'The rules of this election allow a window longer than 60 days.' });
	if (b.numExtensions > 0)
		list.push({ code: 'extended', text: `The end of the polls was moved ${count(b.numExtensions, 'time')}, the last time to ${dateOf(b.closes)}.` });
	return list;
}

/** [ROLL.WEIGHTS] Who voted is what a total can show. @param {Board} b @returns {Statement[]} */
function weights(b) {
	const few = Math.max(b.manifest.weights.min_holders, FEW);
	const values = [...b.roll.holders].filter(([, holders]) => holders > 0).sort(([a], [c]) => a - c);
	if (values.length <= 1) return [];
	const cast = new Map();
	if (b.closeTime !== undefined)
		for (const { voter } of b.counted()) cast.set(b.roll.current(voter).weight, (cast.get(b.roll.current(voter).weight) ?? 0) + 1);
	return values.flatMap(([weight, holders]) => {
		if (holders < few) return [{ code: 'rare-weight', text: `Weight ${weight} is held by ${count(holders, 'voter')} only: the totals may reveal how they voted.` }];
		const voted = cast.get(weight) ?? 0;
		if (voted === 0 || voted >= FEW) return [];
		return [{ code: 'rare-weight', text: `Of the voters with weight ${weight} only ${voted} voted: the totals may reveal how they voted.` }];
	});
}

/** By name: people can be asked. @param {Board} b @returns {Statement[]} */
function names({ numAdded, rollChanges }) {
	const list = numAdded > 0 ? [{ code: 'added', text: `${count(numAdded, 'voter was', 'voters were')} added to the roll after the opening.` }] : [];
	for (const { index, action, voter, reason, hadCast } of rollChanges.slice(0, MAX_NAMES)) {
		const what = action === 'remove'
			? `was removed from the roll in entry ${index}${hadCast ? ', after casting a ballot, which is not counted' : ''}.`
			: `got a new credential in entry ${index}, after casting a ballot: whoever holds it can replace that ballot. Ask ${voter}.`;
		list.push({ code: 'roll-changed', text: `${voter} ${what} Reason: ${quoted(reason)}` });
	}
	if (rollChanges.length > MAX_NAMES) list.push({ code: 'roll-changed', text: `... and ${rollChanges.length - MAX_NAMES} more such changes of the roll.` });
	return list;
}

/** Pages that are other ones than before, by their addresses; other files, whose names say only their hash, by their number. @param {import('./payloads.js').ClientFile[]} before @param {import('./payloads.js').ClientFile[]} after */
function difference(before, after) {
	const old = new Map(before.map(({ path, sha256 }) => [path, hex(sha256)]));
	const now = new Set(after.map(({ path }) => path));
	const other = after.filter(({ path, sha256 }) => old.get(path) !== hex(sha256)).map(({ path }) => path);
	const pages = other.filter((path) => !path.startsWith('/client/')).slice(0, MAX_PAGES);
	const rest = other.length - pages.length + before.filter(({ path }) => !now.has(path)).length;
	if (rest === 0) return pages.join(', ');
	return [...pages, `${count(rest, pages.length > 0 ? 'other file' : 'file')} that came, changed or went`].join(', ');
}

/** What the pages of the voters were is on the board; that they were given to each voter no board can show. @param {Board} b @returns {Statement[]} */
function clients({ clients: all }) {
	if (all.length === 0) return [];
	const list = [{ code: 'client', text: `The board names the pages and files of the web client in ${count(all.length, 'entry', 'entries')}, the latest in entry ${all[all.length - 1].index}. Compare them with what the server serves: tabella-verify --client URL.` }];
	const late = all.flatMap((one, i) => (one.isLate ? [`entry ${one.index}: ${difference(all[i - 1]?.files ?? [], one.files)}`] : []));
	for (const what of late.slice(0, MAX_CLIENTS))
		list.push({ code: 'client-changed', text: `The server changed its web client while votes were cast, in ${what}. Who voted before and who voted after was given different programs: ask why.` });
	if (late.length > MAX_CLIENTS) list.push({ code: 'client-changed', text: `... and ${late.length - MAX_CLIENTS} more such changes of the web client.` });
	return list;
}

/** @param {Board} b @returns {Statement[]} */
function endorsers(b) {
	const all = endorsersOf(b.manifest).length;
	if (b.tally === undefined || b.endorsed.length >= all) return [];
	const due = quota(all, b.manifest.threshold);
	return [{ code: 'endorsers-missing', text: `${b.endorsed.length} of ${all} endorsers have endorsed this board (${due} are needed before anything is decrypted).` }];
}

/** [WITNESS.POLICY] @param {Board} b @param {number} have @returns {Statement[]} */
function witnesses(b, have) {
	const { need, keys: all } = witnessesOf(b.manifest);
	if (all.length === 0) return [];
	const found = `${have} of ${all.length} witnesses have cosigned this head of the log, ${need} are needed`;
	return [have >= need
		? { code: 'witnesses', text: `${found}: nobody was shown another history.` }
		: { code: 'witnesses-missing', text: `${found}. Others may have been shown another history: look again in a moment.` }];
}

/** A mix hides who cast a ballot, not what is on it. @param {Board} b @returns {Statement[]} */
const publicBallots = ({ poll, manifest: { questions, privacy_floor: floor } }) =>
	(poll === undefined ? [] : questions.filter((q) => q.method === 'ranked' && outcome(q, poll, floor) === 'decided')).map(({ title }) =>
		({ code: 'ballots-public', text: `The ballots on "${title}" are public, one by one and without names: whoever told others beforehand of a ballot that nobody else would cast can be held to it.` }));

/** @param {Board} b @returns {Statement[]} */
function end(b) {
	const list = [];
	if (b.phase === 'cancelled') list.push({ code: 'cancelled', text: `The election was cancelled and has no result. Reason: ${quoted(b.cancelled ?? '')}` });
	if (b.notices.size > 0) list.push({ code: 'notices', text: `The administrator put ${count(b.notices.size, 'notice')} on the board: read ${b.notices.size === 1 ? 'it' : 'them'}.` });
	for (const q of b.poll === undefined ? [] : b.manifest.questions) {
		const found = outcome(q, b.poll, b.manifest.privacy_floor);
		if (found === 'void') list.push({ code: 'void', text: `Too few voted on "${q.title}": the quorum was not met, and nothing was decrypted.` });
		if (found === 'withheld') list.push({ code: 'withheld', text: `Too few ballots count to decrypt "${q.title}" without coming close to single votes.` });
	}
	return list;
}

/**
 * @param {Board} b with a manifest @param {boolean} isPinned whether the user named a key, a manifest or a fingerprint
 * @param {number} [witnessed] witnesses that have cosigned the checkpoint @returns {Statement[]}
 */
export const statementsOf = (b, isPinned, witnessed = 0) => [
	...trust(b, isPinned), ...keys(b), ...times(b), ...weights(b), ...clients(b), ...names(b), ...endorsers(b), ...witnesses(b, witnessed), ...publicBallots(b), ...end(b),
	{ code: 'beyond', text: 'No check can tell whether a voter\'s device showed the truth, or whether somebody watched the voter.' },
];
