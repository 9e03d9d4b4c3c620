// SPDX-License-Identifier: Apache-2.0
// A prover behind messages: {id, call, args} -> {id, progress} ... {id, value} or {id, error}.
import { Unreachable } from '../net/api.js';
import { CALLS, Prover } from './prover.js';

/**
 * @typedef {{postMessage: (message: any) => void, addEventListener: (type: string, listener: (event: any) => void) => void}} Port
 * @typedef {{[call in typeof CALLS[number]]: (...args: any[]) => Promise<any>} & {end: () => void}} RemoteProver
 */

/** Answers on a port. @param {Port} port */
export function serve(port) {
	const prover = new Prover();
	port.addEventListener('message', async ({ data: { id, call, args } }) => {
		const progress = (/** @type {number} */ done, /** @type {number} */ whole) => port.postMessage({ id, progress: [done, whole] });
		try {
			if (!CALLS.includes(call)) throw new TypeError(`no such call: ${call}`);
			port.postMessage({ id, value: await /** @type {any} */ (prover)[call](...args, ...(call === 'prepare' || call === 'commit' ? [progress] : [])) });
		} catch (error) {
			port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
		}
	});
}

/** Asks over a port. @param {Port} port @param {() => void} end @returns {RemoteProver} */
export function connect(port, end) {
	/** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void, progress: ((...n: number[]) => void)|undefined}>} */
	const waiting = new Map();
	let ids = 0;
	/** @type {Error|null} */
	let broken = null;
	let hasAnswered = false;
	port.addEventListener('message', ({ data: { id, progress, value, error } }) => {
		hasAnswered = true;
		const asked = waiting.get(id);
		if (!asked) return;
		if (progress) {
			asked.progress?.(...progress);
			return;
		}
		waiting.delete(id);
		if (error === undefined) asked.resolve(value);
		else asked.reject(new Error(error));
	});
	const fail = (/** @type {Error} */ error) => {
		broken = error;
		for (const { reject } of waiting.values()) reject(error);
		waiting.clear();
	};
	/* One that has never said anything was not loaded: the server is gone, and later it will be there again. */
	port.addEventListener('error', () => fail(hasAnswered ? new Error('the worker ended') : new Unreachable('the worker did not load')));
	const ask = (/** @type {string} */ call) => (/** @type {any[]} */ ...args) => new Promise((resolve, reject) => {
		const progress = typeof args.at(-1) === 'function' ? args.pop() : undefined;
		if (broken) {
			reject(broken);
			return;
		}
		const id = ++ids;
		waiting.set(id, { resolve, reject, progress });
		port.postMessage({ id, call, args });
	});
	return /** @type {RemoteProver} */ ({ ...Object.fromEntries(CALLS.map((call) => [call, ask(call)])), end: () => { end(); fail(new Error('the worker ended')); } });
}

/** The same in the page itself, where workers are not to be had. @returns {RemoteProver} */
export function local() {
	const prover = new Prover();
	const call = (/** @type {string} */ name) => async (/** @type {any[]} */ ...args) => /** @type {any} */ (prover)[name](...args);
	return /** @type {RemoteProver} */ ({ ...Object.fromEntries(CALLS.map((name) => [name, call(name)])), end: () => prover.wipe() });
}
