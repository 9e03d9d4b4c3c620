// SPDX-License-Identifier: Apache-2.0
import ar from './ar/rules.js';
import de from './de/rules.js';
import en from './en/rules.js';
import es from './es/rules.js';
import fr from './fr/rules.js';

export default { en, de, fr, es, ar };
