// SPDX-License-Identifier: Apache-2.0
// [MANIFEST.PICTURE] A picture that fits into a manifest: as it is, or made smaller here.
import { MAX_PICTURE, pictureType } from '../../core/manifest.js';

const SIDES = [360, 280, 200, 140, 96];
const QUALITIES = [0.82, 0.65, 0.45];

/** @param {ImageBitmap} image @param {number} side the longer one @param {string} type @param {number} quality */
async function draw(image, side, type, quality) {
	const scale = Math.min(1, side / Math.max(image.width, image.height));
	const canvas = new OffscreenCanvas(Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
	/** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d')).drawImage(image, 0, 0, canvas.width, canvas.height);
	return new Uint8Array(await (await canvas.convertToBlob({ type, quality })).arrayBuffer());
}

/** @param {File} file @returns {Promise<Uint8Array|null>} null: no picture, or none that can be made small enough */
export async function fitPicture(file) {
	try {
		const image = await createImageBitmap(file);
		/* Drawn anew it also loses what a camera wrote into it: place, time, owner. */
		for (const side of SIDES) for (const quality of QUALITIES) for (const type of ['image/webp', 'image/jpeg']) {
			const small = await draw(image, side, type, quality);
			if (small.length <= MAX_PICTURE && pictureType(small) !== null) return small;
		}
	} catch {
		// the browser cannot show it
	}
	return null;
}
