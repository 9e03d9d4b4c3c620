// SPDX-License-Identifier: Apache-2.0
// [MANIFEST] What an election is.
import { define } from '../crypto/bitproof.js';
import { hex } from '../crypto/bytes.js';
import { inside, Refusal, require, under } from '../crypto/err.js';
import { decodeNotIdentity, getGroup, R255 } from '../crypto/group.js';
import { isKey } from '../crypto/sign.js';
import { parse as parseBase64 } from './base64.js';
import { methods } from './count/methods.js';
import * as json from './json.js';
import { length } from './parts.js';
import * as ranking from './ranking.js';
import * as text from './text.js';

const MAX_LENGTH = 1024 * 1024;
const MAX_BALLOT = 1024 * 1024;
const DAY = 86400;
/** A quorum or minimum of votes, and a part of a majority [RANK.MANIFEST]. */
const MAX_BAR = 2 ** 40;
const MAX_RATIO = 1000000;
export const GRANULES = { second: 1, minute: 60, hour: 3600, day: DAY };

const key = json.base64(32);
const fraction = json.tuple(json.integer(), json.integer());

export const MIN_PICTURE = 16;
export const MAX_PICTURE = 24576;

/** [MANIFEST.PICTURE] @param {Uint8Array} bytes @returns {string|null} image/png, image/jpeg, image/webp, or none of these */
export function pictureType(bytes) {
	const begins = (/** @type {number[]} */ ...magic) => magic.every((byte, i) => byte === bytes[i]);
	const latin = (/** @type {number} */ from) => String.fromCharCode(...bytes.slice(from, from + 4));
	if (bytes.length < MIN_PICTURE || bytes.length > MAX_PICTURE) return null;
	if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
	if (begins(0xff, 0xd8, 0xff)) return 'image/jpeg';
	return latin(0) === 'RIFF' && latin(8) === 'WEBP' ? 'image/webp' : null;
}

/** @type {json.Shape<Uint8Array>} */
const picture = (value, rule, where) => {
	const base64 = json.string(value, rule, where);
	const bytes = under('MANIFEST.PICTURE', () => parseBase64(base64));
	require(pictureType(bytes) !== null, 'MANIFEST.PICTURE', `${where}: not a PNG, JPEG or WebP file of ${MIN_PICTURE} to ${MAX_PICTURE} bytes`);
	return bytes;
};

/** A quorum is told by its first member. @type {json.Shape<any>} */
const quorum = (value, rule, where) => {
	const shape = value instanceof Map && value.has('count')
		? json.object({ count: json.integer() })
		: json.object({ of: json.oneOf('electorate'), fraction, strict: json.bool });
	return shape(value, rule, where);
};

const ratio = json.tuple(json.integer(), json.integer());
const members = {
	id: text.id,
	title: text.line,
	text: text.lines,
	method: json.oneOf('referendum', 'choose', 'approval', 'score', 'ranked'),
	options: json.list(json.object({ id: text.id, label: text.line, text: text.lines, link: text.link, picture: json.optional(picture) })),
	min: json.integer(),
	max: json.integer(),
	score_max: json.integer(),
	blank: json.bool,
	order: json.oneOf('fixed', 'random'),
	winners: json.integer(),
	quorum: json.nullOr(quorum),
	approval: json.nullOr(json.object({ base: json.oneOf('ballots', 'electorate', 'options_sum'), fraction, strict: json.bool })),
};
const plainQuestion = json.object(members);
const rankedQuestion = json.object({
	...members,
	count: json.object({ method: json.string, equal: json.bool, minimum: json.integer(), default: json.string, quorum: json.integer(), ratios: json.list(ratio) }),
});

/** [RANK.MANIFEST] A ranked question has one member more. @type {json.Shape<any>} */
const question = (value, rule, where) => (value instanceof Map && value.get('method') === 'ranked' ? rankedQuestion : plainQuestion)(value, rule, where);

