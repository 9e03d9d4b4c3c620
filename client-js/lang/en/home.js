// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Elections',
	loading: 'Loading …',
	unreachable: 'The server does not answer. Please try again in a moment.',
	what: 'Ballots are encrypted on the voter’s own device. Only the totals are ever decrypted, and anyone can check them.',
	none: 'There is no election on this server yet.',
	'group-open': 'Open now',
	'group-coming': 'Coming',
	'group-over': 'Over',
	'time-open': 'Closes {when}: {time}',
	'time-coming': 'Opens {when}: {time}',
	'time-over': 'Ended {when}: {time}',
	vote: 'Vote',
};
