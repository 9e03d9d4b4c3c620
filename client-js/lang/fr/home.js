// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Élections',
	loading: 'Chargement …',
	unreachable: 'Le serveur ne répond pas. Veuillez réessayer dans un instant.',
	what: 'Les bulletins sont chiffrés sur l’appareil de chaque votant. Seuls les totaux sont déchiffrés, et chacun peut les vérifier.',
	none: 'Il n’y a pas encore d’élection sur ce serveur.',
	'group-open': 'En cours',
	'group-coming': 'À venir',
	'group-over': 'Terminées',
	'time-open': 'Se termine {when} : {time}',
	'time-coming': 'Commence {when} : {time}',
	'time-over': 'Terminée {when} : {time}',
	vote: 'Voter',
};
