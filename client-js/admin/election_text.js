// SPDX-License-Identifier: Apache-2.0
// [FILE.LINE] [FILE.TEXT] Election files: lines of text to a manifest.  Its twin in C is core/election/election_text.c; both give the same
// manifest, byte for byte, and refuse by the same rule (tests/e2e/admin_files.test.js).
import { fromUtf8, utf8 } from '../crypto/bytes.js';
import { Refusal, require } from '../crypto/err.js';
import { parse as parseBase64, write as writeBase64 } from '../core/base64.js';
import * as manifests from '../core/manifest.js';
import * as ranked from './election_text_ranked.js';
import * as manifestJson from './manifest_json.js';
import * as roleLine from './role_line.js';
import { parseTime, slugOf } from './time.js';
import * as vkey from './vkey.js';
import * as words from './words.js';

const MAX_LENGTH = 4 << 20;
const MAX_ID = 64;
const ELECTION = ['title', 'slug', 'origin', 'group', 'polls open', 'polls close', 'granularity', 'rules', 'revote', 'rehearsal', 'privacy floor', 'weights', 'eligibility',
	'server', 'admin', 'registrar', 'threshold', 'mixes', 'trustee', 'endorser', 'witnesses', 'witness'];
const QUESTION = ['method', 'winners', 'quorum', 'approval', 'order', 'blank', 'id', 'link', 'picture', ...ranked.KEYWORDS];
export const KEYWORDS = [...ELECTION, 'question', ...QUESTION];
const MANY = new Set(['trustee', 'endorser', 'witness']);

/** The member of the manifest that a keyword says, where the names differ. @type {{[keyword: string]: string}} */
const MEMBER = { 'polls open': 'opens', 'polls close': 'closes', 'privacy floor': 'privacy_floor', witnesses: 'witnesses.need' };
/** @type {{[keyword: string]: readonly string[]}} */
const CHOICES = {
	group: ['ristretto255', 'modp4096'], granularity: ['second', 'minute', 'hour', 'day'], rules: ['standard', 'extended'], revote: ['last', 'never'], eligibility: ['offline', 'server'],
	order: ['fixed', 'random'],
};

const trim = (/** @type {string} */ text) => text.replace(/^[ \t]+|[ \t]+$/g, '');

/** What stands between quotes, so that spaces at the ends can be written. @param {string} value */
const unquote = (value) => (value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value);

/**
 * [FILE.KEYWORD] A line that begins with a keyword; `odd` is one that looks like it and is none.
 * @param {string} line @returns {{keyword: string, value: string}|'odd'|null}
 */
export function findKeyword(line) {
	const found = /^([A-Za-z ]+):([\s\S]*)$/.exec(line);
	if (!found) return null;
	const keyword = found[1].toLowerCase();
	if (KEYWORDS.includes(keyword)) return { keyword, value: found[2].replace(/^[ \t]+/, '') };
	return line[0] >= 'A' && line[0] <= 'Z' && found[1].length <= 20 && /^( |$)/.test(found[2]) ? 'odd' : null;
}

/** [FILE.VALUE] A picture as data, or the name of a file beside this one. @param {string} value @param {Map<string, Uint8Array>} files @returns {string} base64 */
function parsePicture(value, files) {
	const data = /^data:(image\/[a-z]+);base64,(.*)$/.exec(value);
	const bytes = data ? decodePicture(data[2]) : files.get(value);
	require(data !== null || bytes !== undefined, 'FILE.VALUE', `expected the picture "${value.slice(0, 60)}" to be opened together with this file`);
	const type = bytes ? manifests.pictureType(bytes) : null;
	require(type !== null && (data === null || data[1] === type), 'FILE.VALUE', `expected data:image/png;base64,... (or jpeg or webp), of ${manifests.MIN_PICTURE} to ${manifests.MAX_PICTURE} bytes, found "${value.slice(0, 60)}"`);
	return writeBase64(/** @type {Uint8Array} */ (bytes));
}

/** @param {string} base64 @returns {Uint8Array|undefined} */
function decodePicture(base64) {
	try {
		return parseBase64(base64);
	} catch {
		return undefined;
	}
}

