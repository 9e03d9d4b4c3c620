// SPDX-License-Identifier: Apache-2.0
// What the admin page reads and writes is what the command line reads and writes: election files [FILE.LINE], lists of voters [CSV], rolls, keys.
import { randomBytes } from '@noble/hashes/utils';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { ed25519 } from '@noble/curves/ed25519';
import * as codes from '../../client-js/admin/codes.js';
import * as drafts from '../../client-js/admin/draft.js';
import * as electionText from '../../client-js/admin/election_text.js';
import { write as writeText } from '../../client-js/admin/election_text_write.js';
import * as keys from '../../client-js/admin/keys.js';
import * as manifestJson from '../../client-js/admin/manifest_json.js';
import * as csv from '../../client-js/admin/roll_csv.js';
import * as vkey from '../../client-js/admin/vkey.js';
import * as manifests from '../../client-js/core/manifest.js';

const bin = resolve(process.env.TB_BUILD ?? 'build');
const folder = mkdtempSync(join(tmpdir(), 'tabella files '));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const random = (length) => randomBytes(length);

function run(program, ...args) {
	const { status, stdout, stderr } = spawnSync(join(bin, program), args, { cwd: folder, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } });
	return { status, out: stdout, err: stderr };
}
const put = (name, content) => { writeFileSync(join(folder, name), content); return name; };
const line = (role, i = '') => (role === 'trustee' ? run('tabella-trustee', 'init', '--save', `t${i}.phrase`) : role === 'server' ? run('tabella-server', '--data', `data${i}`, '--init')
	: run('tabella', 'key', 'new', '--role', role, '--out', `${role}${i}.key`)).out.trim();

const ROLES = `Server: S ${line('server')}
Admin: The "secretary" ${line('admin')}
Registrar: " R" ${line('registrar')}
Threshold: 2 of 3
Trustee: T1 ${line('trustee', 1)}
Trustee: T2 ${line('trustee', 2)}
Trustee: T3 tabella-x ${line('trustee', 3)}
Endorser: auditor The auditor ${line('endorser')}
`;
const HEAD = 'Title: A small vote\nOrigin: vote.example.org\nPolls open: 2027-03-01 12:00 UTC\nPolls close: 2027-03-14 AoE\n';
const QUESTION = 'Question: Yes?\nMethod: referendum\n[] Yes\n[] No\n';

const PICTURE = `data:image/png;base64,${Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(30, 7)]).toString('base64')}`;

const witness = (name) => vkey.write({ name, key: Buffer.from(ed25519.getPublicKey(random(32))).toString('base64') });
const WITNESSES = `Witness: ${witness('one.example/w')}\nWitnesses: 2\nWitness: ${witness('zwei')}\n`;

const GOOD = {
	'the shortest': HEAD + ROLES + QUESTION,
	'with witnesses': HEAD + WITNESSES + ROLES + QUESTION,
	'as people write': `\ufeff# a comment\r\ntitle:  A small vote  \r\n\r\n\r\nfirst line\r\n# not text\r\n\r\n\r\n  second line  \r\n|   third line  \n| Foo: bar\n\n\nORIGIN: vote.example.org/some/where/e/a-small-vote
polls OPEN:2027-03-01T14:00+02:00\nPolls close: 2027-03-14 23:30 anywhere on earth\nGranularity: Minute\nREVOTE: Never\n${ROLES}
Question: One?\n[ ] " Yes"\n      id: y\n   text of yes\n\n   more\nWinners: 2\nMethod: CHOOSE up to 2\n[]No\n\tLink: http://example.org/\n\t| bar
Approval: More than 33.30 % of the ballots\nQuorum: more than 9 ballots\nBlank: no\nOrder: Random\nRehearsal: YES\n`,
	'everything else': `Title: Ünïted — élections 2027!\nSlug: u\nOrigin: x.example/y\nPolls open: @1803902430\nPolls close: 2027-03-01 16:00 UTC+03:30\nGranularity: second\nRules: extended\nPrivacy floor: 0\n` +
		`Weights: warn below 0 holders\nEligibility: server\nGroup: modp4096\n${ROLES}Question: 你好\nMethod: score 0 to 255\nQuorum: 0/3 of the electorate\nApproval: 100% of options_sum\n[] Ada\n Picture: ${PICTURE}\n a text\n[] Ada!\n[] ada-2\n[] 李\n` +
		'Question: 你好\nMethod: approval\nApproval: 12.3456% of electorate\n[] x\nQuestion: A.B  (c)\nMethod: choose 2\nBlank: yes\n[] one\nQuorum: at least 1 ballot\n[] two\nId: option-1\n[] three\n',
	'text like other things': `Title: "T"\n| \n| Title: x\n| [] y\n|# z\n|\n${HEAD.slice(HEAD.indexOf('Origin'))}Slug: t\n${ROLES}${QUESTION}    see: below\n    https://example.org/\n    A:b\n`,
};

