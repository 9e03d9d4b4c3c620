// SPDX-License-Identifier: Apache-2.0
// [MIX] The ciphertexts of ranked questions on their way through the mixes.
import { concat, hex, join, Reader, u64, u8 } from '../crypto/bytes.js';
import { inside, Refusal, require } from '../crypto/err.js';
import { parseList, proofLength, verifying } from '../crypto/shuffle.js';
import { finish } from '../crypto/steps.js';
import { item } from '../crypto/transcript.js';

/**
 * @typedef {import('../crypto/group.js').Group} Group
 * @typedef {import('../crypto/elgamal.js').Ciphertext} Ciphertext
 * @typedef {{question: number, width: number, bytes: Uint8Array, ciphertexts?: Ciphertext[][]}} List of one question, in wire form
 *
 * The lists after so many mixes.
 * @typedef {object} Stage
 * @property {Group} group
 * @property {any} h
 * @property {Uint8Array} context
 * @property {Uint8Array} close leaf hash of the close entry
 * @property {number} number of mixes that led here
 * @property {List[]} lists
 *
 * What a payload says; `proved` once its proofs were looked at: what comes out of each, or why it is refused.
 * @typedef {{version: number, trustee: number, number: number, lists: {outputs: Uint8Array, proof: Uint8Array}[], proved?: Ciphertext[][][]|Refusal}} Mix
 */

/** @param {Stage} stage @param {number} question @param {number} trustee @returns {Uint8Array} what a proof is bound to: no mix serves as another one */
export const bindingOf = ({ context, close, number }, question, trustee) =>
	concat(item('context', context), item('close', close), item('question', u64(question)), item('mix', u64(number + 1)), item('trustee', u64(trustee)));

/** @param {Group} group @param {List} list */
const sizeOf = (group, { width, bytes }) => bytes.length / (2 * width * group.pointLength);

/** Before the first mix: the counted ballots, in their order. @param {Pick<Stage, 'group'|'h'|'context'|'close'>} at
 * @param {{question: number, width: number, ciphertexts: Uint8Array[]}[]} questions @returns {Stage|undefined} nothing where there is nothing to mix */
export const begin = (at, questions) => (questions.some(({ ciphertexts }) => ciphertexts.length > 0)
	? { ...at, number: 0, lists: questions.map(({ question, width, ciphertexts }) => ({ question, width, bytes: join(ciphertexts) })) }
	: undefined);

/** @param {number} trustee @param {number} number of the mix @param {Uint8Array[]} parts outputs and proofs @returns {Uint8Array} */
export const write = (trustee, number, parts) => concat(u8(1), u8(trustee), u8(number), ...parts);

/** The form that lets a payload be read. @param {Stage} stage @param {Uint8Array} payload @returns {Mix} */
export function read({ group, lists }, payload) {
	const reader = new Reader(payload, (detail) => new Refusal('MIX', detail, 'length'));
	const version = reader.u8();
	const trustee = reader.u8();
	const number = reader.u8();
	const read = lists.map((list) => ({ outputs: reader.take(list.bytes.length), proof: reader.take(proofLength(group, sizeOf(group, list), list.width)) }));
	reader.end();
	return { version, trustee, number, lists: read };
}

/** The rest of it. @param {Mix} mix @param {number} trustee of the signer */
export function checkForm(mix, trustee) {
	require(mix.version === 1, 'MIX', 'version is not 1', 'version');
	require(mix.trustee === trustee, 'MIX', 'the payload names another trustee than its signer', 'trustee');
}

/** Every a of a list, as it is written. @param {Group} group @param {Uint8Array} bytes @returns {string[]} */
const firsts = (group, bytes) =>
	Array.from({ length: bytes.length / (2 * group.pointLength) }, (_, i) => hex(bytes.subarray(2 * i * group.pointLength, (2 * i + 1) * group.pointLength)));

/** [MIX.FRESH] What the bytes show. @param {Stage} stage @param {Mix} mix */
export function checkFresh({ group, lists }, mix) {
	const identity = hex(group.encode(group.identity));
	lists.forEach(({ question, bytes }, i) => {
		const known = new Set([identity, ...firsts(group, bytes)]);
		for (const a of firsts(group, mix.lists[i].outputs)) {
			require(!known.has(a), 'MIX.FRESH', 'something was not encrypted anew', `questions[${question}]`);
			known.add(a);
		}
	});
}

/**
 * The proofs, in steps; what they say stays with the mix.
 * @param {Stage} stage @param {number} trustee @param {Mix} mix @returns {Generator<void, void>}
 */
export function* proving(stage, trustee, mix) {
	const { group, h, lists } = stage;
	/** @type {Ciphertext[][][]} */
	const outputs = [];
	try {
		for (const [i, list] of lists.entries()) {
			const st = { group, h, width: list.width, binding: bindingOf(stage, list.question, trustee), inputs: list.bytes, outputs: mix.lists[i].outputs };
			outputs.push(yield* verifying(st, mix.lists[i].proof, list.ciphertexts));
		}
		mix.proved = outputs;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		mix.proved = inPlace(error, lists[outputs.length].question);
	}
}

/** @param {Refusal} refusal @param {number} question @returns {Refusal} */
function inPlace(refusal, question) {
	try {
		return inside(`questions[${question}]`, () => { throw refusal; });
	} catch (error) {
		return /** @type {Refusal} */ (error);
	}
}

/** Throws what the proofs are refused for; looks at them if nobody has yet. @param {Stage} stage @param {number} trustee @param {Mix} mix */
export function checkProofs(stage, trustee, mix) {
	if (mix.proved === undefined) finish(proving(stage, trustee, mix));
	if (mix.proved instanceof Refusal) throw mix.proved;
}

/** The stage after a mix, whatever its proofs say; nothing where its outputs cannot be read [CHECK.RECOVERY]. @param {Stage} stage @param {Mix} mix @returns {Stage|undefined} */
export function next(stage, mix) {
	const { group, number, lists } = stage;
	const proved = Array.isArray(mix.proved) ? mix.proved : undefined;
	try {
		return {
			...stage,
			number: number + 1,
			lists: lists.map(({ question, width }, i) => {
				const bytes = mix.lists[i].outputs;
				return { question, width, bytes, ciphertexts: proved?.[i] ?? parseList(group, width, bytes) };
			}),
		};
	} catch (error) {
		if (error instanceof Refusal) return undefined;
		throw error;
	}
}
