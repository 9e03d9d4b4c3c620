// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { utf8 } from '../../crypto/bytes.js';
import { boundaries, countBallots, SMALL, spanLength } from './timeline.js';

/** A log whose entries have these times; every tenth is no ballot. */
function makeLog(times) {
	const entries = times.map((time, i) => utf8(`{"type":"${i % 10 === 3 ? 'notice' : 'ballot'}","time":${time},"signer":"voter/v","payload":""}`));
	const asked = new Set();
	return {
		asked, others: entries.map((_, i) => i).filter((i) => i % 10 === 3),
		entry: async (index) => (asked.add(index), entries[index]),
		bundle: async (number) => entries.slice(number * 256, number * 256 + 256),
	};
}

test('spans are of a length that people read, no finer than the granule', () => {
	assert.equal(spanLength(0, 86400, 60), 1800);
	assert.equal(spanLength(0, 86400, 86400), 86400);
	assert.equal(spanLength(0, 30, 1), 1);
	assert.equal(spanLength(0, 366 * 86400, 3600), 2592000);
	for (const [opens, closes, granule] of [[0, 7 * 86400, 60], [3600, 90000, 3600], [100, 131, 1], [0, 60 * 86400, 1]]) {
		const step = spanLength(opens, closes, granule);
		assert.equal(step % granule, 0);
		const times = boundaries(opens, closes, step);
		assert.ok(times[0] <= opens && times.at(-1) >= closes && times.length <= 50);
	}
});

for (const size of [1, 20, 700, SMALL, SMALL + 1, 5000]) {
	test(`ballots of ${size} entries by time`, async () => {
		const times = Array.from({ length: size }, (_, i) => 7200 + Math.floor((i * i * 86000) / (size * size)));
		const log = makeLog(times);
		const bounds = boundaries(7200, 7200 + 86400, 3600);
		const spans = await countBallots(log, { first: 0, end: size, times: bounds, others: log.others });
		const due = bounds.slice(0, -1).map((from, k) => ({ from, ballots: times.filter((time, i) => time >= from && time < bounds[k + 1] && i % 10 !== 3).length }));
		assert.deepEqual(spans, due);
		if (size === 5000) assert.ok(log.asked.size < size / 8, `${log.asked.size} entries were asked for`);
	});
}

test('only the entries between the opening and the close count', async () => {
	const log = makeLog(Array.from({ length: 600 }, (_, i) => i));
	const spans = await countBallots(log, { first: 100, end: 500, times: [0, 300, 600], others: [] });
	assert.deepEqual(spans.map(({ ballots }) => ballots), [180, 180]);
});
