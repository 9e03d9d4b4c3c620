// SPDX-License-Identifier: Apache-2.0
import { fromHex, hex } from '../../crypto/bytes.js';
import * as dleq from '../../crypto/dleq.js';
import * as list from '../../crypto/dleq_list.js';
import { getGroup } from '../../crypto/group.js';
import { parseScalar, reduce, writeScalar } from '../../crypto/scalar.js';
import { collect, flip, seeded } from './kit.mjs';

const group = getGroup('ristretto255');
const point = (text) => group.decode(fromHex(text));

export const ops = {
	'dleq_list.prove'(input) {
		const x = parseScalar(fromHex(input.secret), group.q);
		const H = input.h.map(point);
		const st = { group, binding: fromHex(input.binding), Y: group.multiply(x, group.generator), H, Z: H.map((P) => group.multiply(x, P)) };
		const seed = list.seedOf(st);
		const proof = list.prove(st, x, parseScalar(fromHex(input.nonce), group.q));
		return {
			y: group.encode(st.Y), z: st.Z.map((Z) => hex(group.encode(Z))), list_seed: seed,
			factors: list.factorsOf(group, seed, H.length).map((f) => hex(writeScalar(f))), proof: dleq.write(group, proof),
		};
	},
	'dleq_list.verify'(input) {
		list.verify({ group, binding: fromHex(input.binding), Y: point(input.y), H: input.h.map(point), Z: input.z.map(point) }, dleq.parse(group, fromHex(input.proof)));
		return {};
	},
};

export function make() {
	const c = collect(ops, {
		topic: 'dleq_list',
		about: 'One proof for the decryption of a list of ciphertexts.',
		source: 'client-js',
		spec: ['DLEQ.LIST', 'DLEQ'],
	});
	const scalar = (label) => reduce(seeded(`dleq list ${label}`, 64), group.q);
	const made = {};
	for (const count of [1, 2, 7]) {
		const h = Array.from({ length: count }, (_, i) => hex(group.encode(group.multiply(scalar(`${count} H ${i}`), group.generator))));
		const binding = hex(seeded(`dleq list binding ${count}`, 50));
		const { y, z, proof } = c.good('dleq_list.prove', `${count}: prove`, { binding, secret: writeScalar(scalar('x')), h, nonce: writeScalar(scalar(`w ${count}`)) });
		made[count] = { binding, y, h, z, proof };
		c.good('dleq_list.verify', `${count}: verify`, made[count]);
	}
	const right = made[7];
	const refuse = (name, change) => c.bad('dleq_list.verify', name, 'DLEQ.LIST', { ...right, ...change });
	const plus = (text, k) => hex(group.encode(group.add(point(text), group.multiply(k, group.generator))));
	const set = (points, ...changes) => points.map((P, i) => changes.find(([at]) => at === i)?.[1] ?? P);
	refuse('another binding', { binding: flip(right.binding, 1) });
	refuse('another key', { y: plus(right.y, 1n) });
	refuse('one share changed', { z: set(right.z, [3, plus(right.z[3], 1n)]) });
	refuse('two shares changed so that their sum stays', { z: set(right.z, [0, plus(right.z[0], 9n)], [6, plus(right.z[6], group.q - 9n)]) });
	refuse('two shares exchanged', { z: set(right.z, [1, right.z[2]], [2, right.z[1]]) });
	refuse('two ciphertexts exchanged, with their shares', { h: set(right.h, [1, right.h[2]], [2, right.h[1]]), z: set(right.z, [1, right.z[2]], [2, right.z[1]]) });
	refuse('the last pair left out', { h: right.h.slice(0, -1), z: right.z.slice(0, -1) });
	refuse('a share that is the identity', { z: set(right.z, [4, '00'.repeat(32)]) });
	refuse('a changed', { proof: plus(right.proof.slice(0, 64), 1n) + right.proof.slice(64) });
	refuse('b changed', { proof: right.proof.slice(0, 64) + plus(right.proof.slice(64, 128), 1n) + right.proof.slice(128) });
	refuse('z changed', { proof: right.proof.slice(0, 128) + hex(writeScalar((parseScalar(fromHex(right.proof.slice(128)), group.q) + 1n) % group.q)) });
	refuse('the proof of another list', { proof: made[2].proof });
	return c.file();
}
