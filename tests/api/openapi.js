// SPDX-License-Identifier: Apache-2.0
// Reads specs/api.yaml and says what of an answer does not keep to it.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import yaml from 'js-yaml';

/**
 * @typedef {{ method: string, path: string, requestBody?: string, status: number, headers: {[name: string]: string}, body: string | null }} Answer
 * Header names in lower case; body null when it is not text.
 */

/** What any answer may have without being named at each address. */
const COMMON = new Set(
	('content-type cache-control x-content-type-options vary content-encoding content-length date connection keep-alive ' +
		'transfer-encoding access-control-allow-origin access-control-expose-headers content-disposition allow').split(' '),
);

export class Api {
	constructor() {
		this.document = /** @type {any} */ (yaml.load(readFileSync(new URL('../../specs/api.yaml', import.meta.url), 'utf8')));
		this.ajv = new Ajv({ allErrors: true, schemaId: '$id', unknownFormats: 'ignore', logger: false });
		this.ajv.addSchema({ $id: 'api', ...this.document });
		/** Which responses have been seen: "GET /e/{slug} 200". @type {Set<string>} */
		this.seen = new Set();
		this.routes = Object.keys(this.document.paths).map((template) => ({ template, pattern: this.#pattern(template) }));
		// What names more of an address is asked first: /client/files.json before /client/{file}.
		this.routes.sort((a, b) => a.template.split('{').length - b.template.split('{').length);
	}

	/** @param {string} template */
	#pattern(template) {
		const parts = template.split(/(\{[a-z0-9]+\})/);
		const source = parts.map((part) => {
			if (!part.startsWith('{')) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
			// The number of a tile has slashes of its own.
			return part === '{tile}' ? '(?<tile>.+)' : `(?<${part.slice(1, -1)}>[^/]+)`;
		});
		return new RegExp(`^${source.join('')}$`, 's');
	}

	/** @param {any} value */
	resolve(value) {
		while (value?.$ref) value = value.$ref.slice(2).split('/').reduce((/** @type {any} */ at, /** @type {string} */ key) => at[key], this.document);
		return value;
	}

	/** @param {any} schema @param {unknown} value @param {string} where @returns {string[]} */
	validate(schema, value, where) {
		// As part of the document, so that its references mean what they say.
		const check = this.ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
		if (check(value)) return [];
		return (check.errors ?? []).map((e) => `${where}${e.dataPath}: ${e.message} ${JSON.stringify(e.params)}`);
	}

	/** @param {string} path */
	find(path) {
		for (const { template, pattern } of this.routes) {
			const match = pattern.exec(path);
			if (match && this.#fits(template, match.groups ?? {})) return { template, item: this.document.paths[template] };
		}
		return null;
	}

	/** @param {string} template @param {{[name: string]: string}} values */
	#fits(template, values) {
		const item = this.document.paths[template];
		const parameters = [...(item.parameters ?? []), ...(item.get?.parameters ?? [])].map((p) => this.resolve(p));
		return parameters.filter((p) => p.in === 'path').every((p) => {
			const value = p.schema.type === 'integer' ? Number(values[p.name]) : values[p.name];
			return this.validate(p.schema, value, p.name).length === 0;
		});
	}

	/** What is wrong with this answer; empty when nothing is. @param {Answer} answer @returns {string[]} */
	check(answer) {
		const found = this.find(answer.path);
		if (!found) return this.#nowhere(answer);
		const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
		const operation = /^(GET|HEAD|POST)$/.test(answer.method) ? found.item[method] : undefined;
		if (!operation) return this.#wrongMethod(found, answer);
		const name = `${method.toUpperCase()} ${found.template} ${answer.status}`;
		const response = this.resolve(operation.responses[answer.status]);
		if (!response) return [`${name} is not described`];
		this.seen.add(name);
		const faults = this.#response(response, answer, name);
		const body = this.resolve(operation.requestBody)?.content['application/json']?.schema;
		if (body && answer.status < 300 && answer.requestBody !== undefined)
			faults.push(...this.validate(body, JSON.parse(answer.requestBody), `${name}: request`));
		return faults;
	}

	/** There is nothing, or the same with one slash less. @param {Answer} answer */
	#nowhere(answer) {
		if (answer.status === 308) return this.find(answer.headers.location ?? '') ? [] : [`moved to ${answer.headers.location}, which is not described`];
		if (answer.status === 204 && answer.method === 'OPTIONS') return [];
		if (answer.status !== 404 && answer.status !== 405) return [`${answer.status} at an address that is not described`];
		return this.#response(this.document.components.responses.Problem, answer, '404');
	}

	/** @param {{template: string, item: any}} found @param {Answer} answer */
	#wrongMethod(found, answer) {
		if (answer.status === 404) return this.#response(this.document.components.responses.Problem, answer, '404'); // no such election
		if (answer.method === 'OPTIONS') return answer.status === 204 ? [] : [`OPTIONS: ${answer.status}`];
		const allowed = found.item.get ? 'GET, HEAD' : 'POST';
		if (answer.status !== 405) return [`${answer.method}: ${answer.status} instead of 405`];
		if (answer.headers.allow !== allowed) return [`Allow: ${answer.headers.allow} instead of ${allowed}`];
		return this.#response(this.document.components.responses.Problem, answer, '405');
	}

	/** @param {any} response @param {Answer} answer @param {string} name */
	#response(response, answer, name) {
		/** @type {string[]} */
		const faults = [];
		const declared = new Map(Object.entries(response.headers ?? {}).map(([key, value]) => [key.toLowerCase(), this.resolve(value)]));
		for (const [key, header] of declared) {
			const value = answer.headers[key];
			if (value === undefined && header.required) faults.push(`${name}: no ${key}`);
			if (value !== undefined)
				faults.push(...this.validate(header.schema, header.schema.type === 'integer' ? Number(value) : value, `${name}: ${key}`));
		}
		for (const key of Object.keys(answer.headers))
			if (!declared.has(key) && !COMMON.has(key) && !this.#isOfPages(key, response)) faults.push(`${name}: header ${key} is not described`);
		faults.push(...this.#body(response, answer, name));
		return faults;
	}

	/** Policies of pages are the affair of http.md. @param {string} key @param {any} response */
	#isOfPages(key, response) {
		if (key === 'etag') return response.content === undefined || 'text/html' in response.content;
		if (key === 'retry-after') return 'application/problem+json' in (response.content ?? {});
		return /^(content-security-policy|referrer-policy|permissions-policy|cross-origin-.*|x-frame-options)$/.test(key);
	}

	/** @param {any} response @param {Answer} answer @param {string} name */
	#body(response, answer, name) {
		const type = answer.headers['content-type']?.split(';')[0];
		if (!response.content) return answer.body ? [`${name}: a body where none is described`] : [];
		if (type === undefined || !(type in response.content)) return [`${name}: content type ${type} is not described`];
		const schema = response.content[type].schema;
		if (!schema || answer.body === null || answer.method === 'HEAD') return [];
		return this.validate(schema, type.endsWith('json') ? JSON.parse(answer.body) : answer.body, `${name}: `);
	}

	/** Every response that is described. */
	*described() {
		for (const [template, item] of Object.entries(this.document.paths))
			for (const method of ['get', 'post'])
				for (const status of Object.keys(item[method]?.responses ?? {})) yield { template, method, status, name: `${method.toUpperCase()} ${template} ${status}` };
	}
}
