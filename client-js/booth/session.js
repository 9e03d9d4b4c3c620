// SPDX-License-Identifier: Apache-2.0
// A voter's way with one election, without any page: opening it, identifying, encrypting, casting, and finding out what became of a ballot.
// Nothing that the server says is believed without a proof; where nothing is known, that is the answer.  specs/booth.md.
import { equal, hex } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { sha256 } from '../crypto/hash.js';
import * as ballots from '../core/ballot.js';
import { crockford, parse as parseCode } from '../core/code.js';
import * as entries from '../core/entry.js';
import { claimedHead, headOf, LogReader } from '../core/log_reader.js';
import { GRANULES } from '../core/manifest.js';
import { plain } from '../core/parts.js';
import { Problem, Unreachable } from '../net/api.js';
import { checkOneLog, compareWithSeen, Contradiction, readHead, remember } from '../net/head.js';
import { closesAt } from './closes.js';
import { electionKey, UnderWay } from './memory.js';
import { checkRecorded, readReceipt } from './receipt.js';
import { readSetup } from './setup.js';
import { findInChanges, findInRoll, hasKey } from './voters.js';

const CHECKPOINT = 'log/checkpoint';
const FINGERPRINT = 16;
const WIDTH = 256;
const NO_BALLOT = new Uint8Array(32);
/** [BOOTH.FRESH] A ballot that waits longer than this before it is cast is made anew: its date would be refused. */
export const MAX_AGE = 300;
/** Answers that are no verdict although they name a rule: nobody read the ballot. */
const NO_VERDICT = new Set([404, 408, 429]);

/**
 * @typedef {import('./setup.js').Setup} Setup
 * @typedef {import('./voters.js').Voter} Voter
 * @typedef {import('./receipt.js').Receipt} Receipt
 * @typedef {import('./memory.js').Memory} Memory
 * @typedef {import('./memory.js').Pending} Pending
 * @typedef {import('./prover_worker.js').RemoteProver} RemoteProver
 * @typedef {import('../crypto/bitproof.js').Choice} Choice
 *
 * The server, as net/api.js reaches it.
 * @typedef {object} Net
 * @property {(path: string) => Promise<Uint8Array>} file below the election
 * @property {() => Promise<any>} state
 * @property {(voter: string) => Promise<any>} voter
 * @property {(submission: import('./receipt.js').Submission) => Promise<{receipt: Uint8Array}>} submit
 *
 * @typedef {{state: 'recorded', receipt: Receipt}|{state: 'refused', rule: string, detail: string, isOver: boolean}|{state: 'unknown', why: 'unreachable'|'busy'|'false', rule: string, detail: string, contradiction?: Contradiction}} Outcome
 * @typedef {{number: number, payload: Uint8Array, tracker: string, date: number}} Ballot that is committed to and not yet cast
 */

/** The voter and the code do not belong together, or the roll has nobody of that name. */
export class WrongCode extends Error {
	name = 'WrongCode';
	/** @param {'unknown'|'code'|'removed'} why */
	constructor(why) {
		super(why);
		this.why = why;
	}
}

export class Session {
	/* These come with open(), before which nothing else is called. */
	setup = /** @type {Setup} */ (/** @type {unknown} */ (null));
	head = /** @type {import('../net/head.js').Head} */ (/** @type {unknown} */ (null));
	log = /** @type {LogReader} */ (/** @type {unknown} */ (null));
	phase = '';
	closes = 0;
	/** @type {Voter|null} */
	voter = null;
	/** @type {Receipt|null} the latest recorded ballot */
	latest = null;

	/** @param {{net: Net, address: string, memory: Memory, now: () => number}} parts address: of the election, as it is reached here */
	constructor({ net, address, memory, now }) {
		this.net = net;
		this.address = address;
		this.memory = memory;
		this.now = now;
		this.payloadOf = async (/** @type {entries.Entry} */ { payload, blob }) =>
			payload ?? this.log.blob(/** @type {NonNullable<entries.Entry['blob']>} */ (blob), hex(/** @type {any} */ (blob).sha256));
	}