/** A name, then the public line of a role behind it. @param {string} value @param {string} role @returns {{name: string, keys: {[purpose: string]: string}}} */
export function parseRole(value, role) {
	const at = value.lastIndexOf('tabella-');
	const expected = `a name and the line tabella-${role}-1 ... that \`key show\` prints`;
	require(at >= 0, 'FILE.VALUE', `expected ${expected}, found "${value.slice(0, 120)}"`);
	const line = roleLine.parse(value.slice(at));
	require(line.role === role, 'FILE.VALUE', `expected ${expected}, found the line of another role: ${line.role}`);
	const name = value.slice(0, at).replace(/[ \t]+$/, '');
	require(name !== '', 'FILE.VALUE', `expected ${expected}, found no name before the keys`);
	return { name: unquote(name), keys: line.keys };
}

/** @typedef {{where: any, member: string}} Below the object whose text stands here */

class Reader {
	/** @param {Map<string, Uint8Array>} files pictures that were opened together with the election file */
	constructor(files) {
		this.files = files;
		this.line = 0;
		/** @type {{[member: string]: any}} */
		this.head = {};
		/** @type {any[]} */
		this.trustees = [];
		/** @type {any[]} */
		this.endorsers = [];
		/** @type {{name: string, key: string}[]} */
		this.witnesses = [];
		this.needed = 0;
		/** @type {any[]} */
		this.questions = [];
		/** @type {ranked.Rule[]} of every question: how it is counted, should it be ranked */
		this.rules = [];
		this.planned = 0;
		/** @type {any} what free text here is the description of */
		this.below = null;
		this.inOption = false;
		/** @type {string[]} */
		this.text = [];
		this.blank = 0;
		/** @type {Map<any, Map<string, number>>} keyword -> line, of the election, a question, an option */
		this.seen = new Map();
		/** @type {[string, number][]} path in the manifest -> line, so that a broken rule is reported where it was written */
		this.places = [];
	}

	get question() {
		return this.questions.at(-1);
	}

	get option() {
		return this.inOption ? this.question.options.at(-1) : undefined;
	}

	/** @param {string} [part] @returns {string} path of the present question or option */
	path(part = '') {
		const question = `questions[${this.questions.length - 1}]`;
		const here = this.inOption ? `${question}.options[${this.question.options.length - 1}]` : question;
		return part === '' ? here : `${here}.${part}`;
	}

	/** @param {string} path */
	remember(path) {
		this.places.push([path, this.line]);
	}

	/** The text of something is complete. */
	endText() {
		this.blank = 0;
		if (this.text.length === 0) return;
		const text = this.text.join('\n');
		this.text = [];
		require(this.below.text === undefined, 'FILE.TEXT', 'expected the text of an option in one piece, found a second piece of it before this line');
		this.below.text = text;
	}

	/** @param {string} line */
	addText(line) {
		require(this.below !== null, 'FILE.TEXT', `expected text only below Title:, Question: or an option, found "${line.slice(0, 80)}"`);
		if (this.text.length === 0) this.remember(this.below === this.head ? 'text' : this.path('text'));
		else for (let i = 0; i < this.blank; i++) this.text.push('');
		this.text.push(line);
		this.blank = 0;
	}

	/** The present question, if there is one, has no more lines. */
	endQuestion() {
		this.rules.at(-1)?.end(this.question);
	}

	/** @param {string} title */
	beginQuestion(title) {
		this.endQuestion();
		this.rules.push(new ranked.Rule());
		this.questions.push({ title: unquote(title), options: [], winners: 1, quorum: null, approval: null, order: 'fixed', blank: false });
		this.inOption = false;
		this.below = this.question;
		this.remember(this.path());
	}

	/** @param {string} label */
	beginOption(label) {
		this.endText();
		require(this.questions.length > 0, 'FILE.KEYWORD', 'expected a line "Question: ..." before the first option, found an option');
		this.question.options.push({ label: unquote(label.replace(/^[ \t]+/, '')), link: '' });
		this.inOption = true;
		this.below = this.option;
		this.remember(this.path());
	}

	/** [FILE.TWICE] @param {any} owner @param {string} keyword */
	noteSeen(owner, keyword) {
		const seen = this.seen.get(owner) ?? new Map();
		this.seen.set(owner, seen);
		require(!seen.has(keyword) || MANY.has(keyword), 'FILE.TWICE', `expected this line once, found "${keyword}:" in line ${seen.get(keyword)} already`);
		seen.set(keyword, this.line);
	}

