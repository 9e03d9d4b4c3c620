// SPDX-License-Identifier: Apache-2.0
export default {
	skip: 'Aller au contenu',
	language: 'Langue',
	election: 'Cette élection',
	'to-election': 'Aperçu',
	'to-vote': 'Voter',
	'to-check': 'Vérifier mon vote',
	'to-board': 'Tableau public',
	'to-results': 'Résultats',
	'to-verify': 'Tout vérifier',
	footer: 'Tabella : une élection que chacun peut vérifier.',
};
