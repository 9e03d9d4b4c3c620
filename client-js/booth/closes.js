// SPDX-License-Identifier: Apache-2.0
// [BOOTH.RECORDED] The end of the polls as it was at a place of the log.  A ballot behind it counts nowhere, so a server that dates one there has
// dropped it; that the end was moved is shown by the administrator's signed entries, not by what the server says of it.
import { under } from '../crypto/err.js';
import * as entries from '../core/entry.js';
import { checkWindow } from '../core/manifest.js';
import { parseExtend } from '../core/payloads.js';

/** @typedef {import('./setup.js').Setup} Setup */

/**
 * @param {Setup} setup @param {import('../core/log_reader.js').LogReader} log @param {import('./setup.js').PayloadOf} payloadOf
 * @param {unknown} acts indices that the server names: with one more it can only move the end where the administrator wanted it
 * @param {number} index of a ballot @returns {Promise<number>}
 */
export async function closesAt({ manifest, election, open }, log, payloadOf, acts, index) {
	let { closes } = manifest;
	if (open === null) return closes;
	const named = (Array.isArray(acts) ? acts : []).filter((at) => Number.isSafeInteger(at) && at > open.index && at < index);
	for (const at of [...new Set(named)].sort((a, b) => a - b)) {
		const entry = entries.parse(await log.entry(at));
		if (entry.type !== 'extend') continue;
		entries.checkSigner(entry);
		entries.verifySignature(entry, election, open.context, manifest.admin.key);
		const extension = parseExtend(await payloadOf(entry));
		under('EXTEND', () => checkWindow(manifest, extension.closes));
		if (entry.time < closes && extension.closes > closes) closes = extension.closes; // any other is admitted nowhere [EXTEND]
	}
	return closes;
}
