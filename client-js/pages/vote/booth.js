// SPDX-License-Identifier: Apache-2.0
// The way through the booth: identify, one question after the other, review, cast, the end.  Each step is a view that gets this object.
import { nothing, orderOf } from '../../booth/choices.js';
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
	/** Whether leaving would lose something. */
	isUncast = false;
	/** What goes on ends when the view changes. @type {AbortController} */
	view = new AbortController();

	/** @param {HTMLElement} content */
	constructor(content) {
		this.content = content;
		this.where = where();
		this.clock = clock;
		window.addEventListener('beforeunload', (event) => {
			if (this.isUncast) event.preventDefault();
		});
		window.addEventListener('pagehide', () => this.wipe());
		/* A page that comes back from the browser's cache would show a stranger the step where the voter was. */
		window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
	}

	get url() {
		return pageUrl(this.where, '');
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
		this.question(0);
	}

	/** @param {number} index @param {boolean} [isChange] came from the review, and goes back there */
	question(index, isChange = false) {
		this.isUncast = true;
		questionView(this, index, isChange);
	}

	review() {
		reviewView(this);
	}

	/** @param {Ballot} ballot */
	audit(ballot) {
		return openedView(this, ballot);
	}

	/** @param {Ballot} ballot */
	async cast(ballot) {
		if (this.prover === null) return;
		const pending = await this.session.sign(this.prover, ballot);
		this.isUncast = false;
		this.wipe();
		castView(this, { pending, isResumed: false });
	}

	/** [BOOTH.SECRET] Leaves nothing behind of who voted and how. */
	wipe() {
		this.prover?.end();
		this.prover = null;
		this.choices = [];
		this.isUncast = false;
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

