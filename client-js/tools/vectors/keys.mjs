// SPDX-License-Identifier: Apache-2.0
import { cosignKey, derive, logKey, signKey, transportKey, voterKey } from '../../core/credential.js';
import { concat, fromHex } from '../../crypto/bytes.js';
import { writeScalar } from '../../crypto/scalar.js';
import { item } from '../../crypto/transcript.js';
import { testCode } from './code.mjs';
import { collect, seeded } from './kit.mjs';

const shown = ({ key, seed, public: pk }) => ({ secret: key === undefined ? seed : writeScalar(key), public: pk });

export const ops = {
	'key.derive': ({ code, role, purpose, info }) => ({ output: derive(code, role, purpose, fromHex(info)) }),
	'key.voter': ({ code, election, voter }) => shown(voterKey(code, fromHex(election), voter)),
	'key.sign': ({ code, role }) => shown(signKey(code, role)),
	'key.transport': ({ code }) => shown(transportKey(code)),
	'key.cosign': ({ code, role }) => shown(cosignKey(code, role)),
	'key.log': ({ code }) => shown(logKey(code)),
};

export function make() {
	const c = collect(ops, {
		topic: 'keys',
		about: 'Keys from codes. secret is a scalar of ristretto255, or an Ed25519 seed for key.cosign and key.log.',
		source: 'client-js',
		spec: ['KEY.DERIVE', 'CODE.SECRET'],
	});
	const code = testCode('keys');
	const election = seeded('election', 32);
	c.good('key.derive', 'the 64 bytes of a voter', { code, role: 'voter', purpose: 'sign', info: concat(item('election', election), item('voter', 'ada')) });
	c.good('key.voter', 'voter ada', { code, election, voter: 'ada' });
	c.good('key.voter', 'voter ada in another election', { code, election: seeded('election 2', 32), voter: 'ada' });
	c.good('key.voter', 'voter grace', { code, election, voter: 'grace' });
	for (const role of ['trustee', 'admin', 'registrar', 'endorser', 'server']) c.good('key.sign', `${role} signs`, { code, role });
	c.good('key.transport', 'trustee receives shares', { code });
	for (const role of ['trustee', 'endorser']) c.good('key.cosign', `${role} cosigns`, { code, role });
	c.good('key.log', 'server signs checkpoints', { code });
	return c.file();
}
