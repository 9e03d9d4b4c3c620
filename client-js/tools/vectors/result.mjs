// SPDX-License-Identifier: Apache-2.0
import * as endorse from '../../core/endorse.js';
import * as result from '../../core/result.js';
import { fromHex, fromUtf8, hex } from '../../crypto/bytes.js';
import { publicKey } from '../../crypto/sign.js';
import { origin } from './checkpoint.mjs';
import { collect, flip, seeded } from './kit.mjs';

const readStatement = (s) => ({ close: fromHex(s.close), size: s.size, root: fromHex(s.root), counted: fromHex(s.counted), ballots: s.ballots, aggregates: fromHex(s.aggregates) });

export const ops = {
	'endorse.quota': ({ endorsers, threshold }) => ({ quota: endorse.quota(endorsers, threshold) }),
	'endorse.make': (input) => ({
		public: publicKey(fromHex(input.seed)),
		payload_text: fromUtf8(endorse.make(readStatement(input.statement), input.origin, input.time, fromHex(input.seed))),
	}),
	'endorse.verify'(input) {
		endorse.verify(new TextEncoder().encode(input.payload_text), readStatement(input.statement), input.origin, fromHex(input.public));
		return {};
	},
	'result.make'(input) {
		return {
			payload_text: fromUtf8(result.write({
				close: fromHex(input.close),
				poll: { counted: input.counted, weightCounted: input.weight_counted, electorate: input.electorate, weightElectorate: input.weight_electorate },
				privacyFloor: input.privacy_floor,
				questions: input.questions.map((q) => ({ ...q, options: q.options.map((id) => ({ id })) })),
				endorsers: input.endorsers,
				shares: input.shares,
				totals: new Map(input.totals.flatMap((totals, k) => (totals === null ? [] : [[k, totals]]))),
				lotSeed: fromHex(input.lot_seed),
			})),
		};
	},
};

const close = hex(seeded('close leaf', 32));
const question = (id, options, change = {}) => ({ id, options, score_max: 1, winners: 1, quorum: null, approval: null, ...change });
const base = {
	close, counted: 10, weight_counted: 10, electorate: 20, weight_electorate: 20, privacy_floor: 3,
	endorsers: ['trustee/1', 'endorser/auditor', 'trustee/3'], shares: [3, 1], lot_seed: hex(seeded('lot seed', 64)),
};

