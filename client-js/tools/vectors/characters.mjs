// SPDX-License-Identifier: Apache-2.0
import * as text from '../../core/text.js';
import { sha256 } from '../../crypto/hash.js';
import { collect, refusal } from './kit.mjs';

const isLine = (code) => refusal((c) => text.line(String.fromCodePoint(c), 'TEXT', 'line'), code) === undefined;

export const ops = {
	'text.plane'({ plane }) {
		const accepted = new Uint8Array(8192);
		for (let i = 0; i < 65536; i++) if (isLine(plane * 65536 + i)) accepted[i >> 3] |= 1 << (i & 7);
		return { accepted: sha256(accepted) };
	},
};

export function make() {
	const c = collect(ops, {
		topic: 'characters',
		about: 'Which code points may stand in a text: all of them, one by one, a plane at a time.',
		source: 'specs/characters.txt and NFC, by client-js',
		spec: ['TEXT'],
	});
	for (let plane = 0; plane <= 16; plane++) c.good('text.plane', `plane ${plane}`, { plane });
	return c.file();
}