const RANKED = 'Question: Who?\nMethod: ranked\n';
const THREE = '[] Ada\n[] Bert\n[] None of them\n    Id: none\n';
Object.assign(GOOD, {
	'a ranked question, the shortest': `${HEAD}${ROLES}${RANKED}Count: Scottish\n${THREE}`,
	'ranked questions, everything': `${HEAD}${ROLES}MIXES: 3\nQuestion: Chair?\n[] Ada\nDEFAULT option: "none"\nEqual RANKS: Yes\n[] Bert\n  Link: https://example.org/\n  Majority: 3:2\n  a text\nDefault quorum: 1099511627776\nCount: Condorcet-DEBIAN\nMethod: RANKED up to 2\nQuorum: 2 ballots\nOrder: random\n[] None of them\nId: none\n[] Dora\n` +
		`Question: Board?\nMethod: ranked 1 to 3\nWinners: 2\nCount: meek-prf-1\nMinimum votes: 7\n${THREE}Question: Yes?\nMethod: referendum\n[] a\n[] b\nQuestion: All?\nMethod: ranked 0 to 3\nCount: borda\nEqual ranks: no\nMinimum votes: 0\n${THREE}`,
	'a ranked question whose default option is only described': `${HEAD}Mixes: 2\n${ROLES}${RANKED}Default option: none\nCount: condorcet-debian-1.9\n${THREE}    Majority: 1:1\n`,
});

for (const [name, text] of Object.entries(GOOD)) {
	test(`election file, ${name}: the same manifest, and the same file back`, () => {
		const file = put('good.txt', text);
		const json = run('tabella', 'check', '--json', file);
		assert.equal(json.status, 0, json.err);
		const manifest = electionText.parse(readFileSync(join(folder, file)));
		assert.equal(`${Buffer.from(manifestJson.write(manifest))}\n`, json.out);
		const back = run('tabella', 'check', file).out;
		assert.equal(writeText(manifest), back.slice(0, back.lastIndexOf('\n', back.length - 2) + 1).replace(/\n$/, ''));
		assert.deepEqual(electionText.parse(writeText(manifest)), manifest);
	});
	test(`election file, ${name}: through the form and back`, () => {
		const manifest = electionText.parse(text);
		const defaults = drafts.newDraft({ now: 1, origin: 'x', server: '', host: 'x' });
		const draft = drafts.fromManifest(manifest, defaults);
		assert.deepEqual(drafts.restore(JSON.parse(JSON.stringify(drafts.withoutSecrets(draft))), defaults), draft);
		const { manifest: again, problems } = drafts.compile(draft);
		assert.deepEqual(problems, []);
		/* the form takes spaces at the ends of a line away */
		const trimmed = JSON.parse(JSON.stringify(manifest, (key, value) => (['name', 'label'].includes(key) ? value.trim() : value)));
		assert.deepEqual({ ...again, text: '' }, { ...trimmed, text: '' });
	});
}

