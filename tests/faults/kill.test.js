// SPDX-License-Identifier: Apache-2.0
// Everything that clients saw of a server that was killed again and again, judged by the second implementation: no answered ballot is
// lost, moved or doubled, and every checkpoint that anybody was given is the past of the final log.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ArchiveSource, inMemory } from '../../client-js/core/archive.js';
import * as checkpoints from '../../client-js/core/checkpoint.js';
import * as entries from '../../client-js/core/entry.js';
import * as proofs from '../../client-js/core/proof.js';
import * as tiles from '../../client-js/core/tile.js';
import { leafHash, Tree } from '../../client-js/crypto/merkle.js';

const ORIGIN = 'vote.example.org/e/spring';
const MAX = 64 << 20;
const folder = mkdtempSync(join(tmpdir(), 'kill '));

after(() => rmSync(folder, { recursive: true }));

/** @param {string} name */
const read = (name) => new Uint8Array(readFileSync(join(folder, name)));
/** @param {Uint8Array} bytes */
const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** The final log as the server serves it. @param {Uint8Array} archive */
async function readLog(archive) {
	const source = new ArchiveSource(inMemory(archive), 'archive');
	await source.open();
	const tree = new Tree();
	/** @type {Uint8Array[]} */
	const log = [];
	const head = checkpoints.verify(/** @type {Uint8Array} */ (await source.get('log/checkpoint', MAX)), ORIGIN, read('key-0'));
	for (const tile of tiles.each(head.size)) {
		if (tile.level !== 'entries') continue;
		const bytes = /** @type {Uint8Array} */ (await source.get(`log/${tile.path}`, MAX));
		for (const entry of tiles.parseBundle(bytes, tile.width)) {
			log.push(entry);
			tree.append(leafHash(entry));
		}
	}
	assert.equal(log.length, head.size);
	assert.equal(hex(tree.root()), hex(head.root));
	return { log, tree };
}

test('what clients saw of a server that was killed holds', async () => {
	const program = join(process.env.TB_BUILD ?? 'build', 'tests/faults/test_server_kill');
	const run = spawnSync(program, { env: { ...process.env, TB_SEEN: folder }, encoding: 'utf8' });
	assert.equal(run.status, 0, run.stdout + run.stderr);
	const { log, tree } = await readLog(read('archive-0'));
	const names = readdirSync(folder);
	const receipts = names.filter((name) => name.startsWith('receipt-')).map(read);
	const seen = names.filter((name) => name.startsWith('checkpoint-')).map((name) => checkpoints.verify(read(name), ORIGIN, read('key-0')));
	const voters = new Set();
	for (const bytes of receipts) {
		const receipt = proofs.verify(bytes, ORIGIN, read('key-0')); // signature and inclusion
		assert.deepEqual(proofs.parse(bytes).entry, log[receipt.index]);
		assert.equal(hex(receipt.root), hex(tree.root(receipt.size)));
		assert.ok(!voters.has(receipt.voter), `${receipt.voter} has two receipts`);
		voters.add(receipt.voter);
	}
	for (const { size, root } of seen) assert.equal(hex(root), hex(tree.root(size)));
	const ballots = log.map((bytes) => entries.parse(bytes)).filter((entry) => entry.type === 'ballot');
	assert.equal(new Set(ballots.map((ballot) => ballot.signer)).size, ballots.length);
	assert.equal(ballots.length, receipts.length);
	assert.ok(receipts.length >= 300 && seen.length > receipts.length / 2, `${receipts.length} receipts, ${seen.length} checkpoints`);
});
