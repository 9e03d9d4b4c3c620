// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Wahlen',
	loading: 'Wird geladen …',
	unreachable: 'Der Server antwortet nicht. Bitte versuchen Sie es gleich noch einmal.',
	what: 'Stimmzettel werden auf dem Gerät der Wählenden verschlüsselt. Entschlüsselt werden nur die Summen, und alle können sie nachprüfen.',
	none: 'Auf diesem Server gibt es noch keine Wahl.',
	'group-open': 'Jetzt offen',
	'group-coming': 'Demnächst',
	'group-over': 'Beendet',
	'time-open': 'Endet {when}: {time}',
	'time-coming': 'Beginnt {when}: {time}',
	'time-over': 'Endete {when}: {time}',
	vote: 'Abstimmen',
};
