// SPDX-License-Identifier: Apache-2.0
import * as tally from '../../core/tally.js';
import { fromHex, hex } from '../../crypto/bytes.js';
import * as dleq from '../../crypto/dleq.js';
import { encrypt } from '../../crypto/elgamal.js';
import { getGroup } from '../../crypto/group.js';
import { parseScalar, reduce, writeScalar } from '../../crypto/scalar.js';
import { evaluate } from '../../crypto/sharing.js';
import { makeCeremony } from './ceremony.mjs';
import { collect, flip, seeded } from './kit.mjs';
import { context } from './statement.mjs';

const readCiphertext = (group, { a, b }) => ({ A: group.decode(fromHex(a)), B: group.decode(fromHex(b)) });
const writeCiphertext = (group, { A, B }) => ({ a: hex(group.encode(A)), b: hex(group.encode(B)) });
const readTally = (input) => {
	const group = getGroup(input.group);
	return {
		group, context: fromHex(input.context), close: fromHex(input.close), questions: input.questions, counted: input.counted,
		aggregates: input.aggregates.map((options) => options.map((one) => readCiphertext(group, one))),
	};
};
const readBinding = (input) =>
	dleq.writeBinding({
		context: fromHex(input.context), close: fromHex(input.close), purpose: input.purpose, question: input.question, option: input.option, trustee: input.trustee,
	});

export const ops = {
	'tally.counted': ({ counted }) => ({ hash: tally.countedHash(counted.map(({ index, leaf }) => ({ index, leaf: fromHex(leaf) }))) }),
	'tally.aggregate'(input) {
		const group = getGroup(input.group);
		const counted = input.ballots.map(({ weight, questions }) => ({ weight, questions: questions.map((options) => options.map((one) => readCiphertext(group, one))) }));
		const aggregates = tally.aggregate(group, input.options, counted);
		return { aggregates: aggregates.map((options) => options.map((one) => writeCiphertext(group, one))), hash: tally.aggregatesHash(group, aggregates) };
	},
	'dleq.prove'(input) {
		const group = getGroup(input.group);
		const x = parseScalar(fromHex(input.secret), group.q);
		const H = group.decode(fromHex(input.h));
		const st = { group, binding: readBinding(input), Y: group.multiply(x, group.generator), H, Z: group.multiply(x, H) };
		const proof = dleq.prove(st, x, parseScalar(fromHex(input.nonce), group.q));
		return {
			binding: st.binding, y: group.encode(st.Y), z: group.encode(st.Z),
			challenge: writeScalar(dleq.challenge(st, proof.a, proof.b)), proof: dleq.write(group, proof),
		};
	},
	'dleq.verify'(input) {
		const group = getGroup(input.group);
		const point = (text) => group.decode(fromHex(text));
		dleq.verify({ group, binding: readBinding(input), Y: point(input.y), H: point(input.h), Z: point(input.z) }, dleq.parse(group, fromHex(input.proof)));
		return {};
	},
	'decrypt.make'(input) {
		const t = readTally(input);
		const scalar = (text) => parseScalar(fromHex(text), t.group.q);
		return { payload: tally.makeShares(t, input.trustee, scalar(input.secret), input.nonces.map(scalar)) };
	},
	'decrypt.verify'(input) {
		const t = readTally(input);
		const { shares } = tally.verifyShares(t, input.trustee, t.group.decode(fromHex(input.verification_key)), fromHex(input.payload));
		return { shares: shares.flat().map((Z) => hex(t.group.encode(Z))) };
	},
	'decrypt.combine'(input) {
		const t = readTally(input);
		const T = input.shares.map(({ trustee, shares }) => ({ trustee, shares: shares.map((Z) => [t.group.decode(fromHex(Z))]) }));
		const { totals, lotPoint, lotSeed } = tally.combine(t, T, input.bounds);
		return { totals: t.questions.map((question) => totals.get(question)), lot: t.group.encode(lotPoint), lot_seed: lotSeed };
	},
	'lot.order'({ lot_seed, question, options }) {
		const lots = options.map((option) => ({ option, lot: tally.lotOf(fromHex(lot_seed), question, option) }));
		return { lots: lots.map(({ lot }) => lot), order: lots.sort((a, b) => (a.lot < b.lot ? -1 : 1)).map(({ option }) => option) };
	},
};

