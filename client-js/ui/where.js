// SPDX-License-Identifier: Apache-2.0
// Which server and which election a page is about.  On the server it is in the address: /e/<slug>/<page>.  The booth that was
// downloaded and is opened from elsewhere has it in the query: ?server=https://...&e=<slug>.

/** @typedef {{server: string, slug: string|null, isElsewhere: boolean}} Where server: URL without a slash at its end */

/** @param {Location|URL} [address] @returns {Where} */
export function where(address = location) {
	const query = new URLSearchParams(address.search);
	const server = query.get('server');
	if (server !== null && /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(server))
		return { server: server.replace(/\/+$/, ''), slug: query.get('e'), isElsewhere: true };
	const found = /^(.*)\/e\/([a-z0-9][a-z0-9-]*)(\/[a-z]*)?$/.exec(address.pathname);
	if (found) return { server: address.origin + found[1], slug: found[2], isElsewhere: false };
	return { server: address.origin + address.pathname.replace(/\/(audit|admin)?$/, ''), slug: query.get('e'), isElsewhere: false };
}

/** The address of a page of an election. @param {Where} w @param {''|'vote'|'board'|'check'|'results'|'verify'} page @param {string} [slug] @returns {string} */
export const pageUrl = (w, page, slug = w.slug ?? '') => `${w.server}/e/${slug}${page && `/${page}`}`;
