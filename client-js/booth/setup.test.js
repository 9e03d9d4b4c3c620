// SPDX-License-Identifier: Apache-2.0
// [BOOTH.SETUP] on the elections of the vectors, and on orders that no log may have [ENTRY.ORDER].
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as entries from '../core/entry.js';
import { SetupReader } from './setup.js';

const { elections } = JSON.parse(readFileSync(new URL('../../specs/vectors/election.json', import.meta.url), 'utf8'));
const usual = elections.usual.map((/** @type {any} */ one) => Buffer.from(one.entry_text ?? one));
const typeOf = (/** @type {Uint8Array} */ bytes) => entries.parse(bytes).type;
const indexOf = (/** @type {string} */ type, from = 0) => usual.findIndex((/** @type {Uint8Array} */ bytes, /** @type {number} */ i) => i >= from && typeOf(bytes) === type);
const payloadOf = async (/** @type {entries.Entry} */ { payload }) => /** @type {Uint8Array} */ (payload);

/** @param {number} count of entries that are taken in */
async function after(count) {
	const reader = new SetupReader(payloadOf);
	for (const bytes of usual.slice(0, count)) await reader.append(bytes);
	return reader;
}

test('[BOOTH.SETUP] an election is read up to its opening', async () => {
	const opened = await after(indexOf('open') + 1);
	assert.equal(opened.result().open?.index, indexOf('open'));
});

test('[BOOTH.SETUP] what comes after the first certificate is certified by nobody', async () => {
	const roll = usual[indexOf('roll')];
	const commit = usual[indexOf('trustee.commit')];
	const first = indexOf('trustee.certify');
	for (const count of [first + 1, indexOf('open')]) {
		const reader = await after(count);
		await assert.rejects(reader.append(roll), { rule: 'ENTRY.ORDER' }, 'no more voters');
		await assert.rejects(reader.append(commit), { rule: 'ENTRY.ORDER' }, 'no other key');
		await assert.rejects(reader.append(usual[0]), { rule: 'ENTRY.ORDER' }, 'no other manifest');
	}
	await assert.rejects((await after(first)).append(usual[indexOf('open')]), { rule: 'ENTRY.ORDER' }, 'not opened without certificates');
	await assert.rejects((await after(0)).append(roll), { rule: 'ENTRY.ORDER' }, 'a log begins with its manifest');
	const cancelled = await after(indexOf('open'));
	cancelled.isCancelled = true;
	await assert.rejects(cancelled.append(usual[indexOf('open')]), { rule: 'ENTRY.ORDER' }, 'what was cancelled is not opened');
});
