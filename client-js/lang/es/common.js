// SPDX-License-Identifier: Apache-2.0
export default {
	skip: 'Saltar al contenido',
	language: 'Idioma',
	election: 'Esta elección',
	'to-election': 'Resumen',
	'to-vote': 'Votar',
	'to-check': 'Comprobar mi voto',
	'to-board': 'Tablón público',
	'to-results': 'Resultados',
	'to-verify': 'Verificar todo',
	footer: 'Tabella: una elección que cualquiera puede comprobar.',
};
