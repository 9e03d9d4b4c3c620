// SPDX-License-Identifier: Apache-2.0
import * as checkpoint from '../../core/checkpoint.js';
import * as fork from '../../core/fork.js';
import * as note from '../../core/note.js';
import { fromHex, fromUtf8, hex, utf8 } from '../../crypto/bytes.js';
import { forkRanges, leafHash, root } from '../../crypto/merkle.js';
import { publicKey } from '../../crypto/sign.js';
import { origin } from './checkpoint.mjs';
import { collect, seeded } from './kit.mjs';

export const ops = {
	'fork.write'({ name, public: key, notes, entries }) {
		const leaves = entries.map((entry) => leafHash(fromHex(entry)));
		const [old, young] = notes.map((text) => checkpoint.parseBody(note.parse(utf8(text)).text).size);
		const nodes = forkRanges(old, young).map(([begin, end]) => root(leaves.slice(begin, end)));
		return { evidence_text: fromUtf8(fork.write({ name, key: fromHex(key) }, notes.map(utf8), nodes)) };
	},
	'fork.parse'({ evidence_text }) {
		const { key, checkpoints, nodes } = fork.parse(utf8(evidence_text));
		return { name: key.name, public: key.key, sizes: checkpoints.map(({ size }) => size), roots: checkpoints.map((one) => one.root), nodes: nodes.length };
	},
};

const seed = seeded('log key', 32);
const key = publicKey(seed);

/** A log in which one entry is another one. @param {number} size @param {number} [odd] */
const log = (size, odd) => Array.from({ length: size }, (_, i) => (i === odd ? 'ff' : i.toString(16).padStart(4, '0')));

/** @param {string[]} entries @param {{name?: string, secret?: Uint8Array}} [by] */
const sign = (entries, { name = origin, secret = seed } = {}) =>
	fromUtf8(checkpoint.sign({ origin: name, size: entries.length, root: root(entries.map((entry) => leafHash(fromHex(entry)))) }, secret, publicKey(secret)));

export function make() {
	const c = collect(ops, {
		topic: 'fork',
		about: 'Evidence that the holder of a log key has signed two histories.',
		source: 'client-js',
		spec: ['LOG.FORK', 'LOG.CHECKPOINT', 'LOG.CONSISTENT'],
	});
	const texts = {};
	for (const [old, young, odd] of [[1, 1, 0], [7, 7, 3], [1, 2, 0], [3, 7, 0], [3, 7, 2], [4, 7, 1], [6, 8, 5], [4, 8, 3], [255, 300, 254], [256, 300, 0], [300, 515, 299]]) {
		const entries = log(young);
		const name = `${old} entries against ${young}, other than number ${odd}`;
		const { evidence_text } = c.good('fork.write', `${name}: write`, { name: origin, public: hex(key), notes: [sign(log(old, odd)), sign(entries)], entries });
		c.good('fork.parse', `${name}: parse`, { evidence_text });
		texts[`${old}/${young}`] = evidence_text;
	}
	wrong(c, texts['3/7']);
	return c.file();
}

function wrong(c, right) {
	const refuse = (name, evidence_text) => c.bad('fork.parse', name, 'LOG.FORK', { evidence_text });
	const lines = right.split('\n');
	const [, , , , ...nodes] = lines.slice(0, -1);
	const made = (notes, given = nodes.map((line) => line.slice(5)), by = { name: origin, key }) =>
		`${fromUtf8(fork.write(by, notes.map(utf8), []))}${given.map((node) => `node ${node}\n`).join('')}`;
	const [old, young] = [sign(log(3, 2)), sign(log(7))];
	refuse('no fork: the longer goes on from the shorter', made([sign(log(3)), young]));
	refuse('no fork: twice the same', made([young, young], []));
	refuse('the longer one first', made([young, old]));
	refuse('an empty log', made([sign([]), young], []));
	refuse('no nodes', made([old, young], []));
	refuse('a node too few', made([old, young], nodes.slice(1).map((line) => line.slice(5))));
	refuse('a node too many', `${right}${nodes[0]}\n`);
	refuse('a node between equal sizes', made([sign(log(7, 1)), young]));
	refuse('nodes exchanged', [...lines.slice(0, 4), nodes[1], nodes[0], ...nodes.slice(2), ''].join('\n'));
	refuse('a node of 31 bytes', `${right.split('\n').slice(0, 4).join('\n')}\nnode ${'A'.repeat(40)}AA==\n`);
	const other = { name: origin, secret: seeded('another log', 32) };
	refuse('the first is signed with another key', made([sign(log(3, 2), other), young]));
	refuse('the second is signed with another key', made([old, sign(log(7), other)]));
	refuse('a head of another log', made([sign(log(3, 2), { name: 'vote.example/e/other' }), young]));
	refuse('the key of another log', made([old, young], undefined, { name: 'vote.example/e/other', key }));
	refuse('a key that is none', right.replace(/key .*\n/, `key ${origin}\n`));
	refuse('the key id of another key', right.replace(/\+[0-9a-f]{8}\+/, '+00000000+'));
	refuse('a key of a cosigner', right.replace(/key .*\n/, `key ${note.writeKey(origin, note.COSIGNATURE, key)}\n`));
	refuse('another first line', right.replace('@v1', '@v2'));
	refuse('one checkpoint', [...lines.slice(0, 3), ...lines.slice(4)].join('\n'));
	refuse('three checkpoints', [...lines.slice(0, 4), ...lines.slice(3)].join('\n'));
	refuse('a line of another kind', `${right}more\n`);
	refuse('an empty line', `${right}\n`);
	refuse('no line feed at the end', right.slice(0, -1));
	refuse('carriage returns', right.replaceAll('\n', '\r\n'));
	refuse('two spaces', right.replace('\nnode ', '\nnode  '));
	refuse('nothing', '');
}
