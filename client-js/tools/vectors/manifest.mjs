// SPDX-License-Identifier: Apache-2.0
import * as base64 from '../../core/base64.js';
import { cosignKey, logKey, signKey, transportKey } from '../../core/credential.js';
import * as json from '../../core/json.js';
import * as manifest from '../../core/manifest.js';
import { concat, fromHex, fromUtf8, utf8 } from '../../crypto/bytes.js';
import { testCode } from './code.mjs';
import { collect } from './kit.mjs';

export const ops = {
	'manifest.parse'(input) {
		const m = manifest.parse(utf8(input.payload_text));
		return { bits: m.questions.map((q) => manifest.definitionOf(q).L ?? 0), endorsers: manifest.endorsersOf(m).map(({ signer }) => signer), max_ballot: manifest.maxBallotLength(m) };
	},
};

const b64 = (one) => base64.write(one.public);
const OPENS = 1893456000;
export const option = (id, change = {}) => ({ id, label: `Option ${id}`, text: '', link: '', ...change });

/** @param {string} name whose code the keys come from */
export const trustee = (name) => ({
	name: `Trustee ${name}`, sign_key: b64(signKey(testCode(name), 'trustee')), transport_key: b64(transportKey(testCode(name))), cosign_key: b64(cosignKey(testCode(name), 'trustee')),
});
export const endorser = (id) => ({ id, name: `Endorser ${id}`, sign_key: b64(signKey(testCode(id), 'endorser')), cosign_key: b64(cosignKey(testCode(id), 'endorser')) });

/** A manifest as a plain value, to be changed. @param {any} change */
export const sample = (change = {}) => ({
	tabella: 1, slug: 'board-2030', origin: 'vote.example/e/board-2030', title: 'Board 2030', text: 'Who shall be on the board?\nTest data.',
	group: 'ristretto255', opens: OPENS, closes: OPENS + 7 * 86400, granularity: 'minute', rules: 'standard', revote: 'last', rehearsal: false, privacy_floor: 2,
	weights: { min_holders: 2, below: 'refuse' }, eligibility: 'offline',
	server: { name: 'Server', sign_key: b64(signKey(testCode('server'), 'server')), log_key: b64(logKey(testCode('server'))) },
	admin: { name: 'Admin', key: b64(signKey(testCode('admin'), 'admin')) },
	registrar: { name: 'Registrar', key: b64(signKey(testCode('registrar'), 'registrar')) },
	threshold: 2, trustees: ['t1', 't2', 't3'].map(trustee), endorsers: [endorser('auditor')],
	questions: [question(), referendum()],
	...change,
});
export const question = (change = {}) => ({
	id: 'board', title: 'Board', text: '', method: 'choose', options: ['ada', 'bert', 'chen'].map((id) => option(id)), min: 1, max: 2, score_max: 1, blank: true,
	order: 'random', winners: 2, quorum: { of: 'electorate', fraction: [1, 5], strict: false }, approval: null, ...change,
});
export const referendum = (change = {}) => ({
	id: 'rules', title: 'New rules', text: 'Shall the rules be changed?', method: 'referendum', options: [option('yes'), option('no', { link: 'https://example.org/no' })],
	min: 0, max: 1, score_max: 1, blank: false, order: 'fixed', winners: 1, quorum: { count: 2 }, approval: { base: 'ballots', fraction: [1, 2], strict: true }, ...change,
});
const score = (change = {}) => question({ method: 'score', min: 0, max: 15, score_max: 5, blank: false, quorum: null, ...change });
const approval = (change = {}) => question({ method: 'approval', min: 0, max: 3, blank: false, ...change });

/** A ranked question. @param {any} [count] its member `count` @param {any} [change] */
export const rankedQuestion = (count = {}, change = {}) => ({
	...question({ id: 'order', title: 'Order', method: 'ranked', min: 0, max: 3, blank: false, quorum: null, ...change }),
	count: { method: 'scottish-stv-2007', equal: false, minimum: 0, default: '', quorum: 0, ratios: [], ...count },
});

/** A manifest with ranked questions. @param {any} change @param {number|undefined} mixes */
export const rankedSample = (change = {}, mixes = 2) => {
	const { trustees, endorsers, questions, ...head } = sample({ questions: [rankedQuestion()], ...change });
	return { ...head, mixes, trustees, endorsers, questions };
};

const text = (value) => fromUtf8(json.write(value));
const many = (count, make) => Array.from({ length: count }, (_, i) => make(i));

