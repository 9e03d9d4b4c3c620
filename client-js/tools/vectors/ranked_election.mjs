// SPDX-License-Identifier: Apache-2.0
// Elections with ranked questions, entry by entry, and entries that must be refused where they come.
import * as ballots from '../../core/ballot.js';
import * as mixes from '../../core/mix.js';
import * as ranking from '../../core/ranking.js';
import { concat, fromUtf8, utf8 } from '../../crypto/bytes.js';
import * as opening from '../../crypto/opening.js';
import { reduce } from '../../crypto/scalar.js';
import * as shuffle from '../../crypto/shuffle.js';
import { testCode } from './code.mjs';
import { change, choice, Maker, OPENS, ops, rewound, roleKey, use } from './election.mjs';
import { collect, seeded } from './kit.mjs';
import { option, rankedQuestion, rankedSample, referendum } from './manifest.mjs';

export { ops, use };

const ranks = (...list) => ({ blank: false, values: list });
const parties = Array.from({ length: 44 }, (_, i) => option(`p${i}`));

class RankedMaker extends Maker {
	/** The payload of a mix. @param {number} index of the trustee @param {any} [change] what is not as it should be */
	mix(index, { stage = this.board.stage, number = stage.number + 1, trustee = index, label = '', permutation, outputs = (/** @type {any} */ o) => o } = {}) {
		const { group, h, lists } = stage;
		const parts = lists.map(({ question, width, bytes }) => {
			let drawn = 0;
			const draw = () => reduce(seeded(`${this.name} mix ${index} ${number} ${label} ${question} ${drawn++}`, 64), group.q);
			const inputs = shuffle.parseList(group, width, bytes);
			const keys = inputs.map(draw);
			const order = permutation ?? inputs.map((_, i) => i + 1).sort((a, b) => (keys[a - 1] < keys[b - 1] ? -1 : 1));
			const secrets = { permutation: order, s: inputs.map((row) => row.map(draw)) };
			const list = outputs(shuffle.shuffle(group, h, inputs, secrets), inputs);
			const st = { group, h, width, binding: mixes.bindingOf({ ...stage, number: number - 1 }, question, trustee), inputs: bytes, outputs: shuffle.writeList(group, list) };
			const proof = shuffle.prove(st, secrets, shuffle.drawCoins(inputs.length, width, draw));
			return concat(st.outputs, shuffle.write(group, proof));
		});
		return mixes.write(trustee, number, parts);
	}

	/** The part of a ballot that carries any elements. @param {string} voter @param {number} question @param {any[]} elements */
	part(voter, question, elements) {
		const { group, context, h, definitions } = this.board;
		const st = { group, context, voter, voterKey: this.voterSecret(voter).public, question, definition: ranking.writeDefinition(definitions[question]), h };
		return opening.write(group, opening.prove(st, elements, opening.coinsFromSeed(st, seeded(`${this.name} part ${voter} ${question}`, 32), new Uint8Array(), elements.length)));
	}

	/** A ballot of these parts. @param {string} voter @param {Uint8Array[]} parts */
	ballotOf(voter, parts) {
		const { latest, tree, size } = this.board;
		const at = { prev: latest.get(voter)?.leaf ?? new Uint8Array(32), date: this.clock, size, root: tree.root() };
		return this.entry('ballot', `voter/${voter}`, ballots.write(voter, at, parts), this.voterSecret(voter).key);
	}

	/** The parts that an honest ballot would have. @param {string} voter @param {any[]} choices */
	parts(voter, choices) {
		const { group, context, h, definitions } = this.board;
		const setting = { group, context, voter, voterKey: this.voterSecret(voter).public, h, definitions };
		return choices.map((one, k) => ballots.makePart(setting, k, one, seeded(`${this.name} parts ${voter}`, 32)));
	}
}

/** @param {number[]} order of some of the 44, the first first */
const of44 = (...order) => ({ blank: false, values: parties.map((_, i) => order.indexOf(i) + 1) });

/** Up to the opening. @param {Maker} m @param {any} manifest @param {string[]} voters @param {(bytes: () => Uint8Array) => void} [post] */
function begin(m, manifest, voters, post = (bytes) => m.post(bytes())) {
	post(() => m.admin('manifest', manifest));
	post(() => m.registrar('roll', { first: 0, voters: voters.map((id) => m.rollLine(id, 1)), final: true }));
	for (const i of [1, 2, 3]) post(() => m.trustee('trustee.commit', i, m.commit(i)));
	for (const i of [1, 2, 3]) post(() => m.trustee('trustee.certify', i, m.certificate(i)));
	m.clock = OPENS;
	post(() => m.server('open', m.open()));
}

