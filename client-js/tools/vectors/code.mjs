// SPDX-License-Identifier: Apache-2.0
import { ALPHABET, crockford, format, parse, secret, withChecks } from '../../core/code.js';
import { fromHex } from '../../crypto/bytes.js';
import { collect, seeded } from './kit.mjs';

export const ops = {
	'code.make'({ secret }) {
		const code = withChecks(secret);
		return { code, printed: format(code) };
	},
	'code.parse'({ text }) {
		const code = parse(text);
		return { code, printed: format(code), secret: secret(code) };
	},
	'code.crockford': ({ bytes }) => ({ text: crockford(fromHex(bytes)) }),
};

/** A code for tests, always the same for one name. @param {string} name */
export const testCode = (name) => withChecks(Array.from(seeded(`code ${name}`, 26), (b) => ALPHABET[b & 31]).join(''));

export function make() {
	const c = collect(ops, {
		topic: 'code',
		about: 'Voting codes and recovery phrases: check characters, and what a person may type.',
		source: 'client-js',
		spec: ['CODE.FORMAT', 'CODE.SECRET', 'CONTEXT', 'BALLOT.TRACKER'],
	});
	const refuse = (name, text) => c.bad('code.parse', name, 'CODE.FORMAT', { text });
	const code = testCode('code vectors');
	const printed = format(code);
	for (const text of ['0'.repeat(26), 'Z'.repeat(26), '1'.padStart(26, '0'), '1'.padEnd(26, '0'), ALPHABET.slice(0, 26), code.slice(0, 26)])
		c.good('code.make', `check characters of ${text}`, { secret: text });
	c.good('code.parse', 'as printed', { text: printed });
	c.good('code.parse', 'without hyphens, lower case', { text: code.toLowerCase() });
	c.good('code.parse', 'with spaces at odd places', { text: `  ${printed.slice(0, 7)} ${printed.slice(7)} -` });
	const letters = withChecks('1'.repeat(13) + '0'.repeat(13));
	c.good('code.parse', 'I, L and O for 1 and 0', { text: letters.replace('1', 'I').replace('1', 'L').replace('1', 'i').replace('1', 'l').replace('0', 'O').replace('0', 'o') });

	const other = (char) => ALPHABET[(ALPHABET.indexOf(char) + 1) % 32];
	const change = (text, i) => text.slice(0, i) + other(text[i]) + text.slice(i + 1);
	for (const i of [0, 13, 25, 26, 27]) refuse(`character ${i} wrong`, change(code, i));
	for (const [i, j] of [[0, 1], [3, 17], [26, 27], [25, 26]]) refuse(`characters ${i} and ${j} wrong`, change(change(code, i), j));
	const swap = (i, j) => Array.from(code, (ch, k) => (k === i ? code[j] : k === j ? code[i] : ch)).join('');
	for (const [i, j] of [[0, 1], [5, 20], [12, 27]]) refuse(`characters ${i} and ${j} exchanged`, swap(i, j));
	refuse('27 characters', code.slice(1));
	refuse('29 characters', `${code}0`);
	refuse('nothing', '');
	refuse('U is not in the alphabet', `U${code.slice(1)}`);
	refuse('underscore is not dropped', printed.replace('-', '_'));
	refuse('a tab is not dropped', printed.replace('-', '\t'));
	refuse('a no-break space is not dropped', printed.replace('-', '\u00a0'));
	refuse('an en dash is not dropped', printed.replace('-', '\u2013'));
	refuse('a dotless i is no I', letters.replace('1', '\u0131'));
	refuse('a full-width digit is no digit', letters.replace('1', '\uff11'));
	refuse('a long s is no S', `\u017f${code.slice(1)}`);

	c.good('code.crockford', '16 bytes, as a fingerprint', { bytes: seeded('fingerprint', 16) });
	c.good('code.crockford', '16 bytes, as a tracker', { bytes: seeded('tracker', 16) });
	c.good('code.crockford', '16 bytes ff', { bytes: 'ff'.repeat(16) });
	return c.file();
}