const shape = json.object({
	tabella: json.integer(1, 1),
	slug: text.slug,
	origin: json.string,
	title: text.line,
	text: text.lines,
	group: json.oneOf('ristretto255', 'modp4096'),
	opens: json.integer(),
	closes: json.integer(),
	granularity: json.oneOf(...Object.keys(GRANULES)),
	rules: json.oneOf('standard', 'extended'),
	revote: json.oneOf('last', 'never'),
	rehearsal: json.bool,
	privacy_floor: json.integer(),
	weights: json.object({ min_holders: json.integer(), below: json.oneOf('refuse', 'warn') }),
	eligibility: json.oneOf('offline', 'server'),
	server: json.object({ name: text.line, sign_key: key, log_key: key }),
	admin: json.object({ name: text.line, key }),
	registrar: json.object({ name: text.line, key }),
	threshold: json.integer(),
	mixes: json.optional(json.integer()),
	trustees: json.list(json.object({ name: text.line, sign_key: key, transport_key: key, cosign_key: key })),
	endorsers: json.list(json.object({ id: text.id, name: text.line, sign_key: key, cosign_key: key })),
	witnesses: json.optional(json.object({ need: json.integer(0, 2 ** 32 - 1), keys: json.list(json.object({ name: json.string, key })) })),
	questions: json.list(question),
});

/** [MANIFEST.ORIGIN] */
function checkOrigin({ origin, slug }) {
	const end = `/e/${slug}`;
	const holds = origin.length <= 200 && /^[!-~]+$/.test(origin) && !origin.includes('+') && !origin.includes('://') && origin.endsWith(end) && origin.length > end.length;
	require(holds, 'MANIFEST.ORIGIN', `expected host${end}, found ${origin}`, 'origin');
}

/** [MANIFEST.WINDOW] also for an extended end. @param {any} manifest @param {number} closes */
export function checkWindow({ opens, granularity, rules }, closes) {
	const granule = GRANULES[granularity];
	require(opens < closes, 'MANIFEST.WINDOW', `the polls open at ${opens} and close at ${closes}`, 'closes');
	require(opens % granule === 0, 'MANIFEST.WINDOW', `expected a multiple of a ${granularity}, found ${opens}`, 'opens');
	require(closes % granule === 0, 'MANIFEST.WINDOW', `expected a multiple of a ${granularity}, found ${closes}`, 'closes');
	const days = rules === 'extended' ? 366 : 60;
	require(closes - opens <= days * DAY, 'MANIFEST.WINDOW', `longer than ${days} days`, 'closes');
}

/** The witnesses' policy; without one, nobody is needed. @param {any} m @returns {{need: number, keys: {name: string, key: Uint8Array}[]}} */
export const witnessesOf = (m) => m.witnesses ?? { need: 0, keys: [] };

/** [MANIFEST.WITNESSES] */
function checkWitnesses(m) {
	if (!m.witnesses) return;
	const rule = 'MANIFEST.WITNESSES';
	const { need, keys } = m.witnesses;
	require(keys.length >= 1 && keys.length <= 20, rule, `${keys.length} witnesses`, 'witnesses.keys');
	require(need >= 1 && need <= keys.length, rule, `${need} of ${keys.length} witnesses`, 'witnesses.need');
	for (const [i, { name }] of keys.entries()) {
		const place = `witnesses.keys[${i}].name`;
		require(/^[!-*,-~]{1,200}$/.test(name), rule, 'expected 1 to 200 printable ASCII characters without space or +', place);
		require(!name.startsWith(m.origin), rule, "expected a name outside of the log's", place);
	}
	checkDistinct(keys.map(({ name }, i) => [`witnesses.keys[${i}].name`, name]), rule);
}

