// SPDX-License-Identifier: Apache-2.0
// What the form for a new election holds, and the manifest that it makes.  Every problem names its field, its kind and its rule.
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { Refusal } from '../crypto/err.js';
import { isKey } from '../crypto/sign.js';
import { parse as parseBase64 } from '../core/base64.js';
import { findMethod } from '../core/count/methods.js';
import * as manifests from '../core/manifest.js';
import * as shapes from '../core/text.js';
import { completeOrigin } from './election_text.js';
import { holdsCode } from './keys.js';
import * as manifestJson from './manifest_json.js';
import * as roleLine from './role_line.js';
import { slugOf } from './time.js';
import * as vkey from './vkey.js';
import { parseApproval, parseMajority, parseQuorum } from './words.js';

/**
 * @typedef {{name: string, line: string}} Role a name, and the public line
 * @typedef {Role & {id: string}} Endorser
 * @typedef {{label: string, id: string, text: string, link: string, picture: string, isDefault: boolean, majority: string}} Option the picture in base64, or nothing; the last two of ranked questions
 * @typedef {object} Question
 * @property {string} title @property {string} id @property {string} text @property {'referendum'|'choose'|'approval'|'score'|'ranked'} method
 * @property {string} min @property {string} max @property {string} scoreMax @property {boolean} blank @property {'fixed'|'random'} order @property {string} winners
 * @property {'none'|'electorate'|'count'} quorum @property {string} quorumValue @property {boolean} quorumStrict
 * @property {'none'|'ballots'|'electorate'|'options_sum'} approval @property {string} approvalValue @property {boolean} approvalStrict
 * @property {string} count how rankings are counted: the id of a method @property {boolean} equal @property {string} minimum @property {string} defaultQuorum
 * @property {Option[]} options
 * @typedef {object} Draft
 * @property {string} title @property {string} text @property {string} slug @property {string} origin @property {string} group
 * @property {number|null} opens @property {number|null} closes @property {'second'|'minute'|'hour'|'day'} granularity @property {string} rules @property {string} revote
 * @property {boolean} rehearsal @property {string} floor @property {string} minHolders @property {string} below @property {string} eligibility
 * @property {Role} server @property {Role} admin @property {Role} registrar @property {string} threshold @property {string} mixes nothing: as many as the threshold
 * @property {Role[]} trustees @property {Endorser[]} endorsers @property {string} witnessesNeeded @property {{line: string}[]} witnesses @property {Question[]} questions
 *
 * @typedef {'empty'|'long'|'characters'|'id'|'slug'|'twice'|'link'|'number'|'range'|'time'|'granule'|'order'|'window'|'origin'|'line'|'role'|'key-twice'|'secret'|'threshold'|
 *   'options'|'winners'|'score'|'fraction'|'large'|'ranked-group'|'mixes'|'majority'} Kind
 * @typedef {{path: string, kind: Kind|'other', rule: string, detail: string}} Problem `path` such as questions.0.options.1.label
 */

const MAX_TEXT = 20_000;
const MAX_LINE = 200;
/** [RANK.MANIFEST] Of a minimum or a quorum of votes; of each part of a majority. */
const MAX_BAR = 2 ** 40;
const MAX_RATIO = 1_000_000;
/** So few ballots that each says much of who cast it, where all of them are read out. */
const MANY_BALLOTS = 20;

/** @returns {Option} */
export const newOption = (label = '') => ({ label, id: '', text: '', link: '', picture: '', isDefault: false, majority: '' });

/** @returns {Question} */
export const newQuestion = () => ({
	title: '', id: '', text: '', method: 'choose', min: '0', max: '1', scoreMax: '5', blank: false, order: 'fixed', winners: '1',
	quorum: 'none', quorumValue: '20%', quorumStrict: false, approval: 'none', approvalValue: '1/2', approvalStrict: true,
	count: 'scottish-stv-2007', equal: false, minimum: '0', defaultQuorum: '0', options: [newOption(), newOption()],
});

