// SPDX-License-Identifier: Apache-2.0
import { ed25519 } from '@noble/curves/ed25519';
import { write as writeBase64 } from '../../core/base64.js';
import * as checkpoint from '../../core/checkpoint.js';
import * as note from '../../core/note.js';
import { concat, fromHex, fromUtf8, hex, leToInt, utf8 } from '../../crypto/bytes.js';
import { sha512 } from '../../crypto/hash.js';
import { writeScalar } from '../../crypto/scalar.js';
import { isKey, publicKey, verify } from '../../crypto/sign.js';
import { require } from '../../crypto/err.js';
import { collect, flip, seeded } from './kit.mjs';

const readCheckpoint = ({ origin, size, root }) => ({ origin, size, root: fromHex(root) });

export const ops = {
	'ed25519.verify'({ public: key, message, signature }) {
		require(verify(fromHex(key), fromHex(message), fromHex(signature)), 'SIGN.ED25519', 'the signature is wrong');
		return {};
	},
	'ed25519.key'({ public: key }) {
		require(isKey(fromHex(key)), 'MANIFEST.KEYS', 'not a key');
		return {};
	},
	'note.verify'({ note_text, name, public: key }) {
		return { text: note.verify(utf8(note_text), name, fromHex(key)) };
	},
	'note.key_id': ({ name, type, public: key }) => ({ key_id: note.keyId(name, type, fromHex(key)) }),
	'checkpoint.sign'(input) {
		const key = publicKey(fromHex(input.seed));
		return { public: key, note_text: fromUtf8(checkpoint.sign(readCheckpoint(input), fromHex(input.seed), key)) };
	},
	'checkpoint.verify'({ note_text, origin, public: key }) {
		const { size, root } = checkpoint.verify(utf8(note_text), origin, fromHex(key));
		return { size, root };
	},
	'checkpoint.cosign'(input) {
		return { public: publicKey(fromHex(input.seed)), cosignature: checkpoint.cosign(readCheckpoint(input), input.time, fromHex(input.seed)) };
	},
	'checkpoint.verify_cosignature'(input) {
		require(checkpoint.isCosigned(readCheckpoint(input), fromHex(input.cosignature), fromHex(input.public)), 'ENDORSE', 'the cosignature is wrong');
		return {};
	},
};

export const origin = 'vote.example/e/board-2030';

