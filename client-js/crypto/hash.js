// SPDX-License-Identifier: Apache-2.0
import { hkdf } from '@noble/hashes/hkdf';
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2';
import { randomBytes } from '@noble/hashes/utils';
import { concat } from './bytes.js';

/** @param {...Uint8Array} parts @returns {Uint8Array} 32 bytes */
export const sha256 = (...parts) => nobleSha256(concat(...parts));

/** @param {...Uint8Array} parts @returns {Uint8Array} 64 bytes */
export const sha512 = (...parts) => nobleSha512(concat(...parts));

/** SHA-512 of bytes that come one after the other; `clone` goes on from here. */
export const running512 = () => nobleSha512.create();

/** RFC 5869 with SHA-512.
 * @param {Uint8Array} key @param {Uint8Array} salt @param {Uint8Array} info @param {number} length */
export const hkdfSha512 = (key, salt, info, length) => hkdf(nobleSha512, key, salt, info, length);

/** @param {number} length @returns {Uint8Array} from the system's generator, in Node and in browsers */
export const random = (length) => randomBytes(length);
