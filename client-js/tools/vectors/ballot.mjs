// SPDX-License-Identifier: Apache-2.0
import * as ballot from '../../core/ballot.js';
import * as entry from '../../core/entry.js';
import * as bitproof from '../../crypto/bitproof.js';
import { concat, fromHex, hex, u8, utf8 } from '../../crypto/bytes.js';
import { getGroup, R255 } from '../../crypto/group.js';
import { leafHash } from '../../crypto/merkle.js';
import { parseScalar, writeScalar } from '../../crypto/scalar.js';
import { collect, flip, seeded } from './kit.mjs';
import { choice, context, definition, electionId, electionKey, readSetting, voterKey, voterSecret } from './statement.mjs';

const readPosition = (input) => ({ prev: fromHex(input.prev), date: input.date, size: input.size, root: fromHex(input.root) });

export const ops = {
	'ballot.make'(input) {
		const payload = ballot.make(readSetting(input), readPosition(input), input.choices, fromHex(input.seed));
		const { hash, text } = ballot.tracker(payload);
		return { payload, tracker: hash, printed: text };
	},
	'ballot.verify'(input) {
		const { prev, date, size, root } = ballot.verify(readSetting(input), fromHex(input.payload));
		return { prev, date, size, root };
	},
	'entry.sign'(input) {
		const made = entry.sign(
			{
				election: fromHex(input.election), context: fromHex(input.context), type: input.type, time: input.time,
				signer: input.signer, payload: fromHex(input.payload ?? input.payload_byte.repeat(input.payload_length)),
			},
			parseScalar(fromHex(input.secret), R255.q),
			fromHex(input.random),
		);
		return { message: made.message, signature: made.signature, entry: made.bytes, leaf: leafHash(made.bytes) };
	},
	'entry.verify'(input) {
		const parsed = entry.parse(fromHex(input.entry));
		entry.verifySignature(parsed, fromHex(input.election), fromHex(input.context), fromHex(input.public));
		return {};
	},
};

const setting = (group, definitions) => ({ group, context, voter: 'ada', voter_key: voterKey, h: electionKey(group).h, definitions });
const position = { prev: '00'.repeat(32), date: 1893456000, size: 9, root: hex(seeded('root', 32)) };
const two = [definition(2, 1, 1, 1, true), definition(3, 5, 0, 15)];
const seed = seeded('ballot seed', 32);

function verifyCases(c, st, payload) {
	const group = getGroup(st.group);
	const settings = readSetting(st);
	const read = ballot.parse(group, settings.definitions, fromHex(payload));
	const at = { prev: read.prev, date: read.date, size: read.size, root: read.root };
	const refuse = (name, rule, change) => c.bad('ballot.verify', name, rule, { ...st, payload, ...change });
	const parts = read.parts.map((part) => bitproof.write(group, part));
	refuse('version 2', 'BALLOT.PAYLOAD', { payload: flip(payload, 0, 3) });
	refuse('another voter in the payload', 'BALLOT.PAYLOAD', { payload: hex(ballot.write('adb', at, parts)) });
	refuse('a voter id without characters', 'BALLOT.PAYLOAD', { payload: hex(concat(u8(1), u8(0), fromHex(payload).slice(5))) });
	refuse('a voter id with capitals', 'BALLOT.PAYLOAD', { payload: hex(ballot.write('Ada', at, parts)) });
	refuse('one question', 'BALLOT.PAYLOAD', { payload: hex(ballot.write('ada', at, parts.slice(0, 1))) });
	refuse('three questions', 'BALLOT.PAYLOAD', { payload: hex(ballot.write('ada', at, [...parts, parts[1]])) });
	refuse('questions exchanged', 'BALLOT.POINTS', { payload: hex(ballot.write('ada', at, [parts[1], parts[0]])) });
	refuse('a byte too few', 'BALLOT.PAYLOAD', { payload: payload.slice(0, -2) });
	refuse('a byte too many', 'BALLOT.PAYLOAD', { payload: `${payload}00` });
	refuse('nothing', 'BALLOT.PAYLOAD', { payload: '' });
	refuse('another context', 'BALLOT.VERIFY', { context: flip(st.context, 31) });
	const wrong = (name, rule, k, change) =>
		refuse(name, rule, { payload: hex(ballot.write('ada', at, read.parts.map((part, i) => bitproof.write(group, i === k ? { ...part, ...change(part) } : part)))) });
	wrong('a proof of the second question changed', 'BALLOT.VERIFY', 1, (part) => ({ za: (part.za + 1n) % group.q }));
	wrong('A of the first question is the identity', 'BALLOT.POINTS', 0, (part) => ({ E: [{ A: group.identity, B: part.E[0].B }, part.E[1]] }));
	repeated(c, st);
}

