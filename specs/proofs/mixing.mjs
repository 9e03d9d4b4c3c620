// SPDX-License-Identifier: Apache-2.0
// The arguments of specs/proofs.md for ranked ballots outside the shuffle: encoding, knowledge, list decryption, several mixes.
import { createHash } from 'node:crypto';
import { LARGE, field, formal, permutations, vectors } from './formal.mjs';
import { report } from './report.mjs';

// [RANK.CHOICE]
function isChoice(ranks, { min, max, equal }) {
	const used = ranks.filter((r) => r > 0), top = Math.max(0, ...used);
	const everyRank = Array.from({ length: top }, (_, i) => i + 1).every((r) => used.includes(r));
	return used.length >= min && used.length <= max && everyRank && (equal || new Set(used).size === used.length);
}
const elements = (ranks, m, d) => Array.from({ length: Math.ceil(m / d) }, (_, k) =>
	ranks.slice(k * d, (k + 1) * d).reduce((v, r, i) => v + r * (m + 1) ** i, 0));
const digits = (values, m, d) => values.flatMap((v, k) => Array.from({ length: Math.min(d, m - k * d) }, (_, i) => Math.floor(v / (m + 1) ** i) % (m + 1)));

// [PROOF.ENCODING]: the integers that decode are those that choices encode to, each once; embedding is one to one on what can be extracted.
function encodingRuns() {
	let right = true, tried = 0;
	for (const m of [1, 2, 3, 4]) for (const d of [1, 2, 4]) for (const equal of [false, true]) for (const [min, max] of [[0, m], [1, Math.min(2, m)]]) {
		const choices = vectors(m + 1, m).filter((ranks) => isChoice(ranks, { min, max, equal })), encoded = new Set(choices.map((c) => elements(c, m, d).join()));
		const w = Math.ceil(m / d), sizes = Array.from({ length: w }, (_, k) => (m + 1) ** Math.min(d, m - k * d));
		const all = sizes.reduce((sofar, size) => sofar.flatMap((v) => Array.from({ length: size }, (_, x) => [...v, x])), [[]]);
		const decoded = all.filter((v) => isChoice(digits(v, m, d), { min, max, equal }));
		if (encoded.size !== choices.length || decoded.length !== choices.length || !decoded.every((v) => encoded.has(v.join()))) right = false;
		tried += all.length;
	}
	report(`encoding: of ${tried} tuples of integers exactly those decode that a choice encodes to, each to its own`, right);
	/* strings (counter, data) of 6 + 4 bits, one in four of them an element: whatever its marks, an element is read or refused as a whole */
	const isElement = (s) => s === 0 || createHash('sha256').update(String(s)).digest()[0] % 4 === 0;
	const embed = (data) => Array.from({ length: 64 }, (_, c) => c * 16 + data).find(isElement), extract = (M) => (embed(M % 16) === M ? M % 16 : null);
	const read = Array.from({ length: 1024 }, (_, s) => s).filter(isElement).map(extract).filter((v) => v !== null);
	report('embedding: every value is read from one element and from no other', read.length === 16 && new Set(read).size === 16 && embed(0) === 0);
}

