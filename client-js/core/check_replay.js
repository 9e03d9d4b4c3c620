// SPDX-License-Identifier: Apache-2.0
// Checks 3 to 9, 12 and 14 to 17: does every entry follow from those before it?
import { equal, hex } from '../crypto/bytes.js';
import { inside, Refusal, require } from '../crypto/err.js';
import { finishSlowly } from '../crypto/steps.js';
import { Board } from './board.js';
import { Unjudged } from './board_gaps.js';
import { BallotCheck } from './check_ballots.js';
import { ahead, bundlesOf, readBlob, readEntries } from './check_files.js';
import { crockford } from './code.js';
import * as entries from './entry.js';

const FULL = 256;
/** Which check a type of entry belongs to; notices and cancellations to the one of all entries. */
const CHECK_OF = {
	manifest: 6, roll: 7, 'roll.change': 7, 'trustee.commit': 8, 'trustee.certify': 8, open: 8, ballot: 9, extend: 12, close: 12,
	endorse: 14, mix: 15, decrypt: 16, result: 17, client: 4, notice: 4, cancel: 4,
};

/** @typedef {import('./check.js').Check} Check */

/** One entry on its way through the checks: the first rule that it breaks is reported, the rest of them not asked. */
class Step {
	/** @param {Check} c @param {number} index @param {import('./entry.js').Entry} entry */
	constructor(c, index, entry) {
		this.c = c;
		this.index = index;
		this.check = CHECK_OF[entry.type];
		/** @type {number|undefined} the check that refused it */
		this.refusedBy = undefined;
		this.isUnjudged = false;
	}

	/** @returns {boolean} */
	get isRefused() {
		return this.refusedBy !== undefined;
	}

	/** @param {number} check @param {() => void} judge */
	ask(check, judge) {
		if (this.isRefused || this.isUnjudged) return;
		try {
			judge();
		} catch (error) {
			if (error instanceof Unjudged) this.isUnjudged = true;
			else if (error instanceof Refusal) this.refuse(check, error);
			else throw error;
		}
	}

	/** @param {number} check @param {Refusal} refusal */
	refuse(check, refusal) {
		if (!this.isRefused) this.c.fail(check, refusal, this.index);
		this.refusedBy ??= check;
	}
}

/** The payload, from its blob if need be. @param {Check} c @param {Step} step @param {import('./entry.js').Entry} entry
 * @param {string[]} used names of the blobs so far @returns {Promise<Uint8Array|undefined>} undefined where it cannot be had */
async function payloadOf(c, step, entry, used) {
	if (entry.blob === undefined) return entry.payload;
	const bytes = await readBlob(c, entry);
	let payload;
	c.cover(3);
	if (bytes !== undefined && !used.includes(`blob/${hex(entry.blob.sha256)}`)) used.push(`blob/${hex(entry.blob.sha256)}`);
	try {
		payload = entries.checkBlob(entry, bytes);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		step.refuse(3, error);
	}
	return payload;
}

/** What the payload says, or why it cannot be read. @param {Board} board @param {import('./entry.js').Entry} entry @param {Uint8Array} payload
 * @returns {{content?: any, refusal?: Refusal}} */
function read(board, entry, payload) {
	if (board.manifest === undefined && entry.type !== 'manifest') return {};
	try {
		return { content: inside('payload', () => board.handlerOf(entry).read(board, entry, payload)) };
	} catch (error) {
		if (error instanceof Refusal) return { refusal: error };
		throw error;
	}
}

/** [MANIFEST] What the user knows of it. @param {Check} c @param {Uint8Array} payload */
function checkTrusted(c, payload) {
	const { logKey, manifest } = c.trust;
	c.attempt(6, 0, () => require(manifest === undefined || equal(manifest, payload), 'MANIFEST.ID', 'expected the manifest that you named, found another one', 'payload'));
	c.attempt(6, 0, () =>
		require(logKey === undefined || equal(logKey, c.board.manifest.server.log_key), 'MANIFEST.KEYS', 'expected the log key that you named, found another one', 'payload.server.log_key'));
}

/** [CONTEXT] @param {Check} c */
function checkFingerprint(c) {
	const { context } = c.board;
	const { fingerprint } = c.trust;
	if (fingerprint === undefined || context === undefined) return;
	const found = context.slice(0, 16);
	c.attempt(8, undefined, () =>
		require(equal(found, fingerprint), 'CONTEXT', `expected ${crockford(fingerprint)}, found ${crockford(found)}`, 'fingerprint of the opening'));
}

class Replay {
	/** @param {Check} c */
	constructor(c) {
		this.c = c;
		this.board = c.board = new Board();
		this.ballots = new BallotCheck(c);
		/** @type {string[]} names of blobs in the order of their first use */
		this.blobs = [];
	}

