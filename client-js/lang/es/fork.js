// SPDX-License-Identifier: Apache-2.0
export default {
	'heading-fork': 'El servidor muestra dos historias',
	'what-fork': 'Lo que muestra ahora contradice lo que este navegador vio antes, y el servidor ha firmado ambas cosas. Un servidor honrado nunca lo hace: puede que se hayan quitado o cambiado votos.',
	'heading-set-back': 'El servidor muestra menos que antes',
	'what-set-back': 'El servidor ha firmado un tablón más largo que el que muestra ahora, y ya no tiene sus archivos. Una parte del tablón se ha perdido o se oculta.',
	'heading-other': 'Esta es otra elección que antes',
	'what-other': 'En esta dirección, o con este nombre, este navegador vio antes otra elección.',
	do: 'No vote aquí ni se fíe de ningún resultado. Guarde el archivo y entréguelo a la organización y a alguien que observe la elección.',
	save: 'Guardar la prueba',
	'check-evidence': 'El archivo lo demuestra ante cualquiera, sin preguntar a este servidor. Esta orden lo comprueba:',
	'save-note': 'Guardar el estado firmado',
	'check-note': 'El archivo contiene lo que el servidor firmó antes. Esta orden dice si el servidor muestra un tablón que es su continuación:',
	technical: 'Detalles técnicos',
};
