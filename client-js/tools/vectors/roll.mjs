// SPDX-License-Identifier: Apache-2.0
import * as base64 from '../../core/base64.js';
import { Roll } from '../../core/roll.js';
import { fromHex, utf8 } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import { reduce } from '../../crypto/scalar.js';
import { publicKey } from '../../crypto/schnorr.js';
import { collect, seeded } from './kit.mjs';

export const ops = {
	'roll.build'({ max_score, min_holders, below, chunks, changes }) {
		const roll = new Roll({ maxScore: max_score, minHolders: min_holders, below });
		for (const chunk of chunks) roll.addChunk(utf8(chunk));
		for (const change of changes) roll.change(utf8(change));
		return {
			final: roll.isFinal, electorate: roll.size, weight_electorate: roll.totalWeight(),
			voters: [...roll.voters.values()].filter(({ removed }) => !removed).map(({ id, weight, key }) => ({ id, weight, key })), rare_weights: roll.rareWeights(),
		};
	},
};

const key = (name) => base64.write(publicKey(reduce(seeded(`roll ${name}`, 64), getGroup('ristretto255').q)));
const voter = (id, weight = 1, k = key(id)) => [id, `Voter ${id}`, weight, k];
const chunk = (first, voters, final = false) => JSON.stringify({ first, voters, final });
const change = (action, id, more = {}) =>
	JSON.stringify({ action, voter: id, label: action === 'add' ? `Voter ${id}` : '', weight: action === 'add' ? 1 : 0, key: action === 'remove' ? '' : key(`${id} new`), reason: 'Test data.', ...more });

function chunkCases(c, good, bad) {
	const abc = [voter('ada'), voter('bert'), voter('chen')];
	good('one chunk', [chunk(0, abc, true)]);
	good('two chunks', [chunk(0, abc.slice(0, 2)), chunk(2, abc.slice(2), true)]);
	good('an empty final chunk', [chunk(0, abc), chunk(3, [], true)]);
	good('a chunk that is not final', [chunk(0, abc)]);
	bad('an empty roll', 'ROLL', [chunk(0, [], true)]);
	bad('an empty chunk that is not final', 'ROLL', [chunk(0, abc), chunk(3, [])]);
	bad('a chunk after the final one', 'ROLL', [chunk(0, abc, true), chunk(3, [voter('dora')])]);
	bad('first is wrong', 'ROLL', [chunk(0, abc), chunk(2, [voter('dora')], true)]);
	bad('ids not in order', 'ROLL', [chunk(0, [voter('bert'), voter('ada')], true)]);
	bad('an id twice', 'ROLL', [chunk(0, [voter('ada'), voter('ada', 1, key('other'))], true)]);
	bad('ids not in order over chunks', 'ROLL', [chunk(0, [voter('bert')]), chunk(1, [voter('ada')], true)]);
	good('order is by bytes', [chunk(0, ['a', 'a-b', 'a.b', 'a0', 'a_b', 'ab', 'b'].map((id) => voter(id)), true)]);
	bad('weight 0', 'ROLL', [chunk(0, [voter('ada', 0)], true)]);
	good('weight 1000000', [chunk(0, [voter('ada', 1000000), voter('bert', 1000000)], true)]);
	bad('weight 1000001', 'ROLL', [chunk(0, [voter('ada', 1000001)], true)]);
	bad('an e-mail address for an id', 'ID', [chunk(0, [voter('ada@example.org')], true)]);
	bad('an empty label', 'TEXT', [chunk(0, [['ada', '', 1, key('ada')]], true)]);
	bad('a key twice [D-01]', 'ROLL.KEYS', [chunk(0, [voter('ada'), voter('bert', 1, key('ada'))], true)]);
	bad('a key twice over chunks [D-01]', 'ROLL.KEYS', [chunk(0, [voter('ada')]), chunk(1, [voter('bert', 1, key('ada'))], true)]);
	bad('the identity for a key [D-02]', 'ROLL.KEYS', [chunk(0, [voter('ada', 1, base64.write(new Uint8Array(32)))], true)]);
	bad('no element for a key', 'ROLL.KEYS', [chunk(0, [voter('ada', 1, base64.write(fromHex('01'.padEnd(64, '0'))))], true)]);
	bad('a key of 33 bytes', 'ROLL', [chunk(0, [voter('ada', 1, base64.write(new Uint8Array(33)))], true)]);
	bad('a voter without a label', 'ROLL', [chunk(0, [['ada', 1, key('ada')]], true)]);
	bad('a member more', 'JSON.CANONICAL', [chunk(0, abc, true).replace('"final"', '"more":1,"final"')]);
}

