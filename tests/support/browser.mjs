// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: Debian's Chromium, driven by playwright-core, with nothing between it and the server.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/* Generous: these are limits for what has gone wrong, not for what is slow. */
const TIMEOUT = 120_000;

/** What a page may never do: load from elsewhere, break its own policy, throw. */
class Watch {
	/** @type {string[]} */
	faults = [];

	/** @param {import('playwright-core').Page} page @param {string[]} origins */
	constructor(page, origins) {
		page.on('pageerror', (error) => this.faults.push(`error: ${error.stack ?? error}`));
		page.on('console', (message) => {
			if (/Content Security Policy|Trusted/.test(message.text())) this.faults.push(`policy: ${message.text()}`);
		});
		page.on('request', (request) => {
			const { protocol, origin } = new URL(request.url());
			if (/^https?:$/.test(protocol) && !origins.includes(origin)) this.faults.push(`request to ${request.url()}`);
		});
	}
}

/**
 * A browser for one test, with a fresh profile.
 * @param {import('node:test').TestContext} test
 * @param {import('playwright-core').BrowserContextOptions & {args?: string[]}} [options]
 */
export async function openBrowser(test, { args = [], ...options } = {}) {
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: [...FLAGS, ...args], timeout: TIMEOUT });
	test.after(() => browser.close());
	const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...options }); // no colour half way between two
	context.setDefaultTimeout(TIMEOUT);
	return context;
}

/**
 * A browser with a profile that lasts, so that it can die and come back.
 * @param {import('node:test').TestContext} test @param {string} profile folder
 */
export async function openLastingBrowser(test, profile) {
	const context = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', headless: true, args: FLAGS, timeout: TIMEOUT, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
	test.after(() => context.close());
	context.setDefaultTimeout(TIMEOUT);
	return context;
}

/**
 * A page that must not misbehave: `done()` says what it did wrong.
 * @param {import('playwright-core').BrowserContext} context @param {string[]} urls of the servers that it may talk to
 * @param {{shift?: number}} [how] shift: seconds by which the page's clock is ahead, like that of Server
 */
export async function openPage(context, urls, { shift = 0 } = {}) {
	const page = await context.newPage();
	/* What a page tells screen readers it shows as well: a test looks for what is shown, of which there is one. */
	const getByText = page.getByText.bind(page);
	page.getByText = (text, how) => getByText(text, how).and(page.locator(':not(#say):not(#say-now)'));
	const watch = new Watch(page, urls.map((url) => new URL(url).origin));
	if (shift !== 0) await page.clock.install({ time: Date.now() + shift * 1000 });
	return { page, watch };
}

/**
 * What axe-core finds wrong with the page as it is.
 * @param {import('playwright-core').Page} page @returns {Promise<string[]>}
 */
export async function accessibility(page) {
	/* Not a script of the page, and not bound by its policy. */
	const session = await page.context().newCDPSession(page);
	const { frameTree } = await session.send('Page.getFrameTree');
	const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
	const evaluate = async (/** @type {string} */ expression) => {
		const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
		if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	};
	await evaluate(`${AXE};0`);
	const violations = JSON.parse(await evaluate(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
		.then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.help + ' at ' + v.nodes.map((n) => n.target.join(' ')).join(', '))))`));
	await session.detach();
	return violations;
}

/**
 * A picture for people, where SCREENSHOTS names a folder.
 * @param {import('playwright-core').Page} page @param {string} name
 */
export async function picture(page, name) {
	const folder = process.env.SCREENSHOTS;
	if (!folder) return;
	if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
	await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
