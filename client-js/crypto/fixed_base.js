// SPDX-License-Identifier: Apache-2.0
// Powers of one base by a table: base^(digit * 2^(window * i)) for every digit of a 256-bit exponent.
const BITS = 256;

/** @type {Map<bigint, {window: number, rows: bigint[][]}>} */
const tables = new Map();

/** @param {bigint} base @param {number} window bits @param {bigint} p */
export function prepare(base, window, p) {
	const rows = [];
	let first = base;
	for (let at = 0; at < BITS; at += window) {
		const row = [1n, first];
		while (row.length < 1 << window) row.push((row[row.length - 1] * first) % p);
		rows.push(row);
		first = (row[row.length - 1] * first) % p;
	}
	tables.set(base, { window, rows });
}

/** @param {bigint} base @param {bigint} exponent 0..2^256-1 @param {bigint} p @returns {bigint|undefined} nothing where there is no table */
export function power(base, exponent, p) {
	const table = tables.get(base);
	if (table === undefined) return undefined;
	const mask = (1n << BigInt(table.window)) - 1n;
	/* The digit 0 multiplies by 1, so that the number of products says nothing about a secret exponent. */
	return table.rows.reduce((product, row, i) => (product * row[Number((exponent >> BigInt(i * table.window)) & mask)]) % p, 1n);
}
