// SPDX-License-Identifier: Apache-2.0
// Elements made by functions: text only ever becomes text nodes, so nothing from a board can turn into markup.

/**
 * @typedef {Node|string|number|null|undefined|false|any[]} Child a node, a text, nothing, or a list of these
 * @typedef {{[name: string]: any, on?: {[event: string]: (event: any) => void}, class?: string}} Props
 */

const SVG = 'http://www.w3.org/2000/svg';
const URLS = new Set(['href', 'src', 'action', 'formaction', 'xlink:href']);

/** Only these schemes: a link from a manifest must not be able to run anything. @param {string} url @returns {string} */
export function safeUrl(url) {
	if (/^(https?:\/\/|\/|\?|#|blob:|data:(image\/(png|jpeg|webp|svg\+xml)|application|text\/plain))/i.test(url) || /^[\w.-]+$/.test(url)) return url;
	throw new TypeError(`no such address in a page: ${url.slice(0, 40)}`);
}

/** @param {Element} node @param {Child[]} children */
export function append(node, ...children) {
	for (const child of children.flat(Infinity)) {
		if (child === null || child === undefined || child === false) continue;
		node.append(child instanceof Node ? child : String(child));
	}
	return node;
}

/** @param {Element} node @param {Props} props */
function setProps(node, props) {
	for (const [name, value] of Object.entries(props)) {
		if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
		else if (value === null || value === undefined || value === false) continue;
		else if (name.startsWith('on') || name === 'style' || name === 'srcdoc') throw new TypeError(`${name} is not set here`);
		else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'selected') /** @type {any} */ (node)[name] = value;
		else node.setAttribute(name, value === true ? '' : URLS.has(name) ? safeUrl(String(value)) : String(value));
	}
}

/**
 * An element.  Attributes by name; `on` holds listeners; null and false leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Props|null} [props] @param {...Child} children @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props, ...children) {
	const node = document.createElement(tag);
	append(node, ...children);
	if (props) setProps(node, props);
	return node;
}

/** The same for SVG. @param {string} tag @param {Props|null} [props] @param {...Child} children @returns {SVGElement} */
export function svg(tag, props, ...children) {
	const node = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
	append(node, ...children);
	if (props) setProps(node, props);
	return node;
}

/** Empties a node and fills it anew. @template {Element} T @param {T} node @param {...Child} children @returns {T} */
export function replace(node, ...children) {
	node.replaceChildren();
	append(node, ...children);
	return node;
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
	const node = document.getElementById(id);
	if (!node) throw new Error(`the page has no #${id}`);
	return node;
}

/** Says something to screen readers, once. @param {string} text @param {boolean} [urgent] */
export function announce(text, urgent = false) {
	const where = document.getElementById(urgent ? 'say-now' : 'say');
	if (!where) return;
	where.textContent = '';
	/* A change that comes with the emptying is not read out. */
	setTimeout(() => { where.textContent = text; }, 50);
}

/** Moves the focus to a heading that is not reached by Tab, so that the next step is read from its beginning. @param {HTMLElement} node */
export function focusOn(node) {
	if (!node.hasAttribute('tabindex')) node.tabIndex = -1;
	node.focus();
	node.scrollIntoView({ block: 'nearest' });
}

/** Makes the browser save bytes as a file. @param {string} name @param {Uint8Array|string} content @param {string} type */
export function saveFile(name, content, type) {
	const url = URL.createObjectURL(new Blob([/** @type {any} */ (content)], { type }));
	const link = el('a', { href: url, download: name });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