function goodCases(c) {
	const good = (name, change) => c.good('manifest.parse', name, { payload_text: text(sample(change)) });
	good('the sample', {});
	good('modp4096', { group: 'modp4096', questions: [referendum()] });
	good('no extra endorser', { endorsers: [] });
	good('one trustee', { threshold: 1, trustees: [trustee('t1')], endorsers: [] });
	good('60 days', { closes: OPENS + 60 * 86400 });
	good('366 days of the extended rules', { rules: 'extended', closes: OPENS + 366 * 86400 });
	good('days', { granularity: 'day' });
	good('every other word', { revote: 'never', rehearsal: true, eligibility: 'server', weights: { min_holders: 0, below: 'warn' }, granularity: 'second', opens: OPENS + 1 });
	good('approval and score', { questions: [approval({ id: 'a', quorum: { of: 'electorate', fraction: [0, 1], strict: true } }), score({ id: 'b', approval: { base: 'options_sum', fraction: [1000000, 1000000], strict: false } })] });
	good('a score of 255', { questions: [score({ options: [option('one')], score_max: 255, max: 255, winners: 1 })] });
	good('500 options', { questions: [question({ options: many(500, (i) => option(`o${i}`, { label: `${i}` })), max: 500, blank: false, winners: 500 })] });
}

/** @param {string} name */
const witness = (name) => ({ name, key: b64(cosignKey(testCode(name), 'endorser')) });

function witnessCases(c) {
	const payload = (witnesses) => {
		const { questions, ...head } = sample();
		return { payload_text: text({ ...head, witnesses, questions }) };
	};
	const good = (name, witnesses) => c.good('manifest.parse', name, payload(witnesses));
	const bad = (name, rule, witnesses) => c.bad('manifest.parse', name, rule, payload(witnesses));
	const [w1, w2] = [witness('witness.example/w1'), witness('witness.example/w2')];
	good('one of two witnesses', { need: 1, keys: [w1, w2] });
	good('20 witnesses, all of them needed', { need: 20, keys: many(20, (i) => witness(`w${i}`)) });
	bad('no witness', 'MANIFEST.WITNESSES', { need: 0, keys: [] });
	bad('21 witnesses', 'MANIFEST.WITNESSES', { need: 1, keys: many(21, (i) => witness(`w${i}`)) });
	bad('none of one witness needed', 'MANIFEST.WITNESSES', { need: 0, keys: [w1] });
	bad('two of one witness', 'MANIFEST.WITNESSES', { need: 2, keys: [w1] });
	bad('two witnesses of one name', 'MANIFEST.WITNESSES', { need: 1, keys: [w1, { ...w2, name: w1.name }] });
	bad('two witnesses of one key', 'MANIFEST.KEYS', { need: 1, keys: [w1, { ...w2, key: w1.key }] });
	bad('a witness with the key of an endorser', 'MANIFEST.KEYS', { need: 1, keys: [{ ...w1, key: endorser('auditor').cosign_key }] });
	bad('a witness with a space in its name', 'MANIFEST.WITNESSES', { need: 1, keys: [{ ...w1, name: 'a b' }] });
	bad('a witness with a plus in its name', 'MANIFEST.WITNESSES', { need: 1, keys: [{ ...w1, name: 'a+b' }] });
	bad('a witness without a name', 'MANIFEST.WITNESSES', { need: 1, keys: [{ ...w1, name: '' }] });
	bad('a witness with a name of the log', 'MANIFEST.WITNESSES', { need: 1, keys: [{ ...w1, name: `${sample().origin}/trustee/1` }] });
	bad('witnesses that are null', 'MANIFEST', null);
}

const PNG = '89504e470d0a1a0a';
const JPEG = 'ffd8ff';
const WEBP = '52494646000000005745425000000000';
/** The base64 of a file that begins so. */
const file = (start, length) => base64.write(concat(fromHex(start), new Uint8Array(length - start.length / 2)));

