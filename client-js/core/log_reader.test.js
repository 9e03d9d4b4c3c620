// SPDX-License-Identifier: Apache-2.0
// [LOG.TILES] [LOG.CONSISTENT] Entries read one by one are held against the root, whatever the size of the log.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hex, utf8 } from '../crypto/bytes.js';
import { sha256 } from '../crypto/hash.js';
import { inclusionProof, leafHash, root, verifyInclusion } from '../crypto/merkle.js';
import { claimedHead, headOf, LogReader, proofSteps } from './log_reader.js';
import * as proofs from './proof.js';
import * as tiles from './tile.js';

const makeEntries = (size) => Array.from({ length: size }, (_, i) => utf8(`{"type":"ballot","time":${1000 + i},"signer":"voter/v${i}","x":"${'y'.repeat(i % 7)}"}`));

/** A log as the files of a server. */
function makeFiles(entries, { receipts = true } = {}) {
	const leaves = entries.map(leafHash);
	const files = new Map();
	for (const { level, index, width, path } of tiles.list(entries.length))
		files.set(`log/${path}`, level === 'entries' ? tiles.writeBundle(entries.slice(index * 256, index * 256 + width)) : tiles.hashes(leaves, level, index, width));
	if (receipts)
		for (const index of [0, 5, 300, entries.length - 1].filter((one) => one < entries.length))
			files.set(`receipt/${index}`, proofs.write({ entry: entries[index], index, proof: inclusionProof(index, leaves), checkpoint: utf8('x\n1\ny\n\nz\n') }));
	const asked = [];
	const get = async (path) => {
		asked.push(path);
		if (!files.has(path)) throw new Error(`404 ${path}`);
		return files.get(path);
	};
	return { files, leaves, get, asked, head: { size: entries.length, root: root(leaves) } };
}

for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 700, 66_000]) {
	test(`a log of ${size}`, async () => {
		const entries = makeEntries(size);
		const { leaves, get, head } = makeFiles(entries);
		const log = new LogReader(get, head);
		for (const index of new Set([0, 1, 5, 255, 256, 300, 511, 512, size >> 1, size - 2, size - 1].filter((one) => one >= 0 && one < size))) {
			assert.deepEqual(await log.entry(index), entries[index]);
			const proof = await log.inclusionProof(index);
			if (size < 1000) assert.deepEqual(proof.map(hex), inclusionProof(index, leaves).map(hex));
			verifyInclusion(leaves[index], index, size, proof, head.root);
			const steps = proofSteps(leaves[index], index, size, proof);
			assert.equal(hex(steps.at(-1)?.hash ?? leaves[index]), hex(head.root));
		}
		for (const older of new Set([1, 255, 256, 257, 512, size - 1, size].filter((one) => one > 0 && one <= size)))
			assert.equal(hex(await log.rootAt(older)), hex(root(leaves.slice(0, older))));
	});
}

test('every altered byte of a tile, a bundle or a receipt is noticed, and the entry named', async () => {
	const entries = makeEntries(700);
	for (const path of makeFiles(entries).files.keys()) {
		const made = makeFiles(entries);
		const bytes = made.files.get(path).slice();
		const at = path.startsWith('receipt') ? 40 : bytes.length >> 1;
		bytes[at] ^= 1;
		made.files.set(path, bytes);
		const log = new LogReader(made.get, made.head);
		const read = async () => {
			for (const index of [0, 5, 300, 699]) await log.entry(index);
			for (const number of [0, 1, 2]) await log.bundle(number);
		};
		await assert.rejects(read, (error) => {
			assert.match(error.rule, /^LOG\.(TREE|TILES)$/, path);
			if (path.includes('entries')) assert.equal(error.path, path);
			return true;
		});
	}
});

test('another root is refused, and an older one that does not fit is not that of the log', async () => {
	const { get, head } = makeFiles(makeEntries(300));
	await assert.rejects(new LogReader(get, { ...head, root: sha256(utf8('other')) }).entry(0), { rule: 'LOG.TREE', path: 'log/checkpoint' });
	await assert.rejects(new LogReader(get, head).rootAt(301), { rule: 'LOG.CONSISTENT' });
	await assert.rejects(new LogReader(get, head).leaf(300), { rule: 'LOG.TREE' });
});

test('one entry of a large bundle is asked for alone, and a mirror without receipts does as well', async () => {
	const entries = makeEntries(700);
	const server = makeFiles(entries);
	await new LogReader(server.get, server.head).entry(300);
	assert.ok(server.asked.includes('receipt/300') && !server.asked.some((path) => path.includes('entries')));
	const mirror = makeFiles(entries, { receipts: false });
	assert.deepEqual(await new LogReader(mirror.get, mirror.head).entry(300), entries[300]);
});

test('what failed is asked for again', async () => {
	const { get, head } = makeFiles(makeEntries(300));
	let down = true;
	const log = new LogReader((path) => (down && path.includes('entries') ? Promise.reject(new Error('down')) : get(path)), head);
	await assert.rejects(log.bundle(0), /down/);
	down = false;
	assert.equal((await log.bundle(0)).length, 256);
});

test('the head of an entry', () => {
	assert.deepEqual(headOf(utf8('{"type":"roll.change","time":7,"signer":"registrar","payload":""}')), { type: 'roll.change', time: 7, signer: 'registrar' });
	assert.equal(headOf(utf8('{"type":"ball<b>"}')), null);
	assert.equal(headOf(utf8('')), null);
});

test('what a checkpoint claims [LOG.CHECKPOINT]', () => {
	const good = `a/e/b\n12\n${'A'.repeat(43)}=\n\n\u2014 a/e/b xx\n`;
	assert.equal(claimedHead(utf8(good)).size, 12);
	for (const bad of ['', 'x', good.replace('12', '0'), good.replace('12', '1e3'), good.replace('AA', ''), good.replace('12', '99999999999999999')])
		assert.throws(() => claimedHead(utf8(bad)), { rule: 'LOG.CHECKPOINT' });
	assert.throws(() => claimedHead(Uint8Array.of(0xff, 0xff)), { rule: 'LOG.CHECKPOINT' });
});
