// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Élections',
	what: 'Les bulletins sont chiffrés sur l’appareil de chaque votant. Seuls les totaux sont déchiffrés, et chacun peut les vérifier.',
	none: 'Il n’y a pas encore d’élection sur ce serveur.',
	'group-open': 'En cours',
	'group-coming': 'À venir',
	'group-over': 'Terminées',
	'time-open': 'Clôture {when} :',
	'time-coming': 'Ouverture {when} :',
	'time-over': 'Terminée {when} :',
	late: 'Devrait déjà être ouverte et le sera dès que tout sera prêt. Prévue pour :',
	vote: 'Voter',
	results: 'Résultats',
};
