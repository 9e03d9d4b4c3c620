// SPDX-License-Identifier: Apache-2.0
export default {
	skip: 'Zum Inhalt springen',
	language: 'Sprache',
	election: 'Diese Wahl',
	'to-election': 'Übersicht',
	'to-vote': 'Abstimmen',
	'to-check': 'Meine Stimme prüfen',
	'to-board': 'Öffentliche Tafel',
	'to-results': 'Ergebnisse',
	'to-verify': 'Alles nachprüfen',
	footer: 'Tabella: eine Wahl, die alle nachprüfen können.',
};