const close = hex(seeded('close leaf', 32));

/** An election whose ballots were counted: who voted what with which weight. */
function makeElection(name, n, t, votes) {
	const { group, trustees } = makeCeremony(name, n, t);
	const secret = trustees.reduce((sum, { polynomial }) => sum + polynomial[0], 0n) % group.q;
	const h = group.multiply(secret, group.generator);
	const ballots = votes.map(({ weight, questions }, b) => ({
		weight,
		questions: questions.map((values, k) => values.map((v, i) => writeCiphertext(group, encrypt(group, h, BigInt(v), reduce(seeded(`${name} tally ${b} ${k} ${i}`, 64), group.q))))),
	}));
	const shares = trustees.map(({ index }) => trustees.reduce((sum, { polynomial }) => sum + evaluate(polynomial, index, group.q), 0n) % group.q);
	const keys = shares.map((x) => hex(group.encode(group.multiply(x, group.generator))));
	return { group, h, ballots, shares, keys };
}

const nonces = (label, count, q) => Array.from({ length: count }, (_, i) => hex(writeScalar(reduce(seeded(`${label} nonce ${i}`, 64), q))));

function dleqCases(c) {
	const group = getGroup('ristretto255');
	const place = { context, close, purpose: 'decrypt', question: 1, option: 2, trustee: 3 };
	const H = hex(group.encode(group.multiply(77n, group.generator)));
	const x = reduce(seeded('dleq secret', 64), group.q);
	const made = c.good('dleq.prove', 'a proof', { group: 'ristretto255', ...place, secret: writeScalar(x), h: H, nonce: nonces('dleq', 1, group.q)[0] });
	const right = { group: 'ristretto255', ...place, y: made.y, h: H, z: made.z, proof: made.proof };
	c.good('dleq.verify', 'the proof is right', right);
	const zero = '00'.repeat(32);
	c.good('dleq.verify', 'both the base and the share are the identity', {
		...right, h: zero, z: zero, proof: ops['dleq.prove']({ group: 'ristretto255', ...place, secret: hex(writeScalar(x)), h: zero, nonce: nonces('dleq 0', 1, group.q)[0] }).proof,
	});
	const refuse = (name, change) => c.bad('dleq.verify', name, 'DLEQ', { ...right, ...change });
	refuse('another context', { context: flip(context, 0) });
	refuse('another close', { close: flip(close, 0) });
	refuse('a share for the lot', { purpose: 'lot' });
	refuse('another question', { question: 0 });
	refuse('another option [T-01]', { option: 1 });
	refuse('another trustee [T-02]', { trustee: 2 });
	refuse('another share', { z: hex(group.encode(group.multiply(x + 1n, group.multiply(77n, group.generator)))) });
	refuse('another aggregate', { h: hex(group.encode(group.generator)) });
	refuse('another verification key', { y: hex(group.encode(group.multiply(x + 1n, group.generator))) });
	const next = (bytes) => hex(group.encode(group.add(group.decode(fromHex(bytes)), group.generator)));
	refuse('a changed', { proof: next(made.proof.slice(0, 64)) + made.proof.slice(64) });
	refuse('b changed', { proof: made.proof.slice(0, 64) + next(made.proof.slice(64, 128)) + made.proof.slice(128) });
	const z = parseScalar(fromHex(made.proof.slice(128)), group.q);
	refuse('z changed', { proof: made.proof.slice(0, 128) + hex(writeScalar((z + 1n) % group.q)) });
	weakShare(c, right, group, x);
}

/** [T-03] With a challenge over the commitments alone, c comes before Z: Z = (z*H - b)/c is any share one likes. */
function weakShare(c, right, group, x) {
	const [a, b] = [5n, 7n].map((k) => group.multiply(k, group.generator));
	const H = group.decode(fromHex(right.h));
	const challenge = reduce(seeded('weak challenge', 64), group.q);
	const z = (5n + challenge * x) % group.q;
	const inverse = powerMod(challenge, group.q - 2n, group.q);
	const Z = group.multiply(inverse, group.add(group.multiply(z, H), group.multiply(group.q - 1n, b)));
	c.bad('dleq.verify', 'a share chosen after a challenge that does not cover it [T-03]', 'DLEQ', {
		...right, z: hex(group.encode(Z)), proof: hex(dleq.write(group, { a, b, z })),
	});
}