	/**
	 * [BOOTH.SETUP] [BOOTH.HEAD] Reads and checks an election.
	 * @param {(done: number, whole: number) => void} [progress]
	 */
	async open(progress = () => undefined) {
		const note = await this.net.file(CHECKPOINT);
		this.log = new LogReader(this.net.file, claimedHead(note));
		this.setup = await readSetup(this.log, this.payloadOf, progress);
		this.head = readHead(note, this.setup.manifest); // of the size and root that everything was just held against
		await this.#compareWithMemory();
		await this.refreshState();
		return this;
	}

	/** @returns {import('../net/head.js').Shown} */
	get #shown() {
		return { get: this.net.file, manifest: this.setup.manifest, id: this.setup.election, address: this.address, head: this.head };
	}

	/** [BOOTH.HEAD] One origin has one log, one address too, and one log one first entry. */
	async #compareWithMemory() {
		this.#take(await compareWithSeen(this.memory, this.#shown)); // never forgotten for an older one: the log could go on otherwise from there
		await this.#remember();
	}

	/** Without a memory everything works, and the page says what that means. */
	async #remember() {
		try {
			await remember(this.memory, this.#shown);
		} catch {
			this.#forgets();
		}
	}

	/** The device keeps nothing (any more): storage is full, or was taken away. */
	#forgets() {
		this.memory = { ...this.memory, isLasting: false };
	}

	/** @param {import('../net/head.js').Head} head */
	#take(head) {
		if (head === this.head) return;
		this.head = head;
		this.log = new LogReader(this.net.file, head);
	}

	/** A newer head; the older one must be a beginning of it. @param {import('../net/head.js').Head} head */
	async #advance(head) {
		await checkOneLog(this.net.file, this.setup.manifest, this.head, head);
		if (head.size <= this.head.size) return;
		this.#take(head);
		await this.#remember();
	}

	async refresh() {
		await this.#advance(readHead(await this.net.file(CHECKPOINT), this.setup.manifest));
	}

	/** Phase and end of the polls, as the server says: worth a message, nothing more. */
	async refreshState() {
		const { manifest, open } = this.setup;
		const state = await this.net.state();
		this.phase = typeof state.phase === 'string' ? state.phase : 'open';
		this.closes = Number.isSafeInteger(state.closes) ? Math.max(manifest.closes, state.closes) : manifest.closes;
		if (open === null && this.phase === 'open') this.phase = 'ready';
	}

	/** [CONTEXT] @returns {string} */
	get fingerprint() {
		return this.setup.open === null ? '' : crockford(this.setup.open.context.slice(0, FINGERPRINT));
	}

	/** What a prover has to know. @returns {import('./prover.js').Terms} */
	get terms() {
		const { manifest, election, group, open } = this.setup;
		if (open === null) throw new TypeError('the polls are not open');
		return {
			group: manifest.group, election, context: open.context, h: group.encode(open.h),
			questions: this.setup.definitions.map(plain),
		};
	}

	/**
	 * [BOOTH.ROLL] Finds the voter whose code this is; the code goes to the prover and nowhere else.
	 * @param {RemoteProver} prover @param {string} id @param {string} code as typed @param {(done: number, whole: number) => void} [progress]
	 */
	async identify(prover, id, code, progress = () => undefined) {
		const publicKey = await prover.identify(parseCode(code), this.setup.election, id);
		let voter = await findInRoll(this.setup, this.payloadOf, id);
		const said = await this.net.voter(id);
		if (said.on_roll === false && voter !== null) throw new WrongCode('removed');
		if (!hasKey(voter, publicKey)) voter = await this.#findChanged(id, voter, progress);
		if (voter === null) throw new WrongCode('unknown');
		if (!hasKey(voter, publicKey)) throw new WrongCode('code');
		this.voter = voter;
		await this.findLatest(said);
		return voter;
	}

	/** @param {string} id @param {Voter|null} voter @param {(done: number, whole: number) => void} progress */
	async #findChanged(id, voter, progress) {
		if (this.setup.open === null) return voter;
		const found = await findInChanges(this.setup, this.log, this.payloadOf, id, voter, progress);
		if (found.isRemoved) throw new WrongCode('removed');
		return found.voter;
	}

	/**
	 * [BOOTH.PREV] The voter's latest ballot, with its proof.  A server that names an older one gets a ballot that no verifier takes.
	 * @param {any} [said] of the server about this voter
	 */
	async findLatest(said) {
		const { voter } = this;
		if (voter === null) throw new TypeError('nobody is identified');
		const { ballot } = said ?? await this.net.voter(voter.id);
		const latest = ballot === null ? null : await this.receiptOf(ballot.index);
		if (latest !== null) require(latest.voter === voter.id, 'BOOTH.PREV', `entry ${ballot.index} is not a ballot of ${voter.id}`);
		/* A ballot that names an older one is admissible nowhere; recorded all the same, it would spoil the board. */
		const known = this.latest?.voter === voter.id ? this.latest.index : -1;
		require((latest?.index ?? -1) >= known, 'BOOTH.PREV', `the latest ballot of ${voter.id} was entry ${known}, and now it is said to be ${latest === null ? 'none' : `entry ${latest.index}`}`);
		this.latest = latest;
	}

	/** A ballot's receipt under a head that continues what was seen. @param {number} index @returns {Promise<Receipt>} */
	async receiptOf(index) {
		require(Number.isSafeInteger(index) && index >= 0, 'HTTP', 'no index');
		const receipt = readReceipt(await this.net.file(`receipt/${index}`), this.setup.manifest);
		require(receipt.index === index, 'RECEIPT', `asked for entry ${index}, got ${receipt.index}`);
		await this.#advance(receipt.head);
		return receipt;
	}

	/** [BOOTH.RECORDED] A ballot that is dated out of the polls counts nowhere. @param {Receipt} receipt under a head that was compared */
	async checkInTime({ time, index }) {
		const { manifest } = this.setup;
		require(time >= manifest.opens, 'BOOTH.RECORDED', `entry ${index} is dated ${time}, before the polls opened at ${manifest.opens}`);
		if (time < manifest.closes) return;
		const closes = await closesAt(this.setup, this.log, this.payloadOf, (await this.net.state()).acts, index);
		require(time < closes, 'BOOTH.RECORDED', `entry ${index} is dated ${time}, after the end of the polls at ${closes}`);
	}

	/** Whether a ballot on the board was signed with the key of the code at hand. @param {Receipt} receipt @returns {boolean} */
	isMine(receipt) {
		const { setup, voter } = this;
		if (setup.open === null || voter === null) return false;
		try {
			entries.verifySignature(receipt.entry, setup.election, setup.open.context, voter.key);
			return true;
		} catch {
			return false;
		}
	}

	/** The voter's date [BALLOT.DATE]. @returns {number} */
	#date() {
		const granule = GRANULES[/** @type {keyof typeof GRANULES} */ (this.setup.manifest.granularity)];
		return Math.floor(this.now() / granule) * granule;
	}

	/**
	 * Encrypts.  What it says about the board is as new as the connection allows.
	 * @param {RemoteProver} prover @param {Choice[]} choices @param {(done: number, whole: number) => void} [progress] @returns {Promise<Ballot>}
	 */
	async commit(prover, choices, progress = () => undefined) {
		try {
			await this.refresh();
			await this.findLatest();
		} catch (error) {
			if (!(error instanceof Unreachable)) throw error;
		}
		const date = this.#date();
		const made = this.now();
		const position = { prev: this.latest?.leaf ?? NO_BALLOT, date, size: this.head.size, root: this.head.root };
		const { number, payload, tracker } = await prover.commit(choices, position, progress);
		return { number, payload, tracker, date: made };
	}

	/** [BOOTH.FRESH] @param {Ballot} ballot */
	isStale(ballot) {
		return Math.abs(this.now() - ballot.date) > MAX_AGE;
	}

	/**
	 * [BOOTH.PENDING] Signs a ballot and keeps it; from here on only these bytes are sent, however often.
	 * @param {RemoteProver} prover @param {Ballot} ballot @returns {Promise<Pending>}
	 */
	async sign(prover, ballot) {
		if (this.voter === null) throw new TypeError('nobody is identified');
		const signature = await prover.sign(ballot.number);
		const pending = { election: electionKey(this.setup.election), voter: this.voter.id, payload: ballot.payload, signature };
		try {
			await this.memory.putPending(pending);
		} catch (error) {
			if (error instanceof UnderWay) throw error;
			this.#forgets(); // the page says so, and sends all the same
		}
		return pending;
	}

	/** Ballots of this election whose fate nobody asked for to the end. @returns {Promise<Pending[]>} */
	pending() {
		return this.memory.pending(electionKey(this.setup.election));
	}

	/** Sends a signed ballot and finds out what became of it; may be called again and again. @param {Pending} pending @returns {Promise<Outcome>} */
	async send(pending) {
		const sent = { type: 'ballot', signer: `voter/${pending.voter}`, payload: pending.payload, signature: pending.signature };
		try {
			const { receipt } = await this.net.submit(sent);
			return await this.#settle(pending, sent, receipt);
		} catch (error) {
			const outcome = judge(error);
			if (outcome.state !== 'refused') return outcome;
			try {
				return await this.#askBoard(pending, sent, outcome);
			} catch (second) {
				return { ...judge(second), state: 'unknown', why: second instanceof Problem || second instanceof Unreachable ? 'unreachable' : 'false' };
			}
		}
	}

	/** The fate of a ballot is known, whether or not the device can forget it; if it cannot, the same bytes are sent again next time. @param {Pending} pending */
	async #settled(pending) {
		await this.memory.removePending(pending).catch(() => this.#forgets());
	}

	/** [BOOTH.RECORDED] @param {Pending} pending @param {import('./receipt.js').Submission} sent @param {Uint8Array} bytes of a receipt @returns {Promise<Outcome>} */
	async #settle(pending, sent, bytes) {
		const { manifest, group, definitions } = this.setup;
		const receipt = checkRecorded(bytes, manifest, sent, ballots.parse(group, definitions, pending.payload));
		await this.#advance(receipt.head);
		await this.checkInTime(receipt);
		await this.#settled(pending);
		this.latest = receipt;
		return { state: 'recorded', receipt };
	}

	/**
	 * The server has refused the ballot, or says so: it has it all the same, signed, and could have recorded it.  Only the board tells, and the
	 * server is not asked where to look: every entry since the checkpoint that the ballot names is read.
	 * @param {Pending} pending @param {import('./receipt.js').Submission} sent @param {Extract<Outcome, {state: 'refused'}>} refused @returns {Promise<Outcome>}
	 */
	async #askBoard(pending, sent, refused) {
		await this.refresh();
		const { group, definitions } = this.setup;
		const { size } = ballots.parse(group, definitions, pending.payload);
		const hash = sha256(pending.payload);
		for (let bundle = Math.floor(size / WIDTH); bundle * WIDTH < this.log.head.size; bundle++) {
			for (const [i, bytes] of (await this.log.bundle(bundle)).entries()) {
				if (headOf(bytes)?.signer !== sent.signer || !equal(entries.payloadHash(entries.parse(bytes)), hash)) continue;
				return this.#settle(pending, sent, await this.net.file(`receipt/${bundle * WIDTH + i}`));
			}
		}
		await this.#settled(pending);
		await this.refreshState();
		return { ...refused, isOver: this.phase !== 'open' };
	}

	/** [BOOTH.NAME] Whether the board names this ballot as the voter's latest. @param {Receipt} receipt @returns {Promise<boolean>} */
	async isLatest(receipt) {
		const { ballot } = await this.net.voter(receipt.voter);
		return ballot !== null && ballot.index === receipt.index;
	}
}

/**
 * What an attempt that did not end with a right receipt means.
 * @param {unknown} error @returns {Exclude<Outcome, {state: 'recorded'}>}
 */
export function judge(error) {
	if (error instanceof Problem) {
		const isRule = /^[A-Z0-9]+([.-][A-Z0-9]+)*$/.test(error.rule);
		if (isRule && error.status >= 400 && error.status < 500 && !NO_VERDICT.has(error.status)) return { state: 'refused', rule: error.rule, detail: error.message, isOver: false };
		return { state: 'unknown', why: 'busy', rule: isRule ? error.rule : '', detail: error.message };
	}
	if (error instanceof Unreachable) return { state: 'unknown', why: 'unreachable', rule: '', detail: error.message };
	/* The answer is false: the ballot may be recorded all the same, and whoever answers like this is not to be believed when it refuses. */
	if (error instanceof Refusal) return { state: 'unknown', why: 'false', rule: error.rule, detail: error.detail, contradiction: error instanceof Contradiction ? error : undefined };
	/* An answer of a shape that nobody has thought of, too: a signed ballot is on its way, and the page must not fall silent. */
	return { state: 'unknown', why: 'false', rule: '', detail: String(error) };
}