/** [MANIFEST.KEYS] */
function checkKeys(m) {
	const rule = 'MANIFEST.KEYS';
	const of = (list, name, ...members) => list.flatMap((one, i) => members.map((member) => [`${name}[${i}].${member}`, one[member]]));
	const r255 = [
		['server.sign_key', m.server.sign_key], ['admin.key', m.admin.key], ['registrar.key', m.registrar.key],
		...of(m.trustees, 'trustees', 'sign_key', 'transport_key'), ...of(m.endorsers, 'endorsers', 'sign_key'),
	];
	const ed25519 = [['server.log_key', m.server.log_key], ...of(m.trustees, 'trustees', 'cosign_key'), ...of(m.endorsers, 'endorsers', 'cosign_key'), ...of(witnessesOf(m).keys, 'witnesses.keys', 'key')];
	for (const [place, bytes] of r255) inside(place, () => under(rule, () => decodeNotIdentity(R255, bytes)));
	for (const [place, bytes] of ed25519) require(isKey(bytes), rule, 'an Ed25519 key that is not canonical or of small order', place);
	for (const keys of [r255, ed25519]) checkDistinct(keys.map(([place, bytes]) => [place, hex(bytes)]), rule);
}

/** @param {[string, string][]} named places and what stands there @param {string} rule */
function checkDistinct(named, rule) {
	const places = new Map();
	for (const [place, value] of named) {
		require(!places.has(value), rule, `the same as ${places.get(value)}`, place);
		places.set(value, place);
	}
}

/** [MANIFEST.THRESHOLD] */
function checkThreshold({ threshold, trustees, endorsers }) {
	const rule = 'MANIFEST.THRESHOLD';
	require(threshold >= 1 && threshold <= trustees.length && trustees.length <= 20, rule, `${threshold} of ${trustees.length} trustees`, 'threshold');
	require(endorsers.length <= 20, rule, 'more than 20 endorsers', 'endorsers');
	checkDistinct(endorsers.map(({ id }, i) => [`endorsers[${i}].id`, id]), rule);
}

/** @param {any} q @returns {boolean} what the method asks of min, max and the rest */
function fitsMethod({ method, options: { length: m }, min, max, score_max, blank }) {
	if (method === 'referendum') return score_max === 1 && max === 1 && m >= 2;
	if (method === 'choose' || method === 'ranked') return score_max === 1;
	if (method === 'approval') return score_max === 1 && min === 0 && max === m && !blank;
	return score_max >= 1 && score_max <= 255 && min === 0 && max === m * score_max && !blank;
}

/** [RANK.MANIFEST] What the method of counting leaves open. */
function checkCount({ options, winners, blank, approval, count }) {
	const refuse = (holds, why, where) => require(holds, 'RANK.MANIFEST', why, where);
	const method = methods.find(({ id }) => id === count.method);
	refuse(!blank, 'a ranking has no blank vote', 'blank');
	refuse(approval === null, 'a count has no rule of approval', 'approval');
	if (method === undefined) throw new Refusal('RANK.MANIFEST', 'no method has this name, with its version', 'count.method');
	refuse(!method.needsScores, 'this method counts scores', 'count.method');
	refuse(!method.oneSeat || winners === 1, 'this method elects one', 'winners');
	refuse(!count.equal || method.equalRanks === true, 'equal ranks mean nothing to this method', 'count.equal');
	refuse(count.minimum <= (method.hasMinimum ? MAX_BAR : 0), method.hasMinimum ? 'more than 2^40' : 'this method takes no minimum', 'count.minimum');
	const isDefault = count.default !== '';
	const index = options.findIndex(({ id }) => id === count.default);
	refuse(!isDefault || (method.hasDefault === true && index >= 0), 'no such option, or a method without a default option', 'count.default');
	refuse(count.quorum <= (isDefault ? MAX_BAR : 0), isDefault ? 'more than 2^40' : 'a quorum without a default option', 'count.quorum');
	if (count.ratios.length === 0) return;
	refuse(isDefault && count.ratios.length === options.length, 'one for every option, and only where there is a default option', 'count.ratios');
	count.ratios.forEach((pair, i) => {
		const most = i === index ? 1 : MAX_RATIO;
		refuse(pair.every((n) => n >= 1 && n <= most), 'a pair of 1 to 1000000, of the default option [1,1]', `count.ratios[${i}]`);
	});
}