test('warnings: what rankings give away, and what the loss of a mixer costs', () => {
	const warnings = (lines) => drafts.warningsOf(electionText.parse(`${HEAD}${lines}${ROLES}${RANKED}Count: irv\n${THREE}`), 0).filter((name) => /ranked|mixes|floor/.test(name));
	assert.deepEqual(warnings('Privacy floor: 19\n'), ['ranked', 'ranked-floor']);
	assert.deepEqual(warnings('Privacy floor: 20\nMixes: 3\n'), ['ranked', 'mixes-all']);
	assert.deepEqual(drafts.warningsOf(electionText.parse(`${HEAD}Privacy floor: 2\n${ROLES}${QUESTION}`), 0).filter((name) => /ranked|mixes|floor/.test(name)), ['floor']);
});

test('texts that look like something else come back from the file that is written', () => {
	const manifest = electionText.parse(GOOD['the shortest']);
	const tricky = ['', 'x', '"', '""', '"x"', '[] x', '[ ] x', '# x', '| x', '|', 'Title: x', 'question: x', 'Polls open: x', 'Id: x', 'Link:', 'Foo: bar', 'Foo:', 'see: below', 'https://example.org', 'none', 'été', ' x', 'x '];
	for (const a of tricky) for (const b of tricky) {
		const [q] = manifest.questions;
		const tried = { ...manifest, text: `${a}\n${b}`, questions: [{ ...q, title: a || 'x', text: `${b}\n\n${a}`, options: [{ ...q.options[0], label: b || 'x', text: `${a}\n${b}` }, q.options[1]] }] };
		assert.deepEqual(electionText.parse(writeText(tried)), tried);
	}
	const file = put('tricky.txt', writeText({ ...manifest, text: tricky.join('\n') }));
	assert.equal(run('tabella', 'check', '--json', file).out, `${Buffer.from(manifestJson.write({ ...manifest, text: tricky.join('\n') }))}\n`);
});

