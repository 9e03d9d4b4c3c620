// SPDX-License-Identifier: Apache-2.0
// Who has to do what next, and with which command: from the manifest and the state that the server tells [HTTP.STATE].

/**
 * @typedef {'setup'|'certifying'|'ready'|'open'|'closed'|'finished'|'cancelled'} Phase
 * @typedef {{type: string, signer: string, time?: number, before?: number}} Awaited
 * @typedef {{phase: Phase, opens: number, closes: number, awaits: Awaited[]}} State
 * @typedef {'done'|'awaited'|'later'|'optional'} Progress
 * @typedef {{signer: string, name: string, progress: Progress, command: string}} Task
 */

const ORDER = ['setup', 'certifying', 'ready', 'open', 'closed', 'finished'];
const COMMANDS = { 'trustee.commit': 'commit', 'trustee.certify': 'certify', endorse: 'endorse', mix: 'mix', decrypt: 'decrypt' };

/** For a shell: an address of the server holds nothing that needs quotes, unless somebody made it so. @param {string} word */
const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** What this party types. @param {string} type of the entry @param {string} signer @param {string} board @returns {string} */
export function commandOf(type, signer, board) {
	const [kind, name] = signer.split('/');
	return kind === 'trustee' ? `tabella-trustee ${/** @type {any} */ (COMMANDS)[type]} ${quote(board)}` : `tabella ${/** @type {any} */ (COMMANDS)[type]} --id ${quote(name)} ${quote(board)}`;
}

/** @param {string} phase @param {string} goal */
const hasReached = (phase, goal) => ORDER.indexOf(phase) >= ORDER.indexOf(goal);

/**
 * One line for each party that owes an entry of this type.
 * @param {'trustee.commit'|'trustee.certify'|'endorse'|'mix'|'decrypt'} type @param {any} manifest @param {State} state @param {string} board
 * @param {Set<string>} acts what stands on the board: 'decrypt trustee/2'
 * @returns {Task[]}
 */
export function tasksOf(type, manifest, state, board, acts) {
	const parties = manifest.trustees.map((/** @type {any} */ one, /** @type {number} */ i) => ({ signer: `trustee/${i + 1}`, name: one.name }));
	if (type === 'endorse') parties.push(...manifest.endorsers.map((/** @type {any} */ one) => ({ signer: `endorser/${one.id}`, name: one.name })));
	return parties.map((/** @type {{signer: string, name: string}} */ party) => ({
		...party, progress: acts.has(`${type} ${party.signer}`) ? 'done' : progressOf(type, party.signer, state), command: commandOf(type, party.signer, board),
	}));
}

/** What is awaited once there is enough of this. */
const AFTER = { endorse: ['mix', 'decrypt', 'result'], mix: ['decrypt', 'result'], decrypt: ['result'] };

/** What is not on the board: endorsements beyond the needed ones may still come. @param {string} type @param {string} signer @param {State} state @returns {Progress} */
function progressOf(type, signer, { phase, awaits }) {
	if (awaits.some((one) => one.type === type && one.signer === signer)) return 'awaited';
	const isPast = phase === 'finished' || (phase === 'closed' && awaits.some((one) => (/** @type {{[type: string]: string[]}} */ (AFTER)[type] ?? []).includes(one.type)));
	return isPast && Object.hasOwn(AFTER, type) ? 'optional' : 'later';
}

/** Polls that have not opened before their end never open [OPEN.MISSED]. @param {State} state @param {number} now */
export const isMissed = ({ phase, closes }, now) => ['setup', 'certifying', 'ready'].includes(phase) && now >= closes;

/** What may be done now. @param {State} state @param {number} now @param {boolean} hasDecrypted a trustee */
export function allowed(state, now, hasDecrypted) {
	const { phase, awaits, closes } = state;
	return {
		roll: phase === 'setup' && awaits.some(({ type }) => type === 'roll'),
		change: phase === 'open' && now < closes,
		remove: phase === 'open',
		extend: phase === 'open' && now < closes,
		notice: true,
		/* [ENTRY.ORDER] not after the first decryption */
		cancel: ORDER.includes(phase) && phase !== 'finished' && !hasDecrypted,
	};
}

/** The stages of an election, for a list of what is behind and ahead; rankings alone are mixed. @param {any} manifest */
export const stageNames = ({ mixes }) => ['created', 'roll', 'commit', 'certify', 'open', 'close', 'endorse', ...(mixes === undefined ? [] : ['mix']), 'decrypt', 'result'];

/** @param {State} state @param {number} now @returns {{[stage: string]: 'done'|'now'|'ahead'|'never'}} */
export function stagesOf(state, now) {
	const { phase, awaits } = state;
	const waits = (/** @type {string} */ type) => awaits.some((one) => one.type === type);
	const dead = phase === 'cancelled' || isMissed(state, now);
	const at = (/** @type {boolean} */ done, /** @type {boolean} */ current) => (done ? 'done' : dead ? 'never' : current ? 'now' : 'ahead');
	const setup = phase === 'setup';
	const past = (/** @type {string} */ goal) => hasReached(phase, goal);
	return {
		created: 'done',
		roll: at(past('setup') && !waits('roll'), true),
		commit: at(past('certifying') || (setup && !waits('trustee.commit')), true),
		certify: at(past('ready'), waits('trustee.certify')),
		open: at(past('open'), phase === 'ready'),
		close: at(past('closed'), phase === 'open'),
		endorse: at(phase === 'finished' || waits('mix') || waits('decrypt') || waits('result'), phase === 'closed'),
		mix: at(phase === 'finished' || waits('decrypt') || waits('result'), waits('mix')),
		decrypt: at(phase === 'finished' || waits('result'), waits('decrypt')),
		result: at(phase === 'finished', waits('result')),
	};
}
