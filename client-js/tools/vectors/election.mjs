// SPDX-License-Identifier: Apache-2.0
// Whole elections, entry by entry, and single entries that must be refused where they come.
import * as base64 from '../../core/base64.js';
import * as ballots from '../../core/ballot.js';
import { Board } from '../../core/board.js';
import { statementsOf } from '../../core/check_words.js';
import * as ceremony from '../../core/ceremony.js';
import { cosignKey, signKey, transportKey, voterKey } from '../../core/credential.js';
import * as endorse from '../../core/endorse.js';
import * as entries from '../../core/entry.js';
import * as json from '../../core/json.js';
import * as payloads from '../../core/payloads.js';
import { items, makeShares } from '../../core/tally.js';
import { fromUtf8, hex, utf8 } from '../../crypto/bytes.js';
import { R255 } from '../../crypto/group.js';
import { leafHash } from '../../crypto/merkle.js';
import { reduce } from '../../crypto/scalar.js';
import { testCode } from './code.mjs';
import { collect, seeded } from './kit.mjs';
import { question, referendum, sample, trustee } from './manifest.mjs';

export const OPENS = 1893456000;
const EMPTY = new Uint8Array();
export const roleKey = (name, role) => signKey(testCode(name), role).key;

/** Writes entries as their signers would, on a board that admits only what is right. */
export class Maker {
	constructor(name) {
		this.name = name;
		this.board = new Board();
		this.texts = [];
		this.clock = OPENS - 86400;
	}

	/** The bytes of an entry; not posted. */
	entry(type, signer, payload, key, change = {}) {
		const parts = { election: this.board.election ?? EMPTY, context: this.board.context ?? EMPTY, type, time: this.clock, signer, payload, ...change };
		return entries.sign(parts, key, change.random ?? seeded(`${this.name} ${this.texts.length} ${type} ${signer}`, 32)).bytes;
	}

	post(bytes) {
		this.board.append(bytes);
		this.texts.push(fromUtf8(bytes));
	}

	admin(type, value, change) {
		return this.entry(type, 'admin', json.write(value), roleKey('admin', 'admin'), change);
	}

	registrar(type, value, change) {
		return this.entry(type, 'registrar', json.write(value), roleKey('registrar', 'registrar'), change);
	}

	server(type, payload, change) {
		return this.entry(type, 'server', payload, roleKey('server', 'server'), change);
	}

	trustee(type, index, payload, change) {
		return this.entry(type, `trustee/${index}`, payload, roleKey(`t${index}`, 'trustee'), change);
	}

	/** [name, index among the trustees]: the secrets of a ceremony, which a real trustee draws. */
	secrets(index) {
		const { group, threshold } = this.board.ceremony;
		const draw = (label, q) => reduce(seeded(`${this.name} ceremony ${index} ${label}`, 64), q);
		return {
			transport: transportKey(testCode(`t${index}`)).key,
			polynomial: Array.from({ length: threshold }, (_, k) => draw(`coefficient ${k}`, group.q)),
			ephemeral: draw('ephemeral', R255.q),
			nonce: draw('nonce', group.q),
		};
	}

	commit(index, change = {}) {
		return ceremony.makeCommit(this.board.ceremony, index, { ...this.secrets(index), ...change });
	}

	certificate(index, change = {}) {
		const { group, before, h, size, tree } = this.board;
		return ceremony.writeCertificate(group, { index, ...(before ?? { size, root: tree.root() }), h, ...change });
	}

	open(change = {}) {
		const { group, h, size, tree } = this.board;
		return payloads.writeOpen({ size, root: tree.root(), publicKey: group.encode(h), ...change });
	}

	voterSecret(voter, code = voter) {
		return voterKey(testCode(`${this.name} ${code}`), this.board.election, voter);
	}

	rollLine(voter, weight) {
		return [voter, `Voter ${voter}`, weight, base64.write(this.voterSecret(voter).public)];
	}

	/** Entry of a ballot: position and setting may be changed to something wrong. */
	ballot(voter, choices, { at = {}, setting = {}, code = voter, change = {} } = {}) {
		const { group, context, h, definitions, latest, tree, size } = this.board;
		const { key, public: pk } = this.voterSecret(voter, code);
		const position = { prev: latest.get(voter)?.leaf ?? new Uint8Array(32), date: this.clock, size, root: tree.root(), ...at };
		const seed = seeded(`${this.name} ballot ${voter} ${size}`, 32);
		const payload = ballots.make({ group, context, voter, voterKey: pk, h, definitions, ...setting }, position, choices, seed);
		return this.entry('ballot', `voter/${voter}`, payload, key, { random: seed, ...change });
	}

