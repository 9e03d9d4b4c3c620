// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Elecciones',
	what: 'Las papeletas se cifran en el dispositivo de cada votante. Solo se descifran los totales, y cualquiera puede comprobarlos.',
	none: 'Todavía no hay ninguna elección en este servidor.',
	'group-open': 'Abiertas ahora',
	'group-coming': 'Próximas',
	'group-over': 'Terminadas',
	'time-open': 'Se cierra {when}:',
	'time-coming': 'Se abre {when}:',
	'time-over': 'Terminó {when}:',
	late: 'Ya debería estar abierta y se abrirá en cuanto todo esté preparado. Prevista para:',
	vote: 'Votar',
	results: 'Resultados',
};
