// SPDX-License-Identifier: Apache-2.0
// The whole verifier, beside the page: it says what it does, and ends when the page ends it.
import { openMemory } from '../../booth/memory.js';
import { verifyBoard } from '../../core/check.js';
import { Refusal } from '../../crypto/err.js';
import { Problem } from '../../net/api.js';
import { connect } from '../../net/election.js';
import { compareWithSeen, Contradiction, remember } from '../../net/head.js';
import { HttpSource } from '../../net/http_source.js';

const OFTEN = 100;
const MAX_FILE = 32 << 20;

/** @param {any} message */
const say = (message) => /** @type {any} */ (self).postMessage(message);

/**
 * [BOOTH.HEAD] Right in itself is not enough where this browser has seen another history.
 * @param {HttpSource} source that has read everything @param {import('../../core/check.js').Report} report
 * @returns {Promise<{kind: string, detail: string, slug: string, evidence?: Uint8Array, note?: Uint8Array}|null>}
 */
async function contradicted(source, report) {
	if (report.election === null) return null; // the report says why
	const get = async (/** @type {string} */ path) => {
		const bytes = await source.get(path, MAX_FILE);
		if (bytes === undefined) throw new Problem(404, { rule: 'HTTP.NOT-FOUND', title: '', detail: path, where: '', expected: '', found: '' });
		return bytes;
	};
	try {
		const memory = await openMemory();
		const shown = await connect(get, source.url, await get('log/checkpoint'));
		await compareWithSeen(memory, shown);
		if (report.verdict !== 'false') await remember(memory, shown).catch(() => undefined); // storage is switched off
		return null;
	} catch (error) {
		if (error instanceof Contradiction) return { kind: error.kind, detail: error.detail, slug: error.slug, evidence: error.evidence, note: error.note };
		if (error instanceof Refusal) return null; // the report says so, too
		throw error;
	}
}

/** @param {{url: string, fingerprint: Uint8Array|null}} asked */
async function run({ url, fingerprint }) {
	let said = 0;
	const source = new HttpSource(url);
	try {
		const report = await verifyBoard(source, {
			onProgress(progress) {
				if (performance.now() - said < OFTEN && progress.done !== progress.total) return;
				said = performance.now();
				say({ progress });
			},
			onCheck: (line) => say({ line }),
			trust: fingerprint ? { fingerprint } : {},
		});
		say({ report, contradiction: await contradicted(source, report) });
	} catch (error) {
		say({ error: error instanceof Error ? error.message : String(error) });
	}
}

self.addEventListener('message', (event) => { run(event.data); });