/** [RANK.MANIFEST] At least as many as decrypt: fewer dishonest ones than open a ballot cannot tell then whose it was. */
function checkMixes({ group, threshold, trustees, mixes, questions }) {
	const refuse = (holds, why, where) => require(holds, 'RANK.MANIFEST', why, where);
	if (!questions.some(({ method }) => method === 'ranked')) {
		refuse(mixes === undefined, 'no question is ranked', 'mixes');
		return;
	}
	refuse(group === 'ristretto255', 'a small subgroup cannot carry a ranking', 'group');
	refuse(mixes >= threshold && mixes <= trustees.length, `from ${threshold}, the threshold, to ${trustees.length}, the number of trustees`, 'mixes');
}

/** [MANIFEST.QUESTIONS] */
function checkQuestion(q) {
	const rule = 'MANIFEST.QUESTIONS';
	const refuse = (holds, why, where) => require(holds, rule, why, where);
	const m = q.options.length;
	refuse(m >= 1 && m <= 500, '1 to 500 options', 'options');
	checkDistinct(q.options.map(({ id }, i) => [`options[${i}].id`, id]), rule);
	checkDistinct(q.options.map(({ label }, i) => [`options[${i}].label`, label]), rule);
	refuse(q.winners >= 1 && q.winners <= m, '1 to as many winners as options', 'winners');
	for (const one of [q.quorum, q.approval]) {
		if (one?.fraction === undefined) continue;
		const [a, b] = one.fraction;
		refuse(b >= 1 && b <= 1000000 && a <= b, 'a fraction is a/b with 1 <= b <= 1000000 and a <= b');
	}
	refuse(fitsMethod(q), `min, max, score_max or blank do not fit ${q.method}`);
	refuse(q.min <= q.max && q.max >= 1 && q.max <= m * q.score_max, 'min, max and the options do not fit', 'max');
	refuse(!q.blank || q.min >= 1, 'blank where nothing need be chosen', 'blank');
	if (q.method === 'ranked') checkCount(q);
	under('MANIFEST.QUESTIONS', () => definitionOf(q));
}

/** [BALLOT.DEFINITION] [RANK.DEFINITION] @param {any} q a question of a manifest @returns {import('./parts.js').Definition} */
export const definitionOf = (q) => (q.method === 'ranked'
	? ranking.define({ m: q.options.length, min: q.min, max: q.max, equal: q.count.equal })
	: define({ m: q.options.length, S: q.score_max, min: q.min, max: q.max, blank: q.blank }));

/** Bytes of a ballot's payload in which the voter id is as long as ids can be. @param {any} manifest */
export const maxBallotLength = (manifest) =>
	1 + 1 + 64 + 32 + 8 + 8 + 32 + 1 +
	manifest.questions.reduce((sum, q) => sum + length(getGroup(manifest.group), definitionOf(q)), 0);

/**
 * Reads and checks a manifest.
 * @param {Uint8Array} payload @returns {any} the members of the JSON, keys as bytes
 */
export function parse(payload) {
	const m = json.read(payload, shape, 'MANIFEST', MAX_LENGTH);
	checkOrigin(m);
	checkWindow(m, m.closes);
	checkThreshold(m);
	checkWitnesses(m);
	checkKeys(m);
	require(m.questions.length >= 1 && m.questions.length <= 20, 'MANIFEST.QUESTIONS', '1 to 20 questions', 'questions');
	checkDistinct(m.questions.map(({ id }, k) => [`questions[${k}].id`, id]), 'MANIFEST.QUESTIONS');
	m.questions.forEach((q, k) => inside(`questions[${k}]`, () => checkQuestion(q)));
	checkMixes(m);
	require(maxBallotLength(m) <= MAX_BALLOT, 'MANIFEST.QUESTIONS', 'a ballot would have more than 1 MiB');
	return m;
}

/** Signer strings and keys of all endorsers [ENDORSE]. @param {any} m @returns {{signer: string, sign: Uint8Array, cosign: Uint8Array}[]} */
export const endorsersOf = (m) => [
	...m.trustees.map((one, k) => ({ signer: `trustee/${k + 1}`, sign: one.sign_key, cosign: one.cosign_key })),
	...m.endorsers.map((one) => ({ signer: `endorser/${one.id}`, sign: one.sign_key, cosign: one.cosign_key })),
];
