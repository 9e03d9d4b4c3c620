// SPDX-License-Identifier: Apache-2.0
// Which election a page is about is for the address to say, not for whoever made a link to it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { pageUrl, where } from './where.js';

const at = (/** @type {string} */ url) => where(new URL(url));

test('a page of an election is about that one, whatever a link adds', () => {
	const right = { server: 'https://vote.example.org', slug: 'spring', isElsewhere: false };
	assert.deepEqual(at('https://vote.example.org/e/spring/vote'), right);
	assert.deepEqual(at('https://vote.example.org/e/spring/vote?server=https://evil.example&e=other'), right);
	assert.deepEqual(at('https://vote.example.org/e/spring?e=other'), right);
	assert.equal(pageUrl(at('https://example.org/below/e/spring/check'), 'vote'), 'https://example.org/below/e/spring/vote');
});

test('elsewhere the query says it, and nothing that leads out of the elections', () => {
	const booth = 'file:///home/e/me/booth/index.html';
	assert.deepEqual(at(`${booth}?server=https://vote.example.org/&e=spring`), { server: 'https://vote.example.org', slug: 'spring', isElsewhere: true });
	assert.deepEqual(at('file:///home/e/me?server=https://vote.example.org&e=spring').slug, 'spring');
	assert.equal(at('https://vote.example.org/audit?e=spring').slug, 'spring');
	for (const slug of ['../admin', 'a/b', 'a?b', 'a%23b', '.', '', 'Spring', 'x'.repeat(65)]) assert.equal(at(`https://vote.example.org/audit?e=${slug}`).slug, null, slug);
});
