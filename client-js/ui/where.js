// SPDX-License-Identifier: Apache-2.0
// Which server and which election a page is about.  On the server it is in the address: /e/<slug>/<page>.  The booth that was
// downloaded and is opened from elsewhere has it in the query: ?server=https://...&e=<slug>.

/** @typedef {{server: string, slug: string|null, isElsewhere: boolean}} Where server: URL without a slash at its end */

const SLUG = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** @param {Location|URL} [address] @returns {Where} */
export function where(address = location) {
	const query = new URLSearchParams(address.search);
	const name = query.get('e') ?? '';
	const slug = SLUG.test(name) ? name : null; // nothing that could lead out of /e/
	/* A page that a server shows as this election's is about no other one, whatever a link puts behind the question mark. */
	const found = address.protocol === 'file:' ? null : /^(.*)\/e\/([a-z0-9][a-z0-9-]*)(\/[a-z]*)?$/.exec(address.pathname);
	if (found) return { server: address.origin + found[1], slug: found[2], isElsewhere: false };
	const server = query.get('server');
	if (server !== null && /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(server))
		return { server: server.replace(/\/+$/, ''), slug, isElsewhere: true };
	return { server: address.origin + address.pathname.replace(/\/(audit|admin)?$/, ''), slug, isElsewhere: false };
}

/** The address of a page of an election. @param {Where} w @param {''|'vote'|'board'|'check'|'results'|'verify'} page @param {string} [slug] @returns {string} */
export const pageUrl = (w, page, slug = w.slug ?? '') => `${w.server}/e/${slug}${page && `/${page}`}`;