	close(change = {}) {
		const { size, tree, numBallots } = this.board;
		return payloads.writeClose({ size, root: tree.root(), ballots: numBallots, voters: this.board.counted().length, ...change });
	}

	/** @param {string} signer of an endorsement */
	endorsement(signer, change = {}, { time = this.clock } = {}) {
		const code = signer.replace('trustee/', 't').replace('endorser/', '');
		const role = signer.startsWith('trustee/') ? 'trustee' : 'endorser';
		const payload = endorse.make({ ...this.board.statement, ...change }, this.board.manifest.origin, time, cosignKey(testCode(code), role).seed);
		return this.entry('endorse', signer, payload, roleKey(code, role));
	}

	decryption(index, { tally = {}, x } = {}) {
		const t = { ...this.board.tally, ...tally };
		const share = x ?? ceremony.receive(this.board.ceremony, index, transportKey(testCode(`t${index}`)).key, this.board.commits);
		const nonces = items(t).map((_, i) => reduce(seeded(`${this.name} decrypt ${index} ${i}`, 64), t.group.q));
		return makeShares(t, index, share, nonces);
	}
}

export const choice = (values, blank = false) => ({ values, blank });
export const change = (m, action, voter, more = {}) => ({ action, voter, label: '', weight: 0, key: '', reason: 'Test data.', ...more });

/** Everything that can be on a board, in ristretto255. @param {(m: Maker) => void} [at] is called before every entry */
function usual(at = () => {}) {
	const m = new Maker('usual');
	const post = (bytes) => {
		at(m);
		m.post(bytes());
		m.clock += 60;
	};
	post(() => m.admin('manifest', sample({ weights: { min_holders: 1, below: 'refuse' } })));
	post(() => m.registrar('roll', { first: 0, voters: [m.rollLine('ada', 1), m.rollLine('bert', 2)], final: false }));
	post(() => m.trustee('trustee.commit', 2, m.commit(2)));
	post(() => m.registrar('roll', { first: 2, voters: [m.rollLine('chen', 1), m.rollLine('dora', 2)], final: true }));
	post(() => m.trustee('trustee.commit', 1, m.commit(1)));
	post(() => m.trustee('trustee.commit', 3, m.commit(3)));
	post(() => m.admin('notice', { text: 'The roll is final.' }));
	post(() => m.trustee('trustee.certify', 3, m.certificate(3)));
	post(() => m.admin('notice', { text: 'Two certificates are missing.' }));
	post(() => m.trustee('trustee.certify', 1, m.certificate(1)));
	post(() => m.trustee('trustee.certify', 2, m.certificate(2)));
	m.clock = OPENS;
	post(() => m.server('open', m.open()));
	post(() => m.ballot('ada', [choice([1, 1, 0]), choice([1, 0])]));
	post(() => m.ballot('bert', [choice([0, 0, 0], true), choice([0, 1])]));
	post(() => m.ballot('ada', [choice([0, 1, 0]), choice([0, 0])]));
	post(() => m.registrar('roll.change', change(m, 'add', 'eve', { label: 'Voter eve', weight: 1, key: base64.write(m.voterSecret('eve').public) })));
	post(() => m.ballot('eve', [choice([0, 1, 1]), choice([1, 0])]));
	post(() => m.ballot('chen', [choice([1, 0, 1]), choice([0, 1])]));
	post(() => m.registrar('roll.change', change(m, 'credential', 'bert', { key: base64.write(m.voterSecret('bert', 'bert again').public) })));
	post(() => m.ballot('bert', [choice([1, 0, 0]), choice([1, 0])], { code: 'bert again' }));
	post(() => m.registrar('roll.change', change(m, 'remove', 'chen')));
	post(() => m.admin('extend', { closes: OPENS + 8 * 86400, reason: 'A power cut.' }));
	m.clock = OPENS + 8 * 86400;
	post(() => m.registrar('roll.change', change(m, 'remove', 'dora')));
	post(() => m.server('close', m.close()));
	post(() => m.endorsement('endorser/auditor'));
	post(() => m.endorsement('trustee/3'));
	post(() => m.endorsement('trustee/1'));
	post(() => m.trustee('decrypt', 3, m.decryption(3)));
	post(() => m.endorsement('trustee/2'));
	post(() => m.trustee('decrypt', 1, m.decryption(1)));
	post(() => m.server('result', m.board.expectedResult()));
	post(() => m.admin('notice', { text: 'Thank you.' }));
	at(m);
	return m;
}
/** A small one in modp4096: one trustee pair, one referendum. */
function modp() {
	const m = new Maker('modp4096');
	const manifest = sample({
		group: 'modp4096', threshold: 2, trustees: ['t1', 't2'].map(trustee), endorsers: [], privacy_floor: 1, revote: 'never', granularity: 'hour',
		questions: [referendum({ min: 1, quorum: null })],
	});
	m.clock = OPENS - 86400;
	m.post(m.admin('manifest', manifest));
	m.post(m.registrar('roll', { first: 0, voters: [m.rollLine('ada', 1), m.rollLine('bert', 1)], final: true }));
	for (const i of [1, 2]) m.post(m.trustee('trustee.commit', i, m.commit(i)));
	for (const i of [1, 2]) m.post(m.trustee('trustee.certify', i, m.certificate(i)));
	m.clock = OPENS;
	m.post(m.server('open', m.open()));
	m.post(m.ballot('ada', [choice([1, 0])]));
	m.clock = manifest.closes;
	m.post(m.server('close', m.close()));
	for (const i of [1, 2]) m.post(m.endorsement(`trustee/${i}`));
	for (const i of [1, 2]) m.post(m.trustee('decrypt', i, m.decryption(i)));
	m.post(m.server('result', m.board.expectedResult()));
	return m;
}