	/** @param {string} keyword @param {string} value */
	keyword(keyword, value) {
		this.endText();
		this.below = null;
		require(value !== '', 'FILE.VALUE', `expected something after the colon, found "${keyword}:"`);
		if (keyword === 'question') return this.beginQuestion(value);
		if (ELECTION.includes(keyword)) {
			this.noteSeen(this.head, keyword);
			if (!MANY.has(keyword)) this.remember(MEMBER[keyword] ?? keyword);
			if (keyword === 'title') this.below = this.head;
			this.inOption = false;
			return this.headValue(keyword, value);
		}
		require(this.questions.length > 0, 'FILE.KEYWORD', `expected a line "Question: ..." before this one, found "${keyword}:"`);
		const ofOption = keyword === 'link' || keyword === 'picture' || keyword === 'majority' || (keyword === 'id' && this.inOption);
		require(!ofOption || this.inOption, 'FILE.KEYWORD', `expected such a line only below an option, found "${keyword}:" elsewhere`);
		this.noteSeen(ofOption ? this.option : this.question, keyword);
		if (ofOption) this.below = this.option; // its text may come after its id, link, picture and majority
		if (ranked.KEYWORDS.includes(keyword)) return this.rankedValue(keyword, value);
		if (ofOption) {
			this.remember(this.path(keyword));
			this.option[keyword] = keyword === 'picture' ? parsePicture(value, this.files) : unquote(value);
			return undefined;
		}
		const here = `questions[${this.questions.length - 1}]`;
		if (keyword === 'method') /** @type {ranked.Rule} */ (this.rules.at(-1)).lines.method = this.line;
		for (const member of keyword === 'method' ? ['method', 'min', 'max', 'score_max'] : [keyword]) this.remember(`${here}.${member}`);
		return this.questionValue(keyword, value);
	}

	/** @param {string} keyword @param {string} value */
	rankedValue(keyword, value) {
		const { length } = this.question.options;
		this.remember(`questions[${this.questions.length - 1}].count.${keyword === 'majority' ? `ratios[${length - 1}]` : ranked.MEMBER[keyword]}`);
		/** @type {ranked.Rule} */ (this.rules.at(-1)).set(keyword, keyword === 'default option' ? unquote(value) : value, this.line, length);
	}

	/** @param {string} keyword @param {string} value */
	headValue(keyword, value) {
		const m = this.head;
		switch (keyword) {
			case 'title':
			case 'slug':
			case 'origin': m[keyword] = unquote(value); break;
			case 'polls open': m.opens = parseTime(value, false); break;
			case 'polls close': m.closes = parseTime(value); break;
			case 'rehearsal': m.rehearsal = words.parseChoice(value, ['no', 'yes']) === 'yes'; break;
			case 'privacy floor': m.privacy_floor = words.parseNumber(value, Number.MAX_SAFE_INTEGER); break;
			case 'weights': m.weights = words.parseWeights(value); break;
			case 'threshold': {
				const { threshold, of } = words.parseThreshold(value);
				m.threshold = threshold;
				this.planned = of;
				break;
			}
			case 'mixes':
				m.mixes = words.parseNumber(value, 2 ** 32 - 1);
				require(m.mixes > 0, 'FILE.VALUE', `expected how many trustees mix, at least 1, found "${value}"`);
				break;
			case 'server':
			case 'admin':
			case 'registrar':
			case 'trustee': return this.role(keyword, value);
			case 'endorser': return this.endorser(value);
			case 'witness':
				this.witnesses.push(vkey.parse(value));
				this.remember(`witnesses.keys[${this.witnesses.length - 1}]`);
				break;
			case 'witnesses':
				this.needed = words.parseNumber(value, 2 ** 32 - 1);
				require(this.needed > 0, 'FILE.VALUE', `expected how many of the witnesses have to cosign, at least 1, found "${value}"`);
				break;
			default: m[keyword] = words.parseChoice(value, CHOICES[keyword]);
		}
		return undefined;
	}

	/** @param {string} keyword @param {string} value */
	role(keyword, value) {
		const { name, keys } = parseRole(value, keyword);
		if (keyword === 'server') this.head.server = { name, sign_key: keys.sign, log_key: keys.log };
		else if (keyword !== 'trustee') this.head[keyword] = { name, key: keys.sign };
		else {
			this.trustees.push({ name, sign_key: keys.sign, transport_key: keys.transport, cosign_key: keys.cosign });
			this.remember(`trustees[${this.trustees.length - 1}]`);
		}
	}

