// SPDX-License-Identifier: Apache-2.0
import { fromHex, u32 } from '../../crypto/bytes.js';
import { getGroup } from '../../crypto/group.js';
import { hashToGroupBlock } from '../../crypto/hash_to_group.js';
import { collect, seeded } from './kit.mjs';

export const ops = {
	'hash_to_group'({ group, label, data }) {
		const G = getGroup(group);
		return { block0: hashToGroupBlock(group, label, fromHex(data), 0), point: G.encode(G.hashToGroup(label, fromHex(data))) };
	},
};

export function make() {
	const c = collect(ops, {
		topic: 'hash_to_group',
		about: 'Elements whose logarithm nobody knows; block0 is U_0 of the rule.',
		source: 'client-js',
		spec: ['GROUP.HASH', 'BALLOT.GENERATORS', 'LOT'],
	});
	for (const group of ['ristretto255', 'modp4096']) {
		c.good('hash_to_group', `${group}: K`, { group, label: 'ballot/K', data: '' });
		c.good('hash_to_group', `${group}: G_1`, { group, label: 'ballot/G', data: u32(1) });
		c.good('hash_to_group', `${group}: lot`, { group, label: 'lot', data: seeded('lot', 64) });
	}
	c.good('hash_to_group', 'ristretto255: G_2', { group: 'ristretto255', label: 'ballot/G', data: u32(2) });
	c.good('hash_to_group', 'ristretto255: G_2000', { group: 'ristretto255', label: 'ballot/G', data: u32(2000) });
	return c.file();
}
