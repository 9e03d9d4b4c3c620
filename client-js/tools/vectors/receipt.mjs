// SPDX-License-Identifier: Apache-2.0
import * as checkpoint from '../../core/checkpoint.js';
import * as entry from '../../core/entry.js';
import * as proof from '../../core/proof.js';
import { fromHex, fromUtf8, hex, utf8 } from '../../crypto/bytes.js';
import { inclusionProof, leafHash, root } from '../../crypto/merkle.js';
import { publicKey } from '../../crypto/sign.js';
import { origin } from './checkpoint.mjs';
import { collect, seeded } from './kit.mjs';
import { context, electionId, voterSecret } from './statement.mjs';

export const ops = {
	'receipt.write'(input) {
		return {
			receipt_text: fromUtf8(proof.write({ entry: fromHex(input.entry), index: input.index, proof: input.proof.map(fromHex), checkpoint: utf8(input.note_text) })),
		};
	},
	'receipt.verify'({ receipt_text, origin, public: key }) {
		const { index, voter, time, tracker, trackerHash, leaf, size, root } = proof.verify(utf8(receipt_text), origin, fromHex(key));
		return { index, voter, time, printed: tracker, tracker: trackerHash, leaf, size, root };
	},
};

/** An entry that is signed rightly; the receipt does not look into its payload. */
const sample = (type, signer, payload) =>
	entry.sign({ election: fromHex(electionId), context: fromHex(context), type, time: 1893456000, signer, payload }, voterSecret, seeded('receipt signing', 32)).bytes;

export function make() {
	const c = collect(ops, {
		topic: 'receipt',
		about: 'Receipts of ballots. Payloads are random bytes here: a receipt says that an entry is on the board, not that it is valid.',
		source: 'client-js',
		spec: ['RECEIPT', 'LOG.CHECKPOINT', 'BALLOT.TRACKER'],
	});
	const seed = seeded('log key', 32);
	const key = publicKey(seed);
	const entries = [
		...Array.from({ length: 5 }, (_, i) => sample('notice', 'admin', seeded(`receipt ${i}`, 20))),
		sample('ballot', 'voter/ada', seeded('receipt ballot', 200)),
		sample('notice', 'admin', seeded('receipt 6', 20)),
		sample('ballot', 'voter/grace', new Uint8Array(40001)),
	];
	const leaves = entries.map(leafHash);
	const sign = (count) => fromUtf8(checkpoint.sign({ origin, size: count, root: root(leaves.slice(0, count)) }, seed, key));
	const given = (index, count) => ({ entry: entries[index], index, proof: inclusionProof(index, leaves.slice(0, count)).map(hex), note_text: sign(count) });
	const reader = { origin, public: hex(key) };
	const texts = {};
	for (const [name, index, count] of [['a ballot', 5, 7], ['the last entry of its log', 5, 6], ['a ballot in a blob', 7, 8]]) {
		texts[name] = c.good('receipt.write', `${name}: write`, given(index, count)).receipt_text;
		c.good('receipt.verify', `${name}: verify`, { receipt_text: texts[name], ...reader });
	}
	wrong(c, texts['a ballot'], reader, given, sign, entries);
	return c.file();
}

function wrong(c, right, reader, given, sign, entries) {
	const refuse = (name, rule, text, change = {}) => c.bad('receipt.verify', name, rule, { receipt_text: text, ...reader, ...change });
	const write = (change) => ops['receipt.write']({ ...given(5, 7), entry: hex(entries[5]), ...change }).receipt_text;
	refuse('another log key', 'LOG.CHECKPOINT', right, { public: hex(publicKey(seeded('another log', 32))) });
	refuse('another origin', 'LOG.CHECKPOINT', right, { origin: 'vote.example/e/other' });
	refuse('not signed', 'LOG.CHECKPOINT', right.slice(0, right.indexOf('\u2014')));
	refuse('the checkpoint of another size', 'RECEIPT', write({ note_text: sign(8) }));
	refuse('another entry', 'RECEIPT', write({ entry: hex(entries[7]) }));
	refuse('another index', 'RECEIPT', write({ index: 4 }));
	refuse('an index beyond the log', 'RECEIPT', write({ index: 7 }));
	refuse('a hash too few', 'RECEIPT', write({ proof: given(5, 7).proof.slice(1) }));
	refuse('a hash too many', 'RECEIPT', write({ proof: [...given(5, 7).proof, hex(seeded('hash', 32))] }));
	refuse('the entry is no ballot', 'RECEIPT', ops['receipt.write']({ ...given(6, 7), entry: hex(entries[6]) }).receipt_text);
	refuse('no extra line', 'RECEIPT', right.replace(/extra .*\n/, ''));
	refuse('an index with a zero before it', 'RECEIPT', right.replace('index 5', 'index 05'));
	refuse('no index', 'RECEIPT', right.replace('index 5\n', ''));
	refuse('another first line', 'RECEIPT', right.replace('@v1', '@v2'));
	refuse('no empty line', 'RECEIPT', right.replace('\n\n', '\n').replace('\n\n', '\n'));
	refuse('nothing', 'RECEIPT', '');
}
