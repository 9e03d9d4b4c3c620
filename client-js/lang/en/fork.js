// SPDX-License-Identifier: Apache-2.0
export default {
	'heading-fork': 'The server shows two histories',
	'what-fork': 'What it shows now contradicts what this browser has seen before, and the server has signed both. An honest server never does that: ballots may have been removed or exchanged.',
	'heading-set-back': 'The server shows less than before',
	'what-set-back': 'The server has signed a longer record than the one it shows now, and has no files of it any more. A part of the record is lost, or it is kept back.',
	'heading-other': 'This is another election than before',
	'what-other': 'At this address, or under this name, this browser has seen another election before.',
	do: 'Do not vote here, and do not trust a result. Save the file, and give it to those who run the election and to somebody who observes it.',
	save: 'Save the evidence',
	'check-evidence': 'The file proves it to anybody, without asking this server. This command checks it:',
	'save-note': 'Save the signed record',
	'check-note': 'The file holds what the server signed before. This command says whether the server shows a record that goes on from it:',
	technical: 'Technical details',
};
