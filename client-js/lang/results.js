// SPDX-License-Identifier: Apache-2.0
import ar from './ar/results.js';
import de from './de/results.js';
import en from './en/results.js';
import es from './es/results.js';
import fr from './fr/results.js';

export default { en, de, fr, es, ar };