const BAD = [`${HEAD}${WITNESSES.replace('2', '3')}${ROLES}${QUESTION}`, `${HEAD}${WITNESSES.replace('2', '0')}${ROLES}${QUESTION}`, `${HEAD}Witnesses: 1\n${ROLES}${QUESTION}`, `${HEAD}${WITNESSES.replace(/Witnesses.*\n/, '')}${ROLES}${QUESTION}`,
	`${HEAD}Witness: a+00000000+AAAA\n`, `${HEAD}${WITNESSES}${ROLES}${QUESTION}`.replaceAll(/Witness: zwei.*/g, (all) => all.replace('zwei', 'drei')), '', 'Title: x\n', `${HEAD}Hello\n`, 'Titel: x\n', 'Id: x\n', '[] x\n', 'Hello\n', `${HEAD}Slug:\n`, `${HEAD}Group: p256\n`, `${HEAD}Slug: a\nSlug: b\n`, `${HEAD}Privacy floor: -1\n`,
	`${HEAD}Weights: at least 5\n`, `${HEAD}Threshold: 4 of 3\n`, `${HEAD}Admin: The secretary\n`, `${HEAD}Admin: The secretary tabella-admin-1 sign=AAAA\n`, `${HEAD}${ROLES}`, `${HEAD}${ROLES}Trustee: T4 ${line('trustee', 4)}\n${QUESTION}`,
	`${HEAD}${ROLES}Question: x\nLink: https://example.org\n`, `${HEAD}${ROLES}Question: x\n`, `${HEAD}${ROLES}${QUESTION}Qourum: 20% of electorate\n`, `${HEAD}${ROLES}Question: Yes?\nMethod: referendum\n[] Yes\nVery well\n[] No\n`,
	`${HEAD}${ROLES}Question: Yes?\nMethod: referendum\n[] Yes\n one\n Id: x\n two\n[] No\n`, `${HEAD}${ROLES}Question: Yes?\nMethod: stv\n`, `${HEAD}${ROLES}Question: Yes?\nMethod: score 1 to 5\n`,
	`${HEAD}${ROLES}${QUESTION}Quorum: 20%\n`, `${HEAD}${ROLES}${QUESTION}Quorum: 20% of ballots\n`, `${HEAD}${ROLES}${QUESTION}Approval: 10 ballots\n`, `${HEAD}${ROLES}${QUESTION}Order: shuffled\n`,
	`${HEAD}${ROLES}${QUESTION}Winners: 3\n`, `${HEAD}${ROLES}${QUESTION}Blank: yes\n`, `${HEAD}${ROLES}Question: Yes?\nMethod: choose 1 to 3\n[] a\n[] b\n`, `${HEAD}${ROLES}Question: \u200e\nMethod: approval\n[] a\n`,
	`${HEAD}${ROLES}Question: Yes?\nId: A\nMethod: approval\n[] a\n`, HEAD.replace('UTC', '') + ROLES + QUESTION, HEAD.replace('03-01 12', '02-30 12') + ROLES + QUESTION, HEAD.replace('12:00 UTC', 'AoE') + ROLES + QUESTION,
	HEAD.replace('12:00 UTC', '12:00 +15:00') + ROLES + QUESTION, HEAD.replace('2027-03-14', '2027-02-14') + ROLES + QUESTION, HEAD.replace('2027-03-14', '2027-09-14') + ROLES + QUESTION, HEAD.replace('vote.example', 'https://vote.example') + ROLES + QUESTION,
	HEAD + ROLES.replace(/Trustee: T2 .*\n/, '') + QUESTION, HEAD + ROLES.replace(/Admin: .*\n/, '') + QUESTION, `${HEAD}${ROLES}Question: Yes?\nMethod: approval\nMethod: approval\n`, `${HEAD}${ROLES}Question: Yes?\nMethod: approval\n[] a\n  Link: ftp://x\n`,
	/* ranked questions */
	...['', 'Count: stv\n', 'Count: score\n', 'Count: \n', 'Count: meek-p\n', 'Count: scottish-stv-2007-\n', `Count: ${'a'.repeat(70)}\n`, 'Count: \u212atv\n', 'Count: irv\nCount: irv\n', 'Count: irv\nWinners: 2\n', 'Count: irv\nEqual ranks: yes\n',
		'Count: irv\nEqual ranks: maybe\n', 'Count: schulze\nMinimum votes: 1\n', 'Count: irv\nMinimum votes: 1099511627777\n', 'Count: irv\nMinimum votes: -1\n', 'Count: irv\nDefault option: none\n', 'Count: condorcet-debian\nDefault option: nobody\n',
		'Count: condorcet-debian\nDefault option: nobody\nQuestion: x\nMethod: ranked\nCount: irv\n', 'Count: condorcet-debian\nDefault quorum: 1\n', 'Count: irv\nBlank: yes\n', 'Count: irv\nApproval: 1/2 of ballots\n', 'Count: irv\nMajority: 2:1\n', 'Count: irv\nMethod: choose 1\n']
		.map((lines) => `${HEAD}${ROLES}${RANKED}${lines}${THREE}`),
	...['ranked 0', 'ranked 0 to 0', 'ranked 2 to 1', 'ranked up to 4', 'ranked 1 to', 'rank', 'ranked up to'].map((method) => `${HEAD}${ROLES}Question: Who?\nCount: irv\nMethod: ${method}\n${THREE}`),
	...['3:2:1', '3', '3 : 2', '0:1', '1000001:1', '1234567890:1', ':', '2:', '-1:1'].map((ratio) => `${HEAD}${ROLES}${RANKED}Count: condorcet-debian\nDefault option: none\n[] Ada\n  Majority: ${ratio}\n${THREE.slice(8)}`),
	`${HEAD}${ROLES}${RANKED}Count: condorcet-debian\nDefault option: none\n${THREE}    Majority: 2:1\n`, `${HEAD}${ROLES}${RANKED}Count: condorcet-debian\n${THREE}    Majority: 2:1\n`, `${HEAD}${ROLES}${RANKED}Count: irv\nMajority: 2:1\n`,
	`${HEAD}${ROLES}${RANKED}Count: condorcet-debian\nDefault option: none\n${THREE}    Majority: 2:1\n    Majority: 2:1\n`, `${HEAD}${ROLES}${RANKED}Count: irv\n`,
	...['Count: irv', 'Equal ranks: no', 'Minimum votes: 0', 'Default option: a', 'Default quorum: 0'].flatMap((extra) => [`${HEAD}${ROLES}${QUESTION}${extra}\n${QUESTION}`, `${HEAD}${ROLES}${QUESTION}${extra}\n`]), `${HEAD}${ROLES}${QUESTION} Majority: 1:1\n`, `${HEAD}${ROLES}Question: x\nCount: irv\n[] a\n`,
	...['Mixes: 0', 'Mixes: x', 'Mixes: 1', 'Mixes: 4', 'Mixes: 2\nMixes: 2', 'Group: modp4096'].map((extra) => `${HEAD}${extra}\n${ROLES}${RANKED}Count: irv\n${THREE}`), `${HEAD}${ROLES}Mixes: 2\n${QUESTION}`,
	`${HEAD}${ROLES}${QUESTION}Picture: data:image/png;base64,AAAA\n`, `${HEAD}${ROLES}${QUESTION}Picture: ${PICTURE.replace('png', 'jpeg')}\n`, `${HEAD}${ROLES}Question: x\nPicture: ${PICTURE}\n`];

