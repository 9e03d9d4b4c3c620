// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032), for signed notes only.
import { ed25519 } from '@noble/curves/ed25519';
import { equal, leToInt } from './bytes.js';
import { sha512 } from './hash.js';

const Point = ed25519.Point;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** @param {Uint8Array} seed 32 bytes @returns {Uint8Array} */
export const publicKey = (seed) => ed25519.getPublicKey(seed);

/** @param {Uint8Array} seed @param {Uint8Array} message @returns {Uint8Array} 64 bytes */
export const sign = (seed, message) => ed25519.sign(message, seed);

/** @param {Uint8Array} bytes @returns {any} undefined unless it is the one encoding of a point of the curve */
function decode(bytes) {
	try {
		const P = Point.fromBytes(bytes, false);
		return equal(P.toBytes(), bytes) ? P : undefined;
	} catch {
		return undefined;
	}
}

/** [MANIFEST.KEYS] canonical, on the curve, and not of small order: under such a key one signature fits many messages.
 * @param {Uint8Array} key @returns {boolean} */
export function isKey(key) {
	const P = key.length === 32 ? decode(key) : undefined;
	return P !== undefined && !P.clearCofactor().is0();
}

/**
 * [SIGN.ED25519] Without the cofactor: R as it stands must be s*B - k*A, so that every program accepts the same signatures.
 * @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} signature @returns {boolean}
 */
export function verify(key, message, signature) {
	if (!isKey(key) || signature.length !== 64) return false;
	const R = signature.slice(0, 32);
	const s = leToInt(signature.slice(32));
	if (s >= L) return false;
	const k = leToInt(sha512(R, key, message)) % L;
	const kA = k === 0n ? Point.ZERO : decode(key).multiplyUnsafe(k);
	const sB = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
	return equal(sB.subtract(kA).toBytes(), R);
}
