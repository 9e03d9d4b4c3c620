// SPDX-License-Identifier: Apache-2.0
export default {
	'heading-fork': 'Der Server zeigt zwei Geschichten',
	'what-fork': 'Was er jetzt zeigt, widerspricht dem, was dieser Browser früher gesehen hat, und beides hat der Server unterschrieben. Ein ehrlicher Server tut das nie: Stimmen können entfernt oder ausgetauscht worden sein.',
	'heading-set-back': 'Der Server zeigt weniger als zuvor',
	'what-set-back': 'Der Server hat ein längeres Verzeichnis unterschrieben als das, was er jetzt zeigt, und hat dessen Dateien nicht mehr. Ein Teil des Verzeichnisses ist verloren oder wird zurückgehalten.',
	'heading-other': 'Das ist eine andere Wahl als zuvor',
	'what-other': 'Unter dieser Adresse oder unter diesem Namen hat dieser Browser früher eine andere Wahl gesehen.',
	do: 'Stimmen Sie hier nicht ab und vertrauen Sie keinem Ergebnis. Speichern Sie die Datei und geben Sie sie der Wahlleitung und jemandem, der die Wahl beobachtet.',
	save: 'Beweis speichern',
	'check-evidence': 'Die Datei beweist es allen, ohne dass dieser Server gefragt wird. Dieser Befehl prüft sie:',
	'save-note': 'Unterschriebenen Stand speichern',
	'check-note': 'Die Datei enthält, was der Server früher unterschrieben hat. Dieser Befehl sagt, ob der Server ein Verzeichnis zeigt, das darauf aufbaut:',
	technical: 'Technische Einzelheiten',
};
