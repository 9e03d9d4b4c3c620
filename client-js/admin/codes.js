// SPDX-License-Identifier: Apache-2.0
// Voting codes, made where the registrar sits: the sheet of codes and the roll, as `tabella codes` writes them.
import { fromUtf8 } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { write as writeBase64 } from '../core/base64.js';
import * as code from '../core/code.js';
import { voterKey } from '../core/credential.js';
import * as json from '../core/json.js';
import { forManifest } from '../core/roll.js';

const CHUNK = 1000;

/** @typedef {{id: string, label: string, weight: number}} Voter */
/** @typedef {(length: number) => Uint8Array} Random */

/** A field, quoted when it has to be (RFC 4180); the sheet is opened where codes are printed, and a name that is a formula would run there. @param {string} text */
function field(text) {
	const guard = /^[=+\-@]/.test(text) ? "'" : '';
	return guard !== '' || /[",\r\n]/.test(text) ? `"${guard}${text.replaceAll('"', '""')}"` : text;
}

/** @param {Voter} voter @param {string} text the code as printed @returns {string} */
const sheetLine = ({ id, label }, text) => `${id},${field(label)},${text}\n`;

/**
 * A code for one voter of one election, and its public key.
 * @param {string} id of the voter @param {Uint8Array} election id @param {Random} random
 * @returns {{code: string, key: string}} the code as printed, the key in base64
 */
export function makeCode(id, election, random) {
	const secret = code.make(random(code.SECRET_LENGTH));
	return { code: code.format(secret), key: writeBase64(voterKey(secret, election, id).public) };
}

/** The sheet for one voter. @param {Voter} voter @param {string} text */
export const oneSheet = (voter, text) => `id,label,code\n${sheetLine(voter, text)}`;

/**
 * Codes for all voters, in the order of the roll.
 * @param {Voter[]} voters sorted @param {Uint8Array} election @param {Random} random
 * @param {(done: number) => Promise<void>} pause lets the page live between voters
 * @returns {Promise<{sheet: string, roll: string}>} `sheet` is secret; each line of `roll` is the payload of one entry [ROLL]
 */
export async function makeAll(voters, election, random, pause) {
	let sheet = 'id,label,code\n';
	let roll = '';
	for (let first = 0; first < voters.length; first += CHUNK) {
		const rows = [];
		for (const voter of voters.slice(first, first + CHUNK)) {
			const { code: text, key } = makeCode(voter.id, election, random);
			sheet += sheetLine(voter, text);
			rows.push([voter.id, voter.label, voter.weight, key]);
			await pause(first + rows.length);
		}
		roll += `${fromUtf8(json.write({ first, voters: rows, final: first + rows.length === voters.length }))}\n`;
	}
	return { sheet, roll };
}

/**
 * The roll that will stand on the board, from the file that `makeAll` or `tabella codes` wrote, held against all rules [ROLL].  The
 * refusal of a line has the member `line`.
 * @param {Uint8Array} file @param {any} manifest as core/manifest.js read it
 * @returns {{payloads: Uint8Array[], roll: import('../core/roll.js').Roll}}
 */
export function parseRoll(file, manifest) {
	const roll = forManifest(manifest);
	const payloads = /** @type {Uint8Array[]} */ ([]);
	for (let at = 0; at < file.length;) {
		const stop = file.indexOf(10, at) < 0 ? file.length : file.indexOf(10, at);
		const payload = file.slice(at, stop);
		at = stop + 1;
		payloads.push(payload);
		try {
			roll.addChunk(payload);
		} catch (error) {
			throw error instanceof Refusal ? Object.assign(error, { line: payloads.length }) : error;
		}
	}
	require(roll.isFinal, 'ROLL', 'the file ends before the final part of the roll');
	return { payloads, roll };
}

/** The roll that stands on the board already, to its first `listed` voters: is this file's the same? @param {import('../core/roll.js').Roll} roll @param {import('../core/roll.js').Roll} listed @returns {boolean} */
export const continues = (roll, listed) => [...listed.voters.values()].every((one) => {
	const voter = roll.voters.get(one.id);
	return voter !== undefined && voter.weight === one.weight && writeBase64(voter.key) === writeBase64(one.key);
});