	/** @param {number} index @param {Uint8Array|undefined} bytes @param {Uint8Array} leaf of the log */
	async entry(index, bytes, leaf) {
		const { c, board } = this;
		if (bytes === undefined) {
			c.skip(4);
			board.skip(leaf);
			return;
		}
		/** @type {any} */
		let entry;
		const parse = () => {
			entry = entries.parse(bytes);
			entries.checkSigner(entry);
		};
		c.cover(4);
		if (!c.attempt(4, index, parse)) {
			board.skip(leaf);
			return;
		}
		const step = new Step(c, index, entry);
		const payload = await payloadOf(c, step, entry, this.blobs);
		if (payload === undefined) {
			c.skip(step.check);
			board.skip(leaf);
		} else await this.#examine(step, entry, payload, leaf);
	}

	/** @param {Step} step @param {import('./entry.js').Entry} entry @param {Uint8Array} payload @param {Uint8Array} leaf */
	async #examine(step, entry, payload, leaf) {
		const { c, board } = this;
		const { content, refusal } = read(board, entry, payload);
		let key;
		step.ask(4, () => board.checkPlace(entry));
		if (entry.type === 'manifest' && refusal !== undefined) step.refuse(6, refusal); // without it nothing about this entry can be asked
		step.ask(4, () => board.checkTime(entry, content));
		step.ask(step.check, () => board.checkVoter(entry));
		step.ask(4, () => (key = board.keyOf(entry, content)));
		if (key !== undefined && entry.type !== 'ballot') {
			c.cover(5);
			step.ask(5, () => inside('signature', () => entries.verifySignature(entry, board.electionFor(entry), board.contextFor(entry), key)));
		}
		await this.#work(step, entry, content);
		this.#judge(step, entry, content, refusal);
		const isFirst = board.manifest === undefined;
		const taken = board.take(entry, content, leaf);
		if (taken && isFirst) checkTrusted(c, payload);
		if (taken && entry.type === 'ballot') await this.#ballot(step, entry, content);
		if (taken && entry.type === 'close') await this.ballots.close();
	}

	/** What takes long, with pauses. @param {Step} step @param {import('./entry.js').Entry} entry @param {any} content */
	async #work(step, entry, content) {
		const { board } = this;
		const { work } = board.handlerOf(entry);
		if (work === undefined || content === undefined || step.isRefused || step.isUnjudged) return;
		await finishSlowly(work(board, entry, content), () => this.c.pause());
	}

	/** @param {Step} step @param {import('./entry.js').Entry} entry @param {any} content @param {Refusal|undefined} refusal */
	#judge(step, entry, content, refusal) {
		const { c, board } = this;
		const isBallot = entry.type === 'ballot';
		if (isBallot && board.gaps.has('keys')) step.isUnjudged ||= !step.isRefused;
		step.ask(step.check, () => {
			if (refusal !== undefined) throw refusal;
			board.handlerOf(entry).judge(board, entry, content);
		});
		// Examined by the check of its type is what the checks of all entries let through; those count all entries already.
		if (!step.isUnjudged && step.check !== 4 && (step.refusedBy ?? step.check) === step.check) c.cover(step.check);
		if (!step.isUnjudged) return;
		c.skip(step.check);
		if (isBallot) {
			c.skip(10);
			c.skip(11);
		}
	}

	/** @param {Step} step @param {import('./entry.js').Entry} entry @param {any} form */
	async #ballot(step, entry, form) {
		if (step.isUnjudged) this.board.gaps.add('ballots');
		else await this.ballots.add(step.index, entry, form);
	}

	/** [ARCHIVE] In an archive blobs stand in the order of their first use, and no others. */
	checkBlobs() {
		const { source } = this.c;
		if (source.blobs === undefined || equalLists(source.blobs, this.blobs)) return;
		this.c.fail(2, new Refusal('ARCHIVE', 'a blob that no entry names, or in another order than that of their first use', source.name ?? ''));
	}
}

/** @param {string[]} a @param {string[]} b */
const equalLists = (a, b) => a.length === b.length && a.every((one, i) => one === b[i]);

/** @param {Check} c */
export async function checkReplay(c) {
	const { size } = c.checkpoint;
	const replay = new Replay(c);
	for await (const { item: tile, value: list } of ahead(bundlesOf(size), (one) => readEntries(c, one))) {
		for (let i = 0; i < list.length; i++) {
			const index = FULL * tile.index + i;
			await replay.entry(index, list[i], c.tree.node(0, index));
			await c.pause();
		}
		c.onProgress({ phase: 'entries', done: tile.index + 1, total: Math.ceil(size / FULL) });
	}
	await replay.ballots.flush();
	if (c.failures.length === 0 || c.board.manifest !== undefined) replay.checkBlobs();
	checkFingerprint(c);
}
