// SPDX-License-Identifier: Apache-2.0
// For tests in JavaScript: a camera for Chromium that sees a picture, as a hand holds it: a little turned, on a grey table.
import { writeFileSync } from 'node:fs';

const [WIDTH, HEIGHT] = [640, 480];

/**
 * @param {import('playwright-core').BrowserContext} context in which the picture is drawn @param {Buffer|null} png null: an empty table
 * @param {string} path of the film that is written @returns {Promise<string[]>} what Chromium is started with, to see it
 */
export async function cameraSees(context, png, path) {
	const page = await context.newPage();
	const grey = await page.evaluate(async ([base64, width, height]) => {
		const canvas = new OffscreenCanvas(Number(width), Number(height));
		const draw = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
		draw.fillStyle = '#a0a0a0';
		draw.fillRect(0, 0, canvas.width, canvas.height);
		if (base64) {
			const picture = await createImageBitmap(new Blob([Uint8Array.from(globalThis.atob(String(base64)), (c) => c.charCodeAt(0))]));
			draw.translate(canvas.width / 2, canvas.height / 2);
			draw.rotate(0.12);
			draw.scale(380 / picture.width, 380 / picture.width);
			draw.drawImage(picture, -picture.width / 2, -picture.height / 2);
		}
		const { data } = draw.getImageData(0, 0, canvas.width, canvas.height);
		return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 1]);
	}, [png?.toString('base64') ?? '', WIDTH, HEIGHT]);
	await page.close();
	/* A film of one frame, over and over: brightness, then two planes of no colour. */
	writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F5:1 Ip A1:1 C420jpeg\nFRAME\n`), Buffer.from(grey), Buffer.alloc(WIDTH * HEIGHT / 2, 128)]));
	return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${path}`];
}
