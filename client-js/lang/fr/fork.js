// SPDX-License-Identifier: Apache-2.0
export default {
	'heading-fork': 'Le serveur montre deux histoires',
	'what-fork': 'Ce qu’il montre maintenant contredit ce que ce navigateur a vu auparavant, et le serveur a signé les deux. Un serveur honnête ne le fait jamais : des votes ont pu être retirés ou échangés.',
	'heading-set-back': 'Le serveur montre moins qu’avant',
	'what-set-back': 'Le serveur a signé un tableau plus long que celui qu’il montre maintenant, et n’en a plus les fichiers. Une partie du tableau est perdue ou retenue.',
	'heading-other': 'C’est une autre élection qu’avant',
	'what-other': 'À cette adresse, ou sous ce nom, ce navigateur a vu auparavant une autre élection.',
	do: 'Ne votez pas ici et ne vous fiez à aucun résultat. Enregistrez le fichier et remettez-le aux organisateurs et à une personne qui observe l’élection.',
	save: 'Enregistrer la preuve',
	'check-evidence': 'Le fichier le prouve à tout le monde, sans interroger ce serveur. Cette commande le vérifie :',
	'save-note': 'Enregistrer l’état signé',
	'check-note': 'Le fichier contient ce que le serveur a signé auparavant. Cette commande dit si le serveur montre un tableau qui en est la suite :',
	technical: 'Détails techniques',
};
