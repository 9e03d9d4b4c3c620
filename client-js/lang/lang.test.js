// SPDX-License-Identifier: Apache-2.0
// Every text exists in every language with the same words to fill in, and every text that exists is used.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Check } from '../core/check.js';

const LANG = fileURLToPath(new URL('.', import.meta.url));
const CLIENT = join(LANG, '..');
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar'];
const sections = readdirSync(LANG).filter((name) => name.endsWith('.js') && !name.endsWith('.test.js')).map((name) => name.slice(0, -3));

const words = (form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, word]) => word).sort().join();
const forms = (text) => (typeof text === 'string' ? [text] : Object.values(text));

/** All scripts of the client that may use a text. */
const code = ['ui', 'pages', 'net'].flatMap((folder) => readdirSync(join(CLIENT, folder), { recursive: true })
	.filter((name) => name.endsWith('.js') && !name.endsWith('.test.js'))
	.map((name) => readFileSync(join(CLIENT, folder, name), 'utf8'))).join('\n');
/** The keys that are written out, and the beginnings of those that are put together: t(`home.group-${name}`). */
const used = new Set([...code.matchAll(/['"`]([a-z][a-z0-9]*\.[A-Za-z0-9_.-]+)['"`]/g)].map(([, key]) => key));
const beginnings = [...code.matchAll(/`([a-z][a-z0-9]*\.[A-Za-z0-9_.-]*)\$\{/g)].map(([, beginning]) => beginning);

test('every language has a file for every section', () => {
	for (const language of LANGUAGES)
		assert.deepEqual(readdirSync(join(LANG, language)).sort(), sections.map((name) => `${name}.js`).sort());
});

for (const section of sections) {
	test(`texts of ${section}`, async () => {
		const catalogue = (await import(pathToFileURL(join(LANG, `${section}.js`)).href)).default;
		assert.deepEqual(Object.keys(catalogue), LANGUAGES);
		for (const language of LANGUAGES) {
			assert.deepEqual(Object.keys(catalogue[language]), Object.keys(catalogue.en), `${language}: the keys, in the order of en`);
			const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
			for (const [key, text] of Object.entries(catalogue[language])) {
				const english = catalogue.en[key];
				assert.equal(typeof text, typeof english, `${language} ${key}`);
				if (typeof text !== 'string') assert.ok(categories.every((category) => category in text || 'other' in text), `${language} ${key}: plural forms ${categories}`);
				const due = words(forms(english).at(-1));
				assert.equal(words(forms(text).at(-1)), due, `${language} ${key}: the words to fill in`);
				assert.ok(forms(text).every((form) => form.trim() === form && form !== ''), `${language} ${key}: empty or with white space around it`);
			}
		}
		for (const key of Object.keys(catalogue.en)) {
			const name = `${section}.${key}`;
			assert.ok(used.has(name) || beginnings.some((beginning) => name.startsWith(beginning)), `${name} is used nowhere`);
		}
	});
}

test('French punctuation stays on the line of its word', async () => {
	for (const section of sections) {
		const { fr } = (await import(pathToFileURL(join(LANG, `${section}.js`)).href)).default;
		for (const [key, text] of Object.entries(fr)) for (const form of forms(text)) assert.doesNotMatch(form, / [:;?!»]|« | …(?!\/)/, `${section}.${key}`);
	}
});

test('every check of the verifier has its words', async () => {
	const { en } = (await import(pathToFileURL(join(LANG, 'verify.js')).href)).default;
	for (const { number, objects } of new Check(/** @type {any} */ ({}), {}).lines)
		for (const key of [`check-${number}`, `objects-${objects.replace(/ /g, '-')}`]) assert.ok(key in en, `verify.${key}`);
	const said = [...readFileSync(join(CLIENT, 'core/check_words.js'), 'utf8').matchAll(/code: '([a-z0-9-]+)'/g)].map(([, one]) => `says-${one}`);
	assert.deepEqual([...new Set(said)].sort(), Object.keys(en).filter((key) => key.startsWith('says-')).sort());
});

test('every text that is asked for exists', async () => {
	const known = new Set();
	for (const section of sections) {
		const catalogue = (await import(pathToFileURL(join(LANG, `${section}.js`)).href)).default;
		for (const key of Object.keys(catalogue.en)) known.add(`${section}.${key}`);
	}
	for (const [, key] of code.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)) assert.ok(known.has(key), `there is no text ${key}`);
	for (const [, beginning] of code.matchAll(/\bt\(\s*`([^$`]+)\$\{/g))
		assert.ok([...known].some((key) => key.startsWith(beginning)), `no text begins with ${beginning}`);
});
