// SPDX-License-Identifier: Apache-2.0
import * as ranking from '../../core/ranking.js';
import { concat, fromHex, hex, intToLe } from '../../crypto/bytes.js';
import { Refusal } from '../../crypto/err.js';
import { ristretto255 as group } from '../../crypto/group_ristretto255.js';
import { collect, seeded } from './kit.mjs';

/** @param {any} d as in the files */
export const readRanked = (d) => ranking.define({ m: d.options, min: d.min, max: d.max, equal: d.equal });
export const ranked = (options, min, max, equal = false) => ({ options, min, max, equal });

/** Where the code says nothing came out, a case wants the rule. */
function given(value, rule) {
	if (value === undefined) throw new Refusal(rule, 'nothing comes out');
	return value;
}

export const ops = {
	'ranking.define'({ definition }) {
		const d = readRanked(definition);
		return { d: d.d, w: d.w, definition: ranking.writeDefinition(d) };
	},
	'ranking.encode'({ definition, ranks }) {
		const d = readRanked(definition);
		return { carried: ranking.encodeBytes(d, ranks).map(hex), elements: ranking.encode(group, d, ranks).map((M) => hex(group.encode(M))) };
	},
	'ranking.decode': ({ definition, elements }) =>
		({ ranks: given(ranking.decode(group, readRanked(definition), elements.map((M) => group.decode(fromHex(M)))), 'RANK.DECODE') }),
	'embed.embed': ({ carried }) => ({ point: group.encode(group.embed(fromHex(carried))) }),
	'embed.extract': ({ point }) => ({ carried: given(group.extract(group.decode(fromHex(point))), 'RANK.ENCODE') }),
};

function definitionCases(c) {
	for (const m of [1, 2, 3, 5, 43, 44, 86, 87, 255, 256, 499, 500]) c.good('ranking.define', `${m} options`, { definition: ranked(m, 0, m) });
	c.good('ranking.define', 'equal ranks, 1 to 3 of 5', { definition: ranked(5, 1, 3, true) });
	const refuse = (name, d) => c.bad('ranking.define', name, 'RANK.DEFINITION', { definition: d });
	refuse('no option', ranked(0, 0, 0));
	refuse('501 options', ranked(501, 0, 501));
	refuse('max 0', ranked(3, 0, 0));
	refuse('min above max', ranked(3, 2, 1));
	refuse('max above the options', ranked(3, 0, 4));
}

/** A ranking of everybody in an order that depends on the name. */
function orderOf(m, label) {
	const draws = seeded(label, 4 * m);
	const keyed = Array.from({ length: m }, (_, i) => ({ i, key: hex(draws.slice(4 * i, 4 * i + 4)) })).sort((a, b) => (a.key < b.key ? -1 : 1));
	const ranks = new Array(m).fill(0);
	keyed.forEach(({ i }, position) => { ranks[i] = position + 1; });
	return ranks;
}

function choiceCases(c) {
	const good = (name, definition, ranks) => {
		const { elements } = c.good('ranking.encode', name, { definition, ranks });
		c.good('ranking.decode', `${name}: back`, { definition, elements });
	};
	const refuse = (name, definition, ranks) => c.bad('ranking.encode', name, 'RANK.CHOICE', { definition, ranks });
	good('all of 3', ranked(3, 0, 3), [2, 3, 1]);
	good('one of 3', ranked(3, 1, 1), [0, 1, 0]);
	good('nobody of 3: the identity', ranked(3, 0, 3), [0, 0, 0]);
	good('2 of 5', ranked(5, 2, 3), [0, 2, 0, 0, 1]);
	good('5 with equal ranks', ranked(5, 0, 5, true), [2, 1, 2, 0, 1]);
	good('5, all first', ranked(5, 0, 5, true), [1, 1, 1, 1, 1]);
	for (const m of [43, 44, 500]) {
		good(`all of ${m}`, ranked(m, 0, m), orderOf(m, `order ${m}`));
		good(`${m} with equal ranks`, ranked(m, 0, m, true), orderOf(m, `equal ${m}`).map((r) => (r > m / 2 ? 0 : Math.ceil(r / 3))));
	}
	good('nobody of 500', ranked(500, 0, 500), new Array(500).fill(0));
	refuse('a rank left out', ranked(3, 0, 3), [1, 3, 0]);
	refuse('no first rank', ranked(3, 0, 3), [2, 0, 0]);
	refuse('equal ranks where they are not allowed', ranked(3, 0, 3), [1, 1, 0]);
	refuse('equal ranks, then a rank left out', ranked(5, 0, 5, true), [1, 1, 3, 0, 0]);
	refuse('too few', ranked(3, 2, 3), [1, 0, 0]);
	refuse('too many', ranked(3, 0, 2), [1, 2, 3]);
	refuse('too many, on equal ranks', ranked(3, 0, 2, true), [1, 1, 1]);
	refuse('a rank above the number of options', ranked(3, 0, 3), [4, 1, 2]);
	refuse('a value too few', ranked(3, 0, 3), [1, 2]);
	refuse('a value too many', ranked(3, 0, 3), [1, 2, 3, 0]);
}

