// SPDX-License-Identifier: Apache-2.0
// [TEXT] and [ID]: what people read, and names.
import { utf8 } from '../crypto/bytes.js';
import { require } from '../crypto/err.js';
import { string } from './json.js';
import { CHARACTERS } from './text_characters.js';

/** Is this code point in specs/characters.txt?  @param {number} point */
function isCharacter(point) {
	let low = 0;
	let high = CHARACTERS.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (point > CHARACTERS[middle][1]) low = middle + 1;
		else high = middle;
	}
	return low < CHARACTERS.length && point >= CHARACTERS[low][0];
}

/** @param {string} text @param {number} maxBytes @param {boolean} lines @param {string} where */
function check(text, maxBytes, lines, where) {
	const refuse = (holds, why) => require(holds, 'TEXT', why, where);
	refuse(utf8(text).length <= maxBytes, `longer than ${maxBytes} bytes`);
	for (const c of text) {
		const point = /** @type {number} */ (c.codePointAt(0));
		refuse(isCharacter(point) || (lines && c === '\n'), `U+${point.toString(16).toUpperCase().padStart(4, '0')} may not stand in a text`);
	}
	// Of these characters every version of Unicode from 14.0 on says the same.
	refuse(text.normalize('NFC') === text, 'not in NFC');
}

/** One line with something in it: title, label, name. @type {import('./json.js').Shape<string>} */
export const line = (value, rule, where) => {
	const text = string(value, rule, where);
	require(text !== '', 'TEXT', 'is empty', where);
	check(text, 200, false, where);
	return text;
};

/** The same, or nothing. @type {import('./json.js').Shape<string>} */
export const lineOrEmpty = (value, rule, where) => {
	const text = string(value, rule, where);
	return text === '' ? text : line(value, rule, where);
};

/** Lines of text, perhaps none: fields named text, reason. @type {import('./json.js').Shape<string>} */
export const lines = (value, rule, where) => {
	const text = string(value, rule, where);
	check(text, 20000, true, where);
	return text;
};

/** @type {import('./json.js').Shape<string>} */
export const link = (value, rule, where) => {
	const text = string(value, rule, where);
	if (text === '') return text;
	check(text, 2000, false, where);
	require(/^https?:\/\/[^ "'<>]+$/.test(text), 'TEXT', 'not a link', where);
	return text;
};

/** [ID] as a part of an expression that ends there: `.` and `..` are no ids, since no address can end in them. */
export const ID = '(?!\\.{1,2}$)[a-z0-9._-]{1,64}';
const WHOLE_ID = new RegExp(`^${ID}$`);

/** @param {string} text @returns {boolean} */
export const isId = (text) => WHOLE_ID.test(text);

/** @type {import('./json.js').Shape<string>} */
export const id = (value, rule, where) => {
	const text = string(value, rule, where);
	require(isId(text), 'ID', 'not an id', where);
	return text;
};

/** @type {import('./json.js').Shape<string>} */
export const slug = (value, rule, where) => {
	const text = string(value, rule, where);
	require(/^[a-z0-9][a-z0-9-]{0,63}$/.test(text), 'ID', 'not a slug', where);
	return text;
};