function pictureCases(c) {
	const payload = (picture) => ({ payload_text: text(sample({ questions: [question({ options: [option('ada', { picture }), option('bert'), option('chen')] })] })) });
	const good = (name, picture) => c.good('manifest.parse', name, payload(picture));
	const bad = (name, picture) => c.bad('manifest.parse', name, 'MANIFEST.PICTURE', payload(picture));
	good('a PNG picture of 16 bytes', file(PNG, 16));
	good('a JPEG picture of 24,576 bytes', file(JPEG, 24576));
	good('a WebP picture', file(WEBP, 100));
	bad('a picture of 15 bytes', file(PNG, 15));
	bad('a picture of 24,577 bytes', file(JPEG, 24577));
	bad('a picture of no bytes', '');
	bad('an SVG picture, which could run a script', base64.write(utf8('<svg xmlns="http://www.w3.org/2000/svg"/>')));
	bad('a RIFF file that is no WebP', file('52494646000000005741564500000000', 100));
	bad('a picture in another spelling', file(PNG, 16).replace(/=/g, ''));
	c.bad('manifest.parse', 'a picture that is null', 'MANIFEST', payload(null));
	c.bad('manifest.parse', 'a picture before the link', 'JSON.CANONICAL', { payload_text: payload(file(PNG, 16)).payload_text.replace(/"link":"",("picture":"[^"]*")/, '$1,"link":""') });
}

function questionCases(c) {
	const bad = (name, ...questions) => c.bad('manifest.parse', name, 'MANIFEST.QUESTIONS', { payload_text: text(sample({ questions })) });
	bad('no question');
	bad('21 questions', ...many(21, (i) => referendum({ id: `q${i}` })));
	bad('two questions of one id [B-06]', referendum(), referendum());
	bad('two options of one id [B-06]', referendum({ options: [option('yes'), option('yes')] }));
	bad('two options of one label [B-06]', referendum({ options: [option('yes', { label: 'Yes' }), option('no', { label: 'Yes' })] }));
	bad('no option', question({ options: [] }));
	bad('501 options', question({ options: many(501, (i) => option(`o${i}`, { label: `${i}` })) }));
	bad('no winner', question({ winners: 0 }));
	bad('more winners than options', question({ winners: 4 }));
	bad('min above max [B-07]', question({ min: 3 }));
	bad('max above the options [B-07]', question({ max: 4 }));
	bad('max 0 [B-07]', question({ min: 0, max: 0, blank: false }));
	bad('choose with a score', question({ score_max: 2 }));
	bad('blank where nothing need be chosen', question({ min: 0 }));
	bad('referendum with max 2', referendum({ max: 2 }));
	bad('referendum of one option', referendum({ options: [option('yes')] }));
	bad('approval with min 1', approval({ min: 1 }));
	bad('approval with a smaller max', approval({ max: 2 }));
	bad('approval with blank', approval({ blank: true }));
	bad('score 0', score({ score_max: 0, max: 1 }));
	bad('score 256', score({ score_max: 256, max: 768 }));
	bad('score with a smaller max', score({ max: 14 }));
	bad('score with min 1', score({ min: 1 }));
	bad('a fraction above 1', referendum({ approval: { base: 'ballots', fraction: [2, 1], strict: true } }));
	bad('a fraction of 0/0', referendum({ approval: { base: 'ballots', fraction: [0, 0], strict: true } }));
	bad('a fraction of millionths and one', question({ quorum: { of: 'electorate', fraction: [1, 1000001], strict: true } }));
	bad('more than 2000 bits', score({ options: many(251, (i) => option(`o${i}`, { label: `${i}` })), score_max: 255, max: 251 * 255 }));
	c.bad('manifest.parse', 'a ballot above 1 MiB', 'MANIFEST.QUESTIONS', {
		payload_text: text(sample({ group: 'modp4096', questions: many(3, (i) => approval({ id: `q${i}`, options: many(340, (k) => option(`o${k}`, { label: `${k}` })), max: 340 })) })),
	});
}

function otherCases(c) {
	const bad = (name, rule, change) => c.bad('manifest.parse', name, rule, { payload_text: text(sample(change)) });
	const right = sample();
	for (const [name, origin] of [['with a scheme', 'https://vote.example/e/board-2030'], ['of another slug', 'vote.example/e/board'], ['without a host', '/e/board-2030'], ['with a space', 'vote example/e/board-2030'], ['with a plus', 'a+b/e/board-2030'], ['with a slash at the end', 'vote.example/e/board-2030/'], ['beyond ASCII', 'v\u00f6te.example/e/board-2030'], ['of 201 bytes', `${'a'.repeat(188)}/e/board-2030`.padStart(201, 'a')]])
		bad(`origin ${name}`, 'MANIFEST.ORIGIN', { origin });
	bad('closes when it opens [B-09]', 'MANIFEST.WINDOW', { closes: OPENS });
	bad('closes before it opens [B-09]', 'MANIFEST.WINDOW', { closes: OPENS - 60 });
	bad('opens within a minute', 'MANIFEST.WINDOW', { opens: OPENS + 1 });
	bad('closes within an hour', 'MANIFEST.WINDOW', { granularity: 'hour', closes: OPENS + 60 });
	bad('60 days and a minute [B-09]', 'MANIFEST.WINDOW', { closes: OPENS + 60 * 86400 + 60 });
	bad('367 days of the extended rules', 'MANIFEST.WINDOW', { rules: 'extended', closes: OPENS + 367 * 86400 });
	bad('threshold 0 [B-08]', 'MANIFEST.THRESHOLD', { threshold: 0 });
	bad('threshold above the trustees [B-08]', 'MANIFEST.THRESHOLD', { threshold: 4 });
	bad('no trustee [B-08]', 'MANIFEST.THRESHOLD', { threshold: 0, trustees: [] });
	bad('21 trustees', 'MANIFEST.THRESHOLD', { trustees: many(21, (i) => trustee(`t${i + 1}`)) });
	bad('21 endorsers', 'MANIFEST.THRESHOLD', { endorsers: many(21, (i) => endorser(`e${i + 1}`)) });
	bad('two endorsers of one id', 'MANIFEST.THRESHOLD', { endorsers: [endorser('auditor'), { ...endorser('other'), id: 'auditor' }] });
	keyCases(bad, right);
	bad('an empty title', 'TEXT', { title: '' });
	bad('a title that turns its direction [A-10]', 'TEXT', { title: 'a\u202eb' });
	bad('a title not in NFC [A-10]', 'TEXT', { title: 'Ele\u0301' });
	bad('a link of another scheme', 'TEXT', { questions: [referendum({ options: [option('yes', { link: 'javascript:1' }), option('no')] })] });
	bad('a slug with capitals', 'ID', { slug: 'Board', origin: 'vote.example/e/Board' });
	bad('an option id with a space', 'ID', { questions: [referendum({ options: [option('a b'), option('no')] })] });
	shapeCases(c, bad, right);
}

function keyCases(bad, right) {
	const identity = base64.write(new Uint8Array(32));
	const noPoint = base64.write(fromHex('01'.padEnd(64, '0')));
	const order8 = base64.write(fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'));
	bad('the key of the admin is the identity', 'MANIFEST.KEYS', { admin: { name: 'Admin', key: identity } });
	bad('the key of the registrar is no element', 'MANIFEST.KEYS', { registrar: { name: 'Registrar', key: noPoint } });
	bad('the key of the log is of small order', 'MANIFEST.KEYS', { server: { ...right.server, log_key: order8 } });
	bad('admin and registrar have one key', 'MANIFEST.KEYS', { registrar: { name: 'Registrar', key: right.admin.key } });
	const [t1, t2, t3] = right.trustees;
	bad('two trustees have one transport key [C-02]', 'MANIFEST.KEYS', { trustees: [t1, { ...t2, transport_key: t1.transport_key }, t3] });
	bad('two trustees have one cosigning key', 'MANIFEST.KEYS', { trustees: [t1, { ...t2, cosign_key: t1.cosign_key }, t3] });
	bad('signing and transport key are one', 'MANIFEST.KEYS', { trustees: [{ ...t1, transport_key: t1.sign_key }, t2, t3] });
	bad('a key of 31 bytes', 'MANIFEST', { admin: { name: 'Admin', key: base64.write(new Uint8Array(31)) } });
	bad('a key in another spelling', 'BASE64', { admin: { name: 'Admin', key: right.admin.key.slice(0, -1) } });
}

function shapeCases(c, bad, right) {
	const raw = (name, rule, payload_text) => c.bad('manifest.parse', name, rule, { payload_text });
	const source = text(right);
	bad('another version', 'MANIFEST', { tabella: 2 });
	bad('an unknown group', 'MANIFEST', { group: 'modp3072' });
	bad('an unknown method', 'MANIFEST', { questions: [question({ method: 'ranking' })] });
	bad('true as a number', 'MANIFEST', { rehearsal: 1 });
	bad('a quorum of another kind', 'MANIFEST', { questions: [question({ quorum: { of: 'ballots', fraction: [1, 2], strict: true } })] });
	raw('a member more [A-08]', 'JSON.CANONICAL', source.replace('{"tabella":1', '{"tabella":1,"more":1'));
	raw('a member less', 'JSON.CANONICAL', source.replace('"rehearsal":false,', ''));
	raw('a member twice [A-07]', 'JSON.CANONICAL', source.replace('"rehearsal":false,', '"rehearsal":false,"rehearsal":false,'));
	raw('members exchanged', 'JSON.CANONICAL', source.replace('"revote":"last","rehearsal":false', '"rehearsal":false,"revote":"last"'));
	raw('a space', 'JSON.CANONICAL', source.replace(',', ', '));
	raw('a number with a fraction', 'JSON.CANONICAL', source.replace('"threshold":2', '"threshold":2.0'));
}

export function make() {
	const c = collect(ops, {
		topic: 'manifest',
		about: 'Payloads of manifests. bits: L of each question; max_ballot: bytes of a ballot of a voter whose id has 64 characters.',
		source: 'client-js',
		spec: ['MANIFEST', 'MANIFEST.ORIGIN', 'MANIFEST.WINDOW', 'MANIFEST.KEYS', 'MANIFEST.THRESHOLD', 'MANIFEST.QUESTIONS', 'MANIFEST.PICTURE', 'MANIFEST.WITNESSES', 'TEXT', 'ID', 'JSON.CANONICAL'],
	});
	goodCases(c);
	otherCases(c);
	questionCases(c);
	pictureCases(c);
	witnessCases(c);
	return c.file();
}
