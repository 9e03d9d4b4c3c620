// SPDX-License-Identifier: Apache-2.0
const browser = ['AbortController', 'OffscreenCanvas', 'addEventListener', 'confirm', 'createImageBitmap', 'getSelection', 'scrollTo', 'Blob', 'CSS', 'DOMException', 'Element', 'Event', 'File', 'FileReader', 'HTMLElement', 'ImageData', 'Intl', 'KeyboardEvent', 'MessageChannel', 'Node', 'Response', 'TextDecoder', 'TextEncoder', 'URL',
	'URLSearchParams', 'Worker', '__VERSION__', '__WORKERS__', 'clearInterval', 'clearTimeout', 'console', 'crypto', 'document', 'fetch', 'indexedDB', 'localStorage', 'location', 'matchMedia', 'navigator', 'performance', 'postMessage', 'process', 'queueMicrotask',
	'requestAnimationFrame', 'self', 'sessionStorage', 'setInterval', 'setTimeout', 'structuredClone', 'window', 'Buffer', 'history', 'globalThis'];

export default [{
	files: ['client-js/**/*.{js,mjs}', 'tests/**/*.{js,mjs}', 'specs/**/*.mjs'],
	languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals: Object.fromEntries(browser.map((name) => [name, 'readonly'])) },
	linterOptions: { reportUnusedDisableDirectives: 'error' },
	rules: {
		'no-undef': 'error',
		'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
		'prefer-const': 'error',
		'no-var': 'error',
		eqeqeq: 'error',
		'no-eval': 'error',
		'no-implied-eval': 'error',
		'no-fallthrough': 'error',
		'no-unreachable': 'error',
		'no-dupe-keys': 'error',
		'no-self-compare': 'error',
		'no-restricted-properties': ['error', ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write'].map((property) => ({ object: 'document', property }))],
		'no-restricted-syntax': ['error', { selector: "MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]", message: 'Text becomes text nodes: use ui/dom.js.' }],
	},
}];
