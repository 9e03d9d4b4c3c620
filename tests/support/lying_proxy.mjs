// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: a server in front of the server, which says something else where a test tells it to.
import { createServer, request } from 'node:http';

/** @typedef {(path: string, body: Buffer, accept: string) => Buffer|number|null} Lie another body, a status, or null for the truth */

/** @param {{[name: string]: any}} headers @param {string[]} names */
const without = (headers, names) => Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

/**
 * @param {import('node:test').TestContext} test at whose end it stops
 * @param {string} upstream URL of the real server
 */
export async function lyingProxy(test, upstream) {
	const state = { upstream, /** @type {Lie} */ lie: () => null, isDown: false, /** @type {string[]} */ asked: [] };
	const server = createServer((incoming, outgoing) => {
		const path = String(incoming.url);
		state.asked.push(path);
		if (state.isDown) return void incoming.socket.destroy();
		const headers = without(incoming.headers, ['accept-encoding']);
		const sent = request(`${state.upstream}${path}`, { method: incoming.method, headers }, (answer) => {
			/** @type {Buffer[]} */
			const parts = [];
			answer.on('data', (part) => parts.push(part));
			answer.on('end', () => {
				const body = Buffer.concat(parts);
				const lie = state.lie(path, body, String(incoming.headers.accept));
				if (typeof lie === 'number') return void outgoing.writeHead(lie).end();
				const rest = without(answer.headers, ['content-length', 'transfer-encoding', 'etag']);
				/* A lie must not stay in the browser's cache when the test goes on. */
				outgoing.writeHead(answer.statusCode ?? 502, { ...rest, 'cache-control': 'no-store' }).end(lie ?? body);
				return undefined;
			});
		});
		sent.on('error', () => outgoing.destroy());
		incoming.pipe(sent);
		return undefined;
	});
	await new Promise((done) => { server.listen(0, '127.0.0.1', () => done(undefined)); });
	test.after(() => new Promise((done) => {
		server.closeAllConnections();
		server.close(() => done(undefined));
	}));
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	return Object.assign(state, { url: `http://127.0.0.1:${port}` });
}
