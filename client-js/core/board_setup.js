// SPDX-License-Identifier: Apache-2.0
// Entries before the polls open: manifest, roll, key ceremony, open; and notice, client and cancel.  See board.js.
import { concat, equal, hex } from '../crypto/bytes.js';
import { inside, Refusal, require } from '../crypto/err.js';
import { getGroup } from '../crypto/group.js';
import { sha256 } from '../crypto/hash.js';
import { needs, requirePoint } from './board_gaps.js';
import * as ceremonies from './ceremony.js';
import * as entries from './entry.js';
import * as manifests from './manifest.js';
import * as payloads from './payloads.js';
import { forManifest, parseChunk } from './roll.js';

const MAX_NOTICES = 10000;
const MAX_CLIENTS = 1000;

/** @param {import('./entry.js').Entry} entry of a trustee @returns {number} index from 1 */
export const trusteeOf = ({ signer }) => Number(signer.slice('trustee/'.length));

/** @type {import('./board.js').Handler} */
export const manifest = {
	read: (_, entry, payload) => manifests.parse(payload),
	judge() {},
	take(b, entry, content) {
		if (b.phase !== 'start' || b.size > 0 || content === undefined) {
			if (b.phase === 'start') b.gaps.add('manifest').add('phase');
			return false;
		}
		b.manifest = content;
		b.election = sha256(/** @type {Uint8Array} */ (entry.bytes)); // [MANIFEST.ID]
		b.group = getGroup(content.group);
		b.definitions = content.questions.map(manifests.definitionOf);
		b.roll = forManifest(content);
		b.closes = content.closes;
		b.phase = 'setup';
		return true;
	},
};

/** @type {import('./board.js').Handler} */
export const roll = {
	read: (_, entry, payload) => parseChunk(payload),
	judge(b, entry, chunk) {
		needs(b, 'roll');
		inside('payload', () => b.roll.judgeChunk(chunk));
	},
	take(b, entry, chunk) {
		if (b.phase !== 'setup') return false;
		if (chunk === undefined) b.gaps.add('roll');
		else b.roll.takeChunk(chunk);
		return chunk !== undefined;
	},
};

/** @type {import('./board.js').Handler} */
export const commit = {
	read: (b, entry, payload) => ceremonies.readCommit(b.ceremony, trusteeOf(entry), payload),
	judge(b, entry, content) {
		const others = b.commits.filter((one) => one !== undefined);
		const first = b.group.encode(content.commitments[0]);
		const same = (one) => equal(b.group.encode(one.commitments[0]), first);
		require(b.commits[content.index - 1] === undefined, 'CEREMONY.DISTINCT', `trustee ${content.index} has committed already`, 'payload.trustee');
		inside('payload', () => ceremonies.verifyPossession(b.ceremony, content));
		// A copied commitment would cancel or double another trustee's part.
		require(!others.some(same), 'CEREMONY.DISTINCT', 'another trustee has the same C_{i,0}', 'payload.commitments[0]');
		if (others.length + 1 === b.manifest.trustees.length) {
			const all = b.manifest.trustees.map((_, k) => b.commits[k] ?? content);
			inside('payload', () => ceremonies.checkKeys(b.group, ceremonies.sumKeys(b.group, all)));
		}
	},
	take(b, entry, content) {
		if (b.phase !== 'setup') return false;
		if (content === undefined) {
			b.gaps.add('keys');
			return false;
		}
		if (b.commits[content.index - 1] !== undefined || content.index > b.manifest.trustees.length) return false;
		b.commits[content.index - 1] = content;
		if (b.hasAllCommits()) Object.assign(b, ceremonies.sumKeys(b.group, /** @type {ceremonies.Commit[]} */ (b.commits)));
		return true;
	},
};

/** What trustees certify: the log before the first certificate. @param {import('./board.js').Board} b */
const certified = (b) => b.before ?? { size: b.size, root: b.tree.root() };

/** @type {import('./board.js').Handler} */
export const certify = {
	read: (b, entry, payload) => ceremonies.readCertificate(b.group, trusteeOf(entry), payload),
	judge(b, entry, content) {
		const again = () => new Refusal('CEREMONY.CERTIFY', `${entry.signer} has certified already`, 'payload.trustee');
		if (b.certified.has(content.index)) throw again();
		needs(b, 'keys', 'certificates'); // a certificate that is missing may have been the first
		inside('payload', () => {
			ceremonies.checkCertified(content, certified(b));
			ceremonies.checkCertifiedKey(b.group, content, b.h);
		});
	},
	take(b, entry) {
		const trustee = trusteeOf(entry);
		if (!['setup', 'certifying'].includes(b.phase) || !(trustee >= 1 && trustee <= b.manifest.trustees.length)) return false;
		b.before = certified(b);
		b.certified.add(trustee);
		b.phase = b.certified.size === b.manifest.trustees.length ? 'ready' : 'certifying';
		return true;
	},
};

/** @type {import('./board.js').Handler} */
export const open = {
	read: (b, entry, payload) => payloads.parseOpen(payload, b.group.pointLength),
	judge(b, { time }, content) {
		const { opens } = b.manifest;
		requirePoint(b, content, 'OPEN');
		require(time >= opens && time < b.closes, 'OPEN', `opened at ${time}, not from ${opens} to ${b.closes}`, 'time');
		needs(b, 'keys');
		require(equal(content.publicKey, b.group.encode(b.h)), 'OPEN', 'not the key of the ceremony', 'payload.public_key');
	},
	take(b, entry, content, leaf) {
		if (!['setup', 'certifying', 'ready'].includes(b.phase)) return false;
		if (!b.hasAllCommits()) b.gaps.add('keys');
		b.context = leaf;
		b.openIndex = b.size;
		b.phase = 'open';
		return true;
	},
};

/** [ENTRY.ONCE] @param {import('./entry.js').Entry} entry */
const noticeKey = (entry) => hex(sha256(concat(entries.payloadHash(entry), entry.signature)));

/** @type {import('./board.js').Handler} */
export const notice = {
	read: (_, entry, payload) => payloads.parseNotice(payload),
	judge(b, entry) {
		require(!b.notices.has(noticeKey(entry)), 'ENTRY.ONCE', 'this very notice is on the board already', 'signature');
		require(b.notices.size < MAX_NOTICES, 'ENTRY.ONCE', `more than ${MAX_NOTICES} notices`, 'type');
	},
	take(b, entry) {
		b.notices.add(noticeKey(entry));
		return b.phase !== 'start';
	},
};

/** @type {import('./board.js').Handler} */
export const cancel = {
	read: (_, entry, payload) => payloads.parseCancel(payload),
	judge() {},
	take(b, entry, content) {
		if (content === undefined || ['start', 'finished', 'cancelled'].includes(b.phase)) return false;
		b.cancelled = content.reason;
		b.phase = 'cancelled';
		return true;
	},
};

/** [CLIENT.CHANGED] @type {import('./board.js').Handler} */
export const client = {
	read: (_, entry, payload) => payloads.parseClient(payload),
	judge(b, entry) {
		require(b.clients.at(-1)?.hash !== hex(entries.payloadHash(entry)), 'CLIENT.CHANGED', 'the same list as in the latest entry of this type', 'payload');
		require(b.clients.length < MAX_CLIENTS, 'CLIENT.CHANGED', `more than ${MAX_CLIENTS} of them`);
	},
	take(b, entry, content) {
		if (content === undefined || !['ready', 'open'].includes(b.phase)) return false;
		b.clients.push({ index: b.size, hash: hex(entries.payloadHash(entry)), isLate: b.phase === 'open', files: content.files });
		return true;
	},
};