function endorseCases(c) {
	for (const [endorsers, threshold] of [[3, 2], [4, 2], [4, 3], [5, 3], [9, 5], [1, 1], [40, 20]]) c.good('endorse.quota', `${endorsers} endorsers, threshold ${threshold}`, { endorsers, threshold });
	const statement = { close, size: 31, root: hex(seeded('close root', 32)), counted: hex(seeded('counted hash', 32)), ballots: 10, aggregates: hex(seeded('aggregates hash', 32)) };
	const made = c.good('endorse.make', 'an endorsement', { statement, origin, time: 1893542400, seed: seeded('cosign key', 32) });
	const right = { statement, origin, ...made };
	c.good('endorse.verify', 'it is right', right);
	const refuse = (name, change, rule = 'ENDORSE') => c.bad('endorse.verify', name, rule, { ...right, ...change });
	for (const name of ['close', 'root', 'counted', 'aggregates']) refuse(`another ${name} [U-02]`, { statement: { ...statement, [name]: flip(statement[name], 0) } });
	for (const name of ['size', 'ballots']) refuse(`another ${name} [U-02]`, { statement: { ...statement, [name]: statement[name] + 1 } });
	refuse('the cosignature of another log', { origin: 'vote.example/e/other' });
	refuse('the cosignature of another key', { public: hex(publicKey(seeded('another', 32))) });
	const text = made.payload_text;
	refuse('members in another order', { payload_text: text.replace(/("size":\d+),("root":"[^"]+")/, '$2,$1') }, 'JSON.CANONICAL');
	refuse('a space', { payload_text: text.replace(',', ', ') }, 'JSON.CANONICAL');
	refuse('hex in capitals', { payload_text: text.replace(close, close.toUpperCase()) }, 'BASE64');
	refuse('size as a string', { payload_text: text.replace('"size":31', '"size":"31"') });
}

function resultCases(c) {
	const good = (name, questions, totals, change = {}) => c.good('result.make', name, { ...base, questions, totals, ...change });
	const abc = ['a', 'b', 'c'];
	good('one winner', [question('q', abc)], [[3, 6, 1]]);
	good('an option without votes is not approved', [question('q', abc, { winners: 3 })], [[4, 0, 6]]);
	good('a tie at the cut', [question('q', abc)], [[4, 4, 2]]);
	good('a tie of all three, two elected', [question('q', abc, { winners: 2 })], [[3, 3, 3]]);
	good('a tie in the order only', [question('q', abc, { winners: 2 })], [[4, 4, 2]]);
	good('a tie below the cut is none', [question('q', abc)], [[6, 2, 2]]);
	good('two ties', [question('q', ['a', 'b', 'c', 'd', 'e'], { winners: 3 })], [[2, 5, 2, 5, 2]]);
	good('ties in the second question use its index', [question('p', abc), question('q', abc, { winners: 2 })], [[3, 3, 3], [3, 3, 3]]);
	const half = { base: 'ballots', fraction: [1, 2], strict: true };
	good('more than half of the ballots: not reached by half', [question('q', abc, { approval: half })], [[5, 3, 2]]);
	good('half of the ballots is reached by half', [question('q', abc, { approval: { ...half, strict: false } })], [[5, 3, 2]]);
	good('more than half of the ballots, reached', [question('q', abc, { approval: half })], [[6, 3, 1]]);
	good('a quarter of the electorate', [question('q', abc, { approval: { base: 'electorate', fraction: [1, 4], strict: false }, winners: 3 })], [[5, 4, 1]]);
	good('a third of all votes', [question('q', abc, { approval: { base: 'options_sum', fraction: [1, 3], strict: false }, winners: 3 })], [[4, 4, 4]]);
	good('a third of all votes, strictly', [question('q', abc, { approval: { base: 'options_sum', fraction: [1, 3], strict: true }, winners: 3 })], [[4, 5, 3]]);
	good('scores: half of ballots times 5', [question('q', abc, { score_max: 5, approval: { ...half, strict: false }, winners: 2 })], [[25, 24, 30]]);
	good('nothing is asked of the totals but that there is one', [question('q', abc, { approval: { ...half, fraction: [0, 1], strict: false } })], [[0, 0, 7]]);
	const quorum = (fraction, strict) => ({ of: 'electorate', fraction, strict });
	good('quorum of half is met', [question('q', abc, { quorum: quorum([1, 2], false) })], [[3, 6, 1]]);
	good('quorum of more than half is not met', [question('q', abc, { quorum: quorum([1, 2], true) })], [null]);
	good('quorum by weight', [question('q', abc, { quorum: quorum([1, 2], false) })], [null], { weight_electorate: 100, weight_counted: 49 });
	good('quorum by number', [question('q', abc, { quorum: { count: 10 } }), question('r', abc, { quorum: { count: 11 } })], [[3, 6, 1], null]);
	good('below the privacy floor', [question('q', abc)], [null], { privacy_floor: 11, shares: [] });
	good('void and below the floor is void', [question('q', abc, { quorum: { count: 11 } })], [null], { privacy_floor: 11, shares: [] });
	good('nobody voted', [question('q', abc)], [[0, 0, 0]], { counted: 0, weight_counted: 0, privacy_floor: 0 });
	good('nobody voted: half of no ballots elects nobody', [question('q', abc, { approval: { ...half, strict: false } }), question('r', abc, { approval: { ...half, base: 'options_sum', strict: false } })], [[0, 0, 0], [0, 0, 0]], { counted: 0, weight_counted: 0, privacy_floor: 0 });
	good('weights near the bound', [question('q', ['a', 'b'], { approval: { base: 'electorate', fraction: [999999, 1000000], strict: true } })], [[1099511627775, 1]], { weight_counted: 1099511627776, weight_electorate: 1099511627776 });
}

export function make() {
	const c = collect(ops, {
		topic: 'result',
		about: 'Endorsements, and what follows from totals: quorum, approval, winners, ties.',
		source: 'client-js',
		spec: ['ENDORSE', 'RESULT', 'RESULT.QUORUM', 'RESULT.FLOOR', 'RESULT.APPROVAL', 'RESULT.ELECTED', 'RESULT.ENTRY', 'LOT'],
	});
	endorseCases(c);
	resultCases(c);
	return c.file();
}
