// SPDX-License-Identifier: Apache-2.0
// node client-js/tools/make-vectors.mjs [TOPIC...]: writes specs/vectors/TOPIC.json, the same bytes in every run.
import { writeFileSync } from 'node:fs';
import { topics } from './vectors/topics.mjs';

const folder = new URL('../../specs/vectors/', import.meta.url);
const wanted = process.argv.slice(2);
for (const [name, topic] of Object.entries(topics)) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	const file = topic.make();
	writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(file, null, '\t')}\n`);
	console.log(`${name}.json: ${file.cases.length} cases`);
}
