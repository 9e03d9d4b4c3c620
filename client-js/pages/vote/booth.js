// SPDX-License-Identifier: Apache-2.0
// The way through the booth: identify, one question after the other, review, cast, the end.  Each step is a view that gets this object.
import { judge, nothing, orderOf, sum } from '../../booth/choices.js';
import { connect, local } from '../../booth/prover_worker.js';
import { announce, focusOn, replace } from '../../ui/dom.js';
import { clock, newSession } from '../../ui/election.js';
import { title } from '../../ui/layout.js';
import { startWorker } from '../../ui/trusted.js';
import { pageUrl, where } from '../../ui/where.js';
import { castView } from './cast.js';
import { loadingView, missingView, notOpenView, overView, problemView } from './gate.js';
import { identifyView } from './identify.js';
import { openedView } from './opened.js';
import { questionView } from './question.js';
import { reviewView } from './review.js';
import { Steps } from './steps.js';

/**
 * @typedef {import('../../booth/session.js').Session} Session
 * @typedef {import('../../booth/session.js').Ballot} Ballot
 * @typedef {{heading: HTMLElement, nodes: import('../../ui/dom.js').Child[], focus?: HTMLElement}} View
 */

export class Booth {
	/* Comes with start(). */
	session = /** @type {Session} */ (/** @type {unknown} */ (null));
	/** @type {import('../../booth/prover_worker.js').RemoteProver|null} */
	prover = null;
	/** @type {import('../../crypto/bitproof.js').Choice[]} */
	choices = [];
	/** @type {number[][]} the order in which each question's options are shown */
	orders = [];
	/** A ballot is being signed: there is no way back from it. */
	isCasting = false;
	/** What goes on ends when the view changes. @type {AbortController} */
	view = new AbortController();

	/** @param {HTMLElement} content */
	constructor(content) {
		this.content = content;
		this.where = where();
		this.clock = clock;
		this.steps = new Steps((step) => this.#showStep(step));
		window.addEventListener('beforeunload', (event) => {
			if (this.hasChosen) event.preventDefault();
		});
		window.addEventListener('pagehide', () => this.wipe());
		/* A page that comes back from the browser's cache would show a stranger the step where the voter was. */
		window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
	}

	get url() {
		return pageUrl(this.where, '');
	}

	/** Whether leaving would lose something. */
	get hasChosen() {
		return this.choices.some((choice) => choice.blank || sum(choice) > 0);
	}

	get questions() {
		return this.session.setup.manifest.questions;
	}

	/** Puts a view on the page: the focus goes to its heading, its name into the tab. @param {View} view @param {string} [said] in place of the heading */
	show({ heading, nodes, focus }, said) {
		this.view.abort();
		this.view = new AbortController();
		replace(this.content, heading, ...nodes);
		title(heading.textContent ?? '');
		window.scrollTo(0, 0);
		focusOn(focus ?? heading);
		if (said) announce(said);
		return this.view.signal;
	}

	async start() {
		if (!this.where.slug) {
			this.show(missingView());
			return;
		}
		const { view, progress } = loadingView();
		replace(this.content, view.heading, ...view.nodes);
		try {
			this.session = await newSession(this.url);
			await this.session.open(progress);
			const [pending] = await this.session.pending();
			if (pending) castView(this, { pending, isResumed: true });
			else this.enter();
		} catch (error) {
			this.show(problemView(error, () => location.reload()));
			if (!error || !(error instanceof Error)) throw error;
		}
	}

	/** The right door for the time of day. */
	enter() {
		const { setup, phase } = this.session;
		/* Not by this device's clock: one that is a day ahead would send its owner home. */
		if (phase === 'cancelled' || (setup.open !== null && phase !== 'open')) this.show(overView(this));
		else if (setup.open === null || phase !== 'open') notOpenView(this);
		else identifyView(this);
	}

	/** A prover in a worker; in the page itself where it was opened from a file. */
	newProver() {
		this.prover?.end();
		try {
			const worker = startWorker('prover');
			this.prover = connect(worker, () => worker.terminate());
		} catch {
			this.prover = local();
		}
		return this.prover;
	}

	/** The voter is known: everything from here on is theirs. */
	begin() {
		const { setup, terms } = this.session;
		this.choices = setup.definitions.map(nothing);
		this.orders = this.questions.map((/** @type {any} */ q) => orderOf(q.order, q.options.length));
		this.prover?.prepare(terms).catch(() => undefined); // warming up: what is wrong with it shows when it is needed
		this.steps.begin();
		questionView(this, 0, false);
	}

	/*
	 * Steps are numbers: the n questions, the review, the questions again as changed from the review, the opened ballot.
	 */

	/** Goes on: to a question, or from the last one to the review. @param {number} step 0..n */
	next(step) {
		this.steps.go(step);
		this.#showStep(step);
	}

	/** A question from the review, and back there. @param {number} index */
	change(index) {
		this.next(this.questions.length + 1 + index);
	}

	back() {
		this.steps.back();
	}

	/** @param {number} step @returns {boolean} whether it is on the page now */
	#showStep(step) {
		if (this.choices.length === 0 || this.isCasting) return this.isCasting;
		const n = this.questions.length;
		/* Forward must not lead past a question whose answer was taken back meanwhile. */
		const few = this.choices.findIndex((choice, i) => judge(this.session.setup.definitions[i], choice) === 'few');
		const real = few >= 0 && few < step && step <= n ? few : step > 2 * n ? n : step;
		if (real !== step) this.steps.stand(real);
		if (real === n) reviewView(this);
		else questionView(this, real % (n + 1), real > n);
		return true;
	}

	/** @param {Ballot} ballot */
	audit(ballot) {
		return openedView(this, ballot);
	}

	/** The ballot is open on the page. */
	opened() {
		this.steps.go(2 * this.questions.length + 1);
	}

	/** @param {Ballot} ballot */
	async cast(ballot) {
		if (this.prover === null) return;
		this.isCasting = true;
		try {
			const pending = await this.session.sign(this.prover, ballot);
			this.wipe();
			castView(this, { pending, isResumed: false });
		} finally {
			this.isCasting = false;
		}
	}

	/** [BOOTH.SECRET] Leaves nothing behind of who voted and how. */
	wipe() {
		this.prover?.end();
		this.prover = null;
		this.choices = [];
	}

	/** From the beginning, with the id that is known, for a vote that replaces the one before. */
	again() {
		this.wipe();
		this.enter();
	}

	/** @param {unknown} error @param {() => void} retry */
	fail(error, retry) {
		this.show(problemView(error, retry));
	}
}

