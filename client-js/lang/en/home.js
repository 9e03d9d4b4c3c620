// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Elections',
	what: 'Ballots are encrypted on the voter’s own device. Only the totals are ever decrypted, and anyone can check them.',
	none: 'There is no election on this server yet.',
	'group-open': 'Open now',
	'group-coming': 'Coming',
	'group-over': 'Over',
	'time-open': 'Closes {when}:',
	'time-coming': 'Opens {when}:',
	'time-over': 'Ended {when}:',
	late: 'Should be open by now, and opens as soon as everything is prepared. Planned for:',
	vote: 'Vote',
	results: 'Results',
};
