// SPDX-License-Identifier: Apache-2.0
import { fromHex, hex, u64 } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import { writeScalar } from '../../crypto/scalar.js';
import { item, Transcript } from '../../crypto/transcript.js';
import { collect, seeded } from './kit.mjs';

export const ops = {
	'transcript.item': ({ label, data }) => ({ item: item(label, fromHex(data)) }),
	'transcript.run'({ protocol, steps }) {
		const t = new Transcript(protocol);
		const results = [];
		for (const step of steps) {
			if (step.do === 'absorb') t.absorb(step.label, fromHex(step.data));
			else if (step.do === 'challenge') results.push(hex(writeScalar(t.challenge(getGroup(step.group).q))));
			else results.push(hex(t.output()));
		}
		return { results };
	},
};

export function make() {
	const c = collect(ops, {
		topic: 'transcript',
		about: 'Items, challenges and outputs. The steps of a case are done in order; results lists what challenge and output gave.',
		source: 'client-js',
		spec: ['TRANSCRIPT'],
	});
	const absorb = (label, data) => ({ do: 'absorb', label, data: typeof data === 'string' ? data : hex(data) });
	const challenge = (group) => ({ do: 'challenge', group });
	const output = { do: 'output' };
	const run = (name, protocol, ...steps) => c.good('transcript.run', name, { protocol, steps });
	c.good('transcript.item', 'an item', { label: 'voter', data: '6162' });
	c.good('transcript.item', 'an item without data', { label: 'data', data: '' });
	c.good('transcript.item', 'a label of 64 bytes', { label: 'l'.repeat(64), data: '00' });
	run('protocol alone', 'tabella/v1/test', challenge('ristretto255'), challenge('modp4096'), output);
	run('items', 'tabella/v1/test', absorb('a', '01'), absorb('b', ''), absorb('n', u64(258)), output, challenge('ristretto255'));
	run('items the other way round', 'tabella/v1/test', absorb('b', ''), absorb('a', '01'), absorb('n', u64(258)), output);
	run('a challenge absorbs nothing', 'tabella/v1/test', absorb('a', '01'), challenge('ristretto255'), challenge('ristretto255'), output, absorb('b', '02'), challenge('ristretto255'));
	run('the same without the first challenges', 'tabella/v1/test', absorb('a', '01'), absorb('b', '02'), challenge('ristretto255'));
	run('data of 300 bytes', 'tabella/v1/test', absorb('long', seeded('transcript', 300)), challenge('modp4096'), output);
	return c.file();
}
