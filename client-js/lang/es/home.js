// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'Elecciones',
	loading: 'Cargando …',
	unreachable: 'El servidor no responde. Inténtelo de nuevo en un momento.',
	what: 'Las papeletas se cifran en el dispositivo de cada votante. Solo se descifran los totales, y cualquiera puede comprobarlos.',
	none: 'Todavía no hay ninguna elección en este servidor.',
	'group-open': 'Abiertas ahora',
	'group-coming': 'Próximas',
	'group-over': 'Terminadas',
	'time-open': 'Cierra {when}: {time}',
	'time-coming': 'Abre {when}: {time}',
	'time-over': 'Terminó {when}: {time}',
	vote: 'Votar',
};
