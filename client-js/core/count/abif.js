// SPDX-License-Identifier: Apache-2.0
// [COUNT.ABIF] Ballots in the Aggregated Ballot Information Format: for people and programs that read it; only written here.
import { utf8 } from '../../crypto/bytes.js';

/** @param {string} text */
const escaped = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** In brackets where none in it would end them. @param {string} name */
const named = (name) => (name.includes(']') ? escaped(name) : `[${name}]`);

/** @param {import('./ballots.js').Ballots} ballots @returns {Uint8Array} */
export function write(ballots) {
	const { names, title, seats, withdrawn } = ballots;
	const ranksOf = ({ ranks, scores }) => ranks.map((level, k) => level.map((i) => `c${i + 1}${scores === null ? '' : `/${scores[k]}`}`).join('=')).join('>');
	const lines = [
		...(title === null ? [] : [`{"title": ${escaped(title)}}`]),
		...(seats === 0 ? [] : [`{"seats": ${seats}}`]),
		...names.map((name, i) => `=c${i + 1}:${named(name)}`),
		...(withdrawn.size === 0 ? [] : [`{"withdrawn": "${[...withdrawn].sort((a, b) => a - b).map((i) => i + 1).join(' ')}"}`]),
		...ballots.groups.map((group) => `${group.weight}:${ranksOf(group)}`),
	];
	return utf8(lines.map((line) => `${line}\n`).join(''));
}