/** Nothing may be decrypted: the first question lacks its quorum, the second is below the floor. */
function withheld() {
	const m = new Maker('withheld');
	const manifest = sample({ privacy_floor: 3, weights: { min_holders: 0, below: 'warn' }, questions: [question({ quorum: { count: 3 } }), referendum({ quorum: null })] });
	m.post(m.admin('manifest', manifest));
	m.post(m.registrar('roll', { first: 0, voters: [m.rollLine('ada', 1), m.rollLine('bert', 1)], final: true }));
	for (const i of [1, 2, 3]) m.post(m.trustee('trustee.commit', i, m.commit(i)));
	for (const i of [1, 2, 3]) m.post(m.trustee('trustee.certify', i, m.certificate(i)));
	m.clock = OPENS;
	m.post(m.server('client', client('first')));
	m.post(m.server('open', m.open()));
	m.post(m.ballot('ada', [choice([1, 0, 0]), choice([1, 0])]));
	m.post(m.server('client', client('second')));
	m.clock = manifest.closes;
	m.post(m.server('close', m.close()));
	for (const i of [1, 2, 3]) m.post(m.endorsement(`trustee/${i}`));
	m.post(m.server('result', m.board.expectedResult()));
	return m;
}

/** What a server serves to browsers. @param {string} version of its page "vote" */
const client = (version) => payloads.writeClient([
	{ path: '/', sha256: seeded('home', 32) },
	{ path: '/client/booth.tar', sha256: seeded('booth', 32) },
	{ path: '/e/board-2030/vote', sha256: seeded(`vote ${version}`, 32) },
]);

/** Nobody voted, and that may be decrypted: only the lot is. */
function empty() {
	const m = new Maker('empty');
	const manifest = sample({ privacy_floor: 0, threshold: 1, trustees: [trustee('t1')], endorsers: [], questions: [referendum({ quorum: null })] });
	m.post(m.admin('manifest', manifest));
	m.post(m.registrar('roll', { first: 0, voters: [m.rollLine('ada', 1)], final: true }));
	m.post(m.trustee('trustee.commit', 1, m.commit(1)));
	m.post(m.trustee('trustee.certify', 1, m.certificate(1)));
	m.clock = OPENS;
	m.post(m.server('open', m.open()));
	m.clock = manifest.closes;
	m.post(m.server('close', m.close()));
	m.post(m.endorsement('trustee/1'));
	m.post(m.trustee('decrypt', 1, m.decryption(1)));
	m.post(m.server('result', m.board.expectedResult()));
	return m;
}

/** Entries of the elections that the cases are about, as the file has them. @type {Record<string, string[]>} */
let elections = {};
/** One board per election that goes forward from case to case. @type {Map<string, Board>} */
const boards = new Map();

export function use(file) {
	elections = file.elections;
	boards.clear();
}

/** The board of the first `size` entries. @param {string} name @param {number} size */
function boardOf(name, size) {
	let board = boards.get(name);
	if (board === undefined || board.size > size) board = new Board();
	boards.set(name, board);
	while (board.size < size) board.append(utf8(elections[name][board.size]));
	return board;
}

/** What every verifier has to say about the roll and about whom the election rests on [CHECK.STATEMENTS]. @param {Board} board */
const remarksOf = (board) =>
	statementsOf(board, false).filter(({ code, text }) =>
		['threshold-1', 'window-extended', 'eligibility-server'].includes(code) || (code === 'roll-changed' && text.includes('credential'))).length;