/**
 * Sensible defaults: polls of a week from the next full hour but 48 on, two of three trustees and an auditor.
 * @param {{now: number, origin: string, server: string, host: string}} here @returns {Draft}
 */
export function newDraft({ now, origin, server, host }) {
	const opens = (Math.floor(now / 3600) + 49) * 3600;
	return {
		title: '', text: '', slug: '', origin, group: 'ristretto255', opens, closes: opens + 7 * 86400, granularity: 'minute', rules: 'standard', revote: 'last', rehearsal: false,
		floor: '3', minHolders: '5', below: 'refuse', eligibility: 'offline', server: { name: host, line: server }, admin: { name: '', line: '' }, registrar: { name: '', line: '' },
		threshold: '2', mixes: '', trustees: [1, 2, 3].map(() => ({ name: '', line: '' })), endorsers: [{ id: 'auditor', name: '', line: '' }], witnessesNeeded: '1', witnesses: [], questions: [newQuestion()],
	};
}

/** Is a question of it answered by a ranking? @param {Draft} d */
export const isRanked = (d) => d.questions.some(({ method }) => method === 'ranked');

/** What the text area gives, as the board wants it: NFC, no CR, no halves of characters. @param {string} text */
const clean = (text) => fromUtf8(utf8(text)).replace(/\r\n?/g, '\n').normalize('NFC');

class Compiler {
	constructor() {
		/** @type {Problem[]} */
		this.problems = [];
		/** @type {Map<string, string>} key -> path */
		this.keys = new Map();
	}

	/** @param {string} path @param {Problem['kind']} kind @param {string} rule @param {string} [detail] */
	wrong(path, kind, rule, detail = '') {
		this.problems.push({ path, kind, rule, detail });
	}

	/** @param {string} path @param {string} value @param {(value: any, rule: string, where: string) => string} shape @param {Kind} kind @param {string} rule */
	shaped(path, value, shape, kind, rule) {
		try {
			return shape(value, rule, path);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.wrong(path, kind, error.rule, error.detail);
			return value;
		}
	}

	/** @param {string} path @param {string} value */
	line(path, value) {
		const text = clean(value).trim();
		if (text === '') this.wrong(path, 'empty', 'TEXT');
		else if (utf8(text).length > MAX_LINE) this.wrong(path, 'long', 'TEXT');
		else this.shaped(path, text, shapes.line, holdsCode(text) ? 'secret' : 'characters', 'TEXT');
		return text;
	}

	/** @param {string} path @param {string} value */
	lines(path, value) {
		const text = clean(value).replace(/^\n+|\s+$/g, '');
		if (utf8(text).length > MAX_TEXT) this.wrong(path, 'long', 'TEXT');
		else this.shaped(path, text, shapes.lines, 'characters', 'TEXT');
		return text;
	}

	/** @param {string} path @param {string} value @param {Problem['kind']} [kind] @param {string} [rule] @param {number} [low] @param {number} [high] */
	number(path, value, kind = 'number', rule = 'MANIFEST', low = 0, high = Number.MAX_SAFE_INTEGER) {
		const text = value.trim();
		const number = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
		if (!(number >= low && number <= high)) this.wrong(path, kind, rule);
		return Number.isNaN(number) ? 0 : number;
	}

	/** @param {string} path @param {Role} role @param {string} wanted @returns {{name: string, keys: {[purpose: string]: string}}} */
	role(path, { name, line }, wanted) {
		const keys = this.publicLine(`${path}.line`, line, wanted);
		return { name: this.line(`${path}.name`, name), keys };
	}

	/** @param {string} path @param {string} line @param {string} wanted @returns {{[purpose: string]: string}} */
	publicLine(path, line, wanted) {
		if (holdsCode(line)) this.wrong(path, 'secret', 'ROLE.LINE');
		else if (line.trim() === '') this.wrong(path, 'empty', 'ROLE.LINE');
		else try {
			const { role, keys } = roleLine.parse(line.replace(/\s+/g, ' ').trim());
			if (role !== wanted) this.wrong(path, 'role', 'ROLE.LINE', role);
			this.distinct(path, Object.values(keys));
			return keys;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.wrong(path, 'line', error.rule, error.detail);
		}
		return {};
	}

