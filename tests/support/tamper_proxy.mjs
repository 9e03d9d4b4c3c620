// SPDX-License-Identifier: Apache-2.0
// node tests/support/tamper_proxy.mjs SERVER-PORT PORT-FILE PATH MODE
// A proxy before a Tabella server that cheats at one address: `change` gives other bytes, `drop` answers 404.  For tests.
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';

const [server, portFile, path, mode] = process.argv.slice(2);

/** @param {import('node:http').IncomingMessage} answer @param {import('node:http').ServerResponse} response */
function change(answer, response) {
	/** @type {Buffer[]} */
	const parts = [];
	answer.on('data', (part) => parts.push(part));
	answer.on('end', () => {
		const headers = { ...answer.headers };
		delete headers['content-length'];
		response.writeHead(answer.statusCode ?? 502, headers);
		response.end(Buffer.concat([...parts, Buffer.from(' ')]));
	});
}

const proxy = createServer((asked, response) => {
	const cheats = asked.url === path;
	if (cheats && mode === 'drop') return response.writeHead(404).end();
	const sent = request({ host: '127.0.0.1', port: Number(server), path: asked.url, method: asked.method, headers: asked.headers }, (answer) => {
		if (cheats) return change(answer, response);
		response.writeHead(answer.statusCode ?? 502, answer.headers);
		answer.pipe(response);
	});
	sent.on('error', () => response.destroy());
	asked.pipe(sent);
});
proxy.listen(0, '127.0.0.1', () => {
	const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.address());
	writeFileSync(`${portFile}.new`, `${port}\n`);
	renameSync(`${portFile}.new`, portFile);
});