const elementOf = (value) => hex(group.encode(group.embed(intToLe(value, 30))));

function decodeCases(c) {
	const refuse = (name, definition, elements) => c.bad('ranking.decode', name, 'RANK.DECODE', { definition, elements });
	const three = ranked(3, 0, 3);
	c.good('ranking.decode', 'the largest number of 3 options that is a choice', { definition: three, elements: [elementOf(3n * 16n + 2n * 4n + 1n)] });
	refuse('a number that is too large by one', three, [elementOf(64n)]);
	refuse('the largest number there is', three, [elementOf((1n << 240n) - 1n)]);
	refuse('a choice, and a bit above it', three, [elementOf(57n + (1n << 239n))]);
	refuse('digits with a rank left out', three, [elementOf(3n)]);
	refuse('digits with equal ranks', three, [elementOf(1n + 4n)]);
	refuse('digits that rank too many', ranked(3, 0, 2), [elementOf(57n)]);
	refuse('digits that rank too few', ranked(3, 1, 3), [elementOf(0n)]);
	c.good('ranking.decode', 'equal ranks where they are allowed', { definition: ranked(3, 0, 3, true), elements: [elementOf(1n + 4n)] });
	const many = ranked(44, 0, 44);
	c.good('ranking.decode', 'a rank in the second element alone', { definition: many, elements: [elementOf(0n), elementOf(1n)] });
	refuse('the second of 44 options has room for one digit', many, [elementOf(1n), elementOf(45n)]);
	refuse('a first rank in both elements', many, [elementOf(1n), elementOf(1n)]);
	refuse('the generator, which is nothing embedded', three, [hex(group.encode(group.generator))]);
	refuse('what is right and once the generator', many, [elementOf(1n), hex(group.encode(group.generator))]);
}

/** Every string that is an element and has these bytes in its midst, by its counter. */
function* stringsOf(carried) {
	for (let counter = 0; counter < 16384; counter++) {
		const bytes = concat(new Uint8Array([2 * (counter % 128)]), carried, new Uint8Array([Math.floor(counter / 128)]));
		try {
			group.decode(bytes);
		} catch (error) {
			if (error instanceof Refusal) continue;
			throw error;
		}
		yield { counter, bytes };
	}
}

/** The first of an endless series for which there is a string of that kind. */
function find(label, wanted) {
	for (let i = 0; ; i++) {
		const strings = stringsOf(seeded(`${label} ${i}`, 30));
		const first = strings.next().value;
		const found = wanted(first, strings);
		if (found !== undefined) return found;
	}
}

function embedCases(c) {
	c.good('embed.embed', 'zeroes: the identity', { carried: '00'.repeat(30) });
	c.good('embed.extract', 'the identity', { point: '00'.repeat(32) });
	for (let i = 0; i < 8; i++) {
		const { point } = c.good('embed.embed', `bytes ${i}`, { carried: seeded(`embed ${i}`, 30) });
		c.good('embed.extract', `bytes ${i}, back`, { point });
	}
	c.good('embed.embed', 'bytes ff', { carried: 'ff'.repeat(30) });
	const late = find('late', (first) => (first.counter >= 12 ? first : undefined));
	c.good('embed.embed', 'no counter below 12 gives an element', { carried: late.bytes.slice(1, 31) });
	const refuse = (name, bytes) => c.bad('embed.extract', name, 'RANK.ENCODE', { point: bytes });
	refuse('the second string of the same bytes', find('second', (_, strings) => strings.next().value.bytes));
	refuse('another string of the identity\'s bytes', [...stringsOf(new Uint8Array(30))][1].bytes);
	refuse('a string of the last counters, which are none', [...stringsOf(seeded('counters', 30))].find(({ counter }) => counter >= 127 * 128).bytes);
	refuse('the generator', group.encode(group.generator));
}

export function make() {
	const c = collect(ops, {
		topic: 'ranking',
		about: 'Rankings as numbers, and numbers as elements.',
		source: 'client-js',
		spec: ['RANK.DEFINITION', 'RANK.CHOICE', 'RANK.ENCODE', 'RANK.DECODE'],
	});
	definitionCases(c);
	choiceCases(c);
	decodeCases(c);
	embedCases(c);
	return c.file();
}
