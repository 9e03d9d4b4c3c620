// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flip, refusal, seeded } from '../tools/vectors/kit.mjs';
import { choice, context, definition, electionKey, readSetting, voterKey } from '../tools/vectors/statement.mjs';
import { fromHex, hex } from '../crypto/bytes.js';
import { make, parse, tracker, verify, verifyOpened, write } from './ballot.js';

const setting = readSetting({
	group: 'ristretto255', context, voter: 'ada', voter_key: voterKey, h: electionKey('ristretto255').h,
	definitions: [definition(2, 1, 1, 1), definition(2, 3, 0, 6)],
});
const position = { prev: new Uint8Array(32), date: 1893456000, size: 8, root: seeded('root', 32) };
const choices = [choice([0, 1]), choice([3, 1])];
const seed = seeded('ballot test', 32);

test('the same arguments give the same bytes, and what is read is what was written [BALLOT.PAYLOAD] [BALLOT.SEED]', () => {
	const payload = make(setting, position, choices, seed);
	assert.equal(hex(make(setting, position, choices, seed)), hex(payload));
	assert.notEqual(hex(make(setting, position, choices, seeded('another', 32))), hex(payload));
	const { voter, prev, date, size, root } = verify(setting, payload);
	assert.deepEqual({ voter, prev, date, size, root }, { voter: 'ada', ...position });
	assert.equal(tracker(payload).text.length, 26 + 6);
});

test('an audit accepts the vote that was encrypted and no other [BALLOT.SEED]', () => {
	const payload = make(setting, position, choices, seed);
	assert(verifyOpened(setting, choices, seed, payload));
	assert(!verifyOpened(setting, [choice([1, 0]), choices[1]], seed, payload));
	assert(!verifyOpened(setting, choices, seeded('another', 32), payload));
	assert(!verifyOpened(setting, choices, seed, make({ ...setting, voter: 'bert' }, position, choices, seed)));
});

test('parts of two ballots do not make a third [BALLOT.CHALLENGE]', () => {
	const one = parse(setting.group, setting.definitions, make(setting, position, choices, seed));
	const length = (payload) => payload.length;
	const a = make(setting, position, choices, seed);
	const b = make({ ...setting, context: fromHex(flip(context, 0)) }, position, choices, seeded('another', 32));
	const cut = length(a) - (2 * 2 + 6) * 32 - (one.parts[1].f.length + 4) * 32;
	const mixed = a.slice();
	mixed.set(b.slice(cut), cut);
	assert.equal(refusal(() => verify(setting, mixed))?.rule, 'BALLOT.VERIFY');
	assert.equal(hex(write('ada', position, [])).length, 2 * (1 + 1 + 3 + 32 + 8 + 8 + 32 + 1));
});