const VOTERS = ['ada', 'bert', 'chen', 'dora', 'eve', 'finn', 'gil'];
const SEATS = rankedQuestion({ minimum: 1 }, { id: 'seats', options: ['a', 'b', 'c', 'd'].map((id) => option(id)), max: 4, winners: 2 });
const PARTIES = rankedQuestion({ method: 'condorcet-debian-1.9', equal: true, default: 'p43', quorum: 1, ratios: parties.map((_, i) => [i === 0 ? 3 : 1, 1]) }, { id: 'parties', title: 'Parties', options: parties, max: 44, winners: 1 });

/** Two ranked questions of width 1 and 2 around one that is not, two mixes. @param {(m: RankedMaker) => void} [at] is called before every entry */
function ranked(at = () => {}) {
	const m = new RankedMaker('ranked');
	const post = (bytes) => {
		at(m);
		m.post(bytes());
		m.clock += 60;
	};
	begin(m, rankedSample({ privacy_floor: 3, questions: [SEATS, referendum({ quorum: null }), PARTIES] }), VOTERS, post);
	const yes = choice([1, 0]);
	post(() => m.ballot('ada', [ranks(1, 2, 3, 4), yes, of44(3, 4)]));
	post(() => m.ballot('bert', [ranks(0, 0, 0, 0), choice([0, 1]), of44(0, 43, 1)]));
	post(() => m.ballot('chen', [ranks(2, 1, 0, 0), yes, of44()]));
	post(() => m.ballot('dora', [ranks(0, 1, 0, 2), yes, { blank: false, values: parties.map(() => 1) }]));
	post(() => m.ballot('ada', [ranks(1, 0, 2, 0), yes, of44(3, 5, 43)]));
	post(() => {
		// Elements that are no ranking: the generator, and a number that is too large.
		const { group } = m.board;
		const [, second] = m.parts('eve', [ranks(1, 2, 0, 0), yes, of44()]);
		return m.ballotOf('eve', [m.part('eve', 0, [group.generator]), second, m.part('eve', 2, [group.embed(new Uint8Array(30).fill(255)), group.identity])]);
	});
	post(() => m.ballot('finn', [ranks(4, 3, 2, 1), yes, of44(43)]));
	post(() => m.registrar('roll.change', change(m, 'remove', 'finn')));
	m.clock = m.board.closes;
	post(() => m.server('close', m.close()));
	for (const one of ['endorser/auditor', 'trustee/3', 'trustee/1']) post(() => m.endorsement(one));
	post(() => m.trustee('mix', 3, m.mix(3)));
	post(() => m.endorsement('trustee/2'));
	post(() => m.trustee('mix', 1, m.mix(1)));
	for (const i of [2, 1]) post(() => m.trustee('decrypt', i, m.decryption(i)));
	post(() => m.server('result', m.board.expectedResult()));
	at(m);
	return m;
}

/** The ranked question lacks its quorum: there is nothing to mix. */
function lacking() {
	const m = new RankedMaker('lacking');
	begin(m, rankedSample({ privacy_floor: 1, questions: [rankedQuestion({}, { quorum: { count: 3 } }), referendum({ quorum: null })] }), ['ada', 'bert']);
	m.post(m.ballot('ada', [ranks(1, 2, 3), choice([1, 0])]));
	m.clock = m.board.closes;
	m.post(m.server('close', m.close()));
	for (const i of [1, 2, 3]) m.post(m.endorsement(`trustee/${i}`));
	for (const i of [1, 2]) m.post(m.trustee('decrypt', i, m.decryption(i)));
	m.post(m.server('result', m.board.expectedResult()));
	return m;
}

/** Nobody voted, and that may be decrypted: there is nothing to mix, and a count of no ballots. */
function nobody() {
	const m = new RankedMaker('nobody');
	begin(m, rankedSample({ privacy_floor: 0 }), ['ada', 'bert']);
	m.clock = m.board.closes;
	m.post(m.server('close', m.close()));
	for (const i of [1, 2, 3]) m.post(m.endorsement(`trustee/${i}`));
	for (const i of [1, 2]) m.post(m.trustee('decrypt', i, m.decryption(i)));
	m.post(m.server('result', m.board.expectedResult()));
	return m;
}

