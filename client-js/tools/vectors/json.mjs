// SPDX-License-Identifier: Apache-2.0
import * as base64 from '../../core/base64.js';
import * as entry from '../../core/entry.js';
import * as json from '../../core/json.js';
import * as text from '../../core/text.js';
import { fromHex, fromUtf8, hex, utf8 } from '../../crypto/bytes.js';
import { collect, seeded } from './kit.mjs';

const shapes = { line: text.line, lines: text.lines, link: text.link, id: text.id, slug: text.slug };

export const ops = {
	'json.parse': (input) => ({ json_text: fromUtf8(json.write(json.parse(input.json === undefined ? utf8(input.json_text) : fromHex(input.json)))) }),
	'base64.parse': (input) => ({ bytes: base64.parse(input.text) }),
	'hex.parse': (input) => ({ bytes: base64.parseHex(input.text) }),
	'text.check': (input) => ({ text: shapes[input.kind](input.text, 'TEXT', input.kind) }),
	'entry.parse'(input) {
		const parsed = entry.parse(utf8(input.entry_text));
		entry.checkSigner(parsed);
		const { type, time, signer, payload, blob, signature } = parsed;
		return { type, time, signer, payload, blob, signature };
	},
};

function jsonCases(c) {
	const good = (name, json_text) => c.good('json.parse', name, { json_text });
	const bad = (name, json_text) => c.bad('json.parse', name, 'JSON.CANONICAL', { json_text });
	const nested = (n) => '['.repeat(n) + ']'.repeat(n);
	good('an empty object', '{}');
	good('members in any order that is given', '{"b":1,"a":[true,false,null],"":{}}');
	good('0 and 2^53 - 1', '[0,9007199254740991]');
	good('escapes', '["\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f"]');
	good('what is not escaped', '["/\u007f\u00e9\u2028\ud83d\ude00"]');
	good('nesting of 16', nested(16));
	bad('nesting of 17', nested(17));
	bad('nothing', '');
	bad('white space before', ' {}');
	bad('white space behind', '{}\n');
	bad('white space within', '{"a": 1}');
	bad('a byte order mark', '\ufeff{}');
	bad('two values', '{}{}');
	bad('a member twice', '{"a":1,"a":1}');
	bad('a member twice, escaped once', '{"a":1,"\\u0061":2}');
	bad('a comma at the end', '[1,]');
	bad('an open list', '[1');
	bad('an open string', '["a]');
	bad('1.0', '[1.0]');
	bad('1e2', '[1e2]');
	bad('-0', '[-0]');
	bad('-1', '[-1]');
	bad('01', '[01]');
	bad('+1', '[+1]');
	bad('0x1', '[0x1]');
	bad('2^53', '[9007199254740992]');
	bad('2^64', '[18446744073709551616]');
	bad('NaN', '[NaN]');
	bad('true with a capital', '[True]');
	bad('an escaped slash', '["\\/"]');
	bad('a letter escaped', '["\\u0061"]');
	bad('a quote escaped by its number', '["\\u0022"]');
	bad('a line feed escaped by its number', '["\\u000a"]');
	bad('capitals in an escape', '["\\u001F"]');
	bad('DEL escaped', '["\\u007f"]');
	bad('a pair of surrogates escaped', '["\\ud83d\\ude00"]');
	bad('a surrogate alone', '["\\ud83d"]');
	bad('U+0000', '["\\u0000"]');
	bad('a line feed that is not escaped', '["\n"]');
	bad('single quotes', "['a']");
	bad('a comment', '[1/*one*/]');
	const raw = (name, bytes) => c.bad('json.parse', name, 'JSON.CANONICAL', { json: bytes });
	raw('not UTF-8: a byte ff', '5b22ff225d');
	raw('not UTF-8: / in two bytes', '5b22c0af225d');
	raw('not UTF-8: a surrogate', '5b22eda080225d');
	raw('not UTF-8: above U+10FFFF', '5b22f4908080225d');
	raw('not UTF-8: a character cut off', '5b22e282225d');
	raw('a byte 00', '5b2200225d');
}

