// SPDX-License-Identifier: Apache-2.0
import ar from './ar/election.js';
import de from './de/election.js';
import en from './en/election.js';
import es from './es/election.js';
import fr from './fr/election.js';

export default { en, de, fr, es, ar };
