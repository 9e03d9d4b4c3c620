// SPDX-License-Identifier: Apache-2.0
// [TRANSCRIPT] The only source of challenges and of derived secrets.
import { concat, u16, u64, utf8 } from './bytes.js';
import { running512, sha512 } from './hash.js';
import { reduce } from './scalar.js';

/** @param {string} label @param {Uint8Array|string} data @returns {Uint8Array} */
export function item(label, data) {
	const name = utf8(label);
	const bytes = typeof data === 'string' ? utf8(data) : data;
	if (name.length > 64) throw new RangeError('a label has at most 64 bytes');
	return concat(u16(name.length), name, u64(bytes.length), bytes);
}

export class Transcript {
	/** @param {string} protocol what the transcript is for; each use has its own */
	constructor(protocol) {
		this.state = running512().update(item('protocol', protocol));
	}

	/** @param {string} label @param {Uint8Array|string} data @returns {this} */
	absorb(label, data) {
		this.state.update(item(label, data));
		return this;
	}

	/** Absorbs nothing, so a later challenge covers everything this one covered, too.
	 * @param {bigint} q @returns {bigint} */
	challenge(q) {
		return reduce(sha512(item('challenge', this.state.clone().digest())), q);
	}

	/** @returns {Uint8Array} 64 bytes */
	output() {
		return sha512(item('output', this.state.clone().digest()));
	}
}
