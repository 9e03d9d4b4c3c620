// SPDX-License-Identifier: Apache-2.0
// What people paste into a shell is one word for the shell, whatever the manifest says [MANIFEST.ORIGIN].
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { commands, quote, verifierKey } from './commands.js';
import { hexDump } from './payload_words.js';

test('a shell reads each word as it was meant', () => {
	const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');
	for (const word of ['a', 'vote.example.org/e/x', "x'; touch /tmp/no; '/e/x", '$(touch no)/e/x', '`no`', 'a"b\\c', printable, '~root/e/x', '*']) {
		const { stdout } = spawnSync('sh', ['-c', `printf %s ${quote(word)}`], { encoding: 'utf8' });
		assert.equal(stdout, word);
	}
});

test('the verifier key is that of the log', () => {
	const manifest = { slug: 'x', origin: 'vote.example.org/e/x', server: { log_key: new Uint8Array(32).fill(7) } };
	assert.match(verifierKey(manifest), /^vote\.example\.org\/e\/x\+[0-9a-f]{8}\+AQcHBwcH[A-Za-z0-9+/]+=*$/);
	const { program, archive, browserless } = commands('https://vote.example.org/e/x', manifest);
	assert.match(program, /^tabella-verify --key \S+ https:\/\/vote\.example\.org\/e\/x$/);
	assert.match(archive, /^curl -o x\.tar https:\/\/vote\.example\.org\/e\/x\/archive && tabella-verify --key \S+ x\.tar$/);
	assert.match(browserless, /^node client-js\/verify\.mjs https:/);
});

test('bytes as people look at them', () => {
	assert.equal(hexDump(Uint8Array.from([...Array(17).keys()].map((i) => i + 60))),
		'00000000  3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK\n00000010  4c                                               L');
	assert.equal(hexDump(new Uint8Array()), '');
});
