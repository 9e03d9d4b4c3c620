// SPDX-License-Identifier: Apache-2.0
// QR codes read from a picture or the camera, on this device.
import decodeQR from 'qr/decode.js';
import { el, replace } from './dom.js';
import { t } from './i18n.js';

const MAX_SIDE = 1600;
const LOOK = 200;

/** @param {CanvasImageSource} source @param {number} width @param {number} height @returns {string|null} */
function read(source, width, height) {
	const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
	const canvas = el('canvas', { width: Math.round(width * scale), height: Math.round(height * scale) });
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context || canvas.width === 0 || canvas.height === 0) return null;
	context.drawImage(source, 0, 0, canvas.width, canvas.height);
	try {
		return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
	} catch {
		return null; // there is none in it
	}
}

/** @param {File} file a picture @returns {Promise<string|null>} the text of the QR code in it */
export async function readPicture(file) {
	const bitmap = await createImageBitmap(file);
	const text = read(bitmap, bitmap.width, bitmap.height);
	bitmap.close();
	return text;
}

/** A button that shows what the camera sees until there is a code in it. @param {(text: string) => void} found @returns {HTMLElement} */
export function cameraButton(found) {
	const place = el('div', null);
	if (!navigator.mediaDevices?.getUserMedia) return place;
	const start = el('button', { type: 'button' }, t('booth.camera'));
	start.addEventListener('click', async () => {
		/** @type {MediaStream} */
		let stream;
		try {
			stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
		} catch {
			replace(place, el('p', null, t('booth.no-camera')));
			return;
		}
		const video = el('video', { class: 'camera', playsinline: true, 'aria-label': t('booth.camera') });
		const stop = () => {
			clearInterval(timer);
			stream.getTracks().forEach((track) => track.stop());
			replace(place, start);
		};
		video.srcObject = stream;
		replace(place, video, el('p', null, el('button', { type: 'button', on: { click: stop } }, t('booth.camera-stop'))));
		video.play();
		const timer = setInterval(() => {
			const text = read(video, video.videoWidth, video.videoHeight);
			if (text === null) return;
			stop();
			found(text);
		}, LOOK);
	});
	return replace(place, start);
}