/** Right proofs, but two options share their r: B_1 - B_2 shows whether the votes are equal. */
function repeated(c, st) {
	const s = readSetting(st);
	const statement = (k) => ({ ...s, question: k, definition: s.definitions[k] });
	const choices = [choice([1, 0]), choice([1, 2, 3])];
	const coins = choices.map((ch, k) => bitproof.coinsFromSeed(statement(k), seed, ch));
	const payload = (list) => hex(ballot.write('ada', { ...position, prev: fromHex(position.prev), root: fromHex(position.root) }, list.map((one, k) => bitproof.write(s.group, bitproof.prove(statement(k), choices[k], one)))));
	const within = [{ ...coins[0], r: [coins[0].r[0], coins[0].r[0]] }, coins[1]];
	const across = [coins[0], { ...coins[1], r: [coins[1].r[0], coins[0].r[1], coins[1].r[2]] }];
	c.bad('ballot.verify', 'an A_i twice in one question', 'BALLOT.POINTS', { ...st, payload: payload(within) });
	c.bad('ballot.verify', 'an A_i in two questions', 'BALLOT.POINTS', { ...st, payload: payload(across) });
}

function entryCases(c, payload) {
	const signing = { election: electionId, context, type: 'ballot', time: 1893456000, signer: 'voter/ada', payload, secret: hex(writeScalar(voterSecret)), random: hex(seed) };
	const { entry: bytes } = c.good('entry.sign', 'the entry of the ballot', signing);
	const check = { election: electionId, context, public: voterKey, entry: bytes };
	c.good('entry.verify', 'its signature', check);
	const later = JSON.parse(new TextDecoder().decode(fromHex(bytes)));
	const altered = (change) => hex(utf8(JSON.stringify({ ...later, ...change })));
	c.good('entry.verify', 'its signature at another time of the server', { ...check, entry: altered({ time: 1893456060 }) });
	const refuse = (name, change) => c.bad('entry.verify', name, 'ENTRY.SIGNATURE', { ...check, ...change });
	refuse('another election', { election: flip(electionId, 0) });
	refuse('another context for the signature', { context: flip(context, 0) });
	refuse('another key', { public: hex(R255.encode(R255.generator)) });
	refuse('another signer', { entry: altered({ signer: 'voter/adb' }) });
	refuse('another type, by somebody who may sign it', { entry: altered({ type: 'notice', signer: 'admin' }) });
	const { entry: blob } = c.good('entry.sign', 'a payload that becomes a blob', { ...signing, payload: undefined, payload_byte: '61', payload_length: 40001 });
	c.good('entry.verify', 'the signature over a blob', { ...check, entry: blob });
}

export function make() {
	const c = collect(ops, {
		topic: 'ballot',
		about: 'Payloads of ballots, their trackers, signatures and entries.',
		source: 'client-js',
		spec: ['BALLOT.PAYLOAD', 'BALLOT.SEED', 'BALLOT.POINTS', 'BALLOT.TRACKER', 'SIGN.MESSAGE', 'SIGN.NONCE', 'ENTRY.ENVELOPE', 'ENTRY.SIGNATURE'],
	});
	const st = setting('ristretto255', two);
	const { payload } = c.good('ballot.make', 'two questions', { ...st, ...position, choices: [choice([0, 0], true), choice([5, 0, 2])], seed });
	c.good('ballot.verify', 'two questions are right', { ...st, payload });
	const revote = { ...position, prev: hex(seeded('earlier ballot', 32)), date: 1893459600, size: 4294967296 };
	c.good('ballot.make', 'another vote with the same seed shares no coin', { ...st, ...revote, choices: [choice([0, 1]), choice([5, 0, 2])], seed });
	verifyCases(c, st, payload);
	entryCases(c, payload);
	const modp = setting('modp4096', [definition(2, 1, 1, 1)]);
	const made = c.good('ballot.make', 'modp4096: a referendum', { ...modp, ...position, choices: [choice([0, 1])], seed });
	c.good('ballot.verify', 'modp4096: the referendum is right', { ...modp, payload: made.payload });
	return c.file();
}
