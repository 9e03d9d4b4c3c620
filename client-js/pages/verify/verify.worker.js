// SPDX-License-Identifier: Apache-2.0
// The whole verifier, beside the page: it says what it does, and ends when the page ends it.
import { verifyBoard } from '../../core/check.js';
import { HttpSource } from '../../net/http_source.js';

const OFTEN = 100;

/** @param {any} message */
const say = (message) => /** @type {any} */ (self).postMessage(message);

/** @param {{url: string, fingerprint: Uint8Array|null}} asked */
async function run({ url, fingerprint }) {
	let said = 0;
	try {
		const report = await verifyBoard(new HttpSource(url), {
			onProgress(progress) {
				if (performance.now() - said < OFTEN && progress.done !== progress.total) return;
				said = performance.now();
				say({ progress });
			},
			onCheck: (line) => say({ line }),
			trust: fingerprint ? { fingerprint } : {},
		});
		say({ report });
	} catch (error) {
		say({ error: error instanceof Error ? error.message : String(error) });
	}
}

self.addEventListener('message', (event) => { run(event.data); });