test('a bad election file is refused by the same rule, in the same line', () => {
	for (const text of BAD) {
		const { status, err, out } = run('tabella', 'check', put('bad.txt', text));
		const isDraft = status === 3;
		let found;
		try {
			electionText.parse(text);
		} catch (error) {
			found = error;
		}
		assert.ok(found?.rule, `${JSON.stringify(text.slice(-80))} is not refused`);
		if (isDraft) {
			assert.equal(found.rule, 'FILE.MISSING', out);
			continue;
		}
		assert.equal(status, 2, text.slice(-80));
		const [, at, rule] = /line (\d+)[\s\S]*\[([A-Z.]+)\]/.exec(err) ?? [];
		assert.equal(found.rule, rule, `${err}\n${found.message}\n${text.slice(-90)}`);
		/* Where the whole manifest breaks a rule of several members, only C knows the line. */
		if (rule.startsWith('FILE') || rule === 'ROLE.LINE' || rule === 'TEXT') assert.equal(found.line, Number(at), `${err}\n${found.message}`);
	}
});

const LISTS = ['ada\nbert,Bert,3\n', 'id,label,weight\r\nada,"Ada, A ""x""",1\r\n\r\nbert,,\r\n', '\ufeffid\nada\n', 'id,label\nada,Ada\nAda,x\nada,again\nbert,x,0\nchen,x,1000001\ndora,x,01\ne,f,1,2\n"x\n',
	'a,"b\nc"\nd,"e"f\ng,h"i\nj,k\n', 'a,\u200eb\n\nb,c,x\n\n\nc,"d\n\n",1\nx y,z\n', '', 'id,label,weight\n', 'ada,Ada,1,', '"ada","Ada","7"', 'a\rb\nc\n'];