function weightCases(c, good, bad) {
	const two = [voter('ada', 1), voter('bert', 1), voter('chen', 5), voter('dora', 5)];
	good('two holders for each weight', [chunk(0, two, true)]);
	bad('one holder of a weight', 'ROLL.WEIGHTS', [chunk(0, two.slice(0, 3), true)]);
	bad('weights 1, 2, 4, 8 [U-11]', 'ROLL.WEIGHTS', [chunk(0, [voter('ada', 1), voter('bert', 2), voter('chen', 4), voter('dora', 8)], true)]);
	good('one holder of a weight, warned about', [chunk(0, two.slice(0, 3), true)], { below: 'warn' });
	good('one holder of the only weight', [chunk(0, [voter('ada', 7)], true)]);
	good('a weight that is not counted before the roll is final', [chunk(0, two.slice(0, 3)), chunk(3, two.slice(3), true)]);
	good('total weight of 2^40 / 2^20', [chunk(0, [voter('ada', 524288), voter('bert', 524288)], true)], { max_score: 1048576 });
	bad('total weight above 2^40 / 2^20 [U-11]', 'ROLL.WEIGHTS', [chunk(0, [voter('ada', 524288), voter('bert', 524289)], true)], { max_score: 1048576, below: 'warn' });
}

function changeCases(c, good, bad) {
	const roll = [chunk(0, [voter('ada'), voter('bert'), voter('chen')], true)];
	const changed = (name, ...changes) => good(name, roll, { changes });
	const refuse = (name, rule, ...changes) => bad(name, rule, roll, { changes });
	changed('add', change('add', 'dora'));
	changed('add an id that comes first', change('add', 'aaron'));
	changed('remove', change('remove', 'bert'));
	changed('a new credential', change('credential', 'bert'));
	refuse('a credential that another voter had before', 'ROLL.KEYS', change('credential', 'bert'), change('credential', 'ada', { key: key('bert') }));
	refuse('the credential of before', 'ROLL.KEYS', change('credential', 'bert'), change('credential', 'bert', { key: key('bert') }));
	refuse('no reason', 'ROLL.CHANGE', change('remove', 'bert', { reason: '' }));
	refuse('add who is there', 'ROLL.CHANGE', change('add', 'bert'));
	refuse('add who was removed', 'ROLL.CHANGE', change('remove', 'bert'), change('add', 'bert'));
	refuse('add with a weight that nobody has', 'ROLL.CHANGE', change('add', 'dora', { weight: 2 }));
	refuse('add without a label', 'TEXT', change('add', 'dora', { label: '' }));
	refuse('add without a key', 'ROLL.CHANGE', change('add', 'dora', { key: '' }));
	refuse('add with a key that is taken', 'ROLL.KEYS', change('add', 'dora', { key: key('ada') }));
	refuse('add with the key of a removed voter', 'ROLL.KEYS', change('remove', 'bert'), change('add', 'dora', { key: key('bert') }));
	refuse('remove who is not there', 'ROLL.CHANGE', change('remove', 'dora'));
	refuse('remove twice', 'ROLL.CHANGE', change('remove', 'bert'), change('remove', 'bert'));
	refuse('remove with a key', 'ROLL.CHANGE', change('remove', 'bert', { key: key('x') }));
	refuse('remove with a weight', 'ROLL.CHANGE', change('remove', 'bert', { weight: 1 }));
	refuse('a credential for who is not there', 'ROLL.CHANGE', change('credential', 'dora'));
	refuse('a credential for who was removed', 'ROLL.CHANGE', change('remove', 'bert'), change('credential', 'bert'));
	refuse('a credential with a label', 'ROLL.CHANGE', change('credential', 'bert', { label: 'Bert' }));
	refuse('a credential without a key', 'ROLL.CHANGE', change('credential', 'bert', { key: '' }));
	refuse('a credential that is taken', 'ROLL.KEYS', change('credential', 'bert', { key: key('ada') }));
	refuse('another action', 'ROLL.CHANGE', change('suspend', 'bert'));
}

export function make() {
	const c = collect(ops, {
		topic: 'roll',
		about: 'Chunks of the roll, then changes; all payloads are applied in order to an empty roll. voters of out are in the order of the roll, added ones behind.',
		source: 'client-js',
		spec: ['ROLL', 'ROLL.KEYS', 'ROLL.WEIGHTS', 'ROLL.CHANGE', 'ID', 'TEXT', 'JSON.CANONICAL'],
	});
	const rules = { max_score: 1, min_holders: 2, below: 'refuse', changes: [] };
	const good = (name, chunks, more = {}) => c.good('roll.build', name, { ...rules, chunks, ...more });
	const bad = (name, rule, chunks, more = {}) => c.bad('roll.build', name, rule, { ...rules, chunks, ...more });
	chunkCases(c, good, bad);
	weightCases(c, good, bad);
	changeCases(c, good, bad);
	return c.file();
}
