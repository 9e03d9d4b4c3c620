// SPDX-License-Identifier: Apache-2.0
// node client-js/tools/build-client.mjs FOLDER: builds the web client.
//
// Every script in client-js/pages is a page, every *.worker.js below it a worker.  A page becomes one script, named by its hash, and
// one HTML shell that names it with its integrity.  FOLDER/files.json lists all files with their SHA-256; the same sources give
// the same bytes everywhere.  FOLDER/booth.tar is the booth as a folder that works from anywhere.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeFiles } from '../core/archive.js';

const CLIENT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PAGES = join(CLIENT, 'pages');
const TYPES = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8', tar: 'application/x-tar' };
const VERSION = JSON.parse(readFileSync(join(CLIENT, '../package.json'), 'utf8')).version;
/* The headers that the server sends say the same; the downloaded booth has only this. */
const BOOTH_POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data: blob:; connect-src https: http:; worker-src 'self' file:; base-uri 'none'; form-action 'none'";

const folder = process.argv[2];
if (!folder) {
	console.error('usage: node client-js/tools/build-client.mjs FOLDER');
	process.exit(2);
}

/** @param {Uint8Array} bytes @param {'hex'|'base64'} form @param {string} [name] */
const hash = (bytes, form, name = 'sha256') => createHash(name).update(bytes).digest(form);

/** @type {{path: string, file: string, type: string, sha256: string, size: number}[]} */
const files = [];
/** @type {{page: string, file: string, sha256: string, size: number}[]} */
const pages = [];
/** @type {Map<string, Uint8Array>} */
const contents = new Map();

/** Adds a file under a name that says its hash. @param {string} name @param {string} end @param {Uint8Array} bytes @returns {string} */
function add(name, end, bytes) {
	const file = `${name}-${hash(bytes, 'hex').slice(0, 16)}.${end}`;
	files.push({ path: `/client/${file}`, file, type: TYPES[end], sha256: hash(bytes, 'hex'), size: bytes.length });
	contents.set(file, bytes);
	return file;
}

/** @param {string} entry @param {{[name: string]: string}} workers @returns {Promise<Uint8Array>} */
async function bundle(entry, workers) {
	const result = await build({
		entryPoints: [entry], bundle: true, write: false, minify: true, format: 'iife', target: ['es2022'], charset: 'utf8', legalComments: 'inline',
		absWorkingDir: join(CLIENT, '..'), define: { __WORKERS__: JSON.stringify(workers), __VERSION__: JSON.stringify(VERSION) }, logLevel: 'warning',
	});
	return result.outputFiles[0].contents;
}

const integrity = (/** @type {string} */ file) => ` integrity="sha384-${hash(/** @type {Uint8Array} */ (contents.get(file)), 'base64', 'sha384')}"`;

/** @param {string} page @param {string} script @param {{base: string, meta: string, checked: boolean}} how @returns {Uint8Array} */
function shell(page, script, { base, meta, checked }) {
	/** @type {{[word: string]: string}} */
	const words = {
		page, script, style, icon, base, meta,
		'script-integrity': checked ? integrity(script) : '', 'style-integrity': checked ? integrity(style) : '',
	};
	const html = readFileSync(join(PAGES, 'shell.html'), 'utf8').replace(/\{\{([a-z-]+)\}\}/g, (_, word) => words[word]);
	return Buffer.from(html.replace(/^\n/gm, ''));
}

/** @param {string} end @returns {string[]} paths below the pages, sorted */
const sources = (end) => /** @type {string[]} */ (readdirSync(PAGES, { recursive: true })).filter((name) => name.endsWith(end)).sort();

const style = add('tabella', 'css', (await build({ entryPoints: [join(CLIENT, 'ui/tabella.css')], bundle: true, write: false, minify: true, charset: 'utf8' })).outputFiles[0].contents);
const icon = add('icon', 'svg', readFileSync(join(PAGES, 'icon.svg')));
/** @type {{[name: string]: string}} */
const workers = {};
for (const name of sources('.worker.js')) {
	const short = basename(name, '.worker.js');
	workers[short] = add(`${short}.worker`, 'js', await bundle(join(PAGES, name), {}));
}
for (const name of readdirSync(PAGES).filter((file) => file.endsWith('.js') && !file.endsWith('.worker.js') && !file.endsWith('.test.js')).sort()) {
	const page = basename(name, '.js');
	const script = add(page, 'js', await bundle(join(PAGES, name), workers));
	const feed = page === 'home' ? '<link rel="alternate" type="application/atom+xml" href="/feed.atom">' : '';
	const html = shell(page, script, { base: '/client/', meta: feed, checked: true });
	pages.push({ page, file: `${page}.html`, sha256: hash(html, 'hex'), size: html.length });
	contents.set(`${page}.html`, html);
	if (page === 'vote') writeBooth(script);
}

/** @param {string} script */
function writeBooth(script) {
	const meta = `<meta http-equiv="Content-Security-Policy" content="${BOOTH_POLICY}">`;
	const parts = [script, style, icon, ...Object.values(workers)].map((name) => ({ name: `tabella-booth/${name}`, bytes: /** @type {Uint8Array} */ (contents.get(name)) }));
	const html = { name: 'tabella-booth/index.html', bytes: shell('vote', script, { base: '', meta, checked: false }) };
	const tar = writeFiles([html, ...parts]);
	files.push({ path: '/client/booth.tar', file: 'booth.tar', type: TYPES.tar, sha256: hash(tar, 'hex'), size: tar.length });
	contents.set('booth.tar', tar);
}

files.sort((a, b) => (a.path < b.path ? -1 : 1));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of contents) writeFileSync(join(folder, name), bytes);
writeFileSync(join(folder, 'files.json'), `${JSON.stringify({ files, pages }, null, '\t')}\n`);
