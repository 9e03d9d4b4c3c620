// SPDX-License-Identifier: Apache-2.0
// For tests: a server in front of the server, which says something else where a test tells it to.  By itself, for tests that are scripts:
//     node tests/support/lying_proxy.mjs SERVER-PORT PORT-FILE PATH MODE
// cheats at one address: `change` gives other bytes, `drop` answers 404.
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {{method: string, path: string, accept: string, status: number, body: Buffer}} Answer of the real server
 * @typedef {(answer: Answer) => Buffer|number|'break'|null} Lie another body, a status, a broken connection, or null for the truth
 */

/** @param {{[name: string]: any}} headers @param {string[]} names */
const without = (headers, names) => Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

/** @param {import('node:http').ServerResponse} outgoing @param {import('node:http').IncomingMessage} real @param {Buffer} body @param {ReturnType<Lie>} lie */
function answer(outgoing, real, body, lie) {
	if (lie === 'break') return void outgoing.socket?.destroy();
	if (typeof lie === 'number') return void outgoing.writeHead(lie).end();
	const rest = without(real.headers, ['content-length', 'transfer-encoding', 'etag']);
	/* A lie must not stay in the browser's cache when the test goes on. */
	outgoing.writeHead(real.statusCode ?? 502, { ...rest, 'cache-control': 'no-store' }).end(lie ?? body);
	return undefined;
}

/** @param {{upstream: string, lie: Lie, isDown: boolean}} state that may be changed at any time */
async function listen(state) {
	const server = createServer((incoming, outgoing) => {
		const path = String(incoming.url);
		if (state.isDown) return void incoming.socket.destroy();
		const method = String(incoming.method);
		const sent = request(`${state.upstream}${path}`, { method, headers: without(incoming.headers, ['accept-encoding']) }, (real) => {
			/** @type {Buffer[]} */
			const parts = [];
			real.on('data', (part) => parts.push(part));
			real.on('error', () => outgoing.destroy());
			real.on('end', () => {
				const body = Buffer.concat(parts);
				answer(outgoing, real, body, state.lie({ method, path, accept: String(incoming.headers.accept), status: real.statusCode ?? 502, body }));
			});
		});
		sent.on('error', () => outgoing.destroy());
		incoming.pipe(sent);
		return undefined;
	});
	await new Promise((done) => { server.listen(0, '127.0.0.1', () => done(undefined)); });
	return { server, port: /** @type {import('node:net').AddressInfo} */ (server.address()).port };
}

/**
 * @param {import('node:test').TestContext} test at whose end it stops
 * @param {string} upstream URL of the real server @param {Lie} [lie]
 */
export async function lyingProxy(test, upstream, lie = () => null) {
	const state = { upstream, lie, isDown: false };
	const { server, port } = await listen(state);
	test.after(() => new Promise((done) => {
		server.closeAllConnections();
		server.close(() => done(undefined));
	}));
	return Object.assign(state, { url: `http://127.0.0.1:${port}` });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [upstream, portFile, where, mode] = process.argv.slice(2);
	const lie = (/** @type {Answer} */ { path, body }) => (path !== where ? null : mode === 'drop' ? 404 : Buffer.concat([body, Buffer.from(' ')]));
	const { port } = await listen({ upstream: `http://127.0.0.1:${upstream}`, lie, isDown: false });
	writeFileSync(`${portFile}.new`, `${port}\n`);
	renameSync(`${portFile}.new`, portFile);
}
