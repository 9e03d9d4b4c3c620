// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../tools/vectors/kit.mjs';
import { hex, utf8 } from './bytes.js';
import * as merkle from './merkle.js';

const leaves = Array.from({ length: 20 }, (_, i) => merkle.leafHash(utf8(`entry ${i}`)));

test('the example of RFC 6962 2.1.3 [LOG.TREE]', () => {
	const [a, b, c, d, e, f, j] = leaves;
	const node = merkle.nodeHash;
	const [g, h, i] = [node(a, b), node(c, d), node(e, f)];
	const [k, l] = [node(g, h), node(i, j)];
	const seven = leaves.slice(0, 7);
	const same = (found, expected) => assert.deepEqual(found.map(hex), expected.map(hex));
	assert.equal(hex(merkle.root(seven)), hex(node(k, l)));
	same(merkle.inclusionProof(0, seven), [b, h, l]);
	same(merkle.inclusionProof(3, seven), [c, g, l]);
	same(merkle.inclusionProof(4, seven), [f, j, k]);
	same(merkle.inclusionProof(6, seven), [i, k]);
	same(merkle.consistencyProof(3, seven), [c, d, g, l]);
	same(merkle.consistencyProof(4, seven), [l]);
	same(merkle.consistencyProof(6, seven), [i, j, k]);
});

test('every proof in trees of up to 20 entries verifies, and at no other index or size [LOG.TREE] [LOG.CONSISTENT]', () => {
	const roots = leaves.map((_, i) => merkle.root(leaves.slice(0, i + 1)));
	const includes = (...args) => refusal(() => merkle.verifyInclusion(...args)) === undefined;
	const consistent = (...args) => refusal(() => merkle.verifyConsistency(...args)) === undefined;
	for (let size = 1; size <= leaves.length; size++) {
		const tree = leaves.slice(0, size);
		for (let index = 0; index < size; index++) {
			const proof = merkle.inclusionProof(index, tree);
			for (let other = 0; other <= size; other++) assert.equal(includes(leaves[index], other, size, proof, roots[size - 1]), other === index, `${index} as ${other} of ${size}`);
			for (let k = 0; k < proof.length; k++) {
				const bad = proof.map((hash, i) => (i === k ? hash.map((byte, at) => byte ^ (at === k ? 1 : 0)) : hash));
				assert(!includes(leaves[index], index, size, bad, roots[size - 1]));
			}
		}
		for (let old = 1; old <= size; old++) {
			const proof = merkle.consistencyProof(old, tree);
			for (let other = 1; other <= size; other++) assert.equal(consistent(other, roots[old - 1], size, roots[size - 1], proof), other === old, `${old} as ${other} of ${size}`);
		}
	}
});