	/** @param {string} value */
	endorser(value) {
		const [id] = value.split(/[ \t]/, 1);
		const { name, keys } = parseRole(value.slice(id.length).replace(/^[ \t]+/, ''), 'endorser');
		this.endorsers.push({ id: unquote(id), name, sign_key: keys.sign, cosign_key: keys.cosign });
		this.remember(`endorsers[${this.endorsers.length - 1}]`);
	}

	/** @param {string} keyword @param {string} value */
	questionValue(keyword, value) {
		const q = this.question;
		switch (keyword) {
			case 'id': q.id = unquote(value); break;
			case 'method': Object.assign(q, words.parseMethod(value)); break;
			case 'winners': q.winners = words.parseNumber(value, 2 ** 32 - 1); break;
			case 'quorum': q.quorum = words.parseQuorum(value); break;
			case 'approval': q.approval = words.parseApproval(value); break;
			case 'order': q.order = words.parseChoice(value, CHOICES.order); break;
			default: q.blank = words.parseChoice(value, ['no', 'yes']) === 'yes';
		}
	}

	/** @param {string} raw without its end */
	read(raw) {
		require(!raw.includes('\0'), 'FILE.LINE', 'expected text in UTF-8, found other bytes');
		const bar = /^[ \t]*\| ?([\s\S]*)$/.exec(raw);
		if (bar) return this.addText(bar[1]);
		const line = trim(raw);
		if (line === '') {
			this.blank++;
			return undefined;
		}
		if (line.startsWith('#')) return undefined;
		const option = /^\[ ?\]([\s\S]*)$/.exec(line);
		if (option) return this.beginOption(option[1]);
		const found = findKeyword(line);
		if (found === 'odd') throw new Refusal('FILE.KEYWORD', `expected a keyword of election files, or "| " before the line if it is text, found "${line.slice(0, 60)}"`);
		if (found) return this.keyword(found.keyword, found.value);
		require(!(this.below !== null && this.below === this.option && !/^[ \t]/.test(raw)), 'FILE.TEXT',
			`expected the text of an option indented, another option beginning with [], or a keyword, found "${line.slice(0, 80)}"`);
		return this.addText(line);
	}

	/** [FILE.MISSING] what nothing else can be said without */
	checkLines() {
		const missing = (/** @type {boolean} */ there, /** @type {string} */ line) => require(there, 'FILE.MISSING', `expected a line "${line}", found the end of the file`);
		missing(this.head.title !== undefined, 'Title: ...');
		missing(this.head.origin !== undefined, 'Origin: ...');
		missing(this.head.opens !== undefined, 'Polls open: 2027-03-01 12:00 UTC');
		missing(this.head.closes !== undefined, 'Polls close: 2027-03-14 12:00 UTC');
		missing(this.head.threshold !== undefined, 'Threshold: 2 of 3');
		missing(this.questions.length > 0, 'Question: ...');
		require(this.witnesses.length === 0 || this.needed > 0, 'FILE.MISSING', 'expected a line "Witnesses: ..." with how many of them have to cosign, found none');
		for (const q of this.questions) require(q.method !== undefined, 'FILE.MISSING', `expected a line "Method: ..." below each question, found none below "${q.title.slice(0, 100)}"`);
		require(this.trustees.length <= this.planned, 'FILE.VALUE', `expected as many trustees as "Threshold:" says, found ${this.trustees.length} of them`);
	}