export const ops = {
	'board.replay'({ election }) {
		const board = boardOf(election, elections[election].length);
		const { group } = board;
		return {
			election: board.election,
			size: board.size,
			root: board.tree.root(),
			phase: board.phase,
			context: board.context,
			fingerprint: board.fingerprint(),
			public_key: group.encode(board.h),
			verification_keys: board.verificationKeys.map((Y) => hex(group.encode(Y))),
			counted: board.counted().map(({ index }) => index),
			counted_hash: board.statement.counted,
			aggregates_hash: board.statement.aggregates,
			remarks: remarksOf(board),
			result_text: fromUtf8(board.expectedResult()),
		};
	},
	'board.append'({ election, after, entry_text }) {
		boardOf(election, after).append(utf8(entry_text));
		boards.delete(election);
		return { leaf: leafHash(utf8(entry_text)) };
	},
};

/** What to refuse where, by the index of the entry in the usual election that it is tried before. */
function wrongEntries(refuse, also) {
	const two = [choice([1, 0, 0]), choice([1, 0])];
	const altered = (bytes, text) => {
		const value = JSON.parse(fromUtf8(bytes));
		return utf8(JSON.stringify({ ...value, ...text }));
	};
	let first; // the first ballot of ada
	return {
		0: (m) => {
			refuse(m, 'the first entry is a notice', 'ENTRY.ORDER', m.admin('notice', { text: 'First.' }));
			refuse(m, 'a manifest signed by another key', 'ENTRY.SIGNATURE', m.entry('manifest', 'admin', json.write(sample()), roleKey('server', 'server')));
			refuse(m, 'a manifest at a time that is not floored', 'ENTRY.TIME', m.admin('manifest', sample(), { time: m.clock + 1 }));
		},
		1: (m) => {
			refuse(m, 'a second manifest', 'ENTRY.ORDER', m.admin('manifest', sample({ slug: 'other', origin: 'vote.example/e/other' })));
			refuse(m, 'roll without the registrar\'s signature [U-03]', 'ENTRY.SIGNATURE', m.entry('roll', 'registrar', json.write({ first: 0, voters: [m.rollLine('ada', 1)], final: true }), roleKey('server', 'server')));
			refuse(m, 'roll signed for another election', 'ENTRY.SIGNATURE', m.registrar('roll', { first: 0, voters: [m.rollLine('ada', 1)], final: true }, { election: seeded('other', 32) }));
			refuse(m, 'open before the ceremony [C-15]', 'ENTRY.ORDER', m.server('open', payloads.writeOpen({ size: 1, root: seeded('root', 32), publicKey: EMPTY })));
			refuse(m, 'a ballot before there is a roll', 'ENTRY.ORDER', m.entry('ballot', 'voter/ada', EMPTY, 5n));
			refuse(m, 'time goes back', 'ENTRY.TIME', m.admin('notice', { text: 'Late.' }, { time: m.clock - 120 }));
			refuse(m, 'a commit of a trustee that the manifest does not have [C-14]', 'ENTRY.SIGNER', m.trustee('trustee.commit', 4, EMPTY));
		},
		3: (m) => {
			refuse(m, 'a second commit of one trustee', 'CEREMONY.DISTINCT', m.trustee('trustee.commit', 2, m.commit(2)));
			refuse(m, 'a certificate before the roll is final', 'ENTRY.ORDER', m.trustee('trustee.certify', 2, seeded('certificate', 74)));
		},
		5: (m) => {
			refuse(m, 'one f_0 of two trustees [C-02]', 'CEREMONY.DISTINCT', m.trustee('trustee.commit', 3, m.commit(3, { polynomial: m.secrets(1).polynomial })));
			refuse(m, 'a certificate before all have committed', 'ENTRY.ORDER', m.trustee('trustee.certify', 1, seeded('certificate', 74)));
			refuse(m, 'a chunk of the roll after the final one', 'ROLL', m.registrar('roll', { first: 4, voters: [m.rollLine('eve', 1)], final: true }));
		},
		7: (m) => {
			refuse(m, 'a certificate of another size [C-13]', 'CEREMONY.CERTIFY', m.trustee('trustee.certify', 3, m.certificate(3, { size: 6 })));
			refuse(m, 'a certificate of another root [C-13]', 'CEREMONY.CERTIFY', m.trustee('trustee.certify', 3, m.certificate(3, { root: seeded('root', 32) })));
			refuse(m, 'a certificate of another key [C-09]', 'CEREMONY.CERTIFY', m.trustee('trustee.certify', 3, m.certificate(3, { h: R255.generator })));
			refuse(m, 'a certificate that names another trustee', 'CEREMONY.CERTIFY', m.trustee('trustee.certify', 3, m.certificate(2)));
		},
		9: (m) => {
			refuse(m, 'a second certificate of one trustee', 'CEREMONY.CERTIFY', m.trustee('trustee.certify', 3, m.certificate(3)));
			refuse(m, 'a certificate of the log as it is now', 'CEREMONY.CERTIFY', m.trustee('trustee.certify', 1, m.certificate(1, { size: m.board.size, root: m.board.tree.root() })));
			refuse(m, 'open before the last certificate [C-13]', 'ENTRY.ORDER', m.server('open', m.open()));
			refuse(m, 'roll while trustees certify', 'ENTRY.ORDER', m.registrar('roll', { first: 4, voters: [], final: true }));
		},
		11: (m) => {
			refuse(m, 'open too early', 'OPEN', m.server('open', m.open(), { time: OPENS - 60 }));
			refuse(m, 'open after the end', 'OPEN', m.server('open', m.open(), { time: m.board.closes }));
			refuse(m, 'open with another key [C-09]', 'OPEN', m.server('open', m.open({ publicKey: R255.encode(R255.generator) })));
			refuse(m, 'open with another root', 'OPEN', m.server('open', m.open({ root: seeded('root', 32) })));
			refuse(m, 'open with another size', 'OPEN', m.server('open', m.open({ size: m.board.size + 1 })));
			refuse(m, 'a ballot before the opening [F-12]', 'ENTRY.ORDER', m.entry('ballot', 'voter/ada', EMPTY, 5n));
		},
		12: (m) => {
			first = m.ballot('ada', [choice([1, 1, 0]), choice([1, 0])]);
			refuse(m, 'a ballot of somebody who is not on the roll [D-07]', 'BALLOT.ROLL', m.ballot('zoe', two));
			refuse(m, 'a ballot signed with another voter\'s key [E-17]', 'ENTRY.SIGNATURE', m.ballot('ada', two, { code: 'bert' }));
			refuse(m, 'a ballot at the closing time [F-12]', 'BALLOT.TIME', m.ballot('ada', two, { at: { date: m.board.closes }, change: { time: m.board.closes } }));
			refuse(m, 'a ballot with a previous one that does not exist', 'BALLOT.PREV', m.ballot('ada', two, { at: { prev: seeded('prev', 32) } }));
			refuse(m, 'a ballot dated too late [U-09]', 'BALLOT.DATE', m.ballot('ada', two, { at: { date: m.clock + 720 } }));
			refuse(m, 'a ballot dated too early [U-09]', 'BALLOT.DATE', m.ballot('bert', two, { at: { date: m.clock + 60 - 720 }, change: { time: m.clock + 60 } }));
			refuse(m, 'a ballot dated within a minute', 'BALLOT.DATE', m.ballot('ada', two, { at: { date: m.clock + 1 } }));
			refuse(m, 'a ballot with the checkpoint before the opening', 'BALLOT.CHECKPOINT', m.ballot('ada', two, { at: { size: 11, root: m.board.tree.root(11) } }));
			refuse(m, 'a ballot with the checkpoint of a longer log', 'BALLOT.CHECKPOINT', m.ballot('ada', two, { at: { size: m.board.size + 1 } }));
			refuse(m, 'a ballot with the checkpoint of another log [U-04]', 'BALLOT.CHECKPOINT', m.ballot('ada', two, { at: { root: seeded('root', 32) } }));
			refuse(m, 'a ballot made for another context', 'BALLOT.VERIFY', m.ballot('ada', two, { setting: { context: seeded('context', 32) } }));
			refuse(m, 'a ballot signed for another context', 'ENTRY.SIGNATURE', m.ballot('ada', two, { change: { context: seeded('context', 32) } }));
			refuse(m, 'a ballot encrypted to another key [U-04]', 'BALLOT.VERIFY', m.ballot('ada', two, { setting: { h: R255.generator } }));
			refuse(m, 'a ballot of another voter, signed anew [E-09]', 'BALLOT.PAYLOAD', m.entry('ballot', 'voter/bert', entries.parse(first).payload, m.voterSecret('bert').key));
			refuse(m, 'a ballot proved for another voter', 'BALLOT.VERIFY', m.entry('ballot', 'voter/bert', renamed(entries.parse(first).payload, 'bert'), m.voterSecret('bert').key));
			refuse(m, 'close before the end', 'CLOSE', m.server('close', m.close()));
			also(m, 'dated 11 minutes ahead is in time', m.ballot('ada', two, { at: { date: m.clock + 660 } }));
		},
		13: (m) => {
			refuse(m, 'the same ballot again', 'BALLOT.PREV', first);
			refuse(m, 'the same ballot at a later time', 'BALLOT.PREV', altered(first, { time: m.clock }));
		},
		15: (m) => {
			refuse(m, 'the earlier ballot after a revote [U-01]', 'BALLOT.PREV', altered(first, { time: m.clock }));
			refuse(m, 'a voter added by the admin [D-09]', 'ENTRY.SIGNER', m.entry('roll.change', 'admin', json.write(change(m, 'remove', 'bert')), roleKey('admin', 'admin')));
		},
		18: (m) => {
			refuse(m, 'a credential that is taken [D-01]', 'ROLL.KEYS', m.registrar('roll.change', change(m, 'credential', 'bert', { key: base64.write(m.voterSecret('ada').public) })));
		},
		19: (m) => refuse(m, 'a ballot with the credential of before [U-03]', 'ENTRY.SIGNATURE', m.ballot('bert', two)),
		21: (m) => {
			const { closes } = m.board;
			refuse(m, 'an earlier end', 'EXTEND', m.admin('extend', { closes: closes - 60, reason: '' }));
			refuse(m, 'the same end', 'EXTEND', m.admin('extend', { closes, reason: '' }));
			refuse(m, 'an end within a minute', 'EXTEND', m.admin('extend', { closes: closes + 61, reason: '' }));
			refuse(m, 'an end after more than 60 days [B-09]', 'EXTEND', m.admin('extend', { closes: OPENS + 60 * 86400 + 60, reason: '' }));
			refuse(m, 'a ballot of a removed voter [D-05]', 'BALLOT.ROLL', m.ballot('chen', two));
			refuse(m, 'extended at the end [B-09]', 'EXTEND', m.admin('extend', { closes: closes + 3600, reason: '' }, { time: closes }));
		},
		22: (m) => {
			refuse(m, 'a voter added after the end', 'ROLL.CHANGE', m.registrar('roll.change', change(m, 'add', 'fay', { label: 'Fay', weight: 1, key: base64.write(m.voterSecret('fay').public) })));
			refuse(m, 'a credential after the end', 'ROLL.CHANGE', m.registrar('roll.change', change(m, 'credential', 'ada', { key: base64.write(m.voterSecret('ada', 'ada again').public) })));
			refuse(m, 'a ballot at the extended end', 'BALLOT.TIME', m.ballot('dora', two));
		},
		23: (m) => {
			refuse(m, 'close with another root', 'CLOSE', m.server('close', m.close({ root: seeded('root', 32) })));
			refuse(m, 'close with another number of ballots', 'CLOSE', m.server('close', m.close({ ballots: 5 })));
			refuse(m, 'close with another number of counted ballots', 'CLOSE', m.server('close', m.close({ voters: 4 })));
			refuse(m, 'a share before the close [T-10]', 'ENTRY.ORDER', m.trustee('decrypt', 1, EMPTY));
		},
		24: (m) => {
			refuse(m, 'a ballot after the close [F-14]', 'ENTRY.ORDER', m.ballot('dora', two));
			refuse(m, 'a removal after the close', 'ENTRY.ORDER', m.registrar('roll.change', change(m, 'remove', 'dora')));
			refuse(m, 'endorsed by nobody of the manifest', 'ENTRY.SIGNER', m.entry('endorse', 'endorser/other', EMPTY, 5n));
			for (const [name, value] of [['close', seeded('x', 32)], ['size', 23], ['root', seeded('x', 32)], ['counted', seeded('x', 32)], ['ballots', 4], ['aggregates', seeded('x', 32)]])
				refuse(m, `endorsed with another ${name} [U-02]`, 'ENDORSE', m.endorsement('endorser/auditor', { [name]: value }));
			refuse(m, 'cosigned at time 0 [F-09]', 'ENDORSE', m.endorsement('endorser/auditor', {}, { time: 0 }));
			refuse(m, 'cosigned 601 s before the close', 'ENDORSE', m.endorsement('endorser/auditor', {}, { time: m.board.closeTime - 601 }));
			refuse(m, 'endorsed, cosigned by another', 'ENDORSE', m.entry('endorse', 'trustee/1', endorse.make(m.board.statement, m.board.manifest.origin, m.clock, cosignKey(testCode('t2'), 'trustee').seed), roleKey('t1', 'trustee')));
		},
		26: (m) => {
			refuse(m, 'endorsed twice', 'ENDORSE', m.endorsement('trustee/3'));
			refuse(m, 'a share before enough have endorsed [U-10]', 'DECRYPT.WHEN', m.trustee('decrypt', 3, m.decryption(3)));
			refuse(m, 'a result before the shares', 'RESULT', m.server('result', json.write({})));
		},
		27: (m) => {
			const { tally } = m.board;
			refuse(m, 'shares under another key', 'DLEQ', m.trustee('decrypt', 3, m.decryption(3, { x: 5n })));
			refuse(m, 'shares that name another trustee', 'DECRYPT.SHARE', m.trustee('decrypt', 3, m.decryption(1)));
			refuse(m, 'shares of one question', 'DECRYPT.SHARE', m.trustee('decrypt', 3, m.decryption(3, { tally: { questions: [0] } })));
			const shifted = tally.aggregates.map((options, k) => options.map((one, i) => (k === 0 && i === 0 ? { ...one, A: R255.add(one.A, R255.generator) } : one)));
			refuse(m, 'shares of another aggregate [T-09]', 'DLEQ', m.trustee('decrypt', 3, m.decryption(3, { tally: { aggregates: shifted } })));
		},
		29: (m) => {
			refuse(m, 'cancelled after the first share', 'ENTRY.ORDER', m.admin('cancel', { reason: 'Late.' }));
			refuse(m, 'a second share of one trustee', 'DECRYPT.SHARE', m.trustee('decrypt', 3, m.decryption(3)));
		},
		30: (m) => {
			const right = fromUtf8(m.board.expectedResult());
			const wrong = (name, from, to) => refuse(m, `a result with ${name} [T-12]`, 'RESULT.ENTRY', m.server('result', utf8(right.replace(from, to))));
			wrong('another total', /"totals":\[(\d+)/, '"totals":[9');
			wrong('another endorser', '"trustee/3"', '"trustee/2"');
			wrong('shares in another order', '"shares":[3,1]', '"shares":[1,3]');
			wrong('another turnout', '"counted":3', '"counted":4');
			refuse(m, 'a result by the admin [T-14]', 'ENTRY.SIGNER', m.entry('result', 'admin', m.board.expectedResult(), roleKey('admin', 'admin')));
		},
		31: (m) => {
			refuse(m, 'a second result', 'ENTRY.ORDER', m.server('result', m.board.expectedResult()));
			refuse(m, 'cancelled after the result', 'ENTRY.ORDER', m.admin('cancel', { reason: 'Late.' }));
			refuse(m, 'a share after the result', 'ENTRY.ORDER', m.trustee('decrypt', 2, m.decryption(2)));
		},
	};
}

/** The payload of a ballot under another voter's name of other length. */
function renamed(payload, voter) {
	return Uint8Array.from([1, voter.length, ...utf8(voter), ...payload.slice(2 + payload[1])]);
}

export function make() {
	const c = collect(ops, {
		topic: 'election',
		about: 'Whole elections; elections holds their entries. board.append: after the first `after` entries of the election this one comes.',
		source: 'client-js',
		spec: ['ENTRY.ORDER', 'ENTRY.TIME', 'ENTRY.SIGNER', 'ENTRY.SIGNATURE', 'OPEN', 'CLOSE', 'EXTEND', 'ROLL.CHANGE', 'BALLOT.PREV', 'BALLOT.DATE', 'BALLOT.CHECKPOINT', 'BALLOT.TIME', 'BALLOT.ROLL', 'BALLOT.COUNTED', 'ENDORSE', 'DECRYPT.WHEN', 'RESULT', 'RESULT.ENTRY', 'CLIENT', 'CLIENT.CHANGED'],
	});
	const wrong = [];
	const collector = (valid) => (m, name, ...rest) => {
		const [rule, bytes] = valid ? [undefined, rest[0]] : rest;
		wrong.push({ name, rule, in: { election: m.name, after: m.board.size, entry_text: fromUtf8(bytes) } });
	};
	const tries = wrongEntries(collector(false), collector(true));
	const made = [usual((m) => tries[m.board.size]?.(m)), modp(), withheld(), empty()];
	const file = { elections: Object.fromEntries(made.map((m) => [m.name, m.texts])) };
	use(file);
	for (const { name, rule, in: input } of wrong) {
		if (rule === undefined) c.good('board.append', name, input);
		else c.bad('board.append', name, rule, input);
	}
	c.bad('board.append', 'revote never: a second ballot', 'BALLOT.COUNTED', secondBallot(made[1]));
	for (const [name, rule, input] of nothingToDecrypt(made[2])) c.bad('board.append', name, rule, input);
	for (const [name, rule, input] of clients(made[2])) {
		if (rule === undefined) c.good('board.append', name, input);
		else c.bad('board.append', name, rule, input);
	}
	for (const m of made) c.good('board.replay', `the election ${m.name}`, { election: m.name });
	const { cases, ...head } = c.file();
	const roles = ['server', 'admin', 'registrar', 't1', 't2', 't3', 'auditor'];
	const voters = { usual: ['ada', 'bert', 'bert again', 'chen', 'dora', 'eve'], modp4096: ['ada', 'bert'], withheld: ['ada', 'bert'], empty: ['ada'] };
	const codes = {
		roles: Object.fromEntries(roles.map((name) => [name, testCode(name)])),
		voters: Object.fromEntries(Object.entries(voters).map(([name, list]) => [name, Object.fromEntries(list.map((voter) => [voter, testCode(`${name} ${voter}`)]))])),
	};
	return { ...head, codes, elections: file.elections, cases };
}

/** A board like the one of an election after some entries, to make another next entry. */
export function rewound(m, size, clock) {
	const again = new Maker(m.name);
	for (const text of m.texts.slice(0, size)) again.post(utf8(text));
	again.clock = clock;
	return again;
}

function secondBallot(m) {
	const again = rewound(m, 8, OPENS + 3600);
	return { election: m.name, after: 8, entry_text: fromUtf8(again.ballot('ada', [choice([0, 1])])) };
}

/** [CLIENT] and where it may come. @returns {[string, string|undefined, object][]} */
function clients(m) {
	const hash = hex(seeded('home', 32));
	const list = (...paths) => ({ files: paths.map((path) => ({ path, sha256: hash })) });
	const out = [];
	const attempt = (size, name, rule, payload, who = 'server') => {
		const again = rewound(m, size, OPENS);
		const bytes = again.entry('client', who, payload instanceof Uint8Array ? payload : json.write(payload), roleKey(who, who));
		out.push([name, rule, { election: m.name, after: size, entry_text: fromUtf8(bytes) }]);
	};
	attempt(8, 'a client of one page', undefined, list('/'));
	attempt(8, 'a client with every form of address', undefined, list('/', '/A/b_c-1/d.e..f', '/client/vote-0123456789abcdef.js', `/${'x'.repeat(119)}`));
	attempt(11, 'the client of before, after another one in between', undefined, client('third'));
	attempt(9, 'the same client again', 'CLIENT.CHANGED', client('first'));
	attempt(12, 'the same client again, while the polls are open', 'CLIENT.CHANGED', client('second'));
	attempt(7, 'a client before the last certificate', 'ENTRY.ORDER', client('first'));
	attempt(m.texts.length, 'a client after the result', 'ENTRY.ORDER', client('third'));
	attempt(8, 'a client that the admin names', 'ENTRY.SIGNER', client('first'), 'admin');
	attempt(8, 'a client without files', 'CLIENT', list());
	attempt(8, 'a client of 301 files', 'CLIENT', list(...Array.from({ length: 301 }, (_, i) => `/${1000 + i}`)));
	attempt(8, 'a client whose files are not in order', 'CLIENT', list('/b', '/a'));
	attempt(8, 'a client with a file twice', 'CLIENT', list('/a', '/a'));
	for (const path of ['', 'vote', '//', '/a/', '//a', '/a//b', '/.', '/..', '/a/../b', '/a/.b', '/a?b', '/a%2f', '/a b', '/é', '\\a', `/${'x'.repeat(120)}`])
		attempt(8, `a client with the address ${JSON.stringify(path.slice(0, 9))}`, 'CLIENT', list(path));
	attempt(8, 'a client with a short hash', 'CLIENT', { files: [{ path: '/', sha256: hash.slice(2) }] });
	attempt(8, 'a client with a member more', 'JSON.CANONICAL', { files: [{ path: '/', sha256: hash, size: 1 }] });
	attempt(8, 'a client with white space', 'JSON.CANONICAL', utf8(`{"files": [{"path":"/","sha256":"${hash}"}]}`));
	return out;
}

function nothingToDecrypt(m) {
	const again = rewound(m, m.texts.length - 1, m.clock);
	const text = (bytes) => ({ election: m.name, after: again.board.size, entry_text: fromUtf8(bytes) });
	const right = fromUtf8(again.board.expectedResult());
	return [
		['a share where no question may be decrypted [U-10]', 'DECRYPT.WHEN', text(again.trustee('decrypt', 1, again.decryption(1)))],
		['a result that decides a withheld question', 'RESULT.ENTRY', text(again.server('result', utf8(right.replace('"withheld"', '"decided"'))))],
	];
}
