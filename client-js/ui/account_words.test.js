// SPDX-License-Identifier: Apache-2.0
// What is said of a count [COUNT.ACCOUNT]: every text is reached, in every language, and says what the account says.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as csv from '../core/count/ballot_csv.js';
import { count } from '../core/count/count.js';
import { LotMissing } from '../core/count/lot.js';
import { findMethod, methods } from '../core/count/methods.js';
import { someElection, someOptions } from '../core/count/testing.mjs';
import { utf8 } from '../crypto/bytes.js';
import texts from '../lang/count.js';
import { accountWords } from './account_words.js';
import { addTexts } from './i18n.js';

addTexts('count', texts);

/** A voice that notes what it was asked for, and wants every word. @param {string} language @param {Set<string>} asked */
const voice = (language, asked) => ({
	t(key, values = {}) {
		const name = key.slice('count.'.length);
		const text = texts[language][name];
		assert.equal(typeof text, 'string', key);
		asked.add(name);
		const wanted = [...text.matchAll(/\{(\w+)\}/g)].map(([, word]) => word);
		for (const word of wanted) assert(values[word] !== undefined && values[word] !== '' && !Number.isNaN(values[word]), `${key} wants {${word}}`);
		for (const word of Object.keys(values)) assert(wanted.includes(word), `${key} does not say ${word}`);
		return text.replace(/\{(\w+)\}/g, (_, word) => String(values[word]));
	},
	list: (words) => words.join('+'),
	number: (value, options) => new Intl.NumberFormat(language, options).format(value),
});

const run = (id, text, options) => count(/** @type {import('../core/count/count.js').Method} */ (findMethod(id)), csv.parse(utf8(text)), { seats: 1, ...options });

/** What only rounding does, in an election larger than these: nobody's votes that come back. */
function regained() {
	const account = run('meek', 'ranks,A,B,C\n5,1,2,\n3,,1,\n2,,,1\n', { seats: 2 });
	account.rounds[1].transfers?.push([0, 2, '0.000000001']);
	return account;
}

/** Counts that reach what chance hardly does. */
const special = () => [
	run('scottish', 'ranks,A,B,C,D,E\n2,1,,2,,\n1,,2,,1,\n2,,2,,,1\n2,,,2,,1\n', { seats: 3, lot: [0, 1, 2, 3, 4] }),
	regained(),
	run('condorcet', 'ranks,A,B,D\n9,1,2,3\n1,3,2,1\n2,,1,\n', { defaultOption: 2, quorum: 11, ratios: [[1, 1], [1, 1], [1, 1]] }),
	run('condorcet', 'ranks,A,B,D\n4,1,2,3\n3,3,2,1\n', { defaultOption: 2, quorum: 1, ratios: [[2, 1], [1, 1], [1, 1]] }),
	run('condorcet', 'ranks,A,D\n4,1,2\n5,2,1\n', { defaultOption: 1 }),
];

test('every text is said somewhere, with all its words, in every language', () => {
	for (const language of Object.keys(texts)) {
		const asked = new Set();
		for (const account of special()) accountWords(account, undefined, voice(language, asked));
		for (let e = 0; e < 150; e++) {
			const { ballots, chance } = someElection(`words ${e}`, { hasScores: e % 7 === 6 });
			for (const method of methods.filter(({ needsScores }) => !needsScores || ballots.hasScores)) {
				const options = someOptions(chance, method, ballots);
				let account;
				try {
					account = count(method, ballots, options);
				} catch (error) {
					if (error instanceof LotMissing) continue;
					throw error;
				}
				const words = accountWords(account, undefined, voice(language, asked));
				assert.deepEqual(words.candidates.map(({ elected, why }) => [elected, why]), account.fates.map(({ elected, why }) => [elected, why]));
				assert.equal(words.rounds.length, account.rounds.length);
				for (const [i, round] of words.rounds.entries()) {
					assert.equal(round.ties.length, account.rounds[i].ties.length);
					assert.deepEqual(round.transfers.map(({ from, to, amount }) => [from, to, amount]), account.rounds[i].transfers ?? []);
					assert.equal(round.pairs.length, account.rounds[i].pairs?.length ?? 0);
				}
			}
		}
		assert.deepEqual(Object.keys(texts[language]).filter((name) => !asked.has(name)), [], `${language}: never said`);
	}
});

