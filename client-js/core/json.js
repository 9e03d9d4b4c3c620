// SPDX-License-Identifier: Apache-2.0
// [JSON.CANONICAL] A reader of the one spelling, and nothing else, and its writer.
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { inside, Refusal, require } from '../crypto/err.js';
import { parse as parseBase64, parseHex } from './base64.js';

const RULE = 'JSON.CANONICAL';
const MAX_LENGTH = 8 * 1024 * 1024;
const MAX_DEPTH = 16;
const MAX_MARKS = 250_000;
const ESCAPES = { '"': '"', '\\': '\\', b: '\b', t: '\t', n: '\n', f: '\f', r: '\r' };
const NAMES = Object.fromEntries(Object.entries(ESCAPES).map(([name, c]) => [c, name]));

/** null, boolean, number, string, Value[] or Map<string, Value> @typedef {any} Value */

/** @param {string} text with its quotes @returns {string} */
const writeString = (text) =>
	`"${text.replace(/["\\\u0001-\u001f]/g, (c) => `\\${NAMES[c] ?? `u${c.charCodeAt(0).toString(16).padStart(4, '0')}`}`)}"`;

/**
 * Text of a plain value; the members of an object stand in the order in which they were set.
 * @param {any} value @returns {string}
 */
function writeValue(value) {
	if (value === null || typeof value === 'boolean') return String(value);
	if (typeof value === 'string') {
		if (value.includes('\0') || !isWellFormed(value)) throw new TypeError('a string that JSON here cannot have');
		return writeString(value);
	}
	if (typeof value === 'number') {
		if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${value} is no integer 0..2^53-1`);
		return String(value);
	}
	if (Array.isArray(value)) return `[${value.map(writeValue).join(',')}]`;
	const members = value instanceof Map ? [...value] : Object.entries(value);
	return `{${members.map(([key, member]) => `${writeValue(key)}:${writeValue(member)}`).join(',')}}`;
}

/** No half of a surrogate pair alone. @param {string} text */
const isWellFormed = (text) => fromUtf8(utf8(text)) === text;

/** @param {any} value @returns {Uint8Array} */
export const write = (value) => utf8(writeValue(value));

/** Characters that stand for themselves. */
const PLAIN = /[^"\\\u0000-\u001f]*/y;

class Parser {
	/** @param {string} text @param {boolean} longLists */
	constructor(text, longLists) {
		this.text = text;
		this.longLists = longLists;
		this.at = 0;
		this.marks = 0;
	}

	/** A comma or an opening bracket: they bound the number of values. */
	mark() {
		if (++this.marks > MAX_MARKS) throw this.refuse('too many values');
	}

	/** @param {string} what @returns {Refusal} */
	refuse(what) {
		return new Refusal(RULE, `${what} at character ${this.at}`);
	}

	/** @param {string} token @returns {boolean} */
	skip(token) {
		if (!this.text.startsWith(token, this.at)) return false;
		this.at += token.length;
		return true;
	}

	/** @param {Value} [before] the item before it, in an array @returns {boolean} */
	comma(before) {
		if (!this.skip(',')) return false;
		// Between two integers it brings eight bytes of memory for two of text: no reason to stop.
		if (!(this.longLists && typeof before === 'number' && /[0-9]/.test(this.text[this.at] ?? ''))) this.mark();
		return true;
	}

	/** @param {string} token */
	expect(token) {
		if (!this.skip(token)) throw this.refuse(`expected ${token}`);
	}

	/** @param {number} depth @returns {Value} */
	value(depth) {
		if (this.skip('null')) return null;
		if (this.skip('true')) return true;
		if (this.skip('false')) return false;
		if (this.text[this.at] === '"') return this.string();
		if (this.text[this.at] === '[' || this.text[this.at] === '{') {
			if (depth === MAX_DEPTH) throw this.refuse(`nested deeper than ${MAX_DEPTH}`);
			this.mark();
			return this.text[this.at] === '[' ? this.array(depth + 1) : this.object(depth + 1);
		}
		return this.integer();
	}

	/** @returns {number} */
	integer() {
		const digits = /^(0|[1-9][0-9]{0,15})(?![0-9.eE])/.exec(this.text.slice(this.at, this.at + 20))?.[0];
		if (digits === undefined || !Number.isSafeInteger(Number(digits))) throw this.refuse('expected an integer 0..2^53-1 in plain decimal');
		this.at += digits.length;
		return Number(digits);
	}

	/** @returns {string} */
	string() {
		const start = this.at;
		this.expect('"');
		PLAIN.lastIndex = this.at;
		let out = PLAIN.exec(this.text)?.[0] ?? '';
		this.at += out.length;
		if (this.skip('"')) return out; // the usual string, and it has one spelling only
		for (;;) {
			const c = this.text[this.at++];
			if (c === undefined) throw this.refuse('string without end');
			if (c === '"') break;
			if (c < ' ') throw this.refuse('control character that is not escaped');
			out += c === '\\' ? this.escape() : c;
		}
		if (this.text.slice(start, this.at) !== writeString(out)) throw this.refuse('string in another spelling');
		return out;
	}

	/** @returns {string} */
	escape() {
		const name = this.text[this.at++];
		if (name in ESCAPES) return ESCAPES[name];
		const digits = name === 'u' ? /^[0-9a-f]{4}/.exec(this.text.slice(this.at))?.[0] : undefined;
		if (digits === undefined) throw this.refuse('unknown escape');
		if (digits === '0000') throw this.refuse('U+0000');
		this.at += 4;
		return String.fromCharCode(Number.parseInt(digits, 16));
	}

	/** @param {number} depth @returns {Value[]} */
	array(depth) {
		const out = [];
		this.expect('[');
		if (this.skip(']')) return out;
		do out.push(this.value(depth));
		while (this.comma(out[out.length - 1]));
		this.expect(']');
		return out;
	}

	/** @param {number} depth @returns {Map<string, Value>} */
	object(depth) {
		const out = new Map();
		this.expect('{');
		if (this.skip('}')) return out;
		do {
			const key = this.string();
			if (out.has(key)) throw this.refuse(`member ${key} twice`);
			this.expect(':');
			out.set(key, this.value(depth));
		} while (this.comma());
		this.expect('}');
		return out;
	}
}

/**
 * @param {Uint8Array} bytes @param {number} [maxLength] @param {boolean} [longLists] lists of integers may be as long as they like
 * @returns {Value} objects as Maps, in their order
 */
export function parse(bytes, maxLength = MAX_LENGTH, longLists = false) {
	require(bytes.length <= maxLength, RULE, `longer than ${maxLength} bytes`);
	let text;
	try {
		text = fromUtf8(bytes);
	} catch {
		throw new Refusal(RULE, 'not UTF-8');
	}
	const parser = new Parser(text, longLists);
	const value = parser.value(0);
	if (parser.at !== text.length) throw parser.refuse('something follows');
	return value;
}

/*
 * Shapes: functions that read a Value or refuse it with a rule.  Members other than those given, or in another order,
 * are refused with [JSON.CANONICAL]; a member of another type with the rule of the object.
 */

/** @template T @typedef {(value: Value, rule: string, where: string) => T} Shape */

/** @param {Value} value @param {boolean} holds @param {string} rule @param {string} where @param {string} what */
function expectShape(value, holds, rule, where, what) {
	if (holds) return;
	throw new Refusal(rule, `expected ${what}, found ${value instanceof Map ? 'an object' : JSON.stringify(value)?.slice(0, 60)}`, where);
}

/** @param {number} [low] @param {number} [high] @returns {Shape<number>} */
export const integer = (low = 0, high = Number.MAX_SAFE_INTEGER) => (value, rule, where) => {
	expectShape(value, typeof value === 'number' && value >= low && value <= high, rule, where, `an integer ${low}..${high}`);
	return /** @type {number} */ (value);
};

/** @type {Shape<string>} */
export const string = (value, rule, where) => {
	expectShape(value, typeof value === 'string', rule, where, 'a string');
	return /** @type {string} */ (value);
};

/** @type {Shape<boolean>} */
export const bool = (value, rule, where) => {
	expectShape(value, typeof value === 'boolean', rule, where, 'true or false');
	return /** @type {boolean} */ (value);
};

/** @param {...string} words @returns {Shape<string>} */
export const oneOf = (...words) => (value, rule, where) => {
	expectShape(value, words.includes(/** @type {string} */ (value)), rule, where, words.join(' or '));
	return /** @type {string} */ (value);
};

/** @param {number} [length] @returns {Shape<Uint8Array>} */
export const base64 = (length) => (value, rule, where) => {
	const bytes = inside(where, () => parseBase64(string(value, rule, '')));
	expectShape(value, length === undefined || bytes.length === length, rule, where, `${length} bytes in base64`);
	return bytes;
};

/** @param {number} length @returns {Shape<Uint8Array>} */
export const hexBytes = (length) => (value, rule, where) => {
	const bytes = inside(where, () => parseHex(string(value, rule, '')));
	expectShape(value, bytes.length === length, rule, where, `${length} bytes in hex`);
	return bytes;
};

/** @template T @param {Shape<T>} shape @returns {Shape<T|null>} */
export const nullOr = (shape) => (value, rule, where) => (value === null ? null : shape(value, rule, where));

/** @template T @param {Shape<T>} shape @param {number} [low] @param {number} [high] @returns {Shape<T[]>} */
export const list = (shape, low = 0, high = Infinity) => (value, rule, where) => {
	expectShape(value, Array.isArray(value) && value.length >= low && value.length <= high, rule, where, `a list of ${low} to ${high}`);
	return /** @type {Value[]} */ (value).map((one, i) => shape(one, rule, `${where}[${i}]`));
};

/** A list with one shape for each place. @param {...Shape<any>} shapes @returns {Shape<any[]>} */
export const tuple = (...shapes) => (value, rule, where) => {
	expectShape(value, Array.isArray(value) && value.length === shapes.length, rule, where, `a list of ${shapes.length}`);
	return shapes.map((shape, i) => shape(value[i], rule, `${where}[${i}]`));
};

/** A member that may be left out. @template T @param {Shape<T>} shape @returns {Shape<T> & {isOptional: true}} */
export const optional = (shape) => Object.assign((value, rule, where) => shape(value, rule, where), { isOptional: /** @type {true} */ (true) });

/** @param {Record<string, Shape<any> & {isOptional?: true}>} members @returns {Shape<any>} */
export const object = (members) => (value, rule, where) => {
	expectShape(value, value instanceof Map, rule, where, 'an object');
	const names = Object.keys(members).filter((name) => !members[name].isOptional || value.has(name));
	const found = [...value.keys()];
	const inPlace = (name) => (where === '' ? name : `${where}.${name}`);
	const wrong = names.findIndex((name, i) => name !== found[i]);
	if (wrong >= 0) throw new Refusal(RULE, `expected the member ${names[wrong]}, found ${found[wrong] ?? 'no more'}`, inPlace(found[wrong] ?? names[wrong]));
	if (found.length > names.length) throw new Refusal(RULE, 'an unknown member', inPlace(found[names.length]));
	return Object.fromEntries(names.map((name) => [name, members[name](value.get(name), rule, inPlace(name))]));
};

/** @template T @param {Uint8Array} bytes @param {Shape<T>} shape @param {string} rule @param {number} [maxLength] @param {boolean} [longLists] @returns {T} */
export const read = (bytes, shape, rule, maxLength, longLists) => shape(parse(bytes, maxLength, longLists), rule, '');