function spellingCases(c) {
	for (const [bytes, spelled] of [['', ''], ['66', 'Zg=='], ['666f', 'Zm8='], ['666f6f', 'Zm9v'], ['666f6f626172', 'Zm9vYmFy']])
		c.published('base64.parse', `base64 of ${bytes || 'nothing'}`, 'RFC 4648 section 10', { text: spelled }, { bytes });
	c.good('base64.parse', 'base64 with all its characters', { text: base64.write(Uint8Array.from({ length: 256 }, (_, i) => i)) });
	const bad = (name, spelled) => c.bad('base64.parse', `base64 ${name}`, 'BASE64', { text: spelled });
	bad('without padding', 'Zg');
	bad('with too little padding', 'Zg=');
	bad('with bits behind the last byte', 'Zh==');
	bad('with other bits behind the last byte', 'Zm9=');
	bad('for addresses', 'Zm-_');
	bad('with a line feed', 'Zm9v\nYmFy');
	bad('with a space at the end', 'Zm9v ');
	bad('with padding in the middle', 'Zg==Zg==');
	bad('of padding alone', '====');
	bad('of three padding characters', 'Z===');
	c.good('hex.parse', 'hex', { text: '00ff10ab' });
	c.bad('hex.parse', 'hex in capitals', 'BASE64', { text: '00FF' });
	c.bad('hex.parse', 'hex of odd length', 'BASE64', { text: '00f' });
	c.bad('hex.parse', 'hex with a letter too far', 'BASE64', { text: '0g' });
}

function textCases(c) {
	const good = (kind, name, value) => c.good('text.check', `${kind}: ${name}`, { kind, text: value });
	const bad = (kind, name, value, rule = 'TEXT') => c.bad('text.check', `${kind}: ${name}`, rule, { kind, text: value });
	good('line', 'letters of many scripts', 'Ελληνικά, עברית, \u4e2d\u6587, na\u00efve');
	good('line', '200 bytes', '\u00e9'.repeat(100));
	bad('line', '201 bytes', `${'\u00e9'.repeat(100)}a`);
	bad('line', 'nothing', '');
	bad('line', 'a line feed', 'a\nb');
	bad('line', 'not in NFC', 'e\u0301');
	bad('line', 'a compatibility ideograph, not in NFC', '\uf900');
	for (const code of [0x09, 0x1b, 0x7f, 0x85, 0x9f, 0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x10ffff])
		bad('line', `U+${code.toString(16).padStart(4, '0').toUpperCase()}`, `a${String.fromCodePoint(code)}b`);
	for (const [name, code] of [['private use', 0xe000], ['private use in plane 16', 0x100000], ['a hole among letters', 0x0378], ['assigned in Unicode 15.0, a combining mark', 0x0ece], ['assigned in Unicode 15.0, a letter', 0x11f12], ['assigned in Unicode 16.0, decomposes', 0x105c9], ['assigned in Unicode 16.0, a combining mark', 0x0897], ['never assigned', 0xe0fff]])
		bad('line', `U+${code.toString(16).padStart(4, '0').toUpperCase()}, ${name}`, `a${String.fromCodePoint(code)}b`);
	for (const [name, code] of [['assigned in Unicode 14.0', 0x061d], ['a symbol of Unicode 15.0', 0x1fae8], ['an unassigned symbol', 0x1faff], ['an ideograph of Unicode 15.0', 0x31350], ['an unassigned ideograph', 0x3fffd]])
		good('line', `U+${code.toString(16).padStart(4, '0').toUpperCase()}, ${name}`, `a${String.fromCodePoint(code)}b`);
	bad('line', 'marks in another order than NFC has them', 'a\u0301\u0323');
	good('line', 'zero width joiner, which emoji need', '\u{1f469}\u200d\u{1f52c}');
	good('lines', 'with a line feed', 'a\nb\n');
	good('lines', 'nothing', '');
	good('lines', '20000 bytes', 'a'.repeat(20000));
	bad('lines', '20001 bytes', 'a'.repeat(20001));
	bad('lines', 'a tab', 'a\tb');
	bad('lines', 'a carriage return', 'a\r\nb');
	good('link', 'nothing', '');
	good('link', 'https', 'https://example.org/a?b=c#d');
	good('link', 'http', 'http://example.org');
	good('link', 'a backtick, which is not refused', 'https://example.org/`');
	for (const [name, value] of [['another scheme', 'javascript:alert(1)'], ['capitals in the scheme', 'HTTPS://example.org'], ['nothing behind the scheme', 'https://'], ['a space', 'https://example.org/a b'], ['a double quote', 'https://example.org/"'], ['a single quote', "https://example.org/'"], ['an angle bracket', 'https://example.org/<'], ['a closing angle bracket', 'https://example.org/>'], ['a line feed', 'https://example.org/\n'], ['2001 bytes', `https://example.org/${'a'.repeat(1981)}`]])
		bad('link', name, value);
	good('id', 'all characters', 'abc.xyz_0-9');
	good('id', '64 characters', 'a'.repeat(64));
	good('id', 'three dots', '...');
	good('id', 'a dot first', '.a');
	for (const [name, value] of [['nothing', ''], ['65 characters', 'a'.repeat(65)], ['a capital', 'Ada'], ['an e-mail address', 'ada@example.org'], ['a slash', 'a/b'], ['a dot', '.'], ['two dots', '..'], ['a letter beyond ASCII', 'ad\u00e9'], ['a line feed at the end', 'ada\n']]) bad('id', name, value, 'ID');
	good('slug', 'with a digit first', '2030-board');
	for (const [name, value] of [['nothing', ''], ['a hyphen first', '-board'], ['a dot', 'a.b'], ['an underscore', 'a_b'], ['65 characters', 'a'.repeat(65)]]) bad('slug', name, value, 'ID');
}

