// SPDX-License-Identifier: Apache-2.0
//
// node client-js/tools/embed-client.mjs FOLDER OUT.c
//
// Turns the built web client (FOLDER with its files.json) into a C file with every page and file of it, plain and compressed,
// for server/client.h.  What files.json says of a file must be true of its bytes: the board will say the same of them.
// The compressed forms come to lie beside the files, as <file>.gz.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const HTML = 'text/html; charset=utf-8';
const MOST_FILES = 280; // and the pages
const LIST = 'files.json';

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {string} text */
const quote = (text) => {
	if (!/^[\x20-\x7e]*$/.test(text)) throw new Error(`no control bytes, ASCII only: ${JSON.stringify(text)}`);
	return `"${text.replace(/["\\]/g, '\\$&')}"`;
};

/**
 * One page or file as it will be served.
 * @param {string} folder
 * @param {{name: string, file: string, type: string, sha256?: string, size?: number}} said
 */
function take(folder, said) {
	if (said.file.includes('/') || said.file.startsWith('.')) throw new Error(`not a name in ${folder}: ${said.file}`);
	const bytes = readFileSync(`${folder}/${said.file}`);
	const hash = sha256(bytes);
	if (said.sha256 !== undefined && said.sha256 !== hash) throw new Error(`${said.file} is not what ${LIST} says: ${hash}`);
	if (said.size !== undefined && said.size !== bytes.length) throw new Error(`${said.file} has not the size that ${LIST} says`);
	// No name and no time in it, so equal bytes give equal bytes.
	const packed = gzipSync(bytes, { level: 9 });
	const gzip = packed.length < bytes.length ? packed : undefined;
	if (gzip) writeFileSync(`${folder}/${said.file}.gz`, gzip);
	// A name for ever is one that holds (the start of) the hash of its bytes.
	const fixed = [...said.name.matchAll(/[0-9a-f]{16,64}/g)].some(([part]) => hash.startsWith(part));
	return { name: said.name, type: said.type, path: resolve(folder, said.file), hash, size: bytes.length, packed: gzip?.length ?? 0, fixed };
}

/** @param {ReturnType<typeof take>} file @param {string} symbol */
function declare(file, symbol) {
	const blob = (/** @type {string} */ name, /** @type {string} */ path) =>
		`__asm__(".section .rodata\\n.balign 16\\n${name}:\\n.incbin \\"" ${quote(path)} "\\"\\n.previous\\n");\n` +
		`extern const uint8_t ${name}[];\n`;
	if (/["\\]/.test(file.path)) throw new Error(`the assembler cannot read from this path: ${file.path}`);
	return blob(symbol, file.path) + (file.packed ? blob(`${symbol}_gzip`, `${file.path}.gz`) : '');
}

/** @param {ReturnType<typeof take>} file @param {string} symbol */
function row(file, symbol) {
	const hash = file.hash.match(/../g)?.map((byte) => `0x${byte}`).join(', ');
	const gzip = file.packed ? `.gzip = ${symbol}_gzip, .gzip_len = ${file.packed}, ` : '';
	return `\t{.name = ${quote(file.name)}, .type = ${quote(file.type)}, .data = ${symbol}, .len = ${file.size},\n` +
		`\t\t${gzip}.is_fixed = ${file.fixed}, .sha256 = {${hash}}},\n`;
}

/** @param {string} name @param {ReturnType<typeof take>[]} files */
function table(name, files) {
	const symbol = (/** @type {number} */ i) => `tb_client_${name}_${i}`;
	return files.map((file, i) => declare(file, symbol(i))).join('') +
		`\nstatic const tb_client_file ${name}[] = {\n${files.map((file, i) => row(file, symbol(i))).join('')}};\n\n`;
}

/**
 * The C file of the client in this folder.
 * @param {string} folder
 */
export function embedClient(folder) {
	const list = JSON.parse(readFileSync(`${folder}/${LIST}`, 'utf8'));
	const byName = (/** @type {{name: string}} */ a, /** @type {{name: string}} */ b) => (a.name < b.name ? -1 : 1);
	const pages = list.pages
		.map((/** @type {any} */ page) => take(folder, { ...page, name: page.page, type: HTML }))
		.sort(byName);
	const files = [
		...list.files.map((/** @type {any} */ file) => take(folder, { ...file, name: file.path })),
		take(folder, { name: `/client/${LIST}`, file: LIST, type: 'application/json' }),
	].sort(byName);
	if (files.length > MOST_FILES) throw new Error(`more files than the board can list [CLIENT]: ${files.length}`);
	for (const [i, { name }] of files.entries()) {
		if (!/^\/client\/[A-Za-z0-9][A-Za-z0-9._-]{0,111}$/.test(name)) throw new Error(`no address of a file: ${name}`);
		if (i > 0 && name === files[i - 1].name) throw new Error(`twice: ${name}`);
	}
	return '/* Made by client-js/tools/embed-client.mjs: the web client. */\n#include "server/client.h"\n\n' +
		table('pages', pages) + table('files', files) +
		'const tb_client tb_client_embedded = {.pages = pages, .files = files,\n' +
		`\t.num_pages = ${pages.length}, .num_files = ${files.length}};\n`;
}

if (process.argv[1] && fileURLToPath(import.meta.url) === resolve(process.argv[1])) {
	const [folder, out] = process.argv.slice(2);
	if (!folder || !out) throw new Error('usage: embed-client.mjs FOLDER OUT.c');
	writeFileSync(out, embedClient(folder));
}
