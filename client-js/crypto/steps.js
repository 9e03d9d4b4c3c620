// SPDX-License-Identifier: Apache-2.0
// Work in steps: a generator that yields wherever others may have their turn.

/** All of it at once. @template T @param {Generator<void, T>} steps @returns {T} */
export function finish(steps) {
	for (;;) {
		const step = steps.next();
		if (step.done) return step.value;
	}
}

/** With a pause after each step. @template T @param {Generator<void, T>} steps @param {() => Promise<void>} pause @returns {Promise<T>} */
export async function finishSlowly(steps, pause) {
	for (;;) {
		const step = steps.next();
		if (step.done) return step.value;
		await pause();
	}
}