// [PROOF.OPENING]: the proof of [RANK.PROVE] over w pairs.
function openingRuns() {
	const w = 3, F = field(LARGE), group = formal(F, 2 + w), { sum, same, unit } = group, g = unit(0), h = unit(1);
	const r = F.randoms(w), t = F.randoms(w), E = r.map((f, k) => [sum([f, g]), sum([1, unit(2 + k)], [f, h])]), T = t.map((f) => sum([f, g]));
	const answer = (c) => r.map((f, k) => F.mod(t[k] + F.mul(c, f)));
	const right = (c, z) => z.every((f, k) => same(sum([f, g]), sum([1, T[k]], [c, E[k][0]])));
	const [c1, c2] = [F.random(), F.random()], found = answer(c1).map((f, k) => F.mul(f - answer(c2)[k], F.inv(c1 - c2)));
	const plaintexts = E.every(([, B], k) => same(sum([1, B], [-found[k], h]), unit(2 + k)));
	report('knowledge: two answers give every r and with it every element of the ballot', right(c1, answer(c1)) && right(c2, answer(c2)) && plaintexts);

	const q = 5, tiny = field(q), secret = [2, 4], count = new Map(), c = 3;
	for (const t of vectors(q, 2)) {
		const z = secret.map((f, k) => tiny.mod(t[k] + tiny.mul(c, f))), key = [...t, ...z].join();
		count.set(key, (count.get(key) ?? 0) + 1);
	}
	for (const z of vectors(q, 2)) {
		const key = [...z.map((f, k) => tiny.mod(f - tiny.mul(c, secret[k]))), ...z].join();
		count.set(key, (count.get(key) ?? 0) - 1);
	}
	report('knowledge: real and simulated transcripts are the same multiset (q = 5, w = 2)', [...count.values()].every((f) => f === 0));

	/* U-08: the second element of somebody else's ballot behind one's own first: provable only where the proof stops at the first */
	const own = F.random(), stolen = [[sum([own, g]), sum([1, unit(2)], [own, h])], E[1]], k = F.random(), mine = sum([k, g]);
	const scalar = (...v) => Number(createHash('sha512').update(JSON.stringify(v)).digest().readBigUInt64BE() % BigInt(LARGE));
	const challenge = scalar(stolen, mine), z = F.mod(k + F.mul(challenge, own));
	const equation = (A) => same(sum([z, g]), sum([1, mine], [challenge, A]));
	report('knowledge: a proof that covered the first element alone would let the second be another voter\'s; the one for all does not', equation(stolen[0][0]) && !equation(stolen[1][0]));
}

// [PROOF.LIST]
function listRuns() {
	let most = 0, exact = true;
	for (const [q, n] of [[5, 2], [5, 3], [7, 2]]) {
		const F = field(q), fs = vectors(q, n);
		for (const wrong of vectors(q, n).slice(1)) if (fs.filter((f) => F.dot(f, wrong) === 0).length !== q ** (n - 1)) exact = false;
	}
	report('list decryption: factors that hide a wrong share are one in q, whatever is wrong (q = 5 and 7, 2 and 3 elements)', exact);
	const q = 7, F = field(q), x = 3, H = 2; /* for a wrong sum, one c at most has an answer, whatever a and b are */
	for (let Z = 0; Z < q; Z++) for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) {
		if (Z === F.mul(x, H)) continue;
		const answered = vectors(q, 1).filter(([c]) => vectors(q, 1).some(([z]) => z === F.mod(a + F.mul(c, x)) && F.mul(z, H) === F.mod(b + F.mul(c, Z))));
		most = Math.max(most, answered.length);
	}
	report(`list decryption: at most ${most} of ${q} challenges of [DLEQ] has an answer for a wrong sum`, most === 1);
}

// [PROOF.MIX] and [PROOF.MIX.FORK]: who knows both decrypted orders and the corrupt mix b between them, how many assignments of the ballots to
// the voters are possible?  f[voter] is a ballot; an honest mix p shows at place i what was at place p[i].
function candidates(b, fresh) {
	const n = b.length, all = permutations(n), truth = all[all.length - 2], p = all[Math.floor(all.length / 3)], again = fresh ? all[1] : p;
	const views = (f, p1, p2) => [p1.map((i) => f[i]).join(), p2.map((i) => f[b[i]]).join()].join(' ');
	const seen = views(truth, p, again), weights = all.map((f) =>
		all.reduce((s, p1) => s + (fresh ? all : [p1]).filter((p2) => views(f, p1, p2) === seen).length, 0));
	const possible = weights.filter((f) => f > 0);
	return { possible: possible.length, all: all.length, equal: new Set(possible).size === 1 };
}
function forkRuns() {
	const b = [1, 2, 3, 0], anew = candidates(b, true), again = candidates(b, false);
	report(`two chains of mixes: with a permutation drawn anew all ${anew.possible} of ${anew.all} assignments remain, equally likely`, anew.possible === anew.all && anew.equal);
	report(`two chains of mixes: with one permutation used twice only ${again.possible} of ${again.all} would`, again.possible === 4);
}

export function mixingRuns() {
	encodingRuns();
	openingRuns();
	listRuns();
	forkRuns();
}