/** The ciphertexts of another ballot, encrypted anew: without its randomness nothing can be proved about them. */
function wrongBallots(m, refuse) {
	const yes = choice([1, 0]);
	const own = m.parts('gil', [ranks(1, 2, 3, 4), yes, of44(3, 4)]);
	const [first, , third] = own;
	const replaced = (part, place, bytes) => {
		const out = part.slice();
		out.set(bytes, place);
		return out;
	};
	const ofAda = m.parts('ada', [ranks(1, 2, 3, 4), yes, of44(3, 4)]);
	refuse(m, 'another voter\'s ranking [E-09]', 'RANK.VERIFY', m.ballotOf('gil', [ofAda[0], own[1], third]));
	refuse(m, 'an element of another voter\'s ranking [S-13]', 'RANK.VERIFY', m.ballotOf('gil', [first, own[1], replaced(third, 64, ofAda[2].slice(64, 128))]));
	refuse(m, 'a ranking that is not encrypted [E-02]', 'BALLOT.POINTS', m.ballotOf('gil', [replaced(first, 0, new Uint8Array(32)), own[1], third]));
	refuse(m, 'two elements under one randomness', 'BALLOT.POINTS', m.ballotOf('gil', [first, own[1], replaced(third, 64, third.slice(0, 32))]));
	refuse(m, 'a ranking with something that is no element [E-01]', 'BALLOT.POINTS', m.ballotOf('gil', [replaced(first, 32, new Uint8Array(32).fill(255)), own[1], third]));
	refuse(m, 'a ranking with an element too few [E-03]', 'BALLOT.PAYLOAD', m.ballotOf('gil', [first, own[1], third.slice(128)]));
	refuse(m, 'a ballot without its ranking [E-04]', 'BALLOT.PAYLOAD', m.ballotOf('gil', [own[1]]));
}

/** Before the first mix: enough have endorsed. */
function wrongFirstMixes(m, refuse) {
	const { stage } = m.board;
	const { group } = stage;
	const mix = (name, rule, index, change, payload = m.mix(index, { label: name, ...change })) => refuse(m, name, rule, m.trustee('mix', index, payload));
	const right = m.mix(3);
	mix('a second mix first', 'MIX.WHEN', 3, { number: 2 });
	mix('a mix of version 2', 'MIX', 3, {}, concat(new Uint8Array([2]), right.slice(1)));
	mix('a mix that names another trustee', 'MIX', 3, { trustee: 1 });
	mix('a mix with a byte too few', 'MIX', 3, {}, right.slice(0, -1));
	mix('a mix with a byte too many', 'MIX', 3, {}, concat(right, new Uint8Array(1)));
	mix('a mix of one question alone', 'MIX', 3, { stage: { ...stage, lists: stage.lists.slice(0, 1) } });
	refuse(m, 'a mix by the server', 'ENTRY.SIGNER', m.server('mix', right));
	refuse(m, 'a mix signed by another trustee', 'ENTRY.SIGNATURE', m.entry('mix', 'trustee/3', right, roleKey('t1', 'trustee')));
	const only = (question, make) => ({ outputs: (list, inputs) => (list[0].length === question ? make(list.map((row) => row.slice()), inputs) : list) });
	mix('one ballot not encrypted anew [S-10]', 'MIX.FRESH', 3, only(1, (list, inputs) => [inputs[0], ...list.slice(1)]));
	mix('one element not encrypted anew [S-10]', 'MIX.FRESH', 3, only(2, (list, inputs) => [[list[0][0], inputs[1][1]], ...list.slice(1)]));
	mix('one ballot twice [S-04]', 'MIX.FRESH', 3, only(1, (list) => [list[1], ...list.slice(1)]));
	mix('a ballot that is not encrypted at all', 'MIX.FRESH', 3, only(1, (list) => [[{ A: group.identity, B: group.generator }], ...list.slice(1)]));
	const again = (list) => list.map((row) => row.map(({ A, B }) => ({ A: group.add(A, group.generator), B: group.add(B, stage.h) })));
	mix('one ballot twice, encrypted anew [S-04]', 'SHUFFLE.VERIFY', 3, only(1, (list) => [again([list[1]])[0], ...list.slice(1)]));
	mix('a ballot replaced [S-05]', 'SHUFFLE.VERIFY', 3, only(2, (list) => [[{ A: group.multiply(7n, group.generator), B: group.multiply(7n, stage.h) }, list[0][1]], ...list.slice(1)]));
	mix('another vote in a ballot [S-05]', 'SHUFFLE.VERIFY', 3, only(1, ([[{ A, B }], ...rest]) => [[{ A, B: group.add(B, group.generator) }], ...rest]));
	mix('elements of two ballots exchanged', 'SHUFFLE.VERIFY', 3, only(2, ([one, two, ...rest]) => [[one[0], two[1]], [two[0], one[1]], ...rest]));
	refuse(m, 'a mix that another trustee made', 'SHUFFLE.VERIFY', m.trustee('mix', 1, concat(right.slice(0, 1), new Uint8Array([1]), right.slice(2))));
	mix('a mix of other ballots [S-02]', 'SHUFFLE.VERIFY', 3, { stage: { ...stage, lists: stage.lists.map((list) => reversed(group, list)) } });
	mix('a mix for another close', 'SHUFFLE.VERIFY', 3, { stage: { ...stage, close: seeded('close', 32) } });
	mix('a mix for another election', 'SHUFFLE.VERIFY', 3, { stage: { ...stage, context: seeded('context', 32) } });
	const noPoint = right.slice();
	noPoint.set(new Uint8Array(32).fill(255), 3);
	mix('a mix with something that is no element', 'SHUFFLE.VERIFY', 3, {}, noPoint);
	refuse(m, 'a share before the first mix [S-14]', 'DECRYPT.LIST', m.trustee('decrypt', 1, m.decryption(1)));
}

