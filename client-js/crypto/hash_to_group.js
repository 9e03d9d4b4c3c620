// SPDX-License-Identifier: Apache-2.0
import { concat, u64 } from './bytes.js';
import { sha512 } from './hash.js';
import { item } from './transcript.js';

/** [GROUP.HASH] The block U_k that both groups start from.
 * @param {string} groupName @param {string} label @param {Uint8Array} data @param {number} counter
 * @returns {Uint8Array} 64 bytes */
export const hashToGroupBlock = (groupName, label, data, counter) =>
	sha512(
		concat(
			item('protocol', 'tabella/v1/hash-to-group'),
			item('group', groupName),
			item('label', label),
			item('data', data),
			item('counter', u64(counter)),
		),
	);
