// SPDX-License-Identifier: Apache-2.0
// [LOG.FORK] Evidence that a log was forked: two checkpoints signed by one key, and nodes that show that neither is of a log that goes on from the
// other's.  Anybody can check the file with nothing else (`tabella-verify --evidence FILE`); only the holder of the key can make one.
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { Refusal, require, under } from '../crypto/err.js';
import { forkRanges, HASH_LENGTH, verifyFork } from '../crypto/merkle.js';
import { parse as parseBase64, write as writeBase64 } from './base64.js';
import * as checkpoints from './checkpoint.js';
import { ED25519, parseKey, writeKey } from './note.js';

const RULE = 'LOG.FORK';
const HEADER = 'tabella/log-fork@v1';
const MAX_NODES = 49;
const MAX_LENGTH = 3 * 128 * 1024 + 8192;

/** @typedef {{name: string, key: Uint8Array}} LogKey name: the origin of its checkpoints */
/** @typedef {{key: LogKey, checkpoints: import('./checkpoint.js').Checkpoint[], nodes: Uint8Array[]}} Fork */

/** The file. @param {LogKey} key @param {Uint8Array[]} notes the one with fewer entries first @param {Uint8Array[]} nodes @returns {Uint8Array} */
export const write = ({ name, key }, notes, nodes) => utf8([
	HEADER, `key ${writeKey(name, ED25519, key)}`, ...notes.map((note) => `checkpoint ${writeBase64(note)}`), ...nodes.map((node) => `node ${writeBase64(node)}`), '',
].join('\n'));

/** Reads the file and checks all of it: then it is proved that the key signed two histories. @param {Uint8Array} bytes @returns {Fork} */
export function parse(bytes) {
	require(bytes.length <= MAX_LENGTH, RULE, 'the file is too long');
	const lines = under(RULE, () => textOf(bytes)).split('\n');
	require(lines.shift() === HEADER, RULE, `expected the first line ${HEADER}`);
	require(lines.pop() === '', RULE, 'the file does not end with a line feed');
	const take = (/** @type {string} */ word) => {
		const [first, value, ...more] = (lines.shift() ?? '').split(' ');
		if (first !== word || value === undefined || more.length > 0) throw new Refusal(RULE, `expected a line "${word} "`);
		return value;
	};
	const { type, name, key } = parseKey(take('key'), RULE);
	require(type === ED25519, RULE, 'this is no key of a log');
	const notes = [take('checkpoint'), take('checkpoint')].map((text) => under(RULE, () => parseBase64(text)));
	const nodes = [];
	while (lines.length > 0) nodes.push(under(RULE, () => parseBase64(take('node'))));
	require(nodes.length <= MAX_NODES && nodes.every(({ length }) => length === HASH_LENGTH), RULE, `expected at most ${MAX_NODES} nodes of ${HASH_LENGTH} bytes`);
	const [old, young] = notes.map((note) => under(RULE, () => checkpoints.verify(note, name, key)));
	verifyFork(old.size, old.root, young.size, young.root, nodes);
	return { key: { name, key }, checkpoints: [old, young], nodes };
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
	try {
		return fromUtf8(bytes);
	} catch {
		throw new Refusal(RULE, 'the file is not UTF-8');
	}
}

/**
 * Makes the evidence from two signed notes; refuses when they do not contradict each other.
 * @param {LogKey} key @param {Uint8Array} one @param {Uint8Array} other in any order
 * @param {(begin: number, end: number) => Promise<Uint8Array>} node of the tree of the longer log
 * @returns {Promise<Uint8Array>} the file
 */
export async function make(key, one, other, node) {
	const sizeOf = (/** @type {Uint8Array} */ note) => checkpoints.verify(note, key.name, key.key).size;
	const notes = sizeOf(one) <= sizeOf(other) ? [one, other] : [other, one];
	const nodes = await Promise.all(forkRanges(sizeOf(notes[0]), sizeOf(notes[1])).map(([begin, end]) => node(begin, end)));
	const file = write(key, notes, nodes);
	parse(file);
	return file;
}