/** The list in the other direction. */
function reversed(group, { question, width, bytes }) {
	return { question, width, bytes: shuffle.writeList(group, shuffle.parseList(group, width, bytes).reverse()) };
}

/** [number of entries]: what to refuse there. */
function wrongEntries(refuse, first) {
	const roll = (m, ...weights) => m.registrar('roll', { first: 0, voters: VOTERS.slice(0, weights.length).map((id, i) => m.rollLine(id, weights[i])), final: true });
	return {
		1: (m) => {
			refuse(m, 'one weight of 2 where a question is ranked', 'RANK.ROLL', roll(m, 1, 1, 2, 2));
			refuse(m, 'every weight 2 where a question is ranked', 'RANK.ROLL', roll(m, 2, 2));
		},
		9: (m) => wrongBallots(m, refuse),
		20: (m) => {
			first.stage = m.board.stage;
			refuse(m, 'a mix before enough have endorsed [U-10]', 'MIX.WHEN', m.trustee('mix', 3, m.mix(3)));
		},
		21: (m) => wrongFirstMixes(m, refuse),
		23: (m) => {
			const stale = m.mix(1, { stage: first.stage });
			refuse(m, 'the first mix again, by another trustee', 'MIX.WHEN', m.trustee('mix', 1, stale));
			refuse(m, 'a second mix of what the first one took in [S-11]', 'SHUFFLE.VERIFY', m.trustee('mix', 1, m.mix(1, { stage: first.stage, number: 2 })));
			refuse(m, 'a second mix by one trustee [S-09]', 'MIX.WHEN', m.trustee('mix', 3, m.mix(3)));
			refuse(m, 'a share after one of two mixes [S-14]', 'DECRYPT.LIST', m.trustee('decrypt', 2, m.decryption(2)));
		},
		24: (m) => {
			refuse(m, 'a third mix of two', 'MIX.WHEN', m.trustee('mix', 2, m.mix(2)));
			wrongShares(m, refuse);
		},
		25: (m) => refuse(m, 'cancelled after the first share of a list', 'ENTRY.ORDER', m.admin('cancel', { reason: 'Late.' })),
		26: (m) => {
			refuse(m, 'a mix after all shares', 'MIX.WHEN', m.trustee('mix', 2, m.mix(2)));
			const right = fromUtf8(m.board.expectedResult());
			const wrong = (name, from, to) => refuse(m, `a result with ${name} [T-12]`, 'RESULT.ENTRY', m.server('result', utf8(right.replace(from, to))));
			wrong('another number of valid ballots', /"valid":\d/, '"valid":9');
			wrong('no invalid ballot', /"invalid":\[\d\]/, '"invalid":[]');
			wrong('other ballots', /"ballots":"../, '"ballots":"zz');
			wrong('another account [T-13]', /"account":"../, '"account":"zz');
			wrong('others elected', '"elected":["b",', '"elected":["d",');
		},
		27: (m) => refuse(m, 'a mix after the result', 'ENTRY.ORDER', m.trustee('mix', 2, m.mix(2))),
	};
}

function wrongShares(m, refuse) {
	const { tally } = m.board;
	const { group } = m.board;
	const shifted = (question) => ({ lists: new Map([...tally.lists].map(([k, list]) => [k, list.map(({ A, B }, i) => ({ A: k === question && i === 1 ? group.add(A, group.generator) : A, B }))])) });
	refuse(m, 'a share of another element [T-01]', 'DLEQ.LIST', m.trustee('decrypt', 2, m.decryption(2, { tally: shifted(2) })));
	refuse(m, 'shares of the list in another order', 'DLEQ.LIST', m.trustee('decrypt', 2, m.decryption(2, { tally: { lists: new Map([...tally.lists].map(([k, list]) => [k, [...list].reverse()])) } })));
	refuse(m, 'shares of a list that is shorter', 'DECRYPT.SHARE', m.trustee('decrypt', 2, m.decryption(2, { tally: { lists: new Map([...tally.lists].map(([k, list]) => [k, list.slice(2)])) } })));
	refuse(m, 'shares without those of the lists', 'DECRYPT.SHARE', m.trustee('decrypt', 2, m.decryption(2, { tally: { questions: [1] } })));
	const right = m.decryption(2);
	const noPoint = right.slice();
	noPoint.set(new Uint8Array(32).fill(255), 2);
	refuse(m, 'a share of a list that is no element [T-04]', 'DECRYPT.SHARE', m.trustee('decrypt', 2, noPoint));
}

export function make() {
	const c = collect(ops, {
		topic: 'ranked_election',
		about: 'Whole elections with ranked questions; laid out as election.json.',
		source: 'client-js',
		spec: ['MIX', 'MIX.WHEN', 'MIX.FRESH', 'SHUFFLE.VERIFY', 'DECRYPT.LIST', 'DLEQ.LIST', 'RANK.VERIFY', 'RANK.COUNT', 'RANK.RESULT', 'BALLOT.POINTS'],
	});
	/** @type {any[]} */
	const wrong = [];
	const refuse = (m, name, rule, bytes) => wrong.push({ name, rule, in: { election: m.name, after: m.board.size, entry_text: fromUtf8(bytes) } });
	const tries = wrongEntries(refuse, /** @type {any} */ ({}));
	const made = [ranked((m) => tries[m.board.size]?.(m)), lacking(), nobody()];
	for (const m of made.slice(1)) {
		const before = rewound(m, m.texts.length - 3, m.clock);
		const stage = { ...made[0].board.stage, number: 0, lists: made[0].board.stage.lists.slice(0, 1) };
		const payload = RankedMaker.prototype.mix.call(Object.assign(before, { mix: RankedMaker.prototype.mix }), 1, { stage });
		refuse(before, `a mix where there is nothing to mix: ${m.name}`, 'MIX.WHEN', before.trustee('mix', 1, payload));
	}
	const file = { elections: Object.fromEntries(made.map((m) => [m.name, m.texts])) };
	use(file);
	for (const { name, rule, in: input } of wrong) c.bad('board.append', name, rule, input);
	for (const m of made) c.good('board.replay', `the election ${m.name}`, { election: m.name });
	const { cases, ...head } = c.file();
	const voters = { ranked: VOTERS, lacking: ['ada', 'bert'], nobody: ['ada', 'bert'] };
	const codes = {
		roles: Object.fromEntries(['server', 'admin', 'registrar', 't1', 't2', 't3', 'auditor'].map((name) => [name, testCode(name)])),
		voters: Object.fromEntries(Object.entries(voters).map(([name, list]) => [name, Object.fromEntries(list.map((voter) => [voter, testCode(`${name} ${voter}`)]))])),
	};
	return { ...head, codes, elections: file.elections, cases };
}
