// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Wahlen',
	what: 'Stimmzettel werden auf dem Gerät der Wählenden verschlüsselt. Entschlüsselt werden nur die Summen, und alle können sie nachprüfen.',
	none: 'Auf diesem Server gibt es noch keine Wahl.',
	'group-open': 'Jetzt offen',
	'group-coming': 'Demnächst',
	'group-over': 'Beendet',
	'time-open': 'Schließt {when}:',
	'time-coming': 'Öffnet {when}:',
	'time-over': 'Endete {when}:',
	late: 'Sollte schon offen sein und öffnet, sobald alles vorbereitet ist. Geplant für:',
	vote: 'Abstimmen',
	results: 'Ergebnisse',
};