	/** [MANIFEST.KEYS] @param {string} path @param {string[]} keys */
	distinct(path, keys) {
		if (keys.some((key) => this.keys.has(key))) this.wrong(path, 'key-twice', 'MANIFEST.KEYS');
		for (const key of keys) this.keys.set(key, path);
	}

	/** Ids once each; empty ones get what the text gives. @param {string} path @param {{id: string, text: string}[]} items @param {string} word @param {(i: number) => string} pathOf @returns {string[]} */
	ids(path, items, word, pathOf) {
		const given = items.map(({ id }) => id.trim());
		const out = [...given];
		items.forEach(({ text }, i) => {
			if (out[i] !== '') {
				this.shaped(pathOf(i), out[i], shapes.id, 'id', 'ID');
				if (given.indexOf(out[i]) !== i) this.wrong(pathOf(i), 'twice', 'MANIFEST.QUESTIONS');
				return;
			}
			const slug = slugOf(text) || `${word}-${i + 1}`;
			out[i] = slug;
			for (let n = 2; out.some((other, k) => k !== i && other === out[i]); n++) out[i] = `${slug.slice(0, 57)}-${n}`;
		});
		return out;
	}

	/** @param {Draft} d */
	times(d) {
		const granule = /** @type {any} */ (manifests.GRANULES)[d.granularity];
		for (const path of /** @type {const} */ (['opens', 'closes'])) {
			const time = d[path];
			if (time === null || !Number.isSafeInteger(time) || time < 0) this.wrong(path, 'time', 'FILE.TIME');
			else if (time % granule !== 0) this.wrong(path, 'granule', 'MANIFEST.WINDOW');
		}
		if (d.opens === null || d.closes === null) return;
		if (d.opens >= d.closes) this.wrong('closes', 'order', 'MANIFEST.WINDOW');
		else if (d.closes - d.opens > (d.rules === 'extended' ? 366 : 60) * 86400) this.wrong('closes', 'window', 'MANIFEST.WINDOW');
	}

