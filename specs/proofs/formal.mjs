// SPDX-License-Identifier: Apache-2.0
// A formal group: elements are vectors of exponents mod q over independent bases, so that commitments bind although q is
// small.  With one base it is the group of order q in which every logarithm is known.  q is a prime below 2^26.
import { randomInt } from 'node:crypto';

export const LARGE = 67108859; /* the largest prime below 2^26: products of two scalars are exact */

export function field(q) {
	const mod = (a) => ((a % q) + q) % q;
	const mul = (a, b) => mod((a % q) * (b % q));
	function pow(a, e) {
		let r = 1;
		for (let b = mod(a); e > 0; e = Math.floor(e / 2), b = mul(b, b)) if (e % 2) r = mul(r, b);
		return r;
	}
	const inv = (a) => pow(a, q - 2);
	const dot = (a, b) => a.reduce((s, v, i) => (s + mul(v, b[i])) % q, 0);
	const product = (list) => list.reduce(mul, 1);
	const random = () => randomInt(q);
	const randoms = (n) => Array.from({ length: n }, random);
	return { q, mod, mul, pow, inv, dot, product, random, randoms };
}

export const column = (M, l) => M.map((row) => row[l]);
export const identity = (n) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, l) => Number(i === l)));

// Solves A X = B (rows of B belong to rows of A) by Gaussian elimination; null if A is singular.
export function solve(F, A, B) {
	const n = A.length, rows = A.map((row, i) => [...row, ...B[i]].map(F.mod));
	for (let c = 0; c < n; c++) {
		const p = rows.findIndex((row, i) => i >= c && row[c] !== 0);
		if (p < 0) return null;
		[rows[c], rows[p]] = [rows[p], rows[c]];
		const k = F.inv(rows[c][c]);
		rows[c] = rows[c].map((v) => F.mul(v, k));
		for (let i = 0; i < n; i++) {
			const f = rows[i][c];
			if (i !== c && f) rows[i] = rows[i].map((v, j) => F.mod(v - F.mul(f, rows[c][j])));
		}
	}
	return rows.map((row) => row.slice(n));
}

export function formal(F, dim) {
	const zero = Array(dim).fill(0);
	return {
		dim, zero, unit: (i) => zero.map((_, j) => Number(i === j)),
		sum: (...terms) => {
			const total = Array(dim).fill(0);
			for (const [k, P] of terms) for (let j = 0; j < dim; j++) total[j] = (total[j] + F.mul(k, P[j])) % F.q;
			return total;
		},
		same: (P, Q) => P.every((v, j) => v === Q[j]),
	};
}

export function permutations(n) {
	if (n === 0) return [[]];
	return permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => [...p.slice(0, i), n - 1, ...p.slice(i)]));
}
// Output l shows input perm[l].
export const matrixOf = (perm) => perm.map((_, i) => perm.map((j) => Number(j === i)));
// All vectors of n digits below q.
export function vectors(q, n) {
	return n === 0 ? [[]] : vectors(q, n - 1).flatMap((v) => Array.from({ length: q }, (_, d) => [...v, d]));
}
