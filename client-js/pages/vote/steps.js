// SPDX-License-Identifier: Apache-2.0
// The browser's own Back and Forward inside the booth.  The history holds numbers of steps and nothing else: whoever reads it learns how far
// somebody went, never who votes and how [BOOTH.SECRET].

/** @typedef {{series: number, step: number}} State of an entry of the history; each way through the booth is a series of its own */

/** @param {any} state @returns {State|null} */
const read = (state) => (Number.isSafeInteger(state?.series) && Number.isSafeInteger(state?.step) ? state : null);

export class Steps {
	#series = 0;
	#at = 0;

	/** @param {(step: number) => boolean} show a step, if there is one to be shown; not asked for those of an earlier series */
	constructor(show) {
		this.show = show;
		/* A page that was loaded anew may stand anywhere in the way of the one before. */
		({ series: this.#series, step: this.#at } = read(history.state) ?? { series: 0, step: 0 });
		window.addEventListener('popstate', (event) => this.#move(read(event.state)));
	}

	/** From here on there is a way through the booth, whose first step is on the page. */
	begin() {
		/* Steps of an earlier series may lie before this one, of choices that are long forgotten. */
		this.#series = (read(history.state)?.series ?? 0) + 1;
		this.stand(0);
	}

	/** @param {number} step that was gone to */
	go(step) {
		this.#at = step;
		history.pushState({ series: this.#series, step }, '');
	}

	/** @param {number} step where the voter is indeed */
	stand(step) {
		this.#at = step;
		history.replaceState({ series: this.#series, step }, '');
	}

	back() {
		history.back();
	}

	/** @param {State|null} state */
	#move(state) {
		if (state === null) return; // a place in the page, and no step
		const isBack = state.series !== this.#series || state.step <= this.#at;
		this.#at = state.step;
		if (state.series === this.#series && this.show(state.step)) return;
		if (isBack) history.go(-1 - state.step); // nothing is left of that way: out of the booth, not through it once more
	}
}
