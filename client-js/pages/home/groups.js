// SPDX-License-Identifier: Apache-2.0
// Which elections are open, coming and over, as a server lists them [HTTP.STATE].

/** @typedef {{slug: string, title: string, rehearsal: boolean, phase: string, opens: number, closes: number}} Election */

const COMING = new Set(['setup', 'certifying', 'ready']);

/** The phase by the reader's clock. @param {Election} e @param {number} now @returns {string} */
export function phaseNow({ phase, opens, closes }, now) {
	if (COMING.has(phase)) return now >= closes ? 'missed' : now >= opens ? 'late' : phase;
	return phase === 'open' && now >= closes ? 'closed' : phase;
}

/** @param {Election} e @param {number} now @returns {'open'|'coming'|'over'} */
export function groupOf(e, now) {
	const phase = phaseNow(e, now);
	if (phase === 'open') return 'open';
	return phase === 'late' || COMING.has(phase) ? 'coming' : 'over';
}

/** Those of a group: what ends or begins next comes first, what is over latest first. @param {Election[]} all @param {'open'|'coming'|'over'} group @param {number} now */
export function byTime(all, group, now) {
	const list = all.filter((e) => groupOf(e, now) === group);
	if (group === 'over') return list.sort((a, b) => b.closes - a.closes);
	return list.sort(group === 'open' ? (a, b) => a.closes - b.closes : (a, b) => a.opens - b.opens);
}
