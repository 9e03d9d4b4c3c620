// SPDX-License-Identifier: Apache-2.0
// One line of TAP for each argument that was run.
let failures = 0, reported = 0;

export function report(what, ok) {
	if (!ok) failures++;
	console.log(`${ok ? 'ok' : 'not ok'} ${++reported} - ${what}`);
}

export function finish() {
	console.log(`1..${reported}`);
	console.log(failures === 0 ? '# all arguments hold in the test groups' : `# ${failures} failed`);
	process.exit(failures === 0 ? 0 : 1);
}