test('a list of voters: the same bad lines, or the same voters', () => {
	for (const text of [...LISTS, Buffer.from('ada,A\nbert,\xff\nchen,C\n', 'latin1')]) {
		const file = put('voters.csv', text);
		for (const name of ['codes.csv', 'roll.json']) rmSync(join(folder, name), { force: true });
		const { status, err } = run('tabella', 'codes', '--election', '0'.repeat(64), '--codes', 'codes.csv', '--out', 'roll.json', file);
		const { voters, faults } = csv.parse(readFileSync(join(folder, file)));
		const bad = [...err.matchAll(/, line (\d+): /g)].map(([, at]) => Number(at));
		assert.deepEqual(faults.map((one) => one.line), bad, `${JSON.stringify(String(text))}\n${err}`);
		if (bad.length > 0 || voters.length === 0) {
			assert.notEqual(status, 0);
			continue;
		}
		const roll = readFileSync(join(folder, 'roll.json'), 'utf8').trim().split('\n').flatMap((chunk) => JSON.parse(chunk).voters);
		assert.deepEqual(voters.map(({ id, label, weight }) => [id, label, weight]), roll.map((one) => one.slice(0, 3)));
	}
});

test('codes: sheet and roll have the form that the command line gives them', async () => {
	const list = `${Array.from({ length: 1203 }, (_, i) => `v${i},"${i === 7 ? '=HYPERLINK(""http://x"")' : `V, ${i}`}",1`).join('\n')}\n`;
	const { voters } = csv.parse(Buffer.from(list));
	const election = random(32);
	let paused = 0;
	const made = await codes.makeAll(voters, election, random, async () => { paused++; });
	assert.equal(paused, 1203);
	const manifest = manifests.parse(manifestJson.write(electionText.parse(GOOD['the shortest'])));
	const { payloads, roll } = codes.parseRoll(Buffer.from(made.roll), manifest);
	assert.equal(payloads.length, 2);
	assert.equal(roll.voters.size, 1203);
	assert.ok(codes.continues(roll, roll));
	run('tabella', 'codes', '--election', Buffer.from(election).toString('hex'), '--codes', 'many.csv', '--out', 'many.json', put('many-voters.csv', list));
	const form = (/** @type {string} */ text) => text.replace(/[0-9A-Z]{4}(-[0-9A-Z]{4}){6}/g, 'CODE').replace(/[A-Za-z0-9+/]{43}=/g, 'KEY');
	assert.equal(form(made.sheet), form(readFileSync(join(folder, 'many.csv'), 'utf8')));
	assert.match(made.sheet, /\nv7,"'=HYPERLINK\(""http:\/\/x""\)",/); // no spreadsheet runs it
	assert.equal(form(made.roll), form(readFileSync(join(folder, 'many.json'), 'utf8')));
	const other = codes.parseRoll(readFileSync(join(folder, 'many.json')), manifest).roll;
	assert.ok(!codes.continues(roll, other));
	assert.throws(() => codes.parseRoll(Buffer.from(made.roll.split('\n')[0]), manifest), /ends before the final part/);
	assert.throws(() => codes.parseRoll(Buffer.from(made.roll.replace('"v1"', '"v0"')), manifest), { rule: 'ROLL', line: 1 });
});

test('keys: the file of `tabella key new` signs in, and the page makes the same', () => {
	for (const role of ['admin', 'registrar']) {
		const shown = run('tabella', 'key', 'show', '--role', role, '--key', `${role}.key`).out.trim();
		assert.equal(keys.signerOf(readFileSync(join(folder, `${role}.key`), 'utf8'), role).line, shown);
	}
	for (const role of ['admin', 'registrar', 'endorser']) {
		const made = keys.makeKey(role, random);
		writeFileSync(join(folder, `new-${role}.key`), made.file, { mode: 0o600 });
		assert.equal(run('tabella', 'key', 'show', '--role', role, '--key', `new-${role}.key`).out.trim(), made.line);
		assert.equal(made.file.split('\n')[0], readFileSync(join(folder, `${role}.key`), 'utf8').split('\n')[0]);
		assert.ok(keys.holdsCode(made.file) && !keys.holdsCode(made.line));
	}
	assert.throws(() => keys.signerOf('# nothing\n\n', 'admin'), { rule: 'CODE.FORMAT' });
});
