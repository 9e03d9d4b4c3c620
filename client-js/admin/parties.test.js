// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { allowed, commandOf, isMissed, stageNames, stagesOf, tasksOf } from './parties.js';

const MANIFEST = { threshold: 2, trustees: [{ name: 'North' }, { name: 'South' }], endorsers: [{ id: 'auditor', name: 'Auditor' }] };
const state = (phase, awaits = [], times = {}) => ({ phase, opens: 100, closes: 200, awaits, ...times });
const by = (type, ...signers) => signers.map((signer) => ({ type, signer }));
const progress = (type, s, done = []) => tasksOf(type, MANIFEST, s, 'https://x/e/y', new Set(done)).map((one) => one.progress);

test('commands are those of the manual pages, and cannot be made into others', () => {
	assert.equal(commandOf('trustee.commit', 'trustee/1', 'https://x/e/y'), 'tabella-trustee commit https://x/e/y');
	assert.equal(commandOf('endorse', 'endorser/auditor', 'https://x/e/y'), 'tabella endorse --id auditor https://x/e/y');
	assert.equal(commandOf('mix', 'trustee/3', 'https://x/e/y'), 'tabella-trustee mix https://x/e/y');
	assert.equal(commandOf('decrypt', 'trustee/2', "https://x/';rm -rf ~;'/e/y"), "tabella-trustee decrypt 'https://x/'\\'';rm -rf ~;'\\''/e/y'");
});

test('what each party has done, and what is awaited', () => {
	const setup = state('setup', [...by('roll', 'registrar'), ...by('trustee.commit', 'trustee/2')]);
	assert.deepEqual(progress('trustee.commit', setup, ['trustee.commit trustee/1']), ['done', 'awaited']);
	assert.deepEqual(progress('trustee.certify', setup), ['later', 'later']);
	assert.deepEqual(progress('trustee.certify', state('certifying', by('trustee.certify', 'trustee/1')), ['trustee.certify trustee/2']), ['awaited', 'done']);
	assert.deepEqual(progress('endorse', state('open')), ['later', 'later', 'later']);
	assert.deepEqual(progress('endorse', state('closed', by('endorse', 'trustee/1', 'endorser/auditor')), ['endorse trustee/2']), ['awaited', 'done', 'awaited']);
	assert.deepEqual(progress('endorse', state('closed', by('decrypt', 'trustee/1', 'trustee/2')), ['endorse trustee/1', 'endorse trustee/2']), ['done', 'done', 'optional']);
	assert.deepEqual(progress('decrypt', state('closed', by('decrypt', 'trustee/2')), ['decrypt trustee/1']), ['done', 'awaited']);
	assert.deepEqual(progress('decrypt', state('finished'), ['decrypt trustee/1']), ['done', 'optional']);
	assert.deepEqual(progress('mix', state('closed', by('endorse', 'trustee/1'))), ['later', 'later']);
	assert.deepEqual(progress('mix', state('closed', by('mix', 'trustee/2')), ['mix trustee/1']), ['done', 'awaited']);
	assert.deepEqual(progress('mix', state('closed', by('decrypt', 'trustee/1', 'trustee/2')), ['mix trustee/1']), ['done', 'optional']);
	assert.deepEqual(progress('endorse', state('closed', by('mix', 'trustee/1', 'trustee/2')), ['endorse trustee/1', 'endorse trustee/2']), ['done', 'done', 'optional']);
	assert.deepEqual(progress('decrypt', state('closed', by('mix', 'trustee/1', 'trustee/2'))), ['later', 'later']);
});

test('what may be done when', () => {
	const may = (s, now = 150, decrypted = false) => Object.entries(allowed(s, now, decrypted)).filter(([, yes]) => yes).map(([name]) => name).join();
	assert.equal(may(state('setup', by('roll', 'registrar'))), 'roll,notice,cancel');
	assert.equal(may(state('setup', by('trustee.commit', 'trustee/1'))), 'notice,cancel');
	assert.equal(may(state('open')), 'change,remove,extend,notice,cancel');
	assert.equal(may(state('open'), 200), 'remove,notice,cancel');
	assert.equal(may(state('closed')), 'notice,cancel');
	assert.equal(may(state('closed'), 300, true), 'notice');
	assert.equal(may(state('finished')), 'notice');
	assert.equal(may(state('cancelled')), 'notice');
});

test('stages, also of an election that never opened [OPEN.MISSED]', () => {
	const words = (s, now = 50, manifest = MANIFEST) => { const at = stagesOf(s, now); return stageNames(manifest).map((name) => at[name][0]).join(''); };
	assert.equal(words(state('setup', [...by('roll', 'registrar'), ...by('trustee.commit', 'trustee/1')])), 'dnnaaaaaa');
	assert.equal(words(state('setup', by('trustee.certify', 'trustee/1'))), 'dddnaaaaa');
	assert.equal(words(state('ready', by('open', 'server'))), 'ddddnaaaa');
	assert.equal(words(state('open')), 'dddddnaaa');
	assert.equal(words(state('closed', by('endorse', 'trustee/1')), 250), 'ddddddnaa');
	assert.equal(words(state('closed', by('decrypt', 'trustee/1')), 250), 'dddddddna');
	assert.equal(words(state('closed', by('result', 'server')), 250), 'ddddddddn');
	assert.equal(words(state('finished'), 250), 'ddddddddd');
	assert.equal(words(state('cancelled')), 'dnnnnnnnn');
	/* rankings are mixed between the endorsements and the decryption [MIX.WHEN] */
	const ranked = { ...MANIFEST, mixes: 2 };
	assert.equal(words(state('closed', by('endorse', 'trustee/1')), 250, ranked), 'ddddddnaaa');
	assert.equal(words(state('closed', by('mix', 'trustee/1', 'trustee/2')), 250, ranked), 'dddddddnaa');
	assert.equal(words(state('closed', by('decrypt', 'trustee/1')), 250, ranked), 'ddddddddna');
	assert.equal(words(state('closed', by('result', 'server')), 250, ranked), 'dddddddddn');
	assert.equal(words(state('finished'), 250, ranked), 'dddddddddd');
	assert.equal(stagesOf(state('cancelled'), 50).open, 'never');
	assert.ok(isMissed(state('ready'), 200) && !isMissed(state('ready'), 199) && !isMissed(state('open'), 300));
	assert.equal(stagesOf(state('ready'), 200).open, 'never');
});