function entryCases(c) {
	const signature = base64.write(seeded('signature', 64));
	const write = (change = {}) => {
		const value = { type: 'notice', time: 1893456000, signer: 'admin', payload: 'e30=', signature, ...change };
		return JSON.stringify(value);
	};
	const good = (name, entry_text) => c.good('entry.parse', name, { entry_text });
	const bad = (name, rule, entry_text) => c.bad('entry.parse', name, rule, { entry_text });
	good('an entry', write());
	good('an empty payload', write({ payload: '' }));
	const blob = (change) => write({ payload: undefined, signature: undefined }).slice(0, -1) + `,"blob":${JSON.stringify({ sha256: hex(seeded('blob', 32)), size: 40001, ...change })},"signature":"${signature}"}`;
	good('a blob', blob());
	good('a blob of 8 MiB', blob({ size: 8 * 1024 * 1024 }));
	bad('a blob above 8 MiB', 'ENTRY.ENVELOPE', blob({ size: 8 * 1024 * 1024 + 1 }));
	bad('a blob that should be inline', 'ENTRY.ENVELOPE', blob({ size: 40000 }));
	bad('a blob with a hash of 31 bytes', 'ENTRY.ENVELOPE', blob({ sha256: '00'.repeat(31) }));
	bad('a blob with hex in capitals', 'BASE64', blob({ sha256: 'AA'.repeat(32) }));
	bad('a signature of 63 bytes', 'ENTRY.ENVELOPE', write({ signature: base64.write(new Uint8Array(63)) }));
	bad('a signature in another spelling', 'BASE64', write({ signature: `${signature.slice(0, -3)}${signature.at(-3) === 'A' ? 'B' : signature.at(-3)}=` }));
	bad('a payload without padding', 'BASE64', write({ payload: 'e30' }));
	bad('time as a string', 'ENTRY.ENVELOPE', write({ time: '1893456000' }));
	bad('type as a number', 'ENTRY.ENVELOPE', write({ type: 1 }));
	bad('a list', 'ENTRY.ENVELOPE', '[]');
	bad('a member more', 'JSON.CANONICAL', write({ more: 1 }));
	bad('no signature', 'JSON.CANONICAL', write({ signature: undefined }));
	bad('members in another order', 'JSON.CANONICAL', write().replace('"type":"notice","time":1893456000', '"time":1893456000,"type":"notice"'));
	bad('a line feed at the end', 'JSON.CANONICAL', `${write()}\n`);
	bad('time with a fraction', 'JSON.CANONICAL', write().replace('1893456000', '1893456000.0'));
	for (const [type, signer] of [['manifest', 'admin'], ['roll', 'registrar'], ['roll.change', 'registrar'], ['trustee.commit', 'trustee/1'], ['trustee.certify', 'trustee/20'], ['decrypt', 'trustee/10'], ['open', 'server'], ['close', 'server'], ['result', 'server'], ['ballot', 'voter/ada.b_c-1'], ['extend', 'admin'], ['cancel', 'admin'], ['client', 'server'], ['endorse', 'trustee/2'], ['endorse', 'endorser/auditor']])
		good(`${type} by ${signer}`, write({ type, signer }));
	for (const [type, signer] of [['manifest', 'server'], ['roll', 'admin'], ['roll.change', 'admin'], ['open', 'admin'], ['close', 'trustee/1'], ['ballot', 'admin'], ['ballot', 'voter/'], ['ballot', 'voter/Ada'], ['ballot', 'voter/.'], ['ballot', 'voter/..'], ['ballot', 'ada'], ['decrypt', 'trustee/0'], ['decrypt', 'trustee/01'], ['decrypt', 'trustee/21'], ['decrypt', 'endorser/auditor'], ['endorse', 'voter/ada'], ['notice', 'admin/1']])
		bad(`${type} by ${signer}`, 'ENTRY.SIGNER', write({ type, signer }));
}

export function make() {
	const c = collect(ops, {
		topic: 'json',
		about: 'One spelling: canonical JSON, base64, hex, text, ids, envelopes of entries. Text is given as a string, or as hex where it is not UTF-8.',
		source: 'RFC 4648 where a case says so, else client-js',
		spec: ['JSON.CANONICAL', 'BASE64', 'TEXT', 'ID', 'ENTRY.ENVELOPE', 'ENTRY.SIGNER'],
	});
	jsonCases(c);
	spellingCases(c);
	textCases(c);
	entryCases(c);
	return c.file();
}