	/** The line in which this part of the manifest was written. @param {string} path */
	lineOf(path) {
		const covering = this.places.filter(([place]) => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`));
		return covering.sort((a, b) => b[0].length - a[0].length)[0]?.[1] ?? this.line;
	}
}

/** [FILE.MISSING] The slug of the text, or its place, with -2, -3 ... while another has it. @param {string} text @param {string} word @param {number} place @param {any[]} among */
function freeId(text, word, place, among) {
	const slug = slugOf(text) || `${word}-${place + 1}`;
	const taken = (/** @type {string} */ id) => among.some((one) => one.id === id);
	if (!taken(slug)) return slug;
	const cut = slug.slice(0, MAX_ID - 7);
	for (let n = 2; ; n++) if (!taken(`${cut}-${n}`)) return `${cut}-${n}`;
}

/** @param {any} q @param {number} index @param {any[]} questions */
function finishQuestion(q, index, questions) {
	if (q.method === 'approval' || q.method === 'score') q.max = q.options.length * q.score_max;
	q.id ??= freeId(q.title, 'question', index, questions);
	q.options.forEach((/** @type {any} */ o, /** @type {number} */ i) => { o.id ??= freeId(o.label, 'option', i, q.options); });
}

/** "vote.example.org" becomes "vote.example.org/e/<slug>". @param {string} origin @param {string} slug */
export function completeOrigin(origin, slug) {
	const full = `${origin}/e/${slug}`;
	return origin.includes('/e/') || utf8(full).length > 200 ? origin : full;
}

/** @param {Reader} r @returns {any} a manifest in which roles may be missing */
function finish(r) {
	const { head } = r;
	const slug = head.slug ?? slugOf(head.title);
	/* More than is allowed needs no ids, and finding free ones would take long. */
	if (r.questions.length <= 20) r.questions.forEach((q, i) => {
		if (q.options.length <= 500) finishQuestion(q, i, r.questions);
		r.rules[i].finish(q);
	});
	return manifestJson.order({
		...head, slug, origin: completeOrigin(head.origin, slug), text: head.text ?? '', group: head.group ?? 'ristretto255', granularity: head.granularity ?? 'minute', rules: head.rules ?? 'standard',
		revote: head.revote ?? 'last', rehearsal: head.rehearsal ?? false, privacy_floor: head.privacy_floor ?? 3, weights: head.weights ?? { min_holders: 5, below: 'refuse' },
		eligibility: head.eligibility ?? 'offline', mixes: head.mixes ?? (r.questions.some(({ method }) => method === 'ranked') ? head.threshold : undefined), trustees: r.trustees, endorsers: r.endorsers, witnesses: r.witnesses.length > 0 || r.needed > 0 ? { need: r.needed, keys: r.witnesses } : undefined, questions: r.questions,
	});
}

/** @param {string|Uint8Array} file @returns {string} */
function decode(file) {
	const bytes = typeof file === 'string' ? utf8(file) : file;
	require(bytes.length <= MAX_LENGTH, 'FILE.LINE', `expected a file of at most 4 MiB, found ${bytes.length} bytes`);
	try {
		return fromUtf8(bytes).replace(/^\ufeff/, '');
	} catch {
		throw new Refusal('FILE.LINE', 'expected text in UTF-8, found other bytes');
	}
}

/** @template T @param {Reader} r @param {() => T} read @param {boolean} [found] the line follows from what is refused @returns {T} */
function withLine(r, read, found = false) {
	try {
		return read();
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		throw Object.assign(error, { line: /** @type {any} */ (error).line ?? (found ? r.lineOf(error.where) : r.line) });
	}
}

/**
 * Reads an election file in which roles may be missing: a draft.  Refusals have the member `line`.
 * @param {string|Uint8Array} file @param {Map<string, Uint8Array>} [pictures] files that it may name
 * @returns {{manifest: any, missing: string[], check: () => any}} `missing` roles; check() holds the complete manifest against all rules
 */
export function parseDraft(file, pictures = new Map()) {
	const r = new Reader(pictures);
	const lines = decode(file).split('\n');
	if (lines.at(-1) === '') lines.pop();
	for (const line of lines) {
		r.line++;
		withLine(r, () => r.read(line.replace(/\r$/, '')));
	}
	const manifest = withLine(r, () => {
		r.endText();
		r.endQuestion();
		r.checkLines();
		return finish(r);
	});
	const missing = ['admin', 'registrar', 'server'].filter((role) => r.head[role] === undefined);
	if (r.trustees.length < r.planned) missing.push('trustee');
	return { manifest, missing, check: () => withLine(r, () => manifests.parse(manifestJson.write(manifest)), true) };
}

/** Reads a complete election file. @param {string|Uint8Array} file @returns {any} the manifest, as manifest_json.js has it */
export function parse(file) {
	const { manifest, missing, check } = parseDraft(file);
	require(missing.length === 0, 'FILE.MISSING', `expected a line "${missing[0]}: ...", found the end of the file`);
	check();
	return manifest;
}
