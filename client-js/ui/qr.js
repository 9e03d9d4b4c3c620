// SPDX-License-Identifier: Apache-2.0
// QR codes as one path of squares.
import encodeQR from 'qr';
import { svg } from './dom.js';

const QUIET = 4;

/** @param {string} text @param {string} label what it is, for those who do not see it @returns {SVGElement} */
export function qrCode(text, label) {
	const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 0 });
	const size = rows.length + 2 * QUIET;
	const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('');
	return svg('svg', { class: 'qr', viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' },
		svg('rect', { width: size, height: size, fill: '#fff' }), svg('path', { d: path, fill: '#000' }));
}