test('Scottish STV, told in English', () => {
	const words = accountWords(run('scottish', 'ranks,A,B,C,D,E\n9,1,2,3,,\n4,,1,,,\n5,,,1,,\n1,,2,,1,\n1,,,,,1\n1,1,1,,,\n1,,,,,\n', { lot: [4, 3, 2, 1, 0], seats: 2 }), ['Ada', 'Bo', 'Cem', 'Dora', 'Emil']);
	assert.equal(words.method, 'Scottish STV');
	assert.deepEqual(words.summary, ['Ballots: 22. Valid: 20; empty: 1.', 'Ballots whose first preference is shared, so that it counts for nobody: 1.', 'Elected: Ada and Bo.']);
	assert.deepEqual(words.candidates.map(({ text }) => text), [
		'Elected in round 1: reached the quota. Votes: 9; quota: 7.',
		'Elected in round 5: no more candidates were left than seats. Votes: 6.99998.',
		'Not elected: excluded in round 5 with the fewest votes. Votes: 5.',
		'Not elected: excluded in round 3 with the fewest votes. Votes: 1. There was a tie, and the lot decided.',
		'Not elected: excluded in round 4 with the fewest votes. Votes: 1.',
	]);
	assert.deepEqual(words.rounds.map(({ title }) => title), ['First preferences', 'The surplus is transferred: Ada', 'Excluded, and the votes transferred: Dora', 'Excluded, and the votes transferred: Emil', 'Excluded, and the votes transferred: Cem']);
	assert.deepEqual(words.rounds[1].transfers.map(({ text }) => text), ['1.99998 from Ada to Bo', '0.00002 from Ada, non-transferable']);
	assert.deepEqual(words.rounds[2].ties, ['Tied for exclusion: Dora and Emil. The lot decides: Dora.']);
	assert.deepEqual(words.rounds[4].outcome, ['Elected: Bo.']);
});

test('the exact figure, however long', () => {
	const [text] = accountWords(run('ftstv', 'ranks,A,B\n9007199254740990,1,\n1,,1\n')).candidates.map((one) => one.text);
	assert.equal(text, 'Elected in round 1: reached the quota. Votes: 9007199254740990; quota: 4503599627370496.');
});

test('the figures are those of the right side', () => {
	const texts = (account) => accountWords(account, ['Ada', 'Bo', 'Cem']).candidates.map(({ text }) => text);
	const [loop, weak, both] = special().slice(2);
	assert.deepEqual(texts(loop), ['Not elected: too few prefer it to the default option, Cem. Ballots that do: 9; needed: 11.', 'Elected: beaten by no other candidate that was left.', 'Not elected: beaten by Bo. Ballots that prefer Bo: 11; the other way round: 1.']);
	assert.deepEqual(texts(weak)[0], 'Not elected: does not beat the default option, Cem, by 2 to 1. Ballots that prefer it: 4; the other way round: 3.');
	assert.deepEqual(texts(both)[0], 'Not elected: does not beat the default option, Bo. Ballots that prefer it: 4; the other way round: 5.');
	assert.deepEqual(accountWords(both).rounds.map(({ title, outcome, pairs }) => [title, outcome, pairs]), [
		['The quorum: options that too few prefer to the default option are dropped', ['None is dropped.'], []],
		['The majority: options that do not beat the default option as they must are dropped', ['Dropped: A.'], ['A: ballots that prefer it to the default option, D: 4; the other way round: 5.']],
		['The Schwartz set: D', ['Elected: D.'], []],
	]);
	const path = run('schulze', 'ranks,A,B,C\n6,1,2,3\n5,3,1,2\n4,2,3,1\n');
	assert.deepEqual(texts(path).slice(1), ['Not elected: beaten by Ada. Ballots that prefer Ada: 10; the other way round: 5.', 'Not elected: beaten by Ada along the strongest paths, 10 to 9.']);
	const empty = accountWords(run('approval', 'ranks,A,B,C\n6,1,,\n2,,1,\n', { seats: 3, minimum: 3 }));
	assert.deepEqual([empty.summary.slice(1), empty.candidates.map(({ text }) => text)], [['Elected: A.', 'Seats that stay empty: 2.'],
		['Elected: among the highest totals. Approvals: 6.', 'Not elected, although the count came to it: below the minimum. Approvals: 2; minimum: 3.', 'Not elected: without a single vote.']]);
});
