// SPDX-License-Identifier: Apache-2.0
// How a file of vectors is put together; specs/vectors/README.md says what comes out.
import assert from 'node:assert/strict';
import { concat, hex, u64, utf8 } from '../../crypto/bytes.js';
import { Refusal } from '../../crypto/err.js';
import { sha512 } from '../../crypto/hash.js';

/** Bytes that look random and are the same in every run. @param {string} label @param {number} length */
export function seeded(label, length) {
	let out = new Uint8Array();
	for (let i = 0; out.length < length; i++) out = concat(out, sha512(utf8(`tabella test vectors ${label}`), u64(i)));
	return out.slice(0, length);
}

/** The given object with one byte of a hex field changed, or another field set: how most invalid cases are made.
 * @param {string} text hex @param {number} byte index, from the end if negative @param {number} mask */
export function flip(text, byte, mask = 1) {
	const at = 2 * (byte < 0 ? text.length / 2 + byte : byte);
	const value = Number.parseInt(text.slice(at, at + 2), 16) ^ mask;
	return text.slice(0, at) + value.toString(16).padStart(2, '0') + text.slice(at + 2);
}

/** A copy without undefined members and with bytes as hex, as it will stand in the file. @param {any} value */
export const plain = (value) =>
	JSON.parse(JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? hex(v) : typeof v === 'bigint' ? Number(v) : v)));

/**
 * @param {Record<string, (input: any) => any>} ops what a case may ask for
 * @param {{topic: string, about: string, source: string, spec: string[]}} head
 */
export function collect(ops, head) {
	const cases = [];
	const add = (one) => {
		assert(!cases.some((other) => other.name === one.name), `two cases are called ${one.name}`);
		cases.push(one);
	};
	return {
		/** What this implementation answers. */
		good(op, name, input, extra = {}) {
			const given = plain(input);
			const out = plain(ops[op](given));
			add({ name, op, valid: true, ...extra, in: given, out });
			return out;
		},
		/** What somebody else published; this implementation must answer the same. */
		published(op, name, source, input, out) {
			assert.deepEqual(plain(ops[op](input)), out, name);
			add({ name, op, valid: true, source, in: input, out });
		},
		/** What must be refused with this rule. */
		bad(op, name, rule, input, extra = {}) {
			const given = plain(input);
			const error = refusal(ops[op], given);
			assert.equal(error?.rule, rule, `${name}: ${error?.message ?? 'accepted'}`);
			add({ name, op, valid: false, rule, ...extra, in: given });
		},
		file: () => ({ ...head, cases }),
	};
}

/** @param {(input: any) => any} op @param {any} input @returns {Refusal|undefined} */
export function refusal(op, input) {
	try {
		op(input);
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
	return undefined;
}
