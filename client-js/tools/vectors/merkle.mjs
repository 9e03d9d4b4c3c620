// SPDX-License-Identifier: Apache-2.0
import * as tile from '../../core/tile.js';
import { concat, fromHex, hex } from '../../crypto/bytes.js';
import * as merkle from '../../crypto/merkle.js';
import { collect, flip, seeded } from './kit.mjs';

const leavesOf = (input) => input.entries.map((entry) => merkle.leafHash(fromHex(entry)));
const all = (list) => list.map(hex);

export const ops = {
	'merkle.leaf': ({ entry }) => ({ leaf: merkle.leafHash(fromHex(entry)) }),
	'merkle.root': (input) => ({ root: merkle.root(leavesOf(input)) }),
	'merkle.inclusion': (input) => ({ proof: all(merkle.inclusionProof(input.index, leavesOf(input))) }),
	'merkle.consistency': (input) => ({ proof: all(merkle.consistencyProof(input.size, leavesOf(input))) }),
	'merkle.verify_inclusion'({ leaf, index, size, proof, root }) {
		merkle.verifyInclusion(fromHex(leaf), index, size, proof.map(fromHex), fromHex(root));
		return {};
	},
	'merkle.verify_consistency'({ old_size, old_root, size, root, proof }) {
		merkle.verifyConsistency(old_size, fromHex(old_root), size, fromHex(root), proof.map(fromHex));
		return {};
	},
	'tile.list': ({ size }) => ({ paths: tile.list(size).map(({ path }) => path) }),
	'tile.path': ({ level, index, width }) => ({ path: tile.path(level, index, width) }),
	'tile.hashes': (input) => ({ hashes: tile.hashes(leavesOf(input), input.level, input.index, input.width) }),
	'tile.bundle': ({ entries }) => ({ bundle: tile.writeBundle(entries.map(fromHex)) }),
	'tile.split': ({ bundle, width }) => ({ entries: all(tile.parseBundle(fromHex(bundle), width)) }),
};

/** The entries that implementations of Certificate Transparency test with. */
const entries = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
	'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
	'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
	'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
	'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
	'4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
	'76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
	'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
	'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

export function make() {
	const c = collect(ops, {
		topic: 'merkle',
		about: 'Merkle trees, their proofs, tiles and entry bundles.',
		source: 'Certificate Transparency where a case says so, else client-js',
		spec: ['LOG.TREE', 'LOG.CONSISTENT', 'LOG.TILES'],
	});
	roots.forEach((root, n) => c.published('merkle.root', `root of ${n} entries`, 'tests of Certificate Transparency (RFC 6962)', { entries: entries.slice(0, n) }, { root }));
	c.good('merkle.leaf', 'an entry that looks like a node [F-15]', { entry: `01${roots[1]}${roots[1]}` });
	const rootOf = (n) => roots[n];
	const leaf = (i) => hex(merkle.leafHash(fromHex(entries[i])));
	const proofs = {};
	for (const [index, size] of [[0, 1], [0, 2], [0, 7], [3, 7], [4, 7], [6, 7], [5, 8], [7, 8], [4, 5]]) {
		const { proof } = c.good('merkle.inclusion', `entry ${index} of ${size}`, { index, entries: entries.slice(0, size) });
		proofs[`${index}/${size}`] = proof;
		c.good('merkle.verify_inclusion', `entry ${index} of ${size} is there`, { leaf: leaf(index), index, size, proof, root: rootOf(size) });
	}
	const consistent = {};
	for (const [old, size] of [[1, 1], [1, 8], [6, 8], [2, 5], [3, 7], [4, 7], [4, 8], [8, 8]]) {
		const { proof } = c.good('merkle.consistency', `from ${old} to ${size}`, { size: old, entries: entries.slice(0, size) });
		consistent[`${old}/${size}`] = proof;
		c.good('merkle.verify_consistency', `${old} is the beginning of ${size}`, { old_size: old, old_root: rootOf(old), size, root: rootOf(size), proof });
	}
	const inclusion = { leaf: leaf(3), index: 3, size: 7, proof: proofs['3/7'], root: rootOf(7) };
	const no = (name, change) => c.bad('merkle.verify_inclusion', name, 'LOG.TREE', { ...inclusion, ...change });
	no('another entry', { leaf: leaf(2) });
	no('another index', { index: 2 });
	no('an index beyond the log', { index: 7 });
	no('another root', { root: rootOf(8) });
	no('an empty log', { size: 0, index: 0, proof: [] });
	no('a hash too few', { proof: proofs['3/7'].slice(1) });
	no('a hash too many', { proof: [...proofs['3/7'], rootOf(1)] });
	no('hashes exchanged', { proof: [proofs['3/7'][1], proofs['3/7'][0], proofs['3/7'][2]] });
	no('a bit of a hash', { proof: [flip(proofs['3/7'][0], 31), ...proofs['3/7'].slice(1)] });
	no('a node for an entry', { leaf: hex(merkle.nodeHash(fromHex(leaf(2)), fromHex(leaf(3)))), proof: proofs['3/7'].slice(1) });
	const consistency = { old_size: 3, old_root: rootOf(3), size: 7, root: rootOf(7), proof: consistent['3/7'] };
	const differs = (name, change) => c.bad('merkle.verify_consistency', name, 'LOG.CONSISTENT', { ...consistency, ...change });
	differs('another older root', { old_root: rootOf(2) });
	differs('another newer root', { root: rootOf(8) });
	differs('another older size', { old_size: 4 });
	differs('a smaller log', { old_size: 8, size: 7 });
	differs('a hash missing at the end', { proof: consistent['3/7'].slice(0, -1) });
	differs('a hash too much', { proof: [...consistent['3/7'], rootOf(1)] });
	differs('no hashes', { proof: [] });
	differs('two roots for one size', { old_size: 7, old_root: rootOf(8), proof: [] });
	tiles(c);
	return c.file();
}

function tiles(c) {
	for (const size of [0, 1, 256, 257, 70000 % 65536]) c.good('tile.list', `tiles of ${size} entries`, { size });
	for (const [level, index, width] of [[0, 0, 256], [0, 1234067, 256], [1, 999, 17], [2, 1000, 1], ['entries', 273, 112]]) c.good('tile.path', `tile ${level}/${index} of ${width}`, { level, index, width });
	c.good('tile.hashes', 'a partial tile', { entries, level: 0, index: 0, width: 8 });
	const bundle = [entries[0], entries[5], hex(seeded('bundle', 300))];
	const { bundle: bytes } = c.good('tile.bundle', 'a bundle of three', { entries: bundle });
	c.good('tile.split', 'the bundle again', { bundle: bytes, width: 3 });
	c.bad('tile.split', 'a bundle that ends early', 'LOG.TILES', { bundle: bytes.slice(0, -2), width: 3 });
	c.bad('tile.split', 'a bundle with a byte more', 'LOG.TILES', { bundle: `${bytes}00`, width: 3 });
	c.bad('tile.split', 'a bundle of fewer entries', 'LOG.TILES', { bundle: hex(concat(fromHex(bytes))), width: 4 });
}
