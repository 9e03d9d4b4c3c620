// SPDX-License-Identifier: Apache-2.0
export default {
	skip: 'Skip to the content',
	language: 'Language',
	election: 'This election',
	'to-election': 'Overview',
	'to-vote': 'Vote',
	'to-check': 'Check my vote',
	'to-board': 'Public board',
	'to-results': 'Results',
	'to-verify': 'Verify everything',
	footer: 'Tabella: an election that anyone can check.',
};