function powerMod(base, exponent, q) {
	let result = 1n;
	for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % q) if (e & 1n) result = (result * b) % q;
	return result;
}

function tallyCases(c) {
	const votes = [
		{ weight: 1, questions: [[1, 0], [5, 0, 3]] },
		{ weight: 2, questions: [[0, 1], [1, 1, 1]] },
		{ weight: 5, questions: [[1, 0], [0, 4, 0]] },
	];
	const { group, ballots, shares, keys } = makeElection('ristretto255', 3, 2, votes);
	const options = [2, 3];
	const { aggregates } = c.good('tally.aggregate', 'three ballots, weights 1, 2, 5', { group: 'ristretto255', options, ballots });
	c.good('tally.aggregate', 'no ballot', { group: 'ristretto255', options, ballots: [] });
	const place = { group: 'ristretto255', context, close, aggregates, questions: [0, 1], counted: 3 };
	const payloads = shares.map((x, k) =>
		c.good('decrypt.make', `trustee ${k + 1} decrypts`, { ...place, trustee: k + 1, secret: writeScalar(x), nonces: nonces(`trustee ${k + 1}`, 6, group.q) }).payload);
	const points = payloads.map((payload, k) =>
		c.good('decrypt.verify', `the shares of trustee ${k + 1} are right`, { ...place, trustee: k + 1, verification_key: keys[k], payload }).shares);
	const combine = (name, indices, bounds = [8, 40]) => c.good('decrypt.combine', name, { ...place, bounds, shares: indices.map((j) => ({ trustee: j, shares: points[j - 1] })) });
	const { lot_seed } = combine('trustees 1 and 2', [1, 2]);
	combine('trustees 3 and 1: the same totals and lot', [3, 1]);
	combine('bounds that are just reached', [2, 3], [6, 22]);
	const both = [1, 2].map((j) => ({ trustee: j, shares: points[j - 1] }));
	c.bad('decrypt.combine', 'a total above its bound [T-07]', 'DECRYPT.COMBINE', { ...place, bounds: [5, 40], shares: both });
	c.bad('decrypt.combine', 'a share of another option', 'DECRYPT.COMBINE', { ...place, bounds: [8, 40], shares: [both[0], { trustee: 2, shares: [both[1].shares[1], ...both[1].shares.slice(1)] }] });
	c.good('lot.order', 'all options of question 1', { lot_seed, question: 1, options: [0, 1, 2] });
	c.good('lot.order', 'ten options', { lot_seed, question: 0, options: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
	wrongShares(c, { ...place, trustee: 1, verification_key: keys[0], payload: payloads[0] }, payloads, keys);
	fewerShares(c, place, shares, keys, group);
}

function wrongShares(c, right, payloads, keys) {
	const refuse = (name, rule, change) => c.bad('decrypt.verify', name, rule, { ...right, ...change });
	const swapped = [right.aggregates[0].slice().reverse(), right.aggregates[1]];
	refuse('of another trustee', 'DECRYPT.SHARE', { payload: payloads[1] });
	refuse('of another trustee, with its index changed', 'DLEQ', { payload: flip(payloads[1], 1, 3) });
	refuse('with the key of another trustee', 'DLEQ', { verification_key: keys[1] });
	refuse('aggregates of another list of ballots', 'DLEQ', { aggregates: swapped });
	refuse('one question decrypted instead of two', 'DECRYPT.SHARE', { questions: [0] });
	refuse('of another close', 'DLEQ', { close: flip(right.close, 9) });
	refuse('version 2', 'DECRYPT.SHARE', { payload: flip(right.payload, 0, 3) });
	refuse('a byte too few', 'DECRYPT.SHARE', { payload: right.payload.slice(0, -2) });
	refuse('a byte too many', 'DECRYPT.SHARE', { payload: `${right.payload}00` });
	refuse('a share that is not an element [T-04]', 'DECRYPT.SHARE', { payload: flip(right.payload, 2 + 31, 0x80) });
	refuse('a share that is the identity [T-04]', 'DLEQ', { payload: right.payload.slice(0, 4) + '00'.repeat(32) + right.payload.slice(4 + 64) });
	const q = getGroup('ristretto255').q;
	const z = parseScalar(fromHex(right.payload.slice(-64)), q);
	refuse('z of the lot is not reduced', 'DECRYPT.SHARE', { payload: right.payload.slice(0, -64) + hex(writeScalar(z + q)) });
	refuse('z of the lot is wrong', 'DLEQ', { payload: right.payload.slice(0, -64) + hex(writeScalar((z + 1n) % q)) });
}

/** Questions that are not decrypted, ballots that were not cast, and voters whose randomness cancels. */
function fewerShares(c, place, shares, keys, group) {
	const one = (name, change, count) => {
		const t = { ...place, ...change };
		const { payload } = c.good('decrypt.make', name, { ...t, trustee: 1, secret: writeScalar(shares[0]), nonces: nonces(name, count, group.q) });
		c.good('decrypt.verify', `${name}: verify`, { ...t, trustee: 1, verification_key: keys[0], payload });
	};
	one('only question 1, the other is void', { questions: [1] }, 4);
	const zero = { a: '00'.repeat(32), b: '00'.repeat(32) };
	one('nothing was counted: the lot alone', { counted: 0, aggregates: [[zero, zero], [zero, zero, zero]] }, 1);
	const five = { a: '00'.repeat(32), b: hex(group.encode(group.multiply(5n, group.generator))) };
	const odd = { counted: 2, aggregates: [[five, place.aggregates[0][1]], place.aggregates[1]], questions: [0] };
	one('A is the identity though ballots were counted', odd, 3);
}

export function make() {
	const c = collect(ops, {
		topic: 'tally',
		about: 'Aggregates, decryption shares and their proofs, totals and the lot.',
		source: 'client-js',
		spec: ['BALLOT.COUNTED', 'TALLY.AGGREGATE', 'DLEQ', 'DECRYPT.SHARE', 'DECRYPT.COMBINE', 'LOT'],
	});
	c.good('tally.counted', 'nothing counted', { counted: [] });
	c.good('tally.counted', 'three ballots', { counted: [7, 9, 4294967296].map((index) => ({ index, leaf: seeded(`counted ${index}`, 32) })) });
	dleqCases(c);
	tallyCases(c);
	return c.file();
}

/** The same in modp4096, one question. */
export const modp = {
	ops,
	make() {
		const c = collect(ops, {
			topic: 'tally_modp4096',
			about: 'Decryption of one question in modp4096 by both of 2 trustees.',
			source: 'client-js',
			spec: ['TALLY.AGGREGATE', 'DLEQ', 'DECRYPT.SHARE', 'DECRYPT.COMBINE', 'LOT', 'GROUP.MODP.ORDER'],
		});
		const { group, ballots, shares, keys } = makeElection('modp4096', 2, 2, [{ weight: 1, questions: [[1]] }, { weight: 3, questions: [[1]] }]);
		const { aggregates } = c.good('tally.aggregate', 'two ballots, weights 1 and 3', { group: 'modp4096', options: [1], ballots });
		const place = { group: 'modp4096', context, close, aggregates, questions: [0], counted: 2 };
		const made = shares.map((x, k) => c.good('decrypt.make', `trustee ${k + 1} decrypts`, { ...place, trustee: k + 1, secret: writeScalar(x), nonces: nonces(`modp ${k}`, 2, group.q) }).payload);
		const points = made.map((payload, k) => ops['decrypt.verify']({ ...place, trustee: k + 1, verification_key: keys[k], payload }).shares);
		c.good('decrypt.combine', 'both', { ...place, bounds: [4], shares: points.map((list, k) => ({ trustee: k + 1, shares: list })) });
		const four = `${'0'.repeat(1023)}4`;
		c.bad('decrypt.verify', 'a share that is 4, which is not in the subgroup', 'DECRYPT.SHARE', { ...place, trustee: 1, verification_key: keys[0], payload: made[0].slice(0, 4) + four + made[0].slice(4 + 1024) });
		return c.file();
	},
};
