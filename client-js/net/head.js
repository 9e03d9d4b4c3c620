// SPDX-License-Identifier: Apache-2.0
// [BOOTH.HEAD] The board's signed head, held against every head that this browser saw before: on any page, of the same election or of another one
// in its place.  What contradicts is made evidence of, which convinces whoever was not there [LOG.FORK].
import { equal, hex } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import * as checkpoints from '../core/checkpoint.js';
import * as fork from '../core/fork.js';
import { LogReader } from '../core/log_reader.js';
import { onlyOf } from '../core/note.js';
import { Problem } from './api.js';

/**
 * @typedef {{size: number, root: Uint8Array, note: Uint8Array}} Head
 * @typedef {import('../core/log_reader.js').Get} Get
 *
 * What is kept of an election, by its origin and by the address where it was reached: its id and the longest head.
 * @typedef {{election: string, note: Uint8Array|null}} Seen
 * @typedef {{seen: (name: string) => Promise<Seen|undefined>, putSeen: (name: string, seen: Seen) => Promise<void>, removeSeen: (name: string) => Promise<void>}} Memory
 *
 * An election as it is shown now.
 * @typedef {{get: Get, manifest: any, id: Uint8Array, address: string, head: Head}} Shown
 */

/** Heads that no log can both have ('fork'), a log that has nothing to show for an older head ('set-back'), another election ('other'). */
export class Contradiction extends Refusal {
	name = 'Contradiction';
	/**
	 * @param {'fork'|'set-back'|'other'} kind @param {string} detail
	 * @param {{slug: string, evidence?: Uint8Array, note?: Uint8Array}} kept evidence: the file of a fork; note: the head that was seen before
	 */
	constructor(kind, detail, { slug, evidence, note }) {
		super('LOG.CONSISTENT', detail);
		this.kind = kind;
		this.slug = slug;
		this.evidence = evidence;
		this.note = note;
	}
}

/** @param {any} manifest @returns {import('../core/fork.js').LogKey} */
const keyOf = (manifest) => ({ name: manifest.origin, key: manifest.server.log_key });

/** What a signed checkpoint says; nothing is kept of it but the log's own line. @param {Uint8Array} note @param {any} manifest @returns {Head} */
export function readHead(note, manifest) {
	const { name, key } = keyOf(manifest);
	const { size, root } = checkpoints.verify(note, name, key);
	return { size, root, note: onlyOf(note, name, key) };
}

/** Whether a log has no files that lead to a head: not that it could not be reached. @param {unknown} error */
const isGone = (error) => (error instanceof Problem && error.status === 404) || (error instanceof Refusal && ['LOG.TREE', 'LOG.TILES'].includes(error.rule));

/** @param {Head} head */
const words = ({ size, root }) => `${size} entries with root ${hex(root)}`;

/**
 * Throws unless both are heads of one log: the tiles that lead to the younger root give the older one, too.
 * @param {Get} get @param {any} manifest @param {Head} before @param {Head} now
 */
export async function checkOneLog(get, manifest, before, now) {
	const [old, young] = before.size <= now.size ? [before, now] : [now, before];
	const log = new LogReader(get, young);
	const root = await log.rootAt(old.size).catch((error) => {
		/* A log that was set back has nothing to show for what it once was. */
		if (young === before && isGone(error)) throw new Contradiction('set-back', `seen before: ${words(before)}; now ${words(now)}, and no files of the former`, { slug: manifest.slug, note: before.note });
		throw error;
	});
	if (equal(root, old.root)) return;
	/* The tiles that have just been read have all of its nodes: whoever shows a fork cannot keep back what proves it. */
	const evidence = await fork.make(keyOf(manifest), old.note, young.note, (begin, end) => log.node(begin, end));
	throw new Contradiction('fork', `heads of no one log: ${words(old)}, ${words(young)}`, { slug: manifest.slug, evidence, note: before.note });
}

/** [BOOTH.MEMORY] Its origin is what an election's own manifest says, so another one put in its place could name another. @param {any} manifest @param {string} address */
const namesOf = (manifest, address) => [manifest.origin, address];

/** Another election where this one was. @param {Shown} shown @param {string} name @param {Seen} seen */
async function otherElection({ get, manifest, id, head }, name, seen) {
	let before;
	try {
		before = seen.note && readHead(seen.note, manifest);
	} catch {
		before = null; // the other one had another key or name
	}
	if (before) await checkOneLog(get, manifest, before, head);
	throw new Contradiction('other', `${name} held another election when it was seen before (${seen.election}) than now (${hex(id)})`, { slug: manifest.slug, note: seen.note ?? undefined });
}

/**
 * Holds an election against what this browser saw of it.
 * @param {Memory} memory @param {Shown} shown @returns {Promise<Head>} the longest head that is known
 */
export async function compareWithSeen(memory, shown) {
	const { get, manifest, id, address } = shown;
	let longest = shown.head;
	for (const name of namesOf(manifest, address)) {
		const seen = await memory.seen(name).catch(() => undefined); // storage is switched off
		if (seen && seen.election !== hex(id)) await otherElection(shown, name, seen);
		if (!seen?.note) continue;
		const before = readHead(seen.note, manifest);
		await checkOneLog(get, manifest, before, shown.head);
		if (before.size > longest.size) longest = before;
	}
	return longest;
}

/** Never a shorter head than the one that is known: the log could go on otherwise from there. @param {Memory} memory @param {Shown} shown */
export async function remember(memory, { manifest, id, address, head }) {
	for (const name of namesOf(manifest, address)) await memory.putSeen(name, { election: hex(id), note: head.note });
}

/** @param {Memory} memory @param {any} manifest null where nothing could be read @param {string} address */
export async function forget(memory, manifest, address) {
	for (const name of manifest === null ? [address] : namesOf(manifest, address)) await memory.removeSeen(name);
}
