// SPDX-License-Identifier: Apache-2.0
// A ranking while the voter makes it: groups of options, the first place first; options that share a place are one group [RANK.CHOICE].

/** @typedef {number[][]} Places options by place */

/** @param {number[]} ranks of each option, 0 for none @returns {Places} */
export function placesOf(ranks) {
	const places = Array.from({ length: Math.max(0, ...ranks) }, () => /** @type {number[]} */ ([]));
	ranks.forEach((rank, option) => { if (rank > 0) places[rank - 1].push(option); });
	return places;
}

/** @param {Places} places @param {number} m options in all @returns {number[]} */
export function ranksOf(places, m) {
	const ranks = Array.from({ length: m }, () => 0);
	places.forEach((options, i) => options.forEach((option) => { ranks[option] = i + 1; }));
	return ranks;
}

/** How many options have a place. @param {Places} places */
export const numRanked = (places) => places.reduce((sum, { length }) => sum + length, 0);

/** The place of an option from 0, or -1. @param {Places} places @param {number} option */
export const placeOf = (places, option) => places.findIndex((options) => options.includes(option));

/** @param {Places} places @param {number} option @returns {Places} the same without it; nobody keeps an empty place */
export const without = (places, option) => places.map((options) => options.filter((one) => one !== option)).filter(({ length }) => length > 0);

/** Behind all others. @param {Places} places @param {number} option @returns {Places} */
export const append = (places, option) => [...without(places, option), [option]];

/**
 * To a place of its own, as many places before it as `before` says (of the places that there are without it).
 * @param {Places} places @param {number} option @param {number} before @returns {Places}
 */
export function moveTo(places, option, before) {
	const rest = without(places, option);
	return [...rest.slice(0, before), [option], ...rest.slice(before)];
}

/** One step up or down: past the next place, or out of a shared one. @param {Places} places @param {number} option @param {1|-1} by @returns {Places} */
export function step(places, option, by) {
	const at = placeOf(places, option);
	if (places[at].length > 1) return moveTo(places, option, by < 0 ? at : at + 1);
	return moveTo(places, option, Math.max(0, Math.min(places.length - 1, at + by)));
}

/** Shares the place above, or one's own with nobody any more. @param {Places} places @param {number} option @returns {Places} */
export function toggleShared(places, option) {
	const at = placeOf(places, option);
	if (places[at].length > 1) return moveTo(places, option, at + 1);
	if (at === 0) return places;
	return places.flatMap((options, i) => (i === at - 1 ? [[...options, option]] : i === at ? [] : [options]));
}
