// SPDX-License-Identifier: Apache-2.0

/**
 * What every check throws when data from outside breaks a rule.  `rule` is the id of the rule in specs/, the
 * same that the verifier reports and the server answers with.  Anything else that is thrown is a caller's bug.
 */
export class Refusal extends Error {
	/**
	 * @param {string} rule id of the broken rule, such as "BALLOT.POINTS"
	 * @param {string} detail what was expected and what was found, for people
	 * @param {string} [where] the place: a field of the entry, a file of the board
	 */
	constructor(rule, detail, where = '') {
		super(`[${rule}] ${detail}`);
		this.where = where;
		this.name = 'Refusal';
		this.rule = rule;
		this.detail = detail;
	}
}

/**
 * @param {boolean} holds what must be true
 * @param {string} rule
 * @param {string} detail
 * @param {string} [where]
 */
export function require(holds, rule, detail, where) {
	if (!holds) throw new Refusal(rule, detail, where);
}

/**
 * Names the place that holds what `read` reads: `closes` becomes `payload.closes`.
 * @template T
 * @param {string} place
 * @param {() => T} read
 * @returns {T}
 */
export function inside(place, read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Refusal) throw new Refusal(error.rule, error.detail, error.where === '' ? place : `${place}.${error.where}`);
		throw error;
	}
}

/**
 * Runs `read` and reports what it refuses under another rule: a scalar that is not reduced breaks GROUP.SCALAR
 * by itself, but BALLOT.POINTS inside of a ballot.
 * @template T
 * @param {string} rule
 * @param {() => T} read
 * @returns {T}
 */
export function under(rule, read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Refusal) throw new Refusal(rule, `${error.detail} [${error.rule}]`, error.where);
		throw error;
	}
}
