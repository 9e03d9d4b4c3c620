// SPDX-License-Identifier: Apache-2.0
// All pages share one style sheet, made of these files: a class that two of them use for something else would look like both.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const SHARED = 'tabella.css';

/** Selectors of a style sheet. @param {string} text */
const selectorsOf = (text) => [...text.replace(/\/\*[^]*?\*\//g, '').matchAll(/([^{}]+)\{/g)].flatMap(([, selectors]) => selectors.split(',').map((one) => one.trim()));
const classesIn = (/** @type {string} */ selector) => [...selector.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name);

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.css'));
const sheets = new Map(files.map((name) => [name, selectorsOf(readFileSync(join(FOLDER, name), 'utf8'))]));
const shared = new Set((sheets.get(SHARED) ?? []).flatMap(classesIn));

test('every style sheet is part of the one that pages load', () => {
	const imported = [...readFileSync(join(FOLDER, SHARED), 'utf8').matchAll(/@import '\.\/([\w.]+)';/g)].map(([, name]) => name);
	assert.deepEqual(imported.sort(), files.filter((name) => name !== SHARED).sort());
});

test('no class is styled by two of them, but the shared ones', () => {
	/** @type {Map<string, string>} */
	const owner = new Map();
	for (const [name, selectors] of sheets) {
		if (name === SHARED) continue;
		for (const one of new Set(selectors.flatMap(classesIn).filter((found) => !shared.has(found)))) {
			assert.equal(owner.get(one), undefined, `.${one} is styled by ${owner.get(one)} and ${name}`);
			owner.set(one, name);
		}
	}
	assert.ok(owner.size > 50);
});

test('a shared class is only refined elsewhere: on an element, or inside of something of that file', () => {
	for (const [name, selectors] of sheets) {
		if (name === SHARED) continue;
		for (const selector of selectors) assert.doesNotMatch(selector, new RegExp(`^\\.(${[...shared].join('|')})(:[\\w-]+)?$`), `${name} changes ${selector} everywhere`);
	}
});