	/** @param {string} origin @param {string} slug */
	origin(origin, slug) {
		if (slug === '') return origin;
		const full = completeOrigin(origin.trim(), slug);
		if (!(full.length <= 200 && /^[!-~]+$/.test(full) && !/\+|:\/\//.test(full) && full.endsWith(`/e/${slug}`) && full.length > slug.length + 3)) this.wrong('origin', 'origin', 'MANIFEST.ORIGIN');
		return full;
	}

	/** @param {Draft} d */
	head(d) {
		const title = this.line('title', d.title);
		const slug = d.slug.trim() || slugOf(title);
		if (title !== '' || slug !== '') this.shaped('slug', slug, shapes.slug, 'slug', 'ID'); // without a title that is what is missing
		this.times(d);
		return {
			title, slug, origin: this.origin(d.origin, slug), text: this.lines('text', d.text), group: d.group, opens: d.opens, closes: d.closes, granularity: d.granularity, rules: d.rules,
			revote: d.revote, rehearsal: d.rehearsal, privacy_floor: this.number('floor', d.floor),
			weights: { min_holders: this.number('minHolders', d.minHolders), below: d.below }, eligibility: d.eligibility,
		};
	}

	/** @param {Draft} d */
	roles(d) {
		const server = this.role('server', d.server, 'server');
		const admin = this.role('admin', d.admin, 'admin');
		const registrar = this.role('registrar', d.registrar, 'registrar');
		const threshold = this.number('threshold', d.threshold, 'threshold', 'MANIFEST.THRESHOLD', 1, d.trustees.length);
		const mixes = this.mixes(d, threshold);
		const trustees = d.trustees.map((one, i) => this.role(`trustees.${i}`, one, 'trustee'));
		const endorsers = d.endorsers.map((one, i) => ({ ...this.role(`endorsers.${i}`, one, 'endorser'), id: this.endorserId(d, i) }));
		return {
			server: { name: server.name, sign_key: server.keys.sign, log_key: server.keys.log }, admin: { name: admin.name, key: admin.keys.sign }, registrar: { name: registrar.name, key: registrar.keys.sign }, threshold, mixes,
			trustees: trustees.map(({ name, keys }) => ({ name, sign_key: keys.sign, transport_key: keys.transport, cosign_key: keys.cosign })),
			endorsers: endorsers.map(({ id, name, keys }) => ({ id, name, sign_key: keys.sign, cosign_key: keys.cosign })),
		};
	}

	/** [RANK.MANIFEST] @param {Draft} d @param {number} threshold @returns {number|undefined} */
	mixes(d, threshold) {
		if (!isRanked(d)) return undefined;
		if (d.group !== 'ristretto255') this.wrong('group', 'ranked-group', 'RANK.MANIFEST');
		return d.mixes.trim() === '' ? threshold : this.number('mixes', d.mixes, 'mixes', 'RANK.MANIFEST', threshold, d.trustees.length);
	}

	/** [MANIFEST.WITNESSES] @param {Draft} d @param {string} origin */
	witnesses(d, origin) {
		if (d.witnesses.length === 0) return undefined;
		const names = new Set();
		const keys = d.witnesses.map(({ line }, i) => {
			const path = `witnesses.${i}.line`;
			try {
				const one = vkey.parse(line.trim());
				if (names.has(one.name)) this.wrong(path, 'twice', 'MANIFEST.WITNESSES');
				else if (one.name.startsWith(origin) || !/^[!-~]{1,200}$/.test(one.name) || !isKey(parseBase64(one.key))) this.wrong(path, 'line', 'MANIFEST.WITNESSES');
				names.add(one.name);
				this.distinct(path, [one.key]);
				return one;
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				this.wrong(path, line.trim() === '' ? 'empty' : holdsCode(line) ? 'secret' : 'line', error.rule);
				return { name: '', key: '' };
			}
		});
		return { need: this.number('witnessesNeeded', d.witnessesNeeded, 'threshold', 'MANIFEST.WITNESSES', 1, d.witnesses.length), keys: keys.filter(({ name }) => name !== '') };
	}

	/** @param {Draft} d @param {number} i */
	endorserId(d, i) {
		const path = `endorsers.${i}.id`;
		const id = d.endorsers[i].id.trim();
		this.shaped(path, id, shapes.id, 'id', 'ID');
		if (d.endorsers.findIndex((one) => one.id.trim() === id) !== i) this.wrong(path, 'twice', 'MANIFEST.THRESHOLD');
		return id;
	}

	/** @param {Question} q @param {number} m options @param {string} path */
	counts(q, m, path) {
		const rule = 'MANIFEST.QUESTIONS';
		if (q.method === 'approval') return { min: 0, max: m, score_max: 1, blank: false };
		if (q.method === 'score') {
			const scoreMax = this.number(`${path}.scoreMax`, q.scoreMax, 'score', rule, 1, 255);
			return { min: 0, max: m * scoreMax, score_max: scoreMax, blank: false };
		}
		if (q.method === 'ranked' && q.max.trim() === '') return { min: this.number(`${path}.min`, q.min, 'range', rule, 0, m), max: m, score_max: 1, blank: false };
		const max = q.method === 'referendum' ? 1 : this.number(`${path}.max`, q.max, 'range', rule, 1, m);
		const min = this.number(`${path}.min`, q.min, 'range', rule, 0, max);
		return { min, max, score_max: 1, blank: q.method !== 'ranked' && q.blank && min >= 1 };
	}

	/** [RANK.MANIFEST] What the method does not ask for was not shown, and does not count. @param {Question} q @param {string[]} ids of its options @param {string} path */
	countRule(q, ids, path) {
		const method = findMethod(q.count);
		const preferred = method?.hasDefault ? q.options.findIndex(({ isDefault }) => isDefault) : -1;
		const ratios = preferred < 0 ? [] : q.options.map(({ majority }, i) => (i === preferred || majority.trim() === '' ? null : this.majority(`${path}.options.${i}.majority`, majority.trim())));
		return {
			method: q.count, equal: method?.equalRanks === true && q.equal, minimum: method?.hasMinimum ? this.number(`${path}.minimum`, q.minimum, 'number', 'RANK.MANIFEST', 0, MAX_BAR) : 0,
			default: preferred < 0 ? '' : ids[preferred], quorum: preferred < 0 ? 0 : this.number(`${path}.defaultQuorum`, q.defaultQuorum, 'number', 'RANK.MANIFEST', 0, MAX_BAR),
			ratios: ratios.some((ratio) => ratio !== null) ? ratios.map((ratio) => ratio ?? [1, 1]) : [],
		};
	}

	/** @param {string} path @param {string} text @returns {[number, number]} */
	majority(path, text) {
		const ratio = this.rule(path, () => parseMajority(text), 'majority') ?? [1, 1];
		if (ratio.some((part) => part < 1 || part > MAX_RATIO)) this.wrong(path, 'majority', 'RANK.MANIFEST');
		return ratio;
	}

	/** @template T @param {string} path @param {() => T} read @param {Kind} [kind] @returns {T|null} */
	rule(path, read, kind = 'fraction') {
		try {
			const rule = read();
			const { fraction } = /** @type {any} */ (rule) ?? {};
			if (fraction && !(fraction[1] >= 1 && fraction[1] <= 1_000_000 && fraction[0] <= fraction[1])) this.wrong(path, 'fraction', 'MANIFEST.QUESTIONS');
			return rule;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.wrong(path, kind, error.rule, error.detail);
			return null;
		}
	}

	/** @param {Option} o @param {string} path */
	option(o, path) {
		const link = o.link.trim();
		if (utf8(link).length > 2000) this.wrong(`${path}.link`, 'long', 'TEXT');
		return { label: this.line(`${path}.label`, o.label), text: this.lines(`${path}.text`, o.text), link: this.shaped(`${path}.link`, link, shapes.link, 'link', 'TEXT'), picture: o.picture };
	}

	/** @param {Question} q @param {string} path */
	question(q, path) {
		const m = q.options.length;
		if (m < (q.method === 'referendum' ? 2 : 1) || m > 500) this.wrong(`${path}.options`, 'options', 'MANIFEST.QUESTIONS');
		const options = q.options.map((o, i) => this.option(o, `${path}.options.${i}`));
		options.forEach(({ label }, i) => { if (label !== '' && options.findIndex((one) => one.label === label) !== i) this.wrong(`${path}.options.${i}.label`, 'twice', 'MANIFEST.QUESTIONS'); });
		const ids = this.ids(path, q.options.map((o, i) => ({ id: o.id, text: options[i].label })), 'option', (i) => `${path}.options.${i}.id`);
		const prefix = (/** @type {boolean} */ strict) => (strict ? 'more than' : 'at least');
		const isRanking = q.method === 'ranked';
		return {
			title: this.line(`${path}.title`, q.title), text: this.lines(`${path}.text`, q.text), method: q.method, ...this.counts(q, m, path), order: q.order,
			options: options.map((o, i) => ({ ...o, id: ids[i] })),
			winners: isRanking && findMethod(q.count)?.oneSeat ? 1 : this.number(`${path}.winners`, q.winners, 'winners', 'MANIFEST.QUESTIONS', 1, Math.max(m, 1)),
			quorum: q.quorum === 'none' ? null : this.rule(`${path}.quorumValue`, () => parseQuorum(`${prefix(q.quorumStrict)} ${q.quorumValue} ${q.quorum === 'count' ? 'ballots' : 'of electorate'}`)),
			approval: isRanking || q.approval === 'none' ? null : this.rule(`${path}.approvalValue`, () => parseApproval(`${prefix(q.approvalStrict)} ${q.approvalValue} of ${q.approval}`)),
			...(isRanking ? { count: this.countRule(q, ids, path) } : {}),
		};
	}
}

/**
 * The manifest that a draft makes; with problems it is a draft of one, good for a file.
 * @param {Draft} d @returns {{manifest: any, problems: Problem[]}}
 */
export function compile(d) {
	const c = new Compiler();
	const head = c.head(d);
	const roles = c.roles(d);
	const questions = d.questions.map((q, i) => c.question(q, `questions.${i}`));
	const ids = c.ids('questions', d.questions.map((q, i) => ({ id: q.id, text: questions[i].title })), 'question', (i) => `questions.${i}.id`);
	if (questions.length < 1 || questions.length > 20) c.wrong('questions', 'options', 'MANIFEST.QUESTIONS');
	const manifest = manifestJson.order({ ...head, ...roles, witnesses: c.witnesses(d, head.origin), questions: questions.map((q, i) => ({ ...q, id: ids[i] })) });
	if (c.problems.length === 0) checkWhole(manifest, c);
	return { manifest, problems: c.problems };
}

/** What no field by itself can break: the size of a ballot, for one. @param {any} manifest @param {Compiler} c */
function checkWhole(manifest, c) {
	try {
		manifests.parse(manifestJson.write(manifest));
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		c.wrong('', error.detail.includes('1 MiB') ? 'large' : 'other', error.rule, error.detail);
	}
}

/** What is allowed and still worth a second look. @param {any} m a manifest @param {number} now @returns {string[]} */
export function warningsOf(m, now) {
	return [
		m.closes <= now ? 'past-closes' : m.opens <= now && 'past-opens',
		m.threshold === 1 && 'threshold-1',
		m.endorsers.length === 0 && 'no-auditor',
		m.mixes !== undefined && 'ranked',
		m.mixes !== undefined && m.privacy_floor < MANY_BALLOTS && 'ranked-floor',
		m.mixes !== undefined && m.mixes === m.trustees.length && 'mixes-all',
		m.mixes === undefined && m.privacy_floor < 3 && 'floor',
		m.rules === 'extended' && 'extended',
		m.eligibility === 'server' && 'eligibility-server',
		m.granularity === 'second' && 'exact-times',
		m.rehearsal && 'rehearsal',
	].filter((name) => typeof name === 'string');
}

/** @param {string} purposes @param {{[purpose: string]: string}} keys */
const lineOf = (purposes, keys) => (Object.values(keys).every((key) => typeof key === 'string') ? roleLine.write({ role: purposes, keys }) : '');

/** @param {any} q @returns {Question} */
function fromQuestion(q) {
	const quorum = q.quorum === null ? {} : 'count' in q.quorum ? { quorum: 'count', quorumValue: String(q.quorum.count), quorumStrict: false }
		: { quorum: 'electorate', quorumValue: q.quorum.fraction.join('/'), quorumStrict: q.quorum.strict };
	const approval = q.approval === null ? {} : { approval: q.approval.base, approvalValue: q.approval.fraction.join('/'), approvalStrict: q.approval.strict };
	const isAll = q.method === 'ranked' && q.max === q.options.length;
	const ratios = q.count?.ratios ?? [];
	const ranked = q.count ? { count: q.count.method, equal: q.count.equal, minimum: String(q.count.minimum), defaultQuorum: String(q.count.quorum) } : {};
	return /** @type {Question} */ ({
		...newQuestion(), ...ranked, title: q.title, id: q.id, text: q.text, method: q.method, min: String(q.min), max: isAll ? '' : String(q.max), scoreMax: q.method === 'score' ? String(q.score_max) : '5', blank: q.blank, order: q.order,
		winners: String(q.winners), ...quorum, ...approval, options: q.options.map((/** @type {any} */ o, /** @type {number} */ i) => ({
			label: o.label, id: o.id, text: o.text, link: o.link, picture: o.picture ?? '', isDefault: o.id === q.count?.default, majority: ratios[i] && o.id !== q.count.default ? ratios[i].join(':') : '',
		})),
	});
}

/** The form for a manifest, or for a draft of one. @param {any} m as manifest_json.js has it @param {Draft} defaults @returns {Draft} */
export function fromManifest(m, defaults) {
	const role = (/** @type {any} */ one, /** @type {string} */ name, /** @type {(one: any) => {[purpose: string]: string}} */ keys, /** @type {Role} */ otherwise) =>
		(one === null ? otherwise : { name: one.name, line: lineOf(name, keys(one)) });
	const trustees = m.trustees.map((/** @type {any} */ one) => role(one, 'trustee', (x) => ({ sign: x.sign_key, transport: x.transport_key, cosign: x.cosign_key }), { name: '', line: '' }));
	return {
		title: m.title, text: m.text, slug: m.slug, origin: m.origin, group: m.group, opens: m.opens, closes: m.closes, granularity: m.granularity, rules: m.rules, revote: m.revote,
		rehearsal: m.rehearsal, floor: String(m.privacy_floor), minHolders: String(m.weights.min_holders), below: m.weights.below, eligibility: m.eligibility,
		server: role(m.server, 'server', (x) => ({ sign: x.sign_key, log: x.log_key }), defaults.server),
		admin: role(m.admin, 'admin', (x) => ({ sign: x.key }), defaults.admin),
		registrar: role(m.registrar, 'registrar', (x) => ({ sign: x.key }), defaults.registrar),
		threshold: String(m.threshold), mixes: m.mixes === undefined || m.mixes === m.threshold ? '' : String(m.mixes), trustees,
		endorsers: m.endorsers.map((/** @type {any} */ one) => ({ id: one.id, ...role(one, 'endorser', (x) => ({ sign: x.sign_key, cosign: x.cosign_key }), { name: '', line: '' }) })),
		witnessesNeeded: String(m.witnesses?.need ?? 1), witnesses: (m.witnesses?.keys ?? []).map((/** @type {any} */ one) => ({ line: vkey.write(one) })),
		questions: m.questions.map(fromQuestion),
	};
}

/** The same election as a rehearsal: another name and address, a mark, and times of its own. @param {Draft} d @param {string} word "Rehearsal" in the reader's language @param {number} now @returns {Draft} */
export function rehearsalOf(d, word, now) {
	const opens = (Math.floor(now / 3600) + 1) * 3600;
	return {
		...structuredClone(d), rehearsal: true, title: d.title.startsWith(`${word}: `) ? d.title : `${word}: ${d.title}`, slug: `${(d.slug || slugOf(d.title)).slice(0, 54)}-rehearsal`, origin: d.origin.split('/e/')[0],
		opens, closes: opens + 86400,
	};
}

/** A copy without anything that is a secret code, for the browser's storage. @template T @param {T} value @returns {T} */
export function withoutSecrets(value) {
	if (typeof value === 'string') return /** @type {any} */ (holdsCode(value) ? '' : value);
	if (Array.isArray(value)) return /** @type {any} */ (value.map(withoutSecrets));
	if (value !== null && typeof value === 'object') return /** @type {any} */ (Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutSecrets(member)])));
	return value;
}

/** A draft from storage: anything there that is not of the form is not taken. @param {any} stored @param {Draft} defaults @returns {Draft|null} */
export function restore(stored, defaults) {
	const fits = (/** @type {any} */ value, /** @type {any} */ model) => {
		if (model === null || typeof model === 'number') return value === null || typeof value === 'number';
		if (Array.isArray(model)) return Array.isArray(value) && value.every((one) => fits(one, model[0] ?? one));
		if (typeof model === 'object') return value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(model).every((name) => Object.hasOwn(value, name) && fits(value[name], model[name]));
		return typeof value === typeof model;
	};
	return fits(stored, defaults) ? stored : null;
}
