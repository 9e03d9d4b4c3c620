// SPDX-License-Identifier: Apache-2.0
// Manifests of elections with ranked questions.
import * as json from '../../core/json.js';
import { fromUtf8 } from '../../crypto/bytes.js';
import { collect } from './kit.mjs';
import { ops as manifestOps, option, question, rankedQuestion, rankedSample, referendum, sample, trustee } from './manifest.mjs';

export const ops = manifestOps;

const text = (value) => fromUtf8(json.write(value));
const many = (count) => Array.from({ length: count }, (_, i) => option(`o${i}`));
const METHODS = ['scottish-stv-2007', 'ftstv-openstv-1.7', 'irv-1', 'meek-prf-1', 'condorcet-debian-1.9', 'schulze-wv-1', 'borda-1', 'plurality-1', 'approval-1'];
const ONE = ['irv-1', 'condorcet-debian-1.9'];
const EQUAL = ['condorcet-debian-1.9', 'schulze-wv-1', 'borda-1', 'approval-1'];
const MINIMUM = ['scottish-stv-2007', 'ftstv-openstv-1.7', 'irv-1', 'meek-prf-1', 'plurality-1', 'approval-1'];
const DEBIAN = 'condorcet-debian-1.9';

function methodCases(good, bad) {
	const asks = (method, count, winners = 1) => ({ questions: [rankedQuestion({ method, ...count }, { winners })] });
	for (const method of METHODS) {
		good(method, asks(method, {}));
		(ONE.includes(method) ? bad : good)(`${method} with two winners`, asks(method, {}, 2));
		(EQUAL.includes(method) ? good : bad)(`${method} with equal ranks`, asks(method, { equal: true }));
		(MINIMUM.includes(method) ? good : bad)(`${method} with a minimum of votes`, asks(method, { minimum: 10 }));
		(method === DEBIAN ? good : bad)(`${method} with a default option`, asks(method, { default: 'chen' }));
	}
	bad('a method that counts scores', asks('score-1', {}));
	bad('a method without its version', asks('scottish-stv', {}));
	bad('no such method', asks('scottish-stv-2008', {}));
	bad('no name of a method', asks('', {}));
	good('the largest minimum', asks('irv-1', { minimum: 2 ** 40 }));
	bad('a minimum above 2^40', asks('irv-1', { minimum: 2 ** 40 + 1 }));
	const debian = (count) => asks(DEBIAN, count);
	good('a default option with quorum and ratios', debian({ default: 'chen', quorum: 45, ratios: [[3, 1], [1, 1000000], [1, 1]] }));
	good('the largest quorum', debian({ default: 'ada', quorum: 2 ** 40 }));
	bad('a quorum above 2^40', debian({ default: 'ada', quorum: 2 ** 40 + 1 }));
	bad('a default option that there is not', debian({ default: 'dora' }));
	bad('a quorum without a default option', debian({ quorum: 1 }));
	bad('ratios without a default option', debian({ ratios: [[1, 1], [1, 1], [1, 1]] }));
	bad('a ratio too few', debian({ default: 'chen', ratios: [[1, 1], [1, 1]] }));
	bad('a ratio of 0', debian({ default: 'chen', ratios: [[0, 1], [1, 1], [1, 1]] }));
	bad('a ratio to 0', debian({ default: 'chen', ratios: [[1, 0], [1, 1], [1, 1]] }));
	bad('a ratio above 1000000', debian({ default: 'chen', ratios: [[1, 1000001], [1, 1], [1, 1]] }));
	bad('a ratio of the default option', debian({ default: 'chen', ratios: [[1, 1], [1, 1], [2, 2]] }));
}

function questionCases(good, bad, badRule) {
	const asks = (change) => ({ questions: [rankedQuestion({}, change)] });
	good('beside another question', { questions: [rankedQuestion(), referendum()] });
	good('exactly two of three', asks({ min: 2, max: 2 }));
	bad('blank', asks({ blank: true, min: 1 }));
	bad('a rule of approval', asks({ approval: { base: 'ballots', fraction: [1, 2], strict: true } }));
	badRule('a score of 2', 'MANIFEST.QUESTIONS', asks({ score_max: 2 }));
	badRule('max above the options', 'MANIFEST.QUESTIONS', asks({ max: 4 }));
	badRule('max 0', 'MANIFEST.QUESTIONS', asks({ max: 0 }));
	badRule('min above max', 'MANIFEST.QUESTIONS', asks({ min: 2, max: 1 }));
	bad('modp4096', { group: 'modp4096' });
	const without = question({ id: 'order', method: 'ranked', min: 0, max: 3, blank: false });
	badRule('without count', 'JSON.CANONICAL', { questions: [without] });
	badRule('count in another question', 'JSON.CANONICAL', { questions: [rankedQuestion(), { ...question(), count: rankedQuestion().count }] });
	badRule('a member of count in another place', 'JSON.CANONICAL', { questions: [{ ...rankedQuestion(), count: { equal: false, method: 'irv-1', minimum: 0, default: '', quorum: 0, ratios: [] } }] });
}

function mixCases(c) {
	const good = (name, change, mixes) => c.good('manifest.parse', name, { payload_text: text(rankedSample(change, mixes)) });
	const bad = (name, change, mixes) => c.bad('manifest.parse', name, 'RANK.MANIFEST', { payload_text: text(rankedSample(change, mixes)) });
	good('as many mixes as the threshold', {}, 2);
	good('a mix by every trustee', {}, 3);
	bad('fewer mixes than the threshold', {}, 1);
	bad('more mixes than trustees', {}, 4);
	const { trustees, endorsers, questions, ...head } = sample();
	c.bad('manifest.parse', 'mixes where no question is ranked', 'RANK.MANIFEST', { payload_text: text({ ...head, mixes: 2, trustees, endorsers, questions }) });
	c.bad('manifest.parse', 'no mixes where a question is ranked', 'RANK.MANIFEST', { payload_text: text(sample({ questions: [rankedQuestion()] })) });
	good('one trustee, one mix', { threshold: 1, trustees: [trustee('t1')] }, 1);
	for (const m of [43, 44, 500]) good(`${m} options`, { questions: [rankedQuestion({}, { options: many(m), max: m })] }, 2);
}

export function make() {
	const c = collect(ops, {
		topic: 'ranked_manifest',
		about: 'Manifests of elections with ranked questions.',
		source: 'client-js',
		spec: ['RANK.MANIFEST', 'RANK.DEFINITION', 'MANIFEST.QUESTIONS'],
	});
	const good = (name, change) => c.good('manifest.parse', name, { payload_text: text(rankedSample(change)) });
	const badRule = (name, rule, change) => c.bad('manifest.parse', name, rule, { payload_text: text(rankedSample(change)) });
	const bad = (name, change) => badRule(name, 'RANK.MANIFEST', change);
	methodCases(good, bad);
	questionCases(good, bad, badRule);
	mixCases(c);
	return c.file();
}