function ed25519Cases(c) {
	const seed = seeded('ed25519 seed', 32);
	const key = publicKey(seed);
	const message = utf8('a message');
	const signature = ed25519.sign(message, seed);
	const right = { public: hex(key), message: hex(message), signature: hex(signature) };
	c.published('ed25519.verify', 'RFC 8032 test 2', 'RFC 8032 section 7.1', {
		public: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
		message: '72',
		signature: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
	}, {});
	c.good('ed25519.verify', 'a signature', right);
	const refuse = (name, change) => c.bad('ed25519.verify', name, 'SIGN.ED25519', { ...right, ...change });
	refuse('a bit of the message', { message: flip(right.message, 0) });
	refuse('a bit of R', { signature: flip(right.signature, 0) });
	refuse('a bit of s', { signature: flip(right.signature, 40) });
	const L = 2n ** 252n + 27742317777372353535851937790883648493n;
	const s = leToInt(signature.slice(32));
	refuse('s + L', { signature: hex(concat(signature.slice(0, 32), writeScalar(s + L))) });
	torsion(c, seed, message);
	c.good('ed25519.key', 'a key', { public: key });
	const bad = (name, bytes) => c.bad('ed25519.key', name, 'MANIFEST.KEYS', { public: bytes });
	bad('the neutral element', `01${'00'.repeat(31)}`);
	bad('a point of order 2', `ec${'ff'.repeat(30)}7f`);
	bad('a point of order 4', '00'.repeat(32));
	bad('a point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
	bad('y = p, which is 0 again', `ed${'ff'.repeat(30)}7f`);
	bad('y = p + 3', `f0${'ff'.repeat(30)}7f`);
	bad('no point of the curve', `02${'00'.repeat(31)}`);
	bad('31 bytes', '01'.repeat(31));
}

/**
 * The key has a part of order 8.  Multiplied by the cofactor the equation holds, as it stands it does not: programs that
 * differ in this disagree about the board.
 */
function torsion(c, seed, message) {
	const T = ed25519.Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');
	const { scalar: a, point } = ed25519.utils.getExtendedPublicKey(seed);
	const key = point.add(T).toBytes();
	for (let n = 1n; ; n++) {
		const R = ed25519.Point.BASE.multiply(n).toBytes();
		const k = leToInt(sha512(R, key, message)) % ed25519.CURVE.n;
		const signature = concat(R, writeScalar((n + k * a) % ed25519.CURVE.n));
		if (k % 8n === 0n) continue;
		c.bad('ed25519.verify', 'right only when multiplied by the cofactor', 'SIGN.ED25519', { public: key, message, signature });
		return;
	}
}

export function make() {
	const c = collect(ops, {
		topic: 'checkpoint',
		about: 'Ed25519, signed notes, checkpoints and cosignatures.',
		source: 'RFC 8032 and C2SP where a case says so, else client-js',
		spec: ['SIGN.ED25519', 'MANIFEST.KEYS', 'LOG.CHECKPOINT', 'ENDORSE'],
	});
	ed25519Cases(c);
	c.published('note.verify', 'the example of C2SP', 'c2sp.org/signed-note', {
		note_text: 'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
		name: 'example.com/foo',
		public: 'e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4',
	}, { text: 'This is an example message.\n' });
	const seed = hex(seeded('log key', 32));
	const root = hex(seeded('checkpoint root', 32));
	const { public: key, note_text } = c.good('checkpoint.sign', 'a checkpoint', { origin, size: 12, root, seed });
	c.good('checkpoint.sign', 'an empty log', { origin, size: 0, root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', seed });
	c.good('checkpoint.verify', 'it is right', { note_text, origin, public: key });
	c.good('note.key_id', 'key id of the log', { name: origin, type: note.ED25519, public: key });
	c.good('note.key_id', 'key id of a cosigner', { name: `${origin}/trustee/1`, type: note.COSIGNATURE, public: key });
	const cosigner = hex(seeded('cosign key', 32));
	const cosigned = c.good('checkpoint.cosign', 'a cosignature', { origin, size: 12, root, time: 1893456000, seed: cosigner });
	const check = { origin, size: 12, root, ...cosigned };
	c.good('checkpoint.verify_cosignature', 'the cosignature is right', check);
	c.good('checkpoint.verify', 'with a line of a cosigner, which is passed over', {
		note_text: note.addCosignature(note_text, `${origin}/trustee/1`, fromHex(cosigned.public), fromHex(cosigned.cosignature)), origin, public: key,
	});
	const off = (name, change) => c.bad('checkpoint.verify_cosignature', name, 'ENDORSE', { ...check, ...change });
	off('cosigned another size', { size: 13 });
	off('cosigned another root', { root: flip(root, 0) });
	off('cosigned another origin', { origin: 'vote.example/e/other' });
	off('cosigned at another time', { cosignature: flip(cosigned.cosignature, 7) });
	off('the signature alone', { cosignature: cosigned.cosignature.slice(16) });
	wrongNotes(c, note_text, key, seed);
	return c.file();
}

function wrongNotes(c, note_text, key, seed) {
	const refuse = (name, change) => c.bad('checkpoint.verify', name, 'LOG.CHECKPOINT', { note_text, origin, public: key, ...change });
	const signed = (text, name = origin) => note.sign(text, name, fromHex(seed), fromHex(key));
	const [first, size, root] = note_text.split('\n');
	refuse('another key', { public: hex(publicKey(seeded('another log', 32))) });
	refuse('another origin is asked for [F-08]', { origin: 'vote.example/e/other' });
	refuse('another origin line', { note_text: signed(`vote.example/e/other\n${size}\n${root}\n`) });
	for (const [what, other] of [['an escape', 'a\u007fb'], ['a control character beyond ASCII', 'a\u009b2J']])
		refuse(`another signature, by a name with ${what}`, { note_text: `${note_text}\u2014 ${other} ${'A'.repeat(92)}\n` });
	refuse('signed under another name', { note_text: signed(`${first}\n${size}\n${root}\n`, 'vote.example/e/other') });
	refuse('an altered size', { note_text: note_text.replace('\n12\n', '\n13\n') });
	refuse('an extension line', { note_text: signed(`${first}\n${size}\n${root}\nmore\n`) });
	refuse('a size with a zero before it', { note_text: signed(`${first}\n012\n${root}\n`) });
	refuse('a size with a sign', { note_text: signed(`${first}\n+12\n${root}\n`) });
	refuse('a root of 31 bytes', { note_text: signed(`${first}\n${size}\n${writeBase64(new Uint8Array(31))}\n`) });
	refuse('a root in another spelling', { note_text: signed(`${first}\n${size}\n${root.slice(0, -2)}${root.at(-2) === 'B' ? 'C' : 'B'}=\n`) });
	refuse('two lines', { note_text: signed(`${first}\n${size}\n`) });
	refuse('no signature', { note_text: `${first}\n${size}\n${root}\n` });
	refuse('no empty line', { note_text: note_text.replace('\n\n', '\n') });
	refuse('no line feed at the end', { note_text: note_text.slice(0, -1) });
	refuse('a hyphen for the dash', { note_text: note_text.replace('\u2014', '-') });
	refuse('a carriage return', { note_text: note_text.replaceAll('\n', '\r\n') });
	const line = note_text.slice(note_text.indexOf('\u2014'));
	const forged = line.slice(0, -8) + (line.at(-8) === 'A' ? 'B' : 'A') + line.slice(-7);
	refuse('a second, wrong signature of the same key', { note_text: note_text + forged });
}
