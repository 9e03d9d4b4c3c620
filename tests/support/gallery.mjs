// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: looks at pages as people have them, in light and dark, English and Arabic, on a phone and on a desk.  Where SCREENSHOTS
// names a folder, every state of every page is a picture there, with an index.html that shows them side by side.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessibility, openPage } from './browser.mjs';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };
/** @typedef {{name: string, size: {width: number, height: number}, scheme: 'light'|'dark', isChecked: boolean}} View */
/* All four are pictures; two of them show everything that axe-core can find: it looks at colours and at the order of things. @type {View[]} */
const VIEWS = [
	{ name: 'desk-light', size: DESK, scheme: 'light', isChecked: true },
	{ name: 'phone-dark', size: PHONE, scheme: 'dark', isChecked: true },
	{ name: 'desk-dark', size: DESK, scheme: 'dark', isChecked: false },
	{ name: 'phone-light', size: PHONE, scheme: 'light', isChecked: false },
];
export const LANGUAGES = ['en', 'ar'];

/** @param {string} text */
const html = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export class Gallery {
	/** @type {string[]} the states that were looked at */
	states = [];

	/** @param {import('playwright-core').BrowserContext} context @param {import('./election.mjs').Server} server */
	constructor(context, server) {
		this.context = context;
		this.server = server;
		this.folder = process.env.SCREENSHOTS ?? '';
		if (this.folder) {
			rmSync(this.folder, { recursive: true, force: true });
			mkdirSync(this.folder, { recursive: true });
		}
	}

	/**
	 * One reader for each language.
	 * @param {(reader: Reader) => Promise<void>} read
	 */
	async each(read) {
		for (const lang of LANGUAGES) {
			const { page, watch } = await openPage(this.context, [this.server.url], { shift: this.server.shift });
			page.on('dialog', (dialog) => dialog.accept()); // an uncast ballot is left on purpose
			await read(new Reader(this, page, lang));
			assert.deepEqual(watch.faults, [], lang);
			await page.close();
		}
	}

	/** The pictures side by side. */
	finish() {
		if (!this.folder) return;
		const cell = (/** @type {string} */ state, /** @type {string} */ lang, /** @type {View} */ view) => `<td><a href="${state}-${lang}-${view.name}.png"><img loading="lazy" src="${state}-${lang}-${view.name}.png" alt="${html(`${state}, ${lang}, ${view.name}`)}"></a></td>`;
		const columns = LANGUAGES.flatMap((lang) => VIEWS.map((view) => ({ lang, view })));
		const head = columns.map(({ lang, view }) => `<th>${lang} ${view.name}</th>`).join('');
		const rows = this.states.map((state) => `<tr><th id="${state}">${html(state)}</th>${columns.map(({ lang, view }) => cell(state, lang, view)).join('')}</tr>`);
		writeFileSync(join(this.folder, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Pages of Tabella</title>
<style>body{font:14px system-ui}td,th{vertical-align:top;padding:4px;text-align:left}img{max-width:260px;border:1px solid #888}thead th{position:sticky;top:0;background:#fff}</style>
<h1>Pages of Tabella</h1><p>${this.states.length} states.</p><table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>\n`);
	}
}

/** Somebody who reads one language. */
export class Reader {
	/** @param {Gallery} gallery @param {import('playwright-core').Page} page @param {string} lang */
	constructor(gallery, page, lang) {
		this.gallery = gallery;
		this.page = page;
		this.lang = lang;
	}

	/** Goes somewhere. @param {string} path on the server @param {string} [ready] selector of what is there when the page is */
	async go(path, ready) {
		const [address, fragment] = path.split('#');
		await this.page.setViewportSize(DESK);
		await this.page.goto('about:blank'); // where only the fragment differs, nothing would be loaded
		await this.page.goto(`${this.gallery.server.url}${address}${address.includes('?') ? '&' : '?'}lang=${this.lang}${fragment === undefined ? '' : `#${fragment}`}`);
		if (ready) await this.wait(ready);
	}

	/** @param {string} selector */
	async wait(selector) {
		await this.page.locator(selector).first().waitFor();
	}

	/** @param {string} selector */
	async press(selector) {
		await this.page.locator(selector).first().click();
	}

	/** Looks at what is shown now. @param {string} state its name @param {string} [direction] */
	async look(state, direction = this.lang === 'ar' ? 'rtl' : 'ltr') {
		const { page, lang, gallery } = this;
		const name = `${state}-${lang}`;
		if (!gallery.states.includes(state)) gallery.states.push(state);
		assert.equal(await page.evaluate(() => document.documentElement.dir || 'ltr'), direction, name);
		for (const view of VIEWS) {
			if (!view.isChecked && !gallery.folder) continue;
			await page.emulateMedia({ colorScheme: view.scheme, reducedMotion: 'reduce' }); // no colour half way between two
			await page.setViewportSize(view.size);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			if (gallery.folder) await page.screenshot({ path: join(gallery.folder, `${name}-${view.name}.png`), fullPage: true });
			assert.equal(wide, 0, `${name}-${view.name} is wider than the screen`);
			if (view.isChecked) assert.deepEqual(await accessibility(page), [], `${name}-${view.name}`);
		}
	}

	/** Goes and looks. @param {string} state @param {string} path @param {string} ready */
	async see(state, path, ready) {
		await this.go(path, ready);
		await this.look(state);
	}

	/** While the server does not answer what scripts ask it, or not at all. @param {'waits'|'fails'} how @param {() => Promise<void>} run */
	async without(how, run) {
		await this.page.route('**', (route) => {
			if (route.request().resourceType() !== 'fetch') return route.continue();
			return how === 'fails' ? route.abort() : undefined;
		});
		await run();
		await this.page.unrouteAll({ behavior: 'ignoreErrors' });
	}
}
