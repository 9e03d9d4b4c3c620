// SPDX-License-Identifier: Apache-2.0
// Workers under Trusted Types: the one policy of these pages lets through the addresses of the build's own workers, nothing else.

/** @type {{[name: string]: string}} file names of the build's workers */
const WORKERS = __WORKERS__;

/** @type {{createScriptURL: (url: string) => any}|null} */
let policy = null;

/** @param {string} url */
function trusted(url) {
	const factory = /** @type {any} */ (globalThis).trustedTypes;
	if (!factory) return url;
	policy ??= factory.createPolicy('tabella', {
		createScriptURL(/** @type {string} */ asked) {
			if (!Object.values(WORKERS).includes(asked.slice(asked.lastIndexOf('/') + 1))) throw new TypeError('not a worker of this build');
			return asked;
		},
	});
	return /** @type {any} */ (policy).createScriptURL(url);
}

const here = /** @type {HTMLScriptElement|null} */ (document.currentScript)?.src ?? '';

/**
 * Starts a worker, which lies beside the page's own script.
 * @param {string} name @returns {Worker} @throws where workers are not to be had (a page opened from a file)
 */
export const startWorker = (name) => new Worker(trusted(here.slice(0, here.lastIndexOf('/') + 1) + WORKERS[name]));
